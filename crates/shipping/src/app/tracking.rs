//! What carriers tell: kept once each, in whatever order it comes.

use super::{Shipments, with_events};
use crate::carrier::{News, is_tracking};
use crate::domain::{decisive, state_after};
use crate::error::Error;
use crate::store::{self, Row};
use ::store::log::{self, Outbox};
use ::store::{Scope, Tx};
use chrono::{SubsecRound, TimeDelta};
use contracts::shipping::{Shipment, ShipmentProgressed, ShipmentState, TrackingEvent};
use httpkit::text;
use httpkit::webhook::Message;
use kernel::{Ctx, Timestamp};

/// Events told at once.
pub const EVENTS_MAX: usize = 50;
/// Characters of an event's id, place and note, and of each part of a proof.
const ID_CHARS_MAX: usize = 100;
const PLACE_CHARS_MAX: usize = 80;
const NOTE_CHARS_MAX: usize = 300;
const PROOF_CHARS_MAX: usize = 80;
/// By how much a carrier's clock may go before ours.
const AHEAD: TimeDelta = TimeDelta::hours(1);
/// By how much an event may lie before the booking: clocks and time zones go wrong, but not by more.
const BEFORE: TimeDelta = TimeDelta::days(1);

/// What came of some events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// How many of them had not been told before.
    pub new: usize,
    /// Where the shipment stands.
    pub state: ShipmentState,
}

impl Shipments {
    /// Takes a carrier's webhook in.
    pub async fn hear(&self, ctx: &Ctx, carrier: &str, message: &Message) -> Result<Told, Error> {
        let sender = self.carriers().called(carrier);
        let sender = sender.ok_or_else(|| kernel::Fault::not_found("carrier"))?;
        let news = sender.read_webhook(message, ctx.now)?;
        let told = self.tell(ctx, carrier, news).await?;
        metrics::counter!("carrier_webhooks_total", "carrier" => sender.name()).increment(1);
        Ok(told)
    }

    /// Whether a webhook from within was heard, for a sender that tries again if not.
    pub async fn hears(&self, carrier: &str, message: &Message, now: Timestamp) -> bool {
        let ctx = Ctx::system("carriers", now);
        match self.hear(&ctx, carrier, message).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(carrier, %error, "a carrier's webhook was not heard");
                false
            }
        }
    }

    async fn tell(&self, ctx: &Ctx, carrier: &str, news: News) -> Result<Told, Error> {
        self.tracked(ctx, carrier, &news.tracking, vec![news.event], news.eta)
            .await
    }

    /// Adds what happened to a carrier's parcel. What was told before changes nothing; all of it is taken, or none.
    pub async fn tracked(
        &self,
        ctx: &Ctx,
        carrier: &str,
        number: &str,
        events: Vec<TrackingEvent>,
        eta: Option<Timestamp>,
    ) -> Result<Told, Error> {
        if !is_tracking(number) {
            return Err(Error::NoSuchShipment);
        }
        let events = events
            .into_iter()
            .enumerate()
            .map(|(place, event)| tidy(place, event));
        let events: Vec<TrackingEvent> = events.collect::<Result<_, _>>()?;
        let mut tx = self.db().begin(Scope::System).await?;
        let told = tracked_in(&mut tx, ctx, carrier, number, &events, eta).await?;
        tx.commit().await?;
        log::wake();
        Ok(told)
    }

    /// A carrier's parcel, by its number.
    pub async fn of_carrier(&self, carrier: &str, number: &str) -> Result<Shipment, Error> {
        if !is_tracking(number) {
            return Err(Error::NoSuchShipment);
        }
        let mut tx = self.db().begin(Scope::System).await?;
        let row = store::find_tracked(&mut *tx, carrier, number).await?;
        let mut found = with_events(&mut tx, row.into_iter().collect()).await?;
        tx.commit().await?;
        found.pop().ok_or(Error::NoSuchShipment)
    }
}

async fn tracked_in(
    tx: &mut Tx,
    ctx: &Ctx,
    carrier: &str,
    number: &str,
    events: &[TrackingEvent],
    eta: Option<Timestamp>,
) -> Result<Told, Error> {
    let found = store::find_tracked(&mut **tx, carrier, number).await?;
    let found = found.ok_or(Error::NoSuchShipment)?;
    // Events of one parcel are taken in one after the other: each sees all before it.
    let row = store::lock(&mut **tx, found.tenant, found.id)
        .await?
        .ok_or(Error::NoSuchShipment)?;
    let in_time = |event: &TrackingEvent| event.at <= ctx.now + AHEAD && event.at >= row.created_at - BEFORE;
    if let Some(place) = events.iter().position(|event| !in_time(event)) {
        return Err(Error::EventTime(place));
    }
    let new = store::add_events(tx, &row, events, ctx.now).await?;
    let of = (row.tenant, row.id);
    let all = store::events_of(&mut **tx, std::slice::from_ref(&row))
        .await?
        .remove(&of)
        .unwrap_or_default();
    // What was not added is there: the very same, or something else under its id.
    if !events.iter().all(|event| all.contains(event)) {
        return Err(Error::EventIdTaken);
    }
    let Some(decisive) = decisive(&all) else {
        return Ok(Told {
            new: 0,
            state: row.state,
        });
    };
    let state = state_after(decisive.kind);
    // Who tells late tells an old plan.
    let is_latest = new.contains(&decisive.id);
    let eta = eta.filter(|_| is_latest).or(row.eta);
    if state != row.state || eta != row.eta {
        store::progress(&mut **tx, &row, state, eta).await?;
    }
    if state != row.state {
        publish(tx, ctx, row, state, decisive.at).await?;
    }
    Ok(Told {
        new: new.len(),
        state,
    })
}

async fn publish(tx: &mut Tx, ctx: &Ctx, row: Row, state: ShipmentState, at: Timestamp) -> Result<(), Error> {
    let mut outbox = Outbox::new();
    outbox.push(
        ctx,
        &ShipmentProgressed {
            shipment: row.id,
            order: row.order,
            sub_order: row.sub_order,
            tenant: row.tenant,
            parcel: row.parcel(),
            lines: row.lines,
            carrier: row.carrier,
            tracking: row.tracking.unwrap_or_default(),
            state,
            at,
            exchange: row.exchange,
        },
    )?;
    outbox.append(tx).await?;
    Ok(())
}

/// An event as it is kept: to the microsecond, its texts in bounds.
fn tidy(place: usize, event: TrackingEvent) -> Result<TrackingEvent, Error> {
    let pointer = |field: &str| format!("/events/{place}/{field}");
    let proof = event.proof.map(|proof| -> Result<_, kernel::Fault> {
        let line = |field: &str, said: &str| text::optional_line(&pointer(field), said, PROOF_CHARS_MAX);
        Ok(contracts::shipping::DeliveryProof {
            signed_by: line("proof/signed_by", &proof.signed_by)?,
            reference: line("proof/reference", &proof.reference)?,
        })
    });
    Ok(TrackingEvent {
        id: text::line(&pointer("id"), &event.id, ID_CHARS_MAX)?,
        kind: event.kind,
        at: httpkit::moment(&pointer("at"), event.at)?.trunc_subsecs(6),
        place: text::optional_line(&pointer("place"), &event.place, PLACE_CHARS_MAX)?,
        note: text::optional_line(&pointer("note"), &event.note, NOTE_CHARS_MAX)?,
        proof: proof.transpose()?,
    })
}
