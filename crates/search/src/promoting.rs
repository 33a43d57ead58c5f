//! Listings that shops pay for being put forward: begun and stopped by shops, charged by the day, at what an operator asks.
//!
//! Each day that begins is told in the log with what it costs, in the transaction that notes it; the ledger charges for it.
//! What a shop's product costs a day is what the tariff was when it was begun.

use crate::Desk;
use crate::error::Error;
use crate::store::promoted::{self, PromotedRow};
use ::store::log::{self, Outbox};
use ::store::{Db, Scope};
use chrono::TimeDelta;
use contracts::Reply;
use contracts::audit::{AuditSubject, Changed};
use contracts::catalog::{Catalog, ProductStatus};
use contracts::search::promoted::{
    NewPromotedListing, NewPromotedTariff, PromotedDayBegun, PromotedListing, PromotedTariff, Promoting,
};
use contracts::tenants::{Feature, FeatureGate, Features, ShopStatus, Tenants};
use httpkit::text;
use kernel::{
    BasisPoints, Ctx, Currency, Fault, Money, ProductId, PromotedListingId, SharedClock, TenantId, Timestamp,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Days that one may be put forward for at once.
pub const DAYS: std::ops::RangeInclusive<u16> = 1..=90;
/// Listings that run at once: of one shop, and of all.
pub const OF_SHOP_MAX: i64 = 50;
pub const OF_ALL_MAX: i64 = 2_000;
const NOTE_CHARS_MAX: usize = 500;
/// Minor units of a day.
const PER_DAY_MAX: i64 = 100_000_000;
const TAX_BP_MAX: u32 = 10_000;
/// How often it is looked whose next day has begun, and how many of them are told at once.
const ROUND_EVERY: Duration = Duration::from_secs(30);
const ROUND: i64 = 200;
/// When it is looked again at what was not for sale as its day began.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(15);

/// Puts listings forward: cheap to clone.
#[derive(Clone)]
pub struct Promoter {
    db: Db,
    desk: Desk,
    catalog: Arc<dyn Catalog>,
    tenants: Arc<dyn Tenants>,
    features: FeatureGate,
}

impl Promoter {
    #[must_use]
    pub fn new(db: Db, desk: Desk, catalog: Arc<dyn Catalog>, tenants: Arc<dyn Tenants>) -> Self {
        Self {
            db,
            desk,
            catalog,
            tenants,
            features: FeatureGate::default(),
        }
    }

    /// Whom to ask which shops may have products put forward; without, all may.
    pub fn know_features(&self, features: Arc<dyn Features>) {
        self.features.know(features);
    }

    /// What holds now, by currency.
    pub async fn tariffs(&self) -> Result<Vec<PromotedTariff>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = promoted::tariffs(&mut tx).await?;
        tx.commit().await?;
        Ok(rows.into_iter().filter_map(|row| row.tariff()).collect())
    }

    pub async fn tariff_of(&self, currency: Currency) -> Result<Option<PromotedTariff>, Error> {
        let all = self.tariffs().await?;
        let own = all.into_iter().find(|one| one.per_day.currency == currency);
        Ok(own.filter(|one| one.per_day.amount > 0))
    }

    pub async fn set_tariff(&self, ctx: &Ctx, new: NewPromotedTariff) -> Result<PromotedTariff, Error> {
        let note = text::line("/note", &new.note, NOTE_CHARS_MAX).map_err(Error::Query)?;
        if !(0..=PER_DAY_MAX).contains(&new.per_day.amount) {
            let detail = format!("A day may cost 0 to {PER_DAY_MAX} minor units.");
            return Err(Error::Query(Fault::field(
                "field_invalid",
                "/per_day/amount",
                detail,
            )));
        }
        if new.tax_bp > TAX_BP_MAX {
            let detail = format!("Tax is 0 to {TAX_BP_MAX} hundredths of a percent.");
            return Err(Error::Query(Fault::field("field_invalid", "/tax_bp", detail)));
        }
        let tariff = PromotedTariff {
            per_day: new.per_day,
            tax_bp: new.tax_bp,
            since: ctx.now,
            note,
        };
        let mut tx = self.db.begin(Scope::System).await?;
        promoted::set_tariffs_alone(&mut tx).await?;
        let before = promoted::tariffs(&mut tx).await?.into_iter();
        let before = before
            .filter_map(|row| row.tariff())
            .find(|one| one.per_day.currency == tariff.per_day.currency);
        promoted::set_tariff(&mut tx, ctx, &tariff).await?;
        let code = tariff.per_day.currency.code();
        let mut told = Changed::new(
            "promoted.tariff_set",
            AuditSubject::new("promoted_tariff", code, code),
        )
        .after(serde_json::to_value(&tariff)?);
        if let Some(before) = &before {
            told = told.before(serde_json::to_value(before)?);
        }
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        Ok(tariff)
    }

    pub async fn promote(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        new: NewPromotedListing,
    ) -> Result<PromotedListing, Error> {
        self.features
            .check(ctx, tenant, Feature::PromotedListings)
            .await
            .map_err(Error::Query)?;
        if !DAYS.contains(&new.days) {
            let detail = format!("`days` must be {} to {}.", DAYS.start(), DAYS.end());
            return Err(Error::Query(Fault::field("field_invalid", "/days", detail)));
        }
        let shops = self
            .tenants
            .shops_now(ctx, vec![tenant])
            .await
            .map_err(Error::Query)?;
        let shop = shops
            .iter()
            .find(|shop| shop.id == tenant)
            .ok_or(Error::NotFound("shop"))?;
        if self.for_sale(ctx, &[(tenant, new.product)]).await?.is_empty() {
            let detail = "Only a product of your own that is for sale can be put forward.";
            return Err(Error::Query(Fault::field("not_for_sale", "/product", detail)));
        }
        let Some(tariff) = self.tariff_of(shop.currency).await? else {
            let detail = format!(
                "Nothing is put forward for shops that sell in {}.",
                shop.currency.code()
            );
            return Err(Error::Query(Fault::new(
                kernel::Kind::Conflict,
                "not_offered",
                detail,
            )));
        };
        let row = PromotedRow::begun(ctx.now, new, &tariff);
        let mut tx = self.db.begin(Scope::System).await?;
        // Whoever changes what is put forward does so alone until the end.
        crate::store::changed(&mut tx).await?;
        let running = promoted::running(&mut tx, ctx.now, OF_ALL_MAX).await?;
        if running.iter().any(|one| one.product == new.product) {
            let detail = "It is put forward already. Stop it first, or wait until it is over.";
            return Err(Error::Query(Fault::new(
                kernel::Kind::Conflict,
                "already_promoted",
                detail,
            )));
        }
        if i64::try_from(running.len()).is_ok_and(|all| all >= OF_ALL_MAX) {
            return Err(Error::TooMany(OF_ALL_MAX));
        }
        if promoted::running_of(&mut tx, tenant, ctx.now).await? >= OF_SHOP_MAX {
            return Err(Error::TooMany(OF_SHOP_MAX));
        }
        promoted::insert(&mut tx, ctx, tenant, &row).await?;
        let mut outbox = Outbox::new();
        outbox.push(ctx, &day(tenant, &row, row.starts_at, row.begun_until)?)?;
        outbox.append(&mut tx).await?;
        tx.commit().await?;
        log::wake();
        self.desk.refresh(ctx.now).await?;
        row.listing()
    }

    pub async fn stop(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: PromotedListingId,
    ) -> Result<PromotedListing, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        crate::store::changed(&mut tx).await?;
        let row = promoted::find(&mut tx, tenant, id).await?;
        let row = row.ok_or(Error::NotFound("promoted listing"))?;
        if row.stopped_at.is_some() || row.ends_at <= ctx.now {
            return Err(Error::Ended);
        }
        promoted::stop(&mut tx, tenant, id, ctx.now).await?;
        tx.commit().await?;
        self.desk.refresh(ctx.now).await?;
        PromotedRow {
            stopped_at: Some(ctx.now),
            ..row
        }
        .listing()
    }

    pub async fn of_shop(&self, ctx: &Ctx, tenant: TenantId) -> Result<Vec<PromotedListing>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = promoted::of_shop(&mut tx, tenant, ctx.now).await?;
        tx.commit().await?;
        rows.iter().map(PromotedRow::listing).collect()
    }

    /// Begins the next day of all whose last one is over; how many. While the product is not for sale none begins, and
    /// days on which nobody was there to begin them are let off. Safe to run twice at once.
    pub async fn begin_days(&self, ctx: &Ctx) -> Result<usize, Error> {
        let mut begun = 0;
        loop {
            let mut tx = self.db.begin(Scope::System).await?;
            let due = promoted::due(&mut tx, ctx.now, ROUND).await?;
            tx.commit().await?;
            if due.is_empty() {
                return Ok(begun);
            }
            let products: Vec<(TenantId, ProductId)> = due
                .iter()
                .map(|(tenant, row)| (*tenant, row.product_id))
                .collect();
            let selling = self.for_sale(ctx, &products).await?;
            let mut outbox = Outbox::new();
            let mut days = Vec::with_capacity(due.len());
            let mut begins = HashMap::with_capacity(due.len());
            for (tenant, row) in &due {
                let is_charged = selling.contains(&row.product_id);
                let until = match is_charged {
                    // The day that it is by now is charged, and those that passed while nobody looked are not.
                    true => {
                        let passed = (ctx.now - row.begun_until).num_days();
                        let from = row.begun_until + TimeDelta::days(passed);
                        begins.insert(row.id, from);
                        from + TimeDelta::days(1)
                    }
                    // The day begins when it is for sale again.
                    false => ctx.now + LOOK_AGAIN,
                };
                let until = until.min(row.ends_at);
                days.push((*tenant, row, until, is_charged));
            }
            let mut tx = self.db.begin(Scope::System).await?;
            for (tenant, row) in promoted::begin(&mut tx, &days).await? {
                let until = row.begun_until;
                let from = begins.get(&row.id).copied().unwrap_or(row.starts_at);
                outbox.push(ctx, &day(tenant, &row, from, until)?)?;
                begun += 1;
            }
            outbox.append(&mut tx).await?;
            tx.commit().await?;
            log::wake();
        }
    }

    /// Those of some shops' products that buyers can see.
    async fn for_sale(
        &self,
        ctx: &Ctx,
        products: &[(TenantId, ProductId)],
    ) -> Result<HashSet<ProductId>, Error> {
        let ids = products.iter().map(|(_, product)| *product).collect();
        let listings = self.catalog.listings_now(ctx, ids).await.map_err(Error::Query)?;
        let shops: HashSet<TenantId> = products.iter().map(|(tenant, _)| *tenant).collect();
        let shops = self
            .tenants
            .shops_now(ctx, shops.into_iter().collect())
            .await
            .map_err(Error::Query)?;
        let is_open = |tenant: TenantId| {
            shops
                .iter()
                .any(|shop| shop.id == tenant && shop.status == ShopStatus::Active)
        };
        let own: HashSet<(TenantId, ProductId)> = products.iter().copied().collect();
        let selling = listings.iter().filter(|listing| {
            listing.status == ProductStatus::Active
                && own.contains(&(listing.tenant, listing.id))
                && is_open(listing.tenant)
        });
        Ok(selling.map(|listing| listing.id).collect())
    }
}

