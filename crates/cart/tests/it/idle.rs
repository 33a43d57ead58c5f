use crate::world::{World, add, cart, guest, line, lines};
use contracts::cart::{CartOwner, CartService};
use kernel::limits::CART_IDLE_DAYS;
use kernel::{Clock, Ctx};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// One sweep over the carts, and what was told of it.
async fn sweep(world: &World, dropped: i64) -> Vec<Value> {
    let stop = CancellationToken::new();
    let sweeping = cart::drop_idle(world.carts.clone(), world.clock.clone(), stop.clone());
    let watching = async {
        let told = eventually("idle carts are dropped", async || {
            let mut conn = world.db.owner().await;
            let told: Vec<(Value,)> =
                sqlx::query_as("select payload from log.event where topic = 'cart.abandoned' order by id")
                    .fetch_all(&mut conn)
                    .await
                    .unwrap();
            (told.len() as i64 >= dropped).then(|| told.into_iter().map(|(t,)| t).collect::<Vec<_>>())
        })
        .await;
        // Long enough for a sweep that has nothing to tell.
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.cancel();
        told
    };
    futures::join!(sweeping, watching).1
}

#[tokio::test]
async fn a_cart_nobody_touched_for_days_is_dropped_and_told_of() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let (forgotten, kept) = (guest(&world, &bowl, 2).await, guest(&world, &bowl, 1).await);
    let id = cart(&forgotten).await["id"].clone();
    world.clock.advance(DAY * (CART_IDLE_DAYS - 1));
    let _ = add(&kept, &bowl, 1).await.expect(200);
    assert_eq!(sweep(&world, 0).await, [] as [Value; 0], "not before its time");
    world.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(
        sweep(&world, 1).await,
        [json!({ "cart": id, "user": null, "lines": 1 })]
    );
    assert_eq!(lines(&cart(&forgotten).await), []);
    assert_eq!(lines(&cart(&kept).await), [line(&bowl, 2)]);
    // Its owner comes back and begins anew, with the secret they have.
    let answer: Value = add(&forgotten, &bowl, 1).await.expect(200).read();
    assert_eq!(
        (lines(&answer), answer["version"].as_i64()),
        (vec![line(&bowl, 1)], Some(1))
    );
    assert_ne!(answer["id"], id);
}

#[tokio::test]
async fn an_ordered_cart_is_closed_and_the_next_one_is_new() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let guest = guest(&world, &bowl, 2).await;
    let before = cart(&guest).await;
    let ctx = Ctx::anonymous(world.clock.now());
    let id = before["id"].as_str().unwrap().parse().unwrap();
    world.carts.close(&ctx, vec![id]).await.unwrap();
    assert_eq!(lines(&cart(&guest).await), []);
    let answer: Value = add(&guest, &bowl, 1).await.expect(200).read();
    assert_ne!(answer["id"], before["id"]);
    let owner = CartOwner::Guest(guest.token.clone());
    let closed = world.carts.get(&ctx, owner, id, None).await.unwrap();
    assert!(
        closed.ordered && closed.lines.len() == 1,
        "the order still finds it"
    );
    // Orders are kept by their own context: what was ordered is never swept.
    world.clock.advance(DAY * (CART_IDLE_DAYS + 1));
    assert_eq!(sweep(&world, 1).await.len(), 1);
    let ordered: i64 = sqlx::query_scalar("select count(*) from cart.cart where ordered")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(ordered, 1);
}
