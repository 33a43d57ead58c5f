//! Rows column by column, so that any number of them is one statement.

use crate::domain::{Discount, Event, Order, Tax};
use crate::project::{LineRow, OrderRow, SubOrderRow};
use contracts::digital::SoldDigital;
use contracts::making::Made;
use kernel::{Ctx, Timestamp};
use postgres_types::Json;
use serde_json::value::RawValue;
use store::rows::Rows;
use uuid::Uuid;

pub const INSERT_ORDERS: &str = "
insert into orders.order
       (id, version, number, buyer_id, status, currency, total, sellers, units, payment_id, placed_at, reserved_until)
select * from unnest($1::orders.new_order[])";

pub const INSERT_SUB_ORDERS: &str = "
insert into orders.sub_order
       (tenant_id, id, order_id, number, status, currency, subtotal, delivery, total, funded, delivery_discounts,
        commission, delivery_code, delivery_name, placed_at, tax, tax_by_marketplace, delivery_tax)
select * from unnest($1::orders.new_sub_order[])";

pub const INSERT_LINES: &str = "
insert into orders.line
       (tenant_id, sub_order_id, id, sku_id, product_id, title, options, code, quantity, unit_price, discounts, tax, made,
        digital)
select * from unnest($1::orders.new_line[])";

/// Takes each shop's next numbers, in order of the rows. Shops are locked in one order for everybody.
pub const ISSUE_CREDIT_NOTES: &str = "
with wanted as (
    select *
      from unnest($1::orders.new_credit_note[]) with ordinality
           as w (tenant_id, order_id, sub_order_id, refund_id, issued_at, n)
), counted as (
    insert into orders.credit_note_count as c (tenant_id, last)
    select tenant_id, count(*) from wanted group by tenant_id order by tenant_id
    on conflict (tenant_id) do update set last = c.last + excluded.last
    returning c.tenant_id, c.last
)
insert into orders.credit_note (tenant_id, number, order_id, sub_order_id, refund_id, issued_at)
select w.tenant_id,
       c.last - count(*) over (partition by w.tenant_id) + row_number() over (partition by w.tenant_id order by w.n),
       w.order_id, w.sub_order_id, w.refund_id, w.issued_at
  from wanted w
  join counted c on c.tenant_id = w.tenant_id";

type Raw = Json<Box<RawValue>>;

/// The same for this driver.
fn column(discounts: Option<&sqlx::types::Json<Vec<Discount>>>) -> Option<Json<&[Discount]>> {
    discounts.map(|discounts| Json(discounts.0.as_slice()))
}

/// A set of columns: how rows get in, and how they become a statement's parameter.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> { $($column:ident: $ty:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name<$life> { $($column: Vec<$ty>),+ }
        impl<$life> $name<$life> { columns!(@rows $($column),+); }
    };
    ($(#[$doc:meta])* $name:ident { $($column:ident: $ty:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name { $($column: Vec<$ty>),+ }
        impl $name { columns!(@rows $($column),+); }
    };
    (@rows $($column:ident),+) => {
        pub fn rows(&self) -> Rows<'_, { [$(stringify!($column)),+].len() }> {
            Rows([$(&self.$column),+])
        }
    };
}

columns! {
    /// In the order of `store.new_stream_event`.
    EventColumns<'a> {
        streams: Uuid, versions: i64, names: &'static str, payloads: &'a Raw, actors: &'a Raw,
        correlations: Uuid, ats: Timestamp,
    }
}

columns! {
    OrderColumns<'a> {
        ids: Uuid, versions: i64, numbers: &'a str, buyers: Option<Uuid>, statuses: &'a str, currencies: &'a str,
        totals: i64, sellers: i32, units: i64, payments: Uuid, placed_ats: Timestamp, reserved_untils: Timestamp,
    }
}

columns! {
    SubOrderColumns<'a> {
        tenants: Uuid, ids: Uuid, orders: Uuid, numbers: &'a str, statuses: &'a str, currencies: &'a str,
        subtotals: i64, deliveries: i64, totals: i64, funded: i64, delivery_discounts: Option<Json<&'a [Discount]>>,
        commissions: i64, delivery_codes: &'a str,
        delivery_names: &'a str, placed_ats: Timestamp, taxes: i64, taxes_by_marketplace: bool,
        delivery_taxes: Option<Json<&'a Tax>>,
    }
}

