//! Threads on their way into the tables, any number in two statements.

use super::{ThreadRow, columns, name, names, side};
use crate::domain::excerpt;
use crate::error::Error;
use chrono::NaiveDate;
use contracts::messages::{ContactKind, MessageKind, NewQuote, Side, ThreadKind, Wish};
use kernel::{MessageId, OrderId, ProductId, SubOrderId, TenantId, ThreadId, Timestamp, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A thread with its messages, the oldest first; there is at least one.
#[derive(Clone, Debug)]
pub struct Draft {
    pub shop: TenantId,
    pub buyer: UserId,
    pub kind: ThreadKind,
    pub product: Option<ProductId>,
    pub order: Option<(OrderId, SubOrderId)>,
    pub title: String,
    pub shop_name: String,
    pub buyer_name: String,
    pub wish: Wish,
    pub contact_shown: bool,
    pub at: Timestamp,
    pub messages: Vec<DraftMessage>,
    /// Whether both have read all of it. Where not, nobody has read what came after their own last message.
    pub read: bool,
}

#[derive(Clone, Debug)]
pub struct DraftMessage {
    pub id: MessageId,
    pub by: Side,
    pub author: Option<UserId>,
    pub kind: MessageKind,
    /// What both read.
    pub text: String,
    pub hidden: Vec<ContactKind>,
    /// As it was written.
    pub original: String,
    pub at: Timestamp,
    pub quote: Option<NewQuote>,
}

#[derive(Default)]
struct Threads {
    ids: Vec<Uuid>,
    shops: Vec<Uuid>,
    buyers: Vec<Uuid>,
    kinds: Vec<String>,
    products: Vec<Option<Uuid>>,
    orders: Vec<Option<Uuid>>,
    sub_orders: Vec<Option<Uuid>>,
    titles: Vec<String>,
    shop_names: Vec<String>,
    buyer_names: Vec<String>,
    wished_by: Vec<Option<NaiveDate>>,
    budgets: Vec<Option<i64>>,
    currencies: Vec<Option<String>>,
    started: Vec<Timestamp>,
    last_ids: Vec<Uuid>,
    last_by: Vec<&'static str>,
    last_at: Vec<Timestamp>,
    excerpts: Vec<String>,
    counts: Vec<i32>,
    answered: Vec<Option<Timestamp>>,
    buyer_unread: Vec<i32>,
    shop_unread: Vec<i32>,
    buyer_read: Vec<Option<Uuid>>,
    shop_read: Vec<Option<Uuid>>,
    shown: Vec<bool>,
}

#[derive(Default)]
struct Messages {
    threads: Vec<Uuid>,
    shops: Vec<Uuid>,
    ids: Vec<Uuid>,
    by: Vec<&'static str>,
    authors: Vec<Option<Uuid>>,
    kinds: Vec<String>,
    texts: Vec<String>,
    hidden: Vec<serde_json::Value>,
    at: Vec<Timestamp>,
    originals: Vec<Option<String>>,
    amounts: Vec<Option<i64>>,
    currencies: Vec<Option<String>>,
    lead_days: Vec<Option<i32>>,
    valid_until: Vec<Option<NaiveDate>>,
}

/// Messages behind a reader's own last one, and the last that the reader has read.
fn left(draft: &Draft, reader: Side) -> (i32, Option<Uuid>) {
    let newest = || draft.messages.iter().rev();
    if draft.read {
        return (0, newest().next().map(|message| message.id.0));
    }
    let unread = newest().take_while(|message| message.by != reader).count();
    let read = newest().nth(unread).map(|message| message.id.0);
    (i32::try_from(unread).unwrap_or(i32::MAX), read)
}

impl Threads {
    fn push(&mut self, id: ThreadId, draft: &Draft) -> Result<(), Error> {
        let last = draft
            .messages
            .last()
            .ok_or_else(|| Error::Broken("a thread without a message".to_owned()))?;
        let answer = draft.messages.iter().find(|message| message.by == Side::Shop);
        let (buyer_unread, buyer_read) = left(draft, Side::Buyer);
        let (shop_unread, shop_read) = left(draft, Side::Shop);
        self.ids.push(id.0);
        self.shops.push(draft.shop.0);
        self.buyers.push(draft.buyer.0);
        self.kinds.push(name(draft.kind)?);
        self.products.push(draft.product.map(|product| product.0));
        self.orders.push(draft.order.map(|(order, _)| order.0));
        self.sub_orders.push(draft.order.map(|(_, part)| part.0));
        self.titles.push(draft.title.clone());
        self.shop_names.push(draft.shop_name.clone());
        self.buyer_names.push(draft.buyer_name.clone());
        self.wished_by.push(draft.wish.by);
        self.budgets.push(draft.wish.budget.map(|budget| budget.amount));
        let currency = draft.wish.budget.map(|budget| budget.currency.code().to_owned());
        self.currencies.push(currency);
        self.started.push(draft.at);
        self.last_ids.push(last.id.0);
        self.last_by.push(side(last.by));
        self.last_at.push(last.at);
        self.excerpts.push(excerpt(&last.text));
        self.counts
            .push(i32::try_from(draft.messages.len()).unwrap_or(i32::MAX));
        self.answered.push(answer.map(|message| message.at));
        self.buyer_unread.push(buyer_unread);
        self.shop_unread.push(shop_unread);
        self.buyer_read.push(buyer_read);
        self.shop_read.push(shop_read);
        self.shown.push(draft.contact_shown);
        Ok(())
    }
}

impl Messages {
    fn push(&mut self, id: ThreadId, shop: TenantId, message: &DraftMessage) -> Result<(), Error> {
        let quote = message.quote.as_ref();
        self.threads.push(id.0);
        self.shops.push(shop.0);
        self.ids.push(message.id.0);
        self.by.push(side(message.by));
        self.authors.push(message.author.map(|author| author.0));
        self.kinds.push(name(message.kind)?);
        self.texts.push(message.text.clone());
        self.hidden.push(serde_json::to_value(names(&message.hidden)?)?);
        self.at.push(message.at);
        let is_masked = !message.hidden.is_empty();
        self.originals.push(is_masked.then(|| message.original.clone()));
        self.amounts.push(quote.map(|quote| quote.price.amount));
        self.currencies
            .push(quote.map(|quote| quote.price.currency.code().to_owned()));
        self.lead_days.push(quote.map(|quote| i32::from(quote.lead_days)));
        self.valid_until.push(quote.map(|quote| quote.valid_until));
        Ok(())
    }
}

/// Writes threads with all that is in them. With `once`, what the same buyer wrote to the same shop at the same time is there
/// already, and left out.
pub async fn insert(conn: &mut PgConnection, drafts: &[Draft], once: bool) -> Result<Vec<ThreadRow>, Error> {
    let mut threads = Threads::default();
    let ids: Vec<ThreadId> = drafts.iter().map(|draft| ThreadId::new(draft.at)).collect();
    for (id, draft) in ids.iter().zip(drafts) {
        threads.push(*id, draft)?;
    }
    let rows = insert_threads(conn, &threads, once).await?;
    let mut messages = Messages::default();
    let written: std::collections::HashSet<ThreadId> = rows.iter().map(|row| row.id).collect();
    for (id, draft) in ids.iter().zip(drafts).filter(|(id, _)| written.contains(id)) {
        for message in &draft.messages {
            messages.push(*id, draft.shop, message)?;
        }
    }
    insert_messages(conn, &messages).await?;
    Ok(rows)
}

async fn insert_threads(conn: &mut PgConnection, t: &Threads, once: bool) -> Result<Vec<ThreadRow>, Error> {
    let rows = sqlx::query_as(concat!(
        "insert into messages.thread (id, tenant_id, buyer_id, kind, product_id, order_id, sub_order_id, title, shop_name,
                buyer_name, wished_by, budget_amount, budget_currency, started_at, last_id, last_by, last_at, excerpt, messages,
                answered_at, buyer_unread, shop_unread, buyer_read_id, buyer_read_at, shop_read_id, shop_read_at, contact_shown)
         select d.id, d.tenant_id, d.buyer_id, d.kind, d.product_id, d.order_id, d.sub_order_id, d.title, d.shop_name,
                d.buyer_name, d.wished_by, d.budget_amount, d.budget_currency, d.started_at, d.last_id, d.last_by, d.last_at,
                d.excerpt, d.messages, d.answered_at, d.buyer_unread, d.shop_unread,
                d.buyer_read_id, case when d.buyer_read_id is not null then d.last_at end,
                d.shop_read_id, case when d.shop_read_id is not null then d.last_at end, d.contact_shown
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[],
                       $9::text[], $10::text[], $11::date[], $12::bigint[], $13::text[], $14::timestamptz[], $15::uuid[],
                       $16::text[], $17::timestamptz[], $18::text[], $19::int[], $20::timestamptz[], $21::int[], $22::int[],
                       $23::uuid[], $24::uuid[], $25::bool[])
                as d (id, tenant_id, buyer_id, kind, product_id, order_id, sub_order_id, title, shop_name, buyer_name,
                      wished_by, budget_amount, budget_currency, started_at, last_id, last_by, last_at, excerpt, messages,
                      answered_at, buyer_unread, shop_unread, buyer_read_id, shop_read_id, contact_shown)
          where not $26 or not exists (select from messages.thread t
                 where t.buyer_id = d.buyer_id and t.tenant_id = d.tenant_id and t.started_at = d.started_at)
         returning ",
        columns!()
    ))
    .bind(&t.ids)
    .bind(&t.shops)
    .bind(&t.buyers)
    .bind(&t.kinds)
    .bind(&t.products)
    .bind(&t.orders)
    .bind(&t.sub_orders)
    .bind(&t.titles)
    .bind(&t.shop_names)
    .bind(&t.buyer_names)
    .bind(&t.wished_by)
    .bind(&t.budgets)
    .bind(&t.currencies)
    .bind(&t.started)
    .bind(&t.last_ids)
    .bind(&t.last_by)
    .bind(&t.last_at)
    .bind(&t.excerpts)
    .bind(&t.counts)
    .bind(&t.answered)
    .bind(&t.buyer_unread)
    .bind(&t.shop_unread)
    .bind(&t.buyer_read)
    .bind(&t.shop_read)
    .bind(&t.shown)
    .bind(once)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

