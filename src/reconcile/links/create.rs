//! Unlinked issues: which get a twin, which are joined to one of equal title.

use std::collections::BTreeSet;

use super::book::book_of_one;
use super::linked;
use crate::config::{CreateRule, Direction, Mode};
use crate::model::{Issue, IssueKey, LinkId, PerSide, Side, Status};
use crate::plan::{Act, Change, Drift, Field, LinkPlan, Step, Twin};
use crate::reconcile::absent;
use crate::reconcile::comments::{flow, known};
use crate::reconcile::crossing;
use crate::reconcile::crossing::files;
use crate::reconcile::desk::{Desk, Errand, Need};
use crate::reconcile::fields::{labels, people, shown, spent, status, values};
use crate::reconcile::pairing::{Pair, fresh, is_bare, link_of};
use crate::tracker::CommentReading;

/// Plans twins for unlinked issues, left side first, in the order of their keys.
pub(crate) fn plan(desk: &mut Desk<'_>, free: &PerSide<BTreeSet<IssueKey>>) -> Vec<LinkPlan> {
    let mut free = free.clone();
    let mut plans = Vec::new();
    find_mirrored(desk, &free);
    let adopting = desk.rules.errand == Errand::Adopt;
    let ruled = Side::BOTH
        .into_iter()
        .any(|side| desk.terms().sync.create.get(side).is_some());
    for from in Side::BOTH {
        let to = from.other();
        if to == Side::Left && desk.terms().sync.mode == Mode::Mirror {
            continue;
        }
        let rule = desk.terms().sync.create.get(from).as_ref();
        // Where the file chooses nothing at all, whoever asks for equal titles to be joined means all of them.
        if rule.is_none() && (!adopting || ruled) {
            continue;
        }
        let chosen: Vec<&Issue> = free
            .get(from)
            .iter()
            .filter_map(|key| desk.issue(from, key))
            .filter(|issue| may_cross(desk, issue) && rule.is_none_or(|rule| selected(rule, issue)))
            .collect();
        // Asked once: it goes through the whole listing.
        let mut whole = None;
        for issue in chosen {
            let link = link_of(desk, from, &issue.key);
            if !free.get(from).contains(&issue.key) || !in_scope(desk, from, &link, &issue.key) {
                continue;
            }
            // Absence proves nothing in a listing that is not whole: a twin may be there already.
            if !desk.world.get(to).complete {
                desk.need(Need::Listing(to));
                // Else every twin there would ask for its origin by itself.
                if desk.rules.focus.is_none() && !desk.world.get(from).complete {
                    desk.need(Need::Listing(from));
                }
                continue;
            }
            if *whole.get_or_insert_with(|| absent::is_complete(desk, to)) != Some(true) {
                continue;
            }
            match adopt(desk, from, issue, &free) {
                Match::None if adopting => {}
                Match::None => plans.extend(create(desk, from, issue, &link)),
                Match::One(pair) => {
                    free.left.remove(&pair.keys.left);
                    free.right.remove(&pair.keys.right);
                    desk.out.plan.linked += 1;
                    plans.extend(linked::plan(desk, &pair, true));
                }
                Match::Refused => {}
            }
        }
    }
    plans
}

/// The left side of a mirror carries no marker, nor does a body without room for one, so whether such an issue has a twin
/// is known from the right alone.
fn find_mirrored(desk: &mut Desk<'_>, free: &PerSide<BTreeSet<IssueKey>>) {
    let bare = |key: &IssueKey| desk.issue(Side::Left, key).is_some_and(|issue| is_bare(desk, issue));
    let asked = |key: &&IssueKey| in_scope(desk, Side::Left, &link_of(desk, Side::Left, key), key);
    if !desk.world.right.complete && free.left.iter().filter(asked).any(bare) {
        desk.need(Need::Listing(Side::Right));
        if desk.rules.focus.is_none() && !desk.world.left.complete {
            desk.need(Need::Listing(Side::Left));
        }
    }
}

