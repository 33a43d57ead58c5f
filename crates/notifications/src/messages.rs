//! Text messages and pushes: persons are told in these ways too, and a shop's staff by text message, if they want to be, when
//! they want to be.

use crate::app::{self, Notices};
use crate::carry::{Carried, Push, Sms};
use crate::domain::facts::Facts;
use crate::domain::words;
use crate::error::Error;
use crate::store::{self, NoticeRow, reach, wishes};
use ::store::jobs::{Job, Queue};
use ::store::{Scope, jobs};
use contracts::Language;
use contracts::notifications::{DevicePlatform, Notice, NoticeKind, NoticeReader};
use kernel::{Ctx, DeviceId, EventId, SharedClock, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The attempts go on for about half an hour: what is older is no news on a telephone.
const MESSAGES: Queue = Queue {
    attempts_max: 12,
    ..Queue::new("notifications.messages")
};

/// How often a text message is tried whose answers do not come: it may arrive each time, and each costs. Pushes of one key are
/// one push on their device.
const UNKNOWN_TEXTS_MAX: i32 = 2;

/// What a person was told, as it was kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct News {
    pub user: UserId,
    pub id: EventId,
    pub kind: NoticeKind,
    pub facts: Facts,
    pub at: Timestamp,
}

/// News on their way to a telephone or a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    news: News,
    /// None of a text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
    /// The shop that was told, of a message to one of its staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    /// Quiet hours are waited for once.
    #[serde(default)]
    waited: bool,
}

impl Message {
    fn key(&self) -> String {
        match (self.device, self.shop) {
            (Some(device), _) => format!("{} {device}", self.news.id),
            // Several of its staff are told of the same.
            (None, Some(_)) => format!("{} sms {}", self.news.id, self.news.user),
            (None, None) => format!("{} sms", self.news.id),
        }
    }
}

/// Keeps messages for those of the persons who have a telephone or devices, with what they are told of.
pub async fn enqueue(conn: &mut PgConnection, news: &[News], now: Timestamp) -> Result<(), Error> {
    if news.is_empty() {
        return Ok(());
    }
    let users: Vec<Uuid> = news.iter().map(|news| news.user.0).collect();
    let ways = reach::ways(conn, &users).await?;
    let mut messages = Vec::new();
    for news in news {
        let own = ways.iter().filter(|way| way.user_id == news.user);
        messages.extend(own.map(|way| Message {
            news: news.clone(),
            device: way.device,
            shop: None,
            waited: false,
        }));
    }
    if !messages.is_empty() {
        MESSAGES.enqueue_all(conn, &messages, now).await?;
    }
    Ok(())
}

/// Keeps text messages for those of shops' staff who want them.
pub async fn enqueue_for_staff(
    conn: &mut PgConnection,
    news: Vec<(TenantId, News)>,
    now: Timestamp,
) -> Result<(), Error> {
    if news.is_empty() {
        return Ok(());
    }
    let texts = news.into_iter().map(|(shop, news)| Message {
        news,
        device: None,
        shop: Some(shop),
        waited: false,
    });
    let texts: Vec<Message> = texts.collect();
    MESSAGES.enqueue_all(conn, &texts, now).await?;
    Ok(())
}

impl Notices {
    /// In the attempt of this number, the first being 1.
    async fn send_message(&self, ctx: &Ctx, message: Message, attempt: i32) -> Result<(), Error> {
        let (user, topic) = (message.news.user, message.news.kind.topic());
        let found = match message.shop {
            Some(shop) => reach::staff_target(self.db().pool(), user, shop, topic).await?,
            None => reach::target(self.db().pool(), user, message.device, topic).await?,
        };
        let Some(target) = found.filter(|target| target.wanted || topic.is_alert()) else {
            return Ok(());
        };
        let Some(reader) = self.reader(ctx, &message).await? else {
            return Ok(());
        };
        if !topic.is_alert() {
            let mut tx = self.db().begin(app::scope(reader)).await?;
            let is_news = store::is_unread(&mut tx, app::recipient(reader), message.news.id).await?;
            tx.commit().await?;
            // They have read it, or something newer was told in its place.
            if !is_news {
                return Ok(());
            }
            let wish = wishes::wish(self.db().pool(), user, topic, ctx.now).await?;
            if let Some(until) = wish.quiet_until.filter(|_| !message.waited) {
                return self.wait(message, until).await;
            }
        }
        let language = language(&target.language);
        let Some(told) = self.message_told(ctx, &message.news, reader, language).await? else {
            return Ok(());
        };
        let whose = match reader {
            NoticeReader::Person { .. } => "account",
            NoticeReader::Staff { .. } => "seller",
        };
        let link = format!("{}/{whose}/notifications/{}", self.public_url(), told.id);
        let platform = target.platform.as_deref().and_then(DevicePlatform::named);
        let (key, address) = (message.key(), target.address.clone());
        let carried = match platform {
            Some(platform) => {
                let push = Push {
                    key,
                    platform,
                    token: address,
                    title: told.title,
                    text: told.text,
                    href: link,
                    at: ctx.now,
                };
                self.push().push(push).await
            }
            None => {
                let value = |place: &str| match place {
                    "title" => told.title.clone(),
                    _ => link.clone(),
                };
                let sms = Sms {
                    key,
                    to: address,
                    text: words::fill(words::sms_notice(language), value),
                    at: ctx.now,
                };
                self.sms().text(sms).await
            }
        };
        self.settle(&message, &target.address, carried, attempt).await
    }

