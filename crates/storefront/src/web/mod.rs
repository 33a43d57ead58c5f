//! Requests to pages: each file reads what its pages need through contracts, fills the view and renders it.

mod above;
mod account;
mod auth;
mod bank;
mod cancel;
mod cards;
mod cart;
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
mod mail;
mod making;
mod messages;
mod notice_settings;
mod notices;
mod numbers;
mod operator;
mod orders;
mod outcomes;
mod own_reviews;
mod papers;
mod patience;
mod payouts;
mod posted;
mod prices;
mod private;
mod product;
mod readdress;
mod resting;
mod returns;
mod reviews;
mod savings;
mod seller;
mod shelf;
mod shop;
mod sitemap;
mod sub_orders;
mod table;
mod taste;
mod taxes;
mod viewed;
mod visit;
mod window;
mod wishes;

pub use table::Address;
pub use window::Window;

use axum::Router;
use contracts::cart::CartService;
use contracts::catalog::history::History;
use contracts::catalog::moderation::ModerationDesk;
use contracts::catalog::schedule::Schedule;
use contracts::catalog::uploads::Intake;
use contracts::catalog::{Catalog, CategoryDesk, Workbench};
use contracts::checkout::{Checkout, PaymentDesk};
use contracts::digital::Downloads;
use contracts::identity::{ApiKeys, Identity, Mailbox, OwnAccount, PartnerKeys};
use contracts::inventory::{Inventory, StockRoom, WarehouseDesk};
use contracts::ledger::{Ledger, MoneyDesk, Settlement};
use contracts::messages::Messages;
use contracts::notifications::{DeadLetters, NoticeTemplates, Notifications};
use contracts::orders::{MarketDesk, OrderDesk, OrderPapers, Orders};
use contracts::payments::Payments;
use contracts::promotions::PromotionDesk;
use contracts::purses::Purses;
use contracts::reviews::Reviews;
use contracts::search::Search;
use contracts::search::promoted::Promoting;
use contracts::search::tuning::SearchDesk;
use contracts::shipping::Shipping;
use contracts::system::System;
use contracts::taxes::TaxDesk;
use contracts::tenants::{ShopDesk, StaffDesk, Tenants};
use contracts::wishlists::Wishlists;
use std::sync::Arc;
use table::Table;

/// The contexts that pages are made of, wherever they run.
#[derive(Clone)]
pub struct Shop {
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
    pub search: Arc<dyn Search>,
    pub search_desk: Arc<dyn SearchDesk>,
    pub promoting: Arc<dyn Promoting>,
    pub cart: Arc<dyn CartService>,
    pub checkout: Arc<dyn Checkout>,
    pub orders: Arc<dyn Orders>,
    pub payments: Arc<dyn Payments>,
    pub account: Arc<dyn OwnAccount>,
    pub shop_desk: Arc<dyn ShopDesk>,
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
    pub partner_keys: Arc<dyn PartnerKeys>,
    pub api_keys: Arc<dyn ApiKeys>,
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
}

