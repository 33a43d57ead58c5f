//! A shop's own products by what they are called.

use crate::scene::{Scene, bowl};
use contracts::catalog::{OwnQuery, ProductDraft, ProductStatus, Workbench as _};
use kernel::TenantId;
use sqlx::{AssertSqlSafe, PgConnection};
use store::Scope;
use uuid::Uuid;

/// More than are looked at one by one.
const MANY: usize = 2_100;
const MAX: Uuid = Uuid::max();

fn named(key: &str, title: &str) -> ProductDraft {
    ProductDraft {
        title: title.to_owned(),
        ..bowl(key)
    }
}

impl Scene {
    /// The titles on all pages.
    async fn found_of(&self, shop: TenantId, status: Option<ProductStatus>, text: &str) -> Vec<String> {
        let (mut titles, mut after) = (Vec::new(), None);
        loop {
            let query = OwnQuery {
                status,
                text: text.to_owned(),
                after,
                limit: 30,
            };
            let page = self.products.own_products(&self.ctx, shop, query).await;
            let page = page.expect("a page");
            assert!(page.items.len() <= 30);
            titles.extend(page.items.into_iter().map(|one| one.title));
            after = page.next;
            if after.is_none() {
                return titles;
            }
        }
    }

    async fn found(&self, text: &str) -> Vec<String> {
        self.found_of(self.shop, None, text).await
    }
}

#[tokio::test]
async fn products_are_found_by_the_beginnings_of_their_words() {
    let scene = Scene::new().await;
    let drafts = vec![
        named("ART-0077", "Blue stoneware bowl"),
        ProductDraft {
            status: Some(ProductStatus::Draft),
            ..named("B-2", "Jarrón azul")
        },
    ];
    scene.upsert(drafts).await.expect("written");
    for typed in ["bowl", "STONE blu", "art-0077", "art0077", "0077"] {
        assert_eq!(scene.found(typed).await, ["Blue stoneware bowl"], "{typed}");
    }
    assert_eq!(scene.found("jarron").await, ["Jarrón azul"]);
    for typed in ["ware", "bowl azul", "077", "-"] {
        assert!(scene.found(typed).await.is_empty(), "{typed}");
    }
    assert_eq!(scene.found(" ").await.len(), 2, "nothing was looked for");
}

#[tokio::test]
async fn old_products_are_found_by_words_that_few_have() {
    let mut scene = Scene::new().await;
    let old = vec![
        named("old-1", "Linen apron"),
        named("old-2", "Jarrón de lino"),
        named("old-3", "Woollen hat"),
    ];
    scene.upsert(old).await.expect("written");
    scene.advance_ms(10);
    let many = (0..MANY).map(|n| match n % 100 {
        0 => named(&format!("k{n}"), "Linen napkin"),
        _ => bowl(&format!("k{n}")),
    });
    scene.upsert(many.collect()).await.expect("written");

    let linen = scene.found("linen").await;
    assert_eq!((linen.len(), linen[21].as_str()), (22, "Linen apron"));
    assert_eq!(scene.found("oak").await.len(), MANY - 21);
    assert_eq!(scene.found("apron lin").await, ["Linen apron"]);
    assert_eq!(scene.found("jarron").await, ["Jarrón de lino"]);
    assert_eq!(scene.found("old-3").await, ["Woollen hat"]);
    assert!(scene.found("linen hat").await.is_empty(), "no product has both");
    assert!(scene.found("nothing of that name").await.is_empty());
    assert!(scene.found_of(scene.other_shop, None, "linen").await.is_empty());

    // By what it is called now, as it stands now.
    scene.advance_ms(10);
    let changed = vec![
        named("old-3", "Felt hat"),
        ProductDraft {
            status: Some(ProductStatus::Archived),
            ..named("old-2", "Jarrón de lino")
        },
    ];
    assert_eq!(scene.upsert(changed).await, Ok([0, 2, 0]));
    assert!(scene.found("woollen").await.is_empty());
    assert_eq!(scene.found("felt").await, ["Felt hat"]);
    let in_status = async |status| scene.found_of(scene.shop, Some(status), "lino").await;
    assert_eq!(in_status(ProductStatus::Archived).await, ["Jarrón de lino"]);
    assert!(in_status(ProductStatus::Active).await.is_empty());
    let page = OwnQuery {
        text: "apron".to_owned(),
        limit: 1,
        ..OwnQuery::default()
    };
    let apron = scene.products.own_products(&scene.ctx, scene.shop, page).await;
    let apron = apron.expect("a page").items[0].id;
    scene
        .products
        .delete_product(&scene.ctx, scene.shop, apron)
        .await
        .expect("deleted");
    assert!(scene.found("apron").await.is_empty());

    // What is called as before has its words already.
    let words = "select count(*) from catalog.product_word";
    let before = scene.number(words).await;
    let mut dearer = bowl("k7");
    dearer.variants[0].price.amount += 100;
    assert_eq!(scene.upsert(vec![dearer]).await, Ok([0, 1, 0]));
    assert_eq!(scene.number(words).await, before);
}

