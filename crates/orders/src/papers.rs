//! Documents of a sub-order: the invoice to its buyer, credit notes, and the packing slip.

use crate::store::invoices::Invoice;
use contracts::orders::{CreditNote, CreditNoteLine, OrderLine, SubOrder};
use contracts::taxes::{TaxOwner, TaxSum};
use contracts::tenants::Shop;
use contracts::{Address, Document, Language};
use kernel::Money;
use paper::{Column, Paper, Sheet, Style, Table};
use serde::{Deserialize, Serialize};

/// Whoever sells, as documents name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    pub name: String,
    /// Where the shop is registered, line by line.
    pub place: Vec<String>,
}

impl Issuer {
    pub fn of(shop: &Shop) -> Self {
        let location = &shop.location;
        let country = kernel::geo::country(&location.country);
        Self {
            name: shop.name.clone(),
            place: vec![
                format!("{} {}", location.postcode, location.town),
                country
                    .map_or(location.country.as_str(), |known| known.name)
                    .to_owned(),
            ],
        }
    }

    fn lines(&self) -> Vec<String> {
        std::iter::once(&self.name).chain(&self.place).cloned().collect()
    }
}

/// What a shop sold in a sub-order, as it was placed: what is given back later stands on papers of its own.
pub fn invoice(invoice: &Invoice, sold: &SubOrder, language: Language) -> Document {
    let number = format!("{:06}", invoice.number);
    let title = format!("{} {number}", language.pick("Invoice", "Factura"));
    let footer = format!("{} · {title}", invoice.issuer.name);
    let mut paper = Paper::new(Sheet::A4, &title, language.code()).footer(&footer);
    paper.text(Style::TITLE, &title);
    paper.space(8.0);
    let about = [
        labelled(
            language.pick("Issued", "Fecha"),
            &language.date(invoice.issued_at.date_naive()),
        ),
        labelled(language.pick("Order", "Pedido"), &sold.number),
        labelled(
            language.pick("Placed", "Realizado"),
            &language.date(sold.placed_at.date_naive()),
        ),
    ];
    for line in &about {
        paper.text(Style::TEXT, line);
    }
    paper.space(14.0);
    paper.blocks(&[
        (language.pick("Seller", "Vendedor"), &invoice.issuer.lines()),
        (language.pick("Buyer", "Comprador"), &invoice.buyer.lines()),
    ]);
    paper.space(18.0);
    paper.table(&Table {
        columns: vec![
            Column::left(language.pick("Article", "Artículo"), 4.6),
            Column::left(language.pick("Code", "Código"), 1.6),
            Column::right(language.pick("Units", "Uds."), 0.8),
            Column::right(language.pick("Price", "Precio"), 1.7),
            Column::right(language.pick("Amount", "Importe"), 1.9),
        ],
        rows: sold.lines.iter().map(|line| priced(line, language)).collect(),
        style: Style::TEXT,
    });
    paper.space(8.0);
    let [subtotal, delivery, total] =
        [sold.subtotal, sold.delivery, sold.total].map(|amount| language.money(amount));
    let way = format!("{} ({})", language.pick("Delivery", "Envío"), sold.delivery_name);
    paper.amounts(&[
        (language.pick("Goods", "Artículos"), &subtotal, Style::TEXT),
        (&way, &delivery, Style::TEXT),
        (
            language.pick("Total, taxes included", "Total, impuestos incluidos"),
            &total,
            Style::STRONG,
        ),
    ]);
    if !sold.taxes.is_empty() {
        paper.space(14.0);
        paper.table(&taxes(&sold.taxes, language));
        let note = match sold.tax_owed_by {
            TaxOwner::Marketplace => language.pick(
                "The marketplace pays these taxes to the authorities.",
                "El mercado ingresa estos impuestos.",
            ),
            TaxOwner::Seller => language.pick(
                "The seller pays these taxes to the authorities.",
                "El vendedor ingresa estos impuestos.",
            ),
        };
        paper.text(Style::TEXT, note);
    }
    Document {
        name: format!("{}-{number}.pdf", language.pick("invoice", "factura")),
        pdf: paper.finish(),
    }
}

/// What a shop gave back of what it sold, and of the taxes with it.
pub fn credit_note(note: &CreditNote, issuer: &Issuer, buyer: &Address, language: Language) -> Document {
    let title = format!(
        "{} {}",
        language.pick("Credit note", "Nota de abono"),
        note.number
    );
    let mut paper =
        Paper::new(Sheet::A4, &title, language.code()).footer(&format!("{} · {title}", issuer.name));
    paper.text(Style::TITLE, &title);
    paper.space(8.0);
    let issued = language.date(note.issued_at.date_naive());
    for line in [
        labelled(language.pick("Issued", "Fecha"), &issued),
        labelled(language.pick("Order", "Pedido"), &note.sub_order_number),
        labelled(language.pick("Reason", "Motivo"), &note.reason),
    ] {
        paper.text(Style::TEXT, &line);
    }
    paper.space(14.0);
    paper.blocks(&[
        (language.pick("Seller", "Vendedor"), &issuer.lines()),
        (language.pick("Buyer", "Comprador"), &buyer.lines()),
    ]);
    paper.space(18.0);
    if !note.lines.is_empty() {
        paper.table(&Table {
            columns: vec![
                Column::left(language.pick("Article", "Artículo"), 4.6),
                Column::left(language.pick("Code", "Código"), 1.6),
                Column::right(language.pick("Units", "Uds."), 0.8),
                Column::right(language.pick("Amount", "Importe"), 1.9),
            ],
            rows: note.lines.iter().map(|line| credited(line, language)).collect(),
            style: Style::TEXT,
        });
        paper.space(8.0);
    }
    let (delivery, total) = (language.money(note.delivery), language.money(note.total));
    let mut amounts = Vec::new();
    if note.delivery.amount > 0 {
        amounts.push((language.pick("Delivery", "Envío"), delivery.as_str(), Style::TEXT));
    }
    let label = language.pick("Given back, taxes included", "Devuelto, impuestos incluidos");
    amounts.push((label, &total, Style::STRONG));
    paper.amounts(&amounts);
    // In words: the amounts above are those that are left, and sum to what is given back.
    if let Some(kept) = &note.deduction {
        paper.space(14.0);
        let label = language.pick(
            "Kept of what was paid for these articles",
            "Retenido de lo pagado por estos artículos",
        );
        let said = format!("{} ({})", language.money(kept.amount), kept.reason);
        paper.text(Style::TEXT, &labelled(label, &said));
    }
    if !note.taxes.is_empty() {
        paper.space(14.0);
        paper.table(&taxes(&note.taxes, language));
    }
    Document {
        name: format!(
            "{}-{}.pdf",
            language.pick("credit-note", "nota-de-abono"),
            note.number
        ),
        pdf: paper.finish(),
    }
}

