//! A review from the buyer's form to the moderator's, by forms alone.

use super::*;
use crate::rightly::received_by;

#[tokio::test(flavor = "multi_thread")]
async fn a_review_goes_from_the_buyers_form_to_everybody() {
    let world = World::new().await;
    let order = received_by(&world, Who::BuyerA).await;
    let (path, product) = ("/account/reviews", world.a.product.clone());
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let seen = buyer
        .get(&world, &format!("/orders/{order}?lang=en"))
        .await
        .expect(200)
        .text();
    let form = format!("{path}/new?order={order}&product={product}");
    assert!(
        seen.contains(&form.replace('&', "&#38;")) && seen.contains("Write a review"),
        "{seen}"
    );

    let without_stars = [
        ("order", order.as_str()),
        ("product", product.as_str()),
        ("text", "It pours well."),
    ];
    let new = format!("{path}/new");
    let back = buyer.post(&world, &new, &without_stars).await.expect(200).text();
    assert!(
        back.contains("Choose one star to five.") && back.contains("It pours well."),
        "{back}"
    );

    // What moderation doubts waits for a moderator.
    let doubted = [
        ("order", order.as_str()),
        ("product", product.as_str()),
        ("stars", "4"),
        ("title", "Pours well"),
        ("text", "Cheaper at www.pots.example"),
    ];
    let sent = buyer.post(&world, &new, &doubted).await;
    assert_eq!(location(&sent), "/account/reviews?done=review_queued");
    let slug = {
        let listing = world
            .send(&world.call("get_product", &[&product]))
            .await
            .expect(200);
        format!("{}-{product}", listing.at("/slug"))
    };
    let list = format!("/p/{slug}/reviews");
    let mut guest = Browser::default();
    let hidden = guest.get(&world, &list).await.expect(200).text();
    assert!(!hidden.contains("pots.example"), "{hidden}");
    let no_stars = guest.get(&world, &format!("/p/{slug}")).await.expect(200).text();
    assert!(
        !no_stars.contains("aggregateRating"),
        "nobody has reviewed it yet"
    );

    let mut moderator = Browser::of(&world, Who::Moderator).await;
    let queue = moderator
        .get(&world, "/operator/reviews?lang=en")
        .await
        .expect(200)
        .text();
    assert!(
        queue.contains("pots.example") && queue.contains("A link"),
        "{queue}"
    );
    let own = buyer.get(&world, path).await.expect(200).text();
    let (_, rest) = own.split_once("id=\"review-").unwrap();
    let id = rest.split_once('"').unwrap().0.to_owned();
    let decided = moderator
        .post(
            &world,
            &format!("/operator/reviews/{id}/reject"),
            &[("version", "1"), ("reason", "Leave the link out.")],
        )
        .await;
    assert_eq!(location(&decided), "/operator/reviews?done=review_rejected");
    let told = buyer.get(&world, path).await.expect(200).text();
    assert!(told.contains("Leave the link out."), "{told}");

    // Changed, it is published, answered, and found helpful.
    let changed = [
        ("stars", "4"),
        ("title", "Pours well"),
        ("text", "A litre, and it pours well."),
    ];
    let sent = buyer.post(&world, &format!("{path}/{id}"), &changed).await;
    assert_eq!(location(&sent), "/account/reviews?done=review_published");
    let page = guest
        .get(&world, &format!("/p/{slug}?lang=en"))
        .await
        .expect(200)
        .text();
    for said in [
        "\"ratingValue\":\"4.0\"",
        "\"reviewCount\":1",
        "A litre, and it pours well.",
        "4 out of 5",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let waits = seller.get(&world, "/seller/reviews").await.expect(200).text();
    assert!(waits.contains("A litre"), "{waits}");
    let answer = format!("/seller/reviews/{id}/reply");
    let answered = seller
        .post(&world, &answer, &[("text", "Thank you, dear buyer.")])
        .await;
    assert_eq!(
        location(&answered),
        "/seller/reviews?show=all&done=review_answered"
    );
    let mut other = Browser::of(&world, Who::BuyerB).await;
    let vote = format!("{list}/{id}/vote");
    assert_eq!(
        location(&other.post(&world, &vote, &[("helpful", "yes")]).await),
        format!("{list}#review-{id}")
    );
    assert_eq!(
        location(&buyer.post(&world, &vote, &[("helpful", "yes")]).await),
        format!("{list}?refused=own_review")
    );
    let read = guest.get(&world, &list).await.expect(200).text();
    assert!(
        read.contains("Thank you, dear buyer.") && read.contains("(1)"),
        "{read}"
    );
    let shop = guest
        .get(&world, &format!("/shop/{}/reviews", world.a.slug))
        .await
        .expect(200)
        .text();
    assert!(shop.contains("A litre"), "{shop}");
    world.close().await;
}
