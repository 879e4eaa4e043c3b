//! Changes of a text, and making them. Imports nothing of ours.

use std::ops::Range;

/// A change: these bytes become that.
pub(super) type Edit = (Range<usize>, String);

/// Makes changes; `keep` appends what stays. Of two changes at one place the first is made.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>, keep: impl Fn(&mut String, &str)) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len() + 8 * edits.len());
    let (mut done, mut last) = (0, None);
    for (range, with) in edits {
        if range.start < done || last == Some(range.start) {
            continue;
        }
        keep(&mut out, text.get(done..range.start).unwrap_or_default());
        out.push_str(&with);
        last = Some(range.start);
        done = range.end;
    }
    keep(&mut out, text.get(done..).unwrap_or_default());
    out
}
