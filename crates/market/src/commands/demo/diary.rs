//! The months of the demo, day by day: what happens on which day, and how far it has come.
//!
//! A marketplace that nobody has used yet lives through half a year before it opens: its clock begins in the past and is
//! moved on from day to day, while buyers and sellers do what they do. One that others may be using already keeps its time, and
//! everything happens on one day.

use crate::told_clock::ToldClock;
use chrono::{Datelike, Days, NaiveTime, Weekday};
use kernel::{Clock, OrderId, ReturnId, SystemClock, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Days that the demo has behind it when it opens.
const DAYS: u32 = 183;
/// Shops open and publish in the first of them; then buyers come.
const OPENING: u32 = 21;
/// Before the last day, when sales begin.
const SALES_BEFORE: u32 = 9;

/// What happens to an order after it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Its buyer thinks better of it.
    Cancel,
    /// Every part leaves its shop.
    Send,
    Arrive,
    Review,
    /// A shop gives some money back.
    Appease,
    /// Its buyer asks to send something back.
    AskBack(ReturnId),
    Agree(ReturnId),
    SendBack(ReturnId),
    TakeBack(ReturnId),
}

/// An order of the demo that is paid.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bought {
    /// [`sampler::OrderPlan::index`].
    pub index: u32,
    /// [`sampler::OrderPlan::buyer`].
    pub buyer: u32,
    pub order: OrderId,
}

/// How far the demo has come, as it is kept on disk.
#[derive(Debug, Serialize, Deserialize)]
pub struct Diary {
    /// Of the first day.
    first: Timestamp,
    /// Days from the first.
    pub last: u32,
    pub today: u32,
    /// What is still to happen, by day.
    ahead: BTreeMap<u32, Vec<(Bought, Deed)>>,
    #[serde(skip)]
    kept_in: Option<PathBuf>,
}

impl Diary {
    /// Half a year that ends now, kept in a file so that it can be broken off.
    pub fn of_months(file: &Path) -> Self {
        let now = SystemClock.now();
        Self {
            first: now.checked_sub_days(Days::new(DAYS.into())).unwrap_or(now),
            last: DAYS,
            today: 0,
            ahead: BTreeMap::new(),
            kept_in: Some(file.to_owned()),
        }
    }

    /// One day, which is today.
    #[must_use]
    pub fn of_one_day() -> Self {
        Self {
            first: SystemClock.now(),
            last: 0,
            today: 0,
            ahead: BTreeMap::new(),
            kept_in: None,
        }
    }

    /// As it was kept when it was broken off; `None` where nothing was.
    pub fn resumed(file: &Path) -> anyhow::Result<Option<Self>> {
        let kept = match std::fs::read(file) {
            Ok(kept) => kept,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let diary: Self = serde_json::from_slice(&kept)?;
        Ok(Some(Self {
            kept_in: Some(file.to_owned()),
            ..diary
        }))
    }

    /// A clock that stands where the diary does.
    #[must_use]
    pub fn clock(&self) -> Arc<ToldClock> {
        Arc::new(ToldClock::at(self.at(self.today)))
    }

    pub fn keep(&self) -> anyhow::Result<()> {
        if let Some(file) = &self.kept_in {
            let beside = file.with_extension("next");
            std::fs::write(&beside, serde_json::to_vec(self)?)?;
            std::fs::rename(beside, file)?;
        }
        Ok(())
    }

    pub fn close(self) -> anyhow::Result<()> {
        Ok(self.kept_in.map_or(Ok(()), std::fs::remove_file)?)
    }

    #[must_use]
    pub fn is_one_day(&self) -> bool {
        self.last == 0
    }

    /// The moment of a day at which its things happen: at another hour each day, and today now.
    #[must_use]
    pub fn at(&self, day: u32) -> Timestamp {
        const EIGHT_S: u32 = 8 * 60 * 60;
        const OPEN_S: u32 = 13 * 60 * 60;
        let now = SystemClock.now();
        if day >= self.last {
            return now;
        }
        let date = (self.first + Days::new(day.into())).date_naive();
        let seconds = EIGHT_S + chance(day, 0x71) * (OPEN_S / 100);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN);
        date.and_time(time).and_utc().min(now)
    }

