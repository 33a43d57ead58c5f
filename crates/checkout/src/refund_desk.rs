//! Refunds under way and those that wait for somebody, for the marketplace's staff: how each stands, and going on with one by
//! hand.

use crate::desk::{STUCK_TRIES, entry};
use crate::refund::{End, Step};
use crate::till::settle::refund::answers;
use crate::till::settle::{Ask, ByHand, RefundAsk, RefundMove, Refunding, Told};
use crate::{Checkouts, Error};
use contracts::checkout::{RefundSaga, RefundState};
use kernel::{Ctx, Currency, Cursor, Money, OrderId, Page, PageLimit, RefundId, Timestamp};
use orders::domain::{Refund, Tender};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

/// Parameters: below this refund, how many, tries from which one is stuck.
macro_rules! newest {
    ($condition:literal) => {
        concat!(
            "select r.id, r.order_id, o.currency, r.attempt, r.parts, r.tenders, r.step, r.tries, r.due_at, r.lease_until, r.history
               from checkout.refund r
               join orders.order o on o.id = r.order_id
              where ($1::uuid is null or r.id < $1) and $3::int > 0 and ",
            $condition,
            " order by r.id desc limit $2"
        )
    };
}

/// All that is not through.
const UNEASY: &str = newest!("r.status in ('pending', 'refused', 'came_back')");
const OPEN: &str = newest!("r.status = 'pending' and r.tries < $3");
const STUCK: &str = newest!("r.status = 'pending' and r.tries >= $3");
const REFUSED: &str = newest!("r.status = 'refused'");
const CAME_BACK: &str = newest!("r.status = 'came_back'");
const REFUNDED: &str = newest!("r.status = 'refunded'");
const OF_ORDER: &str = "
select r.id, r.order_id, o.currency, r.attempt, r.parts, r.tenders, r.step, r.tries, r.due_at, r.lease_until, r.history
  from checkout.refund r
  join orders.order o on o.id = r.order_id
 where r.order_id = $1
 order by r.id";

#[derive(FromRow)]
struct Row {
    id: RefundId,
    order_id: OrderId,
    currency: String,
    attempt: i32,
    parts: Json<Vec<Refund>>,
    tenders: Json<Vec<Tender>>,
    step: Json<Step>,
    tries: i32,
    due_at: Option<Timestamp>,
    lease_until: Option<Timestamp>,
    history: Json<Vec<Told>>,
}

/// What a list tells of a refund.
struct Seen {
    id: RefundId,
    order: OrderId,
    currency: Currency,
    attempt: u32,
    parts: Vec<Refund>,
    tenders: Vec<Tender>,
    step: Step,
    tries: u32,
    due_at: Option<Timestamp>,
    lease_until: Option<Timestamp>,
    history: Vec<Told>,
}

impl TryFrom<Row> for Seen {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        Ok(Self {
            id: row.id,
            order: row.order_id,
            currency: row.currency.trim().parse().map_err(|_| Error::Internal)?,
            attempt: count(row.attempt),
            parts: row.parts.0,
            tenders: row.tenders.0,
            step: row.step.0,
            tries: count(row.tries),
            due_at: row.due_at,
            lease_until: row.lease_until,
            history: row.history.0,
        })
    }
}

impl Seen {
    fn of(refund: Refunding, currency: Currency) -> Self {
        Self {
            id: refund.id,
            order: refund.order,
            currency,
            attempt: refund.attempt,
            parts: refund.parts,
            tenders: refund.tenders,
            step: refund.step,
            tries: refund.tries,
            due_at: refund.due_at,
            lease_until: refund.lease_until,
            history: refund.history,
        }
    }

