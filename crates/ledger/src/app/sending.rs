//! What becomes of payouts at the provider, and of those that come back.

use super::Ledger;
use crate::domain::{PayoutState, Said, Step, entry_id, payout_paid, step};
use crate::error::Error;
use crate::provider::Transfer;
use crate::store::entries::{currency, post, reverse};
use crate::store::payouts::{self, Change, PayoutRow};
use ::store::log::Outbox;
use ::store::{Scope, Tx};
use chrono::TimeDelta;
use contracts::ledger::{PayoutFailed, PayoutPaid, PayoutReturned};
use futures::future::join_all;
use kernel::{Ctx, Money, PayoutId, Timestamp};
use sqlx::PgConnection;

/// Payouts that one worker takes at once.
const TAKE_MAX: i64 = 20;
/// How long a worker may ask the provider before another asks what became of it.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Pause before the first inquiry after an answer was lost; doubles up to an hour.
const INQUIRE_FIRST_S: i64 = 10;
const INQUIRE_MAX_S: i64 = 3_600;
/// For how long a bank may send a payout back, and how often it is asked.
const WATCH: TimeDelta = TimeDelta::days(14);
const WATCH_EVERY: TimeDelta = TimeDelta::days(1);

impl Ledger {
    /// Asks the provider about every payout that is due to be sent or looked at; how many those were. Nothing is
    /// locked while it answers.
    pub async fn send_due(&self, ctx: &Ctx) -> Result<usize, Error> {
        if !self.pays {
            return Ok(0);
        }
        let mut asked = 0;
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let taken = payouts::take_due(&mut tx, ctx.now, ctx.now + LEASE, TAKE_MAX).await?;
            tx.commit().await?;
            if taken.is_empty() {
                return Ok(asked);
            }
            asked += taken.len();
            // All at once: each may take as long as an answer may, and the lease is for all of them.
            join_all(taken.iter().map(|payout| self.send_one(ctx, payout))).await;
        }
    }

    /// One that fails is left to be taken again when its lease is over; the others go on.
    async fn send_one(&self, ctx: &Ctx, payout: &PayoutRow) {
        let done = async {
            let said = self.ask(ctx, payout).await?;
            self.hear(ctx, payout, &said).await
        };
        if let Err(error) = done.await {
            tracing::error!(payout = %payout.id, shop = %payout.tenant_id, %error, "a payout could not be sent or looked at");
        }
    }

    /// An operator knows from the bank that a paid payout came back: the money is owed to the shop again. Said twice, it is
    /// done once.
    pub async fn came_back(
        &self,
        ctx: &Ctx,
        id: PayoutId,
        reference: &str,
        reason: &str,
    ) -> Result<PayoutRow, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let payout = payouts::lock(&mut tx, id)
            .await?
            .ok_or(Error::NotFound("payout"))?;
        match state_of(&payout)? {
            PayoutState::Paid => {}
            PayoutState::Returned => return Ok(payout),
            state => {
                // Before the answer: a batch leaves out what somebody still holds.
                tx.rollback().await?;
                return Err(Error::PayoutNotPaid(state));
            }
        }
        let said = Said::Returned {
            reference: reference.to_owned(),
            reason: reason.to_owned(),
        };
        self.follow(tx, ctx, &payout, &said).await?;
        self.payout(payout.tenant_id, id).await.map(|view| view.payout)
    }

    async fn ask(&self, ctx: &Ctx, payout: &PayoutRow) -> Result<Said, Error> {
        let key = payout.id.to_string();
        if payout.state != PayoutState::Created.name() {
            let destination = payout.destination.clone();
            return Ok(self
                .in_time(self.provider.inquire(key, destination, ctx.now))
                .await);
        }
        let transfer = Transfer {
            key,
            amount: amount(payout)?,
            destination: payout.destination.clone(),
            at: ctx.now,
        };
        Ok(self.in_time(self.provider.send(transfer)).await)
    }

    /// The provider's answer, or that there is none.
    async fn in_time(&self, asked: impl Future<Output = Said>) -> Said {
        let answer = tokio::time::timeout(self.answer_within, asked).await;
        answer.unwrap_or(Said::Unknown)
    }

    /// Posts and tells what follows from the provider's answer, unless another worker has asked since.
    async fn hear(&self, ctx: &Ctx, asked: &PayoutRow, said: &Said) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let Some(payout) = payouts::lock_attempt(&mut tx, asked.id, asked.attempt).await? else {
            return Ok(());
        };
        self.follow(tx, ctx, &payout, said).await
    }

    /// Writes what follows from an answer, with the payout locked.
    async fn follow(&self, mut tx: Tx, ctx: &Ctx, payout: &PayoutRow, said: &Said) -> Result<(), Error> {
        let state = state_of(payout)?;
        let step = step(state, said);
        self.books(&mut tx, ctx, payout, step, said).await?;
        payouts::change(&mut tx, payout.id, &change(ctx.now, payout, state, step, said)).await?;
        if let Some((name, detail)) = news(state, step, said) {
            payouts::tell(&mut tx, ctx, &[(payout.tenant_id, payout.id)], name, detail).await?;
        }
        let mut outbox = Outbox::new();
        publish(&mut outbox, ctx, payout, step, said)?;
        outbox.append(&mut tx).await?;
        tx.commit().await?;
        if !outbox.is_empty() {
            ::store::log::wake();
        }
        Ok(())
    }

    async fn books(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        payout: &PayoutRow,
        step: Step,
        said: &Said,
    ) -> Result<(), Error> {
        let (id, why) = (payout.id.0, reason(said).unwrap_or("the payout failed"));
        if matches!(step, Step::Pay | Step::PayAndReturn) {
            post(conn, &[payout_paid(payout.id, ctx.now, amount(payout)?)?]).await?;
        }
        if matches!(step, Step::Return | Step::PayAndReturn) {
            reverse(conn, ctx, entry_id("payout_paid", id), why).await?;
        }
        if matches!(step, Step::Fail | Step::Return | Step::PayAndReturn) {
            reverse(conn, ctx, entry_id("payout", id), why).await?;
        }
        Ok(())
    }
}

