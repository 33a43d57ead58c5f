//! Files that say a part of what there is to say, and files that are read in part.

use crate::scene::Scene;
use catalog::{ImportOptions, Settings};
use serde_json::{Value, json};

const WHOLE: &str = "handle,sku,title,description,category,price,compare at,option1 name,option1 value,brand,tags,glaze,weight_g,ean,status,image src\n\
    jug,jug-s,Jug,A **jug**,ceramics/jugs,20.00,25.00,Size,S,Ada,\"jug,blue\",celadon,700,4012345678901,draft,https://x.example/1.jpg\n\
    jug,jug-l,,,,30.00,,Size,L,,,,900,,,\n";

async fn upload(scene: &Scene, name: &str, file: &str) -> [i64; 4] {
    let options = ImportOptions::new(name);
    let file = std::io::Cursor::new(file.as_bytes().to_vec());
    let report = scene.products.import(&scene.ctx, scene.shop, file, options).await;
    let import = report.expect("read to its end").import;
    [
        import.created,
        import.updated,
        import.unchanged,
        import.rows_failed,
    ]
}

/// The shop's only product, as its seller sees it.
async fn only(scene: &Scene) -> Value {
    let seller = scene.seller().await;
    let page = seller.get("/v1/seller/products").await.expect(200).json();
    let items = page["items"].as_array().expect("a page");
    assert_eq!(items.len(), 1, "{page}");
    let id = items[0]["id"].as_str().expect("an id");
    let own = seller.get(&format!("/v1/seller/products/{id}")).await;
    own.expect(200).json()
}

fn variant<'v>(product: &'v Value, code: &str) -> Option<&'v Value> {
    let variants = product["variants"].as_array().expect("variants");
    variants.iter().find(|v| v["code"] == code)
}

#[tokio::test]
async fn a_list_of_prices_changes_prices_and_nothing_else() {
    let scene = Scene::new().await;
    assert_eq!(upload(&scene, "all.csv", WHOLE).await, [1, 0, 0, 0]);
    let mut expected = only(&scene).await;
    let prices = "handle,sku,title,price\njug,jug-s,Jug,18.00\njug,jug-l,,33.00\n";
    assert_eq!(upload(&scene, "prices.csv", prices).await, [0, 1, 0, 0]);
    let seen = only(&scene).await;
    assert_eq!(variant(&seen, "jug-s").expect("there")["price"]["amount"], 1800);
    assert_eq!(variant(&seen, "jug-l").expect("there")["price"]["amount"], 3300);
    assert_eq!(
        variant(&seen, "jug-s").expect("there")["compare_at"]["amount"],
        2500
    );
    for field in ["version", "updated_at"] {
        expected[field] = seen[field].clone();
    }
    for i in 0..2 {
        expected["variants"][i]["price"] = seen["variants"][i]["price"].clone();
    }
    assert_eq!(seen, expected);
    assert_eq!(upload(&scene, "prices.csv", prices).await, [0, 0, 1, 0]);

    // What a file has a column for is taken away by an empty cell; a line of JSON says it with `null`.
    let lines = "{\"handle\": \"jug\", \"sku\": \"jug-s\", \"title\": \"Jug\", \"price\": 18, \"brand\": null, \"glaze\": \"\"}\n\
                 {\"handle\": \"jug\", \"sku\": \"jug-l\", \"title\": \"Jug\", \"price\": 33}\n";
    assert_eq!(upload(&scene, "jug.ndjson", lines).await, [0, 1, 0, 0]);
    let seen = only(&scene).await;
    assert_eq!(
        (&seen["brand"], &seen["attributes"]["glaze"]),
        (&json!(""), &Value::Null)
    );
    assert_eq!(
        (&seen["tags"], &seen["status"]),
        (&expected["tags"], &expected["status"])
    );
    // The whole file is not the same again, though its text is.
    assert_eq!(upload(&scene, "all.csv", WHOLE).await, [0, 1, 0, 0]);
    assert_eq!(only(&scene).await["brand"], "Ada");
}

