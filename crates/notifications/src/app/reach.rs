//! People say where text messages and pushes reach them.

use super::Notices;
use super::wishes::refused;
use crate::carry::{CODE_KEY, Carried, Sms};
use crate::domain::{phone, words};
use crate::error::Error;
use crate::store::{kept, reach};
use ::store::Scope;
use chrono::TimeDelta;
use contracts::notifications::{Device, KeptMessage, NewDevice, NewPhone, Phone, Ways};
use kernel::{Ctx, DeviceId, Fault, Timestamp, UserId, uuid_at};
use uuid::Uuid;

/// Minutes for which a code is good.
const CODE_MINUTES: i64 = 10;
/// How often a code may be typed.
const TRIES_MAX: i16 = 5;
/// Codes of one person in an hour.
const CODES_AN_HOUR: i64 = 3;
/// Codes to one number in a day, whoever asks for them: each costs, and wakes somebody.
const CODES_A_DAY: i64 = 5;
/// Codes of all together in an hour: whoever opens many accounts buys no more than these.
const CODES_OF_ALL_AN_HOUR: i64 = 500;
const DEVICES_MAX: i64 = 20;
const TOKEN_CHARS_MAX: usize = 2_000;
const NAME_CHARS_MAX: usize = 80;
const KEPT_MAX: u16 = 100;

fn trimmed(field: &'static str, text: &str, most: usize) -> Result<String, Error> {
    let text = text.trim();
    let is_fit = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    is_fit.then(|| text.to_owned()).ok_or_else(|| {
        refused(
            "field_invalid",
            field,
            format!("Write 1 to {most} characters, in one line."),
        )
    })
}

fn too_many(limit: &'static str, wait: TimeDelta) -> Error {
    Error::TooManyCodes {
        limit,
        retry_after_s: u32::try_from(wait.num_seconds()).unwrap_or(u32::MAX),
    }
}

impl Notices {
    pub async fn ways(&self, ctx: &Ctx, user: UserId) -> Result<Ways, Error> {
        Ok(Ways {
            phone: self.phone(user, ctx.now).await?,
            devices: reach::devices(self.db().pool(), user).await?,
        })
    }

    async fn phone(&self, user: UserId, now: Timestamp) -> Result<Phone, Error> {
        let (number, waiting) = reach::phone(self.db().pool(), user, now, TRIES_MAX).await?;
        Ok(Phone { number, waiting })
    }

    /// Sends a code to a number. The carrier is asked when all is written, and nothing is locked.
    pub async fn give_phone(&self, ctx: &Ctx, user: UserId, given: &NewPhone) -> Result<Phone, Error> {
        if !given.email_verified {
            return Err(Error::EmailUnverified);
        }
        let language = given.language;
        let number = phone::read(&given.number).ok_or_else(|| {
            refused(
                "number_invalid",
                "/number",
                "Write the number with its country's, such as +34 600 00 00 00.",
            )
        })?;
        let (id, code) = (uuid_at(ctx.now), phone::code());
        let new = reach::NewCode {
            id,
            user,
            number: &number,
            language,
            sealed: &phone::seal(self.key(), id, &code),
            at: ctx.now,
            until: ctx.now + TimeDelta::minutes(CODE_MINUTES),
        };
        self.write_code(&new).await?;
        let value = |place: &str| match place {
            "code" => code.clone(),
            "minutes" => CODE_MINUTES.to_string(),
            _ => self.host().to_owned(),
        };
        let sms = Sms {
            key: format!("{CODE_KEY}{id}"),
            to: number,
            text: words::fill(words::sms_code(language), value),
            at: ctx.now,
        };
        match self.sms().text(sms).await {
            Carried::Taken => {}
            // It may be on its way; who gets none asks for another.
            Carried::Unknown(why) => tracing::warn!(%why, "it is not known whether a code was sent"),
            Carried::Refused(why) | Carried::Gone(why) => {
                tracing::info!(%why, "a number takes no codes");
                self.end_codes(user, ctx.now).await?;
                return Err(refused(
                    "number_refused",
                    "/number",
                    "No text message can be sent to this number. Name a mobile telephone's.",
                ));
            }
            Carried::Busy(why) => {
                tracing::warn!(%why, "a code could not be sent");
                self.drop_code(id).await?;
                return Err(Fault::unavailable("The sender of text messages").into());
            }
        }
        self.phone(user, ctx.now).await
    }

