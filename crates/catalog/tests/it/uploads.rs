//! Files that are looked at, checked and read in the background.

use crate::scene::Scene;
use axum::http::Method;
use serde_json::{Value, json};
use testkit::Client;
use tokio_util::sync::CancellationToken;

const FILE: &str = "Nombre;Precio de hoy;Existencias;Código;Esmalte\r\n\
    Jarrón;19,90;3;j-1;celadón\r\n\
    Cuenco;gratis;1;c-1;\r\n\
    Plato;7;;p-1;blanco\r\n";

/// Tells a story while the catalogue's background work goes on.
async fn meanwhile<T>(scene: &Scene, story: impl Future<Output = T>) -> T {
    let story = Box::pin(story);
    let stop = CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        let told = story.await;
        stop.cancel();
        told
    };
    tokio::join!(work, story).1
}

async fn preview(seller: &Client, file: &str) -> Value {
    seller
        .send(
            Method::POST,
            "/v1/seller/imports/preview?file_name=ceramica.csv",
            file.to_owned(),
        )
        .await
        .expect(201)
        .json()
}

async fn until(seller: &Client, path: &str, part: &str, value: &str) -> Value {
    testkit::eventually("the file is read", || async {
        let told = seller.get(path).await.expect(200).json();
        (told[part] == value).then_some(told)
    })
    .await
}

#[tokio::test]
async fn a_file_is_looked_at_checked_and_read() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    Box::pin(meanwhile(&scene, async {
        let draft = preview(&seller, FILE).await;
        let id = draft["id"].as_str().expect("an id").to_owned();
        assert_eq!(
            [
                &draft["format"],
                &draft["delimiter"],
                &draft["encoding"],
                &draft["state"]
            ],
            [&json!("csv"), &json!(";"), &json!("utf-8"), &json!("draft")]
        );
        let columns: Vec<_> = draft["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .map(|c| {
                (
                    c["column"].as_str().unwrap(),
                    c["field"].as_str().unwrap(),
                    c["confidence"].as_u64().unwrap(),
                )
            })
            .collect();
        let expected = [
            ("Nombre", "title", 100),
            ("Precio de hoy", "price", 65),
            ("Existencias", "stock", 100),
            ("Código", "sku", 100),
            ("Esmalte", "attribute", 30),
        ];
        assert_eq!(columns, expected);
        assert_eq!(draft["missing"], json!([]));
        assert_eq!(draft["first"][0]["title"], "Jarrón");
        assert_eq!(
            draft["first"][0]["price"],
            json!({"amount": 1990, "currency": "EUR"})
        );
        assert_eq!(draft["errors"][0]["row"], 3);
        assert_eq!(draft["errors"][0]["column"], "Precio de hoy");

        // The same content is the same draft.
        assert_eq!(preview(&seller, FILE).await["id"], draft["id"]);

        let at = |end: &str| format!("/v1/seller/imports/{id}/{end}");
        let reading = json!({"mapping": [{"column": "Esmalte", "field": "ignored"},
            {"column": "Precio de hoy", "field": "price"}], "default_stock": 9, "remember": true});
        let stated = seller.put(&at("reading"), &reading).await.expect(200).json();
        assert_eq!(stated["first"][1]["stock"], 9);

        let _ = seller.send(Method::POST, &at("check"), "").await.expect(202);
        let checked = until(&seller, &at("draft"), "state", "checked").await;
        let check = &checked["check"];
        assert_eq!(
            [
                &check["created"],
                &check["updated"],
                &check["rows_failed"],
                &check["rows"]
            ],
            [&json!(2), &json!(0), &json!(1), &json!(4)]
        );
        assert_eq!(scene.number("select count(*) from catalog.product").await, 0);
        assert_eq!(scene.number("select count(*) from catalog.import").await, 0);

        let _ = seller.send(Method::POST, &at("start"), "").await.expect(202);
        let _ = seller.send(Method::POST, &at("start"), "").await.expect(202);
        let report = until(&seller, &format!("/v1/seller/imports/{id}"), "state", "finished").await;
        assert_eq!(
            [&report["created"], &report["rows_failed"]],
            [&json!(2), &json!(1)]
        );
        let known = "select count(*) from catalog.product where attributes ? 'esmalte'";
        assert_eq!(scene.number(known).await, 0);
        let _ = seller.put(&at("reading"), &reading).await.expect(400);

        let list = seller.get(&at("errors.csv")).await.expect(200).text();
        assert!(
            list.contains("\r\n3,Precio de hoy,gratis,price_invalid,"),
            "{list}"
        );
        let rows = seller.get(&at("failed-rows.csv")).await.expect(200).text();
        let mended = rows.replace("gratis", "12");
        assert_eq!(mended.lines().count(), 2, "{rows}");
        let events = seller.get(&at("events")).await.expect(200).text();
        assert!(
            events.contains("event: done") && events.contains("\"percent\":100"),
            "{events}"
        );

        // Mended and sent again: only that product is new. Its columns are read as was stated above.
        let again = FILE.replace("gratis", "12");
        let draft = preview(&seller, &again).await;
        let ignored = draft["columns"][4]["field"].as_str();
        assert_eq!(
            (ignored, &draft["reading"]["remember"]),
            (Some("ignored"), &json!(true))
        );
        let report = seller
            .send(Method::POST, "/v1/seller/imports?default_stock=9", again)
            .await
            .expect(201)
            .json();
        assert_eq!(
            [&report["created"], &report["updated"], &report["unchanged"]],
            [&json!(1), &json!(0), &json!(2)]
        );
    }))
    .await;
}

