//! Files: what was uploaded to the project, and uploading.
//!
//! Facts: GitLab documentation, "Project Markdown uploads API". The web addresses of uploads want a browser's session, so
//! everything goes through the API. Imports the tracker traits and the siblings in this folder.

use std::borrow::Cow;
use std::fmt::Display;

use futures_util::StreamExt;
use gitlab::api::common::path_escaped;
use http::{Request, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::Url;

use super::GitLab;
use super::endpoint::List;
use super::exchange::is_absent;
use crate::tracker::arrival::arrived;
use crate::tracker::file::refused as no_file;
use crate::tracker::http::{refused, transport_error};
use crate::tracker::{Download, LocalFile, Shelf, TrackerError};
use crate::transport::{Arrival, Coding, FramedFile, Sent};

const FETCH: &str = "fetch a file";
const KEEP: &str = "upload a file";

/// Whose upload an address says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    /// The project's whose text holds the address.
    This,
    /// The project's of this path.
    Path(String),
    /// The project's of this number.
    Number(u64),
}

/// An upload, as named by an address.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Upload {
    owner: Owner,
    secret: String,
    name: String,
}

/// The answer to an upload.
#[derive(Debug, Deserialize)]
struct UploadWire {
    url: Option<String>,
}

impl GitLab {
    pub(super) async fn fetch_file(&self, address: &str) -> Result<Download, TrackerError> {
        let Some(Upload { owner, secret, name }) = upload(&self.instance, address) else {
            return Err(no_file(&self.id, "the address is none of an upload of this project"));
        };
        if !self.owns(&owner).await? {
            return Err(no_file(&self.id, "the upload belongs to another project"));
        }
        let below = format!("uploads/{secret}/{}", path_escaped(&name));
        let url = self.address_of(below, FETCH)?;
        // Whoever has the secret has the file in some versions, so it is kept out of logs.
        let hide = move |error: TrackerError| hidden(error, &secret);
        let request = self.fit(Request::get(url.as_str()).body(()))?;
        let answer = self.transport.download(request).await;
        let answer = answer.map_err(|e| hide(transport_error(&self.id, e)))?;
        if let (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Arrival::Refusal(words)) =
            (answer.status(), answer.body())
        {
            let head = (answer.status(), answer.headers());
            let sent = Sent::of(answer.extensions());
            return Err(refused(&self.id, &self.project, FETCH, head, words, &sent));
        }
        let lower = name.to_ascii_lowercase();
        let page = [".html", ".htm", ".xhtml"].iter().any(|end| lower.ends_with(end));
        let came = arrived(&self.id, &name, page, answer).map_err(&hide)?;
        Ok(Download {
            chunks: came.chunks.map(move |chunk| chunk.map_err(&hide)).boxed(),
            ..came
        })
    }

    /// An upload is never found again without the right to list them all, so none is looked for.
    pub(super) async fn keep_file(&self, file: &LocalFile, to: Shelf) -> Result<String, TrackerError> {
        if to != Shelf::Uploads {
            return Err(no_file(&self.id, "files are not kept on a branch here"));
        }
        let file = file.sound(&self.id)?;
        let url = self.address_of("uploads", KEEP)?;
        // No file holds its own digest.
        let boundary = format!("lockstep-{}", file.digest);
        let kind = file.media_type.as_deref().unwrap_or("application/octet-stream");
        let before = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {kind}\r\n\r\n",
            file.name
        );
        let after = format!("\r\n--{boundary}--\r\n");
        // A header's value holds no line ends, so neither does the form's.
        if http::HeaderValue::from_str(kind).is_err() {
            return Err(no_file(&self.id, "the file's media type is none"));
        }
        let body = FramedFile::new(before, (&file.path, file.size), Coding::Plain, after);
        let form = format!("multipart/form-data; boundary={boundary}");
        let request = Request::post(url.as_str())
            .header(header::CONTENT_TYPE, form)
            .body(body);
        let answer = self.transport.upload(self.fit(request)?).await;
        let answer = answer.map_err(|e| transport_error(&self.id, e))?;
        if is_absent(answer.status()) {
            // The issues are there, so this says nothing of the project.
            return Err(no_file(&self.id, "the project takes no uploads from this token"));
        }
        let answer = self.good(answer, KEEP)?;
        let made: UploadWire = self.created(&answer)?;
        match made.url {
            Some(url) if is_own(&self.instance, &url) => Ok(url),
            Some(_) | None => Err(self.ambiguous("an upload without an address of its own")),
        }
    }

    async fn owns(&self, owner: &Owner) -> Result<bool, TrackerError> {
        Ok(match owner {
            Owner::This => true,
            Owner::Path(path) if path.eq_ignore_ascii_case(&self.project) => true,
            Owner::Number(number) if number.to_string() == self.project => true,
            Owner::Path(path) => {
                let web = self
                    .project()
                    .await?
                    .web_url
                    .as_deref()
                    .and_then(|web| Url::parse(web).ok());
                let own = web.and_then(|web| Some(below(&self.instance, &web)?.join("/")));
                own.is_some_and(|own| own.eq_ignore_ascii_case(path))
            }
            Owner::Number(number) => self.project().await?.id == Some(*number),
        })
    }

    fn address_of(&self, below: impl Display, action: &str) -> Result<Url, TrackerError> {
        let mut url = self.place(&List::of(&self.project, below), action)?;
        url.set_query(None);
        Ok(url)
    }

    fn fit<T>(&self, request: http::Result<Request<T>>) -> Result<Request<T>, TrackerError> {
        self.built(request)
    }
}