    /// As whom it is read: none who works there no more, or whose work it is not.
    async fn reader(&self, ctx: &Ctx, message: &Message) -> Result<Option<NoticeReader>, Error> {
        let (user, topic) = (message.news.user, message.news.kind.topic());
        let Some(tenant) = message.shop else {
            return Ok(Some(NoticeReader::Person { user }));
        };
        let staff = self.staff().staff(ctx, tenant).await?;
        let member = staff.iter().find(|member| member.user == user);
        let reader = member.map(|member| NoticeReader::Staff {
            user,
            tenant,
            role: member.role,
        });
        let is_work = |reader: &NoticeReader| {
            let hidden = app::not_their_work(*reader);
            !hidden.iter().any(|name| name == topic.name())
        };
        Ok(reader.filter(is_work))
    }

    /// What it says now, in words.
    async fn message_told(
        &self,
        ctx: &Ctx,
        news: &News,
        reader: NoticeReader,
        language: Language,
    ) -> Result<Option<Notice>, Error> {
        let row = NoticeRow {
            id: news.id,
            kind: news.kind.name().to_owned(),
            facts: Json(news.facts.clone()),
            at: news.at,
            read_at: None,
        };
        Ok(self.told(ctx, reader, language, vec![row]).await?.pop())
    }

    /// Keeps it until quiet hours end. Asked twice, it is kept once.
    async fn wait(&self, message: Message, until: Timestamp) -> Result<(), Error> {
        let (key, message) = (
            message.key(),
            Message {
                waited: true,
                ..message
            },
        );
        let mut tx = self.db().begin(Scope::System).await?;
        MESSAGES.enqueue_once(&mut tx, &key, &message, until).await?;
        tx.commit().await?;
        jobs::wake();
        Ok(())
    }

    /// Where nobody is any more, nothing is sent again; what was not taken is tried again.
    async fn settle(
        &self,
        message: &Message,
        address: &str,
        carried: Carried,
        attempt: i32,
    ) -> Result<(), Error> {
        match carried {
            Carried::Taken => Ok(()),
            Carried::Gone(why) => {
                tracing::info!(%why, "a telephone or device is gone, and forgotten");
                let user = message.news.user;
                let mut tx = self.db().begin(Scope::System).await?;
                match message.device {
                    Some(device) => {
                        reach::drop_device(&mut tx, user, device).await?;
                    }
                    None => reach::drop_number(&mut tx, user, address).await?,
                }
                tx.commit().await?;
                Ok(())
            }
            Carried::Unknown(why) if message.device.is_none() && attempt >= UNKNOWN_TEXTS_MAX => {
                tracing::warn!(%why, attempt, "it is not known whether a text message was sent; it is not sent again");
                Ok(())
            }
            Carried::Refused(why) | Carried::Busy(why) | Carried::Unknown(why) => Err(Error::Carrier(why)),
        }
    }
}

/// As it was kept by its code.
fn language(code: &str) -> Language {
    match code {
        "es" => Language::Es,
        _ => Language::En,
    }
}

/// Sends text messages and pushes, until `stop`.
pub async fn send(notices: Notices, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    MESSAGES
        .work(notices.db(), stop, clock, |job: &Job| {
            let (notices, ctx) = (notices.clone(), Ctx::system(MESSAGES.name, now.now()));
            Box::pin(async move { notices.send_message(&ctx, job.read()?, job.attempts).await })
        })
        .await;
}