#[tokio::test]
async fn what_cannot_be_stated_is_refused() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let draft = preview(&seller, FILE).await;
    let at = format!(
        "/v1/seller/imports/{}/reading",
        draft["id"].as_str().expect("an id")
    );
    let cases = [
        (
            json!({"mapping": [{"column": "Nombre", "field": "colour"}]}),
            "field_unknown",
        ),
        (json!({"currency": "EURO"}), "currency_unknown"),
        (json!({"default_stock": -1}), "stock_out_of_range"),
    ];
    for (reading, code) in cases {
        let refused = seller.put(&at, &reading).await.expect(400).json();
        assert_eq!(refused["code"], code);
    }
    let stranger = scene
        .client()
        .await
        .bearer(&format!("owner {}", scene.other_shop));
    let _ = stranger.put(&at, &json!({})).await.expect(404);
    let _ = seller
        .send(Method::POST, "/v1/seller/imports/preview", "")
        .await
        .expect(422);
}

#[tokio::test]
async fn a_check_counts_what_is_new_changed_and_taken_twice() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let file = |price: &str| format!("key,sku,title,price\na,a1,A,1\nb,b1,B,{price}\nc,c1,C,3\n");
    let _ = seller
        .send(Method::POST, "/v1/seller/imports", file("2"))
        .await
        .expect(201);
    Box::pin(meanwhile(&scene, async {
        let changed = format!("{}d,d1,D,4\ne,d1,E,5\n", file("2.50"));
        let draft = preview(&seller, &changed).await;
        let at = |end: &str| format!("/v1/seller/imports/{}/{end}", draft["id"].as_str().unwrap());
        let _ = seller.send(Method::POST, &at("check"), "").await.expect(202);
        let check = until(&seller, &at("draft"), "state", "checked").await["check"].clone();
        assert_eq!(
            [
                &check["created"],
                &check["updated"],
                &check["unchanged"],
                &check["rows_failed"]
            ],
            [&json!(1), &json!(1), &json!(2), &json!(1)]
        );
        assert_eq!(check["errors"][0]["code"], "sku_taken");
        assert_eq!(check["errors"][0]["row"], 6);
    }))
    .await;
}

#[tokio::test]
async fn a_list_of_categories_is_looked_at_checked_and_read() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    Box::pin(meanwhile(&scene, async {
        let list = "id;Active (0/1);Name*;Parent Category\n\
                    4;1;Nano;3\n\
                    3;1;iPods;Home\n\
                    5;0;Hidden;Home\n\
                    6;1;Chargers;Nowhere\n";
        let draft = preview(&seller, list).await;
        assert_eq!(
            [&draft["platform"], &draft["missing"], &draft["first"]],
            [&json!("prestashop"), &json!([]), &json!([])]
        );
        assert_eq!(draft["errors"][0]["code"], "category_hidden");
        let id = draft["id"].as_str().expect("an id").to_owned();
        let at = |end: &str| format!("/v1/seller/imports/{id}/{end}");

        let _ = seller.send(Method::POST, &at("check"), "").await.expect(202);
        let checked = until(&seller, &at("draft"), "state", "checked").await;
        let check = &checked["check"];
        assert_eq!(
            [
                &check["created"],
                &check["unchanged"],
                &check["rows_failed"],
                &check["rows"]
            ],
            [&json!(2), &json!(0), &json!(2), &json!(5)]
        );
        assert_eq!(scene.number("select count(*) from catalog.category").await, 0);

        let _ = seller.send(Method::POST, &at("start"), "").await.expect(202);
        let report = until(&seller, &format!("/v1/seller/imports/{id}"), "state", "finished").await;
        assert_eq!(
            [&report["created"], &report["rows_failed"], &report["rows_done"]],
            [&json!(2), &json!(2), &json!(5)]
        );
        let made = "select count(*) from catalog.category where path in ('ipods', 'ipods.nano')";
        assert_eq!(scene.number(made).await, 2);
        let listed = seller.get(&at("errors.csv")).await.expect(200).text();
        assert!(
            listed.contains("\r\n5,Parent Category,Nowhere,parent_unknown,"),
            "{listed}"
        );
        let events = seller.get(&at("events")).await.expect(200).text();
        assert!(
            events.contains("event: done") && events.contains("\"percent\":100"),
            "{events}"
        );
    }))
    .await;
}
