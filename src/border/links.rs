//! Relative addresses of inline links and images, made absolute so that they still lead somewhere.

use std::ops::Range;

use url::Url;

use super::spans::Spans;
use super::{Place, Syntax, escape};

/// The ends of links, from the bracket, and what takes their place. Links with a title, or an address that is not plain,
/// stay as they are.
pub(super) fn absolute<'a>(
    text: &'a str,
    spans: &'a Spans,
    from: &'a Place<'_>,
) -> impl Iterator<Item = (Range<usize>, String)> + 'a {
    spans.link_ends().filter_map(move |end| {
        let web = from.web?;
        let head = text.get(..end)?.strip_suffix(')')?;
        let begin = head.rfind("](")?;
        let address = head.get(begin + 2..)?;
        let fine = |c: char| c.is_ascii_alphanumeric() || "/._-?=%+".contains(c);
        if address.is_empty() || !address.chars().all(fine) || address.starts_with("//") {
            return None;
        }
        let page = resolve(address, web, from.syntax).filter(|page| escape::is_address(page))?;
        Some((begin..end, escape::moved(&page, address)))
    })
}

/// GitHub leaves relative addresses to the browser, which sees the page of an issue; GitLab looks for uploads in the
/// project and for the rest in its repository.
fn resolve(address: &str, web: &str, syntax: Syntax) -> Option<String> {
    let web = web.trim_end_matches('/');
    let base = match syntax {
        Syntax::GitHub => format!("{web}/issues/0"),
        Syntax::GitLab if address.starts_with("/uploads/") => return Some(format!("{web}{address}")),
        Syntax::GitLab => format!("{web}/-/blob/HEAD/"),
        Syntax::Plain => return None,
    };
    Some(Url::parse(&base).ok()?.join(address).ok()?.to_string())
}
