//! How people look at tables.

use crate::harness::{App, text};
use contracts::saved_views::{NAME_CHARS_MAX, SavedViews, VIEWS_MAX, ViewOwner, ViewTable};
use kernel::{Role, TenantId, UserId, uuid_at};
use serde_json::{Value, json};

const TABLE: ViewTable = ViewTable::SellerOrders;

fn whose(user: UserId, tenant: Option<TenantId>) -> ViewOwner {
    ViewOwner { user, tenant }
}

async fn names(app: &App, whose: ViewOwner, table: ViewTable) -> Vec<String> {
    let views = app.accounts.views(&app.ctx(), whose, table).await.expect("views");
    views.into_iter().map(|view| view.name).collect()
}

async fn save(app: &App, whose: ViewOwner, name: &str, query: &str) -> Result<uuid::Uuid, String> {
    let (name, query) = (name.to_owned(), query.to_owned());
    let saved = app.accounts.save(&app.ctx(), whose, TABLE, name, query).await;
    saved.map(|view| view.id).map_err(|fault| fault.code)
}

#[tokio::test]
async fn views_are_a_persons_own_at_one_shop_and_of_one_table() {
    let app = App::new().await;
    let lucia = app.buyer("lucia@example.org").await;
    let mateo = app.buyer("mateo@example.org").await;
    let shop = TenantId(uuid_at(app.ctx().now));
    let own = whose(lucia, Some(shop));
    let packed = save(&app, own, " To send ", "state=packed").await.unwrap();
    save(&app, own, "Asked", "state=return_requested").await.unwrap();
    assert_eq!(names(&app, own, TABLE).await, ["Asked", "To send"]);
    for (others, table) in [
        (own, ViewTable::SellerStock),
        (whose(lucia, None), TABLE),
        (whose(lucia, Some(TenantId(uuid_at(app.ctx().now)))), TABLE),
        (whose(mateo, Some(shop)), TABLE),
    ] {
        assert!(names(&app, others, table).await.is_empty(), "{others:?}");
    }

    // Saved once more, it is what it is now.
    assert_eq!(save(&app, own, "To send", "state=confirmed").await, Ok(packed));
    let views = app.accounts.views(&app.ctx(), own, TABLE).await.unwrap();
    assert_eq!(views[1].query, "state=confirmed");

    let ctx = app.ctx();
    let rename = async |whose: ViewOwner, name: &str| {
        let renamed = app.accounts.rename(&ctx, whose, packed, name.to_owned()).await;
        renamed.map_err(|fault| fault.code)
    };
    assert_eq!(rename(own, "Asked").await, Err("view_name_taken".to_owned()));
    assert_eq!(rename(own, " ").await, Err("view_name_invalid".to_owned()));
    assert_eq!(
        rename(whose(mateo, Some(shop)), "Mine").await,
        Err("not_found".to_owned())
    );
    assert_eq!(rename(own, "Today").await, Ok(()));
    assert_eq!(names(&app, own, TABLE).await, ["Asked", "Today"]);

    let others = app.accounts.delete(&ctx, whose(lucia, None), packed).await;
    assert_eq!(others.unwrap_err().code, "not_found");
    app.accounts.delete(&ctx, own, packed).await.unwrap();
    assert_eq!(names(&app, own, TABLE).await, ["Asked"]);
}

#[tokio::test]
async fn views_have_limits() {
    let app = App::new().await;
    let own = whose(app.buyer("lucia@example.org").await, None);
    let long = "n".repeat(NAME_CHARS_MAX + 1);
    for name in ["", "  ", long.as_str(), "a\nb"] {
        assert_eq!(
            save(&app, own, name, "").await,
            Err("view_name_invalid".to_owned())
        );
    }
    assert_eq!(
        save(&app, own, "All", &"q".repeat(501)).await,
        Err("view_too_long".to_owned())
    );
    for n in 0..VIEWS_MAX {
        save(&app, own, &format!("View {n}"), "q=bowl").await.unwrap();
    }
    assert_eq!(
        save(&app, own, "Another", "q=bowl").await,
        Err("views_too_many".to_owned())
    );
    // One that is there can still be changed.
    assert!(save(&app, own, "View 3", "q=vase").await.is_ok());
}

#[tokio::test]
async fn programs_keep_views_of_the_tables_that_their_person_may_see() {
    let app = App::new().await;
    let lucia = app.buyer("lucia@example.org").await;
    let mateo = app.buyer("mateo@example.org").await;
    let shop = TenantId(uuid_at(app.ctx().now));
    for (user, role) in [(lucia, Role::Clerk), (mateo, Role::Owner)] {
        app.accounts
            .set_shop_role(&app.ctx(), user, shop, Some(role), 1)
            .await
            .expect("a role");
    }
    app.accounts
        .grant(&app.ctx(), mateo, Role::Support)
        .await
        .expect("a role");
    let clerk = app.signed_in("lucia@example.org", "seller").await;
    let owner = app.signed_in("mateo@example.org", "seller").await;
    let support = app.signed_in("mateo@example.org", "admin").await;
    let buyer = app.signed_in("lucia@example.org", "buyer").await;
    let view =
        |table: &str, name: &str| json!({"table": table, "name": name, "query": "?q=old%20bowl&after=7"});

    let (of_shop, of_market) = ("/v1/seller/saved-views", "/v1/admin/saved-views");
    let to_send = view("seller_orders", "To send");
    let kept = clerk.post(of_shop, &to_send).await.expect(201).json();
    assert_eq!(
        (&kept["name"], &kept["query"]),
        (&json!("To send"), &json!("q=old+bowl"))
    );
    let list = async |client: &testkit::Client| {
        let found = client.get("/v1/seller/saved-views?table=seller_orders").await;
        found.expect(200).json()["items"].clone()
    };
    assert_eq!(list(&clerk).await, json!([kept]));
    assert_eq!(list(&owner).await, json!([]), "they are everybody's own");

    let id = text(&kept["id"]);
    let today = json!({"name": "Today"});
    for (stranger, of, status) in [
        (&owner, of_shop, 404),
        (&support, of_market, 404),
        (&support, of_shop, 403),
        (&buyer, of_shop, 403),
    ] {
        let path = format!("{of}/{id}");
        assert_eq!(stranger.patch(&path, &today).await.status, status, "{path}");
        assert_eq!(stranger.delete(&path).await.status, status, "{path}");
    }
    let refused = async |client: &testkit::Client, of: &str, table: &str| -> Value {
        let refused = client.post(of, &view(table, "Mine")).await;
        refused.expect(403).json()["code"].clone()
    };
    assert_eq!(refused(&buyer, of_shop, "seller_orders").await, "wrong_audience");
    // Tables that are elsewhere, or none of their work.
    for (client, of, table) in [
        (&owner, of_shop, "orders"),
        (&support, of_market, "seller_orders"),
        (&support, of_market, "shops"),
    ] {
        assert_eq!(refused(client, of, table).await, "permission_missing", "{table}");
    }
    let orders = support.post(of_market, &view("orders", "Mine")).await;
    let _ = orders.expect(201);

    let path = format!("{of_shop}/{id}");
    assert_eq!(clerk.patch(&path, &today).await.status, 204);
    assert_eq!(list(&clerk).await[0]["name"], "Today");
    assert_eq!(clerk.delete(&path).await.status, 204);
    assert_eq!(clerk.delete(&path).await.status, 404);
    let unknown = clerk.get("/v1/seller/saved-views?table=ledger").await;
    assert_eq!(unknown.expect(400).json()["code"], "parameter_invalid");
}
