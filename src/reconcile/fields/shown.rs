//! What the other side shows of an issue's milestone, iteration, epic and unknown assignees: as labels of their own kind,
//! or as words in its footer. Both follow their source and never flow back.

use std::collections::BTreeSet;

use super::merged::Merged;
use crate::model::{Issue, PerSide, Side, Value};
use crate::plan::{Book, Field, shown_labels, shown_words};
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::pairing::Pair;

/// The labels by which a new twin shows what its origin belongs to.
pub(crate) fn carry(desk: &mut Desk<'_>, from: Side, issue: &Issue) -> BTreeSet<String> {
    let wish = shown_labels(desk.terms(), &desk.rules.profiles, from, issue);
    let names = wish.iter().filter_map(|name| spelled(desk, from.other(), name));
    names.collect()
}

/// A label as the tracker spells it. One that is not there is made: whoever asks for such labels wants them.
fn spelled(desk: &mut Desk<'_>, side: Side, name: &str) -> Option<String> {
    if !desk.profile(side).label_catalogue {
        return Some(name.to_owned());
    }
    let Some(known) = &desk.world.get(side).labels else {
        desk.need(Need::Labels(side));
        return None;
    };
    let alike = known
        .iter()
        .find(|label| label.name.to_lowercase() == name.to_lowercase());
    Some(alike.map_or_else(|| name.to_owned(), |label| label.name.clone()))
}

/// Brings the labels of a pair up to date, and says which footers are not.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, book: &Book, out: &mut Merged) {
    let changed = |value: Value| {
        PerSide::new((), ()).map(|side, ()| {
            let now = book.value(side, value, issues.get(side));
            pair.base().is_none_or(|base| {
                let was = base.sides.get(side);
                !was.had_value(&pair.link, value, now.as_deref())
            })
        })
    };
    let (labels, words) = (changed(Value::Labels), changed(Value::Footer));
    out.compare(Field::Shown, labels.left || labels.right);
    out.compare(Field::Footer, words.left || words.right);
    for to in Side::BOTH {
        let from = to.other();
        let told = !shown_words(desk.terms(), &desk.rules.profiles, from, issues.get(from)).is_empty();
        // Without a base the footer of a marker just lost is gone as well; where nothing is told, there is none to write.
        let due = *words.get(from) && (told || pair.base().is_some());
        *out.footer.get_mut(to) = due && desk.may_write(to);
        // Where nothing moved, labels that are not as they should be were not kept.
        if labels.left || labels.right {
            merge_labels(desk, issues, to, out);
        }
    }
}

fn merge_labels(desk: &mut Desk<'_>, issues: &PerSide<&Issue>, to: Side, out: &mut Merged) {
    let from = to.other();
    if !desk.may_write(to) {
        return;
    }
    let wish = shown_labels(desk.terms(), &desk.rules.profiles, from, issues.get(from));
    let lower: BTreeSet<String> = wish.iter().map(|name| name.to_lowercase()).collect();
    let here = &issues.get(to).labels;
    // A side may also have labels of such a kind as its own, which the other side shows nothing of.
    let gone: Vec<&String> = here
        .iter()
        .filter(|name| desk.terms().shows_on(to, name) && !lower.contains(&name.to_lowercase()))
        .collect();
    let has = |name: &String| here.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    let new: Vec<String> = wish
        .iter()
        .filter(|name| !has(name))
        .filter_map(|name| spelled(desk, to, name))
        .collect();
    if gone.is_empty() && new.is_empty() {
        return;
    }
    let minus = gone.iter().map(|name| format!("-{name}"));
    let told: Vec<String> = minus.chain(new.iter().map(|name| format!("+{name}"))).collect();
    let why = format!("labels {} show what is set on {}", told.join(" "), desk.tracker(from));
    let change = out.change.get_mut(to);
    change.remove_labels.extend(gone.into_iter().cloned());
    change.add_labels.extend(new);
    out.because(to, Field::Shown, why);
}
