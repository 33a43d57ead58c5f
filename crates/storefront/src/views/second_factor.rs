//! The second factor of an account: turned on and off, and asked for when somebody signs in.

use askama::Template;

use super::common::Field;
use super::page::Page;
use crate::qr::QrPicture;

#[derive(Clone, Debug, Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactorPage {
    pub page: Page,
    /// About the form as a whole.
    pub error: Option<String>,
    pub password: Field,
    pub code: Field,
    /// What an app is to be told now.
    pub setup: Option<FactorSetup>,
    /// Since when it is on, in words.
    pub on: Option<String>,
    pub codes_left: u64,
    /// New recovery codes, shown this once.
    pub codes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct FactorSetup {
    pub picture: Option<QrPicture>,
    /// In groups, to be typed.
    pub secret: String,
    pub uri: String,
}

/// The second step of signing in.
#[derive(Clone, Debug, Template)]
#[template(path = "second_step.html")]
pub struct SecondStepPage {
    pub page: Page,
    pub error: Option<String>,
    pub challenge: String,
    /// Where to go afterwards, a path of ours.
    pub next: String,
}
