//! The seam to the `gitlab` crate: its endpoints build the requests, our transport sends them.
//!
//! Imports the transport and its errors.

use async_trait::async_trait;
use bytes::Bytes;
use gitlab::api::{ApiError, AsyncClient, RestClient};
use http::Response;
use url::Url;

use super::Transport;
use super::error::TransportError;

/// What endpoints of the `gitlab` crate are queried against. Building one sends nothing.
#[derive(Clone, Debug)]
pub struct GitLabClient {
    transport: Transport,
    api: Url,
}

impl GitLabClient {
    /// A client of the instance at `instance`, with or without a trailing slash, also below a path:
    /// `https://gitlab.example`, `https://example/gitlab/`.
    pub fn new(transport: &Transport, instance: &Url) -> Result<Self, TransportError> {
        let mut api = instance.clone();
        api.path_segments_mut()
            .map_err(|()| TransportError::build("the instance's address cannot hold a path"))?
            .pop_if_empty()
            .extend(["api", "v4", ""]);
        Ok(Self {
            transport: transport.clone(),
            api,
        })
    }
}

impl RestClient for GitLabClient {
    type Error = TransportError;

    fn rest_endpoint(&self, endpoint: &str) -> Result<Url, ApiError<Self::Error>> {
        Ok(self.api.join(endpoint)?)
    }
}

#[async_trait]
impl AsyncClient for GitLabClient {
    async fn rest_async(
        &self,
        request: http::request::Builder,
        body: Vec<u8>,
    ) -> Result<Response<Bytes>, ApiError<Self::Error>> {
        let request = request
            .body(Bytes::from(body))
            .map_err(|e| ApiError::client(TransportError::build(&e.to_string())))?;
        self.transport.send(request).await.map_err(ApiError::client)
    }
}
