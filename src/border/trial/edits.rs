//! Laws of copies that were edited where they are.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::laws::{reader, tried};
use super::super::samples::{CROSSINGS, crossing};
use super::super::scanners::{executed, executed_by_parser};
use super::super::{Crossing, bring_back, bring_title_back, carry, carry_title};
use super::documents::documents;
use super::referee;

/// A change to the lines of a text. Positions wrap around.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Insert(usize, String),
    Replace(usize, String),
    Delete(usize, usize),
    Repeat(usize),
    Swap(usize),
}

pub(super) fn edited(text: &str, edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for edit in edits {
        let count = lines.len();
        match edit {
            Edit::Insert(at, line) => lines.insert(at % (count + 1), line.clone()),
            Edit::Replace(at, line) if count > 0 => lines[at % count].clone_from(line),
            Edit::Delete(at, many) if count > 0 => {
                let at = at % count;
                lines.drain(at..(at + many).min(count));
            }
            Edit::Repeat(at) if count > 0 => {
                let line = lines[at % count].clone();
                lines.insert(at % count, line);
            }
            Edit::Swap(at) if count > 1 => lines.swap(at % (count - 1), at % (count - 1) + 1),
            Edit::Replace(..) | Edit::Delete(..) | Edit::Repeat(_) | Edit::Swap(_) => {}
        }
    }
    lines.join("\n")
}

pub(super) fn edits(line: &'static [&'static str]) -> impl Strategy<Value = Vec<Edit>> {
    let line = move || prop::sample::select(line).prop_map(str::to_owned);
    let edit = prop_oneof![
        3 => (0_usize..99, line()).prop_map(|(at, line)| Edit::Insert(at, line)),
        2 => (0_usize..99, line()).prop_map(|(at, line)| Edit::Replace(at, line)),
        2 => (0_usize..99, 1_usize..4).prop_map(|(at, many)| Edit::Delete(at, many)),
        1 => (0_usize..99).prop_map(Edit::Repeat),
        1 => (0_usize..99).prop_map(Edit::Swap),
    ];
    prop::collection::vec(edit, 1..5)
}

/// Lines that mean nothing to anybody.
pub(super) const PLAIN: &[&str] = &[
    "Thanks, that helped.",
    "",
    "Zwölf Boxkämpfer, 漢字 and 🎉",
    "- one more",
    "> well",
    "# News",
    "**Done.**",
];

/// Lines that somebody with bad intentions writes into a copy.
const HOSTILE: &[&str] = &[
    "@mallory",
    "/close",
    "/assign @mallory",
    "#4711",
    "[x](@mallory)",
    "[\u{2060}@mallory](https://x.org)",
    "@\u{2060}mallory",
    "\u{2060}/close",
    "[\u{2060}/close](https://x.org)",
    "@robert<!--\u{2060}@\u{2060}mallory-->",
    "[x](https://x.org \"\u{2060}@mallory\")",
    "#\u{2060}4711",
    "[\u{2060}#\u{2060}34](https://x.org \"#\u{2060}4711\")",
    "&#64;mallory",
    "@m<b>allory</b>",
    "```",
    "~~~",
    "<!--",
    "-->",
    "<p>",
    "</p>",
    "`",
    ">>>",
    "    @mallory",
    "---",
    "<pre>",
    "\\@mallory",
    "acme/api#4711",
    "!4711",
    "<details>",
    "$$",
];

pub(super) fn home_of<'a>(crossing: &Crossing<'a>) -> Crossing<'a> {
    Crossing {
        from: crossing.to,
        to: crossing.from,
        ..*crossing
    }
}

/// A joiner before a line that might run at home is the one change that a moved line may need.
pub(super) fn unbarred(text: &str) -> String {
    format!("\n{text}").replace("\n\u{2060}/", "\n/")
}

