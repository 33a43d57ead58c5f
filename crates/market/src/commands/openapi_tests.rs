use super::describe;

#[tokio::test]
async fn the_committed_description_is_the_current_one() {
    let committed = include_str!("../../../../docs/openapi.json");
    let current = describe().await.expect("described");
    assert!(
        committed.trim() == current.trim(),
        "docs/openapi.json is out of date: run `stoa openapi > docs/openapi.json`"
    );
}

/// A remark on a field whose schema stands in its place becomes a schema beside it, an object that the field's value is not.
#[tokio::test]
async fn nothing_is_a_word_and_an_object_at_once() {
    let described: serde_json::Value =
        serde_json::from_str(&describe().await.expect("described")).expect("JSON");
    let mut found = Vec::new();
    contradictions(&described, "", &mut found);
    assert!(found.is_empty(), "of several types at once: {found:#?}");
}

fn contradictions(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    if let Some(all) = value.get("allOf").and_then(|all| all.as_array()) {
        let types: std::collections::BTreeSet<_> = all
            .iter()
            .filter_map(|one| one.get("type"))
            .map(ToString::to_string)
            .collect();
        if types.len() > 1 {
            found.push(path.to_owned());
        }
    }
    let children: Vec<(String, &serde_json::Value)> = match value {
        serde_json::Value::Object(fields) => {
            fields.iter().map(|(name, child)| (name.clone(), child)).collect()
        }
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, child)| (at.to_string(), child))
            .collect(),
        _ => return,
    };
    for (name, child) in children {
        contradictions(child, &format!("{path}/{name}"), found);
    }
}
