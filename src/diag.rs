//! Problems in the mapping file, as users read them: a stable code, a place, what is wrong, what to do.
//!
//! Imports nothing of ours.

use std::fmt;

/// Declares the codes once: the enum, the words users see, and the list of all.
macro_rules! codes {
    ($(#[$about:meta])+ pub enum $code:ident: $($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        $(#[$about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $code { $($(#[$doc])* $name,)+ }

        impl $code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word users see.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

pub(crate) use codes;

codes! {
    /// What kind of problem it is. The words are a contract: people search for them and silence them.
    pub enum Code:

    /// No mapping file where one was looked for.
    NotFound = "not-found",
    /// The mapping file exists and cannot be read.
    Unreadable = "unreadable",
    /// The mapping file is not text in UTF-8.
    NotUtf8 = "not-utf8",
    /// The mapping file is larger than this program reads.
    TooLarge = "too-large",
    /// Nested too deeply, or anchors that unfold to too much.
    TooComplex = "too-complex",
    /// Nothing but comments and blanks.
    EmptyFile = "empty-file",
    /// Not YAML.
    BadYaml = "bad-yaml",
    /// `version` is not one this program reads.
    UnsupportedVersion = "unsupported-version",
    /// A key nobody reads.
    UnknownKey = "unknown-key",
    /// A key that must be there and is not.
    MissingKey = "missing-key",
    /// The same key twice in one table.
    DuplicateKey = "duplicate-key",
    /// A key that exists but does not go with the rest of its table.
    UnexpectedKey = "unexpected-key",
    /// A list where text is wanted, and the like.
    WrongType = "wrong-type",
    /// Not one of the words allowed here.
    UnknownValue = "unknown-value",
    /// The right type, yet nothing this key can hold.
    BadValue = "bad-value",
    /// Not a number, or one out of range.
    BadNumber = "bad-number",
    /// Not a point in time.
    BadTime = "bad-time",
    /// Not a pattern.
    BadPattern = "bad-pattern",
    /// Not a status as written in status maps.
    BadStatus = "bad-status",
    /// Not an address this program would send a token to.
    BadUrl = "bad-url",
    /// Not a project of this service.
    BadProject = "bad-project",
    /// A secret itself stands where the name of its environment variable belongs.
    LiteralSecret = "literal-secret",
    /// A reference to an environment variable that is not `${NAME}`.
    BadSecret = "bad-secret",
    /// A name no tracker or sync can have.
    BadName = "bad-name",
    /// A tracker that is not under `trackers`, or not part of this sync.
    UnknownTracker = "unknown-tracker",
    /// A sync that is not under `syncs`.
    UnknownSync = "unknown-sync",
    /// Two syncs of one name.
    DuplicateSync = "duplicate-sync",
    /// A sync between a tracker and itself.
    SameTracker = "same-tracker",
    /// Two syncs between the same two trackers.
    DuplicatePair = "duplicate-pair",
    /// A map that does not say what becomes what.
    AmbiguousMap = "ambiguous-map",
    /// A row that can never apply.
    DeadRow = "dead-row",
    /// In mirror mode, something that would write to the left side.
    MirrorWritesLeft = "mirror-writes-left",
    /// More problems than are worth printing.
    TooMany = "too-many",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a file, counted from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One problem. Displays as `lockstep.yml:12:7: error[unknown-key]: …` and a line with the hint. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// Where, unless it is about no place in a file.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "error[{}]: {}\n  hint: {}", self.code, self.message, self.hint)
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: BTreeSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for word in words {
            assert!(
                word.chars().all(|c| c == '-' || c.is_ascii_lowercase() || c == '8'),
                "{word}"
            );
        }
    }

    #[test]
    fn a_problem_is_shown_with_its_place_and_hint() {
        let mut problem = Diagnostic {
            code: Code::UnknownKey,
            place: Some(Place {
                file: "lockstep.yml".into(),
                line: 12,
                column: 7,
            }),
            message: "unknown key `tokne`".into(),
            hint: "did you mean `token`?".into(),
        };
        assert_eq!(
            problem.to_string(),
            "lockstep.yml:12:7: error[unknown-key]: unknown key `tokne`\n  hint: did you mean `token`?"
        );
        problem.place = None;
        assert!(problem.to_string().starts_with("error[unknown-key]"));
    }
}
