//! Booking a label: asked for once under the shipment's key, and asked about until the carrier answers.

use super::Shipments;
use crate::carrier::{Answer, Booking, Carrier, is_tracking};
use crate::error::Error;
use crate::store::{self, Row};
use ::store::Scope;
use chrono::TimeDelta;
use contracts::Address;
use contracts::orders::{ParcelLine, ReturnStatus, SubOrder, SubOrderStatus};
use contracts::shipping::{NewShipment, Shipment, ShipmentState};
use kernel::{Ctx, Fault, LineId, ReturnId, SubOrderId, TenantId, Timestamp};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// What no carrier takes.
const WEIGHT_G_MAX: u32 = 70_000;
/// How long a carrier may think. What comes later is asked about.
const TIMEOUT: Duration = Duration::from_secs(10);
/// When a booking without an answer is asked about, at first and at most; each time it takes twice as long.
const ASK_AFTER_FIRST: TimeDelta = TimeDelta::seconds(30);
const ASK_AFTER_MAX: TimeDelta = TimeDelta::hours(1);
/// Bookings asked about in one go.
const ASK_AT_ONCE: i64 = 20;
/// Characters of what a carrier says of a parcel that it will not take.
const REASON_CHARS_MAX: usize = 300;

/// Under which the carrier knows a booking. Shops choose ids, and one may choose another's.
pub fn key_of(row: &Row) -> String {
    format!("{}/{}", row.tenant, row.id)
}

impl Shipments {
    /// Books a label for units of a sub-order. The same id again is the same label.
    pub async fn book(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        new: NewShipment,
    ) -> Result<Shipment, Error> {
        let row = match self.known(tenant, &new).await? {
            Some(known) => same(known, id, &new)?,
            None => self.requested(ctx, tenant, id, &new).await?,
        };
        if row.state == ShipmentState::Requested {
            self.ask(&row, ctx.now).await?;
        }
        self.whole(tenant, row.id).await
    }

    fn check(&self, new: &NewShipment) -> Result<(), Error> {
        let carrier = self.carriers().called(&new.carrier).ok_or(Error::NoSuchCarrier)?;
        if !carrier
            .services()
            .iter()
            .any(|service| service.code == new.service)
        {
            return Err(Error::NoSuchService);
        }
        match (1..=WEIGHT_G_MAX).contains(&new.weight_g) {
            true => Ok(()),
            false => Err(Error::Weight(WEIGHT_G_MAX)),
        }
    }

