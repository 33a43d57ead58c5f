//! Sub-orders by how they stand: for each shop and state the newest by a primary key.

use crate::domain::sub_order_status_name;
use contracts::orders::SubOrderStatus;
use kernel::{PageLimit, SubOrderId, TenantId};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The newest sub-orders of a shop are looked at one by one: what happens to them shows at once.
const LOOKED_AT: i64 = 1_000;
/// More than the ids of an order's parts are younger than its own, in milliseconds.
const PARTS_WITHIN_MS: u128 = 1_000;
/// Bits of a UUIDv7 behind its milliseconds.
const BELOW_TIME: u32 = 80;

/// A shop's newest sub-orders in a state, below `before`, as many as a page has and one more.
pub async fn in_state(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: SubOrderStatus,
    before: Option<SubOrderId>,
    limit: PageLimit,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar("select orders.sub_orders_in_state($1, $2, $3, $4, $5)")
        .bind(tenant)
        .bind(sub_order_status_name(status))
        .bind(before.map_or(Uuid::max(), |id| id.0))
        .bind(limit.plus_one())
        .bind(LOOKED_AT)
        .fetch_all(conn)
        .await
}

/// Notes how the parts stand now that orders have of shops.
pub async fn note(conn: &mut PgConnection, parts: &BTreeSet<(Uuid, TenantId)>) -> Result<(), sqlx::Error> {
    if parts.is_empty() {
        return Ok(());
    }
    let orders: Vec<Uuid> = parts.iter().map(|(order, _)| *order).collect();
    let shops: Vec<Uuid> = parts.iter().map(|(_, shop)| shop.0).collect();
    let (starts, ends): (Vec<Uuid>, Vec<Uuid>) = orders.iter().map(|order| times(*order)).unzip();
    sqlx::query("select orders.note_standings($1, $2, $3, $4)")
        .bind(orders)
        .bind(shops)
        .bind(starts)
        .bind(ends)
        .execute(conn)
        .await?;
    Ok(())
}

/// Between which ids those of an order's parts are.
fn times(order: Uuid) -> (Uuid, Uuid) {
    let millisecond = order.as_u128() >> BELOW_TIME;
    let first = |millisecond: u128| Uuid::from_u128(millisecond << BELOW_TIME);
    (first(millisecond), first(millisecond + PARTS_WITHIN_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{OrderId, Timestamp};
    use std::time::Duration;

    #[test]
    fn parts_are_of_the_time_of_their_order() {
        let at = Timestamp::from_timestamp_millis(1_790_000_000_123).expect("a time");
        let (starts, ends) = times(OrderId::new(at).0);
        let part = SubOrderId::new(at + Duration::from_micros(40)).0;
        assert!(starts <= part && part < ends);
        assert!(SubOrderId::new(at - Duration::from_millis(1)).0 < starts);
        assert!(ends <= SubOrderId::new(at + Duration::from_secs(1)).0);
    }
}
