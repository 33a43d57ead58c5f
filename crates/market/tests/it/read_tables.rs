//! The page that lists the read tables names tables that there are.

use std::collections::BTreeSet;
use std::path::Path;
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

/// Readers that make no table from what they hear: they do something because of it, which is kept for good.
const DO_SOMETHING: [&str; 3] = [
    "ledger.charge_promoted",
    "ledger.note_deliveries",
    "orders.parcels",
];

/// Names of readers of the log, as the contexts' sources give them.
fn readers(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            readers(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("text");
            let behind = source.split("Consumer::new(").skip(1);
            let names = behind.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_reader_of_the_log_that_keeps_a_table_is_listed() {
    let page = include_str!("../../../../docs/read-tables.md");
    let mut found = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for context in std::fs::read_dir(crates).expect("a folder").flatten() {
        let sources = context.path().join("src");
        // The machinery's own readers are of its own tests.
        if sources.is_dir() && context.file_name() != "store" {
            readers(&sources, &mut found);
        }
    }
    assert!(found.len() > 12, "{found:?}");
    for reader in &found {
        let is_listed = page.contains(&format!("`{reader}`"));
        let does_something = DO_SOMETHING.contains(&reader.as_str());
        assert!(
            is_listed != does_something,
            "{reader}: on the page, or named here"
        );
    }
}
