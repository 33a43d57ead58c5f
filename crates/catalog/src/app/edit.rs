//! What a seller does to one product by hand.

use super::moderation::review;
use super::upsert::{Outcome, Source, Written, write};
use super::{Products, Tree};
use crate::domain::category::CategoryPath;
use crate::domain::change::Content;
use crate::domain::{self, ParsedDraft, Refusal};
use crate::error::Error;
use crate::store::{image, listing, product, upsert};
use ::store::{Scope, Tx};
use contracts::catalog::{
    AttributeValue, Attributes, Dimensions, DraftImage, Listing, OptionValue, ProductDraft, ProductStatus,
    QuantityBreak, Sale, Translations, VariantDraft,
};
use contracts::digital::DigitalChoice;
use contracts::making::Making;
use kernel::{Ctx, Cursor, Fault, ImageId, Money, Page, PageLimit, ProductId, TenantId};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

pub use crate::store::product::OwnProduct;

/// A product to be created.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// Your own key; the first variant's code if absent.
    #[serde(default)]
    pub key: Option<String>,
    #[schema(example = "Oak bowl")]
    pub title: String,
    /// Markdown or HTML; what could act is removed.
    #[serde(default)]
    pub description: String,
    /// The language of these words: a tag of BCP 47.
    #[serde(default)]
    #[schema(example = "en", max_length = 35)]
    pub language: Option<String>,
    /// The same in other languages, by their tags.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, contracts::catalog::Translation>>)]
    pub translations: Option<Translations>,
    #[serde(default)]
    pub brand: String,
    #[serde(default)]
    #[schema(example = "ceramics/bowls")]
    pub category: Option<String>,
    #[serde(default)]
    pub attributes: Attributes,
    #[serde(default)]
    pub tags: Vec<String>,
    /// The code of its tax category; `standard` if absent.
    #[serde(default)]
    #[schema(example = "reduced", min_length = 2, max_length = 40)]
    pub tax_category: Option<String>,
    /// Kept as the attribute `materials`.
    #[serde(default)]
    pub materials: Vec<String>,
    /// `draft` if absent.
    #[serde(default)]
    pub status: Option<ProductStatus>,
    #[serde(default)]
    pub images: Vec<ImageChoice>,
    /// How it is made to order: what its buyer is asked, what that costs, how long it takes.
    #[serde(default)]
    pub making: Option<Box<Making>>,
    /// Which files its buyers download instead of being sent something.
    #[serde(default)]
    pub digital: Option<Box<DigitalChoice>>,
    /// At least one.
    pub variants: Vec<VariantInput>,
}

/// A picture that was uploaded before.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageChoice {
    pub image: ImageId,
    /// What is to be seen, for those who cannot see it.
    #[serde(default)]
    pub alt: String,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantInput {
    /// Your article number (SKU), unique within your shop.
    pub code: String,
    #[serde(default)]
    pub options: Vec<OptionValue>,
    pub price: Money,
    #[serde(default)]
    pub compare_at: Option<Money>,
    /// A lower price for a while; none if absent.
    #[serde(default)]
    pub sale: Option<Sale>,
    /// Quantities from which each unit costs less: rising quantities, falling prices; none if absent.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub breaks: Vec<QuantityBreak>,
    /// Of one unit as it is packed.
    #[serde(default)]
    pub dimensions: Option<Dimensions>,
    #[serde(default)]
    pub weight_g: u32,
    #[serde(default)]
    pub gtin: Option<String>,
    /// Units on hand; left alone if absent.
    #[serde(default)]
    pub stock: Option<i64>,
}

