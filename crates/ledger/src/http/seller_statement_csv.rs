use super::seller_statement::Parameters;
use crate::app::Ledger;
use crate::domain::Statement;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use httpkit::{Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Fault, Money};

const COLUMNS: [&str; 10] = [
    "at",
    "kind",
    "reference",
    "gross",
    "commission",
    "tax",
    "net",
    "balance",
    "currency",
    "entry",
];

/// Reads the shop's statement as comma-separated lines, opening and closing balance included.
#[utoipa::path(
    get, path = "/v1/seller/statement.csv", tag = "ledger", operation_id = "get_seller_statement_csv",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "Columns at, kind, reference, gross, commission, tax, net, balance, currency, entry"),
        (status = 400, description = "`parameter_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadSales>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let days = [parameters.from, parameters.to];
    let statement = ledger.statement(seller.tenant, parameters.currency, days).await?;
    let text = write(&statement, days.map(|day| day.to_string())).map_err(|error| {
        tracing::error!(%error, "a statement cannot be written as CSV");
        Fault::internal()
    })?;
    let name = format!(
        "attachment; filename=\"statement-{}-{}-{}.csv\"",
        parameters.currency, parameters.from, parameters.to
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// Amounts in the currency's own decimals, without its code.
fn decimal(money: Money) -> String {
    let text = money.to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn write(statement: &Statement, [from, to]: [String; 2]) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let currency = statement.opening.currency.code();
    let edge = |at: String, kind: &str, balance| {
        let none = String::new;
        [
            at,
            kind.to_owned(),
            none(),
            none(),
            none(),
            none(),
            none(),
            decimal(balance),
            currency.to_owned(),
            none(),
        ]
    };
    csv.write_record(COLUMNS)?;
    csv.write_record(edge(from, "opening", statement.opening))?;
    for m in &statement.movements {
        let kind = if m.reversal {
            format!("{} reversed", m.kind)
        } else {
            m.kind.clone()
        };
        csv.write_record([
            m.at.to_rfc3339(),
            kind,
            m.reference.to_string(),
            decimal(m.gross),
            decimal(m.commission),
            decimal(m.tax),
            decimal(m.net),
            decimal(m.balance),
            currency.to_owned(),
            m.entry.to_string(),
        ])?;
    }
    csv.write_record(edge(to, "closing", statement.closing))?;
    csv.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Line;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let line = Line {
            entry: uuid::Uuid::nil(),
            at: "2026-11-02T10:00:00Z".parse().expect("a time"),
            kind: "sale".to_owned(),
            reversal: false,
            reference: uuid::Uuid::nil(),
            net: 9_005,
            commission: 1_000,
            tax: 0,
        };
        let kwd = "KWD".parse().expect("known");
        let statement = Statement::new(Money::new(-1, kwd), vec![line]).expect("in range");
        let days = ["2026-11-01".to_owned(), "2026-11-30".to_owned()];
        let text = String::from_utf8(write(&statement, days).expect("written")).expect("UTF-8");
        let nil = uuid::Uuid::nil();
        assert_eq!(
            text,
            format!(
                "at,kind,reference,gross,commission,tax,net,balance,currency,entry\n\
                 2026-11-01,opening,,,,,,-0.001,KWD,\n\
                 2026-11-02T10:00:00+00:00,sale,{nil},10.005,1.000,0.000,9.005,9.004,KWD,{nil}\n\
                 2026-11-30,closing,,,,,,9.004,KWD,\n"
            )
        );
    }
}
