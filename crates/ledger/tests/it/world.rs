//! A ledger on a database of its own, and sales as the till posts them.

use chrono::{SubsecRound, TimeDelta};
use kernel::{Clock, Ctx, Currency, Money, OrderId, PaymentId, RefundId, SystemClock, TenantId, Timestamp};
use ledger::domain::{SellerShare, Tendered};
use ledger::{Entry, Ledger, till};
use std::collections::BTreeMap;
use store::{Cells, Scope};
use testkit::TestDb;

pub struct World {
    pub db: TestDb,
    pub ledger: Ledger,
    client: tokio_postgres::Client,
    prepared: till::Prepared,
    pub start: Timestamp,
}

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub async fn till_client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .expect("connect");
    let task = async move { connection.await.expect("connection") };
    #[allow(clippy::disallowed_methods, reason = "a test has no runtime::Tasks")]
    tokio::spawn(task);
    client
        .batch_execute("set role stoa_ledger_system")
        .await
        .expect("role");
    client
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[ledger::schema()]).await;
        let client = till_client(db.url()).await;
        let prepared = till::prepare(&client).await.expect("prepare");
        let ledger = Ledger::new(Cells::single(db.url()).db("ledger").expect("url"));
        // As exact as the database.
        let start = SystemClock.now().trunc_subsecs(6);
        Self {
            db,
            ledger,
            client,
            prepared,
            start,
        }
    }

    /// Another process on the same database.
    pub fn other(&self) -> Ledger {
        Ledger::new(Cells::single(self.db.url()).db("ledger").expect("url"))
    }

    /// The circumstances `days` after the start.
    pub fn day(&self, days: i64) -> Ctx {
        Ctx::system("test", self.start + TimeDelta::days(days))
    }

    pub async fn post(&self, entries: &[Entry]) {
        let mut batch = till::Entries::default();
        entries.iter().for_each(|entry| batch.push(entry));
        till::post(&self.client, &self.prepared, &batch)
            .await
            .expect("post");
    }

    /// A shop sells something; of `total` the marketplace keeps a tenth.
    pub async fn sell(&self, ctx: &Ctx, tenant: TenantId, total: Money) -> OrderId {
        let order = OrderId::new(ctx.now);
        let entry =
            ledger::sale(order, ctx.now, &[share(tenant, total)], Tendered::default()).expect("in range");
        self.post(&[entry]).await;
        order
    }

    /// The same, of what had arrived before.
    pub async fn sell_arrived(&self, ctx: &Ctx, tenant: TenantId, total: Money, arrived: Timestamp) {
        let order = OrderId::new(ctx.now);
        let entry =
            ledger::sale(order, ctx.now, &[share(tenant, total)], Tendered::default()).expect("in range");
        let mut batch = till::Entries::default();
        batch.push_delivered(&entry, |shop| (shop == tenant).then_some(arrived));
        till::post(&self.client, &self.prepared, &batch)
            .await
            .expect("post");
    }

    pub async fn refund(&self, ctx: &Ctx, order: OrderId, tenant: TenantId, total: Money) -> RefundId {
        let id = RefundId::new(ctx.now);
        let entry = ledger::refund(id, order, ctx.now, &[share(tenant, total)], Tendered::default())
            .expect("in range");
        self.post(&[entry]).await;
        id
    }

    /// The charge of an order, and who has it.
    pub async fn charged(&self, order: OrderId, provider: &str, reference: &str) -> PaymentId {
        let payment = PaymentId::new(self.start);
        sqlx::query(
            "insert into ledger.charge (payment_id, order_id, provider, reference) values ($1, $2, $3, $4)",
        )
        .bind(payment)
        .bind(order)
        .bind(provider)
        .bind(reference)
        .execute(&mut self.db.owner().await)
        .await
        .expect("noted");
        payment
    }

    /// A shop's part of an order has arrived.
    pub async fn deliver(&self, ctx: &Ctx, order: OrderId, tenant: TenantId) -> bool {
        let mut tx = self.db.db("ledger").begin(Scope::System).await.expect("begin");
        let arrived = BTreeMap::from([((tenant, order), ctx.now)]);
        let moved = Ledger::delivered(&mut tx, &arrived).await.expect("told");
        tx.commit().await.expect("commit");
        moved > 0
    }

    /// Everything's balance, accounts summed over shops, zeros left out; checks that the books are whole.
    pub async fn accounts(&self) -> BTreeMap<String, i64> {
        let findings = ledger::verify(&self.ledger).await.expect("verify");
        assert_eq!(findings, Vec::<String>::new());
        let rows = self
            .ledger
            .trial_balance(self.start + TimeDelta::days(1_000))
            .await
            .expect("read");
        assert_eq!(rows.iter().map(|r| r.balance).sum::<i64>(), 0);
        rows.into_iter()
            .filter(|r| r.balance != 0)
            .map(|r| (r.account, r.balance))
            .collect()
    }

    /// Pays out to this sandbox account, and daily.
    pub async fn terms(&self, ctx: &Ctx, tenant: TenantId, destination: &str) {
        let rules = ledger::Rules {
            destination: Some(destination.to_owned()),
            ..ledger::Rules::default()
        };
        self.ledger.set_rules(ctx, tenant, &rules).await.expect("rules");
        self.ledger
            .set_terms(ctx, tenant, ledger::domain::Schedule::Daily, &[])
            .await
            .expect("terms");
    }

    /// Topics of the log, in order, without what only the audit trail is told.
    pub async fn topics(&self) -> Vec<String> {
        let mut owner = self.db.owner().await;
        sqlx::query_scalar("select topic from log.event where topic <> 'audit.changed' order by xid, id")
            .fetch_all(&mut owner)
            .await
            .expect("read")
    }

    /// Runs a statement as the till's role; the name of the constraint that refused it.
    pub async fn run(&self, sql: &'static str) -> Result<(), String> {
        let pool = Cells::single(self.db.url()).db("ledger").expect("url");
        let mut tx = pool.begin(Scope::System).await.expect("begin");
        match sqlx::query(sql).execute(&mut *tx).await {
            Ok(_) => tx.commit().await.map_err(|e| e.to_string()),
            Err(e) => Err(store::constraint_of(&e).unwrap_or("?").to_owned()),
        }
    }
}

fn share(tenant: TenantId, total: Money) -> SellerShare {
    SellerShare {
        tenant,
        total,
        commission: Money::new(total.amount / 10, total.currency),
        tax: Money::zero(total.currency),
        funded: Money::zero(total.currency),
        sales_tax: Money::zero(total.currency),
    }
}

pub fn balances<const N: usize>(rows: [(&str, i64); N]) -> BTreeMap<String, i64> {
    rows.into_iter().map(|(a, b)| (a.to_owned(), b)).collect()
}
