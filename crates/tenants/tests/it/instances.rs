//! Two processes on one database.

use crate::harness::App;
use contracts::tenants::Tenants;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn another_instance_forgets_what_changed_here() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let other = app.second_instance();
    let stop = tokio_util::sync::CancellationToken::new();
    let work = tenants::work(other.clone(), app.clock.clone(), stop.clone());
    let check = async {
        let ctx = app.ctx();
        let name = || async {
            let shop = other
                .shop_by_slug(&ctx, "alfareria-romero".to_owned())
                .await
                .expect("read");
            shop.map(|s| s.name)
        };
        assert_eq!(name().await.as_deref(), Some("Alfareria Romero"));
        // The follower needs a moment to find the end of the log.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let seen = owned.seller.get("/v1/seller/shop").await.expect(200);
        let seller = owned
            .seller
            .header("if-match", seen.header("etag").expect("an ETag"));
        let _ = seller
            .patch("/v1/seller/shop", &json!({"name": "Romero"}))
            .await
            .expect(200);
        let start = Instant::now();
        testkit::eventually("the new name", || async {
            name().await.filter(|n| n == "Romero")
        })
        .await;
        assert!(start.elapsed() < Duration::from_secs(5), "by the log, not by age");

        let suspend = format!("/v1/admin/shops/{}/suspend", owned.tenant);
        let _ = app
            .admin()
            .post(&suspend, &json!({"reason": "complaints"}))
            .await
            .expect(200);
        testkit::eventually("its absence", || async { name().await.is_none().then_some(()) }).await;
        stop.cancel();
    };
    tokio::join!(work, check);
}
