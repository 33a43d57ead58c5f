//! A label, as the sandbox carrier prints it.

use crate::carrier::Booking;
use contracts::{Address, Language};
use paper::{Paper, Sheet, Style};

/// Points.
const BARS_HEIGHT: f32 = 70.0;

pub fn draw(booking: &Booking, tracking: &str, service: &str, language: Language) -> Vec<u8> {
    let title = format!("{} {tracking}", language.pick("Label", "Etiqueta"));
    let mut paper = Paper::new(Sheet::LABEL, &title, language.code());
    paper.text(Style::TITLE, &service.to_uppercase());
    paper.rule();
    address(
        &mut paper,
        language.pick("From", "De"),
        Style::SMALL,
        &booking.sender,
    );
    paper.rule();
    paper.space(4.0);
    address(
        &mut paper,
        language.pick("To", "Para"),
        Style::bold(12.0),
        &booking.recipient,
    );
    if let Some(phone) = &booking.recipient.phone {
        paper.text(Style::TEXT, phone);
    }
    paper.space(4.0);
    paper.rule();
    let weight = kilograms(booking.weight_g, language);
    paper.text(
        Style::TEXT,
        &format!("{}: {weight}", language.pick("Weight", "Peso")),
    );
    paper.text(
        Style::TEXT,
        &format!(
            "{}: {}",
            language.pick("Reference", "Referencia"),
            booking.reference
        ),
    );
    paper.space(10.0);
    // Numbers of ours are printable; one that is not can still be read.
    if paper.bar_code(tracking, BARS_HEIGHT).is_err() {
        paper.text(Style::STRONG, tracking);
    }
    paper.finish()
}

fn address(paper: &mut Paper, label: &str, style: Style, address: &Address) {
    paper.text(Style::SMALL, label);
    for line in address.lines() {
        paper.text(style, &line);
    }
    paper.space(4.0);
}

/// `1.250 kg`, `1,250 kg`.
fn kilograms(grams: u32, language: Language) -> String {
    format!(
        "{}{}{:03} kg",
        grams / 1000,
        language.pick(".", ","),
        grams % 1000
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use paper::read;

    fn place(name: &str, line1: &str) -> Address {
        Address {
            name: name.into(),
            line1: line1.into(),
            line2: None,
            postcode: "41010".into(),
            city: "Sevilla".into(),
            region: None,
            country: "ES".into(),
            phone: None,
        }
    }

    #[test]
    fn a_label_says_from_where_where_to_how_heavy_and_which() {
        let booking = Booking {
            key: "k".into(),
            service: "standard".into(),
            weight_g: 1_250,
            sender: place("Taller Ñ", ""),
            recipient: Address {
                phone: Some("+34 600 000 000".into()),
                ..place("Lucía Romero", "Calle Betis 12")
            },
            reference: "K7F3-9QXA-1".into(),
        };
        let label = draw(&booking, "SB000000000017", "Estándar", Language::Es);
        let text = read::text(&label);
        for line in [
            "ESTÁNDAR",
            "Taller Ñ",
            "Lucía Romero",
            "Calle Betis 12",
            "+34 600 000 000",
            "Peso: 1,250 kg",
            "Referencia: K7F3-9QXA-1",
            "SB000000000017",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} in {text}");
        }
        assert_eq!(read::pages(&label).len(), 1);
        let bars = read::pages(&label)[0].matches(" re\n").count();
        // Start, fourteen letters, check: three bars each; four in the stop.
        assert_eq!(bars, 3 * 16 + 4);
        assert!(
            read::shown(&label)
                .iter()
                .all(|piece| piece.right() <= 270.01 && piece.y >= 18.0)
        );
    }
}
