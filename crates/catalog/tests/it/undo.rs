//! Undoing an upload leaves the catalogue as it was before it.

use crate::history::same_but_version;
use crate::scene::Scene;
use crate::undo_categories::tree;
use catalog::{Error, ImportOptions, Products};
use contracts::catalog::history::UndoReport;
use kernel::{Fault, ImportId};
use serde_json::{Value, json};

/// Everything the API tells of a shop's products: each page of one's own list, each product in full, and each as buyers
/// see it. Versions and the times of changes are left out.
pub async fn dump(scene: &Scene) -> String {
    let (seller, guest) = (scene.seller().await, scene.client().await);
    let (mut told, mut after) = (Vec::new(), String::new());
    loop {
        let page = seller
            .get(&format!("/v1/seller/products?limit=100{after}"))
            .await
            .expect(200)
            .json();
        for listed in page["items"].as_array().expect("a page") {
            let id = listed["id"].as_str().expect("an id");
            let own = seller
                .get(&format!("/v1/seller/products/{id}"))
                .await
                .expect(200)
                .json();
            let seen = guest.get(&format!("/v1/products/{id}")).await;
            told.push(same_but_version(listed));
            told.push(same_but_version(&own));
            told.push(match seen.status {
                200 => same_but_version(&seen.json()),
                status => json!({"id": id, "status": status}),
            });
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return serde_json::to_string_pretty(&told).expect("text"),
        }
    }
}

async fn upload(scene: &Scene, file: &str) -> (ImportId, [i64; 3]) {
    let options = ImportOptions::new("products.csv");
    let file = std::io::Cursor::new(file.as_bytes().to_vec());
    let report = scene.products.import(&scene.ctx, scene.shop, file, options).await;
    let import = report.expect("read to its end").import;
    (import.id, [import.created, import.updated, import.unchanged])
}

pub async fn undo(scene: &Scene, id: ImportId) -> UndoReport {
    let undone = scene.products.undo_import(&scene.ctx, scene.shop, id).await;
    undone.expect("undone")
}

const HEAD: &str =
    "handle,sku,title,description,category,price,option1 name,option1 value,brand,tags,glaze,image src\n";

fn before(products: usize) -> String {
    let mut file = HEAD.to_owned();
    for i in 0..products {
        file.push_str(&format!(
            "jug{i},jug{i}-s,Jug {i},A **jug** no. {i},ceramics/jugs,{}.50,Size,S,Ada,\"jug,blue\",celadon,https://x.example/{i}.jpg\n\
             jug{i},jug{i}-l,,,,{}.00,Size,L,,,,\n",
            i % 40 + 1,
            i % 40 + 5,
        ));
    }
    file
}

/// Changes words, prices, variants, categories and states of what is there, and adds as much.
fn after(products: usize) -> String {
    let mut file = HEAD.to_owned();
    for i in 0..products {
        match i % 3 {
            0 => file.push_str(&format!(
                "jug{i},jug{i}-s,Tall jug {i},Other words,ceramics/tall,99.99,Size,S,Grace,tall,iron,\n\
                 jug{i},jug{i}-m,,,,12.00,Size,M,,,,\n"
            )),
            // As it was.
            1 => file.push_str(
                &before(i + 1)
                    .lines()
                    .rev()
                    .take(2)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .fold(String::new(), |text, line| text + line + "\n"),
            ),
            _ => {}
        }
        file.push_str(&format!("new{i},new{i},New {i},,ceramics,3.00,,,,,,\n"));
    }
    file
}

