//! What is downloaded and not sent: the files of a product, on what terms its buyers have them, and what of that an order
//! froze. The rules stand here because the catalogue takes them in, the till freezes them, and orders give the files out.

use crate::Language;
use crate::cart::CartOwner;
use crate::service::service;
use kernel::{DateTime, FileId, LineId, OrderId, SubOrderId, TenantId};
use serde::{Deserialize, Serialize};

/// Files of one product.
pub const FILES_MAX: usize = 20;
/// Bytes of one file.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Bytes of all files that one shop keeps.
pub const SHOP_BYTES_MAX: u64 = 20 * 1024 * 1024 * 1024;
/// Characters of a file's name.
pub const FILE_NAME_CHARS_MAX: usize = 120;
/// Times that a buyer may be allowed to download each file.
pub const TIMES_MAX: u16 = 100;
/// Days for which a buyer may be allowed to.
pub const DAYS_MAX: u16 = 3_650;
/// Units with which what is downloaded is stocked, unless its seller counts it: more than anybody will buy. So there is one rule
/// for all goods.
pub const UNCOUNTED: i64 = 1_000_000_000;
/// What a buyer of downloads agrees to before they order, and what is confirmed to them afterwards (directive 2011/83/EU,
/// article 16 m). It says what orders do: their money stays from payment on, begun or not.
#[must_use]
pub fn consent(language: Language) -> &'static str {
    language.pick(
        "I want my downloads as soon as I have paid, and know that I lose my right to withdraw from them at that moment.",
        "Quiero mis descargas en cuanto haya pagado, y sé que en ese momento pierdo el derecho de desistimiento sobre ellas.",
    )
}

/// Whether so many units mean that it does not run out, though some were sold: nobody counted them, and nobody is told of them.
#[must_use]
pub fn is_unlimited(units: i64) -> bool {
    units > UNCOUNTED / 2
}

/// Characters of the kind that a file's name tells.
const KIND_CHARS_MAX: usize = 5;
/// What an order line of downloads is delivered by: nothing is sent, and nothing is asked for it.
pub const DELIVERY_CODE: &str = "download";

/// Of each file, if its shop says nothing else.
#[must_use]
pub fn usual_times() -> u16 {
    5
}

/// From payment, if its shop says nothing else.
#[must_use]
pub fn usual_days() -> u16 {
    365
}

/// The files of a product that is downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Digital {
    #[schema(min_items = 1, max_items = 20)]
    pub files: Vec<DigitalFile>,
    /// How often a buyer may download each of them.
    #[schema(minimum = 1, maximum = 100, example = 5)]
    pub downloads_max: u16,
    /// Days from payment in which they may.
    #[schema(minimum = 1, maximum = 3650, example = 365)]
    pub days: u16,
}

/// A file that buyers download. What it is says its name alone: types that are claimed are neither believed nor kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DigitalFile {
    pub id: FileId,
    #[schema(example = "Sewing pattern.pdf", max_length = 120)]
    pub name: String,
    #[schema(example = 12_000_000)]
    pub bytes: u64,
}

/// How a seller says that a product is downloaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigitalChoice {
    /// Files that were uploaded before (`upload_product_file`), in this order; none makes it a product that is sent.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub files: Vec<FileId>,
    /// How often a buyer may download each of them; 5 if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub downloads_max: Option<u16>,
    /// Days from payment in which they may; 365 if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u16>,
}

impl From<&Digital> for DigitalChoice {
    fn from(digital: &Digital) -> Self {
        Self {
            files: digital.files.iter().map(|file| file.id).collect(),
            downloads_max: Some(digital.downloads_max),
            days: Some(digital.days),
        }
    }
}

/// What was bought of a product that is downloaded, frozen with its order: what its shop changes later is no business of
/// this buyer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SoldDigital {
    pub files: Vec<DigitalFile>,
    pub downloads_max: u16,
    pub days: u16,
    /// When its buyer agreed to [`consent`].
    pub consented_at: DateTime,
}

impl SoldDigital {
    #[must_use]
    pub fn of(digital: &Digital, consented_at: DateTime) -> Self {
        Self {
            files: digital.files.clone(),
            downloads_max: digital.downloads_max,
            days: digital.days,
            consented_at,
        }
    }
}

