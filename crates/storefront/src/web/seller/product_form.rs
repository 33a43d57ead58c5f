//! One product as a form: written anew, or changed.

use super::product_asked::{self, parted};
use super::product_rows::{currency_of, number_field, picture_row};
use super::product_text::{
    attributes_text, options_text, read_attributes, read_options, read_tags, sides, tags_text,
    tax_categories, typed, whole,
};
use super::products::{self, STATES};
use super::{bar, digital_form, making_form, own_shop, price_form, product_gtin, product_words};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::making::MakingForm;
use crate::views::seller_goods::{FormPicture, SellerProductPage, VariantRow};
use crate::web::failure::{Failure, is_ours};
use crate::web::operator::moderation::review_said;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, redirect_done, redirect_refused};
use crate::web::{Shop, cards};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::catalog::{
    Attributes, CategoryAttribute, DraftImage, OwnListing, Picture, ProductDraft, ProductStatus,
    Translations, VariantDraft,
};
use contracts::inventory::ShelfLevel;
use contracts::taxes::STANDARD;
use contracts::tenants::Shop as Seller;
use kernel::{Currency, Fault, ImageId, Money, Permission, ProductId, SkuId};
use std::collections::BTreeMap;

/// Empty lines that wait for further variants.
const BLANK_ROWS: usize = 3;
/// Lines one form may have.
const ROWS_MAX: usize = 400;
/// Bytes of a form with its new pictures.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;

/// A form as it is shown: of a product, or as it came back.
#[derive(Default)]
struct Form {
    title: Field,
    description: Field,
    brand: Field,
    category: Field,
    tags: Field,
    tax_category: String,
    attributes: Field,
    /// What its category asks for, what the product says of that, and what is wrong with it.
    schema: Vec<CategoryAttribute>,
    asked: Attributes,
    asked_errors: BTreeMap<String, String>,
    language: Option<String>,
    translations: Translations,
    state: String,
    pictures: Vec<FormPicture>,
    variants: Vec<VariantRow>,
    making: MakingForm,
    digital: digital_form::Given,
    error: Option<String>,
}

pub async fn new(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let seller = own_shop(&shop, &visit, tenant).await?;
    let mut form = Form {
        state: "active".to_owned(),
        tax_category: STANDARD.to_owned(),
        digital: digital_form::filled(None, visit.locale),
        ..Form::default()
    };
    // The one thing that is sold stands first and open; more can be added below it.
    form.variants.push(VariantRow {
        stock: Field::of("1"),
        ..VariantRow::default()
    });
    Ok(show(&shop, &visit, &seller, None, form).await)
}

pub async fn edit(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadCatalog)?;
    let own = shop.workbench.own_product(&visit.ctx, tenant, id).await?;
    let skus: Vec<SkuId> = own.listing.variants.iter().map(|v| v.sku).collect();
    let path = own.listing.category.as_ref().map_or("", |c| c.path.as_str());
    let (seller, shelf, schema) = futures::join!(
        own_shop(&shop, &visit, tenant),
        shop.stock_room.shelf(&visit.ctx, tenant, skus),
        shop.catalog.category_attributes(&visit.ctx, path.to_owned()),
    );
    let form = filled(&own, &shelf?, schema?, visit.locale);
    Ok(show(&shop, &visit, &seller?, Some(&own), form).await)
}