#[tokio::test]
async fn an_upload_again_changes_nothing_and_undoing_one_leaves_the_catalogue_as_it_was() {
    let scene = Scene::new().await;
    assert_eq!(upload(&scene, &before(330)).await.1, [330, 0, 0]);
    let as_it_was = dump(&scene).await;
    assert!(as_it_was.contains("Jug 329"));
    assert_eq!(upload(&scene, &before(330)).await.1, [0, 0, 330]);
    assert_eq!(dump(&scene).await, as_it_was);

    for _ in 0..2 {
        let (id, counts) = upload(&scene, &after(330)).await;
        assert_eq!(counts[2], 110, "a third is as it was");
        assert_eq!(counts[0] + counts[1], 440);
        assert_ne!(dump(&scene).await, as_it_was);
        let report = undo(&scene, id).await;
        assert_eq!((report.deleted, report.restored, report.skipped), (330, 110, 0));
        assert!(report.finished_at.is_some());
        assert!(dump(&scene).await == as_it_was, "the catalogue is another");
        // Asked again, it does nothing and says the same.
        assert_eq!(undo(&scene, id).await, report);
    }
    assert_eq!(upload(&scene, &before(330)).await.1, [0, 0, 330]);
    assert!(dump(&scene).await == as_it_was);
}

