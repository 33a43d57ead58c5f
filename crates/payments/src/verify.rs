use crate::app::PaymentBook;
use crate::error::Error;
use crate::store;
use ::store::Scope;

/// Payments named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Every payment whose row, events and shares do not agree, in words; empty when all is well.
pub async fn verify(payments: &PaymentBook) -> Result<Vec<String>, Error> {
    let mut tx = payments.db().begin(Scope::System).await?;
    let odd = store::inconsistent(&mut tx, FINDINGS_MAX).await?;
    tx.commit().await?;
    Ok(odd
        .into_iter()
        .map(|(id, what)| format!("payment {id}: {what}"))
        .collect())
}
