//! How each operation is called by somebody who means well: everything right but, perhaps, the caller.

mod ahead;
mod api_keys;
mod cards;
pub mod categories;
pub mod downloads;
mod features;
pub mod files;
mod messages;
mod notifications;
mod past;
mod payouts;
mod people;
mod reviews;
mod sales;
mod search;
pub mod stock;
mod taxes;
mod views;
mod waiting;
mod webhooks;
pub mod wishlists;

pub use ahead::scheduled_by_a;
pub use api_keys::{api_key_of_a, api_key_with};
pub use cards::gift_card;
pub use messages::{Talk, talk_of_a};
pub use notifications::{device_of, failed_job, notice_of, notice_of_a};
pub use people::{invited_operator, secret_of_invited, with_factor};
pub use reviews::{received_by, review_of_a};
pub use sales::{line_of, refund_of_a, refunded_of_a, return_of_a, uncaptured_of_a};
pub use search::{promoted_of_a, search_rule_of, synonym_of};
pub use stock::{feed_of_a, inbound_of_a};
pub use taxes::tax_rate_of;
pub use views::view_of_a;
pub use webhooks::webhook_of_a;

use crate::spec::Call;
use crate::world::{
    PASSWORD, UPLOAD, WEBHOOK_SECRET, Who, World, address, application, label, partner_key, picture, product,
};
use contracts::identity::UserCard;
use kernel::{Clock, Timestamp, UserId};
use payouts::paid_payout_of_a;
use sales::{
    cent_back, delivered_of_a, labelled, order_of_a, payment_of_a, refund_of, sale_after, sale_of_a,
};
use serde_json::{Value, json};

/// A call, and the token to send with it if not the caller's usual one.
pub struct Visit {
    pub call: Call,
    pub token: Option<String>,
}

/// What is used up by the call is made for it, if `who` is somebody to whom that could happen.
pub async fn visit(world: &World, operation: &str, who: Option<Who>) -> Visit {
    let call = call(world, operation, who).await;
    // These end the session they are called in.
    let token = match (operation, who) {
        ("logout", Some(who)) => Some(world.sign_in(who).await.at("/access_token")),
        _ => None,
    };
    Visit { call, token }
}

