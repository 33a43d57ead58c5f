//! Payments that do not get on, as staff see them.

use super::*;
use crate::rightly::uncaptured_of_a;
use kernel::Timestamp;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_captured_in_time_has_pages_of_its_own() {
    let world = World::new().await;
    let order = uncaptured_of_a(&world, true).await;
    let lapses_at: Timestamp = sqlx::query_scalar(
        "update checkout.capture set tries = 8 where order_id = $1::uuid returning lapses_at",
    )
    .bind(&order)
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    let mut operator = Browser::of(&world, Who::Admin).await;
    let row = format!("/operator/payments/{order}/retry-capture");
    let place = format!("{}.{order}", lapses_at.timestamp_micros());
    // The order stands last on its page, and a cursor that is none shows the first.
    for (after, is_listed) in [("", true), (place.as_str(), false), ("nowhere", true)] {
        let page = format!("/operator/payments?state=open&uncaptured_after={after}");
        let page = operator.get(&world, &page).await.expect(200).text();
        assert_eq!(page.contains(&row), is_listed, "after {after}: {page}");
    }
    world.close().await;
}
