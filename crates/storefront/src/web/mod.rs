//! Requests to pages: each file reads what its pages need through contracts, fills the view and renders it.

mod above;
mod account;
mod auth;
mod bank;
mod cancel;
mod cards;
mod cart;
mod channels;
mod checkout;
mod compare;
mod components;
mod differences;
mod downloads;
mod draft;
mod facets;
mod failure;
mod home;
mod info;
mod kept;
mod left;
mod listing;
mod live;
mod mail;
mod making;
mod messages;
mod notice_settings;
mod notices;
mod numbers;
mod operator;
mod order_link;
mod orders;
mod outcomes;
mod own_reviews;
mod page_cache;
mod papers;
mod patience;
mod payouts;
mod posted;
mod prices;
mod private;
mod product;
mod readdress;
mod rendered;
mod resting;
mod returns;
mod reviews;
mod saved_views;
mod savings;
mod second_factor;
mod seller;
mod shelf;
mod shop;
mod sitemap;
mod sub_orders;
mod table;
mod taste;
mod taxes;
mod titles;
mod viewed;
mod visit;
mod ways;
mod window;
mod wishes;

pub use live::Live;
pub use page_cache::PageCache;
pub use table::Address;
pub use window::Window;

use axum::Router;
use contracts::audit::AuditTrail;
use contracts::cart::CartService;
use contracts::catalog::history::History;
use contracts::catalog::moderation::ModerationDesk;
use contracts::catalog::schedule::Schedule;
use contracts::catalog::uploads::Intake;
use contracts::catalog::{Catalog, CategoryDesk, Workbench};
use contracts::checkout::{Checkout, PaymentDesk};
use contracts::digital::Downloads;
use contracts::identity::{ApiKeys, Identity, Mailbox, OwnAccount, PartnerKeys, SecondFactors};
use contracts::inventory::{Inventory, StockRoom, WarehouseDesk};
use contracts::ledger::{Ledger, MoneyDesk, Settlement};
use contracts::messages::Messages;
use contracts::notifications::{DeadLetters, NoticeTemplates, Notifications, Reach};
use contracts::orders::{MarketDesk, OrderDesk, OrderPapers, Orders};
use contracts::payments::Payments;
use contracts::people::People;
use contracts::promotions::PromotionDesk;
use contracts::purses::Purses;
use contracts::reviews::Reviews;
use contracts::saved_views::SavedViews;
use contracts::search::Search;
use contracts::search::promoted::Promoting;
use contracts::search::tuning::SearchDesk;
use contracts::shipping::Shipping;
use contracts::system::System;
use contracts::taxes::TaxDesk;
use contracts::tenants::{Features, ShopDesk, StaffDesk, Tenants};
use contracts::webhooks::Webhooks;
use contracts::wishlists::Wishlists;
use std::ops::Deref;
use std::sync::Arc;
use table::Table;

/// What pages are made of. Every answer takes it along: to clone it costs one count, not one for each context.
#[derive(Clone)]
pub struct Shop(Arc<Parts>);

