//! Reviews: what buyers say of what they bought, and how many stars it has.

use crate::service::{public_event, service};
use kernel::{Cursor, DateTime, ImageId, OrderId, Page, ProductId, ReviewId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Stars that one review gives.
pub const STARS: std::ops::RangeInclusive<u8> = 1..=5;
/// Characters of a review's title.
pub const TITLE_CHARS_MAX: usize = 120;
/// Characters of a review's text, and of its shop's reply.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Pictures of one review.
pub const PHOTOS_MAX: usize = 6;
/// Reviews that one call for the demo may write.
pub const BATCH_MAX: usize = 1_000;

/// What published reviews give a product or a shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rating {
    /// Published reviews.
    pub count: u32,
    /// Hundredths of a star, rounded half up: 100 to 500, and 0 where nobody has reviewed.
    #[schema(example = 467)]
    pub average_hundredths: u32,
}

impl Rating {
    /// Of so many reviews that gave so many stars together.
    #[must_use]
    pub fn of(count: u32, stars: u64) -> Self {
        let halves = stars
            .saturating_mul(200)
            .checked_div(u64::from(count))
            .unwrap_or(0);
        Self {
            count,
            average_hundredths: u32::try_from(halves.div_ceil(2)).unwrap_or(0),
        }
    }

    /// Of reviews counted by their stars, from one to five.
    #[must_use]
    pub fn of_histogram(histogram: [u32; 5]) -> Self {
        let stars = (1u64..)
            .zip(histogram)
            .map(|(stars, count)| stars * u64::from(count))
            .sum();
        Self::of(histogram.iter().sum(), stars)
    }
}

/// A rating, and how many gave how many stars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Summary {
    pub rating: Rating,
    /// How many gave one star, two, three, four, five.
    #[schema(value_type = Vec<u32>, min_items = 5, max_items = 5, example = json!([0, 1, 0, 4, 12]))]
    pub histogram: [u32; 5],
}

impl Summary {
    #[must_use]
    pub fn of(histogram: [u32; 5]) -> Self {
        Self {
            rating: Rating::of_histogram(histogram),
            histogram,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRating {
    pub product: ProductId,
    pub rating: Rating,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopRating {
    pub shop: TenantId,
    pub rating: Rating,
}

/// What the shop says to a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewReply {
    pub text: String,
    pub at: DateTime,
    /// When it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<DateTime>,
}

/// A review as everybody reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Review {
    pub id: ReviewId,
    pub product: ProductId,
    pub shop: TenantId,
    #[schema(minimum = 1, maximum = 5)]
    pub stars: u8,
    /// May be empty.
    pub title: String,
    pub text: String,
    /// The first name and the first letter of the last.
    #[schema(example = "Étienne L.")]
    pub author: String,
    pub photos: Vec<ImageId>,
    /// Buyers who found it helpful.
    pub helpful: u32,
    pub at: DateTime,
    /// When its author changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReviewReply>,
}

/// Where a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Everybody reads it.
    Published,
    /// A moderator looks at it first.
    Queued,
    /// A moderator said no.
    Rejected,
}

/// Why a moderator is to look at a review.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    EmailAddress,
    PhoneNumber,
    WebAddress,
    /// A word of the list.
    Words,
    /// Nearly all of it is in capitals, or the same sign again and again.
    Shouting,
    /// The classifier takes it for advertising, or for abuse.
    Classifier,
    /// Readers reported it.
    Reported,
}

/// A review as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwnReview {
    #[serde(flatten)]
    pub review: Review,
    pub order: OrderId,
    pub status: ReviewStatus,
    /// Rises with every change of the author's.
    pub version: i32,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
}

/// Something bought and received, that its buyer has not reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reviewable {
    pub order: OrderId,
    pub product: ProductId,
    pub shop: TenantId,
    pub delivered_at: DateTime,
}

/// What a buyer may say and has said of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReviews {
    pub open: Vec<Reviewable>,
    pub written: Vec<OwnReview>,
}

/// What a review says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewText {
    pub stars: u8,
    pub title: String,
    pub text: String,
    pub photos: Vec<ImageId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReview {
    pub order: OrderId,
    pub product: ProductId,
    pub says: ReviewText,
}

/// A review of the demo's, with its shop's reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastReview {
    pub buyer: UserId,
    pub new: NewReview,
    pub at: DateTime,
    pub reply: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewSort {
    #[default]
    Newest,
    Helpful,
    Highest,
    Lowest,
}

/// Which published reviews.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQuery {
    pub sort: ReviewSort,
    /// Only those that give so many.
    pub stars: Option<u8>,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// Published reviews of a product or of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewPage {
    /// Of all of them, whatever the query leaves out.
    pub summary: Summary,
    pub items: Vec<Review>,
    /// Pass as `after` to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Why a reader reports a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    Advertising,
    Offensive,
    /// It is about something else.
    OffTopic,
    /// It tells of a person what is nobody's business.
    Private,
    Untrue,
}

/// A review as moderators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModeratedReview {
    #[serde(flatten)]
    pub review: Review,
    pub status: ReviewStatus,
    pub version: i32,
    pub suspicions: Vec<Suspicion>,
    /// How sure the classifier is that it should not stand, in thousandths.
    pub score: u16,
    /// Readers who reported it since it was looked at last.
    pub reports: u32,
    /// What they said, the latest first; at most 10.
    pub reported: Vec<ReviewReport>,
    /// What its author wrote before, the latest first; at most 10.
    pub earlier: Vec<EarlierReview>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewReport {
    pub reason: ReportReason,
    pub note: String,
    pub at: DateTime,
}

