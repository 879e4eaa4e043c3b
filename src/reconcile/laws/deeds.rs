//! What people and moderators do in random histories, and what of theirs must still be somewhere in the end.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::breakage::{Breakage, breakage};
use super::store::Store;
use crate::model::{Body, Payload, Side, Status};

/// Something somebody does to an issue: which one, which part of it.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    side: Side,
    issue: u8,
    part: u8,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Open,
    Retitle,
    Rewrite,
    Close,
    Reopen,
    Label(bool),
    Assign(bool),
    Plan,
    Date,
    Weigh,
    Estimate,
    Log,
    Say,
    Reword,
    Unsay,
    Delete,
    Transfer,
    /// As on services that leave a closed shell behind.
    Move,
    Lock(bool),
    /// Somebody pastes a copy, marker and all, into a comment of their own.
    Forge,
    Break(Breakage),
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        2 => Just(What::Open),
        3 => Just(What::Retitle),
        3 => Just(What::Rewrite),
        2 => Just(What::Close),
        2 => Just(What::Reopen),
        4 => any::<bool>().prop_map(What::Label),
        3 => any::<bool>().prop_map(What::Assign),
        2 => Just(What::Plan),
        1 => Just(What::Date),
        1 => Just(What::Weigh),
        1 => Just(What::Estimate),
        2 => Just(What::Log),
        6 => Just(What::Say),
        4 => Just(What::Reword),
        2 => Just(What::Unsay),
        1 => Just(What::Delete),
        1 => Just(What::Transfer),
        1 => Just(What::Move),
        1 => Just(What::Forge),
        2 => any::<bool>().prop_map(What::Lock),
        2 => breakage().prop_map(What::Break),
    ]
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    (side, any::<u8>(), any::<u8>(), what()).prop_map(|(side, issue, part, what)| Deed {
        side,
        issue,
        part,
        what,
    })
}

impl Deed {
    /// Whether it is about time spent.
    pub(super) fn logs(&self) -> bool {
        matches!(self.what, What::Log)
    }

    /// Whether nobody is the worse for a run that read the issue seconds before. Services offer no writing on condition:
    /// a text written in between is overwritten.
    pub(super) fn may_meddle(&self) -> bool {
        !matches!(self.what, What::Rewrite | What::Reword | What::Break(_))
    }
}

/// What people have done so far.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Texts that must stand somewhere.
    pub(super) texts: Vec<String>,
    /// Issues whose marker somebody broke, or which are gone.
    pub(super) broken: BTreeSet<(Side, u64)>,
    /// Twins whose footer still tells whose they are, by what they showed when their marker was damaged.
    pub(super) unmarked: BTreeMap<u64, u64>,
    /// Nothing on the left says that an issue is linked.
    pub(super) mirror: bool,
    /// Comments whose copy somebody took away.
    pub(super) unsaid: BTreeSet<(Side, u64)>,
    /// Issues in which somebody took a comment away.
    pub(super) hushed: BTreeSet<(Side, u64)>,
    /// Issues with a label or a person that somebody put on them.
    pub(super) decked: BTreeSet<(Side, u64)>,
    /// Comments that somebody edited.
    pub(super) reworded: BTreeSet<(Side, u64)>,
    /// Seconds that people logged.
    pub(super) logged: BTreeMap<(Side, u64), u64>,
    /// A run was stopped in between.
    pub(super) stopped: bool,
    /// Bodies as they were.
    pub(super) past: Vec<(Side, u64, String)>,
}

/// The one an event means, of those there are.
pub(super) fn pick<T: Copy>(all: &[T], which: u8) -> Option<T> {
    all.get(usize::from(which) % all.len().max(1)).copied()
}

impl People {
    /// Whether somebody broke an issue's marker, or made it go away.
    pub(super) fn broke(&self, side: Side, number: u64) -> bool {
        self.broken.contains(&(side, number))
    }

