//! Links of mails, by which guests see their orders wherever they read.

use super::World;
use chrono::TimeDelta;
use contracts::cart::CartOwner;
use contracts::orders::Orders as _;
use kernel::{Ctx, Kind};
use orders::Orders;

#[tokio::test]
async fn a_link_shows_a_guests_order_for_as_long_as_its_mail_says() {
    let world = World::new().await;
    let guest = CartOwner::Guest("a secret".to_owned());
    let order = world.place(&guest, &[world.shop()]).await;
    let (link, until) = world.orders.link(&order, world.ctx.now).unwrap();
    assert_eq!(until - world.ctx.now, TimeDelta::days(90));
    let in_time = Ctx::system("test", until);
    let seen = world.orders.by_link(&in_time, link.clone()).await.unwrap();
    assert_eq!((seen.id, seen.email.as_str()), (order.id, "lucia@example.org"));

    let late = Ctx::system("test", until + TimeDelta::seconds(1));
    let refused = world.orders.by_link(&late, link.clone()).await.unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
    let elsewhere = Orders::new(world.db.db(orders::CONTEXT), b"another key".to_vec());
    let refused = elsewhere.by_link(&in_time, link).await.unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);

    let own = world.place(&world.buyer(), &[world.shop()]).await;
    assert_eq!(
        world.orders.link(&own, world.ctx.now),
        None,
        "who has an account signs in"
    );
}
