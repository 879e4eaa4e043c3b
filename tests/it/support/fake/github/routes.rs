//! Which request means what, who may make it, and the errors all routes share.

use serde_json::{Value, json};

use super::state::{GitHub, Token};
use crate::support::contract::Content;
use crate::support::fake::page::{Paging, link};
use crate::support::fake::{Answer, Call};

/// Who is calling.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) login: String,
    pub(super) app: bool,
    readonly: bool,
}

/// An error answer in GitHub's shape.
pub(super) fn error(status: u16, message: &str) -> Answer {
    Answer::new(
        status,
        json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }),
    )
}

/// A 422 naming one field.
pub(super) fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Answer {
    let mut fault = json!({ "resource": resource, "field": field, "code": code });
    if let Some(message) = message {
        fault["message"] = json!(message);
    }
    Answer::new(
        422,
        json!({
            "message": "Validation Failed", "errors": [fault],
            "documentation_url": "https://docs.github.com/rest", "status": "422",
        }),
    )
}

impl GitHub {
    /// Answers one request.
    pub(super) fn route(&mut self, call: &Call) -> Answer {
        self.requests += 1;
        if call.header("user-agent").is_none_or(str::is_empty) {
            return error(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
            );
        }
        if let Some(version) = call.header("x-github-api-version")
            && !["2022-11-28", "2026-03-10"].contains(&version)
        {
            return error(400, "The API version header names no supported version.");
        }
        if let Content::Other(_) = call.content() {
            return error(400, "Problems parsing JSON");
        }
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        if let Some(answer) = self.route_app(call, &segments) {
            return answer;
        }
        if let ("GET", ["user-attachments", ..]) = (call.method.as_str(), segments.as_slice()) {
            return self.give_attachment(call);
        }
        let caller = match self.authenticate(call) {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        };
        if caller.readonly && call.is_write() {
            return error(403, "Resource not accessible by personal access token");
        }
        match (call.method.as_str(), segments.as_slice()) {
            ("GET", ["rate_limit"]) => self.rate_limit(),
            ("GET", ["user"]) => self.who_am_i(&caller),
            ("GET", ["users", login]) => self.profile(login),
            (_, ["repos", owner, name, rest @ ..]) => {
                if owner.eq_ignore_ascii_case(&self.owner) && name.eq_ignore_ascii_case(&self.name) {
                    self.in_repository(call, &caller, rest)
                } else {
                    self.elsewhere(call, &format!("{owner}/{name}"), rest)
                }
            }
            (_, ["repositories", id, rest @ ..]) => match id.parse::<u64>() {
                Ok(id) if id == self.repository_id => self.in_repository(call, &caller, rest),
                Ok(id) => {
                    let named = self.transferred.values().find(|away| away.repository_id == id);
                    let named = named.map(|away| away.repository.clone()).unwrap_or_default();
                    self.elsewhere(call, &named, rest)
                }
                Err(_) => error(404, "Not Found"),
            },
            _ => Answer::unserved(),
        }
    }

    fn in_repository(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        match (call.method.as_str(), rest) {
            ("GET", []) => self.repository(caller),
            ("GET", ["actions", "workflows"]) => self.list_workflows(),
            (_, ["issues", ..]) if self.vices.no_issues => error(410, "Issues are disabled for this repo"),
            ("GET", ["assignees"]) => self.list_assignees(call),
            ("GET", ["assignees", login]) => self.check_assignee(login),
            ("GET", ["collaborators", login, "permission"]) => self.permission(login),
            ("POST", ["issues", "comments", id, "reactions"]) => self.react(call, caller, id),
            (_, ["milestones", rest @ ..]) => self.route_milestones(call, rest),
            (_, ["labels", rest @ ..]) => self.route_labels(call, rest),
            (_, ["contents", path @ ..]) => self.route_contents(call, caller, path),
            (_, ["git", rest @ ..]) => self.route_git(call, caller, rest),
            ("GET", ["issues"]) => self.list_issues(call),
            ("POST", ["issues"]) => self.create_issue(call, caller),
            ("GET", ["issues", "comments"]) => self.list_all_comments(call),
            (_, ["issues", "comments", id]) => self.route_comment(call, id),
            (method, ["issues", number, rest @ ..]) => {
                let number = match self.locate(number) {
                    Ok(number) => number,
                    Err(answer) => return answer,
                };
                match (method, rest) {
                    ("GET", []) => self.get_issue(call, number),
                    ("PATCH", []) => self.edit_issue(call, caller, number),
                    ("GET", ["comments"]) => self.list_comments(call, number),
                    ("POST", ["comments"]) => self.create_comment(call, caller, number),
                    ("PUT" | "DELETE", ["lock"]) => self.lock_issue(method == "PUT", number),
                    (_, ["labels", rest @ ..]) => self.route_issue_labels(call, number, rest),
                    ("POST" | "DELETE", ["assignees"]) => self.change_assignees(call, number),
                    _ => Answer::unserved(),
                }
            }
            _ => Answer::unserved(),
        }
    }