#[tokio::test]
async fn what_cannot_be_read_takes_nothing_off_sale() {
    let scene = Scene::new().await;
    upload(&scene, "all.csv", WHOLE).await;
    let head = WHOLE.lines().next().expect("a header");
    let (small, large) = (
        "jug,jug-s,Jug,,,21.00,,Size,S,,,,700,,,",
        "jug,jug-l,,,,x,,Size,L,,,,900,,,",
    );
    for file in [
        format!("{head}\n{small}\n{large}\n"),
        // The row that cannot be read comes first.
        format!("{head}\njug,jug-l,Jug,,,x,,Size,L,,,,900,,,\n{small}\n"),
        // It has more cells than there are columns: nothing is known of it.
        format!("{head}\n{small}\njug,jug-l,,,,30,,Size,L,,,,900,,,,x\n"),
        // It breaks a rule that is told later.
        format!("{head}\n{small}\njug,jug-l,,,,30.00,,Size,L,,,,900,77,,\n"),
    ] {
        assert_eq!(upload(&scene, "some.csv", &file).await[3], 1, "{file}");
        let seen = only(&scene).await;
        assert_eq!(variant(&seen, "jug-s").expect("there")["price"]["amount"], 2100);
        assert_eq!(
            variant(&seen, "jug-l").expect("still there")["price"]["amount"],
            3000
        );
    }
    // What a file that is read whole does not name is gone.
    assert_eq!(
        upload(&scene, "some.csv", &format!("{head}\n{small}\n")).await,
        [0, 1, 0, 0]
    );
    assert!(variant(&only(&scene).await, "jug-l").is_none());
}

#[tokio::test]
async fn pictures_chosen_by_hand_stay_and_those_an_upload_brought_go_with_it() {
    let scene = Scene::with(Settings {
        fetches_from_private: true,
        ..Settings::default()
    })
    .await;
    let base = crate::pictures::gallery().await;
    let file = |images: &str| format!("sku,title,price,images\nb1,Bowl,12,{images}\n");
    assert_eq!(upload(&scene, "bowl.csv", &file("")).await, [1, 0, 0, 0]);
    let kept = scene
        .seller()
        .await
        .header("content-type", "image/png")
        .send(
            "POST".parse().unwrap(),
            "/v1/seller/images?alt=By%20hand",
            crate::pictures::png(21, 22),
        )
        .await;
    let picture = kept.expect(201).json();
    let product = only(&scene).await;
    let id = product["id"].as_str().expect("an id");
    let patched = scene
        .seller()
        .await
        .header("if-match", "\"1\"")
        .patch(
            &format!("/v1/seller/products/{id}"),
            &json!({"images": [{"image": picture["image"]}]}),
        )
        .await;
    let _ = patched.expect(200);
    let widths = async || -> Vec<i64> {
        let product = only(&scene).await;
        let images = product["images"].as_array().expect("images");
        images
            .iter()
            .map(|i| i["width"].as_i64().expect("a width"))
            .collect()
    };
    assert_eq!(widths().await, [21]);

    let options = ImportOptions::new("bowl.csv");
    let named = std::io::Cursor::new(file(&format!("{base}/bowl.png")).into_bytes());
    let import = Box::pin(scene.products.import(&scene.ctx, scene.shop, named, options)).await;
    let import = import.expect("read").import.id;
    assert_eq!(widths().await, [21], "kept while the other is fetched");
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        testkit::eventually("the picture is shown", || async {
            (widths().await == [21, 40]).then_some(())
        })
        .await;
        stop.cancel();
    };
    Box::pin(async { tokio::join!(work, story) }).await;
    // The feed of the next night finds everything as it is.
    let again = upload(&scene, "bowl.csv", &file(&format!("{base}/bowl.png"))).await;
    assert_eq!((again, widths().await), ([0, 0, 1, 0], vec![21, 40]));
    let undone = scene.products.undo_import(&scene.ctx, scene.shop, import).await;
    assert_eq!(undone.expect("undone").restored, 1);
    assert_eq!(widths().await, [21]);
}
