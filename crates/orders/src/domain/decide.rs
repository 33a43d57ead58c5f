use super::{
    Discount, Event, Order, PARTS_MAX, Parcel, Placed, Refund, ReturnStep, Units, decide_part, decide_return,
};
use contracts::Address;
use contracts::orders::{CancelReason, OrderStatus, SubOrderStatus};
use kernel::{LineId, ParcelId, ReturnId, SubOrderId, Timestamp};

/// What is asked of an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Place(Box<Placed>),
    /// The money is there.
    Confirm,
    /// It is not; the order and its hold remain, so that the buyer can try again.
    DeclinePayment {
        reason: String,
    },
    /// As a whole: by its buyer until something of it is packed, by the marketplace until something is sent, or because
    /// its hold ran out. Sellers cancel parts.
    Cancel {
        reason: CancelReason,
    },
    /// It expired, and now its payment came: its goods are held again until then.
    Reopen {
        until: Timestamp,
    },
    /// It is to go elsewhere; until something of it is packed. What it costs there is for whoever asks to know.
    Readdress {
        address: Box<Address>,
    },
    Pack {
        part: SubOrderId,
    },
    Ship {
        part: SubOrderId,
        parcel: Parcel,
    },
    Deliver {
        part: SubOrderId,
        parcel: ParcelId,
    },
    /// One sub-order of a paid order: by its buyer until it is packed, by its seller or the marketplace, who say why, until
    /// something of it is sent. An order that is not paid is cancelled as a whole.
    CancelPart {
        part: SubOrderId,
        reason: CancelReason,
        note: String,
    },
    /// Some units that were not sent: by the buyer until the sub-order is packed, by its seller or the marketplace, who say
    /// why, later too.
    CancelUnits {
        part: SubOrderId,
        /// Each line once.
        units: Vec<Units>,
        reason: CancelReason,
        note: String,
        /// Chosen by whoever asks, apart from everybody else's: the same key is the same cancellation.
        key: String,
    },
    /// Money is given back for a sub-order, once for each id.
    Refund(Refund),
    /// A return of units that were delivered gets somewhere. Its buyer requests, withdraws and sends it, its seller does the
    /// rest.
    Return {
        part: SubOrderId,
        id: ReturnId,
        step: ReturnStep,
    },
}

