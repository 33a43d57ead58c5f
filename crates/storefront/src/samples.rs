//! Every page with believable content: what the design is judged by, and what tests render.
//!
//! Samples are not demo data; they never reach a database.

mod account;
mod auditing;
mod basket;
mod cards;
mod charging;
mod checkout;
mod components;
mod downloads;
mod features;
mod files;
mod goods;
mod history;
mod items;
mod keys;
mod making;
mod messaging;
mod moderating;
mod noticing;
mod office;
mod orders;
mod overseeing;
mod returns;
mod reviewing;
mod running;
mod searching;
mod securing;
mod selling;
mod settling;
mod shelves;
mod shopping;
mod stores;
mod taxing;
mod tending;
mod wishing;

pub use components::components;

use askama::Template;
use chrono::NaiveDate;
use kernel::{Currency, Money};

use crate::i18n::Locale;
use crate::views::common::{Image, Price};
use crate::views::page::{Face, NavLink, Page, Theme, Viewer};

/// In what a sample is dressed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scene {
    pub locale: Locale,
    pub theme: Theme,
    /// Puts [`HOSTILE`] into every text that a person could have written.
    pub hostile: bool,
}

/// What an attacker would write into a field.
pub const HOSTILE: &str = "\"'><script>alert(1)</script>";

/// One rendered page.
#[derive(Debug)]
pub struct Sample {
    /// Also the name of its file.
    pub name: &'static str,
    pub html: String,
}

/// Every page, and the states worth seeing of those that have several.
pub fn all(scene: Scene) -> Vec<Sample> {
    let mut samples = Vec::new();
    shopping::add(scene, &mut samples);
    basket::add(scene, &mut samples);
    making::add(scene, &mut samples);
    downloads::add(scene, &mut samples);
    checkout::add(scene, &mut samples);
    orders::add(scene, &mut samples);
    account::add(scene, &mut samples);
    securing::add(scene, &mut samples);
    selling::add(scene, &mut samples);
    shelves::add(scene, &mut samples);
    history::add(scene, &mut samples);
    stores::add(scene, &mut samples);
    running::add(scene, &mut samples);
    keys::add(scene, &mut samples);
    settling::add(scene, &mut samples);
    let pieces = components(scene.page(scene.t("components.title"), "/dev/components"));
    push(&mut samples, "dev-components", &pieces);
    taxing::add(scene, &mut samples);
    tending::add(scene, &mut samples);
    cards::add(scene, &mut samples);
    searching::add(scene, &mut samples);
    reviewing::add(scene, &mut samples);
    messaging::add(scene, &mut samples);
    items::add(scene, &mut samples);
    moderating::add(scene, &mut samples);
    noticing::add(scene, &mut samples);
    files::add(scene, &mut samples);
    wishing::add(scene, &mut samples);
    office::add(scene, &mut samples);
    overseeing::add(scene, &mut samples);
    charging::add(scene, &mut samples);
    features::add(scene, &mut samples);
    auditing::add(scene, &mut samples);
    samples
}

fn push(samples: &mut Vec<Sample>, name: &'static str, page: &impl Template) {
    let html = page.render().expect("templates do no IO and write to memory");
    samples.push(Sample { name, html });
}

impl Scene {
    /// Text in the scene's language.
    fn say(&self, english: &str, spanish: &str) -> String {
        self.text(match self.locale {
            Locale::En => english,
            Locale::Es => spanish,
        })
    }

    /// Text that is the same in all languages: names, numbers.
    fn text(&self, text: &str) -> String {
        if self.hostile {
            format!("{text}{HOSTILE}")
        } else {
            text.to_owned()
        }
    }

    fn t(&self, key: &str) -> String {
        self.locale.t(key).to_string()
    }

    /// Euro cents.
    fn price(&self, cents: i64) -> Price {
        Price::new(self.locale, Money::new(cents, Currency::EUR))
    }

    fn day(&self, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("samples name real days")
    }

    fn date(&self, month: u32, day: u32) -> String {
        self.locale.date(self.day(month, day))
    }

    fn window(&self, first: u32, last: u32) -> String {
        self.locale.day_range(self.day(11, first), self.day(11, last))
    }

    fn image(&self, key: &str, alt: String) -> Image {
        Image {
            src: format!("/media/{key}.svg"),
            srcset: String::new(),
            alt,
            width: 1000,
            height: 1000,
        }
    }

    /// A page for a visitor who is not signed in.
    fn page(&self, title: String, path: &str) -> Page {
        let categories = [
            ("ceramics", "Ceramics", "Cerámica"),
            ("textiles", "Textiles", "Textil"),
            ("soap-and-candles", "Soap & candles", "Jabón y velas"),
            ("leather", "Leather", "Cuero"),
            ("wood-and-baskets", "Wood & baskets", "Madera y cestería"),
            ("jewellery", "Jewellery", "Joyería"),
            ("pantry", "Pantry", "Despensa"),
        ];
        Page {
            locale: self.locale,
            theme: self.theme,
            title,
            description: self.t("home.description"),
            path: path.to_owned(),
            origin: "https://stoa.example".to_owned(),
            indexed: false,
            cart_count: 4,
            csrf: self.text("b7Wm0vJqT2"),
            nav: categories
                .map(|(slug, en, es)| NavLink {
                    label: self.say(en, es),
                    href: format!("/c/{slug}"),
                })
                .into(),
            dev_mail: true,
            ..Page::default()
        }
    }

    /// A page that search engines may keep.
    fn public_page(&self, title: String, path: &str) -> Page {
        Page {
            indexed: true,
            image: Some("/media/vase-blue.svg".to_owned()),
            ..self.page(title, path)
        }
    }

    /// A page for Elena, who buys.
    fn buyer_page(&self, title: String, path: &str) -> Page {
        let viewer = Viewer {
            name: self.text("Elena"),
            email: self.text("elena.ferrer@mail.example"),
            face: Face::Buyer,
        };
        Page {
            viewer: Some(viewer),
            ..self.page(title, path)
        }
    }

    /// A page for Rocío, who sells.
    fn seller_page(&self, title: String, path: &str) -> Page {
        let viewer = Viewer {
            name: self.text("Rocío"),
            email: self.text("rocio@guadalquivir.example"),
            face: Face::Seller,
        };
        Page {
            viewer: Some(viewer),
            cart_count: 0,
            ..self.page(title, path)
        }
    }
}
