//! A survey as text, as JSON and as Markdown. Foreign text in it is plain.

use std::collections::BTreeSet;

use comfy_table::{Table, presets};
use jiff::{Timestamp, Unit};
use owo_colors::OwoColorize as _;
use serde_json::{Value, json as value};

use super::{Count, Finding, Looked, Severity, Survey};
use crate::safe::{Safe, SafeHint, SafeMarkdown, json as safe_json};
use crate::tracker::{Grant, Right, Standing};

/// A table with a column for each tracker, then the findings, then one line with their number. Colours are taken out by
/// the stream it is written to where they are not wanted.
pub fn human(survey: &Survey) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let names = survey.trackers.iter().map(|looked| Safe(&looked.name.0).to_string());
    table.set_header(std::iter::once(String::new()).chain(names));
    for (title, cells) in rows(survey) {
        let cells = cells.into_iter().map(|lines| {
            lines
                .iter()
                .map(|line| Safe(line).to_string())
                .collect::<Vec<_>>()
                .join("\n")
        });
        table.add_row(std::iter::once(title.to_owned()).chain(cells));
    }
    let mut out = String::new();
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push_str("\n+ given  - missing  ? not told beforehand\n");
    for finding in &survey.findings {
        let told = told(finding, |text| Safe(text).to_string());
        let kind = format!("{}[{}]", told.severity.as_str(), told.code);
        let kind = match told.severity {
            Severity::Error => kind.red().to_string(),
            Severity::Warning => kind.yellow().to_string(),
            Severity::Note => kind.dimmed().to_string(),
        };
        out.push_str(&format!("\n{kind}: {}\n  hint: {}\n", told.said, Safe(told.hint)));
    }
    out.push_str(&format!("\n{}\n", closing(survey)));
    out
}

/// The same as a table and a list, with a title.
pub fn markdown(survey: &Survey) -> String {
    format!(
        "## Lockstep: the trackers\n\n{}\n{}\n",
        markdown_table(survey),
        closing(survey)
    )
}

/// The table and the list alone.
pub fn markdown_table(survey: &Survey) -> String {
    let mut out = String::from("| |");
    for looked in &survey.trackers {
        out.push_str(&format!(" {} |", SafeMarkdown(&looked.name.0)));
    }
    out.push_str(&format!("\n|---|{}\n", "---|".repeat(survey.trackers.len())));
    for (title, cells) in rows(survey) {
        out.push_str(&format!("| {title} |"));
        for lines in cells {
            let lines: Vec<String> = lines.iter().map(|line| SafeMarkdown(line).to_string()).collect();
            out.push_str(&format!(" {} |", lines.join("<br>")));
        }
        out.push('\n');
    }
    out.push('\n');
    for finding in &survey.findings {
        let told = told(finding, |text| SafeMarkdown(text).to_string());
        out.push_str(&format!(
            "- {} `{}`: {} ({})\n",
            told.severity.as_str(),
            told.code,
            told.said,
            SafeHint(told.hint)
        ));
    }
    out
}

/// A finding on its way to a reader. The hint is as it was found.
struct Told<'a> {
    severity: Severity,
    code: &'static str,
    /// The tracker it is about, and what is so.
    said: String,
    hint: &'a str,
}

/// A finding in words; `plain` makes foreign text plain to its reader.
fn told(finding: &Finding, plain: impl Fn(&str) -> String) -> Told<'_> {
    let Finding {
        severity,
        code,
        on,
        message,
        hint,
    } = finding;
    let on = on.as_ref().map_or_else(String::new, |on| format!("{}: ", plain(&on.0)));
    Told {
        severity: *severity,
        code: code.as_str(),
        said: format!("{on}{}", plain(message)),
        hint,
    }
}

/// Version 1; members may be added, never changed.
pub fn json(survey: &Survey) -> String {
    let trackers: Vec<Value> = survey.trackers.iter().map(tracker).collect();
    let findings = survey.findings.iter().map(|finding| {
        value!({
            "severity": finding.severity.as_str(), "code": finding.code.as_str(),
            "on": finding.on.as_ref().map(|on| &on.0), "message": finding.message, "hint": finding.hint,
        })
    });
    let whole = value!({ "version": 1, "trackers": trackers, "findings": findings.collect::<Vec<_>>() });
    safe_json(&format!("{whole:#}\n")).into_owned()
}

fn tracker(looked: &Looked) -> Value {
    let Looked {
        name,
        service,
        standing,
        needed,
        labels,
        people,
    } = looked;
    let count = |count: &Count| value!({ "named": count.named, "there": count.there });
    let mut told = value!({
        "name": name.0, "service": service, "read": standing.is_some(), "labels": count(labels), "people": count(people),
    });
    let more = standing.as_ref().map(|standing| of_standing(standing, needed));
    if let (Value::Object(told), Some(Value::Object(more))) = (&mut told, more) {
        told.extend(more);
    }
    told
}

