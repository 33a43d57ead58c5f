//! People say what they want to be told, in which way and when.

use super::Notices;
use crate::domain::link;
use crate::error::Error;
use crate::store::{reach, wishes};
use ::store::Scope;
use contracts::notifications::{NoticeSettings, NoticeTopic, QuietHours, Subscription, TopicChoice};
use kernel::{TenantId, UserId};

const IN_APP: &str = "in_app";
const EMAIL: &str = "email";
const PUSH: &str = "push";
/// Of whoever has not said where they are.
const USUAL_ZONE: &str = "UTC";
const ZONE_CHARS_MAX: usize = 64;
const MINUTES_OF_AN_HOUR: i16 = 60;

pub(super) fn refused(code: &'static str, field: &'static str, detail: impl Into<String>) -> Error {
    Error::Field {
        code,
        field,
        detail: detail.into(),
    }
}

/// Whether a choice turns off what is always told.
fn drops_what_is_due(choice: &TopicChoice) -> bool {
    let turns_off = [choice.sms, choice.push].contains(&Some(false));
    let TopicChoice {
        topic, in_app, email, ..
    } = *choice;
    (topic.is_required() && !(in_app && email)) || (topic.is_alert() && turns_off)
}

/// `22:30` as minutes of the day.
fn minute(field: &'static str, text: &str) -> Result<i16, Error> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let (hour, minute): (i16, i16) = (digits(hour) && digits(minute))
            .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))
            .flatten()?;
        (hour < 24 && minute < MINUTES_OF_AN_HOUR).then_some(hour * MINUTES_OF_AN_HOUR + minute)
    };
    read().ok_or_else(|| refused("time_invalid", field, "Write a time of the day such as 22:00."))
}

fn clock(minute: i16) -> String {
    format!(
        "{:02}:{:02}",
        minute / MINUTES_OF_AN_HOUR,
        minute % MINUTES_OF_AN_HOUR
    )
}