    /// A moderator unlocks everything.
    pub(super) fn unlock(store: &mut Store) {
        for side in Side::BOTH {
            for stored in store.sides.get_mut(side).issues.values_mut() {
                stored.locked = false;
            }
        }
    }

    /// A moderator takes out the markers that cannot be read, as the report advises.
    pub(super) fn mend(store: &mut Store) {
        for side in Side::BOTH {
            let numbers: Vec<u64> = store.sides.get(side).issues.keys().copied().collect();
            for number in numbers {
                let body = Body::read(&store.at(side, number).body);
                if !body.bad.is_empty() {
                    store.edit(side, number, |issue| issue.body = body.text);
                }
            }
        }
    }

    /// Where a comment came while another one went, no listing tells of it before something else changes.
    pub(super) fn go_on(&mut self, store: &mut Store) {
        for (side, number) in std::mem::take(&mut self.hushed) {
            let there = store.sides.get(side).issues.get(&number);
            if there.is_some_and(|there| !there.shell) {
                let text = format!("Said at last {number}.");
                store.say(side, number, &text);
                self.texts.push(text);
            }
        }
    }

    /// Whoever takes a text away or replaces it has read it.
    pub(super) fn excuse(&mut self, seen: &str) {
        self.texts.retain(|text| !seen.contains(text.as_str()));
    }

    fn excuse_issue(&mut self, store: &Store, side: Side, number: u64) {
        let stored = &store.sides.get(side).issues[&number];
        self.excuse(&stored.body);
        for said in stored.comments.values() {
            self.excuse(&said.body);
        }
        self.broken.insert((side, number));
    }

    pub(super) fn act(&mut self, store: &mut Store, deed: &Deed, n: usize) {
        let Deed { side, part, .. } = *deed;
        if matches!(deed.what, What::Open) {
            let text = format!("Text {n}.");
            let number = store.open(side, &format!("Issue {n}"), &text);
            self.texts.push(text);
            self.past.push((side, number, store.at(side, number).body.clone()));
            return;
        }
        let numbers: Vec<u64> = store.sides.get(side).issues.keys().copied().collect();
        let Some(issue) = pick(&numbers, deed.issue) else {
            return;
        };
        self.past.push((side, issue, store.at(side, issue).body.clone()));
        let left = side == Side::Left;
        match deed.what {
            What::Open => {}
            What::Retitle => store.edit(side, issue, |issue| issue.title = format!("Title {n} {part}")),
            What::Rewrite => {
                let text = format!("Body {n} {part}.\n\nMore.");
                let old = Body::read(&store.at(side, issue).body);
                self.excuse(&old.text);
                if side == Side::Right && old.markers.is_empty() && self.unmarked.contains_key(&issue) {
                    // With the text goes the footer.
                    self.broken.insert((side, issue));
                }
                store.rewrite(side, issue, &text);
                self.texts.push(format!("Body {n} {part}."));
            }
            What::Close => store.edit(side, issue, |issue| issue.status = Status::CLOSED),
            // A twin that lost a race, or was parted, is no story any more.
            What::Reopen if super::checks::is_retired(store.at(side, issue)) => {}
            What::Reopen => store.edit(side, issue, |issue| issue.status = Status::OPEN),
            What::Label(on) => {
                let name = if left { "bug" } else { "type::bug" };
                store.sides.get_mut(side).labels.insert(name.into());
                self.decked.insert((side, issue));
                store.edit(side, issue, |issue| put(&mut issue.labels, name, on));
            }
            What::Assign(on) => {
                let name = if left { "ann" } else { "ann.r" };
                self.decked.insert((side, issue));
                store.edit(side, issue, |issue| put(&mut issue.assignees, name, on));
            }
            What::Plan => {
                let title = if part % 2 == 0 { "1.0" } else { "2.0" };
                store.sides.get_mut(side).milestones.insert(title.into());
                store.edit(side, issue, |issue| issue.milestone = Some(title.into()));
            }
            What::Date => {
                let holds = store.sides.get(side).profile.holds.due_date;
                let day = jiff::civil::date(2026, 11, 1 + i8::try_from(part % 28).unwrap());
                if holds {
                    store.edit(side, issue, |issue| issue.planning.due = Some(day));
                }
            }
            What::Weigh => {
                if store.sides.get(side).profile.holds.weight {
                    store.edit(side, issue, |issue| issue.planning.weight = Some(u64::from(part)));
                }
            }
            What::Estimate | What::Log => {
                let seconds = u64::from(part) * 60;
                if store.sides.get(side).profile.holds.time {
                    if matches!(deed.what, What::Log) {
                        *self.logged.entry((side, issue)).or_default() += seconds;
                    }
                    store.edit(side, issue, |issue| {
                        if matches!(deed.what, What::Log) {
                            issue.planning.spent += seconds;
                        } else {
                            issue.planning.estimate = seconds;
                        }
                    });
                }
            }
            What::Say | What::Reword | What::Unsay => self.talk(store, deed, issue, n),
            What::Delete => {
                self.excuse_issue(store, side, issue);
                store.remove(side, issue);
            }
            What::Transfer => {
                self.excuse_issue(store, side, issue);
                store.transfer(side, issue);
            }
            What::Move => {
                self.excuse_issue(store, side, issue);
                store.leave_shell(side, issue);
            }
            What::Forge => {
                let said = store.at(side, issue).comments.values();
                let bodies: Vec<String> = said.map(|said| said.body.clone()).collect();
                if let Some(body) = pick(&bodies.iter().collect::<Vec<_>>(), part).cloned() {
                    let other = pick(&numbers, part / 16).unwrap_or(issue);
                    if !store.at(side, other).locked {
                        store.say(side, other, &body);
                    }
                }
            }
            What::Lock(on) => store.at(side, issue).locked = on,
            What::Break(breakage) => self.smash(store, side, issue, breakage, &numbers, part),
        }
    }

