//! Times the making of a marketplace: `speed [scale]`. Products are made with their main picture.

use sampler::{Sampler, art};
use std::time::Instant;

fn main() {
    let scale = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let sampler = Sampler::new(7, scale);
    let start = Instant::now();
    let (mut products, mut bytes) = (0u64, 0usize);
    for seller in sampler.sellers() {
        for product in sampler.products_of(&seller) {
            bytes += art::draw(&product.art).len() + product.description.len();
            products += 1;
        }
    }
    let took = start.elapsed().as_secs_f64();
    let per_second = products as f64 / took;
    #[allow(clippy::print_stdout)]
    {
        println!(
            "{products} products with pictures, {bytes} bytes, in {took:.2} s: {per_second:.0} products/s"
        );
        let start = Instant::now();
        let orders = sampler.orders().count();
        println!(
            "{orders} baskets planned in {:.2} s",
            start.elapsed().as_secs_f64()
        );
    }
}
