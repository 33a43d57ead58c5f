use crate::harness::{App, PASSWORD, text};
use contracts::Reply;
use contracts::identity::{Credential, Identity, SignIn};
use contracts::tenants::{ApplyForShop, Location, Shop, ShopStatus, Tenants, Tier};
use kernel::{Ctx, Currency, Fault, ImageId, Role, TenantId, UserId};
use serde_json::{Value, json};

async fn attempt(app: &App, body: Value) -> (u16, Value) {
    let response = app.http.post("/v1/auth/login", &body).await;
    (response.status, response.json())
}

#[tokio::test]
async fn unknown_accounts_and_wrong_passwords_get_one_answer() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let strip = |mut answer: Value| {
        answer.as_object_mut().expect("object").remove("correlation_id");
        answer
    };
    let (status, wrong) = attempt(
        &app,
        json!({"email": "lucia@example.org", "password": "Wrong-password-1"}),
    )
    .await;
    let (unknown_status, unknown) = attempt(
        &app,
        json!({"email": "nobody@example.org", "password": "Wrong-password-1"}),
    )
    .await;
    assert_eq!((status, text(&wrong["code"])), (401, "credentials_invalid"));
    assert_eq!((status, strip(wrong)), (unknown_status, strip(unknown)));
}

#[tokio::test]
async fn an_unknown_account_takes_as_long_as_a_wrong_password() {
    let app = App::new().await;
    // Fresh addresses each time, so that no lock comes between; medians, so that one slow moment does not decide.
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for i in 0..7 {
        app.buyer(&format!("known{i}@example.org")).await;
        for (email, times) in [
            (format!("known{i}@example.org"), &mut known),
            (format!("unknown{i}@example.org"), &mut unknown),
        ] {
            let start = std::time::Instant::now();
            let (status, _) = attempt(&app, json!({"email": email, "password": "Wrong-password-1"})).await;
            times.push(start.elapsed());
            assert_eq!(status, 401);
        }
    }
    known.sort();
    unknown.sort();
    let ratio = unknown[3].as_secs_f64() / known[3].as_secs_f64();
    assert!(
        (0.5..2.0).contains(&ratio),
        "known {known:?}, unknown {unknown:?}"
    );
}

#[tokio::test]
async fn a_token_is_for_the_audience_asked_for() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let refused = |audience: &'static str| {
        let body = json!({"email": "lucia@example.org", "password": PASSWORD, "audience": audience});
        attempt(&app, body)
    };
    for audience in ["seller", "admin", "partner"] {
        let (status, body) = refused(audience).await;
        assert_eq!(
            (status, text(&body["code"])),
            (403, "audience_not_granted"),
            "{audience}"
        );
    }
    let tenant = TenantId::new(app.ctx().now);
    app.accounts
        .set_shop_role(&app.ctx(), user, tenant, Some(Role::Manager), 1)
        .await
        .expect("granted");
    let seller = app.signed_in("lucia@example.org", "seller").await;
    let me = seller.get("/v1/me").await.expect(200).json();
    assert_eq!(
        (&me["audience"], &me["role"], &me["shop"]),
        (&json!("seller"), &json!("manager"), &json!(tenant))
    );
    let buyer = app.signed_in("lucia@example.org", "buyer").await;
    let me = buyer.get("/v1/me").await.expect(200).json();
    assert_eq!((&me["audience"], me.get("shop")), (&json!("buyer"), None));
}

#[tokio::test]
async fn staff_of_several_shops_name_theirs() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let mut shops: Vec<TenantId> = (0..2).map(|_| TenantId::new(app.ctx().now)).collect();
    // The clock stands still, so two ids made at once come in any order.
    shops.sort_unstable();
    for &shop in &shops {
        app.accounts
            .set_shop_role(&app.ctx(), user, shop, Some(Role::Clerk), 1)
            .await
            .expect("granted");
    }
    let body = |shop: Value| json!({"email": "lucia@example.org", "password": PASSWORD, "audience": "seller", "shop": shop});
    let (status, answer) = attempt(&app, body(Value::Null)).await;
    assert_eq!((status, text(&answer["code"])), (422, "shop_ambiguous"));
    assert_eq!(answer["shops"].as_array().map(Vec::len), Some(2));
    let (status, _) = attempt(&app, body(json!(shops[1]))).await;
    assert_eq!(status, 200);
    let (status, answer) = attempt(&app, body(json!("somebody-elses"))).await;
    assert_eq!((status, text(&answer["code"])), (403, "not_staff"));

    // Once identity knows the shops, their slugs are understood as well.
    let names = [(shops[0], "alfareria-romero"), (shops[1], "zafra-textil")];
    app.accounts.know_shops(std::sync::Arc::new(Named(names.into())));
    let (_, answer) = attempt(&app, body(Value::Null)).await;
    assert_eq!(answer["shops"], json!(["alfareria-romero", "zafra-textil"]));
    let (status, tokens) = attempt(&app, body(json!("zafra-textil"))).await;
    assert_eq!(status, 200);
    let me = app.http.bearer(text(&tokens["access_token"])).get("/v1/me").await;
    assert_eq!(me.expect(200).json()["shop"], json!(shops[1]));
}

