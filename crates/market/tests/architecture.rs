//! The rules of ARCHITECTURE.md that a machine can hold.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const CONTEXTS: [&str; 18] = [
    "identity",
    "tenants",
    "catalog",
    "inventory",
    "cart",
    "orders",
    "payments",
    "ledger",
    "promotions",
    "taxes",
    "reviews",
    "wishlists",
    "messages",
    "notifications",
    "webhooks",
    "audit",
    "search",
    "shipping",
];

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let about = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        // What other platforms need was not fetched.
        .args(["--filter-platform", &host()])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Our crates, each with those of our crates that its program (not its tests) depends on.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let ours: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages: Vec<&Value> = metadata["packages"]
        .as_array()
        .expect("list")
        .iter()
        .filter(|p| p["id"].as_str().is_some_and(|id| ours.contains(id)))
        .collect();
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    packages
        .iter()
        .map(|package| {
            let needs = package["dependencies"]
                .as_array()
                .expect("list")
                .iter()
                .filter(|d| d["kind"].is_null())
                .filter_map(|d| d["name"].as_str())
                .filter(|name| names.contains(name))
                .map(str::to_owned)
                .collect();
            (package["name"].as_str().expect("name").to_owned(), needs)
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    let allowed = |krate: &str| -> BTreeSet<&str> {
        let ground = [
            "kernel",
            "contracts",
            "store",
            "httpkit",
            "runtime",
            "wire",
            "paper",
        ];
        match krate {
            "kernel" | "pg" | "sampler" | "paper" => BTreeSet::new(),
            "contracts" => ["kernel"].into(),
            "store" | "httpkit" => ["kernel", "contracts"].into(),
            "wire" => ["kernel"].into(),
            "runtime" => ["kernel", "contracts", "httpkit"].into(),
            "testkit" => ["kernel", "contracts", "store", "httpkit", "runtime", "pg"].into(),
            "checkout" => ground
                .into_iter()
                .chain(["inventory", "orders", "payments", "ledger", "promotions", "taxes"])
                .collect(),
            "storefront" => ["kernel", "contracts", "httpkit", "runtime"].into(),
            // They open an index as the program does, to judge and to time it.
            "evaluate" => ["kernel", "contracts", "search"].into(),
            "bench" => ["kernel", "contracts", "pg", "search", "evaluate"].into(),
            "scenarios" => ["kernel", "contracts", "pg", "bench", "testkit"].into(),
            "market" => all.keys().map(String::as_str).collect(),
            context if CONTEXTS.contains(&context) => ground.into(),
            other => panic!("{other} is new: say in this test what it may depend on"),
        }
    };
    for (krate, needs) in &all {
        for need in needs {
            assert!(
                allowed(krate).contains(need.as_str()),
                "{krate} must not depend on {need}"
            );
        }
    }
}

fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path
                .extension()
                .is_some_and(|e| ["rs", "html", "css", "js", "sql"].iter().any(|x| e == *x))
            {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("crates"), &mut found);
    found
}

#[test]
fn no_source_file_reaches_600_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter_map(|path| {
            let lines = std::fs::read_to_string(&path).expect("text").lines().count();
            (lines >= 600).then_some((path, lines))
        })
        .collect();
    assert!(long.is_empty(), "rooms to divide: {long:?}");
}

#[test]
fn every_context_names_its_schema_after_itself() {
    for context in CONTEXTS.iter().chain(&["checkout"]) {
        let config =
            std::fs::read_to_string(root().join(format!("crates/{context}/sqlx.toml"))).expect("sqlx.toml");
        assert!(
            config.contains(&format!("table-name = \"{context}._migration\"")),
            "{context}"
        );
    }
}

#[test]
fn every_dependency_has_a_permissive_licence() {
    const PERMISSIVE: [&str; 15] = [
        "MIT",
        "MIT-0",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "0BSD",
        "CC0-1.0",
        "Unicode-3.0",
        "BSL-1.0",
        "MPL-2.0",
        "CDLA-Permissive-2.0",
        "Unlicense",
        "Apache-2.0 WITH LLVM-exception",
    ];
    let metadata = metadata();
    let refused: Vec<String> = metadata["packages"]
        .as_array()
        .expect("list")
        .iter()
        .filter(|p| p["source"].is_string())
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or("none");
            // "A OR B" needs one of them, "A AND B" all.
            let fine = licence.replace('/', " OR ").split(" OR ").any(|choice| {
                choice
                    .trim_matches(|c| c == '(' || c == ')')
                    .split(" AND ")
                    .all(|part| {
                        PERMISSIVE.contains(&part.trim_matches(|c: char| c == '(' || c == ')' || c == ' '))
                    })
            });
            (!fine).then(|| format!("{} {licence}", package["name"]))
        })
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
