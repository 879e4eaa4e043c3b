//! Signing in as the installation of a GitHub App: a short-lived JWT signed with the app's key is exchanged for an
//! access token, which is fetched anew before it expires.
//!
//! Facts: GitHub documentation, "Authenticating as a GitHub App installation" and "Generating a JSON Web Token". Imports
//! the transport and its errors.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use jiff::Timestamp;
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::{Origin, Url};

use super::Transport;
use super::auth::{Authorize, Grants, bearer, github_web};
use super::error::TransportError;

/// A token is fetched anew when less than this is left of its hour.
const EARLY: Duration = Duration::from_mins(5);

/// A GitHub App's installation.
pub struct GitHubApp {
    api: Url,
    app: String,
    key: KeyPair,
    installation: String,
    token: Mutex<Option<InstallationToken>>,
}

struct InstallationToken {
    text: SecretString,
    expires: SystemTime,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: String,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct InstallationAnswer {
    app_slug: Option<String>,
    permissions: Option<BTreeMap<String, Value>>,
    suspended_at: Option<String>,
}

impl fmt::Debug for GitHubApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubApp")
            .field("api", &self.api.as_str())
            .finish_non_exhaustive()
    }
}

impl GitHubApp {
    /// The installation `installation` of the app `app` (its id or client id) at the API `api`.
    ///
    /// The key is PEM, PKCS#1 or PKCS#8; line ends written as `\n`, as some CI services store them, are understood. A key
    /// or an id that cannot be one is [`TransportError::Token`].
    pub fn new(
        api: &Url,
        app: &SecretString,
        private_key: &SecretString,
        installation: &SecretString,
    ) -> Result<Self, TransportError> {
        let app = app.expose_secret().trim();
        let installation = installation.expose_secret().trim();
        if app.is_empty()
            || !app
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        {
            return Err(TransportError::token("the app's id is not an id or a client id"));
        }
        if installation.is_empty() || !installation.chars().all(|c| c.is_ascii_digit()) {
            return Err(TransportError::token("the installation's id is not a number"));
        }
        Ok(Self {
            api: api.clone(),
            app: app.to_owned(),
            key: read_key(private_key.expose_secret())?,
            installation: installation.to_owned(),
            token: Mutex::default(),
        })
    }

    /// The header that signs a request as the app itself: a JWT of ten minutes, a minute of which lies behind us, as
    /// GitHub advises for clocks that differ.
    fn jwt(&self, now: SystemTime) -> Result<(HeaderName, HeaderValue), TransportError> {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let claims = serde_json::json!({ "iat": now.saturating_sub(60), "exp": now + 540, "iss": self.app });
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|e| TransportError::token(&format!("the app's key cannot sign: {e}")))?;
        let jwt = SecretString::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)));
        Ok((header::AUTHORIZATION, bearer(&jwt)?))
    }

    /// Sends a request below the API's address, signed as the app itself.
    async fn ask(
        &self,
        transport: &Transport,
        method: Method,
        path: &[&str],
    ) -> Result<Response<Bytes>, TransportError> {
        let mut url = self.api.clone();
        url.path_segments_mut()
            .map_err(|()| TransportError::build("the API's address cannot hold a path"))?
            .pop_if_empty()
            .extend(path);
        let request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .body(Bytes::new())
            .map_err(|e| TransportError::build(&e.to_string()))?;
        let signature = self.jwt(transport.now())?;
        transport.send_as(request, Some(signature)).await
    }

    /// The installation in a repository, as GitHub tells it to the app; `None` when it tells nothing that can be read.
    async fn installed(
        &self,
        transport: &Transport,
        owner: &str,
        repo: &str,
    ) -> Result<Option<InstallationAnswer>, TransportError> {
        let path = ["repos", owner, repo, "installation"];
        let answer = self.ask(transport, Method::GET, &path).await?;
        Ok(serde_json::from_slice(answer.body()).ok())
    }

    async fn fetch(&self, transport: &Transport) -> Result<InstallationToken, TransportError> {
        let path = ["app", "installations", &self.installation, "access_tokens"];
        let answer = self.ask(transport, Method::POST, &path).await?;
        if answer.status() != StatusCode::CREATED {
            return Err(TransportError::token(&format!(
                "GitHub gave no token for the app's installation: {}{}",
                answer.status(),
                match answer.status() {
                    StatusCode::UNAUTHORIZED => ", the app's id or key is wrong, or the clock here is",
                    StatusCode::NOT_FOUND => ", the app has no such installation",
                    _ => "",
                }
            )));
        }
        // The error's own words might quote the token.
        let Ok(TokenAnswer { token, expires_at }) = serde_json::from_slice(answer.body()) else {
            return Err(TransportError::token(
                "GitHub's answer holds no token for the app's installation",
            ));
        };
        Ok(InstallationToken {
            text: SecretString::from(token),
            expires: expires_at.into(),
        })
    }
}

#[async_trait]
impl Authorize for GitHubApp {
    fn origin(&self) -> Origin {
        self.api.origin()
    }

    fn web(&self) -> Option<Origin> {
        github_web(&self.api.origin())
    }

    async fn header(&self, transport: &Transport) -> Result<(HeaderName, HeaderValue), TransportError> {
        // Held while fetching, so that requests in parallel fetch one token, not many.
        let mut kept = self.token.lock().await;
        let token = match kept.take() {
            Some(token) if token.expires > transport.now() + EARLY => token,
            Some(_) | None => self.fetch(transport).await?,
        };
        let value = bearer(&token.text)?;
        *kept = Some(token);
        Ok((header::AUTHORIZATION, value))
    }

    async fn renew(&self) -> bool {
        self.token.lock().await.take().is_some()
    }

    async fn login(&self, transport: &Transport, owner: &str, repo: &str) -> Result<Option<String>, TransportError> {
        // Not knowing our login is no failure: callers go on without it.
        let found = self.installed(transport, owner, repo).await?;
        let slug = found.and_then(|found| found.app_slug);
        Ok(slug.map(|slug| format!("{slug}[bot]")))
    }

    async fn grants(&self, transport: &Transport, owner: &str, repo: &str) -> Result<Option<Grants>, TransportError> {
        let found = self.installed(transport, owner, repo).await?;
        Ok(found.and_then(|found| {
            let level = |(name, level): (String, Value)| Some((name, level.as_str()?.to_owned()));
            Some(Grants {
                permissions: found.permissions?.into_iter().filter_map(level).collect(),
                suspended: found.suspended_at.is_some(),
            })
        }))
    }
}

fn read_key(pem: &str) -> Result<KeyPair, TransportError> {
    let refused = |why: String| TransportError::token(&format!("the app's private key cannot be used: {why}"));
    let pem = pem.trim().replace("\\n", "\n");
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|e| refused(pem_fault(&e).to_owned()))?;
    match &der {
        PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(_) | _ => return Err(refused("it is no RSA key".to_owned())),
    }
    .map_err(|e| refused(e.to_string()))
}

/// In our words: the library's might quote the key.
fn pem_fault(error: &rustls_pki_types::pem::Error) -> &'static str {
    use rustls_pki_types::pem::Error;
    match error {
        Error::NoItemsFound => "no PEM block for a private key in it",
        Error::MissingSectionEnd { .. } => "the last line of the PEM block is missing",
        Error::IllegalSectionStart { .. } | Error::Base64Decode(_) | Error::Io(_) | Error::SectionTooLarge | _ => {
            "it is not PEM"
        }
    }
}

#[cfg(test)]
mod tests;
