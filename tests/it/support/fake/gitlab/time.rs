//! Time tracking: the estimate, which is set, and the time spent, which is added to. A day has eight hours and a week five
//! days.

use serde_json::{Value, json};

use super::routes::{Caller, error, invalid, refused};
use super::state::{GitLab, Issue};
use super::values::Values;
use crate::support::fake::{Answer, Call};

impl GitLab {
    /// `time_estimate`, `add_spent_time` and their resets, and `time_stats`. The writes answer 200, not the 201 of the
    /// description.
    pub(super) fn route_time(&mut self, call: &Call, caller: &Caller, iid: u64, action: &str) -> Answer {
        let mut issue = self.issues[&iid].clone();
        if call.method == "GET" && action == "time_stats" {
            return Answer::new(200, time_json(&issue));
        }
        if call.method != "POST" {
            return Answer::unserved();
        }
        if !caller.plans() {
            return error(403, "403 Forbidden");
        }
        let values = Values::read(call);
        let named = ["time_estimate", "add_spent_time"].contains(&action);
        let duration = match values.text("duration") {
            None if named => return refused("duration is missing"),
            None => 0,
            Some(text) => match seconds(&text) {
                Some(seconds) => seconds,
                None => return refused("duration is invalid"),
            },
        };
        match action {
            "time_estimate" => issue.time_estimate = duration.try_into().unwrap_or_default(),
            "reset_time_estimate" => issue.time_estimate = 0,
            "add_spent_time" => match issue.time_spent.checked_add_signed(duration) {
                Some(spent) => issue.time_spent = spent,
                None => return invalid("base", "Time to subtract exceeds the total time spent"),
            },
            "reset_spent_time" => issue.time_spent = 0,
            _ => return Answer::unserved(),
        }
        let answer = Answer::new(200, time_json(&issue));
        self.store(issue, &caller.username);
        answer
    }
}

/// The `time_stats` of an issue.
pub(super) fn time_json(issue: &Issue) -> Value {
    json!({
        "time_estimate": issue.time_estimate, "total_time_spent": issue.time_spent,
        "human_time_estimate": human(issue.time_estimate), "human_total_time_spent": human(issue.time_spent),
    })
}

fn human(seconds: u64) -> Option<String> {
    let units = [(144_000, "w"), (28_800, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (length, unit) in units {
        if rest >= length {
            words.push(format!("{}{unit}", rest / length));
            rest %= length;
        }
    }
    (seconds > 0).then(|| words.join(" "))
}

/// Reads `1w 2d3h 4m`; a sign counts for all of it.
fn seconds(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut total = 0;
    let mut digits = String::new();
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let length = match letter {
            'w' => 144_000,
            'd' => 28_800,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total += digits.parse::<i64>().ok()? * length;
        digits.clear();
    }
    (digits.is_empty() && !text.is_empty()).then_some(sign * total)
}
