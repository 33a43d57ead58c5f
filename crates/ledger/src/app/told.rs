//! What operators changed, as the audit trail is told of it.

use crate::error::Error;
use crate::store::commission::RuleRow;
use crate::store::entries::currency;
use crate::store::holds::HoldRow;
use crate::store::listings::ListingRuleRow;
use crate::store::purses::CardRow;
use ::store::log;
use contracts::audit::{AuditSubject, Changed};
use kernel::{Ctx, Money, TenantId, UserId};
use serde_json::{Value, json};
use sqlx::PgConnection;

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
