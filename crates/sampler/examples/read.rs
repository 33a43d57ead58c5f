//! Prints some of the marketplace to read: `read [every]` takes every so-manieth product.

use sampler::Sampler;

#[allow(clippy::print_stdout)]
fn main() {
    let every = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(61);
    let sampler = Sampler::new(7, 1);
    for product in sampler
        .sellers()
        .flat_map(|seller| sampler.products_of(&seller).collect::<Vec<_>>())
        .step_by(every)
    {
        println!(
            "## {} [{}] {}\n{}",
            product.title, product.category, product.key, product.description
        );
        let attributes: Vec<String> = product
            .attributes
            .iter()
            .map(|a| format!("{}={:?}", a.key, a.value))
            .collect();
        println!("-- {}\n-- {:?}", attributes.join(" "), product.tags);
        for variant in &product.variants {
            println!("   {variant:?}");
        }
        println!();
    }
}
