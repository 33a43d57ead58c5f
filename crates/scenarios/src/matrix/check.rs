//! What must hold for an order that has its end, read from the tables and from the provider's own books.

use super::stage::Stage;
use super::story::{Ends, Played};
use anyhow::Result;
use bench::database::Session;
use tokio_postgres::Statement;

/// Each names what is broken where its query gives true. Parameter: the order.
pub const BROKEN: [(&str, &str); 31] = [
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
        "select (sum(s.amount), sum(s.captured), sum(s.released), sum(s.refunded))
                <> (max(p.amount), max(p.captured), max(p.released), max(p.refunded))
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
    // As if two attempts, or one take under two keys, both took.
    (
        "more is taken than the buyer agreed to",
        "select p.amount < (select coalesce(sum(c.captured), 0) from payments.sandbox_charge c where c.key like p.id || '-%')
             or p.amount < (select coalesce(sum(t.amount), 0) from payments.sandbox_take t where t.charge like p.id || '-%')
           from payments.payment p where p.order_id::text = $1",
    ),
    // As if what was set did not come to the saga, and all that follows found nothing to look at.
    (
        "the order is captured at another time than its marketplace captures",
        "select exists (select from orders.event v where v.stream_id = p.order_id and v.name = 'confirmed')
            and (coalesce((select capture from checkout.capture_time), 'at_once') = 'on_dispatch'
                 and p.method <> 'tok_capture_whole')
             <> exists (select from checkout.capture k where k.order_id = p.order_id)
           from payments.payment p where p.order_id::text = $1",
    ),
    // From here on of orders whose shares are captured as shops send: of others none of these finds anything.
    // As if an answer that was told twice were written twice.
    (
        "a share is captured more than once",
        "select exists (
            select from payments.event e
              join payments.payment p on p.id = e.stream_id
             cross join lateral json_array_elements(e.payload -> 'shares') as share
             where p.order_id::text = $1 and e.name = 'shares_captured'
             group by share ->> 'tenant' having count(*) > 1)",
    ),
    // As if it were asked anew, under another key, before it is known what became of the first question.
    (
        "the provider took other parts than the shares were captured in",
        "select exists (
            select from (select t.key, t.amount
                           from payments.sandbox_take t
                           join payments.payment p on t.charge like p.id || '-%'
                          where p.order_id::text = $1) made
              full join (select (c.taking -> 'charge' ->> 'key') || '-take-' || (share ->> 'taken_by') as key,
                                sum((share ->> 'captured')::bigint) as amount
                           from checkout.capture c
                          cross join lateral jsonb_array_elements(c.taking -> 'split' -> 'shares') as share
                          where c.order_id::text = $1 and share ->> 'taken_by' is not null
                          group by 1) known using (key)
             where made.amount is distinct from known.amount)",
    ),
    // As if an answer were lost for good, or the rest never let go.
    (
        "the payment stands otherwise than its charge at the provider",
        "select exists (
            select from checkout.capture k
              join payments.payment p on p.order_id = k.order_id
              left join payments.sandbox_charge c on c.key = k.taking -> 'charge' ->> 'key'
             where k.order_id::text = $1
               and (p.status, p.captured, p.refunded) is distinct from (c.state, c.captured, c.refunded))",
    ),
    // As if a release, or what lapsed, were told of some shares and not of others.
    (
        "something of a share is neither taken nor left to its buyer",
        "select exists (
            select from checkout.capture k
              join payments.payment p on p.order_id = k.order_id
              join payments.share s on s.payment_id = p.id
             where k.order_id::text = $1 and s.captured + s.released <> s.amount)",
    ),
    // As if a question were forgotten with the process that asked it, or a job failed until nobody tries it any more.
    (
        "captures are left open, or to a job that gave up",
        "select exists (select from checkout.capture where order_id::text = $1 and (ended_at is null or open <> 0))
             or exists (select from store.job where queue = 'checkout.captures' and key like $1 || '-%')",
    ),
    // As if what is cancelled while another share is asked for were taken with it.
    (
        "a buyer pays for what was never sent",
        "select exists (
            select from checkout.capture k
              join payments.payment p on p.order_id = k.order_id
              join payments.share s on s.payment_id = p.id
              join orders.sub_order o on o.order_id = k.order_id and o.tenant_id = s.tenant_id
             where k.order_id::text = $1 and s.captured > s.refunded and o.parcels = '[]')",
    ),
    // As if the log's cursor moved without the job that captures.
    (
        "a shop sent what nobody pays for, though it was in time",
        "select exists (
            select from checkout.capture k
             cross join lateral jsonb_array_elements(k.taking -> 'split' -> 'shares') as share
              join orders.sub_order o on o.order_id = k.order_id and o.tenant_id = (share ->> 'tenant')::uuid
             where k.order_id::text = $1 and o.parcels <> '[]'
               and (share ->> 'captured')::bigint = 0 and (share ->> 'lapsed')::bigint = 0)",
    ),
    // As if a provider's refusal, or silence, counted as the end of what it set aside.
    (
        "money lapsed before its time",
        "select exists (select from checkout.capture where order_id::text = $1 and lapsed > 0 and ended_at < lapses_at)",
    ),
    // As if the sale were posted as the order is confirmed, or again with an answer that comes twice.
    (
        "the books hold other sales of a share than was captured of it",
        "select exists (
            select from checkout.capture k
              join payments.payment p on p.order_id = k.order_id
              join payments.share s on s.payment_id = p.id
             where k.order_id::text = $1
               and s.captured <> coalesce((select -sum(b.amount) from ledger.entry e
                                             join ledger.posting b on b.entry_id = e.id
                                            where e.kind = 'sale' and e.reference = k.order_id
                                              and b.tenant_id = s.tenant_id), 0))",
    ),
    // As if a share were released whose refund is not in the order's history, or the other way round.
    (
        "a buyer is told of other money than is left to them or back",
        "select exists (
            select from checkout.capture k
              join payments.payment p on p.order_id = k.order_id
              join payments.share s on s.payment_id = p.id
              join orders.sub_order o on o.order_id = k.order_id and o.tenant_id = s.tenant_id
             where k.order_id::text = $1 and o.refunded <> s.released + s.refunded)",
    ),
    // As if an order's goods were sold again with each share, or put back twice with a release.
    (
        "other units left the shelves than were not cancelled",
        "select exists (select from checkout.capture where order_id::text = $1)
            and coalesce((select -sum(m.delta_on_hand) from inventory.movement m where m.reference::text = $1), 0)
             <> coalesce((select sum(l.quantity - l.cancelled) from orders.sub_order s
                            join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
                           where s.order_id::text = $1 and s.status <> 'cancelled'), 0)",
    ),
];

/// The same as PostgreSQL knows them: planned now and then, instead of for each order.
pub async fn prepared(books: &Session) -> Result<Vec<(&'static str, Statement)>> {
    let mut checks = Vec::new();
    for (what, sql) in BROKEN {
        checks.push((what, books.prepare(sql).await?));
    }
    Ok(checks)
}

impl Stage {
    pub async fn check(&self, played: &Played) -> Result<Vec<String>> {
        let order = played.order.id.to_string();
        let mut broken = Vec::new();
        for (what, asked) in &self.checks {
            if self.books.query_one(asked, &[&order]).await?.get(0) {
                broken.push((*what).to_owned());
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
