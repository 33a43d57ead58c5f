//! What shops pay for having products listed: operators make and end rules, and what is due is charged by itself.

use super::commission::beginning;
use super::{Ledger, told};
use crate::domain::{Lister, ListingCharge, ListingRule, listing_charge, promoted_fee, rule_for};
use crate::error::Error;
use crate::store::entries;
use crate::store::listings::{self, ListingChargeRow, ListingRuleRow};
use ::store::{Scope, Tx};
use contracts::Envelope;
use contracts::catalog::ProductChanged;
use contracts::search::promoted::PromotedDayBegun;
use contracts::tenants::ShopStatus;
use kernel::{BasisPoints, Ctx, Currency, EntryId, ListingRuleId, Money, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Rules that hold at once, or will.
const RULES_MAX: i64 = 1_000;
/// Shops looked at, and products charged, at once.
const SHOPS_AT_ONCE: i64 = 100;
const PRODUCTS_AT_ONCE: i64 = 500;

/// A rule as an operator wishes it.
#[derive(Clone, Debug)]
pub struct NewListingRule {
    pub shop: Option<TenantId>,
    pub plan: Option<String>,
    pub fee: Money,
    pub tax: BasisPoints,
    pub period_days: Option<u16>,
    /// In a moment, if absent.
    pub valid_from: Option<Timestamp>,
    pub note: String,
}

impl Ledger {
    pub async fn make_listing_rule(&self, ctx: &Ctx, new: NewListingRule) -> Result<ListingRuleRow, Error> {
        if let Some(shop) = new.shop {
            self.require_shop(ctx, shop).await?;
        }
        let rule = ListingRule {
            id: ListingRuleId::new(ctx.now),
            shop: new.shop,
            plan: new.plan,
            fee: new.fee,
            tax: new.tax,
            period_days: new.period_days,
            valid_from: beginning("/valid_from", new.valid_from, ctx.now)?,
            valid_to: None,
        };
        let mut tx = self.db().begin(Scope::System).await?;
        let live = listings::live_rules(&mut tx, ctx.now, RULES_MAX).await?;
        if i64::try_from(live.len()).is_ok_and(|live| live >= RULES_MAX) {
            return Err(Error::TooManyRules);
        }
        listings::insert_rule(&mut tx, ctx, &rule, &new.note).await?;
        let row = found(&mut tx, rule.id).await?;
        told::listing_rule_made(&mut tx, ctx, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Ends a rule. What was charged by it stays charged.
    pub async fn end_listing_rule(
        &self,
        ctx: &Ctx,
        id: ListingRuleId,
        at: Option<Timestamp>,
        note: &str,
    ) -> Result<ListingRuleRow, Error> {
        let at = beginning("/at", at, ctx.now)?;
        let mut tx = self.db().begin(Scope::System).await?;
        let rule = found(&mut tx, id).await?;
        // One that has not begun is ended before it does: it never holds.
        if !listings::end_rule(&mut tx, ctx, id, at.max(rule.valid_from), note).await? {
            return Err(Error::RuleEnded);
        }
        let row = found(&mut tx, id).await?;
        told::listing_rule_ended(&mut tx, ctx, &rule, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    pub async fn listing_rules(
        &self,
        shop: Option<TenantId>,
        before: Option<ListingRuleId>,
        limit: i64,
    ) -> Result<Vec<ListingRuleRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = listings::list_rules(&mut tx, shop, before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// What a shop was charged for its listed products, the latest first; for operators, who see what was undone and why.
    pub async fn listing_charges(
        &self,
        shop: TenantId,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ListingChargeRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = listings::charges(&mut tx, shop, before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Hears which products are for sale, from now on: it is the ledger's clock that says what is due.
    pub(crate) async fn note_listings(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), Error> {
        let told = events.iter().filter_map(Envelope::read::<ProductChanged>);
        let told: Vec<ProductChanged> = told.collect::<Result<_, _>>()?;
        listings::note(tx, &told, now).await?;
        Ok(())
    }

    /// Charges for days on which products are put forward, as the log tells of them.
    pub(crate) async fn charge_promoted(
        tx: &mut Tx,
        events: &[Envelope],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut made = Vec::new();
        for day in events.iter().filter_map(Envelope::read::<PromotedDayBegun>) {
            let day = day?;
            let entry = promoted_fee(EntryId::new(now), day.tenant, day.product, day.fee, day.tax, now)?;
            made.extend(entry);
        }
        entries::post(tx, &made).await?;
        Ok(())
    }

    /// Charges for all listed products for which nothing is paid any more; how many. Safe to run twice at once.
    pub async fn charge_listings(&self, ctx: &Ctx) -> Result<usize, Error> {
        let (mut charged, mut after) = (0, None);
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let rows = listings::live_rules(&mut tx, ctx.now, RULES_MAX).await?;
            let rules: Vec<ListingRule> = rows.iter().map(ListingRuleRow::rule).collect::<Result<_, _>>()?;
            let owing = match rules.is_empty() {
                true => Vec::new(),
                false => listings::owing(&mut tx, &rules, ctx.now, after, SHOPS_AT_ONCE).await?,
            };
            tx.commit().await?;
            let Some((last, _)) = owing.last() else {
                return Ok(charged);
            };
            after = Some(*last);
            for lister in self.listers(ctx, owing).await? {
                if let Some(rule) = rule_for(&rules, &lister, ctx.now) {
                    charged += self.charge_shop(ctx, lister.shop, rule).await?;
                }
            }
        }
    }

    /// Shops that sell, with the currencies that they sell in. Whom nobody knows is charged nothing, nor is whose goods nobody
    /// sees because the shop was suspended or closed.
    async fn listers(&self, ctx: &Ctx, owing: Vec<(TenantId, Option<String>)>) -> Result<Vec<Lister>, Error> {
        let Some(shops) = &self.shops else {
            return Ok(Vec::new());
        };
        let ids = owing.iter().map(|(shop, _)| *shop).collect();
        let known = shops.shops(ctx, ids).await.map_err(Error::Elsewhere)?;
        let selling = known.into_iter().filter(|shop| shop.status == ShopStatus::Active);
        let currencies: HashMap<TenantId, Currency> = selling.map(|shop| (shop.id, shop.currency)).collect();
        let lister = |(shop, plan)| {
            Some(Lister {
                shop,
                plan,
                currency: *currencies.get(&shop)?,
            })
        };
        Ok(owing.into_iter().filter_map(lister).collect())
    }

    /// Each lot of products in a transaction of its own: charge, entry and the time until which it is paid, or nothing.
    async fn charge_shop(&self, ctx: &Ctx, shop: TenantId, rule: &ListingRule) -> Result<usize, Error> {
        let mut charged = 0;
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let due = listings::take_due(&mut tx, shop, ctx.now, PRODUCTS_AT_ONCE).await?;
            if due.is_empty() {
                return Ok(charged);
            }
            let charge = |of| listing_charge(EntryId::new(ctx.now), rule, shop, of, ctx.now).transpose();
            let charges: Vec<ListingCharge> = due
                .iter()
                .filter_map(|of| charge(*of))
                .collect::<Result<_, _>>()?;
            let until: Vec<_> = due
                .iter()
                .map(|(product, due)| (*product, rule.paid(*due, ctx.now).1))
                .collect();
            listings::paid(&mut tx, shop, &until).await?;
            listings::insert_charges(&mut tx, shop, rule, &charges, ctx.now).await?;
            let made: Vec<_> = charges.into_iter().map(|charge| charge.entry).collect();
            entries::post(&mut tx, &made).await?;
            tx.commit().await?;
            charged += made.len();
        }
    }
}

async fn found(conn: &mut PgConnection, id: ListingRuleId) -> Result<ListingRuleRow, Error> {
    let row = listings::find_rule(conn, id).await?;
    row.ok_or(Error::NotFound("listing rule"))
}
