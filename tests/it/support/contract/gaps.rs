//! What the descriptions are known to miss, one entry per gap. A new entry needs a reason and a source.

use std::borrow::Cow;

use serde_json::Value;

/// The exceptions for one vendor.
pub struct Gaps {
    /// Query parameters that are real and not described.
    pub extra_query: &'static [&'static str],
    /// Templates whose last parameter stands for as many segments as are sent: OpenAPI has no way to say so.
    pub spanning: &'static [&'static str],
    /// Statuses that are real on any operation and not described on each.
    statuses: &'static [u16],
    /// Statuses that are real on one operation.
    operation_statuses: &'static [(&'static str, &'static str, u16)],
    /// Answers, by operation and status, that the description types wrongly.
    unreliable_answers: &'static [(&'static str, &'static str, u16)],
    /// Answer members typed wrongly wherever they stand.
    mistyped: &'static [&'static str],
    /// Paths outside the description altogether.
    skipped_paths: &'static [&'static str],
    /// Parts of the service outside the description altogether, by how their paths begin.
    skipped_prefixes: &'static [&'static str],
    /// Request members that may also be a comma-separated text.
    comma_lists: &'static [&'static str],
    /// Where our copy was cut without an operation on comments that it has, in the same words, on issues: what stands between
    /// `issues/` and the comment's number there, and the operation's last segment.
    as_on_issues: (&'static str, &'static str),
    /// The description does not say which answer members can be null.
    nulls_are_absent: bool,
    /// Prefixes of opaque pagination links and what they stand for.
    by_number: bool,
}

/// GitHub's gaps.
pub fn github() -> Gaps {
    Gaps {
        // Cursors of opaque pagination links.
        extra_query: &["after", "before"],
        // GitHub marks these parameters with `x-multi-segment`, and our copy has no `x-*` keys; "Get repository content"
        // and "Get a reference" (`heads/<branch name>`) say it in prose.
        spanning: &[
            "/repos/{owner}/{repo}/contents/{path}",
            "/repos/{owner}/{repo}/git/ref/{ref}",
        ],
        // Authentication, permission and limits may answer any call; 404 and 422 are described on most operations, but not
        // on editing a label or a comment; 429 and server errors nowhere.
        statuses: &[401, 403, 404, 422, 429, 500, 502, 503, 504],
        // Deleted issues answer 410 also where only 404 is told; transferred ones redirect everywhere.
        operation_statuses: &[
            ("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", 301),
            ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", 301),
            ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/assignees", 410),
            ("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/assignees", 410),
        ],
        // "One of" two errors that no required member tells apart: whatever is the one is the other, too.
        unreliable_answers: &[("PUT", "/repos/{owner}/{repo}/contents/{path}", 409)],
        mistyped: &[],
        // GraphQL is no part of the REST description.
        skipped_paths: &["/graphql"],
        // Pages for people: attachments have no API.
        skipped_prefixes: &["/user-attachments/"],
        comma_lists: &[],
        // "Create reaction for an issue comment" has the body and answers of "Create reaction for an issue".
        as_on_issues: ("comments", "reactions"),
        nulls_are_absent: false,
        by_number: true,
    }
}

