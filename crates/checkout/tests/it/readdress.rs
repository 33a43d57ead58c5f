//! Another address for what is not packed: taken where everything costs the same there, and refused where it does not.

use crate::world::{World, address};
use contracts::Address;
use contracts::checkout::Checkout;
use contracts::orders::Orders as _;
use contracts::tenants::Zone;
use kernel::Kind;

fn somewhere(line1: &str, country: &str, postcode: &str) -> Address {
    Address {
        line1: line1.to_owned(),
        country: country.to_owned(),
        postcode: postcode.to_owned(),
        region: None,
        ..address()
    }
}

#[tokio::test]
async fn goods_go_where_they_cost_the_same_until_they_are_packed() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let change = async |to: Address| {
        let till = &instance.checkouts;
        till.change_address(&world.ctx(), owner.clone(), order.id, to)
            .await
    };
    let next_door = somewhere("Calle Betis 14", "ES", "41010");
    for _ in 0..2 {
        let changed = change(next_door.clone()).await.unwrap();
        assert_eq!(
            (changed.version, changed.address.line1.as_str()),
            (2, "Calle Betis 14")
        );
    }
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let madrid = somewhere("Gran Vía 1", "ES", "28013");
    let changed = change(madrid).await.unwrap();
    assert_eq!(changed.address.region.as_deref(), Some("ES-M"));
    assert_eq!(changed.total, order.total);
    let sale = order.sub_orders[0].id;
    let seen = world
        .orders
        .sub_order(&world.ctx(), bowl.tenant, sale)
        .await
        .unwrap();
    assert_eq!(
        seen.address.unwrap().line1,
        "Gran Vía 1",
        "its seller sees where it goes"
    );

    world.orders.pack(&world.ctx(), bowl.tenant, sale).await.unwrap();
    let late = change(next_door).await.unwrap_err();
    assert_eq!(
        (late.kind, late.code.as_str()),
        (Kind::Conflict, "transition_illegal")
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_address_where_it_costs_something_else_is_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    world
        .market
        .send_to(bowl.tenant, &[(Zone::SameRegion, 500), (Zone::SameCountry, 900)]);
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let refused = async |to: Address| {
        let till = &instance.checkouts;
        let changed = till
            .change_address(&world.ctx(), owner.clone(), order.id, to)
            .await;
        changed.unwrap_err()
    };
    let dearer = refused(somewhere("Gran Vía 1", "ES", "28013")).await;
    assert_eq!(
        (dearer.kind, dearer.code.as_str()),
        (Kind::Conflict, "delivery_price_differs")
    );
    assert_eq!(
        (&dearer.extra["was"]["amount"], &dearer.extra["now"]["amount"]),
        (&500.into(), &900.into())
    );
    let unserved = refused(somewhere("Rua Augusta 1", "PT", "1100-048")).await;
    assert_eq!(unserved.code, "address_not_served");
    assert_eq!(unserved.extra["reason"], "not_covered");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_address_where_other_taxes_are_due_is_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let till = &instance.checkouts;
    let abroad = somewhere("Rua Augusta 1", "PT", "1100-048");
    let refused = till
        .change_address(&world.ctx(), owner, order.id, abroad)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.kind, refused.code.as_str()),
        (Kind::Conflict, "taxes_differ")
    );
    world.assert_clean(&instance).await;
}
