//! A product's page as strangers get it: written once for many, with secrets of each one's own.

use super::{Browser, field};
use crate::spec::Answer;
use crate::world::{Who, World};
use serde_json::json;

fn nonce(page: &Answer) -> String {
    let policy = page.headers["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

async fn patched(world: &World, change: &serde_json::Value) {
    let own = world.call("get_own_product", &[&world.a.product]);
    let own = world.send_as(Who::OwnerA, &own).await.expect(200);
    let version = own.headers["etag"].as_bytes().to_owned();
    let call = world.call("patch_product", &[&world.a.product]);
    let call = call.header("if-match", version).json(change);
    world.send_as(Who::OwnerA, &call).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_share_a_page_and_no_secrets() {
    let world = World::new().await;
    let listing = world.call("get_product", &[&world.a.product]);
    let listing = world.send(&listing).await.expect(200);
    let page = format!("/p/{}-{}", listing.at("/slug"), world.a.product);

    let (mut one, mut other) = (Browser::default(), Browser::default());
    let (first, second) = (one.get(&world, &page).await, other.get(&world, &page).await);
    let (first, second) = (first.expect(200), second.expect(200));
    let secrets = |page: &Answer| [field(page, "csrf"), nonce(page)];
    for secret in secrets(&first) {
        assert!(!second.text().contains(&secret), "a secret of somebody else's");
        assert!(first.text().contains(&secret));
    }
    let plain = |page: &Answer| {
        let all = secrets(page).into_iter();
        all.fold(page.text(), |text, secret| text.replace(&secret, "secret"))
    };
    assert_eq!(plain(&first), plain(&second));

    // Its form is the visitor's own, and from then on they are nobody's likeness.
    let fields = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    one.post(&world, "/cart/lines", &fields).await.expect(303);
    let theirs = one.get(&world, &page).await.expect(200).text();
    let strangers = Browser::default().get(&world, &page).await.expect(200).text();
    assert_ne!(
        theirs.len(),
        strangers.len(),
        "a basket with something in it shows"
    );

    // A cookie that is no token of ours stands on no page.
    let mut odd = Browser::default();
    let script = "x><script>alert(1)</script>xxxxxxxxxxxxxxxxxx";
    odd.cookies.insert("stoa_csrf".to_owned(), script.to_owned());
    let shown = odd.get(&world, &page).await.expect(200).text();
    assert!(!shown.contains("<script>alert"), "{shown}");

    // What changes of the product is there at once, and what is gone is gone.
    patched(&world, &json!({"title": "Bowl of the night"})).await;
    let anew = Browser::default().get(&world, &page).await;
    let to = super::location(&anew);
    let anew = match anew.status {
        303 => Browser::default().get(&world, &to).await,
        _ => anew,
    };
    assert!(anew.expect(200).text().contains("Bowl of the night"));
    patched(&world, &json!({"status": "inactive"})).await;
    Browser::default().get(&world, &page).await.expect(404);
    world.close().await;
}