/// What a review said until it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EarlierReview {
    pub version: i32,
    pub stars: u8,
    pub title: String,
    pub text: String,
    pub at: DateTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    Approve,
    /// The author is told why.
    Reject {
        reason: String,
    },
}

service! {
    /// The reviews context.
    Reviews as "reviews", remote RemoteReviews, served ServedReviews {
        /// Of each of some products that has any reviews.
        fn ratings(products: Vec<ProductId>) -> Vec<ProductRating>;
        /// Of each of some shops that has any reviews.
        fn shop_ratings(shops: Vec<TenantId>) -> Vec<ShopRating>;
        fn of_product(product: ProductId, query: ReviewQuery) -> ReviewPage;
        fn of_shop(shop: TenantId, query: ReviewQuery) -> ReviewPage;
        /// What a buyer may say and has said of an order of theirs.
        fn of_order(buyer: UserId, order: OrderId) -> OrderReviews;
        /// A buyer's own, the latest first.
        fn of_buyer(buyer: UserId, after: Option<Cursor>, limit: u16) -> Page<OwnReview>;
        /// What a buyer received and has not reviewed, the latest first.
        fn reviewable(buyer: UserId, limit: u16) -> Vec<Reviewable>;
        fn own(buyer: UserId, id: ReviewId) -> OwnReview;
        fn write(buyer: UserId, new: NewReview) -> OwnReview;
        fn edit(buyer: UserId, id: ReviewId, says: ReviewText) -> OwnReview;
        fn delete(buyer: UserId, id: ReviewId) -> ();
        /// Says whether a buyer finds it helpful, and answers how many do.
        fn vote(buyer: UserId, id: ReviewId, helpful: bool) -> u32;
        /// Those of some reviews that a buyer finds helpful.
        fn votes(buyer: UserId, ids: Vec<ReviewId>) -> Vec<ReviewId>;
        fn report(buyer: UserId, id: ReviewId, reason: ReportReason, note: String) -> ();
        /// Published reviews of a shop, the latest first; with `unanswered`, only those without a reply.
        fn of_seller(shop: TenantId, unanswered: bool, after: Option<Cursor>, limit: u16) -> Page<Review>;
        /// The shop's reply, or another in its place.
        fn reply(shop: TenantId, id: ReviewId, text: String) -> Review;
        /// For moderators, those that wait longest first.
        fn queue(status: ReviewStatus, after: Option<Cursor>, limit: u16) -> Page<ModeratedReview>;
        fn decide(id: ReviewId, version: i32, verdict: Verdict) -> ModeratedReview;
        /// What was written before there was this marketplace: the demo's, through moderation as any. System work only.
        /// Answers how many were written; what may not be written, or is already, is left out.
        fn write_past(reviews: Vec<PastReview>) -> u32;
    }
}

public_event! {
    /// The stars of a product are others now.
    "reviews.rating_changed" RatingChanged {
        product: ProductId, shop: TenantId,
        /// Published reviews of the product.
        count: u32,
        /// Hundredths of a star, 0 where there are no reviews.
        average_hundredths: u32,
    } key product, tenant |e| Some(e.shop)
}

public_event! {
    /// A review can be read that could not before.
    "reviews.review_published" ReviewPublished {
        review: ReviewId, product: ProductId, shop: TenantId, buyer: UserId,
        /// 1 to 5.
        stars: u8,
    } key product, tenant |e| Some(e.shop)
}
public_event! {
    /// A shop answered a review, or said something else in the place of what it answered.
    "reviews.review_answered" ReviewAnswered { review: ReviewId, product: ProductId, shop: TenantId, buyer: UserId } key product, tenant |e| Some(e.shop)
}
public_event! {
    /// A moderator decided whether a review may be read.
    "reviews.review_decided" ReviewDecided { review: ReviewId, product: ProductId, shop: TenantId, buyer: UserId, published: bool } key product, tenant |e| Some(e.shop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PublicEvent;

    #[test]
    fn averages_are_rounded_half_up() {
        assert_eq!(Rating::of(0, 0), Rating::default());
        assert_eq!(Rating::of(3, 14).average_hundredths, 467);
        assert_eq!(Rating::of(3, 13).average_hundredths, 433);
        assert_eq!(Rating::of(8, 37).average_hundredths, 463, "462.5");
        assert_eq!(
            Rating::of_histogram([1, 0, 0, 0, 1]),
            Rating {
                count: 2,
                average_hundredths: 300
            }
        );
    }

    #[test]
    fn a_change_of_rating_is_told_as_promised() {
        let golden = include_str!("reviews/rating_changed.v1.json");
        let event: RatingChanged = serde_json::from_str(golden).expect("it can be read");
        assert_eq!(
            (RatingChanged::TOPIC, RatingChanged::VERSION),
            ("reviews.rating_changed", 1)
        );
        let told = serde_json::to_value(&event).expect("it can be told");
        assert_eq!(
            told,
            serde_json::from_str::<serde_json::Value>(golden).expect("JSON")
        );
        assert_eq!((event.count, event.average_hundredths), (3, 467));
    }
}
