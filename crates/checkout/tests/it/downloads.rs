//! What is downloaded: consented to, not sent, delivered with its payment, and told in one mail.

use crate::world::{Instance, World, order_of};
use contracts::cart::{Cart, CartOwner};
use contracts::catalog::Offer;
use contracts::checkout::{Checkout, DeliveryChoice};
use contracts::digital::{Digital, DigitalFile, DownloadRight, DownloadState, Downloads};
use contracts::orders::{Order, SubOrderStatus};
use contracts::tenants::Zone;
use kernel::{Clock, Currency, FileId, Money};

/// A pattern of a new shop's, at 10.00.
async fn pattern(world: &World) -> Offer {
    let mut offer = world.offer(1_000).await;
    let digital = Digital {
        files: vec![DigitalFile {
            id: FileId::new(world.clock.now()),
            name: "Pattern.pdf".into(),
            bytes: 12,
        }],
        downloads_max: 2,
        days: 30,
    };
    offer.digital = Some(Box::new(digital));
    world.market.digitise(&offer);
    offer
}

/// Placed by somebody who consents; `total` is what it costs.
async fn place(world: &World, instance: &Instance, owner: &CartOwner, cart: &Cart, total: i64) -> Order {
    let mut request = order_of(owner, cart, "outright");
    request.expected_total = Money::new(total, Currency::EUR);
    request.consents_to_downloads = true;
    instance.checkouts.place(&world.ctx(), request).await.unwrap()
}

#[tokio::test]
async fn it_is_placed_with_consent_alone_and_costs_no_delivery() {
    let world = World::new().await;
    let instance = world.instance();
    let pattern = pattern(&world).await;
    // To nowhere that its shop sends to, in a way that was chosen for something else.
    world.market.send_to(
        pattern.tenant,
        &[(
            Zone::Countries {
                codes: vec!["JP".into()],
            },
            900,
        )],
    );
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&pattern, 1)]);
    let mut silent = order_of(&owner, &cart, "silent");
    silent.expected_total = Money::new(1_000, Currency::EUR);
    silent.delivery = vec![DeliveryChoice {
        tenant: pattern.tenant,
        code: "standard".into(),
    }];
    let refused = instance
        .checkouts
        .place(&world.ctx(), silent.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "download_consent_missing");
    let outright = contracts::checkout::PlaceOrder {
        consents_to_downloads: true,
        idempotency_key: "outright".into(),
        ..silent
    };
    let order = instance.checkouts.place(&world.ctx(), outright).await.unwrap();
    assert_eq!(order.sub_orders[0].delivery_code, "download");
    assert_eq!(order.total, Money::new(1_000, Currency::EUR));

    let paid = instance
        .pay(&world, &owner, &order, "tok_visa")
        .await
        .unwrap()
        .order;
    assert_eq!(paid.sub_orders[0].status, SubOrderStatus::Delivered);
    let right = DownloadRight::Owner(owner.clone(), order.id);
    let files = world
        .orders
        .of_order(&world.ctx(), right.clone())
        .await
        .unwrap()
        .files;
    assert_eq!((files[0].state, files[0].left), (DownloadState::Ready, 2));
    let (line, file) = (files[0].line, files[0].file.id);
    let stranger = DownloadRight::Owner(world.guest(), order.id);
    let refused = world
        .orders
        .begin(&world.ctx(), stranger, line, file)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "not_found");
    // Ten at once, of two that were agreed.
    let asked = (0..10).map(|_| async { world.orders.begin(&world.ctx(), right.clone(), line, file).await });
    let granted = futures::future::join_all(asked).await;
    assert_eq!(granted.iter().filter(|granted| granted.is_ok()).count(), 2);
    let refused = granted.into_iter().find_map(Result::err).unwrap();
    assert_eq!(refused.code, "download_used_up");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_mixed_cart_sends_what_is_sent_and_mails_the_rest_once() {
    let world = World::new().await;
    let instance = world.instance();
    let (one, other) = (pattern(&world).await, pattern(&world).await);
    let bowl = world.market.offer(world.clock.now(), one.tenant);
    world.count(&bowl, 3).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&one, 1), (&bowl, 1), (&other, 1)]);
    // Two shops, of which one sends: 30.00 and 5.00.
    let order = place(&world, &instance, &owner, &cart, 3_500).await;
    let paid = instance
        .pay(&world, &owner, &order, "tok_visa")
        .await
        .unwrap()
        .order;
    let statuses: Vec<_> = paid.sub_orders.iter().map(|part| part.status).collect();
    assert_eq!(statuses, [SubOrderStatus::Confirmed, SubOrderStatus::Delivered]);
    let shipped: Vec<u32> = paid.sub_orders[0].lines.iter().map(|line| line.shipped).collect();
    assert_eq!(shipped, [1, 0]);
    assert_eq!(world.level(&bowl).await, (2, 0));

    let mails = crate::mails::mailed(&world, 1).await;
    let [(to, subject, body)] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(to, "lucia@example.org");
    assert!(subject.starts_with("Your downloads of order "), "{subject}");
    let agreed = contracts::digital::consent(contracts::Language::En);
    assert!(
        body.contains(agreed) && body.contains("This mail confirms it"),
        "{body}"
    );
    let (_, pass) = body.split_once("/downloads/").unwrap();
    let pass = DownloadRight::Pass(pass.lines().next().unwrap().to_owned());
    let found = world.orders.of_order(&world.ctx(), pass).await.unwrap();
    assert_eq!((found.order, found.files.len()), (order.id, 2));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_link_of_a_mail_says_that_it_is_over_and_is_forgotten_then() {
    let world = World::new().await;
    let instance = world.instance();
    let pattern = pattern(&world).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&pattern, 1)]);
    let order = place(&world, &instance, &owner, &cart, 1_000).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let mails = crate::mails::mailed(&world, 1).await;
    let (_, pass) = mails[0].2.split_once("/downloads/").unwrap();
    let pass = DownloadRight::Pass(pass.lines().next().unwrap().to_owned());
    let shown = async || world.orders.of_order(&world.ctx(), pass.clone()).await;
    let file = shown().await.unwrap().files.remove(0);
    world
        .orders
        .begin(&world.ctx(), pass.clone(), file.line, file.file.id)
        .await
        .unwrap();
    let forgotten = async || world.orders.forget_downloads(world.clock.now()).await.unwrap();
    assert_eq!(forgotten().await, 0);

    let day = std::time::Duration::from_secs(24 * 60 * 60);
    world.clock.advance(day * 31);
    assert_eq!(forgotten().await, 1, "what was granted");
    assert_eq!(shown().await.unwrap().files[0].state, DownloadState::Expired);
    world.clock.advance(day * 90);
    assert_eq!(forgotten().await, 1, "the link");
    assert_eq!(shown().await.unwrap_err().code, "not_found");
}
