//! Milestones, iterations, epics, weight, dates and time, unmapped people, and templates, as they are read.

use super::super::{Carried, Config, Direction, MilestoneField, Unmapped, ValueField};
use super::with_sync;
use crate::diag::{Code, Diagnostic};
use crate::model::Side;

/// Reads the fields of a sync.
fn read(fields: &str) -> Result<Config, Vec<Diagnostic>> {
    super::read(&with_sync(&format!("    fields: {{ {fields} }}\n")))
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
    let plain = ValueField {
        direction: Direction::Both,
        footer: false,
    };
    for value in [silent.weight, silent.due_date, silent.time_estimate, silent.time_spent] {
        assert_eq!(value, plain);
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
         weight: to gh, due_date: off, time_estimate: { as: footer }, \
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
        (written.weight.direction, written.due_date.direction),
        (Direction::To(Side::Left), Direction::Off)
    );
    let shown = ValueField {
        direction: Direction::Both,
        footer: true,
    };
    assert_eq!(written.time_estimate, shown);
    assert_eq!(written.assignees.unmapped, Unmapped::Footer);
    assert!(written.assignees.reaches(Side::Right) && !written.assignees.reaches(Side::Left));
    assert_eq!(written.comments.template.as_deref(), Some("{{ author }}:"));
    assert_eq!(fields("iteration: {}").iteration, Carried::Label);
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, code, words) in [
        ("weight: { as: label }", Code::UnknownValue, "`label`"),
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
