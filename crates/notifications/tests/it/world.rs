//! Notifications, and what other contexts would answer.

use contracts::catalog::RemoteCatalog;
use contracts::identity::RemoteIdentity;
use contracts::notifications::{Notice, NoticeReader};
use contracts::orders::RemoteOrderDesk;
use contracts::tenants::{RemoteStaffDesk, RemoteTenants};
use contracts::{Language, PublicEvent, Reply, Transport};
use kernel::{Clock, Ctx, Fault, FixedClock, ProductId, Role, SubOrderId, TenantId, UserId};
use notifications::{Notices, Parts, Sandbox};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Scope;
use testkit::TestDb;
use tokio_util::sync::CancellationToken;

/// Every shop is called the same, and so is every product.
#[derive(Default)]
pub struct Others {
    /// Nobody answers.
    pub away: AtomicBool,
    pub mails: Mutex<Vec<Sent>>,
    /// Who works for every shop.
    pub staff: Mutex<Vec<(UserId, Role)>>,
}

/// A mail that went out.
#[derive(Clone, Debug)]
pub struct Sent {
    pub to: String,
    pub subject: String,
    pub body: String,
    pub headers: Vec<(String, String)>,
}

impl Others {
    fn answer(&self, method: &str, body: &Value) -> Result<Value, Fault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("others"));
        }
        let now = testkit::clock().now();
        let ids = |at: usize| body[at].as_array().cloned().unwrap_or_default();
        Ok(match method {
            "numbers" => ids(0).iter().map(|_| json!("K7F3-9QXA")).collect(),
            "sales" => ids(1)
                .iter()
                .map(|order| json!({"order": order, "id": SubOrderId(uuid::Uuid::nil()), "number": "K7F3-9QXA-1", "fees": []}))
                .collect(),
            "shops" => ids(0)
                .iter()
                .map(|id| {
                    json!({
                        "id": id, "slug": "three-ovens", "name": "Three Ovens", "story": "", "status": "active", "tier": "pool",
                        "currency": "EUR", "location": {"country": "ES", "postcode": "41001", "town": "Sevilla"}, "delivery": [],
                    })
                })
                .collect(),
            "listings" => ids(0)
                .iter()
                .map(|id| {
                    json!({
                        "id": id, "tenant": TenantId(uuid::Uuid::nil()), "version": 1, "status": "active", "slug": "bowl",
                        "title": "Wide bowl", "description_html": "", "brand": "", "category": null, "attributes": {}, "tags": [],
                        "images": [], "variants": [], "created_at": now, "updated_at": now,
                    })
                })
                .collect(),
            "users" => ids(0)
                .iter()
                .map(|id| json!({"id": id, "email": "ana@post.example", "name": "Ana María Ruiz"}))
                .collect(),
            "staff" => {
                let staff = self.staff.lock().unwrap();
                let member = |(user, role): &(UserId, Role)| {
                    json!({"id": user, "user": user, "email": "ana@post.example", "role": role, "joined_at": now})
                };
                staff.iter().map(member).collect()
            }
            "send_mail" | "send_mail_with" => {
                let text = |at: usize| body[at].as_str().unwrap_or_default().to_owned();
                self.mails.lock().unwrap().push(Sent {
                    to: text(0),
                    subject: text(1),
                    body: text(2),
                    headers: serde_json::from_value(body[3].clone()).unwrap_or_default(),
                });
                Value::Null
            }
            other => panic!("{other} is asked of nobody"),
        })
    }
}

struct Line(Arc<Others>);

