//! The desk of the operator's finance staff, as pages know it: the same checks as over HTTP.

use super::settlement::payout;
use crate::app::{Ledger, PlaceHold};
use crate::http::make_commission_rule::NewCommissionRule;
use crate::http::place_hold::NOTE_CHARS_MAX;
use crate::http::view::{page, place};
use crate::store::commission::{RuleRow, Wanted as WantedRules};
use crate::store::entries::currency;
use crate::store::holds::{HoldRow, Wanted};
use ::store::Scope;
use contracts::ledger::{
    HoldState, ImportedFile, MakeRule, MoneyDesk, PlaceShopHold, RuleCard, RuleScope, RuleTariff, ShopHold,
    ShopPayout,
};
use contracts::{Reply, reply};
use httpkit::{moment, text};
use kernel::{CommissionRuleId, Ctx, Cursor, Fault, HoldId, Money, Page, PayoutId};

const REFERENCE_CHARS_MAX: usize = 100;
const PROVIDER_CHARS_MAX: usize = 40;

fn word<T: for<'de> serde::Deserialize<'de>>(text: &str) -> Result<T, Fault> {
    serde_json::from_value(text.into()).map_err(|_| Fault::internal())
}

fn hold(row: HoldRow) -> Result<ShopHold, Fault> {
    let currency = currency(&row.currency)?;
    Ok(ShopHold {
        id: row.id,
        shop: row.tenant_id,
        reason: word(&row.reason)?,
        amount: Money::new(row.amount, currency),
        remaining: Money::new(row.remaining, currency),
        state: word(&row.state)?,
        note: row.note,
        placed_at: row.placed_at,
        release_at: row.release_at,
        ended_at: row.ended_at,
        end_note: row.end_note,
    })
}

fn rule(row: RuleRow) -> Result<RuleCard, Fault> {
    let rule = row
        .rule()
        .map_err(|error: crate::error::Error| Fault::from(error))?;
    Ok(RuleCard {
        id: rule.id,
        scope: RuleScope {
            product: rule.conditions.product,
            shop: rule.conditions.shop,
            category: rule.conditions.category,
            plan: rule.conditions.plan,
            currency: rule.conditions.currency,
        },
        tariff: RuleTariff {
            rate_basis_points: rule.tariff.rate.0,
            fixed: rule.tariff.fixed,
            floor: rule.tariff.floor,
            cap: rule.tariff.cap,
            tax_basis_points: rule.tariff.tax.0,
        },
        valid_from: rule.valid_from,
        valid_to: rule.valid_to,
        note: row.note,
        end_note: row.end_note,
    })
}

impl Ledger {
    async fn listed_holds(
        &self,
        state: Option<HoldState>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Result<Page<ShopHold>, Fault> {
        let place = place(after, Some(limit))?;
        let wanted = Wanted {
            tenant: None,
            state: state.map(HoldState::name),
            before: place.before,
        };
        let rows = self.holds(Scope::System, &wanted, place.limit.plus_one()).await?;
        page(rows, place.limit, |row| row.id.to_string(), hold)
    }

    async fn held(&self, ctx: &Ctx, new: PlaceShopHold) -> Result<ShopHold, Fault> {
        let release_at = new.release_at.map(|at| moment("/release_at", at)).transpose()?;
        let request = PlaceHold {
            tenant: new.shop,
            amount: new.amount,
            reason: new.reason,
            note: text::line("/note", &new.note, NOTE_CHARS_MAX)?,
            release_at,
        };
        hold(Self::place_hold(self, ctx, request).await?)
    }

    async fn lifted(&self, ctx: &Ctx, id: HoldId, note: &str) -> Result<ShopHold, Fault> {
        let note = text::line("/note", note, NOTE_CHARS_MAX)?;
        hold(Self::lift_hold(self, ctx, id, &note).await?)
    }

    async fn listed_rules(&self, after: Option<Cursor>, limit: u16) -> Result<Page<RuleCard>, Fault> {
        let place = place(after, Some(limit))?;
        let wanted = WantedRules {
            shop: None,
            product: None,
            at: None,
            before: place.before,
        };
        let rows = self.rules(&wanted, place.limit.plus_one()).await?;
        page(rows, place.limit, |row| row.id.to_string(), rule)
    }

    async fn ruled(&self, ctx: &Ctx, new: MakeRule) -> Result<RuleCard, Fault> {
        let request = NewCommissionRule::from(new).read()?;
        rule(self.make_rule(ctx, request).await?)
    }

    async fn ended(&self, ctx: &Ctx, id: CommissionRuleId, note: &str) -> Result<RuleCard, Fault> {
        let note = text::line("/note", note, NOTE_CHARS_MAX)?;
        rule(self.end_rule(ctx, id, None, &note).await?)
    }

    async fn imported(&self, ctx: &Ctx, provider: &str, file: &str) -> Result<ImportedFile, Fault> {
        let provider = text::line("/provider", provider, PROVIDER_CHARS_MAX)?;
        let done = self.import_settlement(ctx, &provider, file.as_bytes()).await?;
        let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
        Ok(ImportedFile {
            lines: count(done.lines),
            new: count(done.new),
            posted: count(done.posted),
        })
    }

    async fn returned(
        &self,
        ctx: &Ctx,
        id: PayoutId,
        reference: &str,
        reason: &str,
    ) -> Result<ShopPayout, Fault> {
        let reason = text::line("/reason", reason, NOTE_CHARS_MAX)?;
        let reference = text::line("/reference", reference, REFERENCE_CHARS_MAX)?;
        payout(self.came_back(ctx, id, &reference, &reason).await?)
    }
}

impl MoneyDesk for Ledger {
    fn all_holds<'a>(
        &'a self,
        _ctx: &'a Ctx,
        state: Option<HoldState>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ShopHold>> {
        reply(self.listed_holds(state, after, limit))
    }

    fn place_hold<'a>(&'a self, ctx: &'a Ctx, new: PlaceShopHold) -> Reply<'a, ShopHold> {
        reply(self.held(ctx, new))
    }

    fn lift_hold<'a>(&'a self, ctx: &'a Ctx, id: HoldId, note: String) -> Reply<'a, ShopHold> {
        reply(async move { self.lifted(ctx, id, &note).await })
    }

    fn commission_rules<'a>(
        &'a self,
        _ctx: &'a Ctx,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<RuleCard>> {
        reply(self.listed_rules(after, limit))
    }

    fn make_commission_rule<'a>(&'a self, ctx: &'a Ctx, new: MakeRule) -> Reply<'a, RuleCard> {
        reply(self.ruled(ctx, new))
    }

    fn end_commission_rule<'a>(
        &'a self,
        ctx: &'a Ctx,
        id: CommissionRuleId,
        note: String,
    ) -> Reply<'a, RuleCard> {
        reply(async move { self.ended(ctx, id, &note).await })
    }

    fn import_file<'a>(&'a self, ctx: &'a Ctx, provider: String, file: String) -> Reply<'a, ImportedFile> {
        reply(async move { self.imported(ctx, &provider, &file).await })
    }

    fn payout_came_back<'a>(
        &'a self,
        ctx: &'a Ctx,
        id: PayoutId,
        reference: String,
        reason: String,
    ) -> Reply<'a, ShopPayout> {
        reply(async move { self.returned(ctx, id, &reference, &reason).await })
    }
}
