//! What shops pay for being put forward in searches, by forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_puts_a_product_forward_at_the_operators_price_and_stops_it() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let (own, prices) = ("/seller/promoted", "/operator/promoted");
    let before = seller.get(&world, own).await.expect(200).text();
    assert!(
        before.contains("does not offer this in your currency"),
        "{before}"
    );

    let mut staff = Browser::of(&world, Who::Finance).await;
    let wrong = [
        ("price", "-1"),
        ("currency", "EUR"),
        ("tax", "21"),
        ("note", "agreed"),
    ];
    let back = staff.post(&world, prices, &wrong).await.expect(200).text();
    assert!(back.contains("not a price of 0 or more"), "{back}");
    let right = [
        ("price", "2.50"),
        ("currency", "eur"),
        ("tax", "21"),
        ("note", "agreed"),
    ];
    let set = staff.post(&world, prices, &right).await;
    assert_eq!(location(&set), format!("{prices}?done=tariff_set"));
    assert!(staff.get(&world, prices).await.text().contains("€2.50"));

    let offered = seller.get(&world, own).await.text();
    assert!(offered.contains("A day costs €2.50, plus 21% tax"), "{offered}");
    let chosen = [("product", world.a.product.as_str()), ("days", "14")];
    let done = seller.post(&world, own, &chosen).await;
    assert_eq!(location(&done), format!("{own}?done=promoted"));
    let again = seller.post(&world, own, &chosen).await;
    assert_eq!(location(&again), format!("{own}?refused=already_promoted"));
    let listed = seller.get(&world, own).await.text();
    let (_, rest) = listed
        .split_once("action=\"/seller/promoted/")
        .expect("a way to stop it");
    let stop = format!("/seller/promoted/{}", rest.split('"').next().unwrap());

    // Buyers see what it is where they find it.
    testkit::eventually("a marked card", async || {
        let found = Browser::default().get(&world, "/search").await.text();
        found.contains(">Promoted</span>").then_some(())
    })
    .await;
    for _ in 0..2 {
        let stopped = seller.post(&world, &stop, &[]).await;
        assert_eq!(location(&stopped), format!("{own}?done=promoted_stopped"));
    }
    assert!(!seller.get(&world, own).await.text().contains("/stop\""));
    world.close().await;
}
