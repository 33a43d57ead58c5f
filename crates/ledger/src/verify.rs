use crate::app::Ledger;
use crate::error::Error;
use crate::store;
use ::store::Scope;

/// Broken entries named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Everything that is wrong with the ledger, in words; empty when all is well.
pub async fn verify(ledger: &Ledger) -> Result<Vec<String>, Error> {
    let mut tx = ledger.db().begin(Scope::System).await?;
    let mut findings: Vec<String> = store::imbalances(&mut tx)
        .await?
        .into_iter()
        .map(|(currency, off)| format!("the ledger is off by {off} minor units of {currency}"))
        .collect();
    let broken = store::broken_entries(&mut tx, FINDINGS_MAX).await?;
    findings.extend(
        broken
            .into_iter()
            .map(|id| format!("entry {id} does not balance")),
    );
    findings.extend(store::unsettled(&mut tx, FINDINGS_MAX).await?);
    findings.extend(store::wrong_days(&mut tx, FINDINGS_MAX).await?);
    findings.extend(store::unlisted::overlooked(&mut tx, FINDINGS_MAX).await?);
    findings.extend(store::purses::inconsistent(&mut tx, FINDINGS_MAX).await?);
    tx.commit().await?;
    Ok(findings)
}
