//! What buyers and sellers do, each story leading through steps that others do not come to.

use super::cards::{Card, Fate};
use super::desk::ByHand;
use super::returns::Back;
use super::shares::Shares;
use super::stage::{Stage, signed_in};
use crate::{Caller, Guest, Lost, Quote};
use contracts::orders::{Order, SubOrder};
use contracts::payments::CaptureTime;
use kernel::Money;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;
use testkit::{Response, Spot};

const RETRY_PAUSE: Duration = Duration::from_millis(20);
/// Carried by answers that will be others in a moment: too many callers, somebody else at it.
const RETRY_AFTER: &str = "retry-after";
/// More than a hold lasts.
pub(super) const HOLD_OVER: Duration = Duration::from_secs(16 * 60);
/// More than a poll of what waits for a person.
const POLL: Duration = Duration::from_secs(61);
const GATE_PATIENCE: Duration = Duration::from_secs(10);
/// Looks before the time is told: half a second of them.
const LOOKS: u32 = 25;
/// By so much it is moved on then: more than a payment's lease, or the pause before a job's second attempt.
const MOVED_ON: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
pub enum Story {
    /// With this means of payment.
    Buy(&'static str),
    /// The first card is declined, the second is good.
    DeclinedFirst,
    /// The bank wants to hear from the buyer, who confirms and does not come back to say so.
    AtTheBank,
    /// And takes another card instead.
    AnotherCard,
    CancelledAtTheBank,
    /// The buyer confirms when the hold has run out.
    TooLate,
    /// The order is cancelled while its money is being taken.
    CancelledMeanwhile,
    NeverPaid,
    CancelledPaid,
    CancelledInPart,
    /// One unit of it.
    CancelledUnits,
    /// A seller gives some of it back, to this means of payment.
    GivenBack(&'static str),
    /// The buyer sends something back.
    SentBack(Back),
    /// A gift card pays of it.
    ByCard(Card, Fate),
    /// The marketplace's staff see to it.
    ByHand(ByHand),
    /// Its shops' shares are captured as they send.
    ByShares(Shares),
}

/// What came of a story: an order that has its end.
pub struct Played {
    pub order: Order,
    /// How it must have ended.
    pub ends: Ends,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Confirmed,
    Cancelled,
    /// Either, by who was quicker; never anything between.
    AnyWay,
}

pub(super) type Told<T> = Result<T, String>;

/// An order of which nothing is under way any more, nor left to a job.
const SETTLED: &str = "
select o.status <> 'placed'
   and not exists (select from checkout.saga s where s.order_id = o.id and not s.step ? 'ended')
   and not exists (select from checkout.refund r where r.order_id = o.id and r.status = 'pending')
   and not exists (select from checkout.capture c where c.order_id = o.id and c.ended_at is null)
   and not exists (select from store.job j
                    where j.queue = 'checkout.captures' and j.state = 'ready' and j.key like o.id || '-%')
  from orders.order o where o.id::text = $1";

impl Story {
    /// When its marketplace captures.
    pub fn capture_time(self) -> CaptureTime {
        match self {
            Self::ByShares(_) => CaptureTime::OnDispatch,
            _ => CaptureTime::AtOnce,
        }
    }

    /// Whether what goes wrong waits until the story says so: its step comes more than once, and the later one is meant.
    pub fn goes_wrong_later(self) -> bool {
        matches!(self, Self::ByShares(shares) if shares.goes_wrong_later())
    }

    pub async fn play(self, stage: &Stage, key: &Mutex<Option<String>>) -> Told<Played> {
        stage.captures(self.capture_time()).await?;
        let card = match self {
            Self::ByCard(card, _) => Some(card.issued(stage).await?),
            _ => None,
        };
        let (guest, order) = place(stage, key, card).await?;
        let id = order.id.to_string();
        let buyer = Buyer {
            stage,
            guest: &guest,
            order: &order,
        };
        let ends = match self {
            Self::Buy(method) => {
                buyer.pay(method).await?;
                Ends::Confirmed
            }
            Self::DeclinedFirst => {
                buyer.pay("tok_declined").await?;
                buyer.pay("tok_visa").await?;
                Ends::Confirmed
            }
            Self::AtTheBank => {
                buyer.pay("tok_3ds").await?;
                buyer.approve().await?;
                stage.wait(POLL).await;
                Ends::Confirmed
            }
            Self::AnotherCard => {
                buyer.pay("tok_3ds").await?;
                buyer.pay("tok_visa").await?;
                Ends::Confirmed
            }
            Self::CancelledAtTheBank => {
                buyer.pay("tok_3ds").await?;
                buyer.cancel(&format!("/v1/orders/{id}/cancel")).await?;
                Ends::Cancelled
            }
            Self::TooLate => {
                buyer.confirms_too_late().await?;
                Ends::AnyWay
            }
            Self::CancelledMeanwhile => {
                buyer.cancels_at("confirm").await?;
                Ends::Cancelled
            }
            Self::NeverPaid => {
                stage.wait(HOLD_OVER).await;
                Ends::Cancelled
            }
            Self::CancelledPaid => {
                buyer.pay("tok_visa").await?;
                buyer.cancel(&format!("/v1/orders/{id}/cancel")).await?;
                Ends::Cancelled
            }
            Self::CancelledInPart => {
                buyer.pay("tok_visa").await?;
                let part = order.sub_orders[0].id;
                buyer
                    .cancel(&format!("/v1/orders/{id}/sub-orders/{part}/cancel"))
                    .await?;
                Ends::Confirmed
            }
            Self::CancelledUnits => {
                buyer.pay("tok_visa").await?;
                buyer.cancel_units().await?;
                Ends::Confirmed
            }
            Self::GivenBack(method) => {
                buyer.pay(method).await?;
                buyer.give_back().await?;
                Ends::Confirmed
            }
            Self::SentBack(back) => {
                buyer.pay("tok_visa").await?;
                buyer.sends_back(back).await?;
                Ends::Confirmed
            }
            Self::ByCard(card, fate) => buyer.pays_by_card(card, fate).await?,
            Self::ByHand(by) => buyer.seen_to(by).await?,
            Self::ByShares(shares) => Box::pin(buyer.pays_by_shares(shares)).await?,
        };
        buyer.settled().await?;
        Ok(Played { order, ends })
    }
}

pub(super) fn spot(step: &'static str) -> Spot {
    Spot { step, after: false }
}

impl Stage {
    pub(super) async fn faults_reached(&self, gate: Spot) {
        let began = std::time::Instant::now();
        while !self.faults.is_waited_at(gate) && began.elapsed() < GATE_PATIENCE {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
    }
}

/// Two shops' goods, ordered under one key until there is an answer.
async fn place(
    stage: &Stage,
    key: &Mutex<Option<String>>,
    card: Option<(String, i64)>,
) -> Told<(Guest, Order)> {
    let stranger = stage.stranger();
    let mut guest = loop {
        // A cart whose making was not answered is left alone.
        match Guest::begin(&stranger, &stage.goods[0], 2).await {
            Ok(Ok(guest)) => break guest,
            Ok(Err(refused)) if refused.status < 500 => return Err(words(&refused)),
            _ => tokio::time::sleep(RETRY_PAUSE).await,
        }
    };
    let added = guest
        .add(&stage.goods[1], 1)
        .await
        .map_err(|lost| lost.to_string())?;
    let quote = guest.quote().await.map_err(|lost| lost.to_string())?;
    if added.status != 200 || quote.status != 200 {
        return Err(words(&quote));
    }
    let total = quote.read::<Quote>().total;
    let placed = match &card {
        None => persist(|| guest.place("once", total)).await?,
        Some((code, holds)) => {
            let due = Money::new((total.amount - holds).max(0), total.currency);
            persist(|| guest.place_by_card("once", total, code, due)).await?
        }
    };
    if placed.status != 201 {
        return Err(words(&placed));
    }
    let order: Order = placed.read();
    if let Ok(mut key) = key.lock() {
        *key = Some(format!("{}-1", order.payment));
    }
    Ok((guest, order))
}

pub(super) struct Buyer<'a> {
    pub stage: &'a Stage,
    pub guest: &'a Guest,
    pub order: &'a Order,
}

impl Buyer<'_> {
    /// Pays until it is known what became of it.
    pub(super) async fn pay(&self, method: &str) -> Told<()> {
        let id = self.order.id.to_string();
        loop {
            let answer = persist(|| self.guest.pay(&id, method)).await?;
            if answer.status == 409 {
                // Cancelled meanwhile, which the story knows of.
                return Ok(());
            }
            if answer.status != 200 {
                return Err(words(&answer));
            }
            match answer.json()["status"].as_str() {
                Some("processing" | "due") => tokio::time::sleep(RETRY_PAUSE).await,
                _ => return Ok(()),
            }
        }
    }

    pub(super) async fn cancel(&self, path: &str) -> Told<()> {
        let nothing = json!({});
        let answer = persist(|| self.guest.caller.post(path, &nothing)).await?;
        if answer.status == 200 {
            Ok(())
        } else {
            Err(words(&answer))
        }
    }

    /// One unit of the first part; of a part with one unit, all of it.
    async fn cancel_units(&self) -> Told<()> {
        self.cancel_unit_of(&self.order.sub_orders[0]).await
    }

    pub(super) async fn cancel_unit_of(&self, part: &SubOrder) -> Told<()> {
        let caller = self
            .guest
            .caller
            .with("idempotency-key", format!("fewer-{}", part.id));
        let path = format!("/v1/orders/{}/sub-orders/{}/cancel-units", self.order.id, part.id);
        let one = json!({"lines": [{"line": part.lines[0].id, "quantity": 1}]});
        let answer = persist(|| caller.post(&path, &one)).await?;
        match answer.status {
            200 => Ok(()),
            _ => Err(words(&answer)),
        }
    }

    /// The buyer confirms with their bank when the hold has run out.
    pub(super) async fn confirms_too_late(&self) -> Told<()> {
        self.pay("tok_3ds").await?;
        let gate = spot("inquire_late");
        self.stage.faults.close_gate(gate);
        self.stage.wait(HOLD_OVER).await;
        self.ended_as("cancelled").await?;
        self.approve().await?;
        self.stage.faults.open_gate(gate);
        Ok(())
    }

    /// The buyer pays, and cancels when their payment comes to this step.
    pub(super) async fn cancels_at(&self, step: &'static str) -> Told<()> {
        let gate = spot(step);
        self.stage.faults.close_gate(gate);
        let cancel = async {
            self.stage.faults_reached(gate).await;
            let cancelled = self.cancel(&format!("/v1/orders/{}/cancel", self.order.id)).await;
            self.stage.faults.open_gate(gate);
            cancelled
        };
        let (paid, cancelled) = tokio::join!(self.pay("tok_visa"), cancel);
        paid.and(cancelled)
    }

    /// The buyer says yes at their bank, which tells nobody.
    async fn approve(&self) -> Told<()> {
        let sql = "update payments.sandbox_charge set state = 'authorized'
                    where key = $1 || '-1' and state = 'requires_action'";
        let payment = self.order.payment.to_string();
        let approved = self.stage.books.execute(sql, &[&payment]).await;
        approved.map(drop).map_err(|error| error.to_string())
    }

    /// A seller gives a part of what was paid to them back.
    pub(super) async fn give_back(&self) -> Told<()> {
        self.give_back_of(&self.order.sub_orders[0]).await
    }

    pub(super) async fn give_back_of(&self, part: &SubOrder) -> Told<()> {
        let stage = self.stage;
        let owner = self.seller(part).await?;
        let owner = owner.with("idempotency-key", format!("back-{}", part.id));
        let path = format!("/v1/seller/orders/{}/refunds", part.id);
        let wish = json!({"amount": {"amount": 777, "currency": "EUR"}, "reason": "cracked"});
        let answer = persist(|| owner.post(&path, &wish)).await?;
        if answer.status != 201 {
            return Err(words(&answer));
        }
        // What is under way for days is through now, or fails.
        let sql = "update payments.sandbox_refund set settles_at = now() where charge like $1 || '-%'";
        let payment = self.order.payment.to_string();
        let settled = stage.books.execute(sql, &[&payment]).await;
        settled.map(drop).map_err(|error| error.to_string())
    }

    /// Whoever sold a part of the order.
    pub(super) async fn seller(&self, part: &SubOrder) -> Told<Caller> {
        let mut shops = self.stage.shops.iter();
        let shop = shops.find(|shop| shop.id == part.tenant.to_string());
        let shop = shop.ok_or("a part of nobody's")?;
        let stranger = self.stage.stranger();
        signed_in(|| shop.signed_in(&stranger)).await
    }

    async fn ended_as(&self, status: &str) -> Told<()> {
        while self.status().await? != status {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        Ok(())
    }

    /// How the order stands.
    pub(super) async fn status(&self) -> Told<String> {
        let sql = "select status from orders.order where id::text = $1";
        let id = self.order.id.to_string();
        let row = self.stage.books.query_one(sql, &[&id]).await;
        row.map(|row| row.get(0)).map_err(|error| error.to_string())
    }

    /// Waits until nothing of the order is under way.
    pub(super) async fn settled(&self) -> Told<()> {
        self.until(SETTLED).await
    }

    /// Waits until this is so of the order, telling the time so that nothing waits in vain.
    pub(super) async fn until(&self, sql: &str) -> Told<()> {
        let (books, id) = (&self.stage.books, self.order.id.to_string());
        let asked = books.prepare(sql).await.map_err(|error| error.to_string())?;
        for round in 1u32.. {
            let row = books.query_one(&asked, &[&id]).await;
            if row.map_err(|error| error.to_string())?.get(0) {
                return Ok(());
            }
            tokio::time::sleep(RETRY_PAUSE).await;
            if round % LOOKS == 0 {
                self.stage.wait(MOVED_ON).await;
                let sql = "update payments.sandbox_refund set settles_at = now() where charge like $1 || '-%' and state = 'pending'";
                let payment = self.order.payment.to_string();
                let settled = books.execute(sql, &[&payment]).await;
                settled.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

/// Asks again until there is an answer that will not change.
pub(super) async fn persist<F: Future<Output = Result<Response, Lost>>>(
    ask: impl Fn() -> F,
) -> Told<Response> {
    loop {
        match ask().await {
            Ok(answer) if answer.status == 500 => return Err(words(&answer)),
            Ok(answer) if answer.status < 500 && answer.header(RETRY_AFTER).is_none() => return Ok(answer),
            _ => tokio::time::sleep(RETRY_PAUSE).await,
        }
    }
}

pub(super) fn words(answer: &Response) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    format!("answered {}: {body}", answer.status)
}
