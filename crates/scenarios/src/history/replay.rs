//! Months in minutes: what buyers and sellers did, in the order of time, by a clock that is told the time.

use super::data::{Bought, Status, reais};
use super::market::{Market, answered, text};
use crate::{Caller, Guest};
use anyhow::{Context, Result};
use contracts::orders::Order;
use futures::future::try_join_all;
use kernel::DateTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Things that happened at about the same time, and are done at once, when the last of them was.
const WINDOW: usize = 128;
/// Windows between two words about how far it is.
const TOLD_EVERY: usize = 25;
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
    market: &'a Market,
    stranger: Caller,
    pub placed: HashMap<String, Placed>,
    /// Spent on filling carts, placing, paying and confirming.
    pub buying: Duration,
    /// Seconds since it began, and orders placed by then.
    pub progress: Vec<(f64, f64)>,
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
        Status::Canceled if !order.was_paid() => &[(None, Deed::Cancel)],
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

impl<'a> Replay<'a> {
    pub fn new(market: &'a Market, stranger: Caller) -> Self {
        Self {
            market,
            stranger,
            placed: HashMap::new(),
            buying: Duration::ZERO,
            progress: Vec::new(),
        }
    }

    /// Everything, in windows of things that happened at about the same time; those of one order one after the other.
    pub async fn run(&mut self, orders: &[Bought], told: impl Fn(usize, DateTime)) -> Result<()> {
        let mut all: Vec<(DateTime, usize, Deed)> = Vec::new();
        for (n, order) in orders.iter().enumerate() {
            all.extend(deeds(order).into_iter().map(|(at, deed)| (at, n, deed)));
        }
        // Stable: an order's own deeds stay in their order.
        all.sort_by_key(|(at, _, _)| *at);
        let started = Instant::now();
        for (n, window) in all.chunks(WINDOW).enumerate() {
            let mut by_order: BTreeMap<usize, Vec<Deed>> = BTreeMap::new();
            for &(_, order, deed) in window {
                by_order.entry(order).or_default().push(deed);
            }
            let (buying, rest): (Vec<_>, Vec<_>) = by_order.into_iter().partition(|(_, deeds)| buys(deeds));
            let now = window.last().context("a window has deeds")?.0;
            self.market.tell(now).await?;
            let began = Instant::now();
            self.all_of(orders, buying).await?;
            self.buying += began.elapsed();
            self.all_of(orders, rest).await?;
            self.progress
                .push((started.elapsed().as_secs_f64(), self.placed.len() as f64));
            if n % TOLD_EVERY == 0 {
                told(self.placed.len(), now);
            }
        }
        Ok(())
    }

    async fn all_of(&mut self, orders: &[Bought], doing: Vec<(usize, Vec<Deed>)>) -> Result<()> {
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

    async fn do_all(&self, order: &Bought, deeds: &[Deed]) -> Result<Option<Placed>> {
        let mut new = None;
        for &deed in deeds {
            if deed == Deed::Place {
                new = Some(self.place(order).await?);
                continue;
            }
            let known = new.as_ref().or_else(|| self.placed.get(&order.id));
            self.go_on(known.context("placed before")?, deed)
                .await
                .with_context(|| format!("{deed:?}"))?;
        }
        Ok(new)
    }

    async fn place(&self, order: &Bought) -> Result<Placed> {
        let mut lines = order
            .lines
            .iter()
            .map(|(thing, units)| (&self.market.skus[thing], *units));
        let (sku, units) = lines.next().context("an order has lines")?;
        let begun = Guest::begin(&self.stranger, sku, units).await?;
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
        Ok(Placed {
            guest,
            order: placed.read(),
        })
    }

    async fn go_on(&self, placed: &Placed, deed: Deed) -> Result<()> {
        let id = placed.order.id.to_string();
        match deed {
            Deed::Place => Ok(()),
            Deed::Pay => {
                let paid = answered(placed.guest.pay(&id, "tok_visa").await?, 200)?.json();
                anyhow::ensure!(paid["status"] == "captured", "{paid}");
                Ok(())
            }
            Deed::Cancel => {
                let path = format!("/v1/orders/{id}/cancel");
                let cancelled = placed.guest.caller.post(&path, &json!({})).await?;
                answered(cancelled, 200).map(drop)
            }
            Deed::Pack => self.each_part(placed, "pack", &json!({})).await,
            Deed::Ship => self.each_part(placed, "ship", &json!({})).await,
            Deed::Refuse => {
                let note = json!({"note": "We do not have it after all."});
                self.each_part(placed, "cancel", &note).await
            }
            Deed::Deliver => self.deliver(placed).await,
        }
    }

    async fn each_part(&self, placed: &Placed, what: &str, body: &Value) -> Result<()> {
        for part in &placed.order.sub_orders {
            let seller = self.market.owner(&part.tenant.to_string()).await?;
            let path = format!("/v1/seller/orders/{}/{what}", part.id);
            answered(seller.post(&path, body).await?, 200)?;
        }
        Ok(())
    }

    async fn deliver(&self, placed: &Placed) -> Result<()> {
        for part in &placed.order.sub_orders {
            let seller = self.market.owner(&part.tenant.to_string()).await?;
            let path = format!("/v1/seller/orders/{}", part.id);
            let now = answered(seller.get(&path).await?, 200)?.json();
            for parcel in now["parcels"].as_array().into_iter().flatten() {
                let path = format!("{path}/parcels/{}/deliver", text(&parcel["id"]));
                answered(seller.post(&path, &json!({})).await?, 200)?;
            }
        }
        Ok(())
    }
}

fn buys(deeds: &[Deed]) -> bool {
    deeds.iter().all(|deed| matches!(deed, Deed::Place | Deed::Pay))
}

#[cfg(test)]
mod tests {
    use super::super::data::{Place, Thing};
    use super::*;

    #[test]
    fn deeds_come_one_after_the_other_whatever_the_files_say() {
        let at = |text: &str| text.parse::<DateTime>().unwrap();
        let thing = Thing {
            seller: "s".to_owned(),
            product: "p".to_owned(),
            price: 1_000,
            freight: 250,
        };
        let place = Place {
            postcode: "01000-000".to_owned(),
            town: "sao paulo".to_owned(),
            state: "BR-SP".to_owned(),
        };
        let order = Bought {
            id: "o".to_owned(),
            to: place,
            status: Status::Delivered,
            at: at("2017-01-02T10:00:00Z"),
            approved_at: None,
            sent_at: Some(at("2017-01-01T08:00:00Z")),
            arrived_at: Some(at("2017-01-09T12:00:00Z")),
            lines: BTreeMap::from([(thing, 2)]),
            paid: 2_500,
            payments: 2,
        };
        let found = deeds(&order);
        let wanted = [
            ("2017-01-02T10:00:00Z", Deed::Place),
            ("2017-01-02T10:00:01Z", Deed::Pay),
            ("2017-01-02T10:00:02Z", Deed::Pack),
            ("2017-01-02T10:00:03Z", Deed::Ship),
            ("2017-01-09T12:00:00Z", Deed::Deliver),
        ];
        assert_eq!(found, wanted.map(|(time, deed)| (at(time), deed)));
        assert!(order.is_consistent());
    }
}
