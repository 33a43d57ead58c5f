//! What buyers say of a product or of a shop.

use super::failure::Failure;
use super::listing::crumbs;
use super::posted::Posted;
use super::visit::{Visit, encode, redirect, redirect_done, redirect_refused};
use super::{Shop, cards};
use crate::i18n::Locale;
use crate::markup::Markup;
use crate::views::common::{Choice, Image, Link};
use crate::views::reviews::{Histogram, ReplyText, ReviewActs, ReviewCard, ReviewsPage, ReviewsPart, Stars};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::{Listing, ProductStatus};
use contracts::reviews::{ReportReason, Review, ReviewPage, ReviewQuery, ReviewSort, STARS};
use kernel::{Cursor, Fault, ImageId, ProductId, ReviewId, TenantId};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Reviews on a product's own page.
const FIRST: u16 = 4;
const PER_PAGE: u16 = 20;
const SORTS: [(ReviewSort, &str, &str); 4] = [
    (ReviewSort::Helpful, "helpful", "reviews.sort_helpful"),
    (ReviewSort::Newest, "newest", "reviews.sort_newest"),
    (ReviewSort::Highest, "highest", "reviews.sort_highest"),
    (ReviewSort::Lowest, "lowest", "reviews.sort_lowest"),
];
const REASONS: [(ReportReason, &str, &str); 5] = [
    (ReportReason::Advertising, "advertising", "report.advertising"),
    (ReportReason::Offensive, "offensive", "report.offensive"),
    (ReportReason::OffTopic, "off_topic", "report.off_topic"),
    (ReportReason::Private, "private", "report.private"),
    (ReportReason::Untrue, "untrue", "report.untrue"),
];

#[derive(Default, Deserialize)]
pub struct Wanted {
    sort: Option<String>,
    stars: Option<u8>,
    after: Option<String>,
}

impl Wanted {
    fn sort(&self) -> ReviewSort {
        let wanted = self.sort.as_deref().unwrap_or_default();
        let known = SORTS.iter().find(|(_, value, _)| *value == wanted);
        known.map_or(ReviewSort::Helpful, |(sort, _, _)| *sort)
    }

    fn stars(&self) -> Option<u8> {
        self.stars.filter(|stars| STARS.contains(stars))
    }

    fn query(&self) -> ReviewQuery {
        ReviewQuery {
            sort: self.sort(),
            stars: self.stars(),
            after: self.after.clone().map(Cursor),
            limit: PER_PAGE,
        }
    }

    fn choices(&self, locale: Locale) -> Vec<Choice> {
        let current = self.sort();
        let choices = SORTS.iter().map(|(sort, value, key)| Choice {
            selected: *sort == current,
            ..Choice::new(*value, locale.t(key).to_string())
        });
        choices.collect()
    }

    /// Where the next page is.
    fn next(&self, href: &str, cursor: &Cursor, locale: Locale) -> Link {
        let sort = SORTS.iter().find(|(sort, _, _)| *sort == self.sort());
        let mut to = format!("{href}?sort={}", sort.map_or("helpful", |(_, value, _)| value));
        if let Some(stars) = self.stars() {
            to.push_str(&format!("&stars={stars}"));
        }
        Link::new(
            locale.t("reviews.more").to_string(),
            format!("{to}&after={}", encode(&cursor.0)),
        )
    }
}

/// What stands on a product's own page. Without reviews it is still a page.
pub async fn first(
    shop: &Shop,
    visit: &Visit,
    found: Result<ReviewPage, Fault>,
    list: &str,
    seller: &str,
    product: &str,
) -> ReviewsPart {
    let found = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "reviews could not be read");
        ReviewPage {
            summary: contracts::reviews::Summary::default(),
            items: Vec::new(),
            next: None,
        }
    });
    let all = found.next.is_some().then(|| {
        let count = u64::from(found.summary.rating.count);
        Link::new(visit.locale.n("reviews.all", count).to_string(), list)
    });
    let seen = Seen::of(shop, visit, &found.items).await;
    ReviewsPart {
        histogram: Histogram::of(&found.summary, list, None, visit.locale),
        reviews: found
            .items
            .iter()
            .map(|review| ReviewCard {
                acts: Some(seen.acts(review, product, visit)),
                ..seen.card(review, seller, visit.locale)
            })
            .collect(),
        all,
    }
}

/// What the first page asks for.
pub fn first_query() -> ReviewQuery {
    ReviewQuery {
        sort: ReviewSort::Helpful,
        limit: FIRST,
        ..ReviewQuery::default()
    }
}

