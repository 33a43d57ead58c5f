//! The category tree, for the operator.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field};
use crate::views::operator_categories::{
    AttributeFields, CategoryRow, ChangeRow, InheritedRow, NewCategoryFields, OperatorCategoriesPage,
    OperatorCategoryPage,
};

const PATH: &str = "/operator/categories";

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-categories", &scene.tree());
    push(
        samples,
        "operator-categories-empty",
        &OperatorCategoriesPage {
            error: Some(scene.t("refusal.category_taken")),
            rows: Vec::new(),
            new: NewCategoryFields {
                is_open: true,
                name: Field::wrong(scene.text("Bowls"), scene.t("refusal.category_taken")),
                ..NewCategoryFields::default()
            },
            ..scene.tree()
        },
    );
    push(samples, "operator-category", &scene.tended_category());
    push(
        samples,
        "operator-category-new",
        &OperatorCategoryPage {
            error: None,
            inherited: Vec::new(),
            attributes: Vec::new(),
            changes: Vec::new(),
            parent_error: String::new(),
            ..scene.tended_category()
        },
    );
}

impl Scene {
    fn tree_row(&self, name: String, depth: usize, asked: u64) -> CategoryRow {
        let counted = |key: &str, n: u64| match n {
            0 => String::new(),
            n => self.locale.n(key, n).to_string(),
        };
        CategoryRow {
            name,
            href: format!("{PATH}?at=1"),
            address: self.text("/c/ceramics"),
            depth,
            attributes: counted("tree.n_attributes", asked),
            required: counted("tree.n_required", asked / 2),
            action: format!("{PATH}/1/place"),
            version: 3,
            up: (depth > 0).then_some(0),
            down: Some(2),
        }
    }

    fn tree(&self) -> OperatorCategoriesPage {
        OperatorCategoriesPage {
            page: self.office_page(self.t("operator.categories"), PATH),
            work: self.office_bar(PATH),
            error: None,
            rows: vec![
                self.tree_row(self.say("Ceramics", "Cerámica"), 0, 4),
                self.tree_row(self.say("Tableware", "Vajilla"), 1, 9),
                self.tree_row(self.say("Tiles", "Azulejos"), 1, 1),
            ],
            new: NewCategoryFields {
                parents: vec![Choice::new("", self.t("tree.root"))],
                ..NewCategoryFields::default()
            },
        }
    }

    fn tended_category(&self) -> OperatorCategoryPage {
        let heading = self.say("Tableware", "Vajilla");
        let kinds = ["text", "number", "boolean", "choice"]
            .map(|code| Choice::new(code, self.t(&format!("tree.kind.{code}"))));
        OperatorCategoryPage {
            page: self.office_page(heading.clone(), PATH),
            work: self.office_bar(PATH),
            error: Some(self.t("refusal.attribute_contradicts")),
            action: format!("{PATH}/1"),
            address: "/c/ceramics/tableware".to_owned(),
            version: 3,
            called: Field::of(self.text("Tableware")),
            name_es: Field::of(self.text("Vajilla")),
            slug: Field::wrong(self.text("tableware"), self.t("refusal.category_taken")),
            parents: vec![Choice::new("ceramics", self.say("Ceramics", "Cerámica"))],
            parent_error: self.t("refusal.category_in_itself"),
            inherited: vec![InheritedRow {
                label: self.say("Technique", "Técnica"),
                what: self.t("tree.kind.text"),
                from: self.say("Ceramics", "Cerámica"),
                href: format!("{PATH}?at=2"),
            }],
            attributes: vec![
                AttributeFields {
                    heading: self.say("Clay", "Barro"),
                    what: self.t("tree.kind.choice"),
                    is_open: true,
                    key: Field::of(self.text("clay")),
                    label: Field::of(self.text("Clay")),
                    label_es: Field::of(self.text("Barro")),
                    kinds: kinds.to_vec(),
                    values: Field::of(self.text("stoneware | Stoneware | Gres\nporcelain")),
                    required: true,
                    facetable: true,
                    error: Some(self.t("refusal.attribute_contradicts")),
                    ..AttributeFields::default()
                },
                AttributeFields {
                    index: 1,
                    heading: self.t("tree.add"),
                    is_blank: true,
                    kinds: kinds.to_vec(),
                    ..AttributeFields::default()
                },
            ],
            changes: vec![ChangeRow {
                when: self.date(11, 21),
                what: self.t("tree.changed.attributes"),
            }],
            new: NewCategoryFields {
                parents: vec![Choice::new("ceramics", self.say("Ceramics", "Cerámica"))],
                ..NewCategoryFields::default()
            },
            heading,
        }
    }
}