impl Deref for Shop {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The contexts that pages are made of, wherever they run.
pub struct Parts {
    /// Pages are there by then, whoever of those they ask is silent.
    pub answers_within: std::time::Duration,
    pub identity: Arc<dyn Identity>,
    pub mailbox: Arc<dyn Mailbox>,
    pub tenants: Arc<dyn Tenants>,
    pub catalog: Arc<dyn Catalog>,
    pub inventory: Arc<dyn Inventory>,
    pub reviews: Arc<dyn Reviews>,
    pub wishlists: Arc<dyn Wishlists>,
    pub messages: Arc<dyn Messages>,
    pub notifications: Arc<dyn Notifications>,
    pub templates: Arc<dyn NoticeTemplates>,
    pub dead_letters: Arc<dyn DeadLetters>,
    pub reach: Arc<dyn Reach>,
    pub search: Arc<dyn Search>,
    pub search_desk: Arc<dyn SearchDesk>,
    pub promoting: Arc<dyn Promoting>,
    pub cart: Arc<dyn CartService>,
    pub checkout: Arc<dyn Checkout>,
    pub orders: Arc<dyn Orders>,
    pub payments: Arc<dyn Payments>,
    pub account: Arc<dyn OwnAccount>,
    pub shop_desk: Arc<dyn ShopDesk>,
    pub features: Arc<dyn Features>,
    pub workbench: Arc<dyn Workbench>,
    pub history: Arc<dyn History>,
    pub moderation: Arc<dyn ModerationDesk>,
    pub intake: Arc<dyn Intake>,
    pub category_desk: Arc<dyn CategoryDesk>,
    pub schedule: Arc<dyn Schedule>,
    pub stock_room: Arc<dyn StockRoom>,
    pub order_desk: Arc<dyn OrderDesk>,
    pub order_papers: Arc<dyn OrderPapers>,
    pub market_desk: Arc<dyn MarketDesk>,
    pub system: Arc<dyn System>,
    pub downloads: Arc<dyn Downloads>,
    pub shipping: Arc<dyn Shipping>,
    pub payment_desk: Arc<dyn PaymentDesk>,
    pub ledger: Arc<dyn Ledger>,
    pub settlement: Arc<dyn Settlement>,
    pub money_desk: Arc<dyn MoneyDesk>,
    pub audit: Arc<dyn AuditTrail>,
    pub people: Arc<dyn People>,
    pub partner_keys: Arc<dyn PartnerKeys>,
    pub api_keys: Arc<dyn ApiKeys>,
    pub second_factors: Arc<dyn SecondFactors>,
    pub saved_views: Arc<dyn SavedViews>,
    pub webhooks: Arc<dyn Webhooks>,
    pub purses: Arc<dyn Purses>,
    pub promotion_desk: Arc<dyn PromotionDesk>,
    pub staff_desk: Arc<dyn StaffDesk>,
    pub tax_desk: Arc<dyn TaxDesk>,
    pub warehouse_desk: Arc<dyn WarehouseDesk>,
    /// Scheme and host, without a slash at the end.
    pub public_url: String,
    /// Whether somebody on this very machine may read the mails without signing in: for trying things out.
    pub open_inbox: bool,
    /// Empty at first: pages dress it.
    pub window: Window,
    pub page_cache: PageCache,
    /// Hears the log; pages that are open hear of it.
    pub live: Live,
}

fn table() -> Table {
    let table = Table::default()
        .get("/", home::page)
        .get("/c/{*path}", listing::category)
        .get("/search", listing::search)
        .get("/p/{slug}", product::page)
        .get("/p/{slug}/reviews", reviews::of_product)
        .post("/p/{slug}/reviews/{review}/vote", reviews::vote)
        .post("/p/{slug}/reviews/{review}/report", reviews::report)
        .get("/shop/{slug}", shop::page)
        .get("/shop/{slug}/reviews", reviews::of_shop)
        .get("/wishlist", wishes::page)
        .post("/wishlist/items", wishes::add)
        .post("/wishlist/forget-gone", wishes::forget_gone)
        .post("/wishlist/items/{id}/remove", wishes::remove)
        .post("/wishlist/items/{id}/to-cart", wishes::to_cart)
        .post("/wishlist/share", wishes::share)
        .post("/wishlist/unshare", wishes::unshare)
        .get("/wishlist/shared/{token}", wishes::shared)
        .get("/viewed", viewed::page)
        .post("/viewed/clear", viewed::clear)
        .post("/viewed/keep", viewed::keep)
        .get("/compare", compare::page)
        .get("/cart", cart::page)
        .post("/cart/lines", cart::add)
        .post("/cart/lines/{line}", cart::set)
        .post("/cart/lines/{line}/remove", cart::remove)
        .post("/cart/adjust", cart::adjust)
        .post("/cart/coupons", savings::add)
        .post("/cart/coupons/remove", savings::remove)
        .get("/checkout", checkout::begin)
        .get("/checkout/address", checkout::address::page)
        .post("/checkout/address", checkout::address::submit)
        .get("/checkout/delivery", checkout::delivery::page)
        .post("/checkout/delivery", checkout::delivery::submit)
        .get("/checkout/payment", checkout::payment::page)
        .post("/checkout/payment", checkout::payment::submit)
        .post("/checkout/gift-cards", checkout::gift_cards::add)
        .post("/checkout/gift-cards/remove", checkout::gift_cards::remove)
        .post("/checkout/store-credit", checkout::gift_cards::credit)
        .get("/checkout/review", checkout::review::page)
        .post("/checkout/place", checkout::review::place)
        .get("/sandbox/3ds/{reference}", bank::page)
        .post("/sandbox/3ds/{reference}", bank::answer)
        .get("/orders", orders::history)
        .get("/orders/{id}", orders::page)
        .get("/orders/{id}/events", live::order)
        .get("/order-links/{link}", order_link::open)
        .post("/orders/{id}/cancel", orders::cancel)
        .post("/orders/{id}/downloads", downloads::begin_of_order)
        .get("/downloads/{pass}", downloads::page)
        .post("/downloads/{pass}", downloads::begin_by_pass)
        .post("/orders/{id}/address", readdress::submit)
        .post("/orders/{id}/parts/{part}/cancel-units", cancel::units_of_part)
        .post("/orders/{id}/returns", returns::request)
        .post("/orders/{id}/returns/{return}/send", returns::send)
        .post("/orders/{id}/returns/{return}/withdraw", returns::withdraw)
        .get("/orders/{id}/pay", orders::pay_page)
        .post("/orders/{id}/pay", orders::pay)
        .get("/orders/{id}/return", orders::back_from_bank)
        .get("/orders/{id}/parts/{part}/invoice.pdf", papers::invoice)
        .get(
            "/orders/{id}/refunds/{refund}/credit-note.pdf",
            papers::credit_note,
        )
        .get("/account", account::page)
        .post("/account/sessions/{id}/revoke", account::revoke)
        .get("/account/second-factor", second_factor::page)
        .post("/account/second-factor/start", second_factor::start)
        .post("/account/second-factor/confirm", second_factor::confirm)
        .post("/account/second-factor/codes", second_factor::renew_codes)
        .post("/account/second-factor/off", second_factor::turn_off)
        .get("/account/messages", messages::list)
        .get("/account/messages/new", messages::new)
        .post("/account/messages/new", messages::start)
        .get("/account/messages/{id}", messages::thread)
        .post("/account/messages/{id}", messages::send)
        .post("/account/messages/{id}/archive", messages::archive)
        .post("/account/messages/{id}/report", messages::report)
        .post("/account/messages/{id}/quotes/{message}", messages::answer_quote)
        .get("/account/notifications", notices::list)
        .post("/account/notifications/read", notices::read_all)
        .get("/account/notifications/settings", notice_settings::page)
        .post("/account/notifications/settings", notice_settings::change)
        .post("/account/notifications/phone", ways::give_phone)
        .post("/account/notifications/phone/verify", ways::verify_phone)
        .post("/account/notifications/phone/remove", ways::drop_phone)
        .post("/account/notifications/devices/{id}/remove", ways::drop_device)
        .get("/account/notifications/{id}", notices::open)
        .get("/unsubscribe", notice_settings::unsubscribe_page)
        .post("/unsubscribe", notice_settings::unsubscribe)
        .get("/account/reviews", own_reviews::list)
        .get("/account/reviews/new", own_reviews::new)
        .post_files("/account/reviews/new", own_reviews::write, own_reviews::BYTES_MAX)
        .get("/account/reviews/{id}", own_reviews::edit)
        .post_files(
            "/account/reviews/{id}",
            own_reviews::change,
            own_reviews::BYTES_MAX,
        )
        .post("/account/reviews/{id}/delete", own_reviews::delete)
        .get("/sign-in", auth::sign_in_page)
        .post("/sign-in", auth::sign_in)
        .post("/sign-in/code", auth::second_step::finish)
        .post("/sign-out", auth::sign_out)
        .get("/register", auth::register_page)
        .post("/register", auth::register)
        .get("/open-a-shop", auth::open_shop::page)
        .post("/open-a-shop", auth::open_shop::submit)
        .get("/forgot-password", auth::recovery::forgot_page)
        .post("/forgot-password", auth::recovery::forgot)
        .get("/reset-password", auth::recovery::reset_page)
        .post("/reset-password", auth::recovery::reset)
        .get("/invitation", auth::invitation::page)
        .post("/invitation", auth::invitation::accept)
        .get("/join", auth::invitation::join_page)
        .post("/join", auth::invitation::join)
        .get("/verify-email", auth::recovery::verify)
        .post("/verify-email/send", account::send_verification)
        .get("/dev/components", components::page)
        .get("/dev/mail", mail::list)
        .get("/dev/mail/{id}", mail::message)
        .get("/dev/messages", ways::messages)
        .post("/preferences", info::preferences)
        .get("/help", info::help)
        .get("/about", info::about)
        .get("/robots.txt", info::robots);
    operator::addresses::add_to(seller::addresses::add_to(table))
}

/// All addresses of pages and forms.
#[must_use]
pub fn addresses() -> Vec<Address> {
    table().addresses
}

/// All pages.
pub fn routes(parts: Parts) -> Router {
    let shop = Shop(Arc::new(Parts {
        search: Arc::new(patience::PatientSearch::new(parts.search, parts.answers_within)),
        ..parts
    }));
    table()
        .router
        .merge(sitemap::router())
        .merge(channels::router())
        .merge(crate::assets::router())
        .fallback(failure::not_found)
        .layer(axum::middleware::from_fn_with_state(
            shop.clone(),
            failure::as_page,
        ))
        .with_state(shop)
}
