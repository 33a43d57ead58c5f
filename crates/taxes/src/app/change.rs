//! What operators do: make regions, categories and rates, end rates, and say who owes the tax.

use super::Taxes;
use crate::domain::{Rate, Region};
use crate::error::{CATEGORIES_MAX, Error, RATES_MAX, REGIONS_MAX};
use crate::store::{self, CategoryRow, LiabilityRow, RateRow, RegionRow, Wanted};
use ::store::{Scope, log, remembered};
use contracts::audit::{AuditSubject, Changed};
use contracts::taxes::TaxOwner;
use kernel::{Ctx, TaxRateId, Timestamp};
use serde_json::{Value, json};

/// A region as an operator wishes it.
#[derive(Clone, Debug)]
pub struct NewRegion {
    pub region: Region,
    /// Why, for whoever looks back.
    pub note: String,
}

/// A category as an operator wishes it.
#[derive(Clone, Debug)]
pub struct NewCategory {
    pub code: String,
    pub name: String,
    pub otherwise: Option<String>,
    pub note: String,
}

/// A rate as an operator wishes it.
#[derive(Clone, Debug)]
pub struct NewRate {
    pub region: String,
    pub category: String,
    pub name: String,
    pub millionths: u32,
    /// As soon as everybody can know it, if absent.
    pub valid_from: Option<Timestamp>,
    pub valid_until: Option<Timestamp>,
    /// Ends the rate that holds when this one begins.
    pub replaces: Option<TaxRateId>,
    pub source: String,
    pub note: String,
}

/// Who is to owe the tax.
#[derive(Clone, Debug)]
pub struct NewLiability {
    pub owner: TaxOwner,
    /// As soon as everybody can know it, if absent.
    pub valid_from: Option<Timestamp>,
    pub note: String,
}

