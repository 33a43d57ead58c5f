//! Webhooks of payment providers. What one says of money is not believed: it makes the till ask the provider, which it
//! would have done later anyhow. So duplicates, late ones and those in the wrong order do no harm, and lost ones little.

use crate::app::Checkouts;
use crate::error::Error;
use crate::saga::{End, Step};
use crate::till::settle::{Ask, CaptureAsk, RefundAsk, RefundMove, Refunding, read_provider_key};
use contracts::checkout::RefundStatus;
use kernel::{Ctx, OrderId, PaymentId, RefundId, SharedClock, Timestamp};
use orders::domain::Order;
use payments::provider::read_charge_key;
use payments::webhook::{Notice, NoticeKind, Webhook};
use payments::{Answer, ProviderCharge};
use postgres_types::Json;
use sqlx::PgPool;
use std::time::Duration;
use store::Reads;
use tokio_util::sync::CancellationToken;

/// Days for which a webhook's id is remembered: much longer than a webhook may be old.
const REMEMBERED_DAYS: i64 = 7;
/// How often is looked for webhooks to forget, and how many are forgotten in one statement.
const FORGET_PERIOD: Duration = Duration::from_secs(60);
const FORGOTTEN_AT_ONCE: i64 = 10_000;

/// What came of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was news, or at least not heard before.
    First,
    /// The same message was heard before; nothing was done.
    Again,
}

/// What is to be done about a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Response {
    Nothing,
    /// Go on with the payment now.
    Wake,
    /// Go on with what is asked about its shops' shares.
    WakeCaptures,
    /// Money for an attempt that nobody pays with any more: let it go.
    LetGo,
}

/// A payment that a notice is about, as it stands.
pub(crate) struct Known {
    pub order: OrderId,
    pub attempt: u32,
    pub step: Step,
    /// Whether shares of it are still to be captured as shops send, or let go.
    pub capturing: bool,
}

