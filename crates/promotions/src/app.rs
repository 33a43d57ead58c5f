//! Promotions are made and ended here, and remembered by whoever prices baskets.

use crate::domain::{Benefit, Book, Buyer, Conditions, Limits, Tallies};
use crate::error::{Error, LATELY_MAX, LINGER_DAYS, LIVE_MAX};
use crate::store::{self, PromotionRow};
use ::store::remembered::{self, Known, Remembered};
use ::store::{Db, Scope, log};
use chrono::TimeDelta;
use contracts::audit::{AuditSubject, Changed};
use contracts::tenants::{Feature, FeatureGate, Features};
use kernel::{Ctx, Currency, Money, PromotionId, SharedClock, TenantId, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn lingering_since(now: Timestamp) -> Timestamp {
    now - TimeDelta::days(LINGER_DAYS)
}

/// Whose promotions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Shop(TenantId),
    Marketplace,
}

impl Owner {
    fn shop(self) -> Option<TenantId> {
        match self {
            Self::Shop(shop) => Some(shop),
            Self::Marketplace => None,
        }
    }

    fn scope(self) -> Scope {
        match self {
            Self::Shop(shop) => Scope::Tenant(shop),
            Self::Marketplace => Scope::System,
        }
    }
}

/// A promotion as its owner wishes it.
#[derive(Clone, Debug)]
pub struct NewPromotion {
    pub name: String,
    pub code: Option<String>,
    pub benefit: Benefit,
    pub conditions: Conditions,
    pub currency: Option<Currency>,
    /// The most that it takes off one order.
    pub most: Option<i64>,
    pub limits: Limits,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    /// Why, for whoever looks back.
    pub note: String,
}

/// The promotions context.
#[derive(Clone, Debug)]
pub struct Promotions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    known: Remembered<Book>,
    features: FeatureGate,
}

