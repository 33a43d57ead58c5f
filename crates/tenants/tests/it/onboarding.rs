use crate::harness::{App, text};
use serde_json::{Value, json};

#[tokio::test]
async fn items_are_stated_judged_and_stated_again() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.applied("Alfareria Romero").await;
    let list = || async {
        let body = owned.seller.get("/v1/seller/onboarding").await.expect(200).json();
        let items = body["items"].as_array().expect("items").clone();
        let states = items
            .iter()
            .map(|i| format!("{} {}", text(&i["item"]), text(&i["state"])));
        states.collect::<Vec<_>>()
    };
    assert_eq!(
        list().await,
        [
            "identity missing",
            "bank_account missing",
            "legal_documents missing"
        ]
    );
    let state =
        json!({"attested": true, "holder": "Lucía Romero", "reference": "ES91 2100 0418 4502 0005 1332"});
    let stated = owned
        .seller
        .put("/v1/seller/onboarding/bank_account", &state)
        .await
        .expect(200);
    assert_eq!(stated.json()["reference"], "••••1332");
    assert!(!stated.text().contains("2100"), "the number does not travel back");

    let judge = |item: &str, body: Value| {
        let path = format!("/v1/admin/shops/{}/onboarding/{item}", owned.tenant);
        let admin = admin.clone();
        async move { admin.put(&path, &body).await }
    };
    let refused = judge("identity", json!({"verdict": "accepted"}))
        .await
        .expect(409)
        .json();
    assert_eq!(refused["code"], "nothing_stated");
    let refused = judge("bank_account", json!({"verdict": "rejected"}))
        .await
        .expect(400)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "/remark");
    let rejected = json!({"verdict": "rejected", "remark": "another holder"});
    let line = judge("bank_account", rejected).await.expect(200).json();
    assert_eq!(text(&line["remark"]), "another holder");
    let _ = judge("identity", json!({"verdict": "waived"})).await.expect(200);
    assert_eq!(
        list().await,
        [
            "identity waived",
            "bank_account rejected",
            "legal_documents missing"
        ]
    );
    let _ = owned
        .seller
        .put("/v1/seller/onboarding/bank_account", &state)
        .await
        .expect(200);
    assert_eq!(list().await[1], "bank_account submitted");
    let _ = judge("bank_account", json!({"verdict": "accepted"}))
        .await
        .expect(200);
    assert_eq!(list().await[1], "bank_account accepted");

    let mut told = app.db.changed().await;
    told.retain(|one| one["kind"] == "onboarding.judged");
    let said: Vec<_> = told.iter().map(|one| (&one["before"], &one["after"])).collect();
    let item = |name: &str, state: &str, note: &str| json!({"item": name, "status": state, "note": note});
    assert_eq!(
        said,
        [
            (
                &item("bank_account", "submitted", ""),
                &item("bank_account", "rejected", "another holder")
            ),
            (&item("identity", "missing", ""), &item("identity", "waived", "")),
            (
                &item("bank_account", "submitted", ""),
                &item("bank_account", "accepted", "")
            ),
        ]
    );
    assert!(
        !json!(told).to_string().contains("1332"),
        "nothing of what was stated"
    );
}

#[tokio::test]
async fn bad_statements_are_refused() {
    let app = App::new().await;
    let owned = app.applied("Alfareria Romero").await;
    let good = json!({"attested": true, "holder": "Lucía Romero", "reference": "ES9121000418450200051332"});
    let table = [
        ("bank_account", "attested", json!(false), 400, "not_attested"),
        ("bank_account", "holder", json!(""), 400, "text_empty"),
        (
            "bank_account",
            "reference",
            json!("ES9121000418450200051333"),
            400,
            "iban_invalid",
        ),
        ("bank_account", "reference", json!("12345"), 400, "iban_invalid"),
        (
            "identity",
            "reference",
            json!("x".repeat(65)),
            400,
            "text_too_long",
        ),
        ("identity", "note", json!("hello"), 400, "field_invalid"),
        ("passport", "holder", json!("Lucía"), 404, "not_found"),
    ];
    for (item, field, value, status, code) in table {
        let mut body = good.clone();
        body[field] = value;
        let path = format!("/v1/seller/onboarding/{item}");
        let refused = owned.seller.put(&path, &body).await.expect(status).json();
        assert_eq!(refused["code"], code, "{refused}");
    }
    assert_eq!(app.http.get("/v1/seller/onboarding").await.status, 401);
}
