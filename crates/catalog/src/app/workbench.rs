//! What a shop's staff do with their own products, as the pages know it.

use super::{ImageChoice, NewProduct, ProductPatch, Products, VariantInput};
use crate::domain::Refusal;
use crate::domain::words::Sought;
use crate::error::Error;
use crate::import::{ImportOptions, ImportReport};
use crate::media::Accepted;
use crate::store::{import, listing, word};
use ::store::Scope;
use contracts::catalog::{
    DraftImage, ItemProposal, Listing, NeedyListings, OwnListing, OwnQuery, Picture, ProductDraft,
    ProductFile, ProductTally, Upload, UploadError, UpsertCounts, VariantDraft, Workbench,
};
use contracts::digital::DigitalFile;
use contracts::{Blob, Reply};
use kernel::{Ctx, Cursor, Fault, ImportId, Page, PageLimit, ProductId, TenantId};

const UPLOADS_MAX: u16 = 50;

impl Products {
    async fn own_matching(&self, tenant: TenantId, query: OwnQuery) -> Result<Page<Listing>, Error> {
        let limit = PageLimit::new(query.limit).unwrap_or_default();
        let text = query.text.trim();
        if text.is_empty() {
            return self
                .own_page(tenant, query.status, query.after.as_ref(), limit)
                .await;
        }
        let sought = Sought::of(text);
        if sought.is_empty() {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let before: Option<ProductId> = query.after.as_ref().and_then(|c| c.0.parse().ok());
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let mut found = word::find(&mut tx, tenant, query.status, &sought, before, limit.get() + 1).await?;
        let has_more = found.len() > limit.get();
        found.truncate(limit.get());
        let items = listing::of_products(&mut tx, tenant, &found).await?;
        tx.commit().await?;
        let next = found.last().filter(|_| has_more).map(|id| Cursor(id.to_string()));
        Ok(Page { items, next })
    }

    async fn tallied(&self, tenant: TenantId) -> Result<ProductTally, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = listing::tally_of_shop(&mut tx, tenant).await?;
        tx.commit().await?;
        let count = |status: &str| rows.iter().find(|(s, _)| s == status).map_or(0, |(_, n)| *n);
        Ok(ProductTally {
            draft: count("draft"),
            active: count("active"),
            inactive: count("inactive"),
            archived: count("archived"),
        })
    }

    async fn read_file(&self, ctx: &Ctx, tenant: TenantId, file: ProductFile) -> Result<Upload, Error> {
        self.may_upload(ctx, tenant).await?;
        let options = ImportOptions {
            status: file.status,
            default_stock: file.default_stock,
            ..ImportOptions::new(file.name)
        };
        let reader = std::io::Cursor::new(file.bytes);
        match self.import(ctx, tenant, reader, options).await {
            Ok(report) => Ok(told(report)),
            // What was read before the break is in, and the report says where it broke.
            Err(Error::ImportBroken { import, .. }) => Ok(told(self.import_report(tenant, import).await?)),
            Err(error) => Err(error),
        }
    }

    async fn latest_uploads(&self, tenant: TenantId, limit: u16) -> Result<Vec<Upload>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let imports = import::latest(&mut tx, tenant, i64::from(limit.min(UPLOADS_MAX))).await?;
        tx.commit().await?;
        Ok(imports
            .into_iter()
            .map(|import| {
                told(ImportReport {
                    import,
                    errors: Vec::new(),
                })
            })
            .collect())
    }
}

pub(super) fn told(report: ImportReport) -> Upload {
    let ImportReport { import, errors } = report;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Upload {
        id: import.id,
        file_name: import.file_name,
        format: import.format,
        finished: import.state == "finished",
        rows_done: count(import.rows_done),
        rows_failed: count(import.rows_failed),
        counts: UpsertCounts {
            created: count(import.created),
            updated: count(import.updated),
            unchanged: count(import.unchanged),
        },
        failure: import.failure,
        started_at: import.started_at,
        errors: errors
            .into_iter()
            .map(|error| UploadError {
                row: error.row,
                column: error.column,
                message: error.message,
            })
            .collect(),
    }
}

/// Pictures chosen on a page were uploaded before: those known by address only come by file.
fn chosen(images: &[DraftImage]) -> Result<Vec<ImageChoice>, Error> {
    let choice = |(i, image): (usize, &DraftImage)| match image {
        DraftImage::Stored(picture) => Ok(ImageChoice {
            image: picture.image,
            alt: picture.alt.clone(),
        }),
        DraftImage::Address { .. } => {
            let detail = "Upload the picture itself, or put its address into a file of products.";
            Err(Refusal::new(format!("images/{i}"), "image_unknown", detail).into())
        }
    };
    images.iter().enumerate().map(choice).collect()
}

fn inputs(variants: Vec<VariantDraft>) -> Vec<VariantInput> {
    let input = |variant: VariantDraft| VariantInput {
        code: variant.code,
        options: variant.options,
        price: variant.price,
        compare_at: variant.compare_at,
        // A page says all that its variants ask.
        sale: variant.sale.said().cloned(),
        breaks: variant.breaks.unwrap_or_default(),
        dimensions: variant.dimensions,
        weight_g: variant.weight_g,
        gtin: variant.gtin,
        stock: variant.stock,
    };
    variants.into_iter().map(input).collect()
}