/// Why a command does not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("There is no such order, or it is not yours to see.")]
    NoSuchOrder,
    #[error("The order was placed already.")]
    PlacedAlready,
    #[error("There is no such sub-order in this order.")]
    NoSuchPart,
    #[error("There is no such parcel in this sub-order.")]
    NoSuchParcel,
    #[error("There is no such return in this order.")]
    NoSuchReturn,
    #[error("{what} that is {from} cannot be {to}; it can be {}.", words(allowed))]
    Illegal {
        /// `An order`, `A sub-order` or `A return`.
        what: &'static str,
        from: &'static str,
        to: &'static str,
        /// What it can still become.
        allowed: &'static [&'static str],
    },
    #[error("A seller cancels their own sub-order, once it is paid.")]
    NotTheirs,
    #[error("Name at least one unit; each line is named once, and is one of the sub-order's.")]
    BadUnits,
    #[error(
        "Nothing of what the label was booked for is left to be sent: it was cancelled, or sent otherwise. Take the label \
         off the parcel."
    )]
    NothingToShip,
    #[error("{wanted} units of line {line} are too many: {left} are left to be sent.")]
    TooManyUnits { line: LineId, wanted: u32, left: u32 },
    #[error("{wanted} units of line {line} are too many: {left} are left to be returned.")]
    TooManyToReturn { line: LineId, wanted: u32, left: u32 },
    #[error(
        "`{title}` was made for its buyer, and is not taken back because they changed their mind. If something is wrong with it, say what."
    )]
    NotReturnable { line: LineId, title: String },
    #[error(
        "`{title}` was downloaded and cannot be sent back. If something is wrong with it, write to the shop."
    )]
    NotSent { line: LineId, title: String },
    #[error(
        "What is downloaded of it was delivered when it was paid, and is not cancelled. Cancel the units that are to be sent instead."
    )]
    Provided,
    #[error(
        "Its buyer has what is downloaded of it since it was paid, so it cannot be cancelled. Refund it instead: once all its money went back, it cannot be downloaded any more."
    )]
    RefundInstead,
    #[error("What came could be returned until {until}.")]
    ReturnTooLate { until: Timestamp },
    #[error("A sub-order has at most {} returns.", decide_return::RETURNS_MAX)]
    TooManyReturns,
    #[error("Say in the note what is wrong with it.")]
    ReasonUnclear,
    #[error(
        "{wanted} cannot be kept of {goods}: a deduction is above zero and less than what is given back for the goods. Amounts are in minor units."
    )]
    BadDeduction { wanted: i64, goods: i64 },
    #[error("Say why: the buyer is told.")]
    NoteMissing,
    #[error("The refund does not add up: {0}.")]
    BadRefund(&'static str),
    #[error("{wanted} is more than can be given back for {of}: {left}. Amounts are in minor units.")]
    RefundTooLarge {
        /// What bounds it: the sub-order, a line, the delivery.
        of: &'static str,
        wanted: i64,
        left: i64,
    },
    #[error("This id belongs to another {0} already.")]
    IdTaken(&'static str),
    #[error("The order's stock is held until {0}; it cannot expire before.")]
    NotDue(Timestamp),
    #[error("The order does not add up: {0}.")]
    Malformed(&'static str),
}

fn words(allowed: &[&str]) -> String {
    match allowed {
        [] => "nothing else any more".to_owned(),
        words => words.join(" or "),
    }
}

/// What happens on `command`: nothing if it happened before, so that asking twice is asking once.
pub fn decide(order: Option<&Order>, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let order = match (order, command) {
        (None, Command::Place(placed)) => {
            check(placed)?;
            return Ok(vec![Event::Placed(placed.clone())]);
        }
        (Some(_), Command::Place(_)) => return Err(Refusal::PlacedAlready),
        (None, _) => return Err(Refusal::NoSuchOrder),
        (Some(order), _) => order,
    };
    if let Some(events) = decide_part::decide(order, command, now) {
        return events;
    }
    match (order.status, command) {
        (
            OrderStatus::Placed | OrderStatus::Confirmed,
            Command::Cancel {
                reason: CancelReason::Seller,
            },
        ) => Err(Refusal::NotTheirs),
        (OrderStatus::Placed, Command::Confirm) => Ok(confirmation(&order.placed)),
        (OrderStatus::Placed, Command::DeclinePayment { reason }) => Ok(vec![Event::PaymentDeclined {
            reason: reason.clone(),
        }]),
        (OrderStatus::Placed, Command::Cancel { reason }) => {
            if *reason == CancelReason::Expired && now < order.placed.reserved_until {
                return Err(Refusal::NotDue(order.placed.reserved_until));
            }
            Ok(vec![Event::Cancelled { reason: *reason }])
        }
        (
            OrderStatus::Confirmed,
            Command::Cancel {
                reason: reason @ (CancelReason::Buyer | CancelReason::Operator),
            },
        ) => cancel_paid(order, *reason),
        (OrderStatus::Cancelled, Command::Reopen { until }) if order.has_expired() => {
            Ok(vec![Event::Reopened {
                reserved_until: *until,
            }])
        }
        (OrderStatus::Placed | OrderStatus::Confirmed, Command::Readdress { address }) => {
            readdress(order, address)
        }
        (OrderStatus::Confirmed, Command::Confirm) | (OrderStatus::Cancelled, Command::Cancel { .. }) => {
            Ok(Vec::new())
        }
        (status, command) => Err(Refusal::Illegal {
            what: "An order",
            from: name(status),
            to: command.outcome(),
            allowed: allowed(status),
        }),
    }
}

/// That it is paid, and what follows at once for what is downloaded of it.
#[must_use]
pub fn confirmation(placed: &Placed) -> Vec<Event> {
    std::iter::once(Event::Confirmed)
        .chain(placed.provided())
        .collect()
}

impl Command {
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Place(_) => "placed",
            Self::Confirm => "confirmed",
            Self::DeclinePayment { .. } => "declined",
            Self::Cancel {
                reason: CancelReason::Expired,
            } => "expired",
            Self::Cancel { .. } => "cancelled",
            Self::Reopen { .. } => "reopened",
            Self::Readdress { .. } => "sent elsewhere",
            Self::Pack { .. } => "packed",
            Self::Ship { .. } => "shipped",
            Self::Deliver { .. } => "delivered",
            Self::CancelPart {
                reason: CancelReason::Buyer,
                ..
            }
            | Self::CancelUnits {
                reason: CancelReason::Buyer,
                ..
            } => "cancelled by its buyer",
            Self::CancelPart { .. } | Self::CancelUnits { .. } => "cancelled",
            Self::Refund(_) => "refunded",
            Self::Return { .. } => "return_requested",
        }
    }
}

fn readdress(order: &Order, address: &Address) -> Result<Vec<Event>, Refusal> {
    use SubOrderStatus as S;
    // What is downloaded goes nowhere.
    let sent = order
        .sub_orders()
        .filter(|sub_order| !sub_order.part.is_downloaded());
    let statuses: Vec<S> = sent.map(|sub_order| sub_order.status()).collect();
    let is_packed = |status: &S| !matches!(status, S::Placed | S::Confirmed | S::Cancelled);
    if order.placed.address == *address {
        return Ok(Vec::new());
    }
    match statuses.into_iter().find(is_packed) {
        Some(status) => Err(Refusal::Illegal {
            what: "An order",
            from: decide_part::name(status),
            to: "sent elsewhere",
            allowed: decide_part::allowed(status),
        }),
        None => Ok(vec![Event::Readdressed {
            address: Box::new(address.clone()),
        }]),
    }
}

