//! Payouts that something can still happen to.

use crate::world::World;
use kernel::{Clock, Currency, Money, PayoutId, TenantId};
use ledger::Entry;
use ledger::domain::{payout_made, payout_paid};

/// A payout of shop A's that the bank has paid, with its entries.
pub async fn paid_payout_of_a(world: &World) -> String {
    let tenant: TenantId = world.a.id.parse().unwrap();
    let mut owner = world.db.owner().await;
    let (id, now): (PayoutId, kernel::Timestamp) = sqlx::query_as(
        "insert into ledger.payout (tenant_id, id, currency, amount, period, state, destination, provider, created_at, paid_at)
         values ($1, $3, 'EUR', 100, 'test:' || $2, 'paid', 'sandbox:bank', 'sandbox', now(), now())
         returning id, created_at",
    )
    .bind(tenant)
    .bind(world.fresh().to_string())
    .bind(PayoutId::new(world.clock.now()))
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let amount = Money::new(100, Currency::EUR);
    for entry in [
        payout_made(id, tenant, now, amount).unwrap(),
        payout_paid(id, now, amount).unwrap(),
    ] {
        post(&mut owner, &entry).await;
    }
    id.to_string()
}

async fn post(owner: &mut sqlx::PgConnection, entry: &Entry) {
    sqlx::query("insert into ledger.entry (id, kind, reference, at) values ($1, $2, $3, $4)")
        .bind(entry.id)
        .bind(entry.kind)
        .bind(entry.reference)
        .bind(entry.at)
        .execute(&mut *owner)
        .await
        .unwrap();
    let lines = || 1i16..;
    let postings = &entry.postings;
    sqlx::query(
        "insert into ledger.posting (entry_id, line, account, tenant_id, currency, amount)
         select $1, p.* from unnest($2::smallint[], $3::text[], $4::uuid[], $5::text[], $6::bigint[]) p",
    )
    .bind(entry.id)
    .bind(lines().take(postings.len()).collect::<Vec<_>>())
    .bind(postings.iter().map(|p| p.account.name()).collect::<Vec<_>>())
    .bind(postings.iter().map(|p| p.tenant.map(|t| t.0)).collect::<Vec<_>>())
    .bind(
        postings
            .iter()
            .map(|p| p.amount.currency.code())
            .collect::<Vec<_>>(),
    )
    .bind(postings.iter().map(|p| p.amount.amount).collect::<Vec<_>>())
    .execute(owner)
    .await
    .unwrap();
}

/// A line of a provider's file that no charge is known for.
pub async fn disagreement(world: &World) -> String {
    let reference = format!("ch_{}", world.fresh());
    sqlx::query(
        "insert into ledger.settlement_line (provider, reference, kind, file_id, line, currency, gross, fee, net, day)
         values ('sandbox', $1, 'charge', gen_random_uuid(), 2, 'EUR', 100, 0, 100, '2026-01-05')",
    )
    .bind(&reference)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    format!("l:sandbox:{reference}:charge")
}