impl Checkouts {
    /// Whether a webhook from within was heard, for a sender that tries again if not.
    pub async fn hears(&self, provider: &str, webhook: Webhook, now: Timestamp) -> bool {
        let ctx = Ctx::system("webhooks", now);
        match self.hear(&ctx, provider, webhook).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(provider, %error, "a webhook was not heard");
                false
            }
        }
    }

    /// Takes a provider's webhook in.
    pub async fn hear(&self, ctx: &Ctx, provider: &str, webhook: Webhook) -> Result<Heard, Error> {
        let sender = self.provider().called(provider).ok_or(Error::NoSuchProvider)?;
        let notice = sender.read_webhook(&webhook, ctx.now).await?;
        let pool = self.db().pool();
        let key = read_charge_key(&notice.key);
        let payment = key.map(|(payment, _)| payment);
        let found = find(self.db().reads(), provider, &notice.id, payment).await?;
        if found.heard {
            return Ok(Heard::Again);
        }
        if let (Some(known), Some((_, attempt))) = (found.known, key) {
            self.respond(ctx, &notice, &known, attempt).await?;
        }
        // Only now: what broke off before is done when the provider sends it again.
        let first = remember(pool, provider, &notice.id, ctx.now).await?;
        metrics::counter!("payment_webhooks_total", "provider" => provider.to_owned()).increment(1);
        Ok(if first { Heard::First } else { Heard::Again })
    }

    async fn respond(&self, ctx: &Ctx, notice: &Notice, known: &Known, attempt: u32) -> Result<(), Error> {
        if let Some(refund) = notice.refund.as_deref().and_then(read_provider_key) {
            return self.look_at_refund(ctx, known.order, refund, notice.kind).await;
        }
        match response(known, attempt, notice.kind) {
            Response::Nothing => Ok(()),
            Response::Wake => {
                let ask = Ask::Hear { attempt };
                let saga = self.till().settle(ctx, known.order, ask).await?.case.saga;
                // Since it was looked at, the attempt may have been given up.
                let stands = saga.map(|saga| Known {
                    order: known.order,
                    attempt: saga.attempt,
                    step: saga.step,
                    capturing: known.capturing,
                });
                match stands.map(|stands| response(&stands, attempt, notice.kind)) {
                    Some(Response::LetGo) => self.let_go(ctx, known.order, &notice.key).await,
                    _ => Ok(()),
                }
            }
            Response::WakeCaptures => {
                let ask = Ask::OfCapture(CaptureAsk::Hear);
                self.till().settle(ctx, known.order, ask).await.map(drop)
            }
            Response::LetGo => self.let_go(ctx, known.order, &notice.key).await,
        }
    }

    /// Makes a refund due that is under way. Of one that went through, a failure is asked about: the provider may have it
    /// again.
    async fn look_at_refund(
        &self,
        ctx: &Ctx,
        order: OrderId,
        refund: RefundId,
        kind: NoticeKind,
    ) -> Result<(), Error> {
        let ask = Ask::OfRefund {
            refund,
            ask: RefundAsk::Hear,
        };
        let heard = match self.till().settle(ctx, order, ask).await {
            Err(Error::NoSuchRefund) => return Ok(()),
            heard => heard?,
        };
        let known = heard.refund.as_ref().map(RefundMove::refund);
        let through = known.filter(|known| known.status() == RefundStatus::Refunded);
        match through {
            Some(through) if kind == NoticeKind::RefundFailed => {
                self.ask_again(ctx, &heard.case.order, through).await
            }
            _ => Ok(()),
        }
    }

    /// Asks the provider about a refund that went through and is said to have failed.
    async fn ask_again(&self, ctx: &Ctx, order: &Order, through: &Refunding) -> Result<(), Error> {
        let reason = match self.refunder().inquire(order, through).await {
            Answer::Declined { reason } => reason,
            // Until it is certain: the provider sends it again.
            Answer::Unknown | Answer::Pending { .. } => return Err(Error::Unavailable),
            _ => return Ok(()),
        };
        let refund = through.id;
        metrics::counter!("refunds_come_back_total").increment(1);
        tracing::error!(order = %order.id, %refund, reason, "a refund that went through came back; the buyer does not have it");
        let ask = Ask::OfRefund {
            refund,
            ask: RefundAsk::CameBack {
                attempt: through.attempt,
                reason,
            },
        };
        self.till().settle(ctx, order.id, ask).await.map(drop)
    }

    /// Gives back what a provider holds for an attempt that was given up.
    async fn let_go(&self, ctx: &Ctx, order: OrderId, key: &str) -> Result<(), Error> {
        let (provider, driver) = (self.provider(), self.driver());
        let amount = self
            .till()
            .settle(ctx, order, Ask::Look)
            .await?
            .case
            .order
            .charged();
        let charge = ProviderCharge {
            key: key.to_owned(),
            amount,
        };
        let answer = match driver.means.in_time(provider.inquire(key.to_owned())).await {
            Answer::Authorized { .. } => driver.means.in_time(provider.void(charge)).await,
            Answer::Captured { .. } => match driver.means.in_time(driver.give_back(charge)).await {
                Answer::Declined { reason } => {
                    tracing::error!(%order, key, reason, "money for a payment that was given up does not go back");
                    Answer::Unknown
                }
                answer => answer,
            },
            answer => answer,
        };
        match answer {
            // What is under way may still fail: the provider sends this again, and is asked again under the same key.
            Answer::Unknown
            | Answer::Pending { .. }
            | Answer::Authorized { .. }
            | Answer::Captured { .. } => Err(Error::Unavailable),
            answer => {
                tracing::warn!(%order, key, ?answer, "money came for a payment that was given up; it was let go");
                Ok(())
            }
        }
    }
}

pub(crate) fn response(known: &Known, attempt: u32, kind: NoticeKind) -> Response {
    let money = kind.claims_money();
    match &known.step {
        _ if attempt > known.attempt => Response::Nothing,
        _ if attempt < known.attempt && money => Response::LetGo,
        _ if attempt < known.attempt => Response::Nothing,
        Step::Ended {
            end: End::Declined { .. },
        } if money => Response::LetGo,
        Step::Ended { end: End::Voided } if money => Response::Wake,
        Step::Ended { end: End::Confirmed } if known.capturing => Response::WakeCaptures,
        Step::Ended { .. } => Response::Nothing,
        _ => Response::Wake,
    }
}

/// What is there when a webhook comes.
struct Found {
    /// Whether it was heard before.
    heard: bool,
    /// The payment that it is about.
    known: Option<Known>,
}

