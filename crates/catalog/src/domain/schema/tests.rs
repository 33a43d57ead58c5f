use super::*;

fn attribute(key: &str, kind: AttributeKind) -> CategoryAttribute {
    CategoryAttribute {
        key: key.to_owned(),
        label: String::new(),
        label_es: String::new(),
        kind,
        unit: None,
        required: false,
        facetable: true,
        values: vec![],
        inherited_from: None,
    }
}

fn height() -> CategoryAttribute {
    CategoryAttribute {
        unit: Some("cm".to_owned()),
        label: "Height".to_owned(),
        ..attribute("height", AttributeKind::Number)
    }
}

fn clay(values: &[&str]) -> CategoryAttribute {
    let choice = |value: &&str| AttributeChoice {
        value: (*value).to_owned(),
        label: String::new(),
        label_es: if *value == "stoneware" {
            "Gres".to_owned()
        } else {
            String::new()
        },
    };
    CategoryAttribute {
        values: values.iter().map(choice).collect(),
        required: true,
        ..attribute("clay", AttributeKind::Choice)
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::Text(text.to_owned())
}

#[test]
fn what_a_category_defines_is_normalised_or_refused() {
    let parsed = parse(vec![attribute("Glaze Colour", AttributeKind::Text)]).expect("good");
    assert_eq!(
        (parsed[0].key.as_str(), parsed[0].label.as_str()),
        ("glaze_colour", "Glaze colour")
    );
    let wrong: [(Vec<CategoryAttribute>, &str, &str); 5] = [
        (
            vec![attribute("?", AttributeKind::Text)],
            "attributes/0/key",
            "attribute_key_invalid",
        ),
        (vec![height(), height()], "attributes/1/key", "attribute_repeated"),
        (
            vec![attribute("clay", AttributeKind::Choice)],
            "attributes/0/values",
            "values_misplaced",
        ),
        (
            vec![CategoryAttribute {
                kind: AttributeKind::Text,
                ..clay(&["stoneware"])
            }],
            "attributes/0/values",
            "values_misplaced",
        ),
        (
            vec![CategoryAttribute {
                kind: AttributeKind::Text,
                ..height()
            }],
            "attributes/0/unit",
            "unit_misplaced",
        ),
    ];
    for (given, pointer, code) in wrong {
        let refusal = parse(given).expect_err(code);
        assert_eq!((refusal.pointer.as_str(), refusal.code), (pointer, code));
    }
}

#[test]
fn a_child_adds_and_tightens_and_its_children_know_where_from() {
    let above = [height(), clay(&["stoneware", "porcelain"])];
    let own = [
        CategoryAttribute {
            required: true,
            unit: None,
            ..height()
        },
        attribute("dishwasher_safe", AttributeKind::Boolean),
    ];
    let here = effective(&above, "ceramics", &own, "ceramics/bowls").expect("agrees");
    let told: Vec<_> = here
        .iter()
        .map(|a| (a.key.as_str(), a.required, a.inherited_from.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("height", true, None),
            ("clay", true, Some("ceramics")),
            ("dishwasher_safe", false, None)
        ]
    );
    assert_eq!(here[0].unit.as_deref(), Some("cm"));
    let below = effective(&here, "ceramics/bowls", &[], "ceramics/bowls/tea").expect("nothing to disagree");
    let from: Vec<_> = below.iter().map(|a| a.inherited_from.as_deref()).collect();
    assert_eq!(
        from,
        [Some("ceramics/bowls"), Some("ceramics"), Some("ceramics/bowls")]
    );
}

#[test]
fn a_child_that_contradicts_is_told_how() {
    let above = [
        CategoryAttribute {
            required: true,
            ..height()
        },
        clay(&["stoneware"]),
    ];
    let cases = [
        (attribute("height", AttributeKind::Text), "attributes/0/kind"),
        (
            CategoryAttribute {
                unit: Some("mm".to_owned()),
                ..height()
            },
            "attributes/0/unit",
        ),
        (height(), "attributes/0/required"),
        (clay(&["stoneware", "bone"]), "attributes/0/values"),
    ];
    for (own, pointer) in cases {
        let refusal = effective(&above, "ceramics", &[own], "ceramics/bowls").expect_err("it contradicts");
        assert_eq!(
            (refusal.pointer.as_str(), refusal.code),
            (pointer, "attribute_contradicts")
        );
        assert!(refusal.message.contains("contradicts `ceramics`"), "{refusal}");
    }
}

#[test]
fn values_are_fitted_to_the_schema_and_free_attributes_left_alone() {
    let schema = [
        height(),
        clay(&["stoneware", "porcelain"]),
        attribute("food_safe", AttributeKind::Boolean),
        attribute("year", AttributeKind::Text),
    ];
    let given = Attributes::from([
        ("height".to_owned(), text("4.7 in")),
        ("clay".to_owned(), text("GRES")),
        ("food_safe".to_owned(), text("sí")),
        ("year".to_owned(), AttributeValue::Number(1921.0)),
        ("kiln".to_owned(), text("4.7 in")),
    ]);
    let fitted = fit(&schema, &given).expect("something changes");
    let expected = Attributes::from([
        ("height".to_owned(), AttributeValue::Number(11.938)),
        ("clay".to_owned(), text("stoneware")),
        ("food_safe".to_owned(), AttributeValue::Bool(true)),
        ("year".to_owned(), text("1921")),
        ("kiln".to_owned(), text("4.7 in")),
    ]);
    assert_eq!(fitted, expected);
    assert_eq!(fit(&schema, &fitted), None);
    assert_eq!(faults(&schema, &fitted), []);
}

#[test]
fn all_that_is_wrong_is_named_at_once() {
    let schema = [
        height(),
        clay(&["stoneware"]),
        attribute("food_safe", AttributeKind::Boolean),
    ];
    let given = Attributes::from([
        ("height".to_owned(), text("tall")),
        ("food_safe".to_owned(), text("perhaps")),
    ]);
    assert_eq!(fit(&schema, &given), None);
    let told: Vec<_> = faults(&schema, &given)
        .into_iter()
        .map(|fault| (fault.pointer, fault.code, fault.message))
        .collect();
    expect_test::expect![[r#"
        [
            (
                "attributes/height",
                "attribute_invalid",
                "`height` (Height) is `tall`, which this category does not take. Give it as a number of cm, such as `12.5` or `12.5 cm`.",
            ),
            (
                "attributes/clay",
                "attribute_missing",
                "`clay` () is missing: products of this category need it to be sold. Give it as one of `stoneware`, or keep the product a draft.",
            ),
            (
                "attributes/food_safe",
                "attribute_invalid",
                "`food_safe` () is `perhaps`, which this category does not take. Give it as `yes` or `no`.",
            ),
        ]
    "#]]
    .assert_debug_eq(&told);
}
