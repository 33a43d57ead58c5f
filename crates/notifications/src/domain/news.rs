//! What an event means to whom.

use super::facts::Facts;
use contracts::catalog::moderation::ModerationDecided;
use contracts::identity::{AccountChanged, AccountLocked};
use contracts::inventory::{AvailabilityChanged, LowStock};
use contracts::ledger::{PayoutFailed, PayoutPaid, PayoutReturned};
use contracts::messages::{MessageKind, MessageSent, Side, ThreadDecided};
use contracts::notifications::NoticeKind;
use contracts::orders::{
    CancelReason, DownloadsReady, OrderCancelled, OrderConfirmed, OrderPlaced, OrderReaddressed,
    ParcelDelivered, ReturnChanged, ReturnStatus, ReturnUnanswered, SubOrderCancelled, SubOrderDelivered,
    SubOrderRefunded, SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::reviews::{ReviewAnswered, ReviewDecided, ReviewPublished};
use contracts::webhooks::EndpointPaused;
use contracts::{Envelope, PublicEvent};
use kernel::{OrderId, SubOrderId, TenantId, UserId};
use serde_json::Error;
use std::fmt::Display;

pub const TOPICS: [&str; 27] = [
    OrderPlaced::TOPIC,
    OrderConfirmed::TOPIC,
    OrderCancelled::TOPIC,
    OrderReaddressed::TOPIC,
    DownloadsReady::TOPIC,
    SubOrderShipped::TOPIC,
    ParcelDelivered::TOPIC,
    SubOrderDelivered::TOPIC,
    SubOrderCancelled::TOPIC,
    SubOrderUnitsCancelled::TOPIC,
    SubOrderRefunded::TOPIC,
    ReturnChanged::TOPIC,
    ReturnUnanswered::TOPIC,
    MessageSent::TOPIC,
    ThreadDecided::TOPIC,
    ReviewPublished::TOPIC,
    ReviewAnswered::TOPIC,
    ReviewDecided::TOPIC,
    AvailabilityChanged::TOPIC,
    LowStock::TOPIC,
    PayoutPaid::TOPIC,
    PayoutFailed::TOPIC,
    PayoutReturned::TOPIC,
    ModerationDecided::TOPIC,
    EndpointPaused::TOPIC,
    AccountLocked::TOPIC,
    AccountChanged::TOPIC,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    Person(UserId),
    Shop(TenantId),
}

/// What one of them is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub to: Recipient,
    pub kind: NoticeKind,
    /// What it is about: what is told later of the same takes its place.
    pub subject: String,
    pub facts: Facts,
}

fn told(to: Recipient, kind: NoticeKind, about: &str, id: impl Display, facts: Facts) -> Told {
    Told {
        to,
        kind,
        subject: format!("{about}:{id}"),
        facts,
    }
}

fn person(user: Option<UserId>) -> Option<Recipient> {
    user.map(Recipient::Person)
}

fn read<E: PublicEvent>(event: &Envelope) -> Result<Option<E>, Error> {
    event.read::<E>().transpose()
}

/// Of an order, for its buyer.
fn of_order(order: OrderId) -> Facts {
    Facts {
        order: Some(order),
        ..Facts::default()
    }
}

/// Of one shop's part of an order.
fn of_part(order: OrderId, part: SubOrderId, shop: TenantId) -> Facts {
    Facts {
        order: Some(order),
        sub_order: Some(part),
        shop: Some(shop),
        ..Facts::default()
    }
}

/// For whom an event is; nobody, where it says nothing new to anybody.
pub fn of(event: &Envelope) -> Result<Vec<Told>, Error> {
    let context = event.topic.split('.').next().unwrap_or_default();
    match context {
        "orders" => match orders(event)? {
            found if found.is_empty() => parts(event),
            found => Ok(found),
        },
        "messages" => messages(event),
        "reviews" => reviews(event),
        "ledger" => payouts(event),
        "identity" => security(event),
        "webhooks" => programs(event),
        _ => goods(event),
    }
}

