//! Pages and their forms, visited by those whom they are not for; and a guest who keeps sight of their order.

use crate::rows;
use crate::spec::{Answer, Call, send};
use crate::world::{PASSWORD, Who, World};
use axum::http::Method;
use bytes::Bytes;
use kernel::{Permission, Role};
use serde_json::json;
use std::collections::BTreeMap;

/// A browser without a script: it keeps cookies and sends forms.
#[derive(Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn of(world: &World, who: Who) -> Self {
        let mut browser = Self::default();
        browser.sign_in(world, who).await;
        browser
    }

    async fn sign_in(&mut self, world: &World, who: Who) {
        let email = who.email();
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        self.post(world, "/sign-in", &fields).await.expect(303);
        assert!(self.cookies.contains_key("stoa_session"), "{who:?}");
    }

    async fn send(&mut self, world: &World, method: Method, target: &str, body: String) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let call = Call {
            method,
            target: target.to_owned(),
            headers: vec![
                ("content-type", b"application/x-www-form-urlencoded".to_vec()),
                ("cookie", cookies.join("; ").into_bytes()),
            ],
            body: Bytes::from(body),
        };
        let answer = send(&world.router, &world.elsewhere(call)).await;
        for set in answer.headers.get_all("set-cookie") {
            let (cookie, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn get(&mut self, world: &World, target: &str) -> Answer {
        self.send(world, Method::GET, target, String::new()).await
    }

    /// A form as its page sends it.
    async fn post(&mut self, world: &World, target: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(world).await;
        let with_token = std::iter::once(("csrf", csrf.as_str())).chain(fields.iter().copied());
        let encoded = with_token.map(|(name, value)| format!("{name}={}", percent(value)));
        let body = encoded.collect::<Vec<_>>().join("&");
        self.send(world, Method::POST, target, body).await
    }

    async fn csrf(&mut self, world: &World) -> String {
        let page = self.get(world, "/help").await.expect(200);
        field(&page, "csrf")
    }
}

/// The value of a hidden field.
fn field(page: &Answer, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("no {name}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn location(answer: &Answer) -> String {
    let to = answer.headers.get("location");
    to.map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// An address with the things of shop A, and of buyer A, in its braces.
fn filled(world: &World, path: &str) -> String {
    let id = match path {
        p if p.starts_with("/seller/orders/") => &world.a.sale,
        p if p.starts_with("/seller/products/") => &world.a.product,
        p if p.starts_with("/seller/uploads/") => &world.a.import,
        p if p.starts_with("/operator/shops/") => &world.a.id,
        p if p.starts_with("/orders/") => &world.order,
        // No session of anybody's: forms without a token do not get that far.
        p if p.starts_with("/account/sessions/") => &world.order,
        _ => "",
    };
    let path = path
        .replace("{sku}", &world.a.sku)
        .replace("{order}", &world.order)
        .replace("{act}", "retry")
        .replace("{item}", "identity")
        .replace("{command}", "suspend")
        .replace("{reference}", "unknown")
        // Of a parcel and a return that are none: the form is refused before they are looked for.
        .replace("{parcel}", &world.a.sale)
        .replace("{return}", &world.a.sale);
    assert!(
        !path.contains("{id}") || !id.is_empty(),
        "{path} is new: what does it name?"
    );
    let path = path.replace("{id}", id);
    assert!(!path.contains('{'), "{path} is new: what does it name?");
    path
}

/// What a role must include to see a page of a shop's or of the operator's.
fn needed(path: &str) -> Permission {
    match path {
        "/seller" | "/seller/shop" => Permission::ReadShop,
        "/seller/products/new" | "/seller/uploads" | "/seller/uploads/{id}" => Permission::EditCatalog,
        "/seller/products" | "/seller/products/{id}" => Permission::ReadCatalog,
        "/seller/stock" => Permission::ReadStock,
        "/seller/orders" | "/seller/orders/{id}" | "/seller/returns" => Permission::ReadSales,
        "/operator" | "/operator/shops/{id}" => Permission::ApproveSellers,
        "/operator/payments" | "/operator/payments/{order}" => Permission::ReadAnyOrder,
        "/operator/ledger" => Permission::ReadLedger,
        other => panic!("{other} is new: who may see it?"),
    }
}

fn role(who: Who) -> Role {
    match who {
        Who::BuyerA | Who::BuyerB => Role::Buyer,
        Who::OwnerA | Who::OwnerB => Role::Owner,
        Who::ManagerA => Role::Manager,
        Who::ClerkA => Role::Clerk,
        Who::AnalystA => Role::Analyst,
        Who::Admin => Role::Admin,
        Who::Support => Role::Support,
        Who::Moderator => Role::Moderator,
        Who::Finance => Role::Finance,
    }
}

/// The statuses with which a private page may answer; `None` is nobody.
fn expected(path: &str, who: Option<Who>) -> &'static [u16] {
    let names_one = path.contains("{id}");
    let area = path.split('/').nth(1).unwrap_or_default();
    match (area, who) {
        // Orders may be a guest's: whoever is not the one learns nothing of them.
        ("orders", Some(Who::BuyerA)) => &[200, 303],
        ("orders", _) if names_one => &[404],
        (_, None) => &[303],
        ("orders" | "account", Some(_)) => &[200],
        ("operator", Some(Who::Finance)) if path == "/operator" => &[303],
        ("seller", Some(who)) if who.audience() != "seller" => &[403],
        ("operator", Some(who)) if who.audience() != "admin" => &[403],
        (_, Some(who)) if !role(who).may(needed(path)) => &[403],
        ("seller", Some(Who::OwnerB)) if names_one => &[404],
        _ => &[200],
    }
}

fn private_pages() -> Vec<&'static str> {
    let areas = ["/seller", "/operator", "/account", "/orders"];
    let is_private = |path: &str| areas.iter().any(|area| path.starts_with(area));
    storefront::addresses()
        .into_iter()
        .filter(|(method, path)| *method == Method::GET && is_private(path))
        .map(|(_, path)| path)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn private_pages_open_to_those_they_are_for() {
    let world = World::new().await;
    let pages = private_pages();
    assert!(pages.len() >= 16, "{pages:?}");
    let mut wrong = Vec::new();
    let everybody = Who::ALL.into_iter().map(Some).chain([None]);
    for who in everybody {
        let mut browser = match who {
            Some(who) => Browser::of(&world, who).await,
            None => Browser::default(),
        };
        for path in &pages {
            let target = filled(&world, path);
            let answer = browser.get(&world, &target).await;
            let (status, to) = (answer.status, location(&answer));
            let mut is_right = expected(path, who).contains(&status);
            if who.is_none() && status == 303 {
                is_right &= to == format!("/sign-in?next={}", target.replace('/', "%2F"));
            }
            // Shop B's owner sees pages of their own, with nothing of shop A's. A refusal may repeat the address.
            let told = [&world.a.product, &world.a.sale, &world.a.import];
            let text = answer.text();
            is_right &= who != Some(Who::OwnerB)
                || status >= 400
                || !told.iter().any(|id| text.contains(id.as_str()));
            if !is_right {
                wrong.push(format!("{who:?} at {target}: {status} {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.close().await;
}

/// Who means well with a form.
fn sender(path: &str) -> Who {
    match path {
        p if p.starts_with("/seller") => Who::OwnerA,
        p if p.starts_with("/operator") => Who::Admin,
        _ => Who::BuyerA,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_refused_without_their_token_and_from_others() {
    let world = World::new().await;
    let forms: Vec<&str> = storefront::addresses()
        .into_iter()
        .filter(|(method, _)| *method == Method::POST)
        .map(|(_, path)| path)
        .collect();
    assert!(forms.len() >= 25, "{forms:?}");
    let mut browsers = BTreeMap::new();
    for who in [
        Who::BuyerA,
        Who::BuyerB,
        Who::OwnerA,
        Who::OwnerB,
        Who::ClerkA,
        Who::Admin,
    ] {
        browsers.insert(who, Browser::of(&world, who).await);
    }
    let a = &world.a;
    let things = [
        a.id.as_str(),
        &a.product,
        &a.sku,
        &a.import,
        &a.sale,
        &world.order,
        &world.cart,
        &world.guest.cart,
        &world.applicant,
    ];
    let before = rows::naming(&world, &things).await;
    let mut wrong = Vec::new();
    for path in forms {
        let target = filled(&world, path);
        let own = browsers.get_mut(&sender(path)).unwrap();
        for body in ["", "csrf=", "csrf=not-the-token"] {
            let body = format!("{body}&quantity=0&title=Taken");
            let answer = own.send(&world, Method::POST, &target, body.clone()).await;
            if answer.status != 403 {
                wrong.push(format!("{target} with {body}: {}", answer.status));
            }
            // A token that the visitor brought along in no cookie of ours is none either.
            let answer = Browser::default().send(&world, Method::POST, &target, body).await;
            if answer.status != 403 {
                wrong.push(format!("{target} as nobody: {}", answer.status));
            }
        }
        // With a good token, from people whose form it is not.
        let others: &[(Who, u16)] = match path {
            p if p.starts_with("/seller/products/{id}") => &[
                (Who::BuyerB, 403),
                (Who::Admin, 403),
                (Who::ClerkA, 403),
                (Who::OwnerB, 404),
            ],
            p if p.starts_with("/seller/stock/") => {
                &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::OwnerB, 404)]
            }
            // Clerks pack and send.
            p if p.starts_with("/seller/orders/") => {
                &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::OwnerB, 404)]
            }
            p if p.starts_with("/seller") => &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::ClerkA, 403)],
            p if p.starts_with("/operator") => &[(Who::BuyerB, 403), (Who::OwnerA, 403)],
            p if p.starts_with("/orders/") => &[(Who::BuyerB, 404), (Who::OwnerB, 404), (Who::Admin, 404)],
            _ => &[],
        };
        for (who, status) in others {
            let other = browsers.get_mut(who).unwrap();
            let answer = other.post(&world, &target, &[("version", "1")]).await;
            if answer.status != *status {
                wrong.push(format!("{target} as {who:?}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows::naming(&world, &things).await, before);
    world.close().await;
}

/// A guest's browser at the last step of the checkout, and what the form there sends.
async fn at_the_button(world: &World) -> (Browser, Vec<(&'static str, String)>) {
    let mut guest = Browser::default();
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    let added = guest.post(world, "/cart/lines", &bowl).await;
    assert_eq!(location(&added), "/cart?done=added");
    let address = [
        ("email", "guest@market.test"),
        ("name", "Lucía Romero"),
        ("line1", "Calle Betis 12"),
        ("postcode", "41010"),
        ("city", "Sevilla"),
        ("province", "ES-SE"),
        ("country", "ES"),
    ];
    let long = "a".repeat(121);
    for name in ["line2", "phone"] {
        let mut spoilt = address.to_vec();
        spoilt.push((name, &long));
        guest.post(world, "/checkout/address", &spoilt).await.expect(200);
    }
    let method = [("method", "tok_visa")];
    for (step, fields, next) in [
        ("/checkout/address", address.as_slice(), "/checkout/delivery"),
        ("/checkout/delivery", [].as_slice(), "/checkout/payment"),
        ("/checkout/payment", method.as_slice(), "/checkout/review"),
    ] {
        let answer = guest.post(world, step, fields).await;
        assert_eq!(location(&answer), next, "{}", answer.text());
    }
    let review = guest.get(world, "/checkout/review").await.expect(200);
    let names = ["idempotency_key", "cart_version", "total"];
    let fields = names.map(|name| (name, field(&review, name)));
    (guest, fields.to_vec())
}

/// Presses the button of a review as it was shown.
async fn press(world: &World, browser: &mut Browser, review: &Answer) -> Answer {
    let fields = ["idempotency_key", "cart_version", "total"].map(|name| (name, field(review, name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(world, "/checkout/place", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_led_to_their_order_and_keeps_it_after_signing_in() {
    let world = World::new().await;
    let (mut guest, fields) = at_the_button(&world).await;
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    // To this one the answer never arrived.
    let mut unanswered = guest.clone();
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = placed.split('?').next().unwrap().to_owned();
    assert!(
        order.starts_with("/orders/") && placed.ends_with("?fresh=1"),
        "{placed}"
    );

    let mut again = unanswered.clone();
    let led = location(&again.post(&world, "/checkout/place", &fields).await);
    assert_eq!(led, placed);
    testkit::eventually("the ordered basket is closed", || {
        let mut browser = unanswered.clone();
        let world = &world;
        async move {
            let to = location(&browser.get(world, "/checkout/review").await);
            (to == "/cart").then_some(())
        }
    })
    .await;
    for browser in [&mut unanswered, &mut guest] {
        let led = location(&browser.post(&world, "/checkout/place", &fields).await);
        assert_eq!(led, placed);
        browser.get(&world, &order).await.expect(200);
    }

    guest.sign_in(&world, Who::BuyerB).await;
    assert!(!guest.cookies.contains_key("stoa_cart"));
    guest.get(&world, &order).await.expect(200);
    let elsewhere = Browser::of(&world, Who::BuyerB).await.get(&world, &order).await;
    assert_eq!(elsewhere.status, 404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_uses_a_coupon_without_a_script_in_both_languages() {
    let world = World::new().await;
    let tenth = json!({
        "name": "A tenth off", "code": "TENTH", "benefit": {"kind": "percent", "rate_basis_points": 1_000},
    });
    let make = world.call("make_promotion", &[]).json(&tenth);
    world.send_as(Who::Admin, &make).await.expect(201);
    let (mut guest, before) = at_the_button(&world).await;
    for (language, label, unknown) in [
        ("en", "Use it", "Nobody knows this code"),
        ("es", "Usarlo", "Nadie conoce este código"),
    ] {
        let cart = format!("/cart?lang={language}");
        let page = guest.get(&world, &cart).await.expect(200);
        assert!(page.text().contains(label), "{}", page.text());
        let fields = [("code", "nobodys"), ("next", "/cart")];
        let answer = guest.post(&world, "/cart/coupons", &fields).await;
        assert_eq!(location(&answer), "/cart");
        let page = guest.get(&world, &cart).await.expect(200);
        assert!(page.text().contains(unknown), "{}", page.text());
        let answer = guest.post(&world, "/cart/coupons/remove", &fields).await;
        assert_eq!(location(&answer), "/cart");
        assert!(!guest.get(&world, &cart).await.text().contains(unknown));
    }
    let bad = guest
        .post(&world, "/cart/coupons", &[("code", "no code"), ("next", "/cart")])
        .await;
    assert_eq!(location(&bad), "/cart?refused=code_invalid");

    // At checkout, where the total falls by a tenth of the goods.
    let next = "/checkout/review";
    let answer = guest
        .post(&world, "/cart/coupons", &[("code", "tenth"), ("next", next)])
        .await;
    assert_eq!(location(&answer), next);
    let review = guest.get(&world, next).await.expect(200);
    assert!(review.text().contains("A tenth off") && review.text().contains("TENTH"));
    let cents = |total: &str| total.replace('.', "").parse::<i64>().unwrap();
    let total = field(&review, "total");
    assert!(cents(&total) < cents(&before[2].1), "{total}");
    let placed = location(&press(&world, &mut guest, &review).await);
    let order = guest.get(&world, &placed).await.expect(200);
    assert!(order.text().contains("A tenth off"), "{}", order.text());
    world.close().await;
}

/// Guests are known by their e-mail address, which the checkout has long before it orders.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_has_used_a_coupon_reads_so_and_orders_without_it() {
    let world = World::new().await;
    let once = json!({
        "name": "Once each", "code": "ONCE", "uses_per_buyer": 1,
        "benefit": {"kind": "percent", "rate_basis_points": 1_000},
    });
    let make = world.call("make_promotion", &[]).json(&once);
    world.send_as(Who::Admin, &make).await.expect(201);
    let coupon = [("code", "once"), ("next", "/checkout/review")];
    for used in [false, true] {
        let (mut guest, _) = at_the_button(&world).await;
        guest.post(&world, "/cart/coupons", &coupon).await;
        let review = guest.get(&world, "/checkout/review").await.expect(200);
        assert_eq!(review.text().contains("You have used it already."), used);
        let placed = location(&press(&world, &mut guest, &review).await);
        assert!(placed.starts_with("/orders/"), "{placed}");
        let order = guest.get(&world, &placed).await.expect(200);
        assert_eq!(order.text().contains("Once each"), !used);
    }
    world.close().await;
}

/// A refusal is the answer to its key for a day; the page asks under another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_was_refused_orders_when_the_goods_are_there_again() {
    let world = World::new().await;
    let (mut guest, _) = at_the_button(&world).await;
    let review = guest.get(&world, "/checkout/review").await.expect(200);
    let counted = async |on_hand: u32| {
        let counts = json!({"reason": "counted", "counts": [{"sku": world.a.sku, "on_hand": on_hand}]});
        let count = world.call("count_stock", &[]).json(&counts);
        world.send_as(Who::OwnerA, &count).await.expect(200);
    };
    counted(0).await;
    let refused = press(&world, &mut guest, &review).await.expect(200);
    counted(10).await;
    let placed = press(&world, &mut guest, &refused).await;
    assert!(location(&placed).starts_with("/orders/"), "{}", placed.text());
    world.close().await;
}

/// What follows this text on a page, up to a quotation mark.
fn after(page: &Answer, start: &str) -> String {
    let text = page.text();
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_who_cannot_send_cancels_and_the_buyer_reads_why() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let page = format!("/seller/orders/{}", world.a.sale);
    let form = format!("{page}/cancel");
    assert!(seller.get(&world, &page).await.text().contains(&form));
    let why = [("reason", "damaged"), ("note", " In the\nkiln. ")];
    let cancelled = seller.post(&world, &form, &why).await;
    assert_eq!(location(&cancelled), format!("{page}?done=sale_cancelled"));
    assert!(!seller.get(&world, &page).await.text().contains(&form));

    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let order = buyer.get(&world, &format!("/orders/{}", world.order)).await;
    assert!(order.text().contains("It broke in the workshop. In the kiln."));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bowl_goes_back_by_forms_alone() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let sale = format!("/seller/orders/{}", world.a.sale);
    let order = format!("/orders/{}", world.order);
    let refused = buyer
        .post(
            &world,
            &format!("{order}/returns"),
            &[("sub_order", &world.a.sale)],
        )
        .await;
    assert_eq!(location(&refused), format!("{order}?refused=transition_illegal"));

    seller
        .post(&world, &format!("{sale}/pack"), &[])
        .await
        .expect(303);
    let to_send = seller.get(&world, &sale).await;
    let units = format!("units.{}", after(&to_send, "name=\"units."));
    seller
        .post(&world, &format!("{sale}/ship"), &[(&units, "1")])
        .await
        .expect(303);
    let sent = seller.get(&world, &sale).await;
    let parcel = after(&sent, &format!("action=\"{sale}/parcels/"));
    seller
        .post(&world, &format!("{sale}/parcels/{parcel}"), &[])
        .await
        .expect(303);

    let arrived = buyer.get(&world, &order).await;
    let of = field(&arrived, "return");
    let ask = [
        ("sub_order", world.a.sale.as_str()),
        ("return", &of),
        (&units, "1"),
        ("reason", "damaged"),
        ("wish", "refund"),
        ("note", "The rim is chipped."),
    ];
    for _ in 0..2 {
        let asked = buyer.post(&world, &format!("{order}/returns"), &ask).await;
        assert_eq!(location(&asked), format!("{order}?done=return_requested"));
    }
    let list = seller.get(&world, "/seller/returns").await.expect(200);
    assert!(list.text().contains(&format!("{sale}#return-{of}")));

    let act = |act: &str| format!("{sale}/returns/{of}/{act}");
    let agreed = seller
        .post(&world, &act("authorise"), &[("note", "Wrap it well.")])
        .await;
    assert_eq!(location(&agreed), format!("{sale}?done=return_answered"));
    assert!(buyer.get(&world, &order).await.text().contains("Wrap it well."));
    let back = [("carrier", "Correos"), ("tracking", "RK1")];
    buyer
        .post(&world, &format!("{order}/returns/{of}/send"), &back)
        .await
        .expect(303);

    let line = units.trim_start_matches("units.");
    let (restocked, gone) = (format!("restocked.{line}"), format!("written_off.{line}"));
    let came = [
        (restocked.as_str(), "1"),
        (gone.as_str(), "0"),
        ("then", "refund"),
        ("kept", "2,50"),
        ("kept_reason", "The box is missing."),
    ];
    let received = seller.post(&world, &act("receive"), &came).await;
    assert_eq!(location(&received), format!("{sale}?done=return_received"));
    let page = buyer.get(&world, &order).await.text();
    assert!(page.contains("€2.50 kept: The box is missing."), "{page}");
    assert!(page.contains("€17.49 given back"), "{page}");
    let open = seller.get(&world, "/seller/returns").await.expect(200);
    assert!(!open.text().contains(&of));
    let all = seller.get(&world, "/seller/returns?show=all").await.expect(200);
    assert!(all.text().contains(&of));
    world.close().await;
}
