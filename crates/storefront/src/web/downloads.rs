//! What was bought and is downloaded, between contracts and pages. Pages count nothing: orders do.

use super::failure::Failure;
use super::orders::find;
use super::posted::Posted;
use super::visit::{Visit, redirect, redirect_refused};
use super::{Shop, facets};
use crate::i18n::Locale;
use crate::views::downloads::{DownloadRow, Downloads, DownloadsPage};
use crate::views::making::Made;
use crate::views::page::Tone;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::digital::{Digital, DigitalFile, Download, DownloadRight, DownloadState};
use contracts::orders::{Order, SubOrder};
use kernel::{Fault, OrderId};

const MB: u64 = 1024 * 1024;

/// `12 MB`.
fn size(bytes: u64, locale: Locale) -> String {
    let (unit, tenths) = match bytes {
        0..1024 => return format!("{bytes}\u{a0}B"),
        1024..MB => ("kB", bytes * 10 / 1024),
        _ => ("MB", bytes * 10 / MB),
    };
    // Below ten one digit behind the point tells something.
    let number = match tenths {
        0..100 => format!("{}.{}", tenths / 10, tenths % 10),
        _ => (tenths / 10).to_string(),
    };
    let number = number.strip_suffix(".0").unwrap_or(&number);
    format!("{}\u{a0}{unit}", facets::decimal(number, locale))
}

/// `PDF, 12 MB`.
pub fn kind(file: &DigitalFile, locale: Locale) -> String {
    let size = size(file.bytes, locale);
    match file.kind() {
        Some(kind) => format!("{kind}, {size}"),
        None => size,
    }
}

/// `Download: PDF, 12 MB`, or how many files and how large they are together.
pub fn told(files: &[DigitalFile], locale: Locale) -> String {
    let what = match files {
        [file] => kind(file, locale),
        files => {
            let bytes = files.iter().map(|file| file.bytes).sum();
            let count = locale.n("count.files", files.len() as u64);
            format!("{count}, {}", size(bytes, locale))
        }
    };
    locale.t("download.what").arg("what", what).to_string()
}

/// On what terms.
pub fn terms(digital: &Digital, locale: Locale) -> String {
    let text = locale.t("download.terms");
    let text = text.arg("times", digital.downloads_max).arg("days", digital.days);
    text.to_string()
}

/// How a line is made, with what of it is downloaded.
pub fn marked(made: Option<Made>, files: Option<&[DigitalFile]>, locale: Locale) -> Option<Made> {
    let Some(files) = files else { return made };
    Some(Made {
        download: told(files, locale),
        ..made.unwrap_or_default()
    })
}

/// The files of an order by its parts; of one that has none nothing is asked.
pub async fn of_order(shop: &Shop, visit: &Visit, order: &Order) -> Vec<Download> {
    let mut lines = order.sub_orders.iter().flat_map(|sub| &sub.lines);
    if lines.all(|line| line.digital.is_none()) {
        return Vec::new();
    }
    for owner in visit.owners() {
        let by = DownloadRight::Owner(owner, order.id);
        if let Ok(found) = shop.downloads.of_order(&visit.ctx, by).await {
            return found.files;
        }
    }
    // Without its files, an order is still one.
    Vec::new()
}

/// Whether all of a seller's part is downloaded.
pub fn is_downloaded(sub: &SubOrder) -> bool {
    sub.lines.iter().all(|line| line.digital.is_some())
}

/// Those of a seller's part.
pub fn of_part(found: &[Download], sub: &SubOrder, locale: Locale) -> Downloads {
    let own = found.iter().filter(|download| download.sub_order == sub.id);
    Downloads {
        action: format!("/orders/{}/downloads", sub.order),
        rows: own.map(|download| row(download, locale)).collect(),
    }
}

fn row(download: &Download, locale: Locale) -> DownloadRow {
    let until = download.until.map(|until| locale.date(until.date_naive()));
    let (key, tone) = match download.state {
        DownloadState::Unpaid => ("download.unpaid", Tone::Calm),
        DownloadState::Ready => ("", Tone::Good),
        DownloadState::UsedUp => ("download.used_up", Tone::Warn),
        DownloadState::Expired => ("download.expired", Tone::Warn),
        DownloadState::Ended => ("download.ended", Tone::Calm),
    };
    let note = match download.state {
        DownloadState::Ready => locale
            .n("download.left", u64::from(download.left))
            .arg("date", until.unwrap_or_default())
            .to_string(),
        _ => locale.t(key).to_string(),
    };
    DownloadRow {
        line: download.line.to_string(),
        file: download.file.id.to_string(),
        name: download.file.name.clone(),
        kind: kind(&download.file, locale),
        note,
        tone,
        is_ready: download.state == DownloadState::Ready,
    }
}

/// What the link of a mail leads to. Whoever has the link has the right: it says nothing of its order but the files.
pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(pass): Path<String>,
) -> Result<Response, Failure> {
    let by = DownloadRight::Pass(pass.clone());
    let found = shop.downloads.of_order(&visit.ctx, by).await?;
    let locale = visit.locale;
    let view = DownloadsPage {
        page: visit.keyed_page(&shop, "download.title").await,
        number: found.number,
        downloads: Downloads {
            action: format!("/downloads/{pass}"),
            rows: found.files.iter().map(|file| row(file, locale)).collect(),
        },
    };
    Ok(visit.show(&shop, &view))
}

pub async fn begin_by_pass(
    State(shop): State<Shop>,
    Path(pass): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let back = format!("/downloads/{pass}");
    begin(&shop, &posted, DownloadRight::Pass(pass), &back).await
}

pub async fn begin_of_order(
    State(shop): State<Shop>,
    Path(id): Path<OrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let (owner, _) = find(&shop, &posted.visit, id).await?;
    let back = format!("/orders/{id}");
    begin(&shop, &posted, DownloadRight::Owner(owner, id), &back).await
}

/// On to the file itself, which stays out of the page: browsers keep it, and show where they were.
async fn begin(shop: &Shop, posted: &Posted, by: DownloadRight, back: &str) -> Result<Response, Failure> {
    let (Ok(line), Ok(file)) = (posted.get("line").parse(), posted.get("file").parse()) else {
        return Err(Failure(Fault::not_found("file")));
    };
    match shop.downloads.begin(&posted.visit.ctx, by, line, file).await {
        Ok(ticket) => Ok(redirect(&ticket.url)),
        Err(fault) => redirect_refused(back, fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        let told = |bytes| size(bytes, Locale::En).replace('\u{a0}', " ");
        assert_eq!(told(999), "999 B");
        assert_eq!(told(1_536), "1.5 kB");
        assert_eq!(told(2_048), "2 kB");
        assert_eq!(told(12 * MB + 5), "12 MB");
        assert_eq!(told(3 * MB / 2), "1.5 MB");
        assert_eq!(size(3 * MB / 2, Locale::Es), "1,5\u{a0}MB");
    }
}
