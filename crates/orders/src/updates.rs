//! What events change in the read tables: rows column by column, so that any number of orders is a statement per table.
//! For both drivers: the till writes with tokio-postgres, [`crate::app`] with sqlx, where history and log go with the rows in
//! one statement.

use crate::domain::{Event, Order, SubOrder, status_name};
use crate::project::{LineRow, SubOrderRow, fulfilment_name, lines, reason_name, sub_order};
use kernel::{OrderId, SubOrderId, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::LazyLock;
use store::log::{APPEND_COLUMNS, Outbox};
use store::rows::{PgQuery, Rows, together_by_columns};
use store::streams::{AppendError, StreamRows, append_to_one_sql, appended};
use uuid::Uuid;

/// A statement per table, which takes its rows from `$rows`.
macro_rules! update_orders {
    ($rows:literal) => {
        concat!(
            "
update orders.order o
   set version = d.version, status = d.status, fulfilment = d.fulfilment, refunded = d.refunded,
       cancel_reason = d.cancel_reason, reserved_until = d.reserved_until
  from unnest(",
            $rows,
            ")
       as d (id, version, status, fulfilment, refunded, cancel_reason, reserved_until)
 where o.id = d.id"
        )
    };
}

macro_rules! update_sub_orders {
    ($rows:literal) => {
        concat!("
update orders.sub_order s
   set status = d.status, refunded = d.refunded, commission_refunded = d.commission_refunded,
       funded_refunded = d.funded_refunded, tax_refunded = d.tax_refunded,
       confirmed_at = d.confirmed_at, packed_at = d.packed_at,
       delivered_at = d.delivered_at, cancelled_at = d.cancelled_at, address = d.address,
       cancel_reason = d.cancel_reason, cancel_note = d.cancel_note, parcels = d.parcels, refunds = d.refunds,
       returns = d.returns, open_returns = d.open_returns, return_until = d.return_until,
       cancellations = d.cancellations
  from unnest(", $rows, ")
       as d (tenant_id, id, status, refunded, commission_refunded, confirmed_at, packed_at, delivered_at, cancelled_at, address,
             cancel_reason, cancel_note, parcels, refunds, funded_refunded, returns, open_returns, return_until,
             tax_refunded, cancellations)
 where s.tenant_id = d.tenant_id and s.id = d.id")
    };
}

macro_rules! update_lines {
    ($rows:literal) => {
        concat!(
            "
update orders.line l
   set shipped = d.shipped, cancelled = d.cancelled, refunded = d.refunded
  from unnest(",
            $rows,
            ")
       as d (tenant_id, sub_order_id, id, shipped, cancelled, refunded)
 where l.tenant_id = d.tenant_id and l.sub_order_id = d.sub_order_id and l.id = d.id"
        )
    };
}

// For tokio-postgres: rows of a composite type.
pub const UPDATE_ORDERS: &str = update_orders!("$1::orders.order_update[]");
pub const UPDATE_SUB_ORDERS: &str = update_sub_orders!("$1::orders.sub_order_update[]");
pub const UPDATE_LINES: &str = update_lines!("$1::orders.line_update[]");

// For sqlx: an array for each column.
const UPDATE_ORDERS_BY_COLUMNS: &str = update_orders!(
    "$1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[]"
);
const UPDATE_SUB_ORDERS_BY_COLUMNS: &str = update_sub_orders!(
    "$1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[],
     $8::timestamptz[], $9::timestamptz[], $10::jsonb[], $11::text[], $12::text[], $13::jsonb[], $14::jsonb[],
     $15::bigint[], $16::jsonb[], $17::int[], $18::timestamptz[], $19::bigint[], $20::jsonb[]"
);
const UPDATE_LINES_BY_COLUMNS: &str =
    update_lines!("$1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[]");

/// What happened to one order, for sqlx: its row and its parts', the public events, and its own. Different tables, none of
/// which is asked what another is given.
static WRITE: LazyLock<String> = LazyLock::new(|| write_with(&[]));
/// The same where it changes what lines say.
static WRITE_WITH_LINES: LazyLock<String> = LazyLock::new(|| write_with(&[UPDATE_LINES_BY_COLUMNS]));

fn write_with(lines: &[&str]) -> String {
    let append = append_to_one_sql(crate::CONTEXT);
    let rows = [UPDATE_ORDERS_BY_COLUMNS, UPDATE_SUB_ORDERS_BY_COLUMNS];
    // The history comes last: how many events it took tells whether it was where it was believed to be.
    let ends = [APPEND_COLUMNS, append.as_str()];
    let all: [&[&str]; 3] = [&rows, lines, &ends];
    together_by_columns(&all.concat())
}

/// A set of columns, and how they become a statement's parameters.
macro_rules! updates {
    ($name:ident { $first:ident: $first_ty:ty, $($column:ident: $ty:ty),+ $(,)? }) => {
        #[derive(Debug, Default)]
        pub struct $name { $first: Vec<$first_ty>, $($column: Vec<$ty>),+ }
        impl $name {
            pub fn rows(&self) -> Rows<'_, { 1 + [$(stringify!($column)),+].len() }> {
                Rows([&self.$first, $(&self.$column),+])
            }

            fn bind_to<'q>(&'q self, query: PgQuery<'q>) -> PgQuery<'q> {
                query.bind(&self.$first)$(.bind(&self.$column))+
            }
        }
    };
}

updates! {
    OrderUpdates {
        ids: Uuid, versions: i64, statuses: &'static str, fulfilments: &'static str, refunded: i64,
        cancel_reasons: Option<&'static str>, reserved_untils: Timestamp,
    }
}

updates! {
    SubOrderUpdates {
        tenants: Uuid, ids: Uuid, statuses: String, refunded: i64, commission_refunded: i64, confirmed_ats: Option<Timestamp>,
        packed_ats: Option<Timestamp>, delivered_ats: Option<Timestamp>, cancelled_ats: Option<Timestamp>,
        addresses: Option<Value>, cancel_reasons: Option<String>, cancel_notes: Option<String>,
        parcels: Value, refunds: Value, funded_refunded: i64, returns: Value, open_returns: i32,
        return_untils: Option<Timestamp>, tax_refunded: i64, cancellations: Value,
    }
}

updates! {
    LineUpdates { tenants: Uuid, sub_orders: Uuid, ids: Uuid, shipped: i64, cancelled: i64, refunded: i64 }
}

/// The rows that events have changed.
#[derive(Debug, Default)]
pub struct Updates {
    pub orders: OrderUpdates,
    pub sub_orders: SubOrderUpdates,
    pub lines: LineUpdates,
}

impl Updates {
    /// Adds `order` as `events` have left it: of its sub-orders those that they happened to, all of them where
    /// something happened to the order.
    pub fn push<'e>(
        &mut self,
        order: &Order,
        events: &(impl Iterator<Item = &'e Event> + Clone),
    ) -> Result<(), serde_json::Error> {
        self.orders.push(order);
        let number = order.number();
        for part in order.sub_orders() {
            let mut own = events.clone().filter(|event| concerns(event, &part)).peekable();
            if own.peek().is_none() {
                continue;
            }
            self.sub_orders.push(sub_order(&number, &part))?;
            if own.any(counts_units) {
                lines(part).for_each(|line| self.lines.push(&line));
            }
        }
        Ok(())
    }

    /// Writes them in the caller's transaction, with what happened to the order behind version `expected` and what others
    /// learn of it: all in one statement.
    pub async fn write(
        &self,
        conn: &mut PgConnection,
        order: OrderId,
        expected: i64,
        happened: &StreamRows,
        outbox: &Outbox,
    ) -> Result<(), AppendError> {
        let changes_lines = !self.lines.rows().is_empty();
        let statement = match changes_lines {
            true => WRITE_WITH_LINES.as_str(),
            false => WRITE.as_str(),
        };
        let query = self.orders.bind_to(sqlx::query(statement));
        let query = self.sub_orders.bind_to(query);
        let query = match changes_lines {
            true => self.lines.bind_to(query),
            false => query,
        };
        let query = happened.bind_to(outbox.bind_to(query));
        let outcome = query.bind(expected).bind(order).execute(conn).await;
        appended(outcome, expected)
    }
}

fn concerns(event: &Event, sub_order: &SubOrder<'_>) -> bool {
    event
        .part()
        .is_none_or(|part: SubOrderId| part == sub_order.part.id)
}

/// Whether it changes what a line says of its units and money.
fn counts_units(event: &Event) -> bool {
    matches!(
        event,
        Event::Provided { .. }
            | Event::Shipped { .. }
            | Event::UnitsCancelled { .. }
            | Event::Refunded { .. }
    )
}

impl OrderUpdates {
    fn push(&mut self, order: &Order) {
        self.ids.push(order.id.0);
        self.versions.push(order.version);
        self.statuses.push(status_name(order.status));
        self.fulfilments.push(fulfilment_name(order.fulfilment()));
        self.refunded.push(order.refunded());
        self.cancel_reasons.push(order.cancel_reason.map(reason_name));
        self.reserved_untils.push(order.placed.reserved_until);
    }
}

impl SubOrderUpdates {
    fn push(&mut self, row: SubOrderRow) -> Result<(), serde_json::Error> {
        self.addresses
            .push(row.address.map(serde_json::to_value).transpose()?);
        self.cancellations.push(serde_json::to_value(row.cancellations)?);
        self.parcels.push(serde_json::to_value(row.parcels)?);
        self.refunds.push(serde_json::to_value(row.refunds)?);
        self.returns.push(serde_json::to_value(row.returns)?);
        self.open_returns.push(row.open_returns);
        self.return_untils.push(row.return_until);
        self.tenants.push(row.tenant_id.0);
        self.ids.push(row.id.0);
        self.statuses.push(row.status);
        self.refunded.push(row.refunded);
        self.commission_refunded.push(row.commission_refunded);
        self.funded_refunded.push(row.funded_refunded);
        self.tax_refunded.push(row.tax_refunded);
        self.confirmed_ats.push(row.dates.confirmed);
        self.packed_ats.push(row.dates.packed);
        self.delivered_ats.push(row.dates.delivered);
        self.cancelled_ats.push(row.dates.cancelled);
        self.cancel_reasons.push(row.cancel_reason);
        self.cancel_notes.push(row.cancel_note);
        Ok(())
    }
}

impl LineUpdates {
    fn push(&mut self, row: &LineRow) {
        self.tenants.push(row.tenant_id.0);
        self.sub_orders.push(row.sub_order_id.0);
        self.ids.push(row.id.0);
        self.shipped.push(row.shipped);
        self.cancelled.push(row.cancelled);
        self.refunded.push(row.refunded);
    }
}
