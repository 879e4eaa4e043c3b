//! Mentions: the mapped person in place of a name, nobody notified unless asked for.

use super::token::{Token, What};
use super::{Crossing, Person, escape};

/// What takes the place of a mention of a mapped person.
pub(super) fn linked(token: &Token, crossing: &Crossing<'_>) -> Option<String> {
    let What::Mention(name) = &token.what else { return None };
    let Person { login, url } = (crossing.people)(name)?;
    let fine = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if login.is_empty() || !login.chars().all(fine) {
        return None;
    }
    if crossing.notify && !name.contains("--") && !name.ends_with('-') && !login.ends_with(['.', '-']) {
        return Some(escape::meant(&login, name));
    }
    let url = url.filter(|url| escape::is_address(url))?;
    Some(escape::link(&login, &url, Some(&format!("@{}{name}", escape::JOINER))))
}
