//! Numbers as pages show them: those of one page are those of another, and what the orders say.

mod compared;
mod shown;

use super::*;
use chrono::{Datelike, Days, Months, NaiveTime};
use kernel::{Clock, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const OWNERS: [Who; 2] = [Who::OwnerA, Who::OwnerB];
/// A payout that the world begins with has a row, and no entries.
const PAID_OUT_BEFORE: i64 = 100;
/// How long pages may take to agree: what reads the log is behind it, and the ledger waits half a minute between its rounds.
const PATIENCE: Duration = Duration::from_secs(100);
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// The turn of a month in a marketplace, and what is known of it beside the pages.
struct Story {
    world: World,
    /// When the month began that pages tell of.
    begin: Timestamp,
    cup: String,
    /// Orders that were paid in it.
    paid: BTreeSet<String>,
    /// What had moved before it, by shop.
    before: [Moved; 2],
}

/// What came of a shop's sales, by its sub-orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moved {
    refunded: i64,
    /// Of commission and of the tax that the marketplace owes, what went back.
    returned: i64,
}

struct Wish<'a> {
    lines: &'a [(&'a str, u32)],
    coupon: Option<&'a str>,
    cards: Vec<String>,
    address: Value,
}

impl<'a> Wish<'a> {
    fn of(lines: &'a [(&'a str, u32)]) -> Self {
        Self {
            lines,
            coupon: None,
            cards: Vec::new(),
            address: crate::world::address(),
        }
    }
}

fn madrid() -> Value {
    json!({"name": "Ana Vidal", "line1": "Calle Mayor 3", "postcode": "28013", "city": "Madrid", "region": "ES-M", "country": "ES"})
}

