//! Money on all of its ways: sold, given back in full, by line, by amount and after a payout, cancelled in part and as a
//! whole; and every cent is somebody's in the end.

use crate::findings::Findings;
use crate::{Caller, Front, Guest, Quote, Shop, Site, Sku};
use anyhow::{Result, ensure};
use bench::database::Session;
use contracts::orders::{Order, SubOrder};
use kernel::{Clock, Currency, Money, SystemClock};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::{Response, eventually};

const SHOPS: [&str; 3] = ["Alfareria Romero", "Telar del Sur", "Cesteria Vega"];
const ORDERS: usize = 60;
/// Prices at which shares of a tenth do not come out even.
const PRICES: [i64; 3] = [1_999, 333, 12_345];
/// More than any shop waits after a delivery.
const WAITED: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// Rounds of the ledger are half a minute apart.
const PAID_WITHIN: Duration = Duration::from_secs(120);

/// What the suite itself expects of a shop, in cents.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    sold: i64,
    back: i64,
}

pub async fn run(site: &Site, seed: u64, told: impl Fn(&str)) -> Result<Findings> {
    let database = site.database().await?;
    let start = SystemClock.now();
    let launch = database
        .behind(site.launch("all"))
        .arg("--clock")
        .arg(start.to_rfc3339());
    let program = launch.start().await?;
    let front = Front::of(&program);
    let shops = Shop::open(&launch, &front, &SHOPS).await?;
    let mut goods = Vec::new();
    for (shop, price) in shops.iter().zip(PRICES) {
        goods.push(shop.publish("Jarra", &[price], 10_000).await?.remove(0));
    }
    let books = database.session().await?;
    let mut findings = Findings::default();
    told("orders are paid, cancelled and given back");
    let mut till = Till {
        stranger: Caller::new(&front),
        shops,
        goods,
        kept: BTreeMap::new(),
        rng: StdRng::seed_from_u64(seed),
        given: 0,
        refused: Vec::new(),
    };
    for n in 0..ORDERS {
        till.order(n).await?;
    }
    settled(&books).await;
    till.check(&mut findings, &books, "after refunds of every kind")
        .await?;

    told("a shop is paid out, and gives back what it was paid");
    till.paid_out_and_given_back(&mut findings, start + WAITED)
        .await?;
    settled(&books).await;
    till.check(&mut findings, &books, "after a payout").await?;
    findings.figure("orders", ORDERS + 2);
    findings.figure("refunds that were granted", till.given);
    findings.check(
        "nobody gave back more than was paid",
        till.refused.is_empty(),
        || till.refused.join("; "),
    );
    program.stop().await?;
    let verified = launch.verify().await;
    findings.check("stoa verify is clean", verified.is_ok(), || {
        format!("{verified:?}")
    });
    drop(books);
    database.stop().await?;
    Ok(findings)
}

async fn settled(books: &Session) {
    eventually("nothing is under way", || async {
        let open = books
            .number("select count(*) from checkout.refund where status = 'pending'")
            .await;
        (open.ok()? == 0).then_some(())
    })
    .await;
}

struct Till {
    stranger: Caller,
    shops: Vec<Shop>,
    goods: Vec<Sku>,
    kept: BTreeMap<String, Kept>,
    rng: StdRng,
    given: usize,
    /// What should have been refused and was not, or the other way round.
    refused: Vec<String>,
}

impl Till {
    /// Buys of one to three shops, and lets something happen to the order.
    async fn order(&mut self, n: usize) -> Result<()> {
        let units = self.rng.random_range(1..=3);
        let shops = self.rng.random_range(1..=SHOPS.len());
        let (guest, order) = self.buy(units, shops).await?;
        let part = order.sub_orders[0].clone();
        match n % 6 {
            0 => {}
            1 => {
                self.cancel(&guest, &format!("/v1/orders/{}/cancel", order.id))
                    .await?;
                for part in &order.sub_orders {
                    self.back(part, part.total.amount);
                }
            }
            2 => {
                let path = format!("/v1/orders/{}/sub-orders/{}/cancel", order.id, part.id);
                self.cancel(&guest, &path).await?;
                self.back(&part, part.total.amount);
            }
            3 => {
                let line = &part.lines[0];
                let wish = json!({"lines": [{"line": line.id, "quantity": 1}], "delivery": true, "reason": "cracked"});
                let answer = self.refund(&part, "line", &wish).await?;
                ensure!(answer.status == 201, "{}", answer.text());
                self.back(&part, line.unit_price.amount + part.delivery.amount);
            }
            4 => self.amounts(&part).await?,
            _ => self.too_much(&part).await?,
        }
        Ok(())
    }

    async fn buy(&mut self, units: u32, shops: usize) -> Result<(Guest, Order)> {
        let begun = Guest::begin(&self.stranger, &self.goods[0], units).await?;
        let mut guest = begun.map_err(|refused| anyhow::anyhow!("{}", refused.text()))?;
        for sku in &self.goods[1..shops] {
            ensure!(guest.add(sku, units).await?.status == 200);
        }
        let quote: Quote = guest.quote().await?.expect(200).read();
        let order: Order = guest.place("once", quote.total).await?.expect(201).read();
        let paid = guest.pay(&order.id.to_string(), "tok_visa").await?;
        ensure!(paid.json()["status"] == "captured", "{}", paid.text());
        for part in &order.sub_orders {
            self.kept.entry(part.tenant.to_string()).or_default().sold += part.total.amount;
        }
        Ok((guest, order))
    }

    async fn cancel(&self, guest: &Guest, path: &str) -> Result<()> {
        let answer = guest.caller.post(path, &json!({})).await?;
        ensure!(answer.status == 200, "{}", answer.text());
        Ok(())
    }

