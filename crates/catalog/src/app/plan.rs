//! What a batch of drafts does to what is there. No IO: everything it compares was read before.

use super::{Tree, combinations};
use crate::domain::category::CategoryPath;
use crate::domain::change::{Content, KeptVariant};
use crate::domain::{ParsedDraft, ParsedVariant, Refusal};
use crate::domain::{description, price, schema};
use crate::store::rows::VersionRow;
use crate::store::translations::Words;
use crate::store::upsert::{Existing, ExistingVariant};
use contracts::catalog::{
    DraftSale, Listing, ProductStatus, QuantityBreak, Sale, TranslatedWords, Translation, Variant,
};
use contracts::digital::{DigitalFile, UNCOUNTED};
use contracts::inventory::StockCount;
use kernel::{Ctx, FileId, ProductId, SkuId, TenantId, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// What became of one draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Created(ProductId),
    Updated(ProductId),
    Unchanged(ProductId),
    Refused(Refusal),
}

/// What is to be written.
#[derive(Default)]
pub struct Plan {
    /// One per draft, in order.
    pub outcomes: Vec<Outcome>,
    /// The new face of what changes, with the draft's place in the batch.
    pub listings: Vec<(usize, Listing)>,
    pub versions: Vec<VersionRow>,
    pub removed_skus: Vec<Uuid>,
    pub new_skus: Vec<(SkuId, ProductId)>,
    /// Stock that differs from what the seller said last.
    pub counts: Vec<StockCount>,
    /// Words in other languages, of products that say or said any.
    pub words: Vec<(ProductId, Words)>,
}

/// What was read beforehand.
pub struct Found<'a> {
    pub tree: &'a Tree,
    pub existing: &'a HashMap<String, Existing>,
    pub variants: Vec<ExistingVariant>,
    pub contents: HashMap<ProductId, Content>,
    /// Files that the drafts name, as far as they are the shop's.
    pub files: HashMap<FileId, DigitalFile>,
}

pub fn plan(ctx: &Ctx, tenant: TenantId, drafts: &[ParsedDraft], found: Found<'_>) -> Plan {
    let mut planner = Planner::new(ctx, tenant, found);
    for (i, draft) in drafts.iter().enumerate() {
        let outcome = planner.take(i, draft).unwrap_or_else(Outcome::Refused);
        planner.plan.outcomes.push(outcome);
    }
    planner.plan
}

