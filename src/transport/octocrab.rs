//! The seam to `octocrab`: it builds the requests and parses the answers, our transport sends them.
//!
//! Imports the transport and its errors.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::octocrab::service::middleware::base_uri::BaseUriLayer;
use ::octocrab::{AuthState, Octocrab, OctocrabBuilder};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use url::Url;

use super::Transport;
use super::error::TransportError;

/// The service octocrab sends through. Generic over the body because octocrab does not export its own body type.
#[derive(Clone)]
struct Service(Transport);

impl<B> tower_service::Service<Request<B>> for Service
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::fmt::Display,
{
    type Response = Response<Full<Bytes>>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body
                .collect()
                .await
                .map_err(|e| TransportError::build(&e.to_string()))?
                .to_bytes();
            let answer = transport.send(Request::from_parts(parts, body)).await?;
            Ok(answer.map(Full::new))
        })
    }
}

/// An octocrab on this transport. Must be called inside a tokio runtime: octocrab puts a buffer task before the service.
pub(super) fn client(transport: &Transport, api: &Url) -> Result<Octocrab, TransportError> {
    let base: Uri = api
        .as_str()
        .trim_end_matches('/')
        .parse()
        .map_err(|e: http::uri::InvalidUri| TransportError::build(&e.to_string()))?;
    let built = OctocrabBuilder::new_empty()
        .with_service(Service(transport.clone()))
        .with_layer(&BaseUriLayer::new(base))
        .with_auth(AuthState::None)
        .build();
    match built {
        Ok(octocrab) => Ok(octocrab),
        Err(never) => match never {},
    }
}
