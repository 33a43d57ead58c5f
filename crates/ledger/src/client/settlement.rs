//! How shops are paid, as pages know it.

use crate::app::{Asked, Ledger, Terms};
use crate::domain::{Schedule, Standing};
use crate::error::Error;
use crate::http::view::{page, place};
use crate::store::entries::currency;
use crate::store::holds::{HoldRow, Wanted};
use crate::store::payouts::{BatchRow, PayoutRow};
use crate::store::settlements::BreakRow;
use ::store::Scope;
use chrono::NaiveDate;
use contracts::ledger::{
    BreakKind, Disagreement, Explained, HeldMoney, HoldReason, HoldState, PayoutBatch, PayoutQuery,
    PayoutSchedule, PayoutState, Settlement, ShopPayout, ShopStanding, ShopTerms, Statement,
};
use contracts::{Document, Language, Reply, reply};
use kernel::{Ctx, Currency, Cursor, DateTime, Fault, Money, OrderId, Page, TenantId};

fn standing((currency, standing): (Currency, Standing)) -> ShopStanding {
    let money = |amount| Money::new(amount, currency);
    ShopStanding {
        payable: money(standing.payable),
        pending: money(standing.pending),
        reserved: money(standing.reserved),
        available: money(standing.available()),
    }
}

fn held(row: &HoldRow) -> Result<HeldMoney, Fault> {
    let currency = currency(&row.currency)?;
    let word = |text: &str| serde_json::Value::from(text);
    let reason: HoldReason = serde_json::from_value(word(&row.reason)).map_err(|_| Fault::internal())?;
    let state: HoldState = serde_json::from_value(word(&row.state)).map_err(|_| Fault::internal())?;
    Ok(HeldMoney {
        id: row.id,
        reason,
        amount: Money::new(row.amount, currency),
        remaining: Money::new(row.remaining, currency),
        released: Money::new(row.released, currency),
        state,
        order: (reason == HoldReason::Delivery).then_some(OrderId(row.reference)),
        placed_at: row.placed_at,
        release_at: row.release_at,
        ended_at: row.ended_at,
    })
}

pub(super) fn payout(row: PayoutRow) -> Result<ShopPayout, Fault> {
    Ok(ShopPayout {
        id: row.id,
        shop: row.tenant_id,
        amount: Money::new(row.amount, currency(&row.currency)?),
        // Where the shop asked for it, its key stands there.
        period: row.period.parse().ok(),
        state: PayoutState::parse(&row.state).ok_or_else(Fault::internal)?,
        created_at: row.created_at,
        paid_at: row.paid_at,
        reference: row.provider_reference,
        reason: row.reason,
    })
}

fn batch(row: &BatchRow) -> Result<PayoutBatch, Fault> {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(PayoutBatch {
        day: row.day,
        payouts: count(row.payouts),
        amount: Money::new(row.amount, currency(&row.currency)?),
        open: count(row.open),
        broken: count(row.broken),
    })
}

fn terms(terms: Terms) -> ShopTerms {
    ShopTerms {
        schedule: match terms.schedule {
            Schedule::Daily => PayoutSchedule::Daily,
            Schedule::Weekly { weekday } => PayoutSchedule::Weekly { weekday },
            Schedule::Monthly { day } => PayoutSchedule::Monthly { day },
            Schedule::Manual => PayoutSchedule::Manual,
        },
        minimums: terms.minimums,
        hold_days: u16::try_from(terms.hold_days).unwrap_or(0),
        reserve_basis_points: u32::try_from(terms.reserve_bp).unwrap_or(0),
        reserve_days: u16::try_from(terms.reserve_days).unwrap_or(0),
        next_on: terms.next_on,
    }
}

fn schedule(wanted: PayoutSchedule) -> Result<Schedule, Error> {
    Ok(match wanted {
        PayoutSchedule::Daily => Schedule::Daily,
        PayoutSchedule::Weekly { weekday } => Schedule::weekly(weekday)?,
        PayoutSchedule::Monthly { day } => Schedule::monthly(day)?,
        PayoutSchedule::Manual => Schedule::Manual,
    })
}