/// What an address in a text of the project names, in any of the forms GitLab writes and people paste.
fn upload(instance: &Url, address: &str) -> Option<Upload> {
    let relative = address.starts_with("/uploads/");
    let url = instance.join(address).ok()?;
    if url.origin() != instance.origin() {
        return None;
    }
    let parts = if relative {
        decoded(&url)?
    } else {
        below(instance, &url)?
    };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (owner, secret, name) = match parts.as_slice() {
        ["uploads", secret, name] if relative => (Owner::This, secret, name),
        ["-", "project", number, "uploads", secret, name] => (Owner::Number(number.parse().ok()?), secret, name),
        [path @ .., "uploads", secret, name] if !relative && path.len() > 1 => {
            (Owner::Path(path.join("/")), secret, name)
        }
        _ => return None,
    };
    let named = !name.is_empty() && !matches!(*name, "." | "..") && !name.contains(['/', '\\', '\0']);
    let secret_is_one = secret.len() == 32 && secret.chars().all(|c| c.is_ascii_hexdigit());
    (named && secret_is_one).then(|| Upload {
        owner,
        secret: (*secret).to_owned(),
        name: (*name).to_owned(),
    })
}

/// Whether this is what GitLab calls an upload's address in texts of the project itself.
fn is_own(instance: &Url, url: &str) -> bool {
    upload(instance, url).is_some_and(|upload| upload.owner == Owner::This) && !url.contains(['(', ')', ' ', '<', '>'])
}

/// The parts of an address's path below the instance's, decoded.
fn below(instance: &Url, url: &Url) -> Option<Vec<String>> {
    let own = decoded(instance)?;
    let parts = decoded(url)?;
    let own: Vec<&String> = own.iter().filter(|part| !part.is_empty()).collect();
    let (first, rest) = parts.split_at_checked(own.len())?;
    let within = url.origin() == instance.origin() && first.iter().eq(own);
    within.then(|| rest.to_vec())
}

fn decoded(url: &Url) -> Option<Vec<String>> {
    let part = |part: &str| percent_decode_str(part).decode_utf8().ok().map(Cow::into_owned);
    url.path_segments()?.map(part).collect()
}

/// The error without the secret.
fn hidden(error: TrackerError, secret: &str) -> TrackerError {
    if let TrackerError::Failed { on, detail } = error {
        let detail = detail.replace(secret, "…");
        return TrackerError::Failed { on, detail };
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn named(instance: &str, address: &str) -> Option<(Owner, String)> {
        let address = address.replace("SECRET", SECRET);
        upload(&Url::parse(instance).unwrap(), &address).map(|upload| (upload.owner, upload.name))
    }

    #[test]
    fn every_spelling_of_an_uploads_address_is_understood() {
        let path = || Owner::Path("team/sub/api".to_owned());
        for (instance, address, owner, name) in [
            ("https://a.example/", "/uploads/SECRET/a.png", Owner::This, "a.png"),
            ("https://a.example/git/", "/uploads/SECRET/a.png", Owner::This, "a.png"),
            (
                "https://a.example/",
                "/uploads/SECRET/a%20b%25.png",
                Owner::This,
                "a b%.png",
            ),
            (
                "https://a.example/",
                "/uploads/SECRET/größe.png",
                Owner::This,
                "größe.png",
            ),
            (
                "https://a.example/",
                "https://a.example/team/sub/api/uploads/SECRET/a.png",
                path(),
                "a.png",
            ),
            (
                "https://a.example/git/",
                "https://a.example/git/team/sub/api/uploads/SECRET/a?x#y",
                path(),
                "a",
            ),
            (
                "https://a.example/",
                "https://a.example/-/project/7/uploads/SECRET/a",
                Owner::Number(7),
                "a",
            ),
            (
                "https://a.example/git/",
                "/git/-/project/7/uploads/SECRET/a",
                Owner::Number(7),
                "a",
            ),
        ] {
            assert_eq!(named(instance, address), Some((owner, name.to_owned())), "{address}");
        }
    }

    #[test]
    fn what_is_no_upload_of_this_instance_names_none() {
        for address in [
            "",
            "a.png",
            "/uploads/SECRET",
            "/uploads/SECRET/",
            "/uploads/SECRET/..",
            "/uploads/SECRET/%2e%2e",
            "/uploads/SECRET/a%2Fb",
            "/uploads/SECRET/..%2f..%2fuser",
            "/uploads/SECRET/a%5cb",
            "/uploads/SECRET/a%00",
            "/uploads/SECRET/%ff",
            "/uploads/SECRET/a/b",
            "/uploads/../uploads/SECRET/x/y",
            "/uploads/0123/a.png",
            "/uploads/0123456789abcdef0123456789abcdeg/a.png",
            "//evil.example/uploads/SECRET/a.png",
            "https://evil.example/team/api/uploads/SECRET/a.png",
            "http://a.example/git/team/api/uploads/SECRET/a.png",
            "https://a.example:444/git/team/api/uploads/SECRET/a.png",
            "https://a.example/team/api/uploads/SECRET/a.png",
            "https://a.example/git/uploads/SECRET/a.png",
            "https://a.example/git/-/project/x/uploads/SECRET/a.png",
            "https://a.example/git/-/project/7/upload/SECRET/a.png",
            "data:image/png;base64,AAAA",
        ] {
            assert_eq!(named("https://a.example/git/", address), None, "{address}");
        }
    }
}
