//! What carriers told.

use super::{Row, ids};
use crate::domain::{kind_name, kind_of, sort};
use contracts::shipping::{DeliveryProof, TrackingEvent, TrackingKind};
use kernel::{ShipmentId, TenantId, Timestamp};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Record {
    tenant_id: TenantId,
    shipment_id: ShipmentId,
    id: String,
    kind: String,
    at: Timestamp,
    place: String,
    note: String,
    proof: Option<Json<DeliveryProof>>,
}

/// The events of each of these shipments, in the carrier's order of time.
pub async fn events_of(
    db: impl PgExecutor<'_>,
    rows: &[Row],
) -> Result<HashMap<(TenantId, ShipmentId), Vec<TrackingEvent>>, sqlx::Error> {
    let (tenants, shipments) = ids(rows);
    let records: Vec<Record> = sqlx::query_as(
        "select e.tenant_id, e.shipment_id, e.id, e.kind, e.at, e.place, e.note, e.proof
           from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, shipment_id)
           join shipping.tracking_event e
             on e.tenant_id = wanted.tenant_id and e.shipment_id = wanted.shipment_id",
    )
    .bind(&tenants)
    .bind(&shipments)
    .fetch_all(db)
    .await?;
    let mut events: HashMap<(TenantId, ShipmentId), Vec<TrackingEvent>> = HashMap::new();
    for record in records {
        let of = (record.tenant_id, record.shipment_id);
        events.entry(of).or_default().push(event(record));
    }
    events.values_mut().for_each(|own| sort(own));
    Ok(events)
}

fn event(record: Record) -> TrackingEvent {
    TrackingEvent {
        id: record.id,
        // The check constraint lets no other in.
        kind: kind_of(&record.kind).unwrap_or(TrackingKind::Exception),
        at: record.at,
        place: record.place,
        note: record.note,
        proof: record.proof.map(|proof| proof.0),
    }
}

/// Adds what was not told before; gives the ids of those.
pub async fn add_events(
    conn: &mut PgConnection,
    row: &Row,
    events: &[TrackingEvent],
    now: Timestamp,
) -> Result<Vec<String>, sqlx::Error> {
    let column = |of: fn(&TrackingEvent) -> String| -> Vec<String> { events.iter().map(of).collect() };
    let times: Vec<Timestamp> = events.iter().map(|event| event.at).collect();
    let proofs: Vec<Option<Json<DeliveryProof>>> =
        events.iter().map(|event| event.proof.clone().map(Json)).collect();
    let (tenant, shipment): (Uuid, Uuid) = (row.tenant.0, row.id.0);
    sqlx::query_scalar(
        "insert into shipping.tracking_event (tenant_id, shipment_id, id, kind, at, received_at, place, note, proof)
         select $1, $2, told.id, told.kind, told.at, $3, told.place, told.note, told.proof
           from unnest($4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::jsonb[])
                as told (id, kind, at, place, note, proof)
         on conflict on constraint tracking_event_pkey do nothing
         returning id",
    )
    .bind(tenant)
    .bind(shipment)
    .bind(now)
    .bind(column(|event| event.id.clone()))
    .bind(column(|event| kind_name(event.kind).to_owned()))
    .bind(times)
    .bind(column(|event| event.place.clone()))
    .bind(column(|event| event.note.clone()))
    .bind(proofs)
    .fetch_all(conn)
    .await
}
