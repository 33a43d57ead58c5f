//! Which products are offers of which items. Items have ids of their own.

use contracts::catalog::ItemProposal;
use kernel::{Actor, ProductId, TenantId, Timestamp};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// A product and the GTINs of its variants.
pub struct Named {
    pub product: ProductId,
    pub gtins: Vec<String>,
}

/// The item that a product's GTINs name; the one that began first, should they name several.
pub fn item_of(named: &Named, known: &HashMap<String, ProductId>) -> Option<ProductId> {
    named
        .gtins
        .iter()
        .filter_map(|gtin| known.get(gtin))
        .min()
        .copied()
}

/// The items of GTINs that name none yet: what the product's others name, what one before it in the batch began, or else
/// one of their own. A product may have begun another item before its GTIN was corrected, so that its id names none.
pub fn fresh(
    named: &[Named],
    known: &HashMap<String, ProductId>,
    now: Timestamp,
) -> HashMap<String, ProductId> {
    let mut fresh: HashMap<String, ProductId> = HashMap::new();
    for one in named {
        let item = item_of(one, known)
            .or_else(|| item_of(one, &fresh))
            .unwrap_or_else(|| ProductId::new(now));
        for gtin in one.gtins.iter().filter(|gtin| !known.contains_key(*gtin)) {
            fresh.entry(gtin.clone()).or_insert(item);
        }
    }
    fresh
}

/// The items that GTINs name.
pub async fn of_gtins(
    conn: &mut PgConnection,
    named: &[Named],
) -> Result<HashMap<String, ProductId>, sqlx::Error> {
    let gtins: Vec<&str> = named
        .iter()
        .flat_map(|one| one.gtins.iter().map(String::as_str))
        .collect();
    let rows = sqlx::query("select gtin, item_id from catalog.item_gtin where gtin = any($1)")
        .bind(gtins)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("gtin")?, ProductId(row.try_get("item_id")?))))
        .collect()
}

/// Gives GTINs their items, in order, so that two shops do not wait for each other; says how many had none.
pub async fn name(conn: &mut PgConnection, items: &HashMap<String, ProductId>) -> Result<usize, sqlx::Error> {
    let (gtins, ids): (Vec<&str>, Vec<Uuid>) =
        items.iter().map(|(gtin, item)| (gtin.as_str(), item.0)).unzip();
    let done = sqlx::query(
        "insert into catalog.item_gtin (gtin, item_id)
         select g.gtin, g.item_id
           from unnest($1::text[], $2::uuid[]) as g (gtin, item_id)
          order by g.gtin
         on conflict (gtin) do nothing",
    )
    .bind(gtins)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}

/// The products of each item that one of `products` is an offer of, where it has several.
pub async fn members(
    executor: impl PgExecutor<'_>,
    products: &[ProductId],
) -> Result<Vec<Vec<ProductId>>, sqlx::Error> {
    let products: Vec<Uuid> = products.iter().map(|p| p.0).collect();
    let items: Vec<Vec<Uuid>> = sqlx::query_scalar(
        "select array_agg(o.product_id order by o.product_id)
           from (select distinct item_id from catalog.item_product where product_id = any($1)) as i
           join catalog.item_product o using (item_id)
          group by o.item_id
         having count(*) > 1",
    )
    .bind(products)
    .fetch_all(executor)
    .await?;
    let ids = |item: Vec<Uuid>| item.into_iter().map(ProductId).collect();
    Ok(items.into_iter().map(ids).collect())
}

/// Makes products offers of items, save those that were matched by hand. Gives a product of each item that was left.
pub async fn put(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    matched: &[(ProductId, ProductId)],
) -> Result<Vec<ProductId>, sqlx::Error> {
    let (products, items): (Vec<Uuid>, Vec<Uuid>) = matched.iter().map(|(p, i)| (p.0, i.0)).unzip();
    let left: Vec<Uuid> = sqlx::query_scalar(
        "with matched as (
             select * from unnest($3::uuid[], $4::uuid[]) as m (product_id, item_id)
         ), was as (
             select known.item_id
               from matched m
               join catalog.item_product known using (product_id)
              where not known.by_hand and known.item_id <> m.item_id
         ), put as (
             insert into catalog.item_product as known (product_id, tenant_id, item_id, matched_at)
             select m.product_id, $1, m.item_id, $2 from matched m
             on conflict (product_id) do update set item_id = excluded.item_id, matched_at = excluded.matched_at
              where not known.by_hand and known.item_id <> excluded.item_id
         )
         select distinct on (o.item_id) o.product_id
           from was join catalog.item_product o using (item_id)
          where o.product_id <> all($3)",
    )
    .bind(tenant.0)
    .bind(now)
    .bind(products)
    .bind(items)
    .fetch_all(conn)
    .await?;
    Ok(left.into_iter().map(ProductId).collect())
}