fn money(value: &Value) -> i64 {
    value["amount"].as_i64().unwrap_or(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn at(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

/// Paid, and not cancelled as a whole.
fn is_sold(part: &Value) -> bool {
    !["placed", "cancelled"].contains(&text(&part["status"]))
}

/// What the marketplace keeps of a part for itself and the authorities, and what of it it gave back.
fn kept(part: &Value) -> [i64; 2] {
    let is_markets = part["tax_owed_by"] == "marketplace";
    let tax = |field: &str| if is_markets { money(&part[field]) } else { 0 };
    [
        money(&part["commission"]) + tax("tax"),
        money(&part["commission_refunded"]) + tax("tax_refunded"),
    ]
}

/// What of a part is the shop's, as it stands now.
fn share(part: &Value) -> i64 {
    let [kept, back] = kept(part);
    money(&part["total"]) - money(&part["refunded"]) + money(&part["funded"])
        - money(&part["funded_refunded"])
        - (kept - back)
}

fn sum<'a>(parts: impl IntoIterator<Item = &'a Value>, of: impl Fn(&Value) -> i64) -> i64 {
    parts.into_iter().map(of).sum()
}

impl Story {
    async fn send(&self, who: Who, operation: &str, parts: &[&str], body: &Value) -> Answer {
        let key = format!("story-{}", self.world.fresh());
        let call = self.world.call(operation, parts).header("idempotency-key", key);
        let call = if body.is_null() { call } else { call.json(body) };
        self.world.send_as(who, &call).await
    }

    async fn done(&self, who: Who, operation: &str, parts: &[&str], body: &Value) -> Answer {
        let answer = self.send(who, operation, parts, body).await;
        assert!(
            (200..300).contains(&answer.status),
            "{operation}: {}",
            answer.text()
        );
        answer
    }

    /// It is so late, and everybody has signed in anew.
    async fn reach(&mut self, time: Timestamp) {
        self.world.clock.set(time);
        for who in [Who::BuyerA, Who::BuyerB, Who::OwnerA, Who::OwnerB, Who::Admin] {
            let token = self.world.sign_in(who).await.at("/access_token");
            self.world.tokens.insert(who, token);
        }
    }

    async fn place(&self, wish: &Wish<'_>) -> Value {
        let (world, who) = (&self.world, Who::BuyerB);
        world.done_with_ordered_carts(who).await;
        let mut cart = Value::Null;
        for (sku, quantity) in wish.lines {
            let line = json!({"sku": sku, "quantity": quantity});
            let call = world.call("add_to_cart", &[]).json(&line);
            // What a cart sees of the stock may be some moments old.
            cart = testkit::eventually("the goods go into the cart", || async {
                let answer = world.send_as(who, &call).await;
                (answer.status == 200).then(|| answer.json())
            })
            .await;
        }
        if let Some(code) = wish.coupon {
            self.done(who, "add_cart_coupon", &[], &json!({"code": code}))
                .await;
        }
        let quote = json!({"cart": cart["id"], "address": wish.address, "gift_cards": wish.cards});
        let quote = self.done(who, "quote_cart", &[], &quote).await.json();
        assert_eq!(quote["refused_codes"], json!([]), "{quote}");
        let mut place = json!({
            "cart": quote["cart"], "cart_version": quote["cart_version"], "expected_total": quote["total"],
            "email": who.email(), "address": wish.address, "gift_cards": wish.cards,
        });
        if !wish.cards.is_empty() {
            place["expected_due"] = quote["due"].clone();
        }
        self.done(who, "place_order", &[], &place).await.json()
    }

    async fn pay(&mut self, order: &Value) {
        let id = text(&order["id"]);
        let method = json!({"method": "tok_visa"});
        self.done(Who::BuyerB, "pay_order", &[id], &method).await;
        self.becomes("paid", id, |order| order["status"] == "confirmed")
            .await;
        if self.world.clock.now() >= self.begin {
            self.paid.insert(id.to_owned());
        }
    }

    async fn bought(&mut self, wish: &Wish<'_>) -> Value {
        let order = self.place(wish).await;
        self.pay(&order).await;
        order
    }

    async fn becomes(&self, what: &str, order: &str, is_so: impl Fn(&Value) -> bool) {
        let (call, is_so) = (self.world.call("get_order", &[order]), &is_so);
        testkit::eventually(&format!("the order is {what}"), || async {
            let read = self.world.send_as(Who::BuyerB, &call).await.expect(200).json();
            is_so(&read).then_some(())
        })
        .await;
    }

    /// A shop's part of an order, by its id.
    fn part(&self, order: &Value, who: Who) -> String {
        let shop = if who == Who::OwnerB {
            &self.world.b.id
        } else {
            &self.world.a.id
        };
        let mut parts = order["sub_orders"].as_array().unwrap().iter();
        let part = parts.find(|part| part["tenant"] == shop.as_str()).unwrap();
        text(&part["id"]).to_owned()
    }

    async fn deliver(&self, order: &Value, who: Who) {
        let part = self.part(order, who);
        self.done(who, "pack_seller_order", &[&part], &json!({})).await;
        let sent = self.done(who, "ship_seller_order", &[&part], &json!({})).await;
        let parcel = sent.at("/parcels/0/id");
        self.done(who, "deliver_seller_parcel", &[&part, &parcel], &Value::Null)
            .await;
    }

    async fn give_back(&self, order: &Value, who: Who, amount: i64) {
        let back = json!({"amount": {"amount": amount, "currency": "EUR"}, "reason": "A scratch."});
        let part = self.part(order, who);
        self.done(who, "refund_sale", &[&part], &back).await;
        self.becomes("given back of", text(&order["id"]), |order| {
            money(&order["refunded"]) >= amount
        })
        .await;
    }

    /// All of a shop's sub-orders, as the shop reads them.
    async fn parts(&self, who: Who) -> Vec<Value> {
        let call = self.world.call("list_seller_orders", &[]).query("limit=100");
        let page = self.world.send_as(who, &call).await.expect(200).json();
        page["items"].as_array().unwrap().clone()
    }

    async fn moved(&self) -> [Moved; 2] {
        let mut moved = [Moved::default(); 2];
        for (who, moved) in OWNERS.into_iter().zip(&mut moved) {
            let parts = self.parts(who).await;
            moved.refunded = sum(&parts, |part| money(&part["refunded"]));
            moved.returned = sum(&parts, |part| kept(part)[1]);
        }
        moved
    }
}

/// Two orders before the month's end, and one over it.
async fn before_the_month() -> (Story, Value) {
    let world = World::new().await;
    let today = world.clock.now().date_naive();
    let first = today.with_day(1).unwrap() + Months::new(1);
    let mut story = Story {
        begin: first.and_time(NaiveTime::MIN).and_utc(),
        world,
        cup: String::new(),
        paid: BTreeSet::new(),
        before: [Moved::default(); 2],
    };
    let platforms = json!({
        "name": "A tenth off", "code": "TENTH", "benefit": {"kind": "percent", "rate_basis_points": 1_000},
    });
    story.done(Who::Admin, "make_promotion", &[], &platforms).await;
    let sellers = json!({
        "name": "Two off", "code": "TWO-OFF", "currency": "EUR", "benefit": {"kind": "fixed", "amount": 200},
    });
    story
        .done(Who::OwnerA, "make_seller_promotion", &[], &sellers)
        .await;
    let terms = json!({"destination": "sandbox:bank", "reserve_basis_points": 1_000, "reserve_days": 60});
    for shop in [&story.world.a.id, &story.world.b.id] {
        story.done(Who::Admin, "patch_shop_terms", &[shop], &terms).await;
    }
    let cup = json!({
        "key": "cup", "title": "Cup", "category": "ceramics/bowls", "status": "active",
        "variants": [{"code": "cup-1", "price": {"amount": 999, "currency": "EUR"}, "stock": 6}],
    });
    let cup = story.done(Who::OwnerA, "create_product", &[], &cup).await;
    story.cup = cup.at("/variants/0/sku");

    let (a, b) = (story.world.a.sku.clone(), story.world.b.sku.clone());
    let (a, b) = (a.as_str(), b.as_str());
    let delivered = story.bought(&Wish::of(&[(a, 5), (b, 2)])).await;
    for who in OWNERS {
        story.deliver(&delivered, who).await;
    }
    let lasting = story.bought(&Wish::of(&[(a, 1)])).await;

    let minute = chrono::TimeDelta::minutes(1);
    story.reach(story.begin - minute).await;
    let over = story.place(&Wish::of(&[(b, 1)])).await;
    story.before = story.moved().await;
    story.reach(story.begin + minute).await;
    story.pay(&over).await;
    (story, lasting)
}

/// Until the bank has something of shop A's: jobs are looked at as the clock moves.
async fn paid_out(story: &mut Story) {
    let list = story.world.call("list_seller_payouts", &[]).query("limit=100");
    let mut said = String::new();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let known = story.world.send_as(Who::OwnerA, &list).await;
        if known.status == 401 {
            // On a busy machine the clock comes past the end of a token before the bank has anything.
            story.reach(story.world.clock.now()).await;
            continue;
        }
        let known = known.expect(200).json();
        let mut payouts = known["items"].as_array().unwrap().iter();
        if payouts.any(|one| one["state"] == "paid" && money(&one["amount"]) > PAID_OUT_BEFORE) {
            return;
        }
        let asked = story
            .send(Who::OwnerA, "ask_payout", &[], &json!({"currency": "EUR"}))
            .await;
        said = format!("{}\n{known}", asked.text());
        story.world.clock.advance(Duration::from_secs(7));
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("nothing was paid out to shop A: {said}");
}

async fn month_of_everything() -> Story {
    let (mut story, lasting) = Box::pin(before_the_month()).await;
    let later = |days| story.begin + Days::new(days);
    let [payday, midmonth] = [later(9), later(10)];
    story.reach(payday).await;
    paid_out(&mut story).await;
    story.reach(midmonth).await;

    let (a, b, cup) = (
        story.world.a.sku.clone(),
        story.world.b.sku.clone(),
        story.cup.clone(),
    );
    let (a, b, cup) = (a.as_str(), b.as_str(), cup.as_str());
    story.give_back(&lasting, Who::OwnerA, 300).await;
    let cups = [(cup, 2), (b, 1)];
    let with_coupon = Wish {
        coupon: Some("TENTH"),
        ..Wish::of(&cups)
    };
    story.bought(&with_coupon).await;

    let card = crate::rightly::gift_card(&story.world).await.code;
    let bowls = [(a, 3)];
    let with_card = Wish {
        coupon: Some("TWO-OFF"),
        cards: vec![card],
        address: madrid(),
        ..Wish::of(&bowls)
    };
    let order = story.bought(&with_card).await;
    story.deliver(&order, Who::OwnerA).await;
    send_back(&story, &order).await;

    let order = story.bought(&Wish::of(&[(a, 1), (b, 1)])).await;
    let broke = json!({"note": "It broke."});
    let part = story.part(&order, Who::OwnerB);
    story.done(Who::OwnerB, "cancel_sale", &[&part], &broke).await;
    story
        .becomes("cancelled in part", text(&order["id"]), |order| {
            money(&order["refunded"]) > 0
        })
        .await;

    let order = story.bought(&Wish::of(&[(b, 2)])).await;
    story.give_back(&order, Who::OwnerB, 500).await;

    let order = story.bought(&Wish::of(&[(a, 2)])).await;
    let (id, part) = (text(&order["id"]), story.part(&order, Who::OwnerA));
    let fewer = json!({"lines": [{"line": order["sub_orders"][0]["lines"][0]["id"], "quantity": 1}]});
    story
        .done(Who::BuyerB, "cancel_units", &[id, &part], &fewer)
        .await;
    story
        .becomes("a piece less", id, |order| money(&order["refunded"]) > 0)
        .await;
    // Nobody pays for it.
    story.place(&Wish::of(&[(a, 1)])).await;
    story
}

/// One of its pieces goes back to shop A, and its money to the buyer.
async fn send_back(story: &Story, order: &Value) {
    let (id, part) = (text(&order["id"]), story.part(order, Who::OwnerA));
    let line = &order["sub_orders"][0]["lines"][0]["id"];
    let ask = json!({
        "sub_order": part, "lines": [{"line": line, "quantity": 1}], "reason": "defective",
    });
    let asked = story.done(Who::BuyerB, "request_return", &[id], &ask).await;
    let of = asked.at("/sub_orders/0/returns/0/id");
    story
        .done(Who::OwnerA, "authorise_return", &[&part, &of], &json!({}))
        .await;
    let came = json!({"lines": [{"line": line, "restocked": 1}], "then": "refund"});
    story
        .done(Who::OwnerA, "receive_return", &[&part, &of], &came)
        .await;
    story
        .becomes("sent back in part", id, |order| money(&order["refunded"]) > 0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_agree_with_each_other_and_with_the_orders() {
    let story = Box::pin(month_of_everything()).await;
    let world = &story.world;
    let mut admin = Browser::of(world, Who::Admin).await;
    let mut owners = [
        Browser::of(world, Who::OwnerA).await,
        Browser::of(world, Who::OwnerB).await,
    ];
    let mut wrong = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        wrong = compared::differences(&story, &mut admin, &mut owners).await;
        if wrong.is_empty() {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    story.world.close().await;
}