    /// Finds an issue by the number in a path: 410 when deleted, 301 when transferred, 404 when never there.
    fn locate(&self, number: &str) -> Result<u64, Answer> {
        let Ok(number) = number.parse::<u64>() else {
            return Err(error(404, "Not Found"));
        };
        if self.deleted.contains(&number) {
            return Err(error(410, "This issue was deleted"));
        }
        if let Some(away) = self.transferred.get(&number) {
            let there = format!(
                "{}/repositories/{}/issues/{}",
                self.url, away.repository_id, away.issue.number
            );
            let mut body =
                json!({ "message": "Moved Permanently", "documentation_url": "https://docs.github.com/rest" });
            body["url"] = json!(there);
            return Err(Answer::new(301, body).header("location", there));
        }
        if self.issues.contains_key(&number) {
            Ok(number)
        } else {
            Err(error(404, "Not Found"))
        }
    }

    /// Other repositories hold only what was transferred there, and only to be read.
    fn elsewhere(&self, call: &Call, repository: &str, rest: &[&str]) -> Answer {
        if let ("GET", ["issues", number]) = (call.method.as_str(), rest) {
            let found = self.transferred.values().find(|away| {
                away.repository.eq_ignore_ascii_case(repository) && away.issue.number.to_string() == *number
            });
            if let Some(away) = found {
                return Answer::new(
                    200,
                    self.issue_json_in(&away.issue, &away.repository, self.newer_version(call)),
                );
            }
        }
        error(404, "Not Found")
    }

    pub(super) fn authenticate(&self, call: &Call) -> Result<Caller, Answer> {
        let given = call
            .header("authorization")
            .and_then(|text| text.split_once(' '))
            .map(|(_, token)| token.trim());
        let Some(given) = given else {
            return Err(error(401, "Requires authentication"));
        };
        let any = Token::new("");
        let known = self.tokens.iter().find(|token| token.value == given);
        let token = known
            .or(self.tokens.is_empty().then_some(&any))
            .ok_or_else(|| error(401, "Bad credentials"))?;
        Ok(Caller {
            login: token.login.clone(),
            app: token.app,
            readonly: token.readonly,
        })
    }

    /// Whether answers take the form of API version 2026-03-10.
    pub(super) fn newer_version(&self, call: &Call) -> bool {
        self.vices.api_version_2026 || call.header("x-github-api-version") == Some("2026-03-10")
    }

    /// Cuts the asked page out of a list and links its neighbours, in the form with the repository's number.
    pub(super) fn page(&self, call: &Call, all: Vec<Value>) -> Answer {
        let page = Paging::read(
            call.query("page"),
            call.query("per_page"),
            30,
            self.vices.page_cap.min(100),
        )
        .cut(all);
        let rest = call
            .segments
            .iter()
            .skip(if call.segments[0] == "repos" { 3 } else { 2 });
        let rest: Vec<&str> = rest.map(String::as_str).collect();
        let address = format!("{}/repositories/{}/{}", self.url, self.repository_id, rest.join("/"));
        let mut links = Vec::new();
        let mut add = |number: Option<usize>, relation: &str| {
            links.extend(number.map(|number| link(&address, &call.query, number, None, relation)));
        };
        add(page.previous(), "prev");
        add(page.next(), "next");
        add(page.next().map(|_| page.last()), "last");
        add(page.previous().map(|_| 1), "first");
        let answer = Answer::new(200, Value::Array(page.items));
        if links.is_empty() {
            answer
        } else {
            answer.header("link", links.join(", "))
        }
    }
}

/// The JSON body of a request; `null` when there is none.
pub(super) fn json_body(call: &Call) -> Value {
    if let Content::Json(body) = call.content() {
        body
    } else {
        Value::Null
    }
}

/// A list of texts, or of objects with the text under `member`.
pub(super) fn texts(value: &Value, member: &str) -> Option<Vec<String>> {
    let items = value.as_array()?;
    Some(
        items
            .iter()
            .filter_map(|item| item.as_str().or(item[member].as_str()))
            .map(str::to_owned)
            .collect(),
    )
}
