//! Products on sale that do not say what their category asks for: found by the schema as it is now, nothing is kept.

use contracts::catalog::{AttributeKind, CategoryAttribute};
use kernel::{CategoryId, ProductId, TenantId};
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
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

/// A shop's products that need attention below `before`, newest first, and how many there are in all.
pub async fn of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    asked: &Asked,
    before: Option<ProductId>,
    limit: i64,
) -> Result<(Vec<Uuid>, u64), sqlx::Error> {
    let rows = sqlx::query(
        "with asked as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::jsonb[])
                           as a (category_id, key, kind, required, allowed)
         ), needy as (
             select distinct p.id
               from catalog.product p
               join asked a on a.category_id = p.category_id
              where p.tenant_id = $1 and p.status = 'active' and p.deleted_at is null
                and case when not p.attributes ? a.key then a.required
                         when a.kind = 'choice' then not a.allowed @> (p.attributes -> a.key)
                         when a.kind = 'text' then jsonb_typeof(p.attributes -> a.key) not in ('string', 'array')
                         else jsonb_typeof(p.attributes -> a.key) <> a.kind end
         ), counted as (
             select id, count(*) over () as total from needy
         )
         select id, total from counted
          where $7::uuid is null or id < $7
          order by id desc
          limit $8",
    )
    .bind(tenant.0)
    .bind(&asked.categories)
    .bind(&asked.keys)
    .bind(&asked.kinds)
    .bind(&asked.required)
    .bind(&asked.allowed)
    .bind(before.map(|id| id.0))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let total: i64 = rows.first().map_or(Ok(0), |row| row.try_get("total"))?;
    let ids = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, _>>()?;
    Ok((ids, u64::try_from(total).unwrap_or(0)))
}