fn in_scope(desk: &Desk<'_>, from: Side, link: &LinkId, key: &IssueKey) -> bool {
    let mut keys = PerSide::default();
    *keys.get_mut(from) = Some(key);
    desk.in_scope(link, keys)
}

fn may_cross(desk: &Desk<'_>, issue: &Issue) -> bool {
    (desk.terms().sync.confidential || !issue.confidential) && issue.moved_to.is_none()
}

fn selected(rule: &CreateRule, issue: &Issue) -> bool {
    let lower = |s: &String| s.to_lowercase();
    let labels: BTreeSet<String> = issue.labels.iter().map(lower).collect();
    let has = |list: &[String]| list.iter().any(|l| labels.contains(&lower(l)));
    let author = issue.author.as_ref().map(|a| a.login.to_lowercase());
    (rule.labels.is_empty() || has(&rule.labels))
        && !has(&rule.exclude_labels)
        && rule.state.is_none_or(|state| issue.status.state == state)
        && (rule.authors.is_empty() || rule.authors.iter().any(|a| Some(lower(a)) == author))
        && rule
            .created_after
            .is_none_or(|after| issue.created.or(issue.updated).is_some_and(|at| at >= after))
        && rule
            .milestone
            .as_ref()
            .is_none_or(|title| issue.milestone.as_ref() == Some(title))
}

enum Match {
    None,
    One(Box<Pair>),
    /// There is one or more, and why none of them is joined has been said.
    Refused,
}

/// The one unlinked issue of equal title on the other side, if the sync asks for it.
fn adopt(desk: &mut Desk<'_>, from: Side, issue: &Issue, free: &PerSide<BTreeSet<IssueKey>>) -> Match {
    if !desk.terms().sync.match_title && desk.rules.errand != Errand::Adopt {
        return Match::None;
    }
    let to = from.other();
    let same = |other: &&Issue| other.title.trim() == issue.title.trim() && may_cross(desk, other);
    let titled = |side: Side| -> Vec<&Issue> {
        free.get(side)
            .iter()
            .filter_map(|key| desk.issue(side, key))
            .filter(same)
            .collect()
    };
    let (there, here) = (titled(to), titled(from));
    match (there.as_slice(), here.len()) {
        ([], _) => Match::None,
        ([one], 1) => {
            let keys = match from {
                Side::Left => PerSide::new(issue.key.clone(), one.key.clone()),
                Side::Right => PerSide::new(one.key.clone(), issue.key.clone()),
            };
            match fresh(desk, keys, from) {
                Some(pair) => Match::One(Box::new(pair)),
                None => Match::Refused,
            }
        }
        _ => {
            let on = desk.at(from, &issue.key);
            desk.hold(
                "match-ambiguous",
                on,
                "several unlinked issues have its title, so none is joined to it and none is created",
                "give the issues different titles; those that belong together keep theirs",
            );
            Match::Refused
        }
    }
}