fn filled(own: &OwnListing, shelf: &[ShelfLevel], schema: Vec<CategoryAttribute>, locale: Locale) -> Form {
    let listing = &own.listing;
    let (asked, free) = parted(&listing.attributes, &schema);
    let variant = |(index, v): (usize, &contracts::catalog::Variant)| {
        let level = shelf.iter().find(|level| level.sku == v.sku);
        VariantRow {
            index,
            code: Field::of(v.code.clone()),
            options: Field::of(options_text(&v.options)),
            price: Field::of(typed(v.price, locale)),
            compare_at: Field::of(v.compare_at.map(|m| typed(m, locale)).unwrap_or_default()),
            terms: price_form::filled(v, locale),
            dimensions: Field::of(v.dimensions.map(|d| d.to_string()).unwrap_or_default()),
            weight: number_field(Some(v.weight_g).filter(|w| *w > 0)),
            stock: number_field(level.and_then(digital_form::counted)),
            reserved: level.map_or(0, |l| l.reserved),
            gtin: Field::of(v.gtin.clone().unwrap_or_default()),
            is_blank: false,
        }
    };
    let code = STATES
        .iter()
        .find(|(_, status)| *status == listing.status)
        .map_or("draft", |(code, _)| *code);
    Form {
        title: Field::of(listing.title.clone()),
        description: Field::of(own.description.clone()),
        brand: Field::of(listing.brand.clone()),
        category: Field::of(listing.category.as_ref().map_or("", |c| c.path.as_str())),
        tags: Field::of(tags_text(&listing.tags)),
        tax_category: listing.tax_category.clone(),
        attributes: Field::of(attributes_text(&free)),
        schema,
        asked,
        language: listing.language.clone(),
        translations: own.translations.clone(),
        state: code.to_owned(),
        pictures: listing.images.iter().enumerate().map(picture_row).collect(),
        variants: listing.variants.iter().enumerate().map(variant).collect(),
        making: making_form::filled(listing.making.as_deref(), currency_of(listing), locale),
        digital: digital_form::filled(listing.digital.as_deref(), locale),
        ..Form::default()
    }
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    seller: &Seller,
    own: Option<&OwnListing>,
    mut form: Form,
) -> Response {
    let locale = visit.locale;
    let (page, tree, taxes) = futures::join!(
        super::page_of_features(shop, visit, seller.id, "work.new_product"),
        shop.catalog.categories(&visit.ctx),
        shop.tax_desk.categories(&visit.ctx),
    );
    let mut page = page;
    let heading = match own {
        Some(own) => own.listing.title.clone(),
        None => locale.t("work.new_product").to_string(),
    };
    page.title.clone_from(&heading);
    let category = |c: &contracts::catalog::Category| {
        let indent = "\u{2003}".repeat(c.path.matches('/').count());
        Choice::new(c.path.clone(), format!("{indent}{}", category_name(c, locale)))
    };
    let tree = tree.unwrap_or_default();
    let own_category = tree.iter().find(|c| c.path == form.category.value);
    let asked_of = own_category.map_or("", |c| category_name(c, locale)).to_owned();
    let categories: Vec<Choice> = tree.iter().map(category).collect();
    let states = STATES
        .iter()
        .filter(|(code, _)| own.is_some() || *code != "archived")
        .map(|(code, status)| Choice::new(*code, products::status(*status, locale).label))
        .collect();
    let first_blank = form.variants.iter().map(|v| v.index + 1).max().unwrap_or(0);
    form.variants.extend((0..BLANK_ROWS).map(|n| VariantRow {
        index: first_blank + n,
        is_blank: true,
        ..VariantRow::default()
    }));
    let listing = own.map(|own| &own.listing);
    let base = listing.map(|l| format!("/seller/products/{}", l.id));
    let may_edit = visit.may(Permission::EditCatalog);
    let view = SellerProductPage {
        work: bar(visit, seller, "/seller/products"),
        heading,
        status: listing.map(|l| products::status(l.status, locale)),
        action: base.clone().unwrap_or_else(|| "/seller/products/new".to_owned()),
        version: listing.map(|l| l.version),
        review: own
            .and_then(|own| own.review.as_ref())
            .map(|review| review_said(review, locale)),
        public_href: listing
            .filter(|l| l.status == ProductStatus::Active)
            .map(|l| cards::product_href(&l.slug, l.id)),
        delete: base.filter(|_| may_edit).map(|base| format!("{base}/delete")),
        error: form.error,
        may_edit,
        categories: Choice::select(categories, &form.category.value),
        tax_categories: tax_categories(&taxes.unwrap_or_default(), &form.tax_category, locale),
        states: Choice::select(states, &form.state),
        title: form.title,
        description: form.description,
        brand: form.brand,
        category: form.category,
        tags: form.tags,
        attributes: form.attributes,
        asked: product_asked::fields(&form.schema, &form.asked, &form.asked_errors, locale),
        asked_of,
        words: product_words::fields(form.language.as_deref(), &form.translations, locale),
        pictures: form.pictures,
        variants: form.variants,
        making: making_form::with_blanks(form.making, locale),
        digital: form.digital.form,
        currency: seller.currency.code().to_owned(),
        page,
    };
    visit.show(shop, &view)
}

