//! What is downloaded: on an order, behind the link of a mail, and on the seller's form.

use askama::Template;

use super::common::Field;
use super::page::{Page, Tone};

/// The files of an order, or of a seller's part of it.
#[derive(Clone, Debug, Default)]
pub struct Downloads {
    /// Where its forms are posted.
    pub action: String,
    pub rows: Vec<DownloadRow>,
}

#[derive(Clone, Debug)]
pub struct DownloadRow {
    pub line: String,
    pub file: String,
    pub name: String,
    /// `PDF, 12 MB`.
    pub kind: String,
    /// How often and until when, or why not.
    pub note: String,
    pub tone: Tone,
    pub is_ready: bool,
}

/// What the link of a mail leads to.
#[derive(Clone, Debug, Template)]
#[template(path = "downloads.html")]
pub struct DownloadsPage {
    pub page: Page,
    pub number: String,
    pub downloads: Downloads,
}

/// The seller's side of it, as a part of the product's form.
#[derive(Clone, Debug, Default)]
pub struct DigitalForm {
    pub files: Vec<FormFile>,
    pub downloads_max: Field,
    pub days: Field,
    /// Opened where there is something to see.
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub struct FormFile {
    pub id: String,
    pub name: String,
    /// `PDF, 12 MB`.
    pub kind: String,
    /// By which a form that comes back still knows it: its bytes, a space, its name.
    pub kept: String,
}
