//! Which features shops may use, by forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_turns_a_feature_off_and_one_shop_keeps_it() {
    let world = World::new().await;
    let (list, own) = ("/operator/features", "/seller/webhooks");
    let mut staff = Browser::of(&world, Who::Admin).await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let form = "action=\"/seller/webhooks\"";
    let turned_off = "Turned off by the marketplace";
    let before = seller.get(&world, own).await.expect(200).text();
    assert!(before.contains(form) && !before.contains(turned_off), "{before}");

    let path = format!("{list}/webhooks");
    let done = staff.post(&world, &path, &[("state", "off")]).await;
    assert_eq!(location(&done), format!("{list}?done=saved"));
    let after = seller.get(&world, own).await.expect(200).text();
    assert!(!after.contains(form) && after.contains(turned_off), "{after}");

    let unknown = [("shop", "nobody"), ("feature", "webhooks"), ("state", "on")];
    let back = staff.post(&world, list, &unknown).await.expect(200).text();
    assert!(
        back.contains("No shop that sells now") && back.contains("value=\"nobody\""),
        "{back}"
    );
    let known = [
        ("shop", world.a.slug.as_str()),
        ("feature", "webhooks"),
        ("state", "on"),
    ];
    let done = staff.post(&world, list, &known).await;
    assert_eq!(location(&done), format!("{list}?done=saved"));
    let again = seller.get(&world, own).await.text();
    assert!(again.contains(form) && !again.contains(turned_off), "{again}");

    let one = format!("/operator/shops/{}/features/webhooks", world.a.id);
    let shown = staff.get(&world, list).await.text();
    assert!(shown.contains(&format!("action=\"{one}\"")), "{shown}");
    let done = staff
        .post(&world, &one, &[("state", "all"), ("back", "features")])
        .await;
    assert_eq!(location(&done), format!("{list}?done=saved"));
    assert!(!staff.get(&world, list).await.text().contains(&one));
    assert!(seller.get(&world, own).await.text().contains(turned_off));

    // On the shop's own page as well.
    let page = format!("/operator/shops/{}", world.a.id);
    let done = staff.post(&world, &one, &[("state", "on")]).await;
    assert_eq!(location(&done), format!("{page}?done=saved"));
    let shown = staff.get(&world, &page).await.expect(200).text();
    assert!(shown.contains("Decided for this shop."), "{shown}");
    staff
        .post(&world, &format!("{list}/teleport"), &[("state", "off")])
        .await
        .expect(404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_says_so_where_its_feature_is_off() {
    let world = World::new().await;
    let mut staff = Browser::of(&world, Who::Admin).await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    for (feature, page, form) in [
        ("api_keys", "/seller/api-keys", "action=\"/seller/api-keys\""),
        (
            "promoted_listings",
            "/seller/promoted",
            "action=\"/seller/promoted\"",
        ),
        ("coupons", "/seller/promotions", "href=\"/seller/promotions/new\""),
        (
            "coupons",
            "/seller/promotions/new",
            "action=\"/seller/promotions/new\"",
        ),
        ("uploads", "/seller/uploads", "action=\"/seller/uploads\""),
        ("digital_goods", "/seller/products/new", "name=\"download_days\""),
        ("made_to_order", "/seller/products/new", "name=\"days_min\""),
    ] {
        let path = format!("/operator/features/{feature}");
        staff.post(&world, &path, &[("state", "off")]).await.expect(303);
        let shown = seller.get(&world, page).await.expect(200).text();
        assert!(!shown.contains(form), "{page}: {shown}");
        assert!(
            shown.contains("Your shop cannot begin this at present"),
            "{page}: {shown}"
        );
        staff.post(&world, &path, &[("state", "on")]).await.expect(303);
        let shown = seller.get(&world, page).await.expect(200).text();
        assert!(!shown.contains("Your shop cannot begin this"), "{page}: {shown}");
    }
    world.close().await;
}
