//! Money, numbers and dates as each language writes them. Whole-number arithmetic throughout.

use std::borrow::Borrow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use kernel::{Currency, Money};

use super::Locale;

/// Keeps a figure and its unit on one line.
const NO_BREAK_SPACE: char = '\u{a0}';
/// Things that a page counts; of more it says that there are more. The contexts count one further.
pub const COUNTED_MAX: u64 = 5_000;

impl Locale {
    fn thousands(self) -> char {
        match self {
            Locale::En => ',',
            Locale::Es => '.',
        }
    }

    fn decimal(self) -> char {
        match self {
            Locale::En => '.',
            Locale::Es => ',',
        }
    }

    /// A whole number with its thousands set apart.
    pub fn number(self, value: impl Borrow<u64>) -> String {
        grouped(&value.borrow().to_string(), self.thousands())
    }

    /// A number of things that are counted no further than [`COUNTED_MAX`]: `5,000+` where there are more.
    pub fn counted(self, value: impl Borrow<u64>) -> String {
        match *value.borrow() {
            more if more > COUNTED_MAX => format!("{}+", self.number(COUNTED_MAX)),
            count => self.number(count),
        }
    }

    /// An amount as the language writes it: `€1,234.50`, `1.234,50 €`.
    pub fn money(self, money: Money) -> String {
        self.language().price(money)
    }

    /// What stands for a currency beside a field: `€`, `CHF`.
    pub fn currency(self, currency: Currency) -> &'static str {
        self.language()
            .symbol(currency)
            .unwrap_or_else(|| currency.code())
    }

    /// `20%`, `20 %`.
    pub fn percent(self, value: u32) -> String {
        match self {
            Locale::En => format!("{value}%"),
            Locale::Es => format!("{value}{NO_BREAK_SPACE}%"),
        }
    }

    /// A share in hundredths of a percent: `2.5%`, `2,5 %`.
    pub fn percent_of(self, basis_points: u32) -> String {
        self.percent_with(basis_points / 100, &format!("{:02}", basis_points % 100))
    }

    /// The same of millionths, to the last of them.
    pub fn percent_of_millionths(self, millionths: u32) -> String {
        self.percent_with(millionths / 10_000, &format!("{:04}", millionths % 10_000))
    }

    fn percent_with(self, whole: u32, decimals: &str) -> String {
        let mut text = whole.to_string();
        let decimals = decimals.trim_end_matches('0');
        if !decimals.is_empty() {
            text.push(self.decimal());
            text.push_str(decimals);
        }
        match self {
            Locale::En => format!("{text}%"),
            Locale::Es => format!("{text}{NO_BREAK_SPACE}%"),
        }
    }

    /// `November 2026`, `noviembre de 2026`.
    pub fn month(self, date: NaiveDate) -> String {
        let month = MONTHS[self as usize][date.month0() as usize];
        match self {
            Locale::En => format!("{month} {}", date.year()),
            Locale::Es => format!("{month} de {}", date.year()),
        }
    }

    /// 1 is Monday; any number is a day.
    pub fn weekday(self, number: u8) -> &'static str {
        WEEKDAYS[self as usize][usize::from(number.saturating_sub(1)) % 7]
    }

    /// `12 March 2026`, `12 de marzo de 2026`.
    pub fn date(self, date: NaiveDate) -> String {
        let month = MONTHS[self as usize][date.month0() as usize];
        match self {
            Locale::En => format!("{} {month} {}", date.day(), date.year()),
            Locale::Es => format!("{} de {month} de {}", date.day(), date.year()),
        }
    }

    /// `12 Mar 2026`, `12 mar 2026`: for tables.
    pub fn date_short(self, date: NaiveDate) -> String {
        let month: String = MONTHS[self as usize][date.month0() as usize]
            .chars()
            .take(3)
            .collect();
        format!("{} {month} {}", date.day(), date.year())
    }

    /// `12 Mar 2026, 09:05`: for tables. The time zone is the caller's business.
    pub fn date_time_short(self, at: NaiveDateTime) -> String {
        let day = self.date_short(at.date());
        format!("{day}, {:02}:{:02}", at.hour(), at.minute())
    }

    /// `12 March`, `12 de marzo`.
    pub fn day(self, date: NaiveDate) -> String {
        let month = MONTHS[self as usize][date.month0() as usize];
        match self {
            Locale::En => format!("{} {month}", date.day()),
            Locale::Es => format!("{} de {month}", date.day()),
        }
    }

    /// `24–27 November`, `30 November – 2 December`, and the same in Spanish.
    pub fn day_range(self, first: NaiveDate, last: NaiveDate) -> String {
        if first == last {
            self.day(first)
        } else if (first.year(), first.month()) == (last.year(), last.month()) {
            format!("{}–{}", first.day(), self.day(last))
        } else {
            format!("{} – {}", self.day(first), self.day(last))
        }
    }

    /// `12 March 2026, 09:05`. The time zone is the caller's business.
    pub fn date_time(self, at: NaiveDateTime) -> String {
        format!("{}, {:02}:{:02}", self.date(at.date()), at.hour(), at.minute())
    }
}

/// An amount as schema.org and form fields want it: `1234.50`.
pub fn plain_decimal(money: Money) -> String {
    let text = money.to_string();
    text.split_once(' ')
        .map_or_else(|| text.clone(), |(number, _)| number.to_owned())
}

fn grouped(digits: &str, mark: char) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

const WEEKDAYS: [[&str; 7]; 2] = [
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    [
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
    ],
];

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money::new(amount, currency.parse().unwrap())
    }

    #[test]
    fn machines_get_plain_decimals() {
        assert_eq!(plain_decimal(money(123_450, "EUR")), "1234.50");
        assert_eq!(plain_decimal(money(-7, "EUR")), "-0.07");
        assert_eq!(plain_decimal(money(7, "JPY")), "7");
    }

    #[test]
    fn shares_have_no_more_decimals_than_they_need() {
        assert_eq!(Locale::En.percent_of(1_000), "10%");
        assert_eq!(Locale::En.percent_of(250), "2.5%");
        assert_eq!(Locale::Es.percent_of(1_205), "12,05\u{a0}%");
        assert_eq!(Locale::Es.weekday(7), "domingo");
        assert_eq!(Locale::En.weekday(1), "Monday");
    }

    #[test]
    fn date_ranges_name_a_shared_month_once() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        assert_eq!(Locale::En.day_range(day(11, 24), day(11, 27)), "24–27 November");
        assert_eq!(
            Locale::Es.day_range(day(11, 30), day(12, 2)),
            "30 de noviembre – 2 de diciembre"
        );
        assert_eq!(Locale::Es.date(day(3, 1)), "1 de marzo de 2026");
    }
}
