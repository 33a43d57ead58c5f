//! The port to a tax service elsewhere. It says at which rate things are taxed; amounts are worked out here, so that they
//! add up whoever says the rate. It is asked before the till, never in a transaction, and where it is silent the table
//! answers in its place.

use crate::domain::{Assessed, Place};
use kernel::{Currency, Timestamp};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// How long somebody with a basket waits for a tax service.
pub const PATIENCE: Duration = Duration::from_millis(800);
/// Seconds for which one that did not answer is left alone.
pub const REST_S: i64 = 30;

/// What is to be taxed.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub at: Timestamp,
    pub currency: Currency,
    pub lines: Vec<Asked<'a>>,
}

/// One thing that is to be taxed.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub to: Place<'a>,
    pub category: &'a str,
    /// What is asked for it, after discounts. Minor units.
    pub amount: i64,
    /// Whether the tax is in that.
    pub included: bool,
}

/// A tax service did not answer, or not in a way that can be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tax service does not answer: {0}")]
pub struct Silent(pub String);

/// One for each thing that was asked about, in the same order; none where nothing is due.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<Option<Assessed>>, Silent>> + Send + 'a>>;

/// A tax service.
pub trait Provider: Debug + Send + Sync {
    fn name(&self) -> &'static str;
    fn assess<'a>(&'a self, question: &'a Question<'a>) -> Answer<'a>;
}
