//! Undoing an upload takes the categories away that it made, and none that anybody else needs.

use crate::scene::{Scene, bowl};
use crate::undo::{dump, undo};
use catalog::{ImportOptions, Products};
use contracts::catalog::{Catalog, CategoryDraft};
use kernel::{ImportId, TenantId};
use serde_json::{Value, json};

/// Every category in all that is kept of it.
pub async fn tree(scene: &Scene) -> Vec<String> {
    let mut owner = scene.db.owner().await;
    sqlx::query_scalar("select to_jsonb(c)::text from catalog.category c order by path")
        .fetch_all(&mut owner)
        .await
        .unwrap()
}

async fn paths(scene: &Scene) -> Vec<String> {
    let mut owner = scene.db.owner().await;
    sqlx::query_scalar("select path::text from catalog.category order by path")
        .fetch_all(&mut owner)
        .await
        .unwrap()
}

/// Products that are there and lie in a category that is not.
const NOWHERE: &str = "select count(*) from catalog.product p
     where p.deleted_at is null and p.category_id is not null
       and not exists (select from catalog.category c where c.id = p.category_id)";

async fn upload_of(products: &Products, scene: &Scene, shop: TenantId, file: &str) -> ImportId {
    let options = ImportOptions::new("products.csv");
    let file = std::io::Cursor::new(file.as_bytes().to_vec());
    let report = products.import(&scene.ctx, shop, file, options).await;
    report.expect("read to its end").import.id
}

async fn upload(scene: &Scene, file: &str) -> ImportId {
    upload_of(&scene.products, scene, scene.shop, file).await
}

const KILN: &str = "sku,title,category,price\n\
                    k1,Kiln shelf,studio/kilns/shelves,30\n\
                    k2,Kiln prop,studio/kilns/props,4\n";

#[tokio::test]
async fn what_an_upload_made_goes_with_it_and_comes_back_with_it() {
    let scene = Scene::new().await;
    upload(
        &scene,
        "sku,title,category,price\nj1,Jug,ceramics/jugs,12\nk2,Prop,ceramics,3\n",
    )
    .await;
    let as_it_was = (dump(&scene).await, tree(&scene).await);
    let mut made = Vec::new();
    for _ in 0..2 {
        let id = upload(&scene, KILN).await;
        made.push(paths_with_ids(&scene).await);
        assert_eq!(
            paths(&scene).await,
            [
                "ceramics",
                "ceramics.jugs",
                "studio",
                "studio.kilns",
                "studio.kilns.props",
                "studio.kilns.shelves"
            ]
        );
        let report = undo(&scene, id).await;
        assert_eq!((report.deleted, report.restored, report.skipped), (1, 1, 0));
        assert!((dump(&scene).await, tree(&scene).await) == as_it_was);
        assert_eq!(undo(&scene, id).await, report, "asked again it says the same");
        assert_eq!(scene.number(NOWHERE).await, 0);
    }
    assert_eq!(made[0], made[1], "they are the same categories again");
    // Who took them away, and who made them, is told.
    let noted = "select count(*) from catalog.category_change n
                  join catalog.category_removed r on r.category_id = n.category_id
                 where r.path = 'studio'";
    assert_eq!(scene.number(noted).await, 4);
}

