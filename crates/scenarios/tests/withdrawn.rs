//! What a seller takes out of sale is gone at once: for those who search, who look at its page, and who have it in their
//! cart; and whoever would order it is refused.

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::Result;
use scenarios::{Caller, Front, Guest, Quote, Shop, Site, Sku};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::eventually;

/// Each process reads of it in the log, and leaves it out of its answers before its index has it.
const GONE_WITHIN: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_out_of_sale_is_gone_at_once() -> Result<()> {
    let site = Site::new()?;
    let database = site.database().await?;
    let first = database.behind(site.launch("first"));
    let second = database.behind(site.launch("second"));
    let programs = [first.start().await?, second.start().await?];
    let front = Front::of(&programs[0]);
    // Each process has an index of its own: what one is told, the other hears from the log.
    let fronts = programs.each_ref().map(Front::of);
    let shop = Shop::open(&first, &front, &["Alfareria Romero"]).await?.remove(0);
    let bowl = shop.publish("Cuenco azul", &[2_400], 5).await?.remove(0);
    let jug = shop.publish("Jarra verde", &[1_900], 5).await?.remove(0);
    for front in &fronts {
        found(front, "cuenco", &bowl, true).await;
    }
    let stranger = Caller::new(&front);
    let mut guest = Guest::begin(&stranger, &bowl, 1).await?.expect("there are five");
    let _ = guest.add(&jug, 1).await?.expect(200);
    let quote: Quote = guest.quote().await?.expect(200).read();
    let page = page_of(&stranger, &bowl).await?;
    let _ = stranger.get(&page).await?.expect(200);

    set_status(&shop, &bowl, "inactive").await?;
    let taken = Instant::now();
    // Of whatever is read from the books there is no "soon".
    for front in &fronts {
        let stranger = Caller::new(front);
        let _ = stranger.get(&page).await?.expect(404);
        let path = format!("/v1/products/{}", bowl.product);
        let _ = stranger.get(&path).await?.expect(404);
    }
    let cart = guest.caller.get("/v1/cart").await?.expect(200).json();
    let lines = cart["lines"].as_array().cloned().unwrap_or_default();
    let for_sale = |sku: &Sku| {
        let line = lines.iter().find(|line| line["sku"] == sku.id.as_str());
        line.map(|line| line["for_sale"] == true)
    };
    assert_eq!(
        (for_sale(&bowl), for_sale(&jug)),
        (Some(false), Some(true)),
        "{cart}"
    );
    let refused = guest.place("too-late", quote.total).await?;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let again = Guest::begin(&stranger, &bowl, 1)
        .await?
        .expect_err("not for sale");
    assert_eq!(again.json()["code"], "not_for_sale", "{}", again.text());
    for front in &fronts {
        found(front, "cuenco", &bowl, false).await;
        found(front, "jarra", &jug, true).await;
    }
    let gone_after = taken.elapsed();
    println!("gone from both indexes {gone_after:.2?} after it was taken out of sale");
    assert!(gone_after < GONE_WITHIN, "{gone_after:?}");

    set_status(&shop, &bowl, "active").await?;
    for front in &fronts {
        found(front, "cuenco", &bowl, true).await;
        let _ = Caller::new(front).get(&page).await?.expect(200);
    }
    for program in programs {
        program.stop().await?;
    }
    first.verify().await?;
    database.stop().await
}

async fn set_status(shop: &Shop, sku: &Sku, status: &str) -> Result<()> {
    let path = format!("/v1/seller/products/{}", sku.product);
    let seen = shop.owner.get(&path).await?.expect(200);
    let tag = seen.header("etag").expect("a version").to_owned();
    let owner = shop.owner.with("if-match", tag);
    let _ = owner.patch(&path, &json!({"status": status})).await?.expect(200);
    Ok(())
}

/// The way to its page, as the search gives it.
async fn page_of(stranger: &Caller, sku: &Sku) -> Result<String> {
    let answer = stranger.get("/v1/search?q=cuenco").await?.expect(200).json();
    let hit = &answer["hits"][0];
    assert_eq!(hit["product"], sku.product.as_str());
    let slug = hit["slug"].as_str().expect("a slug");
    Ok(format!("/p/{slug}-{}", sku.product))
}

/// Waits until this process's own index has it, or has it no more.
async fn found(front: &Arc<Front>, word: &str, sku: &Sku, there: bool) {
    let stranger = Caller::new(front);
    eventually(&format!("`{word}` finds it: {there}"), || async {
        let answer = stranger.get(&format!("/v1/search?q={word}")).await.ok()?;
        (answer.status == 200 && answer.text().contains(&sku.product) == there).then_some(())
    })
    .await;
}
