//! Operations that name nothing of anybody's, and why.

/// Operations for sellers that name nothing of anybody's: their shop follows from the token.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("own_shop", "reads the shop of the token"),
    ("onboarding", "reads the shop of the token"),
    ("list_staff", "reads the shop of the token"),
    ("list_invitations", "reads the shop of the token"),
    ("seller_balance", "reads the shop of the token"),
    (
        "change_shop",
        "changes the shop of the token; slugs are the marketplace's, and a taken one is refused",
    ),
    ("invite_staff", "changes the shop of the token"),
    (
        "state_onboarding_item",
        "changes the shop of the token; items are named alike in all shops",
    ),
    (
        "upload_image",
        "adds to pictures that anybody may see, by their content",
    ),
    (
        "preview_import",
        "adds to the kept files of the shop of the token",
    ),
    (
        "list_seller_orders",
        "reads the shop of the token; its cursor is tried below all the same",
    ),
    (
        "list_own_products",
        "reads the shop of the token; its cursor is tried below all the same",
    ),
    (
        "list_needy_products",
        "reads the shop of the token; its cursor is tried below all the same",
    ),
    ("list_seller_holds", "reads the shop of the token"),
    ("list_seller_payouts", "reads the shop of the token"),
    ("get_payout_schedule", "reads the shop of the token"),
    ("put_payout_schedule", "changes the shop of the token"),
    ("get_seller_statement", "reads the shop of the token"),
    ("get_seller_statement_csv", "reads the shop of the token"),
    ("get_seller_statement_pdf", "reads the shop of the token"),
    ("get_seller_year", "reads the shop of the token"),
    ("get_seller_year_csv", "reads the shop of the token"),
    ("list_carriers", "is the same for every shop"),
    ("list_api_keys", "reads the shop of the token"),
    ("make_api_key", "changes the shop of the token"),
    ("list_webhooks", "reads the shop of the token"),
    ("make_webhook", "changes the shop of the token"),
    ("ask_payout", "pays the shop of the token"),
    ("list_warehouses", "reads the shop of the token"),
    (
        "open_warehouse",
        "changes the shop of the token; codes are its own",
    ),
    ("set_stock_routing", "changes the shop of the token"),
    ("list_seller_promotions", "reads the shop of the token"),
    ("list_seller_returns", "reads the shop of the token"),
];

/// Operations for buyers and guests that name nothing of anybody's.
const BUYERS_NAME_NOTHING: &[(&str, &str)] = &[
    ("me", "reads the account of the token"),
    ("list_sessions", "reads the account of the token"),
    ("logout", "ends the session of the token"),
    ("get_cart", "reads the cart of the token"),
    (
        "add_to_cart",
        "fills the cart of the token with what anybody may buy",
    ),
    ("apply_for_shop", "makes something new"),
    ("register", "makes something new"),
    ("login", "proves who one is"),
    (
        "finish_login",
        "ends a sign-in that a password began; its challenge is told to nobody else",
    ),
    (
        "request_password_reset",
        "mails the owner of the address; tells the caller nothing",
    ),
    (
        "hear_payment_webhook",
        "believes nothing that it is told; its signature is the provider's",
    ),
    (
        "hear_carrier_webhook",
        "its signature is the carrier's, and it tells nothing back",
    ),
    (
        "resend_verification",
        "mails the owner of the address; tells the caller nothing",
    ),
    ("jwks", "is the same for everybody"),
    ("list_categories", "is the same for everybody"),
    ("payment_methods", "is the same for everybody"),
    ("search", "is the same for everybody"),
    ("suggest", "is the same for everybody"),
    (
        "tell_search_click",
        "names a search that only whoever made it was told of; others are forgotten",
    ),
    ("list_shops", "is the same for everybody"),
    ("shop", "is the same for everybody"),
    ("get_product", "is the same for everybody"),
    ("list_products", "is the same for everybody"),
    ("product_availability", "is the same for everybody"),
    ("remove_cart_line", "changes the cart of the token"),
    ("add_cart_coupon", "changes the cart of the token"),
    ("remove_cart_coupon", "changes the cart of the token"),
    ("get_store_credit", "reads the credit of the token"),
    ("list_store_credit_movements", "reads the credit of the token"),
    (
        "gift_card_balance",
        "belongs to whoever has the code; guesses are counted by address",
    ),
];

/// What buyers may ask for without naming anything of anybody's, and why.
pub fn of_buyers() -> Vec<(&'static str, &'static str)> {
    [
        BUYERS_NAME_NOTHING,
        super::messages::NAME_NOTHING,
        super::notifications::NAME_NOTHING,
        super::reviews::NAME_NOTHING,
        super::wishlists::NAME_NOTHING,
    ]
    .concat()
}
