use crate::app::Taxes;
use crate::error::Error;
use crate::store;
use ::store::Scope;

/// Findings named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Everything that is wrong with the table of rates, in words; empty when all is well.
pub async fn verify(taxes: &Taxes) -> Result<Vec<String>, Error> {
    let mut tx = taxes.db().begin(Scope::System).await?;
    let found = store::both_hold(&mut tx, FINDINGS_MAX).await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .map(|(region, category, a, b)| format!("{category} in {region}: `{a}` and `{b}` hold at once"))
        .collect())
}
