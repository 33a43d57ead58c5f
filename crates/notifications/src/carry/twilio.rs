//! Twilio's Messages API, version 2010-04-01: <https://www.twilio.com/docs/messaging/api/message-resource>.
//!
//! A form is posted under the account's credentials; a message that is taken is answered with 201. A refusal is JSON with a
//! `code` of <https://www.twilio.com/docs/api/errors>. There is no idempotency key: what is asked again after a lost answer
//! may arrive twice.

use super::{Carried, Sms, SmsPort};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use kernel::SharedClock;
use serde::Deserialize;
use std::time::Duration;
use wire::{Hidden, Line, NoAnswer, Said};

const NAME: &str = "twilio";
pub const BASE: &str = "https://api.twilio.com";
/// Bytes of an answer; Twilio's are about a KiB.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(8);
/// Codes by which nothing is to be sent to a number again: no number, not in use, no mobile, answered STOP.
const GONE: [i64; 5] = [21_211, 21_214, 21_610, 21_614, 21_635];
/// Codes by which the sender is at fault: none is named, it sends no text messages, or it is not the account's.
const OF_SENDER: [i64; 4] = [21_603, 21_606, 21_659, 21_660];

/// How this marketplace is known to Twilio.
#[derive(Clone, Debug)]
pub struct Config {
    pub base: String,
    /// `AC...`
    pub account: String,
    pub token: Hidden,
    /// A number of the account's, in E.164, or a messaging service (`MG...`).
    pub from: String,
}

#[derive(Clone)]
pub struct Twilio {
    line: Line,
    path: String,
    credentials: Hidden,
    from: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

impl Twilio {
    pub fn new(config: &Config, clock: SharedClock) -> Result<Self, String> {
        let account = &config.account;
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("the account of Twilio begins with AC and has letters and digits only".to_owned());
        }
        let credentials = STANDARD.encode(format!("{account}:{}", config.token.reveal()));
        Ok(Self {
            line: Line::new(NAME, &config.base, TIMEOUT, ANSWER_BYTES_MAX, clock)?,
            path: format!("/2010-04-01/Accounts/{account}/Messages.json"),
            credentials: Hidden::new(credentials),
            from: config.from.clone(),
        })
    }

    async fn post(&self, sms: &Sms) -> Result<Said, NoAnswer> {
        let from = match self.from.starts_with("MG") {
            true => "MessagingServiceSid",
            false => "From",
        };
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("To", &sms.to)
            .append_pair(from, &self.from)
            .append_pair("Body", &sms.text)
            .finish();
        let request = self
            .line
            .post(&self.path)
            .header("authorization", format!("Basic {}", self.credentials.reveal()))
            .header("content-type", "application/x-www-form-urlencoded");
        self.line.send(request, body.into()).await
    }
}

/// What an answer means.
fn carried(status: u16, body: &[u8]) -> Carried {
    let refusal = || {
        serde_json::from_slice::<Refusal>(body).unwrap_or(Refusal {
            code: 0,
            message: String::new(),
        })
    };
    match status {
        200..=299 => Carried::Taken,
        429 => Carried::Busy("Twilio has too much to do".to_owned()),
        500..=599 => Carried::Unknown(format!("Twilio answered {status}")),
        _ => {
            let Refusal { code, message } = refusal();
            let said = format!("Twilio answered {status}, code {code}: {message}");
            match status {
                _ if GONE.contains(&code) => Carried::Gone(said),
                // The operator's to mend: the credentials, the account, or the number that it sends from.
                401 | 403 | 404 => Carried::Busy(said),
                _ if OF_SENDER.contains(&code) => Carried::Busy(said),
                _ => Carried::Refused(said),
            }
        }
    }
}

impl SmsPort for Twilio {
    fn text(&self, sms: Sms) -> BoxFuture<'_, Carried> {
        Box::pin(async move {
            match self.post(&sms).await {
                Ok(said) => carried(said.status.as_u16(), &said.body),
                Err(NoAnswer::Resting) => Carried::Busy(NoAnswer::Resting.to_string()),
                Err(NoAnswer::Request(why)) => Carried::Refused(why),
                Err(silence @ NoAnswer::Silence(_)) => Carried::Unknown(silence.to_string()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_the_contract_says() {
        let taken = br#"{"sid": "SM00000000000000000000000000000001", "status": "queued"}"#;
        assert_eq!(carried(201, taken), Carried::Taken);
        let refusal = |code: i64| {
            format!(r#"{{"code": {code}, "message": "The number", "more_info": "", "status": 400}}"#)
        };
        for code in GONE {
            let found = carried(400, refusal(code).as_bytes());
            assert!(matches!(found, Carried::Gone(_)), "{code}: {found:?}");
        }
        for (status, body) in [(400, refusal(21_408)), (400, String::new())] {
            let found = carried(status, body.as_bytes());
            assert!(matches!(found, Carried::Refused(_)), "{status}: {found:?}");
        }
        for (status, body) in [
            (400, refusal(21_606)),
            (401, refusal(20_003)),
            (403, refusal(20_005)),
            (404, String::new()),
        ] {
            let found = carried(status, body.as_bytes());
            assert!(matches!(found, Carried::Busy(_)), "{status}: {found:?}");
        }
        assert!(matches!(carried(429, b"{}"), Carried::Busy(_)));
        assert!(matches!(carried(503, b"<html>"), Carried::Unknown(_)));
    }

    #[test]
    fn an_account_that_is_none_is_refused() {
        let clock: SharedClock = std::sync::Arc::new(kernel::SystemClock);
        let made = |account: &str| {
            let config = Config {
                base: BASE.to_owned(),
                account: account.to_owned(),
                token: Hidden::new("secret"),
                from: "+15005550006".to_owned(),
            };
            Twilio::new(&config, clock.clone()).map(drop)
        };
        assert!(made("AC0123").is_ok());
        assert!(made("").is_err());
        assert!(made("AC/../x").is_err());
    }
}
