//! A buyer's own reviews: what is left to review, what was written, and the form for both.

use super::failure::Failure;
use super::posted::{FORM_BYTES_MAX, Posted};
use super::reviews::{Seen, products};
use super::visit::{Visit, encode, redirect_done, redirect_refused};
use super::{Shop, cards};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Image, Link};
use crate::views::order::SubOrder as SeenPart;
use crate::views::page::Tone;
use crate::views::reviews::{AccountReviewsPage, OwnReviewRow, ReviewFormPage, ToReview};
use crate::views::work::Status;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Listing;
use contracts::orders::SubOrder;
use contracts::reviews::{NewReview, OrderReviews, OwnReview, PHOTOS_MAX, ReviewStatus, ReviewText, STARS};
use kernel::limits::IMAGE_BYTES_MAX;
use kernel::{Cursor, Fault, ImageId, OrderId, ProductId, ReviewId};
use serde::Deserialize;
use std::collections::HashSet;

const PATH: &str = "/account/reviews";
/// Bytes of the form with its pictures.
pub const BYTES_MAX: usize = PHOTOS_MAX * IMAGE_BYTES_MAX + FORM_BYTES_MAX;
const PER_PAGE: u16 = 20;
/// Purchases shown that wait for a review.
const WAITING_SHOWN: u16 = 12;

#[derive(Default, Deserialize)]
pub struct Place {
    after: Option<String>,
}

/// What a new review is about.
#[derive(Deserialize)]
pub struct About {
    order: OrderId,
    product: ProductId,
}

fn picture(listing: Option<&Listing>) -> Option<Image> {
    let image = listing?.images.first().map(cards::image)?;
    // The title stands beside it.
    Some(Image {
        alt: String::new(),
        ..image
    })
}

fn title(listing: Option<&Listing>, locale: Locale) -> String {
    listing.map_or_else(|| locale.t("review.gone").to_string(), |of| of.title.clone())
}

fn product_href(listing: Option<&Listing>) -> String {
    listing.map_or_else(|| "/search".to_owned(), |of| cards::product_href(&of.slug, of.id))
}

/// Where a purchase is reviewed.
pub fn write_href(order: OrderId, product: ProductId) -> String {
    format!("{PATH}/new?order={order}&product={product}")
}

/// Where a review is changed.
pub fn change_href(id: ReviewId) -> String {
    format!("{PATH}/{id}")
}

/// A part of an order, whose lines lead to where they are reviewed once they have arrived: each product once.
pub fn on(sub: &SubOrder, mut seen: SeenPart, said: &OrderReviews, locale: Locale) -> SeenPart {
    let mut told = HashSet::new();
    for (line, shown) in sub.lines.iter().zip(&mut seen.lines) {
        let own = said.written.iter().find(|own| own.review.product == line.product);
        let open = said.open.iter().find(|open| open.product == line.product);
        let link = match (own, open) {
            (Some(own), _) => Some(("review.yours", change_href(own.review.id))),
            (None, Some(open)) => Some(("review.write", write_href(open.order, open.product))),
            (None, None) => None,
        };
        let link = link.filter(|_| told.insert(line.product));
        shown.review = link.map(|(key, href)| Link::new(locale.t(key).to_string(), href));
    }
    seen
}

