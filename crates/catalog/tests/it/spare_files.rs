//! Files of downloads: they stay while something names them or somebody may download them, and then give their room back.

use crate::scene::{Scene, bowl};
use contracts::catalog::ProductDraft;
use contracts::digital::{DigitalChoice, DigitalFile, place};
use contracts::orders::DownloadsReady;
use kernel::{OrderId, SubOrderId};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use std::io::Cursor;
use store::Scope;
use tokio_util::sync::CancellationToken;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

async fn keep(scene: &Scene, content: &str) -> DigitalFile {
    let reader = Cursor::new(content.as_bytes().to_vec());
    scene
        .products
        .keep_product_file(&scene.ctx, scene.shop, "Pattern.pdf", reader)
        .await
        .expect("kept")
}

/// A product whose buyers download these files.
fn pattern(files: &[&DigitalFile]) -> ProductDraft {
    ProductDraft {
        digital: Some(Box::new(DigitalChoice {
            files: files.iter().map(|file| file.id).collect(),
            ..DigitalChoice::default()
        })),
        ..bowl("pattern")
    }
}

async fn freed(scene: &Scene) -> usize {
    scene.products.free_room().await.expect("swept")
}

#[tokio::test]
async fn a_file_stays_while_a_product_names_it_and_a_month_longer() {
    let mut scene = Scene::new().await;
    let (old, new) = (keep(&scene, "old").await, keep(&scene, "new").await);
    scene.upsert(vec![pattern(&[&old])]).await.expect("written");
    scene.advance_ms(400 * DAY_MS);
    let spare = keep(&scene, "spare").await;
    // The one that nothing named in all that time is noted first: it might have been wanted.
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(31 * DAY_MS);
    assert_eq!(freed(&scene).await, 2, "{} and {}", new.name, spare.name);

    let newest = keep(&scene, "newest").await;
    scene.upsert(vec![pattern(&[&newest])]).await.expect("written");
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(29 * DAY_MS);
    // Named again, and dropped again: its month begins anew.
    scene
        .upsert(vec![pattern(&[&newest, &old])])
        .await
        .expect("written");
    assert_eq!(freed(&scene).await, 0);
    scene.upsert(vec![pattern(&[&newest])]).await.expect("written");
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(29 * DAY_MS);
    assert_eq!(freed(&scene).await, 0);
    // So does that of a file that is uploaded once more.
    assert_eq!(keep(&scene, "old").await.id, old.id);
    scene.advance_ms(2 * DAY_MS);
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(31 * DAY_MS);
    assert_eq!(freed(&scene).await, 1);
    assert_eq!(scene.number("select count(*) from catalog.file").await, 1);
    let gone = scene.upsert(vec![pattern(&[&old])]).await.expect_err("refused");
    assert!(gone.detail.contains("no such file"), "{gone:?}");
}

#[tokio::test]
async fn what_was_bought_stays_until_its_buyers_may_download_it_no_more() {
    let mut scene = Scene::new().await;
    let file = keep(&scene, "sold").await;
    scene.upsert(vec![pattern(&[&file])]).await.expect("written");
    let ready = DownloadsReady {
        order: OrderId::new(scene.ctx.now),
        sub_order: SubOrderId::new(scene.ctx.now),
        tenant: scene.shop,
        buyer: None,
        files: vec![file.id],
        until: scene.ctx.now + chrono::TimeDelta::days(365),
    };
    let db = scene.db.db(catalog::CONTEXT);
    let mut tx = db.begin(Scope::System).await.expect("begins");
    store::log::append(&mut tx, &scene.ctx, &ready)
        .await
        .expect("appended");
    tx.commit().await.expect("commits");
    let stop = CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let heard = async {
        store::log::wake();
        testkit::eventually("the catalogue knows that it was sold", || async {
            let held = "select count(*) from catalog.file where sold_until is not null";
            (scene.number(held).await == 1).then_some(())
        })
        .await;
        stop.cancel();
    };
    Box::pin(async { tokio::join!(work, heard) }).await;

    scene.upsert(vec![pattern(&[])]).await.expect("written");
    let kept = Path::from_iter(place(scene.shop, file.id));
    assert!(scene.objects.head(&kept).await.is_ok());
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(360 * DAY_MS);
    assert_eq!(freed(&scene).await, 0);
    scene.advance_ms(7 * DAY_MS);
    assert_eq!(freed(&scene).await, 1);
    assert!(scene.objects.head(&kept).await.is_err());
}
