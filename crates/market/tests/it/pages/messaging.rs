//! A conversation from the product's page to the moderator's, by forms alone.

use super::*;
use kernel::Clock as _;

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_asks_a_shop_answers_and_a_moderator_decides() {
    let world = World::new().await;
    let (path, product) = ("/account/messages", world.a.product.clone());
    let mut guest = Browser::default();
    let listing = world
        .send(&world.call("get_product", &[&product]))
        .await
        .expect(200);
    let page = format!("/p/{}-{product}?lang=en", listing.at("/slug"));
    let form = format!("{path}/new?product={product}");
    let seen = guest.get(&world, &page).await.expect(200).text();
    assert!(seen.contains(&form) && seen.contains("Ask the shop"), "{seen}");
    assert_eq!(guest.get(&world, &form).await.status, 303, "guests sign in first");

    let mut buyer = Browser::of(&world, Who::BuyerB).await;
    let asked = buyer
        .get(&world, &format!("{form}&custom=yes&lang=en"))
        .await
        .expect(200)
        .text();
    assert!(
        asked.contains("Ask for a custom piece") && asked.contains("name=\"budget\""),
        "{asked}"
    );
    let new = format!("{path}/new");
    let fields = |text: &'static str, by: &'static str| {
        [
            ("shop", world.a.id.clone()),
            ("product", product.clone()),
            ("custom", "yes".to_owned()),
            ("text", text.to_owned()),
            ("by", by.to_owned()),
            ("budget", "130,00".to_owned()),
        ]
    };
    let borrowed = |fields: &[(&'static str, String)]| -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    };
    let post = async |browser: &mut Browser, to: &str, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        browser.post(&world, to, &fields).await
    };
    let refused = post(
        &mut buyer,
        &new,
        borrowed(&fields("Wider, please.", "2001-01-01")),
    )
    .await;
    let back = refused.expect(200).text();
    assert!(
        back.contains("Wider, please.") && back.contains("130,00") && back.contains("within two years"),
        "what was typed is kept: {back}"
    );
    let text = "Wider, please. I am ana@post.example.";
    let sent = post(&mut buyer, &new, borrowed(&fields(text, ""))).await;
    let thread = location(&sent).split('?').next().unwrap().to_owned();
    assert!(thread.starts_with(&format!("{path}/")), "{thread}");
    let id = thread.rsplit('/').next().unwrap().to_owned();
    let own = buyer.get(&world, &thread).await.expect(200).text();
    assert!(own.contains("••••") && own.contains("an e-mail address"), "{own}");
    assert!(own.contains("Budget: €130.00"), "{own}");

    // The shop sees that it is unread, reads it, and quotes.
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let list = seller
        .get(&world, "/seller/messages?lang=en")
        .await
        .expect(200)
        .text();
    assert!(list.contains("1 unread message") && list.contains(&id), "{list}");
    let of_shop = format!("/seller/messages/{id}");
    let read = seller.get(&world, &of_shop).await.expect(200).text();
    assert!(
        read.contains("Wider, please.") && !read.contains("ana@post.example"),
        "{read}"
    );
    let list = seller.get(&world, "/seller/messages").await.expect(200).text();
    assert!(!list.contains("unread message"), "{list}");
    let until = (world.clock.now().date_naive() + chrono::Days::new(7)).to_string();
    let quote = |price: &'static str| [("price", price), ("lead_days", "21"), ("text", "With two bands.")];
    let form = format!("{of_shop}/quote");
    let refused = seller
        .post(
            &world,
            &form,
            &[&quote("-1")[..], &[("valid_until", until.as_str())]].concat(),
        )
        .await
        .expect(200)
        .text();
    assert!(
        refused.contains("above zero") && refused.contains("With two bands."),
        "{refused}"
    );
    let quoted = seller
        .post(
            &world,
            &form,
            &[&quote("129")[..], &[("valid_until", until.as_str())]].concat(),
        )
        .await;
    let message = location(&quoted);
    let message = message.split_once("#message-").expect("an anchor").1.to_owned();

    let seen = buyer.get(&world, &thread).await.expect(200).text();
    assert!(seen.contains("€129.00") && seen.contains("Read "), "{seen}");
    let answer = format!("{thread}/quotes/{message}");
    let accepted = buyer.post(&world, &answer, &[("answer", "accept")]).await;
    assert_eq!(location(&accepted), format!("{thread}?done=quote_accepted"));
    let again = buyer.post(&world, &answer, &[("answer", "decline")]).await;
    assert_eq!(location(&again), format!("{thread}?refused=quote_over"));

    // Put away, and back with the next message.
    let away = buyer
        .post(&world, &format!("{thread}/archive"), &[("archived", "yes")])
        .await;
    assert_eq!(location(&away), format!("{path}?done=thread_archived"));
    let answered = seller
        .post(
            &world,
            &of_shop,
            &[("text", "Pay me past the market, it is cheaper.")],
        )
        .await;
    assert!(
        location(&answered).starts_with(&of_shop),
        "{}",
        location(&answered)
    );
    let account = buyer.get(&world, "/account?lang=en").await.expect(200).text();
    assert!(account.contains("1 unread message"), "{account}");

    // Reported, read by a moderator as it was written, and closed.
    let report = [("reason", "off_market"), ("note", "Read the last one.")];
    let reported = buyer.post(&world, &format!("{thread}/report"), &report).await;
    assert_eq!(location(&reported), format!("{thread}?done=thread_reported"));
    let mut moderator = Browser::of(&world, Who::Moderator).await;
    let office = format!("/operator/messages/{id}");
    let queue = moderator
        .get(&world, "/operator/messages?lang=en")
        .await
        .expect(200)
        .text();
    assert!(
        queue.contains(&office) && queue.contains("Read the last one."),
        "{queue}"
    );
    let read = moderator.get(&world, &office).await.expect(200).text();
    assert!(read.contains("ana@post.example"), "{read}");
    let empty = moderator
        .post(&world, &format!("{office}/close"), &[("reason", "")])
        .await;
    assert!(empty.expect(200).text().contains("Please fill this in."));
    let closed = moderator
        .post(
            &world,
            &format!("{office}/close"),
            &[("reason", "Selling past the market.")],
        )
        .await;
    assert_eq!(location(&closed), format!("{office}?done=thread_decided"));
    let told = seller.get(&world, &of_shop).await.expect(200).text();
    assert!(told.contains("Selling past the market."), "{told}");
    world.close().await;
}
