//! The built-in carrier: keeps what it is given where `/dev/messages` shows it, sends nothing, and fails as numbers and tokens
//! say.

use super::{Carried, Push, PushPort, Sms, SmsPort};
use crate::store::kept::{self, Kept};
use ::store::Db;
use contracts::notifications::MessageChannel;
use futures::future::BoxFuture;

/// | address | behaviour |
/// |---|---|
/// | `+15005550001` | refused: no such number |
/// | `+15005550002` | taken, but the answer is lost |
/// | `+15005550003` | gone, but for codes: its owner answers STOP to all else |
/// | `+15005550004` | too much to do |
/// | token `sandbox:gone` | gone: the program was removed |
/// | token `sandbox:refused` | refused |
/// | token `sandbox:timeout` | taken, but the answer is lost |
/// | token `sandbox:busy` | too much to do |
///
/// All others are taken. The same key is kept once.
#[derive(Clone)]
pub struct Sandbox {
    db: Db,
}

/// How keys of codes begin.
pub(crate) const CODE_KEY: &str = "code ";

impl Sandbox {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    async fn keep(&self, message: Kept<'_>, then: Carried) -> Carried {
        match kept::keep(self.db.pool(), &message).await {
            Ok(()) => then,
            Err(error) => Carried::Unknown(format!("the sandbox cannot keep it: {error}")),
        }
    }
}

impl SmsPort for Sandbox {
    fn text(&self, sms: Sms) -> BoxFuture<'_, Carried> {
        Box::pin(async move {
            let then = match sms.to.as_str() {
                "+15005550001" => return Carried::Refused("no such number".to_owned()),
                "+15005550002" => Carried::Unknown("the answer is lost".to_owned()),
                "+15005550003" if !sms.key.starts_with(CODE_KEY) => {
                    return Carried::Gone("its owner answered STOP".to_owned());
                }
                "+15005550004" => return Carried::Busy("too much to do".to_owned()),
                _ => Carried::Taken,
            };
            let message = Kept {
                key: &sms.key,
                channel: MessageChannel::Sms,
                address: &sms.to,
                title: "",
                text: &sms.text,
                href: "",
                at: sms.at,
            };
            self.keep(message, then).await
        })
    }
}

impl PushPort for Sandbox {
    fn push(&self, push: Push) -> BoxFuture<'_, Carried> {
        Box::pin(async move {
            let then = match push.token.as_str() {
                "sandbox:gone" => return Carried::Gone("the program was removed".to_owned()),
                "sandbox:refused" => return Carried::Refused("it is not taken".to_owned()),
                "sandbox:timeout" => Carried::Unknown("the answer is lost".to_owned()),
                "sandbox:busy" => return Carried::Busy("too much to do".to_owned()),
                _ => Carried::Taken,
            };
            let message = Kept {
                key: &push.key,
                channel: MessageChannel::Push,
                address: &push.token,
                title: &push.title,
                text: &push.text,
                href: &push.href,
                at: push.at,
            };
            self.keep(message, then).await
        })
    }
}