impl Taxes {
    pub async fn regions(&self) -> Result<Vec<RegionRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::regions(&mut tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Makes a region. No other has a place of its, so that one alone is the closest to every place.
    pub async fn make_region(&self, ctx: &Ctx, new: NewRegion) -> Result<RegionRow, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        let known = store::regions(&mut tx).await?;
        if i64::try_from(known.len()).unwrap_or(i64::MAX) >= REGIONS_MAX {
            return Err(Error::TooMany(REGIONS_MAX));
        }
        if known.iter().any(|row| row.code == new.region.code) {
            return Err(Error::CodeTaken {
                what: "region",
                code: new.region.code,
            });
        }
        if let Some((place, row)) = known
            .iter()
            .find_map(|row| Some((shared(row, &new.region)?, row)))
        {
            return Err(Error::PlaceTaken {
                place,
                region: row.code.clone(),
            });
        }
        let row = store::insert_region(&mut tx, ctx, &new).await?;
        let about = AuditSubject::new("tax_region", &row.code, row.name.clone());
        let told = Changed::new("tax.region_made", about).after(json!({
            "code": row.code,
            "name": row.name,
            "country": row.country,
            "provinces": row.provinces,
            "postcodes": row.postcodes,
            "note": row.note,
        }));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    pub async fn categories(&self) -> Result<Vec<CategoryRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::categories(&mut tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    pub async fn make_category(&self, ctx: &Ctx, new: NewCategory) -> Result<CategoryRow, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        let known = store::categories(&mut tx).await?;
        if i64::try_from(known.len()).unwrap_or(i64::MAX) >= CATEGORIES_MAX {
            return Err(Error::TooMany(CATEGORIES_MAX));
        }
        if known.iter().any(|row| row.code == new.code) {
            return Err(Error::CodeTaken {
                what: "category",
                code: new.code,
            });
        }
        if let Some(otherwise) = &new.otherwise
            && known.iter().all(|row| row.code != *otherwise)
        {
            return Err(Error::NotFound("tax category"));
        }
        let row = store::insert_category(&mut tx, ctx, &new).await?;
        let about = AuditSubject::new("tax_category", &row.code, row.name.clone());
        let told = Changed::new("tax.category_made", about).after(json!({
            "code": row.code,
            "name": row.name,
            "otherwise": row.otherwise,
            "note": row.note,
        }));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    /// Rates by their ids, ended ones too.
    pub async fn rates(&self, wanted: &Wanted, limit: i64) -> Result<Vec<RateRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::rates(&mut tx, wanted, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Makes a rate. At every moment one alone holds for a region and category.
    pub async fn make_rate(&self, ctx: &Ctx, new: NewRate) -> Result<RateRow, Error> {
        let from = beginning("/valid_from", new.valid_from, ctx.now)?;
        if new.valid_until.is_some_and(|until| until <= from) {
            return Err(Error::Field {
                field: "/valid_until",
                detail: "`valid_until` lies after `valid_from`.".to_owned(),
            });
        }
        let mut tx = self.db().begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        if !store::has_region(&mut tx, &new.region).await? {
            return Err(Error::NotFound("tax region"));
        }
        if !store::has_category(&mut tx, &new.category).await? {
            return Err(Error::NotFound("tax category"));
        }
        if store::live(&mut tx, ctx.now).await? >= RATES_MAX {
            return Err(Error::TooMany(RATES_MAX));
        }
        if let Some(old) = new.replaces {
            end(&mut tx, ctx, old, from, &new.note).await?;
        }
        if let Some(other) = store::overlapping(&mut tx, &new, from).await? {
            return Err(Error::RateHolds(other));
        }
        let rate = Rate {
            id: TaxRateId::new(ctx.now),
            region: new.region,
            category: new.category,
            name: new.name,
            millionths: new.millionths,
            from,
            until: new.valid_until,
        };
        store::insert_rate(&mut tx, ctx, &rate, &new.source, &new.note).await?;
        let row = found(&mut tx, rate.id).await?;
        let about = AuditSubject::new("tax_rate", row.id, row.name.clone());
        let told = Changed::new("tax.rate_made", about).after(said(&row));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    /// Ends a rate, as soon as everybody can know it or at a later moment. Orders keep what they were taxed.
    pub async fn end_rate(
        &self,
        ctx: &Ctx,
        id: TaxRateId,
        at: Option<Timestamp>,
        note: &str,
    ) -> Result<RateRow, Error> {
        let at = beginning("/at", at, ctx.now)?;
        let mut tx = self.db().begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        end(&mut tx, ctx, id, at, note).await?;
        let row = found(&mut tx, id).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    /// Who owed, owes and will owe the tax, the latest first. Until the first of them it is the seller.
    pub async fn liabilities(&self) -> Result<Vec<LiabilityRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::liabilities(&mut tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Says who owes the tax from a moment on.
    pub async fn set_liability(&self, ctx: &Ctx, new: NewLiability) -> Result<LiabilityRow, Error> {
        let from = beginning("/valid_from", new.valid_from, ctx.now)?;
        let mut tx = self.db().begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        // The latest first: what was said last is what this takes the place of.
        let before = store::liabilities(&mut tx).await?;
        let row = store::insert_liability(&mut tx, ctx, &new, from).await?;
        let about = AuditSubject::new("tax_owner", "owner", "");
        let mut told = Changed::new("tax.owner_set", about).after(json!({
            "owner": row.owner,
            "valid_from": row.valid_from,
            "note": row.note,
        }));
        if let Some(last) = before.first() {
            told =
                told.before(json!({"owner": last.owner, "valid_from": last.valid_from, "note": last.note}));
        }
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }
}

/// A place that two regions would both be closest to.
fn shared(known: &RegionRow, new: &Region) -> Option<String> {
    if known.country != new.country {
        return None;
    }
    let is_whole = |provinces: &[String], postcodes: &[String]| provinces.is_empty() && postcodes.is_empty();
    if is_whole(&known.provinces, &known.postcodes) && is_whole(&new.provinces, &new.postcodes) {
        return Some(new.country.clone());
    }
    let provinces = new
        .provinces
        .iter()
        .filter(|place| known.provinces.contains(place));
    let postcodes = new
        .postcodes
        .iter()
        .filter(|place| known.postcodes.contains(place));
    provinces.chain(postcodes).next().cloned()
}

async fn found(conn: &mut sqlx::PgConnection, id: TaxRateId) -> Result<RateRow, Error> {
    store::find_rate(conn, id)
        .await?
        .ok_or(Error::NotFound("tax rate"))
}

/// A rate, as the audit trail is told of it.
fn said(row: &RateRow) -> Value {
    json!({
        "region": row.region,
        "category": row.category,
        "name": row.name,
        "rate_millionths": row.millionths,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "source": row.source,
        "note": row.note,
    })
}

/// Ends a rate that is there and has not been ended.
async fn end(
    conn: &mut sqlx::PgConnection,
    ctx: &Ctx,
    id: TaxRateId,
    at: Timestamp,
    note: &str,
) -> Result<(), Error> {
    let rate = found(conn, id).await?;
    // One that has not begun is ended as it begins: it never holds.
    let at = at.max(rate.valid_from);
    if rate.ended_at.is_some() || rate.valid_until.is_some_and(|until| until <= at) {
        return Err(Error::RateEnded);
    }
    store::end_rate(conn, ctx, id, at, note).await?;
    let about = AuditSubject::new("tax_rate", rate.id, rate.name.clone());
    let told = Changed::new("tax.rate_ended", about)
        .before(said(&rate))
        .after(json!({"valid_until": at, "note": note}));
    log::append(conn, ctx, &told).await?;
    Ok(())
}

/// When a change begins to hold.
fn beginning(field: &'static str, at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Error> {
    remembered::beginning(at, now).map_err(|too_soon| Error::Field {
        field,
        detail: too_soon.to_string(),
    })
}
