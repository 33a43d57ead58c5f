//! What a shop is charged is worked out when its order is placed, frozen on its lines, and posted when it is paid.

use crate::world::World;
use kernel::{BasisPoints, Clock, CommissionRuleId, Ctx};
use ledger::NewRule;
use ledger::domain::{Conditions, Tariff};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn a_line_keeps_the_rule_it_was_sold_by_and_the_books_follow_it() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    // 5 % and 0.50 a unit on bowls, with a fifth of it as tax; the vase is the house's.
    let rule = |rate| NewRule {
        conditions: Conditions {
            product: Some(bowl.product),
            currency: Some(bowl.price.currency),
            ..Conditions::default()
        },
        tariff: Tariff {
            rate: BasisPoints(rate),
            fixed: 50,
            tax: BasisPoints(2_000),
            ..Tariff::default()
        },
        valid_from: None,
        replaces: None,
        note: "Agreed by letter.".to_owned(),
    };
    let ctx = Ctx::system("test", world.clock.now());
    let made = world.ledger.make_rule(&ctx, rule(500)).await.unwrap();
    world.ledger.rates().refresh(ctx.now).await.unwrap();
    world.clock.advance(Duration::from_secs(11));
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;

    // Another rule meanwhile changes nothing about it.
    let later = Ctx::system("test", world.clock.now());
    let other = NewRule {
        replaces: Some(CommissionRuleId(made.id)),
        ..rule(9_000)
    };
    world.ledger.make_rule(&later, other).await.unwrap();
    world.ledger.rates().refresh(later.now).await.unwrap();
    world.clock.advance(Duration::from_secs(11));
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();

    let placed: Value =
        sqlx::query_scalar("select payload from orders.event where stream_id = $1 and name = 'placed'")
            .bind(order.id)
            .fetch_one(&mut world.system().await)
            .await
            .unwrap();
    let mut lines = Vec::new();
    for part in placed["placed"]["parts"].as_array().unwrap() {
        for line in part["lines"].as_array().unwrap() {
            let kept = (line["commission"].as_i64(), line["commission_tax"].as_i64());
            lines.push((line["sku"].clone(), kept, line["rule"].clone()));
        }
    }
    let line = |sku: kernel::SkuId| {
        let found = lines.iter().find(|(of, ..)| *of == sku.to_string()).unwrap();
        (found.1, found.2.clone())
    };
    assert_eq!(
        line(bowl.sku),
        ((Some(200), Some(40)), Value::from(made.id.to_string()))
    );
    assert_eq!(line(vase.sku), ((Some(100), None), Value::Null));

    let posted: Vec<(String, i64)> = sqlx::query_as(
        "select account, sum(amount)::bigint from ledger.posting group by account order by account",
    )
    .fetch_all(&mut world.system().await)
    .await
    .unwrap();
    let expected = [
        ("commission_revenue", -300),
        ("provider_clearing", 4000),
        ("seller_payable", -3660),
        ("tax_payable", -40),
    ];
    assert_eq!(
        posted,
        expected.map(|(account, amount)| (account.to_owned(), amount))
    );
    world.assert_clean(&instance).await;
}