fn of_standing(standing: &Standing, needed: &BTreeSet<Right>) -> Value {
    let Standing {
        place,
        project,
        account,
        credential,
        rights,
        budget,
        ahead,
        // They are among the findings.
        snags: _,
    } = standing;
    let token = credential.as_ref().map(|token| {
        value!({
            "kind": token.kind, "scopes": token.scopes, "expires": token.expires.map(|at| at.to_string()),
        })
    });
    let rights = rights.iter().map(|(right, permission)| {
        value!({
            "right": right.words(), "grant": grant(permission.grant), "needed": needed.contains(right),
            "token": permission.token, "role": permission.role.map(|role| role.name),
        })
    });
    let requests = budget.map(|budget| {
        value!({
            "remaining": budget.remaining, "limit": budget.limit, "resets": budget.resets.map(|at| at.to_string()),
        })
    });
    value!({
        "place": place, "project": project, "account": account, "token": token, "rights": rights.collect::<Vec<_>>(),
        "requests": requests, "clock_ahead_s": ahead,
    })
}

fn grant(grant: Grant) -> &'static str {
    match grant {
        Grant::Given => "given",
        Grant::Missing => "missing",
        Grant::Untold => "untold",
    }
}

type Row = (&'static str, Vec<Vec<String>>);

/// The rows of the table: a title, and for each tracker the lines of its cell.
fn rows(survey: &Survey) -> Vec<Row> {
    let all = |cell: fn(&Looked, &Standing) -> Vec<String>| -> Vec<Vec<String>> {
        let cells = survey.trackers.iter().map(|looked| {
            let of = |standing| cell(looked, standing);
            looked.standing.as_ref().map_or_else(Vec::new, of)
        });
        cells.collect()
    };
    let services = survey
        .trackers
        .iter()
        .map(|looked| match (looked.service, &looked.standing) {
            (Some(service), Some(_)) => vec![service.to_owned()],
            (Some(service), None) => vec![service.to_owned(), "could not be read".to_owned()],
            (None, _) => vec!["could not be opened".to_owned()],
        });
    let rows = [
        ("service", services.collect()),
        ("address", all(|_, standing| vec![standing.place.clone()])),
        ("project", all(|_, standing| shown(&standing.project))),
        (
            "account",
            all(|_, standing| vec![standing.account.clone().unwrap_or_else(|| "not told".to_owned())]),
        ),
        ("token", all(|_, standing| token(standing))),
        ("may", all(may)),
        ("labels", all(|looked, _| count(looked.labels, "there"))),
        ("people", all(|looked, _| count(looked.people, "can be assigned"))),
        ("requests", all(|_, standing| requests(standing))),
        ("clock", all(|_, standing| clock(standing))),
    ];
    let told = |(_, cells): &Row| cells.iter().any(|cell| !cell.is_empty());
    rows.into_iter().filter(told).collect()
}

fn shown(text: &str) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![text.to_owned()]
    }
}

fn token(standing: &Standing) -> Vec<String> {
    let Some(token) = &standing.credential else {
        return vec!["none is needed".to_owned()];
    };
    let mut lines = vec![token.kind.clone()];
    match token.scopes.as_deref() {
        Some([]) => lines.push("without scopes".to_owned()),
        Some(scopes) => lines.extend(scopes.iter().map(|scope| format!("  {scope}"))),
        None => {}
    }
    lines.extend(token.expires.map(|at| format!("until {}", at.strftime("%Y-%m-%d"))));
    lines
}

fn may(looked: &Looked, standing: &Standing) -> Vec<String> {
    let rights = standing.rights.iter().map(|(right, permission)| {
        let sign = match permission.grant {
            Grant::Given => '+',
            Grant::Missing => '-',
            Grant::Untold => '?',
        };
        let idle = permission.grant != Grant::Given && !looked.needed.contains(right);
        format!("{sign} {}{}", right.words(), if idle { " (not needed)" } else { "" })
    });
    rights.collect()
}

fn count(count: Count, words: &str) -> Vec<String> {
    if count.named == 0 {
        return Vec::new();
    }
    vec![format!("{} of {} {words}", count.there, count.named)]
}

fn requests(standing: &Standing) -> Vec<String> {
    let Some(budget) = standing.budget else {
        return Vec::new();
    };
    let of = budget.limit.map_or_else(String::new, |limit| format!(" of {limit}"));
    let until = budget.resets.map(|at| format!("until {}", minute(at)));
    std::iter::once(format!("{}{of} left", budget.remaining))
        .chain(until)
        .collect()
}

fn minute(at: Timestamp) -> String {
    at.round(Unit::Minute).unwrap_or(at).strftime("%H:%M UTC").to_string()
}

fn clock(standing: &Standing) -> Vec<String> {
    let words = |ahead: i64| match ahead {
        -2..=2 => "as here".to_owned(),
        ahead if ahead > 0 => format!("{ahead} s ahead"),
        behind => format!("{} s behind", behind.unsigned_abs()),
    };
    standing.ahead.map(words).into_iter().collect()
}

/// "2 trackers: 1 error, 2 warnings, 0 notes; nothing was written".
/// How many trackers were looked at and how much was found, in one line.
pub fn closing(survey: &Survey) -> String {
    let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let trackers = counted(survey.trackers.len(), "tracker");
    let found: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (survey.count(severity), severity.as_str()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| counted(n, word))
        .collect();
    let found = if found.is_empty() {
        "all fine".to_owned()
    } else {
        found.join(", ")
    };
    format!("{trackers} looked at: {found}; nothing was written")
}
