//! One shop reaching for another's things, one buyer for another's: refused, and nothing changed.

mod api_keys;
mod cards;
mod downloads;
mod features;
mod looked_up;
mod messages;
mod money;
mod nothing;
mod notifications;
mod people;
mod reviews;
mod search;
mod shipping;
mod tried;
mod views;
mod webhooks;
mod wishlists;

use self::looked_up::{all_orders, cursors_of_a, session_of};
use self::nothing::NAME_NOTHING;
use self::tried::{check_all_tried, reach_all, tells};
use crate::rightly::{
    feed_of_a, inbound_of_a, line_of, promotion_of, refund_of_a, return_of_a, scheduled_by_a, tax_rate_of,
};
use crate::rows;
use crate::spec::Call;
use crate::world::{UPLOAD, Who, World, address, product};
use kernel::Clock as _;
use serde_json::{Value, json};

/// A reach, and what it may meet with.
struct Reach {
    operation: &'static str,
    call: Call,
    statuses: &'static [u16],
}

const GONE: &[u16] = &[404];
const REFUSED: &[u16] = &[400, 403, 404, 409, 422];
/// Answered, about the caller's own things alone: the answer is searched for the other's.
const OWN: &[u16] = &[200, 400];

/// Everything of shop A's that shop B can name.
async fn reaches_of_b(world: &World) -> Vec<Reach> {
    let a = &world.a;
    let reach = |operation: &'static str, parts: &[&str], statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses,
    };
    let with = |reach: Reach, change: &dyn Fn(Call) -> Call| Reach {
        call: change(reach.call),
        ..reach
    };
    let json = |reach: Reach, body: Value| with(reach, &|call| call.json(&body));
    let key = |reach: Reach, key: &str| with(reach, &|call| call.header("idempotency-key", key));
    let seen = |reach: Reach| with(reach, &|call| call.header("if-match", "\"1\""));
    let query = |reach: Reach, query: String| with(reach, &|call| call.query(&query));

    let (inbound, feed) = (inbound_of_a(world).await, feed_of_a(world).await);
    let file = crate::rightly::files::file_of_a(world).await;
    let proposed = crate::rightly::categories::proposed(world).await;
    let (sale, of) = return_of_a(world, true, &["authorise_return"]).await;
    let mut reaches = vec![
        reach("get_own_product", &[&a.product], GONE),
        json(
            seen(reach("patch_product", &[&a.product], GONE)),
            json!({"title": "Taken over"}),
        ),
        json(
            seen(reach("patch_product", &[&a.product], GONE)),
            json!({"status": "archived"}),
        ),
        reach("delete_product", &[&a.product], GONE),
        // A SKU of A's cannot be brought into a product of B's: variants are named by the shop's own code.
        json(
            seen(reach("patch_product", &[&world.b.product], REFUSED)),
            json!({"variants": [{"sku": a.sku, "code": "OwnerA-1", "price": {"amount": 1, "currency": "EUR"}}]}),
        ),
        reach("list_product_prices", &[&a.product], GONE),
        reach("list_product_versions", &[&a.product], GONE),
        reach("get_product_version", &[&a.product, "1"], GONE),
        seen(reach("restore_product_version", &[&a.product, "1"], GONE)),
        reach("undo_import", &[&a.import], GONE),
        json(
            reach("propose_item", &[&a.product], GONE),
            json!({"same_as": world.b.product}),
        ),
        reach("withdraw_item_proposal", &[&proposed], GONE),
        reach("list_scheduled_changes", &[&a.product], GONE),
        json(
            reach("schedule_change", &[&a.product], GONE),
            json!({"at": world.clock.now() + std::time::Duration::from_secs(60), "change": {"brand": "rivalry"}}),
        ),
        reach(
            "cancel_scheduled_change",
            &[&a.product, &scheduled_by_a(world).await],
            GONE,
        ),
        reach("get_import", &[&a.import], GONE),
        reach("list_import_errors", &[&a.import], GONE),
        reach("follow_import", &[&a.import], GONE),
        reach("get_import_error_file", &[&a.import], GONE),
        reach("get_import_draft", &[&file], GONE),
        reach("get_import_failed_rows", &[&file], GONE),
        json(
            reach("describe_import", &[&file], GONE),
            json!({"currency": "EUR"}),
        ),
        reach("check_import", &[&file], GONE),
        reach("begin_import", &[&file], GONE),
        with(
            query(reach("start_import", &[], GONE), format!("resume={}", a.import)),
            &|call| call.bytes("text/csv", UPLOAD),
        ),
        reach("get_seller_order", &[&a.sale], GONE),
        reach("get_seller_order", &[&world.order], GONE),
        reach("pack_seller_order", &[&a.sale], GONE),
        json(reach("ship_seller_order", &[&a.sale], GONE), json!({})),
        reach("deliver_seller_parcel", &[&a.sale, &a.sale], GONE),
        json(reach("cancel_sale", &[&a.sale], GONE), json!({"note": "rivalry"})),
        json(
            reach("cancel_sale", &[&world.order], GONE),
            json!({"note": "rivalry"}),
        ),
        json(
            key(reach("cancel_sale_units", &[&a.sale], GONE), "theft"),
            json!({"lines": [{"line": line_of(world, &a.sale).await, "quantity": 1}], "note": "rivalry"}),
        ),
        // Named in B's own part of the same order, A's line is none.
        json(
            key(reach("cancel_sale_units", &[&world.b.sale], REFUSED), "theft"),
            json!({"lines": [{"line": line_of(world, &a.sale).await, "quantity": 1}], "note": "rivalry"}),
        ),
        json(
            key(reach("refund_sale", &[&a.sale], GONE), "theft"),
            json!({"amount": {"amount": 1, "currency": "EUR"}, "reason": "rivalry"}),
        ),
        // Named in B's own part of the same order, A's line is none.
        json(
            key(reach("refund_sale", &[&world.b.sale], REFUSED), "theft"),
            json!({"lines": [{"line": line_of(world, &world.a.sale).await, "quantity": 1}], "reason": "rivalry"}),
        ),
        reach("list_sale_refunds", &[&a.sale], GONE),
        reach("list_seller_credit_notes", &[&a.sale], GONE),
        reach(
            "get_seller_credit_note",
            &[&a.sale, &refund_of_a(world).await],
            GONE,
        ),
        json(reach("authorise_return", &[&sale.part, &of], GONE), json!({})),
        json(
            reach("refuse_return", &[&sale.part, &of], GONE),
            json!({"note": "rivalry"}),
        ),
        json(
            reach("close_return", &[&sale.part, &of], GONE),
            json!({"note": "rivalry"}),
        ),
        json(
            reach("receive_return", &[&sale.part, &of], GONE),
            sale.receipt("refund"),
        ),
        json(reach("refund_return", &[&sale.part, &of], GONE), json!({})),
        reach("exchange_return", &[&sale.part, &of], GONE),
        // A's return, named in B's own part of an order.
        json(
            reach("receive_return", &[&world.b.sale, &of], GONE),
            sale.receipt("refund"),
        ),
        json(reach("refund_return", &[&world.b.sale, &of], GONE), json!({})),
        json(
            reach("set_staff_role", &[&a.staff], GONE),
            json!({"role": "owner"}),
        ),
        reach("dismiss_staff", &[&a.staff], GONE),
        reach("resend_invitation", &[&a.invitation], GONE),
        reach("revoke_invitation", &[&a.invitation], GONE),
        json(
            reach("count_stock", &[], REFUSED),
            json!({"reason": "theft", "counts": [{"sku": a.sku, "on_hand": 0}]}),
        ),
        // One of B's own beside it: all or nothing.
        json(
            reach("count_stock", &[], REFUSED),
            json!({"reason": "theft", "counts": [{"sku": world.b.sku, "on_hand": 7}, {"sku": a.sku, "on_hand": 0}]}),
        ),
        json(
            key(reach("adjust_stock", &[], REFUSED), "theft"),
            json!({"reason": "theft", "adjustments": [{"sku": a.sku, "delta": -1}]}),
        ),
        json(
            reach("count_stock", &[], GONE),
            json!({"reason": "theft", "warehouse": a.id, "counts": [{"sku": world.b.sku, "on_hand": 0}]}),
        ),
        json(
            reach("change_warehouse", &[&a.id], GONE),
            json!({"name": "Taken over"}),
        ),
        reach("close_warehouse", &[&a.id], GONE),
        json(
            key(reach("send_transfer", &[], GONE), "theft-2"),
            json!({"from": a.id, "to": world.b.id, "lines": [{"sku": world.b.sku, "quantity": 1}]}),
        ),
        json(
            key(reach("order_purchase", &[], REFUSED), "theft-3"),
            json!({"supplier": "x", "to": a.id, "lines": [{"sku": world.b.sku, "quantity": 1}]}),
        ),
        json(
            key(reach("order_purchase", &[], REFUSED), "theft-4"),
            json!({"supplier": "x", "lines": [{"sku": a.sku, "quantity": 1}]}),
        ),
        reach("get_inbound", &[&inbound], GONE),
        reach("close_inbound", &[&inbound], GONE),
        json(
            key(reach("receive_inbound", &[&inbound], GONE), "theft-5"),
            json!({"lines": [{"sku": a.sku, "quantity": 1}]}),
        ),
        reach("get_stock_feed", &[&feed], GONE),
        reach("list_stock_feed_lines", &[&feed], GONE),
        reach("get_stock_feed_csv", &[&feed], GONE),
        json(
            reach("adjust_by_feed", &[&feed], GONE),
            json!({"kinds": ["differs", "missing"]}),
        ),
        with(
            query(
                reach("upload_stock_feed", &[], GONE),
                format!("warehouse={}", a.id),
            ),
            &|call| call.bytes("text/csv", "sku,quantity\nx,1\n"),
        ),
        query(reach("list_inbound", &[], OWN), format!("warehouse={}", a.id)),
        query(reach("list_stock", &[], OWN), format!("warehouse={}", a.id)),
        json(
            reach("set_reorder_points", &[], REFUSED),
            json!({"points": [{"sku": a.sku, "low_below": 0}]}),
        ),
        json(
            reach("login", &[], REFUSED),
            json!({"email": Who::OwnerB.email(), "password": crate::world::PASSWORD, "audience": "seller", "shop": a.slug}),
        ),
        json(
            reach("login", &[], REFUSED),
            json!({"email": Who::OwnerB.email(), "password": crate::world::PASSWORD, "audience": "seller", "shop": a.id}),
        ),
        reach("end_session", &[&session_of(world, Who::OwnerA).await], GONE),
    ];
    // The operator's doors, and buyers', with a seller's token.
    for command in ["approve_shop", "suspend_shop", "reinstate_shop", "close_shop"] {
        reaches.push(json(
            reach(command, &[&a.id], &[403]),
            json!({"reason": "rivalry"}),
        ));
    }
    reaches.push(reach("get_seller_payout", &[&a.payout], GONE));
    reaches.push(json(
        reach("place_hold", &[], &[403]),
        json!({"shop": a.id, "amount": {"amount": 1, "currency": "EUR"}, "reason": "dispute", "note": "rivalry"}),
    ));
    reaches.push(json(
        reach("make_commission_rule", &[], &[403]),
        json!({"rate_basis_points": 0, "note": "rivalry"}),
    ));
    reaches.push(json(
        reach("end_commission_rule", &[&a.payout], &[403]),
        json!({"note": "rivalry"}),
    ));
    reaches.push(json(
        reach("make_listing_rule", &[], &[403]),
        json!({"shop": a.id, "fee": {"amount": 1, "currency": "EUR"}, "note": "rivalry"}),
    ));
    reaches.push(json(
        reach("end_listing_rule", &[&a.payout], &[403]),
        json!({"note": "rivalry"}),
    ));
    let rate = tax_rate_of(world).await;
    reaches.push(json(
        reach("end_tax_rate", &[&rate], &[403]),
        json!({"note": "rivalry"}),
    ));
    for operation in [
        "make_tax_region",
        "make_tax_category",
        "make_tax_rate",
        "set_tax_liability",
        "set_capture_time",
    ] {
        reaches.push(json(reach(operation, &[], &[403]), json!({"note": "rivalry"})));
    }
    let of_a = promotion_of(world, Who::OwnerA).await;
    reaches.push(reach("get_seller_promotion", &[&of_a], GONE));
    reaches.push(json(
        reach("end_seller_promotion", &[&of_a], GONE),
        json!({"note": "rivalry"}),
    ));
    reaches.push(json(
        reach("make_seller_promotion", &[], &[400]),
        json!({"name": "Rivalry", "benefit": {"kind": "free_delivery"}, "shop": a.id}),
    ));
    reaches.push(reach("get_promotion", &[&of_a], &[403]));
    for operation in ["make_promotion", "end_promotion"] {
        let parts: &[&str] = if operation == "end_promotion" {
            &[&of_a]
        } else {
            &[]
        };
        reaches.push(json(reach(operation, parts, &[403]), json!({"note": "rivalry"})));
    }
    reaches.extend(cards::of_seller(world).await);
    reaches.extend(features::of_seller(world));
    reaches.extend(people::of_seller(world).await);
    reaches.push(reach("list_terms_changes", &[&a.id], &[403]));
    reaches.push(reach("list_listing_charges", &[&a.id], &[403]));
    reaches.push(json(
        reach("patch_shop_terms", &[&a.id], &[403]),
        json!({"destination": "sandbox:bank"}),
    ));
    reaches.push(reach("shop_dossier", &[&a.id], &[403]));
    reaches.push(json(
        reach("judge_onboarding_item", &[&a.id, "identity"], &[403]),
        json!({"verdict": "rejected", "remark": "rivalry"}),
    ));
    reaches.push(reach("get_order", &[&world.order], &[403]));
    reaches.push(reach("list_order_events", &[&world.order], &[403]));
    reaches.push(reach("cancel_order", &[&world.order], &[403]));
    reaches.push(reach("get_payment", &[&world.order], &[403]));
    for act in ["retry_payment", "retry_capture", "compensate_payment"] {
        reaches.push(json(
            reach(act, &[&world.order], &[403]),
            json!({"note": "rivalry"}),
        ));
    }
    reaches.push(json(
        reach("skip_payment_step", &[&world.order], &[403]),
        json!({"answer": "declined", "note": "rivalry"}),
    ));
    reaches.push(reach("cancel_sub_order", &[&world.order, &a.sale], &[403]));
    reaches.push(json(
        reach("change_order_address", &[&world.order], &[403]),
        json!({"address": address()}),
    ));
    reaches.push(json(
        key(reach("cancel_units", &[&world.order, &a.sale], &[403]), "theft"),
        json!({"lines": [{"line": line_of(world, &a.sale).await, "quantity": 1}]}),
    ));
    reaches.push(reach("list_own_refunds", &[&world.order], &[403]));
    reaches.push(json(
        key(reach("refund_order", &[&world.order], &[403]), "theft"),
        json!({"sub_order": a.sale, "amount": {"amount": 1, "currency": "EUR"}, "reason": "rivalry"}),
    ));
    reaches.push(reach("list_order_refunds", &[&world.order], &[403]));
    reaches.extend(money::of_seller(world));
    reaches.extend(shipping::of_seller(world));
    reaches.extend(api_keys::of_seller(world).await);
    reaches.extend(views::of_seller(world).await);
    reaches.extend(webhooks::of_seller(world).await);
    reaches.extend(search::of_seller(world).await);
    reaches.extend(reviews::of_seller(world).await);
    reaches.extend(downloads::of_seller(world).await);
    reaches.extend(messages::of_seller(world).await);
    reaches.extend(notifications::of_seller(world).await);
    // Cursors of A's lists, read on by B.
    for (list, after) in cursors_of_a(world).await {
        reaches.push(query(reach(list, &[], OWN), format!("limit=1&after={after}")));
    }
    // Keys of A's: B's product of the same key is B's own.
    reaches.push(json(reach("create_product", &[], &[201]), product("OwnerA")));
    reaches
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_cannot_reach_anything_of_another() {
    let world = World::new().await;
    let reaches = reaches_of_b(&world).await;
    let sellers = world.spec.operations.values();
    let sellers = sellers.filter(|o| o.path.starts_with("/v1/seller/"));
    let nothing = [
        NAME_NOTHING,
        reviews::NAME_NOTHING,
        downloads::NAME_NOTHING,
        messages::NAME_NOTHING,
        notifications::NAME_NOTHING,
        views::NAME_NOTHING,
    ]
    .concat();
    check_all_tried(sellers, &reaches, &nothing);

    let a = &world.a;
    // Shop B took part in the order and may know its number; what is A's part of it is not B's to know.
    let secrets = [
        a.id.as_str(),
        &a.product,
        &a.sku,
        &a.import,
        &a.sale,
        &a.staff,
        &a.payout,
    ];
    let things = [
        a.id.as_str(),
        &a.product,
        &a.sku,
        &a.import,
        &a.sale,
        &a.staff,
        &world.order,
        "ownera@market.test",
    ];
    let before = rows::naming(&world, &things).await;
    assert!(before.len() >= 12, "shop A is in few tables: {before:?}");
    reach_all(&world, Who::OwnerB, &reaches, &secrets).await;
    assert_eq!(rows::naming(&world, &things).await, before);

    // The comparison sees it when something of A's does change.
    let story = json!({"story": "Changed by its owner"});
    let own = world.send_as(Who::OwnerA, &world.call("own_shop", &[])).await;
    let change = world.call("change_shop", &[]).json(&story);
    let change = change.header("if-match", own.headers["etag"].as_bytes());
    world.send_as(Who::OwnerA, &change).await.expect(200);
    assert_ne!(rows::naming(&world, &things).await, before);
    world.close().await;
}