#[tokio::test]
async fn what_was_changed_since_stays_and_is_named() {
    let scene = Scene::new().await;
    upload(&scene, &before(6)).await;
    let (id, _) = upload(&scene, &after(6)).await;
    let seller = scene.seller().await;
    let page = seller
        .get("/v1/seller/products?limit=100")
        .await
        .expect(200)
        .json();
    let find = |title: &str| {
        let found = page["items"]
            .as_array()
            .expect("a page")
            .iter()
            .find(|p| p["title"] == title);
        found.expect("there")["id"].as_str().expect("an id").to_owned()
    };
    let (by_hand, gone, again) = (find("Tall jug 0"), find("New 1"), find("New 2"));
    let patched = seller
        .header("if-match", "\"2\"")
        .patch(
            &format!("/v1/seller/products/{by_hand}"),
            &json!({"brand": "By hand"}),
        )
        .await;
    let _ = patched.expect(200);
    let _ = seller
        .delete(&format!("/v1/seller/products/{gone}"))
        .await
        .expect(204);
    let (later, _) = upload(&scene, &format!("{HEAD}new2,new2,New 2,,ceramics,4.00,,,,,,\n")).await;

    let path = format!("/v1/seller/imports/{id}/undo");
    let report = seller.post(&path, &json!({})).await.expect(200).json();
    assert_eq!(
        (&report["deleted"], &report["restored"], &report["skipped"]),
        (&json!(4), &json!(1), &json!(3))
    );
    let skips = report["skips"].as_array().expect("those left");
    let code = |id: &str| {
        let found = skips.iter().find(|s| s["product"] == id);
        found.expect("named")["code"].as_str().expect("a code").to_owned()
    };
    assert_eq!(
        (code(&by_hand), code(&gone), code(&again)),
        (
            "changed_since".to_owned(),
            "deleted_since".to_owned(),
            "uploaded_since".to_owned()
        )
    );
    assert!(
        skips.iter().all(|s| s["title"] != "" && s["reason"] != ""),
        "{report}"
    );
    let kept = seller
        .get(&format!("/v1/seller/products/{by_hand}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&kept["brand"], &kept["title"]),
        (&json!("By hand"), &json!("Tall jug 0"))
    );

    // An upload between that was undone itself is not in the way.
    let (second, _) = upload(&scene, &after(6)).await;
    let (third, _) = upload(&scene, &format!("{HEAD}new3,new3,Newer 3,,ceramics,9.00,,,,,,\n")).await;
    assert_eq!(undo(&scene, third).await.restored, 1);
    let report = undo(&scene, second).await;
    assert!(report.skips.iter().all(|s| s.title != "New 3"), "{report:?}");
    let _ = undo(&scene, later).await;
    let stranger = scene
        .client()
        .await
        .bearer(&format!("owner {}", scene.other_shop));
    let _ = stranger.post(&path, &json!({})).await.expect(404);
}

#[tokio::test]
async fn a_code_that_went_from_one_product_to_another_goes_back() {
    let scene = Scene::new().await;
    // The one that gave its code away comes after, and before, the one that took it.
    let two = |a: &str, b: &str| format!("handle,sku,title,price\na,{a},A,1\nb,{b},B,1\n");
    upload(&scene, &two("x", "y")).await;
    let as_it_was = dump(&scene).await;
    let (first, counts) = upload(&scene, &two("z", "x")).await;
    assert_eq!(counts[1], 2);
    let report = undo(&scene, first).await;
    assert_eq!((report.restored, report.skipped), (2, 0), "{report:?}");
    assert_eq!(dump(&scene).await, as_it_was);
}

#[tokio::test]
async fn an_undo_that_was_cut_off_goes_on() {
    let mut scene = Scene::new().await;
    upload(&scene, &before(500)).await;
    let as_it_was = (dump(&scene).await, tree(&scene).await);
    let (id, _) = upload(&scene, &after(500)).await;
    {
        // Dropped once its first batch is in, as a killed process would leave it.
        let run = scene.products.undo_import(&scene.ctx, scene.shop, id);
        tokio::pin!(run);
        let first = async {
            while scene
                .number("select coalesce(max(deleted + restored), 0) from catalog.import_undo")
                .await
                == 0
            {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            done = &mut run => panic!("it came to its end: {done:?}"),
            () = first => {}
        }
    }
    let stands = scene
        .products
        .undo_report(scene.shop, id)
        .await
        .expect("read")
        .expect("begun");
    assert!(
        stands.finished_at.is_none() && stands.deleted + stands.restored < 667,
        "{stands:?}"
    );
    scene.advance_ms(1);
    let products: &Products = &scene.products;
    let (one, two) = tokio::join!(
        products.undo_import(&scene.ctx, scene.shop, id),
        products.undo_import(&scene.ctx, scene.shop, id)
    );
    let (one, two) = (one.expect("undone"), two.expect("undone"));
    for report in [&one, &two] {
        assert_eq!((report.deleted, report.restored, report.skipped), (500, 167, 0));
    }
    assert!((dump(&scene).await, tree(&scene).await) == as_it_was);
}

#[tokio::test]
async fn an_undo_that_nobody_asks_for_again_is_brought_to_its_end() {
    let mut scene = Scene::new().await;
    upload(&scene, &before(20)).await;
    let as_it_was = (dump(&scene).await, tree(&scene).await);
    let (id, _) = upload(&scene, &after(20)).await;
    // Dropped before its first batch is in.
    let begun = "select count(*) from catalog.import_undo";
    {
        let run = scene.products.undo_import(&scene.ctx, scene.shop, id);
        tokio::pin!(run);
        while scene.number(begun).await == 0 {
            let moment = tokio::time::sleep(std::time::Duration::from_millis(1));
            tokio::select! {
                done = &mut run => panic!("it came to its end: {done:?}"),
                () = moment => {}
            }
        }
    }
    scene.advance_ms(20_000);
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        testkit::eventually("it is undone", async || {
            let stands = scene.products.undo_report(scene.shop, id).await.expect("read");
            stands.expect("begun").finished_at.map(drop)
        })
        .await;
        stop.cancel();
    };
    Box::pin(async { tokio::join!(work, story) }).await;
    assert!((dump(&scene).await, tree(&scene).await) == as_it_was);
}

#[tokio::test]
async fn an_upload_that_was_undone_is_not_taken_up_again() {
    let scene = Scene::new().await;
    let (id, _) = upload(&scene, &before(3)).await;
    let _ = undo(&scene, id).await;
    let options = ImportOptions {
        resume: Some(id),
        ..ImportOptions::new("products.csv")
    };
    let file = std::io::Cursor::new(before(5).into_bytes());
    let refused: Error = scene
        .products
        .import(&scene.ctx, scene.shop, file, options)
        .await
        .expect_err("refused");
    assert_eq!(Fault::from(refused).code, "import_undone");
    let page: Value = scene
        .seller()
        .await
        .get("/v1/seller/products")
        .await
        .expect(200)
        .json();
    assert_eq!(page["items"], json!([]));
}
