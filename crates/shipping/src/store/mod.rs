//! All SQL of shipping, save the sandbox's own books.

mod events;

pub use events::{add_events, events_of};

use crate::domain::{state_name, state_of};
use contracts::Address;
use contracts::orders::ParcelLine;
use contracts::shipping::{Shipment, ShipmentState, TrackingEvent};
use kernel::{OrderId, ParcelId, ReturnId, ShipmentId, SubOrderId, TenantId, Timestamp};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// Shipments read at once: an order's parcels, with room to spare.
const SHIPMENTS_MAX: i64 = 200;

/// A shipment without its way.
#[derive(Clone, Debug)]
pub struct Row {
    pub tenant: TenantId,
    pub id: ShipmentId,
    pub order: OrderId,
    pub sub_order: SubOrderId,
    /// The sub-order's.
    pub number: String,
    /// The return whose goods are sent again.
    pub exchange: Option<ReturnId>,
    pub lines: Vec<ParcelLine>,
    pub carrier: String,
    pub service: String,
    pub weight_g: u32,
    pub sender: Address,
    pub recipient: Address,
    pub state: ShipmentState,
    pub tracking: Option<String>,
    pub reason: Option<String>,
    pub eta: Option<Timestamp>,
    pub created_at: Timestamp,
    /// How often the carrier was asked without an answer.
    pub asked: i32,
}

#[derive(sqlx::FromRow)]
struct Record {
    tenant_id: TenantId,
    id: ShipmentId,
    order_id: OrderId,
    sub_order_id: SubOrderId,
    number: String,
    return_id: Option<ReturnId>,
    lines: Json<Vec<ParcelLine>>,
    carrier: String,
    service: String,
    weight_g: i32,
    sender: Json<Address>,
    recipient: Json<Address>,
    state: String,
    tracking: Option<String>,
    reason: Option<String>,
    eta: Option<Timestamp>,
    created_at: Timestamp,
    asked: i32,
}

impl From<Record> for Row {
    fn from(record: Record) -> Self {
        Self {
            tenant: record.tenant_id,
            id: record.id,
            order: record.order_id,
            sub_order: record.sub_order_id,
            number: record.number,
            exchange: record.return_id,
            lines: record.lines.0,
            carrier: record.carrier,
            service: record.service,
            weight_g: u32::try_from(record.weight_g).unwrap_or(0),
            sender: record.sender.0,
            recipient: record.recipient.0,
            state: state_of(&record.state),
            tracking: record.tracking,
            reason: record.reason,
            eta: record.eta,
            created_at: record.created_at,
            asked: record.asked,
        }
    }
}

impl Row {
    pub fn parcel(&self) -> ParcelId {
        ParcelId(self.id.0)
    }

    pub fn with(self, events: Vec<TrackingEvent>) -> Shipment {
        Shipment {
            parcel: self.parcel(),
            id: self.id,
            order: self.order,
            sub_order: self.sub_order,
            tenant: self.tenant,
            exchange: self.exchange,
            lines: self.lines,
            carrier: self.carrier,
            service: self.service,
            weight_g: self.weight_g,
            sender: self.sender,
            recipient: self.recipient,
            state: self.state,
            tracking: self.tracking,
            reason: self.reason,
            eta: self.eta,
            created_at: self.created_at,
            events,
        }
    }
}

macro_rules! select_shipments {
    ($rest:literal) => {
        concat!(
            "select s.tenant_id, s.id, s.order_id, s.sub_order_id, s.number, s.return_id, s.lines, s.carrier, s.service, s.weight_g,
                    s.sender, s.recipient, s.state, s.tracking, s.reason, s.eta, s.created_at, s.asked
               from shipping.shipment s ",
            $rest
        )
    };
}

