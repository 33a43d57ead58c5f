//! What operators changed, as the audit trail is told of it.

use super::Imported;
use crate::error::Error;
use crate::store::commission::RuleRow;
use crate::store::entries::{Found, currency};
use crate::store::holds::HoldRow;
use crate::store::listings::ListingRuleRow;
use crate::store::purses::CardRow;
use crate::store::settlements::BreakRow;
use crate::store::terms::{self, TermsRow};
use ::store::log;
use contracts::audit::{AuditSubject, Changed};
use kernel::{Ctx, EntryId, Money, TenantId, UserId};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

fn said_of_rule(row: &RuleRow) -> Value {
    let code = row.currency.as_deref();
    let known = code.and_then(|code| currency(code).ok());
    let money = |minor: i64| known.map(|currency| Money::new(minor, currency));
    json!({
        "category": row.category,
        "plan": row.plan,
        "currency": row.currency,
        "rate_bp": row.rate_bp,
        "fixed": money(row.fixed),
        "floor": row.floor.and_then(money),
        "cap": row.cap.and_then(money),
        "tax_bp": row.tax_bp,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "note": row.note,
    })
}

/// A commission rule was made.
pub async fn rule_made(conn: &mut PgConnection, ctx: &Ctx, row: &RuleRow) -> Result<(), Error> {
    let about = AuditSubject::new("commission_rule", row.id, "");
    let told = Changed::new("commission.rule_made", about)
        .of(row.shop_id.map(TenantId))
        .after(said_of_rule(row));
    Ok(log::append(conn, ctx, &told).await?)
}

/// It was ended: `before` is how it stood.
pub async fn rule_ended(
    conn: &mut PgConnection,
    ctx: &Ctx,
    before: &RuleRow,
    at: kernel::Timestamp,
    note: &str,
) -> Result<(), Error> {
    let about = AuditSubject::new("commission_rule", before.id, "");
    let told = Changed::new("commission.rule_ended", about)
        .of(before.shop_id.map(TenantId))
        .before(said_of_rule(before))
        .after(json!({"valid_to": at, "note": note}));
    Ok(log::append(conn, ctx, &told).await?)
}

fn said_of_listing_rule(row: &ListingRuleRow) -> Result<Value, Error> {
    Ok(json!({
        "plan": row.plan,
        "fee": Money::new(row.fee, currency(&row.currency)?),
        "tax_bp": row.tax_bp,
        "period_days": row.period_days,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "note": row.note,
    }))
}

/// A rule about what listed products cost was made.
pub async fn listing_rule_made(
    conn: &mut PgConnection,
    ctx: &Ctx,
    row: &ListingRuleRow,
) -> Result<(), Error> {
    let told = Changed::new("listing.rule_made", AuditSubject::new("listing_rule", row.id, ""))
        .of(row.shop_id)
        .after(said_of_listing_rule(row)?);
    Ok(log::append(conn, ctx, &told).await?)
}

/// It was ended: from how it stood to how it stands.
pub async fn listing_rule_ended(
    conn: &mut PgConnection,
    ctx: &Ctx,
    before: &ListingRuleRow,
    after: &ListingRuleRow,
) -> Result<(), Error> {
    let told = Changed::new(
        "listing.rule_ended",
        AuditSubject::new("listing_rule", after.id, ""),
    )
    .of(after.shop_id)
    .before(said_of_listing_rule(before)?)
    .after(json!({"valid_to": after.valid_to, "note": after.end_note}));
    Ok(log::append(conn, ctx, &told).await?)
}

fn held(row: &HoldRow) -> Result<Value, Error> {
    Ok(json!({
        "amount": Money::new(row.remaining, currency(&row.currency)?),
        "reason": row.reason,
        "note": row.note,
        "release_at": row.release_at,
    }))
}

/// Money of a shop was set aside.
pub async fn hold_placed(conn: &mut PgConnection, ctx: &Ctx, row: &HoldRow) -> Result<(), Error> {
    let told = Changed::new("hold.placed", AuditSubject::new("hold", row.id, ""))
        .of(Some(row.tenant_id))
        .after(held(row)?);
    Ok(log::append(conn, ctx, &told).await?)
}

/// It was let go before its time: `before` is how it stood.
pub async fn hold_lifted(
    conn: &mut PgConnection,
    ctx: &Ctx,
    before: &HoldRow,
    note: &str,
) -> Result<(), Error> {
    let told = Changed::new("hold.lifted", AuditSubject::new("hold", before.id, ""))
        .of(Some(before.tenant_id))
        .before(held(before)?)
        .after(json!({"note": note}));
    Ok(log::append(conn, ctx, &told).await?)
}

/// What cards are called: by the end of their code, which alone opens nothing.
fn card(row: &CardRow) -> AuditSubject {
    AuditSubject::new("gift_card", row.id, format!("…{}", row.hint))
}

