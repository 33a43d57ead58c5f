//! Who is asking, when, and on whose behalf. Every use case takes a [`Ctx`] first.

use crate::{PartnerKeyId, TenantId, Timestamp, UserId, uuid_at};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Ties together everything one request caused, across services and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct CorrelationId(pub Uuid);

impl std::fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a signed-in person may be. Seller roles hold within one tenant only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Buyer,
    Owner,
    Manager,
    Clerk,
    Analyst,
    Support,
    Moderator,
    Finance,
    Admin,
    Carrier,
}

/// What a handler asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    ReadShop,
    /// What the shop's people are told, as far as their role goes.
    ReadNotices,
    EditShop,
    ManageStaff,
    /// The shop's API keys, and where it is told of what happens.
    ManageKeys,
    ReadCatalog,
    EditCatalog,
    ReadStock,
    EditStock,
    ReadSales,
    FulfilSales,
    /// What buyers write to the shop, and answering them.
    AnswerBuyers,
    /// How the shop is paid: balance, statements, payouts.
    ReadPayouts,
    /// Give a buyer's money back for the shop's own part of an order.
    RefundSales,
    /// Discounts of the shop's own, at its own cost.
    RunPromotions,
    ApproveSellers,
    ManageCategories,
    /// What searches find first, which words mean the same, and what people search for.
    ManageSearch,
    /// Whether reviews stand that somebody doubts.
    ModerateReviews,
    /// Messages between buyers and shops that one of them reported.
    ModerateMessages,
    /// Products and changes that wait before buyers see them.
    ModerateCatalog,
    ReadAnyOrder,
    /// Give a buyer's money back for any shop's part of an order.
    RefundAnyOrder,
    ReadLedger,
    /// Holds, terms of payouts, provider files, reversals.
    ManageLedger,
    /// Going on with payments by hand.
    ManagePayments,
    /// Discounts that the marketplace pays for.
    ManagePromotions,
    /// Keys of partners' programs.
    ManagePartners,
    ReadSystem,
    /// What people are told, in which words, and what could not be done.
    ManageSystem,
}

impl Role {
    /// The whole table of rights, in one place.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => !permission.is_operators(),
            Self::Manager => {
                !permission.is_operators() && !matches!(permission, P::ManageStaff | P::ManageKeys)
            }
            Self::Clerk => matches!(
                permission,
                P::ReadShop
                    | P::ReadNotices
                    | P::ReadCatalog
                    | P::ReadStock
                    | P::EditStock
                    | P::ReadSales
                    | P::FulfilSales
                    | P::AnswerBuyers
                    | P::ReadPayouts
            ),
            Self::Analyst => matches!(
                permission,
                P::ReadShop | P::ReadNotices | P::ReadCatalog | P::ReadStock | P::ReadSales | P::ReadPayouts
            ),
            Self::Admin => permission.is_operators(),
            Self::Support => matches!(permission, P::ReadAnyOrder | P::RefundAnyOrder),
            Self::Finance => matches!(
                permission,
                P::ReadLedger
                    | P::ManageLedger
                    | P::ManagePayments
                    | P::ManagePromotions
                    | P::ReadAnyOrder
                    | P::RefundAnyOrder
            ),
            Self::Moderator => matches!(
                permission,
                P::ManageCategories
                    | P::ManageSearch
                    | P::ModerateReviews
                    | P::ModerateMessages
                    | P::ModerateCatalog
            ),
            Self::Buyer | Self::Carrier => false,
        }
    }

    /// Roles that belong to a seller's staff.
    #[must_use]
    pub fn is_sellers(self) -> bool {
        matches!(self, Self::Owner | Self::Manager | Self::Clerk | Self::Analyst)
    }

    /// Roles that belong to the marketplace's operator.
    #[must_use]
    pub fn is_operators(self) -> bool {
        matches!(
            self,
            Self::Support | Self::Moderator | Self::Finance | Self::Admin
        )
    }
}

impl Permission {
    /// Every permission, for tests that visit each route with each role.
    pub const ALL: [Self; 30] = [
        Self::ReadShop,
        Self::ReadNotices,
        Self::EditShop,
        Self::ManageStaff,
        Self::ManageKeys,
        Self::ReadCatalog,
        Self::EditCatalog,
        Self::ReadStock,
        Self::EditStock,
        Self::ReadSales,
        Self::FulfilSales,
        Self::AnswerBuyers,
        Self::ReadPayouts,
        Self::RefundSales,
        Self::RunPromotions,
        Self::ApproveSellers,
        Self::ManageCategories,
        Self::ManageSearch,
        Self::ModerateReviews,
        Self::ModerateMessages,
        Self::ModerateCatalog,
        Self::ReadAnyOrder,
        Self::RefundAnyOrder,
        Self::ReadLedger,
        Self::ManageLedger,
        Self::ManagePayments,
        Self::ManagePromotions,
        Self::ManagePartners,
        Self::ReadSystem,
        Self::ManageSystem,
    ];

    fn is_operators(self) -> bool {
        matches!(
            self,
            Self::ApproveSellers
                | Self::ManageCategories
                | Self::ManageSearch
                | Self::ModerateReviews
                | Self::ModerateMessages
                | Self::ModerateCatalog
                | Self::ReadAnyOrder
                | Self::RefundAnyOrder
                | Self::ReadLedger
                | Self::ManageLedger
                | Self::ManagePayments
                | Self::ManagePromotions
                | Self::ManagePartners
                | Self::ReadSystem
                | Self::ManageSystem
        )
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Actor {
    Anonymous,
    Buyer {
        user: UserId,
    },
    Seller {
        user: UserId,
        tenant: TenantId,
        role: Role,
    },
    Operator {
        user: UserId,
        role: Role,
    },
    /// A partner's program, by its key.
    Partner {
        key: PartnerKeyId,
        carrier: String,
    },
    /// Stoa itself: a consumer, a job, the till, a command of the operator's shell.
    System {
        name: String,
    },
}

/// The circumstances of one request or one piece of background work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ctx {
    pub actor: Actor,
    pub now: Timestamp,
    pub correlation: CorrelationId,
}

impl Ctx {
    #[must_use]
    pub fn system(name: &str, now: Timestamp) -> Self {
        Self {
            actor: Actor::System {
                name: name.to_owned(),
            },
            now,
            correlation: CorrelationId(uuid_at(now)),
        }
    }

    #[must_use]
    pub fn anonymous(now: Timestamp) -> Self {
        Self {
            actor: Actor::Anonymous,
            now,
            correlation: CorrelationId(uuid_at(now)),
        }
    }

    /// The user behind the request, if a person is.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::Buyer { user } | Actor::Seller { user, .. } | Actor::Operator { user, .. } => Some(user),
            Actor::Anonymous | Actor::Partner { .. } | Actor::System { .. } => None,
        }
    }

    /// The shop on whose behalf the request is made.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        match self.actor {
            Actor::Seller { tenant, .. } => Some(tenant),
            _ => None,
        }
    }
}
