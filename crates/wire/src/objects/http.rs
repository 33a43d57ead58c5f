//! The HTTP beneath: bodies stream both ways, and what fails is told as what it is, for object_store decides by that whether
//! to try again.

use crate::client::{Tls, client};
use async_trait::async_trait;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
    HttpResponseBody, HttpService,
};
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// Connecting takes longer only where nobody is.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// The head of an answer takes longer only where nobody listens.
const HEAD_WITHIN: Duration = Duration::from_secs(4);
/// A request's body goes up at least this fast, or it is given up.
const UPLOAD_BYTES_PER_S: u32 = 128 * 1024;
/// How long an answer's body may stand still.
const SILENCE_MAX: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
pub(super) struct Http(Tls<HttpRequestBody>);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

impl Http {
    pub(super) fn new() -> Result<Self, String> {
        client(CONNECT_WITHIN).map(Self)
    }
}

impl HttpConnector for Http {
    /// The options are of a client that is not used here.
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Http {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let within = head_within(request.body().content_length());
        let response = tokio::time::timeout(within, self.0.request(request))
            .await
            .map_err(|_| silence(within))?
            .map_err(|error| failure(&error, error.is_connect()))?;
        Ok(response.map(|body| HttpResponseBody::new(Answer::of(body))))
    }
}

/// The body of an answer, given up where it stands still.
struct Answer {
    body: Incoming,
    /// Runs while the other side is waited for; whoever reads slowly here is no silence there.
    silence: Option<Pin<Box<Sleep>>>,
}

impl Answer {
    fn of(body: Incoming) -> Self {
        Self { body, silence: None }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.silence = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(|error| failure(&error, false))));
        }
        let silent = this
            .silence
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(SILENCE_MAX)));
        silent
            .as_mut()
            .poll(context)
            .map(|()| Some(Err(silence(SILENCE_MAX))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn head_within(body_bytes: usize) -> Duration {
    let bytes = u32::try_from(body_bytes).unwrap_or(u32::MAX);
    HEAD_WITHIN + Duration::from_secs(u64::from(bytes / UPLOAD_BYTES_PER_S))
}

fn silence(within: Duration) -> HttpError {
    let told = format!("no answer within {} s", within.as_secs());
    HttpError::new(HttpErrorKind::Timeout, Told(told))
}

fn failure(error: &(dyn Error + 'static), of_connecting: bool) -> HttpError {
    let kind = if of_connecting {
        HttpErrorKind::Connect
    } else {
        kind(error)
    };
    HttpError::new(kind, Told(told(error)))
}

/// As object_store tells them apart for the client that it comes with.
fn kind(error: &(dyn Error + 'static)) -> HttpErrorKind {
    let mut behind = Some(error);
    while let Some(error) = behind {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            if error.is_timeout() {
                return HttpErrorKind::Timeout;
            }
            let is_cut_off = error.is_canceled()
                || error.is_closed()
                || error.is_incomplete_message()
                || error.is_body_write_aborted();
            if is_cut_off {
                return HttpErrorKind::Request;
            }
        }
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::TimedOut) => return HttpErrorKind::Timeout,
            Some(
                io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof,
            ) => return HttpErrorKind::Interrupted,
            _ => {}
        }
        behind = error.source();
    }
    HttpErrorKind::Unknown
}

/// An error with all that is behind it: the outermost says little.
fn told(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        words = format!("{words}: {cause}");
        behind = cause.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_may_take_longer_to_send() {
        assert_eq!(head_within(0), HEAD_WITHIN);
        assert_eq!(
            head_within(5 * 1024 * 1024),
            HEAD_WITHIN + Duration::from_secs(40)
        );
    }

    #[test]
    fn a_line_that_breaks_is_told_from_one_that_is_silent() {
        let of = |kind_of_io| kind(&io::Error::from(kind_of_io));
        assert_eq!(of(io::ErrorKind::ConnectionReset), HttpErrorKind::Interrupted);
        assert_eq!(of(io::ErrorKind::TimedOut), HttpErrorKind::Timeout);
        assert_eq!(of(io::ErrorKind::PermissionDenied), HttpErrorKind::Unknown);
        assert_eq!(silence(HEAD_WITHIN).kind(), HttpErrorKind::Timeout);
    }
}