struct Planner<'a> {
    now: Timestamp,
    tenant: TenantId,
    tree: &'a Tree,
    existing: &'a HashMap<String, Existing>,
    contents: HashMap<ProductId, Content>,
    files: HashMap<FileId, DigitalFile>,
    /// All variants of the products at hand, removed ones included.
    of_product: HashMap<ProductId, Vec<ExistingVariant>>,
    /// Who has a code, as the batch goes on.
    owners: HashMap<String, ProductId>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(ctx: &Ctx, tenant: TenantId, found: Found<'a>) -> Self {
        let mut owners = HashMap::new();
        let mut of_product: HashMap<ProductId, Vec<ExistingVariant>> = HashMap::new();
        for variant in found.variants {
            if !variant.removed {
                owners.insert(variant.kept.code.clone(), variant.product);
            }
            of_product.entry(variant.product).or_default().push(variant);
        }
        Self {
            now: ctx.now,
            tenant,
            tree: found.tree,
            existing: found.existing,
            contents: found.contents,
            files: found.files,
            of_product,
            owners,
            plan: Plan::default(),
        }
    }

    fn take(&mut self, i: usize, draft: &ParsedDraft) -> Result<Outcome, Refusal> {
        // Ids of one batch follow each other by a microsecond, in the order of the file.
        let at = self.now + Duration::from_micros(u64::try_from(i).unwrap_or(0));
        match self.existing.get(&draft.key).cloned() {
            None => self.create(i, draft, at),
            Some(product) if product.content_hash.as_deref() == Some(&draft.content_hash) => {
                self.restock(&product, draft)
            }
            Some(product) => self.change(i, draft, &product, at),
        }
    }

    fn create(&mut self, i: usize, draft: &ParsedDraft, at: Timestamp) -> Result<Outcome, Refusal> {
        combinations::check(draft, false)?;
        let id = ProductId::new(at);
        self.check_codes(id, draft)?;
        let status = draft.status.unwrap_or(ProductStatus::Draft);
        self.check_schema(draft, status, None)?;
        let variants = self.variants(id, draft, at)?;
        let listing = self.listing(draft, id, 1, status, variants, at)?;
        self.count_stock(id, &draft.variants, &listing.variants, &HashMap::new());
        self.count_downloads(draft, &listing, false, &HashMap::new());
        self.claim(id, draft);
        let words = words_of(draft, None);
        if words != Words::default() {
            self.plan.words.push((id, words));
        }
        self.write(i, listing, serde_json::json!({}));
        Ok(Outcome::Created(id))
    }

    /// The product says what it said before; at most its stock is another.
    fn restock(&mut self, product: &Existing, draft: &ParsedDraft) -> Result<Outcome, Refusal> {
        let kept = self.of_product.get(&product.id).map_or(&[][..], Vec::as_slice);
        let given: HashMap<SkuId, Option<i64>> = kept.iter().map(|v| (v.kept.sku, v.stock_given)).collect();
        let live: Vec<Variant> = kept
            .iter()
            .filter(|v| !v.removed)
            .map(|v| shown(&v.kept))
            .collect();
        let before = self.plan.counts.len();
        self.count_stock(product.id, &draft.variants, &live, &given);
        Ok(if self.plan.counts.len() > before {
            Outcome::Updated(product.id)
        } else {
            Outcome::Unchanged(product.id)
        })
    }

    fn change(
        &mut self,
        i: usize,
        draft: &ParsedDraft,
        product: &Existing,
        at: Timestamp,
    ) -> Result<Outcome, Refusal> {
        combinations::check(draft, true)?;
        let id = product.id;
        self.check_codes(id, draft)?;
        let status = draft.status.unwrap_or(product.status);
        self.check_schema(draft, status, self.contents.get(&id))?;
        let variants = self.variants(id, draft, at)?;
        let kept_category = self.contents.get(&id).map(|kept| kept.tax_category.clone());
        let tax_category = draft.tax_category.clone().or(kept_category);
        let mut listing = self.listing(
            draft,
            id,
            product.version + 1,
            status,
            variants,
            product.created_at,
        )?;
        listing.tax_category = tax_category.unwrap_or_else(contracts::taxes::standard);
        if draft.making.is_none() {
            let kept = self.contents.get(&id).and_then(|kept| kept.making.clone());
            listing.making = kept.map(Box::new);
        }
        let was_digital = self.contents.get(&id).and_then(|kept| kept.digital.clone());
        let was_downloaded = was_digital.is_some();
        if draft.digital.is_none() {
            listing.digital = was_digital.map(Box::new);
        }
        let kept = self.of_product.remove(&id).unwrap_or_default();
        let mut before = self.contents.remove(&id).unwrap_or_else(|| empty(product.status));
        before.variants = kept
            .iter()
            .filter(|v| !v.removed)
            .map(|v| v.kept.clone())
            .collect();
        let words = words_of(draft, Some(&before));
        show_words(&mut listing, &words);
        let mut after = Content::of(
            draft,
            listing.category.as_ref().map(|c| c.id),
            listing.tax_category.clone(),
            status,
            listing.making.as_deref().cloned(),
            listing.digital.as_deref().cloned(),
            listing.variants.iter().map(kept_of).collect(),
        );
        (after.language, after.translations) = (words.language.clone(), words.translations.clone());
        let given: HashMap<SkuId, Option<i64>> = kept.iter().map(|v| (v.kept.sku, v.stock_given)).collect();
        let counts_before = self.plan.counts.len();
        self.count_stock(id, &draft.variants, &listing.variants, &given);
        self.count_downloads(draft, &listing, was_downloaded, &given);
        let is_counted = self.plan.counts.len() > counts_before;
        let change = before.change_to(&after);
        let is_same = change.as_object().is_some_and(serde_json::Map::is_empty);
        if is_same && product.status == status && !kept.iter().all(|v| v.removed) {
            self.of_product.insert(id, kept);
            self.forget_new_skus(id);
            return Ok(if is_counted {
                Outcome::Updated(id)
            } else {
                Outcome::Unchanged(id)
            });
        }
        let staying: HashSet<SkuId> = listing.variants.iter().map(|v| v.sku).collect();
        for variant in kept
            .iter()
            .filter(|v| !v.removed && !staying.contains(&v.kept.sku))
        {
            self.plan.removed_skus.push(variant.kept.sku.0);
            self.owners.remove(&variant.kept.code);
        }
        self.claim(id, draft);
        if (&words.language, &words.translations) != (&before.language, &before.translations) {
            self.plan.words.push((id, words));
        }
        self.write(i, listing, change);
        Ok(Outcome::Updated(id))
    }

    /// What is put on sale says what its category asks for. A product that was on sale in that category before is not
    /// refused for what it lacked already: the category may ask for it since.
    fn check_schema(
        &self,
        draft: &ParsedDraft,
        status: ProductStatus,
        before: Option<&Content>,
    ) -> Result<(), Refusal> {
        if status != ProductStatus::Active {
            return Ok(());
        }
        let schema = self
            .tree
            .schema_at(draft.category.as_ref().map_or("", CategoryPath::as_str));
        let mut faults = schema::faults(schema, &draft.attributes);
        if faults.is_empty() {
            return Ok(());
        }
        let category = draft
            .category
            .as_ref()
            .and_then(|path| self.tree.at(path.as_str()));
        let was_sold_there = |before: &&Content| {
            before.status == ProductStatus::Active && before.category == category.as_ref().map(|c| c.id)
        };
        if let Some(before) = before.filter(was_sold_there) {
            let known = schema::faults(schema, &before.attributes);
            faults.retain(|fault| !known.contains(fault));
        }
        Refusal::of_all(faults).map_or(Ok(()), Err)
    }

    /// A code belongs to one product at a time.
    fn check_codes(&self, id: ProductId, draft: &ParsedDraft) -> Result<(), Refusal> {
        for (i, variant) in draft.variants.iter().enumerate() {
            if self.owners.get(&variant.code).is_some_and(|owner| *owner != id) {
                return Err(Refusal::new(
                    format!("variants/{i}/code"),
                    "sku_taken",
                    format!(
                        "The SKU `{}` belongs to another product of yours. Give this variant another, or remove it there first.",
                        variant.code
                    ),
                ));
            }
        }
        Ok(())
    }

    fn claim(&mut self, id: ProductId, draft: &ParsedDraft) {
        for variant in &draft.variants {
            self.owners.insert(variant.code.clone(), id);
        }
    }

    /// The draft's variants with their SKUs: a code that the product has had keeps its SKU.
    fn variants(
        &mut self,
        id: ProductId,
        draft: &ParsedDraft,
        at: Timestamp,
    ) -> Result<Vec<Variant>, Refusal> {
        let kept = self.of_product.get(&id).map_or(&[][..], Vec::as_slice);
        let terms = |(i, variant): (usize, &ParsedVariant)| {
            let known = kept.iter().find(|v| v.kept.code == variant.code);
            let known = known.map(|known| &known.kept);
            Ok((known.map(|known| known.sku), terms(i, variant, known, self.now)?))
        };
        // All of them before the first SKU is drawn.
        let terms: Vec<_> = draft
            .variants
            .iter()
            .enumerate()
            .map(terms)
            .collect::<Result<_, Refusal>>()?;
        let mut variants = Vec::with_capacity(draft.variants.len());
        for (variant, (known, (sale, breaks))) in draft.variants.iter().zip(terms) {
            let sku = known.unwrap_or_else(|| {
                let sku = SkuId::new(at);
                self.plan.new_skus.push((sku, id));
                sku
            });
            variants.push(Variant {
                sku,
                code: variant.code.clone(),
                options: variant.options.clone(),
                price: variant.price,
                compare_at: variant.compare_at,
                lowest_30_days: None,
                sale,
                breaks,
                dimensions: variant.dimensions,
                weight_g: variant.weight_g,
                gtin: variant.gtin.clone(),
            });
        }
        Ok(variants)
    }

    fn forget_new_skus(&mut self, id: ProductId) {
        self.plan.new_skus.retain(|(_, product)| *product != id);
    }

    fn listing(
        &mut self,
        draft: &ParsedDraft,
        id: ProductId,
        version: i64,
        status: ProductStatus,
        variants: Vec<Variant>,
        created_at: Timestamp,
    ) -> Result<Listing, Refusal> {
        let category = match &draft.category {
            None => None,
            Some(path) => match self.tree.at(path.as_str()) {
                Some(category) => Some(category),
                None => {
                    self.forget_new_skus(id);
                    return Err(Refusal::new(
                        "category",
                        "category_unknown",
                        format!(
                            "There is no category `{}`. Choose one of the list at /v1/categories.",
                            path.as_str()
                        ),
                    ));
                }
            },
        };
        let words = words_of(draft, None);
        let digital = match &draft.digital {
            Some(choice) => choice
                .with(&self.files)
                .inspect_err(|_| self.forget_new_skus(id))?,
            None => None,
        };
        Ok(Listing {
            id,
            tenant: self.tenant,
            version,
            status,
            slug: draft.slug.clone(),
            title: draft.title.clone(),
            description_html: draft.description_html.clone(),
            translations: shown_words(&words),
            language: words.language,
            brand: draft.brand.clone(),
            category,
            attributes: draft.attributes.clone(),
            tags: draft.tags.clone(),
            tax_category: draft
                .tax_category
                .clone()
                .unwrap_or_else(contracts::taxes::standard),
            images: draft.images.clone(),
            variants,
            making: draft
                .making
                .clone()
                .filter(|making| !making.is_plain())
                .map(Box::new),
            digital: digital.map(Box::new),
            price_points: BTreeMap::new(),
            created_at,
            updated_at: self.now,
        })
    }

    fn count_stock(
        &mut self,
        product: ProductId,
        drafts: &[ParsedVariant],
        variants: &[Variant],
        given: &HashMap<SkuId, Option<i64>>,
    ) {
        for draft in drafts {
            let Some(on_hand) = draft.stock else { continue };
            let Some(variant) = variants.iter().find(|v| v.code == draft.code) else {
                continue;
            };
            if given.get(&variant.sku).copied().flatten() != Some(on_hand) {
                self.plan.counts.push(StockCount {
                    sku: variant.sku,
                    product,
                    on_hand,
                    stated: None,
                });
            }
        }
    }

    /// What is downloaded does not run out, unless its seller counts it: its variants are stocked with more than anybody
    /// will buy. What is sent from now on has to be counted first.
    fn count_downloads(
        &mut self,
        draft: &ParsedDraft,
        listing: &Listing,
        was_downloaded: bool,
        given: &HashMap<SkuId, Option<i64>>,
    ) {
        let on_hand = match (was_downloaded, listing.digital.is_some()) {
            (false, false) => return,
            (true, false) => 0,
            (_, true) => UNCOUNTED,
        };
        for variant in &listing.variants {
            let known = given.get(&variant.sku).copied().flatten();
            // What was counted as goods and is said again does not count downloads.
            let is_counted = draft
                .variants
                .iter()
                .any(|v| v.code == variant.code && v.stock.is_some() && (was_downloaded || v.stock != known));
            let stays = was_downloaded == listing.digital.is_some() && known.is_some();
            if !is_counted && !stays && known != Some(on_hand) {
                self.plan.counts.push(StockCount {
                    sku: variant.sku,
                    product: listing.id,
                    on_hand,
                    stated: None,
                });
            }
        }
    }

    fn write(&mut self, i: usize, listing: Listing, change: serde_json::Value) {
        self.plan.versions.push(VersionRow {
            product_id: listing.id,
            version: listing.version,
            change,
        });
        self.plan.listings.push((i, listing));
    }
}