fn orders(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    if let Some(e) = read::<OrderPlaced>(event)? {
        let facts = Facts {
            amount: Some(e.total),
            until: Some(e.reserved_until),
            ..of_order(e.order)
        };
        found.extend(person(e.buyer).map(|to| told(to, K::OrderPlaced, "order", e.order, facts)));
    }
    if let Some(e) = read::<OrderConfirmed>(event)? {
        let facts = Facts {
            amount: Some(e.total),
            ..of_order(e.order)
        };
        found.extend(person(e.buyer).map(|to| told(to, K::OrderConfirmed, "order", e.order, facts)));
        let sale = |shop: &TenantId| {
            told(
                Recipient::Shop(*shop),
                K::NewSale,
                "order",
                e.order,
                of_order(e.order),
            )
        };
        found.extend(e.tenants.iter().map(sale));
    }
    if let Some(e) = read::<OrderCancelled>(event)? {
        let expired = e.reason == CancelReason::Expired;
        let kind = if expired {
            K::OrderExpired
        } else {
            K::OrderCancelled
        };
        found.extend(person(e.buyer).map(|to| told(to, kind, "order", e.order, of_order(e.order))));
        // Shops were told of what is paid, and of nothing else.
        let is_told = !e.unsold.is_empty() && e.reason != CancelReason::Seller;
        let shops = e.tenants.iter().filter(|_| is_told);
        found.extend(shops.map(|shop| {
            let to = Recipient::Shop(*shop);
            told(to, K::SaleCancelled, "order", e.order, of_order(e.order))
        }));
    }
    if let Some(e) = read::<OrderReaddressed>(event)? {
        found.extend(e.tenants.iter().map(|shop| {
            let to = Recipient::Shop(*shop);
            told(to, K::SaleReaddressed, "address", e.order, of_order(e.order))
        }));
    }
    if let Some(e) = read::<DownloadsReady>(event)? {
        let facts = of_order(e.order);
        found.extend(person(e.buyer).map(|to| told(to, K::DownloadsReady, "downloads", e.order, facts)));
    }
    Ok(found)
}

/// What happens to one shop's part.
fn parts(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    if let Some(e) = read::<SubOrderShipped>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        found.extend(person(e.buyer).map(|to| told(to, K::ParcelSent, "parcel", e.parcel, facts)));
    }
    if let Some(e) = read::<ParcelDelivered>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        found.extend(person(e.buyer).map(|to| told(to, K::ParcelDelivered, "parcel", e.parcel, facts)));
    }
    if let Some(e) = read::<SubOrderDelivered>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        found.push(told(
            Recipient::Shop(e.tenant),
            K::SaleDelivered,
            "order",
            e.order,
            facts,
        ));
    }
    if let Some(e) = read::<SubOrderCancelled>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        found.extend(cancelled(
            (e.buyer, e.tenant, e.reason),
            (K::PartCancelled, K::SaleCancelled),
            ("part", e.sub_order.0.to_string()),
            ("order", e.order.0.to_string()),
            &facts,
        ));
    }
    if let Some(e) = read::<SubOrderUnitsCancelled>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        found.extend(cancelled(
            (e.buyer, e.tenant, e.reason),
            (K::UnitsCancelled, K::SaleUnitsCancelled),
            ("units", event.id.to_string()),
            ("units", event.id.to_string()),
            &facts,
        ));
    }
    if let Some(e) = read::<SubOrderRefunded>(event)? {
        let facts = Facts {
            amount: Some(e.amount),
            ..of_part(e.order, e.sub_order, e.tenant)
        };
        let (of_buyer, of_shop) = match e.released {
            true => (K::Released, K::SaleReleased),
            false => (K::Refunded, K::SaleRefunded),
        };
        let buyer = person(e.buyer).map(|to| told(to, of_buyer, "refund", e.refund, facts.clone()));
        found.extend(buyer);
        found.push(told(
            Recipient::Shop(e.tenant),
            of_shop,
            "refund",
            e.refund,
            facts,
        ));
    }
    if let Some(e) = read::<ReturnChanged>(event)? {
        let facts = of_part(e.order, e.sub_order, e.tenant);
        let (buyer, shop) = (person(e.buyer), Some(Recipient::Shop(e.tenant)));
        let (to, kind) = match e.status {
            ReturnStatus::Requested => (shop, K::ReturnRequested),
            ReturnStatus::Withdrawn => (shop, K::ReturnWithdrawn),
            ReturnStatus::SentBack => (shop, K::ReturnSentBack),
            ReturnStatus::Refused => (buyer, K::ReturnRefused),
            ReturnStatus::Authorised => (buyer, K::ReturnAuthorised),
            ReturnStatus::Received => (buyer, K::ReturnReceived),
            ReturnStatus::Exchanged => (buyer, K::ReturnExchanged),
            ReturnStatus::Closed => (buyer, K::ReturnClosed),
            // Money has a notice of its own.
            ReturnStatus::Refunded => (None, K::ReturnClosed),
        };
        found.extend(to.map(|to| told(to, kind, "return", e.of, facts)));
    }
    if let Some(e) = read::<ReturnUnanswered>(event)? {
        let facts = Facts {
            until: Some(e.answer_by),
            ..of_part(e.order, e.sub_order, e.tenant)
        };
        found.push(told(
            Recipient::Shop(e.tenant),
            K::ReturnUnanswered,
            "return",
            e.of,
            facts,
        ));
    }
    Ok(found)
}

