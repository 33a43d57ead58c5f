//! Whether shipments stand where their carriers' events put them.

use crate::Shipments;
use crate::domain::{decisive, state_after, state_name};
use crate::error::Error;
use crate::store::{self, Row};
use ::store::Scope;
use contracts::shipping::{ShipmentState, TrackingEvent};

/// Shipments looked at together.
const BATCH: i64 = 500;
/// Findings named before a report stops.
const FINDINGS_MAX: usize = 100;

/// Everything that is wrong with shipments, in words; empty when all is well.
pub async fn verify(shipments: &Shipments) -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    let mut after = None;
    while findings.len() < FINDINGS_MAX {
        let mut tx = shipments.db().begin(Scope::System).await?;
        // One look at both: between two, a carrier could tell something.
        sqlx::query("set transaction isolation level repeatable read")
            .execute(&mut *tx)
            .await?;
        let rows = store::after(&mut *tx, after, BATCH).await?;
        let events = store::events_of(&mut *tx, &rows).await?;
        tx.commit().await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some((last.tenant, last.id));
        let of = |row: &Row| events.get(&(row.tenant, row.id)).map_or(&[][..], Vec::as_slice);
        findings.extend(rows.iter().filter_map(|row| finding(row, of(row))));
    }
    Ok(findings)
}

fn finding(row: &Row, events: &[TrackingEvent]) -> Option<String> {
    let told = decisive(events).map(|event| state_after(event.kind));
    let waits = matches!(
        row.state,
        ShipmentState::Requested | ShipmentState::Refused | ShipmentState::Booked
    );
    let is_right = told.map_or(waits, |told| told == row.state);
    (!is_right).then(|| {
        let told = told.map_or("nothing", state_name);
        format!(
            "shipment {} is {}, its carrier told {told}",
            row.id,
            state_name(row.state)
        )
    })
}