/// What is read beside some reviews: their pictures, and which of them the visitor finds helpful.
pub struct Seen {
    photos: HashMap<ImageId, Image>,
    voted: HashSet<ReviewId>,
}

impl Seen {
    pub async fn of(shop: &Shop, visit: &Visit, reviews: &[Review]) -> Self {
        let photos = reviews.iter().flat_map(|review| review.photos.iter().copied());
        let ids: Vec<ReviewId> = reviews.iter().map(|review| review.id).collect();
        let votes = async {
            match visit.user() {
                Ok(user) if !ids.is_empty() => shop
                    .reviews
                    .votes(&visit.ctx, user, ids)
                    .await
                    .unwrap_or_default(),
                _ => Vec::new(),
            }
        };
        let (photos, voted) = futures::join!(super::home::pictures(shop, visit, photos), votes);
        Self {
            photos,
            voted: voted.into_iter().collect(),
        }
    }

    pub fn card(&self, review: &Review, seller: &str, locale: Locale) -> ReviewCard {
        let day = |at: kernel::DateTime| locale.date(at.date_naive());
        ReviewCard {
            id: format!("review-{}", review.id),
            stars: Stars::given(review.stars, locale),
            title: review.title.clone(),
            text: Markup::from_plain_text(&review.text),
            author: review.author.clone(),
            date: day(review.at),
            edited: review
                .edited_at
                .map(|at| locale.t("review.edited").arg("date", day(at)).to_string())
                .unwrap_or_default(),
            photos: review
                .photos
                .iter()
                .filter_map(|id| self.photos.get(id))
                .map(|photo| Image {
                    alt: locale
                        .t("review.photo_of")
                        .arg("author", &review.author)
                        .to_string(),
                    ..photo.clone()
                })
                .collect(),
            helpful: u64::from(review.helpful),
            reply: review.reply.as_ref().map(|reply| ReplyText {
                shop: seller.to_owned(),
                date: day(reply.at),
                text: Markup::from_plain_text(&reply.text),
            }),
            product: None,
            acts: None,
        }
    }

    /// What a reader may do about a review of the product at `path`.
    pub fn acts(&self, review: &Review, path: &str, visit: &Visit) -> ReviewActs {
        let href = |act: &str| format!("{path}/reviews/{}/{act}", review.id);
        let reasons = REASONS.iter();
        ReviewActs {
            vote: href("vote"),
            voted: self.voted.contains(&review.id),
            report: href("report"),
            reasons: reasons
                .map(|(_, value, key)| Choice::new(*value, visit.locale.t(key).to_string()))
                .collect(),
        }
    }
}

async fn listing(shop: &Shop, visit: &Visit, slug: &str) -> Result<Listing, Failure> {
    let id = super::product::id_in(slug).ok_or_else(|| Fault::not_found("product"))?;
    let found = shop
        .catalog
        .listings(&visit.ctx, vec![id])
        .await?
        .into_iter()
        .next();
    let found = found.filter(|listing| listing.status == ProductStatus::Active);
    Ok(found.ok_or_else(|| Fault::not_found("product"))?)
}

pub async fn of_product(
    State(shop): State<Shop>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let listing = listing(&shop, &visit, &slug).await?;
    let product = cards::product_href(&listing.slug, listing.id);
    let href = format!("{product}/reviews");
    if !product.ends_with(&format!("/{slug}")) {
        return Ok(redirect(&href));
    }
    let locale = visit.locale;
    let title = locale.t("reviews.of").arg("what", &listing.title).to_string();
    let summary = Markup::plain(&listing.description_html, 155);
    let (page, found, sellers, tree) = futures::join!(
        visit.public_page(&shop, &title, &summary, &href),
        shop.reviews.of_product(&visit.ctx, listing.id, wanted.query()),
        shop.tenants.shops(&visit.ctx, vec![listing.tenant]),
        shop.catalog.categories(&visit.ctx),
    );
    let found = found?;
    let seller = sellers?
        .into_iter()
        .next()
        .map(|seller| seller.name)
        .unwrap_or_default();
    let seen = Seen::of(&shop, &visit, &found.items).await;
    let mut way = listing
        .category
        .as_ref()
        .map(|c| crumbs(&tree.unwrap_or_default(), &c.path, &visit))
        .unwrap_or_default();
    way.push(Link::new(listing.title.clone(), product.clone()));
    let view = ReviewsPage {
        page,
        crumbs: way,
        reviews: found
            .items
            .iter()
            .map(|review| ReviewCard {
                acts: Some(seen.acts(review, &product, &visit)),
                ..seen.card(review, &seller, locale)
            })
            .collect(),
        histogram: Histogram::of(&found.summary, &href, wanted.stars(), locale),
        sort: wanted.choices(locale),
        stars: wanted.stars(),
        more: found
            .next
            .as_ref()
            .map(|cursor| wanted.next(&href, cursor, locale)),
        about: Link::new(listing.title, product),
        href,
    };
    Ok(visit.show(&shop, &view))
}