/// Shops of which the slug matters alone.
struct Named(Vec<(TenantId, &'static str)>);

impl Tenants for Named {
    fn shops_now<'a>(&'a self, ctx: &'a Ctx, ids: Vec<TenantId>) -> Reply<'a, Vec<Shop>> {
        self.shops(ctx, ids)
    }

    fn shops<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<TenantId>) -> Reply<'a, Vec<Shop>> {
        let named = self.0.iter().filter(|(id, _)| ids.contains(id));
        let shops = named.map(|&(id, slug)| Shop {
            id,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            story: String::new(),
            status: ShopStatus::Applied,
            tier: Tier::Pool,
            currency: Currency::EUR,
            location: Location {
                country: "ES".to_owned(),
                region: None,
                postcode: "41010".to_owned(),
                town: "Sevilla".to_owned(),
            },
            accent: None,
            logo: None,
            banner: None,
            return_policy: String::new(),
            return_days: 14,
            prices_include_tax: true,
            delivery: Vec::new(),
        });
        let shops = Ok(shops.collect());
        Box::pin(std::future::ready(shops))
    }

    fn shop_by_slug<'a>(&'a self, _ctx: &'a Ctx, _slug: String) -> Reply<'a, Option<Shop>> {
        unused()
    }

    fn active_shops<'a>(&'a self, _ctx: &'a Ctx, _limit: u16) -> Reply<'a, Vec<Shop>> {
        unused()
    }

    fn shops_in<'a>(
        &'a self,
        _ctx: &'a Ctx,
        _country: String,
        _region: Option<String>,
    ) -> Reply<'a, Vec<TenantId>> {
        unused()
    }

    fn currencies<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<Currency>> {
        unused()
    }

    fn apply<'a>(&'a self, _ctx: &'a Ctx, _owner: UserId, _request: ApplyForShop) -> Reply<'a, Shop> {
        unused()
    }

    fn approve<'a>(&'a self, _ctx: &'a Ctx, _ids: Vec<TenantId>) -> Reply<'a, ()> {
        unused()
    }

    fn set_images<'a>(
        &'a self,
        _ctx: &'a Ctx,
        _tenant: TenantId,
        _logo: Option<ImageId>,
        _banner: Option<ImageId>,
    ) -> Reply<'a, ()> {
        unused()
    }
}

fn unused<'a, T: Send + 'a>() -> Reply<'a, T> {
    Box::pin(std::future::ready(Err(Fault::internal())))
}

#[tokio::test]
async fn hostile_bodies_are_refused() {
    let app = App::new().await;
    let long = "a".repeat(100_000);
    for body in [
        json!({}),
        json!({"email": "a@b.de"}),
        json!({"email": ["a@b.de"], "password": PASSWORD}),
        json!({"email": "a@b.de", "password": PASSWORD, "audience": "root"}),
        json!({"email": "a@b.de", "password": PASSWORD, "extra": 1}),
        json!({"email": "a\u{0}@b.de", "password": PASSWORD}),
        json!({"email": long, "password": PASSWORD}),
    ] {
        let (status, answer) = attempt(&app, body.clone()).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["errors"][0]["pointer"].is_string(), "{answer}");
    }
    // A password nobody could have set costs no hash and tells nothing.
    let (status, answer) = attempt(&app, json!({"email": "a@b.de", "password": long})).await;
    assert_eq!((status, text(&answer["code"])), (401, "credentials_invalid"));
}

#[tokio::test]
async fn a_browser_session_carries_a_csrf_value_of_its_own() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let sign_in = || SignIn {
        email: "lucia@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        device: "Firefox\u{7} on a phone".to_owned(),
        address: "192.0.2.1".to_owned(),
    };
    let identity: &dyn Identity = &app.accounts;
    let first = identity.sign_in(&app.ctx(), sign_in()).await.expect("signed in");
    let second = identity.sign_in(&app.ctx(), sign_in()).await.expect("signed in");
    let csrf = first.principal.csrf.clone().expect("a csrf value");
    assert_ne!(Some(&csrf), second.principal.csrf.as_ref());
    assert_ne!(csrf, first.cookie);

    let cookie = Credential::Session(first.cookie.clone());
    let seen = identity
        .authenticate(&app.ctx(), cookie.clone())
        .await
        .expect("known");
    assert_eq!(
        (seen.user, seen.csrf),
        (user, Some(csrf)),
        "the same at every request"
    );
    // Neither the cookie nor what forms carry lies in the database.
    let mut owner = app.db.owner().await;
    let dump: String = sqlx::query_scalar("select json_agg(s)::text from identity.session s")
        .fetch_one(&mut owner)
        .await
        .expect("rows");
    assert!(!dump.contains(&first.cookie), "{dump}");

    identity
        .sign_out(&app.ctx(), first.principal.session)
        .await
        .expect("signed out");
    let gone = identity
        .authenticate(&app.ctx(), cookie)
        .await
        .expect_err("ended");
    assert_eq!(gone.code, "session_ended");
    let bearer = Credential::Bearer(second.cookie);
    assert!(
        identity.authenticate(&app.ctx(), bearer).await.is_err(),
        "a cookie is no token"
    );
}