impl Transport for Line {
    fn call<'a>(
        &'a self,
        _: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let answer = self.0.answer(method, &body);
        Box::pin(async move { answer })
    }
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub notices: Notices,
    pub others: Arc<Others>,
    pub db: TestDb,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[notifications::schema()]).await;
        let others = Arc::new(Others::default());
        let line = || Arc::new(Line(Arc::clone(&others)));
        let notices = Notices::new(Parts {
            db: db.db(notifications::CONTEXT),
            catalog: Arc::new(RemoteCatalog(line())),
            tenants: Arc::new(RemoteTenants(line())),
            staff: Arc::new(RemoteStaffDesk(line())),
            orders: Arc::new(RemoteOrderDesk(line())),
            identity: Arc::new(RemoteIdentity(line())),
            sms: Arc::new(Sandbox::new(db.db(notifications::CONTEXT))),
            push: Arc::new(Sandbox::new(db.db(notifications::CONTEXT))),
            public_url: "https://market.example/".to_owned(),
            key: b"a key of some length".to_vec(),
        });
        Self {
            clock: testkit::clock(),
            notices,
            others,
            db,
        }
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    /// What follows is later.
    pub fn pass(&self, days: u64) {
        self.clock.advance(Duration::from_secs(days * 24 * 60 * 60 + 1));
    }

    pub fn person(&self) -> (UserId, NoticeReader) {
        let user = UserId::new(self.clock.now());
        (user, NoticeReader::Person { user })
    }

    pub fn shop(&self) -> (TenantId, NoticeReader) {
        let tenant = TenantId::new(self.clock.now());
        (tenant, self.staff(tenant, Role::Owner))
    }

    pub fn staff(&self, tenant: TenantId, role: Role) -> NoticeReader {
        let user = UserId::new(self.clock.now());
        NoticeReader::Staff { user, tenant, role }
    }

    pub fn product(&self) -> ProductId {
        ProductId::new(self.clock.now())
    }

    /// The log tells of something.
    pub async fn tell(&self, event: &impl PublicEvent) {
        let db = self.db.db(notifications::CONTEXT);
        let mut tx = db.begin(Scope::System).await.unwrap();
        store::log::append(&mut tx, &self.ctx(), event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The consumer has its place, and nothing was told yet.
    pub async fn hear_nothing(&self) {
        sqlx::query("insert into log.cursor (consumer) values ('notifications.notices')")
            .execute(&mut self.db.owner().await)
            .await
            .unwrap();
    }

    /// All of the log is heard; with `again`, from its beginning.
    pub async fn hear(&self, again: bool) {
        let mut owner = self.db.owner().await;
        if again {
            sqlx::query("update log.cursor set xid = '0', id = 0 where consumer = 'notifications.notices'")
                .execute(&mut owner)
                .await
                .unwrap();
        }
        let stop = CancellationToken::new();
        let hearing = notifications::listen(self.notices.clone(), self.clock.clone(), stop.clone());
        let waiting = async {
            testkit::eventually("the log is heard", async || {
                let heard: bool = sqlx::query_scalar(
                    "select exists (
                        select from log.cursor c,
                               (select xid, id from log.event order by xid desc, id desc limit 1) as e
                         where c.consumer = 'notifications.notices' and (c.xid, c.id) >= (e.xid, e.id))",
                )
                .fetch_one(&mut self.db.owner().await)
                .await
                .unwrap();
                heard.then_some(())
            })
            .await;
            stop.cancel();
        };
        tokio::join!(hearing, waiting);
    }

    /// Mails that went out so far.
    pub fn mails(&self) -> Vec<Sent> {
        self.others.mails.lock().unwrap().clone()
    }

    pub async fn feed(&self, reader: NoticeReader) -> Vec<Notice> {
        self.feed_in(reader, Language::En).await
    }

    pub async fn feed_in(&self, reader: NoticeReader, language: Language) -> Vec<Notice> {
        let page = self.notices.feed(&self.ctx(), reader, language, None, 100).await;
        page.unwrap().items
    }

    pub async fn unread(&self, reader: NoticeReader) -> u32 {
        self.notices.unread(reader).await.unwrap()
    }
}

/// What stands over them.
pub fn titles(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.title.as_str()).collect()
}
