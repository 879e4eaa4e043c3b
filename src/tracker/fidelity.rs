//! What becomes of each field between two trackers, told from their profiles alone.
//!
//! Imports the profile and the model's reasons. `docs/fidelity.md` is made of it.

use super::Profile;
use crate::model::Reason;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives as it is.
    Carried,
    /// It arrives within the limits of where it goes.
    Fitted,
    /// There is no such field: a label or words in the footer show it, when the mapping file asks for that.
    Shown,
    /// It does not arrive.
    Lost,
    /// There is nothing to carry: the tracker it would come from has no such field.
    Nothing,
}

/// What becomes of one field on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The field as the mapping file names it; `status: reasons` and `confidential` stand beside them.
    pub field: &'static str,
    /// What becomes of it.
    pub fate: Fate,
    /// Limits and conditions, in words for people.
    pub note: String,
}

/// What becomes of every field from one tracker to another, in the order of the mapping file.
pub fn fidelity(from: &Profile, to: &Profile) -> Vec<Passage> {
    vec![
        title(from, to),
        body(from, to),
        passage("status", Fate::Carried, "open and closed"),
        reasons(from, to),
        labels(from, to),
        assignees(from, to),
        comments(from, to),
        milestone(from, to),
        shown_only(
            "iteration",
            from.holds.iteration,
            "`label` or `footer`; read, never written",
        ),
        shown_only(
            "epic",
            from.holds.epic || from.holds.parent,
            "`label` or `footer`; read, never written",
        ),
        value("weight", from.holds.weight, to.holds.weight, ""),
        value("due_date", from.holds.due_date, to.holds.due_date, ""),
        value("time_estimate", from.holds.time, to.holds.time, ""),
        value(
            "time_spent",
            from.holds.time,
            to.holds.time,
            "what each side adds is added to the other",
        ),
        attachments(to),
        confidential(from, to),
    ]
}

fn passage(field: &'static str, fate: Fate, note: impl Into<String>) -> Passage {
    Passage {
        field,
        fate,
        note: note.into(),
    }
}

fn title(from: &Profile, to: &Profile) -> Passage {
    let max = counted(to.title_max);
    if to.title_max < from.title_max {
        passage(
            "title",
            Fate::Fitted,
            format!("shortened to {max} characters; the whole title stays at home"),
        )
    } else {
        passage("title", Fate::Carried, format!("up to {max} characters"))
    }
}

fn body(from: &Profile, to: &Profile) -> Passage {
    let max = counted(to.body_max);
    let (fate, limit) = if to.body_max < from.body_max {
        (
            Fate::Fitted,
            format!(
                "cut to fit {max} characters together with marker, notice and a link; a cut text never comes back cut"
            ),
        )
    } else {
        (Fate::Carried, format!("up to {max} characters, marker included"))
    };
    passage(
        "body",
        fate,
        [limit].into_iter().chain(disarmed(to)).collect::<Vec<_>>().join("; "),
    )
}

/// What is taken care of in a text that goes to a tracker.
fn disarmed(to: &Profile) -> Option<String> {
    let kinds = [
        (
            to.mentions,
            "mentions notify nobody, or with `mentions: notify` those they mean",
        ),
        (to.quick_actions, "lines that begin with `/` do not run"),
    ];
    let kinds: Vec<&str> = kinds
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, kind)| kind)
        .collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

fn reasons(from: &Profile, to: &Profile) -> Passage {
    let field = "status: reasons";
    if from.close_reasons.is_empty() {
        return passage(field, Fate::Nothing, "");
    }
    let lost = names(
        from.close_reasons
            .iter()
            .filter(|reason| !to.close_reasons.contains(reason)),
    );
    if lost.is_empty() {
        return passage(field, Fate::Carried, names(from.close_reasons.iter()));
    }
    passage(
        field,
        Fate::Shown,
        format!("{lost}: as a label, with a row of `status: map`; else plainly closed"),
    )
}

