//! The ledger's part of a till batch: any number of entries in one statement, in the caller's transaction.

pub mod purses;

use crate::domain::{Account, Entry, Posting, entry_id};
use kernel::{TenantId, Timestamp};
use sqlx::PgConnection;
use std::sync::LazyLock;
use store::rows::Rows;
use tokio_postgres::{Client, Error, Statement};
use uuid::Uuid;

/// Entries that exist are skipped with their postings, so a repeated confirmation posts nothing twice. What a sale
/// owes a shop is held from the moment it is owed, for the shop's days since it arrived; what a refund takes back is no longer
/// held.
///
/// Parameters: days in transit, then what `entries` and `postings` name.
fn post_sql(entries: &str, postings: &str) -> String {
    include_str!("sql/post.sql")
        .replace("{entries}", entries)
        .replace("{postings}", postings)
}

/// For sqlx: an array for each column.
static POST_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    post_sql(
        "$2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]",
        "$6::uuid[], $7::smallint[], $8::text[], $9::uuid[], $10::text[], $11::bigint[], $12::uuid[], \
         $13::timestamptz[]",
    )
});

/// Days for which a sale is held when nobody tells that it was delivered, before the shop's own days begin.
const TRANSIT_DAYS: i32 = 14;

/// Entries on their way in, column by column.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    ids: Vec<Uuid>,
    kinds: Vec<&'static str>,
    references: Vec<Uuid>,
    times: Vec<Timestamp>,
    posting_entries: Vec<Uuid>,
    lines: Vec<i16>,
    accounts: Vec<&'static str>,
    tenants: Vec<Option<Uuid>>,
    currencies: Vec<&'static str>,
    amounts: Vec<i64>,
    /// The hold that a posting begins, if it does.
    holds: Vec<Option<Uuid>>,
    /// When what it is for had arrived, where it had.
    delivered: Vec<Option<Timestamp>>,
}

impl Entries {
    pub fn push(&mut self, entry: &Entry) {
        self.push_delivered(entry, |_| None);
    }

    /// An entry whose shops' goods may have arrived before it: nobody will tell of it again, so that what a shop is owed by it is
    /// held for the shop's days from then.
    pub fn push_delivered(&mut self, entry: &Entry, delivered_at: impl Fn(TenantId) -> Option<Timestamp>) {
        // An order whose every amount is zero moves no money and leaves no entry.
        if entry.postings.is_empty() {
            return;
        }
        self.ids.push(entry.id.0);
        self.kinds.push(entry.kind);
        self.references.push(entry.reference);
        self.times.push(entry.at);
        for (line, posting) in (1i16..).zip(&entry.postings) {
            self.posting_entries.push(entry.id.0);
            self.lines.push(line);
            self.accounts.push(posting.account.name());
            self.tenants.push(posting.tenant.map(|t| t.0));
            self.currencies.push(posting.amount.currency.code());
            self.amounts.push(posting.amount.amount);
            let hold = hold(entry, posting);
            self.delivered
                .push(posting.tenant.filter(|_| hold.is_some()).and_then(&delivered_at));
            self.holds.push(hold);
        }
    }

    /// Posts them over the other driver; how many postings that made.
    pub(crate) async fn write(&self, conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
        if self.is_empty() {
            return Ok(0);
        }
        let done = sqlx::query(POST_COLUMNS.as_str())
            .bind(TRANSIT_DAYS)
            .bind(&self.ids)
            .bind(&self.kinds)
            .bind(&self.references)
            .bind(&self.times)
            .bind(&self.posting_entries)
            .bind(&self.lines)
            .bind(&self.accounts)
            .bind(&self.tenants)
            .bind(&self.currencies)
            .bind(&self.amounts)
            .bind(&self.holds)
            .bind(&self.delivered)
            .execute(conn)
            .await?;
        Ok(done.rows_affected())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// The hold of what a sale owes a shop.
fn hold(entry: &Entry, posting: &Posting) -> Option<Uuid> {
    let tenant = posting.tenant?;
    let is_credit = posting.account == Account::SellerPayable && posting.amount.amount < 0;
    (entry.kind == "sale" && is_credit).then(|| entry_id(&format!("hold of {tenant}"), entry.reference).0)
}

/// The statement, prepared once per connection.
#[derive(Clone)]
pub struct Prepared(Statement);

pub async fn prepare(client: &Client) -> Result<Prepared, Error> {
    let post = post_sql("$2::ledger.new_entry[]", "$3::ledger.new_posting[]");
    client.prepare(&post).await.map(Prepared)
}

/// Posts the entries. Futures made before the first is awaited are sent together (tokio-postgres pipelines).
pub async fn post(client: &Client, prepared: &Prepared, entries: &Entries) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    client
        .execute(
            &prepared.0,
            &[
                &TRANSIT_DAYS,
                &Rows([&entries.ids, &entries.kinds, &entries.references, &entries.times]),
                &Rows([
                    &entries.posting_entries,
                    &entries.lines,
                    &entries.accounts,
                    &entries.tenants,
                    &entries.currencies,
                    &entries.amounts,
                    &entries.holds,
                    &entries.delivered,
                ]),
            ],
        )
        .await?;
    Ok(())
}
