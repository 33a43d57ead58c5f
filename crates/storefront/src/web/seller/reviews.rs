//! What buyers say of the shop's products, and what the shop says to it.

use super::{bar, own_shop};
use crate::views::common::{Choice, Link};
use crate::views::reviews::{Histogram, ReviewCard, SellerReviewRow, SellerReviewsPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::reviews::{Seen, product_link, products};
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::reviews::ReviewQuery;
use kernel::{Cursor, Permission, ReviewId};
use serde::Deserialize;

const PATH: &str = "/seller/reviews";
const PER_PAGE: u16 = 20;

#[derive(Default, Deserialize)]
pub struct Filter {
    show: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadShop)?;
    let all = filter.show.as_deref() == Some("all");
    let one = ReviewQuery {
        limit: 1,
        ..ReviewQuery::default()
    };
    let (page, found, summary, seller) = futures::join!(
        visit.keyed_page(&shop, "work.reviews"),
        shop.reviews
            .of_seller(&visit.ctx, tenant, !all, filter.after.map(Cursor), PER_PAGE),
        shop.reviews.of_shop(&visit.ctx, tenant, one),
        own_shop(&shop, &visit, tenant),
    );
    let (found, seller, locale) = (found?, seller?, visit.locale);
    let (seen, listings) = futures::join!(
        Seen::of(&shop, &visit, &found.items),
        products(&shop, &visit, found.items.iter().map(|review| review.product)),
    );
    let may_answer = visit.may(Permission::EditShop);
    let tab = |key: &str, href: &str, selected| Choice {
        selected,
        ..Choice::new(href, locale.t(key).to_string())
    };
    let everybody = format!("/shop/{}/reviews", seller.slug);
    let view = SellerReviewsPage {
        page,
        work: bar(&visit, &seller, PATH),
        histogram: summary
            .ok()
            .and_then(|of| Histogram::of(&of.summary, &everybody, None, locale)),
        tabs: vec![
            tab("work.reviews_unanswered", PATH, !all),
            tab("work.reviews_all", "/seller/reviews?show=all", all),
        ],
        rows: found
            .items
            .iter()
            .map(|review| SellerReviewRow {
                review: ReviewCard {
                    product: listings.get(&review.product).map(product_link),
                    ..seen.card(review, &seller.name, locale)
                },
                answer: may_answer.then(|| format!("{PATH}/{}/reply", review.id)),
                said: review
                    .reply
                    .as_ref()
                    .map(|reply| reply.text.clone())
                    .unwrap_or_default(),
            })
            .collect(),
        more: found.next.map(|next| {
            let show = if all { "show=all&" } else { "" };
            Link::new(
                locale.t("reviews.more").to_string(),
                format!("{PATH}?{show}after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn reply(
    State(shop): State<Shop>,
    Path(id): Path<ReviewId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let text = posted.get("text").to_owned();
    match shop.reviews.reply(&visit.ctx, tenant, id, text).await {
        Ok(_) => Ok(redirect_done("/seller/reviews?show=all", "review_answered")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
