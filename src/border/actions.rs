//! GitLab's quick actions: which lines might run.
//!
//! GitLab scans the raw text for lines that begin with `/` and a command's name. Old versions skip regions by a scan of
//! their own (column-0 backtick fences, code spans over several lines, blocks between tags that stand alone, `>>>`
//! quotes), newer ones ask their Markdown parser first. A line counts as safe only where both must skip it: inside a
//! plain column-0 fence, above which nothing could have put either reader out of step.

use super::lines::lines;
use super::spans::Spans;

/// Where lines begin that must be disarmed.
pub(super) fn exposed(text: &str, spans: &Spans) -> Vec<usize> {
    let mut out = Vec::new();
    let mut inside: Option<Fence> = None;
    let mut in_step = true;
    for (at, line) in lines(text) {
        match inside.take() {
            Some(fence) if line == "```" => {
                in_step = fence.lines > 0;
                if !in_step {
                    out.extend(fence.commands);
                }
            }
            Some(fence) if line.contains("```") => {
                // It may end the fence for one reader and not for another.
                in_step = false;
                out.extend(fence.commands);
                out.extend(is_command(line).then_some(at));
            }
            Some(mut fence) => {
                fence.lines += 1;
                if is_command(line) {
                    let is_code = spans.code_end(at).is_some();
                    if is_code { &mut fence.commands } else { &mut out }.push(at);
                }
                inside = Some(fence);
            }
            None if in_step && opens(line) => inside = Some(Fence::default()),
            None => {
                if is_command(line) {
                    out.push(at);
                }
                in_step &= keeps_step(line);
            }
        }
    }
    // A fence that is never closed is none to GitLab.
    out.extend(inside.into_iter().flat_map(|f| f.commands));
    out
}

/// The lines like commands that GitLab has certainly looked at and left alone: nothing above them could have made it
/// skip them.
pub(super) fn inert(text: &str) -> impl Iterator<Item = &str> {
    let plain = |line: &&str| keeps_step(line) && !line.contains('`');
    text.split('\n').take_while(plain).filter(|line| is_command(line))
}

/// A slash and a letter, as every command begins.
pub(super) fn is_command(line: &str) -> bool {
    let name = line.strip_prefix('/').and_then(|l| l.chars().next());
    name.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
}

#[derive(Default)]
struct Fence {
    lines: usize,
    commands: Vec<usize>,
}

fn opens(line: &str) -> bool {
    line.strip_prefix("```").is_some_and(|info| !info.contains('`'))
}

/// Whether a line outside fences leaves every reader in the state it was in: no region but code spans that begin and
/// end in it.
fn keeps_step(line: &str) -> bool {
    let begun = line.trim_start();
    let region = ["<", ">>>", "---", "+++", ";;;", ":::", "~~~"];
    if region.iter().any(|r| begun.starts_with(r)) {
        return false;
    }
    let parts: Vec<&str> = line.split('`').collect();
    // Odd parts lie between two backticks; an empty one is a run of two, which some readers pair differently.
    let paired = parts.len() % 2 == 1;
    let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
    paired && inner.iter().all(|part| !part.is_empty()) && !begun.starts_with("``")
}
