//! Reviews: what everybody reads, what their authors and shops write, and what moderators decide.

use askama::Template;

use super::common::{Choice, Field, Image, Link};
use super::page::Page;
use super::work::{Status, WorkBar};
use crate::i18n::Locale;
use crate::markup::Markup;
use contracts::reviews::{Rating, Summary};

/// Stars as they are drawn, with what they say.
#[derive(Clone, Debug)]
pub struct Stars {
    /// Half stars, rounded: 0 to 10.
    pub halves: u32,
    /// `4.7`
    pub text: String,
    /// The same with a point, for machines.
    pub decimal: String,
    /// `4.7 out of 5 stars`
    pub label: String,
    /// Reviews that they are the average of.
    pub count: u64,
}

impl Stars {
    /// The average of some reviews; none where there are none.
    pub fn of(rating: Rating, locale: Locale) -> Option<Stars> {
        (rating.count > 0).then(|| Stars::average(rating, locale))
    }

    fn average(rating: Rating, locale: Locale) -> Stars {
        let tenths = (rating.average_hundredths + 5) / 10;
        let decimal = format!("{}.{}", tenths / 10, tenths % 10);
        let text = match locale {
            Locale::En => decimal.clone(),
            Locale::Es => decimal.replace('.', ","),
        };
        Stars {
            halves: (rating.average_hundredths + 25) / 50,
            label: locale.t("stars.of_five").arg("stars", &text).to_string(),
            text,
            decimal,
            count: u64::from(rating.count),
        }
    }

    /// What one review gives.
    pub fn given(stars: u8, locale: Locale) -> Stars {
        let stars = u32::from(stars);
        Stars {
            halves: stars * 2,
            text: stars.to_string(),
            decimal: stars.to_string(),
            label: locale.t("stars.of_five").arg("stars", stars).to_string(),
            count: 1,
        }
    }
}

/// One bar of the histogram, five stars first.
#[derive(Clone, Debug)]
pub struct StarBar {
    pub stars: u32,
    pub count: u64,
    /// Of a hundred.
    pub share: u64,
    /// The reviews that give so many.
    pub href: String,
    pub current: bool,
}

/// How many gave how many stars.
#[derive(Clone, Debug)]
pub struct Histogram {
    pub stars: Stars,
    pub bars: Vec<StarBar>,
}

impl Histogram {
    /// None where nobody has reviewed. Bars lead to `list`, which asks for so many `stars`.
    pub fn of(summary: &Summary, list: &str, current: Option<u8>, locale: Locale) -> Option<Histogram> {
        let stars = Stars::of(summary.rating, locale)?;
        let all = u64::from(summary.rating.count).max(1);
        let bars = [1, 2, 3, 4, 5]
            .into_iter()
            .zip(summary.histogram)
            .rev()
            .map(|(stars, count)| StarBar {
                stars,
                count: u64::from(count),
                share: u64::from(count) * 100 / all,
                href: format!("{list}?stars={stars}"),
                current: current.is_some_and(|of| u32::from(of) == stars),
            });
        Some(Histogram {
            stars,
            bars: bars.collect(),
        })
    }
}

/// A review as everybody reads it.
#[derive(Clone, Debug)]
pub struct ReviewCard {
    /// Its anchor: `review-…`.
    pub id: String,
    pub stars: Stars,
    pub title: String,
    pub text: Markup,
    pub author: String,
    pub date: String,
    /// When it was changed, in words; empty where it was not.
    pub edited: String,
    pub photos: Vec<Image>,
    pub helpful: u64,
    pub reply: Option<ReplyText>,
    /// What it is about, on lists of several products.
    pub product: Option<Link>,
    /// What its readers may do about it; none where they may not.
    pub acts: Option<ReviewActs>,
}

#[derive(Clone, Debug)]
pub struct ReplyText {
    pub shop: String,
    pub date: String,
    pub text: Markup,
}

