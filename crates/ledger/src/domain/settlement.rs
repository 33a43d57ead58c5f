//! A payment provider's settlement file: comma-separated lines of reference, kind, gross, fee, net, currency, date.

use chrono::NaiveDate;
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{Currency, Money};
use std::collections::HashSet;

/// Lines of one file.
pub const LINES_MAX: usize = 50_000;
/// Characters of a reference.
const REFERENCE_CHARS_MAX: usize = 100;

const COLUMNS: [&str; 7] = ["reference", "kind", "gross", "fee", "net", "currency", "date"];

/// What a line speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A buyer's money came in.
    Charge,
    /// A buyer got it back: gross is negative.
    Refund,
    /// The provider charged for something by itself.
    Fee,
    /// The provider sent money to the marketplace's bank: gross is negative.
    Transfer,
}

impl LineKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Fee => "fee",
            Self::Transfer => "transfer",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Charge, Self::Refund, Self::Fee, Self::Transfer]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One line: gross less fee is net, as seen from what the provider holds for the marketplace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// In the file, from 2: the first holds the columns' names.
    pub line: u32,
    pub reference: String,
    pub kind: LineKind,
    pub gross: Money,
    pub fee: Money,
    pub net: Money,
    pub day: NaiveDate,
}

/// Why a file is refused: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, `{column}`: {detail}")]
pub struct FileRefusal {
    pub line: u32,
    pub column: &'static str,
    pub detail: String,
}

/// Reads a whole file, or says what is wrong with its first bad line: a file counts as a whole or not at all.
pub fn read_file(bytes: &[u8]) -> Result<Vec<FileLine>, FileRefusal> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let at = |line, column, detail: String| FileRefusal { line, column, detail };
    let headers = reader
        .headers()
        .map_err(|e| {
            at(
                1,
                "reference",
                format!("The file cannot be read as CSV in UTF-8: {e}."),
            )
        })?
        .clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = headers.iter().position(|h| h == column).ok_or_else(|| {
            at(
                1,
                column,
                format!(
                    "The column is missing; the first line must name {}.",
                    COLUMNS.join(", ")
                ),
            )
        })?;
    }
    let mut lines = Vec::new();
    let mut seen = HashSet::new();
    for (number, record) in (2u32..).zip(reader.records()) {
        let record = record.map_err(|e| at(number, "reference", format!("The line cannot be read: {e}.")))?;
        if lines.len() == LINES_MAX {
            let detail = format!("A file may have at most {LINES_MAX} lines; send it in parts.");
            return Err(at(number, "reference", detail));
        }
        let line = read_line(number, places.map(|p| record.get(p).unwrap_or("")))?;
        if !seen.insert((line.reference.clone(), line.kind)) {
            let detail = format!(
                "`{}` has a {} in this file already; each may stand there once.",
                line.reference,
                line.kind.name()
            );
            return Err(at(number, "reference", detail));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(at(
            2,
            "reference",
            "The file has no lines below its columns' names.".to_owned(),
        ));
    }
    Ok(lines)
}

