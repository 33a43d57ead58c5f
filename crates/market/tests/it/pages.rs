//! Pages and their forms, visited by those whom they are not for.

mod auditing;
mod channels;
mod features;
mod figures;
mod finding;
mod hooks;
mod journeys;
mod keys;
mod linking;
mod live;
mod making;
mod messaging;
mod noticing;
mod offering;
mod outage;
mod paying;
mod promoting;
mod purses;
mod reading;
mod reviewing;
mod securing;
mod strangers;
mod viewing;
mod wishing;
mod workplaces;

use crate::rightly::{Talk, notice_of, notice_of_a, received_by, refund_of_a, review_of_a, stock, talk_of_a};
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

/// What shop A has beside what the world knows of.
struct Things {
    /// On its way to it.
    goods: String,
    /// What its warehouse says it has.
    feed: String,
    /// A file that is kept and not yet read.
    file: String,
    /// A cent that went back.
    refund: String,
    /// Buyer A's, of its bowl.
    review: String,
    /// An order of buyer A's that has arrived and is not reviewed.
    received: String,
    /// By which buyer A's wish list is read.
    wishlist: String,
    /// What buyer A and it write each other.
    talk: Talk,
    /// Of the order that buyer A placed, which the operator's desk knows by then.
    number: String,
    /// What buyer A was told, and what shop A was.
    notice: String,
    sale_notice: String,
    /// Where shop A's programs are told.
    webhook: String,
}

impl Things {
    async fn of(world: &World) -> Self {
        Self {
            goods: stock::inbound_of_a(world).await,
            feed: stock::feed_of_a(world).await,
            file: crate::rightly::files::file_of_a(world).await,
            refund: refund_of_a(world).await,
            review: review_of_a(world).await.id,
            received: received_by(world, Who::BuyerA).await,
            wishlist: crate::rightly::wishlists::shared(world).await,
            talk: talk_of_a(world).await,
            number: number_of(world).await,
            notice: notice_of(world).await,
            sale_notice: notice_of_a(world).await,
            webhook: crate::rightly::webhook_of_a(world).await,
        }
    }
}

/// The desk hears of orders some moments after they were placed.
async fn number_of(world: &World) -> String {
    let id: kernel::OrderId = world.order.parse().unwrap();
    let number = orders::domain::of_order(id);
    let desk = tokio::sync::Mutex::new(Browser::of(world, Who::Support).await);
    let target = format!("/operator/orders/{number}");
    testkit::eventually("the desk knows the order", async || {
        let page = desk.lock().await.get(world, &target).await;
        (page.status == 200).then_some(())
    })
    .await;
    number
}

