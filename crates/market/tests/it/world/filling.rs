//! What a world is filled with, step by step, over its routes.

use super::{Guest, PASSWORD, Shop, UPLOAD, Who, World, label, partner_key, picture, product};
use contracts::identity::UserCard;
use kernel::{Clock, UserId};
use serde_json::json;
use std::time::Duration;

/// Longer than an access token is good.
const LONGER_THAN_A_TOKEN: Duration = Duration::from_secs(16 * 60);

impl World {
    pub(super) async fn fill(&mut self) {
        self.people().await;
        self.open_shops().await;
        self.staff().await;
        self.grow_old().await;
        for who in Who::ALL {
            let token = self.sign_in(who).await.at("/access_token");
            self.things.tokens.insert(who, token);
        }
        self.fill_shops().await;
        self.stocked().await;
        self.paid_out().await;
        self.shop().await;
        self.labelled().await;
        self.searchable().await;
    }

    async fn people(&mut self) {
        let cards = Who::ALL.map(|who| UserCard {
            id: UserId::new(self.clock.now()),
            email: who.email(),
            name: format!("{who:?}"),
        });
        let identity = &self.running.market.identity;
        let users = identity
            .register_many(&self.ctx(), cards.to_vec(), PASSWORD.to_owned())
            .await
            .unwrap();
        self.things.users = Who::ALL.into_iter().zip(users).collect();
        for (who, user) in &self.things.users {
            if let Some(role) = who.operators_role() {
                identity.grant(&self.ctx(), *user, role).await.unwrap();
            }
        }
    }

    /// The owners apply as buyers, the admin approves.
    async fn open_shops(&mut self) {
        for (who, slug) in [(Who::OwnerA, "alder"), (Who::OwnerB, "birch")] {
            let shop = Shop {
                id: self.apply(who, slug).await,
                slug: slug.to_owned(),
                ..Shop::default()
            };
            let tenant = shop.id.parse().map(kernel::TenantId).unwrap();
            let tenants = &self.running.market.tenants;
            tenants.approve(&self.ctx(), vec![tenant]).await.unwrap();
            *(if who == Who::OwnerA {
                &mut self.things.a
            } else {
                &mut self.things.b
            }) = shop;
        }
        // Later than the others: pages show the shop that was somebody's first.
        self.clock.advance(Duration::from_secs(1));
        self.things.applicant = self.apply(Who::OwnerB, "cedar").await;
    }

    async fn staff(&mut self) {
        let owner = self.sign_in(Who::OwnerA).await.at("/access_token");
        for (who, role) in [
            (Who::ManagerA, "manager"),
            (Who::ClerkA, "clerk"),
            (Who::AnalystA, "analyst"),
        ] {
            self.things.a.staff = self.join(&owner, &who.email(), role).await;
        }
        (self.things.a.invitation, self.things.a.invitation_token) =
            self.invite(&owner, "invited@market.test").await;
    }

    /// Tokens of today are expired tomorrow.
    async fn grow_old(&mut self) {
        for who in [Who::BuyerA, Who::OwnerA, Who::Admin] {
            let token = self.sign_in(who).await.at("/access_token");
            self.things.expired.insert(who.audience().to_owned(), token);
        }
        self.clock.advance(LONGER_THAN_A_TOKEN);
    }

    async fn fill_shops(&mut self) {
        let categories = json!({"categories": [{"path": "ceramics/bowls", "name": "Bowls"}]});
        let call = self.call("put_categories", &[]).json(&categories);
        self.send_as(Who::Admin, &call).await.expect(204);
        for who in [Who::OwnerA, Who::OwnerB] {
            let call = self.call("upload_image", &[]).query("alt=A%20bowl");
            let call = call.bytes("image/png", picture(who as u8));
            let image = self.send_as(who, &call).await.expect(201).at("/image");
            let call = self
                .call("create_product", &[])
                .json(&product(&format!("{who:?}")));
            let answer = self.send_as(who, &call).await.expect(201);
            let call = self.call("start_import", &[]).query("file_name=bowls.csv");
            let call = call.bytes("text/csv", UPLOAD);
            let import = self.send_as(who, &call).await.expect(201).at("/id");
            let shop = if who == Who::OwnerA {
                &mut self.things.a
            } else {
                &mut self.things.b
            };
            shop.image = image;
            shop.product = answer.at("/id");
            shop.sku = answer.at("/variants/0/sku");
            shop.import = import;
        }
    }

