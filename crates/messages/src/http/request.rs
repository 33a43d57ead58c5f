//! What several endpoints are asked with.

use contracts::Language;
use contracts::messages::{AbuseReason, ThreadBox, ThreadQuery};
use httpkit::PageQuery;
use kernel::{Cursor, MessageId, OrderId};
use serde::Deserialize;

/// A message.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SendMessageRequest)]
pub(crate) struct Words {
    #[schema(min_length = 1, max_length = 2_000)]
    pub text: String,
    /// In which whoever writes is mailed from now on.
    #[serde(default)]
    #[schema(inline)]
    pub language: Option<Language>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReadMessagesRequest)]
pub(crate) struct Through {
    /// The last message that was read.
    pub through: MessageId,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ArchiveMessagesRequest)]
pub(crate) struct Archiving {
    pub archived: bool,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportMessagesRequest)]
pub(crate) struct Abuse {
    pub reason: AbuseReason,
    /// What is wrong with it, in words.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: String,
}

/// Which threads.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Boxed {
    /// `open` if absent.
    #[serde(default, rename = "box")]
    #[param(inline)]
    which: Option<ThreadBox>,
    /// Only those about this order.
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    order: Option<OrderId>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Boxed {
    pub fn read(self) -> (ThreadQuery, PageQuery) {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        let query = ThreadQuery {
            which: self.which.unwrap_or_default(),
            order: self.order,
        };
        (query, page)
    }
}

/// Which reported threads.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    /// Those that wait for a decision, or those that have one; `true` if absent.
    #[serde(default)]
    waiting: Option<bool>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Waiting {
    pub fn read(self) -> (bool, PageQuery) {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        (self.waiting.unwrap_or(true), page)
    }
}
