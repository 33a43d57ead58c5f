//! Objects in S3, at a server that refuses what S3 would.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::s3::{BUCKET, KEY_ID, Mishap, REGION, S3 as Server, SECRET};
use wire::Hidden;
use wire::objects::S3;

/// Far more than the pauses between tries, and less than a page waits for a picture.
const SOON: Duration = Duration::from_millis(800);

fn place(server: &Server) -> S3 {
    S3 {
        bucket: BUCKET.to_owned(),
        prefix: Path::default(),
        endpoint: Some(server.url.clone()),
        region: REGION.to_owned(),
        key_id: KEY_ID.to_owned(),
        secret: Hidden::new(SECRET),
    }
}

async fn started() -> (Server, Arc<dyn ObjectStore>) {
    let server = Server::start().await;
    let objects = place(&server).open().unwrap();
    (server, objects)
}

async fn read(objects: &dyn ObjectStore, path: &Path) -> Bytes {
    objects.get(path).await.unwrap().bytes().await.unwrap()
}

#[tokio::test]
async fn what_is_put_is_there_until_it_is_deleted() {
    let (server, objects) = started().await;
    let bowl = Path::from("media/bo/bowl.webp");
    let missing = objects.head(&bowl).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    let missing = objects.get(&bowl).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");

    objects.put(&bowl, "a bowl".into()).await.unwrap();
    assert_eq!(server.keys(), ["media/bo/bowl.webp"]);
    assert_eq!(objects.head(&bowl).await.unwrap().size, 6);
    assert_eq!(read(&*objects, &bowl).await, "a bowl");
    objects.put(&bowl, "another bowl".into()).await.unwrap();
    assert_eq!(read(&*objects, &bowl).await, "another bowl");

    objects.delete(&bowl).await.unwrap();
    assert!(server.keys().is_empty());
    // Somebody may have been quicker.
    objects.delete(&bowl).await.unwrap();
    // All of it on few connections' requests, none of which was tried twice.
    assert_eq!(server.calls(""), 9);
}

#[tokio::test]
async fn a_part_is_read_without_the_rest() {
    let (_server, objects) = started().await;
    let file = Path::from("files/shop/file");
    objects.put(&file, "0123456789".into()).await.unwrap();
    assert_eq!(objects.get_range(&file, 2..5).await.unwrap(), "234");
    let rest = GetOptions {
        range: Some(GetRange::Offset(7)),
        ..GetOptions::default()
    };
    let rest = objects.get_opts(&file, rest).await.unwrap();
    assert_eq!((rest.range.clone(), rest.meta.size), (7..10, 10));
    assert_eq!(rest.bytes().await.unwrap(), "789");
    assert!(objects.get_range(&file, 10..12).await.is_err());
}

#[tokio::test]
async fn large_files_go_up_in_parts_and_come_down_whole() {
    let (server, objects) = started().await;
    let file = Path::from("files/shop/large");
    let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let mut upload = WriteMultipart::new(objects.put_multipart(&file).await.unwrap());
    for chunk in bytes.chunks(1_000_000) {
        upload.wait_for_capacity(4).await.unwrap();
        upload.write(chunk);
    }
    assert!(server.keys().is_empty(), "it is not there before it is whole");
    upload.finish().await.unwrap();
    assert_eq!(server.calls("partNumber="), 3);
    assert_eq!(read(&*objects, &file).await, bytes);

    // One that is given up leaves nothing, not even parts.
    let mut upload = WriteMultipart::new(objects.put_multipart(&Path::from("spoilt")).await.unwrap());
    upload.write(&bytes[..6_000_000]);
    upload.abort().await.unwrap();
    assert_eq!((server.keys().len(), server.unfinished()), (1, 0));

    // One without a byte is a file as well.
    let empty = Path::from("empty");
    let upload = WriteMultipart::new(objects.put_multipart(&empty).await.unwrap());
    upload.finish().await.unwrap();
    assert_eq!(read(&*objects, &empty).await, "");
}

