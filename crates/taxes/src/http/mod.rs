//! Taxes over HTTP, for operators.

pub(crate) mod categories;
mod liability;
pub(crate) mod rates;
pub(crate) mod regions;

use crate::app::Taxes;
use httpkit::text;
use kernel::Fault;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;
/// Characters of a note, or of where something is written.
const NOTE_CHARS_MAX: usize = 500;

/// All routes of taxes.
pub fn routes(taxes: Taxes) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(regions::list, regions::make))
        .routes(routes!(categories::list, categories::make))
        .routes(routes!(rates::list, rates::make))
        .routes(routes!(rates::end))
        .routes(routes!(liability::list, liability::make))
        .with_state(taxes)
}

fn refused(field: &'static str, detail: &str) -> Fault {
    Fault::field("field_invalid", field, detail.to_owned())
}

pub(crate) fn note(text: &str) -> Result<String, Fault> {
    text::line("/note", text, NOTE_CHARS_MAX)
}