    /// Stock is counted a moment after its product is there.
    async fn stocked(&self) {
        for shop in [&self.a, &self.b] {
            let call = self.call("product_availability", &[&shop.product]);
            testkit::eventually("the bowls are in stock", || async {
                let levels = self.send(&call).await.expect(200).json();
                let there = levels["skus"][0]["available"].as_i64() > Some(0);
                there.then_some(())
            })
            .await;
        }
    }

    /// A payout of shop A's, long ago.
    async fn paid_out(&mut self) {
        let mut owner = self.db.owner().await;
        let payout: uuid::Uuid = sqlx::query_scalar(
            "insert into ledger.payout (tenant_id, id, currency, amount, period, state, destination, provider, created_at, paid_at)
             values ($1, store.uuid_floor(now()), 'EUR', 100, '2020-01-06', 'paid', 'sandbox:bank', 'sandbox', now(), now())
             returning id",
        )
        .bind(self.a.id.parse::<uuid::Uuid>().unwrap())
        .fetch_one(&mut owner)
        .await
        .unwrap();
        self.things.a.payout = payout.to_string();
    }

    /// Buyer A buys in both shops, and fills a cart anew; a guest has a cart.
    async fn shop(&mut self) {
        let (order, answer) = self.order(Who::BuyerA).await;
        let sub_orders = answer["sub_orders"].as_array().unwrap();
        for shop in [&mut self.things.a, &mut self.things.b] {
            let own = sub_orders
                .iter()
                .find(|s| s["tenant"] == shop.id.as_str())
                .unwrap();
            shop.sale = own["id"].as_str().unwrap().to_owned();
        }
        let pay = self
            .call("pay_order", &[&order])
            .json(&json!({"method": "tok_visa"}));
        let paid = self.send_as(Who::BuyerA, &pay).await.expect(200);
        assert_eq!(paid.at("/status"), "captured");
        self.things.order = order;
        self.things.cart = self.fill_cart(Who::BuyerA).await.at("/id");
        let line = json!({"sku": self.a.sku, "quantity": 1});
        let begun = self
            .send(&self.call("add_to_cart", &[]).json(&line))
            .await
            .expect(200);
        self.things.guest = Guest {
            token: begun.at("/cart_token"),
            cart: begun.at("/id"),
        };
    }

    /// A label for a sale of shop A's, and a key for its carrier.
    async fn labelled(&mut self) {
        let (order, answer) = self.order(Who::BuyerA).await;
        let pay = self.call("pay_order", &[&order]);
        let pay = pay.json(&json!({"method": "tok_visa"}));
        self.send_as(Who::BuyerA, &pay).await.expect(200);
        let mut parts = answer["sub_orders"].as_array().unwrap().iter();
        let sale = parts.find(|part| part["tenant"] == self.a.id.as_str()).unwrap();
        let sale = sale["id"].as_str().unwrap();
        self.send_as(Who::OwnerA, &self.call("pack_seller_order", &[sale]))
            .await
            .expect(200);
        let label = self.call("book_shipment", &[sale]).json(&label());
        let label = self.send_as(Who::OwnerA, &label).await.expect(201);
        (self.things.a.shipment, self.things.a.tracking) = (label.at("/id"), label.at("/tracking"));
        let make = self.call("make_partner_key", &[]).json(&partner_key());
        self.things.partner_key = self.send_as(Who::Admin, &make).await.expect(201).at("/secret");
    }

    async fn searchable(&self) {
        let call = self.call("search", &[]).query("q=bowl");
        testkit::eventually("both bowls are found", || async {
            let found = self.send(&call).await;
            (found.status == 200 && found.json()["total"].as_u64() >= Some(2)).then_some(())
        })
        .await;
    }
}
