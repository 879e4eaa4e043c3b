//! Credentials that do not change: who signs a request, and to which origin the signature may go.
//!
//! Imports the transport and its errors. GitHub Apps, whose tokens expire, are in `app`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Origin, Url};

use super::Transport;
use super::error::TransportError;

/// Signs requests. The transport asks for the header each time, and sends it to [`Authorize::origin`] only.
#[async_trait]
pub trait Authorize: Send + Sync {
    /// The only origin the header may be sent to.
    fn origin(&self) -> Origin;

    /// One more origin that downloads may be signed for: where the service has its pages for people, which serve what
    /// people attach there.
    fn web(&self) -> Option<Origin> {
        None
    }

    /// The header that signs a request, marked sensitive. `transport` is there to fetch a token with
    /// [`Transport::send_as`], which does not come back here.
    async fn header(&self, transport: &Transport) -> Result<(HeaderName, HeaderValue), TransportError>;

    /// The service answered 401: forgets a token that can be fetched anew, and says whether there was one.
    async fn renew(&self) -> bool {
        false
    }

    /// The login we act under in this repository, where the credential can tell better than the service's "who am I".
    async fn login(&self, transport: &Transport, owner: &str, repo: &str) -> Result<Option<String>, TransportError> {
        let (_, _, _) = (transport, owner, repo);
        Ok(None)
    }

    /// Whether the credential is a text that begins so: services tell their kinds of tokens apart by that.
    fn begins(&self, _with: &str) -> bool {
        false
    }

    /// What an app's installation in this repository may do; `None` for every other credential, and where it is not told.
    async fn grants(&self, transport: &Transport, owner: &str, repo: &str) -> Result<Option<Grants>, TransportError> {
        let (_, _, _) = (transport, owner, repo);
        Ok(None)
    }
}

/// What an app's installation may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// `read`, `write` or `admin`, by permission: `issues`.
    pub permissions: BTreeMap<String, String>,
    /// Somebody has suspended it.
    pub suspended: bool,
}

/// `Authorization: Bearer …`: GitHub tokens of every kind, and OAuth tokens elsewhere.
#[derive(Clone, Debug)]
pub struct BearerToken {
    origin: Origin,
    token: SecretString,
}

impl BearerToken {
    /// A token for the API at `api`. White space around it is dropped; text no header can hold is
    /// [`TransportError::Token`].
    pub fn new(api: &Url, token: SecretString) -> Result<Self, TransportError> {
        bearer(&token)?;
        Ok(Self {
            origin: api.origin(),
            token,
        })
    }
}

#[async_trait]
impl Authorize for BearerToken {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }

    fn web(&self) -> Option<Origin> {
        github_web(&self.origin)
    }

    async fn header(&self, _: &Transport) -> Result<(HeaderName, HeaderValue), TransportError> {
        Ok((header::AUTHORIZATION, bearer(&self.token)?))
    }

    fn begins(&self, with: &str) -> bool {
        self.token.expose_secret().trim_start().starts_with(with)
    }
}

/// `PRIVATE-TOKEN: …`: GitLab's personal, project and group access tokens.
#[derive(Clone, Debug)]
pub struct PrivateToken {
    origin: Origin,
    token: SecretString,
}

impl PrivateToken {
    /// A token for the instance at `instance`. White space around it is dropped; text no header can hold is
    /// [`TransportError::Token`].
    pub fn new(instance: &Url, token: SecretString) -> Result<Self, TransportError> {
        sealed("", &token)?;
        Ok(Self {
            origin: instance.origin(),
            token,
        })
    }
}

#[async_trait]
impl Authorize for PrivateToken {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }

    async fn header(&self, _: &Transport) -> Result<(HeaderName, HeaderValue), TransportError> {
        Ok((HeaderName::from_static("private-token"), sealed("", &self.token)?))
    }

    fn begins(&self, with: &str) -> bool {
        self.token.expose_secret().trim_start().starts_with(with)
    }
}

/// A credential goes to its own host only. GitHub's public service is one host under two names: the API is
/// `api.github.com`, and the files people attach to issues are at `github.com`. Everywhere else the API has the name of the
/// pages, or nothing is known for certain; then no other origin gets the credential.
pub(super) fn github_web(api: &Origin) -> Option<Origin> {
    let origin = |name: &str| Origin::Tuple("https".to_owned(), Host::Domain(name.to_owned()), 443);
    (*api == origin("api.github.com")).then(|| origin("github.com"))
}

/// `Bearer …`, marked sensitive.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, TransportError> {
    sealed("Bearer ", token)
}

fn sealed(scheme: &str, token: &SecretString) -> Result<HeaderValue, TransportError> {
    let token = token.expose_secret().trim();
    if token.is_empty() {
        return Err(TransportError::token("the token is empty"));
    }
    // Tokens are visible ASCII. A blank or a quote inside is a slip the service would answer with a riddle.
    if !token.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\'') {
        return Err(TransportError::token(
            "the token holds blanks, quotes, line ends or other characters no token has",
        ));
    }
    let mut value =
        HeaderValue::from_str(&format!("{scheme}{token}")).map_err(|e| TransportError::token(&e.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_trimmed_and_never_shown() {
        let value = bearer(&SecretString::from(" abc123\r\n")).unwrap();
        assert_eq!(value, "Bearer abc123");
        assert!(!format!("{value:?}").contains("abc123"));
        let url = Url::parse("https://a.example").unwrap();
        let token = PrivateToken::new(&url, SecretString::from("abc123")).unwrap();
        assert!(!format!("{token:?}").contains("abc123"));
    }

    #[test]
    fn only_githubs_public_service_has_a_second_host() {
        let web = |api: &str| github_web(&Url::parse(api).unwrap().origin()).map(|web| web.ascii_serialization());
        assert_eq!(web("https://api.github.com").as_deref(), Some("https://github.com"));
        for other in [
            "http://api.github.com",
            "https://api.github.com:444",
            "https://api.github.com.example",
            "https://github.example/api/v3",
            "https://api.acme.ghe.com",
        ] {
            assert_eq!(web(other), None, "{other}");
        }
    }

    #[test]
    fn text_no_header_can_hold_is_told_without_the_text() {
        let url = Url::parse("https://a.example").unwrap();
        for bad in ["", " \n", "ab\ncd", "ab\u{0}cd", "\"abcd\"", "ab cd", "tökén"] {
            let refused = BearerToken::new(&url, SecretString::from(bad)).unwrap_err();
            assert!(
                matches!(&refused, TransportError::Token { detail } if !detail.contains("ab")),
                "{refused:?}"
            );
        }
    }
}
