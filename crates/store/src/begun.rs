//! What must not be left half done by callers who go away.

use futures::future::BoxFuture;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::runtime::Handle;

/// Brings `work` to its end even where nobody waits for it any more; what comes of it is dropped then.
pub(crate) fn to_its_end<T: Send + 'static>(work: BoxFuture<'static, T>) -> ToItsEnd<T> {
    ToItsEnd(Some(work))
}

pub(crate) struct ToItsEnd<T: Send + 'static>(Option<BoxFuture<'static, T>>);

impl<T: Send + 'static> Future for ToItsEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = self.0.as_mut() else {
            return Poll::Pending;
        };
        let outcome = ready!(work.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(outcome)
    }
}

impl<T: Send + 'static> Drop for ToItsEnd<T> {
    fn drop(&mut self) {
        let (Some(work), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
            return;
        };
        drop(runtime.spawn(async move { drop(work.await) }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_nobody_waits_for_is_brought_to_its_end() {
        let (go, gone) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel::<()>();
        let mut work = to_its_end(
            async move {
                let _ = gone.await;
                let _ = done.send(());
            }
            .boxed(),
        );
        assert!(futures::poll!(&mut work).is_pending());
        drop(work);
        go.send(()).expect("still waited for");
        is_done.await.expect("done");
    }
}
