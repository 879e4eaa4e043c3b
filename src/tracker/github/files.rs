//! Fetching what people attached to issues and comments.
//!
//! There is no API for it: attachments are at addresses of the pages for people, which lead to storage. Facts: GitHub
//! documentation, "Attaching files", and what clients report of private repositories. Imports the tracker traits, the
//! transport and this folder.

use http::{Request, header};
use url::Url;

use super::GitHub;
use crate::tracker::arrival::arrived;
use crate::tracker::file::refused;
use crate::tracker::http::transport_error;
use crate::tracker::{Download, TrackerError};
use crate::transport::CameFrom;

/// Where attachments were put until 2023. Everybody can read them; our credential does not go there.
const OLD_STORAGE: &str = "user-images.githubusercontent.com";

impl GitHub {
    pub(super) async fn fetch_file(&self, address: &str) -> Result<Download, TrackerError> {
        let Some(url) = attachment(&web(&self.api), &self.place(), address) else {
            return Err(refused(
                &self.id,
                "the address is none of an attachment of this repository",
            ));
        };
        let request = Request::get(url.as_str()).header(header::ACCEPT, "*/*").body(());
        let request = request.map_err(|e| refused(&self.id, &crate::transport::one_line(&e.to_string())))?;
        let answer = self.transport.download(request).await;
        let answer = answer.map_err(|e| transport_error(&self.id, e))?;
        let end = answer.extensions().get::<CameFrom>().map(|from| from.0.clone());
        let came = arrived(&self.id, "", false, answer)?;
        let name = name(&url, end.as_ref(), came.media_type.as_deref());
        Ok(Download { name, ..came })
    }
}

/// Where the service at `api` has its pages for people: `https://github.com` for `https://api.github.com`, the same host
/// for Enterprise Server, and without `api.` for Enterprise Cloud with data residency.
pub(super) fn web(api: &Url) -> Url {
    let mut web = api.clone();
    web.set_query(None);
    web.set_fragment(None);
    let host = api.host_str().unwrap_or_default();
    let named = match host.strip_prefix("api.") {
        Some(rest) if rest == "github.com" || rest.ends_with(".ghe.com") => web.set_host(Some(rest)),
        Some(_) | None => Ok(()),
    };
    let path = api.path().trim_end_matches('/');
    let folder = path.strip_suffix("/api/v3").unwrap_or(path).to_owned();
    web.set_path(&format!("{folder}/"));
    // A name without its first part is a name still.
    if named.is_err() { api.clone() } else { web }
}

/// The address to fetch, if it is one of an attachment that belongs to this service and, as far as it tells, to this
/// repository.
fn attachment(web: &Url, (owner, repo): &(String, String), address: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let own = web.path_segments()?.filter(|part| !part.is_empty()).count();
    let parts: Vec<String> = url.path_segments()?.map(str::to_owned).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let public = web.host_str() == Some("github.com");
    if public && url.scheme() == "https" && url.host_str() == Some(OLD_STORAGE) && url.port().is_none() {
        return matches!(parts.as_slice(), [number, name] if is_number(number) && is_name(name)).then_some(url);
    }
    if url.origin() != web.origin() || !url.path().starts_with(web.path()) {
        return None;
    }
    let here = |o: &str, r: &str| o.eq_ignore_ascii_case(owner) && r.eq_ignore_ascii_case(repo);
    let good = match parts.get(own..)? {
        ["user-attachments", "assets", id] => is_id(id),
        ["user-attachments", "files", number, name] => is_number(number) && is_name(name),
        [o, r, "assets", number, id] => here(o, r) && is_number(number) && is_id(id),
        [o, r, "files", number, name] => here(o, r) && is_number(number) && is_name(name),
        // Enterprise Server's own disk.
        ["storage", "user", number, "files", id] => !public && is_number(number) && is_id(id),
        _ => false,
    };
    good.then_some(url)
}

fn is_number(part: &str) -> bool {
    (1..=20).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit())
}

