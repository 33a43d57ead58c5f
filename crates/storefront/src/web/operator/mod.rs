//! The operator's workplace.

pub mod breaks;
pub mod categories;
pub mod gift_cards;
pub mod ledger;
pub mod messages;
pub mod moderation;
pub mod payments;
pub mod payouts;
pub mod promoted;
pub mod refunds;
pub mod reviews;
pub mod search;
pub mod shops;
pub mod taxes;

use super::visit::Visit;
use crate::views::common::Link;
use crate::views::work::{Section, WorkBar};
use kernel::Permission;

/// The parts of the workplace, and who may enter them.
const SECTIONS: &[(&str, &str, Permission)] = &[
    ("/operator", "operator.shops", Permission::ApproveSellers),
    (
        "/operator/payments",
        "operator.payments",
        Permission::ReadAnyOrder,
    ),
    ("/operator/payouts", "operator.payouts", Permission::ReadLedger),
    (
        "/operator/reconciliation",
        "operator.breaks",
        Permission::ReadLedger,
    ),
    ("/operator/ledger", "operator.ledger", Permission::ReadLedger),
    (
        "/operator/gift-cards",
        "operator.gift_cards",
        Permission::ReadLedger,
    ),
    ("/operator/taxes", "operator.taxes", Permission::ReadLedger),
    (
        "/operator/moderation",
        "operator.moderation",
        Permission::ModerateCatalog,
    ),
    (
        "/operator/reviews",
        "operator.reviews",
        Permission::ModerateReviews,
    ),
    (
        "/operator/messages",
        "operator.messages",
        Permission::ModerateMessages,
    ),
    (
        "/operator/categories",
        "operator.categories",
        Permission::ManageCategories,
    ),
    ("/operator/search", "operator.search", Permission::ManageSearch),
];

/// The bar over the operator's pages, standing at `section`.
fn bar(visit: &Visit, section: &str) -> WorkBar {
    WorkBar {
        name: visit.locale.t("operator.title").to_string(),
        href: None,
        status: None,
        sections: SECTIONS
            .iter()
            .filter(|(_, _, needs)| visit.may(*needs))
            .map(|(href, key, _)| Section {
                link: Link::new(visit.locale.t(key).to_string(), *href),
                current: *href == section,
            })
            .collect(),
    }
}
