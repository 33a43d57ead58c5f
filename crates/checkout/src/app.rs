//! One method per use case.

use crate::carts::Closing;
use crate::discount::claims;
use crate::draft::Owner;
use crate::error::Error;
use crate::mails::Mails;
use crate::means::Means;
use crate::quote::Sources;
use crate::saga::drive::Driver;
use crate::saga::{End, Step};
use crate::tender::{buyer_of, tenders};
use crate::till::place::{IdempotencyKey, PlaceCommand, Placement, stored_answer};
use crate::till::settle::{Ask, Case, RefundMove, Settled};
use crate::till::{Till, expiry};
use crate::trial::{PLACE, tried};
use crate::watch::watch;
use crate::{Config, capture, draft, guesses, refund, webhook};
use contracts::Language;
use contracts::cart::{Cart, CartOwner, CartService};
use contracts::catalog::Catalog;
use contracts::checkout::{Pay, PayOutcome, PlaceOrder, Quote, QuoteRequest};
use contracts::identity::Identity;
use contracts::inventory::Inventory;
use contracts::notifications::Letters;
use contracts::orders::{AsOf, CancelReason, Order};
use contracts::tenants::{ShopDesk, Tenants};
use httpkit::Guesses;
use kernel::{CartId, Ctx, Fault, Money, OrderId, SharedClock};
use ledger::{Purses, Rates};
use orders::Orders;
use orders::domain::Refusal;
use orders::till::NewOrder;
use payments::Provider;
use promotions::Promotions;
use promotions::domain::Buyer;
use runtime::Loop;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::Db;
use taxes::Taxes;

/// Means of payment that are let go, one after the other, in one call to pay: a buyer has one hand.
const ABANDONED_MAX: usize = 2;

/// The checkout context.
#[derive(Clone)]
pub struct Checkouts(Arc<Inner>);

struct Inner {
    db: Db,
    config: Config,
    sources: Sources,
    carts: Arc<dyn CartService>,
    orders: Orders,
    rates: Rates,
    purses: Purses,
    /// Of coupons.
    guesses: Guesses,
    till: Till,
    driver: Driver,
    refunder: refund::drive::Driver,
    capturer: capture::drive::Driver,
    /// When payments that begin now are captured.
    capture_time: capture::Kept,
    closing: Closing,
    mails: Mails,
    clock: SharedClock,
}

/// What the till is made of.
pub struct Parts {
    pub db: Db,
    /// Of the database that holds checkout, inventory, orders, payments and ledger.
    pub url: String,
    pub catalog: Arc<dyn Catalog>,
    pub tenants: Arc<dyn Tenants>,
    pub inventory: Arc<dyn Inventory>,
    pub carts: Arc<dyn CartService>,
    /// Who knows owners of shops by name.
    pub identity: Arc<dyn Identity>,
    /// Who mails buyers and shops.
    pub letters: Arc<dyn Letters>,
    /// Who says which owners of shops are mailed.
    pub shops: Arc<dyn ShopDesk>,
    pub orders: Orders,
    /// What shops are charged.
    pub rates: Rates,
    /// Gift cards and store credit.
    pub purses: Purses,
    /// What is taken off prices.
    pub promotions: Promotions,
    /// What of prices is tax, or comes on top of them.
    pub taxes: Taxes,
    pub provider: Arc<dyn Provider>,
    pub clock: SharedClock,
    pub config: Config,
}

