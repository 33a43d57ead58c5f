//! Settlement over HTTP, as sellers and operators ask for it.

use crate::world::{World, eur};
use axum::http::Method;
use kernel::{Role, SystemClock, TenantId};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Caller, Client};

/// A token is a shop's id (its owner's), `<shop>.analyst`, or `finance`.
fn who(token: &str) -> Option<Caller> {
    match token {
        "finance" => Some(Caller::operator(Role::Finance)),
        token => Caller::of_shop(token),
    }
}

async fn served(world: &World) -> Client {
    let (routes, _) = ledger::routes(world.ledger.clone()).split_for_parts();
    testkit::serve(routes, Arc::new(SystemClock), who).await
}

#[tokio::test]
async fn a_seller_sees_what_is_held_and_asks_for_what_is_not() {
    let world = World::new().await;
    let (shop, other) = (TenantId::new(world.start), TenantId::new(world.start));
    let client = served(&world).await;
    let seller = client.bearer(&shop.to_string());
    // Its hold has ended by now.
    world.sell(&world.day(-40), shop, eur(1_000)).await;
    world.ledger.release_due(&world.day(0)).await.expect("ran");
    world.sell(&world.day(0), shop, eur(2_000)).await;

    let balance = seller.get("/v1/seller/balance").await.expect(200).json();
    assert_eq!(balance["payable"][0]["amount"], 2_700);
    assert_eq!(balance["pending"][0]["amount"], 1_800);
    assert_eq!(balance["available"][0]["amount"], 900);
    let held = seller.get("/v1/seller/holds?state=held").await.expect(200).json();
    assert_eq!(held["items"][0]["remaining"]["amount"], 1_800);
    assert_eq!(held["items"][0]["reason"], "delivery");
    let first = seller.get("/v1/seller/holds?limit=1").await.expect(200).json();
    let next = first["next"].as_str().expect("more");
    let second = seller
        .get(&format!("/v1/seller/holds?limit=1&after={next}"))
        .await;
    assert_eq!(
        second.expect(200).json()["items"].as_array().map(Vec::len),
        Some(1)
    );
    let bad = seller.get("/v1/seller/holds?after=xyz").await.expect(400).json();
    assert_eq!(bad["code"], "cursor_invalid");

    let wish = json!({"currency": "EUR"});
    let analyst = client.bearer(&format!("{shop}.analyst"));
    let keyed = |client: &Client| client.header("idempotency-key", "once");
    let _ = keyed(&analyst)
        .post("/v1/seller/payouts", &wish)
        .await
        .expect(403);
    let made = keyed(&seller)
        .post("/v1/seller/payouts", &wish)
        .await
        .expect(201)
        .json();
    let again = keyed(&seller)
        .post("/v1/seller/payouts", &wish)
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&made["id"], &made["amount"]["amount"]),
        (&again["id"], &json!(900))
    );
    let more = seller.header("idempotency-key", "twice");
    let refused = more.post("/v1/seller/payouts", &wish).await.expect(409).json();
    assert_eq!(refused["code"], "nothing_due");
    let path = format!("/v1/seller/payouts/{}", made["id"].as_str().expect("id"));
    assert_eq!(
        seller.get(&path).await.expect(200).json()["history"][0]["name"],
        "created"
    );
    let _ = client.bearer(&other.to_string()).get(&path).await.expect(404);

    let day = world.start.date_naive();
    let days = format!("currency=EUR&from={day}&to={day}");
    let statement = seller
        .get(&format!("/v1/seller/statement?{days}"))
        .await
        .expect(200)
        .json();
    assert_eq!(statement["opening"]["amount"], 900);
    assert_eq!(statement["closing"]["amount"], 1_800);
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let target = format!("/v1/seller/statement?{days}&limit=1{after}");
        let page = seller.get(&target).await.expect(200).json();
        assert_eq!(page["closing"], statement["closing"], "of all of it: {page}");
        paged.extend(page["movements"].as_array().expect("a page").clone());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    assert_eq!(statement["movements"], json!(paged));
    assert!(paged.len() > 1, "{paged:?}");
    for (wrong, code) in [
        ("limit=0", "limit_out_of_range"),
        ("limit=101", "limit_out_of_range"),
        ("after=xyz", "cursor_invalid"),
        ("after=1764000000123456-", "cursor_invalid"),
    ] {
        let target = format!("/v1/seller/statement?{days}&{wrong}");
        assert_eq!(
            seller.get(&target).await.expect(400).json()["code"],
            code,
            "{wrong}"
        );
    }
    let csv = seller
        .get(&format!("/v1/seller/statement.csv?{days}"))
        .await
        .expect(200);
    assert!(csv.text().ends_with(&format!("{day},closing,,,,,,18.00,EUR,\n")));
}

