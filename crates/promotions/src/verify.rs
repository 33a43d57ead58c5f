use crate::app::Promotions;
use crate::error::Error;
use crate::store;
use ::store::Scope;

/// Findings named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Everything that is wrong with uses and budgets, in words; empty when all is well.
pub async fn verify(promotions: &Promotions) -> Result<Vec<String>, Error> {
    let mut tx = promotions.db().begin(Scope::System).await?;
    let found = store::inconsistent(&mut tx, FINDINGS_MAX).await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .map(|(promotion, problem)| format!("promotion {promotion} {problem}"))
        .collect())
}
