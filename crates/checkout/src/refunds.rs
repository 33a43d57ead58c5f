//! Giving money back: one method per use case.

use crate::app::Checkouts;
use crate::error::Error;
use crate::refund::{End, Step};
use crate::till::settle::{Ask, RefundAsk, RefundKey, RefundMove, RefundRequest, Settled};
use contracts::cart::CartOwner;
use contracts::checkout::{OrderRefund, RefundOrder, RefundPart, RefundStatus};
use contracts::orders::{AsOf, Deduction, Orders as _, RefundLine};
use kernel::{
    Actor, Ctx, Currency, Cursor, DateTime, Money, OrderId, Page, PageLimit, RefundId, SubOrderId, TenantId,
};
use orders::domain::{Refund, Tender};
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use uuid::Uuid;

impl Checkouts {
    pub(crate) async fn refunded_sale(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        request: RefundOrder,
    ) -> Result<OrderRefund, Error> {
        let order = self.order_of_sale(ctx, tenant, request.sub_order).await?;
        let part = request.sub_order;
        let refund = self
            .refund(ctx, order, &format!("shop/{tenant}"), request)
            .await?;
        Ok(of_part(refund, part))
    }

    pub(crate) async fn refunded_order(
        &self,
        ctx: &Ctx,
        order: OrderId,
        request: RefundOrder,
    ) -> Result<OrderRefund, Error> {
        self.refund(ctx, order, "operator", request).await
    }

    async fn refund(
        &self,
        ctx: &Ctx,
        order: OrderId,
        scope: &str,
        request: RefundOrder,
    ) -> Result<OrderRefund, Error> {
        let part = request.sub_order;
        let request_json = serde_json::to_vec(&request).map_err(|_| Error::Internal)?;
        let request = RefundRequest {
            id: RefundId::new(ctx.now),
            part,
            wish: request.wish,
            reason: request.reason,
            to: request.to,
            key: RefundKey {
                key: format!("{scope}/{}", request.idempotency_key),
                request_hash: Sha256::digest(request_json).to_vec(),
            },
        };
        self.see_through(ctx, order, Ask::Refund(Box::new(request))).await
    }

    pub(crate) async fn retried(
        &self,
        ctx: &Ctx,
        order: OrderId,
        refund: RefundId,
    ) -> Result<OrderRefund, Error> {
        let ask = RefundAsk::Retry;
        self.see_through(ctx, order, Ask::OfRefund { refund, ask }).await
    }

    /// Tells the till about a refund, goes on with it if that is the caller's to do, and says how it stands then.
    pub(crate) async fn see_through(
        &self,
        ctx: &Ctx,
        order: OrderId,
        ask: Ask,
    ) -> Result<OrderRefund, Error> {
        let Settled { case, refund, .. } = self.till().settle(ctx, order, ask).await?;
        let currency = case.order.currency();
        let refund = match refund.ok_or(Error::NoSuchRefund)? {
            RefundMove::Leased(begun) => {
                let driven = self.refunder().drive(ctx, case.order, begun.clone()).await;
                driven.map_or(begun, |driven| driven.refund)
            }
            moved => moved.refund().clone(),
        };
        let row = Row {
            id: refund.id,
            order_id: order,
            currency: currency.code().to_owned(),
            asked_at: refund.asked_at,
            ended_at: refund.ended_at,
            parts: Json(refund.parts),
            step: Json(refund.step),
            tenders: Json(refund.tenders),
            asked_by: Json(refund.asked_by),
        };
        view(row, None)
    }

    /// What was given back for one sub-order of a shop's, and what is on its way.
    pub(crate) async fn refunds_of_part(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
    ) -> Result<Vec<OrderRefund>, Error> {
        let order = self.order_of_sale(ctx, tenant, part).await?;
        let refunds = self.refunds_of(order, Some(part)).await?;
        Ok(refunds.into_iter().filter(|r| !r.parts.is_empty()).collect())
    }

    pub(crate) async fn refunds_of_whole(
        &self,
        owner: Option<&CartOwner>,
        order: OrderId,
    ) -> Result<Vec<OrderRefund>, Error> {
        match owner {
            Some(owner) => self.owned(owner, order).await?,
            None => drop(self.orders().load(order, AsOf::default()).await?),
        }
        self.refunds_of(order, None).await
    }