/// Whoever did it need not be told.
fn cancelled(
    (buyer, shop, reason): (Option<UserId>, TenantId, CancelReason),
    (to_buyer, to_shop): (NoticeKind, NoticeKind),
    (about, id): (&str, String),
    (sale, sale_id): (&str, String),
    facts: &Facts,
) -> Vec<Told> {
    let buyer = person(buyer).filter(|_| reason != CancelReason::Buyer);
    let shop = Some(Recipient::Shop(shop)).filter(|_| reason != CancelReason::Seller);
    let buyer = buyer.map(|to| told(to, to_buyer, about, id, facts.clone()));
    let shop = shop.map(|to| told(to, to_shop, sale, sale_id, facts.clone()));
    buyer.into_iter().chain(shop).collect()
}

fn messages(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    if let Some(e) = read::<MessageSent>(event)? {
        let (to, kind) = match (e.by, e.kind) {
            (Side::Shop, MessageKind::Quote) => (Recipient::Person(e.buyer), K::QuoteOfShop),
            (Side::Shop, _) => (Recipient::Person(e.buyer), K::MessageOfShop),
            (Side::Buyer, MessageKind::QuoteAccepted) => (Recipient::Shop(e.shop), K::QuoteAccepted),
            (Side::Buyer, MessageKind::QuoteDeclined) => (Recipient::Shop(e.shop), K::QuoteDeclined),
            (Side::Buyer, _) => (Recipient::Shop(e.shop), K::MessageOfBuyer),
        };
        let facts = Facts {
            thread: Some(e.thread),
            shop: Some(e.shop),
            ..Facts::default()
        };
        found.push(told(to, kind, "thread", e.thread, facts));
    }
    if let Some(e) = read::<ThreadDecided>(event)? {
        let kind = match e.verdict.as_str() {
            "close" => K::ThreadClosed,
            "hide" => K::MessageRemoved,
            // Nothing changed for either.
            _ => return Ok(found),
        };
        let facts = Facts {
            thread: Some(e.thread),
            shop: Some(e.shop),
            ..Facts::default()
        };
        let both = person(e.buyer).into_iter().chain([Recipient::Shop(e.shop)]);
        found.extend(both.map(|to| told(to, kind, "decision", e.thread, facts.clone())));
    }
    Ok(found)
}

