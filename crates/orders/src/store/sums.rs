//! What was sold by day: which days are summed up, which have to be once more, and what their sums say.

use super::market::{SalesRow, TotalRow};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use kernel::{Timestamp, uuid_floor};
use sqlx::PgConnection;

/// Days that are summed up for the first time in one transaction, and once more.
const DAYS_AT_ONCE: u64 = 7;

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A span of time as it is added up: days that are summed up, and the time behind them, in which each order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The first one, and the one behind the last.
    days: [NaiveDate; 2],
    rest: [Timestamp; 2],
    /// The month whose sum is that of all these days.
    month: Option<NaiveDate>,
}

impl Parts {
    pub async fn of(conn: &mut PgConnection, span: [Timestamp; 2]) -> Result<Self, sqlx::Error> {
        let before = sqlx::query_scalar("select before from orders.sales_summed")
            .fetch_one(conn)
            .await?;
        Ok(Self::at(before, span))
    }

    fn at(summed_before: NaiveDate, [from, until]: [Timestamp; 2]) -> Self {
        let first = from.date_naive();
        // The sum of a day says nothing of a part of it.
        let behind = match from == midnight(first) {
            true => summed_before.min(until.date_naive()).max(first),
            false => first,
        };
        let ends = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let is_all =
            first.day() == 1 && from == midnight(first) && behind == summed_before.min(ends).max(first);
        Self {
            days: [first, behind],
            rest: [from.max(midnight(behind)), until],
            month: is_all.then_some(first),
        }
    }
}

pub async fn totals(conn: &mut PgConnection, parts: Parts) -> Result<Vec<TotalRow>, sqlx::Error> {
    let ([first, behind], [from, until]) = (parts.days, parts.rest);
    sqlx::query_as(
        "with sold as (
             select kind, currency, shop_id, orders, sold from orders.sales_day
              where kind = any (array['market', 'shop']) and day >= $1 and day < $2
             union all
             select kind, currency, shop_id, orders, sold from orders.sold_between($3, $4) where kind in ('market', 'shop')
         )
         select currency, coalesce(sum(orders) filter (where kind = 'market'), 0)::bigint as orders,
                count(distinct shop_id) filter (where kind = 'shop' and orders > 0) as shops,
                coalesce(sum(sold) filter (where kind = 'market'), 0)::bigint as paid
           from sold
          group by currency
         having sum(orders) > 0
          order by 2 desc, 1",
    )
    .bind(first)
    .bind(behind)
    .bind(from)
    .bind(until)
    .fetch_all(conn)
    .await
}

/// None where the span is not a month until some moment: then its sub-orders are read.
pub async fn sales(
    conn: &mut PgConnection,
    parts: Parts,
    currency: &str,
    [shops, products]: [i64; 2],
) -> Result<Option<SalesRow>, sqlx::Error> {
    let Some(month) = parts.month else {
        return Ok(None);
    };
    let [from, until] = parts.rest;
    sqlx::query_as(include_str!("../sql/month_sales.sql"))
        .bind(month)
        .bind(from)
        .bind(until)
        .bind(currency)
        .bind(shops)
        .bind(products)
        .fetch_one(conn)
        .await
        .map(Some)
}

/// Says that something was told of orders of these days. Waits for whoever sums one of them up, which may not have seen it.
pub async fn mark(conn: &mut PgConnection, days: &[NaiveDate]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into orders.sales_stale (day)
         select day from unnest($1::date[]) as t (day) order by day
             on conflict (day) do nothing",
    )
    .bind(days)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sums up some days before `today`, for the first time or once more; whether more are left. Locked in this order: how far it is
