//! What really happened: the files, read and put into the order of time.

use super::books::parts;
use crate::findings::Findings;
use anyhow::{Context, Result, ensure};
use kernel::{DateTime, Money};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

#[derive(Debug)]
pub struct History {
    pub sellers: BTreeMap<String, Place>,
    /// In the order of time; those without a line are left out and counted.
    pub orders: Vec<Bought>,
    pub empty: usize,
}

/// Where somebody lives.
#[derive(Clone, Debug)]
pub struct Place {
    pub postcode: String,
    pub town: String,
    pub state: String,
}

#[derive(Debug)]
pub struct Bought {
    pub id: String,
    pub to: Place,
    pub status: Status,
    pub at: DateTime,
    pub approved_at: Option<DateTime>,
    pub sent_at: Option<DateTime>,
    pub arrived_at: Option<DateTime>,
    /// Each thing with its units.
    pub lines: BTreeMap<Thing, u32>,
    /// Centavos, over all ways of payment; nothing is known of one order.
    pub paid: i64,
    /// Ways of payment: some were paid by card and vouchers.
    pub payments: usize,
}

/// What somebody sells, at the price and for the delivery that were asked for it then. Centavos a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thing {
    pub seller: String,
    pub product: String,
    pub price: i64,
    pub freight: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Created,
    Approved,
    Invoiced,
    Processing,
    Shipped,
    Delivered,
    Canceled,
    Unavailable,
}

impl Status {
    fn read(text: &str) -> Result<Self> {
        Ok(match text {
            "created" => Self::Created,
            "approved" => Self::Approved,
            "invoiced" => Self::Invoiced,
            "processing" => Self::Processing,
            "shipped" => Self::Shipped,
            "delivered" => Self::Delivered,
            "canceled" => Self::Canceled,
            "unavailable" => Self::Unavailable,
            other => anyhow::bail!("an order is {other:?}"),
        })
    }
}

type Row = HashMap<String, String>;

fn read(folder: &Path, name: &str) -> Result<Vec<Row>> {
    let path = folder.join(name);
    let mut reader = csv::Reader::from_path(&path).with_context(|| path.display().to_string())?;
    reader.deserialize().map(|row| Ok(row?)).collect()
}

fn cell<'a>(row: &'a Row, name: &str) -> Result<&'a str> {
    Ok(row.get(name).with_context(|| format!("{name} is absent"))?.trim())
}

/// `2017-05-03 11:05:13`, taken for UTC.
fn time(row: &Row, name: &str) -> Result<Option<DateTime>> {
    let text = cell(row, name)?;
    if text.is_empty() {
        return Ok(None);
    }
    let text = format!("{}Z", text.replacen(' ', "T", 1));
    Ok(Some(text.parse().with_context(|| format!("{name}: {text}"))?))
}

/// `239.9` as 23990.
fn centavos(text: &str) -> Result<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    ensure!(part.len() <= 2, "{text} has more than centavos");
    let part = format!("{part:0<2}");
    Ok(whole.parse::<i64>()? * 100 + part.parse::<i64>()?)
}

/// Centavos as money.
pub fn reais(centavos: i64) -> Money {
    Money::new(centavos, "BRL".parse().expect("known"))
}

fn place(row: &Row, of: &str) -> Result<Place> {
    let prefix = cell(row, &format!("{of}_zip_code_prefix"))?;
    Ok(Place {
        postcode: format!("{prefix:0>5}-000"),
        town: cell(row, &format!("{of}_city"))?.to_owned(),
        state: format!("BR-{}", cell(row, &format!("{of}_state"))?),
    })
}

