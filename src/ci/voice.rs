//! How a job speaks to its service: commands for GitHub's runner, sections for GitLab's log, plain lines elsewhere.

use super::notes::Note;
use super::service::{Service, Speech};
use crate::env::now;
use crate::safe::Transcript;

/// Speaks to one service. What is said is taken away by whoever prints it.
pub trait Voice {
    /// Says a line or more.
    fn say(&mut self, text: &str);
    /// Begins a part that can be folded away. Parts do not nest.
    fn begin(&mut self, title: &str);
    /// Ends it.
    fn end(&mut self);
    /// Says something to be noticed.
    fn note(&mut self, note: &Note);
    /// Whether what is to be noticed is shown elsewhere than in the log, as annotations are.
    fn annotates(&self) -> bool {
        false
    }
    /// What was said since it was last taken.
    fn take(&mut self) -> Transcript;
}

/// The voice for a service. Without `annotations`, what is to be noticed is lines everywhere.
pub fn voice(service: &Service, annotations: bool) -> Box<dyn Voice> {
    match service.speech {
        Speech::Commands => Box::new(Commands {
            said: Transcript::default(),
            annotations,
        }),
        Speech::Sections => Box::new(Sections::default()),
        Speech::Plain => Box::new(Plain::default()),
    }
}

fn one_line(note: &Note) -> String {
    let place = note
        .place
        .as_ref()
        .map_or_else(String::new, |place| format!("{place}: "));
    let message = note.message.replace('\n', "\n  ");
    format!("{place}{}: {}: {message}", note.kind.name(), note.title)
}

/// GitHub's runner.
struct Commands {
    said: Transcript,
    annotations: bool,
}

impl Voice for Commands {
    fn say(&mut self, text: &str) {
        self.said.say(text);
    }

    fn begin(&mut self, title: &str) {
        self.said.command("group", &[], title);
    }

    fn end(&mut self) {
        self.said.command("endgroup", &[], "");
    }

    fn note(&mut self, note: &Note) {
        if !self.annotations {
            return self.said.say(&one_line(note));
        }
        let (line, column);
        let mut properties: Vec<(&'static str, &str)> = Vec::new();
        if let Some(place) = &note.place {
            (line, column) = (place.line.to_string(), place.column.to_string());
            properties.extend([
                ("file", place.file.as_str()),
                ("line", &line),
                ("endLine", &line),
                ("col", &column),
            ]);
        }
        properties.push(("title", &note.title));
        self.said.command(note.kind.name(), &properties, &note.message);
    }

    fn annotates(&self) -> bool {
        self.annotations
    }

    fn take(&mut self) -> Transcript {
        std::mem::take(&mut self.said)
    }
}

/// GitLab's log.
#[derive(Default)]
struct Sections {
    said: Transcript,
    begun: usize,
}

impl Voice for Sections {
    fn say(&mut self, text: &str) {
        self.said.say(text);
    }

    fn begin(&mut self, title: &str) {
        self.begun += 1;
        self.said.begin_section(self.begun, now().as_second(), title);
    }

    fn end(&mut self) {
        self.said.end_section(self.begun, now().as_second());
    }

    fn note(&mut self, note: &Note) {
        self.said.say(&one_line(note));
    }

    fn take(&mut self) -> Transcript {
        std::mem::take(&mut self.said)
    }
}

/// A log that is only read.
#[derive(Default)]
struct Plain {
    said: Transcript,
}

impl Voice for Plain {
    fn say(&mut self, text: &str) {
        self.said.say(text);
    }

    fn begin(&mut self, title: &str) {
        self.said.say(title);
    }

    fn end(&mut self) {}

    fn note(&mut self, note: &Note) {
        self.said.say(&one_line(note));
    }

    fn take(&mut self) -> Transcript {
        std::mem::take(&mut self.said)
    }
}