/// Voting and reporting.
#[derive(Clone, Debug)]
pub struct ReviewActs {
    pub vote: String,
    /// Whether the visitor finds it helpful already.
    pub voted: bool,
    pub report: String,
    pub reasons: Vec<Choice>,
}

/// What buyers say, on the page of a product or of a shop.
#[derive(Clone, Debug)]
pub struct ReviewsPart {
    pub histogram: Option<Histogram>,
    pub reviews: Vec<ReviewCard>,
    /// All of them, where there are more.
    pub all: Option<Link>,
}

/// All reviews of a product or of a shop.
#[derive(Clone, Debug, Template)]
#[template(path = "reviews.html")]
pub struct ReviewsPage {
    pub page: Page,
    pub crumbs: Vec<Link>,
    /// What they are about.
    pub about: Link,
    /// This page's path, without query.
    pub href: String,
    pub histogram: Option<Histogram>,
    pub reviews: Vec<ReviewCard>,
    pub sort: Vec<Choice>,
    /// Only those that give so many.
    pub stars: Option<u8>,
    pub more: Option<Link>,
}

/// A buyer's own reviews, and what is left to review.
#[derive(Clone, Debug, Template)]
#[template(path = "account_reviews.html")]
pub struct AccountReviewsPage {
    pub page: Page,
    pub waiting: Vec<ToReview>,
    pub written: Vec<OwnReviewRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct ToReview {
    pub title: String,
    pub product_href: String,
    pub image: Option<Image>,
    pub arrived: String,
    pub href: String,
}

#[derive(Clone, Debug)]
pub struct OwnReviewRow {
    pub title: String,
    pub product_href: String,
    pub image: Option<Image>,
    pub review: ReviewCard,
    /// None where everybody reads it.
    pub status: Option<Status>,
    /// Why it was rejected.
    pub rejection: Option<String>,
    pub href: String,
}

/// Where a review is written or changed.
#[derive(Clone, Debug, Template)]
#[template(path = "review_form.html")]
pub struct ReviewFormPage {
    pub page: Page,
    pub title: String,
    pub product_href: String,
    pub image: Option<Image>,
    pub error: Option<String>,
    pub action: String,
    /// Of a new review: the order and the product.
    pub order: String,
    pub product: String,
    pub stars: Vec<Choice>,
    pub stars_error: Option<String>,
    pub headline: Field,
    pub text: Field,
    /// Those it has already.
    pub photos: Vec<Image>,
    /// Where it is deleted, if it is there.
    pub delete: Option<String>,
}

impl ReviewFormPage {
    /// How many half stars a choice of the form draws.
    fn halves(&self, choice: &Choice) -> u32 {
        choice.value.parse::<u32>().unwrap_or(0) * 2
    }
}

/// What buyers say of a shop's products, for its staff.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_reviews.html")]
pub struct SellerReviewsPage {
    pub page: Page,
    pub work: WorkBar,
    pub histogram: Option<Histogram>,
    pub tabs: Vec<Choice>,
    pub rows: Vec<SellerReviewRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct SellerReviewRow {
    pub review: ReviewCard,
    /// Where the shop answers; none for who may not.
    pub answer: Option<String>,
    /// What it said so far.
    pub said: String,
}

/// Reviews that somebody doubts, for moderators.
#[derive(Clone, Debug, Template)]
#[template(path = "operator_reviews.html")]
pub struct OperatorReviewsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Choice>,
    pub rows: Vec<DoubtedReview>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct DoubtedReview {
    pub review: ReviewCard,
    pub status: Status,
    /// Why it waits, each in words.
    pub doubts: Vec<String>,
    /// What readers said of it.
    pub reports: Vec<String>,
    /// What it said before.
    pub earlier: Vec<String>,
    pub rejection: Option<String>,
    pub version: i32,
    pub approve: Option<String>,
    pub reject: Option<String>,
}