/// summed up, the marks of days, their sums, the months'. One at a time, whoever else is at it.
pub async fn sum_up(conn: &mut PgConnection, today: NaiveDate) -> Result<bool, sqlx::Error> {
    let before: NaiveDate = sqlx::query_scalar("select before from orders.sales_summed for update")
        .fetch_one(&mut *conn)
        .await?;
    let first = match before < today {
        true => first_open(conn, before).await?,
        false => None,
    };
    // Where nothing was ordered nothing is to be summed up.
    let starts = first.map_or(today, |day| day.clamp(before, today)).max(before);
    let behind = starts
        .checked_add_days(Days::new(DAYS_AT_ONCE))
        .map_or(today, |day| day.min(today))
        .max(before);
    let again: Vec<NaiveDate> = sqlx::query_scalar(
        "delete from orders.sales_stale s
          using (select day from orders.sales_stale where day < $1 order by day limit $2 for update) d
          where s.day = d.day
         returning s.day",
    )
    .bind(behind)
    .bind(i64::try_from(DAYS_AT_ONCE).unwrap_or(1))
    .fetch_all(&mut *conn)
    .await?;
    let is_more = behind < today || again.len() as u64 == DAYS_AT_ONCE;
    let mut days: Vec<NaiveDate> = starts.iter_days().take_while(|day| *day < behind).collect();
    days.extend(again);
    days.sort_unstable();
    days.dedup();
    if !days.is_empty() {
        // By its own statement, which sees what was committed before the marks were taken.
        sqlx::query("select orders.sum_sales($1)")
            .bind(&days)
            .execute(&mut *conn)
            .await?;
    }
    if behind > before {
        sqlx::query("update orders.sales_summed set before = $1")
            .bind(behind)
            .execute(conn)
            .await?;
    }
    Ok(is_more)
}

/// The day of the first order from that one on.
async fn first_open(conn: &mut PgConnection, from: NaiveDate) -> Result<Option<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar("select orders.day_of(id) from orders.order where id >= $1 order by id limit 1")
        .bind(uuid_floor(midnight(from)))
        .fetch_optional(conn)
        .await
}

/// Days whose sums are not what their orders say, though nobody has told anything of these since that was not heard; and months
/// that are not the sum of their days.
pub async fn wrong(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("../sql/wrong_sales.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn day(month: u32, n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, n).expect("a day")
    }

    #[test]
    fn a_span_is_summed_days_and_the_time_behind_them() {
        let noon = |month, n| midnight(day(month, n)) + TimeDelta::hours(12);
        let begin = |month, n| midnight(day(month, n));
        let parts = |span| Parts::at(day(5, 10), span);
        // This month until now: all that is summed up of it.
        let now = parts([begin(5, 1), noon(5, 10)]);
        assert_eq!(now.days, [day(5, 1), day(5, 10)]);
        assert_eq!(now.rest, [begin(5, 10), noon(5, 10)]);
        assert_eq!(now.month, Some(day(5, 1)));
        // The same of the month before ends within a day that is summed up, and before others.
        let past = parts([begin(4, 1), noon(4, 10)]);
        assert_eq!((past.days, past.month), ([day(4, 1), day(4, 10)], None));
        assert_eq!(past.rest, [begin(4, 10), noon(4, 10)]);
        let whole = parts([begin(4, 1), begin(5, 1)]);
        assert_eq!(whole.month, Some(day(4, 1)));
        assert_eq!(whole.rest, [begin(5, 1), begin(5, 1)]);
        // More than a month is no month.
        assert_eq!(parts([begin(4, 1), noon(5, 10)]).month, None);
        // It begins within a day, or nothing of it is summed up.
        let within = parts([noon(5, 1), noon(5, 10)]);
        assert_eq!((within.days, within.month), ([day(5, 1), day(5, 1)], None));
        assert_eq!(within.rest, [noon(5, 1), noon(5, 10)]);
        let later = parts([begin(6, 1), noon(6, 2)]);
        assert_eq!(
            (later.days, later.rest),
            ([day(6, 1); 2], [begin(6, 1), noon(6, 2)])
        );
        assert_eq!(later.month, Some(day(6, 1)));
    }
}
