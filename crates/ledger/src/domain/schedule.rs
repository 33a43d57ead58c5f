//! When shops are paid.

use chrono::{Datelike, Days, NaiveDate};
use kernel::Timestamp;

/// How often a shop is paid out. Days are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    Daily,
    /// 1 is Monday, 7 is Sunday.
    Weekly {
        weekday: u8,
    },
    /// 1 to 28: every month has it.
    Monthly {
        day: u8,
    },
    /// Only when the shop asks.
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("`weekday` must be 1 (Monday) to 7 (Sunday) for a weekly schedule.")]
    Weekday,
    #[error("`month_day` must be 1 to 28 for a monthly schedule: later days are missing in some months.")]
    MonthDay,
}

impl Schedule {
    pub fn weekly(weekday: u8) -> Result<Self, ScheduleError> {
        if (1..=7).contains(&weekday) {
            Ok(Self::Weekly { weekday })
        } else {
            Err(ScheduleError::Weekday)
        }
    }

    pub fn monthly(day: u8) -> Result<Self, ScheduleError> {
        if (1..=28).contains(&day) {
            Ok(Self::Monthly { day })
        } else {
            Err(ScheduleError::MonthDay)
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly { .. } => "weekly",
            Self::Monthly { .. } => "monthly",
            Self::Manual => "manual",
        }
    }

    /// The first day after `day` on which it pays.
    #[must_use]
    pub fn next(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Daily => day.checked_add_days(Days::new(1)),
            Self::Weekly { weekday } => {
                let days = (u32::from(weekday) + 6 - day.weekday().number_from_monday()) % 7 + 1;
                day.checked_add_days(Days::new(u64::from(days)))
            }
            Self::Monthly { day: wanted } => {
                let this_month = day.with_day(u32::from(wanted))?;
                if this_month > day {
                    return Some(this_month);
                }
                this_month.checked_add_months(chrono::Months::new(1))
            }
            Self::Manual => None,
        }
    }

    /// The last day, up to `now`, on which the schedule pays; it names the period. None if it never does by itself.
    #[must_use]
    pub fn period(self, now: Timestamp) -> Option<NaiveDate> {
        let today = now.date_naive();
        match self {
            Self::Daily => Some(today),
            Self::Weekly { weekday } => {
                let days = (today.weekday().number_from_monday() + 7 - u32::from(weekday)) % 7;
                today.checked_sub_days(Days::new(u64::from(days)))
            }
            Self::Monthly { day } => {
                let this_month = today.with_day(u32::from(day))?;
                if this_month <= today {
                    return Some(this_month);
                }
                this_month.checked_sub_months(chrono::Months::new(1))
            }
            Self::Manual => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(schedule: Schedule, now: &str, expected: Option<&str>) {
        let now: Timestamp = now.parse().expect("a time");
        let expected = expected.map(|day| day.parse().expect("a day"));
        assert_eq!(schedule.period(now), expected, "{schedule:?} at {now}");
    }

    #[test]
    fn periods_end_on_the_day_of_the_schedule() {
        // 21 November 2026 is a Saturday.
        check(Schedule::Daily, "2026-11-21T00:00:00Z", Some("2026-11-21"));
        check(
            Schedule::Weekly { weekday: 1 },
            "2026-11-21T12:00:00Z",
            Some("2026-11-16"),
        );
        check(
            Schedule::Weekly { weekday: 6 },
            "2026-11-21T00:00:00Z",
            Some("2026-11-21"),
        );
        check(
            Schedule::Weekly { weekday: 7 },
            "2026-11-21T23:59:59Z",
            Some("2026-11-15"),
        );
        check(
            Schedule::Monthly { day: 22 },
            "2026-11-21T23:59:59Z",
            Some("2026-10-22"),
        );
        check(
            Schedule::Monthly { day: 28 },
            "2027-01-01T00:00:00Z",
            Some("2026-12-28"),
        );
        check(Schedule::Manual, "2026-11-21T00:00:00Z", None);
    }

    #[test]
    fn days_that_some_months_lack_are_refused() {
        assert_eq!(Schedule::monthly(29), Err(ScheduleError::MonthDay));
        assert_eq!(Schedule::monthly(0), Err(ScheduleError::MonthDay));
        assert_eq!(Schedule::weekly(8), Err(ScheduleError::Weekday));
    }

    proptest! {
        #[test]
        fn periods_never_lie_ahead_and_never_go_back(start in 0i64..4_000_000_000, hours in 0i64..2_000, weekday in 1u8..=7, day in 1u8..=28) {
            let at = |s: i64| Timestamp::from_timestamp(s, 0).expect("in range");
            let (earlier, later) = (at(start), at(start + hours * 3_600));
            for schedule in [Schedule::Daily, Schedule::Weekly { weekday }, Schedule::Monthly { day }] {
                let (a, b) = (schedule.period(earlier).expect("a day"), schedule.period(later).expect("a day"));
                prop_assert!(a <= b && b <= later.date_naive());
                prop_assert!((later.date_naive() - b).num_days() < 31);
                let next = schedule.next(b).expect("a day");
                prop_assert!(next > later.date_naive(), "nothing lies between a period and the next");
                let noon = next.and_hms_opt(12, 0, 0).expect("noon").and_utc();
                prop_assert_eq!(schedule.period(noon), Some(next));
            }
        }
    }
}
