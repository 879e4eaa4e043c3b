//! Lines as GitLab's scan of a text sees them. Imports nothing.

/// The lines with the offsets they begin at. GitLab's scan knows no line end but LF.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').scan(0, |next, line| {
        let at = *next;
        *next += line.len() + 1;
        Some((at, line))
    })
}