fn day(
    tenant: TenantId,
    row: &PromotedRow,
    from: Timestamp,
    until: Timestamp,
) -> Result<PromotedDayBegun, Error> {
    let fee = row.per_day()?;
    let tax = fee.share(BasisPoints(row.tax_bp())).map_err(|_| unreadable())?;
    Ok(PromotedDayBegun {
        promoted: row.id,
        tenant,
        product: row.product_id,
        fee,
        tax,
        from,
        until,
    })
}

/// What the table should never hold.
pub(crate) fn unreadable() -> Error {
    tracing::error!("a promoted listing cannot be read");
    Error::Query(Fault::internal())
}

impl PromotedRow {
    fn begun(now: Timestamp, new: NewPromotedListing, tariff: &PromotedTariff) -> Self {
        Self {
            id: PromotedListingId::new(now),
            product_id: new.product,
            currency: tariff.per_day.currency.code().to_owned(),
            per_day: tariff.per_day.amount,
            tax_bp: i32::try_from(tariff.tax_bp).unwrap_or(i32::MAX),
            starts_at: now,
            ends_at: now + TimeDelta::days(i64::from(new.days)),
            stopped_at: None,
            begun_until: now + TimeDelta::days(1),
            days_charged: 1,
        }
    }

    fn per_day(&self) -> Result<Money, Error> {
        let currency = self.currency.parse().map_err(|_| unreadable())?;
        Ok(Money::new(self.per_day, currency))
    }

