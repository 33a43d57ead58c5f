//! A shop's statement, and its year, as comma-separated lines.

use crate::domain::{Statement, Takings, YearInCurrency};
use kernel::Money;

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

const YEAR_COLUMNS: [&str; 11] = [
    "year",
    "quarter",
    "currency",
    "sales",
    "sold",
    "refunds",
    "refunded",
    "commission",
    "listing_fees",
    "tax",
    "paid_out",
];

/// Amounts in the currency's own decimals, without its code.
fn decimal(money: Money) -> String {
    let text = money.to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}

pub fn write(statement: &Statement, [from, to]: [String; 2]) -> Result<String, csv::Error> {
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
    text(csv)
}

/// Four quarters and the year, for which none is named, for each currency.
pub fn write_year(year: i32, currencies: &[YearInCurrency]) -> Result<String, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(YEAR_COLUMNS)?;
    for known in currencies {
        let line = |quarter: String, takings: &Takings| {
            [
                year.to_string(),
                quarter,
                known.currency.code().to_owned(),
                takings.sales.to_string(),
                decimal(takings.sold),
                takings.refunds.to_string(),
                decimal(takings.refunded),
                decimal(takings.commission),
                decimal(takings.listing_fees),
                decimal(takings.tax),
                decimal(takings.paid_out),
            ]
        };
        for (quarter, takings) in (1..).zip(&known.quarters) {
            csv.write_record(line(i32::to_string(&quarter), takings))?;
        }
        csv.write_record(line(String::new(), &known.year))?;
    }
    text(csv)
}

fn text(csv: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = csv.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    // It was given nothing but text.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{self, Line};

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
        let statement = domain::statement(Money::new(-1, kwd), vec![line]).expect("in range");
        let days = ["2026-11-01".to_owned(), "2026-11-30".to_owned()];
        let text = write(&statement, days).expect("written");
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