/// The sale and the quantity breaks that a variant has from now on: those stated, or those kept.
fn terms(
    i: usize,
    variant: &ParsedVariant,
    kept: Option<&KeptVariant>,
    now: Timestamp,
) -> Result<(Option<Sale>, Vec<QuantityBreak>), Refusal> {
    let at = |field: &str| format!("variants/{i}/{field}");
    let sale = match &variant.sale {
        DraftSale::Kept => {
            let kept = kept.and_then(|kept| kept.sale.as_ref());
            price::kept_sale(&at("sale"), variant.price, kept, now)?
        }
        stated => stated.said().cloned(),
    };
    let breaks = match (&variant.breaks, kept) {
        (Some(stated), _) => stated.clone(),
        (None, Some(kept)) => price::parse_breaks(&at("breaks"), variant.price, kept.breaks.clone())?,
        (None, None) => Vec::new(),
    };
    Ok((sale, breaks))
}

fn shown(kept: &KeptVariant) -> Variant {
    Variant {
        sku: kept.sku,
        code: kept.code.clone(),
        options: kept.options.clone(),
        price: kept.price,
        compare_at: kept.compare_at,
        lowest_30_days: None,
        sale: kept.sale.clone(),
        breaks: kept.breaks.clone(),
        dimensions: kept.dimensions,
        weight_g: kept.weight_g,
        gtin: kept.gtin.clone(),
    }
}

