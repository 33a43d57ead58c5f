//! Notifications: by links and forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_told_to_both_sides_read_and_counted() {
    let world = World::new().await;
    let (notice, sale) = (notice_of(&world).await, notice_of_a(&world).await);
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let page = buyer.get(&world, "/account/notifications?lang=en").await;
    let text = page.expect(200).text();
    assert!(
        text.contains("Your order ") && text.contains(&notice) && text.contains("notice-new"),
        "{text}"
    );
    assert!(
        !text.contains(&sale),
        "what the shop is told is the shop's: {text}"
    );
    let opened = buyer
        .get(&world, &format!("/account/notifications/{notice}"))
        .await;
    assert!(location(&opened.expect(303)).starts_with("/orders/"));

    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let text = owner
        .get(&world, "/seller/notifications?lang=es")
        .await
        .expect(200)
        .text();
    assert!(text.contains("Pedido nuevo ") && text.contains(&sale), "{text}");
    let opened = owner.get(&world, &format!("/seller/notifications/{sale}")).await;
    let to = location(&opened.expect(303));
    assert!(to.starts_with("/seller/orders/"), "{to}");
    owner.get(&world, &to).await.expect(200);

    let through = owner.get(&world, "/seller/notifications").await.text();
    if through.contains("name=\"through\"") {
        let page = owner.get(&world, "/seller/notifications").await;
        let through = field(&page, "through");
        let read = owner
            .post(&world, "/seller/notifications/read", &[("through", &through)])
            .await;
        assert_eq!(location(&read), "/seller/notifications?done=saved");
    }
    let text = owner.get(&world, "/seller/notifications").await.text();
    assert!(!text.contains("notice-new"), "{text}");
    world.close().await;
}