#[allow(clippy::too_many_lines, reason = "a table: one line for each operation")]
async fn call(world: &World, operation: &str, who: Option<Who>) -> Call {
    let (a, n) = (&world.a, world.fresh());
    let to = |parts: &[&str]| world.call(operation, parts);
    let buyer_a = who == Some(Who::BuyerA);
    let admin = who == Some(Who::Admin);
    if let Some(call) = stock::call(world, operation, n).await {
        return call;
    }
    if let Some(call) = past::call(world, operation).await {
        return call;
    }
    if let Some(call) = ahead::call(world, operation).await {
        return call;
    }
    if let Some(call) = api_keys::call(world, operation).await {
        return call;
    }
    if let Some(call) = webhooks::call(world, operation).await {
        return call;
    }
    if let Some(call) = features::call(world, operation) {
        return call;
    }
    if let Some(call) = people::call(world, operation, who).await {
        return call;
    }
    if let Some(call) = views::call(world, operation, who).await {
        return call;
    }
    if let Some(call) = waiting::call(world, operation, n).await {
        return call;
    }
    match operation {
        "jwks"
        | "trial_balance"
        | "list_all_shops"
        | "list_audit_entries"
        | "logout"
        | "get_cart"
        | "list_categories"
        | "me"
        | "list_sessions"
        | "list_orders"
        | "payment_methods"
        | "search"
        | "seller_balance"
        | "onboarding"
        | "list_seller_orders"
        | "list_own_products"
        | "own_shop"
        | "list_staff"
        | "list_invitations"
        | "list_stock"
        | "list_warehouses"
        | "list_inbound"
        | "list_stock_feeds"
        | "list_reorder_proposals"
        | "list_shops"
        | "list_settlement_breaks"
        | "list_commission_rules"
        | "list_listing_rules"
        | "list_promotions"
        | "list_seller_promotions"
        | "list_refused_refunds"
        | "list_seller_returns"
        | "list_holds"
        | "list_payouts"
        | "list_payments"
        | "get_capture_time"
        | "list_uncaptured_payments"
        | "list_refunds"
        | "list_seller_holds"
        | "list_seller_payouts"
        | "list_carriers"
        | "list_partner_keys"
        | "get_payout_schedule" => to(&[]),
        "get_payment" => to(&[&payment_of_a(world, admin).await]),
        "retry_payment" | "compensate_payment" => {
            to(&[&payment_of_a(world, admin).await]).json(&json!({"note": "looked at"}))
        }
        "retry_capture" => to(&[&uncaptured_of_a(world, admin).await]).json(&json!({"note": "looked at"})),
        "set_capture_time" => to(&[]).json(&json!({"capture": "at_once", "note": "as before"})),
        "skip_payment_step" => to(&[&payment_of_a(world, admin).await])
            .json(&json!({"answer": "declined", "note": "refused, says the provider"})),
        "shop_dossier" => to(&[&a.id]),
        "approve_shop" => to(&[&shop_in(world, "ready", admin).await]).json(&reason()),
        "suspend_shop" => to(&[&shop_in(world, "active", admin).await]).json(&reason()),
        "reinstate_shop" => to(&[&shop_in(world, "suspended", admin).await]).json(&reason()),
        "close_shop" => to(&[&shop_in(world, "active", admin).await]).json(&reason()),
        "judge_onboarding_item" => to(&[&world.applicant, "identity"]).json(&json!({"verdict": "waived"})),

        "login" => to(&[]).json(&json!({"email": Who::BuyerB.email(), "password": PASSWORD})),
        // Nobody can guess a challenge; that codes end a sign-in is identity's own test.
        "finish_login" => to(&[]).json(&json!({"challenge": "a-guess", "code": "123456"})),
        "refresh" => {
            let token = world.sign_in(Who::BuyerB).await.at("/refresh_token");
            to(&[]).json(&json!({"refresh_token": token}))
        }
        "register" => to(&[])
            .json(&json!({"email": format!("new{n}@market.test"), "name": "New", "password": PASSWORD})),
        "request_password_reset" | "resend_verification" => {
            to(&[]).json(&json!({"email": format!("new{n}@market.test")}))
        }
        // Nobody can guess a link; that mailed links work is identity's own test, and that of tenants.
        "reset_password" => to(&[]).json(&json!({"token": "a-guess", "password": PASSWORD})),
        "verify_email" | "accept_invitation" | "accept_operator_invitation" => {
            to(&[]).json(&json!({"token": "a-guess"}))
        }
        "end_session" => {
            if let Some(who) = who {
                world.sign_in(who).await;
            }
            to(&[&newest_session(world, who.unwrap_or(Who::BuyerA)).await])
        }

        "add_to_cart" => to(&[]).json(&json!({"sku": a.sku, "quantity": 1, "answers": {}})),
        "set_cart_line" => to(&[&a.sku]).json(&json!({"quantity": 2})),
        "remove_cart_line" => to(&[&a.sku]),
        "merge_cart" => to(&[]).json(&json!({"cart_token": world.guest.token})),
        "quote_cart" => to(&[]).json(&json!({"cart": cart_of_a(world).await, "address": address()})),
        "place_order" if buyer_a => world.ready_to_order(Who::BuyerA).await,
        "place_order" => world
            .ready_to_order(Who::BuyerA)
            .await
            .instead("idempotency-key", format!("not-mine-{n}")),
        "hear_payment_webhook" => webhook(
            to(&["sandbox"]),
            &format!("message-{n}"),
            world.clock.now(),
            json!({"type": "charge.captured", "data": {"key": "nobody's"}}).to_string(),
        ),
        "get_order" | "list_order_events" => to(&[&world.order]),
        "pay_order" => to(&[&order_of_a(world, buyer_a).await]).json(&json!({"method": "tok_visa"})),
        "cancel_order" | "resume_payment" => to(&[&order_of_a(world, buyer_a).await]),

        "cancel_sub_order" => {
            let (order, sale) = sale_of_a(world, buyer_a).await;
            to(&[&order, &sale])
        }
        "cancel_sale" => {
            let fulfils = matches!(who, Some(Who::OwnerA | Who::ManagerA | Who::ClerkA));
            to(&[&sale_of_a(world, fulfils).await.1]).json(&json!({"note": "The bowl broke."}))
        }
        "change_order_address" => {
            to(&[&order_of_a(world, buyer_a).await]).json(&json!({"address": address()}))
        }
        "cancel_units" => {
            let (order, sale) = sale_of_a(world, buyer_a).await;
            to(&[&order, &sale])
                .header("idempotency-key", format!("fewer-{n}"))
                .json(&json!({"lines": [{"line": line_of(world, &sale).await, "quantity": 1}]}))
        }
        "cancel_sale_units" => {
            let fulfils = matches!(who, Some(Who::OwnerA | Who::ManagerA | Who::ClerkA));
            let (_, sale) = sale_of_a(world, fulfils).await;
            to(&[&sale])
                .header("idempotency-key", format!("fewer-{n}"))
                .json(&json!({
                    "lines": [{"line": line_of(world, &sale).await, "quantity": 1}],
                    "note": "The bowl broke.",
                }))
        }
        "list_own_refunds" | "list_order_refunds" | "list_credit_notes" => to(&[&world.order]),
        "list_sale_refunds" | "list_seller_credit_notes" => to(&[&a.sale]),
        "get_credit_note" | "get_seller_credit_note" => {
            let (order, sale) = sale_of_a(world, true).await;
            let refund = refund_of(world, &sale).await;
            let of = if operation == "get_credit_note" {
                order
            } else {
                sale
            };
            to(&[&of, &refund])
        }
        "request_return" => {
            let sale = delivered_of_a(world, buyer_a).await;
            to(&[&sale.order]).json(&sale.request())
        }
        "withdraw_return" | "send_return" => {
            let steps: &[&str] = match operation {
                "send_return" => &["authorise_return"],
                _ => &[],
            };
            let (sale, of) = return_of_a(world, buyer_a, steps).await;
            to(&[&sale.order, &of]).json(&json!({}))
        }
        "authorise_return" | "refuse_return" | "refund_return" => {
            let steps: &[&str] = match operation {
                "refund_return" => &["authorise_return"],
                _ => &[],
            };
            let may = matches!(who, Some(Who::OwnerA | Who::ManagerA));
            let (sale, of) = return_of_a(world, may, steps).await;
            let body = match operation {
                "refuse_return" => json!({"note": "It was worn."}),
                _ => json!({}),
            };
            to(&[&sale.part, &of]).json(&body)
        }
        "receive_return" | "exchange_return" | "close_return" => {
            let steps: &[&str] = match operation {
                "exchange_return" => &["authorise_return", "receive_return"],
                _ => &["authorise_return"],
            };
            let fulfils = matches!(who, Some(Who::OwnerA | Who::ManagerA | Who::ClerkA));
            let (sale, of) = return_of_a(world, fulfils, steps).await;
            let call = to(&[&sale.part, &of]);
            match operation {
                "receive_return" => call.json(&sale.receipt("refund")),
                "close_return" => call.json(&json!({"note": "Keep it."})),
                _ => call,
            }
        }
        "refund_sale" => to(&[&a.sale])
            .header("idempotency-key", format!("refund-{n}"))
            .json(&cent_back()),
        "refund_order" => {
            let mut wanted = cent_back();
            wanted["sub_order"] = json!(a.sale);
            to(&[&world.order])
                .header("idempotency-key", format!("refund-{n}"))
                .json(&wanted)
        }
        "retry_refund" => to(&[&world.order, &refunded_of_a(world).await]),
        "skip_refund" => to(&[&world.order, &refunded_of_a(world).await])
            .json(&json!({"answer": "came_back", "note": "closed, says the bank"})),

        "list_products" => to(&[]).query("region=ES-SE"),
        "get_product" | "get_own_product" | "product_availability" => to(&[&a.product]),
        "suggest" => to(&[]).query("q=bo"),
        "shop" => to(&[&a.slug]),
        "apply_for_shop" => to(&[]).json(&application(&format!("shop-{n}"))),

        "upload_image" => to(&[]).bytes("image/png", picture(n.to_be_bytes()[3])),
        "start_import" => to(&[]).bytes("text/csv", UPLOAD),
        "get_import" | "list_import_errors" => to(&[&a.import]),
        "preview_import"
        | "get_import_draft"
        | "describe_import"
        | "check_import"
        | "begin_import"
        | "follow_import"
        | "get_import_error_file"
        | "get_import_failed_rows" => files::call(world, operation).await,
        "state_onboarding_item" => to(&["identity"])
            .json(&json!({"attested": true, "holder": "Lucía Romero", "reference": "12345678Z"})),
        "get_seller_order" => to(&[&a.sale]),
        "pack_seller_order" => to(&[&sale_after(world, who, &[]).await.0]),
        "ship_seller_order" => {
            let (sale, _) = sale_after(world, who, &["pack_seller_order"]).await;
            to(&[&sale]).json(&json!({"carrier": "Correos", "tracking": format!("PK{n}")}))
        }
        "deliver_seller_parcel" => {
            let (sale, parcel) = sale_after(world, who, &["pack_seller_order", "ship_seller_order"]).await;
            to(&[&sale, &parcel])
        }
        "book_shipment" => {
            let (sale, _) = sale_after(world, who, &["pack_seller_order"]).await;
            to(&[&sale]).json(&label())
        }
        "list_seller_shipments" | "get_packing_slip" | "get_seller_invoice" => to(&[&a.sale]),
        "get_label" => to(&[&a.shipment]),
        "hand_over_shipment" => to(&[&labelled(world, who).await]),
        "list_order_shipments" => to(&[&world.order]),
        "get_invoice" => to(&[&world.order, &a.sale]),
        "get_partner_shipment" => to(&[&a.tracking]),
        "push_partner_events" => to(&[&a.tracking]).json(&json!({"events": [
            {"id": format!("scan-{n}"), "kind": "in_transit", "at": world.clock.now(), "place": "Sevilla"},
        ]})),
        "hear_carrier_webhook" => webhook(
            to(&["sandbox"]),
            &format!("scan-{n}"),
            world.clock.now(),
            json!({"tracking": a.tracking, "kind": "in_transit", "at": world.clock.now()}).to_string(),
        ),
        "make_partner_key" => to(&[]).json(&partner_key()),
        "rotate_partner_key" => to(&[&made_key(world).await]).json(&json!({"overlap_hours": 1})),
        "revoke_partner_key" => to(&[&made_key(world).await]),
        "create_product" => to(&[]).json(&product(&format!("new-{n}"))),
        "patch_product" => {
            // One of its own: what is changed of it is not what others buy.
            let product = product_of_a(world).await;
            let version = version_of(world, "get_own_product", &[&product]).await;
            to(&[&product])
                .header("if-match", version)
                .json(&json!({"tags": [format!("tag {n}")]}))
        }
        "delete_product" => to(&[&product_of_a(world).await]),
        "change_shop" => {
            let version = version_of(world, "own_shop", &[]).await;
            to(&[])
                .header("if-match", version)
                .json(&json!({"story": format!("Story {n}"), "delivery": delivery()}))
        }
        "invite_staff" => to(&[]).json(&json!({"email": format!("new{n}@market.test"), "role": "clerk"})),
        "set_staff_role" => to(&[&joined(world).await]).json(&json!({"role": "analyst"})),
        "dismiss_staff" => to(&[&joined(world).await]),
        "resend_invitation" => to(&[&a.invitation]),
        "revoke_invitation" => to(&[&invited(world).await]),
        "get_seller_statement" | "get_seller_statement_csv" | "get_seller_statement_pdf" => {
            to(&[]).query("currency=EUR&from=2026-01-01&to=2026-01-31")
        }
        "put_payout_schedule" => to(&[]).json(&json!({"schedule": "weekly", "weekday": 2})),
        "get_seller_payout" => to(&[&a.payout]),
        // Nothing of the shop's is free yet.
        "ask_payout" => to(&[])
            .header("idempotency-key", format!("payout-{n}"))
            .json(&json!({"currency": "EUR"})),
        "place_hold" => to(&[]).json(&hold_of_a(world)),
        "return_payout" => {
            to(&[&paid_payout_of_a(world).await]).json(&json!({"reason": "closed", "reference": "R-1"}))
        }
        "explain_settlement_break" => {
            to(&[]).json(&json!({"break": payouts::disagreement(world).await, "note": "looked at"}))
        }
        "lift_hold" => to(&[&held(world).await]).json(&json!({"note": "settled"})),
        "make_promotion" | "make_seller_promotion" => to(&[]).json(&promotion()),
        operation if downloads::is_of_downloads(operation) => downloads::call(world, operation).await,
        operation if notifications::is_of_notifications(operation) => {
            notifications::call(world, operation).await
        }
        operation if messages::is_of_messages(operation) => messages::call(world, operation).await,
        operation if reviews::is_of_reviews(operation) => reviews::call(world, operation, who).await,
        operation if categories::is_of_categories(operation) => categories::call(world, operation, n).await,
        operation if wishlists::is_of_wishlists(operation) => wishlists::call(world, operation, who).await,
        operation if search::is_of_search(operation) => search::call(world, operation, n).await,
        operation if taxes::is_of_taxes(operation) => taxes::call(world, operation, n).await,
        operation if cards::is_of_cards(operation) => cards::call(world, operation, n).await,
        "get_promotion" => to(&[&promotion_of(world, Who::Admin).await]),
        "get_seller_promotion" => to(&[&promotion_of(world, Who::OwnerA).await]),
        "end_promotion" => to(&[&promotion_of(world, Who::Admin).await]).json(&json!({"note": "over"})),
        "end_seller_promotion" => {
            to(&[&promotion_of(world, Who::OwnerA).await]).json(&json!({"note": "over"}))
        }
        "add_cart_coupon" => to(&[]).json(&json!({"code": "SPRING10"})),
        "remove_cart_coupon" => {
            if let Some(who @ (Who::BuyerA | Who::BuyerB)) = who {
                let put = world
                    .call("add_cart_coupon", &[])
                    .json(&json!({"code": "SPRING10"}));
                world.send_as(who, &put).await.expect(200);
            }
            to(&["SPRING10"])
        }
        "make_commission_rule" => to(&[]).json(&rule()),
        "end_commission_rule" => to(&[&made_rule(world).await]).json(&json!({"note": "over"})),
        "make_listing_rule" => to(&[]).json(&listing_rule()),
        "end_listing_rule" => to(&[&made_listing_rule(world).await]).json(&json!({"note": "over"})),
        "list_listing_charges" => to(&[&a.id]),
        "get_seller_year" | "get_seller_year_csv" => to(&[]).query("year=2025"),
        "preview_commission" => to(&[]).query(&format!(
            "shop={}&product={}&amount=1000&currency=EUR",
            a.id, a.product
        )),
        "list_terms_changes" => to(&[&a.id]),
        "patch_shop_terms" => to(&[&a.id]).json(&json!({"hold_days": 7})),
        "import_settlement" => to(&[]).query("provider=sandbox").bytes(
            "text/csv",
            format!(
                "reference,kind,gross,fee,net,currency,date\nfee-{n},fee,0.00,1.00,-1.00,EUR,2026-01-02\n"
            ),
        ),
        // Which entries can be reversed is the ledger's own test.
        "reverse_entry" => to(&[&a.payout]).json(&reason()),
        new => {
            panic!("the operation {new} is new: say here how it is rightly called, then look at access.txt")
        }
    }
}

