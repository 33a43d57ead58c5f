//! A guest's order, by the link of its mail in a browser that knows nothing of it.

use super::journeys::to_the_button;
use super::*;

/// What a mail about an order leads to.
async fn link_in_mail(world: &World, number: &str) -> String {
    let body: String = testkit::eventually("the mail is sent", || async {
        sqlx::query_scalar(
            "select body from identity.mail where subject like '%' || $1 || '%' and body like '%/order-links/%'",
        )
        .bind(number)
        .fetch_optional(&mut world.db.owner().await)
        .await
        .unwrap()
    })
    .await;
    let (_, link) = body.split_once("/order-links/").unwrap();
    format!("/order-links/{}", link.lines().next().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_mail_shows_a_guests_order_in_any_browser_and_lets_nobody_act() {
    let world = World::new().await;
    let mut guest = Browser::default();
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    guest.post(&world, "/cart/lines", &bowl).await.expect(303);
    let fields = to_the_button(&world, &mut guest).await;
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = placed.split('?').next().unwrap();
    let id: kernel::OrderId = order.strip_prefix("/orders/").unwrap().parse().unwrap();
    let number = orders::domain::of_order(id);
    let link = link_in_mail(&world, &number).await;

    let mut phone = Browser::default();
    phone.get(&world, order).await.expect(404);
    let opened = phone.get(&world, &link).await.expect(303);
    assert_eq!(location(&opened), order, "without the link in the address");
    let header = |name: &str| opened.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-robots-tag"), "noindex");
    let cookie = header("set-cookie");
    for said in ["; HttpOnly", "; SameSite=Lax", &format!("; Path={order};")] {
        assert!(cookie.contains(said), "{said} in {cookie}");
    }

    // It is all there to be seen, and nothing of it to be done.
    let seen = phone.get(&world, &format!("{order}?lang=en")).await.expect(200);
    let seen = seen.text();
    assert!(
        seen.contains(&number) && seen.contains("by the link of a mail"),
        "{seen}"
    );
    assert!(!seen.contains(&format!("{order}/")), "{seen}");
    let cancel = format!("{order}/cancel");
    phone.post(&world, &cancel, &[]).await.expect(404);
    phone.get(&world, &format!("{order}/pay")).await.expect(404);
    phone.get(&world, &format!("{order}/events")).await.expect(404);
    // Nor anything of another order, even for whoever sends the cookie there.
    let other = format!("/orders/{}", world.order);
    phone.get(&world, &other).await.expect(404);
    Browser::default()
        .get(&world, &format!("{link}A"))
        .await
        .expect(404);

    // Where it was ordered, it is the buyer's own as ever.
    guest.get(&world, &link).await.expect(303);
    let own = guest.get(&world, order).await.expect(200).text();
    assert!(own.contains(&cancel), "{own}");
    world.close().await;
}