/// An address with the things of shop A, and of buyer A, in its braces.
fn filled(world: &World, things: &Things, path: &str) -> String {
    let id = match path {
        p if p.starts_with("/seller/webhooks/") => &things.webhook,
        p if p.starts_with("/seller/goods/") => &things.goods,
        p if p.starts_with("/seller/feeds/") => &things.feed,
        p if p.starts_with("/seller/staff/invitations/") => &world.a.invitation,
        p if p.starts_with("/seller/staff/") => &world.a.staff,
        p if p.starts_with("/seller/warehouses/") => &world.a.id,
        // None of anybody's: forms without a token do not get that far.
        p if [
            "/seller/promotions/",
            "/seller/api-keys/",
            "/seller/promoted/",
            "/seller/views/",
            "/operator/views/",
            "/operator/taxes/rates/",
            "/operator/gift-cards/",
            "/operator/holds/",
            "/operator/payouts/",
            "/operator/commission/",
            "/operator/partners/",
            "/operator/people/",
            "/operator/search/",
            "/operator/moderation/",
            "/operator/items/",
            "/operator/categories/",
            "/operator/dead-letters/",
        ]
        .iter()
        .any(|of| p.starts_with(of)) =>
        {
            &world.order
        }
        "/account/messages/new" => return format!("{path}?shop={}", world.a.slug),
        p if ["/account/messages/", "/seller/messages/", "/operator/messages/"]
            .iter()
            .any(|of| p.starts_with(of)) =>
        {
            &things.talk.id
        }
        p if p.starts_with("/account/notifications/") => &things.notice,
        p if p.starts_with("/seller/notifications/") => &things.sale_notice,
        "/account/reviews/new" => {
            return format!("{path}?order={}&product={}", things.received, world.a.product);
        }
        p if ["/account/reviews/", "/seller/reviews/", "/operator/reviews/"]
            .iter()
            .any(|of| p.starts_with(of)) =>
        {
            &things.review
        }
        p if p.starts_with("/seller/orders/") => &world.a.sale,
        p if p.starts_with("/seller/products/") || p.starts_with("/wishlist/items/") => &world.a.product,
        p if p.starts_with("/seller/uploads/") => &things.file,
        p if p.starts_with("/operator/shops/") => &world.a.id,
        p if p.starts_with("/orders/") => &world.order,
        // No session of anybody's: forms without a token do not get that far.
        p if p.starts_with("/account/sessions/") => &world.order,
        _ => "",
    };
    let path = path
        .replace("{sku}", &world.a.sku)
        .replace("{kind}", "order_confirmed")
        .replace("{language}", "en")
        .replace("{version}", "1")
        // The form is refused before it is looked for.
        .replace("{pass}", &world.a.sale)
        .replace("{line}", &world.a.sku)
        .replace("{change}", &world.a.sale)
        .replace("{order}", &world.order)
        .replace("{number}", &things.number)
        .replace("{act}", "retry")
        .replace("{feature}", "webhooks")
        .replace("{item}", "identity")
        .replace("{command}", "suspend")
        .replace("{reference}", "unknown")
        // Of a parcel and a return that are none: the form is refused before they are looked for.
        .replace("{parcel}", &world.a.sale)
        .replace("{return}", &world.a.sale)
        .replace("{part}", &world.a.sale)
        .replace("{shipment}", &world.a.shipment)
        .replace("{refund}", &things.refund)
        .replace("{review}", &things.review)
        .replace("{token}", &things.wishlist)
        .replace("{message}", &things.talk.message)
        .replace("{slug}", &world.a.slug);
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
        "/seller"
        | "/seller/events"
        | "/seller/shop"
        | "/seller/reviews"
        | "/seller/notifications"
        | "/seller/notifications/settings"
        | "/seller/notifications/{id}" => Permission::ReadShop,
        "/seller/products/new"
        | "/seller/uploads"
        | "/seller/uploads/{id}"
        | "/seller/uploads/{id}/events"
        | "/seller/uploads/{id}/errors.csv"
        | "/seller/uploads/{id}/failed-rows.csv" => Permission::EditCatalog,
        "/seller/products"
        | "/seller/products/{id}"
        | "/seller/products/{id}/history"
        | "/seller/products/{id}/same-as" => Permission::ReadCatalog,
        "/seller/stock"
        | "/seller/warehouses"
        | "/seller/goods"
        | "/seller/goods/{id}"
        | "/seller/feeds"
        | "/seller/feeds/{id}"
        | "/seller/feeds/{id}/lines.csv" => Permission::ReadStock,
        "/seller/messages" | "/seller/messages/{id}" => Permission::FulfilSales,
        "/seller/goods/new" => Permission::EditStock,
        "/seller/promotions/new" => Permission::RunPromotions,
        "/seller/staff" => Permission::ManageStaff,
        "/seller/api-keys" | "/seller/webhooks" | "/seller/webhooks/{id}" => Permission::ManageKeys,
        "/seller/orders"
        | "/seller/orders/events"
        | "/seller/orders/{id}"
        | "/seller/orders/{id}/packing-slip.pdf"
        | "/seller/orders/{id}/invoice.pdf"
        | "/seller/orders/{id}/shipments/{shipment}/label.pdf"
        | "/seller/orders/{id}/refunds/{refund}/credit-note.pdf"
        | "/seller/returns"
        | "/seller/promotions"
        | "/seller/promoted"
        | "/seller/settlement"
        | "/seller/settlement/holds"
        | "/seller/settlement/payouts"
        | "/seller/settlement/statement"
        | "/seller/settlement/year" => Permission::ReadSales,
        "/operator/shops" | "/operator/shops/{id}" => Permission::ApproveSellers,
        "/operator/orders"
        | "/operator/orders/{number}"
        | "/operator/payments"
        | "/operator/payments/{order}" => Permission::ReadAnyOrder,
        "/operator/system" => Permission::ReadSystem,
        "/operator/partners" => Permission::ManagePartners,
        "/operator"
        | "/operator/events"
        | "/operator/holds"
        | "/operator/commission"
        | "/operator/ledger"
        | "/operator/promoted"
        | "/operator/gift-cards"
        | "/operator/payouts"
        | "/operator/reconciliation"
        | "/operator/taxes" => Permission::ReadLedger,
        "/operator/search" => Permission::ManageSearch,
        "/operator/moderation" => Permission::ModerateCatalog,
        "/operator/reviews" => Permission::ModerateReviews,
        "/operator/messages" | "/operator/messages/{id}" => Permission::ModerateMessages,
        "/operator/audit" | "/operator/dead-letters" | "/operator/features" | "/operator/people" => {
            Permission::ManageSystem
        }
        "/operator/templates" | "/operator/templates/{kind}/{language}" => Permission::ManageSystem,
        "/operator/categories" | "/operator/items" => Permission::ManageCategories,
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
        ("account", Some(who))
            if names_one && path.starts_with("/account/messages/") && who != Who::BuyerA =>
        {
            &[404]
        }
        ("account", Some(who)) if path.starts_with("/account/reviews/") && who != Who::BuyerA => &[404],
        ("account", Some(who)) if path == "/account/notifications/{id}" => {
            if who == Who::BuyerA {
                &[303]
            } else {
                &[404]
            }
        }
        ("orders" | "account", Some(_)) => &[200],
        // Those who have no overview are led to what they have.
        ("operator", Some(Who::Support | Who::Moderator)) if path == "/operator" => &[303],
        ("seller", Some(who)) if who.audience() != "seller" => &[403],
        ("operator", Some(who)) if who.audience() != "admin" => &[403],
        (_, Some(who)) if !role(who).may(needed(path)) => &[403],
        ("seller", Some(Who::OwnerB)) if names_one => &[404],
        // It leads on to what it is about.
        ("seller", Some(_)) if path == "/seller/notifications/{id}" => &[303],
        _ => &[200],
    }
}