/// What is to change; absent members stay as they are.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductPatch {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// The language of title and description; an empty text takes it away.
    #[serde(default)]
    #[schema(example = "en", max_length = 35)]
    pub language: Option<String>,
    /// All translations, by their tags.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, contracts::catalog::Translation>>)]
    pub translations: Option<Translations>,
    #[serde(default)]
    pub brand: Option<String>,
    /// An empty text takes the product out of its category.
    #[serde(default)]
    pub category: Option<String>,
    /// All attributes.
    #[serde(default)]
    pub attributes: Option<Attributes>,
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// The code of its tax category.
    #[serde(default)]
    #[schema(example = "reduced", min_length = 2, max_length = 40)]
    pub tax_category: Option<String>,
    #[serde(default)]
    pub materials: Option<Vec<String>>,
    #[serde(default)]
    pub status: Option<ProductStatus>,
    /// All pictures, in order.
    #[serde(default)]
    pub images: Option<Vec<ImageChoice>>,
    /// All of how it is made to order; `{}` makes it plain goods.
    #[serde(default)]
    pub making: Option<Box<Making>>,
    /// All of what its buyers download; `{}` makes it a product that is sent.
    #[serde(default)]
    pub digital: Option<Box<DigitalChoice>>,
    /// All variants: those left out are no longer sold.
    #[serde(default)]
    pub variants: Option<Vec<VariantInput>>,
}

impl From<VariantInput> for VariantDraft {
    fn from(input: VariantInput) -> Self {
        Self {
            code: input.code,
            options: input.options,
            price: input.price,
            compare_at: input.compare_at,
            sale: input.sale.into(),
            breaks: Some(input.breaks),
            dimensions: input.dimensions,
            weight_g: input.weight_g,
            gtin: input.gtin,
            stock: input.stock,
        }
    }
}

impl Products {
    pub async fn create(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        request: NewProduct,
    ) -> Result<OwnProduct, Error> {
        let barred = self
            .barred(ctx, tenant, request.making.as_deref(), request.digital.as_deref())
            .await?;
        barred.check(None)?;
        let images = self.choose_images(request.images).await?;
        let code = request.variants.first().map(|v| v.code.clone());
        let mut draft = ProductDraft {
            key: request.key.or(code).unwrap_or_default(),
            title: request.title,
            description: request.description,
            language: request.language,
            translations: request.translations,
            brand: request.brand,
            category: request.category,
            attributes: request.attributes,
            tags: request.tags,
            tax_category: request.tax_category,
            status: request.status.or(Some(ProductStatus::Draft)),
            images,
            making: request.making,
            digital: request.digital,
            variants: request.variants.into_iter().map(VariantDraft::from).collect(),
        };
        set_materials(&mut draft.attributes, request.materials);
        let draft = Arc::new(domain::parse(draft)?);
        let tree = self.tree_with(ctx, draft.category.iter()).await?;
        let shared_ctx = ctx.clone();
        let (written, own) = self
            .db
            .run_tx("catalog.create", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree, draft) = (shared_ctx.clone(), Arc::clone(&tree), Arc::clone(&draft));
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    if product::id_by_key(tx, tenant, &draft.key).await?.is_some() {
                        return Err(key_taken(&draft.key));
                    }
                    write_one(tx, &ctx, tenant, &tree, &draft, Source::Hand).await
                })
            })
            .await?;
        self.finish(ctx, tenant, written, own).await
    }

    /// Changes a product of which the caller saw `version`.
    pub async fn patch(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
        version: i64,
        patch: ProductPatch,
    ) -> Result<OwnProduct, Error> {
        let images = match patch.images.clone() {
            Some(choices) => Some(self.choose_images(choices).await?),
            None => None,
        };
        let barred = self
            .barred(ctx, tenant, patch.making.as_deref(), patch.digital.as_deref())
            .await?;
        let path = patch.category.as_deref().and_then(CategoryPath::parse);
        let tree = self.tree_with(ctx, path.iter()).await?;
        let shared_ctx = ctx.clone();
        let (written, own) = self
            .db
            .run_tx("catalog.patch", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree) = (shared_ctx.clone(), Arc::clone(&tree));
                let (patch, images) = (patch.clone(), images.clone());
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    let (key, current) = product::key_and_version(tx, tenant, id)
                        .await?
                        .ok_or(Error::NotFound("product"))?;
                    if current != version {
                        return Err(Error::VersionChanged { current });
                    }
                    let mut draft = draft_of(tx, tenant, id, key, &tree).await?;
                    barred.check(Some(&draft))?;
                    apply(&mut draft, patch, images);
                    let draft = domain::parse(draft)?;
                    write_one(tx, &ctx, tenant, &tree, &draft, Source::Hand).await
                })
            })
            .await?;
        self.finish(ctx, tenant, written, own).await
    }

    pub async fn own(&self, tenant: TenantId, id: ProductId) -> Result<OwnProduct, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let own = own_with_review(&mut tx, tenant, id).await?;
        tx.commit().await?;
        Ok(own)
    }

    /// A page of one's own products, newest first.
    pub async fn own_page(
        &self,
        tenant: TenantId,
        status: Option<ProductStatus>,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<Listing>, Error> {
        let before: Option<ProductId> = after.map(|c| c.0.parse()).transpose().map_err(|_| {
            Fault::field(
                "cursor_invalid",
                "after",
                "`after` must be the `next` of an earlier page.",
            )
        })?;
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let mut items = listing::of_shop(&mut tx, tenant, status, before, limit.plus_one()).await?;
        tx.commit().await?;
        let has_more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items
            .last()
            .filter(|_| has_more)
            .map(|l| Cursor(l.id.to_string()));
        Ok(Page { items, next })
    }

    async fn choose_images(&self, choices: Vec<ImageChoice>) -> Result<Vec<DraftImage>, Error> {
        let ids: Vec<Uuid> = choices.iter().map(|c| c.image.0).collect();
        let stored = image::by_ids(self.db.pool(), &ids).await?;
        choices
            .into_iter()
            .enumerate()
            .map(|(i, choice)| {
                let found = stored
                    .iter()
                    .find(|s| s.id == choice.image)
                    .cloned()
                    .ok_or_else(|| {
                        Refusal::new(
                            format!("images/{i}/image"),
                            "image_unknown",
                            "There is no such picture. Upload it at /v1/seller/images first.",
                        )
                    })?;
                Ok(DraftImage::Stored(found.picture(choice.alt)))
            })
            .collect()
    }

    /// After the commit. The product is saved even where inventory refuses the stock: the refusal says so.
    pub(super) async fn finish(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        written: Written,
        own: OwnProduct,
    ) -> Result<OwnProduct, Error> {
        self.announce(&written);
        match self.pass_on(ctx, tenant, written.counts).await.into_iter().next() {
            None => Ok(own),
            Some(refused) => Err(refused
                .fault
                .at("/variants")
                .with("product", own.listing.id)
                .with("version", own.listing.version)
                .into()),
        }
    }
}