fn state_of(payout: &PayoutRow) -> Result<PayoutState, Error> {
    let known = PayoutState::parse(&payout.state);
    known.ok_or_else(|| Error::Broken(format!("a payout in state `{}`", payout.state)))
}

fn amount(payout: &PayoutRow) -> Result<Money, Error> {
    Ok(Money::new(payout.amount, currency(&payout.currency)?))
}

fn reason(said: &Said) -> Option<&str> {
    match said {
        Said::Failed { reason } | Said::Returned { reason, .. } => Some(reason),
        Said::Paid { .. } | Said::Unknown | Said::NotFound => None,
    }
}

/// How the payout's row reads after a step, and when it is looked at next.
fn change<'a>(
    now: Timestamp,
    payout: &PayoutRow,
    state: PayoutState,
    step: Step,
    said: &'a Said,
) -> Change<'a> {
    let reference = match said {
        Said::Paid { reference } | Said::Returned { reference, .. } => Some(reference.as_str()),
        _ => None,
    };
    let doublings = u32::try_from(payout.attempt - 1).unwrap_or(0).min(10);
    let pause = TimeDelta::seconds((INQUIRE_FIRST_S << doublings).min(INQUIRE_MAX_S));
    let is_watched = payout.paid_at.is_some_and(|at| now - at < WATCH);
    let (state, next_at) = match step {
        Step::Wait => (state, is_watched.then(|| now + WATCH_EVERY)),
        Step::Inquire => (PayoutState::Unknown, Some(now + pause)),
        // Unless it was sent just now, and the provider denies it: then not at once.
        Step::SendAgain if state == PayoutState::Unknown => (PayoutState::Created, Some(now)),
        Step::SendAgain => (PayoutState::Created, Some(now + pause)),
        Step::Pay => (PayoutState::Paid, Some(now + WATCH_EVERY)),
        Step::Fail => (PayoutState::Failed, None),
        Step::Return | Step::PayAndReturn => (PayoutState::Returned, None),
    };
    Change {
        state: state.name(),
        reference,
        reason: reason(said),
        paid_at: matches!(step, Step::Pay | Step::PayAndReturn).then_some(now),
        next_at,
    }
}

/// What the payout's history says of a step, if it is new.
fn news(state: PayoutState, step: Step, said: &Said) -> Option<(&'static str, &str)> {
    match step {
        Step::Wait => None,
        Step::Inquire => (state != PayoutState::Unknown).then_some(("unanswered", "")),
        Step::SendAgain => Some(("not_received", "")),
        Step::Pay => Some(("paid", "")),
        Step::Fail => Some(("failed", reason(said).unwrap_or(""))),
        Step::Return | Step::PayAndReturn => Some(("returned", reason(said).unwrap_or(""))),
    }
}

fn publish(outbox: &mut Outbox, ctx: &Ctx, row: &PayoutRow, step: Step, said: &Said) -> Result<(), Error> {
    let (payout, tenant, amount) = (row.id, row.tenant_id, amount(row)?);
    let reason = reason(said).unwrap_or("").to_owned();
    match step {
        Step::Wait | Step::Inquire | Step::SendAgain => Ok(()),
        Step::Pay => outbox.push(
            ctx,
            &PayoutPaid {
                payout,
                tenant,
                amount,
            },
        ),
        Step::Fail => outbox.push(
            ctx,
            &PayoutFailed {
                payout,
                tenant,
                amount,
                reason,
            },
        ),
        Step::Return | Step::PayAndReturn => outbox.push(
            ctx,
            &PayoutReturned {
                payout,
                tenant,
                amount,
                reason,
            },
        ),
    }?;
    Ok(())
}
