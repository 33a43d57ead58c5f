//! The ledger against a real database.

use kernel::{Clock, Currency, Money, OrderId, SystemClock, TenantId};
use ledger::domain::SellerShare;
use ledger::{Ledger, sale, till};
use store::{Cells, Scope};
use testkit::TestDb;

async fn till_client(url: &str) -> tokio_postgres::Client {
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

#[tokio::test]
async fn a_sale_is_posted_once_and_shows_in_the_balances() {
    let db = TestDb::new(&[ledger::schema()]).await;
    let client = till_client(db.url()).await;
    let now = SystemClock.now();
    let tenant = TenantId::new(now);
    let share = SellerShare {
        tenant,
        total: Money::new(5_000, Currency::EUR),
        commission: Money::new(500, Currency::EUR),
    };
    let entry = sale(OrderId::new(now), now, &[share]).expect("balanced");
    let mut entries = till::Entries::default();
    entries.push(&entry);
    let prepared = till::prepare(&client).await.expect("prepare");
    till::post(&client, &prepared, &entries).await.expect("post");
    till::post(&client, &prepared, &entries)
        .await
        .expect("post again");

    let ledger = Ledger::new(Cells::single(db.url()).db("ledger").expect("url"));
    let owed: Vec<_> = ledger
        .shop_balances(tenant)
        .await
        .expect("read")
        .into_iter()
        .map(|r| (r.account, r.balance))
        .collect();
    assert_eq!(owed, vec![("seller_payable".to_owned(), -4_500)]);
    let all: i64 = ledger
        .trial_balance(now)
        .await
        .expect("read")
        .iter()
        .map(|r| r.balance)
        .sum();
    assert_eq!(all, 0);
    assert_eq!(
        ledger::verify(&ledger).await.expect("verify"),
        Vec::<String>::new()
    );
    assert!(
        ledger
            .shop_balances(TenantId::new(now))
            .await
            .expect("read")
            .is_empty(),
        "another shop sees nothing"
    );
}

#[tokio::test]
async fn postgresql_refuses_what_does_not_balance_and_any_change() {
    let db = TestDb::new(&[ledger::schema()]).await;
    let pool = Cells::single(db.url()).db("ledger").expect("url");
    let run = async |sql: &'static str| {
        let mut tx = pool.begin(Scope::System).await.expect("begin");
        let outcome = sqlx::query(sql).execute(&mut *tx).await;
        match outcome {
            Ok(_) => tx.commit().await.map_err(|e| e.to_string()),
            Err(e) => Err(store::constraint_of(&e).unwrap_or("?").to_owned()),
        }
    };
    assert_eq!(
        run("insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5)").await,
        Err("posting_balanced".to_owned())
    );
    assert_eq!(
        run("insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5), ('01900000-0000-7000-8000-000000000001', 2, 'bank', null, 'USD', -5)").await,
        Err("posting_balanced".to_owned()),
        "currencies balance each on their own"
    );
    assert_eq!(
        run("insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5), ('01900000-0000-7000-8000-000000000001', 2, 'buyer_funds', null, 'EUR', -5)").await,
        Ok(())
    );
    assert_eq!(
        run("update ledger.posting set amount = 6").await,
        Err("posting_immutable".to_owned())
    );
    assert_eq!(
        run("delete from ledger.posting").await,
        Err("posting_immutable".to_owned())
    );
}