pub(super) async fn write_one(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    tree: &Tree,
    draft: &ParsedDraft,
    source: Source,
) -> Result<(Written, OwnProduct), Error> {
    let drafts = std::slice::from_ref(draft);
    let written = write(tx, ctx, tenant, tree, drafts, source).await?;
    let id = match written.outcomes.first() {
        Some(Outcome::Created(id) | Outcome::Updated(id) | Outcome::Unchanged(id)) => *id,
        Some(Outcome::Refused(refusal)) => return Err(refusal.clone().into()),
        None => return Err(Fault::internal().into()),
    };
    let own = own_with_review(tx, tenant, id).await?;
    Ok((written, own))
}

async fn own_with_review(tx: &mut Tx, tenant: TenantId, id: ProductId) -> Result<OwnProduct, Error> {
    let own = product::own(tx, tenant, id).await?;
    let mut own = own.ok_or(Error::NotFound("product"))?;
    own.review = review(tx, tenant, id).await?;
    Ok(own)
}

/// The draft that describes a product as it is; stock is left alone.
async fn draft_of(
    tx: &mut Tx,
    tenant: TenantId,
    id: ProductId,
    key: String,
    tree: &Tree,
) -> Result<ProductDraft, Error> {
    let content = contents_of(tx, tenant, &[id.0])
        .await?
        .remove(&id)
        .ok_or(Error::NotFound("product"))?;
    Ok(draft_saying(key, content, tree))
}