impl Notices {
    /// How somebody wants to be told. At a shop where they work, text messages are of what it is told, and all else is the
    /// same for all that they are.
    pub async fn settings(&self, user: UserId, shop: Option<TenantId>) -> Result<NoticeSettings, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let in_app = wishes::declined(&mut *tx, user, IN_APP).await?;
        let email = wishes::declined(&mut *tx, user, EMAIL).await?;
        let push = wishes::declined(&mut *tx, user, PUSH).await?;
        let texted = match shop {
            Some(shop) => reach::texted_in(&mut *tx, user, shop).await?,
            None => reach::texted(&mut *tx, user).await?,
        };
        let rhythm = wishes::rhythm(&mut *tx, user).await?;
        tx.commit().await?;
        let wants = |declined: &[String], topic: NoticeTopic| {
            topic.is_required() || !declined.iter().any(|name| name == topic.name())
        };
        let topics = NoticeTopic::ALL.into_iter().map(|topic| TopicChoice {
            topic,
            in_app: wants(&in_app, topic),
            email: wants(&email, topic),
            sms: Some(topic.is_alert() || texted.iter().any(|name| name == topic.name())),
            push: Some(topic.is_alert() || !push.iter().any(|name| name == topic.name())),
        });
        let quiet = rhythm.as_ref().and_then(|rhythm| {
            Some(QuietHours {
                from: clock(rhythm.quiet_from?),
                until: clock(rhythm.quiet_until?),
            })
        });
        Ok(NoticeSettings {
            topics: topics.collect(),
            time_zone: rhythm.map_or_else(|| USUAL_ZONE.to_owned(), |rhythm| rhythm.time_zone),
            quiet,
        })
    }

    pub async fn change_settings(
        &self,
        user: UserId,
        shop: Option<TenantId>,
        change: NoticeSettings,
    ) -> Result<NoticeSettings, Error> {
        if change.topics.iter().any(drops_what_is_due) {
            return Err(refused(
                "topic_required",
                "/topics",
                "Orders and what concerns the safety of an account are always told. Leave them as they are.",
            ));
        }
        if change.topics.len() > NoticeTopic::ALL.len() {
            return Err(refused("too_many", "/topics", "Name each topic once."));
        }
        let quiet = match &change.quiet {
            Some(quiet) => {
                let (from, until) = (
                    minute("/quiet/from", &quiet.from)?,
                    minute("/quiet/until", &quiet.until)?,
                );
                if from == until {
                    return Err(refused(
                        "quiet_hours_empty",
                        "/quiet/until",
                        "Quiet hours end at another time than they begin.",
                    ));
                }
                Some((from, until))
            }
            None => None,
        };
        let zone = change.time_zone.trim();
        // What is no name of the IANA's, PostgreSQL may know all the same.
        let is_name = zone == USUAL_ZONE
            || (zone.len() <= ZONE_CHARS_MAX && zone.contains('/') && !zone.starts_with("posix"));
        let mut tx = self.db().begin(Scope::System).await?;
        if !is_name || !wishes::is_time_zone(&mut *tx, zone).await? {
            return Err(refused(
                "time_zone_unknown",
                "/time_zone",
                "Name a time zone of the IANA's database, such as Europe/Madrid.",
            ));
        }
        let choices = |wanted: fn(&TopicChoice) -> bool| -> Vec<(NoticeTopic, bool)> {
            change
                .topics
                .iter()
                .map(|choice| (choice.topic, wanted(choice)))
                .collect()
        };
        wishes::choose(&mut tx, user, IN_APP, &choices(|choice| choice.in_app)).await?;
        wishes::choose(&mut tx, user, EMAIL, &choices(|choice| choice.email)).await?;
        let said = |wanted: fn(&TopicChoice) -> Option<bool>| -> Vec<(NoticeTopic, bool)> {
            let said = change.topics.iter();
            said.filter_map(|choice| Some((choice.topic, wanted(choice)?)))
                .collect()
        };
        let texts = said(|choice| choice.sms);
        match shop {
            Some(shop) => reach::text_in(&mut tx, user, shop, &texts).await?,
            None => reach::text(&mut tx, user, &texts).await?,
        }
        wishes::choose(&mut tx, user, PUSH, &said(|choice| choice.push)).await?;
        wishes::set_rhythm(&mut tx, user, zone, quiet).await?;
        tx.commit().await?;
        self.settings(user, shop).await
    }

    pub async fn subscription(&self, token: &str) -> Result<Subscription, Error> {
        let (user, topic) = self.linked(token)?;
        let declined = wishes::declined(self.db().pool(), user, EMAIL).await?;
        Ok(Subscription {
            topic,
            email: topic.is_required() || !declined.iter().any(|name| name == topic.name()),
        })
    }

    /// Whether mails of the link's topic come from now on.
    pub async fn subscribe(&self, token: &str, email: bool) -> Result<Subscription, Error> {
        let (user, topic) = self.linked(token)?;
        if !topic.is_required() {
            let mut tx = self.db().begin(Scope::System).await?;
            wishes::choose(&mut tx, user, EMAIL, &[(topic, email)]).await?;
            tx.commit().await?;
        }
        self.subscription(token).await
    }

    fn linked(&self, token: &str) -> Result<(UserId, NoticeTopic), Error> {
        link::open(self.key(), token).ok_or(Error::NoLink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day_are_read_as_clocks_show_them() {
        for (text, minutes) in [("00:00", 0), ("07:05", 425), ("23:59", 1_439)] {
            assert_eq!(minute("/quiet/from", text).ok(), Some(minutes));
            assert_eq!(clock(minutes), text);
        }
        for text in ["", "7:05", "24:00", "12:60", "+1:00", "12", "12:000", "１2:00"] {
            assert!(minute("/quiet/from", text).is_err(), "{text}");
        }
    }
}
