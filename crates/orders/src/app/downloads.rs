//! What was bought and is downloaded. Who may is decided by the order as it stands, each time; what is counted is a grant,
//! not a request, so that a download that broke off can go on.

use super::Orders;
use crate::Error;
use crate::domain::{Available, Order, Refusal};
use crate::store::downloads::{self, Ticket};
use bytes::Bytes;
use chrono::TimeDelta;
use contracts::digital::{
    DigitalFile, Download, DownloadRight, DownloadState, DownloadTicket, Downloads, OrderDownloads, place,
};
use contracts::orders::AsOf;
use contracts::{Reply, reply};
use futures::stream::BoxStream;
use kernel::{Ctx, Fault, FileId, Kind, LineId, TenantId, Timestamp};
use object_store::path::Path;
use object_store::{GetOptions, GetRange};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;

/// How long a granted download may be read: long enough for a large file on a slow line that breaks off.
const TICKET_TTL: TimeDelta = TimeDelta::hours(4);

/// For how long the link of a mail still says that its downloads are over.
const PASS_OUTLASTS: TimeDelta = TimeDelta::days(90);
const FORGOTTEN_AT_ONCE: i64 = 1_000;

/// A file that may be read by whoever asked.
#[derive(Debug)]
pub struct OpenFile {
    tenant: TenantId,
    pub file: DigitalFile,
}

impl Orders {
    /// A secret that stands for the order's buyer where it comes to downloads, for the link of a mail. It is kept nowhere.
    pub async fn download_pass(&self, ctx: &Ctx, order: &Order) -> Result<String, Error> {
        let pass = kernel::secret::token();
        let until = order.downloads_until(ctx.now).unwrap_or(ctx.now) + PASS_OUTLASTS;
        downloads::add_pass(self.db().pool(), order.id, &hash(&pass), ctx.now, until).await?;
        Ok(pass)
    }

    /// Forgets secrets that open nothing any more; how many.
    pub async fn forget_downloads(&self, now: Timestamp) -> Result<u64, Error> {
        let mut gone = 0;
        loop {
            let batch = downloads::forget(self.db().pool(), now, FORGOTTEN_AT_ONCE).await?;
            gone += batch;
            if batch == 0 {
                return Ok(gone);
            }
        }
    }

    /// The order whose files somebody wants.
    async fn downloadable(&self, by: &DownloadRight) -> Result<Order, Error> {
        match by {
            DownloadRight::Owner(owner, id) => self.owned(Some(owner), *id, AsOf::default()).await,
            DownloadRight::Pass(pass) => {
                let found = downloads::order_of_pass(self.db().pool(), &hash(pass)).await?;
                self.load(found.ok_or(Refusal::NoSuchOrder)?, AsOf::default())
                    .await
            }
        }
    }

    async fn downloads_of(&self, ctx: &Ctx, by: DownloadRight) -> Result<OrderDownloads, Error> {
        let order = self.downloadable(&by).await?;
        let times = downloads::times(self.db().pool(), order.id).await?;
        Ok(OrderDownloads {
            order: order.id,
            number: order.number(),
            files: files(&order, &times, ctx.now),
        })
    }

    async fn download_begun(
        &self,
        ctx: &Ctx,
        by: DownloadRight,
        line: LineId,
        file: FileId,
    ) -> Result<DownloadTicket, Error> {
        let order = self.downloadable(&by).await?;
        let mut parts = order.sub_orders();
        let (available, _) = parts
            .find_map(|part| part.download(line, file, ctx.now))
            .ok_or_else(|| Fault::not_found("file"))?;
        refuse(&available, available.state)?;
        let secret = kernel::secret::token();
        let ticket = Ticket {
            order: order.id,
            line,
            file,
            until: ctx.now + TICKET_TTL,
        };
        let times_max = available.digital.downloads_max;
        let times = downloads::count(self.db().pool(), &ticket, &hash(&secret), times_max, ctx.now).await?;
        let Some(times) = times else {
            refuse(&available, DownloadState::UsedUp)?;
            return Err(Fault::internal().into());
        };
        Ok(DownloadTicket {
            url: format!("/v1/downloads/{secret}"),
            until: ticket.until,
            left: left(times_max, times),
        })
    }

