//! Payments' part of a till batch: set-based, in the caller's transaction.

use crate::domain::{Event, RefundedShare, status_name};
use kernel::{Ctx, Money, OrderId, PaymentId, TenantId, Timestamp};
use store::rows::Rows;
use store::streams::StreamEvent;
use tokio_postgres::{Client, Error, Statement};
use uuid::Uuid;

/// What writes new payments, in status `due`, and their shares: to be made one statement with all else that comes with an
/// order ([`store::rows::together`]).
pub const INSERTS: [&str; 2] = [
    "
insert into payments.payment (id, order_id, currency, amount, updated_at)
select * from unnest($1::payments.new_payment[])",
    "
insert into payments.share (tenant_id, payment_id, amount)
select * from unnest($1::payments.new_share[])",
];

/// Moves each payment if its status allows it, appends the event to its stream, and answers which moved. Captured
/// amounts follow the status: all or nothing, for the payment and for each share. Refunded amounts are sums of refunds, less what came back,
/// and the payment is refunded when they reach what was captured. Parameters: moves, and the shares of those that refund in part.
const MOVE: &str = "
with wanted as (
    select * from unnest($1::payments.new_move[])
), moved as (
    update payments.payment p
       set status = case when w.part is not null and p.refunded + w.part = p.captured then 'refunded' else w.status end,
           captured = case when w.status in ('captured', 'refunded') then p.amount else p.captured end,
           refunded = case when w.status = 'refunded' then p.amount else p.refunded + coalesce(w.part, 0) end,
           attempt = coalesce(w.attempt, p.attempt),
           -- whoever has the charge, which need not be whoever was to be asked first
           provider = coalesce(
               (select c.provider from payments.provider_charge c
                 where c.key = p.id || '-' || coalesce(w.attempt, p.attempt)),
               w.provider, p.provider),
           method = coalesce(w.method, p.method),
           reference = case w.name when 'started' then null when 'refunded' then coalesce(p.reference, w.reference) else coalesce(w.reference, p.reference) end,
           decline_reason = case when w.status = 'declined' then w.reason when w.name = 'started' then null else p.decline_reason end,
           action_url = case when w.status = 'requires_action' then w.url end,
           updated_at = w.at
      from wanted w
     where p.id = w.id
       and p.status = any(string_to_array(w.allowed, ','))
    returning p.id, p.order_id, p.amount, p.currency, w.status, w.name, w.payload, w.at, w.actor, w.correlation_id, w.part
), shared as (
    update payments.share s
       set captured = s.amount,
           refunded = case when m.status = 'refunded' then s.amount else s.refunded end
      from moved m
     where s.payment_id = m.id and m.part is null and m.status in ('captured', 'refunded')
), given_back as (
    update payments.share s
       set refunded = s.refunded + r.amount
      from moved m
      join unnest($2::payments.new_share[]) as r on r.payment_id = m.id
     where s.payment_id = m.id and s.tenant_id = r.tenant_id
), told as (
    insert into payments.event (stream_id, version, name, payload, actor, correlation_id, at)
    select m.id, coalesce((select max(e.version) from payments.event e where e.stream_id = m.id), 0) + 1, m.name, m.payload, m.actor, m.correlation_id, m.at
      from moved m
)
select id from moved";

/// New payments, column by column.
#[derive(Clone, Debug, Default)]
pub struct NewPayments {
    ids: Vec<Uuid>,
    orders: Vec<Uuid>,
    currencies: Vec<&'static str>,
    amounts: Vec<i64>,
    times: Vec<Timestamp>,
    share_tenants: Vec<Uuid>,
    share_payments: Vec<Uuid>,
    share_amounts: Vec<i64>,
}

impl NewPayments {
    /// `shares` sum to `amount`.
    pub fn push(
        &mut self,
        id: PaymentId,
        order: OrderId,
        amount: Money,
        at: Timestamp,
        shares: impl Iterator<Item = (TenantId, Money)>,
    ) {
        self.ids.push(id.0);
        self.orders.push(order.0);
        self.currencies.push(amount.currency.code());
        self.amounts.push(amount.amount);
        self.times.push(at);
        for (tenant, share) in shares {
            self.share_tenants.push(tenant.0);
            self.share_payments.push(id.0);
            self.share_amounts.push(share.amount);
        }
    }

    /// The parameters of [`INSERTS`], in their order.
    #[must_use]
    pub fn rows(&self) -> (Rows<'_, 5>, Rows<'_, 3>) {
        (
            Rows([
                &self.ids,
                &self.orders,
                &self.currencies,
                &self.amounts,
                &self.times,
            ]),
            Rows([&self.share_tenants, &self.share_payments, &self.share_amounts]),
        )
    }
}

