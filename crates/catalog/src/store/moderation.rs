//! What waits before buyers see it.

use contracts::catalog::moderation::{FlagReason, ModerationRules, VersionedRules};
use contracts::catalog::{Listing, ProductStatus};
use kernel::{Actor, DateTime, ModerationId, ProductId, TenantId, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// The marketplace's rules as they bear on one shop.
pub struct Rules {
    pub rules: ModerationRules,
    pub is_trusted: bool,
    /// Whether something of the shop is held, or was hidden while rules held.
    pub has_past: bool,
}

impl Rules {
    /// Nothing waits, and nothing did.
    pub fn are_idle(&self) -> bool {
        let rules = &self.rules;
        let is_off = !rules.hold_new_shops && rules.price_percent.is_none() && rules.words.is_empty();
        is_off && !self.has_past
    }
}

type RulesRow = (bool, i32, Option<i32>, Json<Vec<String>>);

fn rules_of((hold_new_shops, approved_min, price_percent, words): RulesRow) -> ModerationRules {
    ModerationRules {
        hold_new_shops,
        approved_min: u16::try_from(approved_min).unwrap_or(u16::MAX),
        price_percent: price_percent.and_then(|percent| u16::try_from(percent).ok()),
        words: words.0,
    }
}

/// The rules, one shop's trust, and whether it has anything that they bear on.
pub async fn rules_for(conn: &mut PgConnection, tenant: TenantId) -> Result<Rules, sqlx::Error> {
    let row: (bool, i32, Option<i32>, Json<Vec<String>>, bool, bool) = sqlx::query_as(
        "select r.holds_new_shops, r.approved_min, r.price_percent, r.words,
                exists (select from catalog.trusted_shop t where t.tenant_id = $1),
                exists (select from catalog.held h where h.tenant_id = $1)
                    or exists (select from catalog.last_shown s where s.tenant_id = $1)
           from catalog.moderation_rules r",
    )
    .bind(tenant)
    .fetch_one(conn)
    .await?;
    let (holds, approved_min, percent, words, is_trusted, has_past) = row;
    Ok(Rules {
        rules: rules_of((holds, approved_min, percent, words)),
        is_trusted,
        has_past,
    })
}

pub async fn rules(conn: &mut PgConnection) -> Result<VersionedRules, sqlx::Error> {
    let (holds, approved_min, percent, words, version): (bool, i32, Option<i32>, Json<Vec<String>>, i64) =
        sqlx::query_as(
            "select holds_new_shops, approved_min, price_percent, words, version from catalog.moderation_rules",
        )
        .fetch_one(conn)
        .await?;
    Ok(VersionedRules {
        version,
        rules: rules_of((holds, approved_min, percent, words)),
    })
}

/// Changes the rules if `seen` is the present version, and says the new one.
pub async fn set_rules(
    conn: &mut PgConnection,
    seen: i64,
    rules: &ModerationRules,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "update catalog.moderation_rules
            set holds_new_shops = $1, approved_min = $2, price_percent = $3, words = $4, version = version + 1
          where version = $5
         returning version",
    )
    .bind(rules.hold_new_shops)
    .bind(i32::from(rules.approved_min))
    .bind(rules.price_percent.map(i32::from))
    .bind(Json(&rules.words))
    .bind(seen)
    .fetch_optional(conn)
    .await
}

/// Says whether a shop is trusted; whether that is another answer than before.
pub async fn trust(
    conn: &mut PgConnection,
    tenant: TenantId,
    trusted: bool,
    actor: &Actor,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let statement = if trusted {
        sqlx::query(
            "insert into catalog.trusted_shop (tenant_id, actor, at) values ($1, $2, $3) on conflict (tenant_id) do nothing",
        )
        .bind(tenant)
        .bind(Json(actor))
        .bind(now)
    } else {
        sqlx::query("delete from catalog.trusted_shop where tenant_id = $1").bind(tenant)
    };
    Ok(statement.execute(conn).await?.rows_affected() > 0)
}

pub async fn is_trusted(conn: &mut PgConnection, tenant: TenantId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from catalog.trusted_shop where tenant_id = $1)")
        .bind(tenant)
        .fetch_one(conn)
        .await
}

