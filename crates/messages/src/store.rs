//! All SQL of messages.

mod draft;
mod lists;
mod moderation;
mod quotes;
mod sent;

pub use draft::{Draft, DraftMessage, insert};
pub use lists::{count_of_order, message, messages, response_times, threads, unread};
pub use moderation::{close, decisions, hide, note_decision, originals, report, reported, reports, settle};
pub use quotes::{answer_quote, insert_quote, quote};
pub use sent::{Sent, Window, keep_originals, sent_since, started_since, take_turn, write};

use crate::domain::standing;
use crate::error::Error;
use chrono::NaiveDate;
use contracts::Language;
use contracts::messages::{Closing, ContactKind, Message, Party, Quote, Seen, Side, Thread, Wish};
use kernel::{
    Currency, MessageId, Money, OrderId, ProductId, SubOrderId, TenantId, ThreadId, Timestamp, UserId,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// Every column of a thread that is read.
macro_rules! columns {
    () => {
        "id, tenant_id, buyer_id, kind, product_id, order_id, sub_order_id, title, shop_name, buyer_name, wished_by, \
         budget_amount, budget_currency, started_at, last_id, last_by, last_at, excerpt, messages, buyer_unread, shop_unread, \
         buyer_read_id, buyer_read_at, shop_read_id, shop_read_at, buyer_archived_at, shop_archived_at, contact_shown, \
         closed_at, closing, waits_since"
    };
}
pub(crate) use columns;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ThreadRow {
    pub id: ThreadId,
    pub tenant_id: TenantId,
    pub buyer_id: UserId,
    pub kind: String,
    pub product_id: Option<ProductId>,
    pub order_id: Option<OrderId>,
    pub sub_order_id: Option<SubOrderId>,
    pub title: String,
    pub shop_name: String,
    pub buyer_name: String,
    pub wished_by: Option<NaiveDate>,
    pub budget_amount: Option<i64>,
    pub budget_currency: Option<String>,
    pub started_at: Timestamp,
    pub last_id: MessageId,
    pub last_by: String,
    pub last_at: Timestamp,
    pub excerpt: String,
    pub messages: i32,
    pub buyer_unread: i32,
    pub shop_unread: i32,
    pub buyer_read_id: Option<MessageId>,
    pub buyer_read_at: Option<Timestamp>,
    pub shop_read_id: Option<MessageId>,
    pub shop_read_at: Option<Timestamp>,
    pub buyer_archived_at: Option<Timestamp>,
    pub shop_archived_at: Option<Timestamp>,
    pub contact_shown: bool,
    pub closed_at: Option<Timestamp>,
    pub closing: Option<String>,
    pub waits_since: Option<Timestamp>,
}

/// The name under which a value is kept.
pub fn name<T: serde::Serialize>(value: T) -> Result<String, Error> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(name) => Ok(name),
        other => Err(Error::Broken(format!("`{other}` is no name"))),
    }
}

/// The value that is kept under a name.
pub fn named<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Error> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|_| Error::Broken(format!("`{name}` is unknown")))
}

pub fn names(kinds: &[ContactKind]) -> Result<Vec<String>, Error> {
    kinds.iter().map(name).collect()
}

/// A count that the table keeps at 0 or above.
pub fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

pub fn money(amount: i64, currency: &str) -> Result<Money, Error> {
    let currency: Currency = currency
        .parse()
        .map_err(|_| Error::Broken(format!("`{currency}` is no currency")))?;
    Ok(Money::new(amount, currency))
}

/// The word for a side in the names of columns.
pub fn side(of: Side) -> &'static str {
    match of {
        Side::Buyer => "buyer",
        Side::Shop => "shop",
    }
}

/// The column that names a party, and the party's id.
pub fn party(who: Party) -> (&'static str, Uuid) {
    match who {
        Party::Buyer(user) => ("buyer_id", user.0),
        Party::Shop(tenant) => ("tenant_id", tenant.0),
    }
}

impl ThreadRow {
    pub fn closing(&self) -> Option<Closing> {
        let at = self.closed_at?;
        Some(Closing {
            reason: self.closing.clone().unwrap_or_default(),
            at,
        })
    }

