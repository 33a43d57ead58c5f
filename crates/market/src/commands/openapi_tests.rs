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
