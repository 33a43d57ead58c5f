//! Reviews over a database of their own, with buyers whom identity knows by name and orders that tell what has arrived.

use contracts::identity::{RemoteIdentity, UserCard};
use contracts::orders::{SoldProduct, SubOrderDelivered};
use contracts::reviews::{NewReview, OwnReview, RatingChanged, ReviewPage, ReviewQuery, ReviewText, Summary};
use contracts::{PublicEvent, Reply, Transport};
use kernel::{Actor, Clock, Ctx, FixedClock, OrderId, ProductId, Role, SubOrderId, TenantId, UserId};
use reviews::Ratings;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Scope;
use testkit::TestDb;
use tokio_util::sync::CancellationToken;

/// Identity, which knows everybody by the same name.
struct Names;

impl Transport for Names {
    fn call<'a>(
        &'a self,
        _: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        assert_eq!(method, "users", "nothing else is asked of identity");
        let cards = body[0].as_array().into_iter().flatten().map(|id| {
            json!(UserCard {
                id: serde_json::from_value(id.clone()).expect("a user's id"),
                email: "ana@post.example".to_owned(),
                name: "Ana María Ruiz".to_owned(),
            })
        });
        let cards: Value = cards.collect();
        Box::pin(async move { Ok(cards) })
    }
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub ratings: Ratings,
    pub db: TestDb,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[reviews::schema()]).await;
        let identity = Arc::new(RemoteIdentity(Arc::new(Names)));
        Self {
            ratings: Ratings::new(db.db(reviews::CONTEXT), identity),
            clock: testkit::clock(),
            db,
        }
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    pub fn moderator(&self) -> Ctx {
        Ctx {
            actor: Actor::Operator {
                user: self.user(),
                role: Role::Moderator,
            },
            ..self.ctx()
        }
    }

    pub fn user(&self) -> UserId {
        UserId::new(self.clock.now())
    }

    pub fn shop(&self) -> TenantId {
        TenantId::new(self.clock.now())
    }

    pub fn product(&self) -> ProductId {
        ProductId::new(self.clock.now())
    }

    /// An order that has arrived, with these products of one shop; told twice.
    pub async fn deliver(&self, buyer: Option<UserId>, shop: TenantId, products: &[ProductId]) -> OrderId {
        let ctx = self.ctx();
        let order = OrderId::new(ctx.now);
        let event = SubOrderDelivered {
            order,
            sub_order: SubOrderId::new(ctx.now),
            tenant: shop,
            buyer,
            delivered_at: ctx.now,
            goods: products
                .iter()
                .map(|&product| SoldProduct { product, units: 2 })
                .collect(),
        };
        let db = self.db.db(reviews::CONTEXT);
        let mut tx = db.begin(Scope::System).await.expect("begin");
        for _ in 0..2 {
            store::log::append(&mut tx, &ctx, &event).await.expect("append");
        }
        tx.commit().await.expect("commit");
        self.hear().await;
        order
    }

    /// Lets reviews hear all that the log tells.
    async fn hear(&self) {
        let stop = CancellationToken::new();
        let hearing = reviews::note_purchases(self.ratings.clone(), stop.clone());
        let waiting = async {
            testkit::eventually("the log is heard", async || {
                let behind: bool = sqlx::query_scalar(
                    "select exists (select from log.event e where e.topic = 'orders.sub_order_delivered'
                        and not exists (select from reviews.purchase p where p.order_id = e.key)
                        and e.payload->>'buyer' is not null)",
                )
                .fetch_one(&mut self.db.owner().await)
                .await
                .expect("asked");
                (!behind).then_some(())
            })
            .await;
            stop.cancel();
        };
        tokio::join!(hearing, waiting);
    }

    pub async fn write(
        &self,
        buyer: UserId,
        order: OrderId,
        product: ProductId,
        stars: u8,
        text: &str,
    ) -> OwnReview {
        let new = new(order, product, stars, text);
        self.ratings
            .write(&self.ctx(), buyer, new)
            .await
            .expect("it is written")
    }

    pub fn clock_now(&self) -> kernel::Timestamp {
        self.clock.now()
    }

    /// A product's newest reviews.
    pub async fn page(&self, product: ProductId) -> ReviewPage {
        self.ratings
            .of_product(product, ReviewQuery::default())
            .await
            .expect("a page")
    }

    pub async fn summary(&self, product: ProductId) -> Summary {
        self.page(product).await.summary
    }

    /// What the log tells of ratings, the oldest first: count and average.
    pub async fn told(&self) -> Vec<(u32, u32)> {
        let payloads: Vec<Value> =
            sqlx::query_scalar("select payload from log.event where topic = $1 order by xid, id")
                .bind(RatingChanged::TOPIC)
                .fetch_all(&mut self.db.owner().await)
                .await
                .expect("read");
        let read = payloads.into_iter().map(|payload| {
            let event: RatingChanged = serde_json::from_value(payload).expect("an event");
            (event.count, event.average_hundredths)
        });
        read.collect()
    }

    /// Whether what is counted is what is kept.
    pub async fn is_sound(&self) {
        assert_eq!(
            reviews::verify(&self.ratings).await.expect("looked"),
            Vec::<String>::new()
        );
    }
}

pub fn says(stars: u8, text: &str) -> ReviewText {
    ReviewText {
        stars,
        title: String::new(),
        text: text.to_owned(),
        photos: Vec::new(),
    }
}

pub fn new(order: OrderId, product: ProductId, stars: u8, text: &str) -> NewReview {
    NewReview {
        order,
        product,
        says: says(stars, text),
    }
}

/// The stable code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, reviews::Error>) -> String {
    kernel::Fault::from(outcome.expect_err("refused")).code
}
