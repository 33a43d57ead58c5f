//! What several endpoints are asked with and answer.

use contracts::reviews::{OwnReview, ReviewQuery, ReviewSort, ReviewStatus, ReviewText, Reviewable};
use httpkit::PageQuery;
use kernel::{Cursor, Fault, ImageId};
use serde::{Deserialize, Serialize};

/// What a review says.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewBody {
    #[schema(minimum = 1, maximum = 5)]
    stars: u8,
    #[serde(default)]
    #[schema(max_length = 120)]
    title: String,
    #[schema(min_length = 1, max_length = 4_000)]
    text: String,
    #[serde(default)]
    #[schema(max_items = 6)]
    photos: Vec<ImageId>,
}

impl From<ReviewBody> for ReviewText {
    fn from(body: ReviewBody) -> Self {
        Self {
            stars: body.stars,
            title: body.title,
            text: body.text,
            photos: body.photos,
        }
    }
}

/// What a buyer may say and has said of an order.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OrderReviews)]
pub(crate) struct OrderReviews {
    /// Arrived, and not reviewed.
    pub open: Vec<Reviewable>,
    pub written: Vec<OwnReview>,
}

/// Which published reviews.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// `newest` if absent.
    #[serde(default)]
    #[param(inline)]
    sort: Option<ReviewSort>,
    /// Only those that give so many.
    #[serde(default)]
    #[param(minimum = 1, maximum = 5)]
    stars: Option<u8>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Parameters {
    pub fn query(self) -> Result<ReviewQuery, Fault> {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        Ok(ReviewQuery {
            sort: self.sort.unwrap_or_default(),
            stars: self.stars,
            limit: super::limit(&page)?,
            after: page.after,
        })
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unanswered {
    /// Only those without a reply.
    #[serde(default)]
    unanswered: Option<bool>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Unanswered {
    pub fn read(self) -> (bool, PageQuery) {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        (self.unanswered.unwrap_or(false), page)
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    /// `queued` if absent: what waits for a moderator.
    #[serde(default)]
    #[param(inline)]
    status: Option<ReviewStatus>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Queue {
    pub fn read(self) -> (ReviewStatus, PageQuery) {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        (self.status.unwrap_or(ReviewStatus::Queued), page)
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewApproval)]
pub(crate) struct Approval {
    /// The version that was read.
    #[schema(minimum = 1)]
    pub version: i32,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewRejection)]
pub(crate) struct Rejection {
    /// The version that was read.
    #[schema(minimum = 1)]
    pub version: i32,
    /// What the author is told.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}
