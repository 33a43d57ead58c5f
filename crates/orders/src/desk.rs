//! What the pages of buyers and sellers ask beside the orders themselves.

use crate::app::currency;
use crate::domain::{Event, Part, Placed, of_order, of_sub_order, sub_order_status_name};
use crate::{Error, Orders, store};
use ::store::Scope;
use contracts::orders::{
    CurrencyTakings, DayTakings, LineFee, OrderDesk, OrderProducts, ProductTakings, ReturnsTally, SaleCard,
    SalesTally, SubOrderStatus, Takings,
};
use contracts::{Address, Reply, reply};
use kernel::{Ctx, DateTime, Money, OrderId, PageLimit, ProductId, TenantId, UserId};
use std::collections::HashMap;
use uuid::Uuid;

/// Orders whose addresses are offered again.
const LATEST_ORDERS: u16 = 20;
const ADDRESSES_MAX: usize = 10;
/// Orders asked for at once, and products named of each.
const ORDERS_MAX: usize = 100;
const PRODUCTS_MAX: usize = 5;

impl Orders {
    async fn tallied(&self, tenant: TenantId) -> Result<SalesTally, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows = store::tally_of_shop(&mut tx, tenant).await?;
        tx.commit().await?;
        let count = |status: SubOrderStatus| {
            let name = sub_order_status_name(status);
            rows.iter().find(|(s, _)| s == name).map_or(0, |(_, n)| *n)
        };
        Ok(SalesTally {
            placed: count(SubOrderStatus::Placed),
            confirmed: count(SubOrderStatus::Confirmed),
            packed: count(SubOrderStatus::Packed),
            partly_shipped: count(SubOrderStatus::PartlyShipped),
            shipped: count(SubOrderStatus::Shipped),
            delivered: count(SubOrderStatus::Delivered),
            return_requested: count(SubOrderStatus::ReturnRequested),
            returned: count(SubOrderStatus::Returned),
            cancelled: count(SubOrderStatus::Cancelled),
            refunded: count(SubOrderStatus::Refunded),
        })
    }

    async fn tallied_returns(&self, tenant: TenantId) -> Result<ReturnsTally, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let (open, all) = store::tally_returns_of_shop(&mut tx, tenant).await?;
        tx.commit().await?;
        let count = |n| u64::try_from(n).unwrap_or(0);
        Ok(ReturnsTally {
            open: count(open),
            all: count(all),
        })
    }

    async fn taken(&self, tenant: TenantId, since: DateTime) -> Result<Takings, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::takings::takings_of_shop(&mut tx, tenant, since).await?;
        tx.commit().await?;
        let money = |amount, code: &str| Money::new(amount, currency(code));
        let totals = row.totals.0.into_iter().map(|total| CurrencyTakings {
            orders: total.orders,
            units: total.units,
            sold: money(total.paid, &total.currency),
            share: money(total.share, &total.currency),
        });
        let days = row.days.0.into_iter().map(|day| DayTakings {
            day: day.day,
            sold: money(day.paid, &day.currency),
        });
        let top = row.top.0.into_iter().map(|top| ProductTakings {
            product: ProductId(top.product),
            units: top.units,
            sold: money(top.paid, &top.currency),
            title: top.title,
        });
        Ok(Takings {
            totals: totals.collect(),
            days: days.collect(),
            top: top.collect(),
        })
    }

    async fn addresses_of(&self, buyer: UserId) -> Result<Vec<Address>, Error> {
        let limit = PageLimit::new(LATEST_ORDERS).unwrap_or_default();
        let orders = store::orders_of_buyer(self.db().pool(), buyer, None, limit).await?;
        let ids: Vec<Uuid> = orders.iter().map(|order| order.id.0).collect();
        let found = store::addresses(self.db().pool(), &ids).await?;
        let mut went: HashMap<OrderId, Address> = found.into_iter().collect();
        let mut addresses: Vec<Address> = Vec::new();
        for address in orders.iter().filter_map(|order| went.remove(&order.id)) {
            if addresses.len() < ADDRESSES_MAX && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }

    async fn products_of(&self, orders: &[OrderId]) -> Result<Vec<OrderProducts>, Error> {
        let orders = &orders[..orders.len().min(ORDERS_MAX)];
        let placed = self.placed(orders).await?;
        let products = |order: &Placed| -> Vec<ProductId> {
            let lines = order.parts.iter().flat_map(|part| &part.lines);
            lines.map(|line| line.product).take(PRODUCTS_MAX).collect()
        };
        Ok(orders
            .iter()
            .filter_map(|id| {
                Some(OrderProducts {
                    order: *id,
                    products: products(placed.get(id)?),
                })
            })
            .collect())
    }

    async fn sales_of(&self, tenant: TenantId, orders: &[OrderId]) -> Result<Vec<SaleCard>, Error> {
        let orders = &orders[..orders.len().min(ORDERS_MAX)];
        let placed = self.placed(orders).await?;
        Ok(orders
            .iter()
            .filter_map(|id| {
                let order = placed.get(id)?;
                let index = order.parts.iter().position(|part| part.tenant == tenant)?;
                Some(SaleCard {
                    order: *id,
                    id: order.parts[index].id,
                    number: of_sub_order(&of_order(*id), index),
                    fees: fees(order, &order.parts[index]),
                })
            })
            .collect())
    }

    /// How orders began: the first event of each, by one statement.
    async fn placed(&self, orders: &[OrderId]) -> Result<HashMap<OrderId, Placed>, Error> {
        let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
        let first = store::first_events(self.db().pool(), &ids).await?;
        let mut placed = HashMap::with_capacity(first.len());
        for (id, event) in first {
            if let Event::Placed(order) = event {
                placed.insert(id, *order);
            }
        }
        Ok(placed)
    }
}

fn fees(order: &Placed, part: &Part) -> Vec<LineFee> {
    let fee = |line: &crate::domain::Line| LineFee {
        line: line.id,
        kept: Money::new(
            line.commission.saturating_add(line.commission_tax),
            order.currency,
        ),
    };
    part.lines.iter().map(fee).collect()
}

impl OrderDesk for Orders {
    fn tally_returns<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, ReturnsTally> {
        reply(self.tallied_returns(tenant))
    }

    fn tally<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, SalesTally> {
        reply(self.tallied(tenant))
    }

    fn takings<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, since: DateTime) -> Reply<'a, Takings> {
        reply(self.taken(tenant, since))
    }

    fn addresses<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId) -> Reply<'a, Vec<Address>> {
        reply(self.addresses_of(buyer))
    }

    fn products<'a>(&'a self, _ctx: &'a Ctx, orders: Vec<OrderId>) -> Reply<'a, Vec<OrderProducts>> {
        reply(async move { self.products_of(&orders).await })
    }

    fn sales<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        orders: Vec<OrderId>,
    ) -> Reply<'a, Vec<SaleCard>> {
        reply(async move { self.sales_of(tenant, &orders).await })
    }

    fn numbers<'a>(&'a self, _ctx: &'a Ctx, orders: Vec<OrderId>) -> Reply<'a, Vec<String>> {
        Box::pin(async move { Ok(orders.into_iter().map(of_order).collect()) })
    }
}