/// Events that move payments, column by column. One event per payment and batch.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    ids: Vec<Uuid>,
    statuses: Vec<&'static str>,
    names: Vec<&'static str>,
    payloads: Vec<serde_json::Value>,
    times: Vec<Timestamp>,
    attempts: Vec<Option<i32>>,
    providers: Vec<Option<String>>,
    methods: Vec<Option<String>>,
    references: Vec<Option<String>>,
    reasons: Vec<Option<String>>,
    urls: Vec<Option<String>>,
    allowed: Vec<String>,
    actors: Vec<serde_json::Value>,
    correlations: Vec<Uuid>,
    parts: Vec<Option<i64>>,
    share_payments: Vec<Uuid>,
    share_tenants: Vec<Uuid>,
    share_amounts: Vec<i64>,
}

impl Moves {
    pub fn push(&mut self, ctx: &Ctx, id: PaymentId, event: &Event) -> Result<(), serde_json::Error> {
        let actor = serde_json::to_value(&ctx.actor)?;
        self.ids.push(id.0);
        self.statuses.push(status_name(event.status()));
        self.names.push(event.name());
        self.payloads.push(serde_json::to_value(event)?);
        self.times.push(ctx.now);
        self.actors.push(actor);
        self.correlations.push(ctx.correlation.0);
        self.allowed.push(
            event
                .allowed_from()
                .iter()
                .map(|&s| status_name(s))
                .collect::<Vec<_>>()
                .join(","),
        );
        let mut row = Row::default();
        match event.clone() {
            Event::Started {
                attempt,
                provider,
                method,
            } => {
                row.attempt = i32::try_from(attempt).ok();
                row.provider = Some(provider);
                row.method = Some(method);
            }
            Event::ActionRequired { reference, url } => {
                row.reference = Some(reference);
                row.url = Some(url);
            }
            Event::Authorized { reference }
            | Event::Captured { reference }
            | Event::Refunded { reference } => {
                row.reference = Some(reference);
            }
            Event::Declined { reason } => row.reason = Some(reason),
            Event::Voided => {}
            Event::PartlyRefunded { amount, shares, .. } => {
                row.part = Some(amount);
                self.push_shares(id, &shares, 1);
            }
            Event::RefundCameBack { amount, shares, .. } => {
                row.part = Some(-amount);
                self.push_shares(id, &shares, -1);
            }
        }
        self.parts.push(row.part);
        self.attempts.push(row.attempt);
        self.providers.push(row.provider);
        self.methods.push(row.method);
        self.references.push(row.reference);
        self.reasons.push(row.reason);
        self.urls.push(row.url);
        Ok(())
    }

    fn push_shares(&mut self, id: PaymentId, shares: &[RefundedShare], sign: i64) {
        for share in shares {
            self.share_payments.push(id.0);
            self.share_tenants.push(share.tenant.0);
            self.share_amounts.push(sign * share.amount);
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// What an event sets beside the status.
#[derive(Default)]
struct Row {
    attempt: Option<i32>,
    provider: Option<String>,
    method: Option<String>,
    reference: Option<String>,
    reason: Option<String>,
    url: Option<String>,
    /// Refunded in part; less than nothing where it came back.
    part: Option<i64>,
}

/// The statement that moves payments, prepared once per connection.
#[derive(Clone)]
pub struct Prepared(Statement);

pub async fn prepare(client: &Client) -> Result<Prepared, Error> {
    client.prepare(MOVE).await.map(Prepared)
}

/// Moves payments; answers those that moved. The others were in a status that does not allow it.
pub async fn settle(client: &Client, prepared: &Prepared, moves: &Moves) -> Result<Vec<PaymentId>, Error> {
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let rows = client
        .query(
            &prepared.0,
            &[
                &Rows([
                    &moves.ids,
                    &moves.statuses,
                    &moves.names,
                    &moves.payloads,
                    &moves.times,
                    &moves.attempts,
                    &moves.providers,
                    &moves.methods,
                    &moves.references,
                    &moves.reasons,
                    &moves.urls,
                    &moves.allowed,
                    &moves.actors,
                    &moves.correlations,
                    &moves.parts,
                ]),
                &Rows([&moves.share_tenants, &moves.share_payments, &moves.share_amounts]),
            ],
        )
        .await?;
    Ok(rows.into_iter().map(|row| PaymentId(row.get(0))).collect())
}
