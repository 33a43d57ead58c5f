use crate::scene::Scene;
use catalog::Settings;
use contracts::catalog::Catalog;
use image::{DynamicImage, ImageFormat, RgbImage};
use std::io::Cursor;

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("encodes");
    bytes.into_inner()
}

#[tokio::test]
async fn the_same_bytes_are_one_picture_in_every_size() {
    let scene = Scene::new().await;
    let first = scene
        .products
        .store_image(&scene.ctx, png(1500, 750).into(), "A bowl".to_owned())
        .await
        .expect("stored");
    let again = scene
        .products
        .store_image(&scene.ctx, png(1500, 750).into(), "Again".to_owned())
        .await
        .expect("stored");
    assert_eq!((first.image, &first.url), (again.image, &again.url));
    assert_eq!((first.width, first.height), (1280, 640));

    let client = scene.client().await;
    for (width, url) in first.sizes() {
        let answer = client.get(&url).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("image/webp"));
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let picture = image::load_from_memory(&answer.body).expect("a picture");
        assert_eq!(picture.width(), width);
    }
    let tag = client
        .get(&first.url)
        .await
        .header("etag")
        .expect("a tag")
        .to_owned();
    let unchanged = client
        .header("if-none-match", &tag)
        .get(&first.url)
        .await
        .expect(304);
    assert!(unchanged.body.is_empty());
    let unknown = client.get("/media/0123456789abcdef0123456789abcdef.webp").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(client.get("/media/..%2f..%2fetc%2fpasswd").await.status, 404);
}