/// How many products of a shop buyers see or have seen, counted up to `most`.
pub async fn seen_of_shop(conn: &mut PgConnection, tenant: TenantId, most: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from (
            select 1 from catalog.listing where tenant_id = $1 and status = 'active'
            union all
            select 1 from catalog.last_shown where tenant_id = $1
            limit $2) as seen",
    )
    .bind(tenant)
    .bind(most)
    .fetch_one(conn)
    .await
}

/// What buyers know of a product, and whether its present state is held.
#[derive(Default)]
pub struct Seen {
    /// Whether it is listed.
    pub is_listed: bool,
    /// What buyers see, or saw last.
    pub face: Option<Listing>,
    pub is_held: bool,
    /// Whether what buyers saw last is kept.
    pub is_kept: bool,
}

type SeenRow = (ProductId, bool, Option<Json<Listing>>, bool, bool);

pub async fn seen(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<HashMap<ProductId, Seen>, sqlx::Error> {
    let rows: Vec<SeenRow> = sqlx::query_as(
        "select i.id, coalesce(l.status = 'active', false),
                case when l.status = 'active' then l.document else s.document end,
                h.product_id is not null, s.product_id is not null
           from unnest($2::uuid[]) as i (id)
           left join catalog.listing l on l.product_id = i.id and l.tenant_id = $1
           left join catalog.held h on h.tenant_id = $1 and h.product_id = i.id
           left join catalog.last_shown s on s.tenant_id = $1 and s.product_id = i.id",
    )
    .bind(tenant)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let seen = |(id, is_listed, face, is_held, is_kept): SeenRow| {
        let seen = Seen {
            is_listed,
            face: face.map(|json| json.0),
            is_held,
            is_kept,
        };
        (id, seen)
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Keeps what buyers see of products that they are about to see no more.
pub async fn keep_shown(conn: &mut PgConnection, tenant: TenantId, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into catalog.last_shown (tenant_id, product_id, document)
         select tenant_id, product_id, document from catalog.listing where tenant_id = $1 and product_id = any($2)
         on conflict (tenant_id, product_id) do update set document = excluded.document",
    )
    .bind(tenant)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn forget_shown(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from catalog.last_shown where tenant_id = $1 and product_id = any($2)")
        .bind(tenant)
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// A product that is to wait.
#[derive(Serialize)]
pub struct Held {
    pub id: ModerationId,
    pub product: ProductId,
    pub title: String,
    pub is_new: bool,
    pub version: i64,
    pub reasons: Vec<FlagReason>,
    /// The listing, as text: it is kept in the bytes in which it will be shown.
    pub document: String,
}

/// Puts products into the queue, or their new state where they wait already.
pub async fn hold(
    conn: &mut PgConnection,
    tenant: TenantId,
    actor: &Actor,
    now: Timestamp,
    held: &[Held],
) -> Result<(), sqlx::Error> {
    if held.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with given as (
            select * from jsonb_to_recordset($2) as g (id uuid, product uuid, title text, is_new boolean, version bigint,
                                                       reasons jsonb, document text)),
        queued as (
            insert into catalog.moderation as m (tenant_id, id, product_id, title, is_new, version, reasons, actor, at, state)
            select $1, g.id, g.product, g.title, g.is_new, g.version, g.reasons, $3, $4, 'waiting' from given g
            on conflict (tenant_id, product_id) where state = 'waiting' do update
               set title = excluded.title, is_new = excluded.is_new, version = excluded.version, reasons = excluded.reasons,
                   actor = excluded.actor, at = excluded.at
            returning m.id, m.product_id)
         insert into catalog.held (tenant_id, product_id, moderation_id, document)
         select $1, q.product_id, q.id, g.document::json from queued q join given g on g.product = q.product_id
         on conflict (tenant_id, product_id) do update set moderation_id = excluded.moderation_id, document = excluded.document",
    )
    .bind(tenant)
    .bind(Json(held))
    .bind(Json(actor))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// These wait no more, because their sellers changed or hid them.
pub async fn let_go(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with withdrawn as (
            update catalog.moderation set state = 'withdrawn', decided_at = $3
             where tenant_id = $1 and product_id = any($2) and state = 'waiting')
         delete from catalog.held where tenant_id = $1 and product_id = any($2)",
    )
    .bind(tenant)
    .bind(ids)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// One entry of the queue.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub tenant_id: TenantId,
    pub id: ModerationId,
    pub product_id: ProductId,
    pub title: String,
    pub is_new: bool,
    pub version: i64,
    pub reasons: Json<Vec<FlagReason>>,
    pub actor: Json<Actor>,
    pub at: DateTime,
    pub state: String,
    pub note: String,
    /// What is held; none once it is shown.
    pub held: Option<Json<Listing>>,
    /// What buyers see, or saw last.
    pub face: Option<Json<Listing>>,
}

const ENTRY: &str = "
select m.tenant_id, m.id, m.product_id, m.title, m.is_new, m.version, m.reasons, m.actor, m.at, m.state, m.note,
       h.document as held, case when l.status = 'active' then l.document else s.document end as face
  from catalog.moderation m
  left join catalog.held h on h.tenant_id = m.tenant_id and h.product_id = m.product_id and h.moderation_id = m.id
  left join catalog.listing l on l.product_id = m.product_id
  left join catalog.last_shown s on s.tenant_id = m.tenant_id and s.product_id = m.product_id";

/// Which of what waits.
pub struct Narrowed {
    pub tenant: Option<TenantId>,
    pub is_new: Option<bool>,
    /// Asked for by then.
    pub until: Option<Timestamp>,
}

/// What waits, the oldest first, above `after`.
pub async fn waiting(
    conn: &mut PgConnection,
    narrowed: &Narrowed,
    after: Option<ModerationId>,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{ENTRY} where m.state = 'waiting' and ($1::uuid is null or m.id > $1)
            and ($3::uuid is null or m.tenant_id = $3) and ($4::boolean is null or m.is_new = $4)
            and ($5::timestamptz is null or m.at <= $5)
          order by m.id limit $2"
    )))
    .bind(after)
    .bind(limit)
    .bind(narrowed.tenant)
    .bind(narrowed.is_new)
    .bind(narrowed.until)
    .fetch_all(conn)
    .await
}

