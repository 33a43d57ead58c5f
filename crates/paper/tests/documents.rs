//! What documents show, and that all of it is on the paper.

use paper::read::{Shown, pages, shown, text};
use paper::{Column, Paper, Sheet, Style, Table};
use proptest::prelude::*;

fn table(rows: Vec<Vec<String>>) -> Table {
    Table {
        columns: vec![
            Column::left("Artículo", 4.0),
            Column::right("Cantidad", 1.0),
            Column::right("Importe", 1.5),
        ],
        rows,
        style: Style::TEXT,
    }
}

fn row(title: &str, quantity: usize) -> Vec<String> {
    vec![title.to_owned(), quantity.to_string(), format!("{quantity},50 €")]
}

/// Within the margins, to the width of a hair.
fn assert_on_paper(sheet: Sheet, pieces: &[Shown]) {
    for piece in pieces {
        let hair = 0.01;
        assert!(piece.x >= sheet.margin - hair, "{piece:?}");
        assert!(
            piece.right() <= sheet.width - sheet.margin + hair,
            "{piece:?} ends at {}",
            piece.right()
        );
        assert!(
            piece.y >= sheet.margin - hair && piece.y <= sheet.height - sheet.margin,
            "{piece:?}"
        );
    }
}

#[test]
fn text_is_shown_as_it_was_written() {
    let mut paper = Paper::new(Sheet::A4, "Albarán", "es");
    paper.text(Style::TITLE, "Albarán (nº 7\\8)");
    let from = ["Taller Ñ".to_owned(), "Calle Betis 12, 2º".to_owned()];
    let to = ["Lucía Romero".to_owned()];
    paper.blocks(&[("De", &from), ("Para", &to)]);
    paper.amounts(&[("Total", "1.234,50 €", Style::STRONG)]);
    let pdf = paper.finish();
    assert_eq!(
        text(&pdf),
        "Albarán (nº 7\\8)\nDe\nPara\nTaller Ñ\nLucía Romero\nCalle Betis 12, 2º\nTotal\n1.234,50 €"
    );
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(pdf.trim_ascii_end().ends_with(b"%%EOF"));
    assert_on_paper(Sheet::A4, &shown(&pdf));
}

#[test]
fn a_long_table_goes_on_with_its_header_on_every_page() {
    let mut paper = Paper::new(Sheet::A4, "Extracto", "es").footer("Taller Ñ");
    paper.table(&table(
        (1..=120).map(|n| row(&format!("Cuenco {n}"), n)).collect(),
    ));
    let pdf = paper.finish();
    let pieces = shown(&pdf);
    let count = pages(&pdf).len();
    assert!((3..=6).contains(&count), "{count} pages");
    for page in 0..count {
        let own: Vec<&str> = pieces
            .iter()
            .filter(|p| p.page == page)
            .map(|p| p.text.as_str())
            .collect();
        assert_eq!(own[0], "Artículo");
        assert!(
            own.contains(&format!("{} / {count}", page + 1).as_str()),
            "{own:?}"
        );
        assert!(own.contains(&"Taller Ñ"));
    }
    for n in 1..=120 {
        let title = format!("Cuenco {n}");
        assert_eq!(pieces.iter().filter(|p| p.text == title).count(), 1, "{title}");
    }
    assert_on_paper(Sheet::A4, &pieces);
}

#[test]
fn a_row_taller_than_a_page_is_cut_and_loses_nothing() {
    let words: Vec<String> = (0..3000).map(|n| format!("w{n}")).collect();
    let mut paper = Paper::new(Sheet::LABEL, "x", "en");
    paper.table(&table(vec![
        row("before", 1),
        row(&words.join(" "), 2),
        row("after", 3),
    ]));
    let pdf = paper.finish();
    let pieces = shown(&pdf);
    let all = text(&pdf);
    let found: Vec<&str> = all
        .split_whitespace()
        .filter(|word| word.starts_with('w'))
        .collect();
    assert_eq!(found, words);
    assert!(pages(&pdf).len() > 3);
    assert_on_paper(Sheet::LABEL, &pieces);
}

#[test]
fn equal_input_gives_equal_bytes() {
    let write = || {
        let mut paper = Paper::new(Sheet::A4, "Factura", "es").footer("x");
        paper.table(&table(vec![row("Jarrón", 1)]));
        paper.bar_code("SB00000000017", 40.0).expect("printable");
        paper.finish()
    };
    assert_eq!(write(), write());
}

/// Reads bars back from the rectangles that were drawn, as a scanner sees them.
#[test]
fn the_bars_are_drawn_in_their_widths() {
    let mut paper = Paper::new(Sheet::LABEL, "x", "en");
    paper.bar_code("123456", 60.0).expect("printable");
    let pdf = paper.finish();
    let drawn: Vec<(f32, f32)> = pages(&pdf)[0]
        .lines()
        .filter_map(|line| line.strip_suffix(" re"))
        .map(|line| {
            let n: Vec<f32> = line.split(' ').map(|n| n.parse().expect("a number")).collect();
            (n[0], n[2])
        })
        .collect();
    let module = drawn[0].1 / 2.0;
    let mut widths = Vec::new();
    for (index, (x, width)) in drawn.iter().enumerate() {
        widths.push((width / module).round() as u32);
        if let Some((next, _)) = drawn.get(index + 1) {
            widths.push(((next - x - width) / module).round() as u32);
        }
    }
    let told: String = widths.iter().map(ToString::to_string).collect();
    // Start C, 12, 34, 56, the check (105 + 12 + 68 + 168 = 353, modulo 103 is 44), stop.
    assert_eq!(
        told,
        ["211232", "112232", "131123", "331121", "132131", "2331112"].concat()
    );
    assert!(
        drawn[0].0 >= Sheet::LABEL.margin + 10.0 * module - 0.01,
        "light before the first bar"
    );
    let last = drawn[drawn.len() - 1];
    assert!(last.0 + last.1 <= 288.0 - Sheet::LABEL.margin - 10.0 * module + 0.01);
    assert_on_paper(Sheet::LABEL, &shown(&pdf));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever people write, and however much of it.
    #[test]
    fn nothing_runs_over_the_edge(
        title in "\\PC{0,200}",
        cells in proptest::collection::vec(("\\PC{0,300}", "\\PC{0,40}", "\\PC{0,40}"), 0..40),
        code in "[ -~]{1,40}",
    ) {
        for sheet in [Sheet::A4, Sheet::LABEL] {
            let mut paper = Paper::new(sheet, &title, "en").footer(&title);
            paper.text(Style::TITLE, &title);
            let lines = [title.clone(), title.clone()];
            paper.blocks(&[("a", &lines), (&title, &lines)]);
            let rows = cells.iter().map(|(a, b, c)| vec![a.clone(), b.clone(), c.clone()]);
            paper.table(&table(rows.collect()));
            paper.bar_code(&code, 50.0).expect("printable");
            assert_on_paper(sheet, &shown(&paper.finish()));
        }
    }
}
