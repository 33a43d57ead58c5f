//! What tenants do about events, their own and others'.

use crate::Error;
use crate::app::{JOIN_INVITED, RoleJob, SYNC_ROLE, Shops};
use ::store::Tx;
use ::store::consumer::Consumer;
use ::store::jobs::Job;
use ::store::log::{self, Position};
use contracts::identity::AccountChanged;
use contracts::tenants::ShopChanged;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, Kind, SharedClock, Timestamp, UserId};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the follower waits before it looks at the log again, unless it is woken.
const POLL: Duration = Duration::from_millis(50);
const OUTAGE_PAUSE: Duration = Duration::from_secs(1);
const BATCH: i64 = 500;

/// Background work until `stop`: the cache follows the log, invitations meet their accounts, roles follow the staff list.
pub async fn work(shops: Shops, clock: SharedClock, stop: CancellationToken) {
    tokio::join!(
        follow_changes(&shops, &stop),
        notice_verified(&shops, clock.clone(), stop.clone()),
        join_invited(&shops, clock.clone(), stop.clone()),
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
        let read = log::follow(shops.db(), position, &[ShopChanged::TOPIC], BATCH).await?;
        for logged in &read.events {
            if let Some(tenant) = logged.envelope.tenant {
                shops.cache().forget(tenant);
            }
        }
        position = read.next;
        if i64::try_from(read.events.len()).is_ok_and(|n| n < BATCH) {
            return Ok(position);
        }
    }
}

/// Somebody verified an address: perhaps somebody is waiting for them. Who it is, identity is asked outside of this
/// transaction.
async fn notice_verified(shops: &Shops, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer::new("tenants.notice_verified", vec![AccountChanged::TOPIC]);
    consumer
        .run(shops.db(), stop, move |tx: &mut Tx, event: &Envelope| {
            let now = clock.now();
            Box::pin(notice(tx, event, now))
        })
        .await;
}

async fn notice(tx: &mut Tx, event: &Envelope, now: Timestamp) -> Result<(), Error> {
    let Some(changed) = event.read::<AccountChanged>().transpose()? else {
        return Ok(());
    };
    // A password reset by a mailed link verifies the address as well.
    if ["email_verified", "password_changed"].contains(&changed.change.as_str()) {
        let key = changed.user.to_string();
        JOIN_INVITED.enqueue_once(tx, &key, &changed.user, now).await?;
    }
    Ok(())
}

/// Links open invitations to the account whose address was verified.
async fn join_invited(shops: &Shops, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    JOIN_INVITED
        .work(shops.db(), stop, clock, |job: &Job| {
            let (shops, ctx) = (shops.clone(), Ctx::system(JOIN_INVITED.name, now.now()));
            Box::pin(async move { shops.join(&ctx, job.read::<UserId>()?).await })
        })
        .await;
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
