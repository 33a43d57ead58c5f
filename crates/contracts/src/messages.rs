//! Messages between one buyer and one shop, about the shop, a product or an order.

use crate::Language;
use crate::service::{public_event, service};
use chrono::NaiveDate;
use kernel::{
    Cursor, DateTime, MessageId, Money, OrderId, Page, ProductId, SubOrderId, TenantId, ThreadId, UserId,
};
use serde::{Deserialize, Serialize};

/// Characters of one message.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Threads that one buyer may start in 24 hours.
pub const THREADS_A_DAY_MAX: u32 = 20;
/// Messages that one buyer may send in an hour.
pub const BUYERS_AN_HOUR_MAX: u32 = 60;
/// Messages that one shop may send in an hour.
pub const SHOPS_AN_HOUR_MAX: u32 = 300;
/// Threads that one call for the demo may write.
pub const BATCH_MAX: usize = 500;
/// Threads in 90 days below which a shop's time to answer is not told.
pub const ANSWERS_LEAST: u32 = 5;

/// Who of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Buyer,
    Shop,
}

impl Side {
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Buyer => Self::Shop,
            Self::Shop => Self::Buyer,
        }
    }
}

/// Who of the two, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Buyer(UserId),
    Shop(TenantId),
}

impl Party {
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Buyer(_) => Side::Buyer,
            Self::Shop(_) => Side::Shop,
        }
    }
}

/// A way to reach somebody past the marketplace.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    EmailAddress,
    PhoneNumber,
    Link,
    /// A name in a messenger or a social network.
    Handle,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadKind {
    #[default]
    Question,
    /// Something that is to be made for this buyer.
    Custom,
}

/// What is wished for where something is to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// When it is to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-20")]
    pub by: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
}

/// The first message to a shop, and what it is about: the shop itself where neither a product nor an order is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewThread {
    pub shop: TenantId,
    pub product: Option<ProductId>,
    pub order: Option<OrderId>,
    /// Asks for something that is to be made; about a product.
    pub custom: Option<Wish>,
    pub text: String,
    /// In which its buyer is mailed; as before if absent.
    pub language: Option<Language>,
}

/// Why nobody writes there any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Closing {
    pub reason: String,
    pub at: DateTime,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Seen {
    pub through: MessageId,
    pub at: DateTime,
}

/// A thread as one of the two sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageThread)]
pub struct Thread {
    pub id: ThreadId,
    pub shop: TenantId,
    pub kind: ThreadKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The shop's part of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_order: Option<SubOrderId>,
    /// Of the product, the number of the sub-order, or the shop's name, as it was when the thread began.
    #[schema(example = "Tall vase with cobalt bands")]
    pub title: String,
    pub shop_name: String,
    /// The first name and the first letter of the last.
    #[schema(example = "Étienne L.")]
    pub buyer_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub wish: Option<Wish>,
    pub started_at: DateTime,
    pub last_at: DateTime,
    pub last_by: Side,
    /// How the last message begins.
    pub excerpt: String,
    /// Messages of the other side that the reader has not read.
    pub unread: u32,
    /// Whether the reader put it away. A new message of the other side brings it back.
    pub archived: bool,
    /// How far the other side has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// Whether ways to reach each other are shown: from the buyer's first paid order with the shop on.
    pub contact_shown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closing>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    #[default]
    Text,
    /// The shop says for how much it makes what was asked for.
    Quote,
    QuoteAccepted,
    QuoteDeclined,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteStatus {
    /// The buyer may accept it until its last day.
    Open,
    Accepted,
    Declined,
    /// Its last day is over, or another took its place.
    Over,
}

/// For how much, and how soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MessageQuote)]
pub struct Quote {
    pub price: Money,
    /// Days from the order until it is sent.
    pub lead_days: u16,
    /// The last day on which it can be accepted.
    #[schema(value_type = String, format = Date)]
    pub valid_until: NaiveDate,
    pub status: QuoteStatus,
}

/// What a shop quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewQuote {
    pub price: Money,
    pub lead_days: u16,
    pub valid_until: NaiveDate,
    /// May be empty.
    pub text: String,
}

/// A message as either of the two reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ThreadMessage)]
pub struct Message {
    pub id: MessageId,
    pub by: Side,
    pub kind: MessageKind,
    /// With dots in the place of what is hidden; empty where a moderator removed it.
    pub text: String,
    /// What is hidden in it until the buyer has a paid order with the shop.
    pub hidden: Vec<ContactKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    pub at: DateTime,
    /// Why a moderator removed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// A thread and some of its messages, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversation {
    pub thread: Thread,
    pub messages: Vec<Message>,
    /// Pass as `after` to read older ones; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Which of one's threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadBox {
    /// All that are not put away.
    #[default]
    Open,
    Unread,
    Archived,
}

/// What one side wants of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadQuery {
    pub which: ThreadBox,
    /// Only those about this order.
    pub order: Option<OrderId>,
}

/// Why somebody reports a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbuseReason {
    Advertising,
    Offensive,
    Threat,
    Fraud,
    /// The other side wants to sell or be paid past the marketplace.
    OffMarket,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AbuseReport {
    pub by: Side,
    pub reason: AbuseReason,
    pub note: String,
    pub at: DateTime,
    /// Whether a moderator has looked.
    pub settled: bool,
}

/// A thread that somebody reported, in the moderators' queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReportedThread {
    pub id: ThreadId,
    pub shop: TenantId,
    pub title: String,
    pub shop_name: String,
    pub buyer_name: String,
    pub messages: u32,
    /// Since when it waits; absent once somebody has decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closing>,
    /// The latest first; at most 10.
    pub reports: Vec<AbuseReport>,
}