impl DigitalFile {
    /// What the end of its name tells, such as `PDF`; none where that is no usual ending.
    #[must_use]
    pub fn kind(&self) -> Option<String> {
        let (_, ending) = self.name.rsplit_once('.')?;
        let is_usual =
            (1..=KIND_CHARS_MAX).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
        is_usual.then(|| ending.to_ascii_uppercase())
    }
}

/// Where a shop's file lies in object storage, apart from all that is public. Whose file it is stands in the name, so that
/// nobody reaches another shop's by its id.
#[must_use]
pub fn place(tenant: TenantId, file: FileId) -> [String; 3] {
    ["files".to_owned(), tenant.to_string(), file.to_string()]
}

/// A name under which any machine can keep a file: without folders, control characters, characters that turn the direction
/// of text, and what file systems reserve. `file` where nothing is left.
#[must_use]
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !turns(*c) && !r#"<>:"|?*;%"#.contains(*c))
        .collect();
    let kept = kept.trim_matches(|c: char| c == '.' || c == ' ');
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, Some(ending)),
        _ => (kept, None),
    };
    let room = FILE_NAME_CHARS_MAX - ending.map_or(0, |ending| ending.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    let stem = match stem.trim_end() {
        "" => "file",
        stem => stem,
    };
    match ending {
        Some(ending) => format!("{stem}.{ending}"),
        None => stem.to_owned(),
    }
}

/// Characters that are not seen, or make the rest of a name be read backwards: `gpj.exe` looks like `exe.jpg`.
fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// By what somebody may download: an order of theirs, or the secret link of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownloadRight {
    Owner(CartOwner, OrderId),
    /// What stands in the link that was mailed.
    Pass(String),
}

/// How it stands with a file of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DownloadState {
    /// The order is not paid (yet).
    Unpaid,
    Ready,
    /// It was downloaded as often as was agreed.
    UsedUp,
    /// The days that were agreed are over.
    Expired,
    /// It was cancelled, or its money went back.
    Ended,
}

/// A file of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Download {
    pub line: LineId,
    pub sub_order: SubOrderId,
    /// Of the product, as it read when it was bought.
    pub title: String,
    pub file: DigitalFile,
    pub state: DownloadState,
    /// How often it may still be downloaded.
    pub left: u16,
    /// Until when; absent before it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
}

/// The downloads of an order, for whoever has a right to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDownloads {
    pub order: OrderId,
    pub number: String,
    pub files: Vec<Download>,
}

/// A download that was granted, and counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DownloadTicket {
    /// A path of this site with a secret in it, from which the file is read: whole or, after a break, in parts.
    #[schema(example = "/v1/downloads/3vY1…")]
    pub url: String,
    pub until: DateTime,
    /// How often the file may be downloaded after this.
    pub left: u16,
}

service! {
    /// What was bought and is downloaded.
    Downloads as "downloads", remote RemoteDownloads, served ServedDownloads {
        fn of_order(by: DownloadRight) -> OrderDownloads;
        /// Counts a download and says from where it is read.
        fn begin(by: DownloadRight, line: LineId, file: FileId) -> DownloadTicket;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe_and_stay_readable() {
        for (given, kept) in [
            ("Pattern.pdf", "Pattern.pdf"),
            ("Patrón  talla 38.pdf", "Patrón  talla 38.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ana\\model.stl", "model.stl"),
            ("a\r\nSet-Cookie: x=1.zip", "a  Set-Cookie x=1.zip"),
            ("cod\u{202e}gpj.exe", "codgpj.exe"),
            ("\"quoted\";.pdf", "quoted.pdf"),
            ("...", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
        ] {
            assert_eq!(file_name(given), kept, "{given:?}");
        }
        let long = file_name(&format!("{}.pdf", "ñ".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_CHARS_MAX);
        assert!(long.ends_with("ñ.pdf"));
    }

    #[test]
    fn the_end_of_a_name_tells_the_kind() {
        let kind = |name: &str| {
            let file = DigitalFile {
                id: FileId(uuid::Uuid::nil()),
                name: name.to_owned(),
                bytes: 1,
            };
            file.kind()
        };
        assert_eq!(kind("a.pdf").as_deref(), Some("PDF"));
        assert_eq!(kind("a.tar.gz").as_deref(), Some("GZ"));
        assert_eq!(kind("readme"), None);
        assert_eq!(kind("a.longish"), None);
    }
}