/// A message of the provider's, signed by it.
pub fn webhook(call: Call, id: &str, now: Timestamp, body: impl Into<Vec<u8>>) -> Call {
    let secret = payments::webhook::Secret::parse(WEBHOOK_SECRET).unwrap();
    let signed = secret.sign(id, now, body.into());
    call.instead("webhook-id", signed.id)
        .instead("webhook-timestamp", signed.timestamp)
        .instead("webhook-signature", signed.signature)
        .bytes("application/json", signed.body)
}

fn hold_of_a(world: &World) -> Value {
    json!({"shop": world.a.id, "amount": {"amount": 1, "currency": "EUR"}, "reason": "dispute", "note": "a test"})
}

async fn held(world: &World) -> String {
    let place = world.call("place_hold", &[]).json(&hold_of_a(world));
    world.send_as(Who::Admin, &place).await.expect(201).at("/id")
}

/// By weight, at what delivery costs anyway: prices by the kilogram would be refused beside it.
fn delivery() -> Value {
    let eur = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    json!([{"code": "standard", "name": "Standard delivery", "rates": [{
        "zone": {"kind": "world"}, "price": eur(0), "bands": [{"up_to_g": 30_000, "price": eur(390)}],
        "free_from": eur(5_000), "days_min": 1, "days_max": 3,
    }]}])
}

