//! The boxes on a dashboard issue: how they are written, and which of them people have ticked.
//!
//! Imports the model and the Markdown parser.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::model::{Hash, Side};

/// What people ticked about one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// This side's box.
    One(Side),
    /// Both boxes, which says nothing.
    Both,
}

/// An item of a list with a box: `words` is one line of Markdown. What the box stands for is hidden behind them.
pub fn offer(id: &Hash, side: Side, ticked: bool, words: &str) -> String {
    let mark = if ticked { 'x' } else { ' ' };
    format!("- [{mark}] {words} <!-- box {} {} -->", letter(side), id.0)
}

/// The boxes ticked in a text, by question.
pub fn ticks(text: &str) -> BTreeMap<Hash, Tick> {
    let mut found: BTreeMap<Hash, Tick> = BTreeMap::new();
    let mut ticked = false;
    for event in Parser::new_ext(text, Options::ENABLE_TASKLISTS) {
        match event {
            Event::Start(Tag::Item) => ticked = false,
            Event::TaskListMarker(is) => ticked = is,
            Event::InlineHtml(html) if ticked => {
                let Some((side, id)) = read(&html) else { continue };
                let tick = match found.get(&id) {
                    Some(tick) if *tick != Tick::One(side) => Tick::Both,
                    Some(_) | None => Tick::One(side),
                };
                found.insert(id, tick);
            }
            Event::Start(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule => {}
        }
    }
    found
}

fn letter(side: Side) -> char {
    match side {
        Side::Left => 'l',
        Side::Right => 'r',
    }
}

/// What one of our own comments says.
fn read(comment: &str) -> Option<(Side, Hash)> {
    let inner = comment.strip_prefix("<!-- box ")?.strip_suffix(" -->")?;
    let (side, id) = inner.split_once(' ')?;
    let side = Side::BOTH.into_iter().find(|known| side.chars().eq([letter(*known)]))?;
    Some((side, Hash(id.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Hash {
        Hash::of("test", text)
    }

    #[test]
    fn a_ticked_box_is_read_back_and_an_empty_one_is_none() {
        for side in Side::BOTH {
            let text = format!(
                "# Title\n\n- **title**\n  {}\n  {}\n",
                offer(&id("a"), side, true, "keep `x`: *this*"),
                offer(&id("a"), side.other(), false, "keep `y`"),
            );
            assert_eq!(ticks(&text), [(id("a"), Tick::One(side))].into());
            assert_eq!(ticks(&text.replace("[x]", "[X]").replace('\n', "\r\n")).len(), 1);
            assert_eq!(ticks(&text.replace("[x]", "[ ]")), BTreeMap::new());
        }
    }

    #[test]
    fn two_boxes_of_one_question_say_nothing() {
        let both = [Side::Left, Side::Right].map(|side| offer(&id("a"), side, true, "keep"));
        let text = format!("{}\n{}\n{}\n", both[0], both[1], both[0]);
        assert_eq!(ticks(&text), [(id("a"), Tick::Both)].into());
    }

    #[test]
    fn what_is_no_box_in_a_list_is_no_tick() {
        let hidden = "<!-- box l abc -->";
        for text in [
            hidden.to_owned(),
            format!("- {hidden}"),
            format!("[x] {hidden}"),
            format!("    - [x] {hidden}"),
            format!("```\n- [x] {hidden}\n```"),
            format!("- [x] `{hidden}`"),
            "- [x] <!-- box z abc -->".to_owned(),
            format!("- [x] one\n- two {hidden}"),
            format!("- [x] one\n  - [ ] two {hidden}"),
        ] {
            assert_eq!(ticks(&text), BTreeMap::new(), "{text}");
        }
    }
}
