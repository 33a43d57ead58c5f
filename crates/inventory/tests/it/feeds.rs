//! A warehouse's own list against our books.

use crate::http::{offer, served};
use crate::warehouses::count_in;
use crate::world::{World, main, once};
use axum::http::Method;
use contracts::catalog::Offer;
use contracts::digital::UNCOUNTED;
use contracts::inventory::StockCount;
use inventory::Adjustment;
use kernel::{Clock, SystemClock, TenantId};
use serde_json::{Value, json};
use testkit::Client;

struct Shop {
    world: World,
    tenant: TenantId,
    owner: Client,
    /// A and B by our books 10 and 10, C 4.
    goods: [Offer; 3],
}

impl Shop {
    async fn new() -> Self {
        let world = World::new().await;
        let tenant = world.tenant();
        let goods = ["A", "B", "C"].map(|code| Offer {
            code: code.to_owned(),
            ..offer(&world, tenant)
        });
        for (good, on_hand) in goods.iter().zip([10, 10, 4]) {
            let count = StockCount {
                sku: good.sku,
                product: good.product,
                on_hand,
                stated: None,
            };
            count_in(&world, tenant, main(tenant), count).await;
        }
        let owner = served(&world, goods.to_vec())
            .await
            .bearer(&format!("{tenant}.owner"));
        Self {
            world,
            tenant,
            owner,
            goods,
        }
    }

    async fn upload(&self, text: &str) -> Value {
        self.owner
            .send(
                Method::POST,
                "/v1/seller/stock-feeds?file_name=night.csv",
                text.to_owned(),
            )
            .await
            .expect(201)
            .read()
    }

    async fn on_hand(&self) -> Vec<i64> {
        let skus = self.goods.iter().map(|g| g.sku).collect();
        let mut levels =
            contracts::inventory::StockRoom::shelf(&self.world.stock, &self.world.ctx, self.tenant, skus)
                .await
                .unwrap();
        levels.sort_by_key(|level| self.goods.iter().position(|g| g.sku == level.sku));
        levels.iter().map(|level| level.on_hand).collect()
    }

    async fn adjust(&self, feed: &Value, body: Value) -> Value {
        let path = format!(
            "/v1/seller/stock-feeds/{}/adjustments",
            feed["id"].as_str().unwrap()
        );
        self.owner.post(&path, &body).await.expect(200).read()
    }
}

#[tokio::test]
async fn what_is_downloaded_is_neither_lacking_nor_limited() {
    let shop = Shop::new().await;
    for (good, on_hand) in shop.goods.iter().zip([UNCOUNTED, UNCOUNTED - 3, 4]) {
        let count = StockCount {
            sku: good.sku,
            product: good.product,
            on_hand,
            stated: None,
        };
        count_in(&shop.world, shop.tenant, main(shop.tenant), count).await;
    }
    let feed = shop.upload("sku,qty\nB,7\nC,4\n").await;
    let numbers = ["rows", "matching", "differing", "missing"].map(|n| feed[n].clone());
    assert_eq!(json!(numbers), json!([2, 2, 0, 0]));
}

#[tokio::test]
async fn what_does_not_agree_is_told_line_by_line() {
    let shop = Shop::new().await;
    let feed = shop.upload("sku;cantidad\nA;7\nB;10\nX;3\nY;many\n").await;
    let numbers = ["rows", "failed", "matching", "differing", "unknown", "missing"].map(|n| feed[n].clone());
    assert_eq!(json!(numbers), json!([4, 1, 1, 1, 1, 1]));
    assert_eq!(
        (&feed["errors"][0]["row"], &feed["errors"][0]["column"]),
        (&json!(5), &json!("cantidad"))
    );
    let path = format!("/v1/seller/stock-feeds/{}", feed["id"].as_str().unwrap());
    let lines: Value = shop.owner.get(&format!("{path}/lines")).await.expect(200).read();
    let told: Vec<Value> = lines["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            json!([
                l["kind"],
                l["row"],
                l["code"],
                l["ours"],
                l["theirs"],
                l["difference"]
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["differs", 2, "A", 10, 7, -3],
            ["unknown", 4, "X", null, 3, null],
            ["missing", null, "C", 4, null, -4]
        ])
    );
    let first: Value = shop
        .owner
        .get(&format!("{path}/lines?limit=1"))
        .await
        .expect(200)
        .read();
    let next = first["next"].as_str().unwrap();
    let second: Value = shop
        .owner
        .get(&format!("{path}/lines?limit=1&after={next}"))
        .await
        .expect(200)
        .read();
    assert_eq!(second["items"][0]["code"], "X");
    let csv = shop
        .owner
        .get(&format!("{path}/lines.csv"))
        .await
        .expect(200)
        .text();
    let sku = shop.goods[0].sku;
    assert!(
        csv.starts_with("kind,row,code,sku,ours,theirs,difference,adjusted_at\n"),
        "{csv}"
    );
    assert!(csv.contains(&format!("differs,2,A,{sku},10,7,-3,\n")), "{csv}");
    assert_eq!(shop.on_hand().await, [10, 10, 4], "nothing changes by looking");
}