fn promotion() -> Value {
    json!({"name": "A test", "benefit": {"kind": "percent", "rate_basis_points": 1}, "category": "nothing/at-all"})
}

/// A promotion of the marketplace's, or of shop A's.
pub async fn promotion_of(world: &World, who: Who) -> String {
    let operation = if who == Who::Admin {
        "make_promotion"
    } else {
        "make_seller_promotion"
    };
    let make = world.call(operation, &[]).json(&promotion());
    world.send_as(who, &make).await.expect(201).at("/id")
}

fn rule() -> Value {
    json!({"rate_basis_points": 900, "category": "ceramics", "note": "a test"})
}

async fn made_rule(world: &World) -> String {
    let make = world.call("make_commission_rule", &[]).json(&rule());
    world.send_as(Who::Admin, &make).await.expect(201).at("/id")
}

fn listing_rule() -> Value {
    json!({"plan": "nobody's", "fee": {"amount": 20, "currency": "EUR"}, "period_days": 120, "note": "a test"})
}

async fn made_listing_rule(world: &World) -> String {
    let make = world.call("make_listing_rule", &[]).json(&listing_rule());
    world.send_as(Who::Admin, &make).await.expect(201).at("/id")
}

fn reason() -> Value {
    json!({"reason": "a test"})
}