    /// As one side sees it.
    pub fn seen_by(self, reader: Side) -> Result<Thread, Error> {
        let budget = self.budget_amount.zip(self.budget_currency.as_deref());
        let budget = budget
            .map(|(amount, currency)| money(amount, currency))
            .transpose()?;
        let kind = named(&self.kind)?;
        let is_custom = kind == contracts::messages::ThreadKind::Custom;
        let (unread, archived_at, read) = match reader {
            Side::Buyer => (
                self.buyer_unread,
                self.buyer_archived_at,
                self.shop_read_id.zip(self.shop_read_at),
            ),
            Side::Shop => (
                self.shop_unread,
                self.shop_archived_at,
                self.buyer_read_id.zip(self.buyer_read_at),
            ),
        };
        Ok(Thread {
            closed: self.closing(),
            id: self.id,
            shop: self.tenant_id,
            kind,
            product: self.product_id,
            order: self.order_id,
            sub_order: self.sub_order_id,
            title: self.title,
            shop_name: self.shop_name,
            buyer_name: self.buyer_name,
            wish: is_custom.then_some(Wish {
                by: self.wished_by,
                budget,
            }),
            started_at: self.started_at,
            last_at: self.last_at,
            last_by: named(&self.last_by)?,
            excerpt: self.excerpt,
            unread: count(unread),
            archived: archived_at.is_some(),
            seen: read.map(|(through, at)| Seen { through, at }),
            contact_shown: self.contact_shown,
        })
    }
}

/// A message with its quote, if it is one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MessageRow {
    pub id: MessageId,
    pub by: String,
    pub kind: String,
    pub text: String,
    pub hidden: Vec<String>,
    pub at: Timestamp,
    pub removal: Option<String>,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub lead_days: Option<i32>,
    pub valid_until: Option<NaiveDate>,
    pub status: Option<String>,
}

impl MessageRow {
    pub fn quote(&self, now: Timestamp) -> Result<Option<Quote>, Error> {
        let (Some(amount), Some(currency), Some(valid_until), Some(status)) =
            (self.amount, &self.currency, self.valid_until, &self.status)
        else {
            return Ok(None);
        };
        Ok(Some(Quote {
            price: money(amount, currency)?,
            lead_days: u16::try_from(self.lead_days.unwrap_or(0)).unwrap_or(0),
            valid_until,
            status: standing(named(status)?, valid_until, now),
        }))
    }

    pub fn hidden(&self) -> Result<Vec<ContactKind>, Error> {
        self.hidden.iter().map(|kind| named(kind)).collect()
    }

    pub fn message(self, now: Timestamp) -> Result<Message, Error> {
        Ok(Message {
            id: self.id,
            by: named(&self.by)?,
            kind: named(&self.kind)?,
            hidden: self.hidden()?,
            quote: self.quote(now)?,
            text: match self.removal {
                Some(_) => String::new(),
                None => self.text,
            },
            at: self.at,
            removed: self.removal,
        })
    }
}

/// A thread of a party's, whatever it is about.
pub async fn find(
    conn: &mut PgConnection,
    who: Party,
    id: ThreadId,
) -> Result<Option<ThreadRow>, sqlx::Error> {
    let ((of, own), list) = (party(who), columns!());
    // Only words of this file are put together here.
    let sql = format!("select {list} from messages.thread where id = $1 and {of} = $2");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(own)
        .fetch_optional(conn)
        .await
}

/// The same, in which nobody else writes until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    who: Party,
    id: ThreadId,
) -> Result<Option<ThreadRow>, sqlx::Error> {
    let ((of, own), list) = (party(who), columns!());
    let sql = format!("select {list} from messages.thread where id = $1 and {of} = $2 for update");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(own)
        .fetch_optional(conn)
        .await
}

