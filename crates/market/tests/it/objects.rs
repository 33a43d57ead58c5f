//! Pictures and files in S3, as several hosts share them: taken, served, sold; and what is said while S3 is away.

use crate::rightly::downloads::{PATTERN, bought_by};
use crate::spec::Call;
use crate::world::{Who, World, picture};
use axum::http::Method;
use bytes::Bytes;
use market::objects::Objects;
use testkit::s3::{BUCKET, KEY_ID, Mishap, REGION, S3, SECRET};
use wire::Hidden;

async fn opened(server: &S3) -> World {
    let url = server.url.clone();
    World::told(|serve| {
        serve.place.objects = Objects {
            objects: Some(format!("s3://{BUCKET}/stoa")),
            s3_endpoint: Some(url),
            s3_region: Some(REGION.to_owned()),
            s3_key_id: Some(KEY_ID.to_owned()),
            s3_secret: Some(Hidden::new(SECRET)),
            ..Objects::default()
        };
    })
    .await
}

fn upload(world: &World, shade: u8) -> Call {
    let call = world.call("upload_image", &[]).query("alt=Another%20bowl");
    call.bytes("image/png", picture(shade))
}

fn get(target: &str) -> Call {
    Call {
        method: Method::GET,
        target: target.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_kept_in_s3_and_served_from_there() {
    let server = S3::start().await;
    let world = opened(&server).await;
    // The busy moment of S3 is nobody's concern.
    server.disturb("PUT", Mishap::Busy);
    let puts = server.calls("PUT");
    let kept = world.send_as(Who::OwnerA, &upload(&world, 99)).await.expect(201);
    assert_eq!(server.calls("PUT"), puts + 2);
    let url = kept.at("/url");
    let name = url.strip_prefix("/media/").unwrap();
    let key = format!("stoa/media/{}/{name}", &name[..2]);
    assert!(server.keys().contains(&key), "{key} in {:?}", server.keys());
    assert!(!world.folder().join("media").exists(), "nothing lies here");

    let served = world.send(&get(&url)).await.expect(200);
    assert_eq!(served.headers["content-type"], "image/webp");
    assert!(served.body.starts_with(b"RIFF"), "{served:?}");
    // What was read lately is at hand.
    let gets = server.calls("GET");
    world.send(&get(&url)).await.expect(200);
    assert_eq!(server.calls("GET"), gets);
    let nothing = get("/media/0123456789abcdef0123456789abcdef.webp");
    world.send(&nothing).await.expect(404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_is_downloaded_from_s3_whole_and_in_parts() {
    let server = S3::start().await;
    let world = opened(&server).await;
    let bought = bought_by(&world, Who::BuyerA).await;
    let key = format!("stoa/files/{}/{}", world.a.id, bought.file);
    assert!(server.keys().contains(&key), "{key} in {:?}", server.keys());
    assert_eq!(server.unfinished(), 0);
    let begun = world.send_as(Who::BuyerA, &bought.begin(&world)).await;
    let url = begun.expect(201).at("/url");
    let whole = world.send(&get(&url)).await.expect(200);
    assert_eq!(whole.body, PATTERN);
    let rest = get(&url).header("range", "bytes=9-");
    let rest = world.send(&rest).await.expect(206);
    assert_eq!(rest.body, PATTERN[9..]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_s3_is_away_everything_else_goes_on() {
    let server = S3::start().await;
    let world = opened(&server).await;
    let kept = world.send_as(Who::OwnerA, &upload(&world, 98)).await.expect(201);
    server.is_down(true);
    for page in ["/", "/cart"] {
        world.send(&get(page)).await.expect(200);
    }
    let refused = world.send_as(Who::OwnerA, &upload(&world, 97)).await.expect(503);
    assert_eq!(refused.at("/code"), "unavailable");
    assert!(!refused.text().contains("127.0.0.1"), "{}", refused.text());
    world.send(&get(&kept.at("/url"))).await.expect(503);

    // It takes orders, so it stays in service; and says what it lacks.
    let health = world.send(&get("/health/ready")).await.expect(200).json();
    let dependencies = health["dependencies"].as_array().unwrap();
    let store = dependencies.iter().find(|one| one["name"] == "object store");
    let store = store.unwrap_or_else(|| panic!("{health}"));
    assert_eq!(store["state"], "down");
    assert_eq!(store["vital"], false);

    server.is_down(false);
    world.send_as(Who::OwnerA, &upload(&world, 97)).await.expect(201);
    world.send(&get(&kept.at("/url"))).await.expect(200);
    world.close().await;
}