/// A shop for an operator to decide about; shop A itself for those who have no say.
async fn shop_in(world: &World, status: &str, made: bool) -> String {
    if !made {
        return world.a.id.clone();
    }
    let id = world.apply(Who::OwnerB, &format!("case-{}", world.fresh())).await;
    for item in ["identity", "bank_account", "legal_documents"] {
        let waive = world.call("judge_onboarding_item", &[&id, item]);
        let waive = waive.json(&json!({"verdict": "waived"}));
        world.send_as(Who::Admin, &waive).await.expect(200);
    }
    let commands: &[&str] = match status {
        "ready" => &[],
        "active" => &["approve_shop"],
        "suspended" => &["approve_shop", "suspend_shop"],
        other => panic!("no shop is {other}"),
    };
    for command in commands {
        let call = world.call(command, &[&id]).json(&reason());
        world.send_as(Who::Admin, &call).await.expect(200);
    }
    id
}

async fn newest_session(world: &World, who: Who) -> String {
    let sessions = world.send_as(who, &world.call("list_sessions", &[])).await.json();
    let items = sessions["items"].as_array().unwrap();
    let other = items.iter().find(|s| s["current"] == false);
    other.unwrap_or(&items[0])["id"].as_str().unwrap().to_owned()
}

async fn cart_of_a(world: &World) -> String {
    let cart = world.send_as(Who::BuyerA, &world.call("get_cart", &[])).await;
    cart.json()["id"].as_str().unwrap_or(&world.cart).to_owned()
}

