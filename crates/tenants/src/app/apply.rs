//! Applying for a shop.

use super::staff::tell_staff_changed;
use super::{Shops, tell_changed};
use crate::Error;
use crate::domain::{Configuration, Member, Slug, default_delivery, slug_of_name};
use crate::store::shop::{self, NewShop};
use crate::store::{onboarding, staff, transition};
use ::store::{Scope, log};
use contracts::identity::UserCard;
use contracts::tenants::{ApplyForShop, Shop, ShopApplied, ShopStatus, prices_include_tax};
use kernel::{Ctx, Fault, Role, TenantId, UserId, uuid_at};

/// How many endings are tried when the slug made from the name is taken.
const SLUG_CHOICES_MAX: u32 = 200;

impl Shops {
    /// Registers a shop in status `applied` with `owner` as its owner.
    pub async fn apply(&self, ctx: &Ctx, owner: UserId, request: ApplyForShop) -> Result<Shop, Error> {
        let delivery = if request.delivery.is_empty() {
            default_delivery(request.currency)
        } else {
            request.delivery
        };
        let configuration = Configuration {
            name: request.name,
            story: request.story,
            accent: request.accent,
            location: request.location,
            return_policy: request.return_policy,
            return_days: request.return_days,
            prices_include_tax: prices_include_tax(),
            delivery,
        }
        .parse(request.currency)?;
        let (slug, choices) = match request.slug.as_deref() {
            Some(text) => (Slug::parse(text)?, 1),
            None => (slug_of_name(&configuration.name), SLUG_CHOICES_MAX),
        };
        let owner = self.user(ctx, owner).await?;
        let new = NewShop {
            tenant: TenantId::new(ctx.now),
            owner: owner.id,
            currency: request.currency,
            configuration: &configuration,
        };
        let shop = self.insert(ctx, &new, &slug, choices, &owner).await?;
        log::wake();
        self.sync_role(ctx, shop.id, owner.id).await;
        Ok(shop)
    }

    async fn insert(
        &self,
        ctx: &Ctx,
        new: &NewShop<'_>,
        slug: &Slug,
        choices: u32,
        owner: &UserCard,
    ) -> Result<Shop, Error> {
        let tenant = new.tenant;
        let delivery = serde_json::to_value(&new.configuration.delivery)?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut n = 1;
        while !shop::insert(&mut *tx, new, &slug.choice(n), &delivery, ctx.now).await? {
            n += 1;
            if n > choices {
                return Err(Error::SlugTaken(slug.as_str().to_owned()));
            }
        }
        let member = Member {
            id: uuid_at(ctx.now),
            email: owner.email.clone(),
            user: owner.id,
            role: Role::Owner,
            joined_at: ctx.now,
        };
        staff::insert(&mut *tx, tenant, &member).await?;
        onboarding::insert_all(&mut *tx, tenant, ctx.now).await?;
        transition::insert(&mut *tx, ctx, &[tenant], None, ShopStatus::Applied, "").await?;
        let applied = ShopApplied {
            tenant,
            owner: owner.id,
            name: new.configuration.name.clone(),
        };
        log::append(&mut tx, ctx, &applied).await?;
        // Said as later changes are, so that what was before is known of the first of them too.
        tell_changed(&mut tx, ctx, tenant, ShopStatus::Applied).await?;
        tell_staff_changed(&mut tx, ctx, tenant, owner.id, Some(Role::Owner)).await?;
        let record = shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        tx.commit().await?;
        Ok(record.shop)
    }

    async fn user(&self, ctx: &Ctx, user: UserId) -> Result<UserCard, Error> {
        let users = self.identity().users(ctx, vec![user]).await?;
        users
            .into_iter()
            .next()
            .ok_or_else(|| Fault::not_found("account").into())
    }
}