async fn find(
    reads: &Reads,
    provider: &str,
    id: &str,
    payment: Option<PaymentId>,
) -> Result<Found, sqlx::Error> {
    let sql = "select exists (select from checkout.webhook where provider = $1 and id = $2), s.order_id, s.attempt, s.step,
                      exists (select from checkout.capture c where c.order_id = s.order_id and c.ended_at is null)
                 from (select) as one
                 left join (payments.payment p join checkout.saga s on s.order_id = p.order_id) on p.id = $3";
    let rows = reads.query(sql, &[&provider, &id, &payment]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    found(row).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn found(row: &tokio_postgres::Row) -> Result<Found, tokio_postgres::Error> {
    let (order, attempt): (Option<OrderId>, Option<i32>) = (row.try_get(1)?, row.try_get(2)?);
    let step: Option<Json<Step>> = row.try_get(3)?;
    let capturing: bool = row.try_get(4)?;
    let known = order.zip(attempt).zip(step);
    Ok(Found {
        heard: row.try_get(0)?,
        known: known.map(|((order, attempt), step)| Known {
            order,
            attempt: u32::try_from(attempt).unwrap_or(0),
            step: step.0,
            capturing,
        }),
    })
}

/// Whether it is remembered from now on and was not before.
async fn remember(pool: &PgPool, provider: &str, id: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "insert into checkout.webhook (provider, id, received_at) values ($1, $2, $3)
         on conflict on constraint webhook_pkey do nothing",
    )
    .bind(provider)
    .bind(id)
    .bind(now)
    .execute(pool)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Forgets webhooks that are too old to come again, until told to stop.
pub(crate) async fn forget(pool: PgPool, clock: SharedClock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FORGET_PERIOD) => {}
        }
        if let Err(error) = forget_old(&pool, clock.now()).await {
            tracing::warn!(%error, "old webhooks could not be forgotten");
        }
    }
}

async fn forget_old(pool: &PgPool, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from checkout.webhook
          where ctid = any(array(select ctid from checkout.webhook
                                  where received_at < $1 order by received_at limit $2 for update skip locked))",
    )
    .bind(now - chrono::TimeDelta::days(REMEMBERED_DAYS))
    .bind(FORGOTTEN_AT_ONCE)
    .execute(pool)
    .await
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use NoticeKind as K;
    use uuid::Uuid;

    fn check(step: Step, attempt: u32, kind: NoticeKind, expected: Response) {
        let known = Known {
            order: OrderId(Uuid::from_u128(1)),
            attempt: 2,
            step,
            capturing: false,
        };
        assert_eq!(response(&known, attempt, kind), expected);
    }

    fn ended(end: End) -> Step {
        Step::Ended { end }
    }

    #[test]
    fn a_payment_under_way_is_asked_about_whatever_is_said() {
        for kind in [
            K::RequiresAction,
            K::Authorized,
            K::Captured,
            K::Declined,
            K::Other,
        ] {
            check(Step::Inquire, 2, kind, Response::Wake);
        }
    }

    #[test]
    fn after_the_end_only_money_is_news() {
        let declined = || End::Declined { reason: "no".into() };
        check(ended(End::Confirmed), 2, K::Captured, Response::Nothing);
        check(ended(End::Voided), 2, K::Voided, Response::Nothing);
        check(ended(End::Voided), 2, K::Captured, Response::Wake);
        check(ended(declined()), 2, K::Declined, Response::Nothing);
        check(ended(declined()), 2, K::Authorized, Response::LetGo);
    }

    #[test]
    fn shares_that_are_captured_later_are_asked_about_whatever_is_said_of_their_attempt() {
        let known = |capturing| Known {
            order: OrderId(Uuid::from_u128(1)),
            attempt: 2,
            step: ended(End::Confirmed),
            capturing,
        };
        for kind in [K::Captured, K::Declined, K::Voided, K::Other] {
            assert_eq!(response(&known(true), 2, kind), Response::WakeCaptures);
            assert_eq!(response(&known(false), 2, kind), Response::Nothing);
        }
        assert_eq!(response(&known(true), 1, K::Captured), Response::LetGo);
    }

    #[test]
    fn money_of_an_earlier_attempt_is_let_go() {
        check(Step::Capture, 1, K::Captured, Response::LetGo);
        check(Step::Capture, 1, K::Declined, Response::Nothing);
        check(Step::Capture, 3, K::Captured, Response::Nothing);
    }
}
