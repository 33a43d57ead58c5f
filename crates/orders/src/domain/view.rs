//! Orders as other contexts and callers see them.

use super::{Deduction, Discount, Given, Line, Order, Sent, SubOrder, Units, number};
use contracts::orders as api;
use contracts::orders::OrderStatus;
use kernel::{Currency, Money, ParcelId, RefundId, Timestamp};
use serde::Serialize;

impl Order {
    #[must_use]
    pub fn view(&self) -> api::Order {
        let placed = &self.placed;
        api::Order {
            id: self.id,
            number: self.number(),
            status: self.status,
            fulfilment: self.fulfilment(),
            version: self.version,
            email: placed.email.clone(),
            address: placed.address.clone(),
            sub_orders: self.sub_orders().map(|sub_order| sub_order.view()).collect(),
            subtotal: self.money(placed.subtotal()),
            delivery: self.money(placed.delivery()),
            discount: self.money(placed.discount()),
            total: self.total(),
            tax: self.money(placed.tax()),
            taxes: placed.taxes(),
            refunded: self.money(self.refunded()),
            payment: placed.payment,
            tenders: placed
                .tenders
                .iter()
                .map(|tender| tender.view(placed.currency))
                .collect(),
            charged: self.charged(),
            placed_at: self.placed_at,
            reserved_until: (self.status == OrderStatus::Placed).then_some(placed.reserved_until),
            cancel_reason: self.cancel_reason,
        }
    }
}

impl SubOrder<'_> {
    /// As its buyer sees it: without the address, which the order carries for them, and without what its shop is charged.
    #[must_use]
    pub fn view(&self) -> api::SubOrder {
        let (order, part) = (self.order, self.part);
        let cancellation = self.cancellation();
        let (parcels, refunds) = (self.parcels(), self.refunds());
        let (returnable, undone) = (self.returnable_units(), self.undone());
        api::SubOrder {
            id: part.id,
            order: order.id,
            tenant: part.tenant,
            number: number::of_sub_order(&order.number(), self.index),
            status: self.status(),
            lines: part.lines.iter().map(|line| self.view_line(line)).collect(),
            delivery_code: part.delivery.code.clone(),
            delivery_name: part.delivery.name.clone(),
            subtotal: order.money(part.subtotal()),
            delivery: order.money(part.delivery.price),
            discount: order.money(part.discount()),
            delivery_discounts: discounts(&part.delivery.discounts, order.currency()),
            delivery_tax: part.delivery.tax.as_ref().map(|tax| tax.view(order.currency())),
            total: order.money(part.total()),
            tax: order.money(part.tax()),
            taxes: part.taxes(order.currency()),
            tax_owed_by: part.tax_owed_by,
            tax_refunded: order.money(self.tax_refunded()),
            funded: order.money(part.funded()),
            funded_refunded: order.money(undone.funded),
            commission: None,
            refunded: order.money(self.refunded()),
            commission_refunded: None,
            placed_at: order.placed_at,
            address: None,
            timeline: timeline(self.dates(), self.progress.provided_at, &parcels, &refunds),
            cancellations: self.cancellations(),
            parcels,
            refunds,
            returns: self.returns(),
            return_until: self.return_until(),
            returnable: returnable.iter().map(units).collect(),
            cancel_reason: cancellation.as_ref().map(|c| c.reason),
            cancel_note: cancellation.map(|c| c.note).filter(|note| !note.is_empty()),
        }
    }

    fn view_line(&self, line: &Line) -> api::OrderLine {
        api::OrderLine {
            id: line.id,
            sku: line.sku,
            product: line.product,
            title: line.title.clone(),
            options: line.options.clone(),
            code: line.code.clone(),
            quantity: line.quantity,
            shipped: self.shipped(line.id),
            cancelled: self.cancelled(line.id),
            unit_price: self.order.money(line.unit_price),
            list_total: self.order.money(line.list_total()),
            discounts: discounts(&line.discounts, self.order.currency()),
            total: self.order.money(line.total()),
            tax: line.tax.as_ref().map(|tax| tax.view(self.order.currency())),
            made: line.made.clone(),
            digital: line.digital.clone(),
        }
    }

    /// Of units, while others are sent.
    #[must_use]
    pub fn cancellations(&self) -> Vec<api::UnitsCancellation> {
        let cancelled = self.progress.cancelled_units.iter();
        let told = cancelled.map(|cancelled| api::UnitsCancellation {
            lines: cancelled.units.iter().map(units).collect(),
            reason: cancelled.reason,
            note: cancelled.note.clone(),
            at: cancelled.at,
        });
        told.collect()
    }

    #[must_use]
    pub fn parcels(&self) -> Vec<api::Parcel> {
        self.progress.parcels.iter().map(parcel).collect()
    }

    #[must_use]
    pub fn refunds(&self) -> Vec<api::Refund> {
        let given = self.progress.refunds.iter();
        given.map(|given| refund(self.order, given)).collect()
    }

    #[must_use]
    pub fn dates(&self) -> Dates {
        Dates {
            placed: self.order.placed_at,
            confirmed: self.order.confirmed_at,
            packed: self.progress.packed_at,
            delivered: self.progress.delivered_at,
            cancelled: self.cancellation().map(|cancellation| cancellation.at),
        }
    }
}

