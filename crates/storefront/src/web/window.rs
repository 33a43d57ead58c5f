//! The shop window: pictures of the top categories, chosen now and then and not with each visit.

use super::visit::Visit;
use super::{Shop, cards};
use crate::views::common::Image;
use chrono::Duration;
use contracts::catalog::Category;
use contracts::search::SearchQuery;
use kernel::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How long a dressed window stays as it is.
const KEPT: Duration = Duration::minutes(10);
/// One with gaps is looked at again sooner: the index may just have been opened.
const KEPT_INCOMPLETE: Duration = Duration::seconds(20);

type Pictures = HashMap<String, Image>;

/// Cheap to clone; one per process.
#[derive(Clone, Default)]
pub struct Window(Arc<RwLock<Option<Dressed>>>);

struct Dressed {
    until: Timestamp,
    pictures: Arc<Pictures>,
}

impl Window {
    fn seen(&self, now: Timestamp) -> Option<Arc<Pictures>> {
        let dressed = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let dressed = dressed.as_ref().filter(|d| d.until > now)?;
        Some(Arc::clone(&dressed.pictures))
    }

    /// A picture for each of these categories, by path, of those that have something in stock.
    pub async fn pictures(&self, shop: &Shop, visit: &Visit, categories: &[&Category]) -> Arc<Pictures> {
        if let Some(pictures) = self.seen(visit.ctx.now) {
            return pictures;
        }
        let found = categories.iter().map(async |category| {
            let picture = picture_of(shop, visit, &category.path).await?;
            Some((category.path.clone(), picture))
        });
        let pictures: Pictures = futures::future::join_all(found)
            .await
            .into_iter()
            .flatten()
            .collect();
        let kept = if pictures.len() < categories.len() {
            KEPT_INCOMPLETE
        } else {
            KEPT
        };
        let pictures = Arc::new(pictures);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Dressed {
            until: visit.ctx.now + kept,
            pictures: Arc::clone(&pictures),
        });
        pictures
    }
}

/// The picture of a category: its best product's.
async fn picture_of(shop: &Shop, visit: &Visit, path: &str) -> Option<Image> {
    let query = SearchQuery {
        category: Some(path.to_owned()),
        limit: 1,
        in_stock: true,
        ..SearchQuery::default()
    };
    let found = shop.search.search(&visit.ctx, query).await.ok()?;
    found.hits.first()?.image.as_ref().map(|picture| Image {
        alt: String::new(),
        ..cards::image(picture)
    })
}
