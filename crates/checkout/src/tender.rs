//! What of an order gift cards and store credit pay: chosen before it is placed, and where its refunds go back to.

use crate::error::Error;
use crate::till::settle::{Case, Refunding};
use contracts::cart::CartOwner;
use contracts::checkout::RefundTo;
use contracts::purses::{PurseKind, TenderWish};
use kernel::{Ctx, Money, PurseId, UserId};
use ledger::domain::Tendered;
use ledger::domain::purse::credit_of;
use ledger::till::purses::Part;
use ledger::{FoundPurse, Purses};
use orders::domain::{Order, Tender};
use std::collections::HashMap;

/// Gift cards that one order is paid with.
pub const GIFT_CARDS_MAX: usize = 5;

/// Why a gift card pays nothing of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardRefusal {
    Expired,
    Disabled,
    Empty,
    OtherCurrency,
    NamedTwice,
}

impl CardRefusal {
    /// Stable, in snake case.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "gift_card_expired",
            Self::Disabled => "gift_card_disabled",
            Self::Empty => "gift_card_empty",
            Self::OtherCurrency => "gift_card_currency",
            Self::NamedTwice => "gift_card_repeated",
        }
    }

    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Expired => "This gift card has expired. Take it out to go on.",
            Self::Disabled => {
                "This gift card was switched off. Ask the marketplace, or take it out to go on."
            }
            Self::Empty => "Nothing is left on this gift card. Take it out to go on.",
            Self::OtherCurrency => {
                "This gift card is in another currency than the order. Take it out to go on."
            }
            Self::NamedTwice => "This gift card is named twice. Take it out once.",
        }
    }
}

/// Whose store credit may be used: that of whoever signed in.
#[must_use]
pub fn buyer_of(owner: &CartOwner) -> Option<UserId> {
    match owner {
        CartOwner::User(user) => Some(*user),
        CartOwner::Guest(_) => None,
    }
}

/// What a buyer's gift cards, in their order, and then their store credit would pay of a total. Nothing is asked where
/// nothing is wished.
pub async fn tenders(
    purses: &Purses,
    ctx: &Ctx,
    wish: &TenderWish,
    buyer: Option<UserId>,
    total: Money,
) -> Result<Vec<Tender>, Error> {
    if wish.is_none() {
        return Ok(Vec::new());
    }
    if wish.gift_cards.len() > GIFT_CARDS_MAX {
        return Err(Error::TooManyGiftCards);
    }
    let credit = match (wish.store_credit, buyer) {
        (false, _) => None,
        (true, Some(buyer)) => Some((buyer, total.currency)),
        (true, None) => return Err(Error::NoCreditForGuests),
    };
    let wanted = purses
        .find(&wish.gift_cards, credit, &wish.client, ctx.now)
        .await
        .map_err(unknown_code)?;
    let mut left = total.amount;
    let mut tenders: Vec<Tender> = Vec::new();
    for (index, card) in wanted.cards.iter().enumerate() {
        let again = wanted.cards[..index].iter().any(|other| other.id == card.id);
        if let Some(why) = refusal(card, again, ctx, total) {
            return Err(Error::GiftCard { index, why });
        }
        take(&mut tenders, &mut left, card, ctx);
    }
    if let Some(credit) = &wanted.credit {
        take(&mut tenders, &mut left, credit, ctx);
    }
    Ok(tenders)
}

fn unknown_code(error: ledger::Error) -> Error {
    let pointer = match error {
        ledger::Error::UnknownCode(index) => Some(format!("/gift_cards/{index}")),
        _ => None,
    };
    let fault = kernel::Fault::from(error);
    Error::from(match pointer {
        Some(pointer) => fault.at(pointer),
        None => fault,
    })
}

