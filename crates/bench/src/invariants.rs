//! What must be true when the till has been flooded.

use crate::database::Session;
use anyhow::{Result, bail};

/// Compares what the database holds with `answered`, the number of orders that buyers were told of, and with the stock
/// that the seeded market began with. Each order is two lines of one unit. Of `unheard` orders the log was told nothing.
pub async fn check(session: &Session, answered: u64, unheard: u64) -> Result<()> {
    let (answered, unheard) = (i64::try_from(answered)?, i64::try_from(unheard)?);
    for (what, expected, sql) in [
        ("orders", answered, "select count(*) from orders.order"),
        ("orders' histories", answered, "select count(*) from orders.event where name = 'placed'"),
        (
            "carts with an order",
            answered,
            "select count(distinct payload->'placed'->>'cart') from orders.event where name = 'placed'",
        ),
        ("sub-orders", 2 * answered, "select count(*) from orders.sub_order"),
        ("lines", 2 * answered, "select count(*) from orders.line"),
        ("payments", answered, "select count(*) from payments.payment"),
        ("public events", answered - unheard, "select count(*) from log.event where topic = 'orders.order_placed'"),
        // An order that ran out of time before the bench ended is released: it is sold and then it is not.
        (
            "units held or released",
            2 * answered,
            "select coalesce(sum(quantity), 0)::bigint from inventory.reservation where state in ('held', 'released')",
        ),
        (
            "SKUs whose sold, available and reserved units are not what they began with",
            0,
            "select count(*)
               from (select sku_id, sum(on_hand - reserved) as available, sum(reserved) as reserved
                       from inventory.level group by sku_id) l
               join (select sku_id, sum(delta_on_hand) filter (where reason = 'count') as initial,
                            -coalesce(sum(delta_on_hand) filter (where reason = 'sale'), 0) as sold
                       from inventory.movement group by sku_id) m using (sku_id)
              where sold + available + reserved <> initial",
        ),
        (
            "SKUs that hold another number of units than their orders have lines",
            0,
            "select count(*)
               from (select sku_id, sum(quantity) as units from orders.line group by sku_id) o
               full join (select sku_id, sum(quantity) as units
                            from inventory.reservation where state in ('held', 'released') group by sku_id) r using (sku_id)
              where o.units is distinct from r.units",
        ),
    ] {
        let found = session.number(sql).await?;
        if found != expected {
            bail!("after {answered} orders there are {found} {what}, there should be {expected}");
        }
    }
    Ok(())
}
