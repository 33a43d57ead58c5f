//! Gift cards, for the operator: issued, listed without their codes, switched off and on.

use askama::Template;

use super::common::{Choice, Field, Link, Price};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_gift_cards.html")]
pub struct OperatorGiftCardsPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    /// The card that was just issued: its code is here and nowhere else.
    pub issued: Option<IssuedCard>,
    pub may_edit: bool,
    pub cards: Vec<GiftCardRow>,
    pub more: Option<Link>,
    pub new: GiftCardFields,
}

#[derive(Clone, Debug)]
pub struct IssuedCard {
    pub code: String,
    pub amount: Price,
}

#[derive(Clone, Debug)]
pub struct GiftCardRow {
    /// Distinguishes its form.
    pub id: String,
    pub hint: String,
    pub note: String,
    pub issued: String,
    pub funding: String,
    pub amount: Price,
    pub balance: Price,
    /// What of that orders have set aside; none where that is nothing.
    pub held: Option<Price>,
    pub expires: String,
    pub disabled: bool,
    /// Where it is switched off, or on again.
    pub switch: String,
}

#[derive(Clone, Debug, Default)]
pub struct GiftCardFields {
    pub amount: Field,
    pub currencies: Vec<Choice>,
    pub fundings: Vec<Choice>,
    pub expires: Field,
    pub note: Field,
    /// Makes the same press of the button the same card.
    pub key: String,
}