#[tokio::test]
async fn drawings_come_from_within_only_and_cannot_act() {
    let drawing =
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 600 450'><rect width='9' height='9'/></svg>";
    let closed = Scene::new().await;
    let refused = closed
        .products
        .store_image(&closed.ctx, drawing.to_vec().into(), String::new())
        .await;
    assert_eq!(
        refused.map_err(|f| f.code).err().as_deref(),
        Some("image_type_unsupported")
    );

    let settings = Settings {
        takes_svg: true,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    let picture = scene
        .products
        .store_image(&scene.ctx, drawing.to_vec().into(), String::new())
        .await
        .expect("stored");
    assert_eq!((picture.width, picture.height), (600, 450));
    let client = scene.seller().await;
    let answer = client.get(&picture.url).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
    assert_eq!(
        answer.header("content-security-policy"),
        Some("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    );
    // An upload of the very same is refused.
    let upload = client
        .send("POST".parse().unwrap(), "/v1/seller/images", drawing.to_vec())
        .await
        .expect(400);
    assert_eq!(upload.json()["code"], "image_type_unsupported");
}

#[tokio::test]
async fn an_uploaded_picture_leaves_its_metadata_behind() {
    let scene = Scene::new().await;
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(40, 30)
        .write_to(&mut jpeg, ImageFormat::Jpeg)
        .expect("encodes");
    let mut bytes = jpeg.into_inner();
    // A comment segment behind the start marker.
    let secret = b"shot at home, 41.38N 2.17E";
    let mut segment = vec![0xff, 0xfe, 0, secret.len() as u8 + 2];
    segment.extend_from_slice(secret);
    bytes.splice(2..2, segment);
    let client = scene.seller().await;
    let answer = client
        .header("content-type", "image/jpeg")
        .send("POST".parse().unwrap(), "/v1/seller/images?alt=A%20bowl", bytes)
        .await
        .expect(201);
    let picture = answer.json();
    assert_eq!(picture["alt"], "A bowl");
    let stored = client
        .get(picture["url"].as_str().expect("a url"))
        .await
        .expect(200);
    assert!(!stored.body.windows(secret.len()).any(|w| w == secret));
}

#[tokio::test]
async fn forms_work_and_hostile_bodies_are_refused() {
    let scene = Scene::new().await;
    let client = scene.seller().await;
    let post = |content_type: &'static str, body: Vec<u8>| {
        let client = client.header("content-type", content_type);
        async move {
            client
                .send("POST".parse().unwrap(), "/v1/seller/images", body)
                .await
        }
    };
    let mut form = b"--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".to_vec();
    form.extend_from_slice(&png(10, 10));
    form.extend_from_slice(b"\r\n--x--\r\n");
    let stored = post("multipart/form-data; boundary=x", form).await.expect(201);
    assert_eq!(stored.json()["width"], 10);

    let cases = [
        ("image/png", b"<html>".to_vec(), 400, "image_type_unsupported"),
        ("image/png", Vec::new(), 400, "image_type_unsupported"),
        ("image/png", png(64, 64)[..90].to_vec(), 400, "image_unreadable"),
        (
            "image/png",
            vec![0u8; kernel::limits::IMAGE_BYTES_MAX + 1],
            413,
            "image_too_large",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x--".to_vec(),
            400,
            "image_missing",
        ),
        ("multipart/form-data", b"--x--".to_vec(), 400, "body_unreadable"),
    ];
    for (content_type, body, status, code) in cases {
        let answer = post(content_type, body).await.expect(status);
        assert_eq!(answer.json()["code"], code);
    }
}

/// A server of pictures: one that is there, one that is reached by a redirect, one that is no picture, one that is not there.
pub async fn gallery() -> String {
    use axum::http::{StatusCode, header};
    use axum::routing::get;
    let router = axum::Router::new()
        .route("/bowl.png", get(|| async { png(40, 30) }))
        .route(
            "/moved.png",
            get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/jug.png")]) }),
        )
        .route("/jug.png", get(|| async { png(30, 40) }))
        .route("/page.png", get(|| async { "<html>no picture</html>" }));
    testkit::spawn_router(router).await
}

#[tokio::test]
async fn pictures_named_by_address_come_after_the_product() {
    let scene = Scene::with(Settings {
        fetches_from_private: true,
        ..Settings::default()
    })
    .await;
    let base = gallery().await;
    let file = format!(
        "sku,title,price,images\nb1,Bowl,12,\"{base}/bowl.png {base}/moved.png {base}/page.png {base}/gone.png\"\n"
    );
    let import = async || {
        let reader = Cursor::new(file.clone().into_bytes());
        let options = catalog::ImportOptions::new("bowls.csv");
        let read = Box::pin(scene.products.import(&scene.ctx, scene.shop, reader, options)).await;
        let import = read.expect("read").import;
        [import.created, import.updated, import.unchanged]
    };
    assert_eq!(import().await, [1, 0, 0]);
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        let sizes = testkit::eventually("the pictures are shown", || async {
            let listing = scene
                .products
                .newest(&scene.ctx, None, 1)
                .await
                .expect("listings")
                .remove(0);
            let sizes: Vec<_> = listing.images.iter().map(|i| (i.width, i.height)).collect();
            (sizes.len() == 2).then_some(sizes)
        })
        .await;
        assert_eq!(sizes, [(40, 30), (30, 40)]);
        stop.cancel();
    };
    Box::pin(async { tokio::join!(work, story) }).await;
    let refused =
        "select count(*) from catalog.picture_address where state = 'refused' and failure is not null";
    assert_eq!(scene.number(refused).await, 2);

    // The same file again finds its pictures where they are.
    let versions = "select count(*) from catalog.product_version";
    let before = scene.number(versions).await;
    assert_eq!(import().await, [0, 0, 1]);
    assert_eq!(scene.number(versions).await, before);
}

#[tokio::test]
async fn pictures_are_not_fetched_from_where_the_program_runs() {
    let scene = Scene::new().await;
    let base = gallery().await;
    let file = format!("sku,title,price,images\nb1,Bowl,12,{base}/bowl.png\n");
    let reader = Cursor::new(file.into_bytes());
    let options = catalog::ImportOptions::new("bowls.csv");
    Box::pin(scene.products.import(&scene.ctx, scene.shop, reader, options))
        .await
        .expect("read");
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        let refused = "select count(*) from catalog.picture_address where state = 'refused'";
        testkit::eventually("the address is refused", || async {
            (scene.number(refused).await == 1).then_some(())
        })
        .await;
        stop.cancel();
    };
    Box::pin(async { tokio::join!(work, story) }).await;
    assert_eq!(scene.number("select count(*) from catalog.image").await, 0);
}
