//! Taxes as pages know them.

use crate::app::{NewLiability, Taxes};
use crate::http::{categories, note, rates, regions};
use crate::store::{CategoryRow, LiabilityRow, RateRow, RegionRow, Wanted};
use contracts::Reply;
use contracts::taxes::{
    NewTaxCategory, NewTaxRate, NewTaxRegion, TaxCategoryCard, TaxDesk, TaxOwed, TaxOwner, TaxRateCard,
    TaxRateQuery, TaxRegionCard,
};
use kernel::{Ctx, Cursor, Fault, Page, PageLimit, TaxRateId};

fn category(row: CategoryRow) -> TaxCategoryCard {
    TaxCategoryCard {
        code: row.code,
        name: row.name,
        otherwise: row.otherwise,
    }
}

fn region(row: RegionRow) -> TaxRegionCard {
    TaxRegionCard {
        code: row.code,
        name: row.name,
        country: row.country,
        provinces: row.provinces,
        postcodes: row.postcodes,
    }
}

fn rate(row: RateRow) -> TaxRateCard {
    TaxRateCard {
        id: row.id,
        region: row.region,
        category: row.category,
        name: row.name,
        millionths: u32::try_from(row.millionths).unwrap_or(0),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        source: row.source,
    }
}

fn owed(row: LiabilityRow) -> Result<TaxOwed, Fault> {
    Ok(TaxOwed {
        owner: row.owner()?,
        valid_from: row.valid_from,
        note: row.note,
    })
}

impl Taxes {
    async fn rates_page(&self, query: TaxRateQuery) -> Result<Page<TaxRateCard>, Fault> {
        let limit = PageLimit::new(query.limit).unwrap_or_default();
        let wrong = || {
            let detail = "Pass `next` of the page before, unchanged.";
            Fault::field("cursor_invalid", "after", detail)
        };
        let after = query.after.map(|cursor| cursor.0.parse().map_err(|_| wrong()));
        let wanted = Wanted {
            region: query.region,
            category: None,
            at: query.at,
            after: after.transpose()?,
        };
        let mut rows = self.rates(&wanted, limit.plus_one()).await?;
        let has_more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = rows.last().filter(|_| has_more);
        let next = next.map(|row| Cursor(row.id.to_string()));
        let items = rows.into_iter().map(rate).collect();
        Ok(Page { items, next })
    }
}

impl TaxDesk for Taxes {
    fn categories<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<TaxCategoryCard>> {
        Box::pin(async move {
            let rows = Taxes::categories(self).await?;
            Ok(rows.into_iter().map(category).collect())
        })
    }

    fn regions<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<TaxRegionCard>> {
        Box::pin(async move {
            let rows = Taxes::regions(self).await?;
            Ok(rows.into_iter().map(region).collect())
        })
    }

    fn rates<'a>(&'a self, _ctx: &'a Ctx, query: TaxRateQuery) -> Reply<'a, Page<TaxRateCard>> {
        Box::pin(self.rates_page(query))
    }

    fn owed<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<TaxOwed>> {
        Box::pin(async move { self.liabilities().await?.into_iter().map(owed).collect() })
    }

    fn make_region<'a>(&'a self, ctx: &'a Ctx, new: NewTaxRegion) -> Reply<'a, TaxRegionCard> {
        Box::pin(async move {
            let new = regions::NewTaxRegion::from(new).read()?;
            Ok(region(Taxes::make_region(self, ctx, new).await?))
        })
    }

    fn make_category<'a>(&'a self, ctx: &'a Ctx, new: NewTaxCategory) -> Reply<'a, TaxCategoryCard> {
        Box::pin(async move {
            let new = categories::NewTaxCategory::from(new).read()?;
            Ok(category(Taxes::make_category(self, ctx, new).await?))
        })
    }

    fn make_rate<'a>(&'a self, ctx: &'a Ctx, new: NewTaxRate) -> Reply<'a, TaxRateCard> {
        Box::pin(async move {
            let new = rates::NewTaxRate::from(new).read()?;
            Ok(rate(Taxes::make_rate(self, ctx, new).await?))
        })
    }

    fn end_rate<'a>(&'a self, ctx: &'a Ctx, id: TaxRateId, why: String) -> Reply<'a, TaxRateCard> {
        Box::pin(async move {
            let why = note(&why)?;
            Ok(rate(Taxes::end_rate(self, ctx, id, None, &why).await?))
        })
    }

    fn owe<'a>(&'a self, ctx: &'a Ctx, owner: TaxOwner, why: String) -> Reply<'a, TaxOwed> {
        Box::pin(async move {
            let new = NewLiability {
                owner,
                valid_from: None,
                note: note(&why)?,
            };
            owed(self.set_liability(ctx, new).await?)
        })
    }
}
