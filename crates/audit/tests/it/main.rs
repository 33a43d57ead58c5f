//! The trail over a database of its own: what is written, how it is found, and what is found out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use audit::{Known, Standing, Trail};
use contracts::PublicEvent;
use contracts::audit::{AuditAudience, AuditEntry, AuditFilter, AuditSubject, Changed};
use contracts::identity::AccountChanged;
use contracts::tenants::{ShopChanged, ShopStatus};
use kernel::{Actor, Clock, Ctx, Cursor, Fault, FixedClock, PageLimit, Role, TenantId, UserId};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use testkit::{Caller, TestDb};
use tokio_util::sync::CancellationToken;

struct World {
    clock: Arc<FixedClock>,
    trail: Trail,
    db: TestDb,
    stop: CancellationToken,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new(&[audit::schema()]).await;
        let world = Self {
            clock: testkit::clock(),
            trail: Trail::new(db.db(audit::CONTEXT)),
            db,
            stop: CancellationToken::new(),
        };
        let (heard, stop) = (world.db.db(audit::CONTEXT), world.stop.clone());
        #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(audit::listen(heard, stop));
        world
    }

    fn by(&self, actor: Actor) -> Ctx {
        Ctx {
            actor,
            ..Ctx::system("test", self.clock.now())
        }
    }

    fn admin(&self) -> Ctx {
        let user = UserId::new(self.clock.now());
        self.by(Actor::Operator {
            user,
            role: Role::Admin,
        })
    }

    /// The log tells of something, a moment after what it told before.
    async fn tell(&self, ctx: &Ctx, event: &impl PublicEvent) {
        self.clock.advance(Duration::from_millis(5));
        let ctx = Ctx {
            now: self.clock.now(),
            ..ctx.clone()
        };
        let mut tx = self.db.db(audit::CONTEXT).begin(Scope::System).await.unwrap();
        store::log::append(&mut tx, &ctx, event).await.unwrap();
        tx.commit().await.unwrap();
        store::log::wake();
    }

    /// Several things in one transaction: they are read, and chained, together.
    async fn tell_together(&self, ctx: &Ctx, events: &[Changed]) {
        let mut tx = self.db.db(audit::CONTEXT).begin(Scope::System).await.unwrap();
        for event in events {
            store::log::append(&mut tx, ctx, event).await.unwrap();
        }
        tx.commit().await.unwrap();
        store::log::wake();
    }

    /// Everything that was ever told is told again.
    async fn start_over(&self) {
        let mut tx = self.db.db(audit::CONTEXT).begin(Scope::System).await.unwrap();
        store::consumer::move_cursor(&mut tx, "audit.trail", store::log::Position::START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Waits until the trail has so many entries; the latest first.
    async fn has(&self, count: usize) -> Vec<AuditEntry> {
        testkit::eventually(&format!("{count} entries are written"), async || {
            let found = self.found(AuditFilter::default()).await;
            (found.len() >= count).then_some(found)
        })
        .await
    }

    async fn found(&self, filter: AuditFilter) -> Vec<AuditEntry> {
        let limit = PageLimit::new(100).unwrap();
        self.trail.entries(&filter, None, limit).await.unwrap().items
    }

    /// Ten changes of one category.
    async fn with_ten() -> Self {
        let world = Self::new().await;
        let admin = world.admin();
        for n in 1..=10 {
            world.tell(&admin, &renamed(n)).await;
        }
        world.has(10).await;
        let standing = world.verified().await;
        assert_eq!((standing.entries, standing.finding), (10, None));
        world
    }

    /// What the owner of the database can do, who need not heed the triggers.
    async fn tamper(&self, sql: &str) {
        let mut owner = self.db.owner().await;
        let sql = format!(
            "alter table audit.entry disable trigger user; alter table audit.batch disable trigger user;
             {sql};
             alter table audit.entry enable trigger user; alter table audit.batch enable trigger user"
        );
        owner.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    async fn verified(&self) -> Standing {
        audit::verify(&self.trail, None).await.unwrap()
    }

    async fn finding(&self) -> String {
        self.verified().await.finding.expect("something is wrong")
    }
}

fn renamed(n: u32) -> Changed {
    Changed {
        kind: "category.changed".to_owned(),
        about: AuditSubject::new("category", "0193b5a0-0000-7000-8000-000000000001", "Ceramics"),
        tenant: None,
        before: Some(json!({"place": n - 1})),
        after: Some(json!({"place": n})),
    }
}

#[tokio::test]
async fn a_change_is_kept_with_who_and_what_was_before() {
    let world = World::new().await;
    let admin = world.admin();
    world.tell(&admin, &renamed(3)).await;
    let entries = world.has(1).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry.seq, 1);
    assert_eq!(entry.who.audience, AuditAudience::Operator);
    assert_eq!(
        (entry.who.user, entry.who.role),
        (admin.user(), Some(Role::Admin))
    );
    assert_eq!(
        (entry.kind.as_str(), entry.about.label.as_str()),
        ("category.changed", "Ceramics")
    );
    assert_eq!(entry.before, Some(json!({"place": 2})));
    assert_eq!(entry.after, Some(json!({"place": 3})));
    assert_eq!(entry.correlation, admin.correlation);
}

#[tokio::test]
async fn a_status_follows_the_one_before_whoever_made_it() {
    let world = World::new().await;
    let (tenant, admin) = (TenantId::new(world.clock.now()), world.admin());
    let is = |status| ShopChanged { tenant, status };
    let demo = world.by(Actor::System {
        name: "demo".to_owned(),
    });
    world.tell(&demo, &is(ShopStatus::Active)).await;
    // Its words changed, not its status.
    world.tell(&admin, &is(ShopStatus::Active)).await;
    world.tell(&admin, &is(ShopStatus::Suspended)).await;
    let entries = world.has(2).await;
    let said: Vec<_> = entries
        .iter()
        .map(|entry| (&entry.before, &entry.after))
        .collect();
    let (active, suspended) = (
        Some(json!({"status": "active"})),
        Some(json!({"status": "suspended"})),
    );
    assert_eq!(said, [(&active, &suspended), (&None, &active)]);
    assert_eq!(entries[1].who.name.as_deref(), Some("demo"));
}

#[tokio::test]
async fn what_buyers_and_the_program_do_is_not_audited() {
    let world = World::new().await;
    let user = UserId::new(world.clock.now());
    let buyer = world.by(Actor::Buyer { user });
    let changed = |change: &str| AccountChanged {
        user,
        change: change.to_owned(),
        tenant: None,
    };
    world.tell(&buyer, &changed("password_changed")).await;
    world.tell(&buyer, &renamed(1)).await;
    world.tell(&world.admin(), &changed("signed_in:admin")).await;
    world.tell(&world.admin(), &changed("password_changed")).await;
    let entries = world.has(1).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry.kind, "account.password_changed");
}