fn new_product(draft: ProductDraft) -> Result<NewProduct, Error> {
    Ok(NewProduct {
        images: chosen(&draft.images)?,
        key: Some(draft.key).filter(|key| !key.is_empty()),
        title: draft.title,
        description: draft.description,
        language: draft.language,
        translations: draft.translations,
        brand: draft.brand,
        category: draft.category,
        attributes: draft.attributes,
        tags: draft.tags,
        tax_category: draft.tax_category,
        materials: Vec::new(),
        status: draft.status,
        making: draft.making,
        digital: draft.digital,
        variants: inputs(draft.variants),
    })
}

fn patch_of(draft: ProductDraft) -> Result<ProductPatch, Error> {
    Ok(ProductPatch {
        images: Some(chosen(&draft.images)?),
        title: Some(draft.title),
        description: Some(draft.description),
        language: draft.language,
        translations: draft.translations,
        brand: Some(draft.brand),
        category: Some(draft.category.unwrap_or_default()),
        attributes: Some(draft.attributes),
        tags: Some(draft.tags),
        tax_category: draft.tax_category,
        materials: None,
        status: draft.status,
        making: draft.making,
        digital: draft.digital,
        variants: Some(inputs(draft.variants)),
    })
}

impl Workbench for Products {
    fn own_products<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        query: OwnQuery,
    ) -> Reply<'a, Page<Listing>> {
        Box::pin(async move { Ok(self.own_matching(tenant, query).await?) })
    }

    fn own_product<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: ProductId) -> Reply<'a, OwnListing> {
        Box::pin(async move {
            let own = self.own(tenant, id).await?;
            Ok(OwnListing {
                key: own.key,
                description: own.description,
                translations: own.written,
                listing: own.listing,
                review: own.review,
            })
        })
    }

    fn product_tally<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, ProductTally> {
        Box::pin(async move { Ok(self.tallied(tenant).await?) })
    }

    fn needy_products<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, NeedyListings> {
        Box::pin(async move {
            let limit = PageLimit::new(limit).unwrap_or_default();
            Ok(self.needy(ctx, tenant, after.as_ref(), limit).await?)
        })
    }

    fn create_product<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        draft: ProductDraft,
    ) -> Reply<'a, Listing> {
        Box::pin(async move { Ok(self.create(ctx, tenant, new_product(draft)?).await?.listing) })
    }

    fn change_product<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: ProductId,
        version: i64,
        draft: ProductDraft,
    ) -> Reply<'a, Listing> {
        Box::pin(async move {
            let own = self.own(tenant, id).await?;
            let mut patch = patch_of(draft)?;
            // Pictures that stay as they are, are left alone: some may be known by their address only, which no page shows.
            let shown = own.listing.images.iter().map(|p| (p.image, p.alt.as_str()));
            if patch
                .images
                .as_ref()
                .is_some_and(|chosen| chosen.iter().map(|c| (c.image, c.alt.as_str())).eq(shown))
            {
                patch.images = None;
            }
            Ok(self.patch(ctx, tenant, id, version, patch).await?.listing)
        })
    }

    fn delete_product<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: ProductId) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.delete(ctx, tenant, id, None).await?) })
    }

    fn upload_picture<'a>(&'a self, ctx: &'a Ctx, bytes: Blob, alt: String) -> Reply<'a, Picture> {
        Box::pin(async move { Ok(self.keep_image(ctx, bytes.0, alt, Accepted::Pictures).await?) })
    }

    fn keep_product_file<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        name: String,
        bytes: Blob,
    ) -> Reply<'a, DigitalFile> {
        Box::pin(async move {
            let reader = std::io::Cursor::new(bytes.0);
            Ok(Products::keep_product_file(self, ctx, tenant, &name, reader).await?)
        })
    }

    fn item_proposal<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
    ) -> Reply<'a, Option<ItemProposal>> {
        Box::pin(async move { Ok(self.proposal_of(tenant, product).await?) })
    }

    fn propose_item<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
        same_as: ProductId,
    ) -> Reply<'a, ()> {
        Box::pin(async move { Ok(Products::propose_item(self, ctx, tenant, product, same_as).await?) })
    }

    fn withdraw_item_proposal<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
    ) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.withdraw_proposal(tenant, product).await?) })
    }

    fn upload_file<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, file: ProductFile) -> Reply<'a, Upload> {
        Box::pin(async move { Ok(self.read_file(ctx, tenant, file).await?) })
    }

    fn upload<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, Upload> {
        Box::pin(async move {
            let report = self.import_report(tenant, id).await.map_err(Fault::from)?;
            Ok(told(report))
        })
    }

    fn uploads<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, limit: u16) -> Reply<'a, Vec<Upload>> {
        Box::pin(async move { Ok(self.latest_uploads(tenant, limit).await?) })
    }
}
