//! Signing in in two steps, by forms alone.

use super::*;
use hmac13::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::time::Duration;

const PAGE: &str = "/account/second-factor";

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_turns_two_steps_on_takes_them_and_turns_them_off() {
    let world = World::new().await;
    let mut buyer = Browser::of(&world, Who::BuyerB).await;
    assert!(buyer.get(&world, PAGE).await.text().contains("It is off"));
    let start = format!("{PAGE}/start");
    let wrong = [("password", "Not-The-Secret-7")];
    let back = buyer.post(&world, &start, &wrong).await.expect(200).text();
    assert!(back.contains("That is not your password"), "{back}");
    let begun = buyer.post(&world, &start, &[("password", PASSWORD)]).await;
    assert_eq!(location(&begun.expect(303)), PAGE);
    let setup = buyer.get(&world, PAGE).await.expect(200);
    assert_eq!(setup.headers["cache-control"], "no-store");
    let shown = setup.text();
    assert!(shown.contains("<svg width=\"232\""), "{shown}");
    assert!(shown.contains("autocomplete=\"one-time-code\""), "{shown}");
    let secret = secret(&shown);
    let first = code(&world, &secret);
    let confirm = format!("{PAGE}/confirm");
    let on = buyer
        .post(&world, &confirm, &[("code", &first)])
        .await
        .expect(200);
    assert_eq!(on.headers["cache-control"], "no-store");
    let recovery = recovery_codes(&on.text());
    assert_eq!(recovery.len(), 10);
    let shown = buyer.get(&world, PAGE).await.expect(200).text();
    assert!(
        !shown.contains(&recovery[0]) && !shown.contains(&secret),
        "{shown}"
    );

    // A password alone opens nothing any more, and a used code neither.
    let email = Who::BuyerB.email();
    let mut other = Browser::default();
    let fields = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("next", "/orders"),
    ];
    let asked = other.post(&world, "/sign-in", &fields).await.expect(200);
    assert_eq!(asked.headers["cache-control"], "no-store");
    let challenge = field(&asked, "challenge");
    let step = |code: &str| {
        [
            ("challenge", challenge.clone()),
            ("next", "/orders".to_owned()),
            ("code", code.to_owned()),
        ]
    };
    let used = step(&first);
    let used = used.each_ref().map(|(name, value)| (*name, value.as_str()));
    let refused = other.post(&world, "/sign-in/code", &used).await.expect(200);
    assert!(refused.text().contains("was used already"), "{}", refused.text());
    assert!(!other.cookies.contains_key("stoa_session"));
    world.clock.advance(Duration::from_secs(30));
    let next = step(&code(&world, &secret));
    let next = next.each_ref().map(|(name, value)| (*name, value.as_str()));
    let entered = other.post(&world, "/sign-in/code", &next).await.expect(303);
    assert_eq!(location(&entered), "/orders");
    assert!(other.cookies.contains_key("stoa_session"));
    // The challenge is over: it is the password's turn again.
    let again = Browser::default()
        .post(&world, "/sign-in/code", &next)
        .await
        .expect(200);
    assert!(again.text().contains("Sign in again"), "{}", again.text());

    let off = format!("{PAGE}/off");
    let form = [("password", PASSWORD), ("code", recovery[0].as_str())];
    let done = other.post(&world, &off, &form).await.expect(303);
    assert_eq!(location(&done), format!("{PAGE}?done=factor_off"));
    Browser::of(&world, Who::BuyerB).await;
    world.close().await;
}

/// What the page says to an app.
fn secret(page: &str) -> String {
    let (_, rest) = page.split_once("?secret=").expect("a secret");
    rest.chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn recovery_codes(page: &str) -> Vec<String> {
    let rows = page.split("<li><code>").skip(1);
    rows.filter_map(|row| Some(row.split_once('<')?.0.to_owned()))
        .collect()
}

/// What an app shows now.
fn code(world: &World, secret: &str) -> String {
    let (mut key, mut rest, mut bits) = (Vec::new(), 0u32, 0u32);
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        rest = (rest << 5) | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            key.push(u8::try_from((rest >> bits) & 0xff).unwrap());
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(world.ctx().now.timestamp() / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xf);
    let four = [
        hash[offset] & 0x7f,
        hash[offset + 1],
        hash[offset + 2],
        hash[offset + 3],
    ];
    format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
}
