//! Endpoints are their shop's, and lead outside.

use crate::world::{Server, World};
use contracts::webhooks::{ChangeEndpoint, MakeEndpoint};
use kernel::Fault;
use serde_json::json;

fn at(url: &str) -> MakeEndpoint {
    MakeEndpoint {
        url: url.to_owned(),
        description: String::new(),
        events: Vec::new(),
    }
}

fn code(error: webhooks::Error) -> String {
    Fault::from(error).code
}

#[tokio::test]
async fn nobody_is_told_in_a_private_network() {
    let world = World::silent(false).await;
    let shop = world.shop();
    for url in [
        "http://127.0.0.1/hook",
        "http://[::1]/hook",
        "http://10.1.2.3/hook",
        "http://169.254.169.254/latest/meta-data",
        "https://user:secret@example.com/hook",
        "https://example.com:22/hook",
        "http://example.com/hook",
        "ftp://example.com/hook",
        "example.com",
        "no address",
    ] {
        let refused = world.hooks.make(&world.ctx(), shop, at(url)).await.unwrap_err();
        assert_eq!(code(refused), "url_invalid", "{url}");
    }
    let made = world
        .hooks
        .make(&world.ctx(), shop, at("https://example.com/hook"))
        .await;
    let id = made.unwrap().endpoint.id;
    let change = ChangeEndpoint {
        url: Some("http://localhost.localdomain:8080@10.0.0.1/".to_owned()),
        ..ChangeEndpoint::default()
    };
    let refused = world
        .hooks
        .change(&world.ctx(), shop, id, change)
        .await
        .unwrap_err();
    assert_eq!(code(refused), "url_invalid");
}

#[tokio::test]
async fn an_endpoint_is_its_shops_alone() {
    let world = World::silent(true).await;
    let (shop, other) = (world.shop(), world.shop());
    let made = world.told_at(shop, "https://example.com/hook", &[]).await;
    let (ctx, id, hooks) = (world.ctx(), made.endpoint.id, &world.hooks);
    assert!(hooks.endpoints(&ctx, other).await.unwrap().is_empty());
    let off = ChangeEndpoint {
        enabled: Some(false),
        ..ChangeEndpoint::default()
    };
    for refused in [
        hooks.endpoint(&ctx, other, id).await.map(drop),
        hooks.change(&ctx, other, id, off).await.map(drop),
        hooks.rotate(&ctx, other, id).await.map(drop),
        hooks.test(&ctx, other, id).await.map(drop),
        hooks.replay(&ctx, other, id, ctx.now).await.map(drop),
        hooks
            .deliveries(other, id, None, kernel::PageLimit::default())
            .await
            .map(drop),
        hooks.delete(&ctx, other, id).await,
    ] {
        assert_eq!(code(refused.unwrap_err()), "not_found");
    }
    assert_eq!(hooks.endpoints(&ctx, shop).await.unwrap(), [made.endpoint]);
}

#[tokio::test]
async fn the_audit_trail_is_told_of_endpoints_and_of_no_secrets() {
    let world = World::silent(true).await;
    let shop = world.shop();
    let made = world
        .told_at(shop, "https://example.com/hook?token=tell-nobody", &[])
        .await;
    let (ctx, id, hooks) = (world.ctx(), made.endpoint.id, &world.hooks);
    let off = ChangeEndpoint {
        enabled: Some(false),
        ..ChangeEndpoint::default()
    };
    hooks.change(&ctx, shop, id, off).await.unwrap();
    let rotated = hooks.rotate(&ctx, shop, id).await.unwrap();
    hooks.delete(&ctx, shop, id).await.unwrap();
    let told = world.db.changed().await;
    let kinds: Vec<_> = told.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "webhook.made",
            "webhook.changed",
            "webhook.rotated",
            "webhook.deleted"
        ]
    );
    assert_eq!(
        (&told[1]["before"]["on"], &told[1]["after"]["on"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(told[3]["about"]["label"], "https://example.com/hook");
    let text = json!(told).to_string();
    for secret in ["tell-nobody", &made.secret[6..], &rotated.secret[6..]] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_sealed() {
    let world = World::silent(true).await;
    let shop = world.shop();
    let made = world.told_at(shop, "https://example.com/hook", &[]).await;
    assert!(
        made.secret.starts_with("whsec_") && made.secret.len() == 50,
        "{}",
        made.secret
    );
    let secret = httpkit::webhook::Secret::parse(&made.secret);
    assert!(secret.is_ok());
    let kept: String = sqlx::query_scalar("select e::text from webhooks.endpoint e")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert!(!kept.contains(&made.secret[6..]));
}

#[tokio::test]
async fn secrets_outlive_the_data_key_they_were_sealed_with() {
    let (first, second) = ("A".repeat(43), format!("B{}", "A".repeat(42)));
    let keyring = store::seal::Keyring::parse(&first).unwrap();
    let (mut world, server) = (World::sealing(true, keyring).await, Server::new().await);
    let shop = world.shop();
    let old = world.told_at(shop, &server.url, &[]).await;
    let id = old.endpoint.id;
    let new = world.hooks.rotate(&world.ctx(), shop, id).await.unwrap();
    let both = world.with_keys(&format!("{second},{first}"));
    assert_eq!(both.reseal().await.unwrap(), 2);
    assert_eq!(both.reseal().await.unwrap(), 0, "once");
    // The key of before is gone.
    world.hooks = world.with_keys(&second);
    world.deliver();
    world.hooks.test(&world.ctx(), shop, id).await.unwrap();
    let message = &server.hears(1).await[0];
    assert!(message.is_signed_by(&old.secret, &world) && message.is_signed_by(&new.secret, &world));
}