fn read_line(
    line: u32,
    [reference, kind, gross, fee, net, currency, day]: [&str; COLUMNS.len()],
) -> Result<FileLine, FileRefusal> {
    let at = |column, detail: String| FileRefusal { line, column, detail };
    let chars = reference.chars().count();
    if chars == 0 || chars > REFERENCE_CHARS_MAX || reference.chars().any(char::is_control) {
        let detail = format!("Give 1 to {REFERENCE_CHARS_MAX} characters, none of them a control character.");
        return Err(at("reference", detail));
    }
    let kind =
        LineKind::parse(kind).ok_or_else(|| at("kind", "Use charge, refund, fee or transfer.".to_owned()))?;
    let currency: Currency = currency
        .parse()
        .map_err(|e: kernel::UnknownCurrency| at("currency", format!("{e}.")))?;
    let money = |column, text| {
        let money = Money::parse(text, currency).map_err(|e| at(column, format!("{e}.")))?;
        match money.amount.unsigned_abs() <= AMOUNT_MINOR_MAX.unsigned_abs() {
            true => Ok(money),
            false => Err(at(
                column,
                format!("At most {AMOUNT_MINOR_MAX} minor units on a line."),
            )),
        }
    };
    let (gross, fee, net) = (money("gross", gross)?, money("fee", fee)?, money("net", net)?);
    if gross.sub(fee) != Ok(net) {
        let detail = format!("{gross} less a fee of {fee} is not {net}; net must be gross less fee.");
        return Err(at("net", detail));
    }
    let sign_is_right = match kind {
        LineKind::Charge => gross.amount > 0,
        LineKind::Refund | LineKind::Transfer => gross.amount < 0,
        LineKind::Fee => gross.amount == 0 && fee.amount != 0,
    };
    if !sign_is_right {
        let detail =
            "A charge is above zero, a refund and a transfer below; a fee has a gross of zero and a fee.";
        return Err(at("gross", detail.to_owned()));
    }
    let day: NaiveDate = day
        .parse()
        .map_err(|_| at("date", "Write the day as 2026-11-30.".to_owned()))?;
    if !(2000..=9999).contains(&chrono::Datelike::year(&day)) {
        return Err(at("date", "Give a day in the years 2000 to 9999.".to_owned()));
    }
    Ok(FileLine {
        line,
        reference: reference.to_owned(),
        kind,
        gross,
        fee,
        net,
        day,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "reference,kind,gross,fee,net,currency,date\n";

    fn check(line: &str) -> Result<FileLine, (u32, &'static str)> {
        read_file(format!("{HEAD}{line}\n").as_bytes())
            .map(|mut lines| lines.remove(0))
            .map_err(|refusal| (refusal.line, refusal.column))
    }

    #[test]
    fn amounts_are_exact_in_each_currency() {
        for (gross, fee, net, currency, minor) in [
            ("500", "15", "485", "JPY", (500, 15, 485)),
            ("50.00", "1.45", "48.55", "EUR", (5_000, 145, 4_855)),
            ("1.234", "0.001", "1.233", "KWD", (1_234, 1, 1_233)),
            ("1.0001", "0.0001", "1", "CLF", (10_001, 1, 10_000)),
        ] {
            let line = check(&format!("r,charge,{gross},{fee},{net},{currency},2026-11-20")).expect("read");
            assert_eq!((line.gross.amount, line.fee.amount, line.net.amount), minor);
        }
    }

    #[test]
    fn a_bad_line_is_named_with_its_column() {
        for (line, column) in [
            (",charge,5,0,5,EUR,2026-11-20", "reference"),
            ("r,chargeback,5,0,5,EUR,2026-11-20", "kind"),
            ("r,charge,5.001,0,5.001,EUR,2026-11-20", "gross"),
            ("r,charge,5,x,5,EUR,2026-11-20", "fee"),
            ("r,charge,5,1,5,EUR,2026-11-20", "net"),
            ("r,charge,-5,0,-5,EUR,2026-11-20", "gross"),
            ("r,refund,5,0,5,EUR,2026-11-20", "gross"),
            ("r,fee,0,0,0,EUR,2026-11-20", "gross"),
            ("r,charge,5,0,5,ZZZ,2026-11-20", "currency"),
            ("r,charge,5,0,5,EUR,20.11.2026", "date"),
            (
                "r,charge,5,0,5,EUR,2026-11-20\nr,charge,5,0,5,EUR,2026-11-20",
                "reference",
            ),
        ] {
            let refused = check(line).expect_err(line);
            assert_eq!(refused.1, column, "{line}");
        }
        assert!(read_file(HEAD.as_bytes()).is_err());
        assert!(read_file(b"reference,kind\n").is_err());
    }
}
