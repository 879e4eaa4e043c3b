//! What stands around a bare address: behind some signs it is linked nowhere, and what is in it may be alive.
//!
//! Imports nothing.

/// How far a text was looked through, so that it is looked through once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    to: usize,
    /// Brackets that are open.
    open: usize,
    /// There is a tick behind an open bracket.
    tick: bool,
    /// A line of the paragraph begins with a tag.
    tag: bool,
}

impl Around {
    /// Whether a bare address at `at` is linked, as far as the paragraph before it tells: GitHub links none behind an open
    /// bracket, be it ever closed or not, and nobody does in raw HTML, which may begin with a tag. To be asked with
    /// ascending offsets.
    pub(super) fn is_free(&mut self, text: &[u8], at: usize) -> bool {
        let mut line = begun(text, self.to);
        let mut last = self.to.checked_sub(1).and_then(|at| text.get(at)).copied();
        for &byte in text.get(self.to..at).unwrap_or_default() {
            match byte {
                b'\n' if line == Some(b'\n') => (self.open, self.tag, self.tick) = (0, false, false),
                b'[' => self.open += 1,
                // Behind a tick it may be code, and behind a backslash text: it closes nothing.
                b']' if !self.tick && last != Some(b'\\') => self.open = self.open.saturating_sub(1),
                b'`' => self.tick |= self.open > 0,
                b'<' => self.tag |= line.is_some(),
                _ => {}
            }
            // Blanks and the signs of a quote leave a line at its beginning.
            line = match byte {
                b'\n' => Some(b'\n'),
                b' ' | b'\t' | b'>' => line.map(|_| byte),
                _ => None,
            };
            last = Some(byte);
        }
        self.to = at;
        self.open == 0 && !self.tag
    }
}

/// The byte before, where nothing but blanks and signs of quotes stand before it in its line.
fn begun(text: &[u8], at: usize) -> Option<u8> {
    let before = text.get(..at)?;
    let mut line = before.iter().rev().take_while(|&&byte| byte != b'\n');
    let begun = line.all(|byte| matches!(byte, b' ' | b'\t' | b'>'));
    begun.then(|| before.last().copied().unwrap_or(b'\n'))
}