/// GitLab's gaps.
pub fn gitlab() -> Gaps {
    Gaps {
        // Keyset paging is documented in prose; `id` is repeated in GitLab's own Link addresses.
        extra_query: &["pagination", "cursor", "id"],
        // Slashes are sent as `%2F` ("Namespaced paths").
        spanning: &[],
        // No operation describes authentication, conflicts, preconditions, limits or server errors.
        statuses: &[401, 403, 409, 412, 429, 500, 502, 503, 504],
        // A note of nothing but quick actions answers 202; a moved project redirects.
        // Writes of time answer 200 (`status :ok` in the source of the endpoints); the description says 201.
        operation_statuses: &[
            ("POST", "/api/v4/projects/{id}/issues/{noteable_id}/notes", 202),
            ("POST", "/api/v4/projects/{id}/issues/{issue_iid}/time_estimate", 200),
            (
                "POST",
                "/api/v4/projects/{id}/issues/{issue_iid}/reset_time_estimate",
                200,
            ),
            ("POST", "/api/v4/projects/{id}/issues/{issue_iid}/add_spent_time", 200),
            // More is taken off than there is.
            ("POST", "/api/v4/projects/{id}/issues/{issue_iid}/add_spent_time", 400),
            ("POST", "/api/v4/projects/{id}/issues/{issue_iid}/reset_spent_time", 200),
            // A file larger than the instance allows ("Account and limit settings").
            ("POST", "/api/v4/projects/{id}/uploads", 413),
            ("POST", "/api/v4/projects/{id}/uploads", 400),
        ],
        // Booleans and an array of the project are described as strings. A token's end is described as a time, and is a
        // day in the documents ("Personal access tokens API").
        unreliable_answers: &[
            ("GET", "/api/v4/projects/{id}", 200),
            ("GET", "/api/v4/personal_access_tokens/self", 200),
        ],
        // Numbers described as strings.
        mistyped: &["access_level", "group_id", "followers", "following"],
        skipped_paths: &["/api/graphql"],
        skipped_prefixes: &[],
        // The server takes these as text too, and so do the documents in prose.
        // "Add reactions to comments" has the attributes and answers of "Add a new emoji reaction".
        as_on_issues: ("notes", "award_emoji"),
        comma_lists: &["labels", "add_labels", "remove_labels"],
        nulls_are_absent: true,
        by_number: false,
    }
}

impl Gaps {
    /// Whether the path is outside the description.
    pub fn skips(&self, path: &str) -> bool {
        self.skipped_paths.contains(&path) || self.skipped_prefixes.iter().any(|prefix| path.starts_with(prefix))
    }

    /// The described form of a path: GitHub's pagination links name repositories by number.
    pub fn canonical<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let segments: Vec<&str> = path.split('/').collect();
        if let [before @ .., last] = segments.as_slice()
            && *last == self.as_on_issues.1
            && let Some(at) = before.iter().rposition(|segment| *segment == self.as_on_issues.0)
        {
            let issue: Vec<&str> = [&before[..at], &before[at + 1..], &[*last]].concat();
            // Of two numbers the first is the issue's.
            let issue: Vec<&str> = if self.by_number {
                issue
            } else {
                [&issue[..issue.len() - 2], &[*last]].concat()
            };
            return Cow::Owned(issue.join("/"));
        }
        if !self.by_number {
            return Cow::Borrowed(path);
        }
        path.strip_prefix("/repositories/").map_or(Cow::Borrowed(path), |rest| {
            Cow::Owned(format!("/repos/by-number/{rest}"))
        })
    }

    /// Whether an undescribed status is a known one.
    pub fn tolerates_status(&self, method: &str, template: &str, status: u16) -> bool {
        self.statuses.contains(&status) || self.operation_statuses.contains(&(method, template, status))
    }

    /// Whether the description of this answer is known to be wrong.
    pub fn unreliable_answer(&self, method: &str, template: &str, status: u16) -> bool {
        self.unreliable_answers.contains(&(method, template, status))
    }

    /// An answer without what the description cannot speak of.
    pub fn before_validation(&self, body: &Value) -> Value {
        if let Some(items) = body.as_array() {
            return items.iter().map(|item| self.before_validation(item)).collect();
        }
        let Some(members) = body.as_object() else {
            return body.clone();
        };
        members
            .iter()
            .filter(|(name, member)| {
                let unsaid = self.nulls_are_absent && member.is_null();
                !unsaid && !self.mistyped.contains(&name.as_str())
            })
            .map(|(name, member)| (name.clone(), self.before_validation(member)))
            .collect()
    }

    /// A request body with comma lists in the described form.
    pub fn request_before_validation(&self, body: &Value) -> Value {
        let mut body = body.clone();
        for name in self.comma_lists {
            if let Some(member) = body.get_mut(name)
                && let Some(text) = member.as_str()
            {
                *member = text.split(',').map(str::to_owned).collect();
            }
        }
        body
    }
}