    /// The file of a ticket, unless the right to it ended meanwhile.
    pub(crate) async fn ticketed(&self, ctx: &Ctx, secret: &str) -> Result<OpenFile, Error> {
        let nothing = || Fault::not_found("download");
        let found = downloads::ticket(self.db().pool(), &hash(secret)).await?;
        let ticket = found
            .filter(|ticket| ctx.now <= ticket.until)
            .ok_or_else(nothing)?;
        let order = self.load(ticket.order, AsOf::default()).await?;
        for part in order.sub_orders() {
            let Some((available, file)) = part.download(ticket.line, ticket.file, ctx.now) else {
                continue;
            };
            refuse(&available, available.state)?;
            return Ok(OpenFile {
                tenant: part.part.tenant,
                file: file.clone(),
            });
        }
        Err(nothing().into())
    }

    /// The bytes of a file, or of a part of it, as they are read from where they are kept.
    pub(crate) async fn read_file(
        &self,
        open: &OpenFile,
        part: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, Fault> {
        let files = self.0.files.get().ok_or_else(|| Fault::unavailable("files"))?;
        let options = GetOptions {
            range: part.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let place = Path::from_iter(place(open.tenant, open.file.id));
        match files.get_opts(&place, options).await {
            Ok(found) => Ok(found.into_stream()),
            Err(error) => {
                tracing::error!(%error, file = %open.file.id, "a file that was sold cannot be read");
                Err(Fault::unavailable("files"))
            }
        }
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn left(times_max: u16, times: i32) -> u16 {
    times_max.saturating_sub(u16::try_from(times).unwrap_or(u16::MAX))
}

fn files(order: &Order, times: &HashMap<(LineId, FileId), i32>, now: Timestamp) -> Vec<Download> {
    let mut told = Vec::new();
    for part in order.sub_orders() {
        for available in part.downloads(now) {
            let Available { line, digital, .. } = available;
            told.extend(digital.files.iter().map(|file| {
                let times = times.get(&(line.id, file.id)).copied().unwrap_or(0);
                let left = left(digital.downloads_max, times);
                Download {
                    line: line.id,
                    sub_order: part.part.id,
                    title: line.title.clone(),
                    file: file.clone(),
                    state: match available.state {
                        DownloadState::Ready if left == 0 => DownloadState::UsedUp,
                        state => state,
                    },
                    left,
                    until: available.until,
                }
            }));
        }
    }
    told
}

/// Why nothing is downloaded, if nothing is.
fn refuse(available: &Available<'_>, state: DownloadState) -> Result<(), Fault> {
    let conflict = |code, detail: String| Err(Fault::new(Kind::Conflict, code, detail));
    match state {
        DownloadState::Ready => Ok(()),
        DownloadState::Unpaid => conflict(
            "download_unpaid",
            "It can be downloaded once the order is paid.".to_owned(),
        ),
        DownloadState::UsedUp => conflict(
            "download_used_up",
            format!(
                "It was downloaded {} times, as often as was agreed. Write to the shop if you need it again.",
                available.digital.downloads_max
            ),
        ),
        DownloadState::Expired => conflict(
            "download_expired",
            format!(
                "It could be downloaded for {} days. Write to the shop if you need it again.",
                available.digital.days
            ),
        ),
        DownloadState::Ended => {
            let detail = "It was cancelled, or its money went back: it cannot be downloaded any more.";
            Err(Fault::new(Kind::Conflict, "download_ended", detail).allowing(&[]))
        }
    }
}

impl Downloads for Orders {
    fn of_order<'a>(&'a self, ctx: &'a Ctx, by: DownloadRight) -> Reply<'a, OrderDownloads> {
        reply(self.downloads_of(ctx, by))
    }

    fn begin<'a>(
        &'a self,
        ctx: &'a Ctx,
        by: DownloadRight,
        line: LineId,
        file: FileId,
    ) -> Reply<'a, DownloadTicket> {
        reply(self.download_begun(ctx, by, line, file))
    }
}