async fn insert_messages(conn: &mut PgConnection, m: &Messages) -> Result<(), Error> {
    // Of several quotes of one thread, the last is open.
    sqlx::query(
        "with d as (
             select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[],
                                  $9::timestamptz[], $10::text[], $11::bigint[], $12::text[], $13::int[], $14::date[])
                    as d (thread_id, tenant_id, id, by, author_id, kind, text, hidden, at, original, amount, currency, lead_days,
                          valid_until)
         ), quoted as (
             insert into messages.quote (message_id, tenant_id, thread_id, amount, currency, lead_days, valid_until, status)
             select id, tenant_id, thread_id, amount, currency, lead_days, valid_until,
                    case when row_number() over (partition by thread_id order by id desc) = 1 then 'open' else 'over' end
               from d where amount is not null
         ), kept as (
             insert into messages.original (message_id, text) select id, original from d where original is not null
         )
         insert into messages.message (id, tenant_id, thread_id, by, author_id, kind, text, hidden, at)
         select id, tenant_id, thread_id, by, author_id, kind, text, array(select jsonb_array_elements_text(hidden)), at from d",
    )
    .bind(&m.threads)
    .bind(&m.shops)
    .bind(&m.ids)
    .bind(&m.by)
    .bind(&m.authors)
    .bind(&m.kinds)
    .bind(&m.texts)
    .bind(&m.hidden)
    .bind(&m.at)
    .bind(&m.originals)
    .bind(&m.amounts)
    .bind(&m.currencies)
    .bind(&m.lead_days)
    .bind(&m.valid_until)
    .execute(conn)
    .await?;
    Ok(())
}
