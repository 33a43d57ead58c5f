//! How a product is drawn: its colours and forms become a drawing's specification.

use crate::art::{ArtSpec, Decor, Finish, Rgb, Subject};
use crate::dice::Dice;
use crate::lines::{Line, Painted, Shade};
use crate::product::{Pick, own};
use crate::seller::Seller;
use crate::text::capital;

pub(crate) fn art(choice: &Pick, seller: &Seller, title: &str, dice: &mut Dice) -> ArtSpec {
    let line = choice.line;
    let mut third = own(line.inks, seller.house >> 24, dice).rgb;
    for _ in 0..6 {
        if third.distance(choice.shade.rgb) > 110.0 {
            break;
        }
        third = dice.pick(line.inks).rgb;
    }
    let (body, ink, trim) = match line.painted {
        Painted::Over => (choice.shade.rgb, choice.ink.rgb, third),
        Painted::Set => (choice.shade.rgb, third, choice.ink.rgb),
        Painted::Poured => (
            choice.shade.rgb.mix(Rgb::hex(0xf6ecd8), 0.55),
            choice.ink.rgb,
            third,
        ),
        Painted::Filled => {
            let lid = &line.inks[(seller.house >> 28) as usize % line.inks.len()];
            (choice.shade.rgb, choice.ink.rgb, lid.rgb)
        }
    };
    let finish = match line.subject {
        Subject::Candle if !choice.ink.name.ends_with("glass") => Finish::Matte,
        Subject::Candle => Finish::Glass,
        _ => *dice.pick(line.finishes),
    };
    let trim = match line.subject {
        Subject::CheeseWheel => *dice.pick(&[Rgb::hex(0xf3e3b6), Rgb::hex(0xefdcae), Rgb::hex(0xf6ecd0)]),
        Subject::DropperBottle => {
            [Rgb::hex(0x8a4a22), Rgb::hex(0x4f6b52), Rgb::hex(0x35507c)][(seller.house >> 3) as usize % 3]
        }
        Subject::Lamp => *dice.pick(&[
            Rgb::hex(0xf0e2c6),
            Rgb::hex(0xe8cfae),
            Rgb::hex(0xd9c3a0),
            choice.ink.rgb,
        ]),
        Subject::Handbag | Subject::Wallet | Subject::Belt => choice.ink.rgb,
        Subject::BasketBag => Rgb::hex(0x94582f).mix(third, 0.25),
        _ => trim,
    };
    ArtSpec {
        subject: line.subject,
        form: choice.noun.form,
        view: 0,
        seed: dice.seed(),
        house: seller.house,
        body,
        ink,
        trim,
        finish,
        decor: choice.deco.decor,
        monogram: seller.art.monogram.clone(),
        label: label(choice),
        title: title.to_owned(),
    }
}

/// What fits on a label: the shade, or its first word.
fn label(choice: &Pick) -> String {
    let name = choice.shade.name;
    let short = if name.chars().count() > 13 {
        name.split(' ').next().unwrap_or(name)
    } else {
        name
    };
    capital(short)
}

/// The same drawing in another shade.
pub(crate) fn repaint(art: &ArtSpec, line: &Line, shade: &Shade) -> ArtSpec {
    let body = if line.painted == Painted::Poured {
        shade.rgb.mix(Rgb::hex(0xf6ecd8), 0.55)
    } else {
        shade.rgb
    };
    let mut other = ArtSpec { body, ..art.clone() };
    // A decoration that would drown in the new ground turns pale or dark.
    if art.decor != Decor::Plain && body.distance(art.ink) < 110.0 {
        other.ink = if body.is_dark() {
            Rgb::hex(0xf1e6d0)
        } else {
            Rgb::hex(0x3a3533)
        };
    }
    other.title = format!("{} ({})", art.title, shade.name);
    other
}