impl Promotions {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            known: Remembered::default(),
            features: FeatureGate::default(),
        }))
    }

    /// Whom to ask which shops may have promotions; without, all may.
    pub fn know_features(&self, features: Arc<dyn Features>) {
        self.0.features.know(features);
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// What holds or will. It is read once, and then remembered.
    pub async fn book(&self, now: Timestamp) -> Result<Arc<Book>, Error> {
        match self.0.known.known() {
            Some(known) => Ok(known.value),
            None => self.refresh(now).await,
        }
    }

    /// Reads the promotions again if they are others now.
    pub async fn refresh(&self, now: Timestamp) -> Result<Arc<Book>, Error> {
        let mut tx = self.0.db.begin(Scope::System).await?;
        // The number first: a change that comes between is then read again, never missed.
        let version = store::version(&mut tx).await?;
        if let Some(book) = self.0.known.of_version(version) {
            return Ok(book);
        }
        let rows = store::from(&mut tx, now, lingering_since(now)).await?;
        tx.commit().await?;
        let promotions: Result<_, Error> = rows.iter().map(PromotionRow::promotion).collect();
        Ok(self.0.known.remember(Known {
            version,
            value: Arc::new(Book::new(promotions?)),
            looked_at: now,
        }))
    }

    /// Keeps the promotions as they are until `stop`.
    pub async fn keep(self, clock: SharedClock, stop: CancellationToken) {
        remembered::keep("promotions", clock, stop, |now| self.refresh(now)).await;
    }

    /// How much of these is used, in all and by a buyer; asks nobody where there are none.
    pub async fn standing(
        &self,
        promotions: impl Iterator<Item = PromotionId>,
        buyer: Option<&Buyer>,
    ) -> Result<Tallies, Error> {
        let ids: Vec<Uuid> = promotions.map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(Tallies::default());
        }
        let mut tx = self.0.db.begin(Scope::System).await?;
        let known = store::standing(&mut tx, &ids, buyer.map(Buyer::as_str)).await?;
        tx.commit().await?;
        let (mut of, mut of_buyers) = (HashMap::new(), HashMap::new());
        for row in known {
            of.insert(row.id, row.tally());
            if let Some(buyer) = buyer {
                of_buyers.insert((row.id, buyer.clone()), row.of_buyer);
            }
        }
        Ok(Tallies::new(of, of_buyers))
    }

    /// Makes a promotion. Every process knows it two seconds later, this one at once.
    pub async fn make(&self, ctx: &Ctx, owner: Owner, new: NewPromotion) -> Result<PromotionRow, Error> {
        if let Owner::Shop(shop) = owner {
            self.0.features.check(ctx, shop, Feature::Coupons).await?;
        }
        let id = PromotionId::new(ctx.now);
        let mut tx = self.0.db.begin(owner.scope()).await?;
        store::changed(&mut tx).await?;
        let since = lingering_since(ctx.now);
        let own = store::own(&mut tx, owner.shop(), new.code.as_deref(), ctx.now, since).await?;
        if own.live >= LIVE_MAX {
            return Err(Error::TooMany);
        }
        if own.lately >= LATELY_MAX {
            return Err(Error::TooManyLately);
        }
        if let (true, Some(code)) = (own.code_taken, &new.code) {
            return Err(Error::CodeTaken(code.clone()));
        }
        store::insert(&mut tx, ctx, id, owner.shop(), &new).await?;
        let row = store::find(&mut tx, owner.shop(), id)
            .await?
            .ok_or(Error::NotFound)?;
        let told = Changed::new("promotion.made", about(&row)).of(row.tenant_id);
        log::append(&mut tx, ctx, &told.after(said(&row))).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    /// Ends a promotion now. Orders that were placed keep what they got by it.
    pub async fn end(
        &self,
        ctx: &Ctx,
        owner: Owner,
        id: PromotionId,
        note: &str,
    ) -> Result<PromotionRow, Error> {
        let mut tx = self.0.db.begin(owner.scope()).await?;
        store::changed(&mut tx).await?;
        let before = store::find(&mut tx, owner.shop(), id)
            .await?
            .ok_or(Error::NotFound)?;
        if !store::end(&mut tx, ctx, id, note).await? {
            return Err(Error::Ended);
        }
        let told = Changed::new("promotion.ended", about(&before)).of(before.tenant_id);
        let told = told
            .before(said(&before))
            .after(json!({"ends_at": ctx.now, "note": note}));
        log::append(&mut tx, ctx, &told).await?;
        let row = store::find(&mut tx, owner.shop(), id)
            .await?
            .ok_or(Error::NotFound)?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        Ok(row)
    }

    pub async fn get(&self, owner: Owner, id: PromotionId) -> Result<PromotionRow, Error> {
        let mut tx = self.0.db.begin(owner.scope()).await?;
        let row = store::find(&mut tx, owner.shop(), id).await?;
        tx.commit().await?;
        row.ok_or(Error::NotFound)
    }

    /// An owner's promotions, the latest first; only those that hold at a moment or will, if one is named.
    pub async fn list(
        &self,
        owner: Owner,
        live_at: Option<Timestamp>,
        before: Option<PromotionId>,
        limit: i64,
    ) -> Result<Vec<PromotionRow>, Error> {
        let mut tx = self.0.db.begin(owner.scope()).await?;
        let rows = store::list(&mut tx, owner.shop(), live_at, before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }
}

fn about(row: &PromotionRow) -> AuditSubject {
    AuditSubject::new("promotion", row.id, row.name.clone())
}

/// A promotion, as the audit trail is told of it. Amounts are in minor units of its currency.
fn said(row: &PromotionRow) -> Value {
    let code = row.currency.as_deref();
    let known: Option<Currency> = code.and_then(|code| code.parse().ok());
    let money = |minor: i64| known.map(|currency| Money::new(minor, currency));
    json!({
        "name": row.name,
        "code": row.code,
        "category": row.category,
        "least": row.least.and_then(money),
        "most": row.most.and_then(money),
        "budget": row.budget.and_then(money),
        "uses_max": row.uses_max,
        "uses_per_buyer": row.uses_per_buyer,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "note": row.note,
    })
}
