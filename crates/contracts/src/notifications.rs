//! What people are told of what happens to what is theirs.

use crate::Language;
use crate::service::service;
use kernel::{Cursor, DateTime, EventId, Page, Role, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Unread notices beyond which nobody counts.
pub const UNREAD_MAX: u32 = 99;
/// Days after which a notice is forgotten, read or not.
pub const KEPT_DAYS: i64 = 180;

/// What a notice is about. People say by topic what they want to be told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NoticeTopic {
    Orders,
    Deliveries,
    Refunds,
    Returns,
    Messages,
    Reviews,
    Stock,
    Payouts,
    Moderation,
    Security,
}

impl NoticeTopic {
    pub const ALL: [Self; 10] = [
        Self::Orders,
        Self::Deliveries,
        Self::Refunds,
        Self::Returns,
        Self::Messages,
        Self::Reviews,
        Self::Stock,
        Self::Payouts,
        Self::Moderation,
        Self::Security,
    ];

    /// Stable, in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Deliveries => "deliveries",
            Self::Refunds => "refunds",
            Self::Returns => "returns",
            Self::Messages => "messages",
            Self::Reviews => "reviews",
            Self::Stock => "stock",
            Self::Payouts => "payouts",
            Self::Moderation => "moderation",
            Self::Security => "security",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

macro_rules! notices {
    ($($(#[$doc:meta])* $kind:ident $name:literal $topic:ident,)+) => {
        /// What happened.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        pub enum NoticeKind {
            $( $(#[$doc])* #[serde(rename = $name)] $kind, )+
        }

        impl NoticeKind {
            pub const ALL: &[Self] = &[$( Self::$kind, )+];

            /// Stable, in snake case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$kind => $name, )+
                }
            }

            #[must_use]
            pub fn topic(self) -> NoticeTopic {
                match self {
                    $( Self::$kind => NoticeTopic::$topic, )+
                }
            }
        }
    };
}

notices! {
    /// Its goods are held until it is paid.
    OrderPlaced "order_placed" Orders,
    OrderConfirmed "order_confirmed" Orders,
    OrderCancelled "order_cancelled" Orders,
    /// Nobody paid it in time.
    OrderExpired "order_expired" Orders,
    /// All of one shop's part, for its buyer.
    PartCancelled "part_cancelled" Orders,
    UnitsCancelled "units_cancelled" Orders,
    DownloadsReady "downloads_ready" Orders,
    /// A paid order, for a shop of it.
    NewSale "new_sale" Orders,
    SaleCancelled "sale_cancelled" Orders,
    SaleUnitsCancelled "sale_units_cancelled" Orders,
    SaleReaddressed "sale_readdressed" Orders,
    ParcelSent "parcel_sent" Deliveries,
    ParcelDelivered "parcel_delivered" Deliveries,
    SaleDelivered "sale_delivered" Deliveries,
    Refunded "refunded" Refunds,
    SaleRefunded "sale_refunded" Refunds,
    ReturnAuthorised "return_authorised" Returns,
    ReturnRefused "return_refused" Returns,
    ReturnReceived "return_received" Returns,
    ReturnExchanged "return_exchanged" Returns,
    ReturnClosed "return_closed" Returns,
    /// Of a shop's sale, as all below.
    ReturnRequested "return_requested" Returns,
    ReturnWithdrawn "return_withdrawn" Returns,
    ReturnSentBack "return_sent_back" Returns,
    /// The shop's time to answer is over soon.
    ReturnUnanswered "return_unanswered" Returns,
    MessageOfShop "message_of_shop" Messages,
    QuoteOfShop "quote_of_shop" Messages,
    MessageOfBuyer "message_of_buyer" Messages,
    QuoteAccepted "quote_accepted" Messages,
    QuoteDeclined "quote_declined" Messages,
    ReviewAnswered "review_answered" Reviews,
    ReviewReceived "review_received" Reviews,
    LowStock "low_stock" Stock,
    OutOfStock "out_of_stock" Stock,
    PayoutPaid "payout_paid" Payouts,
    PayoutFailed "payout_failed" Payouts,
    PayoutReturned "payout_returned" Payouts,
    ThreadClosed "thread_closed" Moderation,
    MessageRemoved "message_removed" Moderation,
    ReviewApproved "review_approved" Moderation,
    ReviewRejected "review_rejected" Moderation,
    ProductApproved "product_approved" Moderation,
    ProductRejected "product_rejected" Moderation,
    AccountLocked "account_locked" Security,
    PasswordChanged "password_changed" Security,
    /// A sign-in was used from two places, and ended.
    TokenReused "token_reused" Security,
}

/// Whose notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeReader {
    /// One's own: orders, messages, the account.
    Person { user: UserId },
    /// A shop's, as one of its staff reads them.
    Staff {
        user: UserId,
        tenant: TenantId,
        role: Role,
    },
}

/// Something that somebody is told, in their language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    pub id: EventId,
    pub kind: NoticeKind,
    pub topic: NoticeTopic,
    #[schema(example = "A parcel from Alfarería Romero is on its way")]
    pub title: String,
    pub text: String,
    /// The page that it leads to.
    #[schema(example = "/orders/0190f3e7-7f0a-7000-8000-000000000000")]
    pub href: String,
    pub at: DateTime,
    pub read: bool,
}

service! {
    /// The notifications context.
    Notifications as "notifications", remote RemoteNotifications, served ServedNotifications {
        /// The latest first.
        fn feed(reader: NoticeReader, language: Language, after: Option<Cursor>, limit: u16) -> Page<Notice>;
        /// How many are not read, up to one more than [`UNREAD_MAX`].
        fn unread(reader: NoticeReader) -> u32;
        /// Marks one as read, and answers with it.
        fn mark_read(reader: NoticeReader, id: EventId, language: Language) -> Notice;
        /// Marks all as read up to one, with it, and answers how many were not. What came after it stays unread.
        fn mark_all_read(reader: NoticeReader, through: EventId) -> u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_travel_by_their_names() {
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.name());
        }
        for topic in NoticeTopic::ALL {
            assert_eq!(serde_json::to_value(topic).expect("JSON"), topic.name());
            assert_eq!(NoticeTopic::named(topic.name()), Some(topic));
        }
    }
}
