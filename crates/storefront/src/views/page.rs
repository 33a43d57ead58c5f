//! What every page shares: language, theme, the head's metadata, header and footer.

use std::borrow::Borrow;

use super::work::SavedViews;
use crate::assets;
use crate::i18n::{Locale, Text};

/// The frame around a page's own content.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub locale: Locale,
    pub theme: Theme,
    /// Without the marketplace's name, which the layout adds.
    pub title: String,
    /// One or two sentences for search results and shared links.
    pub description: String,
    /// Path and query of this page, as its canonical address has them.
    pub path: String,
    /// Scheme and host, without a slash at the end.
    pub origin: String,
    /// False for carts, accounts and everything else that belongs to one visitor.
    pub indexed: bool,
    /// The picture a shared link shows: path or absolute address.
    pub image: Option<String>,
    pub viewer: Option<Viewer>,
    pub cart_count: u64,
    /// Products on the visitor's wish list.
    pub wished: Vec<String>,
    /// Messages that the visitor has not read, where the frame tells: in the account, and at a shop's work.
    pub unread: u64,
    /// Notifications that the visitor has not read: the shop's at a shop's work, one's own elsewhere.
    pub news: u64,
    /// Goes into every form that changes something.
    pub csrf: String,
    /// What stands in the search field.
    pub query: String,
    /// Top categories.
    pub nav: Vec<NavLink>,
    /// What the last action did, shown once.
    pub notice: Option<Notice>,
    /// True where the development mailbox is on.
    pub dev_mail: bool,
    /// Features of the shop's that the operator has turned off, by their names.
    pub off: Vec<&'static str>,
    /// By which the browser knows our own script; a new one with every answer.
    pub nonce: String,
    /// Where the page hears that something of it changed; empty where it stays as it is. Its parts that are fetched anew
    /// are marked with `data-live` and a name.
    pub live: String,
    /// What the visitor keeps of how they look at the page's table, where it has one that can be filtered.
    pub views: Option<SavedViews>,
}

impl Page {
    /// Whether a product is on the visitor's wish list.
    pub fn wishes(&self, product: &str) -> bool {
        self.wished.iter().any(|id| id == product)
    }

    /// Whether the operator has turned a feature off for the shop.
    pub fn is_off(&self, feature: &str) -> bool {
        self.off.contains(&feature)
    }

    pub fn t(&self, key: &str) -> Text {
        self.locale.t(key)
    }

    /// `count` by value or by reference, as templates meet both.
    pub fn n(&self, key: &str, count: impl Borrow<u64>) -> Text {
        self.locale.n(key, count)
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    pub fn canonical(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// This page's address in a given language, for `hreflang`.
    pub fn alternate(&self, locale: &Locale) -> String {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{}{joint}lang={}", self.origin, self.path, locale.code())
    }

    pub fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    /// The picture's absolute address.
    pub fn image_url(&self) -> Option<String> {
        let image = self.image.as_ref()?;
        Some(if image.starts_with('/') {
            format!("{}{image}", self.origin)
        } else {
            image.clone()
        })
    }

    /// Whether somebody is at work here, not out shopping.
    pub fn is_work(&self) -> bool {
        self.work_root().is_some()
    }

    /// Whether goods are looked at here: strangers come to these pages first, and they get by with half of the style.
    pub fn is_shopping(&self) -> bool {
        let (path, _) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let goods = ["/c/", "/p/", "/shop/"];
        ["/", "/search", "/cart"].contains(&path) || goods.iter().any(|goods| path.starts_with(goods))
    }

    /// As what the visitor is signed in.
    pub fn face(&self) -> Option<Face> {
        self.viewer.as_ref().map(|viewer| viewer.face)
    }

    /// Where the workplace begins that this page is part of.
    pub fn work_root(&self) -> Option<&'static str> {
        let root = match self.face()? {
            Face::Seller => "/seller",
            Face::Operator => "/operator",
            Face::Buyer => return None,
        };
        let below = self.path.strip_prefix(root)?;
        (below.is_empty() || below.starts_with(['/', '?'])).then_some(root)
    }

    /// Where the visitor's notifications are.
    pub fn news_href(&self) -> &'static str {
        match self.work_root() {
            Some("/seller") => "/seller/notifications",
            _ => "/account/notifications",
        }
    }

    /// How many there are, as a badge says it.
    pub fn news_count(&self) -> String {
        match self.news {
            ..100 => self.news.to_string(),
            _ => "99+".to_owned(),
        }
    }

    /// Whether `href` is this very page, whatever the query.
    pub fn is_at(&self, href: &str) -> bool {
        let path = |address: &str| address.split(['?', '#']).next().unwrap_or_default().to_owned();
        path(&self.path) == path(href)
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub name: String,
    pub email: String,
    pub face: Face,
}

/// Which face of the marketplace the signed-in person works at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Buyer,
    Seller,
    Operator,
}

/// Colour scheme: the visitor's choice, or the device's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    Device,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Device, Theme::Light, Theme::Dark];

    /// The value in the cookie, the form and `data-theme`.
    pub fn code(self) -> &'static str {
        match self {
            Theme::Device => "device",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn from_code(code: &str) -> Theme {
        Theme::ALL
            .into_iter()
            .find(|theme| theme.code() == code)
            .unwrap_or_default()
    }
}

/// A category in the header.
#[derive(Clone, Debug)]
pub struct NavLink {
    pub label: String,
    pub href: String,
}

/// A message at the top of the page.
#[derive(Clone, Debug)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
    pub link: Option<(String, String)>,
}

/// How a message or a state is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Calm,
    Good,
    Warn,
    Bad,
}

impl Tone {
    pub fn class(&self) -> &'static str {
        match self {
            Tone::Calm => "tone-calm",
            Tone::Good => "tone-good",
            Tone::Warn => "tone-warn",
            Tone::Bad => "tone-bad",
        }
    }

    /// The sign that stands before it.
    pub fn icon(&self) -> &'static str {
        match self {
            Tone::Calm => "info",
            Tone::Good => "tick",
            Tone::Warn | Tone::Bad => "alert",
        }
    }

    /// Bad news interrupts a screen reader, the rest waits.
    pub fn role(&self) -> &'static str {
        if *self == Tone::Bad { "alert" } else { "status" }
    }
}
