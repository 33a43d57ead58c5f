//! Times from outside.

use chrono::Datelike;
use kernel::{DateTime, Fault};
use std::ops::RangeInclusive;

/// Years that anything here can be asked about. The calendar of programs goes further back than the database's.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// A time that the database can hold too.
pub fn moment(pointer: &str, at: DateTime) -> Result<DateTime, Fault> {
    if YEARS.contains(&at.year()) {
        return Ok(at);
    }
    Err(Fault::field(
        "parameter_invalid",
        pointer,
        format!(
            "`{pointer}` must lie in the years {} to {}.",
            YEARS.start(),
            YEARS.end()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_the_calendar_are_refused() {
        let at = |text: &str| moment("at", text.parse().expect("a time"));
        assert!(at("-262143-01-01T00:00:00Z").is_err());
        assert!(at("+262142-12-31T23:59:59Z").is_err());
        assert!(at("2026-01-01T00:00:00Z").is_ok());
    }
}
