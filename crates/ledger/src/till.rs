//! The ledger's part of a till batch: any number of entries in one statement, in the caller's transaction.

use crate::domain::Entry;
use tokio_postgres::{Client, Error, Statement};
use uuid::Uuid;

/// Entries that exist are skipped with their postings, so a repeated confirmation posts nothing twice.
const POST: &str = "
with made as (
    insert into ledger.entry (id, kind, reference, at)
    select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
    on conflict do nothing
    returning id
)
insert into ledger.posting (entry_id, line, account, tenant_id, currency, amount)
select p.* from unnest($5::uuid[], $6::smallint[], $7::text[], $8::uuid[], $9::text[], $10::bigint[])
       as p (entry_id, line, account, tenant_id, currency, amount)
  join made on made.id = p.entry_id";

/// Entries on their way in, column by column.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    ids: Vec<Uuid>,
    kinds: Vec<&'static str>,
    references: Vec<Uuid>,
    times: Vec<kernel::Timestamp>,
    posting_entries: Vec<Uuid>,
    lines: Vec<i16>,
    accounts: Vec<&'static str>,
    tenants: Vec<Option<Uuid>>,
    currencies: Vec<&'static str>,
    amounts: Vec<i64>,
}

impl Entries {
    pub fn push(&mut self, entry: &Entry) {
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
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// The statement, prepared once per connection.
#[derive(Clone)]
pub struct Prepared(Statement);

pub async fn prepare(client: &Client) -> Result<Prepared, Error> {
    client.prepare(POST).await.map(Prepared)
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
                &entries.ids,
                &entries.kinds,
                &entries.references,
                &entries.times,
                &entries.posting_entries,
                &entries.lines,
                &entries.accounts,
                &entries.tenants,
                &entries.currencies,
                &entries.amounts,
            ],
        )
        .await?;
    Ok(())
}