    /// When the `n`th of `all` shops opens.
    #[must_use]
    pub fn opening(&self, n: usize, all: usize) -> Timestamp {
        let share = OPENING.min(self.last) as usize * n / all.max(1);
        self.at(u32::try_from(share).unwrap_or(0))
    }

    /// Whether what is reduced is reduced today.
    #[must_use]
    pub fn begins_sales(&self) -> bool {
        self.today == self.last.saturating_sub(SALES_BEFORE)
    }

    /// Which of `all` orders are placed today: more towards the end, at weekends and before Christmas.
    #[must_use]
    pub fn orders(&self, all: usize) -> std::ops::Range<usize> {
        let from = OPENING.min(self.last);
        let weight = |day: u32| -> u64 {
            let date = self.first + Days::new(day.into());
            let trend = 60 + 80 * u64::from(day) / u64::from(self.last.max(1));
            let week = match date.weekday() {
                Weekday::Sat | Weekday::Sun => 130,
                Weekday::Mon => 110,
                _ => 100,
            };
            let season = if date.month() >= 11 { 135 } else { 100 };
            trend * week * season * (70 + u64::from(chance(day, 0x0d)) * 6 / 10)
        };
        let sum: u64 = (from..=self.last).map(weight).sum();
        let before = |day: u32| {
            let weights: u64 = (from..day).map(weight).sum();
            let share = u128::from(weights) * all as u128 / u128::from(sum.max(1));
            usize::try_from(share).unwrap_or(all)
        };
        if self.today < from {
            return 0..0;
        }
        before(self.today)..before(self.today + 1)
    }

    /// Writes down what happens to an order, so many days from today.
    pub fn plan(&mut self, days: u32, bought: Bought, deed: Deed) {
        let day = if self.is_one_day() {
            self.today
        } else {
            self.today + days
        };
        self.ahead.entry(day).or_default().push((bought, deed));
    }

    /// What happens today and was not done yet.
    pub fn due(&mut self) -> Vec<(Bought, Deed)> {
        let later = self.ahead.split_off(&(self.today + 1));
        std::mem::replace(&mut self.ahead, later)
            .into_values()
            .flatten()
            .collect()
    }
}

/// A number below 100 that is always the same.
#[must_use]
pub fn chance(of: u32, salt: u32) -> u32 {
    let mut mixed = of.wrapping_mul(0x9e37_79b9) ^ salt.wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    (mixed ^ (mixed >> 15)) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_day(today: u32) -> Diary {
        Diary {
            today,
            ..Diary::of_months(Path::new("nowhere"))
        }
    }

    #[test]
    fn every_order_has_its_day() {
        let mut next = 0;
        for day in 0..=DAYS {
            let today = at_day(day).orders(2_000);
            assert_eq!(today.start.max(next), next);
            next = next.max(today.end);
        }
        assert_eq!(next, 2_000);
        assert!(at_day(DAYS).orders(2_000).len() < 60, "no day has most of them");
        assert_eq!(Diary::of_one_day().orders(2_000), 0..2_000);
    }

    #[test]
    fn days_come_one_after_another_and_end_now() {
        let diary = at_day(0);
        assert!((0..DAYS).all(|day| diary.at(day) <= diary.at(day + 1)));
        assert!(diary.at(0) < SystemClock.now() - Days::new(u64::from(DAYS) - 2));
        assert!(SystemClock.now() - diary.at(DAYS) < chrono::Duration::seconds(5));
    }

    #[test]
    fn it_goes_on_where_it_was_broken_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("demo.unfinished");
        assert!(Diary::resumed(&file).expect("read").is_none());
        let mut diary = Diary::of_months(&file);
        let bought = Bought {
            index: 7,
            buyer: 1,
            order: OrderId::new(SystemClock.now()),
        };
        diary.today = 40;
        diary.plan(2, bought, Deed::Send);
        diary.keep().expect("kept");
        let mut again = Diary::resumed(&file).expect("read").expect("there");
        assert_eq!((again.today, again.at(40)), (40, diary.at(40)));
        assert!(again.due().is_empty());
        again.today = 42;
        assert_eq!(again.due()[0].1, Deed::Send);
        assert!(again.due().is_empty());
        again.close().expect("closed");
        assert!(Diary::resumed(&file).expect("read").is_none());
    }
}
