//! Requests to pages: each file reads what its pages need through contracts, fills the view and renders it.

mod account;
mod auth;
mod bank;
mod cards;
mod cart;
mod checkout;
mod draft;
mod facets;
mod failure;
mod home;
mod info;
mod listing;
mod mail;
mod operator;
mod orders;
mod posted;
mod private;
mod product;
mod seller;
mod shop;
mod sitemap;
mod visit;
mod window;

pub use window::Window;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use contracts::cart::CartService;
use contracts::catalog::{Catalog, Workbench};
use contracts::checkout::Checkout;
use contracts::identity::{Identity, Mailbox, OwnAccount};
use contracts::inventory::{Inventory, StockRoom};
use contracts::ledger::Ledger;
use contracts::orders::{OrderDesk, Orders};
use contracts::payments::Payments;
use contracts::search::Search;
use contracts::tenants::{ShopDesk, Tenants};
use std::sync::Arc;

/// The contexts that pages are made of, wherever they run.
#[derive(Clone)]
pub struct Shop {
    pub identity: Arc<dyn Identity>,
    pub mailbox: Arc<dyn Mailbox>,
    pub tenants: Arc<dyn Tenants>,
    pub catalog: Arc<dyn Catalog>,
    pub inventory: Arc<dyn Inventory>,
    pub search: Arc<dyn Search>,
    pub cart: Arc<dyn CartService>,
    pub checkout: Arc<dyn Checkout>,
    pub orders: Arc<dyn Orders>,
    pub payments: Arc<dyn Payments>,
    pub account: Arc<dyn OwnAccount>,
    pub shop_desk: Arc<dyn ShopDesk>,
    pub workbench: Arc<dyn Workbench>,
    pub stock_room: Arc<dyn StockRoom>,
    pub order_desk: Arc<dyn OrderDesk>,
    pub ledger: Arc<dyn Ledger>,
    /// Scheme and host, without a slash at the end.
    pub public_url: String,
    /// Empty at first: pages dress it.
    pub window: Window,
}

/// All pages.
pub fn routes(shop: Shop) -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/c/{*path}", get(listing::category))
        .route("/search", get(listing::search))
        .route("/p/{slug}", get(product::page))
        .route("/shop/{slug}", get(shop::page))
        .route("/cart", get(cart::page))
        .route("/cart/lines", post(cart::add))
        .route("/cart/lines/{sku}", post(cart::set))
        .route("/cart/lines/{sku}/remove", post(cart::remove))
        .route("/cart/adjust", post(cart::adjust))
        .route("/checkout", get(checkout::begin))
        .route(
            "/checkout/address",
            get(checkout::address::page).post(checkout::address::submit),
        )
        .route(
            "/checkout/delivery",
            get(checkout::delivery::page).post(checkout::delivery::submit),
        )
        .route(
            "/checkout/payment",
            get(checkout::payment::page).post(checkout::payment::submit),
        )
        .route("/checkout/review", get(checkout::review::page))
        .route("/checkout/place", post(checkout::review::place))
        .route("/sandbox/3ds/{reference}", get(bank::page).post(bank::answer))
        .route("/orders", get(orders::history))
        .route("/orders/{id}", get(orders::page))
        .route("/orders/{id}/cancel", post(orders::cancel))
        .route("/orders/{id}/pay", get(orders::pay_page).post(orders::pay))
        .route("/orders/{id}/return", get(orders::back_from_bank))
        .route("/account", get(account::page))
        .route("/account/sessions/{id}/revoke", post(account::revoke))
        .route("/sign-in", get(auth::sign_in_page).post(auth::sign_in))
        .route("/sign-out", post(auth::sign_out))
        .route("/register", get(auth::register_page).post(auth::register))
        .route(
            "/open-a-shop",
            get(auth::open_shop::page).post(auth::open_shop::submit),
        )
        .route(
            "/forgot-password",
            get(auth::recovery::forgot_page).post(auth::recovery::forgot),
        )
        .route(
            "/reset-password",
            get(auth::recovery::reset_page).post(auth::recovery::reset),
        )
        .route("/verify-email", get(auth::recovery::verify))
        .route("/verify-email/send", post(account::send_verification))
        .route("/seller", get(seller::home::page))
        .route("/seller/orders", get(seller::orders::list))
        .route("/seller/orders/{id}", get(seller::orders::page))
        .route("/seller/products", get(seller::products::list))
        .route(
            "/seller/products/new",
            get(seller::product_form::new)
                .post(seller::product_form::create)
                .layer(DefaultBodyLimit::max(seller::product_form::BYTES_MAX)),
        )
        .route(
            "/seller/products/{id}",
            get(seller::product_form::edit)
                .post(seller::product_form::change)
                .layer(DefaultBodyLimit::max(seller::product_form::BYTES_MAX)),
        )
        .route("/seller/products/{id}/delete", post(seller::products::delete))
        .route(
            "/seller/uploads",
            get(seller::uploads::list)
                .post(seller::uploads::submit)
                .layer(DefaultBodyLimit::max(seller::uploads::BYTES_MAX)),
        )
        .route("/seller/uploads/{id}", get(seller::uploads::page))
        .route("/seller/shop", get(seller::shop::page).post(seller::shop::change))
        .route(
            "/seller/shop/pictures",
            post(seller::shop::pictures).layer(DefaultBodyLimit::max(seller::shop::BYTES_MAX)),
        )
        .route("/seller/shop/checks/{item}", post(seller::shop::state_check))
        .route("/operator", get(operator::shops::list))
        .route("/operator/shops/{id}", get(operator::shops::page))
        .route("/operator/shops/{id}/checks/{item}", post(operator::shops::judge))
        .route("/operator/shops/{id}/{command}", post(operator::shops::command))
        .route("/operator/ledger", get(operator::ledger::page))
        .route("/dev/mail", get(mail::list))
        .route("/dev/mail/{id}", get(mail::message))
        .route("/preferences", post(info::preferences))
        .route("/help", get(info::help))
        .route("/about", get(info::about))
        .route("/robots.txt", get(info::robots))
        .route("/sitemap.xml", get(sitemap::index))
        .route("/sitemap/{file}", get(sitemap::file))
        .merge(crate::assets::router())
        .fallback(failure::not_found)
        .layer(axum::middleware::from_fn_with_state(
            shop.clone(),
            failure::as_page,
        ))
        .with_state(shop)
}
