use kernel::{Cursor, Fault, PageLimit};
use serde::Deserialize;

/// The parameters of every list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    pub after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

impl PageQuery {
    pub fn limit(&self) -> Result<PageLimit, Fault> {
        match self.limit {
            None => Ok(PageLimit::DEFAULT),
            Some(limit) => PageLimit::new(limit)
                .ok_or_else(|| Fault::field("limit_out_of_range", "limit", "`limit` must be 1 to 100.")),
        }
    }
}
