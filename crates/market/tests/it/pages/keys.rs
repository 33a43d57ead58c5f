//! Keys of the shop's programs, by forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_makes_a_key_replaces_it_and_ends_it() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let page = "/seller/api-keys";
    assert!(owner.get(&world, page).await.text().contains("No keys yet"));
    let wrong = [("name", "Warehouse system")];
    let back = owner.post(&world, page, &wrong).await.expect(200).text();
    assert!(back.contains("Tick at least one thing"), "{back}");
    assert!(back.contains("value=\"Warehouse system\""), "{back}");

    let right = [("name", "Warehouse system"), ("shop:read", "yes")];
    let made = owner.post(&world, page, &right).await.expect(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let first = secret(&made.text());
    assert_eq!(opens(&world, &first).await, 200);
    let shown = owner.get(&world, page).await.text();
    assert!(
        shown.contains("Warehouse system") && !shown.contains(&first),
        "{shown}"
    );

    let rotate = action(&shown, "rotate");
    // Ids of one moment have no order.
    world.clock.advance(std::time::Duration::from_secs(2));
    let replaced = owner.post(&world, &rotate, &[("overlap", "24")]).await;
    let replaced = replaced.expect(200).text();
    let second = secret(&replaced);
    assert_eq!(
        (opens(&world, &first).await, opens(&world, &second).await),
        (200, 200)
    );
    let again = owner.post(&world, &rotate, &[("overlap", "24")]).await;
    assert!(again.expect(200).text().contains("replaced already"));

    // The newest is first.
    let revoke = action(&replaced, "revoke");
    let revoked = owner.post(&world, &revoke, &[]).await;
    assert_eq!(location(&revoked), format!("{page}?done=key_revoked"));
    assert_eq!(opens(&world, &second).await, 401);
    let third = owner.post(&world, page, &right).await.expect(200).text();
    assert_eq!(opens(&world, &secret(&third)).await, 200);
    world.close().await;
}

fn secret(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"secret\">").expect("a secret");
    rest.split_once('<').unwrap().0.to_owned()
}

/// Where the first form of this kind leads.
fn action(page: &str, step: &str) -> String {
    let mut actions = page.split("action=\"").skip(1);
    let action = actions.find_map(|rest| {
        let (target, _) = rest.split_once('"')?;
        target.ends_with(step).then(|| target.to_owned())
    });
    action.unwrap_or_else(|| panic!("no form to {step} in {page}"))
}

async fn opens(world: &World, key: &str) -> u16 {
    let call = world.call("own_shop", &[]).bearer(Some(key));
    world.send(&call).await.status
}
