use crate::app::Ratings;
use crate::error::Error;
use crate::store;
use ::store::Scope;

/// Findings named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Everything in which counts differ from what they count, in words; empty when all is well.
pub async fn verify(ratings: &Ratings) -> Result<Vec<String>, Error> {
    let mut tx = ratings.db().begin(Scope::System).await?;
    let found = store::miscounted(&mut tx, FINDINGS_MAX).await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .map(|(what, id, kept, counted)| format!("{what} of {id}: kept as {kept}, counted {counted}"))
        .collect())
}