fn disagreement(row: BreakRow) -> Result<Disagreement, Fault> {
    let currency = currency(&row.currency)?;
    let money = |amount: Option<i64>| amount.map(|amount| Money::new(amount, currency));
    Ok(Disagreement {
        kind: row.kind(),
        is_refund: row.line_kind == "refund",
        order: row.order_id,
        theirs: money(row.theirs),
        ours: money(row.ours),
        at: row.at,
        reference: Some(row.reference).filter(|reference| !reference.is_empty()),
        place: row.place,
        explained: row
            .note
            .zip(row.explained_at)
            .map(|(note, at)| Explained { note, at }),
    })
}

impl Settlement for Ledger {
    fn standing<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<ShopStanding>> {
        Box::pin(async move {
            let rows = Ledger::standing(self, tenant).await?;
            Ok(rows.into_iter().map(standing).collect())
        })
    }

    fn holds<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        state: Option<HoldState>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<HeldMoney>> {
        Box::pin(async move {
            let place = place(after, Some(limit))?;
            let wanted = Wanted {
                tenant: Some(tenant),
                state: state.map(HoldState::name),
                before: place.before,
            };
            let rows = Ledger::holds(self, Scope::Tenant(tenant), &wanted, place.limit.plus_one()).await?;
            page(rows, place.limit, |row| row.id.to_string(), |row| held(&row))
        })
    }

    fn payouts<'a>(&'a self, _ctx: &'a Ctx, query: PayoutQuery) -> Reply<'a, Page<ShopPayout>> {
        Box::pin(async move {
            let place = place(query.after, Some(query.limit))?;
            let (before, limit) = (place.before, place.limit.plus_one());
            let rows = match query.shop {
                Some(shop) => Ledger::payouts(self, shop, query.state, before, limit).await?,
                None => self.all_payouts(None, query.state, before, limit).await?,
            };
            page(rows, place.limit, |row| row.id.to_string(), payout)
        })
    }

    fn pay_now<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        currency: Currency,
        key: String,
    ) -> Reply<'a, ShopPayout> {
        Box::pin(async move {
            let asked = Asked { currency, key };
            let made = Ledger::pay_now(self, ctx, tenant, &asked).await?;
            payout(made.payout)
        })
    }

    fn terms<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, ShopTerms> {
        Box::pin(async move { Ok(terms(Ledger::terms(self, tenant).await?)) })
    }

    fn reschedule<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        wanted: PayoutSchedule,
    ) -> Reply<'a, ShopTerms> {
        Box::pin(async move {
            let schedule = schedule(wanted)?;
            let minimums = Ledger::terms(self, tenant).await?.minimums;
            Ok(terms(self.set_terms(ctx, tenant, schedule, &minimums).await?))
        })
    }

    fn statement<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Statement> {
        Box::pin(async move {
            let place = place(after, Some(limit))?;
            let page = self.statement_page(tenant, currency, days, place.before, place.limit);
            Ok(page.await?)
        })
    }

    fn statement_csv<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
    ) -> Reply<'a, String> {
        Box::pin(async move { Ok(self.statement_as_lines(tenant, currency, days).await?) })
    }

    fn statement_pdf<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
        language: Language,
    ) -> Reply<'a, Document> {
        Box::pin(async move {
            let drawn = self.statement_on_paper(ctx, tenant, currency, days, language);
            Ok(drawn.await?)
        })
    }

    fn year_csv<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, year: i32) -> Reply<'a, String> {
        reply(self.year_as_lines(ctx, tenant, year))
    }

    fn batches<'a>(&'a self, _ctx: &'a Ctx, since: DateTime) -> Reply<'a, Vec<PayoutBatch>> {
        Box::pin(async move { Ledger::batches(self, since).await?.iter().map(batch).collect() })
    }

    fn disagreements<'a>(
        &'a self,
        _ctx: &'a Ctx,
        kind: Option<BreakKind>,
        explained: bool,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<Disagreement>> {
        Box::pin(async move {
            let place = place::<String>(after, Some(limit))?;
            let kind = kind.map(BreakKind::name);
            let rows = self
                .breaks(
                    kind,
                    Some(explained),
                    place.before.as_deref(),
                    place.limit.plus_one(),
                )
                .await?;
            page(rows, place.limit, |row| row.place.clone(), disagreement)
        })
    }

    fn explain<'a>(&'a self, ctx: &'a Ctx, place: String, note: String) -> Reply<'a, Disagreement> {
        Box::pin(async move { disagreement(self.explain_break(ctx, &place, &note).await?) })
    }
}