#[tokio::test]
async fn a_seller_sets_the_days_on_which_they_are_paid() {
    let world = World::new().await;
    let client = served(&world)
        .await
        .bearer(&TenantId::new(world.start).to_string());
    let path = "/v1/seller/payout-schedule";
    assert_eq!(client.get(path).await.expect(200).json()["schedule"], "weekly");
    let wish =
        json!({"schedule": "monthly", "month_day": 15, "minimums": [{"amount": 5_000, "currency": "EUR"}]});
    let _ = client.put(path, &wish).await.expect(200);
    let terms = client.get(path).await.expect(200).json();
    assert_eq!(
        (&terms["schedule"], &terms["month_day"]),
        (&json!("monthly"), &json!(15))
    );
    assert_eq!(terms["minimums"][0]["amount"], 5_000);
    for bad in [
        json!({"schedule": "monthly", "month_day": 31}),
        json!({"schedule": "weekly"}),
    ] {
        let refused = client.put(path, &bad).await.expect(400).json();
        assert_eq!(refused["code"], "schedule_invalid");
    }
}

#[tokio::test]
async fn an_operator_holds_lifts_imports_and_reverses() {
    let world = World::new().await;
    let client = served(&world).await;
    let shop = TenantId::new(world.start);
    let (finance, seller) = (client.bearer("finance"), client.bearer(&shop.to_string()));
    let wish = json!({"shop": shop, "amount": eur(500), "reason": "dispute", "note": "asked back"});
    let _ = seller.post("/v1/admin/ledger/holds", &wish).await.expect(403);
    let hold = finance
        .post("/v1/admin/ledger/holds", &wish)
        .await
        .expect(201)
        .json();
    assert_eq!(hold["placed_by"]["kind"], "operator");
    let seen = seller.get("/v1/seller/holds").await.expect(200).json();
    assert_eq!(seen["items"][0]["placed_by"], Value::Null);
    assert_eq!(seen["items"][0]["note"], "");
    let path = format!("/v1/admin/ledger/holds/{}/lift", hold["id"].as_str().expect("id"));
    let why = json!({"note": "settled"});
    let lifted = finance.post(&path, &why).await.expect(200).json();
    assert_eq!(lifted["state"], "released");
    assert_eq!(
        finance.post(&path, &why).await.expect(409).json()["code"],
        "hold_ended"
    );
    let none = json!({"shop": shop, "amount": eur(0), "reason": "manual", "note": "x"});
    let _ = finance.post("/v1/admin/ledger/holds", &none).await.expect(400);

    let terms = format!("/v1/admin/ledger/shops/{shop}/terms");
    let set = finance
        .patch(&terms, &json!({"hold_days": 3, "destination": "sandbox:closed"}))
        .await;
    assert_eq!(set.expect(200).json()["hold_days"], 3);
    let _ = finance
        .patch(&terms, &json!({"destination": "ES00 1234"}))
        .await
        .expect(400);

    let file = "reference,kind,gross,fee,net,currency,date\nnobody,charge,5,0.10,4.90,EUR,2026-11-20\n";
    let send = |text: &str| {
        finance.send(
            Method::POST,
            "/v1/admin/ledger/settlements?provider=sandbox",
            text.to_owned(),
        )
    };
    assert_eq!(
        send(file).await.expect(200).json(),
        json!({"lines": 1, "new": 1, "posted": 1})
    );
    assert_eq!(send(file).await.expect(200).json()["new"], 0);
    let refused = send("reference,kind\n").await.expect(400).json();
    assert_eq!(refused["code"], "settlement_file_invalid");
    let breaks = finance
        .get("/v1/admin/ledger/breaks?kind=missing_here")
        .await
        .expect(200)
        .json();
    assert_eq!(breaks["items"][0]["reference"], "nobody");
    assert_eq!(
        finance.get("/v1/admin/ledger/payouts").await.expect(200).json()["items"],
        json!([])
    );

    let mut owner = world.db.owner().await;
    let fee: uuid::Uuid = sqlx::query_scalar("select id from ledger.entry where kind = 'provider_fee'")
        .fetch_one(&mut owner)
        .await
        .expect("one");
    let path = format!("/v1/admin/ledger/entries/{fee}/reverse");
    let why = json!({"reason": "charged in error"});
    let _ = finance.post(&path, &why).await.expect(201);
    assert_eq!(
        finance.post(&path, &why).await.expect(409).json()["code"],
        "already_reversed"
    );
}

