//! Storage of another origin that a service leads to: it gives what it has to whoever names it, and remembers who asked.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response};
use tokio::sync::oneshot;

#[derive(Default)]
struct Shelf {
    files: BTreeMap<String, (&'static str, Vec<u8>)>,
    asked: Vec<HeaderMap>,
}

/// Running storage. Dropping it stops it.
pub struct Storage {
    url: String,
    shelf: Arc<Mutex<Shelf>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Storage")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// Serves on a free port of loopback, on a thread of its own.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shelf = Arc::<Mutex<Shelf>>::default();
        let app = Router::new().fallback(give).with_state(Arc::clone(&shelf));
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = axum::serve(listener, app).into_future() => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            url,
            shelf,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Stores a file under a path and tells its address, signature and all.
    pub fn put(&self, path: &str, media_type: &'static str, bytes: Vec<u8>) -> String {
        let file = (media_type, bytes);
        self.shelf.lock().unwrap().files.insert(path.to_owned(), file);
        format!("{}{path}?signature=good-for-a-minute", self.url)
    }

    /// The headers of every request so far.
    pub fn asked(&self) -> Vec<HeaderMap> {
        self.shelf.lock().unwrap().asked.clone()
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn give(State(shelf): State<Arc<Mutex<Shelf>>>, request: Request<Body>) -> Response<Body> {
    let mut shelf = shelf.lock().unwrap();
    shelf.asked.push(request.headers().clone());
    let signed = request.uri().query() == Some("signature=good-for-a-minute");
    let found = shelf.files.get(request.uri().path()).filter(|_| signed);
    let response = Response::builder();
    match found {
        Some((media_type, bytes)) => response
            .header("content-type", *media_type)
            .body(Body::from(bytes.clone())),
        None => response
            .status(403)
            .body(Body::from("<Error><Code>AccessDenied</Code></Error>")),
    }
    .unwrap()
}
