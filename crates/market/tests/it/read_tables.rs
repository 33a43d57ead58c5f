//! The page that lists the read tables names tables that there are.

use testkit::TestDb;

/// `context.table` names in the first column of the page's tables.
fn listed() -> Vec<&'static str> {
    let page = include_str!("../../../../docs/read-tables.md");
    let first = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let columns = first.filter_map(|line| line.split(" |").next());
    let quoted = columns.flat_map(|column| column.split('`').filter(|text| text.contains('.')));
    quoted.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_table_that_is_listed_is_there() {
    let db = TestDb::new(&market::compose::schemas()).await;
    let listed = listed();
    assert!(listed.len() > 30, "{listed:?}");
    for table in listed {
        let is_there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
            .bind(table)
            .fetch_one(&mut db.owner().await)
            .await
            .unwrap();
        assert!(is_there, "{table}");
    }
}

/// What follows the log into a table of its own is on the page, by its reader's name.
#[test]
fn every_reader_of_the_log_that_keeps_a_table_is_listed() {
    let page = include_str!("../../../../docs/read-tables.md");
    for reader in [
        "orders.sales",
        "orders.desk",
        "catalog.stock",
        "ledger.note_charges",
        "ledger.note_listings",
        "reviews.note_purchases",
        "messages.note_purchases",
        "search.popularity",
        "search.conversions",
        "notifications.notices",
        "webhooks.messages",
        "audit.trail",
    ] {
        assert!(page.contains(&format!("`{reader}`")), "{reader}");
    }
}
