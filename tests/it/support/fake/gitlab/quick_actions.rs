//! Quick actions: which lines of a text the service takes as commands, and what is left of the text.
//!
//! Not commands: lines inside a block fenced by three backticks at the left edge, inside inline code, between tags that
//! stand alone on their lines, and inside a `>>>` quote. Commands hide nowhere else: not in HTML comments, not in other
//! fences, not in indented blocks.

/// A command found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// In lower case, without the slash.
    pub name: String,
    pub argument: String,
}

/// The commands an issue or its notes know.
const KNOWN: &[&str] = &[
    "assign",
    "award",
    "react",
    "cc",
    "clear_health_status",
    "clear_weight",
    "clone",
    "close",
    "confidential",
    "copy_metadata",
    "create_merge_request",
    "done",
    "due",
    "duplicate",
    "epic",
    "estimate",
    "health_status",
    "iteration",
    "label",
    "labels",
    "link",
    "lock",
    "milestone",
    "move",
    "page",
    "promote",
    "promote_to_incident",
    "publish",
    "react",
    "reassign",
    "relabel",
    "relate",
    "remove_due_date",
    "remove_epic",
    "remove_estimate",
    "remove_iteration",
    "remove_label",
    "remove_milestone",
    "remove_time_spent",
    "reopen",
    "severity",
    "shrug",
    "spend",
    "spend_time",
    "subscribe",
    "tableflip",
    "title",
    "todo",
    "type",
    "unassign",
    "unlabel",
    "unlock",
    "unsubscribe",
    "weight",
    "zoom",
];

/// Takes the commands out of a text. The rest has no carriage returns and no white space at its end.
pub fn extract(text: &str) -> (String, Vec<Command>) {
    let text = text.replace('\r', "");
    let lines: Vec<&str> = text.split('\n').collect();
    let mut kept: Vec<String> = Vec::new();
    let mut commands = Vec::new();
    let mut at = 0;
    let mut in_code_span = false;
    while at < lines.len() {
        let line = lines[at];
        if !in_code_span && let Some(end) = block_end(&lines, at) {
            kept.extend(lines[at..=end].iter().map(|line| (*line).to_owned()));
            at = end + 1;
            continue;
        }
        match command(line).filter(|_| !in_code_span) {
            Some(command) if command.name == "shrug" => {
                kept.push(format!("{} ¯\\＿(ツ)＿/¯", command.argument).trim_start().to_owned());
            }
            Some(command) if command.name == "tableflip" => {
                kept.push(format!("{} (╯°□°)╯︵ ┻━┻", command.argument).trim_start().to_owned());
            }
            Some(command) => commands.push(command),
            None => {
                in_code_span = span_open_after(line, in_code_span, &lines[at + 1..]);
                kept.push(line.to_owned());
            }
        }
        at += 1;
    }
    (kept.join("\n").trim_end().to_owned(), commands)
}

/// The line on which a block beginning here ends; `None` when no block begins here or it never ends.
fn block_end(lines: &[&str], at: usize) -> Option<usize> {
    let later = |is_end: &dyn Fn(&str) -> bool| (at + 1..lines.len()).find(|&end| is_end(lines[end]));
    let first = lines[at];
    if first.starts_with("```") {
        return later(&|line| line == "```");
    }
    if first.starts_with(">>>") {
        return later(&|line| line == ">>>");
    }
    let tag = first.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'))?;
    let is_comment = tag.starts_with('!');
    let is_tag = !tag.is_empty() && !tag.starts_with('/') && !is_comment && !tag.contains('>');
    if is_tag {
        later(&|line| line.starts_with("</") && line.ends_with('>'))
    } else {
        None
    }
}

/// Whether a code span is open at the end of this line, and closed by a later one. Runs of three and more are fences.
fn span_open_after(line: &str, open: bool, later: &[&str]) -> bool {
    let is_span = |run: &&str| run.len() == 1 || run.len() == 2;
    let ticks = line.split(|letter| letter != '`').filter(is_span).count();
    let open = open != (ticks % 2 == 1);
    open && later.iter().any(|line| line.contains('`'))
}

fn command(line: &str) -> Option<Command> {
    let rest = line.strip_prefix('/')?;
    let (name, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    let name = name.to_lowercase();
    KNOWN.contains(&name.as_str()).then(|| Command {
        name,
        argument: argument.trim().to_owned(),
    })
}

/// The names in an argument: `~bug ~"two words"`, `@alice @bob`, with or without the sign.
pub fn names(argument: &str, sign: char) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = argument.trim();
    while !rest.is_empty() {
        rest = rest.trim_start_matches([sign, ',', ' ']);
        let (name, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted.split_once('"').unwrap_or((quoted, ""))
        } else {
            rest.split_once([' ', ',']).unwrap_or((rest, ""))
        };
        if !name.is_empty() {
            names.push(name.to_owned());
        }
        rest = after;
    }
    names
}