/// Rows of a table that this transaction has read by an index, and those before it that its connection has not reported yet. None of
/// them read it from front to back.
async fn rows_read(conn: &mut PgConnection, name: &str) -> i64 {
    let (walked, fetched): (i64, i64) = sqlx::query_as(
        "select coalesce(sum(seq_scan), 0)::bigint, coalesce(sum(idx_tup_fetch), 0)::bigint
           from pg_stat_xact_user_tables where schemaname = 'catalog' and relname = $1",
    )
    .bind(name)
    .fetch_one(conn)
    .await
    .expect("counted");
    assert_eq!(walked, 0, "{name}");
    fetched
}

/// Row-level security keeps conditions from an index that might tell of other shops' rows: these are let through.
#[tokio::test]
async fn a_shop_reads_no_more_rows_than_it_looks_for() {
    let scene = Scene::new().await;
    let many = (0..300).map(|n| bowl(&format!("k{n}")));
    scene.upsert(many.collect()).await.expect("written");
    let db = scene.db.db(catalog::CONTEXT);
    let begin = async || db.begin(Scope::Tenant(scene.shop)).await.expect("begins");
    for (words, behind, expected) in [
        ("array['299']", "array['29:']", 1),
        ("array['299', 'oak']", "array['29:', 'oal']", 1),
        ("array['nothing', 'oak']", "array['nothinh', 'oal']", 0),
    ] {
        let mut tx = begin().await;
        let before = rows_read(&mut tx, "product_word_pool").await;
        let find = format!("select catalog.products_of_words($1, {words}, {behind}, $2, 10)");
        let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(find))
            .bind(scene.shop)
            .bind(MAX)
            .fetch_all(&mut *tx)
            .await
            .expect("found");
        assert_eq!(found.len(), expected, "{words}");
        let read = rows_read(&mut tx, "product_word_pool").await - before;
        assert!(read < 10, "{words}: {read}");
    }
    for status in [None, Some("active")] {
        let mut tx = begin().await;
        let before = rows_read(&mut tx, "product_pool").await;
        let count: i64 = sqlx::query_scalar("select count(*) from catalog.newest_of_shop($1, $2, $3, 20)")
            .bind(scene.shop)
            .bind(status)
            .bind(MAX)
            .fetch_one(&mut *tx)
            .await
            .expect("counted");
        assert_eq!(count, 20);
        let read = rows_read(&mut tx, "product_pool").await - before;
        assert!(read <= 21, "{status:?}: {read}");
    }
    let mut tx = begin().await;
    let before = rows_read(&mut tx, "product_pool").await;
    let count: i64 = sqlx::query_scalar("select count(*) from catalog.newest_on_sale($1, $2, 20)")
        .bind(scene.shop)
        .bind(MAX)
        .fetch_one(&mut *tx)
        .await
        .expect("counted");
    assert_eq!(count, 20);
    let read = rows_read(&mut tx, "product_pool").await - before;
    assert!(read <= 21, "{read}");
}
