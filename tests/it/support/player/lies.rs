//! Services whose listings tell less than they know. Single issues are always told as they are.

use serde_json::Value;

use super::{Place, Player};
use crate::support::fake::{Answer, Call, Vendor as Vendors};

/// What is wrong with the listings of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// There is nothing.
    Empty,
    /// The last page lacks its last entry.
    Short,
    /// An entry in the middle, the second of all, is passed over.
    PassedOver,
    /// The first page comes again and again.
    Repeated,
    /// What there was when the lie began.
    Stale,
    /// Issues have no comments.
    Uncounted,
}

/// Which listings lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Issues,
    Comments,
}

impl Of {
    fn fits(self, call: &Call) -> bool {
        let last = call.segments.last().map_or("", String::as_str);
        let listed = match self {
            Of::Issues => last == "issues",
            Of::Comments => ["comments", "notes"].contains(&last),
        };
        call.method == "GET" && listed
    }
}

impl Player {
    /// From now on, until `heal`, listings lie. Counts that come along are true to the lie.
    pub fn lie(&self, of: Of, lie: Lie) {
        match &self.place {
            Place::GitHub(fake) => {
                let mut then = fake.with(|github| github.clone());
                let bend = move |call: &Call, answer| bent(&mut then, of, lie, call, answer);
                fake.bend(bend);
            }
            Place::GitLab(fake) => {
                let mut then = fake.with(|gitlab| gitlab.clone());
                let bend = move |call: &Call, answer| bent(&mut then, of, lie, call, answer);
                fake.bend(bend);
            }
            Place::Folder(_) => panic!("folders tell no lies"),
        }
    }
}

fn bent<V: Vendors>(then: &mut V, of: Of, lie: Lie, call: &Call, answer: Answer) -> Answer {
    let Some(Value::Array(all)) = answer.json().cloned().filter(|_| of.fits(call)) else {
        return answer;
    };
    let number: usize = call.query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let last = !answer
        .headers
        .iter()
        .any(|(name, value)| name == "link" && value.contains("rel=\"next\""));
    let less = |mut all: Vec<Value>, at: usize| {
        all.remove(at);
        all
    };
    let fewer = |answer: Answer| {
        answer.map_header("x-total", |total| {
            total.parse::<usize>().unwrap().saturating_sub(1).to_string()
        })
    };
    match lie {
        Lie::Empty => {
            let mut empty = answer.with_json(Value::Array(Vec::new()));
            empty
                .headers
                .retain(|(name, _)| !["link", "x-next-page"].contains(&name.as_str()));
            empty.map_header("x-total", |_| "0".to_owned())
        }
        Lie::Short if last && !all.is_empty() => {
            let end = all.len() - 1;
            fewer(answer.with_json(Value::Array(less(all, end))))
        }
        Lie::PassedOver if number == 1 && all.len() > 1 => fewer(answer.with_json(Value::Array(less(all, 1)))),
        Lie::Short | Lie::PassedOver => fewer(answer),
        Lie::Repeated if number > 1 => {
            let mut first = call.clone();
            first.query.retain(|(name, _)| name != "page");
            match then.answer(&first).json() {
                Some(page) => answer.with_json(page.clone()),
                None => answer,
            }
        }
        Lie::Repeated => answer,
        Lie::Stale => then.answer(call),
        Lie::Uncounted => {
            let mut all = all;
            for issue in all.iter_mut().filter_map(Value::as_object_mut) {
                for count in ["comments", "user_notes_count"] {
                    issue.entry(count).and_modify(|count| *count = 0.into());
                }
            }
            answer.with_json(Value::Array(all))
        }
    }
}