    fn tax_bp(&self) -> u32 {
        u32::try_from(self.tax_bp).unwrap_or(0)
    }

    fn listing(&self) -> Result<PromotedListing, Error> {
        let per_day = self.per_day()?;
        let charged = per_day.amount.saturating_mul(i64::from(self.days_charged));
        Ok(PromotedListing {
            id: self.id,
            product: self.product_id,
            per_day,
            tax_bp: self.tax_bp(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            stopped_at: self.stopped_at,
            days_charged: u32::try_from(self.days_charged).unwrap_or(0),
            charged: Money::new(charged, per_day.currency),
        })
    }
}

fn reply<'a, T>(work: impl Future<Output = Result<T, Error>> + Send + 'a) -> Reply<'a, T> {
    Box::pin(async move { Ok(work.await?) })
}

impl Promoting for Promoter {
    fn tariffs<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<PromotedTariff>> {
        reply(self.tariffs())
    }

    fn set_tariff<'a>(&'a self, ctx: &'a Ctx, new: NewPromotedTariff) -> Reply<'a, PromotedTariff> {
        reply(self.set_tariff(ctx, new))
    }

    fn tariff_of<'a>(&'a self, _ctx: &'a Ctx, currency: Currency) -> Reply<'a, Option<PromotedTariff>> {
        reply(self.tariff_of(currency))
    }

    fn promote<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        new: NewPromotedListing,
    ) -> Reply<'a, PromotedListing> {
        reply(self.promote(ctx, tenant, new))
    }

    fn stop_promoting<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: PromotedListingId,
    ) -> Reply<'a, PromotedListing> {
        reply(self.stop(ctx, tenant, id))
    }

    fn promoted<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<PromotedListing>> {
        reply(self.of_shop(ctx, tenant))
    }
}

/// Begins days as they come, until `stop`.
pub async fn begin_days(promoter: Promoter, clock: SharedClock, stop: CancellationToken) {
    loop {
        match promoter
            .begin_days(&Ctx::system("promoted listings", clock.now()))
            .await
        {
            Ok(0) => {}
            Ok(begun) => tracing::info!(begun, "days of promoted listings begun"),
            Err(error) => {
                tracing::warn!(%error, "days of promoted listings could not be begun; trying again later");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