/// A paid order as a whole: by its buyer until something of it is packed, by the marketplace until something is sent.
fn cancel_paid(order: &Order, reason: CancelReason) -> Result<Vec<Event>, Refusal> {
    use SubOrderStatus as S;
    let statuses: Vec<S> = order.sub_orders().map(|sub_order| sub_order.status()).collect();
    // Its buyer has what is downloaded of it, and does not give it back by cancelling the rest.
    let is_provided = order
        .sub_orders()
        .any(|sub_order| sub_order.progress.provided_at.is_some() && sub_order.status() != S::Cancelled);
    if is_provided && reason == CancelReason::Buyer {
        return Err(Refusal::Provided);
    }
    if order.sub_orders().any(|sub_order| sub_order.is_had()) {
        return Err(Refusal::RefundInstead);
    }
    let can_end = |status: &S| match status {
        S::Confirmed | S::Cancelled => true,
        S::Packed => reason == CancelReason::Operator,
        _ => false,
    };
    match statuses.iter().find(|status| !can_end(status)) {
        None => Ok(vec![Event::Cancelled { reason }]),
        Some(status) => Err(Refusal::Illegal {
            what: "An order",
            from: decide_part::name(*status),
            to: "cancelled as a whole",
            allowed: match status {
                _ if statuses.contains(&S::Confirmed) => &["cancelled in part"],
                // Only its shop or the marketplace cancels what is packed.
                S::Packed => &["shipped"],
                status => decide_part::allowed(*status),
            },
        }),
    }
}

/// The word by which tables and callers know a status.
#[must_use]
pub fn name(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Placed => "placed",
        OrderStatus::Confirmed => "confirmed",
        OrderStatus::Cancelled => "cancelled",
    }
}

fn allowed(status: OrderStatus) -> &'static [&'static str] {
    match status {
        OrderStatus::Placed => &["confirmed", "cancelled"],
        OrderStatus::Confirmed => &["cancelled"],
        OrderStatus::Cancelled => &[],
    }
}

/// Whoever builds an order has checked its parts; this makes sure that its sums exist, once and for all events to come.
fn check(placed: &Placed) -> Result<(), Refusal> {
    let refuse = |rule, because| {
        if rule {
            Ok(())
        } else {
            Err(Refusal::Malformed(because))
        }
    };
    refuse(
        (1..=PARTS_MAX).contains(&placed.parts.len()),
        "it has no seller, or too many",
    )?;
    refuse(
        placed.buyer.is_some() != placed.guest.is_some(),
        "it belongs to a buyer or to a guest",
    )?;
    let mut total = 0i64;
    for part in &placed.parts {
        refuse(!part.lines.is_empty(), "a seller has no lines")?;
        refuse(part.delivery.price >= 0, "a delivery has a negative price")?;
        let mut subtotal = 0i64;
        for line in &part.lines {
            refuse(line.quantity > 0, "a line has no units")?;
            refuse(line.unit_price >= 0, "a line has a negative price")?;
            subtotal = line
                .unit_price
                .checked_mul(i64::from(line.quantity))
                .and_then(|line_total| subtotal.checked_add(line_total))
                .ok_or(Refusal::Malformed("its total is too large"))?;
            refuse(
                is_discount(&line.discounts, line.list_total()),
                "a line is discounted below nothing",
            )?;
        }
        // Of the price before discounts: what is paid is no more.
        let part_total = subtotal
            .checked_add(part.delivery.price)
            .ok_or(Refusal::Malformed("its total is too large"))?;
        refuse(
            is_discount(&part.delivery.discounts, i64::MAX - part_total),
            "a delivery is discounted by too much",
        )?;
        refuse(
            part.commission >= 0
                && part.commission_tax >= 0
                && part.kept() <= part.total().saturating_add(part.funded()),
            "a commission exceeds its part",
        )?;
        total = total
            .checked_add(part_total)
            .ok_or(Refusal::Malformed("its total is too large"))?;
    }
    Ok(())
}

/// Each above zero, and together no more than there is to be taken off.
fn is_discount(discounts: &[Discount], most: i64) -> bool {
    let sum = discounts.iter().try_fold(0i64, |sum, discount| {
        sum.checked_add(discount.amount).filter(|_| discount.amount > 0)
    });
    sum.is_some_and(|sum| sum <= most)
}
