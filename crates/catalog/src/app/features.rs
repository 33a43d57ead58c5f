//! What shops may not begin with their products, where the operator has turned it off. What they have begun goes on.

use super::Products;
use crate::error::Error;
use contracts::catalog::ProductDraft;
use contracts::digital::DigitalChoice;
use contracts::making::Making;
use contracts::tenants::{Feature, Features};
use kernel::{Ctx, TenantId};
use std::sync::Arc;

/// What is asked for and may not be begun.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Barred {
    making: bool,
    digital: bool,
}

impl Products {
    /// Whom to ask what shops may begin; without, they may begin everything.
    pub fn know_features(&self, features: Arc<dyn Features>) {
        self.features.know(features);
    }

    /// Refuses a new file of products where the shop may bring none.
    pub(crate) async fn may_upload(&self, ctx: &Ctx, tenant: TenantId) -> Result<(), Error> {
        Ok(self.features.check(ctx, tenant, Feature::Uploads).await?)
    }

    /// Of what is asked for, what the shop may not begin. It is asked before anything is locked.
    pub(super) async fn barred(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        making: Option<&Making>,
        digital: Option<&DigitalChoice>,
    ) -> Result<Barred, Error> {
        let may = |feature| self.features.allows(ctx, tenant, feature);
        Ok(Barred {
            making: is_made(making) && !may(Feature::MadeToOrder).await?,
            digital: is_downloaded(digital) && !may(Feature::DigitalGoods).await?,
        })
    }
}

impl Barred {
    /// Refuses what a product would begin that is `now` something else, or is not there yet.
    pub(super) fn check(self, now: Option<&ProductDraft>) -> Result<(), Error> {
        let (is_made, is_downloaded) = now.map_or((false, false), |now| {
            (
                is_made(now.making.as_deref()),
                is_downloaded(now.digital.as_deref()),
            )
        });
        if self.making && !is_made {
            return Err(Feature::MadeToOrder.refusal().at("/making").into());
        }
        if self.digital && !is_downloaded {
            return Err(Feature::DigitalGoods.refusal().at("/digital").into());
        }
        Ok(())
    }
}

fn is_made(making: Option<&Making>) -> bool {
    making.is_some_and(|making| !making.is_plain())
}

fn is_downloaded(digital: Option<&DigitalChoice>) -> bool {
    digital.is_some_and(|digital| !digital.files.is_empty())
}