impl Checkouts {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let till = Till::new(&parts.url, &parts.config);
        let means = Means {
            till: till.clone(),
            provider: parts.provider,
            provider_timeout: parts.config.provider_timeout,
            clock: Arc::clone(&parts.clock),
            pool: parts.db.pool().clone(),
        };
        let mails = Mails {
            db: parts.db.clone(),
            orders: parts.orders.clone(),
            identity: parts.identity,
            letters: parts.letters,
            shops: parts.shops,
            public_url: parts.config.public_url.trim_end_matches('/').to_owned(),
        };
        Self(Arc::new(Inner {
            db: parts.db,
            config: parts.config,
            sources: Sources {
                catalog: parts.catalog,
                tenants: parts.tenants,
                inventory: parts.inventory,
                promotions: parts.promotions,
                taxes: parts.taxes,
            },
            carts: parts.carts,
            orders: parts.orders,
            rates: parts.rates,
            purses: parts.purses,
            guesses: Guesses::default(),
            till,
            driver: Driver::new(means.clone()),
            refunder: refund::drive::Driver::new(means.clone()),
            capturer: capture::drive::Driver::new(means),
            capture_time: capture::Kept::default(),
            closing: Closing::new(),
            mails,
            clock: parts.clock,
        }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn till(&self) -> &Till {
        &self.0.till
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.0.driver
    }

    pub(crate) fn refunder(&self) -> &refund::drive::Driver {
        &self.0.refunder
    }

    pub(crate) fn kept_capture(&self) -> &capture::Kept {
        &self.0.capture_time
    }

    pub(crate) fn capturer(&self) -> &capture::drive::Driver {
        &self.0.capturer
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    pub(crate) fn orders(&self) -> &Orders {
        &self.0.orders
    }

    pub(crate) fn provider(&self) -> &Arc<dyn Provider> {
        &self.0.driver.means.provider
    }

    /// What must run for orders to be placed, paid and ended: the till's lanes, the watch over holds, over payments, over
    /// refunds and over captures, the hearing of what shops send, the forgetting of webhooks, the closing of carts, the rules of commissions, the promotions, the taxes, the mails.
    #[must_use]
    pub fn loops(&self) -> Vec<Loop> {
        let mut loops = self.0.till.loops();
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.expiry", move |stop| {
            expiry::watch(
                inner.till.clone(),
                inner.db.pool().clone(),
                Arc::clone(&inner.clock),
                stop,
            )
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.payments", move |stop| {
            watch(inner.driver.clone(), Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.refunds", move |stop| {
            watch(inner.refunder.clone(), Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.captures", move |stop| {
            watch(inner.capturer.clone(), Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.sent", move |stop| {
            let clock = Arc::clone(&inner.clock);
            capture::sent::hear(inner.db.clone(), inner.capturer.clone(), clock, stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.webhooks", move |stop| {
            webhook::forget(inner.db.pool().clone(), Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.rates", move |stop| {
            inner.rates.clone().keep(Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.promotions", move |stop| {
            let promotions = inner.sources.promotions.clone();
            promotions.keep(Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.mails", move |stop| {
            inner.mails.clone().send(Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.taxes", move |stop| {
            inner.sources.taxes.clone().keep(Arc::clone(&inner.clock), stop)
        }));
        let inner = Arc::clone(&self.0);
        loops.push(Loop::new("till.carts", move |stop| {
            let carts = Arc::clone(&inner.carts);
            inner
                .closing
                .clone()
                .run(carts, inner.db.pool().clone(), Arc::clone(&inner.clock), stop)
        }));
        loops
    }

    pub(crate) async fn quoted(&self, ctx: &Ctx, request: QuoteRequest) -> Result<Quote, Error> {
        let inner = &self.0;
        let mut cart = inner
            .carts
            .get(ctx, request.owner.clone(), request.cart, request.cart_version)
            .await?;
        if cart.lines.is_empty() {
            return Err(Error::CartEmpty);
        }
        let address = request.address.map(draft::address).transpose()?;
        let email = request.email.as_deref().map(draft::email).transpose()?;
        let client = &request.tender.client;
        let withheld = guesses::withheld(&inner.guesses, &mut cart, client, ctx.now);
        let user = buyer_of(&request.owner);
        let buyer = match user {
            Some(_) => Some(Buyer::of(user, "")),
            None => email.map(|email| Buyer::of(None, &email)),
        };
        let mut quote = inner
            .sources
            .quote(ctx, &cart, address.as_ref(), &request.delivery, buyer.as_ref())
            .await?;
        guesses::count(&inner.guesses, &quote.refused_codes, client, ctx.now);
        quote.refused_codes.extend(withheld);
        let tenders = tenders(&inner.purses, ctx, &request.tender, user, quote.total).await?;
        quote.tenders = tenders.iter().map(|t| t.view(quote.total.currency)).collect();
        let tendered: i64 = tenders.iter().map(|tender| tender.amount).sum();
        quote.due = Money::new(quote.total.amount - tendered, quote.total.currency);
        Ok(quote)
    }

    /// Places the order of a cart. The answer to a key that was used before comes before every refusal: the cart may
    /// have closed, and prices changed, because of that very order.
    pub(crate) async fn placed(&self, ctx: &Ctx, request: PlaceOrder) -> Result<Order, Error> {
        let trial = self.0.till.trial();
        if trial.is_none() {
            return self.placed_once(ctx, request).await;
        }
        let work = || self.placed_once(ctx, request.clone());
        tried(trial, PLACE, || Err(Error::Unavailable), work).await
    }

    async fn placed_once(&self, ctx: &Ctx, request: PlaceOrder) -> Result<Order, Error> {
        let request = draft::check(request)?;
        let owner = Owner::of(&request.owner);
        let key = idempotency_key(&request, &owner)?;
        let new = match self.drafted(ctx, &request, &owner).await {
            Ok(new) => new,
            Err(refused) => {
                return match stored_answer(self.0.db.pool(), &key, ctx.now).await? {
                    None => Err(refused),
                    Some(stored) if stored.request_hash != key.request_hash => Err(Error::KeyReused),
                    Some(stored) => self.replayed(request.cart, stored.answer).await,
                };
            }
        };
        let order = new.order.view();
        let command = PlaceCommand {
            ctx: ctx.clone(),
            key,
            claims: claims(&new.order),
            new,
        };
        match self.0.till.place(command).await {
            Ok(Placement::Placed) => {
                self.0.closing.close(request.cart);
                Ok(order)
            }
            Ok(Placement::Replayed(answer)) => self.replayed(request.cart, answer).await,
            Err(error @ Error::CartOrdered(_)) => {
                // Whoever placed that order may have died before the cart was closed.
                self.0.closing.close(request.cart);
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The answer as it was given: the order as it was placed, whatever became of it since.
    async fn replayed(&self, cart: CartId, answer: Result<OrderId, Fault>) -> Result<Order, Error> {
        let as_placed = AsOf {
            version: Some(1),
            at: None,
        };
        let order = answer?;
        // The process that placed it may have died before the cart was closed.
        self.0.closing.close(cart);
        Ok(self.0.orders.load(order, as_placed).await?.view())
    }

    async fn drafted(&self, ctx: &Ctx, request: &PlaceOrder, owner: &Owner) -> Result<NewOrder, Error> {
        let inner = &self.0;
        let mut cart = inner
            .carts
            .get(
                ctx,
                request.owner.clone(),
                request.cart,
                Some(request.cart_version),
            )
            .await?;
        check_cart(&cart, request)?;
        let client = &request.tender.client;
        guesses::withheld(&inner.guesses, &mut cart, client, ctx.now);
        let (user, _) = draft::buyer(request, owner);
        let buyer = Buyer::of(user, &request.email);
        let priced = inner
            .sources
            .price(
                ctx,
                &cart,
                Some(&request.address),
                &request.delivery,
                Some(&buyer),
            )
            .await?;
        guesses::count(&inner.guesses, &priced.refused, client, ctx.now);
        let reserved_until = ctx.now + inner.config.reservation_ttl;
        let rules = inner.rates.book(ctx.now).await.map_err(Fault::from)?;
        let tenders = tenders(&inner.purses, ctx, &request.tender, user, priced.total).await?;
        let placed = draft::placed(ctx, request, owner, priced, &rules, tenders, reserved_until)?;
        Ok(NewOrder::new(ctx, OrderId::new(ctx.now), placed)?)
    }

    pub(crate) async fn paid(&self, ctx: &Ctx, request: Pay) -> Result<PayOutcome, Error> {
        let order = self.order_of(&request.owner, request.order).await?;
        if request.method.is_empty() && order.charged().amount > 0 {
            return Err(Error::MethodMissing);
        }
        let capture = self.capture_time().await?;
        let start = || Ask::Start {
            provider: self.0.driver.means.provider.name(),
            method: request.method.clone(),
            return_path: request.return_path.clone(),
            capture,
        };
        let mut case = self.go_on(ctx, request.order, start()).await?;
        for _ in 0..ABANDONED_MAX {
            // Another means was waiting for the buyer and was let go; now comes the one they chose.
            let other = case
                .saga
                .as_ref()
                .is_some_and(|saga| saga.method != request.method);
            if !other || !was_declined(&case) {
                break;
            }
            case = self.go_on(ctx, request.order, start()).await?;
        }
        self.outcome(&case).await
    }

    pub(crate) async fn resumed(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
    ) -> Result<PayOutcome, Error> {
        self.owned(owner, order).await?;
        let case = self.go_on(ctx, order, Ask::Take).await?;
        self.outcome(&case).await
    }

    pub(crate) async fn cancelled(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
    ) -> Result<Order, Error> {
        self.owned(owner, order).await?;
        let ask = Ask::Cancel {
            reason: CancelReason::Buyer,
        };
        let mut case = self.go_on(ctx, order, ask).await?;
        if case.saga.as_ref().is_some_and(|saga| !saga.step.has_ended()) {
            // A payment was under way: let its money go now, if nobody else is at it.
            case = self.go_on(ctx, order, Ask::Take).await?;
        }
        Ok(case.order.view())
    }

    /// Tells the till, and goes on with the payment or the refund if that is the caller's to do.
    pub(crate) async fn go_on(&self, ctx: &Ctx, order: OrderId, ask: Ask) -> Result<Case, Error> {
        let Settled {
            case, leased, refund, ..
        } = self.0.till.settle(ctx, order, ask).await?;
        if let Some(RefundMove::Leased(refund)) = refund {
            return Ok(
                match self.0.refunder.drive(ctx, case.order.clone(), refund).await {
                    Ok(driven) => Case {
                        order: driven.order,
                        ..case
                    },
                    Err(error) => {
                        // What was asked of the till is done; the refund is found again when its lease is over.
                        tracing::warn!(%order, %error, "a refund could not be gone on with");
                        case
                    }
                },
            );
        }
        match leased {
            true => self.0.driver.drive(ctx, case).await,
            false => Ok(case),
        }
    }

    pub(crate) async fn owned(&self, owner: &CartOwner, order: OrderId) -> Result<(), Error> {
        self.order_of(owner, order).await.map(drop)
    }

    /// An order, if it is the owner's.
    pub(crate) async fn order_of(
        &self,
        owner: &CartOwner,
        order: OrderId,
    ) -> Result<orders::domain::Order, Error> {
        let order = self.0.orders.load(order, AsOf::default()).await?;
        match orders::owns(owner, &order) {
            true => Ok(order),
            false => Err(Refusal::NoSuchOrder.into()),
        }
    }
}

fn check_cart(cart: &Cart, request: &PlaceOrder) -> Result<(), Error> {
    if cart.version != request.cart_version {
        return Err(Error::CartChanged {
            current: cart.version,
        });
    }
    if cart.lines.is_empty() {
        return Err(Error::CartEmpty);
    }
    Ok(())
}

/// The caller's key, apart from everybody else's, with the hash of all that the request says.
fn idempotency_key(request: &PlaceOrder, owner: &Owner) -> Result<IdempotencyKey, Error> {
    let scope = match owner {
        Owner::User(user) => format!("checkout.place/user/{user}"),
        Owner::Guest(hash) => format!("checkout.place/guest/{hash}"),
    };
    // Where the caller is may change between two tries, and so may the language of their pages.
    let mut said = request.clone();
    said.tender.client = String::new();
    said.language = Language::default();
    let request_json = serde_json::to_vec(&said).map_err(|_| Error::Internal)?;
    let request_hash = Sha256::digest(request_json).to_vec();
    Ok(IdempotencyKey::new(
        scope,
        request.idempotency_key.clone(),
        request_hash,
    ))
}

fn was_declined(case: &Case) -> bool {
    let step = case.saga.as_ref().map(|saga| &saga.step);
    matches!(
        step,
        Some(Step::Ended {
            end: End::Declined { .. }
        })
    )
}