#[tokio::test]
async fn each_filter_narrows_the_list_and_pages_go_on() {
    let world = World::with_ten().await;
    let tenant = TenantId::new(world.clock.now());
    let owner = world.by(Actor::Seller {
        user: UserId::new(world.clock.now()),
        tenant,
        role: Role::Owner,
    });
    let began = world.clock.now() + Duration::from_millis(1);
    let status = ShopStatus::Closed;
    world.tell(&owner, &ShopChanged { tenant, status }).await;
    let all = world.has(11).await;
    let of_owner = |entries: &[AuditEntry]| entries.len() == 1 && entries[0].seq == 11;
    let none = AuditFilter::default;
    for narrowed in [
        AuditFilter {
            who: owner.user(),
            ..none()
        },
        AuditFilter {
            tenant: Some(tenant),
            ..none()
        },
        AuditFilter {
            kind: Some("shop.status".to_owned()),
            ..none()
        },
        AuditFilter {
            about: Some(tenant.to_string()),
            ..none()
        },
        AuditFilter {
            from: Some(began),
            ..none()
        },
        AuditFilter {
            who: owner.user(),
            tenant: Some(tenant),
            from: Some(began),
            ..none()
        },
    ] {
        assert!(of_owner(&world.found(narrowed.clone()).await), "{narrowed:?}");
    }
    let before = AuditFilter {
        to: Some(began),
        ..none()
    };
    assert_eq!(world.found(before).await.len(), 10);

    let (mut read, mut after): (Vec<AuditEntry>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let limit = PageLimit::new(4).unwrap();
        let page = world.trail.entries(&none(), after.as_ref(), limit).await.unwrap();
        read.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read, all);
    let wrong = world
        .trail
        .entries(&none(), Some(&Cursor("x".to_owned())), PageLimit::DEFAULT)
        .await;
    assert_eq!(Fault::from(wrong.unwrap_err()).code, "cursor_invalid");
}

