//! Who carries text messages and pushes.

use crate::providers::given;
use anyhow::Context;
use clap::Args;
use kernel::SharedClock;
use notifications::{PushPort, Sandbox, SmsPort, Twilio, twilio};
use payments::Hidden;
use std::sync::Arc;
use store::Db;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SmsCarrier {
    /// Sends nothing: /dev/messages shows them.
    #[default]
    Sandbox,
    Twilio,
}

#[derive(Args, Clone, Debug)]
pub struct Texting {
    /// Who carries text messages: a sandbox, which keeps them for /dev/messages, or Twilio.
    #[arg(long, env = "STOA_SMS", value_enum, default_value = "sandbox")]
    pub sms: SmsCarrier,
    /// Twilio's account, AC...
    #[arg(long, env = "STOA_TWILIO_ACCOUNT")]
    pub twilio_account: Option<String>,
    /// The account's token.
    #[arg(long, env = "STOA_TWILIO_TOKEN", hide_env_values = true)]
    pub twilio_token: Option<Hidden>,
    /// The number that text messages come from, such as +15005550006, or a messaging service, MG...
    #[arg(long, env = "STOA_TWILIO_FROM")]
    pub twilio_from: Option<String>,
    #[arg(long, env = "STOA_TWILIO_URL", default_value = twilio::BASE, hide = true)]
    pub twilio_url: String,
}

impl Default for Texting {
    /// The sandbox.
    fn default() -> Self {
        Self {
            sms: SmsCarrier::Sandbox,
            twilio_account: None,
            twilio_token: None,
            twilio_from: None,
            twilio_url: twilio::BASE.to_owned(),
        }
    }
}

impl Texting {
    pub fn sms(&self, db: &Db, clock: &SharedClock) -> anyhow::Result<Arc<dyn SmsPort>> {
        let carrier: Arc<dyn SmsPort> = match self.sms {
            SmsCarrier::Sandbox => Arc::new(Sandbox::new(db.clone())),
            SmsCarrier::Twilio => Arc::new(self.twilio(clock).context("--sms twilio")?),
        };
        Ok(carrier)
    }

    /// Pushes have no carrier yet but the sandbox.
    pub fn push(db: &Db) -> Arc<dyn PushPort> {
        Arc::new(Sandbox::new(db.clone()))
    }

    fn twilio(&self, clock: &SharedClock) -> anyhow::Result<Twilio> {
        let config = twilio::Config {
            base: self.twilio_url.clone(),
            account: given(&self.twilio_account, "twilio-account")?,
            token: given(&self.twilio_token, "twilio-token")?,
            from: given(&self.twilio_from, "twilio-from")?,
        };
        Twilio::new(&config, clock.clone()).map_err(anyhow::Error::msg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_without_credentials_is_refused_by_what_is_missing() {
        let texting = Texting {
            twilio_account: Some("AC0123".to_owned()),
            ..Texting::default()
        };
        let clock: SharedClock = Arc::new(kernel::SystemClock);
        let error = texting.twilio(&clock).map(drop).expect_err("no token");
        assert!(error.to_string().contains("--twilio-token"), "{error}");
    }
}
