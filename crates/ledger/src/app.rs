mod commission;
mod days;
mod holds;
mod listings;
mod payouts;
mod purses;
mod sending;
mod settlements;
mod statements;
mod told;
mod years;

pub use commission::{HOUSE_RATE, NewRule, Rates};
pub(crate) use days::due as due_to_close;
pub use holds::PlaceHold;
pub use listings::NewListingRule;
pub use payouts::{Asked, PayoutView, Terms};
pub use purses::{Purses, Wanted as WantedPurses};
pub use settlements::Imported;

use crate::domain::Standing;
use crate::error::Error;
use crate::provider::{PayoutProvider, SandboxBank};
use crate::store::days::{FOREVER, just_after};
use crate::store::{self, BalanceRow};
use ::store::{Db, Scope};
use contracts::payments::Payments;
use contracts::tenants::Tenants;
use kernel::{Ctx, Currency, EntryId, TenantId, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Kinds of entries that an operator may reverse. All others follow from what happened elsewhere, and are undone there.
const REVERSIBLE: [&str; 4] = ["provider_fee", "provider_transfer", "listing_fee", "promoted_fee"];

/// Well below the lease of a payout that is being asked about.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What an operator sets for a shop; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub hold_days: Option<i16>,
    pub reserve_bp: Option<i32>,
    pub reserve_days: Option<i16>,
    pub destination: Option<String>,
    /// By which commission rules name the shop.
    pub plan: Option<String>,
}

/// The ledger's questions. Its answers to "who is owed what" come from postings alone.
#[derive(Clone)]
pub struct Ledger {
    db: Db,
    provider: Arc<dyn PayoutProvider>,
    rates: Rates,
    shops: Option<Arc<dyn Tenants>>,
    payments: Option<Arc<dyn Payments>>,
    /// Whether money can be sent: where buyers pay for real, a pretended bank must not pay shops.
    pays: bool,
    /// How long whoever pays shops may take to answer: after that nobody knows, and it is asked what became of it.
    answer_within: Duration,
    /// Wakes whoever sends payouts, in this process.
    made: Arc<Notify>,
}

impl Ledger {
    /// With the built-in bank.
    #[must_use]
    pub fn new(db: Db) -> Self {
        let provider = Arc::new(SandboxBank::new(db.clone()));
        Self::with_provider(db, provider)
    }

    /// With a payout provider of its own.
    #[must_use]
    pub fn with_provider(db: Db, provider: Arc<dyn PayoutProvider>) -> Self {
        Self {
            rates: Rates::new(db.clone()),
            db,
            provider,
            shops: None,
            payments: None,
            pays: true,
            answer_within: ANSWER_WITHIN,
            made: Arc::default(),
        }
    }

    /// Makes no payouts: what is due stays due until a bank is connected.
    #[must_use]
    pub fn without_payouts(mut self) -> Self {
        self.pays = false;
        self
    }

    /// Waits no longer than this for whoever pays shops.
    #[must_use]
    pub fn answered_within(mut self, wait: Duration) -> Self {
        self.answer_within = wait;
        self
    }

    /// Whom to ask whether a shop exists that an operator names, and which provider has a charge.
    #[must_use]
    pub fn asking(mut self, shops: Arc<dyn Tenants>, payments: Arc<dyn Payments>) -> Self {
        self.shops = Some(shops);
        self.payments = Some(payments);
        self
    }

    pub(crate) async fn require_shop(&self, ctx: &Ctx, shop: TenantId) -> Result<(), Error> {
        let Some(shops) = &self.shops else {
            return Ok(());
        };
        let known = shops.shops(ctx, vec![shop]).await.map_err(Error::Elsewhere)?;
        match known.is_empty() {
            true => Err(Error::NotFound("shop")),
            false => Ok(()),
        }
    }

    /// Has payouts sent that were made: to be called after the commit, so that nobody need wait for the next look.
    pub(crate) fn wake_sender(&self) {
        self.made.notify_one();
    }

    /// Waits until payouts were made. What was made since the last call counts.
    pub(crate) async fn payouts_made(&self) {
        self.made.notified().await;
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Every account's balance at a time, in minor units, debit positive.
    pub async fn trial_balance(&self, at: Timestamp) -> Result<Vec<BalanceRow>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::trial_balance(&mut tx, just_after(at)).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// A shop's accounts now.
    pub async fn shop_balances(&self, tenant: TenantId) -> Result<Vec<BalanceRow>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = store::shop_balances(&mut tx, tenant, FOREVER).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// A shop's accounts at a past moment.
    pub async fn shop_balances_at(&self, tenant: TenantId, at: Timestamp) -> Result<Vec<BalanceRow>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = store::shop_balances(&mut tx, tenant, just_after(at)).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// How a shop stands in each currency: owed, waiting for delivery, reserved.
    pub async fn standing(&self, tenant: TenantId) -> Result<Vec<(Currency, Standing)>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = store::terms::standings(&mut tx, &[tenant.0]).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|(_, c, s)| (c, s)).collect())
    }

    /// Reverses an entry that a provider's file has caused, or a listing fee. Gives the entry that mirrors it.
    pub async fn reverse(&self, ctx: &Ctx, id: EntryId, reason: &str) -> Result<EntryId, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let found = store::entries::find_all(&mut tx, &[id]).await?.pop();
        let found = found.ok_or(Error::NotFound("entry"))?;
        if !REVERSIBLE.contains(&found.kind.as_str()) {
            return Err(Error::NotReversible(found.kind));
        }
        let mirrored = store::entries::reverse(&mut tx, ctx, id, reason).await?;
        told::entry_reversed(&mut tx, ctx, &found, mirrored, reason).await?;
        tx.commit().await?;
        Ok(mirrored)
    }
}