fn reviews(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    let facts = |product, shop, count| Facts {
        product: Some(product),
        shop: Some(shop),
        count,
        ..Facts::default()
    };
    if let Some(e) = read::<ReviewPublished>(event)? {
        let facts = facts(e.product, e.shop, Some(i64::from(e.stars)));
        found.push(told(
            Recipient::Shop(e.shop),
            K::ReviewReceived,
            "review",
            e.review,
            facts,
        ));
    }
    if let Some(e) = read::<ReviewAnswered>(event)? {
        let facts = facts(e.product, e.shop, None);
        found.push(told(
            Recipient::Person(e.buyer),
            K::ReviewAnswered,
            "answer",
            e.review,
            facts,
        ));
    }
    if let Some(e) = read::<ReviewDecided>(event)? {
        let kind = if e.published {
            K::ReviewApproved
        } else {
            K::ReviewRejected
        };
        let facts = facts(e.product, e.shop, None);
        found.push(told(Recipient::Person(e.buyer), kind, "review", e.review, facts));
    }
    Ok(found)
}

fn payouts(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let facts = |amount, reason| Facts {
        amount: Some(amount),
        reason,
        ..Facts::default()
    };
    let mut found = Vec::new();
    if let Some(e) = read::<PayoutPaid>(event)? {
        let facts = facts(e.amount, None);
        found.push(told(
            Recipient::Shop(e.tenant),
            K::PayoutPaid,
            "payout",
            e.payout,
            facts,
        ));
    }
    if let Some(e) = read::<PayoutFailed>(event)? {
        let facts = facts(e.amount, Some(e.reason));
        found.push(told(
            Recipient::Shop(e.tenant),
            K::PayoutFailed,
            "payout",
            e.payout,
            facts,
        ));
    }
    if let Some(e) = read::<PayoutReturned>(event)? {
        let facts = facts(e.amount, Some(e.reason));
        found.push(told(
            Recipient::Shop(e.tenant),
            K::PayoutReturned,
            "payout",
            e.payout,
            facts,
        ));
    }
    Ok(found)
}

fn security(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    if let Some(e) = read::<AccountLocked>(event)? {
        let facts = Facts {
            until: Some(e.until),
            ..Facts::default()
        };
        found.push(told(
            Recipient::Person(e.user),
            K::AccountLocked,
            "locked",
            e.user,
            facts,
        ));
    }
    if let Some(e) = read::<AccountChanged>(event)? {
        let kind = match e.change.as_str() {
            "password_changed" => K::PasswordChanged,
            "refresh_token_reused" => K::TokenReused,
            // Done by the person themselves, if all is well: they are told because it may not be.
            "second_factor_on" => K::SecondFactorOn,
            "second_factor_off" => K::SecondFactorOff,
            "recovery_codes_made" => K::RecoveryCodesMade,
            "recovery_code_used" => K::RecoveryCodeUsed,
            "new_device" => K::NewDevice,
            // What somebody has just done themselves.
            _ => return Ok(found),
        };
        let to = Recipient::Person(e.user);
        found.push(told(to, kind, "security", event.id, Facts::default()));
    }
    Ok(found)
}

fn programs(event: &Envelope) -> Result<Vec<Told>, Error> {
    let paused = read::<EndpointPaused>(event)?.map(|e| {
        let facts = Facts {
            endpoint: Some(e.endpoint),
            host: Some(e.host),
            ..Facts::default()
        };
        told(
            Recipient::Shop(e.tenant),
            NoticeKind::EndpointPaused,
            "endpoint",
            e.endpoint,
            facts,
        )
    });
    Ok(paused.into_iter().collect())
}

