//! What rows of a product's form show.

use crate::views::common::{Field, Image};
use crate::views::seller_goods::FormPicture;
use crate::web::cards;
use contracts::catalog::{Listing, Picture};
use kernel::Currency;
use std::fmt::Display;

/// What its prices are in.
pub fn currency_of(listing: &Listing) -> Currency {
    listing
        .variants
        .first()
        .map_or(Currency::EUR, |variant| variant.price.currency)
}

pub fn picture_row((at, picture): (usize, &Picture)) -> FormPicture {
    FormPicture {
        id: picture.image.to_string(),
        alt: picture.alt.clone(),
        image: Image {
            alt: picture.alt.clone(),
            ..cards::image(picture)
        },
        position: at + 1,
    }
}

pub fn number_field(number: Option<impl Display>) -> Field {
    Field::of(number.map(|n| n.to_string()).unwrap_or_default())
}
