//! What orders are found by: kept behind the log, so that the till waits for none of it. A search sees an order some
//! milliseconds after it was placed, or a tenth of a second where many are.

use crate::{Error, Orders, store};
use ::store::Tx;
use ::store::consumer::Consumer;
use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderPlaced, OrderReopened, ParcelDelivered, SubOrderCancelled,
    SubOrderDelivered, SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::payments::PaymentCaptured;
use contracts::{Envelope, PublicEvent};
use kernel::TenantId;
use sha2::{Digest, Sha256};
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

async fn keep(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let mut orders: Vec<Uuid> = events.iter().map(|event| event.key).collect();
    orders.sort_unstable();
    orders.dedup();
    let mut told = Vec::new();
    for event in events {
        if let Some(shipped) = event.read::<SubOrderShipped>().transpose()?
            && let Some(term) = tracking(&shipped.tracking)
        {
            told.push((shipped.order.0, term));
        }
        if let Some(captured) = event.read::<PaymentCaptured>().transpose()?
            && let Some(term) = captured.reference.as_deref().and_then(reference)
        {
            told.push((captured.order.0, term));
        }
    }
    store::market::keep_terms(tx, &orders, &told).await?;
    Ok(())
}

/// The term by which a shop's orders are found.
pub fn shop(tenant: TenantId) -> String {
    format!("shop:{tenant}")
}

/// The terms that words may mean.
pub fn terms(words: &str) -> Vec<String> {
    let words = words.trim();
    if words.contains('@') {
        let hash = Sha256::digest(words.to_lowercase().as_bytes());
        return vec![format!("email:{}", kernel::hex(&hash))];
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
