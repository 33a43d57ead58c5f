//! Mails of what happens when nobody is there: to buyers when an order is placed and not paid soon, or confirmed, when money
//! went back, a parcel left or arrived, units or a whole part will not come or a return was answered; to a shop's owner when
//! one waits for an answer.

mod words;

use crate::error::Error;
use chrono::TimeDelta;
use contracts::identity::Identity;
use contracts::notifications::{Letter, Letters};
use contracts::orders::{
    AsOf, DownloadsReady, OrderConfirmed, OrderPlaced, ParcelDelivered, ReturnChanged, ReturnStatus,
    ReturnUnanswered, SubOrderCancelled, SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::payments::{PaymentRefunded, RefundCameBack};
use contracts::tenants::ShopDesk;
use contracts::{Envelope, Language, PublicEvent};
use kernel::{Ctx, Fault, OrderId, SharedClock, TenantId, Timestamp, UserId, uuid_time};
use orders::Orders;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use store::consumer::{Consumer, UNHURRIED};
use store::jobs::{Job, Queue};
use store::{Db, Tx};
use tokio_util::sync::CancellationToken;

/// What the log tells of, until somebody takes the mail. The key is the event, or the order, so that each is mailed once.
/// Somebody may be out of reach for hours.
const MAILS: Queue = Queue {
    attempts_max: 30,
    ..Queue::new("checkout.mails")
};

/// How long an order may stay unpaid before its buyer is told: who pays at once gets one mail, not two.
const UNPAID_AFTER: TimeDelta = TimeDelta::minutes(3);
/// Days after which it is no news that an order was confirmed: a consumer that hears the whole past tells nobody of it.
const NEWS_DAYS: i64 = 14;

const TOPICS: [&str; 11] = [
    OrderPlaced::TOPIC,
    OrderConfirmed::TOPIC,
    DownloadsReady::TOPIC,
    PaymentRefunded::TOPIC,
    RefundCameBack::TOPIC,
    SubOrderShipped::TOPIC,
    ParcelDelivered::TOPIC,
    SubOrderCancelled::TOPIC,
    SubOrderUnitsCancelled::TOPIC,
    ReturnChanged::TOPIC,
    ReturnUnanswered::TOPIC,
];

/// What somebody is told of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum News {
    Placed(OfOrder),
    Confirmed(OfOrder),
    Ready(DownloadsReady),
    Refunded(PaymentRefunded),
    CameBack(RefundCameBack),
    Sent(SubOrderShipped),
    Arrived(ParcelDelivered),
    PartCancelled(SubOrderCancelled),
    UnitsCancelled(SubOrderUnitsCancelled),
    ReturnAnswered(ReturnChanged),
    /// The one thing that a shop is told.
    ReturnWaits(ReturnUnanswered),
}

/// An order of which all is read when it is told: the event says more than is kept for as long as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct OfOrder {
    order: OrderId,
}

/// Whom a mail is for.
struct Reader {
    user: Option<UserId>,
    name: String,
    to: String,
    language: Language,
}

/// Where a mail leads its reader.
struct OrderLink {
    href: String,
    /// Until when it shows the order to whoever has it; none where they sign in.
    until: Option<Timestamp>,
}

/// What it takes to write to people.
#[derive(Clone)]
pub struct Mails {
    pub db: Db,
    pub orders: Orders,
    pub identity: Arc<dyn Identity>,
    pub letters: Arc<dyn Letters>,
    pub shops: Arc<dyn ShopDesk>,
    /// Where links in mails lead, without a slash at its end.
    pub public_url: String,
}

impl Mails {
    /// Until `stop`.
    pub async fn send(self, clock: SharedClock, stop: CancellationToken) {
        tokio::join!(self.note(clock.clone(), stop.clone()), self.work(clock, stop));
    }

    /// A mail waits for others, and a reader of the log must not: it only notes what is to be mailed.
    async fn note(&self, clock: SharedClock, stop: CancellationToken) {
        let consumer = Consumer {
            pace: UNHURRIED,
            ..Consumer::new(MAILS.name, TOPICS)
        };
        consumer
            .run_batches(&self.db, stop, |tx: &mut Tx, events: &[Envelope]| {
                let now = clock.now();
                Box::pin(note(tx, events, now))
            })
            .await;
    }

    async fn work(&self, clock: SharedClock, stop: CancellationToken) {
        let now = clock.clone();
        MAILS
            .work(&self.db, stop, clock, |job: &Job| {
                let (mails, ctx) = (self.clone(), Ctx::system(MAILS.name, now.now()));
                Box::pin(async move { mails.mail(&ctx, job).await })
            })
            .await;
    }