#[tokio::test]
async fn a_flipped_byte_is_located() {
    for column in [
        "label = 'Ceramocs'",
        "after = '{\"place\":8}'",
        "at = at + '1 microsecond'",
        "user_id = null",
    ] {
        let world = World::with_ten().await;
        world
            .tamper(&format!("update audit.entry set {column} where seq = 7"))
            .await;
        let standing = world.verified().await;
        let finding = standing.finding.expect("found");
        assert!(finding.starts_with("entry 7 of batch "), "{column}: {finding}");
        assert!(finding.ends_with("it was changed"), "{column}: {finding}");
        assert!(standing.entries < 7, "{column}: {}", standing.entries);
    }
}

#[tokio::test]
async fn a_deleted_entry_is_located() {
    let world = World::with_ten().await;
    world.tamper("delete from audit.entry where seq = 4").await;
    let finding = world.finding().await;
    assert!(finding.starts_with("entry 4 of batch "), "{finding}");
    assert!(finding.ends_with("is missing: it was deleted"), "{finding}");
}

#[tokio::test]
async fn two_swapped_entries_are_located() {
    // Within one batch, and across two.
    for (one, other, batch) in [(1, 2, 1), (5, 6, 2), (2, 5, 1)] {
        let world = World::new().await;
        for batch in [1, 2] {
            let events: Vec<Changed> = (1..=3).map(renamed).collect();
            world.tell_together(&world.admin(), &events).await;
            world.has(batch * 3).await;
        }
        assert_eq!(world.verified().await.batches, 2);
        world
            .tamper(&format!(
                "update audit.entry set seq = -{one} where seq = {one};
                 update audit.entry set seq = {one} where seq = {other};
                 update audit.entry set seq = {other} where seq = -{one}"
            ))
            .await;
        assert_eq!(
            world.finding().await,
            format!(
                "entry {one} of batch {batch} is the one that was written as entry {other}: they were reordered"
            )
        );
    }
}

/// A trail that grows while it is verified: its batches and its entries are read as of one moment.
#[tokio::test]
async fn what_is_written_meanwhile_is_no_finding() {
    let world = World::new().await;
    let mut owner = world.db.owner().await;
    let mut writing = owner.begin().await.unwrap();
    writing
        .execute("lock table audit.entry in access exclusive mode")
        .await
        .unwrap();
    let write = async {
        testkit::eventually("it waits for the entries", || async {
            let waits: bool = sqlx::query_scalar(
                "select exists (select from pg_locks l join pg_database d on d.oid = l.database
                  where d.datname = current_database() and l.relation = 'audit.entry'::regclass and not l.granted)",
            )
            .fetch_one(&mut world.db.owner().await)
            .await
            .unwrap();
            waits.then_some(())
        })
        .await;
        writing
            .execute(
                "insert into audit.entry (seq, at, event_id, audience, kind, about_kind, about_id, label,
                                          correlation_id, digest)
                 values (1, now(), gen_random_uuid(), 'system', 'shop.status', 'shop', '1', '', gen_random_uuid(), '')",
            )
            .await
            .unwrap();
        writing.commit().await.unwrap();
    };
    let (standing, ()) = tokio::join!(world.verified(), write);
    assert_eq!(standing, Standing::default());
    // Read now, it is there, and nobody chained it.
    assert!(world.finding().await.starts_with("entry 1 belongs to no batch"));
}