pub(super) fn kept_of(variant: &Variant) -> KeptVariant {
    KeptVariant {
        sku: variant.sku,
        code: variant.code.clone(),
        options: variant.options.clone(),
        price: variant.price,
        compare_at: variant.compare_at,
        sale: variant.sale.clone(),
        breaks: variant.breaks.clone(),
        dimensions: variant.dimensions,
        weight_g: variant.weight_g,
        gtin: variant.gtin.clone(),
    }
}

/// The language and translations that a draft leads to.
fn words_of(draft: &ParsedDraft, before: Option<&Content>) -> Words {
    let kept = || before.and_then(|content| content.language.clone());
    let kept_translations = || {
        before
            .map(|content| content.translations.clone())
            .unwrap_or_default()
    };
    Words {
        language: draft.language.clone().unwrap_or_else(kept),
        translations: draft.translations.clone().unwrap_or_else(kept_translations),
    }
}

fn shown_words(words: &Words) -> BTreeMap<String, TranslatedWords> {
    let shown = |(tag, words): (&String, &Translation)| {
        let shown = TranslatedWords {
            title: words.title.clone(),
            description_html: description::html(&words.description),
        };
        (tag.clone(), shown)
    };
    words.translations.iter().map(shown).collect()
}

fn show_words(listing: &mut Listing, words: &Words) {
    listing.language.clone_from(&words.language);
    listing.translations = shown_words(words);
}

fn empty(status: ProductStatus) -> Content {
    Content {
        title: String::new(),
        description: String::new(),
        language: None,
        translations: contracts::catalog::Translations::new(),
        brand: String::new(),
        category: None,
        attributes: contracts::catalog::Attributes::new(),
        tags: Vec::new(),
        tax_category: contracts::taxes::standard(),
        status,
        images: Vec::new(),
        image_addresses: Vec::new(),
        making: None,
        digital: None,
        variants: Vec::new(),
    }
}
