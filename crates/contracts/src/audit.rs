//! Who changed what: one trail of what the marketplace's staff and sellers did, chained so that nobody changes it unseen.

use crate::event::PublicEvent;
use crate::service::service;
use kernel::{CorrelationId, Cursor, DateTime, Page, Role, TenantId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What a change was made to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditSubject {
    /// What it is: `shop`, `order`, `category`.
    #[schema(example = "shop")]
    pub kind: String,
    pub id: String,
    /// What people call it, as it was called then; empty where the event did not tell.
    #[schema(example = "Alfarería Romero")]
    pub label: String,
}

impl AuditSubject {
    pub fn new(kind: &str, id: impl std::fmt::Display, label: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_string(),
            label: label.into(),
        }
    }
}

/// Somebody changed something that no other event tells of with what it was before. Appended in the transaction of the change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// `thing.what_happened`, such as `category.changed`.
    pub kind: String,
    pub about: AuditSubject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// Absent where there was nothing, or nothing of it may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Absent where nothing is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Changed {
    /// A change of something that is no shop's. What was before and after is said by [`Changed::before`] and [`Changed::after`].
    #[must_use]
    pub fn new(kind: &str, about: AuditSubject) -> Self {
        Self {
            kind: kind.to_owned(),
            about,
            tenant: None,
            before: None,
            after: None,
        }
    }

    /// The shop that it concerns, if it concerns one.
    #[must_use]
    pub fn of(self, tenant: Option<TenantId>) -> Self {
        Self { tenant, ..self }
    }

    #[must_use]
    pub fn before(self, before: Value) -> Self {
        Self {
            before: Some(before),
            ..self
        }
    }

    #[must_use]
    pub fn after(self, after: Value) -> Self {
        Self {
            after: Some(after),
            ..self
        }
    }
}

impl PublicEvent for Changed {
    const TOPIC: &'static str = "audit.changed";

    fn key(&self) -> Uuid {
        self.about.id.parse().unwrap_or(Uuid::nil())
    }

    fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }
}

/// All kinds of changes that the trail tells of, by what they are about.
pub const KINDS: &[&str] = &[
    "shop.applied",
    "shop.settings",
    "shop.status",
    "onboarding.judged",
    "moderation.rules_changed",
    "moderation.shop_trusted",
    "staff.invitation",
    "staff.role",
    "account.api_key_made",
    "account.api_key_revoked",
    "account.invitation_withdrawn",
    "account.invited",
    "account.partner_key_made",
    "account.partner_key_revoked",
    "account.password_changed",
    "account.recovery_codes_made",
    "account.role",
    "account.second_factor_off",
    "account.second_factor_on",
    "account.second_factor_removed",
    "account.session_revoked",
    "account.sessions_ended",
    "category.created",
    "category.changed",
    "product.changed",
    "product.decided",
    "product.matched",
    "product.match_refused",
    "review.answered",
    "review.decided",
    "messages.decided",
    "order.packed",
    "order.part_cancelled",
    "order.readdressed",
    "order.refunded",
    "order.return",
    "order.shipped",
    "order.units_cancelled",
    "payment.retried",
    "payment.skipped",
    "payment.compensated",
    "payment.capture_time_set",
    "payment.capture_retried",
    "refund.asked",
    "refund.retried",
    "refund.skipped",
    "payout.returned",
    "payout_terms.changed",
    "entry.reversed",
    "settlement.imported",
    "settlement.break_explained",
    "commission.rule_made",
    "commission.rule_ended",
    "listing.rule_made",
    "listing.rule_ended",
    "hold.placed",
    "hold.lifted",
    "gift_card.issued",
    "gift_card.disabled",
    "gift_card.enabled",
    "store_credit.granted",
    "tax.region_made",
    "tax.category_made",
    "tax.rate_made",
    "tax.rate_ended",
    "tax.owner_set",
    "search.index_rebuilt",
    "search.synonym_made",
    "search.synonym_ended",
    "search.rule_made",
    "search.rule_ended",
    "promoted.tariff_set",
    "promotion.made",
    "promotion.ended",
    "webhook.made",
    "webhook.changed",
    "webhook.rotated",
    "webhook.deleted",
    "template.written",
    "dead_letter.retried",
    "dead_letter.dismissed",
    "feature.changed",
];

/// In which capacity somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditAudience {
    /// The marketplace's staff.
    Operator,
    /// A shop's staff, or a program of the shop in the name of whoever made its key.
    Seller,
    /// The program itself, or a command in its shell.
    System,
}

impl AuditAudience {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Seller => "seller",
            Self::System => "system",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Operator, Self::Seller, Self::System]
            .into_iter()
            .find(|audience| audience.name() == name)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditActor {
    pub audience: AuditAudience,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Which part of the program, where no person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Its place in the trail, without gaps from 1 on.
    pub seq: i64,
    pub at: DateTime,
    pub who: AuditActor,
    /// The shop it concerns, if it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    #[schema(example = "shop.status")]
    pub kind: String,
    pub about: AuditSubject,
    /// Absent where there was nothing, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// Ties together all that one request caused.
    pub correlation: CorrelationId,
}

/// Which entries are wanted; all where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    pub who: Option<UserId>,
    pub tenant: Option<TenantId>,
    pub kind: Option<String>,
    /// The id of what was changed.
    pub about: Option<String>,
    pub from: Option<DateTime>,
    /// Before that moment.
    pub to: Option<DateTime>,
}

service! {
    /// The audit trail.
    AuditTrail as "audit", remote RemoteAuditTrail, served ServedAuditTrail {
        /// The latest first.
        fn entries(filter: AuditFilter, after: Option<Cursor>, limit: u16) -> Page<AuditEntry>;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_as_promised() {
        let golden = include_str!("audit/changed.v1.json");
        let event: Changed = serde_json::from_str(golden).expect("it can be read");
        let told = serde_json::to_value(&event).expect("it can be told");
        assert_eq!(told, serde_json::from_str::<Value>(golden).expect("JSON"));
        assert_eq!(Changed::VERSION, 1);
        assert_eq!(event.key().to_string(), event.about.id);
    }

    #[test]
    fn audiences_are_found_by_their_names() {
        for audience in [
            AuditAudience::Operator,
            AuditAudience::Seller,
            AuditAudience::System,
        ] {
            assert_eq!(AuditAudience::named(audience.name()), Some(audience));
        }
        assert_eq!(AuditAudience::named("buyer"), None);
    }
}
