use axum::{Extension, http::HeaderValue};
use contracts::identity::{Mailbox, RegisterUser};
use httpkit::{Auth, Instance, Observe, TrustedProxies};
use identity::{Accounts, AttemptLimits, Config, DevelopmentInbox};
use kernel::{Clock, Ctx, FixedClock, UserId};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use store::Db;
use store::seal::Keyring;
use testkit::{Client, TestDb, spawn_router};

pub const PASSWORD: &str = "Sevilla-azul-7";

/// Identity served over HTTP with a clock that stands still.
pub struct App {
    pub db: TestDb,
    pub accounts: Accounts,
    pub inbox: DevelopmentInbox,
    pub clock: Arc<FixedClock>,
    pub http: Client,
    pub keyring: Keyring,
}

impl App {
    pub async fn new() -> Self {
        Self::with_limits(AttemptLimits::default()).await
    }

    pub async fn with_limits(limits: AttemptLimits) -> Self {
        let db = TestDb::new(&[identity::schema()]).await;
        let clock = testkit::clock();
        let keyring = Keyring::fleeting().expect("a key");
        let (accounts, inbox, http) = serve(&db, &clock, limits, &["127.0.0.1"], &keyring).await;
        Self {
            db,
            accounts,
            inbox,
            clock,
            http,
            keyring,
        }
    }

    /// Another process on the same database.
    pub async fn second_instance(&self) -> Client {
        serve(
            &self.db,
            &self.clock,
            AttemptLimits::default(),
            &["127.0.0.1"],
            &self.keyring,
        )
        .await
        .2
    }

    /// Another process on the same database, with data keys of its own.
    pub async fn with_keyring(&self, keyring: &Keyring) -> (Accounts, Client) {
        let limits = AttemptLimits::default();
        let (accounts, _, http) = serve(&self.db, &self.clock, limits, &["127.0.0.1"], keyring).await;
        (accounts, http)
    }

    /// A process that trusts no proxy.
    pub async fn without_proxies(&self) -> Client {
        serve(
            &self.db,
            &self.clock,
            AttemptLimits::default(),
            &[],
            &self.keyring,
        )
        .await
        .2
    }

    /// Somebody elsewhere, whose request the proxy took over `proto`.
    pub fn from(&self, address: &str, proto: &str) -> Client {
        self.http
            .header("x-forwarded-for", address)
            .header("x-forwarded-proto", proto)
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A buyer with [`PASSWORD`].
    pub async fn buyer(&self, email: &str) -> UserId {
        let request = RegisterUser {
            email: email.to_owned(),
            name: "Lucía Romero".to_owned(),
            password: PASSWORD.to_owned(),
            address: String::new(),
            language: contracts::Language::En,
        };
        self.accounts
            .register(&self.ctx(), request)
            .await
            .expect("registered")
    }

    /// Signs in and returns the pair of tokens.
    pub async fn login(&self, email: &str, audience: &str) -> Value {
        let body = json!({"email": email, "password": PASSWORD, "audience": audience});
        self.http.post("/v1/auth/login", &body).await.expect(200).json()
    }

    /// A client with a fresh access token.
    pub async fn signed_in(&self, email: &str, audience: &str) -> Client {
        let tokens = self.login(email, audience).await;
        self.http.bearer(text(&tokens["access_token"]))
    }

    /// The token in the newest mail to `email` whose body has a link to `page`.
    pub async fn mailed_token(&self, email: &str, page: &str) -> Option<String> {
        let mails = self
            .inbox
            .mails(&self.ctx(), Some(email.to_owned()), 100)
            .await
            .expect("mails");
        let start = format!("https://market.test/{page}?token=");
        mails
            .iter()
            .find_map(|m| m.body.lines().find_map(|line| line.strip_prefix(&start)))
            .map(str::to_owned)
    }

    /// `change` of every `identity.account_changed` about `user`, in order.
    pub async fn changes(&self, user: UserId) -> Vec<String> {
        let mut owner: PgConnection = self.db.owner().await;
        sqlx::query_scalar(
            "select payload ->> 'change' from log.event
              where topic = 'identity.account_changed' and key = $1 order by xid, id",
        )
        .bind(user.0)
        .fetch_all(&mut owner)
        .await
        .expect("events")
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

async fn serve(
    db: &TestDb,
    clock: &Arc<FixedClock>,
    limits: AttemptLimits,
    proxies: &[&str],
    keyring: &Keyring,
) -> (Accounts, DevelopmentInbox, Client) {
    let pool = Db::connect(db.url(), identity::CONTEXT).expect("url");
    let inbox = DevelopmentInbox::new(pool.clone(), "stoa@market.test");
    let config = Config {
        public_url: "https://market.test".to_owned(),
        limits,
        keyring: keyring.clone(),
    };
    let accounts = Accounts::new(pool, Arc::new(inbox.clone()), config).expect("accounts");
    let instance = Instance {
        id: HeaderValue::from_static("test"),
        clock: clock.clone(),
        trusted_proxies: TrustedProxies::parse(proxies).expect("addresses"),
    };
    let (router, _) = identity::routes(accounts.clone()).split_for_parts();
    let router = router
        .layer(Extension(Auth::new(Arc::new(accounts.clone()))))
        .layer(Observe(instance));
    let http = Client::new(spawn_router(router).await);
    (accounts, inbox, http)
}