pub async fn by_id(conn: &mut PgConnection, id: ModerationId) -> Result<Option<Entry>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY} where m.id = $1")))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// A shop's entries that wait only because it is new.
pub async fn waiting_for_trust(
    conn: &mut PgConnection,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{ENTRY} where m.tenant_id = $1 and m.state = 'waiting' and m.reasons = '[{{\"kind\": \"new_shop\"}}]'::jsonb
          order by m.id limit $2"
    )))
    .bind(tenant)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Decides about entries that wait.
pub async fn decide(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    state: &str,
    note: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.moderation set state = $3, note = $4, decided_by = $5, decided_at = $6
          where tenant_id = $1 and id = any($2) and state = 'waiting'",
    )
    .bind(tenant)
    .bind(ids)
    .bind(state)
    .bind(note)
    .bind(Json(actor))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Holds these no more.
pub async fn release(conn: &mut PgConnection, tenant: TenantId, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with shown as (delete from catalog.last_shown where tenant_id = $1 and product_id = any($2))
         delete from catalog.held where tenant_id = $1 and product_id = any($2)",
    )
    .bind(tenant)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// How a product that is held stands: state, reasons, note, and since when.
pub async fn review(
    conn: &mut PgConnection,
    tenant: TenantId,
    product: ProductId,
) -> Result<Option<(String, Vec<FlagReason>, String, DateTime)>, sqlx::Error> {
    let row: Option<(String, Json<Vec<FlagReason>>, String, DateTime)> = sqlx::query_as(
        "select m.state, m.reasons, m.note, coalesce(m.decided_at, m.at)
           from catalog.held h
           join catalog.moderation m on m.tenant_id = h.tenant_id and m.id = h.moderation_id
          where h.tenant_id = $1 and h.product_id = $2",
    )
    .bind(tenant)
    .bind(product)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(state, reasons, note, at)| (state, reasons.0, note, at)))
}

/// How buyers find a listing that waits: not. It stands before the version that waits, so that whoever remembers it learns of
/// that one when it is approved.
pub fn hidden(listing: &Listing) -> Listing {
    Listing {
        status: ProductStatus::Inactive,
        version: listing.version - 1,
        ..listing.clone()
    }
}
