//! Pages that hear of changes, and those who do not hear of others'.

use super::*;
use crate::spec::listen;
use axum::body::Body;
use http_body_util::BodyExt;
use std::time::Duration;

/// Addresses whose answers go on.
pub const ADDRESSES: [&str; 4] = [
    "/orders/{id}/events",
    "/seller/events",
    "/seller/orders/events",
    "/operator/events",
];
/// For what must come.
const SOON: Duration = Duration::from_secs(10);
/// For what must not.
const QUIET: Duration = Duration::from_secs(1);

/// One connection.
struct Line {
    body: Body,
    is_over: bool,
}

impl Line {
    /// Whether it says that something changed, in time.
    async fn hears(&mut self, within: Duration) -> bool {
        let heard = tokio::time::timeout(within, async {
            loop {
                let Some(Ok(frame)) = self.body.frame().await else {
                    return None;
                };
                let Ok(data) = frame.into_data() else { continue };
                if String::from_utf8_lossy(&data).contains("changed") {
                    return Some(());
                }
            }
        })
        .await;
        match heard {
            Ok(None) => {
                self.is_over = true;
                false
            }
            Ok(Some(())) => true,
            Err(_) => false,
        }
    }

    /// Until nothing of what happened before is on its way any more.
    async fn quiet(&mut self) {
        while self.hears(QUIET).await {}
    }
}

impl Browser {
    async fn listen(&self, world: &World, target: &str) -> (u16, Line) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let call = Call {
            method: Method::GET,
            target: target.to_owned(),
            headers: vec![("cookie", cookies.join("; ").into_bytes())],
            body: Bytes::new(),
        };
        let (status, body) = listen(&world.router, &world.elsewhere(call)).await;
        let is_over = false;
        (status, Line { body, is_over })
    }

    async fn line(&self, world: &World, target: &str) -> Line {
        let (status, mut line) = self.listen(world, target).await;
        assert_eq!(status, 200, "{target}");
        line.quiet().await;
        line
    }
}

async fn pack(world: &World) {
    let pack = world.call("pack_seller_order", &[&world.a.sale]);
    world.send_as(Who::OwnerA, &pack).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_open_to_those_whom_their_pages_are_for() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for who in Who::ALL.into_iter().map(Some).chain([None]) {
        let browser = match who {
            Some(who) => Browser::of(&world, who).await,
            None => Browser::default(),
        };
        for path in ADDRESSES {
            let target = path.replace("{id}", &world.order);
            let (status, _) = browser.listen(&world, &target).await;
            if !expected(path, who).contains(&status) {
                wrong.push(format!("{who:?} at {target}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_tells_its_buyer_and_its_shop_and_nobody_else() {
    let world = World::new().await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let rival = Browser::of(&world, Who::OwnerB).await;
    let admin = Browser::of(&world, Who::Admin).await;
    let order = format!("/orders/{}", world.order);

    // Pages say where they hear of changes, and what of them is fetched anew.
    for (of_the_shop, page, part) in [
        (false, order.as_str(), "head"),
        (true, "/seller", "figures"),
        (true, "/seller/orders", "rows"),
    ] {
        let browser = if of_the_shop { &mut owner } else { &mut buyer };
        let text = browser.get(&world, page).await.expect(200).text();
        assert!(
            text.contains(&format!("data-listen=\"{page}/events?since=")),
            "{text}"
        );
        assert!(text.contains(&format!("data-live=\"{part}\"")), "{text}");
    }
    let still = owner.get(&world, "/seller/stock").await.expect(200).text();
    assert!(!still.contains("data-listen"), "{still}");

    let mut of_buyer = buyer.line(&world, &format!("{order}/events")).await;
    let mut of_owner = owner.line(&world, "/seller/orders/events").await;
    let mut of_rival = rival.line(&world, "/seller/orders/events").await;
    let mut of_rivals_desk = rival.line(&world, "/seller/events").await;
    let mut of_admin = admin.line(&world, "/operator/events").await;
    pack(&world).await;
    assert!(of_buyer.hears(SOON).await);
    assert!(of_owner.hears(SOON).await);
    assert!(of_admin.hears(SOON * 3).await);
    assert!(!of_rival.hears(QUIET).await && !of_rival.is_over);
    assert!(!of_rivals_desk.hears(QUIET).await && !of_rivals_desk.is_over);
    world.close().await;
    assert!(!of_rival.hears(QUIET).await && of_rival.is_over);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_ends_with_its_session_and_a_session_has_few() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let target = "/seller/orders/events";
    let mut line = owner.line(&world, target).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let (status, more) = owner.listen(&world, target).await;
        assert_eq!(status, 200);
        held.push(more);
    }
    assert_eq!(owner.listen(&world, target).await.0, 503);
    held.clear();
    assert_eq!(owner.listen(&world, target).await.0, 200);

    owner.post(&world, "/sign-out", &[]).await.expect(303);
    pack(&world).await;
    assert!(!line.hears(SOON).await && line.is_over);
    world.close().await;
}
