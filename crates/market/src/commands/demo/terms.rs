//! What the operator of the demo asks of its shops: commission that is not everybody's, and what a day among the promoted
//! costs; and which shops pay for that.

use super::Stage;
use super::diary::Diary;
use super::people::Opened;
use contracts::ledger::{MakeRule, MoneyDesk, RuleScope, RuleTariff};
use contracts::search::promoted::{NewPromotedListing, NewPromotedTariff, Promoting};
use kernel::{Currency, Fault, Kind, Money};

/// Category, hundredths of a percent, and why.
const RULES: [(&str, u32, &str); 2] = [
    (
        "leather-and-bags",
        1_200,
        "Leather is photographed by us: the studio is paid with it.",
    ),
    (
        "ceramics/vases-and-planters",
        900,
        "Vases break on the way, and their makers pack them twice.",
    ),
];
/// Of one page of rules, which is more than the demo has.
const RULES_MAX: u16 = 50;
/// A day among the promoted, and the tax on it.
const PER_DAY: i64 = 45;
const TAX_BP: u32 = 2_100;
/// Before the last day, when shops begin to promote, and when the last of them thinks better of it.
const PROMOTED_BEFORE: u32 = 12;
const STOPPED_BEFORE: u32 = 3;
const SHOPS: usize = 6;
/// Each shop promotes one of its first products, for one of these times.
const PRODUCTS: u16 = 5;
const DAYS: [u16; 3] = [7, 14, 30];

/// Sets them, once.
pub async fn set(stage: &Stage<'_>) -> Result<(), Fault> {
    let (ctx, desk) = (stage.ctx(), &stage.market.books.ledger);
    let known = MoneyDesk::commission_rules(desk, &ctx, None, RULES_MAX).await?;
    for (category, rate_basis_points, note) in RULES {
        if known.items.iter().any(|rule| rule.note == note) {
            continue;
        }
        let rule = MakeRule {
            scope: RuleScope {
                category: Some(category.to_owned()),
                ..RuleScope::default()
            },
            tariff: RuleTariff {
                rate_basis_points,
                ..RuleTariff::default()
            },
            note: note.to_owned(),
            ..MakeRule::default()
        };
        MoneyDesk::make_commission_rule(desk, &ctx, rule).await?;
    }
    let promoter = &stage.market.promoter;
    if Promoting::tariffs(promoter, &ctx).await?.is_empty() {
        let tariff = NewPromotedTariff {
            per_day: Money::new(PER_DAY, Currency::EUR),
            tax_bp: TAX_BP,
            note: "As the fair in Seville asks for a table by the aisle.".to_owned(),
        };
        Promoting::set_tariff(promoter, &ctx, tariff).await?;
    }
    Ok(())
}

/// What is promoted begins, is charged for its day, and is stopped.
pub async fn promote(stage: &Stage<'_>, diary: &Diary, shops: &[Opened]) -> Result<(), Fault> {
    let (ctx, promoter) = (stage.ctx(), &stage.market.promoter);
    let begins = diary.last.saturating_sub(PROMOTED_BEFORE);
    if diary.today < begins {
        return Ok(());
    }
    if diary.today == begins {
        for (n, shop) in shops.iter().take(SHOPS).enumerate() {
            begin(stage, shop, n).await?;
        }
    }
    promoter.begin_days(&ctx).await?;
    let stops = diary.last.saturating_sub(STOPPED_BEFORE);
    if let (true, Some(shop)) = (diary.today == stops, shops.iter().take(SHOPS).next_back()) {
        let running = Promoting::promoted(promoter, &ctx, shop.tenant).await?;
        let is_running = |one: &&contracts::search::promoted::PromotedListing| {
            one.stopped_at.is_none() && one.ends_at > ctx.now
        };
        if let Some(one) = running.iter().find(is_running) {
            Promoting::stop_promoting(promoter, &ctx, shop.tenant, one.id).await?;
        }
    }
    Ok(())
}

async fn begin(stage: &Stage<'_>, shop: &Opened, n: usize) -> Result<(), Fault> {
    let (ctx, market) = (stage.ctx(), stage.market);
    let products = market
        .catalog
        .scan_shop(&ctx, shop.tenant, None, PRODUCTS)
        .await?;
    let Some(&product) = products.get(n % products.len().max(1)) else {
        return Ok(());
    };
    let new = NewPromotedListing {
        product,
        days: DAYS[n % DAYS.len()],
    };
    match Promoting::promote(&market.promoter, &ctx, shop.tenant, new).await {
        // It was begun before the demo was broken off, or is not for sale.
        Err(fault) if matches!(fault.kind, Kind::Conflict | Kind::Invalid) => {
            tracing::debug!(%fault, "not promoted in the demo");
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}
