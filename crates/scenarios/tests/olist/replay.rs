//! Months in minutes: what buyers and sellers did, in the order of time, by a clock that is told the time.

use crate::data::{Bought, Status, reais};
use crate::market::{Market, answered, text};
use anyhow::{Context, Result};
use contracts::orders::Order;
use futures::future::try_join_all;
use kernel::DateTime;
use scenarios::{Caller, Guest};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Things that happen at about the same time, and are done at once.
const WINDOW: usize = 64;
const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Place,
    Pay,
    Pack,
    Ship,
    Deliver,
    /// By the buyer.
    Cancel,
    /// By each seller: they do not have it after all.
    Refuse,
}

/// An order, and who placed it.
pub struct Placed {
    pub guest: Guest,
    pub order: Order,
}

pub struct Replay<'a> {
    pub market: &'a Market,
    pub stranger: Caller,
    pub placed: HashMap<String, Placed>,
    /// Spent on placing, paying and confirming.
    pub took: Duration,
}

/// What happened to an order, each thing after the one before it whatever the files say.
fn deeds(order: &Bought) -> Vec<(DateTime, Deed)> {
    let wanted: &[(Option<DateTime>, Deed)] = match order.status {
        Status::Created => &[],
        Status::Approved | Status::Invoiced => &[(order.approved_at, Deed::Pay)],
        Status::Processing => &[(order.approved_at, Deed::Pay), (None, Deed::Pack)],
        Status::Shipped => &[
            (order.approved_at, Deed::Pay),
            (order.sent_at, Deed::Pack),
            (order.sent_at, Deed::Ship),
        ],
        Status::Delivered => &[
            (order.approved_at, Deed::Pay),
            (order.sent_at, Deed::Pack),
            (order.sent_at, Deed::Ship),
            (order.arrived_at, Deed::Deliver),
        ],
        Status::Canceled if order.approved_at.is_none() => &[(None, Deed::Cancel)],
        Status::Canceled => &[(order.approved_at, Deed::Pay), (None, Deed::Cancel)],
        Status::Unavailable => &[(order.approved_at, Deed::Pay), (None, Deed::Refuse)],
    };
    let mut deeds = vec![(order.at, Deed::Place)];
    let mut now = order.at;
    for &(at, deed) in wanted {
        now = at.unwrap_or(now).max(now + SECOND);
        deeds.push((now, deed));
    }
    deeds
}

