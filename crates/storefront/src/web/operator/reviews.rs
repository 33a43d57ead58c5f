//! Reviews that rules, the classifier or readers doubt: a moderator lets them stand, or not.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::page::Tone;
use crate::views::reviews::{DoubtedReview, OperatorReviewsPage, ReviewCard};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::reviews::{Seen, product_link, products, reason_said};
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::reviews::{ModeratedReview, ReviewStatus, Suspicion, Verdict};
use kernel::{Cursor, Permission, ReviewId};
use serde::Deserialize;

const PATH: &str = "/operator/reviews";
const PER_PAGE: u16 = 20;
const TABS: [(ReviewStatus, &str, &str); 3] = [
    (ReviewStatus::Queued, "waiting", "operator.reviews_waiting"),
    (ReviewStatus::Rejected, "rejected", "operator.reviews_rejected"),
    (ReviewStatus::Published, "standing", "operator.reviews_standing"),
];

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
    visit.operator(Permission::ModerateReviews)?;
    let show = filter.show.as_deref().unwrap_or_default();
    let (wanted, shown, _) = TABS
        .iter()
        .find(|(_, value, _)| *value == show)
        .unwrap_or(&TABS[0]);
    let (page, found) = futures::join!(
        visit.keyed_page(&shop, "operator.reviews"),
        shop.reviews
            .queue(&visit.ctx, *wanted, filter.after.map(Cursor), PER_PAGE),
    );
    let (found, locale) = (found?, visit.locale);
    let reviews: Vec<_> = found.items.iter().map(|one| one.review.clone()).collect();
    let shops = reviews.iter().map(|review| review.shop).collect();
    let (seen, listings, sellers) = futures::join!(
        Seen::of(&shop, &visit, &reviews),
        products(&shop, &visit, reviews.iter().map(|review| review.product)),
        shop.tenants.shops(&visit.ctx, shops),
    );
    let sellers = sellers.unwrap_or_default();
    let view = OperatorReviewsPage {
        page,
        work: bar(&visit, PATH),
        tabs: TABS
            .iter()
            .map(|(status, value, key)| Choice {
                selected: status == wanted,
                ..Choice::new(format!("{PATH}?show={value}"), locale.t(key).to_string())
            })
            .collect(),
        rows: found
            .items
            .iter()
            .map(|one| {
                let seller = sellers.iter().find(|seller| seller.id == one.review.shop);
                let seller = seller.map(|seller| seller.name.as_str()).unwrap_or_default();
                let card = ReviewCard {
                    product: listings.get(&one.review.product).map(product_link),
                    ..seen.card(&one.review, seller, locale)
                };
                row(one, card, locale)
            })
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("reviews.more").to_string(),
                format!("{PATH}?show={shown}&after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

fn row(one: &ModeratedReview, review: ReviewCard, locale: Locale) -> DoubtedReview {
    let (key, tone) = match one.status {
        ReviewStatus::Published => ("operator.review_stands", Tone::Good),
        ReviewStatus::Queued => ("operator.review_waits", Tone::Warn),
        ReviewStatus::Rejected => ("operator.review_rejected", Tone::Bad),
    };
    let href = |act: &str| format!("{PATH}/{}/{act}", one.review.id);
    let day = |at: kernel::DateTime| locale.date(at.date_naive());
    let report = |report: &contracts::reviews::ReviewReport| {
        let reason = reason_said(report.reason, locale);
        match report.note.is_empty() {
            true => format!("{} · {reason}", day(report.at)),
            false => format!("{} · {reason}: {}", day(report.at), report.note),
        }
    };
    let waits = one.status == ReviewStatus::Queued || one.reports > 0;
    DoubtedReview {
        review,
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        doubts: one
            .suspicions
            .iter()
            .map(|doubt| doubted(*doubt, one.score, locale))
            .collect(),
        reports: one.reported.iter().map(report).collect(),
        earlier: one
            .earlier
            .iter()
            .map(|said| {
                format!(
                    "{} · {} ★ · {} {}",
                    day(said.at),
                    said.stars,
                    said.title,
                    said.text
                )
            })
            .collect(),
        rejection: one.rejection.clone(),
        version: one.version,
        approve: (waits || one.status == ReviewStatus::Rejected).then(|| href("approve")),
        reject: (one.status != ReviewStatus::Rejected).then(|| href("reject")),
    }
}

fn doubted(doubt: Suspicion, score: u16, locale: Locale) -> String {
    let key = match doubt {
        Suspicion::EmailAddress => "doubt.email",
        Suspicion::PhoneNumber => "doubt.phone",
        Suspicion::WebAddress => "doubt.web",
        Suspicion::Words => "doubt.words",
        Suspicion::Shouting => "doubt.shouting",
        Suspicion::Classifier => "doubt.classifier",
        Suspicion::Reported => "doubt.reported",
    };
    let share = locale.percent(u32::from(score) / 10);
    locale.t(key).arg("share", share).to_string()
}

pub async fn approve(
    State(shop): State<Shop>,
    Path(id): Path<ReviewId>,
    posted: Posted,
) -> Result<Response, Failure> {
    decide(&shop, id, &posted, Verdict::Approve, "review_approved").await
}

pub async fn reject(
    State(shop): State<Shop>,
    Path(id): Path<ReviewId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let reason = posted.get("reason").to_owned();
    decide(&shop, id, &posted, Verdict::Reject { reason }, "review_rejected").await
}

async fn decide(
    shop: &Shop,
    id: ReviewId,
    posted: &Posted,
    verdict: Verdict,
    done: &str,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateReviews)?;
    // What names no version has read none.
    let version = posted.get("version").parse().unwrap_or(0);
    match shop.reviews.decide(&visit.ctx, id, version, verdict).await {
        Ok(_) => Ok(redirect_done(PATH, done)),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
