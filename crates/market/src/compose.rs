//! The table of services: what each is made of, and whether it runs here or elsewhere.

mod allowing;
mod auditing;
mod carrying;
mod desks;
mod finding;
mod health;
mod keys;
mod listening;
mod noticing;
mod schemas;
mod talk;
mod telling;
mod wishing;

pub use self::health::{database_check, objects_check};
pub use self::schemas::schemas;
use crate::config::Config;
use crate::home::Home;
use crate::trial::Folder;
use anyhow::Context;
use contracts::cart::{CartService, RemoteCart, ServedCart};
use contracts::catalog::{Catalog, RemoteCatalog, ServedCatalog};
use contracts::checkout::{
    Checkout, PaymentDesk, RemoteCheckout, RemotePaymentDesk, ServedCheckout, ServedPaymentDesk,
};
use contracts::identity::{
    Identity, Mailbox, OwnAccount, PartnerKeys, RemoteIdentity, RemoteMailbox, RemoteOwnAccount,
    ServedIdentity, ServedMailbox, ServedOwnAccount,
};
use contracts::inventory::{
    Inventory, RemoteInventory, RemoteStockRoom, RemoteWarehouseDesk, ServedInventory, ServedStockRoom,
    ServedWarehouseDesk, StockRoom, WarehouseDesk,
};
use contracts::ledger::{RemoteLedger, RemoteSettlement, ServedLedger, ServedSettlement, Settlement};
use contracts::messages::Messages;
use contracts::orders::{Orders, RemoteOrders, ServedOrders};
use contracts::payments::{Payments, RemotePayments, ServedPayments};
use contracts::promotions::{PromotionDesk, RemotePromotionDesk, ServedPromotionDesk};
use contracts::purses::{Purses, RemotePurses, ServedPurses};
use contracts::reviews::{RemoteReviews, Reviews, ServedReviews};
use contracts::search::{RemoteSearch, Search};
use contracts::shipping::{RemoteShipping, Shipping};
use contracts::taxes::{RemoteTaxDesk, ServedTaxDesk, TaxDesk};
use contracts::tenants::{
    RemoteShopDesk, RemoteStaffDesk, RemoteTenants, ServedShopDesk, ServedStaffDesk, ServedTenants, ShopDesk,
    StaffDesk, Tenants,
};
use kernel::SharedClock;
use runtime::{Loop, Peer, Service, ServiceKey};
use std::sync::Arc;
use std::time::Duration;
use store::Cells;

/// The clients of all contexts, wherever they run, and the services that run here.
pub struct Market {
    pub identity: Arc<dyn Identity>,
    pub partner_keys: Arc<dyn PartnerKeys>,
    pub tenants: Arc<dyn Tenants>,
    pub catalog: Arc<dyn Catalog>,
    pub checkout: Arc<dyn Checkout>,
    pub cart: Arc<dyn CartService>,
    pub messages: Arc<dyn Messages>,
    pub search: Arc<dyn Search>,
    /// The contexts themselves, for commands.
    pub accounts: identity::Accounts,
    pub products: catalog::Products,
    pub hooks: webhooks::Hooks,
    pub promoter: search::Promoter,
    pub books: Books,
    pub cells: Cells,
    pub services: Vec<Service>,
}

/// What `stoa verify` looks into.
pub struct Books {
    pub stock: inventory::Stock,
    pub orders: orders::Orders,
    pub payments: payments::PaymentBook,
    pub ledger: ledger::Ledger,
    pub promotions: promotions::Promotions,
    pub taxes: taxes::Taxes,
    pub parcels: shipping::Shipments,
    pub reviews: reviews::Ratings,
    pub searched: search::Desk,
    pub till: checkout::Checkouts,
    pub trail: audit::Trail,
}

struct Wiring<'a> {
    config: &'a Config,
    key: ServiceKey,
    clock: &'a SharedClock,
    services: Vec<Service>,
}