pub async fn create(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let tenant = posted.visit.seller(Permission::EditCatalog)?;
    let seller = own_shop(&shop, &posted.visit, tenant).await?;
    write(&shop, &posted, &seller, None).await
}

pub async fn change(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let tenant = posted.visit.seller(Permission::EditCatalog)?;
    let (seller, own) = futures::join!(
        own_shop(&shop, &posted.visit, tenant),
        shop.workbench.own_product(&posted.visit.ctx, tenant, id),
    );
    write(&shop, &posted, &seller?, Some(&own?)).await
}

async fn write(
    shop: &Shop,
    posted: &Posted,
    seller: &Seller,
    own: Option<&OwnListing>,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let path = posted.get("category").to_owned();
    let schema = shop.catalog.category_attributes(&visit.ctx, path).await?;
    let (mut form, read) = read(posted, seller.currency, own, schema);
    let pictures = match pictures(shop, posted, own).await {
        Ok(pictures) => pictures,
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(fault) => {
            form.error = Some(visit.tell(&fault));
            own.map_or(&[][..], |own| &own.listing.images).to_vec()
        }
    };
    form.pictures = pictures.iter().enumerate().map(picture_row).collect();
    match form.digital.take_files(shop, posted, seller.id).await {
        Ok(()) => {}
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(fault) => form.error = Some(visit.tell(&fault)),
    }
    if posted.ticked("show") {
        return Ok(show(shop, visit, seller, own, form).await);
    }
    let Some(mut draft) = read.filter(|_| form.error.is_none()) else {
        form.error
            .get_or_insert_with(|| visit.locale.t("form.check").to_string());
        return Ok(show(shop, visit, seller, own, form).await);
    };
    draft.digital = form.digital.choice();
    draft.images = pictures.into_iter().map(DraftImage::Stored).collect();
    let written = match own {
        None => shop.workbench.create_product(&visit.ctx, seller.id, draft).await,
        Some(own) => {
            let seen = posted.get("version").parse().unwrap_or(own.listing.version);
            let id = own.listing.id;
            shop.workbench
                .change_product(&visit.ctx, seller.id, id, seen, draft)
                .await
        }
    };
    match written {
        Ok(listing) => {
            let done = if own.is_some() { "saved" } else { "created" };
            Ok(redirect_done(&format!("/seller/products/{}", listing.id), done))
        }
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        // The product is saved and its stock is not: its page says so.
        Err(fault) if fault.extra.contains_key("product") => {
            let id = fault
                .extra
                .get("product")
                .and_then(|id| id.as_str())
                .unwrap_or_default();
            redirect_refused(&format!("/seller/products/{id}"), fault.clone())
        }
        Err(fault) => {
            place(&mut form, &fault, visit);
            Ok(show(shop, visit, seller, own, form).await)
        }
    }
}

/// The product's pictures after the form: those kept, in the order given, and behind them those chosen anew.
async fn pictures(shop: &Shop, posted: &Posted, own: Option<&OwnListing>) -> Result<Vec<Picture>, Fault> {
    let mut kept: Vec<(u32, Picture)> = Vec::new();
    for picture in own.map_or(&[][..], |own| &own.listing.images) {
        let field = |name: &str| {
            posted
                .get(&format!("picture.{}.{name}", picture.image))
                .to_owned()
        };
        if field("remove").is_empty() {
            let place = field("position").parse().unwrap_or(u32::MAX);
            let alt = field("alt");
            kept.push((
                place,
                Picture {
                    alt,
                    ..picture.clone()
                },
            ));
        }
    }
    // Pictures of a form that came back were stored then, and are named by it since.
    let known: Vec<ImageId> = posted
        .with_prefix("stored.")
        .filter_map(|(id, _)| id.parse().ok())
        .filter(|id| kept.iter().all(|(_, p)| p.image != *id))
        .collect();
    if !known.is_empty() {
        for picture in shop.catalog.pictures(&posted.visit.ctx, known).await? {
            let alt = posted.get(&format!("picture.{}.alt", picture.image)).to_owned();
            if posted
                .get(&format!("picture.{}.remove", picture.image))
                .is_empty()
            {
                kept.push((u32::MAX, Picture { alt, ..picture }));
            }
        }
    }
    kept.sort_by_key(|(place, _)| *place);
    let mut pictures: Vec<Picture> = kept.into_iter().map(|(_, picture)| picture).collect();
    for file in posted.files("pictures") {
        let alt = posted.get("title").chars().take(200).collect();
        let stored = shop
            .workbench
            .upload_picture(&posted.visit.ctx, file.bytes.to_vec().into(), alt)
            .await?;
        if pictures.iter().all(|p| p.image != stored.image) {
            pictures.push(stored);
        }
    }
    Ok(pictures)
}

