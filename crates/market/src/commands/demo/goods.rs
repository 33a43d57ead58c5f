//! Categories and products with their drawn pictures.

use super::diary::Diary;
use super::people::Opened;
use super::{Stage, asked};
use contracts::catalog::{
    AttributeValue, CategoryDraft, DraftImage, DraftSale, NewPicture, OptionValue, Picture, ProductDraft,
    ProductStatus, VariantDraft,
};
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{Currency, Money};
use sampler::art::ArtSpec;
use sampler::{Product, Sampler};

/// Products written at once.
const BATCH: usize = 250;
/// Shops that publish at the same time: while pictures of one are drawn, products of another are written.
const SHOPS_AT_ONCE: usize = 4;
/// Pictures of one product.
const PICTURES: usize = 3;

/// How many products there are now.
pub async fn publish(
    stage: &Stage<'_>,
    sampler: &Sampler,
    shops: &[Opened],
    diary: &Diary,
) -> anyhow::Result<u32> {
    let tree: Vec<sampler::Category> = sampler.categories().collect();
    let categories = tree.iter().map(|c| CategoryDraft {
        path: c.path.to_owned(),
        name: c.name.to_owned(),
        name_es: c.name_es.to_owned(),
        position: c.position,
        attributes: Some(asked::of(c, &tree)),
    });
    stage
        .market
        .catalog
        .upsert_categories(&stage.ctx(), categories.collect())
        .await?;
    stream::iter(shops.iter().enumerate())
        .map(|(n, shop)| async move {
            stage.reach(diary.opening(n + 1, shops.len()));
            publish_shop(stage, sampler, shop).await
        })
        .buffer_unordered(SHOPS_AT_ONCE)
        .try_fold(0, async |sum, published| Ok(sum + published))
        .await
}

async fn publish_shop(stage: &Stage<'_>, sampler: &Sampler, shop: &Opened) -> anyhow::Result<u32> {
    let products: Vec<Product> = sampler.products_of(&shop.seller).collect();
    for batch in products.chunks(BATCH) {
        let drafts = with_pictures(stage, batch).await?;
        stage
            .market
            .catalog
            .upsert(&stage.ctx(), shop.tenant, drafts)
            .await?;
    }
    Ok(u32::try_from(products.len())?)
}

/// Puts on sale what the sampler reduces. It was dearer before, so its lowest price of thirty days is known.
pub async fn reduce(stage: &Stage<'_>, sampler: &Sampler, shops: &[Opened]) -> anyhow::Result<()> {
    for shop in shops {
        let products = sampler
            .products_of(&shop.seller)
            .filter(super::prices::is_reduced);
        for batch in products.collect::<Vec<_>>().chunks(BATCH) {
            let drafts = with_pictures(stage, batch).await?;
            let reduced = super::prices::reduced(batch, drafts, stage.now());
            stage
                .market
                .catalog
                .upsert(&stage.ctx(), shop.tenant, reduced)
                .await?;
        }
    }
    Ok(())
}

async fn with_pictures(stage: &Stage<'_>, products: &[Product]) -> anyhow::Result<Vec<ProductDraft>> {
    let galleries: Vec<Vec<ArtSpec>> = products
        .iter()
        .map(|p| p.gallery().into_iter().take(PICTURES).collect())
        .collect();
    let sizes: Vec<usize> = galleries.iter().map(Vec::len).collect();
    let art: Vec<ArtSpec> = galleries.into_iter().flatten().collect();
    let drawings = tokio::task::spawn_blocking(move || draw(&art)).await?;
    let mut stored = stage
        .market
        .catalog
        .store_images(&stage.ctx(), drawings)
        .await?
        .into_iter();
    Ok(products
        .iter()
        .zip(sizes)
        .map(|(product, size)| draft(product, stored.by_ref().take(size).collect()))
        .collect())
}

pub fn draw(art: &[ArtSpec]) -> Vec<NewPicture> {
    let picture = |art: &ArtSpec| NewPicture {
        bytes: sampler::art::draw(art).into_bytes(),
        alt: art.title.clone(),
    };
    art.iter().map(picture).collect()
}

fn draft(product: &Product, pictures: Vec<Picture>) -> ProductDraft {
    let mut attributes: contracts::catalog::Attributes = product
        .attributes
        .iter()
        .map(|attribute| {
            let value = match &attribute.value {
                sampler::AttributeValue::Text(text) => AttributeValue::Text(text.clone()),
                #[allow(clippy::cast_precision_loss, reason = "sizes and weights are small")]
                sampler::AttributeValue::Number(number) => AttributeValue::Number(*number as f64),
                sampler::AttributeValue::Bool(yes) => AttributeValue::Bool(*yes),
            };
            (attribute.key.to_owned(), value)
        })
        .collect();
    if !product.materials.is_empty() {
        attributes.insert(
            "materials".to_owned(),
            AttributeValue::Many(product.materials.clone()),
        );
    }
    ProductDraft {
        key: product.key.clone(),
        title: product.title.clone(),
        description: product.description.clone(),
        language: Some("en".to_owned()),
        translations: None,
        brand: product.brand.clone(),
        category: Some(product.category.to_owned()),
        attributes,
        tags: product.tags.clone(),
        tax_category: None,
        status: Some(ProductStatus::Active),
        images: pictures.into_iter().map(DraftImage::Stored).collect(),
        making: super::making::of(product).map(Box::new),
        digital: None,
        variants: product.variants.iter().map(variant).collect(),
    }
}

fn variant(variant: &sampler::Variant) -> VariantDraft {
    let eur = |minor: i64| Money::new(minor, Currency::EUR);
    VariantDraft {
        code: variant.sku.clone(),
        options: variant
            .options
            .iter()
            .map(|(name, value)| OptionValue {
                name: (*name).to_owned(),
                value: value.clone(),
            })
            .collect(),
        price: eur(variant.compare_at_minor.unwrap_or(variant.price_minor)),
        compare_at: None,
        sale: DraftSale::Kept,
        breaks: Some(super::prices::breaks(variant)),
        dimensions: None,
        weight_g: variant.weight_g,
        gtin: None,
        stock: Some(variant.stock),
    }
}
