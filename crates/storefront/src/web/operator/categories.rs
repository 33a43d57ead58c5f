//! The category tree: what lies where, in which order, and what products of each category say of themselves.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::operator_categories::{
    AttributeFields, CategoryRow, ChangeRow, InheritedRow, NewCategoryFields, OperatorCategoriesPage,
    OperatorCategoryPage,
};
use crate::web::Shop;
use crate::web::facets::attribute_label as label;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::{
    AttributeChoice, AttributeKind, CategoryAttribute, CategoryChange, CategoryPatch, NewCategory,
    TendedCategory,
};
use kernel::{CategoryId, Fault, Kind, Permission};
use serde::Deserialize;

const PATH: &str = "/operator/categories";
/// Attributes of one form.
const ROWS_MAX: usize = 80;
const KINDS: [(&str, AttributeKind); 4] = [
    ("text", AttributeKind::Text),
    ("number", AttributeKind::Number),
    ("boolean", AttributeKind::Boolean),
    ("choice", AttributeKind::Choice),
];

#[derive(Default, Deserialize)]
pub struct Chosen {
    /// The category to be edited; the whole tree where there is none.
    at: Option<CategoryId>,
}

/// A form that was refused.
struct Left<'p> {
    form: Which,
    posted: &'p Posted,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    New,
    Place,
    Attributes,
}

