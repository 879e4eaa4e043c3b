//! Which request means what, who may make it, and what all routes share.

use serde_json::{Value, json};

use super::state::{GitLab, Token};
use crate::support::contract::Content;
use crate::support::fake::page::{Paging, link};
use crate::support::fake::{Answer, Call};

/// Who is calling.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) username: String,
    pub(super) level: u64,
    pub(super) readonly: bool,
    job: bool,
}

impl Caller {
    /// Whether labels, assignees, milestones and confidential issues are theirs to handle.
    pub(super) fn plans(&self) -> bool {
        self.level >= 15
    }
}

/// An error answer in the usual shape.
pub(super) fn error(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "message": message }))
}

/// A 400 about one field, as the models tell it.
pub(super) fn invalid(field: &str, fault: &str) -> Answer {
    let mut message = json!({});
    message[field] = json!([fault]);
    Answer::new(400, json!({ "message": message }))
}

/// A 400 about a parameter, as the parameter parser tells it.
pub(super) fn refused(fault: &str) -> Answer {
    Answer::new(400, json!({ "error": fault }))
}

impl GitLab {
    /// Answers one request.
    pub(super) fn route(&mut self, call: &Call) -> Answer {
        self.requests += 1;
        if let Content::Other(_) = call.content() {
            return refused("Invalid json");
        }
        let mut caller = match self.authenticate(call) {
            Ok(caller) => caller,
            // Whether there is such a file is not told to everybody.
            Err(_) if call.segments.iter().any(|segment| segment == "uploads") && !call.is_write() => {
                return error(404, "404 Not found");
            }
            Err(refusal) => return refusal,
        };
        if self.vices.guest {
            caller.level = caller.level.min(10);
        }
        if call.is_write() && caller.job {
            return error(403, "403 Forbidden");
        }
        if call.is_write() && caller.readonly {
            return Answer::new(
                403,
                json!({
                    "error": "insufficient_scope", "scope": "api",
                    "error_description": "The request requires higher privileges than provided by the access token.",
                }),
            );
        }
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        let ["api", "v4", rest @ ..] = segments.as_slice() else {
            return Answer::unserved();
        };
        match (call.method.as_str(), rest) {
            ("GET", ["version" | "metadata"]) => Self::version(),
            ("GET", ["user"]) => self.who_am_i(&caller),
            ("GET", ["personal_access_tokens", "self"]) => self.own_token(&caller),
            ("GET", ["users"]) => self.list_users(call),
            ("GET", ["users", id]) => self.user_by_id(id),
            (_, ["projects", project, rest @ ..]) => {
                let named = project.eq_ignore_ascii_case(&self.path) || *project == self.project_id.to_string();
                if named {
                    self.in_project(call, &caller, rest)
                } else {
                    error(404, "404 Project Not Found")
                }
            }
            _ => Answer::unserved(),
        }
    }

    fn in_project(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        match (call.method.as_str(), rest) {
            ("GET", []) => self.project(caller),
            ("GET", ["users"]) => self.list_members(call, false),
            ("GET", ["members", "all"] | ["members"]) => self.list_members(call, true),
            ("GET", ["members", "all", id] | ["members", id]) => self.member(id),
            (_, ["milestones", rest @ ..]) => self.route_milestones(call, caller, rest),
            (_, ["labels", rest @ ..]) => self.route_labels(call, caller, rest),
            (_, ["uploads", rest @ ..]) => self.route_uploads(call, caller, rest),
            ("GET", ["issues"]) => self.list_issues(call, caller),
            ("POST", ["issues"]) => self.create_issue(call, caller),
            (method, ["issues", iid, rest @ ..]) => {
                let visible =
                    |issue: &&super::Issue| !issue.confidential || caller.plans() || issue.author == caller.username;
                let found = iid
                    .parse::<u64>()
                    .ok()
                    .and_then(|iid| self.issues.get(&iid))
                    .filter(visible);
                let Some(iid) = found.map(|issue| issue.iid) else {
                    return error(404, "404 Not found");
                };
                match (method, rest) {
                    ("GET", []) => Answer::new(200, self.issue_json(&self.issues[&iid], false)),
                    ("PUT", []) => self.edit_issue(call, caller, iid),
                    ("DELETE", []) => self.remove_issue(caller, iid),
                    ("GET", ["notes"]) => self.list_notes(call, caller, iid),
                    ("POST", ["notes"]) => self.create_note(call, caller, iid),
                    (_, [action]) if action.contains("time") => self.route_time(call, caller, iid, action),
                    (_, ["notes", id]) => self.route_note(call, caller, iid, id),
                    ("POST", ["notes", id, "award_emoji"]) => self.award(call, caller, iid, id),
                    _ => Answer::unserved(),
                }
            }
            _ => Answer::unserved(),
        }
    }

    fn authenticate(&self, call: &Call) -> Result<Caller, Answer> {
        let bearer = call
            .header("authorization")
            .and_then(|text| text.strip_prefix("Bearer "));
        let job = call.header("job-token");
        let given = call.header("private-token").or(bearer).or(job);
        let any = Token::new("");
        let known = self.tokens.iter().find(|token| Some(token.value.as_str()) == given);
        match known.or((self.tokens.is_empty() && given.is_some()).then_some(&any)) {
            None => Err(error(401, "401 Unauthorized")),
            Some(Token {
                username,
                readonly,
                level,
                value: _,
            }) => Ok(Caller {
                username: username.clone(),
                level: *level,
                readonly: *readonly,
                job: job.is_some(),
            }),
        }
    }

    /// Cuts the asked page out of a list and tells its neighbours; `hide` removes rows after paging, as note lists do.
    pub(super) fn page(&self, call: &Call, all: Vec<Value>, hide: impl Fn(&Value) -> bool) -> Answer {
        let cap = self.vices.page_cap.min(100);
        let keyset = call.query("pagination") == Some("keyset");
        let number = if keyset {
            call.query("cursor")
        } else {
            call.query("page")
        };
        let page = Paging::read(number, call.query("per_page"), 20, cap).cut(all);
        let address = format!("{}{}", self.url, call.path);
        let query: Vec<_> = call
            .query
            .iter()
            .filter(|(name, _)| name != "cursor")
            .cloned()
            .collect();
        let mut links = Vec::new();
        let mut add = |number: Option<usize>, relation: &str| {
            links.extend(number.map(|number| link(&address, &query, number, Some(page.size), relation)));
        };
        add(page.previous().filter(|_| !keyset), "prev");
        add(page.next(), "next");
        add((!keyset).then_some(1), "first");
        add((!keyset).then(|| page.last()), "last");
        let (last, next, previous) = (page.last(), page.next(), page.previous());
        let (number, per_page, total) = (page.number, page.size, page.total);
        let answer = Answer::new(200, page.items.into_iter().filter(|item| !hide(item)).collect());
        let answer = if links.is_empty() {
            answer
        } else {
            answer.header("link", links.join(", "))
        };
        if keyset {
            return answer.map_header("link", |text| {
                text.replace("&page=", "&cursor=").replace("?page=", "?cursor=")
            });
        }
        let shown = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
        answer
            .header("x-page", number.to_string())
            .header("x-per-page", per_page.to_string())
            .header("x-total", total.to_string())
            .header("x-total-pages", last.to_string())
            .header("x-next-page", shown(next))
            .header("x-prev-page", shown(previous))
    }
}