impl History {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut sellers = BTreeMap::new();
        for row in read(folder, "olist_sellers_dataset.csv")? {
            sellers.insert(cell(&row, "seller_id")?.to_owned(), place(&row, "seller")?);
        }
        let mut customers = HashMap::new();
        for row in read(folder, "olist_customers_dataset.csv")? {
            customers.insert(cell(&row, "customer_id")?.to_owned(), place(&row, "customer")?);
        }
        let mut lines: HashMap<String, BTreeMap<Thing, u32>> = HashMap::new();
        for row in read(folder, "olist_order_items_dataset.csv")? {
            let thing = Thing {
                seller: cell(&row, "seller_id")?.to_owned(),
                product: cell(&row, "product_id")?.to_owned(),
                price: centavos(cell(&row, "price")?)?,
                freight: centavos(cell(&row, "freight_value")?)?,
            };
            let order = lines.entry(cell(&row, "order_id")?.to_owned()).or_default();
            *order.entry(thing).or_default() += 1;
        }
        let mut payments: HashMap<String, (i64, usize)> = HashMap::new();
        for row in read(folder, "olist_order_payments_dataset.csv")? {
            let paid = payments.entry(cell(&row, "order_id")?.to_owned()).or_default();
            paid.0 += centavos(cell(&row, "payment_value")?)?;
            paid.1 += 1;
        }
        let mut orders = Vec::new();
        let mut empty = 0;
        for row in read(folder, "olist_orders_dataset.csv")? {
            let id = cell(&row, "order_id")?.to_owned();
            let Some(lines) = lines.remove(&id) else {
                empty += 1;
                continue;
            };
            let (paid, payments) = payments.get(&id).copied().unwrap_or_default();
            orders.push(Bought {
                to: customers
                    .get(cell(&row, "customer_id")?)
                    .context("a customer")?
                    .clone(),
                status: Status::read(cell(&row, "order_status")?)?,
                at: time(&row, "order_purchase_timestamp")?.context("a time of purchase")?,
                approved_at: time(&row, "order_approved_at")?,
                sent_at: time(&row, "order_delivered_carrier_date")?,
                arrived_at: time(&row, "order_delivered_customer_date")?,
                id,
                lines,
                paid,
                payments,
            });
        }
        orders.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(Self {
            sellers,
            orders,
            empty,
        })
    }

    /// At most so many orders, in the order of time: those least like most others first.
    pub fn at_most(mut self, orders_max: usize) -> Self {
        let mut chosen: Vec<&Bought> = self.orders.iter().collect();
        chosen.sort_by_key(|order| order.plainness());
        let chosen: HashSet<String> = chosen
            .iter()
            .take(orders_max)
            .map(|order| order.id.clone())
            .collect();
        self.orders.retain(|order| chosen.contains(&order.id));
        let selling: HashSet<&str> = self
            .orders
            .iter()
            .flat_map(|order| parts(order).into_keys())
            .collect();
        self.sellers.retain(|seller, _| selling.contains(seller.as_str()));
        self
    }

    pub fn figures(&self, findings: &mut Findings) {
        let count = |which: fn(&Bought) -> bool| self.orders.iter().filter(|order| which(order)).count();
        findings.figure("orders", self.orders.len());
        findings.figure("of several sellers", count(|order| parts(order).len() > 1));
        findings.figure("paid in several ways", count(|order| order.payments > 1));
        findings.figure(
            "cancelled or never available",
            count(|order| matches!(order.status, Status::Canceled | Status::Unavailable)),
        );
        findings.figure("left out, for want of lines", self.empty);
        findings.figure(
            "paid another sum than their lines come to, in the files themselves",
            count(|order| !order.is_consistent()),
        );
    }
}

impl Bought {
    /// How much like most others it is: those of several sellers and those not carried out are least, then come those paid in
    /// several ways or not delivered yet.
    fn plainness(&self) -> u8 {
        if parts(self).len() > 1 || matches!(self.status, Status::Canceled | Status::Unavailable) {
            return 0;
        }
        match self.payments > 1 || self.status != Status::Delivered {
            true => 1,
            false => 2,
        }
    }

    pub fn was_paid(&self) -> bool {
        match self.status {
            Status::Created => false,
            Status::Canceled => self.approved_at.is_some(),
            _ => true,
        }
    }

    /// Whether its payments come to what its lines do.
    pub fn is_consistent(&self) -> bool {
        self.paid == self.total()
    }

    pub fn total(&self) -> i64 {
        let units = |(thing, units): (&Thing, &u32)| (thing.price + thing.freight) * i64::from(*units);
        self.lines.iter().map(units).sum()
    }
}
