//! Where the pages of shops' work are, and their forms.

use super::{
    api_keys, cancel, feeds, files, following, goods, history, home, items, messages, notices, orders,
    parcels, product_form, products, promoted, promotions, refund, returns, reviews, schedule, settlement,
    shop, staff, statement, stock, uploads, warehouses, webhooks,
};
use crate::web::table::Table;
use crate::web::{live, saved_views};

pub fn add_to(table: Table) -> Table {
    table
        .get("/seller", home::page)
        .get("/seller/events", live::desk)
        .get("/seller/orders", orders::list)
        .get("/seller/orders/events", live::sales)
        .get("/seller/orders/{id}", orders::page)
        .post("/seller/orders/{id}/pack", orders::pack)
        .post("/seller/orders/{id}/ship", orders::ship)
        .post("/seller/orders/{id}/parcels/{parcel}/deliver", orders::deliver)
        .post("/seller/orders/{id}/cancel", cancel::whole)
        .post("/seller/orders/{id}/cancel-units", cancel::units)
        .post("/seller/orders/{id}/refund", refund::give)
        .get("/seller/returns", returns::list)
        .post(
            "/seller/orders/{id}/returns/{return}/authorise",
            returns::authorise,
        )
        .post("/seller/orders/{id}/returns/{return}/refuse", returns::refuse)
        .post("/seller/orders/{id}/returns/{return}/receive", returns::receive)
        .post("/seller/orders/{id}/returns/{return}/refund", returns::refund)
        .post("/seller/orders/{id}/returns/{return}/exchange", returns::exchange)
        .post("/seller/orders/{id}/returns/{return}/close", returns::close)
        .get("/seller/orders/{id}/packing-slip.pdf", parcels::packing_slip)
        .get("/seller/orders/{id}/invoice.pdf", parcels::invoice)
        .get(
            "/seller/orders/{id}/refunds/{refund}/credit-note.pdf",
            parcels::credit_note,
        )
        .post("/seller/orders/{id}/shipments", parcels::book)
        .get(
            "/seller/orders/{id}/shipments/{shipment}/label.pdf",
            parcels::label,
        )
        .post(
            "/seller/orders/{id}/shipments/{shipment}/hand-over",
            parcels::hand_over,
        )
        .get("/seller/messages", messages::list)
        .get("/seller/messages/{id}", messages::thread)
        .post("/seller/messages/{id}", messages::send)
        .post("/seller/messages/{id}/archive", messages::archive)
        .post("/seller/messages/{id}/report", messages::report)
        .post("/seller/messages/{id}/quote", messages::quote)
        .get("/seller/notifications", notices::list)
        .post("/seller/notifications/read", notices::read_all)
        .get("/seller/notifications/settings", notices::settings)
        .post("/seller/notifications/settings", notices::change_settings)
        .get("/seller/notifications/{id}", notices::open)
        .get("/seller/reviews", reviews::list)
        .post("/seller/reviews/{id}/reply", reviews::reply)
        .get("/seller/products", products::list)
        .get("/seller/products/new", product_form::new)
        .post_files(
            "/seller/products/new",
            product_form::create,
            product_form::BYTES_MAX,
        )
        .get("/seller/products/{id}", product_form::edit)
        .post_files(
            "/seller/products/{id}",
            product_form::change,
            product_form::BYTES_MAX,
        )
        .post("/seller/products/{id}/delete", products::delete)
        .get("/seller/products/{id}/same-as", items::page)
        .post("/seller/products/{id}/same-as", items::propose)
        .post("/seller/products/{id}/same-as/withdraw", items::withdraw)
        .get("/seller/products/{id}/history", history::page)
        .post(
            "/seller/products/{id}/versions/{version}/restore",
            history::restore,
        )
        .post("/seller/products/{id}/scheduled", schedule::ask)
        .post(
            "/seller/products/{id}/scheduled/{change}/cancel",
            schedule::cancel,
        )
        .get("/seller/stock", stock::page)
        .post("/seller/stock/{sku}", stock::count)
        .get("/seller/settlement", settlement::page)
        .post("/seller/settlement/schedule", settlement::reschedule)
        .get("/seller/settlement/holds", settlement::holds)
        .get("/seller/settlement/payouts", settlement::payouts)
        .post("/seller/settlement/payouts", settlement::pay_now)
        .get("/seller/settlement/statement", statement::page)
        .get("/seller/settlement/year", settlement::year)
        .get("/seller/warehouses", warehouses::page)
        .post("/seller/warehouses", warehouses::open)
        .post("/seller/warehouses/rule", warehouses::set_rule)
        .post("/seller/warehouses/{id}", warehouses::change)
        .post("/seller/warehouses/{id}/close", warehouses::close)
        .get("/seller/goods", goods::list)
        .get("/seller/goods/new", goods::new)
        .post("/seller/goods/new", goods::begin)
        .get("/seller/goods/{id}", goods::page)
        .post("/seller/goods/{id}/receive", goods::receive)
        .post("/seller/goods/{id}/close", goods::close)
        .get("/seller/feeds", feeds::list)
        .post_files("/seller/feeds", feeds::compare, feeds::BYTES_MAX)
        .get("/seller/feeds/{id}", feeds::page)
        .get("/seller/feeds/{id}/lines.csv", feeds::csv)
        .post("/seller/feeds/{id}/believe", feeds::believe)
        .get("/seller/uploads", uploads::list)
        .post_files("/seller/uploads", uploads::submit, uploads::BYTES_MAX)
        .get("/seller/uploads/{id}", uploads::page)
        .post("/seller/uploads/{id}/undo", history::undo)
        .post("/seller/uploads/{id}/check", files::check)
        .post("/seller/uploads/{id}/start", files::start)
        .get("/seller/uploads/{id}/events", following::events)
        .get("/seller/uploads/{id}/errors.csv", files::error_list)
        .get("/seller/uploads/{id}/failed-rows.csv", files::failed_rows)
        .get("/seller/promoted", promoted::page)
        .post("/seller/promoted", promoted::promote)
        .post("/seller/promoted/{id}/stop", promoted::stop)
        .get("/seller/promotions", promotions::list)
        .get("/seller/promotions/new", promotions::new)
        .post("/seller/promotions/new", promotions::make)
        .post("/seller/promotions/{id}/end", promotions::end)
        .get("/seller/staff", staff::page)
        .post("/seller/staff/invitations", staff::invite)
        .post("/seller/staff/invitations/{id}/resend", staff::resend)
        .post("/seller/staff/invitations/{id}/take-back", staff::take_back)
        .post("/seller/staff/{id}/role", staff::set_role)
        .post("/seller/staff/{id}/dismiss", staff::dismiss)
        .get("/seller/webhooks", webhooks::list)
        .post("/seller/webhooks", webhooks::make)
        .get("/seller/webhooks/{id}", webhooks::page)
        .post("/seller/webhooks/{id}", webhooks::change)
        .post("/seller/webhooks/{id}/{act}", webhooks::act)
        .post(
            "/seller/webhooks/{id}/deliveries/{message}/retry",
            webhooks::retry,
        )
        .get("/seller/api-keys", api_keys::page)
        .post("/seller/api-keys", api_keys::make)
        .post("/seller/api-keys/{id}/rotate", api_keys::rotate)
        .post("/seller/api-keys/{id}/revoke", api_keys::revoke)
        .post("/seller/views", saved_views::save)
        .post("/seller/views/{id}/rename", saved_views::rename)
        .post("/seller/views/{id}/delete", saved_views::delete)
        .get("/seller/shop", shop::page)
        .post("/seller/shop", shop::change)
        .post_files("/seller/shop/pictures", shop::pictures, shop::BYTES_MAX)
        .post("/seller/shop/checks/{item}", shop::state_check)
}
