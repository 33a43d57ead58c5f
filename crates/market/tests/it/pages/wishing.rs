//! Wish lists, what was looked at, and pieces side by side: by forms and addresses alone.

use super::*;

async fn text(browser: &mut Browser, world: &World, target: &str) -> String {
    browser.get(world, target).await.expect(200).text()
}

async fn address_of(world: &World, product: &str) -> String {
    let listing = world
        .send(&world.call("get_product", &[product]))
        .await
        .expect(200);
    format!("/p/{}-{product}", listing.at("/slug"))
}

/// Takes shop A's bowl from sale, or puts it back.
async fn set_status(world: &World, status: &str) {
    let id = world.a.product.as_str();
    let own = world.call("get_own_product", &[id]);
    let seen = world.send_as(Who::OwnerA, &own).await;
    let patch = world
        .call("patch_product", &[id])
        .header("if-match", seen.headers["etag"].as_bytes().to_owned())
        .json(&json!({ "status": status }));
    world.send_as(Who::OwnerA, &patch).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_wishes_are_taken_along_and_shared_until_the_link_ends() {
    let world = World::new().await;
    let (ours, theirs) = (world.a.product.as_str(), world.b.product.as_str());
    let bowl = address_of(&world, ours).await;
    let mut guest = Browser::default();
    let page = text(&mut guest, &world, &format!("{bowl}?lang=en")).await;
    assert!(
        page.contains("Put on the wish list") && page.contains(&format!("/compare?ids={ours}")),
        "{page}"
    );
    let wish = [("product", ours), ("next", bowl.as_str())];
    let wished = guest.post(&world, "/wishlist/items", &wish).await;
    assert_eq!(location(&wished), format!("{bowl}?done=wished"));
    let page = text(&mut guest, &world, &bowl).await;
    assert!(page.contains("On your wish list"), "{page}");
    let list = text(&mut guest, &world, "/wishlist").await;
    assert!(
        list.contains(&bowl) && list.contains("Only this browser"),
        "{list}"
    );
    guest
        .post(&world, "/wishlist/items", &[("product", world.order.as_str())])
        .await
        .expect(404);
    let asked = location(&guest.post(&world, "/wishlist/share", &[]).await);
    assert!(asked.starts_with("/sign-in"), "{asked}");

    guest.sign_in(&world, Who::BuyerB).await;
    let mut buyer = guest;
    assert!(!buyer.cookies.contains_key("stoa_wishes"));
    assert!(!buyer.cookies.contains_key("stoa_viewed"));
    for page in ["/wishlist", "/viewed"] {
        let seen = text(&mut buyer, &world, page).await;
        assert!(seen.contains(&bowl), "{page}: {seen}");
    }
    buyer.post(&world, "/wishlist/share", &[]).await.expect(303);
    let list = text(&mut buyer, &world, "/wishlist").await;
    let (_, rest) = list.split_once("/wishlist/shared/").unwrap();
    let shared = format!("/wishlist/shared/{}", rest.split_once('"').unwrap().0);
    let mut stranger = Browser::default();
    let read = text(&mut stranger, &world, &shared).await;
    assert!(read.contains(&bowl) && read.contains("BuyerB"), "{read}");

    // What is sold no more is gone at once, and the pages say so.
    let beside = format!("/compare?ids={ours},{theirs}");
    let both = text(&mut buyer, &world, &beside).await;
    assert!(both.contains(&bowl), "{both}");
    set_status(&world, "inactive").await;
    for (page, said) in [
        ("/wishlist", "One piece on your list is not for sale"),
        (shared.as_str(), "One piece on this list is not for sale"),
        (beside.as_str(), "One of the pieces is not for sale"),
        ("/viewed", "Nothing here"),
    ] {
        let seen = text(&mut buyer, &world, page).await;
        assert!(seen.contains(said) && !seen.contains(&bowl), "{page}: {seen}");
    }
    buyer
        .post(&world, "/wishlist/items", &[("product", ours)])
        .await
        .expect(404);
    set_status(&world, "active").await;
    let again = text(&mut buyer, &world, "/wishlist").await;
    assert!(again.contains(&bowl), "{again}");

    let ended = buyer.post(&world, "/wishlist/unshare", &[]).await;
    assert_eq!(location(&ended), "/wishlist");
    stranger.get(&world, &shared).await.expect(404);
    set_status(&world, "inactive").await;
    buyer.post(&world, "/wishlist/forget-gone", &[]).await.expect(303);
    let empty = text(&mut buyer, &world, "/wishlist").await;
    assert!(
        empty.contains("Nothing on your wish list") && !empty.contains("not for sale any more"),
        "{empty}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_goes_into_the_basket_and_off_the_list() {
    let world = World::new().await;
    let bowl = address_of(&world, &world.a.product).await;
    let mut guest = Browser::default();
    let wish = [("product", world.a.product.as_str())];
    // Pressed twice, it is there once.
    for _ in 0..2 {
        let wished = guest.post(&world, "/wishlist/items", &wish).await;
        assert_eq!(location(&wished), "/wishlist?done=wished");
    }
    let item = format!("/wishlist/items/{}", world.a.product);
    let variant = [("variant", world.a.sku.as_str())];
    let bought = guest.post(&world, &format!("{item}/to-cart"), &variant).await;
    assert_eq!(location(&bought), "/wishlist?done=added");
    let cart = text(&mut guest, &world, "/cart").await;
    assert!(cart.contains(&bowl), "{cart}");
    assert!(!guest.cookies.contains_key("stoa_wishes"));

    // Not remembered, nothing is.
    text(&mut guest, &world, &bowl).await;
    assert!(text(&mut guest, &world, "/viewed").await.contains(&bowl));
    guest
        .post(&world, "/viewed/keep", &[("kept", "no")])
        .await
        .expect(303);
    text(&mut guest, &world, &bowl).await;
    let viewed = text(&mut guest, &world, "/viewed?lang=en").await;
    assert!(
        !viewed.contains(&bowl) && viewed.contains("is not remembered"),
        "{viewed}"
    );
    world.close().await;
}