fn goods(event: &Envelope) -> Result<Vec<Told>, Error> {
    use NoticeKind as K;
    let mut found = Vec::new();
    let facts = |product| Facts {
        product: Some(product),
        ..Facts::default()
    };
    if let Some(e) = read::<LowStock>(event)? {
        let facts = Facts {
            count: Some(e.available),
            limit: Some(e.low_below),
            ..facts(e.product)
        };
        found.push(told(
            Recipient::Shop(e.tenant),
            K::LowStock,
            "stock",
            e.sku,
            facts,
        ));
    }
    // That it is back, whoever put it there knows.
    if let Some(e) = read::<AvailabilityChanged>(event)?.filter(|e| !e.in_stock) {
        let facts = facts(e.product);
        found.push(told(
            Recipient::Shop(e.tenant),
            K::OutOfStock,
            "stock",
            e.sku,
            facts,
        ));
    }
    if let Some(e) = read::<ModerationDecided>(event)? {
        let kind = if e.approved {
            K::ProductApproved
        } else {
            K::ProductRejected
        };
        let facts = facts(e.product);
        found.push(told(
            Recipient::Shop(e.tenant),
            kind,
            "moderation",
            e.product,
            facts,
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock as _, Ctx, Currency, EventId, Money, SystemClock};
    use serde_json::{Value, json};

    fn event(topic: &str, payload: Value) -> Envelope {
        let ctx = Ctx::system("test", SystemClock.now());
        Envelope {
            id: EventId::new(ctx.now),
            topic: topic.to_owned(),
            version: 1,
            key: uuid::Uuid::nil(),
            tenant: None,
            actor: ctx.actor,
            correlation: ctx.correlation,
            at: ctx.now,
            payload,
        }
    }

    fn placed(buyer: Option<UserId>) -> Envelope {
        let now = SystemClock.now();
        let placed = OrderPlaced {
            order: OrderId::new(now),
            buyer,
            total: Money::new(1500, Currency::EUR),
            tenants: vec![TenantId::new(now)],
            reserved_until: now,
        };
        event(
            OrderPlaced::TOPIC,
            serde_json::to_value(placed).expect("it is JSON"),
        )
    }

    fn recipients(event: &Envelope) -> Vec<Recipient> {
        let told = of(event).expect("it is read");
        told.iter().map(|told| told.to).collect()
    }

    #[test]
    fn a_guest_is_told_nothing_and_shops_are_all_the_same() {
        let now = SystemClock.now();
        let (buyer, shop) = (UserId::new(now), TenantId::new(now));
        assert_eq!(recipients(&placed(Some(buyer))), [Recipient::Person(buyer)]);
        assert!(recipients(&placed(None)).is_empty());
        let confirmed = OrderConfirmed {
            order: OrderId::new(now),
            buyer: None,
            total: Money::new(1500, Currency::EUR),
            tenants: vec![shop],
            sold: Vec::new(),
            cart: None,
        };
        let confirmed = serde_json::to_value(confirmed).expect("it is JSON");
        let confirmed = event(OrderConfirmed::TOPIC, confirmed);
        assert_eq!(recipients(&confirmed), [Recipient::Shop(shop)]);
    }

    #[test]
    fn what_was_never_charged_is_not_told_as_money_that_went_back() {
        use NoticeKind as K;
        let now = SystemClock.now();
        let kinds = |released| {
            let refunded = SubOrderRefunded {
                order: OrderId::new(now),
                sub_order: SubOrderId::new(now),
                tenant: TenantId::new(now),
                buyer: Some(UserId::new(now)),
                refund: kernel::RefundId::new(now),
                amount: Money::new(1500, Currency::EUR),
                released,
            };
            let payload = serde_json::to_value(refunded).expect("it is JSON");
            let told = of(&event(SubOrderRefunded::TOPIC, payload)).expect("it is read");
            told.iter().map(|told| told.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(false), [K::Refunded, K::SaleRefunded]);
        assert_eq!(kinds(true), [K::Released, K::SaleReleased]);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_whoever_it_is_for() {
        for topic in TOPICS {
            for payload in [json!({}), json!({"buyer": null})] {
                assert!(of(&event(topic, payload)).is_err(), "{topic}");
            }
        }
    }
}