impl Replay<'_> {
    /// Everything, in windows of things that happened at about the same time; those of one order one after the other.
    pub async fn run(&mut self, orders: &[Bought], told: impl Fn(usize, DateTime)) -> Result<()> {
        let mut all: Vec<(DateTime, usize, Deed)> = Vec::new();
        for (n, order) in orders.iter().enumerate() {
            all.extend(deeds(order).into_iter().map(|(at, deed)| (at, n, deed)));
        }
        // Stable: an order's own deeds stay in their order.
        all.sort_by_key(|(at, _, _)| *at);
        for (n, window) in all.chunks(WINDOW).enumerate() {
            let mut by_order: BTreeMap<usize, Vec<(DateTime, Deed)>> = BTreeMap::new();
            for &(at, order, deed) in window {
                by_order.entry(order).or_default().push((at, deed));
            }
            let (buying, rest): (Vec<_>, Vec<_>) = by_order.into_iter().partition(|(_, deeds)| buys(deeds));
            let began = Instant::now();
            self.all_of(orders, buying).await?;
            self.took += began.elapsed();
            self.all_of(orders, rest).await?;
            if n % 50 == 0 {
                told(self.placed.len(), window[0].0);
            }
        }
        Ok(())
    }

    async fn all_of(&mut self, orders: &[Bought], doing: Vec<(usize, Vec<(DateTime, Deed)>)>) -> Result<()> {
        let shared: &Self = self;
        let done = doing.into_iter().map(async |(n, deeds)| {
            let order = &orders[n];
            let placed = shared
                .do_all(order, &deeds)
                .await
                .with_context(|| order.id.clone())?;
            anyhow::Ok((order.id.clone(), placed))
        });
        for (id, placed) in try_join_all(done).await? {
            if let Some(placed) = placed {
                self.placed.insert(id, placed);
            }
        }
        Ok(())
    }

    async fn do_all(&self, order: &Bought, deeds: &[(DateTime, Deed)]) -> Result<Option<Placed>> {
        let mut new = None;
        for &(at, deed) in deeds {
            if deed == Deed::Place {
                new = Some(self.place(order, at).await?);
                continue;
            }
            let known = new.as_ref().or_else(|| self.placed.get(&order.id));
            self.go_on(known.context("placed before")?, at, deed).await?;
        }
        Ok(new)
    }

    async fn place(&self, order: &Bought, at: DateTime) -> Result<Placed> {
        let stranger = self.stranger.with("stoa-clock", at.to_rfc3339());
        let mut lines = order
            .lines
            .iter()
            .map(|(thing, units)| (&self.market.skus[thing], *units));
        let (sku, units) = lines.next().context("an order has lines")?;
        let begun = Guest::begin(&stranger, sku, units).await?;
        let mut guest = begun.map_err(|refused| anyhow::anyhow!("{}", refused.text()))?;
        for (sku, units) in lines {
            answered(guest.add(sku, units).await?, 200)?;
        }
        let total = reais(order.total());
        let to = json!({
            "name": "Cliente", "line1": "Rua", "postcode": order.to.postcode, "city": order.to.town,
            "region": order.to.state, "country": "BR",
        });
        let placed = answered(guest.place_to(&order.id, total, &to).await?, 201)?;
        // What they carry from now on tells no time: each call says its own.
        Ok(Placed {
            guest,
            order: placed.read(),
        })
    }

    async fn go_on(&self, placed: &Placed, at: DateTime, deed: Deed) -> Result<()> {
        let id = placed.order.id.to_string();
        let buyer = placed.guest.caller.with("stoa-clock", at.to_rfc3339());
        match deed {
            Deed::Place => Ok(()),
            Deed::Pay => {
                let paid = buyer
                    .post(&format!("/v1/orders/{id}/pay"), &json!({"method": "tok_visa"}))
                    .await?;
                let paid = answered(paid, 200)?.json();
                anyhow::ensure!(paid["status"] == "captured", "{paid}");
                Ok(())
            }
            Deed::Cancel => answered(
                buyer.post(&format!("/v1/orders/{id}/cancel"), &json!({})).await?,
                200,
            )
            .map(drop),
            Deed::Pack => self.each_part(placed, at, "pack", &json!({})).await,
            Deed::Ship => self.each_part(placed, at, "ship", &json!({})).await,
            Deed::Refuse => {
                let note = json!({"note": "We do not have it after all."});
                self.each_part(placed, at, "cancel", &note).await
            }
            Deed::Deliver => self.deliver(placed, at).await,
        }
    }

    async fn each_part(&self, placed: &Placed, at: DateTime, what: &str, body: &Value) -> Result<()> {
        for part in &placed.order.sub_orders {
            let seller = self.seller(&part.tenant.to_string(), at).await?;
            let path = format!("/v1/seller/orders/{}/{what}", part.id);
            answered(seller.post(&path, body).await?, 200)?;
        }
        Ok(())
    }

    async fn deliver(&self, placed: &Placed, at: DateTime) -> Result<()> {
        for part in &placed.order.sub_orders {
            let seller = self.seller(&part.tenant.to_string(), at).await?;
            let path = format!("/v1/seller/orders/{}", part.id);
            let now = answered(seller.get(&path).await?, 200)?.json();
            for parcel in now["parcels"].as_array().into_iter().flatten() {
                let path = format!("{path}/parcels/{}/deliver", text(&parcel["id"]));
                answered(seller.post(&path, &json!({})).await?, 200)?;
            }
        }
        Ok(())
    }

    async fn seller(&self, shop: &str, at: DateTime) -> Result<Caller> {
        let known = self.market.sellers.iter().find(|(_, seller)| seller.shop == shop);
        let caller = self.market.caller(known.context("a shop")?.0, at).await?;
        Ok(caller.with("stoa-clock", at.to_rfc3339()))
    }
}

fn buys(deeds: &[(DateTime, Deed)]) -> bool {
    deeds
        .iter()
        .all(|(_, deed)| matches!(deed, Deed::Place | Deed::Pay))
}