impl Wiring<'_> {
    /// The local one if the service runs here or no peer is named for it, else one that calls the peer.
    fn client<T: ?Sized>(
        &self,
        name: &str,
        local: Arc<T>,
        remote: impl FnOnce(Arc<Peer>) -> Arc<T>,
    ) -> Arc<T> {
        match self.config.peers.get(name) {
            Some(base) if !self.config.runs(name) => {
                remote(Arc::new(Peer::new(base, self.key.clone(), self.clock.clone())))
            }
            _ => local,
        }
    }

    fn add(&mut self, service: Service) {
        if self.config.runs(service.name) {
            self.services.push(service);
        }
    }
}

/// Sets everything up. Nothing runs before the services are handed to the server.
pub async fn compose(
    home: &Home,
    config: &Config,
    key: ServiceKey,
    clock: &SharedClock,
) -> anyhow::Result<Market> {
    let cells = Cells::single(&home.url);
    let db = |context: &'static str| cells.db(context).context("the database's address cannot be read");
    let mut wiring = Wiring {
        config,
        key,
        clock,
        services: Vec::new(),
    };
    let w = &mut wiring;

    let inbox = Arc::new(identity::DevelopmentInbox::new(
        db(identity::CONTEXT)?,
        "Stoa <hello@stoa.example>",
    ));
    let settings = identity::Config {
        public_url: config.public_url.clone(),
        limits: match config.clock {
            // Months pass in minutes there: attempts in a minute of the machine's mean nothing.
            Some(_) => identity::AttemptLimits::none(),
            None => identity::AttemptLimits::default(),
        },
        keyring: home.keyring.clone(),
    };
    let accounts = identity::Accounts::new(db(identity::CONTEXT)?, inbox.clone(), settings)?;
    let identity: Arc<dyn Identity> = w.client("identity", Arc::new(accounts.clone()), |p| {
        Arc::new(RemoteIdentity(p))
    });
    let keys = keys::clients(w, &accounts);
    let mailbox: Arc<dyn Mailbox> = w.client("identity", inbox.clone(), |p| Arc::new(RemoteMailbox(p)));
    let account: Arc<dyn OwnAccount> = w.client("identity", Arc::new(accounts.clone()), |p| {
        Arc::new(RemoteOwnAccount(p))
    });

    let shops = tenants::Shops::new(db(tenants::CONTEXT)?, identity.clone(), &config.public_url);
    let tenants: Arc<dyn Tenants> =
        w.client("tenants", Arc::new(shops.clone()), |p| Arc::new(RemoteTenants(p)));
    accounts.know_shops(tenants.clone());
    let shop_desk: Arc<dyn ShopDesk> = w.client("tenants", Arc::new(shops.clone()), |p| {
        Arc::new(RemoteShopDesk(p))
    });
    let features = allowing::add(w, &shops);
    accounts.know_features(features.clone());

    let stock = inventory::Stock::new(db(inventory::CONTEXT)?);
    let inventory: Arc<dyn Inventory> = w.client("inventory", Arc::new(stock.clone()), |p| {
        Arc::new(RemoteInventory(p))
    });

    let stock_room: Arc<dyn StockRoom> = w.client("inventory", Arc::new(stock.clone()), |p| {
        Arc::new(RemoteStockRoom(p))
    });

    let media = home.objects.clone();
    let settings = catalog::Settings {
        takes_svg: true,
        ..catalog::Settings::default()
    };
    let products = catalog::Products::new(
        db(catalog::CONTEXT)?,
        clock.clone(),
        inventory.clone(),
        tenants.clone(),
        media.clone(),
        settings,
    );
    let catalog: Arc<dyn Catalog> = w.client("catalog", Arc::new(products.clone()), |p| {
        Arc::new(RemoteCatalog(p))
    });
    products.know_features(features.clone());
    let desks = desks::Desks::of(w, &products, &identity);
    let ratings = reviews::Ratings::new(db(reviews::CONTEXT)?, identity.clone());
    let reviews: Arc<dyn Reviews> = w.client("reviews", Arc::new(ratings.clone()), |p| {
        Arc::new(RemoteReviews(p))
    });

    let wishlists = wishing::add(w, db(wishlists::CONTEXT)?, &catalog, &identity);
    let searches = search::Searches::new();
    let search: Arc<dyn Search> = w.client("search", Arc::new(searches.clone()), |p| {
        Arc::new(RemoteSearch(p))
    });
    let timed = (db(search::CONTEXT)?, clock.clone());
    let finding = finding::add(w, timed, &searches, &catalog, (&tenants, &features));
    let follower = search::Follower {
        searches: searches.clone(),
        sources: search::Sources {
            catalog: catalog.clone(),
            tenants: tenants.clone(),
            inventory: inventory.clone(),
            reviews: reviews.clone(),
        },
        db: db(search::CONTEXT)?,
        clock: clock.clone(),
        place: config
            .search
            .place(&home.data_dir.join("search"), &config.instance, clock)?,
    };

    let carts = cart::Carts::new(db(cart::CONTEXT)?, catalog.clone(), inventory.clone());
    let cart: Arc<dyn CartService> = w.client("cart", Arc::new(carts.clone()), |p| Arc::new(RemoteCart(p)));

    let order_book = orders::Orders::new(db(orders::CONTEXT)?, w.key.derived("links to orders"));
    let orders: Arc<dyn Orders> = w.client("orders", Arc::new(order_book.clone()), |p| {
        Arc::new(RemoteOrders(p))
    });

    order_book.know_shops(tenants.clone());
    order_book.know_files(media);
    let order_desks = desks::OrderDesks::of(w, &order_book);

    let told = (db(notifications::CONTEXT)?, &accounts, &shops);
    let noticing = noticing::add(w, told, &identity, &catalog, &tenants, &order_desks.desk)?;
    let (webhooks, hooks) = telling::add(w, db(webhooks::CONTEXT)?, &home.keyring)?;
    hooks.know_features(features.clone());
    let (trail, audit) = auditing::add(w, db(audit::CONTEXT)?);
    let conversations = messages::Conversations::new(messages::Parts {
        db: db(messages::CONTEXT)?,
        identity: identity.clone(),
        letters: noticing.letters.clone(),
        tenants: tenants.clone(),
        shops: shop_desk.clone(),
        catalog: catalog.clone(),
        orders: orders.clone(),
        public_url: config.public_url.clone(),
    });
    let messages = talk::client(w, &conversations);

    let carrier_secret = match &config.sandbox_webhook_secret {
        Some(secret) => httpkit::webhook::Secret::parse(secret)
            .map_err(|why| anyhow::anyhow!("--sandbox-webhook-secret: {why}"))?,
        None => httpkit::webhook::Secret::new(w.key.derived("the sandbox carrier's webhooks")),
    };
    let sandbox_carrier = shipping::Sandbox::new(db(shipping::CONTEXT)?, carrier_secret);
    let parcels = shipping::Shipments::new(
        db(shipping::CONTEXT)?,
        orders.clone(),
        tenants.clone(),
        shipping::Carriers::new(vec![Arc::new(sandbox_carrier.clone())]),
    );
    let shipping: Arc<dyn Shipping> = w.client("shipping", Arc::new(parcels.clone()), |p| {
        Arc::new(RemoteShipping(p))
    });

    let webhook_secret = match &config.sandbox_webhook_secret {
        Some(secret) => payments::webhook::Secret::parse(secret)
            .map_err(|why| anyhow::anyhow!("--sandbox-webhook-secret: {why}"))?,
        None => payments::webhook::Secret::new(w.key.derived("the sandbox's webhooks")),
    };
    // A payment asks both of these several times; and the sandbox stands for somebody outside.
    let sandbox = payments::Sandbox::new(cells.apart(payments::CONTEXT)?, webhook_secret);
    let charges = cells.apart(payments::CONTEXT)?;
    let desk = config
        .providers
        .desk(&sandbox, &config.public_url, &charges, clock)?;
    let payment_book =
        payments::PaymentBook::new(db(payments::CONTEXT)?, sandbox.clone()).paid_by(desk.names);
    let payments: Arc<dyn Payments> = w.client("payments", Arc::new(payment_book.clone()), |p| {
        Arc::new(RemotePayments(p))
    });

    let mut ledger_book = ledger::Ledger::new(db(ledger::CONTEXT)?).asking(tenants.clone(), payments.clone());
    if !config.providers.pretend() {
        // The only bank there is so far is the sandbox's.
        ledger_book = ledger_book.without_payouts();
    }
    let ledger: Arc<dyn contracts::ledger::Ledger> = w.client("ledger", Arc::new(ledger_book.clone()), |p| {
        Arc::new(RemoteLedger(p))
    });

    let purse_book = ledger::Purses::new(db(ledger::CONTEXT)?).asking(identity.clone());
    let purses: Arc<dyn Purses> = w.client("ledger", Arc::new(purse_book.clone()), |p| {
        Arc::new(RemotePurses(p))
    });

    let settlement: Arc<dyn Settlement> = w.client("ledger", Arc::new(ledger_book.clone()), |p| {
        Arc::new(RemoteSettlement(p))
    });

    let money_desk = desks::money(w, &ledger_book);
    let promotion_book = promotions::Promotions::new(db(promotions::CONTEXT)?);
    promotion_book.know_features(features.clone());
    let tax_book = config.taxes.book(db(taxes::CONTEXT)?);
    let till = checkout::Checkouts::new(checkout::Parts {
        db: db(checkout::CONTEXT)?,
        url: home.url.clone(),
        catalog: catalog.clone(),
        tenants: tenants.clone(),
        inventory: inventory.clone(),
        carts: cart.clone(),
        identity: identity.clone(),
        letters: noticing.letters,
        shops: shop_desk.clone(),
        orders: order_book.clone(),
        rates: ledger_book.rates().clone(),
        purses: purse_book.clone(),
        promotions: promotion_book.clone(),
        taxes: tax_book.clone(),
        provider: desk.provider,
        clock: clock.clone(),
        config: checkout::Config {
            reservation_ttl: Duration::from_secs(u64::from(config.hold_s)),
            public_url: config.public_url.clone(),
            trial: config
                .trial
                .clone()
                .map(|folder| Arc::new(Folder::new(folder)) as _),
            ..checkout::Config::default()
        },
    });
    let checkout: Arc<dyn Checkout> = w.client("checkout", Arc::new(till.clone()), |p| {
        Arc::new(RemoteCheckout(p))
    });

    let payment_desk: Arc<dyn PaymentDesk> = w.client("checkout", Arc::new(till.clone()), |p| {
        Arc::new(RemotePaymentDesk(p))
    });

    let promotion_desk: Arc<dyn PromotionDesk> =
        w.client("promotions", Arc::new(promotion_book.clone()), |p| {
            Arc::new(RemotePromotionDesk(p))
        });
    let tax_desk: Arc<dyn TaxDesk> = w.client("taxes", Arc::new(tax_book.clone()), |p| {
        Arc::new(RemoteTaxDesk(p))
    });
    let staff_desk: Arc<dyn StaffDesk> = w.client("tenants", Arc::new(shops.clone()), |p| {
        Arc::new(RemoteStaffDesk(p))
    });
    let warehousing = inventory::Desk::new(stock.clone(), catalog.clone());
    let warehouse_desk: Arc<dyn WarehouseDesk> = w.client("inventory", Arc::new(warehousing.clone()), |p| {
        Arc::new(RemoteWarehouseDesk(p))
    });

    let watch = Arc::new(crate::system::Watch::new(db(identity::CONTEXT)?, config));
    let faces = storefront::Parts {
        identity: identity.clone(),
        mailbox,
        tenants: tenants.clone(),
        catalog: catalog.clone(),
        inventory: inventory.clone(),
        reviews: reviews.clone(),
        wishlists,
        messages: messages.clone(),
        notifications: noticing.notifications,
        templates: noticing.templates,
        dead_letters: noticing.dead_letters,
        reach: noticing.reach,
        search: search.clone(),
        search_desk: finding.search_desk,
        promoting: finding.promoting,
        history: desks.history,
        moderation: desks.moderation,
        schedule: desks.schedule,
        cart: cart.clone(),
        checkout: checkout.clone(),
        orders: orders.clone(),
        payments: payments.clone(),
        account,
        shop_desk,
        features,
        workbench: desks.workbench,
        intake: desks.intake,
        category_desk: desks.category_desk,
        stock_room,
        order_desk: order_desks.desk,
        order_papers: order_desks.papers,
        market_desk: order_desks.market,
        system: watch.clone(),
        downloads: order_desks.downloads,
        payment_desk,
        shipping,
        ledger,
        settlement,
        money_desk,
        audit,
        people: keys.people,
        partner_keys: keys.partners.clone(),
        api_keys: keys.shops,
        second_factors: keys.factors,
        saved_views: keys.views,
        webhooks,
        purses,
        promotion_desk,
        staff_desk,
        tax_desk,
        warehouse_desk,
        public_url: config.public_url.clone(),
        answers_within: config.answers_within,
        open_inbox: config.open_inbox,
        window: storefront::Window::default(),
        page_cache: storefront::PageCache::default(),
        live: storefront::Live::new(clock.clone()),
    };

    let every = (clock.clone(), accounts.clone());
    w.add(
        Service::new("identity")
            .api(identity::routes(accounts.clone()))
            .calls(ServedIdentity(Arc::new(accounts.clone())))
            .run(Loop::new("identity upkeep", move |stop| {
                identity::work(every.1.clone(), every.0.clone(), stop)
            })),
    );
    keys::serve(w, &accounts);
    w.add(Service::new("identity").calls(ServedMailbox(inbox)));
    w.add(Service::new("identity").calls(ServedOwnAccount(Arc::new(accounts.clone()))));
    w.add(Service::new("tenants").calls(ServedShopDesk(Arc::new(shops.clone()))));
    w.add(Service::new("inventory").calls(ServedStockRoom(Arc::new(stock.clone()))));
    desks::serve(w, &products);
    desks::serve_orders(w, &order_book);
    w.add(Service::new("promotions").calls(ServedPromotionDesk(Arc::new(promotion_book.clone()))));
    w.add(Service::new("taxes").calls(ServedTaxDesk(Arc::new(tax_book.clone()))));
    w.add(Service::new("tenants").calls(ServedStaffDesk(Arc::new(shops.clone()))));
    w.add(Service::new("inventory").calls(ServedWarehouseDesk(Arc::new(warehousing))));
    w.add(Service::new("ledger").calls(ServedSettlement(Arc::new(ledger_book.clone()))));
    w.add(
        Service::new("ledger")
            .api(ledger::purse_routes(purse_book.clone()))
            .calls(ServedPurses(Arc::new(purse_book))),
    );
    w.add(Service::new("checkout").calls(ServedPaymentDesk(Arc::new(till.clone()))));
    let (a, c) = (shops.clone(), clock.clone());
    w.add(
        Service::new("tenants")
            .api(tenants::routes(shops.clone()))
            .calls(ServedTenants(Arc::new(shops)))
            .run(Loop::new("tenants reactions", move |stop| {
                tenants::work(a.clone(), c.clone(), stop)
            })),
    );
    w.add(
        Service::new("inventory")
            .api(inventory::routes(stock.clone(), catalog.clone()))
            .calls(ServedInventory(Arc::new(stock.clone()))),
    );
    let a = products.clone();
    w.add(
        Service::new("catalog")
            .api(catalog::routes(products.clone()))
            .pages(catalog::media_routes(products.clone()))
            .calls(ServedCatalog(Arc::new(products.clone())))
            .check(objects_check(home.objects.clone()))
            .run(Loop::new("catalog caches", move |stop| {
                catalog::work(a.clone(), stop)
            })),
    );
    let received = ratings.clone();
    w.add(
        Service::new("reviews")
            .api(reviews::routes(ratings.clone(), catalog.clone(), tenants.clone()))
            .calls(ServedReviews(Arc::new(ratings.clone())))
            .run(Loop::new("reviews and orders", move |stop| {
                reviews::note_purchases(received.clone(), stop)
            })),
    );
    talk::serve(w, conversations);
    let found = db(search::CONTEXT)?;
    let searched = finding.findings.clone();
    finding::serve(w, searches, finding.findings, follower, catalog.clone(), found);
    let (a, c) = (carts.clone(), clock.clone());
    w.add(
        Service::new("cart")
            .api(cart::routes(carts.clone()))
            .calls(ServedCart(Arc::new(carts)))
            .run(Loop::new("idle carts", move |stop| {
                cart::drop_idle(a.clone(), c.clone(), stop)
            })),
    );
    let (a, c) = (order_book.clone(), clock.clone());
    w.add(
        Service::new("orders")
            .api(orders::routes(order_book.clone()))
            .calls(ServedOrders(Arc::new(order_book.clone())))
            .run(Loop::new("orders reactions", move |stop| {
                orders::work(a.clone(), c.clone(), stop)
            })),
    );
    w.add(carrying::service(parcels.clone(), sandbox_carrier, clock));
    w.add(
        Service::new("payments")
            .api(payments::routes(payment_book.clone()))
            .pages(desk.pages)
            .calls(ServedPayments(Arc::new(payment_book.clone()))),
    );
    let (a, c) = (ledger_book.clone(), clock.clone());
    w.add(
        Service::new("ledger")
            .api(ledger::routes(ledger_book.clone()))
            .calls(ServedLedger(Arc::new(ledger_book.clone())))
            .run(Loop::new("settlement", move |stop| {
                ledger::work(a.clone(), c.clone(), stop)
            })),
    );
    w.add(Service::new("promotions").api(promotions::routes(promotion_book.clone())));
    w.add(Service::new("taxes").api(taxes::routes(tax_book.clone())));
    let mut service = Service::new("checkout")
        .api(checkout::routes(till.clone()))
        .calls(ServedCheckout(Arc::new(till.clone())));
    service.loops = till.loops();
    let (c, t) = (clock.clone(), till.clone());
    service.loops.push(Loop::new("sandbox webhooks", move |stop| {
        let (till, now) = (t.clone(), c.clone());
        let listener = move |webhook| {
            let (till, now) = (till.clone(), now.now());
            async move { till.hears("sandbox", webhook, now).await }
        };
        sandbox.clone().tell(listener, c.clone(), stop)
    }));
    w.add(service);
    let hearing = listening::to_the_log(db(orders::CONTEXT)?, faces.live.clone());
    w.add(
        Service::new("storefront")
            .pages(storefront::routes(faces))
            .run(hearing),
    );
    watch.know(&w.services, database_check(db(identity::CONTEXT)?), config);

    let books = Books {
        stock,
        orders: order_book,
        payments: payment_book,
        ledger: ledger_book,
        promotions: promotion_book,
        taxes: tax_book,
        parcels,
        reviews: ratings,
        searched,
        till,
        trail,
    };
    Ok(Market {
        identity,
        partner_keys: keys.partners,
        tenants,
        catalog,
        checkout,
        cart,
        messages,
        search,
        accounts,
        products,
        hooks,
        promoter: finding.promoter,
        books,
        cells,
        services: wiring.services,
    })
}
