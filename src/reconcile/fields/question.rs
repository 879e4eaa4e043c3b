//! Conflicts that people decide: the question, and the answer where somebody has ticked a box.

use crate::board::Tick;
use crate::model::{Hash, Issue, PerSide, Side, SideBase};
use crate::plan::{Field, Kept, Question, text_of};
use crate::reconcile::crossing::footer;
use crate::reconcile::desk::Desk;
use crate::reconcile::pairing::Pair;

/// Notes the question, and tells the side that somebody chose.
///
/// What stands for the question is made of what both sides hold and of what was agreed before: a box ticked for other
/// values is not obeyed, and neither is one that was obeyed already, since the agreement is another one then.
pub(crate) fn ask(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, field: Field) -> Option<Side> {
    let values = PerSide::new((), ()).map(|side, ()| value(desk, side, issues.get(side), field));
    let agreed = pair
        .base()
        .map(|base| PerSide::new((), ()).map(|side, ()| agreed(base.sides.get(side), field)));
    let said = format!("{}\n{values:?}\n{agreed:?}", field.name());
    let id = Hash::of(&format!("{} question", pair.link), &said);
    let chosen = match desk.ticks.get(&id) {
        _ if desk.decided.is_some() => desk.decided,
        Some(Tick::One(side)) => Some(*side),
        Some(Tick::Both) => {
            let on = desk.at(Side::Left, &pair.keys.left);
            desk.hold(
                "board-both-ticked",
                on,
                format!("both boxes for its {} are ticked on the dashboard", field.name()),
                "take one of the two ticks out",
            );
            None
        }
        None => None,
    };
    desk.out.plan.questions.push(Question {
        link: pair.link.clone(),
        field,
        keys: pair.keys.clone(),
        values,
        confidential: issues.left.confidential || issues.right.confidential,
        id,
        chosen,
    });
    chosen
}

fn value(desk: &Desk<'_>, side: Side, issue: &Issue, field: Field) -> String {
    match field.kept() {
        Kept::Title => issue.title.clone(),
        Kept::Body => footer::stripped(issue).to_owned(),
        Kept::Status => {
            let labels = desk.status_labels(side, issue);
            let labels: Vec<String> = labels.into_iter().map(|label| format!(" + {label}")).collect();
            format!("{}{}", issue.status, labels.concat())
        }
        Kept::Value(value) => text_of(value, issue).unwrap_or_default(),
        Kept::Labels | Kept::Assignees | Kept::Apart => String::new(),
    }
}

/// What the base says of the field.
fn agreed(base: &SideBase, field: Field) -> String {
    let hash = match field.kept() {
        Kept::Title => Some(&base.title),
        Kept::Body => Some(&base.body),
        Kept::Status => return base.status().map(|status| status.to_string()).unwrap_or_default(),
        Kept::Value(value) => base.value(value),
        Kept::Labels | Kept::Assignees | Kept::Apart => None,
    };
    hash.map(|hash| hash.0.clone()).unwrap_or_default()
}
