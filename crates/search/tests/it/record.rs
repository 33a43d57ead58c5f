//! What was searched for, clicked and ordered, as operators are told it.

use crate::corpus::words;
use crate::world::{Running, World, append, listing, now_ctx, product_id, shop_id, test_db};
use contracts::orders::{OrderConfirmed, SoldProduct};
use contracts::search::{Click, SearchQuery};
use kernel::{Actor, CartId, Clock, Ctx, Currency, Money, OrderId, SearchId, SystemClock, UserId};
use search::Desk;
use std::sync::Arc;
use testkit::{TestDb, eventually};
use tokio_util::sync::CancellationToken;

async fn count(test: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&mut test.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn searches_clicks_and_orders_are_told_and_nobody_is_named() {
    let (test, world) = (test_db().await, World::new());
    let db = test.db(search::CONTEXT);
    for n in 0..3 {
        world.keep(listing(n, "Blue bowl"), 1);
    }
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(3).await;
    let searches = running.searches.clone();
    let desk = Desk::new(db.clone(), searches.clone());
    let user = UserId::new(SystemClock.now());
    let buyer = Ctx {
        actor: Actor::Buyer { user },
        ..now_ctx()
    };
    let stop = CancellationToken::new();
    let recording = search::record(searches.clone(), db.clone(), Arc::new(SystemClock), stop.clone());
    let converting = search::follow_orders(db.clone(), stop.clone());
    let story = async {
        let find = async |ctx: &Ctx, q: &str| searches.find_for(ctx, words(q)).await.unwrap();
        for _ in 0..5 {
            find(&now_ctx(), "blue bowl").await;
        }
        assert_eq!(find(&now_ctx(), "").await.search, None, "lists are no searches");
        find(&now_ctx(), "Zzyzx  lamp").await;
        let page = find(&buyer, "Blue  BOWL").await;
        let search = page.search.expect("noted");
        let again = SearchQuery {
            limit: 1,
            ..words("bowl")
        };
        let next = searches.find_for(&buyer, again.clone()).await.unwrap().next;
        let second = searches
            .find_for(&buyer, SearchQuery { after: next, ..again })
            .await;
        assert_eq!(second.unwrap().search, None, "one search, whatever its pages");
        eventually("searches are written", async || {
            (count(&test, "select count(*) from search.searched").await == 8).then_some(())
        })
        .await;
        let click = |search, n, position| Click {
            search,
            product: product_id(n),
            position,
            cart: None,
        };
        let guests = CartId::new(SystemClock.now());
        searches.click(click(search, 1, 2), SystemClock.now()).unwrap();
        searches.click(click(search, 1, 2), SystemClock.now()).unwrap();
        searches
            .click(click(SearchId::new(SystemClock.now()), 1, 1), SystemClock.now())
            .unwrap();
        assert!(searches.click(click(search, 1, 0), SystemClock.now()).is_err());
        eventually("the click is written once", async || {
            (count(&test, "select count(*) from search.clicked").await == 1).then_some(())
        })
        .await;
        let confirmed = |buyer, cart, n| OrderConfirmed {
            cart,
            order: OrderId::new(SystemClock.now()),
            buyer,
            total: Money::new(1500, Currency::EUR),
            tenants: vec![shop_id()],
            sold: vec![SoldProduct {
                product: product_id(n),
                units: 1,
            }],
        };
        // Of what was not looked at, and of others, nothing is said.
        let stranger = UserId::new(SystemClock.now());
        let orders = [
            confirmed(Some(user), None, 2),
            confirmed(Some(stranger), None, 1),
            confirmed(None, None, 1),
            confirmed(None, Some(CartId::new(SystemClock.now())), 1),
            confirmed(Some(user), None, 1),
        ];
        append(&db, &orders).await;
        eventually("the order is told", async || {
            (count(&test, "select count(*) from search.ordered").await == 1).then_some(())
        })
        .await;
        // A guest is known by nothing but the cart that it was put into, a page later than it was looked at.
        let put = Click {
            cart: Some(guests),
            ..click(search, 1, 2)
        };
        searches.click(put, SystemClock.now()).unwrap();
        eventually("the cart is noted with the click", async || {
            let noted = count(
                &test,
                "select count(*) from search.clicked where cart_id is not null",
            );
            (noted.await == 1).then_some(())
        })
        .await;
        append(
            &db,
            &[confirmed(None, Some(guests), 2), confirmed(None, Some(guests), 1)],
        )
        .await;
        eventually("the guest's order is told", async || {
            (count(&test, "select count(*) from search.ordered").await == 2).then_some(())
        })
        .await;
        let report = desk.report(&now_ctx(), 7).await.unwrap();
        assert_eq!(
            (report.searches, report.clicked, report.without_results),
            (8, 1, 1)
        );
        let top = &report.top[0];
        assert_eq!(
            (top.words.as_str(), top.searches, top.clicked, top.ordered),
            ("blue bowl", 6, 1, 1)
        );
        let unanswered: Vec<&str> = report.unanswered.iter().map(|one| one.words.as_str()).collect();
        assert_eq!(unanswered, ["zzyzx lamp"]);
        let second = report.positions[1];
        assert_eq!((second.position, second.shown, second.clicks), (2, 7, 1));
        assert_eq!(report.positions[3].shown, 0, "nothing found four");
        assert!(desk.report(&now_ctx(), 91).await.is_err());
        // Neither the buyer nor anything that leads to them stands anywhere.
        let named = format!("select count(*) from search.searched s where s::text like '%{user}%'");
        let mut owner = test.owner().await;
        let named: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(named))
            .fetch_one(&mut owner)
            .await
            .unwrap();
        assert_eq!(named, 0);
        assert_eq!(
            count(
                &test,
                "select count(*) from search.searched where visitor is not null"
            )
            .await,
            2
        );
        stop.cancel();
    };
    futures::join!(recording, converting, story);
    // What others found something by is offered to those who type; not what one person searched for ten times.
    let mut owner = test.owner().await;
    for sql in [
        "update search.searched set visitor = decode(md5(id::text), 'hex') where words = 'blue bowl'",
        "insert into search.searched (id, at, words, filters, results, visitor)
         select gen_random_uuid(), s.at, 'blue vase', '{}', 3, '\\x01'
           from search.searched s, generate_series(1, 10) where s.words = 'zzyzx lamp'",
        "insert into search.clicked (search_id, product_id, position, at)
         select id, gen_random_uuid(), 1, at from search.searched where words = 'blue vase'",
    ] {
        sqlx::query(sql).execute(&mut owner).await.unwrap();
    }
    let stop = CancellationToken::new();
    let keeping = desk.clone().keep(Arc::new(SystemClock), stop.clone());
    let typing = async {
        eventually("the query is offered", async || {
            let offered = running.suggest("blu").await.queries;
            (offered.first().map(String::as_str) == Some("blue bowl")).then_some(())
        })
        .await;
        let offered = running.suggest("blu").await.queries;
        assert!(!offered.iter().any(|query| query == "blue vase"), "{offered:?}");
        stop.cancel();
    };
    futures::join!(keeping, typing);
    running.stop().await;
}