async fn paths_with_ids(scene: &Scene) -> Vec<String> {
    let mut owner = scene.db.owner().await;
    sqlx::query_scalar("select path::text || ' ' || id::text from catalog.category order by path")
        .fetch_all(&mut owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_category_with_another_shops_product_stays_with_what_leads_to_it() {
    let scene = Scene::new().await;
    let id = upload(&scene, KILN).await;
    let theirs = "sku,title,category,price,status\nx,Their prop,studio/kilns/props,5,draft\n";
    let theirs = upload_of(&scene.products, &scene, scene.other_shop, theirs).await;
    undo(&scene, id).await;
    assert_eq!(
        paths(&scene).await,
        ["studio", "studio.kilns", "studio.kilns.props"]
    );
    assert_eq!(scene.number(NOWHERE).await, 0);
    // They were there before the other shop's upload.
    let undone = scene
        .products
        .undo_import(&scene.ctx, scene.other_shop, theirs)
        .await;
    assert_eq!(undone.expect("undone").deleted, 1);
    assert_eq!(paths(&scene).await.len(), 3);
}

#[tokio::test]
async fn a_category_that_the_operator_changed_stays() {
    let scene = Scene::new().await;
    let id = upload(&scene, KILN).await;
    let renamed = CategoryDraft {
        path: "studio/kilns".to_owned(),
        name: "Kilns and what is in them".to_owned(),
        name_es: "Hornos".to_owned(),
        position: 0,
        attributes: None,
    };
    let below = CategoryDraft {
        path: "studio/kilns/shelves/cordierite".to_owned(),
        name: "Cordierite".to_owned(),
        name_es: String::new(),
        ..renamed.clone()
    };
    let put = scene
        .products
        .put_categories(&scene.ctx, vec![renamed, below])
        .await;
    put.expect("put");
    undo(&scene, id).await;
    assert_eq!(
        paths(&scene).await,
        [
            "studio",
            "studio.kilns",
            "studio.kilns.shelves",
            "studio.kilns.shelves.cordierite"
        ]
    );
}

#[tokio::test]
async fn a_deleted_product_brings_its_category_back_when_it_is_restored() {
    let scene = Scene::new().await;
    let id = upload(&scene, KILN).await;
    let before = paths_with_ids(&scene).await;
    let seller = scene.seller().await;
    let page = seller.get("/v1/seller/products").await.expect(200).json();
    let mut listed = page["items"].as_array().expect("a page").iter();
    let shelf = listed.find(|one| one["title"] == "Kiln shelf").expect("there");
    let own = format!("/v1/seller/products/{}", shelf["id"].as_str().expect("an id"));
    undo(&scene, id).await;
    assert!(paths(&scene).await.is_empty());

    let past = seller.get(&format!("{own}/versions/1")).await.expect(200).json();
    assert_eq!(past["category"], "studio/kilns/shelves");
    let _ = seller
        .header("if-match", "\"2\"")
        .post(&format!("{own}/versions/1/restore"), &json!({}))
        .await
        .expect(200);
    let now: Value = seller.get(&own).await.expect(200).json();
    assert_eq!(now["category"]["path"], "studio/kilns/shelves");
    let expected: Vec<String> = before
        .into_iter()
        .filter(|one| !one.starts_with("studio.kilns.props"))
        .collect();
    assert_eq!(paths_with_ids(&scene).await, expected);
    assert_eq!(scene.number(NOWHERE).await, 0);
}

/// Other processes remember the tree as it was before the undo.
#[tokio::test]
async fn whoever_writes_into_a_category_that_just_went_brings_it_back() {
    let scene = Scene::new().await;
    let file = "sku,title,category,price\nb,Bowl,wood/bowls,12\n";
    let id = upload(&scene, file).await;
    let before = paths_with_ids(&scene).await;
    let (into_it, beside_it) = (scene.second_instance(), scene.second_instance());
    for elsewhere in [&into_it, &beside_it] {
        let known = elsewhere.categories(&scene.ctx).await.expect("a tree");
        assert_eq!(known.len(), 2);
    }
    undo(&scene, id).await;
    assert!(paths(&scene).await.is_empty());

    let mut spoon = bowl("spoon");
    spoon.category = Some("wood/spoons".to_owned());
    let counts = beside_it.upsert(&scene.ctx, scene.other_shop, vec![spoon]).await;
    assert_eq!(counts.expect("written").created, 1);
    assert_eq!(paths(&scene).await, ["wood", "wood.spoons"]);
    let counts = into_it
        .upsert(&scene.ctx, scene.other_shop, vec![bowl("theirs")])
        .await;
    assert_eq!(counts.expect("written").created, 1);
    let now = paths_with_ids(&scene).await;
    assert_eq!(now.len(), 3);
    assert_eq!(now[..2], before, "under their ids");
    assert_eq!(scene.number(NOWHERE).await, 0);
}

#[tokio::test]
async fn an_upload_at_the_moment_of_an_undo_loses_no_category() {
    let scene = Scene::new().await;
    let elsewhere = scene.second_instance();
    for round in 0..12 {
        let id = upload(&scene, KILN).await;
        let theirs = format!("sku,title,category,price\nx{round},Their prop,studio/kilns/props,5\n");
        let (_, report) = tokio::join!(
            upload_of(&elsewhere, &scene, scene.other_shop, &theirs),
            undo(&scene, id)
        );
        assert_eq!((report.deleted, report.skipped), (2, 0));
        assert_eq!(scene.number(NOWHERE).await, 0);
        let orphans = "select count(*) from catalog.category c
                        where nlevel(c.path) > 1
                          and not exists (select from catalog.category up where up.path = subpath(c.path, 0, -1))";
        assert_eq!(scene.number(orphans).await, 0);
        assert!(paths(&scene).await.contains(&"studio.kilns.props".to_owned()));
    }
}