fn names<'a>(reasons: impl Iterator<Item = &'a Reason>) -> String {
    let names: Vec<&str> = reasons
        .map(|reason| match reason {
            Reason::Completed => "`completed`",
            Reason::NotPlanned => "`not_planned`",
            Reason::Duplicate => "`duplicate`",
            Reason::Reopened => "`reopened`",
        })
        .collect();
    names.join(", ")
}

fn labels(from: &Profile, to: &Profile) -> Passage {
    let mut notes = Vec::new();
    if to.label_max < from.label_max {
        notes.push(format!("names are cut to {} characters", counted(to.label_max)));
    }
    let forbidden: Vec<String> = to
        .label_forbidden
        .iter()
        .filter(|c| !from.label_forbidden.contains(c) && !c.is_control())
        .map(|c| format!("`{c}`"))
        .collect();
    if !forbidden.is_empty() {
        notes.push(format!("{} becomes `;`", forbidden.join(", ")));
    }
    if to.labels_fold_case && !from.labels_fold_case {
        notes.push("names that differ by case only are one label".to_owned());
    }
    if to.scoped_labels && !from.scoped_labels {
        notes.push("of labels `scope::…` an issue holds one of a scope".to_owned());
    }
    if notes.is_empty() {
        return passage(
            "labels",
            Fate::Carried,
            format!("names up to {} characters", counted(to.label_max)),
        );
    }
    passage("labels", Fate::Fitted, notes.join("; "))
}

fn assignees(from: &Profile, to: &Profile) -> Passage {
    let others = "others with `unmapped: label` or `footer`";
    if to.assignees_max < from.assignees_max {
        let max = to.assignees_max;
        return passage(
            "assignees",
            Fate::Fitted,
            format!("people of `people:`, {max} at most; {others}"),
        );
    }
    passage("assignees", Fate::Carried, format!("people of `people:`; {others}"))
}

fn comments(from: &Profile, to: &Profile) -> Passage {
    let said = "under the token's name, with a line that says who wrote it";
    if to.comment_max < from.comment_max {
        let max = counted(to.comment_max);
        return passage(
            "comments",
            Fate::Fitted,
            format!("{said}; cut to fit {max} characters together with marker, notice and a link"),
        );
    }
    passage("comments", Fate::Carried, said)
}

fn milestone(from: &Profile, to: &Profile) -> Passage {
    match (from.holds.milestones, to.holds.milestones) {
        (false, _) => passage("milestone", Fate::Nothing, ""),
        (true, true) => passage("milestone", Fate::Carried, "by title; or `as: label`, `as: footer`"),
        (true, false) => passage("milestone", Fate::Shown, "`as: label` or `as: footer`"),
    }
}

/// A field nobody can write: there is only showing it.
fn shown_only(field: &'static str, held: bool, note: &str) -> Passage {
    if held {
        passage(field, Fate::Shown, note)
    } else {
        passage(field, Fate::Nothing, "")
    }
}

fn value(field: &'static str, here: bool, there: bool, note: &str) -> Passage {
    match (here, there) {
        (false, _) => passage(field, Fate::Nothing, ""),
        (true, true) => passage(field, Fate::Carried, note),
        (true, false) => passage(field, Fate::Shown, "`as: footer`"),
    }
}

fn attachments(to: &Profile) -> Passage {
    let linked = "links to where they are; ";
    match (to.uploads, to.branch) {
        (true, _) => passage(
            "attachments",
            Fate::Carried,
            format!("{linked}with `reupload` kept there"),
        ),
        (false, true) => passage(
            "attachments",
            Fate::Shown,
            format!("{linked}with `reupload` and `branch` kept on a branch of the repository"),
        ),
        (false, false) => passage("attachments", Fate::Shown, "links to where they are"),
    }
}

fn confidential(from: &Profile, to: &Profile) -> Passage {
    let field = "confidential";
    match (from.holds.confidential, to.holds.confidential) {
        (false, _) => passage(field, Fate::Nothing, ""),
        (true, true) => passage(
            field,
            Fate::Carried,
            "with `confidential: allow`; else such an issue does not cross",
        ),
        (true, false) => passage(
            field,
            Fate::Lost,
            "such an issue does not cross; with `confidential: allow` it does, for all to see who see the other side",
        ),
    }
}

/// A number with its thousands apart.
fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
