//! The endpoints the `gitlab` crate lacks, or has in a form not used here.
//!
//! All writes go as JSON, as the API describes them: the crate sends forms, which triple every byte outside ASCII, and the servers'
//! form parser gives up at 4 MiB, well below the longest text GitLab stores. Imports the `gitlab` crate only.

use std::borrow::Cow;
use std::fmt::Display;

use gitlab::api::common::path_escaped;
use gitlab::api::{BodyError, Endpoint, JsonParams};
use http::Method;
use serde_json::Value;

/// A write below the project whose members go as JSON.
#[derive(Debug)]
pub(super) struct Write {
    method: Method,
    path: String,
    members: Value,
}

impl Write {
    /// `POST` to `below` (`issues`, `issues/1/notes`) of the project.
    pub(super) fn create(project: &str, below: impl Display, members: Value) -> Self {
        Self::new(Method::POST, project, below, members)
    }

    /// `PUT` of `below` (`issues/1`, `issues/1/notes/2`) of the project.
    pub(super) fn change(project: &str, below: impl Display, members: Value) -> Self {
        Self::new(Method::PUT, project, below, members)
    }

    fn new(method: Method, project: &str, below: impl Display, members: Value) -> Self {
        Self {
            method,
            path: format!("projects/{}/{below}", path_escaped(project)),
            members,
        }
    }
}

/// A listing below the project.
#[derive(Debug)]
pub(super) struct List {
    path: String,
}

impl List {
    /// `GET` of `below` (`milestones`) of the project.
    pub(super) fn of(project: &str, below: impl Display) -> Self {
        Self {
            path: format!("projects/{}/{below}", path_escaped(project)),
        }
    }
}

impl Endpoint for List {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.path.clone().into()
    }
}

impl Endpoint for Write {
    fn method(&self) -> Method {
        self.method.clone()
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.path.clone().into()
    }

    fn body(&self) -> Result<Option<(&'static str, Vec<u8>)>, BodyError> {
        JsonParams::into_body(&self.members)
    }
}
