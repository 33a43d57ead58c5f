//! Filters of tables, kept under a name, by forms alone.

use super::*;

/// The form that renames a view, by the page that shows it.
fn form_of(page: &str) -> String {
    let (before, _) = page.split_once("/rename\"").expect("a form");
    let (_, action) = before.rsplit_once("action=\"").expect("its address");
    action.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_keeps_how_they_look_at_a_table() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, Who::ClerkA).await;
    let filtered = "/seller/orders?state=packed";
    let plain = clerk.get(&world, "/seller/orders").await.expect(200).text();
    assert!(!plain.contains("Save this view"), "{plain}");
    let page = clerk.get(&world, filtered).await.expect(200);
    assert!(page.text().contains("Save this view"));
    assert_eq!(field(&page, "query"), "state=packed");

    let view = [
        ("table", "seller_orders"),
        ("query", "state=packed&after=01&done=no"),
        ("name", "Leaves today"),
    ];
    let saved = clerk.post(&world, "/seller/views", &view).await.expect(303);
    assert_eq!(location(&saved), format!("{filtered}&done=view_saved"));
    let view = [view[0], ("query", "state=packed"), view[2]];
    let page = clerk.get(&world, filtered).await.expect(200).text();
    assert!(
        page.contains("<a href=\"/seller/orders?state=packed\" aria-current=\"page\">Leaves today</a>"),
        "{page}"
    );
    // A table has its own.
    let stock = clerk.get(&world, "/seller/stock").await.expect(200).text();
    assert!(!stock.contains("Leaves today"), "{stock}");
    // And so has everybody.
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let owners = owner.get(&world, filtered).await.expect(200).text();
    assert!(!owners.contains("Leaves today"), "{owners}");

    let form = form_of(&page);
    let name = [view[0], view[1], ("name", "Today")];
    let table = [view[0], view[1]];
    owner
        .post(&world, &format!("{form}/rename"), &name)
        .await
        .expect(404);
    owner
        .post(&world, &format!("{form}/delete"), &table)
        .await
        .expect(404);
    let renamed = clerk
        .post(&world, &format!("{form}/rename"), &name)
        .await
        .expect(303);
    assert_eq!(location(&renamed), format!("{filtered}&done=view_renamed"));
    let nothing = [view[0], view[1], ("name", " ")];
    let refused = clerk.post(&world, &format!("{form}/rename"), &nothing).await;
    assert_eq!(
        location(&refused),
        format!("{filtered}&refused=view_name_invalid")
    );
    let deleted = clerk
        .post(&world, &format!("{form}/delete"), &table)
        .await
        .expect(303);
    assert_eq!(location(&deleted), format!("{filtered}&done=view_deleted"));
    let page = clerk.get(&world, filtered).await.expect(200).text();
    assert!(!page.contains(">Today</a>"), "{page}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_of_the_back_office_are_for_those_who_see_its_tables() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let view = [
        ("table", "orders"),
        ("query", "q=bowl&state=confirmed"),
        ("name", "Bowls"),
    ];
    let saved = admin.post(&world, "/operator/views", &view).await.expect(303);
    assert_eq!(
        location(&saved),
        "/operator/orders?q=bowl&state=confirmed&done=view_saved"
    );
    let page = admin.get(&world, "/operator/orders").await.expect(200).text();
    assert!(page.contains(">Bowls</a>"), "{page}");
    // Of a table that is not the operator's, or none.
    for table in ["seller_orders", "ledger"] {
        let view = [("table", table), view[1], view[2]];
        admin.post(&world, "/operator/views", &view).await.expect(404);
    }
    let mut finance = Browser::of(&world, Who::Finance).await;
    let shops = [("table", "shops"), ("query", "state=applied"), view[2]];
    let answer = finance.post(&world, "/operator/views", &shops).await;
    let may = Role::Finance.may(Permission::ApproveSellers);
    assert_eq!(answer.status, if may { 303 } else { 403 });
    world.close().await;
}
