//! Shops put listings forward, and owe for each day that begins.

use crate::contract::promoted::{promoter, tariff};
use crate::contract::{Kind, Stand};
use crate::world::{listing, now_ctx, product_id, shop_id};
use chrono::TimeDelta;
use contracts::catalog::ProductStatus;
use contracts::search::promoted::{NewPromotedListing, NewPromotedTariff};
use kernel::{Ctx, Currency, Fault, Money, TenantId};
use search::Promoter;
use serde_json::Value;
use uuid::Uuid;

fn later(ctx: &Ctx, hours: i64) -> Ctx {
    let mut later = ctx.clone();
    later.now += TimeDelta::hours(hours);
    later
}

fn new(n: u32, days: u16) -> NewPromotedListing {
    NewPromotedListing {
        product: product_id(n),
        days,
    }
}

/// What was told of days, as product's fee and tax.
async fn told(stand: &Stand) -> Vec<(i64, i64)> {
    let bodies: Vec<Value> = sqlx::query_scalar(
        "select payload::jsonb from log.event where topic = 'search.promoted_day_begun' order by id",
    )
    .fetch_all(&mut stand.owner().await)
    .await
    .expect("events");
    let amount = |body: &Value, key: &str| body[key]["amount"].as_i64().unwrap_or_default();
    bodies
        .iter()
        .map(|body| (amount(body, "fee"), amount(body, "tax")))
        .collect()
}

async fn code(promoter: &Promoter, ctx: &Ctx, shop: TenantId, new: NewPromotedListing) -> String {
    let refused = promoter.promote(ctx, shop, new).await.expect_err("refused");
    Fault::from(refused).code
}