columns! {
    LineColumns<'a> {
        tenants: Uuid, sub_orders: Uuid, ids: Uuid, skus: Uuid, products: Uuid, titles: &'a str, options: &'a str,
        codes: &'a str, quantities: i64, unit_prices: i64, discounts: Option<Json<&'a [Discount]>>,
        taxes: Option<Json<&'a Tax>>, made: Option<Json<&'a Made>>,
        digital: Option<Json<&'a SoldDigital>>,
    }
}

columns! {
    CreditNoteColumns {
        tenants: Uuid, orders: Uuid, sub_orders: Uuid, refunds: Uuid, issued_ats: Timestamp,
    }
}

impl CreditNoteColumns {
    /// One for each refund among `events`, which led to `order`.
    pub fn push<'e>(&mut self, now: Timestamp, order: &Order, events: impl Iterator<Item = &'e Event>) {
        for event in events {
            let Event::Refunded { refund } = event else {
                continue;
            };
            let Some(sub_order) = order.sub_order(refund.part) else {
                continue;
            };
            self.tenants.push(sub_order.part.tenant.0);
            self.orders.push(order.id.0);
            self.sub_orders.push(refund.part.0);
            self.refunds.push(refund.id.0);
            self.issued_ats.push(now);
        }
    }
}

impl<'a> EventColumns<'a> {
    pub fn push(
        &mut self,
        ctx: &Ctx,
        stream: Uuid,
        version: i64,
        name: &'static str,
        payload: &'a Raw,
        actor: &'a Raw,
    ) {
        self.streams.push(stream);
        self.versions.push(version);
        self.names.push(name);
        self.payloads.push(payload);
        self.actors.push(actor);
        self.correlations.push(ctx.correlation.0);
        self.ats.push(ctx.now);
    }
}

impl<'a> OrderColumns<'a> {
    pub fn push(&mut self, row: &'a OrderRow) {
        self.ids.push(row.id.0);
        self.versions.push(row.version);
        self.numbers.push(&row.number);
        self.buyers.push(row.buyer_id.map(|b| b.0));
        self.statuses.push(&row.status);
        self.currencies.push(&row.currency);
        self.totals.push(row.total);
        self.sellers.push(row.sellers);
        self.units.push(row.units);
        self.payments.push(row.payment_id.0);
        self.placed_ats.push(row.placed_at);
        self.reserved_untils.push(row.reserved_until);
    }
}

impl<'a> SubOrderColumns<'a> {
    pub fn push(&mut self, row: &'a SubOrderRow) {
        self.tenants.push(row.tenant_id.0);
        self.ids.push(row.id.0);
        self.orders.push(row.order_id.0);
        self.numbers.push(&row.number);
        self.statuses.push(&row.status);
        self.currencies.push(&row.currency);
        self.subtotals.push(row.subtotal);
        self.deliveries.push(row.delivery);
        self.totals.push(row.total);
        self.funded.push(row.funded);
        self.delivery_discounts
            .push(column(row.delivery_discounts.as_ref()));
        self.commissions.push(row.commission);
        self.delivery_codes.push(&row.delivery_code);
        self.delivery_names.push(&row.delivery_name);
        self.placed_ats.push(row.dates.placed);
        self.taxes.push(row.tax);
        self.taxes_by_marketplace.push(row.tax_by_marketplace);
        self.delivery_taxes
            .push(row.delivery_tax.as_ref().map(|tax| Json(&tax.0)));
    }
}

impl<'a> LineColumns<'a> {
    pub fn push(&mut self, row: &'a LineRow) {
        self.tenants.push(row.tenant_id.0);
        self.sub_orders.push(row.sub_order_id.0);
        self.ids.push(row.id.0);
        self.skus.push(row.sku_id.0);
        self.products.push(row.product_id.0);
        self.titles.push(&row.title);
        self.options.push(&row.options);
        self.codes.push(&row.code);
        self.quantities.push(row.quantity);
        self.unit_prices.push(row.unit_price);
        self.discounts.push(column(row.discounts.as_ref()));
        self.taxes.push(row.tax.as_ref().map(|tax| Json(&tax.0)));
        self.made.push(row.made.as_ref().map(|made| Json(&made.0)));
        self.digital
            .push(row.digital.as_ref().map(|digital| Json(&digital.0)));
    }
}
