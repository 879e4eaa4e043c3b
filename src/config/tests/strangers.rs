//! Any text at all: it is valid or it is not, and saying so takes no panic.

use proptest::prelude::*;

use super::{EXAMPLE, read};

fn judged(text: &str) -> Result<(), TestCaseError> {
    match read(text) {
        Ok(config) => prop_assert!(!config.syncs.is_empty() && !config.trackers.is_empty()),
        Err(found) => {
            prop_assert!(!found.is_empty());
            let last = text.lines().count() + 1;
            for problem in found {
                prop_assert!(!problem.message.contains('\n'), "{problem:?}");
                prop_assert!(problem.place.is_none_or(|p| p.line <= last && p.column >= 1));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged(text in "[ -~\n\t\u{0}é\u{feff}]{0,200}") {
        judged(&text)?;
    }

    #[test]
    fn a_damaged_example_is_judged(
        at in 0..EXAMPLE.len(), gone in 0..40_usize, put in "[-:{}\\[\\]&*!|>'\"%@,# \n\ta-z0-9$~<]{0,8}",
    ) {
        let end = (at + gone).min(EXAMPLE.len());
        let text = [EXAMPLE.get(..at).unwrap(), &put, EXAMPLE.get(end..).unwrap()].concat();
        judged(&text)?;
    }

    #[test]
    fn lines_in_another_order_are_judged(from in 0..45_usize, to in 0..45_usize, indent in 0..8_usize) {
        let mut lines: Vec<String> = EXAMPLE.lines().map(str::to_owned).collect();
        let line = lines.remove(from % lines.len());
        let to = to % lines.len();
        lines.insert(to, format!("{}{}", " ".repeat(indent), line.trim_start()));
        judged(&lines.join("\n"))?;
    }
}
