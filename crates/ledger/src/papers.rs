//! A shop's statement on paper.

use crate::domain::{Movement, Statement};
use chrono::NaiveDate;
use contracts::{Document, Language};
use paper::{Column, Paper, Sheet, Style, Table};

/// The statement of some days, both included.
pub fn statement(
    shop: &str,
    statement: &Statement,
    [first, last]: [NaiveDate; 2],
    language: Language,
) -> Document {
    let title = language.pick("Settlement statement", "Extracto de liquidación");
    let days = format!("{} – {}", language.date(first), language.date(last));
    let currency = statement.opening.currency;
    let mut paper =
        Paper::new(Sheet::A4, title, language.code()).footer(&format!("{shop} · {title} · {days}"));
    paper.text(Style::TITLE, title);
    paper.space(8.0);
    for line in [shop, &days, currency.code()] {
        paper.text(Style::TEXT, line);
    }
    paper.space(14.0);
    let sums = [
        (
            language.pick("Opening balance", "Saldo inicial"),
            statement.opening,
        ),
        (language.pick("Commission", "Comisión"), statement.commission),
        (
            language.pick("Tax on commission", "Impuesto sobre la comisión"),
            statement.tax,
        ),
        (language.pick("Paid out", "Abonado al banco"), statement.payouts),
        (language.pick("Closing balance", "Saldo final"), statement.closing),
    ];
    let sums = sums.map(|(label, amount)| (label, language.money(amount)));
    let edge = |index: usize| {
        if index == 0 || index + 1 == sums.len() {
            Style::STRONG
        } else {
            Style::TEXT
        }
    };
    let amounts: Vec<_> = sums
        .iter()
        .enumerate()
        .map(|(index, (label, amount))| (*label, amount.as_str(), edge(index)))
        .collect();
    paper.amounts(&amounts);
    paper.space(18.0);
    if statement.movements.is_empty() {
        paper.text(
            Style::TEXT,
            language.pick("Nothing moved in these days.", "Sin movimientos en estos días."),
        );
    } else {
        paper.table(&movements(statement, language));
    }
    Document {
        name: format!(
            "{}-{currency}-{first}-{last}.pdf",
            language.pick("statement", "extracto")
        ),
        pdf: paper.finish(),
    }
}

fn movements(statement: &Statement, language: Language) -> Table {
    let amount = |english, spanish| Column::right(language.pick(english, spanish), 2.0);
    Table {
        columns: vec![
            Column::left(language.pick("Day", "Fecha"), 1.5),
            Column::left(language.pick("Movement", "Movimiento"), 2.2),
            amount("Gross", "Bruto"),
            amount("Commission", "Comisión"),
            amount("Tax", "Impuesto"),
            amount("Net", "Neto"),
            amount("Balance", "Saldo"),
        ],
        rows: statement
            .movements
            .iter()
            .map(|movement| row(movement, language))
            .collect(),
        style: Style::SMALL,
    }
}

fn row(movement: &Movement, language: Language) -> Vec<String> {
    // The currency stands above the table, once.
    let figure = |money| {
        let text = language.money(money);
        text.split(' ').next().unwrap_or_default().to_owned()
    };
    vec![
        language.date(movement.at.date_naive()),
        kind(movement, language),
        figure(movement.gross),
        figure(movement.commission),
        figure(movement.tax),
        figure(movement.net),
        figure(movement.balance),
    ]
}

/// A kind of entry in words; what has none keeps its name.
fn kind(movement: &Movement, language: Language) -> String {
    let word = match movement.kind.as_str() {
        "sale" => language.pick("Sale", "Venta"),
        "refund" => language.pick("Refund", "Reembolso"),
        "payout" => language.pick("Payout", "Abono"),
        "listing_fee" => language.pick("Listing fee", "Cuota de publicación"),
        "promoted_fee" => language.pick("Put forward in searches", "Producto promocionado"),
        "hold" => language.pick("Held back", "Retención"),
        "release" => language.pick("Let go", "Liberación"),
        other => other,
    };
    match movement.reversal {
        true => format!("{word} ({})", language.pick("reversed", "anulado")),
        false => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Line;
    use kernel::Money;
    use paper::read;

    #[test]
    fn a_year_of_sales_is_all_there_and_adds_up() {
        let line = |n: i64| Line {
            entry: uuid::Uuid::from_u128(n.unsigned_abs().into()),
            at: "2026-11-02T10:00:00Z".parse().expect("a time"),
            kind: if n % 10 == 0 { "payout" } else { "sale" }.to_owned(),
            reversal: n == 20,
            reference: uuid::Uuid::nil(),
            net: if n % 10 == 0 { -100_000 } else { 9_005 },
            commission: if n % 10 == 0 { 0 } else { 1_000 },
            tax: 0,
        };
        let eur = "EUR".parse().expect("known");
        let told = crate::domain::statement(Money::new(123_456, eur), (1..=200).map(line).collect())
            .expect("in range");
        let days = ["2026-11-01", "2026-11-30"].map(|day| day.parse().expect("a day"));
        let drawn = statement("Taller Ñ", &told, days, Language::Es);
        assert_eq!(drawn.name, "extracto-EUR-2026-11-01-2026-11-30.pdf");
        let shown = read::shown(&drawn.pdf);
        let count = |text: &str| shown.iter().filter(|piece| piece.text == text).count();
        assert_eq!(
            (count("Venta"), count("Abono"), count("Abono (anulado)")),
            (180, 19, 1)
        );
        assert_eq!(count("1.234,56 EUR"), 1);
        // 1,234.56 + 180 * 90.05 - 20 * 1,000.00, below the table's last row and above it.
        assert_eq!((count("-2.556,44 EUR"), count("-2.556,44")), (1, 1));
        assert!(
            shown.iter().all(|piece| piece.right() <= 545.01),
            "within the margin"
        );
    }
}