    fn view(self, now: Timestamp) -> RefundSaga {
        let amount = self.parts.iter().map(|part| part.amount).sum::<i64>();
        let charged = amount - self.tenders.iter().map(|tender| tender.amount).sum::<i64>();
        let state = match &self.step {
            Step::Ended {
                end: End::Refunded { .. },
            } => RefundState::Refunded,
            Step::Ended {
                end: End::Refused { .. },
            } => RefundState::Refused,
            Step::Ended {
                end: End::CameBack { .. },
            } => RefundState::CameBack,
            _ if self.tries >= STUCK_TRIES.unsigned_abs() => RefundState::Stuck,
            _ => RefundState::Open,
        };
        let refusal = match &self.step {
            Step::Ended {
                end: End::Refused { reason } | End::CameBack { reason },
            }
            | Step::Refuse { reason } => Some(reason.clone()),
            _ => None,
        };
        let leased = self.lease_until.is_some_and(|until| until > now);
        RefundSaga {
            id: self.id,
            order: self.order,
            number: orders::domain::of_order(self.order),
            state,
            amount: Money::new(amount, self.currency),
            by_provider: Money::new(charged, self.currency),
            reason: self
                .parts
                .first()
                .map_or_else(String::new, |part| part.reason.clone()),
            step: self.step.name().to_owned(),
            attempt: self.attempt,
            tries: self.tries,
            due_at: self.due_at,
            busy: !self.step.has_ended() && leased,
            refusal,
            answers: answers(&self.step, charged).to_vec(),
            timeline: self.history.into_iter().map(entry).collect(),
        }
    }
}

impl Checkouts {
    pub(crate) async fn listed_refunds(
        &self,
        ctx: &Ctx,
        state: Option<RefundState>,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<RefundSaga>, Error> {
        let below = after.map(|cursor| Uuid::parse_str(&cursor.0)).transpose();
        let below = below.map_err(|_| Error::BadCursor)?;
        let statement = match state {
            None => UNEASY,
            Some(RefundState::Open) => OPEN,
            Some(RefundState::Stuck) => STUCK,
            Some(RefundState::Refused) => REFUSED,
            Some(RefundState::CameBack) => CAME_BACK,
            Some(RefundState::Refunded) => REFUNDED,
        };
        let mut rows: Vec<Row> = sqlx::query_as(statement)
            .bind(below)
            .bind(limit.plus_one())
            .bind(STUCK_TRIES)
            .fetch_all(self.db().pool())
            .await?;
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = rows
            .last()
            .filter(|_| more)
            .map(|row| Cursor(row.id.0.simple().to_string()));
        Ok(Page {
            items: views(rows, ctx.now)?,
            next,
        })
    }

    pub(crate) async fn refund_sagas_of(&self, ctx: &Ctx, order: OrderId) -> Result<Vec<RefundSaga>, Error> {
        let rows: Vec<Row> = sqlx::query_as(OF_ORDER)
            .bind(order)
            .fetch_all(self.db().pool())
            .await?;
        views(rows, ctx.now)
    }

    pub(crate) async fn intervened_refund(
        &self,
        ctx: &Ctx,
        order: OrderId,
        refund: RefundId,
        by_hand: ByHand,
    ) -> Result<RefundSaga, Error> {
        let ask = RefundAsk::Intervene(Box::new(by_hand));
        let settled = self
            .till()
            .settle(ctx, order, Ask::OfRefund { refund, ask })
            .await?;
        let currency = settled.case.order.currency();
        let refund = match settled.refund.ok_or(Error::NoSuchRefund)? {
            RefundMove::Leased(begun) => {
                let driven = self
                    .refunder()
                    .drive(ctx, settled.case.order, begun.clone())
                    .await;
                driven.map_or(begun, |driven| driven.refund)
            }
            moved => moved.refund().clone(),
        };
        Ok(Seen::of(refund, currency).view(ctx.now))
    }
}

fn views(rows: Vec<Row>, now: Timestamp) -> Result<Vec<RefundSaga>, Error> {
    rows.into_iter()
        .map(|row| Seen::try_from(row).map(|seen| seen.view(now)))
        .collect()
}