#[tokio::test(flavor = "multi_thread")]
async fn each_day_is_told_once_and_not_while_nothing_is_for_sale() {
    let stand = Stand::new(Kind::Embedded).await;
    stand.world.keep(listing(1, "Bowl"), 3);
    let searches = search::Searches::new();
    let promoter = promoter(&stand, &searches);
    let start = now_ctx();
    tariff(&promoter, &start).await;
    let made = promoter.promote(&start, shop_id(), new(1, 3)).await.unwrap();
    assert_eq!((made.days_charged, made.charged.amount), (1, 200));
    assert_eq!(told(&stand).await, [(200, 42)], "the first day has begun");
    assert_eq!(promoter.begin_days(&later(&start, 23)).await.unwrap(), 0);

    // Dearer from now on, but not for what runs. Asked twice, a day begins once.
    let dearer = NewPromotedTariff {
        per_day: Money::new(900, Currency::EUR),
        tax_bp: 0,
        note: "dearer".to_owned(),
    };
    promoter.set_tariff(&later(&start, 1), dearer).await.unwrap();
    assert_eq!(promoter.begin_days(&later(&start, 25)).await.unwrap(), 1);
    assert_eq!(promoter.begin_days(&later(&start, 25)).await.unwrap(), 0);
    assert_eq!(told(&stand).await, [(200, 42); 2]);

    // The third day is let off: nobody could have bought it.
    let mut gone = listing(1, "Bowl");
    gone.status = ProductStatus::Inactive;
    stand.world.keep(gone, 0);
    assert_eq!(promoter.begin_days(&later(&start, 49)).await.unwrap(), 0);
    stand.world.keep(listing(1, "Bowl"), 3);
    assert_eq!(
        promoter.begin_days(&later(&start, 100)).await.unwrap(),
        0,
        "it is over"
    );
    assert_eq!(told(&stand).await.len(), 2);
    let all = promoter.of_shop(&later(&start, 100), shop_id()).await.unwrap();
    assert_eq!(
        (all.len(), all[0].days_charged, all[0].charged.amount),
        (1, 2, 400)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tariff_is_told_with_the_one_before_it_in_its_currency() {
    let stand = Stand::new(Kind::Embedded).await;
    let searches = search::Searches::new();
    let promoter = promoter(&stand, &searches);
    let start = now_ctx();
    for (hour, (per_day, currency)) in [(200, Currency::EUR), (300, Currency::USD), (900, Currency::EUR)]
        .into_iter()
        .enumerate()
    {
        let tariff = NewPromotedTariff {
            per_day: Money::new(per_day, currency),
            tax_bp: 0,
            note: "agreed".to_owned(),
        };
        let at = later(&start, i64::try_from(hour).unwrap());
        promoter.set_tariff(&at, tariff).await.unwrap();
    }
    let told: Vec<Value> = sqlx::query_scalar(
        "select payload::jsonb from log.event
          where topic = 'audit.changed' and payload ->> 'kind' = 'promoted.tariff_set' order by id",
    )
    .fetch_all(&mut stand.owner().await)
    .await
    .expect("events");
    let amount = |side: &Value| side["per_day"]["amount"].as_i64();
    let said: Vec<_> = told
        .iter()
        .map(|one| (amount(&one["before"]), amount(&one["after"])))
        .collect();
    assert_eq!(
        said,
        [(None, Some(200)), (None, Some(300)), (Some(200), Some(900))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_the_marketplace_are_let_off_and_a_pause_in_selling_lets_off_no_whole_day() {
    let stand = Stand::new(Kind::Embedded).await;
    stand.world.keep(listing(1, "Bowl"), 3);
    let searches = search::Searches::new();
    let promoter = promoter(&stand, &searches);
    let start = now_ctx();
    tariff(&promoter, &start).await;
    promoter.promote(&start, shop_id(), new(1, 10)).await.unwrap();
    // Nobody was there for three days: one day is charged, which lasts to its usual hour.
    let back = later(&start, 3 * 24 + 5);
    assert_eq!(promoter.begin_days(&back).await.unwrap(), 1);
    assert_eq!(promoter.begin_days(&later(&start, 4 * 24 - 1)).await.unwrap(), 0);
    // Off sale as the next one begins, and back an hour later.
    let mut gone = listing(1, "Bowl");
    gone.status = ProductStatus::Inactive;
    stand.world.keep(gone, 0);
    assert_eq!(promoter.begin_days(&later(&start, 4 * 24 + 1)).await.unwrap(), 0);
    stand.world.keep(listing(1, "Bowl"), 3);
    assert_eq!(promoter.begin_days(&later(&start, 4 * 24 + 2)).await.unwrap(), 1);
    assert_eq!(told(&stand).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_is_wrong() {
    let stand = Stand::new(Kind::Embedded).await;
    stand.world.keep(listing(1, "Bowl"), 3);
    let searches = search::Searches::new();
    let promoter = promoter(&stand, &searches);
    let ctx = now_ctx();
    assert_eq!(code(&promoter, &ctx, shop_id(), new(1, 3)).await, "not_offered");
    tariff(&promoter, &ctx).await;
    assert_eq!(code(&promoter, &ctx, shop_id(), new(1, 0)).await, "field_invalid");
    assert_eq!(
        code(&promoter, &ctx, shop_id(), new(1, 91)).await,
        "field_invalid"
    );
    assert_eq!(code(&promoter, &ctx, shop_id(), new(2, 3)).await, "not_for_sale");
    let made = promoter.promote(&ctx, shop_id(), new(1, 3)).await.unwrap();
    assert_eq!(
        code(&promoter, &ctx, shop_id(), new(1, 3)).await,
        "already_promoted"
    );
    let other = TenantId(Uuid::from_u128(99));
    let refused = promoter.stop(&ctx, other, made.id).await.expect_err("refused");
    assert_eq!(Fault::from(refused).code, "not_found");
    let stopped = promoter.stop(&ctx, shop_id(), made.id).await.unwrap();
    assert_eq!(stopped.stopped_at, Some(ctx.now));
    let refused = promoter
        .stop(&ctx, shop_id(), made.id)
        .await
        .expect_err("refused");
    assert_eq!(Fault::from(refused).code, "ended");
    assert_eq!(
        promoter.begin_days(&later(&ctx, 30)).await.unwrap(),
        0,
        "what is stopped costs nothing more"
    );
    // It may be put forward anew.
    promoter
        .promote(&later(&ctx, 1), shop_id(), new(1, 3))
        .await
        .unwrap();
}
