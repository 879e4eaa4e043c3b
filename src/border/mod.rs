//! The text border: what a text of one tracker looks like where it is stored on another, and how it comes home.
//!
//! Pure: imports nothing but the Markdown, HTML and address libraries; no I/O, no clock. Every change is reversible: what we
//! write into a text carries a WORD JOINER (invisible) in a place where only we put one, and every joiner that was
//! there before is doubled. So [`restore`] undoes [`carry`] to the byte without knowing anything about either side.
//!
//! Safety never hangs on the parser alone: outside code every mention, reference and command is disarmed by looking at
//! the bytes; the parser says what is code and where a link may stand.

mod actions;
mod around;
mod carrier;
mod cut;
mod doubt;
mod edit;
mod escape;
mod files;
mod home;
mod lines;
mod links;
mod mentions;
mod orders;
mod references;
mod spans;
mod token;
mod tokens;

use std::fmt;

pub use cut::cut;
pub use files::{is_writable, moved_files, upload};
pub use orders::{Order, Orders, orders};
pub use token::{Kind, Reference};

/// How references to issues and the like are written at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `#12`, `GH-12`, `owner/repo#12`, commit ids.
    GitHub,
    /// `#12`, `!4`, `$3`, `group/project#12`, `%milestone`, `~label`, `&epic`, commit ids.
    GitLab,
    /// `#12` alone, as in a folder of files.
    Plain,
}

/// What there is to know about one side of the border.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// How references are written there.
    pub syntax: Syntax,
    /// `@name` in text notifies someone there.
    pub mentions: bool,
    /// Lines of text that begin with `/` may be run as commands there.
    pub quick_actions: bool,
    /// The project's page without a slash at the end, `https://github.com/acme/api`; `None` where there is none.
    pub web: Option<&'a str>,
}

/// A person on the side a text goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The login there, without `@`.
    pub login: String,
    /// The page of the profile.
    pub url: Option<String>,
}

/// What stands for a reference on the side a text goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// As it is written there: `#34`.
    pub text: String,
    /// Its page. Without one the twin cannot be linked and the reference points to the origin.
    pub url: Option<String>,
}

/// One movement of text over the border.
#[derive(Clone, Copy)]
pub struct Crossing<'a> {
    /// Where the text was read.
    pub from: Place<'a>,
    /// Where it is to be stored.
    pub to: Place<'a>,
    /// The person on the side `to` that a name of the side `from` stands for.
    pub people: &'a dyn Fn(&str) -> Option<Person>,
    /// The twin on the side `to` of what a text of the side `from` refers to. A reference to the project `from` itself
    /// comes without a project, however it is written.
    pub twin: &'a dyn Fn(&Reference) -> Option<Twin>,
    /// The address on `to` of a file that was attached on `from` and is named as [`upload`] says; `None` where the file
    /// stays where it is.
    pub file: &'a dyn Fn(&str) -> Option<String>,
    /// Relative addresses become absolute. Else addresses stay as they are written, but for files.
    pub absolute: bool,
    /// Whether mapped people are notified. Everybody else never is.
    pub notify: bool,
}

impl fmt::Debug for Crossing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crossing")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}

/// A text of `from` as it is to be stored on `to`: nobody is notified without being meant, nothing refers to what it
/// does not mean, nothing runs, nothing passes for one of our markers. Line ends become LF; what is not special stays
/// as it is to the byte.
///
/// What is put above the text (an attribution) must hold no backtick and begin no line with `/`, `<`, `>` or `---`.
#[must_use]
pub fn carry(text: &str, crossing: &Crossing<'_>) -> String {
    carrier::carry(&line_feeds(text), crossing)
}

/// The text that was carried, from its carried form: `restore(&carry(text, …))` is `text` with LF line ends, to the
/// byte, for every text and crossing. For comparing only: people may have written anything into a carried text, so
/// what goes to a tracker comes from [`bring_back`].
#[must_use]
pub fn restore(text: &str) -> String {
    escape::restore(&line_feeds(text)).text
}

/// A text that was carried and perhaps edited since, as it is to be stored at home. `crossing` is the way home (`to` is
/// where the text began), `home` what home holds now.
///
/// What the copy took over from home is as it was; what was written into the copy is foreign at home and is carried.
/// Only what home says already is said again: a mention or command hidden in a copy in our own escaped form stays
/// harmless. `bring_back(&carry(text, …), …, text)` is `text` with LF line ends.
#[must_use]
pub fn bring_back(text: &str, crossing: &Crossing<'_>, home: &str) -> String {
    home::bring_back(&line_feeds(text), crossing, &line_feeds(home))
}

/// [`carry`] for titles, which hold no links and run no commands: disarmed and no more. [`restore`] undoes it.
#[must_use]
pub fn carry_title(title: &str, crossing: &Crossing<'_>) -> String {
    carrier::carry_title(&line_feeds(title), crossing)
}

/// [`bring_back`] for titles.
#[must_use]
pub fn bring_title_back(title: &str, crossing: &Crossing<'_>, home: &str) -> String {
    home::bring_title_back(&line_feeds(title), crossing, &line_feeds(home))
}

fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
#[cfg(test)]
mod laws;
#[cfg(any(test, fuzzing))]
mod samples;
#[cfg(any(test, fuzzing))]
mod scanners;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;