/// Units whose money went back; of a part of their price no units are told.
fn credited(line: &CreditNoteLine, language: Language) -> Vec<String> {
    let article = match line.options.is_empty() {
        true => line.title.clone(),
        false => format!("{}\n{}", line.title, line.options),
    };
    let units = match line.quantity {
        0 => String::new(),
        units => units.to_string(),
    };
    vec![article, line.code.clone(), units, language.money(line.amount)]
}

/// The taxes in a total, by rate.
fn taxes(sums: &[TaxSum], language: Language) -> Table {
    let row = |sum: &TaxSum| {
        vec![
            sum.name.clone(),
            language.money(sum.base),
            language.money(sum.amount),
        ]
    };
    Table {
        columns: vec![
            Column::left(language.pick("Tax", "Impuesto"), 4.6),
            Column::right(language.pick("Taxable amount", "Base imponible"), 2.4),
            Column::right(language.pick("Tax amount", "Cuota"), 2.4),
        ],
        rows: sums.iter().map(row).collect(),
        style: Style::TEXT,
    }
}

/// What goes into the parcel beside the goods. It says no prices: the parcel may be a present.
pub fn packing_slip(shop: &Issuer, sold: &SubOrder, to: &Address, language: Language) -> Document {
    let title = format!("{} {}", language.pick("Packing slip", "Albarán"), sold.number);
    let mut paper =
        Paper::new(Sheet::A4, &title, language.code()).footer(&format!("{} · {title}", shop.name));
    paper.text(Style::TITLE, &title);
    paper.space(8.0);
    let placed = language.date(sold.placed_at.date_naive());
    paper.text(
        Style::TEXT,
        &labelled(language.pick("Placed", "Realizado"), &placed),
    );
    paper.text(
        Style::TEXT,
        &labelled(language.pick("Delivery", "Envío"), &sold.delivery_name),
    );
    paper.space(14.0);
    paper.blocks(&[
        (language.pick("From", "De"), &shop.lines()),
        (language.pick("To", "Para"), &to.lines()),
    ]);
    paper.space(18.0);
    let sent = sold.lines.iter().filter(|line| line.digital.is_none());
    let packed = sent.filter(|line| line.quantity > line.cancelled);
    paper.table(&Table {
        columns: vec![
            Column::right(language.pick("Units", "Uds."), 0.8),
            Column::left(language.pick("Article", "Artículo"), 6.0),
            Column::left(language.pick("Code", "Código"), 2.2),
        ],
        rows: packed.map(|line| counted(line, language)).collect(),
        style: Style::TEXT,
    });
    Document {
        name: format!("{}-{}.pdf", language.pick("packing-slip", "albaran"), sold.number),
        pdf: paper.finish(),
    }
}

fn labelled(label: &str, value: &str) -> String {
    format!("{label}: {value}")
}

/// An article in words: its title, its options where it has them, and how it is made where it is made to order.
fn named(line: &OrderLine, language: Language) -> String {
    let mut words = vec![line.title.clone()];
    if !line.options.is_empty() {
        words.push(line.options.clone());
    }
    let answers = line.made.iter().flat_map(|made| &made.answers);
    words.extend(answers.map(|answer| labelled(&answer.label, ticked_or(&answer.value, language))));
    words.join("\n")
}

/// A box that was ticked says nothing else.
fn ticked_or(value: &str, language: Language) -> &str {
    match value.is_empty() {
        true => language.pick("yes", "sí"),
        false => value,
    }
}

/// What of the price of one is for how it is made.
fn surcharge(line: &OrderLine, language: Language) -> Option<String> {
    let made = line.made.as_ref().filter(|made| made.surcharge > 0)?;
    let amount = language.money(Money::new(made.surcharge, line.unit_price.currency));
    let label = language.pick("Surcharge in the price", "Suplemento incluido en el precio");
    Some(labelled(label, &amount))
}

fn priced(line: &OrderLine, language: Language) -> Vec<String> {
    let off = Money::new(line.total.amount - line.list_total.amount, line.total.currency);
    let mut article = named(line, language);
    if let Some(surcharge) = surcharge(line, language) {
        article = format!("{article}\n{surcharge}");
    }
    if off.amount != 0 {
        let label = language.pick("Discount", "Descuento");
        article = format!("{article}\n{label} {}", language.money(off));
    }
    vec![
        article,
        line.code.clone(),
        line.quantity.to_string(),
        language.money(line.unit_price),
        language.money(line.total),
    ]
}

fn counted(line: &OrderLine, language: Language) -> Vec<String> {
    let units = line.quantity - line.cancelled;
    vec![units.to_string(), named(line, language), line.code.clone()]
}
