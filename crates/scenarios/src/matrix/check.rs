//! What must hold for an order that has its end, read from the tables and from the provider's own books.

use super::stage::Stage;
use super::story::{Ends, Played};
use anyhow::Result;

/// Each names what is broken where its query gives true. Parameter: the order.
pub const BROKEN: [(&str, &str); 18] = [
    (
        "a cart has more than one order",
        "select count(*) <> 1 from orders.event e, orders.event first
          where first.stream_id::text = $1 and first.version = 1
            and e.name = 'placed' and e.payload->'placed'->>'cart' = first.payload->'placed'->>'cart'",
    ),
    (
        "the order is charged more than once",
        "select count(*) > 1 from payments.sandbox_charge c
           join payments.payment p on c.key like p.id || '-%'
          where p.order_id::text = $1 and c.captured > c.refunded",
    ),
    (
        "the provider holds other money than the order is worth",
        "select coalesce(sum(c.captured - c.refunded), 0) <> max(p.captured - p.refunded)
                  + coalesce((select sum(m.amount) from ledger.purse_movement m where m.order_id::text = $1), 0)
           from payments.payment p
           left join payments.sandbox_charge c on c.key like p.id || '-%'
          where p.order_id::text = $1",
    ),
    (
        "money is set aside for ever",
        "select exists (select from payments.sandbox_charge c
           join payments.payment p on c.key like p.id || '-%'
          where p.order_id::text = $1 and c.state in ('authorized', 'requires_action'))",
    ),
    (
        "goods are held for ever",
        "select exists (select from inventory.reservation where order_id::text = $1 and state = 'held')",
    ),
    (
        "goods of a cancelled order are sold",
        "select exists (select from inventory.reservation r join orders.order o on o.id = r.order_id
          where o.id::text = $1 and o.status = 'cancelled' and r.state = 'sold')",
    ),
    (
        "money of a gift card is set aside for ever",
        "select exists (select from ledger.purse_hold where order_id::text = $1 and state = 'held')",
    ),
    (
        "a gift card is worth something else than what came and went of it",
        "select exists (
            select from ledger.purse_hold h
              join ledger.purse p on p.id = h.purse_id
              left join (select purse_id, sum(amount) as amount from ledger.purse_movement group by purse_id) m on m.purse_id = p.id
             where h.order_id::text = $1
               and (p.balance <> m.amount
                    or p.balance <> p.issued - case h.state when 'spent' then h.amount else 0 end
                                    + coalesce((select sum(b.amount) from ledger.purse_movement b
                                                 where b.purse_id = p.id and b.kind = 'given_back'), 0)))",
    ),
    (
        "stock is not the sum of its movements",
        "select exists (
            select from (select sku_id, sum(on_hand) as on_hand, sum(reserved) as reserved from inventory.level group by sku_id) l
              join (select sku_id, sum(delta_on_hand) as on_hand, sum(delta_reserved) as reserved
                      from inventory.movement group by sku_id) m using (sku_id)
             where (l.on_hand, l.reserved) <> (m.on_hand, m.reserved)) and $1::text is not null",
    ),
    (
        "reserved units are nobody's",
        "select exists (
            select from (select sku_id, sum(reserved) as reserved from inventory.level group by sku_id) l
              left join (select sku_id, sum(quantity) as held from inventory.reservation where state = 'held' group by sku_id) r
                     using (sku_id)
             where l.reserved <> coalesce(r.held, 0)) and $1::text is not null",
    ),
    (
        "the ledger is out of balance",
        "select exists (select from ledger.posting group by currency having sum(amount) <> 0) and $1::text is not null",
    ),
    (
        "the books hold another sum than was sold and not given back",
        "select coalesce((select sum(b.amount) from ledger.posting b join ledger.entry e on e.id = b.entry_id
                           where e.reference = p.order_id
                             and b.account in ('provider_clearing', 'gift_cards_outstanding', 'store_credit_outstanding')), 0)
                <> case when exists (select from orders.event v where v.stream_id = p.order_id and v.name = 'confirmed')
                        then p.captured - p.refunded else 0 end
           from payments.payment p where p.order_id::text = $1",
    ),
    (
        "sub-orders do not sum to their order",
        "select (select sum(s.total) from orders.sub_order s where s.order_id = o.id) <> o.total
           from orders.order o where o.id::text = $1",
    ),
    (
        "shares do not sum to their payment",
        "select (sum(s.amount), sum(s.captured), sum(s.refunded)) <> (max(p.amount), max(p.captured), max(p.refunded))
           from payments.payment p join payments.share s on s.payment_id = p.id
          where p.order_id::text = $1",
    ),
    (
        "an unpaid order keeps money",
        "select o.status = 'cancelled' and p.captured > p.refunded
           from orders.order o join payments.payment p on p.order_id = o.id
          where o.id::text = $1",
    ),
    (
        "goods that came back are on the shelf more or less than once",
        "select coalesce(sum((l->>'restocked')::bigint + (l->>'put_back')::bigint), 0)
                <> coalesce((select sum(m.delta_on_hand) from inventory.movement m
                              where m.reason = 'return' and m.reference in (
                                    select (r->>'id')::uuid from orders.sub_order s, jsonb_array_elements(s.returns) r
                                     where s.order_id::text = $1)), 0)
           from orders.sub_order s, jsonb_array_elements(s.returns) r, jsonb_array_elements(r->'lines') l
          where s.order_id::text = $1",
    ),
    (
        "money went back more than once for one return",
        "select exists (select from orders.event
          where stream_id::text = $1 and name = 'refunded' and payload->'refunded'->'refund'->>'return' is not null
          group by payload->'refunded'->'refund'->>'return' having count(*) > 1)",
    ),
    (
        "the order's history has holes",
        "select count(*) <> max(version) from orders.event where stream_id::text = $1",
    ),
];

impl Stage {
    pub async fn check(&self, played: &Played) -> Result<Vec<String>> {
        let order = played.order.id.to_string();
        let mut broken = Vec::new();
        for (what, sql) in BROKEN {
            if self.books.query_one(sql, &[&order]).await?.get(0) {
                broken.push(what.to_owned());
            }
        }
        let sql = "select status from orders.order where id::text = $1";
        let status: String = self.books.query_one(sql, &[&order]).await?.get(0);
        let ended = match status.as_str() {
            "confirmed" => Ends::Confirmed,
            "cancelled" => Ends::Cancelled,
            _ => Ends::AnyWay,
        };
        if ended == Ends::AnyWay || played.ends != Ends::AnyWay && played.ends != ended {
            broken.push(format!("the order is {status}"));
        }
        Ok(broken)
    }
}
