//! Where the pages of the marketplace's staff are, and their forms.

use super::{
    audit, breaks, categories, commission, dead_letters, features, gift_cards, holds, items, ledger,
    messages, moderation, order, orders, overview, partners, payments, payouts, people, promoted, refunds,
    reviews, search, shops, system, taxes, templates,
};
use crate::web::table::Table;
use crate::web::{live, saved_views};

pub fn add_to(table: Table) -> Table {
    table
        .get("/operator", overview::page)
        .get("/operator/events", live::market)
        .post("/operator/views", saved_views::save)
        .post("/operator/views/{id}/rename", saved_views::rename)
        .post("/operator/views/{id}/delete", saved_views::delete)
        .get("/operator/system", system::page)
        .post("/operator/system/rebuild-index", system::rebuild_index)
        .get("/operator/orders", orders::list)
        .get("/operator/orders/{number}", order::page)
        .post("/operator/orders/{number}/parts/{part}/refund", order::give_back)
        .get("/operator/holds", holds::list)
        .post("/operator/holds", holds::place)
        .post("/operator/holds/{id}/lift", holds::lift)
        .get("/operator/commission", commission::list)
        .post("/operator/commission", commission::make)
        .post("/operator/commission/{id}/end", commission::end)
        .get("/operator/partners", partners::page)
        .post("/operator/partners", partners::make)
        .post("/operator/partners/{id}/revoke", partners::revoke)
        .get("/operator/shops", shops::list)
        .get("/operator/shops/{id}", shops::page)
        .post("/operator/shops/{id}/checks/{item}", shops::judge)
        .post("/operator/shops/{id}/{command}", shops::command)
        .get("/operator/ledger", ledger::page)
        .get("/operator/payments", payments::list)
        .post("/operator/payments/capture-time", payments::set_capture)
        .get("/operator/payments/{order}", payments::page)
        .post("/operator/payments/{order}/{act}", payments::act)
        .post("/operator/payments/{order}/refunds/{refund}/{act}", refunds::act)
        .get("/operator/payouts", payouts::list)
        .get("/operator/reconciliation", breaks::list)
        .post("/operator/reconciliation", breaks::explain)
        .post_files(
            "/operator/reconciliation/files",
            breaks::import,
            breaks::BYTES_MAX,
        )
        .post("/operator/payouts/{id}/return", payouts::came_back)
        .get("/operator/gift-cards", gift_cards::page)
        .post("/operator/gift-cards", gift_cards::issue)
        .post("/operator/gift-cards/{id}/disable", gift_cards::disable)
        .post("/operator/gift-cards/{id}/enable", gift_cards::enable)
        .get("/operator/taxes", taxes::page)
        .post("/operator/taxes/rates", taxes::make_rate)
        .post("/operator/taxes/rates/{id}/end", taxes::end_rate)
        .post("/operator/taxes/categories", taxes::make_category)
        .post("/operator/taxes/regions", taxes::make_region)
        .post("/operator/taxes/owner", taxes::set_owner)
        .get("/operator/messages", messages::list)
        .get("/operator/messages/{id}", messages::thread)
        .post("/operator/messages/{id}/dismiss", messages::dismiss)
        .post("/operator/messages/{id}/hide", messages::hide)
        .post("/operator/messages/{id}/close", messages::close)
        .get("/operator/reviews", reviews::list)
        .post("/operator/reviews/{id}/approve", reviews::approve)
        .post("/operator/reviews/{id}/reject", reviews::reject)
        .get("/operator/moderation", moderation::page)
        .post("/operator/moderation/rules", moderation::set_rules)
        .post("/operator/moderation/{id}/approve", moderation::approve)
        .post("/operator/moderation/{id}/reject", moderation::reject)
        .post("/operator/moderation/shops/{id}/trust", moderation::trust)
        .get("/operator/categories", categories::page)
        .post("/operator/categories", categories::create)
        .post("/operator/categories/{id}", categories::change)
        .post("/operator/categories/{id}/place", categories::place)
        .post("/operator/categories/{id}/attributes", categories::set_attributes)
        .get("/operator/promoted", promoted::page)
        .post("/operator/promoted", promoted::set)
        .get("/operator/items", items::page)
        .post("/operator/items/{id}/match", items::accept)
        .post("/operator/items/{id}/refuse", items::refuse)
        .get("/operator/search", search::page)
        .post("/operator/search/synonyms", search::make_synonym)
        .post("/operator/search/synonyms/{id}/end", search::end_synonym)
        .post("/operator/search/rules", search::make_rule)
        .post("/operator/search/rules/{id}/end", search::end_rule)
        .get("/operator/audit", audit::page)
        .get("/operator/people", people::page)
        .post("/operator/people/roles", people::give_role)
        .post("/operator/people/invitations", people::invite)
        .post("/operator/people/invitations/{id}/take-back", people::take_back)
        .post("/operator/people/{id}/role", people::set_role)
        .post("/operator/people/{id}/end-sessions", people::end_sessions)
        .post(
            "/operator/people/{id}/remove-second-factor",
            people::remove_second_factor,
        )
        .get("/operator/features", features::page)
        .post("/operator/features", features::set_named)
        .post("/operator/features/{feature}", features::set)
        .post("/operator/shops/{id}/features/{feature}", features::set_own)
        .get("/operator/templates", templates::list)
        .get("/operator/templates/{kind}/{language}", templates::page)
        .post("/operator/templates/{kind}/{language}", templates::write)
        .post(
            "/operator/templates/{kind}/{language}/restore",
            templates::restore,
        )
        .get("/operator/dead-letters", dead_letters::list)
        .post("/operator/dead-letters/{id}/retry", dead_letters::retry)
        .post("/operator/dead-letters/{id}/dismiss", dead_letters::dismiss)
}