pub async fn of_shop(
    State(shop): State<Shop>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let seller = shop.tenants.shop_by_slug(&visit.ctx, slug).await?;
    let seller = seller.ok_or_else(|| Fault::not_found("shop"))?;
    let about = format!("/shop/{}", seller.slug);
    let href = format!("{about}/reviews");
    let locale = visit.locale;
    let title = locale.t("reviews.of").arg("what", &seller.name).to_string();
    let story = Markup::plain(&seller.story, 155);
    let (page, found) = futures::join!(
        visit.public_page(&shop, &title, &story, &href),
        shop.reviews.of_shop(&visit.ctx, seller.id, wanted.query()),
    );
    let found = found?;
    let (seen, products) = futures::join!(
        Seen::of(&shop, &visit, &found.items),
        products(&shop, &visit, found.items.iter().map(|review| review.product)),
    );
    let view = ReviewsPage {
        page,
        crumbs: vec![Link::new(seller.name.clone(), about.clone())],
        reviews: found
            .items
            .iter()
            .map(|review| {
                let listing = products.get(&review.product);
                ReviewCard {
                    product: listing.map(product_link),
                    acts: listing.map(|of| seen.acts(review, &cards::product_href(&of.slug, of.id), &visit)),
                    ..seen.card(review, &seller.name, locale)
                }
            })
            .collect(),
        histogram: Histogram::of(&found.summary, &href, wanted.stars(), locale),
        sort: wanted.choices(locale),
        stars: wanted.stars(),
        more: found
            .next
            .as_ref()
            .map(|cursor| wanted.next(&href, cursor, locale)),
        about: Link::new(seller.name, about),
        href,
    };
    Ok(visit.show(&shop, &view))
}

pub fn product_link(listing: &Listing) -> Link {
    Link::new(
        listing.title.clone(),
        cards::product_href(&listing.slug, listing.id),
    )
}

/// Products by id, each asked for once.
pub async fn products(
    shop: &Shop,
    visit: &Visit,
    ids: impl Iterator<Item = ProductId>,
) -> HashMap<ProductId, Listing> {
    let ids: HashSet<ProductId> = ids.collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    // A list without titles is still a list.
    let found = shop
        .catalog
        .listings(&visit.ctx, ids.into_iter().collect())
        .await
        .unwrap_or_default();
    found.into_iter().map(|listing| (listing.id, listing)).collect()
}

/// How many stars a shop has, for its head.
pub async fn of_seller(shop: &Shop, visit: &Visit, seller: TenantId) -> Option<Stars> {
    let rated = shop
        .reviews
        .shop_ratings(&visit.ctx, vec![seller])
        .await
        .unwrap_or_default();
    rated.first().and_then(|one| Stars::of(one.rating, visit.locale))
}

/// The list that a form stands on, at the review.
fn back(slug: &str, id: ReviewId) -> String {
    format!("/p/{slug}/reviews#review-{id}")
}

pub async fn vote(
    State(shop): State<Shop>,
    Path((slug, id)): Path<(String, ReviewId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let helpful = posted.get("helpful") == "yes";
    match shop.reviews.vote(&visit.ctx, user, id, helpful).await {
        Ok(_) => Ok(redirect(&back(&slug, id))),
        Err(fault) => redirect_refused(&format!("/p/{slug}/reviews"), fault),
    }
}

pub async fn report(
    State(shop): State<Shop>,
    Path((slug, id)): Path<(String, ReviewId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let said = posted.get("reason");
    let reason = REASONS.iter().find(|(_, value, _)| *value == said);
    let reason = reason.map_or(ReportReason::OffTopic, |(reason, _, _)| *reason);
    let note = posted.get("note").to_owned();
    let list = format!("/p/{slug}/reviews");
    match shop.reviews.report(&visit.ctx, user, id, reason, note).await {
        Ok(()) => Ok(redirect_done(&list, "review_reported")),
        Err(fault) => redirect_refused(&list, fault),
    }
}

/// What a reader said of a review, in words.
pub fn reason_said(reason: ReportReason, locale: Locale) -> String {
    let known = REASONS.iter().find(|(known, _, _)| *known == reason);
    known
        .map(|(_, _, key)| locale.t(key).to_string())
        .unwrap_or_default()
}
