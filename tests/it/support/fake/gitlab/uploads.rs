//! Files that belong to the project: uploading them and getting them back through the API.

use serde_json::json;

use super::FakeGitLab;
use super::routes::{Caller, error, refused};
use super::state::{GitLab, Upload};
use crate::support::contract::Content;
use crate::support::fake::{Answer, Call, Kept, media_type};

impl FakeGitLab {
    /// Has somebody attach a file in the browser, and tells the address the text then holds.
    pub fn attach(&self, bytes: &[u8], name: &str) -> String {
        self.with(|gitlab| gitlab.keep_upload(name, bytes.to_vec(), false))
    }

    /// The files uploaded through the API, in order.
    pub fn uploads(&self) -> Vec<Kept> {
        self.with(|gitlab| {
            let uploads = gitlab.uploads.iter().filter(|upload| upload.by_api);
            uploads
                .map(|upload| Kept {
                    name: upload.name.clone(),
                    address: upload.address(),
                    bytes: upload.bytes.clone(),
                })
                .collect()
        })
    }
}

impl Upload {
    fn address(&self) -> String {
        format!("/uploads/{}/{}", self.secret, self.name)
    }
}

impl GitLab {
    /// Characters that would trouble an address become underscores, as the uploader does it.
    fn keep_upload(&mut self, name: &str, bytes: Vec<u8>, by_api: bool) -> String {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        let name: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
        let upload = Upload {
            id: self.fresh_id(),
            secret: secret(self.uploads.len()),
            name,
            bytes,
            by_api,
        };
        let address = upload.address();
        self.uploads.push(upload);
        address
    }

    pub(super) fn route_uploads(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        match (call.method.as_str(), rest) {
            ("POST", []) => self.upload(call, caller),
            ("GET", [secret, name]) => self.give_upload(secret, name),
            _ => Answer::unserved(),
        }
    }

    fn upload(&mut self, call: &Call, caller: &Caller) -> Answer {
        if caller.level < 10 {
            return error(403, "403 Forbidden");
        }
        let Content::Multipart(parts) = call.content() else {
            return refused("file is missing");
        };
        let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
            return refused("file is missing");
        };
        let Some(name) = part.file else {
            return refused("file is invalid");
        };
        if part.bytes.len() > self.vices.upload_limit {
            return error(413, "413 Request Entity Too Large");
        }
        self.clock.tick();
        let url = self.keep_upload(&name, part.bytes, true);
        let upload = self.uploads.last().unwrap();
        let alt = upload
            .name
            .rsplit_once('.')
            .map_or(upload.name.as_str(), |(stem, _)| stem);
        let shows = if media_type(&upload.name).starts_with("image/") {
            "!"
        } else {
            ""
        };
        Answer::new(
            201,
            json!({
                "id": upload.id, "alt": alt, "url": url,
                "full_path": format!("/-/project/{}{url}", self.project_id),
                "markdown": format!("{shows}[{alt}]({url})"),
            }),
        )
    }

    fn give_upload(&self, secret: &str, name: &str) -> Answer {
        let found = self
            .uploads
            .iter()
            .find(|upload| upload.secret == secret && upload.name == name);
        match found {
            Some(upload) => Answer::file("application/octet-stream", upload.bytes.clone()).header(
                "content-disposition",
                format!("attachment; filename=\"{}\"", upload.name),
            ),
            None => error(404, "404 Not found"),
        }
    }
}

/// As random as a test can do with: the same in every run, and nothing anybody would guess.
fn secret(nth: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(nth as u64 + 1);
    let mut word = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    };
    format!("{:016x}{:016x}", word(), word())
}