impl Left<'_> {
    /// What stands over the page: refusals of no field that is on it.
    fn general(&self, visit: &Visit) -> Option<String> {
        let placed = ["/name", "/name_es", "/slug", "/parent"];
        let is_placed = |pointer: &str| match self.form {
            Which::Attributes => pointer.starts_with("/attributes/"),
            _ => placed.contains(&pointer),
        };
        let found = self.fault.fields.iter().any(|field| is_placed(&field.pointer));
        (!found).then(|| visit.tell(&self.fault))
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Failure> {
    match chosen.at {
        Some(id) => show_one(&shop, &visit, id, None).await,
        None => show_tree(&shop, &visit, None).await,
    }
}

fn address(id: CategoryId) -> String {
    format!("{PATH}?at={id}")
}

fn parent_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

async fn show_tree(shop: &Shop, visit: &Visit, left: Option<Left<'_>>) -> Result<Response, Failure> {
    visit.operator(Permission::ManageCategories)?;
    let (page, tree) = futures::join!(
        visit.keyed_page(shop, "operator.categories"),
        shop.category_desk.tended_categories(&visit.ctx),
    );
    let tree = in_reading_order(tree?);
    let view = OperatorCategoriesPage {
        page,
        work: bar(visit, PATH),
        error: left.as_ref().and_then(|left| left.general(visit)),
        rows: (0..tree.len()).map(|i| row(&tree, i, visit.locale)).collect(),
        new: new_fields(&tree, "", left.as_ref(), visit),
    };
    Ok(visit.show(shop, &view))
}

/// Children follow their parent, siblings in their order.
fn in_reading_order(tree: Vec<TendedCategory>) -> Vec<TendedCategory> {
    let mut ordered: Vec<TendedCategory> = Vec::with_capacity(tree.len());
    for one in tree {
        let parent = parent_of(&one.category.path);
        let within = |other: &TendedCategory| {
            let path = other.category.path.as_str();
            path == parent
                || path
                    .strip_prefix(parent)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let behind = match parent {
            "" => None,
            _ => ordered.iter().rposition(within),
        };
        ordered.insert(behind.map_or(ordered.len(), |at| at + 1), one);
    }
    ordered
}

fn row(tree: &[TendedCategory], i: usize, locale: Locale) -> CategoryRow {
    let one = &tree[i];
    let parent = parent_of(&one.category.path);
    let siblings: Vec<CategoryId> = tree
        .iter()
        .filter(|other| parent_of(&other.category.path) == parent)
        .map(|other| other.category.id)
        .collect();
    let place = siblings.iter().position(|id| *id == one.category.id).unwrap_or(0);
    let required = one
        .attributes
        .iter()
        .filter(|attribute| attribute.required)
        .count();
    let counted = |key: &str, n: usize| match n {
        0 => String::new(),
        n => locale.n(key, n as u64).to_string(),
    };
    CategoryRow {
        name: category_name(&one.category, locale).to_owned(),
        href: address(one.category.id),
        address: format!("/c/{}", one.category.path),
        depth: one.category.path.matches('/').count().min(7),
        attributes: counted("tree.n_attributes", one.attributes.len()),
        required: counted("tree.n_required", required),
        action: format!("{PATH}/{}/place", one.category.id),
        version: one.version,
        up: place.checked_sub(1).and_then(|place| u16::try_from(place).ok()),
        down: Some(place + 1)
            .filter(|place| *place < siblings.len())
            .and_then(|place| u16::try_from(place).ok()),
    }
}

/// Where a category may lie: anywhere but in itself.
fn parents(tree: &[TendedCategory], but: Option<&str>, chosen: &str, visit: &Visit) -> Vec<Choice> {
    let is_other = |path: &str| {
        but.is_none_or(|but| path != but && !path.strip_prefix(but).is_some_and(|rest| rest.starts_with('/')))
    };
    let choice = |one: &TendedCategory| {
        let indent = "\u{2003}".repeat(one.category.path.matches('/').count());
        let name = category_name(&one.category, visit.locale);
        Choice::new(one.category.path.clone(), format!("{indent}{name}"))
    };
    let root = Choice::new("", visit.locale.t("tree.root").to_string());
    let others = tree.iter().filter(|one| is_other(&one.category.path)).map(choice);
    Choice::select(std::iter::once(root).chain(others).collect(), chosen)
}

fn new_fields(
    tree: &[TendedCategory],
    parent: &str,
    left: Option<&Left<'_>>,
    visit: &Visit,
) -> NewCategoryFields {
    let left = left.filter(|left| left.form == Which::New);
    let field = |name: &str| match left {
        Some(left) => Field {
            value: left.posted.get(name).to_owned(),
            error: visit.tell_field(&left.fault, &format!("/{name}")),
        },
        None => Field::default(),
    };
    let chosen = left.map_or(parent, |left| left.posted.get("parent"));
    NewCategoryFields {
        is_open: left.is_some(),
        name: field("name"),
        name_es: field("name_es"),
        slug: field("slug"),
        parents: parents(tree, None, chosen, visit),
    }
}

async fn show_one(
    shop: &Shop,
    visit: &Visit,
    id: CategoryId,
    left: Option<Left<'_>>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageCategories)?;
    let locale = visit.locale;
    let (page, dossier, tree) = futures::join!(
        visit.keyed_page(shop, "operator.categories"),
        shop.category_desk.tended_category(&visit.ctx, id),
        shop.category_desk.tended_categories(&visit.ctx),
    );
    let (mut page, dossier, tree) = (page, dossier?, in_reading_order(tree?));
    let one = dossier.tended;
    let heading = category_name(&one.category, locale).to_owned();
    page.title.clone_from(&heading);
    page.path = address(id);
    let moved = left.as_ref().filter(|left| left.form == Which::Place);
    let field = |name: &str, known: &str| match moved {
        Some(left) => Field {
            value: left.posted.get(name).to_owned(),
            error: visit.tell_field(&left.fault, &format!("/{name}")),
        },
        None => Field::of(known),
    };
    let parent = moved.map_or(parent_of(&one.category.path), |left| left.posted.get("parent"));
    let inherited = one.attributes.iter().filter_map(|attribute| {
        let from = attribute.inherited_from.as_deref()?;
        let above = tree.iter().find(|other| other.category.path == from)?;
        Some(InheritedRow {
            label: label(attribute, locale).to_owned(),
            what: what(attribute, locale),
            from: category_name(&above.category, locale).to_owned(),
            href: address(above.category.id),
        })
    });
    let view = OperatorCategoryPage {
        work: bar(visit, PATH),
        error: left.as_ref().and_then(|left| left.general(visit)),
        action: format!("{PATH}/{id}"),
        address: format!("/c/{}", one.category.path),
        version: one.version,
        called: field("name", &one.category.name),
        name_es: field("name_es", &one.category.name_es),
        slug: field("slug", &one.category.slug),
        parent_error: moved
            .and_then(|left| visit.tell_field(&left.fault, "/parent"))
            .unwrap_or_default(),
        parents: parents(&tree, Some(&one.category.path), parent, visit),
        inherited: inherited.collect(),
        attributes: attribute_fields(&one.own_attributes, left.as_ref(), visit),
        changes: dossier
            .changes
            .iter()
            .map(|change| told(change, locale))
            .collect(),
        new: new_fields(&tree, &one.category.path, left.as_ref(), visit),
        heading,
        page,
    };
    Ok(visit.show(shop, &view))
}

/// `Number in cm, required, buyers filter by it`
fn what(attribute: &CategoryAttribute, locale: Locale) -> String {
    let kind = KINDS.iter().find(|(_, kind)| *kind == attribute.kind);
    let kind = locale
        .t(&format!("tree.kind.{}", kind.map_or("text", |(code, _)| code)))
        .to_string();
    let mut parts = vec![match &attribute.unit {
        Some(unit) => format!("{kind} ({unit})"),
        None => kind,
    }];
    if attribute.required {
        parts.push(locale.t("tree.is_required").to_string());
    }
    if attribute.facetable {
        parts.push(locale.t("tree.is_facetable").to_string());
    }
    parts.join(" · ")
}

fn told(change: &CategoryChange, locale: Locale) -> ChangeRow {
    let fields = change.change.as_object().into_iter().flatten();
    let mut said: Vec<String> = fields
        .map(|(field, _)| {
            let known = ["name", "name_es", "path", "place", "attributes"];
            let field = if known.contains(&field.as_str()) {
                field.as_str()
            } else {
                "place"
            };
            locale.t(&format!("tree.changed.{field}")).to_string()
        })
        .collect();
    said.dedup();
    if change.version == 1 {
        said = vec![locale.t("tree.changed.made").to_string()];
    }
    ChangeRow {
        when: locale.date(change.at.date_naive()),
        what: said.join(", "),
    }
}

fn attribute_fields(
    own: &[CategoryAttribute],
    left: Option<&Left<'_>>,
    visit: &Visit,
) -> Vec<AttributeFields> {
    let locale = visit.locale;
    let mut rows: Vec<AttributeFields> = match left.filter(|left| left.form == Which::Attributes) {
        Some(left) => {
            let rows = read_rows(left.posted);
            rows.iter()
                .enumerate()
                .map(|(at, (index, attribute))| {
                    let of_it = format!("/attributes/{at}/");
                    let mut errors = left.fault.fields.iter().filter(|e| e.pointer.starts_with(&of_it));
                    let error = errors.next().map(|error| visit.tell_of(&left.fault, error));
                    AttributeFields {
                        is_open: error.is_some(),
                        error,
                        ..fields_of(*index, attribute, locale)
                    }
                })
                .collect()
        }
        None => own
            .iter()
            .enumerate()
            .map(|(index, attribute)| fields_of(index, attribute, locale))
            .collect(),
    };
    rows.push(AttributeFields {
        index: rows.iter().map(|row| row.index + 1).max().unwrap_or(0),
        heading: locale.t("tree.add").to_string(),
        is_blank: true,
        kinds: kinds(AttributeKind::Text, locale),
        ..AttributeFields::default()
    });
    rows
}

fn kinds(chosen: AttributeKind, locale: Locale) -> Vec<Choice> {
    let choice =
        |(code, _): &(&str, _)| Choice::new(*code, locale.t(&format!("tree.kind.{code}")).to_string());
    let code = KINDS
        .iter()
        .find(|(_, kind)| *kind == chosen)
        .map_or("text", |(code, _)| code);
    Choice::select(KINDS.iter().map(choice).collect(), code)
}

fn fields_of(index: usize, attribute: &CategoryAttribute, locale: Locale) -> AttributeFields {
    let values: Vec<String> = attribute.values.iter().map(value_line).collect();
    AttributeFields {
        index,
        heading: match label(attribute, locale) {
            "" => attribute.key.clone(),
            label => label.to_owned(),
        },
        what: what(attribute, locale),
        key: Field::of(attribute.key.clone()),
        label: Field::of(attribute.label.clone()),
        label_es: Field::of(attribute.label_es.clone()),
        kinds: kinds(attribute.kind, locale),
        unit: Field::of(attribute.unit.clone().unwrap_or_default()),
        values: Field::of(values.join("\n")),
        required: attribute.required,
        facetable: attribute.facetable,
        ..AttributeFields::default()
    }
}

/// `stoneware | Stoneware | Gres`, as short as it can be.
fn value_line(choice: &AttributeChoice) -> String {
    let mut parts = vec![choice.value.as_str(), &choice.label, &choice.label_es];
    while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.join(" | ")
}

fn read_value(line: &str) -> AttributeChoice {
    let mut parts = line.splitn(3, '|').map(|part| part.trim().to_owned());
    AttributeChoice {
        value: parts.next().unwrap_or_default(),
        label: parts.next().unwrap_or_default(),
        label_es: parts.next().unwrap_or_default(),
    }
}

/// The attributes of the form with the numbers of their rows; those with neither name nor key are not there.
fn read_rows(posted: &Posted) -> Vec<(usize, CategoryAttribute)> {
    let row = |index: usize| {
        let text = |name: &str| posted.get(&format!("attribute.{index}.{name}")).to_owned();
        let (key, label) = (text("key"), text("label"));
        if (key.is_empty() && label.is_empty()) || !text("remove").is_empty() {
            return None;
        }
        let kind = KINDS.iter().find(|(code, _)| *code == text("kind"));
        let values = text("values");
        let values = values.lines().map(str::trim).filter(|line| !line.is_empty());
        let attribute = CategoryAttribute {
            key: if key.is_empty() { label.clone() } else { key },
            label,
            label_es: text("label_es"),
            kind: kind.map_or(AttributeKind::Text, |(_, kind)| *kind),
            unit: Some(text("unit")).filter(|unit| !unit.is_empty()),
            required: !text("required").is_empty(),
            facetable: !text("facetable").is_empty(),
            values: values.map(read_value).collect(),
            inherited_from: None,
        };
        Some((index, attribute))
    };
    (0..ROWS_MAX).filter_map(row).collect()
}

/// The version that the form was made of.
fn seen(posted: &Posted) -> i64 {
    posted.get("version").parse().unwrap_or(0)
}

pub async fn create(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageCategories)?;
    let new = NewCategory {
        parent: posted.get("parent").to_owned(),
        slug: posted.get("slug").to_owned(),
        name: posted.get("name").to_owned(),
        name_es: posted.get("name_es").to_owned(),
        attributes: Vec::new(),
    };
    match shop.category_desk.create_category(&visit.ctx, new).await {
        Ok(made) => Ok(redirect_done(&address(made.category.id), "category_made")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let left = Left {
                form: Which::New,
                posted: &posted,
                fault,
            };
            show_tree(&shop, visit, Some(left)).await
        }
    }
}

pub async fn change(
    State(shop): State<Shop>,
    Path(id): Path<CategoryId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let text = |name: &str| Some(posted.get(name).to_owned());
    let patch = CategoryPatch {
        name: text("name"),
        name_es: text("name_es"),
        slug: text("slug"),
        parent: text("parent"),
        ..CategoryPatch::default()
    };
    write(&shop, &posted, id, patch, Which::Place).await
}

pub async fn set_attributes(
    State(shop): State<Shop>,
    Path(id): Path<CategoryId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let attributes = read_rows(&posted).into_iter().map(|(_, attribute)| attribute);
    let patch = CategoryPatch {
        attributes: Some(attributes.collect()),
        ..CategoryPatch::default()
    };
    write(&shop, &posted, id, patch, Which::Attributes).await
}

async fn write(
    shop: &Shop,
    posted: &Posted,
    id: CategoryId,
    patch: CategoryPatch,
    form: Which,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageCategories)?;
    let changed = shop
        .category_desk
        .change_category(&visit.ctx, id, seen(posted), patch)
        .await;
    match changed {
        Ok(_) => Ok(redirect_done(&address(id), "saved")),
        Err(fault) if is_ours(&fault) || fault.kind == Kind::NotFound => Err(Failure(fault)),
        Err(fault) => show_one(shop, visit, id, Some(Left { form, posted, fault })).await,
    }
}

pub async fn place(
    State(shop): State<Shop>,
    Path(id): Path<CategoryId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageCategories)?;
    let patch = CategoryPatch {
        place: posted.get("place").parse().ok(),
        ..CategoryPatch::default()
    };
    let changed = shop
        .category_desk
        .change_category(&visit.ctx, id, seen(&posted), patch)
        .await;
    match changed {
        Ok(_) => Ok(redirect_done(PATH, "saved")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
