//! The same purchase, whatever processes the marketplace is made of: two sellers, one cart, one payment, and each seller
//! finds their sub-order.

use anyhow::Result;
use bench::program::Launch;
use contracts::orders::{Order, OrderStatus, SubOrderStatus};
use kernel::{Currency, Money};
use scenarios::{Caller, Front, Guest, Quote, Shop, Site};
use std::collections::HashMap;
use std::sync::Arc;
use testkit::eventually;

const POTTER: &str = "Alfareria Romero";
const WEAVER: &str = "Telar del Sur";
/// What the marketplace keeps of the goods, by default.
const COMMISSION_PERCENT: i64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn one_process_that_serves_everything() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let program = launch.start().await?;
    purchase(&launch, &Front::of(&program)).await?;
    program.stop().await?;
    launch.verify().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_serve_everything() -> Result<()> {
    let site = Site::new()?;
    let database = site.database().await?;
    let first = database.behind(site.launch("first"));
    let second = database.behind(site.launch("second"));
    let programs = [first.start().await?, second.start().await?];
    purchase(&first, &Front::around(&programs.each_ref())).await?;
    for program in programs {
        program.stop().await?;
    }
    first.verify().await?;
    database.stop().await
}

/// Every service a process of its own, each told where all others are.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_for_each_service() -> Result<()> {
    let site = Site::new()?;
    let database = site.database().await?;
    let services = services(&site.launch("any")).await?;
    let addresses: Vec<_> = services
        .iter()
        .map(|_| bench::program::free_address())
        .collect::<Result<_>>()?;
    let peers: Vec<String> = services
        .iter()
        .zip(&addresses)
        .map(|(name, address)| format!("{name}=http://{address}"))
        .collect();
    let mut programs = HashMap::new();
    for (service, &address) in services.iter().zip(&addresses) {
        let launch = database
            .behind(site.launch(service))
            .listen(address)
            .env("STOA_SERVICES", service)
            .env("STOA_PEERS", peers.join(","))
            .env("STOA_SERVICE_KEY", "shared by the processes of this story");
        programs.insert(service.clone(), launch.start().await?);
    }
    let launch = database.behind(site.launch("any"));
    let description = serde_json::from_str(include_str!("../../../docs/openapi.json"))?;
    purchase(&launch, &Front::by_service(&programs, &description)).await?;
    for (_, program) in programs {
        program.stop().await?;
    }
    launch.verify().await?;
    database.stop().await
}

/// As `stoa services` lists them.
async fn services(launch: &Launch) -> Result<Vec<String>> {
    let output = launch.run("services", &[]).await?;
    let list = String::from_utf8(output.stdout)?;
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

async fn purchase(launch: &Launch, front: &Arc<Front>) -> Result<()> {
    let shops = Shop::open(launch, front, &[POTTER, WEAVER]).await?;
    let [potter, weaver] = &shops[..] else {
        unreachable!("two were opened")
    };
    let bowl = potter.publish("Cuenco azul", &[2_400], 5).await?.remove(0);
    let blanket = weaver.publish("Manta de lana", &[8_900], 5).await?.remove(0);
    let stranger = Caller::new(front);
    for (word, sku) in [("cuenco", &bowl), ("manta", &blanket)] {
        eventually(&format!("{word} is found by searching"), || async {
            let answer = stranger.get(&format!("/v1/search?q={word}")).await.ok()?;
            (answer.status == 200 && answer.text().contains(&sku.product)).then_some(())
        })
        .await;
    }

    let mut guest = Guest::begin(&stranger, &bowl, 2).await?.expect("there are five");
    let _ = guest.add(&blanket, 1).await?.expect(200);
    let quote: Quote = guest.quote().await?.expect(200).read();
    assert_eq!(quote.groups.len(), 2, "a part per seller");
    let placed: Order = guest.place("journey", quote.total).await?.expect(201).read();
    assert_eq!((placed.status, placed.total), (OrderStatus::Placed, quote.total));
    let paid = guest
        .pay(&placed.id.to_string(), "tok_visa")
        .await?
        .expect(200)
        .json();
    assert_eq!(paid["status"], "captured", "{paid}");
    let order: Order = guest.order(&placed.id.to_string()).await?.expect(200).read();
    assert_eq!(
        (order.status, order.sub_orders.len()),
        (OrderStatus::Confirmed, 2)
    );

    for (shop, sku, units, goods) in [(potter, &bowl, 2, 4_800), (weaver, &blanket, 1, 8_900)] {
        let theirs = shop.sub_orders().await?;
        let [part] = &theirs[..] else {
            panic!("{} has {} sub-orders", shop.name, theirs.len())
        };
        assert_eq!((part.order, part.status), (order.id, SubOrderStatus::Confirmed));
        assert_eq!(part.lines.len(), 1, "nobody sees another seller's lines");
        assert_eq!(
            (part.lines[0].sku.to_string(), part.lines[0].quantity),
            (sku.id.clone(), units)
        );
        assert_eq!(part.subtotal, eur(goods));
        assert!(part.address.is_some(), "a paid parcel has somewhere to go");
        let level = shop.level(sku).await?;
        assert_eq!((level.on_hand, level.reserved), (5 - i64::from(units), 0));
        let payable = part.total.amount - goods * COMMISSION_PERCENT / 100;
        assert_eq!(shop.payable().await?, [eur(payable)]);
    }
    let parts: i64 = order.sub_orders.iter().map(|part| part.total.amount).sum();
    assert_eq!(parts, order.total.amount);

    let home = stranger.get("/").await?.expect(200);
    assert!(
        home.text().contains("Cuenco azul"),
        "the shop window shows what is for sale"
    );
    Ok(())
}

fn eur(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}