    async fn write_code(&self, code: &reach::NewCode<'_>) -> Result<(), Error> {
        let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
        let mut tx = self.db().begin(Scope::System).await?;
        reach::lock(&mut tx, code.user, code.number).await?;
        let sent = reach::codes_sent(&mut tx, code, code.at - hour, code.at - day).await?;
        if sent.of_user >= CODES_AN_HOUR {
            return Err(too_many("three an hour", hour));
        }
        if sent.to_number >= CODES_A_DAY {
            return Err(too_many("five a day to one number", day));
        }
        if sent.of_all >= CODES_OF_ALL_AN_HOUR {
            tracing::warn!(sent = sent.of_all, "no more codes are sent in this hour");
            return Err(too_many("some hundreds an hour of all people together", hour));
        }
        reach::write_code(&mut tx, code).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Nothing was sent: it does not count.
    async fn drop_code(&self, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        reach::drop_code(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_codes(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        reach::end_codes(&mut tx, user, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes the code, once. A wrong one counts.
    pub async fn verify_phone(&self, ctx: &Ctx, user: UserId, code: &str) -> Result<Phone, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let row = reach::try_code(&mut tx, user, ctx.now, TRIES_MAX).await?;
        let is_right = row
            .as_ref()
            .is_some_and(|row| phone::opens(self.key(), row.id, code, &row.sealed));
        if let Some(row) = row.as_ref().filter(|_| is_right) {
            reach::verified(&mut tx, row.id, ctx.now).await?;
        }
        tx.commit().await?;
        match row {
            None => Err(refused(
                "phone_code_over",
                "/code",
                "No code waits for you: it is used, too old, or was mistyped too often. Ask for another.",
            )),
            Some(_) if !is_right => Err(refused(
                "phone_code_wrong",
                "/code",
                "This is not the code. Look at the latest text message.",
            )),
            Some(_) => self.phone(user, ctx.now).await,
        }
    }

    pub async fn drop_phone(&self, ctx: &Ctx, user: UserId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        reach::drop_phone(&mut tx, user).await?;
        reach::end_codes(&mut tx, user, ctx.now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn add_device(&self, ctx: &Ctx, user: UserId, device: NewDevice) -> Result<Device, Error> {
        let device = NewDevice {
            token: trimmed("/token", &device.token, TOKEN_CHARS_MAX)?,
            name: trimmed("/name", &device.name, NAME_CHARS_MAX)?,
            ..device
        };
        if !device.token.is_ascii() {
            return Err(refused(
                "field_invalid",
                "/token",
                "A token has ASCII characters only. Pass it as the push service gave it.",
            ));
        }
        let mut tx = self.db().begin(Scope::System).await?;
        let added = reach::add_device(&mut tx, user, &device, ctx.now).await?;
        reach::keep_devices(&mut tx, user, added.id, DEVICES_MAX).await?;
        tx.commit().await?;
        Ok(added)
    }

    pub async fn drop_device(&self, user: UserId, device: DeviceId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let dropped = reach::drop_device(&mut tx, user, device).await?;
        tx.commit().await?;
        dropped.then_some(()).ok_or(Error::NoDevice)
    }

    pub async fn kept_messages(&self, to: Option<String>, limit: u16) -> Result<Vec<KeptMessage>, Error> {
        let to = to.map(|to| to.trim().to_owned()).filter(|to| !to.is_empty());
        let limit = i64::from(limit.clamp(1, KEPT_MAX));
        Ok(kept::list(self.db().pool(), to.as_deref(), limit).await?)
    }

    /// What the marketplace is called in a text message.
    fn host(&self) -> &str {
        let url = self.public_url();
        url.split_once("://").map_or(url, |(_, host)| host)
    }
}
