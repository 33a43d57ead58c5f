//! Writes an HTML page of pictures, to look at: `contact_sheet OUT.html [from] [count] [columns] [what]`, where `what` is a view
//! (`0`, `1`, `2`), `gallery`, `logos` or `banners`.

use sampler::{Product, Sampler, art};
use std::fmt::Write;

fn main() -> std::io::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| {
        given
            .get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (from, count, columns) = (number(1, 0), number(2, 40), number(3, 8));
    let sampler = Sampler::new(7, 1);
    let what = given.get(4).map_or("0", String::as_str);
    let pictures: Vec<String> = match what {
        "logos" => sampler
            .sellers()
            .skip(from)
            .take(count)
            .map(|seller| art::logo(&seller.art))
            .collect(),
        "banners" => sampler
            .sellers()
            .skip(from)
            .take(count)
            .map(|seller| art::banner(&seller.art))
            .collect(),
        "gallery" => products(&sampler, from, count)
            .iter()
            .flat_map(Product::gallery)
            .map(|spec| art::draw(&spec))
            .collect(),
        view => {
            let view = view.parse().unwrap_or(0);
            products(&sampler, from, count)
                .iter()
                .map(|product| art::draw(&product.art.with_view(view)))
                .collect()
        }
    };
    let mut page =
        format!("<body style='margin:0;display:grid;grid-template-columns:repeat({columns},1fr);gap:8px'>");
    for picture in pictures {
        let _ = write!(page, "<div>{picture}</div>");
    }
    std::fs::write(given.first().map_or("sheet.html", String::as_str), page)
}

/// Products from all over the catalogue: one of every shop in turn.
fn products(sampler: &Sampler, from: usize, count: usize) -> Vec<Product> {
    let mut shelves: Vec<Vec<Product>> = sampler
        .sellers()
        .map(|seller| sampler.products_of(&seller).collect())
        .collect();
    shelves.iter_mut().for_each(|shelf| shelf.reverse());
    let mut mixed = Vec::new();
    while shelves.iter().any(|shelf| !shelf.is_empty()) {
        mixed.extend(shelves.iter_mut().filter_map(Vec::pop));
    }
    mixed.into_iter().skip(from).take(count).collect()
}