fn create(desk: &mut Desk<'_>, from: Side, issue: &Issue, link: &LinkId) -> Option<LinkPlan> {
    let to = from.other();
    let room = crossing::has_room_for_marker(desk, from, issue);
    if !room && from == Side::Right {
        let on = desk.at(from, &issue.key);
        desk.hold(
            "no-room",
            on,
            "its body is so long that the state of a link does not fit below it, so it gets no twin",
            "shorten the body by 2,000 characters",
        );
        return None;
    }
    let (twin, was_cut) = twin(desk, link, from, issue);
    let mut cut = PerSide::default();
    *cut.get_mut(to) = was_cut;
    let lacks_milestone = values::lacks_milestone(desk, from, issue, &twin.planning);
    let fields = &desk.terms().sync.fields;
    let comments_cross = fields.comments.direction.reaches(to);
    let talk = if comments_cross {
        flow::plan_new(desk, link, from, &issue.key)?
    } else {
        // Where they are always read, the base says what was there, whether it crosses or not.
        if fields.comments.direction != Direction::Off && desk.profile(from).comments == CommentReading::Free {
            desk.comments(from, &issue.key)?;
        }
        Vec::new()
    };
    let why = files::with_files(format!("new on {}", desk.tracker(from)), &twin.files);
    let drift = missing(desk, link, from, issue);
    desk.out.plan.drift.push(drift);

    let mut steps = vec![Step {
        on: to,
        act: Act::Create(Box::new(twin)),
        fields: BTreeSet::new(),
        why: why.clone(),
    }];
    steps.extend(talk);
    let marks_origin = from == Side::Right || desk.terms().sync.mode == Mode::TwoWay && room;
    let pointless = desk.terms().sync.mode == Mode::TwoWay && !room;
    let spent = spent::carry(desk, from, issue);
    // Where the left side carries nothing the state is written again, once comments have been posted.
    let on = if marks_origin {
        Some(from)
    } else {
        (steps.len() > 1 || pointless).then_some(to)
    };
    if let Some(on) = on {
        let act = Act::Update(Change::default());
        let why = "the link is recorded".to_owned();
        steps.push(Step {
            on,
            act,
            fields: [Field::Marker].into(),
            why,
        });
    }
    if let Some(intent) = spent.intents.get(to) {
        steps.push(spent::step(desk, to, intent.add));
        steps.push(Step {
            on: Side::Right,
            act: Act::Update(Change::default()),
            fields: [Field::Marker].into(),
            why: "the marker is brought up to date".to_owned(),
        });
    }
    let mut keys = PerSide::default();
    *keys.get_mut(from) = Some(issue.key.clone());
    let mut book = book_of_one(desk, from, issue, link);
    book.spent = spent.merged;
    book.intents = spent.intents;
    known::less_planned(&mut book, &steps);
    book.cut = cut;
    if lacks_milestone {
        // It has not settled: the next run looks again whether somebody made it.
        book.frozen.insert(Field::Milestone);
    }
    Some(LinkPlan {
        link: link.clone(),
        keys,
        steps,
        book,
    })
}

/// What the twin of `issue` will be, and whether its text had to be cut.
fn twin(desk: &mut Desk<'_>, link: &LinkId, from: Side, issue: &Issue) -> (Twin, bool) {
    let to = from.other();
    let fields = &desk.terms().sync.fields;
    let (status_crosses, labels_cross) = (fields.status.direction.reaches(to), fields.labels.direction.reaches(to));
    let (body_crosses, people_cross) = (fields.body.reaches(to), fields.assignees.reaches(to));

    let wish = status::carry(desk, from, issue, None);
    let mut twin = Twin {
        title: crossing::carry_title(desk, from, &issue.title),
        text: String::new(),
        status: if status_crosses { wish.status } else { Status::OPEN },
        labels: if labels_cross {
            labels::carry(desk, from, issue)
        } else {
            BTreeSet::new()
        },
        assignees: if people_cross {
            people::carry(desk, from, issue)
        } else {
            BTreeSet::new()
        },
        planning: values::carry(desk, from, issue),
        confidential: issue.confidential && desk.profile(to).holds.confidential,
        files: Vec::new(),
    };
    twin.labels.extend(shown::carry(desk, from, issue));
    if status_crosses {
        let of_status: Vec<String> = wish
            .labels
            .iter()
            .filter_map(|label| labels::spelled(desk, to, label))
            .collect();
        twin.labels.extend(of_status);
    }
    let mut cut = false;
    if body_crosses {
        let carried = crossing::carry_body(desk, link, from, issue, None);
        (twin.text, twin.files, cut) = (carried.text, carried.files, carried.cut);
    }
    (twin, cut)
}

fn missing(desk: &Desk<'_>, link: &LinkId, from: Side, issue: &Issue) -> Drift {
    let here = Some(desk.at(from, &issue.key).to_string());
    let (left, right) = if from == Side::Left { (here, None) } else { (None, here) };
    let (left_value, right_value) = match from {
        Side::Left => (issue.title.clone(), String::new()),
        Side::Right => (String::new(), issue.title.clone()),
    };
    Drift {
        link: link.0.clone(),
        left,
        right,
        class: "missing-twin",
        left_value,
        right_value,
        field: Field::Title,
        conflict: false,
    }
}