    async fn known(&self, tenant: TenantId, new: &NewShipment) -> Result<Option<Row>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let known = store::find(&mut *tx, tenant, new.id).await?;
        tx.commit().await?;
        Ok(known)
    }

    /// Writes down that the carrier is to be asked, before it is: whatever happens then, somebody asks what became of it.
    async fn requested(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        new: &NewShipment,
    ) -> Result<Row, Error> {
        let sub_order = self.orders().sub_order(ctx, tenant, id).await?;
        self.check(new)?;
        let left = match new.exchange {
            None => left_to_ship(&sub_order)?,
            Some(of) => left_to_exchange(&sub_order, of)?,
        };
        let recipient = sub_order.address.clone();
        let recipient = recipient.ok_or_else(|| Error::NotPacked(word(&sub_order.status)))?;
        let row = Row {
            tenant,
            id: new.id,
            order: sub_order.order,
            sub_order: id,
            number: sub_order.number.clone(),
            exchange: new.exchange,
            lines: units(left, new.lines.as_deref())?,
            carrier: new.carrier.clone(),
            service: new.service.clone(),
            weight_g: new.weight_g,
            sender: self.sender(ctx, tenant).await?,
            recipient,
            state: ShipmentState::Requested,
            tracking: None,
            reason: None,
            eta: None,
            created_at: ctx.now,
            asked: 0,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let added = store::insert(&mut *tx, &row, ctx.now + ASK_AFTER_FIRST).await?;
        tx.commit().await?;
        if added {
            return Ok(row);
        }
        // Somebody else was quicker with the same id.
        let known = self.known(tenant, new).await?.ok_or(Error::NoSuchShipment)?;
        same(known, id, new)
    }

    /// Where the shop is registered: nobody asks sellers for a street.
    async fn sender(&self, ctx: &Ctx, tenant: TenantId) -> Result<Address, Error> {
        let shop = self.0.shops.shops(ctx, vec![tenant]).await?.pop();
        let shop = shop.ok_or_else(|| Fault::not_found("shop"))?;
        Ok(Address {
            name: shop.name,
            line1: String::new(),
            line2: None,
            postcode: shop.location.postcode,
            city: shop.location.town,
            region: shop.location.region,
            country: shop.location.country,
            phone: None,
        })
    }

    /// Asks the carrier, and keeps what it says. Nobody waits in a transaction meanwhile.
    async fn ask(&self, row: &Row, now: Timestamp) -> Result<(), Error> {
        let carrier = self.carrier_of(row)?;
        let answer = tokio::time::timeout(TIMEOUT, answer(carrier, row, now)).await;
        self.keep(row, answer.unwrap_or(Answer::Unknown), now).await
    }

    async fn keep(&self, row: &Row, answer: Answer, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let locked = store::lock(&mut *tx, row.tenant, row.id).await?;
        // Two may ask about one booking; the first to be answered keeps it.
        let Some(row) = locked.filter(|row| row.state == ShipmentState::Requested) else {
            return Ok(());
        };
        match answer {
            Answer::Booked { tracking, eta } => {
                let is_good = is_tracking(&tracking) && store::booked(&mut tx, &row, &tracking, eta).await?;
                if !is_good {
                    tracing::error!(carrier = row.carrier, tracking, shipment = %row.id, "a carrier gave a number that cannot be used");
                    let reason = "The carrier gave a number that cannot be used. Book another label.";
                    store::refused(&mut *tx, &row, reason).await?;
                }
            }
            Answer::Refused { reason } => {
                let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
                store::refused(&mut *tx, &row, &reason).await?;
            }
            Answer::Unknown | Answer::NotFound => {
                store::ask_again(&mut *tx, &row, now + ask_after(row.asked)).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Asks about bookings that were not answered; how many. Safe to run twice at once: each is asked about by one.
    pub async fn ask_due(&self, ctx: &Ctx) -> Result<usize, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let due = store::take_due(&mut *tx, ctx.now, ctx.now + ASK_AFTER_FIRST, ASK_AT_ONCE).await?;
        tx.commit().await?;
        for row in &due {
            if let Err(error) = self.ask(row, ctx.now).await {
                tracing::warn!(%error, shipment = %row.id, "a carrier could not be asked about a booking");
            }
        }
        Ok(due.len())
    }
}

/// The first time it is booked; once an answer was lost it is asked about, and booked again only if the carrier has never
/// heard of it. Who died before anything was counted books again, under the same key.
async fn answer(carrier: &dyn Carrier, row: &Row, now: Timestamp) -> Answer {
    if row.asked > 0 {
        let known = carrier.inquire(key_of(row)).await;
        if known != Answer::NotFound {
            return known;
        }
    }
    let booking = Booking {
        key: key_of(row),
        service: row.service.clone(),
        weight_g: row.weight_g,
        sender: row.sender.clone(),
        recipient: row.recipient.clone(),
        reference: row.number.clone(),
    };
    carrier.book(booking, now).await
}

fn ask_after(asked: i32) -> TimeDelta {
    let doubled = 1_i32
        .checked_shl(asked.clamp(0, 16).unsigned_abs())
        .unwrap_or(i32::MAX);
    (ASK_AFTER_FIRST * doubled).min(ASK_AFTER_MAX)
}

/// The shipment that there is, if it is the one that was asked for.
fn same(known: Row, id: SubOrderId, new: &NewShipment) -> Result<Row, Error> {
    let is_same = known.sub_order == id
        && known.carrier == new.carrier
        && known.service == new.service
        && known.weight_g == new.weight_g
        && known.exchange == new.exchange
        && new.lines.as_ref().is_none_or(|lines| *lines == known.lines);
    match is_same {
        true => Ok(known),
        false => Err(Error::IdTaken),
    }
}

/// What of a sub-order is to be sent: once it is packed, until nothing is left.
fn left_to_ship(sub_order: &SubOrder) -> Result<Vec<ParcelLine>, Error> {
    use SubOrderStatus as S;
    if !matches!(sub_order.status, S::Packed | S::PartlyShipped) {
        return Err(Error::NotPacked(word(&sub_order.status)));
    }
    let left = sub_order.lines.iter().map(|line| ParcelLine {
        line: line.id,
        quantity: line.quantity - line.shipped - line.cancelled,
    });
    Ok(left.collect())
}

/// What of a return is to be sent again: once it is exchanged, until nothing is left.
fn left_to_exchange(sub_order: &SubOrder, of: ReturnId) -> Result<Vec<ParcelLine>, Error> {
    let known = sub_order.returns.iter().find(|known| known.id == of);
    let known = known.ok_or(Error::NoSuchReturn)?;
    if known.status != ReturnStatus::Exchanged {
        return Err(Error::NotExchanged(word(&known.status)));
    }
    let sent = |line: LineId| -> u32 {
        let parcels = sub_order.parcels.iter();
        let again = parcels.filter(|parcel| parcel.exchange == Some(of));
        let own = again
            .flat_map(|parcel| &parcel.lines)
            .filter(|sent| sent.line == line);
        own.map(|sent| sent.quantity).sum()
    };
    let left = known.exchange.iter().map(|units| ParcelLine {
        quantity: units.quantity.saturating_sub(sent(units.line)),
        ..*units
    });
    Ok(left.collect())
}

/// What goes into the parcel: what is asked for, or all that is left.
fn units(left: Vec<ParcelLine>, wanted: Option<&[ParcelLine]>) -> Result<Vec<ParcelLine>, Error> {
    let Some(wanted) = wanted else {
        return Ok(left.into_iter().filter(|line| line.quantity > 0).collect());
    };
    let left: HashMap<LineId, u32> = left.iter().map(|line| (line.line, line.quantity)).collect();
    let mut seen = HashSet::new();
    let fits = |line: &ParcelLine| {
        let left = left.get(&line.line).copied().unwrap_or(0);
        (1..=left).contains(&line.quantity)
    };
    let is_good = !wanted.is_empty() && wanted.iter().all(|line| seen.insert(line.line) && fits(line));
    match is_good {
        true => Ok(wanted.to_vec()),
        false => Err(Error::Units),
    }
}

/// As callers know it.
fn word(status: &impl Serialize) -> String {
    let word = serde_json::to_value(status).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_carrier_is_asked_less_and_less_often() {
        let minutes = [0, 1, 2, 3, 6, 7, 30].map(|asked| ask_after(asked).num_seconds());
        assert_eq!(minutes, [30, 60, 120, 240, 1920, 3600, 3600]);
    }
}