/// Lines in which nothing can begin code, which would make live what was not, or the other way round.
pub(super) fn calm(text: &str) -> String {
    let wild =
        |line: &&str| !line.contains(['`', '~', '<', '\t', '$', '|', '\u{2060}', '\r']) && !line.contains("    ");
    // An open bracket decides what is an address further down.
    let open = |open: usize, c: char| match c {
        '[' => open + 1,
        ']' => open.saturating_sub(1),
        _ => open,
    };
    let closed = |line: &&str| line.chars().fold(0, open) == 0;
    // The address of a link is on no page, until the line above is another and makes text of it.
    let defines = |line: &&str| {
        let mut labels = line
            .match_indices("]:")
            .filter_map(|(at, _)| line.get(..at)?.rsplit_once('['));
        labels.any(|(_, label)| !label.starts_with('^'))
    };
    text.split('\n')
        .filter(|line| wild(line) && closed(line) && !defines(line))
        .collect::<Vec<_>>()
        .join("\n")
}

proptest! {
    #![proptest_config(tried(250))]

    /// What people change in a copy arrives at home as if they had changed it there: without a trace of ours.
    #[test]
    fn an_edit_of_a_copy_is_an_edit_of_the_original(text in documents(), edits in edits(PLAIN), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        let crossing = crossing(from, to, *notify);
        let text = calm(&text);
        let copy = carry(&text, &crossing);
        prop_assert_eq!(copy.split('\n').count(), text.split('\n').count(), "a line of the copy is a line of the text");
        let back = bring_back(&edited(&copy, &edits), &home_of(&crossing), &text);
        prop_assert_eq!(unbarred(&back), unbarred(&edited(&text, &edits)), "copy: {:?}", copy);
    }

    /// Whatever is written into a copy, nobody is notified at home whom home does not name, and nothing runs.
    #[test]
    fn nobody_reaches_home_through_a_copy(text in documents(), edits in edits(HOSTILE), way in 0..CROSSINGS.len()) {
        let (_, from, to, _) = &CROSSINGS[way];
        let crossing = crossing(from, to, false);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let edited = edited(&carry(&text, &crossing), &edits);
        let back = bring_back(&edited, &home_of(&crossing), &text);
        if from.mentions {
            let (before, after) = (&referee::notified(&text, reader(from)) | &referee::named(&text), referee::notified(&back, reader(from)));
            // The parsers disagree about how far a path goes, not about whose it is.
            let owner = |name: &String| name.split('/').next().map(str::to_owned);
            let before: BTreeSet<_> = before.iter().filter_map(owner).collect();
            let after: BTreeSet<_> = after.iter().filter_map(owner).collect();
            prop_assert!(after.is_subset(&before), "{:?} are new in {:?} from {:?} of {:?}", after.difference(&before), back, edited, text);
            let new = referee::referred(&back, reader(from)).into_iter().find(|found| found.contains("4711"));
            prop_assert_eq!(new, None, "in {:?} from {:?} of {:?}", back, edited, text);
        }
        if from.quick_actions {
            let readers: [fn(&str) -> Option<String>; 4] =
                [|t| executed(t, true), |t| executed(t, false), executed_by_parser, referee::runs];
            // What home holds has run, or never will.
            if readers.iter().all(|reader| reader(&text).is_none()) {
                for reader in readers {
                    prop_assert_eq!(reader(&back), None, "in {:?} from {:?} of {:?}", back, edited, text);
                }
            }
        }
    }

    #[test]
    fn an_edit_of_a_title_is_an_edit_of_the_original(text in documents(), at in 0_usize..40, way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        let crossing = crossing(from, to, *notify);
        let title: String = text.split_whitespace().take(12).filter(|word| !word.contains(['\u{2060}', '<'])).collect::<Vec<_>>().join(" ");
        let copy = carry_title(&title, &crossing);
        prop_assert!(title.contains("](") || !copy.contains("]("), "{:?}", copy);
        let change = |title: &str| {
            let mut words: Vec<&str> = title.split(' ').collect();
            words.insert(at.min(words.len()), "and");
            words.join(" ")
        };
        prop_assert_eq!(bring_title_back(&change(&copy), &home_of(&crossing), &title), change(&title));
    }
}
