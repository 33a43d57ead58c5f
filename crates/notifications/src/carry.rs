//! The ports to whoever carries text messages and pushes.

mod sandbox;
pub mod twilio;

pub(crate) use sandbox::CODE_KEY;
pub use sandbox::Sandbox;
pub use twilio::Twilio;

use contracts::notifications::DevicePlatform;
use futures::future::BoxFuture;
use kernel::Timestamp;

/// A text message to one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// The same key is the same message, where a carrier can tell.
    pub key: String,
    /// In E.164, such as `+34600000000`.
    pub to: String,
    pub text: String,
    pub at: Timestamp,
}

/// A push to one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    pub key: String,
    pub platform: DevicePlatform,
    pub token: String,
    pub title: String,
    pub text: String,
    /// The page that it opens.
    pub href: String,
    pub at: Timestamp,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    Taken,
    /// Nobody is there any more, or they forbade it: nothing is to be sent there again.
    Gone(String),
    /// It is not taken as it is.
    Refused(String),
    /// Certainly not taken, and not for what it is: there is too much to do, or this marketplace's account is not in order.
    Busy(String),
    /// No answer: it may be on its way.
    Unknown(String),
}

/// Carries text messages.
pub trait SmsPort: Send + Sync + 'static {
    fn text(&self, sms: Sms) -> BoxFuture<'_, Carried>;
}

/// Carries pushes.
pub trait PushPort: Send + Sync + 'static {
    fn push(&self, push: Push) -> BoxFuture<'_, Carried>;
}
