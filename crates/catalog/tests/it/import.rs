use crate::scene::Scene;
use catalog::{ImportOptions, ImportReport, import_file};
use contracts::catalog::Catalog;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::AsyncRead;

fn options() -> ImportOptions {
    ImportOptions {
        default_stock: Some(5),
        ..ImportOptions::new("products.csv")
    }
}

async fn import(scene: &Scene, bytes: impl Into<Vec<u8>>) -> ImportReport {
    let bytes: Vec<u8> = bytes.into();
    scene
        .products
        .import(&scene.ctx, scene.shop, std::io::Cursor::new(bytes), options())
        .await
        .expect("read to its end")
}

/// Rows read to, failed rows; products created, updated, unchanged.
fn counts(report: &ImportReport) -> [i64; 5] {
    let import = &report.import;
    [
        import.rows_done,
        import.rows_failed,
        import.created,
        import.updated,
        import.unchanged,
    ]
}

fn many(rows: usize) -> String {
    let mut text = "sku,title,price,Glaze colour\n".to_owned();
    for i in 0..rows {
        text.push_str(&format!("b{i},Bowl {i},{}.50,celadon\n", i % 90 + 1));
    }
    text
}

#[tokio::test]
async fn a_file_lands_and_its_bad_rows_are_named() {
    let scene = Scene::new().await;
    let report = import(
        &scene,
        "SKU;Título;Precio;Existencias;Categoría;EAN\r\n\
         b1;Jarrón;19,90;3;Hogar > Jarrones;4012345678901\r\n\
         b2;;12;1;;\r\n\
         b3;Cuenco;gratis;-1;;\r\n\
         b4;Plato;7;2;;12\r\n\
         b1;Otro;5;1;;\r\n\
         b6;Taza;\"1.250,00\";2;;\r\n",
    )
    .await;
    assert_eq!(counts(&report), [7, 4, 2, 0, 0]);
    assert_eq!(
        (report.import.state.as_str(), report.import.format.as_str()),
        ("finished", "csv")
    );
    let errors: Vec<_> = report
        .errors
        .iter()
        .map(|e| (e.row, e.column.as_str(), e.code.as_str()))
        .collect();
    let expected = [
        (3, "title", "text_empty"),
        (4, "Precio", "price_invalid"),
        (4, "Existencias", "stock_invalid"),
        (5, "EAN", "gtin_invalid"),
        (6, "SKU", "key_repeated"),
    ];
    assert_eq!(errors, expected);
    let newest = scene
        .products
        .newest(&scene.ctx, None, 10)
        .await
        .expect("listings");
    let mut prices: Vec<_> = newest
        .iter()
        .map(|l| (l.title.as_str(), l.variants[0].price.amount))
        .collect();
    prices.sort_unstable();
    assert_eq!(prices, [("Jarrón", 1990), ("Taza", 125_000)]);
}

#[tokio::test]
async fn rows_of_one_handle_are_variants() {
    let scene = Scene::new().await;
    let file = "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams,Image Src\n\
                mug,Mug,<p>Blue</p>,Ada,Size,S,mug-s,10,200,https://x.example/1.jpg\n\
                mug,,,,Size,M,mug-m,12,300,\n\
                mug,,,,,,,,,https://x.example/2.jpg\n\
                jug,Jug,,Ada,Title,Default Title,jug,30,900,\n";
    let report = import(&scene, file).await;
    assert_eq!(counts(&report), [5, 0, 2, 0, 0]);
    let newest = scene
        .products
        .newest(&scene.ctx, None, 10)
        .await
        .expect("listings");
    let mug = newest.iter().find(|l| l.title == "Mug").expect("a mug");
    let variants: Vec<_> = mug
        .variants
        .iter()
        .map(|v| {
            (
                v.code.as_str(),
                v.options[0].value.as_str(),
                v.price.amount,
                v.weight_g,
            )
        })
        .collect();
    assert_eq!(variants, [("mug-s", "S", 1000, 200), ("mug-m", "M", 1200, 300)]);
    let addresses = scene
        .number("select jsonb_array_length(image_addresses)::bigint from catalog.product where key = 'mug'")
        .await;
    assert_eq!(addresses, 2);
    assert_eq!(counts(&import(&scene, file).await), [5, 0, 0, 0, 2]);
}

