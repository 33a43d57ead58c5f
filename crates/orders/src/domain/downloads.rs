//! What of an order is downloaded: from when, until when, and what ends it. Pure.

use super::{Event, Line, Order, Part, Placed, SubOrder};
use contracts::digital::{DigitalFile, DownloadState, SoldDigital};
use contracts::orders::{OrderStatus, SubOrderStatus};
use kernel::{FileId, LineId, Timestamp};

/// A line's downloads as they stand, however often they were used.
#[derive(Clone, Copy, Debug)]
pub struct Available<'a> {
    pub line: &'a Line,
    pub digital: &'a SoldDigital,
    pub state: DownloadState,
    /// Until when; none before it is paid.
    pub until: Option<Timestamp>,
}

impl Placed {
    /// What follows its payment for what is downloaded of it.
    pub(super) fn provided(&self) -> impl Iterator<Item = Event> {
        let parts = self.parts.iter().filter(|part| part.has_downloads());
        parts.map(|part| Event::Provided { part: part.id })
    }
}

impl Order {
    /// Until when something of it can be downloaded; none before it is paid, and where nothing is.
    #[must_use]
    pub fn downloads_until(&self, now: Timestamp) -> Option<Timestamp> {
        let parts = self.sub_orders();
        parts.filter_map(|part| part.last_download(now)).max()
    }
}

impl Part {
    #[must_use]
    pub fn has_downloads(&self) -> bool {
        self.lines.iter().any(|line| line.digital.is_some())
    }

    /// Those that its buyer downloads.
    #[must_use]
    pub fn files(&self) -> Vec<FileId> {
        let digital = self.lines.iter().filter_map(|line| line.digital.as_deref());
        digital
            .flat_map(|digital| digital.files.iter().map(|file| file.id))
            .collect()
    }

    /// Whether nothing of it is sent.
    #[must_use]
    pub fn is_downloaded(&self) -> bool {
        self.lines.iter().all(|line| line.digital.is_some())
    }
}

impl<'a> SubOrder<'a> {
    pub(super) fn has_provided(&self, line: &Line) -> bool {
        line.digital.is_some() && self.progress.provided_at.is_some()
    }

    /// Whether all of it is downloaded, and its buyer has it: nothing is left that could be cancelled.
    pub(super) fn is_had(&self) -> bool {
        self.part.is_downloaded()
            && self.progress.provided_at.is_some()
            && !matches!(
                self.status(),
                SubOrderStatus::Cancelled | SubOrderStatus::Refunded
            )
    }

    /// When its buyer agreed to what ends with a download; none where nothing is downloaded.
    #[must_use]
    pub fn consented_at(&self) -> Option<Timestamp> {
        let mut digital = self.part.lines.iter().filter_map(|line| line.digital.as_deref());
        digital.next().map(|digital| digital.consented_at)
    }

    /// What is downloaded of it, line by line.
    pub fn downloads(self, now: Timestamp) -> impl Iterator<Item = Available<'a>> {
        let lines = self.part.lines.iter();
        lines.filter_map(move |line| {
            let digital = line.digital.as_deref()?;
            let until = self.downloads_until(digital);
            Some(Available {
                line,
                digital,
                state: self.download_state(line, until, now),
                until,
            })
        })
    }

    /// Until when the last of it can be; none before it is paid, and where nothing is.
    #[must_use]
    pub fn last_download(self, now: Timestamp) -> Option<Timestamp> {
        self.downloads(now).filter_map(|available| available.until).max()
    }

    /// One file of it.
    #[must_use]
    pub fn download(
        self,
        line: LineId,
        file: FileId,
        now: Timestamp,
    ) -> Option<(Available<'a>, &'a DigitalFile)> {
        let of_line = self.downloads(now).find(|known| known.line.id == line)?;
        let file = of_line.digital.files.iter().find(|known| known.id == file)?;
        Some((of_line, file))
    }

    fn downloads_until(&self, digital: &SoldDigital) -> Option<Timestamp> {
        let from = self.progress.provided_at?;
        from.checked_add_days(chrono::Days::new(u64::from(digital.days)))
    }

    fn download_state(&self, line: &Line, until: Option<Timestamp>, now: Timestamp) -> DownloadState {
        let is_over = self.order.status == OrderStatus::Cancelled || self.progress.cancelled.is_some();
        match until {
            _ if is_over || self.is_given_back(line) => DownloadState::Ended,
            None => DownloadState::Unpaid,
            Some(until) if now > until => DownloadState::Expired,
            Some(_) => DownloadState::Ready,
        }
    }

    /// Whether what was paid for all units of a line went back: as such, or with all that was paid for its sub-order.
    fn is_given_back(&self, line: &Line) -> bool {
        let (amount, units) = self.line_refunded(line.id);
        let all_of_line = units >= line.quantity || (line.total() > 0 && amount >= line.total());
        let all_of_part = self.order.paid && self.part.total() > 0 && self.refundable() == 0;
        all_of_line || all_of_part
    }
}