/// None where everybody reads it.
fn status(review: &OwnReview, locale: Locale) -> Option<Status> {
    let (key, tone) = match review.status {
        ReviewStatus::Published => return None,
        ReviewStatus::Queued => ("review.state_queued", Tone::Warn),
        ReviewStatus::Rejected => ("review.state_rejected", Tone::Bad),
    };
    Some(Status {
        label: locale.t(key).to_string(),
        tone,
    })
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let user = visit.user()?;
    let is_first = place.after.is_none();
    let (page, waiting, written) = futures::join!(
        visit.keyed_page(&shop, "account.reviews"),
        shop.reviews.reviewable(&visit.ctx, user, WAITING_SHOWN),
        shop.reviews
            .of_buyer(&visit.ctx, user, place.after.map(Cursor), PER_PAGE),
    );
    let (waiting, written) = (waiting?, written?);
    let reviews: Vec<_> = written.items.iter().map(|own| own.review.clone()).collect();
    let ids = waiting
        .iter()
        .map(|one| one.product)
        .chain(reviews.iter().map(|review| review.product));
    let (listings, seen) = futures::join!(products(&shop, &visit, ids), Seen::of(&shop, &visit, &reviews));
    let locale = visit.locale;
    let view = AccountReviewsPage {
        page,
        waiting: waiting
            .iter()
            .filter(|_| is_first)
            .map(|one| {
                let listing = listings.get(&one.product);
                ToReview {
                    title: title(listing, locale),
                    product_href: product_href(listing),
                    image: picture(listing),
                    arrived: locale.date(one.delivered_at.date_naive()),
                    href: write_href(one.order, one.product),
                }
            })
            .collect(),
        written: written
            .items
            .iter()
            .map(|own| {
                let listing = listings.get(&own.review.product);
                OwnReviewRow {
                    title: title(listing, locale),
                    product_href: product_href(listing),
                    image: picture(listing),
                    review: seen.card(&own.review, &locale.t("review.the_shop").to_string(), locale),
                    status: status(own, locale),
                    rejection: own.rejection.clone(),
                    href: change_href(own.review.id),
                }
            })
            .collect(),
        more: written.next.map(|next| {
            Link::new(
                locale.t("reviews.more").to_string(),
                format!("{PATH}?after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

/// What the form shows.
struct Shown<'p> {
    about: Option<(OrderId, ProductId)>,
    product: ProductId,
    known: Option<&'p OwnReview>,
    refused: Option<(&'p Posted, &'p Fault)>,
}

async fn form(shop: &Shop, visit: &Visit, shown: Shown<'_>) -> Result<Response, Failure> {
    let locale = visit.locale;
    let heading = match shown.known {
        Some(_) => "review.change_title",
        None => "review.write_title",
    };
    let kept = shown
        .known
        .map(|own| own.review.photos.clone())
        .unwrap_or_default();
    let (page, listings, stored) = futures::join!(
        visit.keyed_page(shop, heading),
        products(shop, visit, std::iter::once(shown.product)),
        super::home::pictures(shop, visit, kept.iter().copied()),
    );
    let listing = listings.get(&shown.product);
    let known = shown.known.map(|own| &own.review);
    let value = |name: &str, kept: Option<String>| match shown.refused {
        Some((posted, _)) => posted.get(name).to_owned(),
        None => kept.unwrap_or_default(),
    };
    let wrong = |pointer: &str| {
        shown
            .refused
            .and_then(|(_, fault)| visit.tell_field(fault, pointer))
    };
    let stars = value("stars", known.map(|review| review.stars.to_string()));
    let placed = ["/stars", "/title", "/text"]
        .iter()
        .any(|pointer| wrong(pointer).is_some());
    let view = ReviewFormPage {
        page,
        title: title(listing, locale),
        product_href: product_href(listing),
        image: picture(listing),
        error: shown
            .refused
            .filter(|_| !placed)
            .map(|(_, fault)| visit.tell(fault)),
        action: match shown.known {
            Some(own) => change_href(own.review.id),
            None => format!("{PATH}/new"),
        },
        order: shown
            .about
            .map(|(order, _)| order.to_string())
            .unwrap_or_default(),
        product: shown.product.to_string(),
        stars: STARS
            .rev()
            .map(|count| Choice {
                selected: stars == count.to_string(),
                ..Choice::new(
                    count.to_string(),
                    locale.t(&format!("stars.word_{count}")).to_string(),
                )
            })
            .collect(),
        stars_error: wrong("/stars"),
        headline: Field {
            value: value("title", known.map(|review| review.title.clone())),
            error: wrong("/title"),
        },
        text: Field {
            value: value("text", known.map(|review| review.text.clone())),
            error: wrong("/text"),
        },
        photos: kept.iter().filter_map(|id| stored.get(id).cloned()).collect(),
        delete: shown
            .known
            .map(|own| format!("{}/delete", change_href(own.review.id))),
    };
    Ok(visit.show(shop, &view))
}

/// The pictures that a review keeps, with those chosen anew behind them.
async fn photos(shop: &Shop, posted: &Posted, kept: &[ImageId]) -> Result<Vec<ImageId>, Fault> {
    let mut photos = match posted.ticked("drop_photos") {
        true => Vec::new(),
        false => kept.to_vec(),
    };
    if photos.len() + posted.files("photos").count() > PHOTOS_MAX {
        let detail = format!("A review has at most {PHOTOS_MAX} photos.");
        return Err(Fault::field("too_many_photos", "/photos", detail));
    }
    for file in posted.files("photos") {
        let stored = shop
            .workbench
            .upload_picture(&posted.visit.ctx, file.bytes.to_vec().into(), String::new())
            .await?;
        photos.push(stored.image);
    }
    Ok(photos)
}

fn said(posted: &Posted, photos: Vec<ImageId>) -> ReviewText {
    ReviewText {
        // What is no number is no star either.
        stars: posted.get("stars").parse().unwrap_or(0),
        title: posted.get("title").to_owned(),
        text: posted.get("text").to_owned(),
        photos,
    }
}

pub async fn new(
    State(shop): State<Shop>,
    visit: Visit,
    Query(about): Query<About>,
) -> Result<Response, Failure> {
    let user = visit.user()?;
    let known = shop.reviews.of_order(&visit.ctx, user, about.order).await?;
    if let Some(own) = known
        .written
        .iter()
        .find(|own| own.review.product == about.product)
    {
        return Ok(super::visit::redirect(&change_href(own.review.id)));
    }
    if !known.open.iter().any(|open| open.product == about.product) {
        return Err(Fault::not_found("order").into());
    }
    let shown = Shown {
        about: Some((about.order, about.product)),
        product: about.product,
        known: None,
        refused: None,
    };
    form(&shop, &visit, shown).await
}

pub async fn write(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let (Ok(order), Ok(product)) = (posted.get("order").parse(), posted.get("product").parse()) else {
        return Err(Fault::not_found("order").into());
    };
    let written = async {
        let new = NewReview {
            order,
            product,
            says: said(&posted, photos(&shop, &posted, &[]).await?),
        };
        shop.reviews.write(&visit.ctx, user, new).await
    };
    match written.await {
        Ok(written) => Ok(told(&written)),
        Err(fault) => {
            let shown = Shown {
                about: Some((order, product)),
                product,
                known: None,
                refused: Some((&posted, &fault)),
            };
            form(&shop, visit, shown).await
        }
    }
}

/// What became of it.
fn told(own: &OwnReview) -> Response {
    match own.status {
        ReviewStatus::Published => redirect_done(PATH, "review_published"),
        ReviewStatus::Queued | ReviewStatus::Rejected => redirect_done(PATH, "review_queued"),
    }
}

pub async fn edit(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    let user = visit.user()?;
    let own = shop.reviews.own(&visit.ctx, user, id).await?;
    let shown = Shown {
        about: None,
        product: own.review.product,
        known: Some(&own),
        refused: None,
    };
    form(&shop, &visit, shown).await
}

pub async fn change(
    State(shop): State<Shop>,
    Path(id): Path<ReviewId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let own = shop.reviews.own(&visit.ctx, user, id).await?;
    let changed = async {
        let says = said(&posted, photos(&shop, &posted, &own.review.photos).await?);
        shop.reviews.edit(&visit.ctx, user, id, says).await
    };
    match changed.await {
        Ok(changed) => Ok(told(&changed)),
        Err(fault) => {
            let shown = Shown {
                about: None,
                product: own.review.product,
                known: Some(&own),
                refused: Some((&posted, &fault)),
            };
            form(&shop, visit, shown).await
        }
    }
}

pub async fn delete(
    State(shop): State<Shop>,
    Path(id): Path<ReviewId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    match shop.reviews.delete(&visit.ctx, user, id).await {
        Ok(()) => Ok(redirect_done(PATH, "deleted")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