#[tokio::test]
async fn every_format_gives_the_same_products() {
    let scene = Scene::new().await;
    let array = r#"[{"sku":"a","title":"A","price":1.5,"size":"XL"},{"sku":"b","title":"B","price":2}]"#;
    let ndjson = "{\"sku\":\"a\",\"title\":\"A\",\"price\":1.5,\"size\":\"XL\"}\n{\"sku\":\"b\",\"title\":\"B\",\"price\":2}\n";
    let csv = "\u{feff}sku,title,price,size\na,A,1.5,XL\nb,B,2,\n";
    assert_eq!(counts(&import(&scene, array).await), [2, 0, 2, 0, 0]);
    assert_eq!(counts(&import(&scene, ndjson).await), [2, 0, 0, 0, 2]);
    assert_eq!(counts(&import(&scene, csv).await), [3, 0, 0, 0, 2]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(csv.as_bytes()).expect("packs");
    assert_eq!(
        counts(&import(&scene, packed.finish().expect("packs")).await),
        [3, 0, 0, 0, 2]
    );
}

#[tokio::test]
async fn files_that_cannot_be_read_say_why() {
    let scene = Scene::new().await;
    let cases: [(&[u8], &str); 6] = [
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "header_unknown"),
        (b"[{\"title\":\"A\"", "file_truncated"),
        (b"\xff\xfes\0k\0", "header_unknown"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage", "file_unreadable"),
        (b"[1] 2", "json_malformed"),
    ];
    for (bytes, code) in cases {
        let refused = scene
            .products
            .import(&scene.ctx, scene.shop, bytes, options())
            .await
            .expect_err("refused");
        assert_eq!(kernel::Fault::from(refused).code, code);
    }
    assert_eq!(
        scene
            .number("select count(*) from catalog.import where state = 'running'")
            .await,
        0
    );
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_taken_up_where_it_stopped() {
    let scene = Scene::new().await;
    let text = many(4_300);
    let broken = Breaking {
        text: text.clone().into_bytes(),
        read: 0,
        breaks_at: text.len() * 3 / 4,
    };
    let refused = scene
        .products
        .import(&scene.ctx, scene.shop, broken, options())
        .await
        .expect_err("breaks off");
    let fault = kernel::Fault::from(refused);
    assert_eq!(fault.code, "file_unreadable");
    let id: kernel::ImportId = serde_json::from_value(fault.extra["import"].clone()).expect("an id");
    let there = scene.number("select count(*) from catalog.product").await;
    assert!((3_000..4_300).contains(&there), "{there}");
    let stands = scene
        .products
        .import_report(scene.shop, id)
        .await
        .expect("a report")
        .import;
    assert_eq!((stands.state.as_str(), stands.created), ("failed", there));
    // What the last row settled says is true: the header and the rows of the products that are in.
    assert_eq!(stands.rows_done, there + 1);

    let resumed = ImportOptions {
        resume: Some(id),
        ..options()
    };
    let report = scene
        .products
        .import(
            &scene.ctx,
            scene.shop,
            std::io::Cursor::new(text.into_bytes()),
            resumed,
        )
        .await
        .expect("read to its end");
    // Nothing was read twice: a product seen again would count as unchanged.
    assert_eq!(counts(&report), [4_301, 0, 4_300, 0, 0]);
    assert_eq!(scene.number("select count(*) from catalog.product").await, 4_300);
    assert_eq!(
        scene
            .number("select count(*) from log.event where topic = 'catalog.product_changed'")
            .await,
        4_300
    );
    assert_eq!(scene.neighbours.counts_passed_on(), 4_300);
}

/// Gives its text until it breaks.
struct Breaking {
    text: Vec<u8>,
    read: usize,
    breaks_at: usize,
}

impl AsyncRead for Breaking {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if self.read >= self.breaks_at {
            return std::task::Poll::Ready(Err(std::io::Error::other("the wire was cut")));
        }
        let end = (self.read + buf.remaining().min(4_000)).min(self.breaks_at);
        buf.put_slice(&self.text[self.read..end]);
        self.read = end;
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_file_whose_reader_died_goes_on_by_itself() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bowls.csv");
    std::fs::write(&path, many(1_800)).expect("writes");
    let died = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&died);
    let mut dying = ImportOptions {
        default_stock: None,
        ..options()
    };
    dying.on_progress = Some(Arc::new(move |_| flag.store(true, Ordering::SeqCst)));
    {
        // The future is dropped in the midst of its second batch, as a killed process would leave it.
        let run = import_file(&scene.products, &scene.ctx, scene.shop, &path, dying.clone());
        tokio::pin!(run);
        let killed = std::future::poll_fn(|cx| {
            if died.load(Ordering::SeqCst) {
                return std::task::Poll::Ready(());
            }
            match run.as_mut().poll(cx) {
                std::task::Poll::Ready(_) => panic!("it should not have come to its end"),
                std::task::Poll::Pending => std::task::Poll::Pending,
            }
        });
        tokio::select! {
            () = killed => {}
            () = tokio::time::sleep(std::time::Duration::from_secs(30)) => panic!("no progress"),
        }
    }
    let first_run = scene.number("select rows_done from catalog.import").await;
    assert!((1..1_801).contains(&first_run), "{first_run}");

    dying.on_progress = None;
    let report = import_file(&scene.products, &scene.ctx, scene.shop, &path, dying.clone())
        .await
        .expect("read to its end");
    assert_eq!(counts(&report), [1_801, 0, 1_800, 0, 0]);
    assert_eq!(scene.number("select count(*) from catalog.import").await, 1);
    assert_eq!(
        scene
            .number("select count(*) from log.event where topic = 'catalog.product_changed'")
            .await,
        1_800
    );

    // Finished, so the next time is a new upload, which changes nothing.
    let again = import_file(&scene.products, &scene.ctx, scene.shop, &path, dying)
        .await
        .expect("read to its end");
    assert_eq!(counts(&again), [1_801, 0, 0, 0, 1_800]);
}

#[tokio::test]
async fn all_errors_are_counted_though_not_all_are_kept() {
    let scene = Scene::new().await;
    let mut text = "sku,title,price\n".to_owned();
    for i in 0..12_000 {
        text.push_str(&format!("b{i},Bowl,?\n"));
    }
    text.push_str("good,Bowl,5\n");
    let report = import(&scene, text).await;
    assert_eq!(counts(&report), [12_002, 12_000, 1, 0, 0]);
    assert_eq!(report.errors.len(), 100);
    assert_eq!(
        scene.number("select count(*) from catalog.import_error").await,
        10_000
    );
}

#[tokio::test]
async fn errors_below_a_good_row_do_not_hold_the_file_up() {
    let scene = Scene::new().await;
    let good = "good,Bowl,5\n";
    let mut text = format!("sku,title,price\n{good}");
    for i in 0..21_000 {
        text.push_str(&format!("b{i},Bowl,?\n"));
    }
    // Whoever sends a file twice in one, and one product's rows without end.
    text.push_str(good);
    text.push_str("last,Vase,7\n");
    text.push_str(&"last,Vase,7\n".repeat(2_500));
    let report = import(&scene, text).await;
    assert_eq!(counts(&report), [23_504, 23_501, 2, 0, 0]);
}

#[tokio::test]
async fn a_refused_count_is_an_error_of_its_row() {
    let scene = Scene::new().await;
    scene.neighbours.refuses_units.lock().unwrap().insert(7);
    let report = import(&scene, "sku,title,price,stock\na,A,1,6\nb,B,1,7\n").await;
    assert_eq!(counts(&report), [3, 0, 2, 0, 0]);
    let error = &report.errors[0];
    assert_eq!(
        (error.row, error.column.as_str(), error.code.as_str()),
        (3, "stock", "count_below_reserved")
    );
}

#[tokio::test]
async fn a_code_of_another_product_is_an_error_of_its_row() {
    let scene = Scene::new().await;
    import(&scene, "id,sku,title,price\n1,a,A,1\n").await;
    let report = import(&scene, "id,sku,title,price\n2,a,B,1\n3,c,C,1\n").await;
    assert_eq!(counts(&report), [3, 1, 1, 0, 0]);
    let error = &report.errors[0];
    assert_eq!(
        (error.row, error.column.as_str(), error.code.as_str()),
        (2, "sku", "sku_taken")
    );
}
