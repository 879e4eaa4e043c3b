//! Reading rate limits out of an answer. Pure: the clock is handed in.
//!
//! Three dresses: `Retry-After` (seconds or date; GitHub, GitLab), `x-ratelimit-*` (GitHub, with 403 or 429) and
//! `ratelimit-*` (GitLab). GitHub's secondary limit may come as a bare 403 that only the text tells apart from a missing
//! permission (GitHub REST documentation, "Rate limits for the REST API").

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, StatusCode, header};

/// The pause GitHub's documentation asks for when a limit names none.
const UNNAMED: Duration = Duration::from_mins(1);
/// The least pause: one that is over already, or of no length, would be no pause between the tries.
const LEAST: Duration = Duration::from_secs(1);

/// How long a refused request has to wait, if the refusal is a rate limit and not a missing permission.
///
/// `refusals` is how often this request was refused before: a pause nobody named doubles each time.
pub(super) fn refusal_wait(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: SystemTime,
    refusals: u32,
) -> Option<Duration> {
    let many = status == StatusCode::TOO_MANY_REQUESTS;
    if !many && status != StatusCode::FORBIDDEN {
        return None;
    }
    if let Some(wait) = retry_after(headers, now) {
        return Some(wait);
    }
    if remaining(headers) == Some(0)
        && let Some(reset) = first_number(headers, ["x-ratelimit-reset", "ratelimit-reset"])
    {
        // The window ends within that second, not at its start.
        let end = Duration::from_secs(reset).saturating_add(Duration::from_secs(1));
        let now = served_at(headers).unwrap_or(now);
        let wait = end.saturating_sub(now.duration_since(UNIX_EPOCH).unwrap_or_default());
        return Some(wait.max(LEAST));
    }
    (many || speaks_of_limit(body)).then(|| UNNAMED * 2u32.saturating_pow(refusals.min(6)))
}

/// The pause `Retry-After` asks for: seconds, or a date, which is measured from the answer's own `Date` if there is one.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds).max(LEAST));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    let now = served_at(headers).unwrap_or(now);
    Some(at.duration_since(now).unwrap_or_default().max(LEAST))
}

/// Requests left in the service's current window, where it says so.
pub(super) fn remaining(headers: &HeaderMap) -> Option<u64> {
    first_number(headers, ["x-ratelimit-remaining", "ratelimit-remaining"])
}

/// The answer speaks of GitHub's main budget, or does not say. Search and GraphQL have budgets of their own.
pub(super) fn is_main_budget(headers: &HeaderMap) -> bool {
    headers.get("x-ratelimit-resource").is_none_or(|name| name == "core")
}

/// When the service says it answered. Its own clock is the one its other times are measured by.
fn served_at(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()
}

fn first_number(headers: &HeaderMap, names: [&str; 2]) -> Option<u64> {
    names
        .into_iter()
        .find_map(|name| headers.get(name)?.to_str().ok()?.trim().parse().ok())
}

/// GitHub's words for a limit: "secondary rate limit", "API rate limit exceeded", formerly "abuse detection mechanism".
fn speaks_of_limit(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Words {
        message: String,
    }
    // Only the message counts: a permission refusal may well link to a page about limits.
    let Ok(Words { message }) = serde_json::from_slice(body) else {
        return false;
    };
    let message = message.to_ascii_lowercase();
    ["secondary rate limit", "rate limit exceeded", "abuse detection"]
        .iter()
        .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    fn wait(status: u16, list: &[(&'static str, &str)], body: &str) -> Option<u64> {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        refusal_wait(
            StatusCode::from_u16(status).unwrap(),
            &headers(list),
            body.as_bytes(),
            now,
            0,
        )
        .map(|wait| wait.as_secs())
    }

    const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}"#;
    const PERMISSION: &str = r#"{"message":"Resource not accessible by integration",
        "documentation_url":"https://docs.example/secondary-rate-limit"}"#;

    #[test]
    fn a_named_pause_is_taken_at_its_word() {
        assert_eq!(wait(429, &[("retry-after", "7")], ""), Some(7));
        assert_eq!(wait(403, &[("retry-after", "7")], PERMISSION), Some(7));
        let date = ("retry-after", "Mon, 12 Jan 1970 13:47:00 GMT");
        assert_eq!(wait(429, &[date], ""), Some(20));
        let served = ("date", "Mon, 12 Jan 1970 13:46:55 GMT");
        assert_eq!(
            wait(429, &[date, served], ""),
            Some(5),
            "measured by the service's own clock"
        );
        assert_eq!(wait(429, &[("retry-after", "soon")], ""), Some(60));
        assert_eq!(wait(429, &[("retry-after", "-5")], ""), Some(60));
    }

    #[test]
    fn an_empty_budget_waits_for_its_reset() {
        let budget = |left| [("x-ratelimit-remaining", left), ("x-ratelimit-reset", "1000010")];
        assert_eq!(wait(403, &budget("0"), PERMISSION), Some(11));
        assert_eq!(wait(429, &budget("0"), ""), Some(11));
        assert_eq!(wait(403, &budget("5"), PERMISSION), None, "a missing permission");
        let served = ("date", "Mon, 12 Jan 1970 13:46:45 GMT");
        let [left, reset] = budget("0");
        assert_eq!(wait(403, &[left, reset, served], ""), Some(6), "our clock may be wrong");
        assert_eq!(
            wait(403, &[left, ("x-ratelimit-reset", "10")], ""),
            Some(1),
            "reset long ago"
        );
        let huge = ("x-ratelimit-reset", "18446744073709551615");
        assert!(wait(403, &[left, huge], "").is_some(), "no overflow");
        assert_eq!(
            wait(
                429,
                &[("ratelimit-remaining", "0"), ("ratelimit-reset", "1000010")],
                "Retry later\n"
            ),
            Some(11)
        );
    }

    #[test]
    fn a_limit_without_a_pause_waits_a_minute_and_then_longer() {
        assert_eq!(wait(403, &[("x-ratelimit-remaining", "21")], SECONDARY), Some(60));
        assert_eq!(wait(429, &[], "Retry later\n"), Some(60));
        assert_eq!(wait(403, &[], "<html>secondary rate limit</html>"), None);
        let again = |refusals| {
            refusal_wait(
                StatusCode::TOO_MANY_REQUESTS,
                &HeaderMap::new(),
                b"",
                UNIX_EPOCH,
                refusals,
            )
        };
        assert_eq!(again(1), Some(Duration::from_mins(2)));
        assert_eq!(again(u32::MAX), Some(Duration::from_mins(64)));
    }

    #[test]
    fn other_refusals_are_no_limits() {
        assert_eq!(wait(403, &[], PERMISSION), None);
        for status in [200, 401, 404, 422, 503] {
            assert_eq!(
                wait(
                    status,
                    &[("retry-after", "7"), ("x-ratelimit-remaining", "0")],
                    SECONDARY
                ),
                None
            );
        }
    }
}
