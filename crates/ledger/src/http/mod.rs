//! The ledger over HTTP.

mod admin_gift_card;
mod admin_gift_cards;
mod ask_payout;
mod commission_rule;
mod end_commission_rule;
mod end_listing_rule;
mod explain_break;
mod get_schedule;
mod gift_card_balance;
mod grant_store_credit;
mod import_settlement;
mod lift_hold;
mod list_breaks;
mod list_commission_rules;
mod list_holds;
mod list_listing_charges;
mod list_listing_rules;
mod list_payouts;
mod list_terms_changes;
mod listing_rule;
pub(crate) mod make_commission_rule;
mod make_listing_rule;
mod patch_shop_terms;
pub(crate) mod place_hold;
mod preview_commission;
mod put_schedule;
mod return_payout;
mod reverse_entry;
mod seller_balance;
mod seller_holds;
mod seller_payout;
mod seller_payouts;
mod seller_statement;
mod seller_statement_csv;
mod seller_statement_pdf;
mod seller_year;
mod seller_year_csv;
mod store_credit;
mod trial_balance;
pub(crate) mod view;

use crate::app::{Ledger, Purses};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of the ledger.
pub fn routes(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(trial_balance::handler))
        .routes(routes!(list_holds::handler, place_hold::handler))
        .routes(routes!(lift_hold::handler))
        .routes(routes!(list_payouts::handler))
        .routes(routes!(return_payout::handler))
        .routes(routes!(patch_shop_terms::handler))
        .routes(routes!(list_terms_changes::handler))
        .routes(routes!(
            list_commission_rules::handler,
            make_commission_rule::handler
        ))
        .routes(routes!(end_commission_rule::handler))
        .routes(routes!(preview_commission::handler))
        .routes(routes!(list_listing_rules::handler, make_listing_rule::handler))
        .routes(routes!(end_listing_rule::handler))
        .routes(routes!(list_listing_charges::handler))
        .routes(routes!(import_settlement::handler))
        .routes(routes!(list_breaks::handler))
        .routes(routes!(explain_break::handler))
        .routes(routes!(reverse_entry::handler))
        .routes(routes!(seller_balance::handler))
        .routes(routes!(seller_holds::handler))
        .routes(routes!(seller_payouts::handler, ask_payout::handler))
        .routes(routes!(seller_payout::handler))
        .routes(routes!(get_schedule::handler, put_schedule::handler))
        .routes(routes!(seller_statement::handler))
        .routes(routes!(seller_statement_csv::handler))
        .routes(routes!(seller_statement_pdf::handler))
        .routes(routes!(seller_year::handler))
        .routes(routes!(seller_year_csv::handler))
        .with_state(ledger)
}

/// All routes of gift cards and store credit.
pub fn purse_routes(purses: Purses) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(gift_card_balance::handler))
        .routes(routes!(store_credit::balance))
        .routes(routes!(store_credit::movements))
        .routes(routes!(admin_gift_cards::list, admin_gift_cards::issue))
        .routes(routes!(admin_gift_card::get))
        .routes(routes!(admin_gift_card::disable))
        .routes(routes!(admin_gift_card::enable))
        .routes(routes!(grant_store_credit::handler))
        .with_state(purses)
}
