//! Named moments of checkout's work at which a trial may let something go wrong: before a step, and when it is done and
//! nobody knows it yet. Tests, and the proofs that the program runs on itself, are there; in a marketplace that serves,
//! nobody is, and nothing is asked.
//!
//! The steps are those of [`saga`](crate::saga::Step::name) that ask the provider, those of a refund that do
//! (`refund_ask`, `refund_inquire`), those of shares that are captured
//! (`capture_ask` and others), and what the till is told ([`Ask::name`](crate::till::settle::Ask::name)), placing
//! included. [`steps`] lists them.

use futures::future::BoxFuture;
use std::fmt::Debug;
use std::sync::Arc;

/// Every step at which somebody may be there: placing, what asks the provider, and what the till is told.
pub fn steps() -> impl Iterator<Item = &'static str> {
    let asked_of_providers = ASKING
        .iter()
        .chain(&crate::refund::drive::ASKING)
        .chain(&crate::capture::drive::ASKING);
    let told = TOLD
        .iter()
        .chain(&TOLD_OF_REFUNDS)
        .chain(&TOLD_OF_RETURNS)
        .chain(&TOLD_OF_CAPTURES);
    std::iter::once(PLACE).chain(asked_of_providers.chain(told).copied())
}

/// By [`Ask::name`](crate::till::settle::Ask::name).
const TOLD: [&str; 16] = [
    "look",
    "start",
    "take",
    "hear",
    "park",
    "confirm",
    "confirm_authorized",
    "reopen",
    "decline",
    "close",
    "expire",
    "cancel",
    "intervene",
    "cancel_part",
    "cancel_units",
    "refund_begin",
];

/// By [`RefundAsk::name`](crate::till::settle::RefundAsk::name).
const TOLD_OF_REFUNDS: [&str; 8] = [
    "refund_take",
    "refund_hear",
    "refund_park",
    "refund_close",
    "refund_refuse",
    "refund_retry",
    "refund_came_back",
    "refund_intervene",
];

/// By [`ReturnAct::name`](crate::till::settle::ReturnAct::name).
const TOLD_OF_RETURNS: [&str; 5] = [
    "return_withdraw",
    "return_receive",
    "return_refund",
    "return_exchange",
    "return_close",
];

/// By [`CaptureAsk::name`](crate::till::settle::CaptureAsk::name).
const TOLD_OF_CAPTURES: [&str; 5] = [
    "capture_sent",
    "capture_take",
    "capture_hear",
    "capture_retry",
    "capture_answer",
];

/// By [`Step::name`](crate::saga::Step::name): those that ask the provider.
const ASKING: [&str; 9] = [
    "authorize",
    "inquire",
    "await_buyer",
    "abandon",
    "capture",
    "terms",
    "inquire_late",
    "void",
    "refund",
];

/// What placing an order is called.
pub(crate) const PLACE: &str = "place";

/// Where in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    Before,
    After,
}

/// What goes wrong there. A process that dies there does not come back to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The step fails, or its answer gets lost.
    Fail,
    /// It is done twice: at once before it is done, again after that.
    Twice,
}

/// Somebody who is there.
pub trait Trial: Debug + Send + Sync + 'static {
    /// What goes wrong with the step at this moment. May take its time about it.
    fn at(&self, step: &'static str, moment: Moment) -> BoxFuture<'_, Option<Fault>>;
}

/// Nobody, most of the time.
pub type SharedTrial = Option<Arc<dyn Trial>>;

/// Does a step in front of whoever is there. `lost` is what the caller learns of a step that failed.
pub(crate) async fn tried<T, W, F>(
    trial: &SharedTrial,
    step: &'static str,
    lost: impl Fn() -> T,
    work: W,
) -> T
where
    W: Fn() -> F,
    F: Future<Output = T>,
{
    let Some(trial) = trial else {
        return work().await;
    };
    debug_assert!(steps().any(|known| known == step), "{step} is not listed");
    let done = match trial.at(step, Moment::Before).await {
        Some(Fault::Fail) => return lost(),
        Some(Fault::Twice) => tokio::join!(work(), work()).0,
        None => work().await,
    };
    match trial.at(step, Moment::After).await {
        Some(Fault::Fail) => lost(),
        Some(Fault::Twice) => {
            // As whoever comes second finds it: what is answered then is nobody's business.
            let _ = work().await;
            done
        }
        None => done,
    }
}

impl Moment {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Debug)]
    struct Wanted(Moment, Fault);

    impl Trial for Wanted {
        fn at(&self, _step: &'static str, moment: Moment) -> BoxFuture<'_, Option<Fault>> {
            let fault = (moment == self.0).then_some(self.1);
            async move { fault }.boxed()
        }
    }

    /// The names that a function gives, as its source has them.
    fn named(source: &'static str) -> Vec<&'static str> {
        let function = source
            .split("pub fn name(&self) -> &'static str {")
            .nth(1)
            .expect("a name");
        let body = function.split("\n    }\n").next().expect("its end");
        body.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn whatever_is_asked_of_the_till_is_listed() {
        let names = [
            (include_str!("till/settle/decide.rs"), &TOLD[..]),
            (include_str!("till/settle/refund.rs"), &TOLD_OF_REFUNDS[..]),
            (include_str!("till/settle/returns.rs"), &TOLD_OF_RETURNS[..]),
            (include_str!("till/settle/capture.rs"), &TOLD_OF_CAPTURES[..]),
        ];
        for (source, listed) in names {
            for name in named(source) {
                assert!(steps().any(|step| step == name), "{name} is not listed");
            }
            for name in listed {
                assert!(named(source).contains(name), "{name} is no name any more");
            }
        }
        for name in &ASKING {
            assert!(
                named(include_str!("saga/step.rs")).contains(name),
                "{name} is no step"
            );
        }
    }

    /// How often the work is done, and what its caller learns.
    async fn tried_with(trial: SharedTrial) -> (usize, &'static str) {
        let times = AtomicUsize::new(0);
        let work = || async {
            times.fetch_add(1, Ordering::Relaxed);
            "done"
        };
        let learnt = tried(&trial, "capture", || "lost", work).await;
        (times.into_inner(), learnt)
    }

    #[tokio::test]
    async fn a_step_fails_or_is_done_twice_before_and_after() {
        use Fault::{Fail, Twice};
        use Moment::{After, Before};
        let cases = [
            (None, (1, "done")),
            (Some((Before, Fail)), (0, "lost")),
            (Some((After, Fail)), (1, "lost")),
            (Some((Before, Twice)), (2, "done")),
            (Some((After, Twice)), (2, "done")),
        ];
        for (wanted, expected) in cases {
            let trial: SharedTrial =
                wanted.map(|(moment, fault)| Arc::new(Wanted(moment, fault)) as Arc<dyn Trial>);
            assert_eq!(tried_with(trial).await, expected, "{wanted:?}");
        }
    }
}