pub async fn card_issued(conn: &mut PgConnection, ctx: &Ctx, row: &CardRow) -> Result<(), Error> {
    let told = Changed::new("gift_card.issued", card(row)).after(json!({
        "amount": Money::new(row.issued, currency(&row.currency)?),
        "expires_at": row.expires_at,
        "note": row.note,
    }));
    Ok(log::append(conn, ctx, &told).await?)
}

/// A card was switched off, or on again.
pub async fn card_switched(
    conn: &mut PgConnection,
    ctx: &Ctx,
    row: &CardRow,
    reason: &str,
) -> Result<(), Error> {
    let is_on = row.disabled_at.is_none();
    let kind = match is_on {
        true => "gift_card.enabled",
        false => "gift_card.disabled",
    };
    let told = Changed::new(kind, card(row))
        .before(json!({"on": !is_on}))
        .after(json!({"on": is_on, "reason": reason}));
    Ok(log::append(conn, ctx, &told).await?)
}

/// Somebody was given store credit.
pub async fn credit_granted(
    conn: &mut PgConnection,
    ctx: &Ctx,
    user: UserId,
    amount: Money,
    reason: &str,
) -> Result<(), Error> {
    let told = Changed::new("store_credit.granted", AuditSubject::new("user", user, ""))
        .after(json!({"amount": amount, "reason": reason}));
    Ok(log::append(conn, ctx, &told).await?)
}

/// All terms of a shop as they stand, which whoever asks has locked: when it is paid, what is held, where its money goes.
pub async fn terms(conn: &mut PgConnection, tenant: TenantId) -> Result<Value, Error> {
    let row: TermsRow = terms::lock(conn, tenant).await?;
    let minimums = terms::minimums(conn, &[tenant.0]).await?;
    let minimums: Vec<Money> = minimums.into_iter().map(|(_, money)| money).collect();
    Ok(json!({
        "schedule": row.schedule,
        "weekday": row.weekday,
        "month_day": row.month_day,
        "minimums": minimums,
        "hold_days": row.hold_days,
        "reserve_bp": row.reserve_bp,
        "reserve_days": row.reserve_days,
        // The provider's token for the account, never its number.
        "destination": row.destination,
        "plan": row.plan,
    }))
}

/// They were changed: `before` is what [`terms`] said then. Nothing is told where they are what they were.
pub async fn terms_changed(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    before: Value,
) -> Result<(), Error> {
    let after = terms(conn, tenant).await?;
    if before == after {
        return Ok(());
    }
    let told = Changed::new("payout_terms.changed", AuditSubject::new("shop", tenant, ""))
        .of(Some(tenant))
        .before(before)
        .after(after);
    Ok(log::append(conn, ctx, &told).await?)
}

/// An entry was reversed: `before` is how it was made, and `mirrored` undoes it.
pub async fn entry_reversed(
    conn: &mut PgConnection,
    ctx: &Ctx,
    before: &Found,
    mirrored: EntryId,
    reason: &str,
) -> Result<(), Error> {
    let postings = &before.postings;
    let said: Vec<Value> = postings
        .iter()
        .map(|posting| json!({"account": posting.account.name(), "sum": posting.amount}))
        .collect();
    // It concerns one shop or none: no entry that may be reversed is about two.
    let shop = postings.iter().find_map(|posting| posting.tenant);
    let told = Changed::new("entry.reversed", AuditSubject::new("entry", before.id, ""))
        .of(shop)
        .before(json!({"kind": before.kind, "postings": said}))
        .after(json!({"reversed_by": mirrored, "note": reason}));
    Ok(log::append(conn, ctx, &told).await?)
}

/// A provider's file was imported, which posts its fees and what it sent to the bank.
pub async fn settlement_imported(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (id, sha256): (Uuid, &[u8]),
    provider: &str,
    imported: &Imported,
) -> Result<(), Error> {
    let told = Changed::new(
        "settlement.imported",
        AuditSubject::new("settlement_file", id, provider),
    )
    .after(json!({
        "provider": provider,
        "sha256": kernel::hex(sha256),
        "lines": imported.lines,
        "new": imported.new,
        "posted": imported.posted,
    }));
    Ok(log::append(conn, ctx, &told).await?)
}

/// Somebody said why a file and the ledger disagree there: `before` is how the disagreement stood.
pub async fn break_explained(
    conn: &mut PgConnection,
    ctx: &Ctx,
    before: &BreakRow,
    note: &str,
) -> Result<(), Error> {
    let code = currency(&before.currency)?;
    let told = Changed::new(
        "settlement.break_explained",
        AuditSubject::new("settlement_break", &before.place, &before.reference),
    )
    .before(json!({
        "theirs": before.theirs.map(|minor| Money::new(minor, code)),
        "ours": before.ours.map(|minor| Money::new(minor, code)),
        "note": before.note,
    }))
    .after(json!({
        "theirs": before.theirs.map(|minor| Money::new(minor, code)),
        "ours": before.ours.map(|minor| Money::new(minor, code)),
        "note": note,
    }));
    Ok(log::append(conn, ctx, &told).await?)
}
