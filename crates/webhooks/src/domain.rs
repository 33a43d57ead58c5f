//! What events are to shops' programs, and when a message is tried again.

use chrono::TimeDelta;
use contracts::catalog::ProductChanged;
use contracts::inventory::LowStock;
use contracts::ledger::PayoutPaid;
use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderReaddressed, ReturnChanged, SubOrderCancelled, SubOrderDelivered,
    SubOrderRefunded, SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::webhooks::WebhookKind;
use contracts::{Envelope, PublicEvent};
use kernel::TenantId;
use serde_json::{Error, Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};

pub const TOPICS: [&str; 12] = [
    OrderConfirmed::TOPIC,
    OrderReaddressed::TOPIC,
    SubOrderUnitsCancelled::TOPIC,
    ReturnChanged::TOPIC,
    SubOrderShipped::TOPIC,
    SubOrderDelivered::TOPIC,
    SubOrderCancelled::TOPIC,
    OrderCancelled::TOPIC,
    SubOrderRefunded::TOPIC,
    PayoutPaid::TOPIC,
    ProductChanged::TOPIC,
    LowStock::TOPIC,
];

/// Pauses before the second attempt, the third and so on; after the last there is none.
const LADDER: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];
/// The longest of them, scattered as far as can be.
pub const PAUSE_MAX: TimeDelta = TimeDelta::hours(30);
/// A pause is longer by up to this part of it: what failed at one moment is not tried again at one.
const SCATTER_PERCENT: i32 = 25;
/// What has not been reached for so long is told no more.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(5);
/// By this answer an endpoint says that it is gone for good, as the specification has it.
pub const GONE: u16 = 410;
/// An endpoint that has failed for so long is probably down.
const DOWN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// How long an endpoint is left alone after a failure: what waits behind it would probably fail as well, and whoever waits
/// for its answers waits for nobody else's.
pub fn rest_after(failing_for: TimeDelta, chance: u64) -> TimeDelta {
    match failing_for < DOWN_AFTER {
        true => scattered(LADDER[0], chance),
        false => scattered(TimeDelta::minutes(1), chance),
    }
}

/// How long to wait after so many failed attempts; none when there are no more.
pub fn pause_after(tries: i16, chance: u64) -> Option<TimeDelta> {
    let step = usize::try_from(tries).ok()?.checked_sub(1)?;
    LADDER.get(step).map(|pause| scattered(*pause, chance))
}

/// A number for whatever this names: another for each, and the same each time it is asked for, so that nobody has to keep it.
pub fn chance(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Never shorter than it is said to be.
fn scattered(pause: TimeDelta, chance: u64) -> TimeDelta {
    let thousandths = i32::try_from(chance % 1_001).unwrap_or_default();
    pause + pause * SCATTER_PERCENT * thousandths / 100_000
}

/// What one shop is told, and nothing of what is others' of the same order.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub to: TenantId,
    pub kind: WebhookKind,
    pub data: Value,
}

fn read<E: PublicEvent>(event: &Envelope) -> Result<Option<E>, Error> {
    event.read::<E>().transpose()
}

/// For which shops an event is, and what they are told of it.
pub fn of(event: &Envelope) -> Result<Vec<Told>, Error> {
    match orders(event)? {
        told if !told.is_empty() => Ok(told),
        _ => Ok(of_one(event)?.into_iter().collect()),
    }
}

/// What several shops are told.
fn orders(event: &Envelope) -> Result<Vec<Told>, Error> {
    let all = |shops: &[TenantId], kind: WebhookKind, data: &Value| {
        let tell = |to: &TenantId| Told {
            to: *to,
            kind,
            data: data.clone(),
        };
        shops.iter().map(tell).collect()
    };
    if let Some(e) = read::<OrderConfirmed>(event)? {
        let data = json!({"order_id": e.order});
        return Ok(all(&e.tenants, WebhookKind::OrderConfirmed, &data));
    }
    if let Some(e) = read::<OrderReaddressed>(event)? {
        let data = json!({"order_id": e.order, "change": "address"});
        return Ok(all(&e.tenants, WebhookKind::OrderChanged, &data));
    }
    // Of what was not paid they were not told either.
    if let Some(e) = read::<OrderCancelled>(event)?.filter(|e| !e.unsold.is_empty()) {
        let data = json!({"order_id": e.order, "reason": e.reason});
        return Ok(all(&e.tenants, WebhookKind::OrderCancelled, &data));
    }
    Ok(Vec::new())
}

