//! Products' words in other languages, as their sellers write them.

use contracts::catalog::Translations;
use kernel::{ProductId, TenantId};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// In which language a product's own words are, if anybody said, and its others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    pub language: Option<String>,
    pub translations: Translations,
}

/// Of products that have any.
pub async fn of(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[Uuid],
) -> Result<HashMap<ProductId, Words>, sqlx::Error> {
    let rows = sqlx::query(
        "select product_id, language, translations
           from catalog.product_translation
          where tenant_id = $1 and product_id = any($2)",
    )
    .bind(tenant.0)
    .bind(products)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let translations: Json<Translations> = row.try_get("translations")?;
            let words = Words {
                language: row.try_get("language")?,
                translations: translations.0,
            };
            Ok((ProductId(row.try_get("product_id")?), words))
        })
        .collect()
}

/// Writes them, in the place of what was there.
pub async fn put(
    conn: &mut PgConnection,
    tenant: TenantId,
    words: &[(ProductId, Words)],
) -> Result<(), sqlx::Error> {
    if words.is_empty() {
        return Ok(());
    }
    let (mut ids, mut languages, mut translations) = (Vec::new(), Vec::new(), Vec::new());
    for (id, words) in words {
        ids.push(id.0);
        languages.push(words.language.clone());
        translations.push(Json(&words.translations));
    }
    sqlx::query(
        "insert into catalog.product_translation (tenant_id, product_id, language, translations)
         select $1, w.product_id, w.language, w.translations
           from unnest($2::uuid[], $3::text[], $4::jsonb[]) as w (product_id, language, translations)
         on conflict (tenant_id, product_id) do update
            set language = excluded.language, translations = excluded.translations",
    )
    .bind(tenant.0)
    .bind(ids)
    .bind(languages)
    .bind(translations)
    .execute(conn)
    .await?;
    Ok(())
}
