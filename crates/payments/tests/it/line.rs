//! The line to a provider's server, and what may go wrong on it.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call takes effect, and its answer breaks off.
    Lost,
    /// The call takes effect, and is never answered.
    Hangs,
    /// 429, before any effect.
    Busy,
    /// 500, before any effect.
    Broken,
}

#[derive(Clone, Default)]
pub struct Line {
    faults: Arc<Mutex<Vec<(String, Fault)>>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Line {
    /// The next call whose method and path begin and end so meets a fault.
    pub fn disturb(&self, call: &str, fault: Fault) {
        self.faults.lock().unwrap().push((call.to_owned(), fault));
    }

    /// Calls so far that begin so.
    pub fn calls(&self, beginning: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| call.starts_with(beginning)).count()
    }

    pub fn over(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), pass))
    }

    fn take(&self, call: &str) -> Option<Fault> {
        self.calls.lock().unwrap().push(call.to_owned());
        let mut faults = self.faults.lock().unwrap();
        let at = faults.iter().position(|(of, _)| match of.split_once('*') {
            Some((begins, ends)) => call.starts_with(begins) && call.ends_with(ends),
            None => call == of,
        })?;
        Some(faults.remove(at).1)
    }
}

async fn pass(State(line): State<Line>, request: Request, next: Next) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    match line.take(&call) {
        None => next.run(request).await,
        Some(Fault::Busy) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")], "{}").into_response(),
        Some(Fault::Broken) => (StatusCode::INTERNAL_SERVER_ERROR, "<html>down</html>").into_response(),
        Some(Fault::Lost) => {
            next.run(request).await;
            let broken = futures::stream::iter([
                Ok(axum::body::Bytes::from_static(b"{")),
                Err(std::io::Error::other("the line broke")),
            ]);
            Body::from_stream(broken).into_response()
        }
        Some(Fault::Hangs) => {
            next.run(request).await;
            std::future::pending().await
        }
    }
}
