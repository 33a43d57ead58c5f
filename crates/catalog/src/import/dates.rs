//! Days and times as other shops' exports write them.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use kernel::DateTime;

/// When something begins: a day begins with its first moment. Without a time zone it is UTC.
pub fn beginning(text: &str) -> Result<DateTime, String> {
    moment(text).map(|(at, _)| at)
}

/// When something is over: a day is part of it, as shops mean it who write `2026-11-30` for the last day of a sale.
pub fn end(text: &str) -> Result<DateTime, String> {
    let (at, is_day) = moment(text)?;
    match is_day {
        true => at.checked_add_days(Days::new(1)).ok_or_else(|| unreadable(text)),
        false => Ok(at),
    }
}

/// Nothing is sold earlier.
const YEAR_MIN: i32 = 1970;

/// A time, and whether it stands for its whole day.
fn moment(text: &str) -> Result<(DateTime, bool), String> {
    const TIMES: [&str; 5] = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        // As Magento writes it.
        "%m/%d/%y, %I:%M %p",
        "%m/%d/%Y, %I:%M %p",
    ];
    let text = text.trim();
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok((at.to_utc(), false));
    }
    let time = TIMES
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    if let Some(time) = time {
        return Ok((time.and_utc(), time.time() == NaiveTime::MIN));
    }
    let day = ["%Y-%m-%d", "%Y/%m/%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        // `03/04/26` is no day of the year 3.
        .filter(|day| day.year() >= YEAR_MIN)
        .or_else(|| unambiguous(text));
    let day = day.ok_or_else(|| unreadable(text))?;
    Ok((day.and_time(NaiveTime::MIN).and_utc(), true))
}

/// `30/11/2026` and `11/30/2026`: only where no month could be meant by the other number.
fn unambiguous(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split(['/', '.']).map(|part| part.parse::<u32>().ok());
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    let year = i32::try_from(if year < 100 { 2_000 + year } else { year }).ok()?;
    match (first, second) {
        _ if parts.next().is_some() => None,
        (13.., 1..=12) => NaiveDate::from_ymd_opt(year, second, first),
        (1..=12, 13..) => NaiveDate::from_ymd_opt(year, first, second),
        (same, other) if same == other => NaiveDate::from_ymd_opt(year, same, same),
        _ => None,
    }
}

fn unreadable(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    format!(
        "`{shown}` is no day that can be read in one way only. Write it as 2026-11-30, or with a time as 2026-11-30T18:00:00Z."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_and_times_are_read_as_shops_write_them() {
        let cases = [
            ("2026-11-20", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            (
                "2026-11-20 00:00:00",
                "2026-11-20T00:00:00Z",
                "2026-11-21T00:00:00Z",
            ),
            (
                "2026-11-20T23:59:59",
                "2026-11-20T23:59:59Z",
                "2026-11-20T23:59:59Z",
            ),
            (
                "2026-11-20T00:00:00Z",
                "2026-11-20T00:00:00Z",
                "2026-11-20T00:00:00Z",
            ),
            (
                "2026-11-20T01:00:00+01:00",
                "2026-11-20T00:00:00Z",
                "2026-11-20T00:00:00Z",
            ),
            (
                "11/20/26, 12:00 AM",
                "2026-11-20T00:00:00Z",
                "2026-11-21T00:00:00Z",
            ),
            ("1/2/26, 3:30 PM", "2026-01-02T15:30:00Z", "2026-01-02T15:30:00Z"),
            ("20/11/2026", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("11/20/26", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("31.12.2026", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
        ];
        for (text, from, until) in cases {
            let time = |text: &str| text.parse::<DateTime>().expect("a time");
            assert_eq!(
                (beginning(text), end(text)),
                (Ok(time(from)), Ok(time(until))),
                "{text}"
            );
        }
        for bad in [
            "",
            "soon",
            "03/04/26",
            "0026-04-03",
            "03/04/2026",
            "2026-13-01",
            "20261120",
            "1/2/3/4",
            "0000-00-00",
        ] {
            assert!(beginning(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = (beginning(&text), end(&text));
        }

        #[test]
        fn numbers_with_strokes_are_read_or_refused(text in "[0-9]{1,11}[/.-][0-9]{1,3}[/.-][0-9]{1,11}") {
            let _ = (beginning(&text), end(&text));
        }
    }
}
