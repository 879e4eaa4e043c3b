//! What is said to the runner of a CI service: lines of anybody's, in which nothing is a command, and commands of ours, whose
//! parts are encoded. The one way past [`super::printed`] for commands.

use super::{Line, printed};

/// Lines and commands in the order in which they are to be printed.
#[derive(Clone, Debug, Default)]
pub struct Transcript(String);

impl Transcript {
    /// Everything said so far, as it is to be printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing has been said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says lines of anybody's: whatever is in them, no runner and no terminal acts on it.
    pub fn say(&mut self, text: &str) {
        self.0.push_str(&printed(text));
        if !text.ends_with('\n') {
            self.0.push('\n');
        }
    }

    /// Says a command of GitHub's runner. Properties and data may be anybody's: they are encoded, and what is deceiving
    /// in them is replaced.
    pub fn command(&mut self, name: &'static str, properties: &[(&'static str, &str)], data: &str) {
        let properties: Vec<String> = properties
            .iter()
            .map(|(name, value)| format!("{name}={}", property(value)))
            .collect();
        let gap = if properties.is_empty() { "" } else { " " };
        let properties = properties.join(",");
        self.0
            .push_str(&format!("::{name}{gap}{properties}::{}\n", encoded(&harmless(data))));
    }

    /// Begins a part of a GitLab log that can be folded away; `at` is in seconds since 1970.
    pub fn begin_section(&mut self, number: usize, at: i64, title: &str) {
        let title = harmless(title).replace('\n', " ");
        self.0.push_str(&format!(
            "\u{1b}[0Ksection_start:{at}:lockstep_{number}\r\u{1b}[0K{title}\n"
        ));
    }

    /// Ends that part.
    pub fn end_section(&mut self, number: usize, at: i64) {
        self.0
            .push_str(&format!("\u{1b}[0Ksection_end:{at}:lockstep_{number}\r\u{1b}[0K\n"));
    }
}

/// The same lines with nothing in them that anybody acts on.
fn harmless(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let mut safe = Line::default();
        line.chars().for_each(|c| safe.push(c));
        safe.text
    });
    lines.collect::<Vec<String>>().join("\n")
}

fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    encoded(&harmless(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_ours_and_their_parts_are_encoded() {
        let mut out = Transcript::default();
        out.command("group", &[], "api\n::error::x");
        out.command(
            "error",
            &[("file", "a,b:c%"), ("line", "1")],
            "50% ##[error]x\r\u{1b}[1m",
        );
        out.say("::error::x\n##[group]y");
        assert_eq!(
            out.as_str(),
            "::group::api%0A: :error::x\n::error file=a%2Cb%3Ac%25,line=1::50%25 ## [error]x  [1m\n: :error::x\n## [group]y\n"
        );
    }

    #[test]
    fn a_section_has_one_line_for_its_title() {
        let mut out = Transcript::default();
        assert!(out.is_empty());
        out.begin_section(1, 7, "a\r\u{1b}[0Kb\nc");
        out.end_section(1, 8);
        assert_eq!(
            out.as_str(),
            "\u{1b}[0Ksection_start:7:lockstep_1\r\u{1b}[0Ka  [0Kb c\n\u{1b}[0Ksection_end:8:lockstep_1\r\u{1b}[0K\n"
        );
    }
}
