//! The operator's workplace.

pub mod addresses;
pub mod audit;
mod audited;
pub mod breaks;
pub mod categories;
pub mod commission;
pub mod dead_letters;
pub mod features;
pub mod gift_cards;
pub mod holds;
pub mod items;
pub mod ledger;
pub mod messages;
pub mod moderation;
pub mod order;
pub mod orders;
pub mod overview;
pub mod partners;
pub mod payments;
pub mod payouts;
pub mod people;
mod periods;
pub mod promoted;
pub mod refunds;
pub mod reviews;
pub mod search;
pub mod shops;
mod story;
pub mod system;
pub mod taxes;
pub mod templates;

pub use audited::role as role_said;

use super::visit::Visit;
use crate::views::common::Link;
use crate::views::work::{Group, Section, WorkBar};
use kernel::Permission;

/// The parts of the workplace, and who may enter them.
const SECTIONS: &[(&str, &str, Permission)] = &[
    ("/operator", "operator.overview", Permission::ReadLedger),
    ("/operator/orders", "operator.orders", Permission::ReadAnyOrder),
    (
        "/operator/payments",
        "operator.payments",
        Permission::ReadAnyOrder,
    ),
    ("/operator/payouts", "operator.payouts", Permission::ReadLedger),
    ("/operator/holds", "operator.holds", Permission::ReadLedger),
    (
        "/operator/reconciliation",
        "operator.breaks",
        Permission::ReadLedger,
    ),
    (
        "/operator/commission",
        "operator.commission",
        Permission::ReadLedger,
    ),
    ("/operator/ledger", "operator.ledger", Permission::ReadLedger),
    (
        "/operator/gift-cards",
        "operator.gift_cards",
        Permission::ReadLedger,
    ),
    ("/operator/taxes", "operator.taxes", Permission::ReadLedger),
    ("/operator/shops", "operator.shops", Permission::ApproveSellers),
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
    ("/operator/items", "operator.items", Permission::ManageCategories),
    ("/operator/search", "operator.search", Permission::ManageSearch),
    (
        "/operator/partners",
        "operator.partners",
        Permission::ManagePartners,
    ),
    ("/operator/system", "operator.system", Permission::ReadSystem),
    ("/operator/people", "operator.people", Permission::ManageSystem),
    ("/operator/audit", "operator.audit", Permission::ManageSystem),
    (
        "/operator/features",
        "operator.features",
        Permission::ManageSystem,
    ),
    (
        "/operator/templates",
        "operator.templates",
        Permission::ManageSystem,
    ),
    (
        "/operator/dead-letters",
        "operator.dead_letters",
        Permission::ManageSystem,
    ),
];

/// To which group a part belongs, by its address.
fn group_of(href: &str) -> &'static str {
    match href {
        "/operator" => "operator.group.overview",
        "/operator/orders" | "/operator/payments" => "operator.group.orders",
        "/operator/payouts"
        | "/operator/holds"
        | "/operator/reconciliation"
        | "/operator/commission"
        | "/operator/ledger"
        | "/operator/gift-cards"
        | "/operator/taxes" => "operator.group.money",
        "/operator/shops"
        | "/operator/moderation"
        | "/operator/categories"
        | "/operator/items"
        | "/operator/search" => "operator.group.goods",
        "/operator/reviews" | "/operator/messages" => "operator.group.people",
        _ => "operator.group.system",
    }
}

/// The first part that the signed-in person may enter: where those land who have no overview.
fn first_part(visit: &Visit) -> Option<&'static str> {
    SECTIONS
        .iter()
        .find(|(_, _, needs)| visit.may(*needs))
        .map(|(href, ..)| *href)
}

/// The bar over the operator's pages, standing at `section`.
fn bar(visit: &Visit, section: &str) -> WorkBar {
    let mut groups: Vec<(&str, Group)> = Vec::new();
    for (href, key, _) in SECTIONS.iter().filter(|(_, _, needs)| visit.may(*needs)) {
        let part = Section {
            link: Link::new(visit.locale.t(key).to_string(), *href),
            current: *href == section,
        };
        let of = group_of(href);
        match groups.iter_mut().find(|(known, _)| *known == of) {
            Some((_, group)) => group.sections.push(part),
            None => {
                let name = visit.locale.t(of).to_string();
                let sections = vec![part];
                groups.push((of, Group { name, sections }));
            }
        }
    }
    WorkBar {
        name: visit.locale.t("operator.title").to_string(),
        href: None,
        status: None,
        sections: Vec::new(),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
    }
}
