use crate::domain::{self, Wanted};
use crate::error::Error;
use crate::store::{self, OwnerKey};
use ::store::Db;
use contracts::Reply;
use contracts::cart::{Cart, CartLine, CartOwner, CartService};
use contracts::catalog::{Catalog, Offer};
use contracts::inventory::Inventory;
use contracts::making::Answers;
use foldhash::fast::RandomState;
use kernel::{CartId, CartLineId, Ctx, Currency, DateTime, SkuId, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Hot copies kept by one process.
const HOT_CARTS_MAX: u64 = 200_000;
const HOT_FOR: Duration = Duration::from_secs(600);
/// Attempts at a change that another device keeps getting in the way of.
const SAVE_ATTEMPTS_MAX: u32 = 5;

/// All carts.
#[derive(Clone)]
pub struct Carts {
    db: Db,
    catalog: Arc<dyn Catalog>,
    inventory: Arc<dyn Inventory>,
    hot: moka::sync::Cache<CartId, Arc<(OwnerKey, Cart)>, RandomState>,
}

impl Carts {
    #[must_use]
    pub fn new(db: Db, catalog: Arc<dyn Catalog>, inventory: Arc<dyn Inventory>) -> Self {
        let hot = moka::sync::Cache::builder()
            .max_capacity(HOT_CARTS_MAX)
            .time_to_idle(HOT_FOR)
            .build_with_hasher(RandomState::default());
        Self {
            db,
            catalog,
            inventory,
            hot,
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn forget(&self, id: CartId) {
        self.hot.invalidate(&id);
    }

    /// The cart, at least at `version`, if `owner` is its owner.
    async fn find(&self, owner: &CartOwner, id: CartId, version: Option<i64>) -> Result<Cart, Error> {
        let key = OwnerKey::from(owner);
        let fresh = |hot: &(OwnerKey, Cart)| version.is_some_and(|v| hot.1.version >= v);
        let hot = match self.hot.get(&id).filter(|hot| fresh(hot)) {
            Some(hot) => hot,
            None => {
                let read = Arc::new(store::by_id(self.db.pool(), id).await?.ok_or(Error::NotFound)?);
                self.hot.insert(id, read.clone());
                read
            }
        };
        if hot.0 != key {
            return Err(Error::NotFound);
        }
        Ok(hot.1.clone())
    }

    /// Loads the owner's open cart (or begins one), changes it, saves it; again if another device was faster.
    ///
    /// `seen` is the version that the caller saw, where they insist on it.
    async fn change(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        seen: Option<i64>,
        change: impl Fn(&mut Cart) -> Result<(), Error>,
    ) -> Result<Cart, Error> {
        let key = OwnerKey::from(owner);
        for _ in 0..SAVE_ATTEMPTS_MAX {
            let mut cart = store::open(self.db.reads(), &key)
                .await?
                .unwrap_or_else(|| empty(ctx));
            let before = cart.version;
            if seen.is_some_and(|seen| seen != before) {
                return Err(Error::OtherVersion { current: before });
            }
            change(&mut cart)?;
            if cart.version == before {
                return Ok(cart);
            }
            // Whatever the change did, it is one step of the version that others compare with.
            cart.version = before + 1;
            if store::save(self.db.pool(), &key, &cart).await? {
                self.hot.insert(cart.id, Arc::new((key, cart.clone())));
                return Ok(cart);
            }
        }
        Err(Error::Changed)
    }

    /// What a SKU is offered for, made as the buyer says, and how many of it are left.
    async fn wanted(&self, ctx: &Ctx, sku: SkuId, answers: &Answers) -> Result<Wanted, Error> {
        let (offers, stock) = futures::try_join!(
            self.catalog.offers(ctx, vec![sku]),
            self.inventory.availability(ctx, vec![sku])
        )?;
        let offer = offers.into_iter().next().ok_or(Error::UnknownSku(sku))?;
        Wanted::new(offer, answers, stock.first().map_or(0, |a| a.available))
    }

    /// Adds to what the owner's cart has of a SKU, made as the buyer says.
    pub(crate) async fn add_units(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        sku: SkuId,
        quantity: u32,
        answers: &Answers,
        seen: Option<i64>,
    ) -> Result<Cart, Error> {
        let wanted = self.wanted(ctx, sku, answers).await?;
        self.change(ctx, owner, seen, |cart| {
            domain::add(cart, &wanted, quantity, ctx.now)
        })
        .await
    }

    /// Sets how many of a line the owner's cart has.
    pub(crate) async fn set_units(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        line: CartLineId,
        quantity: u32,
        seen: Option<i64>,
    ) -> Result<Cart, Error> {
        if quantity == 0 {
            return self
                .change(ctx, owner, seen, |cart| domain::remove(cart, line, ctx.now))
                .await;
        }
        let wanted = match self.wanted(ctx, SkuId(line.0), &Answers::new()).await {
            // No goods: it may be a line of goods that are made to order.
            Err(Error::UnknownSku(_)) => {
                let (sku, answers) = self.line(owner, line).await?;
                self.wanted(ctx, sku, &answers).await?
            }
            plain => plain?,
        };
        self.change(ctx, owner, seen, |cart| {
            domain::set(cart, &wanted, quantity, ctx.now)
        })
        .await
    }

    /// What a line is of.
    async fn line(&self, owner: &CartOwner, line: CartLineId) -> Result<(SkuId, Answers), Error> {
        let cart = store::open(self.db.reads(), &OwnerKey::from(owner)).await?;
        let lines = cart.map(|cart| cart.lines).unwrap_or_default();
        let kept = lines.into_iter().find(|kept| kept.id() == line);
        kept.map(|kept| (kept.sku, kept.answers))
            .ok_or(Error::UnknownSku(SkuId(line.0)))
    }

    /// Puts a coupon into the owner's cart.
    pub(crate) async fn put_code(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        code: &str,
        seen: Option<i64>,
    ) -> Result<Cart, Error> {
        self.change(ctx, owner, seen, |cart| domain::add_code(cart, code, ctx.now))
            .await
    }

    /// Takes a coupon out of the owner's cart.
    pub(crate) async fn take_code(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        code: &str,
        seen: Option<i64>,
    ) -> Result<Cart, Error> {
        self.change(ctx, owner, seen, |cart| {
            domain::remove_code(cart, code, ctx.now);
            Ok(())
        })
        .await
    }

    /// What the lines of a cart are offered for now, and how many of each are left; in the order of the lines. A SKU
    /// that the catalogue does not know any more has no offer.
    pub(crate) async fn now(&self, ctx: &Ctx, cart: &Cart) -> Result<Vec<(Option<Offer>, i64)>, Error> {
        if cart.lines.is_empty() {
            return Ok(Vec::new());
        }
        let skus: Vec<SkuId> = cart.lines.iter().map(|l| l.sku).collect();
        let (offers, stock) = futures::try_join!(
            self.catalog.offers(ctx, skus.clone()),
            self.inventory.availability(ctx, skus)
        )?;
        let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|o| (o.sku, o)).collect();
        let stock: HashMap<SkuId, i64> = stock.into_iter().map(|a| (a.sku, a.available)).collect();
        let of = |line: &CartLine| {
            let left = stock.get(&line.sku).copied().unwrap_or(0).max(0);
            (offers.get(&line.sku).cloned(), left)
        };
        Ok(cart.lines.iter().map(of).collect())
    }

    /// A guest signed in. What does not fit into their own cart stays in the guest's, and is found there again. Lines
    /// that come to the guest's cart meanwhile are brought along as well.
    pub(crate) async fn take_over(
        &self,
        ctx: &Ctx,
        guest: &str,
        user: UserId,
    ) -> Result<Option<Cart>, Error> {
        let guest = CartOwner::Guest(guest.to_owned());
        for _ in 0..SAVE_ATTEMPTS_MAX {
            let Some(theirs) = store::open(self.db.reads(), &OwnerKey::from(&guest)).await? else {
                return store::open(self.db.reads(), &OwnerKey::from(&CartOwner::User(user))).await;
            };
            let merged = self
                .change(ctx, &CartOwner::User(user), None, |cart| {
                    domain::merge(cart, &theirs, ctx.now);
                    Ok(())
                })
                .await?;
            let left_behind = domain::merge(&mut merged.clone(), &theirs, ctx.now);
            if self.clear(ctx, &guest, &theirs, &left_behind).await? {
                return Ok((merged.version > 0).then_some(merged));
            }
        }
        Err(Error::Changed)
    }

    /// Takes out of the guest's cart all that is not left behind. False when the cart is not as it was read any more:
    /// it may hold what was not merged.
    async fn clear(
        &self,
        ctx: &Ctx,
        guest: &CartOwner,
        theirs: &Cart,
        left_behind: &[CartLine],
    ) -> Result<bool, Error> {
        if left_behind.is_empty() {
            let is_deleted = store::delete(self.db.pool(), theirs.id, theirs.version).await?;
            self.hot.invalidate(&theirs.id);
            return Ok(is_deleted);
        }
        let left = self
            .change(ctx, guest, Some(theirs.version), |cart| {
                domain::leave(cart, left_behind, ctx.now);
                Ok(())
            })
            .await;
        match left {
            Ok(_) => Ok(true),
            Err(Error::OtherVersion { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn empty(ctx: &Ctx) -> Cart {
    Cart {
        id: CartId::new(ctx.now),
        version: 0,
        currency: Currency::EUR,
        lines: Vec::new(),
        codes: Vec::new(),
        ordered: false,
        updated_at: ctx.now,
    }
}

impl CartService for Carts {
    fn open<'a>(&'a self, _ctx: &'a Ctx, owner: CartOwner) -> Reply<'a, Option<Cart>> {
        Box::pin(async move { Ok(store::open(self.db.reads(), &OwnerKey::from(&owner)).await?) })
    }

    fn get<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: CartOwner,
        id: CartId,
        version: Option<i64>,
    ) -> Reply<'a, Cart> {
        Box::pin(async move { Ok(self.find(&owner, id, version).await?) })
    }

    fn add<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        sku: SkuId,
        quantity: u32,
        answers: Answers,
    ) -> Reply<'a, Cart> {
        Box::pin(async move { Ok(self.add_units(ctx, &owner, sku, quantity, &answers, None).await?) })
    }

    fn set<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, line: CartLineId, quantity: u32) -> Reply<'a, Cart> {
        Box::pin(async move { Ok(self.set_units(ctx, &owner, line, quantity, None).await?) })
    }

    fn add_code<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, code: String) -> Reply<'a, Cart> {
        Box::pin(async move { Ok(self.put_code(ctx, &owner, &code, None).await?) })
    }

    fn remove_code<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, code: String) -> Reply<'a, Cart> {
        Box::pin(async move { Ok(self.take_code(ctx, &owner, &code, None).await?) })
    }

    fn accept_prices<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner) -> Reply<'a, Cart> {
        Box::pin(async move {
            let cart = store::open(self.db.reads(), &OwnerKey::from(&owner))
                .await?
                .ok_or(Error::NotFound)?;
            let skus = cart.lines.iter().map(|l| l.sku).collect();
            let offers = self.catalog.offers(ctx, skus).await?;
            let accept = |cart: &mut Cart| {
                domain::accept_prices(cart, &offers, ctx.now);
                Ok(())
            };
            Ok(self.change(ctx, &owner, None, accept).await?)
        })
    }

    fn merge<'a>(&'a self, ctx: &'a Ctx, guest: String, user: UserId) -> Reply<'a, Option<Cart>> {
        Box::pin(async move { Ok(self.take_over(ctx, &guest, user).await?) })
    }

    fn begun<'a>(&'a self, _ctx: &'a Ctx, from: DateTime, until: DateTime) -> Reply<'a, u64> {
        Box::pin(async move {
            let begun = store::begun(self.db.pool(), from, until)
                .await
                .map_err(Error::from)?;
            Ok(u64::try_from(begun).unwrap_or(0))
        })
    }

    fn close<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<CartId>) -> Reply<'a, ()> {
        Box::pin(async move {
            store::close(self.db.pool(), &ids).await.map_err(Error::from)?;
            for id in &ids {
                self.hot.invalidate(id);
            }
            Ok(())
        })
    }
}
