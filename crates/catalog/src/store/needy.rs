//! Products on sale that do not say what their category asks for: found by the schema as it is now, nothing is kept.

use contracts::catalog::{AttributeKind, CategoryAttribute};
use kernel::{CategoryId, ProductId, TenantId};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// What categories ask for, a row for each attribute of each.
#[derive(Default)]
pub struct Asked {
    categories: Vec<Uuid>,
    keys: Vec<String>,
    kinds: Vec<&'static str>,
    required: Vec<bool>,
    allowed: Vec<Value>,
}

impl Asked {
    /// No category asks for anything.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn of<'a>(schemas: impl Iterator<Item = (CategoryId, &'a [CategoryAttribute])>) -> Self {
        let mut asked = Self::default();
        for (category, attributes) in schemas {
            for attribute in attributes {
                asked.categories.push(category.0);
                asked.keys.push(attribute.key.clone());
                asked.kinds.push(match attribute.kind {
                    AttributeKind::Text => "text",
                    AttributeKind::Number => "number",
                    AttributeKind::Boolean => "boolean",
                    AttributeKind::Choice => "choice",
                });
                asked.required.push(attribute.required);
                let values = attribute.values.iter().map(|choice| choice.value.as_str());
                asked.allowed.push(json!(values.collect::<Vec<_>>()));
            }
        }
        asked
    }
}

/// Products on sale that are looked at for one page: what lacks something is found by what each says of itself.
pub const LOOKED_AT: i64 = 5_000;

/// What was found among [`LOOKED_AT`] products on sale.
#[derive(Debug, sqlx::FromRow)]
pub struct Needy {
    /// Newest first, as many as were asked for.
    pub ids: Vec<Uuid>,
    pub total: i64,
    /// The last one that was looked at, if so many were that there may be more.
    pub looked_until: Option<Uuid>,
}

/// A shop's products that need attention, newest first, among its newest ones on sale below `before`.
pub async fn of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    asked: &Asked,
    before: Option<ProductId>,
    limit: i64,
) -> Result<Needy, sqlx::Error> {
    sqlx::query_as(
        "with asked as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::jsonb[])
                           as a (category_id, key, kind, required, allowed)
         ), looked_at as materialized (
             select * from catalog.newest_on_sale($1, $7, $9)
         ), needy as (
             select distinct p.id
               from looked_at p
               join asked a on a.category_id = p.category_id
              where case when not p.attributes ? a.key then a.required
                         when a.kind = 'choice' then not a.allowed @> (p.attributes -> a.key)
                         when a.kind = 'text' then jsonb_typeof(p.attributes -> a.key) not in ('string', 'array')
                         else jsonb_typeof(p.attributes -> a.key) <> a.kind end
         )
         select array(select id from needy order by id desc limit $8) as ids,
                (select count(*) from needy) as total,
                (select id from looked_at order by id desc offset $9 - 1 limit 1) as looked_until",
    )
    .bind(tenant)
    .bind(&asked.categories)
    .bind(&asked.keys)
    .bind(&asked.kinds)
    .bind(&asked.required)
    .bind(&asked.allowed)
    .bind(before.map_or(Uuid::max(), |id| id.0))
    .bind(limit)
    .bind(LOOKED_AT)
    .fetch_one(conn)
    .await
}