fn private_pages() -> Vec<&'static str> {
    let areas = ["/seller", "/operator", "/account", "/orders"];
    let is_private = |path: &str| areas.iter().any(|area| path.starts_with(area));
    storefront::addresses()
        .into_iter()
        .filter(|(method, path)| {
            *method == Method::GET && is_private(path) && !live::ADDRESSES.contains(path)
        })
        .map(|(_, path)| path)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn private_pages_open_to_those_they_are_for() {
    let world = World::new().await;
    let (pages, things) = (private_pages(), Things::of(&world).await);
    assert!(pages.len() >= 16, "{pages:?}");
    let mut wrong = Vec::new();
    let everybody = Who::ALL.into_iter().map(Some).chain([None]);
    for who in everybody {
        let mut browser = match who {
            Some(who) => Browser::of(&world, who).await,
            None => Browser::default(),
        };
        for path in &pages {
            let target = filled(&world, &things, path);
            let answer = browser.get(&world, &target).await;
            let (status, to) = (answer.status, location(&answer));
            let mut is_right = expected(path, who).contains(&status);
            if who.is_none() && status == 303 {
                let next = [("/", "%2F"), ("?", "%3F"), ("=", "%3D"), ("&", "%26")]
                    .iter()
                    .fold(target.clone(), |next, (sign, code)| next.replace(sign, code));
                is_right &= to == format!("/sign-in?next={next}");
            }
            // Shop B's owner sees pages of their own, with nothing of shop A's. A refusal may repeat the address.
            let told = [
                &world.a.product,
                &world.a.sale,
                &world.a.import,
                &things.goods,
                &things.feed,
            ];
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
    let own = Things::of(&world).await;
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
        let target = filled(&world, &own, path);
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
            // Clerks keep the stock. Forms that say nothing come back before anything is looked for.
            "/seller/feeds"
            | "/seller/goods/new"
            | "/seller/goods/{id}/receive"
            | "/seller/warehouses"
            | "/seller/warehouses/rule"
            | "/seller/warehouses/{id}" => &[(Who::BuyerB, 403), (Who::Admin, 403)],
            p if ["goods", "feeds", "warehouses"]
                .iter()
                .any(|of| p.starts_with(&format!("/seller/{of}/"))) =>
            {
                &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::OwnerB, 404)]
            }
            // Clerks pack and send, and answer those who ask.
            p if p.starts_with("/seller/orders/") || p.starts_with("/seller/messages/") => {
                &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::OwnerB, 404)]
            }
            // All of a shop's staff read, and look at tables as they like.
            p if p.starts_with("/seller/notifications") || p.starts_with("/seller/views") => {
                &[(Who::BuyerB, 403), (Who::Admin, 403)]
            }
            p if p.starts_with("/seller") => &[(Who::BuyerB, 403), (Who::Admin, 403), (Who::ClerkA, 403)],
            p if p.starts_with("/operator") => &[(Who::BuyerB, 403), (Who::OwnerA, 403)],
            p if p.starts_with("/account/reviews/{id}") => &[(Who::BuyerB, 404)],
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