fn table() -> Table {
    Table::default()
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
        .get("/verify-email", auth::recovery::verify)
        .post("/verify-email/send", account::send_verification)
        .get("/seller", seller::home::page)
        .get("/seller/orders", seller::orders::list)
        .get("/seller/orders/{id}", seller::orders::page)
        .post("/seller/orders/{id}/pack", seller::orders::pack)
        .post("/seller/orders/{id}/ship", seller::orders::ship)
        .post(
            "/seller/orders/{id}/parcels/{parcel}/deliver",
            seller::orders::deliver,
        )
        .post("/seller/orders/{id}/cancel", seller::cancel::whole)
        .post("/seller/orders/{id}/cancel-units", seller::cancel::units)
        .post("/seller/orders/{id}/refund", seller::refund::give)
        .get("/seller/returns", seller::returns::list)
        .post(
            "/seller/orders/{id}/returns/{return}/authorise",
            seller::returns::authorise,
        )
        .post(
            "/seller/orders/{id}/returns/{return}/refuse",
            seller::returns::refuse,
        )
        .post(
            "/seller/orders/{id}/returns/{return}/receive",
            seller::returns::receive,
        )
        .post(
            "/seller/orders/{id}/returns/{return}/refund",
            seller::returns::refund,
        )
        .post(
            "/seller/orders/{id}/returns/{return}/exchange",
            seller::returns::exchange,
        )
        .post(
            "/seller/orders/{id}/returns/{return}/close",
            seller::returns::close,
        )
        .get(
            "/seller/orders/{id}/packing-slip.pdf",
            seller::parcels::packing_slip,
        )
        .get("/seller/orders/{id}/invoice.pdf", seller::parcels::invoice)
        .get(
            "/seller/orders/{id}/refunds/{refund}/credit-note.pdf",
            seller::parcels::credit_note,
        )
        .post("/seller/orders/{id}/shipments", seller::parcels::book)
        .get(
            "/seller/orders/{id}/shipments/{shipment}/label.pdf",
            seller::parcels::label,
        )
        .post(
            "/seller/orders/{id}/shipments/{shipment}/hand-over",
            seller::parcels::hand_over,
        )
        .get("/seller/messages", seller::messages::list)
        .get("/seller/messages/{id}", seller::messages::thread)
        .post("/seller/messages/{id}", seller::messages::send)
        .post("/seller/messages/{id}/archive", seller::messages::archive)
        .post("/seller/messages/{id}/report", seller::messages::report)
        .post("/seller/messages/{id}/quote", seller::messages::quote)
        .get("/seller/notifications", seller::notices::list)
        .post("/seller/notifications/read", seller::notices::read_all)
        .get("/seller/notifications/settings", seller::notices::settings)
        .post("/seller/notifications/settings", seller::notices::change_settings)
        .get("/seller/notifications/{id}", seller::notices::open)
        .get("/seller/reviews", seller::reviews::list)
        .post("/seller/reviews/{id}/reply", seller::reviews::reply)
        .get("/seller/products", seller::products::list)
        .get("/seller/products/new", seller::product_form::new)
        .post_files(
            "/seller/products/new",
            seller::product_form::create,
            seller::product_form::BYTES_MAX,
        )
        .get("/seller/products/{id}", seller::product_form::edit)
        .post_files(
            "/seller/products/{id}",
            seller::product_form::change,
            seller::product_form::BYTES_MAX,
        )
        .post("/seller/products/{id}/delete", seller::products::delete)
        .get("/seller/products/{id}/same-as", seller::items::page)
        .post("/seller/products/{id}/same-as", seller::items::propose)
        .get("/seller/products/{id}/history", seller::history::page)
        .post(
            "/seller/products/{id}/versions/{version}/restore",
            seller::history::restore,
        )
        .post("/seller/products/{id}/scheduled", seller::schedule::ask)
        .post(
            "/seller/products/{id}/scheduled/{change}/cancel",
            seller::schedule::cancel,
        )
        .get("/seller/stock", seller::stock::page)
        .post("/seller/stock/{sku}", seller::stock::count)
        .get("/seller/settlement", seller::settlement::page)
        .post("/seller/settlement/schedule", seller::settlement::reschedule)
        .get("/seller/settlement/holds", seller::settlement::holds)
        .get("/seller/settlement/payouts", seller::settlement::payouts)
        .post("/seller/settlement/payouts", seller::settlement::pay_now)
        .get("/seller/settlement/statement", seller::settlement::statement)
        .get("/seller/settlement/year", seller::settlement::year)
        .get("/seller/warehouses", seller::warehouses::page)
        .post("/seller/warehouses", seller::warehouses::open)
        .post("/seller/warehouses/rule", seller::warehouses::set_rule)
        .post("/seller/warehouses/{id}", seller::warehouses::change)
        .post("/seller/warehouses/{id}/close", seller::warehouses::close)
        .get("/seller/goods", seller::goods::list)
        .get("/seller/goods/new", seller::goods::new)
        .post("/seller/goods/new", seller::goods::begin)
        .get("/seller/goods/{id}", seller::goods::page)
        .post("/seller/goods/{id}/receive", seller::goods::receive)
        .post("/seller/goods/{id}/close", seller::goods::close)
        .get("/seller/feeds", seller::feeds::list)
        .post_files("/seller/feeds", seller::feeds::compare, seller::feeds::BYTES_MAX)
        .get("/seller/feeds/{id}", seller::feeds::page)
        .get("/seller/feeds/{id}/lines.csv", seller::feeds::csv)
        .post("/seller/feeds/{id}/believe", seller::feeds::believe)
        .get("/seller/uploads", seller::uploads::list)
        .post_files(
            "/seller/uploads",
            seller::uploads::submit,
            seller::uploads::BYTES_MAX,
        )
        .get("/seller/uploads/{id}", seller::uploads::page)
        .post("/seller/uploads/{id}/undo", seller::history::undo)
        .post("/seller/uploads/{id}/check", seller::files::check)
        .post("/seller/uploads/{id}/start", seller::files::start)
        .get("/seller/uploads/{id}/events", seller::following::events)
        .get("/seller/uploads/{id}/errors.csv", seller::files::error_list)
        .get("/seller/uploads/{id}/failed-rows.csv", seller::files::failed_rows)
        .get("/seller/promoted", seller::promoted::page)
        .post("/seller/promoted", seller::promoted::promote)
        .post("/seller/promoted/{id}/stop", seller::promoted::stop)
        .get("/seller/promotions", seller::promotions::list)
        .get("/seller/promotions/new", seller::promotions::new)
        .post("/seller/promotions/new", seller::promotions::make)
        .post("/seller/promotions/{id}/end", seller::promotions::end)
        .get("/seller/staff", seller::staff::page)
        .post("/seller/staff/invitations", seller::staff::invite)
        .post("/seller/staff/invitations/{id}/resend", seller::staff::resend)
        .post(
            "/seller/staff/invitations/{id}/take-back",
            seller::staff::take_back,
        )
        .post("/seller/staff/{id}/role", seller::staff::set_role)
        .post("/seller/staff/{id}/dismiss", seller::staff::dismiss)
        .get("/seller/api-keys", seller::api_keys::page)
        .post("/seller/api-keys", seller::api_keys::make)
        .post("/seller/api-keys/{id}/rotate", seller::api_keys::rotate)
        .post("/seller/api-keys/{id}/revoke", seller::api_keys::revoke)
        .get("/seller/shop", seller::shop::page)
        .post("/seller/shop", seller::shop::change)
        .post_files(
            "/seller/shop/pictures",
            seller::shop::pictures,
            seller::shop::BYTES_MAX,
        )
        .post("/seller/shop/checks/{item}", seller::shop::state_check)
        .get("/operator", operator::overview::page)
        .get("/operator/system", operator::system::page)
        .post("/operator/system/rebuild-index", operator::system::rebuild_index)
        .get("/operator/orders", operator::orders::list)
        .get("/operator/orders/{number}", operator::order::page)
        .post(
            "/operator/orders/{number}/parts/{part}/refund",
            operator::order::give_back,
        )
        .get("/operator/holds", operator::holds::list)
        .post("/operator/holds", operator::holds::place)
        .post("/operator/holds/{id}/lift", operator::holds::lift)
        .get("/operator/commission", operator::commission::list)
        .post("/operator/commission", operator::commission::make)
        .post("/operator/commission/{id}/end", operator::commission::end)
        .get("/operator/partners", operator::partners::page)
        .post("/operator/partners", operator::partners::make)
        .post("/operator/partners/{id}/revoke", operator::partners::revoke)
        .get("/operator/shops", operator::shops::list)
        .get("/operator/shops/{id}", operator::shops::page)
        .post("/operator/shops/{id}/checks/{item}", operator::shops::judge)
        .post("/operator/shops/{id}/{command}", operator::shops::command)
        .get("/operator/ledger", operator::ledger::page)
        .get("/operator/payments", operator::payments::list)
        .get("/operator/payments/{order}", operator::payments::page)
        .post("/operator/payments/{order}/{act}", operator::payments::act)
        .post(
            "/operator/payments/{order}/refunds/{refund}/{act}",
            operator::refunds::act,
        )
        .get("/operator/payouts", operator::payouts::list)
        .get("/operator/reconciliation", operator::breaks::list)
        .post("/operator/reconciliation", operator::breaks::explain)
        .post_files(
            "/operator/reconciliation/files",
            operator::breaks::import,
            operator::breaks::BYTES_MAX,
        )
        .post("/operator/payouts/{id}/return", operator::payouts::came_back)
        .get("/operator/gift-cards", operator::gift_cards::page)
        .post("/operator/gift-cards", operator::gift_cards::issue)
        .post("/operator/gift-cards/{id}/disable", operator::gift_cards::disable)
        .post("/operator/gift-cards/{id}/enable", operator::gift_cards::enable)
        .get("/operator/taxes", operator::taxes::page)
        .post("/operator/taxes/rates", operator::taxes::make_rate)
        .post("/operator/taxes/rates/{id}/end", operator::taxes::end_rate)
        .post("/operator/taxes/categories", operator::taxes::make_category)
        .post("/operator/taxes/regions", operator::taxes::make_region)
        .post("/operator/taxes/owner", operator::taxes::set_owner)
        .get("/operator/messages", operator::messages::list)
        .get("/operator/messages/{id}", operator::messages::thread)
        .post("/operator/messages/{id}/dismiss", operator::messages::dismiss)
        .post("/operator/messages/{id}/hide", operator::messages::hide)
        .post("/operator/messages/{id}/close", operator::messages::close)
        .get("/operator/reviews", operator::reviews::list)
        .post("/operator/reviews/{id}/approve", operator::reviews::approve)
        .post("/operator/reviews/{id}/reject", operator::reviews::reject)
        .get("/operator/moderation", operator::moderation::page)
        .post("/operator/moderation/rules", operator::moderation::set_rules)
        .post("/operator/moderation/{id}/approve", operator::moderation::approve)
        .post("/operator/moderation/{id}/reject", operator::moderation::reject)
        .post(
            "/operator/moderation/shops/{id}/trust",
            operator::moderation::trust,
        )
        .get("/operator/categories", operator::categories::page)
        .post("/operator/categories", operator::categories::create)
        .post("/operator/categories/{id}", operator::categories::change)
        .post("/operator/categories/{id}/place", operator::categories::place)
        .post(
            "/operator/categories/{id}/attributes",
            operator::categories::set_attributes,
        )
        .get("/operator/promoted", operator::promoted::page)
        .post("/operator/promoted", operator::promoted::set)
        .get("/operator/items", operator::items::page)
        .post("/operator/items/{id}/match", operator::items::accept)
        .post("/operator/items/{id}/refuse", operator::items::refuse)
        .get("/operator/search", operator::search::page)
        .post("/operator/search/synonyms", operator::search::make_synonym)
        .post(
            "/operator/search/synonyms/{id}/end",
            operator::search::end_synonym,
        )
        .post("/operator/search/rules", operator::search::make_rule)
        .post("/operator/search/rules/{id}/end", operator::search::end_rule)
        .get("/operator/templates", operator::templates::list)
        .get("/operator/templates/{kind}/{language}", operator::templates::page)
        .post(
            "/operator/templates/{kind}/{language}",
            operator::templates::write,
        )
        .post(
            "/operator/templates/{kind}/{language}/restore",
            operator::templates::restore,
        )
        .get("/operator/dead-letters", operator::dead_letters::list)
        .post("/operator/dead-letters/{id}/retry", operator::dead_letters::retry)
        .post(
            "/operator/dead-letters/{id}/dismiss",
            operator::dead_letters::dismiss,
        )
        .get("/dev/components", components::page)
        .get("/dev/mail", mail::list)
        .get("/dev/mail/{id}", mail::message)
        .post("/preferences", info::preferences)
        .get("/help", info::help)
        .get("/about", info::about)
        .get("/robots.txt", info::robots)
}

/// All addresses of pages and forms.
#[must_use]
pub fn addresses() -> Vec<Address> {
    table().addresses
}

/// All pages.
pub fn routes(shop: Shop) -> Router {
    let shop = Shop {
        search: Arc::new(patience::PatientSearch::new(shop.search, shop.answers_within)),
        ..shop
    };
    table()
        .router
        .merge(sitemap::router())
        .merge(crate::assets::router())
        .fallback(failure::not_found)
        .layer(axum::middleware::from_fn_with_state(
            shop.clone(),
            failure::as_page,
        ))
        .with_state(shop)
}