#[tokio::test]
async fn two_marketplaces_share_a_bucket_by_prefixes() {
    let server = Server::start().await;
    let one = S3 {
        prefix: Path::from("shops/one"),
        ..place(&server)
    };
    let two = S3 {
        prefix: Path::from("two"),
        ..place(&server)
    };
    let (one, two) = (one.open().unwrap(), two.open().unwrap());
    let file = Path::from("file");
    one.put(&file, "of one".into()).await.unwrap();
    two.put(&file, "of two".into()).await.unwrap();
    assert_eq!(server.keys(), ["shops/one/file", "two/file"]);
    assert_eq!(read(&*one, &file).await, "of one");
    two.delete(&file).await.unwrap();
    assert_eq!(server.keys(), ["shops/one/file"]);
}

#[tokio::test]
async fn a_stranger_is_refused_and_told_why() {
    let server = Server::start().await;
    let wrong_secret = S3 {
        secret: Hidden::new("swordfish"),
        ..place(&server)
    };
    let wrong_key = S3 {
        key_id: "AKIANOBODY".to_owned(),
        ..place(&server)
    };
    let wrong_region = S3 {
        region: "us-east-1".to_owned(),
        ..place(&server)
    };
    for (stranger, why) in [
        (wrong_secret, "SignatureDoesNotMatch"),
        (wrong_key, "InvalidAccessKeyId"),
        (wrong_region, "AuthorizationHeaderMalformed"),
    ] {
        let before = server.calls("");
        let objects = stranger.open().unwrap();
        let refused = objects
            .put(&Path::from("file"), "bytes".into())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(why), "{refused}");
        assert!(!refused.contains("swordfish"), "{refused}");
        assert_eq!(
            server.calls(""),
            before + 1,
            "nobody is asked twice for that: {why}"
        );
        assert!(!format!("{stranger:?}").contains("swordfish"));
    }
    assert!(server.keys().is_empty());
}

#[tokio::test]
async fn what_is_busy_or_breaks_off_is_asked_again() {
    let (server, objects) = started().await;
    let file = Path::from("file");
    server.disturb("PUT", Mishap::Busy);
    objects.put(&file, "0123456789".into()).await.unwrap();
    assert_eq!(server.calls("PUT"), 2);
    server.disturb("PUT", Mishap::Lost);
    objects.put(&file, "0123456789".into()).await.unwrap();
    assert_eq!(server.calls("PUT"), 4);
    server.disturb("GET", Mishap::Lost);
    assert_eq!(read(&*objects, &file).await, "0123456789");
    assert_eq!(server.calls("GET"), 2);
    // What broke off in the middle is read on from there.
    server.disturb("GET", Mishap::Half);
    assert_eq!(read(&*objects, &file).await, "0123456789");
    assert_eq!(server.calls("GET"), 4);
    server.disturb("DELETE", Mishap::Lost);
    objects.delete(&file).await.unwrap();
    assert!(server.keys().is_empty());
}

#[tokio::test]
async fn who_is_away_is_told_soon_and_found_again() {
    let (server, objects) = started().await;
    let file = Path::from("file");
    objects.put(&file, "bytes".into()).await.unwrap();
    server.is_down(true);
    let begun = Instant::now();
    let away = objects.get(&file).await.unwrap_err();
    assert!(matches!(away, Error::Generic { .. }), "{away}");
    assert!(objects.put(&file, "others".into()).await.is_err());
    assert!(begun.elapsed() < 2 * SOON, "{:?}", begun.elapsed());
    assert_eq!(server.calls("GET"), 3, "tried three times, and no more");
    server.is_down(false);
    assert_eq!(read(&*objects, &file).await, "bytes");

    // Where nobody is at all.
    let nobody = S3 {
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        ..place(&server)
    };
    let begun = Instant::now();
    assert!(nobody.open().unwrap().get(&file).await.is_err());
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn who_listens_and_is_silent_is_given_up() {
    let (server, objects) = started().await;
    let file = Path::from("file");
    objects.put(&file, "bytes".into()).await.unwrap();
    server.disturb("GET", Mishap::Slow);
    let begun = Instant::now();
    assert_eq!(
        read(&*objects, &file).await,
        "bytes",
        "asked once more, it answers"
    );
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