/// Products as they are, with the variants that are sold.
pub(super) async fn contents_of(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<HashMap<ProductId, Content>, Error> {
    let mut contents = upsert::contents(tx, tenant, ids).await?;
    for variant in upsert::variants(tx, tenant, ids, &[]).await? {
        if let Some(content) = contents.get_mut(&variant.product)
            && !variant.removed
        {
            content.variants.push(variant.kept);
        }
    }
    Ok(contents)
}

/// The draft of a product as it is or was, parsed.
pub(super) fn draft_again(key: String, content: Content, tree: &Tree) -> Result<ParsedDraft, Refusal> {
    let images = content.images.clone();
    let mut draft = draft_saying(key, content, tree);
    // Set behind the parser, which would count a picture and the address that it came from as two.
    draft
        .images
        .retain(|image| matches!(image, DraftImage::Address { .. }));
    let mut parsed = domain::parse(draft)?;
    parsed.images = images;
    Ok(parsed)
}

/// The draft that leads to this content; it says nothing of stock.
pub(super) fn draft_saying(key: String, content: Content, tree: &Tree) -> ProductDraft {
    let addresses = content.image_addresses.into_iter().map(|a| DraftImage::Address {
        url: a.url,
        alt: a.alt,
    });
    ProductDraft {
        key,
        title: content.title,
        description: content.description,
        language: Some(content.language.unwrap_or_default()),
        translations: Some(content.translations),
        brand: content.brand,
        category: content.category.and_then(|c| tree.by_id(c)).map(|c| c.path),
        attributes: content.attributes,
        tags: content.tags,
        tax_category: Some(content.tax_category),
        status: Some(content.status),
        images: content
            .images
            .into_iter()
            .map(DraftImage::Stored)
            .chain(addresses)
            .collect(),
        // Said outright: what was made to order may have been plain goods.
        making: Some(content.making.map(Box::new).unwrap_or_default()),
        digital: Some(Box::new(
            content
                .digital
                .as_ref()
                .map(DigitalChoice::from)
                .unwrap_or_default(),
        )),
        variants: content
            .variants
            .into_iter()
            .map(|kept| VariantDraft {
                code: kept.code,
                options: kept.options,
                price: kept.price,
                compare_at: kept.compare_at,
                sale: kept.sale.into(),
                breaks: Some(kept.breaks),
                dimensions: kept.dimensions,
                weight_g: kept.weight_g,
                gtin: kept.gtin,
                stock: None,
            })
            .collect(),
    }
}

fn apply(draft: &mut ProductDraft, patch: ProductPatch, images: Option<Vec<DraftImage>>) {
    let ProductPatch {
        title,
        description,
        language,
        translations,
        brand,
        category,
        attributes,
        tags,
        tax_category,
        materials,
        status,
        images: _,
        making,
        digital,
        variants,
    } = patch;
    set(&mut draft.title, title);
    set(&mut draft.description, description);
    draft.language = language.or(draft.language.take());
    draft.translations = translations.or(draft.translations.take());
    set(&mut draft.brand, brand);
    set(&mut draft.attributes, attributes);
    set(&mut draft.tags, tags);
    set(&mut draft.images, images);
    set(
        &mut draft.variants,
        variants.map(|variants| variants.into_iter().map(VariantDraft::from).collect()),
    );
    if let Some(category) = category {
        draft.category = Some(category).filter(|c| !c.trim().is_empty());
    }
    if let Some(materials) = materials {
        draft.attributes.remove("materials");
        set_materials(&mut draft.attributes, materials);
    }
    draft.making = making.or(draft.making.take());
    draft.digital = digital.or(draft.digital.take());
    draft.tax_category = tax_category.or(draft.tax_category.take());
    draft.status = status.or(draft.status);
}

fn set<T>(kept: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *kept = given;
    }
}

fn set_materials(attributes: &mut Attributes, materials: Vec<String>) {
    if !materials.is_empty() {
        attributes.insert("materials".to_owned(), AttributeValue::Many(materials));
    }
}

fn key_taken(key: &str) -> Error {
    Refusal::new(
        "key",
        "key_taken",
        format!("A product with the key `{key}` is there already. Change that one, or choose another key."),
    )
    .into()
}
