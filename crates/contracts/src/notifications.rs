//! What people are told of what happens to what is theirs.

mod mails;
mod reach;

pub use mails::*;
pub use reach::*;

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
    /// The shop's own programs.
    Programs,
    Security,
}

impl NoticeTopic {
    pub const ALL: [Self; 11] = [
        Self::Orders,
        Self::Deliveries,
        Self::Refunds,
        Self::Returns,
        Self::Messages,
        Self::Reviews,
        Self::Stock,
        Self::Payouts,
        Self::Moderation,
        Self::Programs,
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
            Self::Programs => "programs",
            Self::Security => "security",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// Whether it is told and mailed whatever somebody wishes: what they agreed to, and what keeps their account theirs.
    #[must_use]
    pub fn is_required(self) -> bool {
        matches!(self, Self::Orders | Self::Security)
    }

    /// Whether it is told in all ways there are, at any time of the day: what keeps an account its owner's.
    #[must_use]
    pub fn is_alert(self) -> bool {
        matches!(self, Self::Security)
    }
}

macro_rules! notices {
    ($($(#[$doc:meta])* $kind:ident $name:literal $topic:ident,)+) => {
        /// What happened.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum NoticeKind {
            $( $(#[$doc])* $kind, )+
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
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
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
    /// Money that was set aside, and is not charged.
    Released "released" Refunds,
    SaleReleased "sale_released" Refunds,
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
    /// A webhook endpoint is told no more, because nothing reaches it.
    EndpointPaused "endpoint_paused" Programs,
    AccountLocked "account_locked" Security,
    PasswordChanged "password_changed" Security,
    /// A sign-in was used from two places, and ended.
    TokenReused "token_reused" Security,
    SecondFactorOn "second_factor_on" Security,
    SecondFactorOff "second_factor_off" Security,
    RecoveryCodesMade "recovery_codes_made" Security,
    RecoveryCodeUsed "recovery_code_used" Security,
    /// Somebody signed in with a device that was not used with this account before.
    NewDevice "new_device" Security,
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

/// In which ways somebody is told of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicChoice {
    pub topic: NoticeTopic,
    /// In the list of notifications.
    pub in_app: bool,
    pub email: bool,
    /// By text message, once there is a telephone; as one of a shop's staff, of what that shop is told. Of a change, what is
    /// absent stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<bool>,
    /// To devices, once there are some. Of a change, what is absent stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<bool>,
}

/// A time of the day in which nobody is mailed, texted or pushed but of what is urgent. It may go over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    #[schema(example = "22:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub from: String,
    #[schema(example = "07:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub until: String,
}

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationSettings)]
pub struct NoticeSettings {
    /// Of a change, those that are to be otherwise; `orders` and `security` stay as they are.
    #[schema(max_items = 11)]
    pub topics: Vec<TopicChoice>,
    /// Of the IANA's database, by which the quiet hours go.
    #[schema(example = "Europe/Madrid", max_length = 64)]
    pub time_zone: String,
    /// Absent where mails and messages come at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
}

/// What a link in a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MailSubscription)]
pub struct Subscription {
    pub topic: NoticeTopic,
    /// Whether mails of it come.
    pub email: bool,
}

/// The words for a kind of notice or mail in one language, as operators list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NotificationTemplateCard)]
pub struct TemplateCard {
    /// Of a notice, or of a mail: those begin with `mail_`.
    #[schema(value_type = String, example = "order_confirmed")]
    pub kind: TemplateKind,
    pub topic: NoticeTopic,
    /// 0 where nobody has changed what comes with the program.
    pub version: i64,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime>,
}

/// Words as they were, or are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NotificationTemplateVersion)]
pub struct TemplateVersion {
    pub version: i64,
    pub title: String,
    pub text: String,
    /// The name of who wrote it; absent of what comes with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime>,
    /// The version whose words it took up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<i64>,
}

/// The words for a kind of notice or mail in one language, with what they were before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NotificationTemplate)]
pub struct NoticeTemplate {
    /// Of a notice, or of a mail: those begin with `mail_`.
    #[schema(value_type = String, example = "order_confirmed")]
    pub kind: TemplateKind,
    pub topic: NoticeTopic,
    #[schema(inline)]
    pub language: Language,
    pub version: i64,
    #[schema(example = "Your order {order} is confirmed")]
    pub title: String,
    pub text: String,
    /// Names that may stand in braces.
    #[schema(example = json!(["order", "amount"]))]
    pub places: Vec<String>,
    /// Those of them that a mail's text must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// The latest first; the last is what comes with the program.
    pub versions: Vec<TemplateVersion>,
}

/// What is wrong with words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFlawKind {
    Empty,
    TooLong,
    /// A brace that opens and does not close.
    Unclosed,
    /// A brace that closes and never opened.
    Unopened,
    /// No name stands between the braces.
    NoName,
    /// Nobody knows what to fill in there.
    UnknownName,
    /// The mail is good for nothing without it, such as the link it is for.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TemplateFlaw {
    /// `title` or `text`.
    pub field: String,
    /// The character at which it is; the first is 1.
    pub at: u32,
    pub kind: TemplateFlawKind,
    /// The name that nobody knows, or that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Words with their places filled by examples, or what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TemplatePreview {
    pub title: String,
    pub text: String,
    /// Of flawed words nothing is shown.
    pub flaws: Vec<TemplateFlaw>,
}

service! {
    /// What operators do with the words in which people are told and mailed.
    NoticeTemplates as "notice_templates", remote RemoteNoticeTemplates, served ServedNoticeTemplates {
        /// Of all kinds, as they are now.
        fn cards(language: Language) -> Vec<TemplateCard>;
        fn template(kind: TemplateKind, language: Language) -> NoticeTemplate;
        fn preview(kind: TemplateKind, language: Language, title: String, text: String) -> TemplatePreview;
        /// Other words in the place of version `seen`.
        fn write(kind: TemplateKind, language: Language, seen: i64, title: String, text: String) -> NoticeTemplate;
        /// The words of an earlier version, in the place of version `seen`.
        fn restore(kind: TemplateKind, language: Language, seen: i64, version: i64) -> NoticeTemplate;
    }
}

/// Work or an event that failed in every attempt, and is tried no more by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DeadLetter)]
pub struct FailedWork {
    #[schema(example = "job:0190f3e7-7f0a-7000-8000-000000000000")]
    pub id: String,
    /// Which work it is.
    #[schema(example = "checkout.mails")]
    pub name: String,
    /// Of an event: which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "orders.sub_order_delivered")]
    pub topic: Option<String>,
    /// What the last attempt said.
    pub error: String,
    pub attempts: u32,
    /// When it was asked for, or happened.
    pub since: DateTime,
    /// Events of the same thing that wait until this one is settled.
    pub behind: u32,
}

/// What an operator did with something that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureAct {
    Retry,
    Dismiss,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DeadLetterDecision)]
pub struct FailureDecision {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    pub error: String,
    pub act: FailureAct,
    /// The name of who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub at: DateTime,
}

service! {
    /// What failed for good, of all contexts, and what operators do with it.
    DeadLetters as "dead_letters", remote RemoteDeadLetters, served ServedDeadLetters {
        /// The latest first.
        fn failures(after: Option<Cursor>, limit: u16) -> Page<FailedWork>;
        /// Gives it new attempts, or gives it up; who did is kept.
        fn decide(id: String, act: FailureAct) -> ();
        /// The latest decisions.
        fn decisions(limit: u16) -> Vec<FailureDecision>;
    }
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
        /// How somebody wants to be told: all topics. At a shop where they work, text messages are of what it is told.
        fn settings(user: UserId, shop: Option<TenantId>) -> NoticeSettings;
        /// Answers with how it is then.
        fn change_settings(user: UserId, shop: Option<TenantId>, change: NoticeSettings) -> NoticeSettings;
        /// What the link at the end of a mail is about.
        fn subscription(token: String) -> Subscription;
        /// Whether mails of the link's topic come from now on.
        fn subscribe(token: String, email: bool) -> Subscription;
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
