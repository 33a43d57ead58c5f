//! What a thread is about, and who the two are: asked before anything is written.

use super::Conversations;
use crate::error::Error;
use contracts::cart::CartOwner;
use contracts::catalog::ProductStatus;
use contracts::messages::{NewThread, Party};
use contracts::orders::{AsOf, OrderStatus};
use contracts::tenants::ShopStatus;
use httpkit::text::byline;
use kernel::{Ctx, Fault, OrderId, SubOrderId, TenantId, UserId};

/// Titles and names as they are now.
pub(super) struct Subject {
    pub title: String,
    pub shop_name: String,
    pub buyer_name: String,
    pub order: Option<(OrderId, SubOrderId)>,
}

impl Conversations {
    pub(super) async fn subject(&self, ctx: &Ctx, buyer: UserId, new: &NewThread) -> Result<Subject, Error> {
        if new.product.is_some() && new.order.is_some() {
            return Err(Error::Field {
                code: "subject_unclear",
                field: "/order",
                detail: "Name a product or an order, not both.".to_owned(),
            });
        }
        if new.custom.is_some() && new.product.is_none() {
            return Err(Error::Field {
                code: "product_missing",
                field: "/product",
                detail: "A custom order is about a product: name it.".to_owned(),
            });
        }
        let shop = self.0.tenants.shops(ctx, vec![new.shop]).await?.pop();
        // What is not open to buyers is not there for them; but an order that they have there is.
        let shop = shop.filter(|shop| shop.status == ShopStatus::Active || new.order.is_some());
        let shop = shop.ok_or(Error::NoSuch("shop"))?;
        let user = self.0.identity.users(ctx, vec![buyer]).await?.pop();
        let buyer_name = user.map(|user| byline(&user.name)).unwrap_or_default();
        let (title, order) = match (new.product, new.order) {
            (Some(product), _) => {
                let listing = self.0.catalog.listings(ctx, vec![product]).await?.pop();
                let listing =
                    listing.filter(|of| of.tenant == new.shop && of.status == ProductStatus::Active);
                (listing.ok_or(Error::NoSuch("product"))?.title, None)
            }
            (None, Some(order)) => {
                let (number, part) = self.part(ctx, buyer, new.shop, order).await?;
                (number, Some((order, part)))
            }
            (None, None) => (shop.name.clone(), None),
        };
        Ok(Subject {
            title,
            shop_name: shop.name,
            buyer_name,
            order,
        })
    }

    /// A shop's part of an order that its buyer has paid: its number and its id.
    async fn part(
        &self,
        ctx: &Ctx,
        buyer: UserId,
        shop: TenantId,
        order: OrderId,
    ) -> Result<(String, SubOrderId), Error> {
        let owner = Some(CartOwner::User(buyer));
        let found = self.0.orders.order(ctx, owner, order, AsOf::default()).await?;
        if found.status == OrderStatus::Placed {
            return Err(Error::NoSuch("paid order"));
        }
        let part = found.sub_orders.into_iter().find(|part| part.tenant == shop);
        let part = part.ok_or(Error::NoSuch("order"))?;
        Ok((part.number, part.id))
    }

    /// Nobody writes for a shop that is not open.
    pub(super) async fn check_open(&self, ctx: &Ctx, who: Party) -> Result<(), Error> {
        let Party::Shop(tenant) = who else { return Ok(()) };
        let shop = self.0.tenants.shops(ctx, vec![tenant]).await?.pop();
        let shop = shop.ok_or_else(|| Fault::not_found("shop"))?;
        if shop.status == ShopStatus::Active {
            Ok(())
        } else {
            Err(Error::ShopNotOpen)
        }
    }
}
