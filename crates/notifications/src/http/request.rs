//! What several endpoints are asked with.

use contracts::Language;
use httpkit::PageQuery;
use kernel::{Cursor, EventId};
use serde::Deserialize;

/// Which notifications, and in which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// `en` if absent.
    #[serde(default)]
    #[param(inline)]
    language: Option<Language>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl Asked {
    pub fn read(self) -> (Language, PageQuery) {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        (self.language.unwrap_or_default(), page)
    }
}

/// In which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct In {
    /// `en` if absent.
    #[serde(default)]
    #[param(inline)]
    pub language: Option<Language>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReadNotificationsRequest)]
pub(crate) struct Through {
    /// The latest that was seen. What came after it stays unread.
    pub through: EventId,
}

/// The words for a kind of notification.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationWords)]
pub(crate) struct Words {
    #[schema(min_length = 1, max_length = 120)]
    pub title: String,
    /// Of a notice, at most 500.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestoreNotificationTemplateRequest)]
pub(crate) struct Earlier {
    #[schema(minimum = 0)]
    pub version: i64,
}
