//! What orders are found by: kept behind the log, so that the till waits for none of it. A search sees an order some
//! milliseconds after it was placed, or a tenth of a second where many are.

use crate::domain::of_order;
use crate::store::terms::Term;
use crate::{Error, Orders, store};
use ::store::Tx;
use ::store::consumer::Consumer;
use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderPlaced, OrderReopened, OrderStanding, ParcelDelivered,
    SubOrderCancelled, SubOrderDelivered, SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::payments::PaymentCaptured;
use contracts::{Envelope, PublicEvent};
use kernel::{OrderId, TenantId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Background work until `stop`.
pub async fn work(orders: Orders, stop: CancellationToken) {
    // Each of them has its order as its key.
    let topics = vec![
        OrderPlaced::TOPIC,
        OrderConfirmed::TOPIC,
        OrderCancelled::TOPIC,
        OrderReopened::TOPIC,
        SubOrderShipped::TOPIC,
        ParcelDelivered::TOPIC,
        SubOrderDelivered::TOPIC,
        SubOrderCancelled::TOPIC,
        SubOrderUnitsCancelled::TOPIC,
        PaymentCaptured::TOPIC,
    ];
    Consumer::new("orders.desk", topics)
        .run_batches(orders.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(keep(tx, events))
        })
        .await;
}

/// What a batch of events says of orders.
#[derive(Debug, Default)]
struct Heard {
    orders: BTreeSet<Uuid>,
    /// Those that were placed, each with its shops.
    placed: BTreeMap<Uuid, Vec<TenantId>>,
    /// What was told of any order in an event of its own.
    told: Vec<Term>,
}

impl Heard {
    fn of(events: &[Envelope]) -> Result<Self, Error> {
        let mut heard = Self::default();
        for event in events {
            heard.orders.insert(event.key);
            if let Some(placed) = event.read::<OrderPlaced>().transpose()? {
                heard.placed.insert(placed.order.0, placed.tenants);
            } else if let Some(shipped) = event.read::<SubOrderShipped>().transpose()? {
                let term = tracking(&shipped.tracking);
                heard.told.extend(term.map(|term| (term, shipped.order.0)));
            } else if let Some(captured) = event.read::<PaymentCaptured>().transpose()? {
                let term = captured.reference.as_deref().and_then(reference);
                heard.told.extend(term.map(|term| (term, captured.order.0)));
            }
        }
        Ok(heard)
    }
}

/// What an order is found by from its placing on is written when that is heard of, and never again; later events change how it
/// stands, which is looked up, and add what they tell.
async fn keep(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let Heard { orders, placed, told } = Heard::of(events)?;
    let orders: Vec<Uuid> = orders.into_iter().collect();
    let standings = store::terms::standings(tx, &orders).await?;
    let new: Vec<Uuid> = placed.keys().copied().collect();
    let emails = store::terms::emails(tx, &new).await?;
    let (mut firsts, mut laters) = (Vec::new(), told);
    for (order, stands) in &standings {
        match placed.get(order) {
            Some(shops) => {
                firsts.push((standing(stands), *order));
                let email = emails.get(order).map(String::as_str);
                let known = of_placed(OrderId(*order), shops, email);
                firsts.extend(known.into_iter().map(|term| (term, *order)));
            }
            None => laters.push((standing(stands), *order)),
        }
    }
    let are_new = store::terms::keep(tx, firsts).await?;
    store::terms::keep(tx, laters).await?;
    // What is new has stood in no other way. Where the log is heard once more it may have, by what was kept then.
    let moved = standings
        .iter()
        .filter(|(order, _)| !(are_new && placed.contains_key(order)));
    let gone = moved.flat_map(|(order, stands)| {
        let others = OrderStanding::ALL.into_iter().map(OrderStanding::name);
        let others = others.filter(move |other| other != stands);
        others.map(move |other| (standing(other), *order))
    });
    store::terms::forget(tx, gone.collect()).await?;
    Ok(())
}

/// What an order is found by from its placing on, but for how it stands.
fn of_placed(order: OrderId, shops: &[TenantId], email: Option<&str>) -> Vec<String> {
    let email = email.filter(|email| !email.is_empty()).map(self::email);
    let shops = shops.iter().copied().map(shop);
    shops.chain([number_of(order)]).chain(email).collect()
}

fn number_of(order: OrderId) -> String {
    format!("number:{}", of_order(order))
}

/// The term by which orders are found that stand in a way.
pub fn standing(name: &str) -> String {
    format!("standing:{name}")
}

/// Large letters and small ones are the same in an address. What is kept of it does not tell it.
fn email(address: &str) -> String {
    let hash = Sha256::digest(address.to_lowercase().as_bytes());
    format!("email:{}", kernel::hex(&hash))
}

/// The term by which a shop's orders are found.
pub fn shop(tenant: TenantId) -> String {
    format!("shop:{tenant}")
}

/// The terms that words may mean.
pub fn terms(words: &str) -> Vec<String> {
    let words = words.trim();
    if words.contains('@') {
        return vec![email(words)];
    }
    [number(words), tracking(words), reference(words)]
        .into_iter()
        .flatten()
        .collect()
}

/// However it is spelt: with or without its hyphen, in small letters, with the position of a shop's part behind it.
pub fn number(words: &str) -> Option<String> {
    let spelt = words.trim().to_uppercase();
    let mut parts = spelt.split(['-', ' ']).filter(|part| !part.is_empty());
    let mut signs: String = parts.next()?.to_owned();
    if signs.len() == 4 {
        signs.push_str(parts.next()?);
    }
    let is_one = signs.len() == 8 && signs.bytes().all(|sign| sign.is_ascii_alphanumeric());
    is_one.then(|| format!("number:{}-{}", &signs[..4], &signs[4..]))
}

/// As it is read out: without spaces and hyphens.
fn tracking(words: &str) -> Option<String> {
    let signs: String = words.chars().filter(|sign| sign.is_alphanumeric()).collect();
    (!signs.is_empty()).then(|| format!("tracking:{}", signs.to_uppercase()))
}

/// Providers tell capital letters from small ones.
fn reference(words: &str) -> Option<String> {
    let words = words.trim();
    (!words.is_empty()).then(|| format!("reference:{words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_spelt() {
        for spelt in ["K7F3-9QXA", "k7f3-9qxa", "K7F39QXA", " k7f3 9qxa ", "K7F3-9QXA-2"] {
            assert_eq!(number(spelt).as_deref(), Some("number:K7F3-9QXA"), "{spelt}");
        }
        for none in ["", "K7F3", "K7F3-9Q", "K7F3-9QXÁ", "1Z999AA10123456784"] {
            assert_eq!(number(none), None, "{none}");
        }
    }

    #[test]
    fn what_has_an_at_sign_is_an_address_and_nothing_else() {
        assert_eq!(terms(" Ana@Mail.example "), terms("ana@mail.example"));
        assert_eq!(terms("ana@mail.example").len(), 1);
        assert_eq!(
            terms("pk 43-x"),
            ["tracking:PK43X", "reference:pk 43-x"].map(str::to_owned)
        );
    }
}
