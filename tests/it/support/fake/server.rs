//! The HTTP server of a fake: one route that takes everything, on a thread and a port of its own.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response};
use tokio::sync::oneshot;

use super::{Call, Outcome, Shared, Vendor, lock};

/// A running server.
pub struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Stops the server and waits for its thread. Open connections are cut.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Starts serving and tells where.
pub async fn start<V: Vendor>(shared: Arc<Mutex<Shared<V>>>) -> (String, Server) {
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, address) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            ready.send(listener.local_addr().unwrap()).unwrap();
            let app = Router::new().fallback(handle::<V>).with_state(shared);
            tokio::select! {
                served = axum::serve(listener, app).into_future() => served.unwrap(),
                _ = stopped => {}
            }
        });
    });
    let address = address.await.unwrap();
    (
        format!("http://{address}"),
        Server {
            stop: Some(stop),
            thread: Some(thread),
        },
    )
}

async fn handle<V: Vendor>(State(shared): State<Arc<Mutex<Shared<V>>>>, request: Request<Body>) -> Response<Body> {
    let call = Call::read(request).await;
    let latency = lock(&shared).vendor.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let outcome = lock(&shared).serve(&call);
    match outcome {
        Outcome::Answer(answer) => answer.into_response(),
        Outcome::Silence => std::future::pending().await,
        // Ends the connection's task, and with it the connection, without a word and without a printed panic.
        Outcome::Cut => std::panic::resume_unwind(Box::new("the connection is cut")),
    }
}
