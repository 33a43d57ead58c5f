use crate::{Caller, Front};
use anyhow::{Result, ensure};
use bench::program::{Launch, words};
use contracts::orders::SubOrder;
use kernel::{Currency, Money, Page};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub const OPERATOR: &str = "operator@stoa.example";
/// Of everybody in a story.
const PASSWORD: &str = "Peristyle-1907";
/// An approved shop, seen by its owner.
#[derive(Clone, Debug)]
pub struct Shop {
    pub id: String,
    pub name: String,
    pub owner: Caller,
}

/// Something that can be put into a cart.
#[derive(Clone, Debug)]
pub struct Sku {
    pub id: String,
    pub product: String,
}

/// Stock of one SKU, over all warehouses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Level {
    pub on_hand: i64,
    pub reserved: i64,
}

#[derive(Deserialize)]
struct StockRow {
    sku: String,
    on_hand: i64,
    reserved: i64,
}

impl Shop {
    /// What a shop has to state before it is approved.
    pub const CHECK_LIST: [(&str, &str); 3] = [
        ("identity", "12345678Z"),
        ("bank_account", "ES91 2100 0418 4502 0005 1332"),
        ("legal_documents", "SE-20931"),
    ];

    /// Makes the operator, and signs them in.
    pub async fn operator(launch: &Launch, stranger: &Caller) -> Result<Caller> {
        let beside = launch.clone().env("STOA_OPERATOR_PASSWORD", PASSWORD);
        let made = beside.run("operator", &[OPERATOR]).await?;
        ensure!(made.status.success(), "stoa operator: {}", words(&made));
        sign_in(stranger, OPERATOR, "admin").await
    }

    /// Signs the operator in who was made before.
    pub async fn operator_again(stranger: &Caller) -> Result<Caller> {
        sign_in(stranger, OPERATOR, "admin").await
    }

    /// Makes the operator and opens one shop per name: registered, stated, approved. `launch` is any process of the
    /// marketplace: a command beside it makes the operator.
    pub async fn open(launch: &Launch, front: &Arc<Front>, names: &[&str]) -> Result<Vec<Self>> {
        let stranger = Caller::new(front);
        let operator = Self::operator(launch, &stranger).await?;
        let mut shops = Vec::new();
        for name in names {
            shops.push(Self::open_one(&stranger, &operator, name).await?);
        }
        Ok(shops)
    }

    async fn open_one(stranger: &Caller, operator: &Caller, name: &str) -> Result<Self> {
        let email = email(name);
        let card = json!({"email": email, "name": name, "password": PASSWORD});
        let _ = stranger.post("/v1/auth/register", &card).await?.expect(201);
        let buyer = sign_in(stranger, &email, "buyer").await?;
        let application = json!({
            "name": name,
            "currency": "EUR",
            "location": {"country": "ES", "region": "ES-SE", "postcode": "41010", "town": "Sevilla"},
        });
        let shop = buyer.post("/v1/shops", &application).await?.expect(201).json();
        let id = text(&shop["id"]);
        let owner = sign_in(stranger, &email, "seller").await?;
        for (item, reference) in Self::CHECK_LIST {
            let statement = json!({"attested": true, "holder": name, "reference": reference});
            let path = format!("/v1/seller/onboarding/{item}");
            let _ = owner.put(&path, &statement).await?.expect(200);
        }
        let path = format!("/v1/admin/shops/{id}/approve");
        let _ = operator
            .post(&path, &json!({"reason": "everything stated"}))
            .await?
            .expect(200);
        Ok(Self {
            id,
            name: name.to_owned(),
            owner,
        })
    }

    /// The owner again, for when the tokens of the morning are over.
    pub async fn signed_in(&self, stranger: &Caller) -> Result<Caller> {
        sign_in(stranger, &email(&self.name), "seller").await
    }

    /// Publishes one product with a variant per price (in cents), each with this many units.
    pub async fn publish(&self, title: &str, prices: &[i64], stock: i64) -> Result<Vec<Sku>> {
        let variant = |(index, price): (usize, &i64)| {
            json!({
                "code": format!("{title} {index}"),
                "price": Money::new(*price, Currency::EUR),
                "stock": stock,
                "options": [{"name": "Size", "value": format!("No. {index}")}],
            })
        };
        let product = json!({
            "title": title,
            "status": "active",
            "variants": prices.iter().enumerate().map(variant).collect::<Vec<Value>>(),
        });
        let product = self
            .owner
            .post("/v1/seller/products", &product)
            .await?
            .expect(201)
            .json();
        let variants = product["variants"].as_array().cloned().unwrap_or_default();
        let sku = |variant: &Value| Sku {
            id: text(&variant["sku"]),
            product: text(&product["id"]),
        };
        Ok(variants.iter().map(sku).collect())
    }

    /// Adds the units of a delivery to what the shop has of a SKU. The delivery's name keeps it from counting twice.
    pub async fn restock(&self, delivery: &str, sku: &Sku, units: i64) -> Result<()> {
        let adjustment = json!({"reason": delivery, "adjustments": [{"sku": sku.id, "delta": units}]});
        let owner = self.owner.with("idempotency-key", delivery.replace(' ', "-"));
        let _ = owner.patch("/v1/seller/stock", &adjustment).await?.expect(200);
        Ok(())
    }

    pub async fn level(&self, sku: &Sku) -> Result<Level> {
        let rows: Vec<StockRow> = self.list("/v1/seller/stock").await?;
        let of_sku = rows.iter().filter(|row| row.sku == sku.id);
        Ok(of_sku.fold(Level::default(), |sum, row| Level {
            on_hand: sum.on_hand + row.on_hand,
            reserved: sum.reserved + row.reserved,
        }))
    }

    /// Every sub-order the shop ever had.
    pub async fn sub_orders(&self) -> Result<Vec<SubOrder>> {
        self.list("/v1/seller/orders").await
    }

    /// What the marketplace owes the shop.
    pub async fn payable(&self) -> Result<Vec<Money>> {
        let balance = self.owner.get("/v1/seller/balance").await?.expect(200).json();
        Ok(serde_json::from_value(balance["payable"].clone())?)
    }

    async fn list<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        let mut items = Vec::new();
        let mut query = "limit=100".to_owned();
        loop {
            let page: Page<T> = self
                .owner
                .get(&format!("{path}?{query}"))
                .await?
                .expect(200)
                .read();
            items.extend(page.items);
            let Some(next) = page.next else { return Ok(items) };
            query = format!("limit=100&after={}", next.0);
        }
    }
}

fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "-"))
}

async fn sign_in(stranger: &Caller, email: &str, audience: &str) -> Result<Caller> {
    let card = json!({"email": email, "password": PASSWORD, "audience": audience});
    let answer = stranger.post("/v1/auth/login", &card).await?;
    ensure!(answer.status == 200, "{email} cannot sign in: {}", answer.text());
    Ok(stranger.bearer(&text(&answer.json()["access_token"])))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} should be text"))
        .to_owned()
}
