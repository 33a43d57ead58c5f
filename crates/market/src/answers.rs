//! The answers to calls with an idempotency key, kept in PostgreSQL.

use futures::future::BoxFuture;
use httpkit::{Answer, Answers, Claim, Claimed};
use kernel::{Fault, Timestamp};
use store::Db;
use store::idempotency::{self, Leased};

pub struct KeptAnswers(pub Db);

impl Answers for KeptAnswers {
    fn claim<'a>(&'a self, claim: &'a Claim, now: Timestamp) -> BoxFuture<'a, Result<Claimed, Fault>> {
        Box::pin(async move {
            let Claim {
                scope,
                key,
                request_hash,
                ends,
            } = claim;
            let mut conn = self.0.pool().acquire().await.map_err(|e| fault(&e))?;
            let leased = idempotency::lease(&mut conn, scope, key, request_hash, now, *ends)
                .await
                .map_err(|e| fault(&e))?;
            Ok(match leased {
                Leased::New => Claimed::New,
                Leased::UnderWay => Claimed::UnderWay,
                Leased::Mismatch => Claimed::Mismatch,
                Leased::Replay(kept) => Claimed::Answered(serde_json::from_value(kept).map_err(|error| {
                    tracing::error!(%error, "a kept answer cannot be read");
                    Fault::internal()
                })?),
            })
        })
    }

    fn keep<'a>(&'a self, claim: &'a Claim, answer: &'a Answer) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let answer = serde_json::to_value(answer).map_err(|_| Fault::internal())?;
            let mut conn = self.0.pool().acquire().await.map_err(|e| fault(&e))?;
            idempotency::finish(&mut conn, &claim.scope, &claim.key, claim.ends, &answer)
                .await
                .map_err(|e| fault(&e))
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let mut conn = self.0.pool().acquire().await.map_err(|e| fault(&e))?;
            idempotency::release(&mut conn, &claim.scope, &claim.key, claim.ends)
                .await
                .map_err(|e| fault(&e))
        })
    }
}

fn fault(error: &sqlx::Error) -> Fault {
    if store::is_outage(error) {
        return store::out_of_reach(error);
    }
    tracing::error!(%error, "an idempotency key cannot be kept");
    Fault::internal()
}
