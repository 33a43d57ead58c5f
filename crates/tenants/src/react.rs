//! What tenants do about events of their own.

use crate::Error;
use crate::app::{RoleJob, SYNC_ROLE, Shops};
use ::store::jobs::Job;
use ::store::log::{self, Position};
use contracts::PublicEvent;
use contracts::tenants::{FeatureChanged, ShopChanged};
use kernel::{Ctx, Kind, SharedClock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the follower waits before it looks at the log again, unless it is woken.
const POLL: Duration = Duration::from_millis(50);
const OUTAGE_PAUSE: Duration = Duration::from_secs(1);
const BATCH: i64 = 500;
/// After which this process reads anew.
const TOPICS: [&str; 2] = [ShopChanged::TOPIC, FeatureChanged::TOPIC];

/// Background work until `stop`: the cache follows the log, roles follow the staff list.
pub async fn work(shops: Shops, clock: SharedClock, stop: CancellationToken) {
    tokio::join!(
        follow_changes(&shops, &stop),
        sync_roles(&shops, clock, stop.clone()),
    );
}

/// Forgets what other instances changed. Every instance follows the log by itself from the moment it starts: what
/// was changed before is not in its memory.
async fn follow_changes(shops: &Shops, stop: &CancellationToken) {
    let mut position: Option<Position> = None;
    while !stop.is_cancelled() {
        let woken = log::woken(POLL);
        match follow_once(shops, position).await {
            Ok(next) => {
                position = Some(next);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = woken => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the log cannot be followed; shops are read anew after their time");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(OUTAGE_PAUSE) => {}
                }
            }
        }
    }
}

async fn follow_once(shops: &Shops, position: Option<Position>) -> Result<Position, sqlx::Error> {
    let Some(mut position) = position else {
        return log::end(shops.db()).await;
    };
    loop {
        let read = log::follow(shops.db(), position, &TOPICS, BATCH).await?;
        for logged in &read.events {
            let tenant = logged.envelope.tenant;
            if logged.envelope.topic == FeatureChanged::TOPIC {
                shops.cache().forget_features(tenant);
            } else if let Some(tenant) = tenant {
                shops.cache().forget(tenant);
            }
        }
        position = read.next;
        if i64::try_from(read.events.len()).is_ok_and(|n| n < BATCH) {
            return Ok(position);
        }
    }
}

/// Brings roles in identity in line with the staff list, even if the request that changed it died on the way.
async fn sync_roles(shops: &Shops, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    SYNC_ROLE
        .work(shops.db(), stop, clock, |job: &Job| {
            let (shops, ctx) = (shops.clone(), Ctx::system(SYNC_ROLE.name, now.now()));
            Box::pin(async move {
                let RoleJob { tenant, user } = job.read()?;
                match shops.apply_role(&ctx, tenant, user).await {
                    // The account is gone, and its roles with it.
                    Err(Error::Fault(fault)) if fault.kind == Kind::NotFound => Ok(()),
                    outcome => outcome,
                }
            })
        })
        .await;
}
