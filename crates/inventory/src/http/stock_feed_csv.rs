use super::Api;
use crate::{FeedLine, MismatchKind};
use axum::extract::State;
use httpkit::{Csv, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Fault, StockFeedId};

const COLUMNS: [&str; 8] = [
    "kind",
    "row",
    "code",
    "sku",
    "ours",
    "theirs",
    "difference",
    "adjusted_at",
];

/// Downloads what does not agree.
#[utoipa::path(
    get,
    path = "/v1/seller/stock-feeds/{id}/lines.csv",
    tag = "inventory",
    operation_id = "get_stock_feed_csv",
    params(("id" = StockFeedId, Path, description = "The stock feed")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "Columns kind, row, code, sku, ours, theirs, difference, adjusted_at"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`stock_feed_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
    Path(id): Path<StockFeedId>,
) -> Result<Csv, Problem> {
    let lines = api.stock.all_feed_lines(seller.tenant, id).await?;
    let lines = write(&lines).map_err(|error| {
        tracing::error!(%error, "a stock feed could not be written as CSV");
        Fault::internal()
    })?;
    let name = format!("stock-feed-{id}.csv");
    Ok(Csv { name, lines })
}

pub(crate) fn write(lines: &[FeedLine]) -> Result<Vec<u8>, csv::Error> {
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for line in lines {
        let kind = match line.kind {
            MismatchKind::Differs => "differs",
            MismatchKind::Unknown => "unknown",
            MismatchKind::Missing => "missing",
        };
        csv.write_record([
            kind,
            &number(line.row),
            &harmless(&line.code),
            &line.sku.map(|sku| sku.to_string()).unwrap_or_default(),
            &number(line.ours),
            &number(line.theirs),
            &number(line.difference()),
            &line.adjusted_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
        ])?;
    }
    csv.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

/// Spreadsheets would take a code that begins like this for a formula, and it came from a file.
fn harmless(code: &str) -> String {
    match code.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{code}"),
        false => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_no_formulas() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("B-1"), "B-1");
    }
}