fn refusal(card: &FoundPurse, again: bool, ctx: &Ctx, total: Money) -> Option<CardRefusal> {
    let standing = card.standing();
    if again {
        Some(CardRefusal::NamedTwice)
    } else if card.currency != total.currency.code() {
        Some(CardRefusal::OtherCurrency)
    } else if standing.disabled {
        Some(CardRefusal::Disabled)
    } else if standing.expires_at.is_some_and(|ends| ends <= ctx.now) {
        Some(CardRefusal::Expired)
    } else if standing.spendable(ctx.now) == 0 {
        Some(CardRefusal::Empty)
    } else {
        None
    }
}

/// As much as there is and is needed; nothing of what is not needed any more.
fn take(tenders: &mut Vec<Tender>, left: &mut i64, purse: &FoundPurse, ctx: &Ctx) {
    let amount = purse.standing().spendable(ctx.now).min(*left);
    if amount > 0 {
        *left -= amount;
        tenders.push(Tender {
            purse: purse.id,
            kind: purse.kind(),
            hint: purse.hint().to_owned(),
            amount,
        });
    }
}

/// Refuses what the buyer did not agree to: with gift cards or store credit they say what is left for them to pay.
pub fn agreed(wish: &TenderWish, expected: Option<Money>, due: Money) -> Result<(), Error> {
    match expected {
        Some(expected) if expected == due => Ok(()),
        None if wish.is_none() => Ok(()),
        Some(_) => Err(Error::DueChanged { now: due }),
        None => Err(Error::DueMissing),
    }
}

/// As the ledger's purses know them.
#[must_use]
pub fn parts(tenders: &[Tender]) -> Vec<Part> {
    let part = |tender: &Tender| Part {
        purse: tender.purse,
        kind: tender.kind,
        amount: tender.amount,
    };
    tenders.iter().map(part).collect()
}

/// As its accounts know them.
#[must_use]
pub fn tendered(tenders: &[Tender]) -> Tendered {
    let of = |kind| -> i64 {
        let mine = tenders.iter().filter(|tender| tender.kind == kind);
        mine.map(|tender| tender.amount).sum()
    };
    Tendered {
        gift_cards: of(PurseKind::GiftCard),
        store_credit: of(PurseKind::StoreCredit),
    }
}

/// Where `amount` of an order's money goes back to beside its payment provider: what gift cards and store credit paid goes
/// back first, the last used first, and never more to one than it paid. `retried` is a refund that is tried again, and so
/// not yet counted.
pub fn back(
    case: &Case,
    amount: i64,
    to: RefundTo,
    retried: Option<&Refunding>,
) -> Result<Vec<Tender>, Error> {
    let order = &case.order;
    if to == RefundTo::StoreCredit {
        return Ok(vec![credit(order, amount)?]);
    }
    if order.placed.tenders.is_empty() {
        return Ok(Vec::new());
    }
    let mut given: HashMap<PurseId, i64> = HashMap::new();
    let counted = case.refunds.iter().filter(|refund| {
        refund.to == RefundTo::Origin
            && !refund.was_refused()
            && retried.is_none_or(|retried| retried.id != refund.id)
    });
    for tender in counted.flat_map(|refund| &refund.tenders) {
        *given.entry(tender.purse).or_default() += tender.amount;
    }
    let mut left = amount;
    let mut back = Vec::new();
    for paid in order.placed.tenders.iter().rev() {
        let before = given.get(&paid.purse).copied().unwrap_or(0);
        let amount = left.min(paid.amount - before);
        if amount > 0 {
            left -= amount;
            back.push(Tender {
                amount,
                ..paid.clone()
            });
        }
    }
    Ok(back)
}

/// All of it to the buyer's store credit, which guests do not have.
fn credit(order: &Order, amount: i64) -> Result<Tender, Error> {
    let buyer = order.placed.buyer.ok_or(Error::BuyerWithoutAccount)?;
    Ok(Tender {
        purse: credit_of(buyer, order.currency()),
        kind: PurseKind::StoreCredit,
        hint: String::new(),
        amount,
    })
}