#[tokio::test]
async fn chosen_lines_are_believed_once_and_sales_since_stay_counted() {
    let shop = Shop::new().await;
    let feed = shop.upload("sku,qty\nA,7\nB,12\n").await;
    let till = crate::cashier::Cashier::new(&shop.world).await;
    let line = inventory::till::Line {
        tenant: shop.tenant,
        sku: shop.goods[0].sku,
        quantity: 2,
    };
    let (_, mut held) = till.place(&shop.world, &[line]).await.unwrap();
    till.settle(&shop.world, &mut held, inventory::till::Settlement::Sold)
        .await;
    let done = shop.adjust(&feed, json!({"skus": [shop.goods[0].sku]})).await;
    assert_eq!((&done["adjusted"], &done["refused"]), (&json!(1), &json!(0)));
    assert_eq!(shop.on_hand().await, [5, 10, 4]);
    let done = shop.adjust(&feed, json!({"kinds": ["differs"]})).await;
    assert_eq!(done["adjusted"], 1, "A was adjusted before");
    assert_eq!(shop.on_hand().await, [5, 12, 4]);
    let done = shop.adjust(&feed, json!({"kinds": ["differs", "missing"]})).await;
    assert_eq!(done["adjusted"], 1);
    assert_eq!(shop.on_hand().await, [5, 12, 0]);
    let again = shop.adjust(&feed, json!({"kinds": ["differs", "missing"]})).await;
    assert_eq!((&again["adjusted"], &again["refused"]), (&json!(0), &json!(0)));
    let references: Vec<String> = sqlx::query_scalar(
        "select distinct reference::text from inventory.movement where reason = 'reconciliation'",
    )
    .fetch_all(&mut shop.world.system().await)
    .await
    .unwrap();
    assert_eq!(references, [feed["id"].as_str().unwrap()]);
    assert_eq!(inventory::verify(&shop.world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn a_difference_that_is_old_news_is_refused() {
    let mut shop = Shop::new().await;
    let first = shop.upload("sku,qty\nA,7\nB,1\nC,4\n").await;
    shop.world.reserve(shop.tenant, shop.goods[1].sku, 5).await;
    let second = shop.upload("sku,qty\nA,7\nB,10\nC,4\n").await;
    // Requests are answered by the real clock.
    shop.world.ctx.now = SystemClock.now();
    let found = Adjustment {
        sku: shop.goods[0].sku,
        product: shop.goods[0].product,
        delta: -3,
    };
    shop.world
        .stock
        .adjust(
            &shop.world.ctx,
            shop.tenant,
            main(shop.tenant),
            &[found],
            None,
            once("by hand"),
        )
        .await
        .unwrap();
    let done = shop.adjust(&first, json!({"kinds": ["differs"]})).await;
    let why: Vec<Value> = done["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| json!([r["code"], r["why"]]))
        .collect();
    assert_eq!(json!(why), json!([["A", "counted_since"], ["B", "out_of_range"]]));
    let done = shop.adjust(&second, json!({"kinds": ["differs"]})).await;
    assert_eq!(done["adjusted"], 0);
    assert_eq!(shop.on_hand().await, [7, 10, 4]);
}

#[tokio::test]
async fn what_is_no_list_is_refused() {
    let shop = Shop::new().await;
    let post = async |text: &str| {
        let path = "/v1/seller/stock-feeds";
        let answer = shop.owner.send(Method::POST, path, text.to_owned()).await;
        answer.expect(422).read::<Value>()
    };
    assert_eq!(post("").await["code"], "file_empty");
    let refused = post("title,qty\nBowl,1\n").await;
    assert_eq!(
        (&refused["code"], &refused["row"]),
        (&json!("header_unknown"), &json!(1))
    );
    let foreign = shop.world.tenant();
    let feed = shop.upload("sku,qty\nA,7\n").await;
    let id = feed["id"].as_str().unwrap();
    let stranger = served(&shop.world, vec![])
        .await
        .bearer(&format!("{foreign}.owner"));
    for path in ["", "/lines", "/lines.csv"] {
        let _ = stranger
            .get(&format!("/v1/seller/stock-feeds/{id}{path}"))
            .await
            .expect(404);
    }
    let path = format!("/v1/seller/stock-feeds/{id}/adjustments");
    let _ = stranger
        .post(&path, &json!({"kinds": ["differs"]}))
        .await
        .expect(404);
    for nothing in [
        json!({}),
        json!({"kinds": ["unknown"]}),
        json!({"skus": [], "kinds": ["differs"]}),
    ] {
        let refused: Value = shop.owner.post(&path, &nothing).await.expect(400).read();
        assert_eq!(refused["code"], "lines_unchosen", "{nothing}");
    }
}