async fn made_key(world: &World) -> String {
    let make = world.call("make_partner_key", &[]).json(&partner_key());
    world.send_as(Who::Admin, &make).await.expect(201).at("/key/id")
}

async fn version_of(world: &World, operation: &str, parts: &[&str]) -> Vec<u8> {
    let seen = world.send_as(Who::OwnerA, &world.call(operation, parts)).await;
    seen.headers["etag"].as_bytes().to_owned()
}

async fn product_of_a(world: &World) -> String {
    let call = world.call("create_product", &[]);
    let call = call.json(&product(&format!("gone-{}", world.fresh())));
    world.send_as(Who::OwnerA, &call).await.expect(201).at("/id")
}

async fn invited(world: &World) -> String {
    let email = format!("invited{}@market.test", world.fresh());
    world.invite(&world.tokens[&Who::OwnerA], &email).await.0
}

/// Somebody new on shop A's staff.
async fn joined(world: &World) -> String {
    let email = format!("joined{}@market.test", world.fresh());
    let card = UserCard {
        id: UserId::new(world.clock.now()),
        email: email.clone(),
        name: "Joined".to_owned(),
    };
    let identity = &world.running.market.identity;
    identity
        .register_many(&world.ctx(), vec![card], PASSWORD.to_owned())
        .await
        .unwrap();
    world.join(&world.tokens[&Who::OwnerA], &email, "clerk").await
}