#[tokio::test]
async fn verify_finds_a_payout_without_its_entry() {
    let world = World::new().await;
    let sql = "insert into ledger.payout (tenant_id, id, currency, amount, period, destination, provider, created_at)
               values ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002', 'EUR', 5, 'x', '', '', now())";
    assert_eq!(world.run(sql).await, Ok(()));
    let findings = ledger::verify(&world.ledger).await.expect("verify");
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[tokio::test]
async fn an_operator_makes_previews_replaces_and_ends_commission_rules() {
    let world = World::new().await;
    let client = served(&world).await;
    let shop = TenantId::new(world.start);
    let (finance, seller) = (client.bearer("finance"), client.bearer(&shop.to_string()));
    let path = "/v1/admin/ledger/commission-rules";
    let wish = json!({
        "shop": shop, "category": "ceramics", "currency": "EUR", "rate_basis_points": 500, "fixed": 30,
        "floor": 60, "cap": 400, "tax_basis_points": 2_000, "note": "Agreed by letter.",
    });
    let _ = seller.post(path, &wish).await.expect(403);
    let rule = finance.post(path, &wish).await.expect(201).json();
    assert_eq!(rule["made_by"]["kind"], "operator");
    let id = rule["id"].as_str().expect("id");
    let refusals = [
        ("currency", Value::Null, "/currency"),
        ("cap", json!(59), "/cap"),
        ("rate_basis_points", json!(10_001), "/rate_basis_points"),
        ("fixed", json!(-1), "/fixed"),
        ("valid_from", json!(world.start), "/valid_from"),
    ];
    for (field, value, pointer) in refusals {
        let mut bad = wish.clone();
        bad[field] = value;
        let refused = finance.post(path, &bad).await.expect(400).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }

    let product = kernel::ProductId::new(world.start);
    let preview = async |category: &str, quantity: u32, amount: i64| {
        let at = (world.start + chrono::TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%SZ");
        let query = format!(
            "shop={shop}&product={product}&category={category}&quantity={quantity}&amount={amount}&currency=EUR&at={at}"
        );
        let answer = finance
            .get(&format!("/v1/admin/ledger/commission-preview?{query}"))
            .await;
        let answer = answer.expect(200).json();
        let amount = |of: &str| answer[of]["amount"].as_i64().expect("an amount");
        (
            [amount("commission"), amount("tax"), amount("net")],
            answer["rule"]["id"].clone(),
        )
    };
    let ours = Value::from(id);
    assert_eq!(
        preview("ceramics/bowls", 2, 4_000).await,
        ([260, 52, 3_688], ours.clone())
    );
    assert_eq!(
        preview("ceramics", 1, 100).await,
        ([60, 12, 28], ours.clone()),
        "the floor"
    );
    assert_eq!(
        preview("ceramics", 1, 100_000).await,
        ([400, 80, 99_520], ours),
        "the cap"
    );
    assert_eq!(
        preview("textiles", 1, 1_000).await,
        ([100, 0, 900], Value::Null),
        "the house's"
    );

    let mut next = wish.clone();
    next["replaces"] = json!(id);
    let second = finance.post(path, &next).await.expect(201).json();
    let told = finance
        .get(&format!("{path}?shop={shop}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&told["items"][0]["id"], &told["items"][1]["id"]),
        (&second["id"], &rule["id"])
    );
    assert_eq!(told["items"][1]["valid_to"], told["items"][0]["valid_from"]);
    let end = format!("{path}/{}/end", second["id"].as_str().expect("id"));
    let why = json!({"note": "The shop closes."});
    let ended = finance.post(&end, &why).await.expect(200).json();
    assert_eq!(
        (&ended["end_note"], ended["valid_to"].is_string()),
        (&why["note"], true)
    );
    assert_eq!(
        finance.post(&end, &why).await.expect(409).json()["code"],
        "rule_ended"
    );

    let terms = format!("/v1/admin/ledger/shops/{shop}/terms");
    let set = finance.patch(&terms, &json!({"plan": "pro"})).await.expect(200);
    assert_eq!(set.json()["plan"], "pro");
    let changes = finance.get(&format!("{terms}/changes")).await.expect(200).json();
    assert_eq!(changes["items"][0]["terms"]["plan"], "pro");
    assert_eq!(changes["items"][0]["by"]["kind"], "operator");
}