/// The form as it was sent, and what it says if it can be read.
fn read(
    posted: &Posted,
    currency: Currency,
    own: Option<&OwnListing>,
    schema: Vec<CategoryAttribute>,
) -> (Form, Option<ProductDraft>) {
    let visit = &posted.visit;
    let mut form = Form {
        title: Field::of(posted.get("title")),
        description: Field::of(posted.get("description")),
        brand: Field::of(posted.get("brand")),
        category: Field::of(posted.get("category")),
        tags: Field::of(posted.get("tags")),
        tax_category: match posted.get("tax_category") {
            "" => STANDARD.to_owned(),
            code => code.to_owned(),
        },
        attributes: Field::of(posted.get("attributes")),
        state: posted.get("state").to_owned(),
        ..Form::default()
    };
    let mut variants = Vec::new();
    let mut is_good = true;
    for index in 0..ROWS_MAX {
        let field = |name: &str| posted.get(&format!("variant.{index}.{name}"));
        let is_empty = ["code", "price"].iter().all(|name| field(name).is_empty());
        if is_empty || !field("remove").is_empty() {
            continue;
        }
        let (row, draft) = read_variant(posted, index, currency, own);
        is_good &= draft.is_some();
        form.variants.push(row);
        variants.extend(draft);
    }
    if form.title.value.is_empty() {
        form.title.error = Some(visit.locale.t("form.required").to_string());
        is_good = false;
    }
    if form.variants.is_empty() {
        form.error = Some(visit.locale.t("refusal.variants_missing").to_string());
        form.variants.push(VariantRow::default());
        is_good = false;
    }
    let (making_form, making) = making_form::read(posted, currency);
    form.making = making_form;
    is_good &= making.is_some();
    form.digital = digital_form::read(posted);
    is_good &= form.digital.is_good();
    let known = own.map(|own| parted(&own.listing.attributes, &schema).1);
    let mut attributes = match read_attributes(&form.attributes.value, known.as_ref()) {
        Ok(attributes) => attributes,
        Err(line) => {
            let said = visit.locale.t("refusal.attribute_line").arg("line", line);
            form.attributes.error = Some(said.to_string());
            is_good = false;
            Attributes::new()
        }
    };
    attributes.extend(product_asked::read(posted, &schema));
    (form.asked, _) = parted(&attributes, &schema);
    form.schema = schema;
    let (language, translations) = product_words::read(posted);
    form.translations.clone_from(&translations);
    form.language = Some(language.clone());
    let draft = is_good.then(|| ProductDraft {
        key: String::new(),
        title: form.title.value.clone(),
        description: form.description.value.clone(),
        language: Some(language),
        translations: Some(translations),
        brand: form.brand.value.clone(),
        category: Some(form.category.value.clone()).filter(|c| !c.is_empty()),
        attributes,
        tags: read_tags(&form.tags.value, own.map(|own| own.listing.tags.as_slice())),
        tax_category: Some(form.tax_category.clone()),
        status: products::status_of(&form.state),
        images: Vec::new(),
        making: making.map(Box::new),
        digital: None,
        variants,
    });
    (form, draft)
}

