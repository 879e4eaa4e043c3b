//! Fields and options nothing carries yet, as they will be read once their names leave the list.

use std::path::Path;

use serde_json::Value;

use super::super::check::load_into;
use super::super::problems::Problems;
use super::super::{Carried, Config, Direction, MilestoneField, NOT_YET, Unmapped, schema};
use super::with_sync;
use crate::diag::{Code, Diagnostic};
use crate::model::Side;

/// Reads the fields of a sync as if everything were supported.
fn read(fields: &str) -> Result<Config, Vec<Diagnostic>> {
    let path = Path::new("lockstep.yml");
    let text = with_sync(&format!("    fields: {{ {fields} }}\n"));
    load_into(Problems::new(path).with_not_yet(&[]), &text, path)
}

fn fields(text: &str) -> super::super::Fields {
    match read(text) {
        Ok(config) => config.syncs[0].fields.clone(),
        Err(problems) => panic!("{text}: {problems:?}"),
    }
}

#[test]
fn what_is_left_out_flows_and_iterations_and_epics_do_not() {
    let silent = fields("");
    let milestone = MilestoneField {
        direction: Direction::Both,
        carried: Carried::Milestone,
        create: true,
    };
    assert_eq!(silent.milestone, milestone);
    for direction in [silent.weight, silent.due_date, silent.time_estimate, silent.time_spent] {
        assert_eq!(direction, Direction::Both);
    }
    assert_eq!((silent.iteration, silent.epic), (Carried::Off, Carried::Off));
    assert_eq!(
        (silent.assignees.unmapped, silent.comments.template),
        (Unmapped::Skip, None)
    );
}

#[test]
fn what_is_written_is_read() {
    let written = fields(
        "milestone: { direction: to gl, as: footer, create: false }, iteration: { as: footer }, epic: label, \
         weight: to gh, due_date: off, time_estimate: { direction: both }, \
         assignees: { unmapped: footer, direction: to gl }, comments: { template: '{{ author }}:' }",
    );
    let milestone = MilestoneField {
        direction: Direction::To(Side::Right),
        carried: Carried::Footer,
        create: false,
    };
    assert_eq!(written.milestone, milestone);
    assert_eq!((written.iteration, written.epic), (Carried::Footer, Carried::Label));
    assert_eq!(
        (written.weight, written.due_date),
        (Direction::To(Side::Left), Direction::Off)
    );
    assert_eq!(written.assignees.unmapped, Unmapped::Footer);
    assert!(written.assignees.reaches(Side::Right) && !written.assignees.reaches(Side::Left));
    assert_eq!(written.comments.template.as_deref(), Some("{{ author }}:"));
    assert_eq!(fields("iteration: {}").iteration, Carried::Label);
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, code, words) in [
        ("milestone: { as: sticker }", Code::UnknownValue, "`sticker`"),
        ("iteration: { direction: both }", Code::UnknownKey, "`direction`"),
        ("epic: milestone", Code::UnknownValue, "`milestone`"),
        ("assignees: { unmapped: comment }", Code::UnknownValue, "`comment`"),
        ("comments: { template: '{{ body }}' }", Code::BadValue, "no `body`"),
        (
            "comments: { template: \"{{ author }}\\nx\" }",
            Code::BadValue,
            "more than one line",
        ),
        ("comments: { template: '{{' }", Code::BadValue, "syntax error"),
        ("comments: { template: 5 }", Code::WrongType, "text"),
    ] {
        let found = read(text).unwrap_err();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].code, code, "{text}");
        assert!(found[0].message.contains(words), "{}", found[0]);
        let place = found[0].place.as_ref().unwrap();
        assert!(place.line > 1 && place.column > 15, "{place:?}");
    }
}

#[test]
fn everything_that_is_not_supported_yet_is_off_in_a_silent_file() {
    let silent = super::valid(&with_sync("")).syncs.remove(0).fields;
    let directions = [
        ("milestone", silent.milestone.direction),
        ("weight", silent.weight),
        ("due_date", silent.due_date),
        ("time_estimate", silent.time_estimate),
        ("time_spent", silent.time_spent),
    ];
    for (name, direction) in directions {
        assert_eq!(direction == Direction::Off, NOT_YET.contains(&name), "{name}");
    }
}

#[test]
fn the_schema_says_what_is_not_supported_yet() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let told = schema.to_string().matches("supported yet.").count();
    // The dashboard has no part in the list: there is nothing yet to switch on.
    let besides = ["dashboard"];
    assert_eq!(told, NOT_YET.len() + besides.len());
}
