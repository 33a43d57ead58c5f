//! What shopping channels read.

use super::*;
use crate::world::{Shop, product};

async fn read(world: &World, target: &str, tag: &str) -> Answer {
    let call = Call {
        method: Method::GET,
        target: target.to_owned(),
        headers: vec![("if-none-match", tag.as_bytes().to_vec())],
        body: Bytes::new(),
    };
    send(&world.router, &world.elsewhere(call)).await
}

/// Product and SKU of a bowl that has a picture.
async fn pictured(world: &World, who: Who, shop: &Shop) -> (String, String) {
    let mut bowl = product(&format!("pictured-{}", world.fresh()));
    bowl["images"] = json!([{"image": shop.image}]);
    let call = world.call("create_product", &[]).json(&bowl);
    let made = world.send_as(who, &call).await.expect(201);
    (made.at("/id"), made.at("/variants/0/sku"))
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_read_all_goods_that_are_for_sale() {
    let world = World::new().await;
    let (_, sku_a) = pictured(&world, Who::OwnerA, &world.a).await;
    let (product_b, sku_b) = pictured(&world, Who::OwnerB, &world.b).await;
    // Stock is counted a moment after its product is there.
    let xml = testkit::eventually("both bowls are told of as in stock", async || {
        let xml = read(&world, "/feeds/google.xml", "").await.expect(200);
        let there = xml.text().matches("<g:availability>in_stock<").count();
        (there >= 2).then_some(xml)
    })
    .await;
    assert_eq!(xml.headers["content-type"], "application/xml; charset=utf-8");
    assert_eq!(xml.headers["cache-control"], "public, max-age=900");
    let text = xml.text();
    assert!(text.ends_with("</channel></rss>"), "{text}");
    let csv = read(&world, "/feeds/meta.csv", "").await.expect(200).text();
    assert!(csv.starts_with("id,title,description,"), "{csv}");
    for sku in [&sku_a, &sku_b] {
        assert!(text.contains(&format!("<g:id>{sku}</g:id>")), "{text}");
        assert!(csv.contains(&format!("\"{sku}\"")), "{csv}");
    }
    assert!(text.contains("<g:price>19.99 EUR</g:price>"), "{text}");
    assert!(text.contains("<g:image_link>http"), "{text}");
    let kind = "<g:product_type>Ceramics &gt; Bowls</g:product_type>";
    assert!(text.contains(kind), "{text}");
    // No channel takes goods without a picture.
    assert!(!text.contains(&world.a.sku), "{text}");

    // Who has it already is told so; in another language it is another file.
    let tag = xml.headers["etag"].to_str().unwrap().to_owned();
    let same = read(&world, "/feeds/google.xml", &tag).await.expect(304);
    assert!(same.body.is_empty());
    let spanish = read(&world, "/feeds/google.xml?lang=es", &tag).await.expect(200);
    assert!(spanish.text().contains("<language>es</language>"));
    // None has a price in dollars.
    let dollars = read(&world, "/feeds/google.xml?currency=USD", "")
        .await
        .expect(200)
        .text();
    assert!(!dollars.contains("<item>"), "{dollars}");
    read(&world, "/feeds/google.xml?currency=money", "")
        .await
        .expect(400);

    // What is not for sale any more is told of no longer.
    let gone = world.call("delete_product", &[&product_b]);
    let deleted = world.send_as(Who::OwnerB, &gone).await;
    assert!(deleted.status < 300, "{}", deleted.text());
    let without = read(&world, "/feeds/google.xml", "").await.expect(200).text();
    assert!(without.contains(&sku_a) && !without.contains(&sku_b), "{without}");
    world.close().await;
}
