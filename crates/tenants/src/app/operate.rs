//! What the operator does with shops.

use super::{Shops, tell_changed};
use crate::Error;
use crate::domain::{Command, Member, decide, missing_items};
use crate::store::onboarding::{self, ItemLine};
use crate::store::shop::{self, ShopRecord};
use crate::store::staff;
use crate::store::transition::{self, Step};
use ::store::{Scope, log};
use contracts::tenants::{ShopChanged, ShopStatus};
use kernel::{Ctx, TenantId};

/// All that the operator sees of a shop.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub record: ShopRecord,
    pub onboarding: Vec<ItemLine>,
    pub staff: Vec<Member>,
    /// The newest first.
    pub history: Vec<Step>,
}

impl Shops {
    /// Approves, suspends, reinstates or closes a shop. Approval needs a complete check-list.
    pub async fn command(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        command: Command,
        reason: &str,
    ) -> Result<ShopRecord, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let current = shop::lock(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        let before = current.shop.status;
        let after = decide(before, command)?;
        if command == Command::Approve {
            let items = onboarding::list(&mut *tx, tenant).await?;
            let states: Vec<_> = items.iter().map(|line| (line.item, line.state)).collect();
            let missing = missing_items(&states);
            if !missing.is_empty() {
                return Err(Error::OnboardingIncomplete(missing));
            }
            onboarding::settle(&mut *tx, &[tenant.0], ctx.now).await?;
        }
        shop::set_status(&mut *tx, tenant, after, ctx.now).await?;
        transition::insert(&mut *tx, ctx, &[tenant], Some(before), after, reason).await?;
        tell_changed(&mut tx, ctx, tenant, after).await?;
        let record = shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        tx.commit().await?;
        self.changed(tenant);
        Ok(record)
    }

    /// Approves a whole set whatever their check-lists say; those not applied for stay as they are.
    pub async fn approve_many(&self, ctx: &Ctx, tenants: &[TenantId]) -> Result<(), Error> {
        let raw: Vec<_> = tenants.iter().map(|t| t.0).collect();
        let mut tx = self.db().begin(Scope::System).await?;
        let approved = shop::activate_many(&mut *tx, &raw, ctx.now).await?;
        let raw: Vec<_> = approved.iter().map(|t| t.0).collect();
        onboarding::settle(&mut *tx, &raw, ctx.now).await?;
        let (from, to) = (Some(ShopStatus::Applied), ShopStatus::Active);
        transition::insert(&mut *tx, ctx, &approved, from, to, "approved as a set").await?;
        let mut outbox = log::Outbox::new();
        for &tenant in &approved {
            outbox.push(ctx, &ShopChanged { tenant, status: to })?;
        }
        outbox.append(&mut tx).await?;
        tx.commit().await?;
        for tenant in approved {
            self.changed(tenant);
        }
        Ok(())
    }

    /// All there is to know about a shop.
    pub async fn dossier(&self, tenant: TenantId) -> Result<Dossier, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let record = shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        let onboarding = onboarding::list(&mut *tx, tenant).await?;
        let staff = staff::list(&mut *tx, tenant).await?;
        let history = transition::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(Dossier {
            record,
            onboarding,
            staff,
            history,
        })
    }
}