/// A message as moderators read it: as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModeratedMessage {
    pub id: MessageId,
    pub by: Side,
    pub kind: MessageKind,
    /// Nothing is hidden in it.
    pub text: String,
    /// What is hidden from the two.
    pub hidden: Vec<ContactKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    pub at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// What a moderator decided before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PastDecision {
    /// `dismiss`, `hide` or `close`.
    pub verdict: String,
    pub reason: String,
    pub at: DateTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModeratedThread {
    pub thread: ReportedThread,
    /// The oldest first; the latest 200.
    pub messages: Vec<ModeratedMessage>,
    /// The latest first.
    pub decisions: Vec<PastDecision>,
}

/// What a moderator says to the reports of a thread. Both sides are told of all but a dismissal, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// Nothing is wrong with it.
    Dismiss { reason: String },
    /// Nobody reads one message any more.
    Hide { message: MessageId, reason: String },
    /// Nobody writes in it any more.
    Close { reason: String },
}

/// How soon a shop answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResponseTime {
    pub shop: TenantId,
    /// Threads of the last 90 days that it is the median of.
    pub threads: u32,
    /// Half of them were answered within so many hours, rounded up.
    #[schema(example = 5)]
    pub median_hours: u32,
}

/// A thread of the demo's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastThread {
    pub buyer: UserId,
    pub new: NewThread,
    pub at: DateTime,
    /// What followed the first message, in order.
    pub then: Vec<PastMessage>,
    /// Whether all of it was read.
    pub read: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastMessage {
    pub by: Side,
    pub text: String,
    pub at: DateTime,
    /// The shop's alone.
    pub quote: Option<NewQuote>,
}

service! {
    /// The messages context.
    Messages as "messages", remote RemoteMessages, served ServedMessages {
        /// A buyer writes to a shop.
        fn start(buyer: UserId, new: NewThread) -> Conversation;
        /// One's threads, those with the latest messages first.
        fn threads(who: Party, query: ThreadQuery, after: Option<Cursor>, limit: u16) -> Page<Thread>;
        /// One of them with its messages, the latest first.
        fn conversation(who: Party, id: ThreadId, after: Option<Cursor>, limit: u16) -> Conversation;
        /// In `language` whoever writes is mailed from now on.
        fn send(who: Party, id: ThreadId, text: String, language: Option<Language>) -> Message;
        /// All messages up to one are read.
        fn mark_read(who: Party, id: ThreadId, through: MessageId) -> Thread;
        fn archive(who: Party, id: ThreadId, archived: bool) -> Thread;
        /// Messages that one has not read.
        fn unread(who: Party) -> u32;
        /// How many messages buyer and shops wrote each other about an order.
        fn count_of_order(order: OrderId) -> u64;
        fn report(who: Party, id: ThreadId, reason: AbuseReason, note: String) -> ();
        /// A shop says for how much it makes what was asked for. Its quote before that is over.
        fn quote(shop: TenantId, id: ThreadId, quote: NewQuote) -> Message;
        fn answer_quote(buyer: UserId, id: ThreadId, message: MessageId, accept: bool) -> Message;
        /// Of those shops that were asked often enough.
        fn response_times(shops: Vec<TenantId>) -> Vec<ResponseTime>;
        /// For moderators: reported threads that wait, the longest first; or those that were decided on, the latest first.
        fn reported(waiting: bool, after: Option<Cursor>, limit: u16) -> Page<ReportedThread>;
        /// A thread that was reported, as it was written.
        fn moderated(id: ThreadId) -> ModeratedThread;
        fn decide(id: ThreadId, verdict: Verdict) -> ModeratedThread;
        /// What was written before there was this marketplace: the demo's. System work only. Answers how many threads were
        /// written; a thread of the same buyer and time is left out.
        fn write_past(threads: Vec<PastThread>) -> u32;
    }
}

public_event! {
    /// Somebody wrote; what, is not told.
    "messages.message_sent" MessageSent {
        thread: ThreadId, message: MessageId, shop: TenantId, buyer: UserId, by: Side, kind: MessageKind,
        /// Whether the thread began with it.
        first: bool,
    } key thread, tenant |e| Some(e.shop)
}
public_event! {
    /// One of the two reported a thread to the moderators.
    "messages.thread_reported" ThreadReported { thread: ThreadId, shop: TenantId, by: Side, reason: AbuseReason } key thread, tenant |e| Some(e.shop)
}
public_event! {
    /// A moderator decided: `dismiss`, `hide` or `close`. Who did is the event's actor.
    "messages.thread_decided" ThreadDecided {
        thread: ThreadId, shop: TenantId, verdict: String, message: Option<MessageId>,
        /// Older events do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        buyer: Option<UserId>,
    } key thread, tenant |e| Some(e.shop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PublicEvent;
    use serde_json::Value;

    fn is_told_as_promised<E>(golden: &str)
    where
        E: PublicEvent + Serialize + serde::de::DeserializeOwned,
    {
        let event: E = serde_json::from_str(golden).expect("it can be read");
        let told = serde_json::to_value(&event).expect("it can be told");
        assert_eq!(told, serde_json::from_str::<Value>(golden).expect("JSON"));
        assert_eq!(E::VERSION, 1);
        assert!(told.get("text").is_none(), "what was said is nobody else's");
    }

    #[test]
    fn events_are_told_as_promised() {
        is_told_as_promised::<MessageSent>(include_str!("messages/message_sent.v1.json"));
        is_told_as_promised::<ThreadReported>(include_str!("messages/thread_reported.v1.json"));
        is_told_as_promised::<ThreadDecided>(include_str!("messages/thread_decided.v1.json"));
    }
}