    async fn mail(&self, ctx: &Ctx, job: &Job) -> Result<(), Error> {
        let news: News = job.read().map_err(unreadable)?;
        let order = self.orders.load(news.order(), AsOf::default()).await?;
        let told = match &news {
            News::Ready(_) => {
                let pass = self.orders.download_pass(ctx, &order).await?;
                words::ready(&order, &format!("{}/downloads/{pass}", self.public_url))
            }
            News::Placed(_) => words::unpaid(&order, &self.link(&order, ctx.now), ctx.now),
            News::Confirmed(_) => Some(words::confirmed(&order, &self.link(&order, ctx.now))),
            news => words::of(&order, news),
        };
        let Some((kind, facts)) = told else {
            return Ok(());
        };
        let reader = match &news {
            News::ReturnWaits(waits) => self.owner_of(ctx, waits.tenant).await?,
            _ => Reader {
                user: order.placed.buyer,
                name: order.placed.address.name.clone(),
                to: order.placed.email.clone(),
                language: order.placed.language,
            },
        };
        let letter = Letter {
            key: job.key.clone().unwrap_or_else(|| job.id.to_string()),
            kind,
            facts: facts.text("name", reader.name),
            user: reader.user,
            to: reader.to,
            language: reader.language,
            // The shop's time to answer runs.
            urgent: matches!(news, News::ReturnWaits(_)),
        };
        self.letters.mail(ctx, letter).await?;
        Ok(())
    }

    fn link(&self, order: &orders::domain::Order, now: Timestamp) -> OrderLink {
        match self.orders.link(order, now) {
            Some((link, until)) => OrderLink {
                href: format!("{}/order-links/{link}", self.public_url),
                until: Some(until),
            },
            None => OrderLink {
                href: format!("{}/orders/{}", self.public_url, order.id),
                until: None,
            },
        }
    }

    async fn owner_of(&self, ctx: &Ctx, shop: TenantId) -> Result<Reader, Error> {
        let dossier = self.shops.dossier(ctx, shop).await?;
        let found = self.identity.users(ctx, vec![dossier.owner]).await?.pop();
        let owner = found.ok_or_else(|| Fault::not_found("user"))?;
        Ok(Reader {
            user: Some(owner.id),
            name: owner.name,
            to: owner.email,
            language: Language::of_country(&dossier.shop.location.country),
        })
    }
}

impl News {
    fn read(event: &Envelope) -> Option<Result<Self, serde_json::Error>> {
        let refunded = event.read().map(|read| read.map(Self::Refunded));
        let placed =
            |read: Result<OrderPlaced, _>| read.map(|news| Self::Placed(OfOrder { order: news.order }));
        let confirmed =
            |read: Result<OrderConfirmed, _>| read.map(|news| Self::Confirmed(OfOrder { order: news.order }));
        refunded
            .or_else(|| event.read().map(placed))
            .or_else(|| event.read().map(confirmed))
            .or_else(|| event.read().map(|read| read.map(Self::CameBack)))
            .or_else(|| event.read().map(|read| read.map(Self::Ready)))
            .or_else(|| event.read().map(|read| read.map(Self::Sent)))
            .or_else(|| event.read().map(|read| read.map(Self::Arrived)))
            .or_else(|| event.read().map(|read| read.map(Self::PartCancelled)))
            .or_else(|| event.read().map(|read| read.map(Self::UnitsCancelled)))
            .or_else(|| event.read().map(|read| read.map(Self::ReturnAnswered)))
            .or_else(|| event.read().map(|read| read.map(Self::ReturnWaits)))
    }

    fn order(&self) -> OrderId {
        match self {
            Self::Placed(news) | Self::Confirmed(news) => news.order,
            Self::Ready(news) => news.order,
            Self::Refunded(news) => news.order,
            Self::CameBack(news) => news.order,
            Self::Sent(news) => news.order,
            Self::Arrived(news) => news.order,
            Self::PartCancelled(news) => news.order,
            Self::UnitsCancelled(news) => news.order,
            Self::ReturnAnswered(news) => news.order,
            Self::ReturnWaits(news) => news.order,
        }
    }

    /// Of returns, what their buyers do themselves needs no mail, and money has its own.
    fn is_told(&self, at: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Placed(_) | Self::Confirmed(_) => now - at < TimeDelta::days(NEWS_DAYS),
            Self::ReturnAnswered(news) => {
                matches!(news.status, ReturnStatus::Authorised | ReturnStatus::Refused)
            }
            _ => true,
        }
    }
}

/// Keeps what is to be mailed, each once: of several events with one key the last.
async fn note(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), sqlx::Error> {
    let mut jobs: Vec<(String, News, Timestamp)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in events {
        let Some(news) = News::read(event) else {
            continue;
        };
        let news = news.map_err(unreadable)?;
        // By the marketplace's own clock, which made its id; the log keeps the database's.
        let at = uuid_time(event.id.0).unwrap_or(event.at);
        if !news.is_told(at, now) {
            continue;
        }
        let (key, due) = match &news {
            // One mail for all shops of an order.
            News::Ready(ready) => (format!("downloads-{}", ready.order), event.at),
            // What still waits to be told as unpaid is told as confirmed instead.
            News::Placed(placed) => (format!("order-{}", placed.order), at + UNPAID_AFTER),
            News::Confirmed(confirmed) => (format!("order-{}", confirmed.order), at),
            _ => (event.id.to_string(), event.at),
        };
        match places.get(&key) {
            Some(&place) => {
                let (_, known, known_due) = &mut jobs[place];
                *known = news;
                *known_due = due.min(*known_due);
            }
            None => {
                places.insert(key.clone(), jobs.len());
                jobs.push((key, news, due));
            }
        }
    }
    if !jobs.is_empty() {
        MAILS.enqueue_each_once(tx, &jobs).await?;
    }
    Ok(())
}

fn unreadable(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