/// A UUID, or whatever comes after it.
fn is_id(part: &str) -> bool {
    (8..=64).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// One part of a path, which nobody along the way can take for more.
fn is_name(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let slips = ["%2f", "%5c", "%00", "%2e%2e"];
    !part.is_empty() && !slips.iter().any(|slip| lower.contains(slip))
}

/// What to call the file. Addresses of images hold no name; the storage they lead to has at least its ending.
fn name(address: &Url, end: Option<&Url>, media_type: Option<&str>) -> String {
    let last = |url: &Url| {
        let part = url.path_segments()?.next_back()?;
        let part = percent_encoding::percent_decode_str(part).decode_utf8().ok()?;
        Some(crate::tracker::file::plain_name(&part))
    };
    let ended = |name: &String| {
        name.rsplit_once('.')
            .is_some_and(|(stem, end)| !stem.is_empty() && end.len() <= 5)
    };
    let first = last(address).unwrap_or_default();
    if ended(&first) {
        return first;
    }
    if let Some(name) = end.and_then(last).filter(ended) {
        return name;
    }
    match media_type.and_then(ending) {
        Some(ending) => format!("{first}.{ending}"),
        None => first,
    }
}

/// The usual ending of what can be attached without a name: images and videos.
fn ending(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_pages_are_where_the_api_says() {
        for (api, pages) in [
            ("https://api.github.com", "https://github.com/"),
            ("https://api.github.com/", "https://github.com/"),
            ("https://ghe.example/api/v3", "https://ghe.example/"),
            ("https://ghe.example:8443/api/v3/", "https://ghe.example:8443/"),
            ("https://api.acme.ghe.com", "https://acme.ghe.com/"),
            ("https://api.example", "https://api.example/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ] {
            assert_eq!(web(&url(api)).as_str(), pages);
        }
    }

    fn is_attachment(api: &str, address: &str) -> bool {
        let place = ("Acme".to_owned(), "api".to_owned());
        attachment(&web(&url(api)), &place, &address.replace("ID", ID)).is_some()
    }

    #[test]
    fn attachments_of_this_service_and_repository_are_fetched() {
        for address in [
            "https://github.com/user-attachments/assets/ID",
            "https://github.com/user-attachments/assets/ID?x=1#y",
            "https://github.com/user-attachments/files/123/log%20file.txt",
            "https://github.com/acme/API/assets/123/ID",
            "https://github.com/acme/api/files/123/log.txt",
            "https://user-images.githubusercontent.com/123/4567-ID.png",
        ] {
            assert!(is_attachment("https://api.github.com", address), "{address}");
        }
        for address in [
            "https://ghe.example/user-attachments/assets/ID",
            "https://ghe.example/acme/api/assets/1/ID",
            "https://ghe.example/storage/user/3/files/ID",
        ] {
            assert!(is_attachment("https://ghe.example/api/v3", address), "{address}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for address in [
            "",
            "user-attachments/assets/ID",
            "/user-attachments/assets/ID",
            "http://github.com/user-attachments/assets/ID",
            "https://github.com:444/user-attachments/assets/ID",
            "https://github.com.evil.example/user-attachments/assets/ID",
            "https://github.com@evil.example/user-attachments/assets/ID",
            "https://evil.example/user-attachments/assets/ID",
            "https://api.github.com/user-attachments/assets/ID",
            "https://github.com/user-attachments/assets/../../settings/tokens",
            "https://github.com/user-attachments/assets/ID/more",
            "https://github.com/user-attachments/files/1/..%2f..%2fx",
            "https://github.com/user-attachments/files/x/a.txt",
            "https://github.com/other/repo/assets/123/ID",
            "https://github.com/other/repo/files/123/log.txt",
            "https://github.com/acme/api/raw/main/secret.txt",
            "https://github.com/storage/user/3/files/ID",
            "http://user-images.githubusercontent.com/123/ID.png",
            "https://user-images.githubusercontent.com/ID.png",
            "https://private-user-images.githubusercontent.com/123/ID.png?jwt=x",
            "https://raw.githubusercontent.com/acme/api/main/x",
        ] {
            assert!(!is_attachment("https://api.github.com", address), "{address}");
        }
        let old = "https://user-images.githubusercontent.com/123/4567-ID.png";
        assert!(!is_attachment("https://ghe.example/api/v3", old), "another service's");
    }

    #[test]
    fn a_name_comes_from_the_address_the_storage_or_the_media_type() {
        let asset = url("https://github.com/user-attachments/assets/0f8f");
        let named = url("https://github.com/user-attachments/files/1/a%20b.txt");
        let storage = url("https://storage.example/1/2-0f8f.png?sig=1");
        let bare = url("https://storage.example/1/2");
        assert_eq!(name(&named, Some(&storage), Some("image/png")), "a b.txt");
        assert_eq!(name(&asset, Some(&storage), None), "2-0f8f.png");
        assert_eq!(name(&asset, Some(&bare), Some("image/jpeg")), "0f8f.jpg");
        assert_eq!(name(&asset, None, Some("application/x-thing")), "0f8f");
    }
}