/// What one shop is told.
fn of_one(event: &Envelope) -> Result<Option<Told>, Error> {
    use WebhookKind as K;
    let told = |to: TenantId, kind: K, data: Value| Ok(Some(Told { to, kind, data }));
    if let Some(e) = read::<SubOrderUnitsCancelled>(event)? {
        let data = json!({
            "order_id": e.order, "sub_order_id": e.sub_order, "change": "units_cancelled", "reason": e.reason,
        });
        return told(e.tenant, K::OrderChanged, data);
    }
    if let Some(e) = read::<SubOrderCancelled>(event)? {
        let data = json!({"order_id": e.order, "sub_order_id": e.sub_order, "reason": e.reason});
        return told(e.tenant, K::OrderCancelled, data);
    }
    if let Some(e) = read::<SubOrderShipped>(event)? {
        let data = json!({
            "order_id": e.order, "sub_order_id": e.sub_order, "parcel_id": e.parcel,
            "carrier": e.carrier, "tracking": e.tracking, "complete": e.complete,
        });
        return told(e.tenant, K::ParcelShipped, data);
    }
    if let Some(e) = read::<SubOrderDelivered>(event)? {
        let data = json!({"order_id": e.order, "sub_order_id": e.sub_order, "delivered_at": e.delivered_at});
        return told(e.tenant, K::OrderDelivered, data);
    }
    if let Some(e) = read::<ReturnChanged>(event)? {
        let data = json!({
            "order_id": e.order, "sub_order_id": e.sub_order, "return_id": e.of, "status": e.status,
        });
        return told(e.tenant, K::ReturnChanged, data);
    }
    if let Some(e) = read::<SubOrderRefunded>(event)? {
        let data = json!({
            "order_id": e.order, "sub_order_id": e.sub_order, "refund_id": e.refund, "amount": e.amount,
            "released": e.released,
        });
        return told(e.tenant, K::RefundCompleted, data);
    }
    if let Some(e) = read::<PayoutPaid>(event)? {
        let data = json!({"payout_id": e.payout, "amount": e.amount});
        return told(e.tenant, K::PayoutPaid, data);
    }
    if let Some(e) = read::<ProductChanged>(event)? {
        let data = json!({"product_id": e.product, "version": e.version, "status": e.status});
        return told(e.tenant, K::ProductChanged, data);
    }
    if let Some(e) = read::<LowStock>(event)? {
        let data = json!({
            "sku_id": e.sku, "product_id": e.product, "available": e.available, "low_below": e.low_below,
        });
        return told(e.tenant, K::StockLow, data);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock as _, Ctx, Currency, EventId, Money, OrderId, RefundId, SubOrderId, SystemClock};

    #[test]
    fn what_was_never_charged_is_told_apart_from_what_went_back() {
        let released = |released| {
            let ctx = Ctx::system("test", SystemClock.now());
            let refunded = SubOrderRefunded {
                order: OrderId::new(ctx.now),
                sub_order: SubOrderId::new(ctx.now),
                tenant: TenantId::new(ctx.now),
                buyer: None,
                refund: RefundId::new(ctx.now),
                amount: Money::new(1_500, Currency::EUR),
                released,
            };
            let event = Envelope {
                id: EventId::new(ctx.now),
                topic: SubOrderRefunded::TOPIC.to_owned(),
                version: 1,
                key: refunded.key(),
                tenant: Some(refunded.tenant),
                actor: ctx.actor,
                correlation: ctx.correlation,
                at: ctx.now,
                payload: serde_json::to_value(refunded).expect("it is JSON"),
            };
            of(&event).expect("it is read").remove(0).data["released"].clone()
        };
        assert_eq!((released(false), released(true)), (json!(false), json!(true)));
    }

    #[test]
    fn a_message_is_tried_ten_times_within_four_days() {
        // As short as can be, and as long.
        for (chance, hours, minutes, seconds) in [(0, 75, 35, 5), (1_000, 94, 28, 51)] {
            let mut waited = TimeDelta::zero();
            for tries in 1..=9 {
                waited += pause_after(tries, chance).expect("another attempt");
            }
            let expected =
                TimeDelta::hours(hours) + TimeDelta::minutes(minutes) + TimeDelta::seconds(seconds);
            assert_eq!(waited.num_seconds(), expected.num_seconds());
            assert!(waited < GIVEN_UP_AFTER, "an endpoint outlives one message");
        }
        assert_eq!(pause_after(10, 0), None);
    }

    #[test]
    fn pauses_are_scattered_and_never_shorter_than_said() {
        let pauses: Vec<TimeDelta> = (0..1_000)
            .filter_map(|n: u32| pause_after(2, chance(n)))
            .collect();
        let (least, most) = (TimeDelta::minutes(5), TimeDelta::seconds(375));
        assert!(pauses.iter().all(|pause| (least..=most).contains(pause)));
        let later = pauses.iter().filter(|pause| **pause > TimeDelta::seconds(337));
        assert!((300..700).contains(&later.count()), "over all of it alike");
        assert_eq!(pause_after(2, chance(7)), pause_after(2, chance(7)));
        assert!(pause_after(9, 1_000).is_some_and(|longest| longest <= PAUSE_MAX));
    }
}