    fn talk(&mut self, store: &mut Store, deed: &Deed, issue: u64, n: usize) {
        let Deed { side, part, .. } = *deed;
        if store.at(side, issue).locked {
            return;
        }
        if matches!(deed.what, What::Say) {
            let text = format!("Said {n} {part}.");
            store.say(side, issue, &text);
            self.texts.push(text);
            return;
        }
        let said: Vec<u64> = store.at(side, issue).comments.keys().copied().collect();
        let Some(comment) = pick(&said, part) else { return };
        let stored = store.at(side, issue).comments[&comment].body.clone();
        let old = Body::read(&stored);
        if matches!(deed.what, What::Unsay) {
            self.excuse(&stored);
            // With the original goes its copy, which may have been edited.
            self.excuse_copies(store, side, comment);
            self.unsaid
                .extend(old.markers.iter().filter_map(|marker| match &marker.payload {
                    Payload::Comment(mark) => Some((mark.side, mark.source.parse().ok()?)),
                    Payload::State(_) | Payload::Pointer(_) | Payload::Board(_) => None,
                }));
            store.unsay(side, issue, comment);
            self.hushed.insert((side, issue));
        } else if old.text.starts_with("Said") {
            // What a run keeps of a lost text is no conversation.
            self.excuse(&old.text);
            let text = format!("Said {n} {part} anew.");
            store.reword(side, issue, comment, &text);
            self.reworded.insert((side, comment));
            self.texts.push(text);
        }
    }

    fn excuse_copies(&mut self, store: &Store, side: Side, original: u64) {
        let source = original.to_string();
        for stored in store.sides.get(side.other()).issues.values() {
            for said in stored.comments.values() {
                let of = |payload: &Payload| matches!(payload, Payload::Comment(mark) if mark.source == source);
                if Body::read(&said.body).markers.iter().any(|marker| of(&marker.payload)) {
                    self.excuse(&said.body);
                }
            }
        }
    }
}

fn put(all: &mut BTreeSet<String>, name: &str, on: bool) {
    if on {
        all.insert(name.to_owned());
    } else {
        all.remove(name);
    }
}