/// Everything of buyer A's, and of a guest's, that buyer B can name.
async fn reaches_of_buyer_b(world: &World) -> Vec<Reach> {
    let reach = |operation: &'static str, parts: &[&str], statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses,
    };
    let json = |reach: Reach, body: Value| Reach {
        call: reach.call.json(&body),
        ..reach
    };
    let with = |reach: Reach, name: &'static str, value: &str| Reach {
        call: reach.call.header(name, value),
        ..reach
    };
    let (sale, of) = return_of_a(world, true, &["authorise_return"]).await;
    let (unpaid, _) = world.order(Who::BuyerA).await;
    let line = line_of(world, &world.a.sale).await;
    let cart = world.send_as(Who::BuyerA, &world.call("get_cart", &[])).await;
    let cart = cart.json()["id"].as_str().unwrap_or(&world.cart).to_owned();
    let mut reaches = vec![
        json(reach("request_return", &[&sale.order], GONE), sale.request()),
        reach("withdraw_return", &[&sale.order, &of], GONE),
        json(reach("send_return", &[&sale.order, &of], GONE), json!({})),
        reach("list_credit_notes", &[&sale.order], GONE),
        reach(
            "get_credit_note",
            &[&world.order, &refund_of_a(world).await],
            GONE,
        ),
    ];
    for order in [&world.order, &unpaid] {
        reaches.extend([
            reach("get_order", &[order], GONE),
            reach("list_order_events", &[order], GONE),
            json(reach("pay_order", &[order], GONE), json!({"method": "tok_visa"})),
            reach("resume_payment", &[order], GONE),
            reach("cancel_order", &[order], GONE),
            json(
                reach("change_order_address", &[order], GONE),
                json!({"address": address()}),
            ),
            reach("cancel_sub_order", &[order, &world.a.sale], GONE),
            json(
                with(
                    reach("cancel_units", &[order, &world.a.sale], GONE),
                    "idempotency-key",
                    "theft",
                ),
                json!({"lines": [{"line": line, "quantity": 1}]}),
            ),
            reach("list_own_refunds", &[order], GONE),
            // A guest's token beside a buyer's opens nothing more.
            with(
                reach("get_order", &[order], GONE),
                "x-cart-token",
                &world.guest.token,
            ),
        ]);
        reaches.extend(shipping::of_buyer(world, order));
    }
    for other in [&cart, &world.guest.cart] {
        let place = json!({
            "cart": other, "cart_version": 1, "expected_total": {"amount": 1999, "currency": "EUR"},
            "email": Who::BuyerB.email(), "address": address(),
        });
        reaches.push(json(
            reach("quote_cart", &[], GONE),
            json!({"cart": other, "address": address()}),
        ));
        reaches.push(json(
            with(reach("place_order", &[], REFUSED), "idempotency-key", "theft"),
            place,
        ));
    }
    let after = format!("limit=1&after={}", world.order);
    reaches.extend(reviews::of_buyer(world).await);
    reaches.extend(downloads::of_buyer(world).await);
    reaches.extend(messages::of_buyer(world).await);
    reaches.extend(notifications::of_buyer(world).await);
    reaches.extend(people::of_buyer(world).await);
    reaches.extend([
        // Nothing to take out of the caller's own cart, which has never been filled.
        json(
            reach("set_cart_line", &[&world.a.sku], &[200, 404]),
            json!({"quantity": 0}),
        ),
        json(
            reach("merge_cart", &[], &[200]),
            json!({"cart_token": "a-guess-of-some-length"}),
        ),
        json(reach("merge_cart", &[], &[200]), json!({"cart_token": cart})),
        reach("end_session", &[&session_of(world, Who::BuyerA).await], GONE),
        Reach {
            call: world.call("list_orders", &[]).query(&after),
            operation: "list_orders",
            statuses: OWN,
        },
        json(
            reach("refresh", &[], &[401]),
            json!({"refresh_token": world.tokens[&Who::BuyerA]}),
        ),
        json(
            reach("reset_password", &[], &[400]),
            json!({"token": world.tokens[&Who::BuyerA], "password": "Another-Secret-8"}),
        ),
        json(
            reach("verify_email", &[], &[400]),
            json!({"token": world.users[&Who::BuyerA]}),
        ),
        // Mailed to somebody else.
        json(
            reach("accept_invitation", &[], &[403]),
            json!({"token": world.a.invitation_token}),
        ),
    ]);
    reaches
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_cannot_reach_anything_of_another() {
    let world = World::new().await;
    let reaches = reaches_of_buyer_b(&world).await;
    let buyers = world.spec.operations.values();
    let buyers = buyers.filter(|o| !o.path.starts_with("/v1/seller/") && !o.path.starts_with("/v1/admin/"));
    check_all_tried(buyers, &reaches, &nothing::of_buyers());

    let user = world.users[&Who::BuyerA].to_string();
    // One that can still be cancelled, whatever became of the others.
    let (fresh, _) = world.order(Who::BuyerA).await;
    let orders: Vec<String> = all_orders(&world).await;
    let mut things = vec![user.as_str(), &world.cart, &world.guest.cart];
    things.extend(orders.iter().map(String::as_str));
    let before = rows::naming(&world, &things).await;
    assert!(before.len() >= 8, "buyer A is in few tables: {before:?}");
    reach_all(&world, Who::BuyerB, &reaches, &things).await;
    // Nor does somebody with no token at all, or with another guest's.
    for reach in &reaches {
        let strangers = [
            reach.call.clone(),
            reach.call.clone().instead("x-cart-token", "x".repeat(40)),
        ];
        for call in strangers {
            let answer = world.send(&call).await;
            assert_eq!(
                tells(&answer, &things),
                None,
                "{}: {}",
                reach.operation,
                answer.text()
            );
        }
    }
    assert_eq!(rows::naming(&world, &things).await, before);

    // The comparison sees it when something of A's does change.
    let cancel = world.call("cancel_order", &[&fresh]);
    world.send_as(Who::BuyerA, &cancel).await.expect(200);
    assert_ne!(rows::naming(&world, &things).await, before);
    world.close().await;
}