    fn back(&mut self, part: &SubOrder, amount: i64) {
        self.kept.entry(part.tenant.to_string()).or_default().back += amount;
        self.given += 1;
    }

    /// Odd amounts, one after the other, until nothing is left.
    async fn amounts(&mut self, part: &SubOrder) -> Result<()> {
        let mut left = part.total.amount;
        let mut n = 0;
        while left > 0 {
            let amount = self.rng.random_range(1..=left.min(5_000));
            let amount = if n == 12 { left } else { amount };
            let answer = self
                .refund(part, &format!("amount {n}"), &of_amount(amount))
                .await?;
            ensure!(answer.status == 201, "{}", answer.text());
            self.back(part, amount);
            left -= amount;
            n += 1;
        }
        Ok(())
    }

    async fn too_much(&mut self, part: &SubOrder) -> Result<()> {
        let half = part.total.amount / 2 + 1;
        let answer = self.refund(part, "half", &of_amount(half)).await?;
        ensure!(answer.status == 201, "{}", answer.text());
        self.back(part, half);
        // The same key is the same refund; another one for as much is too much.
        let again = self.refund(part, "half", &of_amount(half)).await?;
        let more = self.refund(part, "more", &of_amount(half)).await?;
        if again.status != 201 || more.status != 409 || more.json()["code"] != "refund_too_large" {
            self.refused.push(format!("{}, {}", again.text(), more.text()));
        }
        Ok(())
    }

    async fn refund(&self, part: &SubOrder, key: &str, wish: &serde_json::Value) -> Result<Response> {
        let shop = self.shops.iter().find(|shop| shop.id == part.tenant.to_string());
        let Some(shop) = shop else {
            anyhow::bail!("a part of nobody's")
        };
        let owner = shop.owner.with(
            "idempotency-key",
            format!("{}-{}", part.id, key.replace(' ', "-")),
        );
        Ok(owner
            .post(&format!("/v1/seller/orders/{}/refunds", part.id), wish)
            .await?)
    }

    /// The first shop is paid out, gives some of it back, owes, and makes up for it with its next sale.
    async fn paid_out_and_given_back(
        &mut self,
        findings: &mut Findings,
        late: kernel::DateTime,
    ) -> Result<()> {
        let (_, order) = self.buy(3, 1).await?;
        let part = order.sub_orders[0].clone();
        let clock = late.to_rfc3339();
        let stranger = self.stranger.with("stoa-clock", clock);
        stranger.get("/health/live").await?;
        for shop in &mut self.shops {
            shop.owner = shop.signed_in(&stranger).await?;
        }
        let shop = self.shops[0].clone();
        let owner = shop.owner.with("idempotency-key", "pay-me");
        // What waited for its delivery has waited long enough; the next round lets it go.
        let asked = async {
            loop {
                let asked = owner
                    .post("/v1/seller/payouts", &json!({"currency": "EUR"}))
                    .await?;
                if asked.status == 201 {
                    return anyhow::Ok(());
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let paid = tokio::time::timeout(PAID_WITHIN, asked).await.is_ok();
        findings.check("a shop is paid out what is not held", paid, || {
            "it was not".to_owned()
        });
        let answer = self.refund(&part, "late", &of_amount(part.total.amount)).await?;
        ensure!(answer.status == 201, "{}", answer.text());
        self.back(&part, part.total.amount);
        let owed = shop.payable().await?;
        let owes = owed.iter().any(|money| money.amount < 0);
        findings.check(
            "what is given back after a payout is owed by the shop",
            owes,
            || format!("{owed:?}"),
        );
        let _ = self.buy(3, 1).await?;
        let after = shop.payable().await?;
        let more = after.first().map(|money| money.amount) > owed.first().map(|money| money.amount);
        findings.check("and its next sale makes up for it", more, || {
            format!("{owed:?}, then {after:?}")
        });
        Ok(())
    }

    /// Every cent that was paid is a shop's, the marketplace's or back with its buyer.
    async fn check(&self, findings: &mut Findings, books: &Session, when: &str) -> Result<()> {
        for shop in &self.shops {
            let kept = self.kept.get(&shop.id).copied().unwrap_or_default();
            let sql = "select -coalesce(sum(p.amount), 0)::bigint from ledger.posting p
                         join ledger.entry e on e.id = p.entry_id
                        where p.tenant_id::text = $1 and e.kind in ('sale', 'refund')";
            let theirs: i64 = books.query_one(sql, &[&shop.id]).await?.get(0);
            let what = format!(
                "{}: what was sold and not given back is theirs or the marketplace's, {when}",
                shop.name
            );
            findings.check(&what, theirs == kept.sold - kept.back, || {
                format!("{theirs} of {kept:?}")
            });
        }
        for (what, sql) in [
            (
                "the ledger sums to zero",
                "select count(*) from (select from ledger.posting group by currency having sum(amount) <> 0) c",
            ),
            (
                "every entry sums to zero",
                "select count(*) from (select from ledger.posting group by entry_id having sum(amount) <> 0) e",
            ),
            (
                "no refund is above its payment",
                "select count(*) from payments.payment where refunded > captured",
            ),
            (
                "the provider gave back what the books say",
                "select abs(coalesce((select sum(refunded) from payments.sandbox_charge), 0)
                          - coalesce((select sum(refunded) from payments.payment), 0))::bigint",
            ),
            (
                "of what was given back whole, the commission went back whole",
                "select count(*) from orders.sub_order where refunded = total and commission_refunded <> commission",
            ),
        ] {
            let found = books.number(sql).await?;
            findings.check(&format!("{what}, {when}"), found == 0, || format!("{found}"));
        }
        Ok(())
    }
}

fn of_amount(amount: i64) -> serde_json::Value {
    json!({"amount": Money::new(amount, Currency::EUR), "reason": "cracked"})
}