    async fn refunds_of(&self, order: OrderId, only: Option<SubOrderId>) -> Result<Vec<OrderRefund>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "select r.id, r.order_id, o.currency, r.parts, r.step, r.tenders, r.asked_by, r.asked_at, r.ended_at
               from checkout.refund r
               join orders.order o on o.id = r.order_id
              where r.order_id = $1
              order by r.id",
        )
        .bind(order)
        .fetch_all(self.db().pool())
        .await?;
        rows.into_iter().map(|row| view(row, only)).collect()
    }

    /// What providers refuse to give back, or have again, latest first.
    pub(crate) async fn refused(
        &self,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<OrderRefund>, Error> {
        let before = after.map(|cursor| read_cursor(&cursor)).transpose()?;
        let mut rows: Vec<Row> = sqlx::query_as(
            "select r.id, r.order_id, o.currency, r.parts, r.step, r.tenders, r.asked_by, r.asked_at, r.ended_at
               from checkout.refund r
               join orders.order o on o.id = r.order_id
              where r.status in ('refused', 'came_back') and ($1::uuid is null or r.id < $1)
              order by r.id desc
              limit $2",
        )
        .bind(before)
        .bind(limit.get() as i64 + 1)
        .fetch_all(self.db().pool())
        .await?;
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Cursor(row.id.0.simple().to_string()));
        let items = rows
            .into_iter()
            .map(|row| view(row, None))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// The order of a sub-order that is the shop's own: the shop's role sees no other.
    pub(crate) async fn order_of_sale(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
    ) -> Result<OrderId, Error> {
        Ok(self.orders().sub_order(ctx, tenant, part).await?.order)
    }
}

/// A refund as the shop that gave it sees it. Where the money goes is the buyer's, as in [`view`].
pub(crate) fn of_part(refund: OrderRefund, part: SubOrderId) -> OrderRefund {
    OrderRefund {
        parts: refund
            .parts
            .into_iter()
            .filter(|given| given.sub_order == part)
            .collect(),
        tenders: Vec::new(),
        ..refund
    }
}

fn read_cursor(cursor: &Cursor) -> Result<Uuid, Error> {
    Uuid::parse_str(&cursor.0).map_err(|_| Error::BadCursor)
}

/// A refund as it is read for a list.
#[derive(sqlx::FromRow)]
struct Row {
    id: RefundId,
    order_id: OrderId,
    currency: String,
    parts: Json<Vec<Refund>>,
    step: Json<Step>,
    tenders: Json<Vec<Tender>>,
    asked_by: Json<Actor>,
    asked_at: DateTime,
    ended_at: Option<DateTime>,
}

/// A refund as callers see it; with `only`, of that sub-order alone.
fn view(row: Row, only: Option<SubOrderId>) -> Result<OrderRefund, Error> {
    let currency: Currency = row.currency.parse().map_err(|_| Error::Internal)?;
    let money = |amount| Money::new(amount, currency);
    let reason = row
        .parts
        .first()
        .map_or_else(String::new, |part| part.reason.clone());
    let parts: Vec<RefundPart> = row
        .parts
        .0
        .into_iter()
        .filter(|part| only.is_none_or(|only| only == part.part))
        .map(|part| RefundPart {
            sub_order: part.part,
            lines: part
                .lines
                .iter()
                .map(|line| RefundLine {
                    line: line.line,
                    quantity: line.quantity,
                    amount: money(line.amount),
                })
                .collect(),
            delivery: money(part.delivery),
            amount: money(part.amount),
            of_return: part.of_return,
            deduction: part.deduction.map(|kept| Deduction {
                amount: money(kept.amount),
                reason: kept.reason,
            }),
        })
        .collect();
    let (status, refusal) = match row.step.0 {
        Step::Ended {
            end: End::Refunded { .. },
        } => (RefundStatus::Refunded, None),
        Step::Ended {
            end: End::Refused { reason },
        } => (RefundStatus::Refused, Some(reason)),
        Step::Ended {
            end: End::CameBack { reason },
        } => (RefundStatus::CameBack, Some(reason)),
        _ => (RefundStatus::Pending, None),
    };
    Ok(OrderRefund {
        id: row.id,
        order: row.order_id,
        status,
        amount: Money::sum(currency, parts.iter().map(|part| part.amount))?,
        parts,
        // Where it goes is the buyer's, whichever shop gives it: of one shop's part nothing is told.
        tenders: match only {
            Some(_) => Vec::new(),
            None => row.tenders.iter().map(|tender| tender.view(currency)).collect(),
        },
        reason,
        refusal,
        asked_by: who(&row.asked_by.0).to_owned(),
        asked_at: row.asked_at,
        ended_at: row.ended_at,
    })
}

/// Their part in the trade; who exactly it was is in the order's history.
fn who(actor: &Actor) -> &'static str {
    match actor {
        // Guests own their orders by the secret of their cart.
        Actor::Anonymous | Actor::Buyer { .. } => "buyer",
        Actor::Seller { .. } => "seller",
        Actor::Operator { .. } => "operator",
        Actor::Partner { .. } => "partner",
        Actor::System { .. } => "system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_a_page_gave() {
        let id = Uuid::from_u128(7);
        assert_eq!(read_cursor(&Cursor(id.simple().to_string())).ok(), Some(id));
        assert!(matches!(
            read_cursor(&Cursor("x".to_owned())),
            Err(Error::BadCursor)
        ));
    }

    #[test]
    fn whoever_asked_is_named_by_their_part() {
        assert_eq!(who(&Actor::Anonymous), "buyer");
        assert_eq!(
            who(&Actor::System {
                name: "till".to_owned()
            }),
            "system"
        );
    }
}
