//! The fakes themselves under test: their answers against the vendors' descriptions, their vices and faults.
//!
//! Requests are made with a plain HTTP client, so that nothing of the crate under test vouches for them.

mod files;
mod github;
mod github_faults;
mod gitlab;
mod gitlab_texts;
mod planning;
mod recorded;

use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde_json::Value;

/// A client that follows no redirects and keeps no idle connection.
fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

/// A request in the manner of a well-behaved client.
fn request(method: Method, address: String) -> RequestBuilder {
    client()
        .request(method, address)
        .header("user-agent", "fakes-test")
        .header("authorization", "Bearer secret")
}

/// Sends a request, with a JSON body if there is one, and tells the answer's status and JSON.
async fn send(method: Method, address: String, body: Option<Value>) -> (u16, Value) {
    let mut request = request(method, address);
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    read(request.send().await.unwrap()).await
}

/// Reads an answer to its end.
async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The address in a Link header under this relation.
fn linked(response: &Response, relation: &str) -> Option<String> {
    let header = response.headers().get("link")?.to_str().unwrap().to_owned();
    let entry = header
        .split(", ")
        .find(|entry| entry.ends_with(&format!("rel=\"{relation}\"")))?
        .to_owned();
    Some(entry.split('>').next()?.trim_start_matches('<').to_owned())
}