/// What promotions took off.
#[must_use]
pub fn discounts(discounts: &[Discount], currency: Currency) -> Vec<contracts::promotions::Discount> {
    let view = |discount: &Discount| contracts::promotions::Discount {
        promotion: discount.promotion,
        name: discount.name.clone(),
        funder: discount.funder,
        amount: Money::new(discount.amount, currency),
    };
    discounts.iter().map(view).collect()
}

/// When a sub-order got where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dates {
    #[serde(rename = "placed_at")]
    pub placed: Timestamp,
    #[serde(rename = "confirmed_at")]
    pub confirmed: Option<Timestamp>,
    #[serde(rename = "packed_at")]
    pub packed: Option<Timestamp>,
    /// With its last parcel.
    #[serde(rename = "delivered_at")]
    pub delivered: Option<Timestamp>,
    #[serde(rename = "cancelled_at")]
    pub cancelled: Option<Timestamp>,
}

/// What happened to a sub-order, in order of time.
#[must_use]
pub fn timeline(
    dates: Dates,
    provided: Option<Timestamp>,
    parcels: &[api::Parcel],
    refunds: &[api::Refund],
) -> Vec<api::Milestone> {
    let mut milestones = vec![milestone("placed", dates.placed)];
    milestones.extend(dates.confirmed.map(|at| milestone("confirmed", at)));
    milestones.extend(provided.map(|at| milestone("provided", at)));
    milestones.extend(dates.packed.map(|at| milestone("packed", at)));
    // What is sent again belongs to the way of its return.
    for parcel in parcels.iter().filter(|parcel| parcel.exchange.is_none()) {
        milestones.push(of_parcel("shipped", parcel.shipped_at, parcel.id));
        milestones.extend(
            parcel
                .delivered_at
                .map(|at| of_parcel("delivered", at, parcel.id)),
        );
    }
    milestones.extend(dates.cancelled.map(|at| milestone("cancelled", at)));
    milestones.extend(refunds.iter().map(|refund| of_refund(refund.at, refund.id)));
    // Stable: what happened at one time keeps the order in which it can happen.
    milestones.sort_by_key(|milestone| milestone.at);
    milestones
}

pub(super) fn milestone(name: &str, at: Timestamp) -> api::Milestone {
    api::Milestone {
        name: name.to_owned(),
        at,
        parcel: None,
        refund: None,
    }
}

pub(super) fn of_parcel(name: &str, at: Timestamp, parcel: ParcelId) -> api::Milestone {
    api::Milestone {
        parcel: Some(parcel),
        ..milestone(name, at)
    }
}

pub(super) fn of_refund(at: Timestamp, refund: RefundId) -> api::Milestone {
    api::Milestone {
        refund: Some(refund),
        ..milestone("refunded", at)
    }
}

fn parcel(sent: &Sent) -> api::Parcel {
    api::Parcel {
        id: sent.parcel.id,
        lines: sent.parcel.lines.iter().map(units).collect(),
        carrier: sent.parcel.carrier.clone(),
        tracking: sent.parcel.tracking.clone(),
        exchange: sent.parcel.exchange,
        shipped_at: sent.at,
        delivered_at: sent.delivered_at,
    }
}

/// Some units of a line.
#[must_use]
pub fn units(units: &Units) -> api::ParcelLine {
    api::ParcelLine {
        line: units.line,
        quantity: units.quantity,
    }
}

fn refund(order: &Order, given: &Given) -> api::Refund {
    let refund = &given.refund;
    let lines = refund.lines.iter().map(|line| api::RefundLine {
        line: line.line,
        quantity: line.quantity,
        amount: order.money(line.amount),
    });
    api::Refund {
        id: refund.id,
        lines: lines.collect(),
        delivery: order.money(refund.delivery),
        amount: order.money(refund.amount),
        reason: refund.reason.clone(),
        of_return: refund.of_return,
        deduction: refund.deduction.as_ref().map(|kept| deduction(order, kept)),
        at: given.at,
    }
}

/// What a shop kept.
#[must_use]
pub fn deduction(order: &Order, kept: &Deduction) -> api::Deduction {
    api::Deduction {
        amount: order.money(kept.amount),
        reason: kept.reason.clone(),
    }
}