fn read_variant(
    posted: &Posted,
    index: usize,
    currency: Currency,
    own: Option<&OwnListing>,
) -> (VariantRow, Option<VariantDraft>) {
    let visit = &posted.visit;
    let text = |name: &str| posted.get(&format!("variant.{index}.{name}")).to_owned();
    let said = |key: &str| visit.locale.t(key).to_string();
    let (term_fields, terms) = price_form::read(posted, index, currency);
    let mut row = VariantRow {
        index,
        code: Field::of(text("code")),
        options: Field::of(text("options")),
        price: Field::of(text("price")),
        compare_at: Field::of(text("compare_at")),
        terms: term_fields,
        dimensions: Field::of(text("dimensions")),
        weight: Field::of(text("weight")),
        stock: Field::of(text("stock")),
        reserved: text("reserved").parse().unwrap_or(0),
        gtin: Field::of(text("gtin")),
        is_blank: false,
    };
    if row.code.value.is_empty() {
        row.code.error = Some(said("form.required"));
    }
    let price = Money::parse(&row.price.value, currency);
    if price.is_err() {
        row.price.error = Some(said("refusal.price"));
    }
    let compare_at = Some(row.compare_at.value.clone())
        .filter(|text| !text.is_empty())
        .map(|text| Money::parse(&text, currency))
        .transpose();
    if compare_at.is_err() {
        row.compare_at.error = Some(said("refusal.price"));
    }
    let weight_g = whole(&mut row.weight, visit).unwrap_or(0);
    let dimensions = sides(&mut row.dimensions, visit);
    // Units that were not touched are left alone: an order may have taken some since the page was shown.
    let was = text("stock_was");
    let stock = whole(&mut row.stock, visit).filter(|_| row.stock.value != was);
    let known = own.map_or(&[][..], |own| &own.listing.variants);
    let gtin = product_gtin::read(&mut row.gtin, known, visit.locale);
    let known = known.iter();
    let options = match read_options(&row.options.value, known.map(|v| v.options.as_slice())) {
        Ok(options) => options,
        Err(()) => {
            row.options.error = Some(said("refusal.options"));
            Vec::new()
        }
    };
    let fields = [
        &row.code,
        &row.options,
        &row.price,
        &row.compare_at,
        &row.dimensions,
        &row.weight,
        &row.stock,
        &row.gtin,
    ];
    let is_good = fields.iter().all(|field| field.error.is_none());
    let draft = match (price, compare_at, terms) {
        (Ok(price), Ok(compare_at), Some((sale, breaks))) if is_good => Some(VariantDraft {
            code: row.code.value.clone(),
            options,
            price,
            compare_at,
            sale,
            breaks: Some(breaks),
            dimensions,
            weight_g: u32::try_from(weight_g).unwrap_or(u32::MAX),
            gtin,
            stock,
        }),
        _ => None,
    };
    (row, draft)
}

/// Puts each refusal beside its field; what belongs to none stands over the form.
fn place(form: &mut Form, fault: &Fault, visit: &Visit) {
    for (place, error) in fault.fields.iter().enumerate() {
        let said = if place == 0 && fault.fields.len() == 1 {
            visit.tell(fault)
        } else {
            visit.tell_of(fault, error)
        };
        let mut path = error.pointer.trim_start_matches('/').split('/');
        let field = match (path.next(), path.next(), path.next()) {
            (Some("title"), ..) => &mut form.title,
            (Some("description"), ..) => &mut form.description,
            (Some("brand"), ..) => &mut form.brand,
            (Some("category"), ..) => &mut form.category,
            (Some("tags"), ..) => &mut form.tags,
            (Some("attributes"), Some(key), _) if form.schema.iter().any(|one| one.key == key) => {
                form.asked_errors.insert(key.to_owned(), said);
                continue;
            }
            (Some("attributes"), ..) => &mut form.attributes,
            (Some("variants"), Some(at), what) => {
                let row = at.parse::<usize>().ok().and_then(|at| form.variants.get_mut(at));
                let Some(row) = row else {
                    form.error = Some(said);
                    continue;
                };
                match what {
                    Some("price") => &mut row.price,
                    Some("compare_at") => &mut row.compare_at,
                    Some(what @ ("sale" | "breaks")) => {
                        price_form::field_of(&mut row.terms, what, path.next())
                    }
                    Some("dimensions") => &mut row.dimensions,
                    Some("weight_g") => &mut row.weight,
                    Some("stock") => &mut row.stock,
                    Some("gtin") => &mut row.gtin,
                    Some("options") => &mut row.options,
                    _ => &mut row.code,
                }
            }
            _ => {
                form.error = Some(said);
                continue;
            }
        };
        field.error = Some(said);
    }
    if form.error.is_none() {
        let key = if fault.fields.is_empty() {
            None
        } else {
            Some("form.check")
        };
        form.error = Some(key.map_or_else(|| visit.tell(fault), |key| visit.locale.t(key).to_string()));
    }
}
