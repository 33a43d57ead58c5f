//! The check-list: the shop states, the operator judges.

use super::Shops;
use crate::Error;
use crate::domain::{Item, ItemState, Statement};
use crate::store::onboarding::{self, ItemLine};
use crate::store::shop;
use ::store::{Scope, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::tenants::ShopStatus;
use kernel::{Ctx, TenantId};
use serde_json::{Value, json};

impl Shops {
    pub async fn onboarding(&self, tenant: TenantId) -> Result<Vec<ItemLine>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let items = onboarding::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(items)
    }

    /// States one item; stated again, the operator judges anew.
    pub async fn submit_item(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        item: Item,
        statement: &Statement,
    ) -> Result<ItemLine, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let shop = shop::lock(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        if shop.shop.status == ShopStatus::Closed {
            return Err(Error::Closed);
        }
        onboarding::submit(&mut *tx, tenant, item, statement, ctx.now).await?;
        let line = line_of(onboarding::list(&mut *tx, tenant).await?, item)?;
        tx.commit().await?;
        Ok(line)
    }

    /// The operator's judgement of one item: accepted, rejected with a remark, or waived.
    pub async fn judge_item(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        item: Item,
        state: ItemState,
        remark: &str,
    ) -> Result<ItemLine, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let shop = shop::lock(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        if shop.shop.status == ShopStatus::Closed {
            return Err(Error::Closed);
        }
        let before = line_of(onboarding::list(&mut *tx, tenant).await?, item)?;
        if before.reference.is_empty() && state != ItemState::Waived {
            return Err(Error::NothingStated);
        }
        onboarding::judge(&mut *tx, tenant, item, state, remark, ctx.now).await?;
        let line = line_of(onboarding::list(&mut *tx, tenant).await?, item)?;
        let about = AuditSubject::new("shop", tenant, shop.shop.name.as_str());
        let told = Changed::new("onboarding.judged", about)
            .of(Some(tenant))
            .before(judged(&before))
            .after(judged(&line));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        Ok(line)
    }
}

/// What the audit trail is told of an item: how it stands, and nothing of what the shop stated.
fn judged(line: &ItemLine) -> Value {
    json!({"item": line.item, "status": line.state, "note": line.remark})
}

fn line_of(lines: Vec<ItemLine>, item: Item) -> Result<ItemLine, Error> {
    lines
        .into_iter()
        .find(|line| line.item == item)
        .ok_or(Error::NoSuchItem)
}
