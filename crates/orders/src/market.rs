//! What the operator asks of all shops' orders.

use crate::app::{currency, page, read_cursor, summary};
use crate::domain::Refusal;
use crate::store::market::Wanted;
use crate::store::sums::Parts;
use crate::{Error, Orders, finding, store};
use ::store::Scope;
use contracts::orders::{
    FoundOrder, MarketDesk, MarketSales, MarketTotal, OrderFunnel, OrderSearch, OrderStanding, PlaceSales,
    ProductSales, ShopSales,
};
use contracts::{Reply, reply};
use kernel::{Ctx, Currency, DateTime, Money, OrderId, Page, PageLimit, ProductId, TenantId, uuid_floor};

/// Shops that are named.
const SHOPS_MAX: i64 = 10;
/// Products that are told of: enough to say of nearly all that was sold in which category it was.
const PRODUCTS_MAX: i64 = 2_000;

impl Orders {
    async fn sold_in(&self, time: [DateTime; 2]) -> Result<Vec<MarketTotal>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let parts = Parts::of(&mut tx, time).await?;
        let rows = store::sums::totals(&mut tx, parts).await?;
        tx.commit().await?;
        let total = |row: store::market::TotalRow| MarketTotal {
            orders: count(row.orders),
            shops: count(row.shops),
            sold: Money::new(row.paid, currency(&row.currency)),
        };
        Ok(rows.into_iter().map(total).collect())
    }

    async fn sales_in(&self, time: [DateTime; 2], of: Currency) -> Result<MarketSales, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        // How far it is summed up and what the sums say is of one moment.
        sqlx::query("set transaction isolation level repeatable read")
            .execute(&mut *tx)
            .await?;
        let (parts, most) = (Parts::of(&mut tx, time).await?, [SHOPS_MAX, PRODUCTS_MAX]);
        let row = match store::sums::sales(&mut tx, parts, of.code(), most).await? {
            Some(row) => row,
            None => store::market::sales(&mut tx, time, of.code(), most).await?,
        };
        tx.commit().await?;
        let money = |amount| Money::new(amount, of);
        let places = row.places.0.into_iter().map(|row| PlaceSales {
            country: row.country,
            region: row.region,
            orders: row.orders,
            sold: money(row.paid),
        });
        let shops = row.shops.0.into_iter().map(|row| ShopSales {
            tenant: TenantId(row.tenant),
            orders: row.orders,
            sold: money(row.paid),
        });
        let products = row.products.0.into_iter().map(|row| ProductSales {
            tenant: TenantId(row.tenant),
            product: ProductId(row.product),
            title: row.title,
            units: row.units,
            sold: money(row.paid),
        });
        Ok(MarketSales {
            places: places.collect(),
            shops: shops.collect(),
            products: products.collect(),
            sold: row.sold.map(money),
            goods: row.goods.map(money),
        })
    }

    async fn funnel_of(&self, time: [DateTime; 2]) -> Result<OrderFunnel, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let (placed, paid, delivered) = store::market::funnel(&mut tx, time).await?;
        tx.commit().await?;
        Ok(OrderFunnel {
            placed: count(placed),
            paid: count(paid),
            delivered: count(delivered),
        })
    }

    async fn found(&self, search: OrderSearch) -> Result<Page<FoundOrder>, Error> {
        let limit = PageLimit::new(search.limit).unwrap_or_default();
        let words = search
            .words
            .as_deref()
            .map(str::trim)
            .filter(|words| !words.is_empty());
        let any = words.map(finding::terms).unwrap_or_default();
        if words.is_some() && any.is_empty() {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let standing = search.standing.map(|standing| finding::standing(standing.name()));
        // The last is looked up first where there are no words: of a shop's orders there are fewer than of a standing.
        let all: Vec<String> = standing
            .into_iter()
            .chain(search.shop.map(finding::shop))
            .collect();
        let after = search.after.as_ref().map(read_cursor).transpose()?;
        let wanted = Wanted {
            any: &any,
            all: &all,
            from: search.from,
            below: after.into_iter().chain(search.until.map(uuid_floor)).min(),
            limit: limit.plus_one(),
        };
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::market::find(&mut tx, &wanted).await?;
        tx.commit().await?;
        Ok(page(rows, limit, |row| row.order.id.0).map(|row| FoundOrder {
            standing: standing_of(&row.standing),
            email: row.email,
            order: summary(row.order),
        }))
    }

    async fn numbered(&self, number: &str) -> Result<OrderId, Error> {
        let term = finding::number(number).ok_or(Refusal::NoSuchOrder)?;
        let mut tx = self.db().begin(Scope::System).await?;
        let found = store::market::by_number(&mut tx, &term).await?;
        tx.commit().await?;
        Ok(found.ok_or(Refusal::NoSuchOrder)?)
    }
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

fn standing_of(name: &str) -> OrderStanding {
    let known = OrderStanding::ALL.into_iter().find(|one| one.name() == name);
    known.unwrap_or(OrderStanding::Unpaid)
}

impl MarketDesk for Orders {
    fn totals<'a>(&'a self, _ctx: &'a Ctx, from: DateTime, until: DateTime) -> Reply<'a, Vec<MarketTotal>> {
        reply(self.sold_in([from, until]))
    }

    fn sales<'a>(
        &'a self,
        _ctx: &'a Ctx,
        from: DateTime,
        until: DateTime,
        currency: Currency,
    ) -> Reply<'a, MarketSales> {
        reply(self.sales_in([from, until], currency))
    }

    fn funnel<'a>(&'a self, _ctx: &'a Ctx, from: DateTime, until: DateTime) -> Reply<'a, OrderFunnel> {
        reply(self.funnel_of([from, until]))
    }

    fn find<'a>(&'a self, _ctx: &'a Ctx, search: OrderSearch) -> Reply<'a, Page<FoundOrder>> {
        reply(self.found(search))
    }

    fn by_number<'a>(&'a self, _ctx: &'a Ctx, number: String) -> Reply<'a, OrderId> {
        reply(async move { self.numbered(&number).await })
    }
}
