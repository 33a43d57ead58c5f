//! Payments under way, for the marketplace's staff: how each stands, and going on with one by hand.

use crate::saga::Step;
use crate::till::settle::{Ask, ByHand, Case, Saga, Told, answers};
use crate::{Checkouts, Error};
use contracts::checkout::{
    CaptureSetting, Intervention, PaymentDesk, PaymentSaga, RefundSaga, RefundState, SagaEntry, SagaState,
    UncapturedPayment,
};
use contracts::payments::CaptureTime;
use contracts::{Reply, reply};
use kernel::{Ctx, Cursor, Fault, OrderId, Page, PageLimit, PaymentId, RefundId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

/// Tries in vain from which a payment is called stuck: by then it has waited for half a minute.
pub(crate) const STUCK_TRIES: i32 = 8;

/// Parameters: below this order, how many, tries from which one is stuck.
macro_rules! newest {
    ($condition:literal) => {
        concat!(
            "select order_id, version, attempt, method, return_path, step, tries, due_at, lease_until, history, capture
               from checkout.saga
              where ($1::uuid is null or order_id < $1) and $3::int > 0 and ",
            $condition,
            " order by order_id desc limit $2"
        )
    };
}

const ANY: &str = newest!("true");
const OPEN: &str = newest!("due_at is not null and tries < $3 and not step ? 'await_buyer'");
const WAITING: &str = newest!("due_at is not null and step ? 'await_buyer'");
const STUCK: &str = newest!("due_at is not null and tries >= $3 and not step ? 'await_buyer'");
const ENDED: &str = newest!("due_at is null");
const ONE: &str = "
select order_id, version, attempt, method, return_path, step, tries, due_at, lease_until, history, capture
  from checkout.saga
 where order_id = $1";

#[derive(FromRow)]
struct Row {
    order_id: Uuid,
    version: i64,
    attempt: i32,
    method: String,
    return_path: String,
    step: Json<Step>,
    tries: i32,
    due_at: Option<Timestamp>,
    lease_until: Option<Timestamp>,
    history: Json<Vec<Told>>,
    capture: String,
}

impl From<Row> for (OrderId, Saga) {
    fn from(row: Row) -> Self {
        let saga = Saga {
            version: row.version,
            attempt: u32::try_from(row.attempt).unwrap_or(0),
            method: row.method,
            return_path: row.return_path,
            capture: CaptureTime::named(&row.capture).unwrap_or_default(),
            step: row.step.0,
            tries: u32::try_from(row.tries).unwrap_or(0),
            due_at: row.due_at,
            lease_until: row.lease_until,
            history: row.history.0,
        };
        (OrderId(row.order_id), saga)
    }
}

async fn newest(
    pool: &PgPool,
    state: Option<SagaState>,
    below: Option<OrderId>,
    limit: i64,
) -> Result<Vec<(OrderId, Saga)>, sqlx::Error> {
    let statement = match state {
        None => ANY,
        Some(SagaState::Open) => OPEN,
        Some(SagaState::Waiting) => WAITING,
        Some(SagaState::Stuck) => STUCK,
        Some(SagaState::Ended) => ENDED,
    };
    let rows: Vec<Row> = sqlx::query_as(statement)
        .bind(below.map(|order| order.0))
        .bind(limit)
        .bind(STUCK_TRIES)
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn one(pool: &PgPool, order: OrderId) -> Result<Option<(OrderId, Saga)>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(ONE).bind(order.0).fetch_optional(pool).await?;
    Ok(row.map(Into::into))
}

fn view(order: OrderId, saga: Saga, now: Timestamp) -> PaymentSaga {
    let state = match &saga.step {
        _ if saga.due_at.is_none() => SagaState::Ended,
        Step::AwaitBuyer { .. } => SagaState::Waiting,
        _ if saga.tries >= STUCK_TRIES.unsigned_abs() => SagaState::Stuck,
        _ => SagaState::Open,
    };
    PaymentSaga {
        order,
        number: orders::domain::of_order(order),
        state,
        step: saga.step.name().to_owned(),
        attempt: saga.attempt,
        tries: saga.tries,
        due_at: saga.due_at,
        busy: !saga.step.has_ended() && saga.leased_at(now),
        answers: answers(&saga.step).to_vec(),
        timeline: saga.history.into_iter().map(entry).collect(),
        split: Vec::new(),
    }
}

pub(crate) fn entry(told: Told) -> SagaEntry {
    SagaEntry {
        at: told.at,
        attempt: told.attempt,
        step: told.step,
        outcome: told.outcome,
        by: told.by,
        note: told.note,
    }
}

impl Checkouts {
    async fn listed(
        &self,
        ctx: &Ctx,
        state: Option<SagaState>,
        below: Option<OrderId>,
        limit: PageLimit,
    ) -> Result<Page<PaymentSaga>, Error> {
        let sagas = newest(self.db().pool(), state, below, limit.plus_one()).await?;
        let views = sagas.into_iter().map(|(order, saga)| view(order, saga, ctx.now));
        let mut items: Vec<PaymentSaga> = views.collect();
        let has_more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items.last().filter(|_| has_more);
        Ok(Page {
            next: next.map(|saga| Cursor(saga.order.to_string())),
            items,
        })
    }

    async fn shown(&self, ctx: &Ctx, order: OrderId) -> Result<PaymentSaga, Error> {
        let (order, saga) = one(self.db().pool(), order).await?.ok_or(Error::NoSuchSaga)?;
        self.with_split(view(order, saga, ctx.now)).await
    }

    async fn with_split(&self, saga: PaymentSaga) -> Result<PaymentSaga, Error> {
        let mut conn = self.db().pool().acquire().await?;
        let payment: Uuid = sqlx::query_scalar("select payment_id from orders.order where id = $1")
            .bind(saga.order.0)
            .fetch_one(&mut *conn)
            .await?;
        let payment = payments::payment(&mut conn, PaymentId(payment)).await;
        let payment = payment.map_err(|error| match error {
            payments::Error::Database(error) => error,
            other => sqlx::Error::Decode(other.into()),
        })?;
        drop(conn);
        let mut timeline = saga.timeline;
        timeline.extend(self.captures_of(saga.order).await?.into_iter().map(entry));
        Ok(PaymentSaga {
            split: payment.shares,
            timeline,
            ..saga
        })
    }

    async fn intervened(&self, ctx: &Ctx, order: OrderId, by_hand: ByHand) -> Result<PaymentSaga, Error> {
        let undoes = by_hand.intervention == Intervention::Compensate;
        let mut case: Case = self.go_on(ctx, order, Ask::Intervene(Box::new(by_hand))).await?;
        if undoes && case.saga.as_ref().is_some_and(|saga| !saga.step.has_ended()) {
            // A payment was under way: let its money go now, if nobody else is at it.
            case = self.go_on(ctx, order, Ask::Take).await?;
        }
        let saga = case.saga.ok_or(Error::NoSuchSaga)?;
        self.with_split(view(order, saga, ctx.now)).await
    }

    async fn captured_by_hand(
        &self,
        ctx: &Ctx,
        order: OrderId,
        by: UserId,
        note: String,
    ) -> Result<PaymentSaga, Error> {
        self.capturer().retried(ctx, order, by, note).await?;
        self.shown(ctx, order).await
    }
}

impl PaymentDesk for Checkouts {
    fn sagas<'a>(
        &'a self,
        ctx: &'a Ctx,
        state: Option<SagaState>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<PaymentSaga>> {
        Box::pin(async move {
            let below = after.map(|cursor| read_cursor(&cursor)).transpose()?;
            Ok(self
                .listed(ctx, state, below, PageLimit::new(limit).unwrap_or_default())
                .await?)
        })
    }

    fn saga<'a>(&'a self, ctx: &'a Ctx, order: OrderId) -> Reply<'a, PaymentSaga> {
        Box::pin(async move { Ok(self.shown(ctx, order).await?) })
    }

    fn intervene<'a>(
        &'a self,
        ctx: &'a Ctx,
        order: OrderId,
        by: UserId,
        note: String,
        intervention: Intervention,
    ) -> Reply<'a, PaymentSaga> {
        Box::pin(async move {
            let by_hand = ByHand {
                intervention,
                by,
                note,
            };
            Ok(self.intervened(ctx, order, by_hand).await?)
        })
    }

    fn refunds<'a>(
        &'a self,
        ctx: &'a Ctx,
        state: Option<RefundState>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<RefundSaga>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        reply(self.listed_refunds(ctx, state, after, limit))
    }

    fn refunds_of<'a>(&'a self, ctx: &'a Ctx, order: OrderId) -> Reply<'a, Vec<RefundSaga>> {
        reply(self.refund_sagas_of(ctx, order))
    }

    fn intervene_refund<'a>(
        &'a self,
        ctx: &'a Ctx,
        order: OrderId,
        refund: RefundId,
        by: UserId,
        note: String,
        intervention: Intervention,
    ) -> Reply<'a, RefundSaga> {
        let by_hand = ByHand {
            intervention,
            by,
            note,
        };
        reply(self.intervened_refund(ctx, order, refund, by_hand))
    }

    fn capture_setting<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, CaptureSetting> {
        reply(self.read_capture_setting())
    }

    fn set_capture<'a>(
        &'a self,
        ctx: &'a Ctx,
        capture: CaptureTime,
        note: String,
    ) -> Reply<'a, CaptureSetting> {
        reply(async move { self.change_capture(ctx, capture, &note).await })
    }

    fn uncaptured<'a>(
        &'a self,
        ctx: &'a Ctx,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<UncapturedPayment>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        reply(self.list_uncaptured(ctx.now, after, limit))
    }

    fn retry_capture<'a>(
        &'a self,
        ctx: &'a Ctx,
        order: OrderId,
        by: UserId,
        note: String,
    ) -> Reply<'a, PaymentSaga> {
        reply(self.captured_by_hand(ctx, order, by, note))
    }
}

fn read_cursor(cursor: &Cursor) -> Result<OrderId, Fault> {
    cursor.0.parse().map_err(|_| {
        Fault::field(
            "cursor_invalid",
            "after",
            "Pass `next` of the page before, unchanged.",
        )
    })
}