#[tokio::test]
async fn a_batch_that_is_gone_or_rewritten_is_located() {
    let world = World::with_ten().await;
    let digest = "update audit.entry set label = 'x', digest = sha256('x') where seq = 1";
    world.tamper(digest).await;
    assert!(world.finding().await.starts_with("entry 1 of batch 1 "));

    let world = World::with_ten().await;
    world
        .tamper("update audit.batch set hash = sha256('x') where seq = 1")
        .await;
    assert!(world.finding().await.starts_with("batch 1, entries 1 to "));

    let world = World::with_ten().await;
    let all = world.verified().await;
    let known: Known = format!("{}:{}", all.batches, all.head).parse().unwrap();
    let standing = audit::verify(&world.trail, Some(&known)).await.unwrap();
    assert_eq!(standing.finding, None);
    world
        .tamper("delete from audit.batch where seq = (select max(seq) from audit.batch)")
        .await;
    assert!(world.finding().await.contains("belongs to no batch"));
    // The end of the trail is cut off cleanly: only who has written its hash down can tell.
    world
        .tamper("delete from audit.entry where seq > coalesce((select max(last_entry) from audit.batch), 0)")
        .await;
    assert_eq!(world.verified().await.finding, None);
    let finding = audit::verify(&world.trail, Some(&known)).await.unwrap().finding;
    assert!(
        finding
            .expect("found")
            .contains("the end of the trail was deleted")
    );
}

#[tokio::test]
async fn the_program_itself_cannot_change_it() {
    let world = World::with_ten().await;
    for sql in [
        "update audit.entry set label = 'x'",
        "delete from audit.entry",
        "update audit.batch set hash = previous",
        "delete from audit.batch",
    ] {
        let mut tx = world.db.db(audit::CONTEXT).begin(Scope::System).await.unwrap();
        let refused = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert!(
            refused.to_string().contains("only ever added to"),
            "{sql}: {refused}"
        );
    }
}

#[tokio::test]
async fn what_is_heard_twice_is_kept_once() {
    let world = World::with_ten().await;
    world.start_over().await;
    world.tell(&world.admin(), &renamed(11)).await;
    world.has(11).await;
    let standing = world.verified().await;
    assert_eq!((standing.entries, standing.finding), (11, None));
}

#[tokio::test]
async fn what_said_nothing_new_says_nothing_new_when_it_is_heard_again() {
    let world = World::new().await;
    let (tenant, admin) = (TenantId::new(world.clock.now()), world.admin());
    // The second tells of the shop's words alone.
    for status in [ShopStatus::Active, ShopStatus::Active, ShopStatus::Suspended] {
        world.tell(&admin, &ShopChanged { tenant, status }).await;
    }
    world.has(2).await;
    world.start_over().await;
    world.tell(&admin, &renamed(1)).await;
    let said: Vec<_> = world
        .has(3)
        .await
        .into_iter()
        .map(|entry| (entry.before, entry.after))
        .collect();
    let (active, suspended) = (json!({"status": "active"}), json!({"status": "suspended"}));
    let expected = [
        (Some(json!({"place": 0})), Some(json!({"place": 1}))),
        (Some(active.clone()), Some(suspended)),
        (None, Some(active)),
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn administrators_read_it_and_nobody_else() {
    let world = World::with_ten().await;
    let (routes, _) = audit::routes(world.trail.clone()).split_for_parts();
    let http = testkit::serve(routes, world.clock.clone(), |token| match token {
        "admin" => Some(Caller::operator(Role::Admin)),
        "support" => Some(Caller::operator(Role::Support)),
        _ => None,
    })
    .await;
    let path = "/v1/admin/audit";
    let _ = http.get(path).await.expect(401);
    let _ = http.bearer("support").get(path).await.expect(403);
    let admin = http.bearer("admin");
    let page = admin.get(&format!("{path}?limit=3")).await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    assert_eq!(page["items"][0]["kind"], "category.changed");
    assert_eq!(page["items"][0]["who"]["role"], "admin");
    let none = admin
        .get(&format!("{path}?kind=shop.status"))
        .await
        .expect(200)
        .json();
    assert_eq!(none["items"], json!([]));
    let _ = admin.get(&format!("{path}?who=nobody")).await.expect(400);
}