/// Products without a GTIN any more are offers of nothing, save those that were matched by hand. Gives a product of each
/// item that was left.
pub async fn part(conn: &mut PgConnection, products: &[ProductId]) -> Result<Vec<ProductId>, sqlx::Error> {
    let products: Vec<Uuid> = products.iter().map(|p| p.0).collect();
    let left: Vec<Uuid> = sqlx::query_scalar(
        "with parted as (
             delete from catalog.item_product where product_id = any($1) and not by_hand returning item_id
         )
         select distinct on (o.item_id) o.product_id
           from parted join catalog.item_product o using (item_id)
          where o.product_id <> all($1)",
    )
    .bind(products)
    .fetch_all(conn)
    .await?;
    Ok(left.into_iter().map(ProductId).collect())
}

/// Until the transaction ends nobody else matches by hand: each match is told with what was before.
pub async fn match_alone(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('catalog.item_product by hand', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes `product` an offer of the item of `same_as` by hand, or of nothing but itself. Says whose it is, if both are there.
pub async fn match_by_hand(
    conn: &mut PgConnection,
    actor: &Actor,
    now: Timestamp,
    product: ProductId,
    same_as: Option<ProductId>,
) -> Result<Option<TenantId>, sqlx::Error> {
    let owner: Option<Uuid> = sqlx::query_scalar(
        "with own as (
             select product_id, tenant_id from catalog.listing where product_id = $1
         ), other as (
             select product_id, tenant_id from catalog.listing where product_id = $2
         ), item as (
             -- alone, it begins an item that nothing else is an offer of
             select case when $2::uuid is null then $3::uuid
                         else coalesce((select item_id from catalog.item_product where product_id = $2), $3::uuid) end as id
              where $2::uuid is null or exists (select from other)
         ), began as (
             insert into catalog.item_product (product_id, tenant_id, item_id, by_hand, matched_by, matched_at)
             select other.product_id, other.tenant_id, item.id, true, $4, $5 from other, item, own
             on conflict (product_id) do nothing
         )
         insert into catalog.item_product as known (product_id, tenant_id, item_id, by_hand, matched_by, matched_at)
         select own.product_id, own.tenant_id, item.id, true, $4, $5 from own, item
         on conflict (product_id) do update
            set item_id = excluded.item_id, by_hand = true, matched_by = excluded.matched_by, matched_at = excluded.matched_at
         returning known.tenant_id",
    )
    .bind(product.0)
    .bind(same_as.map(|p| p.0))
    .bind(ProductId::new(now).0)
    .bind(Json(actor))
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(owner.map(TenantId))
}

/// Proposals that operators are shown at once.
const PROPOSALS_MAX: i64 = 200;

/// Notes what a seller says is the same thing, in the place of what they said before.
pub async fn propose(
    conn: &mut PgConnection,
    tenant: TenantId,
    actor: &Actor,
    now: Timestamp,
    product: ProductId,
    same_as: ProductId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.item_proposal (tenant_id, product_id, same_as, proposed_by, proposed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, product_id) do update
            set same_as = excluded.same_as, proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at",
    )
    .bind(tenant.0)
    .bind(product.0)
    .bind(same_as.0)
    .bind(Json(actor))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is proposed, for one product or for any; the latest first.
pub async fn proposals(
    conn: &mut PgConnection,
    product: Option<ProductId>,
) -> Result<Vec<ItemProposal>, sqlx::Error> {
    let rows = sqlx::query(
        "select p.product_id, own.document ->> 'title' as title, p.tenant_id, p.same_as,
                other.document ->> 'title' as same_as_title, p.proposed_by, p.proposed_at
           from catalog.item_proposal p
           join catalog.listing own on own.product_id = p.product_id
           join catalog.listing other on other.product_id = p.same_as
          where $2::uuid is null or p.product_id = $2
          order by p.proposed_at desc, p.product_id
          limit $1",
    )
    .bind(PROPOSALS_MAX)
    .bind(product.map(|p| p.0))
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let actor: Json<Actor> = row.try_get("proposed_by")?;
            Ok(ItemProposal {
                product: ProductId(row.try_get("product_id")?),
                title: row.try_get("title")?,
                shop: TenantId(row.try_get("tenant_id")?),
                same_as: ProductId(row.try_get("same_as")?),
                same_as_title: row.try_get("same_as_title")?,
                proposed_by: actor.0,
                proposed_at: row.try_get("proposed_at")?,
            })
        })
        .collect()
}

/// Nothing is proposed for a product any more; says whether anything was.
pub async fn settle(conn: &mut PgConnection, product: ProductId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from catalog.item_proposal where product_id = $1")
        .bind(product.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gtins_of_one_product_name_one_item() {
        let at = |s| Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(s);
        let [a, b, c, d] = [1, 2, 3, 4].map(|s| ProductId::new(at(s)));
        let named = |product, gtins: &[&str]| Named {
            product,
            gtins: gtins.iter().map(|g| (*g).to_owned()).collect(),
        };
        let batch = [named(b, &["m", "l"]), named(c, &["s", "m"]), named(d, &["x"])];
        let known = HashMap::from([("l".to_owned(), a)]);
        let fresh = fresh(&batch, &known, at(9));
        assert_eq!((fresh["m"], fresh["s"], fresh.len()), (a, a, 3));
        assert!(![a, b, c, d].contains(&fresh["x"]));
        assert_eq!(item_of(&batch[1], &known), None);
    }
}
