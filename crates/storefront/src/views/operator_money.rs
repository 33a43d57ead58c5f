//! The operator's finance desk: money that is held back, and what shops are charged.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_holds.html")]
pub struct OperatorHoldsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    pub rows: Vec<HeldRow>,
    pub more: Option<Link>,
    /// For those who may hold money.
    pub form: Option<HoldFields>,
}

#[derive(Clone, Debug)]
pub struct HeldRow {
    /// Distinguishes its form.
    pub id: String,
    pub shop: Link,
    pub reason: String,
    pub note: String,
    pub placed: String,
    pub until: String,
    pub status: Status,
    pub amount: String,
    /// What is still held, where that is not all of it.
    pub remaining: String,
    /// Where it is let go.
    pub lift: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct HoldFields {
    /// Why it came back, where that is no field's.
    pub refused: Option<String>,
    pub shop: Field,
    pub amount: Field,
    pub currencies: Vec<Choice>,
    pub reasons: Vec<Choice>,
    pub until: Field,
    pub note: Field,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_commission.html")]
pub struct OperatorCommissionPage {
    pub page: Page,
    pub work: WorkBar,
    pub rows: Vec<ChargeRow>,
    pub more: Option<Link>,
    pub form: Option<ChargeFields>,
}

#[derive(Clone, Debug)]
pub struct ChargeRow {
    pub id: String,
    /// Which sales it is for.
    pub what: String,
    /// How much is kept.
    pub tariff: String,
    pub since: String,
    pub until: String,
    pub status: Status,
    pub note: String,
    pub end: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct ChargeFields {
    pub refused: Option<String>,
    pub shop: Field,
    pub categories: Vec<Choice>,
    pub plan: Field,
    pub currencies: Vec<Choice>,
    pub rate: Field,
    pub fixed: Field,
    pub floor: Field,
    pub cap: Field,
    pub tax: Field,
    pub begins: Field,
    pub note: Field,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_partners.html")]
pub struct OperatorPartnersPage {
    pub page: Page,
    pub work: WorkBar,
    /// The secret of the key that was just made: it is here and nowhere else.
    pub secret: Option<String>,
    pub rows: Vec<KeyRow>,
    pub form: KeyFields,
}

#[derive(Clone, Debug)]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub prefix: String,
    pub carrier: String,
    pub scopes: String,
    pub expires: String,
    pub used: String,
    pub status: Status,
    pub revoke: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct KeyFields {
    pub refused: Option<String>,
    pub name: Field,
    pub carrier: Field,
    /// Name, label, whether it is ticked.
    pub scopes: Vec<(String, String, bool)>,
    pub expires: Field,
}