/// Adds a shipment that waits for its carrier's answer until `ask_at`; false where one of this id is there.
pub async fn insert(db: impl PgExecutor<'_>, row: &Row, ask_at: Timestamp) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into shipping.shipment (tenant_id, id, order_id, sub_order_id, number, lines, carrier, service,
                                        weight_g, sender, recipient, state, created_at, ask_at, return_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'requested', $12, $13, $14)
         on conflict on constraint shipment_pkey do nothing",
    )
    .bind(row.tenant)
    .bind(row.id)
    .bind(row.order)
    .bind(row.sub_order)
    .bind(&row.number)
    .bind(Json(&row.lines))
    .bind(&row.carrier)
    .bind(&row.service)
    .bind(i32::try_from(row.weight_g).unwrap_or(i32::MAX))
    .bind(Json(&row.sender))
    .bind(Json(&row.recipient))
    .bind(row.created_at)
    .bind(ask_at)
    .bind(row.exchange)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ShipmentId,
) -> Result<Option<Row>, sqlx::Error> {
    let record: Option<Record> = sqlx::query_as(select_shipments!("where s.tenant_id = $1 and s.id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(record.map(Row::from))
}

/// A shipment, locked until the transaction ends.
pub async fn lock(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ShipmentId,
) -> Result<Option<Row>, sqlx::Error> {
    let record: Option<Record> = sqlx::query_as(select_shipments!(
        "where s.tenant_id = $1 and s.id = $2 for update"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(record.map(Row::from))
}

/// By the carrier's number.
pub async fn find_tracked(
    db: impl PgExecutor<'_>,
    carrier: &str,
    number: &str,
) -> Result<Option<Row>, sqlx::Error> {
    let record: Option<Record> = sqlx::query_as(select_shipments!(
        "join shipping.tracking t on t.shop_id = s.tenant_id and t.shipment_id = s.id
         where t.carrier = $1 and t.number = $2"
    ))
    .bind(carrier)
    .bind(number)
    .fetch_optional(db)
    .await?;
    Ok(record.map(Row::from))
}

pub async fn of_sub_order(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: SubOrderId,
) -> Result<Vec<Row>, sqlx::Error> {
    let records: Vec<Record> = sqlx::query_as(select_shipments!(
        "where s.tenant_id = $1 and s.sub_order_id = $2 order by s.created_at, s.id limit $3"
    ))
    .bind(tenant)
    .bind(id)
    .bind(SHIPMENTS_MAX)
    .fetch_all(db)
    .await?;
    Ok(records.into_iter().map(Row::from).collect())
}

pub async fn of_order(db: impl PgExecutor<'_>, id: OrderId) -> Result<Vec<Row>, sqlx::Error> {
    let records: Vec<Record> = sqlx::query_as(select_shipments!(
        "where s.order_id = $1 order by s.created_at, s.id limit $2"
    ))
    .bind(id)
    .bind(SHIPMENTS_MAX)
    .fetch_all(db)
    .await?;
    Ok(records.into_iter().map(Row::from).collect())
}

/// Shipments behind a place, in order of shops and ids.
pub async fn after(
    db: impl PgExecutor<'_>,
    place: Option<(TenantId, ShipmentId)>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    let (tenant, id) = place.unzip();
    let records: Vec<Record> = sqlx::query_as(select_shipments!(
        "where $1::uuid is null or (s.tenant_id, s.id) > ($1, $2) order by s.tenant_id, s.id limit $3"
    ))
    .bind(tenant)
    .bind(id)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(records.into_iter().map(Row::from).collect())
}

/// The label is booked; false where the carrier gave this number to another shipment before.
pub async fn booked(
    conn: &mut PgConnection,
    row: &Row,
    tracking: &str,
    eta: Option<Timestamp>,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query(
        "insert into shipping.tracking (carrier, number, shop_id, shipment_id) values ($1, $2, $3, $4)
         on conflict on constraint tracking_pkey do nothing",
    )
    .bind(&row.carrier)
    .bind(tracking)
    .bind(row.tenant)
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "update shipping.shipment set state = 'booked', tracking = $3, eta = $4, ask_at = null
          where tenant_id = $1 and id = $2",
    )
    .bind(row.tenant)
    .bind(row.id)
    .bind(tracking)
    .bind(eta)
    .execute(conn)
    .await?;
    Ok(true)
}

pub async fn refused(db: impl PgExecutor<'_>, row: &Row, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update shipping.shipment set state = 'refused', reason = $3, ask_at = null
          where tenant_id = $1 and id = $2",
    )
    .bind(row.tenant)
    .bind(row.id)
    .bind(reason)
    .execute(db)
    .await?;
    Ok(())
}

/// The carrier did not answer: it is asked again then.
pub async fn ask_again(db: impl PgExecutor<'_>, row: &Row, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update shipping.shipment set asked = asked + 1, ask_at = $3
          where tenant_id = $1 and id = $2 and state = 'requested'",
    )
    .bind(row.tenant)
    .bind(row.id)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes shipments whose carriers are to be asked now; nobody else takes them until `until`.
pub async fn take_due(
    db: impl PgExecutor<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    let records: Vec<Record> = sqlx::query_as(
        "update shipping.shipment s set ask_at = $2
           from (select tenant_id, id from shipping.shipment
                  where ask_at <= $1 order by ask_at limit $3 for update skip locked) as due
          where s.tenant_id = due.tenant_id and s.id = due.id
         returning s.tenant_id, s.id, s.order_id, s.sub_order_id, s.number, s.return_id, s.lines, s.carrier, s.service, s.weight_g,
                   s.sender, s.recipient, s.state, s.tracking, s.reason, s.eta, s.created_at, s.asked",
    )
    .bind(now)
    .bind(until)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(records.into_iter().map(Row::from).collect())
}

/// Where the shipment stands by now, and when it is to arrive.
pub async fn progress(
    db: impl PgExecutor<'_>,
    row: &Row,
    state: ShipmentState,
    eta: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query("update shipping.shipment set state = $3, eta = $4 where tenant_id = $1 and id = $2")
        .bind(row.tenant)
        .bind(row.id)
        .bind(state_name(state))
        .bind(eta)
        .execute(db)
        .await?;
    Ok(())
}

/// Ids for a statement.
pub(crate) fn ids(rows: &[Row]) -> (Vec<Uuid>, Vec<Uuid>) {
    rows.iter().map(|row| (row.tenant.0, row.id.0)).unzip()
}
