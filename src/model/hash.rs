//! Fingerprints: short hashes that say "the same as before" without saying what. Labels and text of one side never
//! stand in the other side's markers in the clear.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{LinkId, normalise};

/// The first nine bytes of a SHA-256, in base64: twelve characters. Ordered so that sets of them print the same way
/// every time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub String);

impl Hash {
    /// The fingerprint of `text` within `domain`; the same text in two domains has two fingerprints.
    pub fn of(domain: &str, text: &str) -> Self {
        let mut all = Vec::with_capacity(domain.len() + text.len() + 1);
        all.extend_from_slice(domain.as_bytes());
        all.push(0);
        all.extend_from_slice(text.as_bytes());
        let full = digest(&SHA256, &all);
        Self(STANDARD_NO_PAD.encode(full.as_ref().get(..9).unwrap_or_default()))
    }
}

/// Twenty lower-case hexadecimal digits made from `text` within `domain`.
pub(crate) fn hex_id(domain: &str, text: &str) -> String {
    let full = digest(&SHA256, format!("{domain}\0{text}").as_bytes());
    let digits = full.as_ref().iter().take(10).flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// The fingerprint of a title, body or comment of one link, taken of the text as [`normalise`] leaves it.
pub fn hash_text(link: &LinkId, text: &str) -> Hash {
    Hash::of(&link.0, &normalise(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_trailing_blanks_do_not_count() {
        let link = LinkId("a".into());
        assert_eq!(hash_text(&link, "a\r\nb \n\n"), hash_text(&link, "a\nb"));
        assert_ne!(hash_text(&link, "a\nb"), hash_text(&link, "a b"));
        assert_ne!(hash_text(&link, "a"), hash_text(&LinkId("b".into()), "a"));
    }
}