/// Whoever's it is, for moderators.
pub async fn lock_any(conn: &mut PgConnection, id: ThreadId) -> Result<Option<ThreadRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from messages.thread where id = $1 for update"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// One side has read up to a message. The thread is locked: what is counted is what there is.
pub async fn mark_read(
    conn: &mut PgConnection,
    reader: Side,
    id: ThreadId,
    through: MessageId,
    now: Timestamp,
) -> Result<ThreadRow, sqlx::Error> {
    let (own, list) = (side(reader), columns!());
    // What is not of this thread, or older than what was read before, changes nothing.
    let sql = format!(
        "update messages.thread t
            set {own}_read_id = $2, {own}_read_at = $4,
                {own}_unread = (select count(*)::int from messages.message m where m.thread_id = $1 and m.by = $3 and m.id > $2)
          where t.id = $1 and ({own}_read_id is null or {own}_read_id < $2)
            and exists (select from messages.message m where m.thread_id = $1 and m.id = $2)
         returning {list}"
    );
    let changed = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(through)
        .bind(side(reader.other()))
        .bind(now)
        .fetch_optional(&mut *conn)
        .await?;
    match changed {
        Some(row) => Ok(row),
        None => {
            sqlx::query_as(concat!(
                "select ",
                columns!(),
                " from messages.thread where id = $1"
            ))
            .bind(id)
            .fetch_one(conn)
            .await
        }
    }
}

pub async fn archive(
    conn: &mut PgConnection,
    who: Party,
    id: ThreadId,
    at: Option<Timestamp>,
) -> Result<Option<ThreadRow>, sqlx::Error> {
    let ((of, own), list, word) = (party(who), columns!(), side(who.side()));
    let sql = format!(
        "update messages.thread set {word}_archived_at = $3 where id = $1 and {of} = $2 returning {list}"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(own)
        .bind(at)
        .fetch_optional(conn)
        .await
}

/// Who has paid something of whose, column by column.
#[derive(Clone, Debug, Default)]
pub struct Purchases {
    buyers: Vec<Uuid>,
    shops: Vec<Uuid>,
    orders: Vec<Uuid>,
}

impl Purchases {
    pub fn push(&mut self, buyer: UserId, shop: TenantId, order: OrderId) {
        self.buyers.push(buyer.0);
        self.shops.push(shop.0);
        self.orders.push(order.0);
    }

    pub fn is_empty(&self) -> bool {
        self.buyers.is_empty()
    }
}

/// Notes them, and shows what was hidden between those who are told for the first time.
pub async fn note_purchases(conn: &mut PgConnection, purchases: &Purchases) -> Result<(), sqlx::Error> {
    let opened: Vec<Uuid> = sqlx::query_scalar(
        "with told as (
             select distinct on (buyer_id, shop_id) * from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as p (buyer_id, shop_id, order_id)
         ), noted as (
             insert into messages.purchase (buyer_id, shop_id, order_id) select * from told
             on conflict on constraint purchase_pkey do nothing
         )
         update messages.thread t set contact_shown = true
           from told where t.buyer_id = told.buyer_id and t.tenant_id = told.shop_id and not t.contact_shown
         returning t.id",
    )
    .bind(&purchases.buyers)
    .bind(&purchases.shops)
    .bind(&purchases.orders)
    .fetch_all(&mut *conn)
    .await?;
    if opened.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update messages.message m set text = o.text, hidden = '{}'
           from messages.original o where m.thread_id = any($1) and o.message_id = m.id",
    )
    .bind(opened)
    .execute(conn)
    .await?;
    Ok(())
}

/// Of some pairs of a buyer and a shop, those in which the buyer has paid something.
pub async fn paid(
    conn: &mut PgConnection,
    buyers: &[Uuid],
    shops: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    sqlx::query_as(
        "select buyer_id, shop_id from messages.purchase
           join (select distinct * from unnest($1::uuid[], $2::uuid[]) as w (buyer_id, shop_id)) w using (buyer_id, shop_id)",
    )
    .bind(buyers)
    .bind(shops)
    .fetch_all(conn)
    .await
}

/// Notes in which language somebody wrote last.
pub async fn note_language(
    conn: &mut PgConnection,
    reader: Uuid,
    language: Language,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into messages.reader (reader_id, language) values ($1, $2)
         on conflict on constraint reader_pkey do update set language = excluded.language
          where reader.language <> excluded.language",
    )
    .bind(reader)
    .bind(language.code())
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn language(conn: &mut PgConnection, reader: Uuid) -> Result<Option<Language>, sqlx::Error> {
    let code: Option<String> =
        sqlx::query_scalar("select language from messages.reader where reader_id = $1")
            .bind(reader)
            .fetch_optional(conn)
            .await?;
    Ok(code.map(|code| if code == "es" { Language::Es } else { Language::En }))
}

/// For a mail: the thread, if there is one.
pub async fn any(conn: &mut PgConnection, id: ThreadId) -> Result<Option<ThreadRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from messages.thread where id = $1"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}
