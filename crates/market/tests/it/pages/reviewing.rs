//! A review from the buyer's form to the moderator's, by forms alone.

use super::*;
use crate::rightly::received_by;
use crate::world::picture;

const BOUNDARY: &str = "a-line-of-their-own";

/// A form with files, as browsers send it: each part with its name, a file's name if it is one, and what is in it.
fn with_files(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_are_chosen_in_the_form_and_taken_away_there() {
    let world = World::new().await;
    let order = received_by(&world, Who::BuyerA).await;
    let product = world.a.product.clone();
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let csrf = buyer.csrf(&world).await;
    let (red, green) = (picture(200), picture(20));
    let review = [
        ("csrf", None, csrf.as_bytes()),
        ("order", None, order.as_bytes()),
        ("product", None, product.as_bytes()),
        ("stars", None, b"5".as_slice()),
        ("text", None, b"It pours well.".as_slice()),
        // As browsers send a field in which nothing was chosen.
        ("photos", Some(""), b"".as_slice()),
    ];
    let photos = [
        ("photos", Some("red.png"), red.as_slice()),
        ("photos", Some("green.png"), green.as_slice()),
    ];
    let new = "/account/reviews/new";
    let spoilt = [
        &review[..],
        &[("photos", Some("words.png"), b"not a picture".as_slice())],
    ]
    .concat();
    let back = buyer.send_files(&world, new, &spoilt).await;
    let said = back.expect(200).text();
    assert!(said.contains("It pours well."), "{said}");
    let seven = [&review[..], &[photos[0]; 7]].concat();
    let back = buyer.send_files(&world, new, &seven).await.expect(200).text();
    assert!(back.contains("At most 6 photos."), "{back}");
    let sent = buyer
        .send_files(&world, new, &[&review[..], &photos].concat())
        .await;
    assert_eq!(location(&sent), "/account/reviews?done=review_published");

    let listing = world
        .send(&world.call("get_product", &[&product]))
        .await
        .expect(200);
    let page = format!("/p/{}-{product}/reviews?lang=en", listing.at("/slug"));
    let shown = async || Browser::default().get(&world, &page).await.expect(200).text();
    let text = shown().await;
    assert_eq!(text.matches("alt=\"Photo by ").count(), 2, "{text}");
    let own = buyer.get(&world, "/account/reviews").await.expect(200).text();
    let (_, rest) = own.split_once("id=\"review-").unwrap();
    let change = format!("/account/reviews/{}", rest.split_once('"').unwrap().0);
    // What is not said to go, stays.
    let again = [("stars", "4"), ("text", "It still pours well.")];
    buyer.post(&world, &change, &again).await.expect(303);
    assert_eq!(shown().await.matches("alt=\"Photo by ").count(), 2);
    let without = [&again[..], &[("drop_photos", "yes")]].concat();
    buyer.post(&world, &change, &without).await.expect(303);
    assert_eq!(shown().await.matches("alt=\"Photo by ").count(), 0);
    world.close().await;
}

impl Browser {
    async fn send_files(
        &mut self,
        world: &World,
        target: &str,
        parts: &[(&str, Option<&str>, &[u8])],
    ) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let call = Call {
            method: Method::POST,
            target: target.to_owned(),
            headers: vec![
                (
                    "content-type",
                    format!("multipart/form-data; boundary={BOUNDARY}").into_bytes(),
                ),
                ("cookie", cookies.join("; ").into_bytes()),
            ],
            body: Bytes::from(with_files(parts)),
        };
        send(&world.router, &world.elsewhere(call)).await
    }
}

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
