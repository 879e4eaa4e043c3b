//! Whose titles and bodies are told.

use crate::plan::Plan;

/// Whose titles and bodies are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Nobody's: a side is private.
    Nobody,
    /// Those of issues that everybody may read.
    Public,
    /// Everybody's: they were asked for.
    All,
}

impl Telling {
    /// Whether text of these issues, `tracker#key`, is told.
    pub fn tells<'a>(self, plan: &Plan, issues: impl IntoIterator<Item = &'a String>) -> bool {
        match self {
            Self::Nobody => false,
            Self::Public => !issues.into_iter().any(|at| plan.confidential.contains(at)),
            Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_confidential_issue_or_of_its_twin_is_told_only_where_asked_for() {
        let plan = Plan {
            confidential: ["right#1".to_owned()].into(),
            ..Plan::default()
        };
        let (open, shut) = (["left#2", "right#2"], ["left#1", "right#1"]);
        for (telling, of_open, of_shut) in [
            (Telling::Nobody, false, false),
            (Telling::Public, true, false),
            (Telling::All, true, true),
        ] {
            assert_eq!(telling.tells(&plan, &open.map(str::to_owned)), of_open, "{telling:?}");
            assert_eq!(telling.tells(&plan, &shut.map(str::to_owned)), of_shut, "{telling:?}");
        }
    }
}
