//! Wish lists as their buyers fill, share and empty them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use contracts::catalog::{ProductStatus, RemoteCatalog};
use contracts::identity::{RemoteIdentity, UserCard};
use contracts::wishlists::{ITEMS_MAX, VIEWED_MAX};
use contracts::{Reply, Transport};
use kernel::{Clock, Ctx, Fault, FixedClock, ProductId, SkuId, TenantId, UserId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use testkit::TestDb;
use wishlists::Wishes;

/// The catalogue, which knows some products by what they cost, and identity.
#[derive(Default)]
struct Others(Mutex<HashMap<ProductId, (i64, ProductStatus)>>);

impl Transport for Others {
    fn call<'a>(
        &'a self,
        _: &'static str,
        method: &'static str,
        ctx: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let answer = match method {
            "users" => {
                let (ids,): (Vec<UserId>,) = serde_json::from_value(body).unwrap();
                let name = "Elena Ferrer".to_owned();
                let email = "elena@post.example".to_owned();
                let cards = ids.into_iter().map(|id| UserCard {
                    id,
                    name: name.clone(),
                    email: email.clone(),
                });
                json!(cards.collect::<Vec<_>>())
            }
            "listings" => {
                let (ids,): (Vec<ProductId>,) = serde_json::from_value(body).unwrap();
                let known = self.0.lock().unwrap();
                let listings = ids.into_iter().filter_map(|id| {
                    let (cents, status) = *known.get(&id)?;
                    Some(listing(ctx, id, cents, status))
                });
                json!(listings.collect::<Vec<_>>())
            }
            other => panic!("wish lists do not need {other}"),
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// With a dearer variant beside the one that counts.
fn listing(ctx: &Ctx, id: ProductId, cents: i64, status: ProductStatus) -> Value {
    let variant = |cents: i64| {
        json!({
            "sku": SkuId::new(ctx.now), "code": "x", "options": [], "weight_g": 100,
            "price": {"amount": cents, "currency": "EUR"},
        })
    };
    json!({
        "id": id, "tenant": TenantId::new(ctx.now), "version": 1, "status": status, "slug": "bowl", "title": "Bowl",
        "description_html": "", "brand": "", "attributes": {}, "tags": [], "images": [],
        "variants": [variant(cents + 500), variant(cents)], "created_at": ctx.now, "updated_at": ctx.now,
    })
}

struct World {
    clock: Arc<FixedClock>,
    others: Arc<Others>,
    wishes: Wishes,
    _db: TestDb,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new(&[wishlists::schema()]).await;
        let others = Arc::new(Others::default());
        let transport: Arc<dyn Transport> = Arc::<Others>::clone(&others);
        Self {
            wishes: Wishes::new(
                db.db(wishlists::CONTEXT),
                Arc::new(RemoteCatalog(Arc::clone(&transport))),
                Arc::new(RemoteIdentity(transport)),
            ),
            clock: testkit::clock(),
            others,
            _db: db,
        }
    }

    fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    fn user(&self) -> UserId {
        UserId::new(self.clock.now())
    }

    fn product(&self, cents: i64, status: ProductStatus) -> ProductId {
        let id = ProductId::new(self.clock.now());
        self.others.0.lock().unwrap().insert(id, (cents, status));
        id
    }

    async fn add(&self, who: UserId, products: &[ProductId]) -> Result<u32, wishlists::Error> {
        self.wishes.add(&self.ctx(), who, products.to_vec()).await
    }

    async fn on_list(&self, who: UserId) -> Vec<(ProductId, i64)> {
        let list = self.wishes.of_buyer(who).await.unwrap();
        list.items
            .iter()
            .map(|item| (item.product, item.price.amount))
            .collect()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, wishlists::Error>) -> String {
    Fault::from(outcome.expect_err("refused")).code
}

#[tokio::test]
async fn what_is_added_is_kept_with_what_it_cost() {
    let world = World::new().await;
    let (ana, bo) = (world.user(), world.user());
    let bowl = world.product(2_600, ProductStatus::Active);
    let cup = world.product(900, ProductStatus::Active);
    let gone = world.product(900, ProductStatus::Inactive);
    assert_eq!(world.add(ana, &[bowl]).await.unwrap(), 1);
    world
        .others
        .0
        .lock()
        .unwrap()
        .insert(bowl, (2_000, ProductStatus::Active));
    // Cheaper by now, it keeps the price by which that is noticed.
    assert_eq!(world.add(ana, &[bowl, cup, gone]).await.unwrap(), 1);
    assert_eq!(world.on_list(ana).await, [(cup, 900), (bowl, 2_600)]);
    assert_eq!(world.on_list(bo).await, []);
    assert_eq!(code(world.add(ana, &[gone]).await), "not_found");

    assert_eq!(world.wishes.remove(ana, &[cup]).await.unwrap(), 1);
    assert_eq!(world.wishes.remove(ana, &[cup]).await.unwrap(), 0);
    assert_eq!(world.wishes.remove(bo, &[bowl]).await.unwrap(), 0);
    assert_eq!(world.wishes.wished(ana).await.unwrap(), [bowl]);
}

#[tokio::test]
async fn a_list_has_an_end() {
    let world = World::new().await;
    let ana = world.user();
    let many: Vec<ProductId> = (0..ITEMS_MAX)
        .map(|_| world.product(100, ProductStatus::Active))
        .collect();
    assert_eq!(world.add(ana, &many[1..]).await.unwrap() as usize, ITEMS_MAX - 1);
    let more = world.product(100, ProductStatus::Active);
    assert_eq!(
        world.add(ana, &[many[0], more]).await.unwrap(),
        1,
        "the last place"
    );
    assert_eq!(code(world.add(ana, &[more]).await), "wishlist_full");
    assert_eq!(
        world.add(ana, &[many[5]]).await.unwrap(),
        0,
        "it is there already"
    );
}

#[tokio::test]
async fn who_has_the_link_reads_it_until_it_ends() {
    let world = World::new().await;
    let ana = world.user();
    let bowl = world.product(2_600, ProductStatus::Active);
    world.add(ana, &[bowl]).await.unwrap();
    let token = world.wishes.share(ana, true).await.unwrap().shared.unwrap();
    assert_eq!(
        world.wishes.share(ana, true).await.unwrap().shared.as_deref(),
        Some(token.as_str())
    );
    let read = world.wishes.shared(&world.ctx(), &token).await.unwrap();
    assert_eq!((read.of.as_str(), read.items.len()), ("Elena", 1));
    assert_eq!(
        code(world.wishes.shared(&world.ctx(), "a-guess").await),
        "not_found"
    );

    assert_eq!(world.wishes.share(ana, false).await.unwrap().shared, None);
    assert_eq!(code(world.wishes.shared(&world.ctx(), &token).await), "not_found");
    let another = world.wishes.share(ana, true).await.unwrap().shared.unwrap();
    assert_ne!(another, token);
}

#[tokio::test]
async fn what_was_looked_at_is_kept_in_order_and_not_for_ever() {
    let world = World::new().await;
    let (ana, bo) = (world.user(), world.user());
    let seen: Vec<ProductId> = (0..VIEWED_MAX + 3)
        .map(|_| world.product(100, ProductStatus::Active))
        .collect();
    for product in &seen {
        world.wishes.view(ana, vec![*product]).await.unwrap();
    }
    let mut latest: Vec<ProductId> = seen.iter().rev().take(VIEWED_MAX).copied().collect();
    assert_eq!(world.wishes.viewed(ana).await.unwrap().products, latest);
    // Looked at again, it is the latest; a guest's come in their order.
    let again = latest.remove(9);
    latest.insert(0, again);
    world.wishes.view(ana, vec![again]).await.unwrap();
    assert_eq!(world.wishes.viewed(ana).await.unwrap().products, latest);
    world
        .wishes
        .view(bo, vec![seen[0], seen[1], seen[0]])
        .await
        .unwrap();
    assert_eq!(
        world.wishes.viewed(bo).await.unwrap().products,
        [seen[0], seen[1]]
    );

    world.wishes.clear_viewed(bo).await.unwrap();
    assert_eq!(world.wishes.viewed(bo).await.unwrap().products, []);
    let off = world.wishes.keep_viewed(ana, false).await.unwrap();
    assert_eq!((off.kept, off.products.len()), (false, 0));
    world.wishes.view(ana, vec![seen[0]]).await.unwrap();
    assert_eq!(
        world.wishes.viewed(ana).await.unwrap().products,
        [],
        "nothing is kept"
    );
    world.wishes.keep_viewed(ana, true).await.unwrap();
    world.wishes.view(ana, vec![seen[0]]).await.unwrap();
    assert_eq!(world.wishes.viewed(ana).await.unwrap().products, [seen[0]]);
}
