//! What sells well ranks a little higher: units sold and not cancelled, of which the older count for less.
//!
//! One consumer of the log for all instances counts; whenever a product has moved by a step that a ranking can show, it
//! tells so, and each index reads the product anew. Without that, every order would make every index write.

use ::store::consumer::{Consumer, UNHURRIED};
use ::store::log::{self, Outbox};
use ::store::{Db, Scope, Tx, TxError};
use contracts::orders::{
    OrderCancelled, OrderConfirmed, SoldProduct, SubOrderCancelled, SubOrderUnitsCancelled,
};
use contracts::search::PopularityChanged;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, ProductId, SharedClock, Timestamp};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// After so long a unit sold counts for half.
const HALF_LIFE_S: f64 = 30.0 * 24.0 * 3600.0;
/// Halvings beyond which nothing is left.
const HALVINGS_MAX: f64 = 60.0;
/// Steps from one popularity to its double: finer ones no ranking shows.
const STEPS_PER_DOUBLING: f64 = 2.0;
/// How often it is looked which products have faded.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
const SWEEP_BATCH: i64 = 500;
/// Less than this is nothing.
const FORGOTTEN_BELOW: f64 = 0.05;

const TOPICS: [&str; 4] = [
    OrderConfirmed::TOPIC,
    OrderCancelled::TOPIC,
    SubOrderCancelled::TOPIC,
    SubOrderUnitsCancelled::TOPIC,
];

/// Why sales were not counted.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Event(_) => None,
        }
    }
}

/// Counts what is sold, and lets it fade, until `stop`.
pub async fn count_sales(db: Db, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        // Orders that were never paid end too, and nothing was sold by them.
        concerns: |event| !told_by(event).is_empty(),
        ..Consumer::new("search.popularity", TOPICS)
    };
    let counting = consumer.run_batches(&db, stop.clone(), |tx, events| {
        let now = clock.now();
        Box::pin(count(tx, events, now))
    });
    let fading = async {
        loop {
            match fade(&db, clock.now()).await {
                Ok(faded) if faded > 0 => tracing::debug!(faded, "products lost popularity"),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "popularity could not fade; trying again later"),
            }
            tokio::select! {
                () = tokio::time::sleep(SWEEP_EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    };
    tokio::join!(counting, fading);
}

/// What is left of a unit after so long.
fn left(since: Timestamp, now: Timestamp) -> f64 {
    let age_s = (now - since).num_seconds().max(0) as f64;
    0.5f64.powf((age_s / HALF_LIFE_S).min(HALVINGS_MAX))
}

/// The step of a popularity: 0 for next to nothing.
fn step(units: f64) -> i32 {
    // Bounded: 2^60 units are far beyond what anybody sells.
    ((1.0 + units.max(0.0)).log2() * STEPS_PER_DOUBLING).min(120.0) as i32
}

/// Units that an event says were sold, or, below zero, were not after all. A unit that is cancelled weighs as one sold at
/// that moment: what had faded of it since its sale is little, and a count never falls below zero.
fn told_by(event: &Envelope) -> Vec<(ProductId, f64)> {
    let (products, sign): (Vec<SoldProduct>, f64) = if let Some(Ok(told)) = event.read::<OrderConfirmed>() {
        (told.sold, 1.0)
    } else if let Some(Ok(told)) = event.read::<OrderCancelled>() {
        (told.unsold, -1.0)
    } else if let Some(Ok(told)) = event.read::<SubOrderCancelled>() {
        (told.unsold, -1.0)
    } else if let Some(Ok(told)) = event.read::<SubOrderUnitsCancelled>() {
        (told.unsold, -1.0)
    } else {
        // Of a shape of the future nothing is counted: popularity is no ledger.
        (Vec::new(), 0.0)
    };
    let signed = products.into_iter();
    signed
        .map(|one| (one.product, sign * f64::from(one.units)))
        .collect()
}

async fn count(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), Error> {
    let mut sold: BTreeMap<Uuid, f64> = BTreeMap::new();
    for event in events {
        let worth = left(event.at, now);
        for (product, units) in told_by(event) {
            *sold.entry(product.0).or_default() += units * worth;
        }
    }
    let (products, units): (Vec<Uuid>, Vec<f64>) = sold.into_iter().unzip();
    // A cancellation is no row's first word, so its units are told apart from those that a new row begins with.
    let rows: Vec<(ProductId, f64, i32)> = sqlx::query_as(
        "insert into search.popularity as p (product_id, units, as_of)
         select product_id, greatest(units, 0), $3 from unnest($1::uuid[], $2::float8[]) as sold (product_id, units)
         on conflict on constraint popularity_pkey do update
            set units = greatest(0, p.units
                  * power(0.5, least(greatest(extract(epoch from excluded.as_of - p.as_of), 0)::float8 / $4::float8, $5::float8))
                  + (select sold.units from unnest($1::uuid[], $2::float8[]) as sold (product_id, units)
                      where sold.product_id = p.product_id)),
                as_of = greatest(excluded.as_of, p.as_of)
         returning product_id, units, told",
    )
    .bind(&products)
    .bind(&units)
    .bind(now)
    .bind(HALF_LIFE_S)
    .bind(HALVINGS_MAX)
    .fetch_all(&mut **tx)
    .await?;
    let moved = rows.into_iter().filter(|(_, units, told)| step(*units) != *told);
    tell(
        tx,
        now,
        moved.map(|(product, units, _)| (product, step(units))).collect(),
    )
    .await
}

/// Looks once at every product that was told of, and tells of those that have faded by a step.
async fn fade(db: &Db, now: Timestamp) -> Result<usize, Error> {
    let (mut faded, mut after) = (0, Uuid::nil());
    loop {
        let mut tx = db.begin(Scope::System).await?;
        let rows = sqlx::query!(
            r#"select product_id as "product: ProductId", units, as_of, told
                 from search.popularity where product_id > $1 order by product_id limit $2 for update"#,
            after,
            SWEEP_BATCH,
        )
        .fetch_all(&mut *tx)
        .await?;
        let Some(last) = rows.last() else {
            return Ok(faded);
        };
        after = last.product.0;
        let (mut moved, mut gone) = (Vec::new(), Vec::new());
        for row in rows {
            let units = row.units * left(row.as_of, now);
            if units < FORGOTTEN_BELOW {
                gone.push(row.product.0);
            }
            if step(units) != row.told {
                moved.push((row.product, step(units)));
            }
        }
        faded += moved.len();
        tell(&mut tx, now, moved).await?;
        sqlx::query!("delete from search.popularity where product_id = any($1)", &gone)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        log::wake();
    }
}

async fn tell(conn: &mut PgConnection, now: Timestamp, moved: Vec<(ProductId, i32)>) -> Result<(), Error> {
    if moved.is_empty() {
        return Ok(());
    }
    let ctx = Ctx::system("search.popularity", now);
    let mut outbox = Outbox::new();
    for &(product, _) in &moved {
        let event = PopularityChanged { product };
        outbox.push(&ctx, &event)?;
    }
    let (products, steps): (Vec<Uuid>, Vec<i32>) = moved.into_iter().map(|(p, step)| (p.0, step)).unzip();
    sqlx::query!(
        "update search.popularity p set told = d.told
           from unnest($1::uuid[], $2::int[]) as d (product_id, told)
          where p.product_id = d.product_id",
        &products,
        &steps,
    )
    .execute(&mut *conn)
    .await?;
    outbox.append(conn).await?;
    Ok(())
}

/// Units sold of products, as much as is left of them; those that sold nothing are left out.
pub async fn of(
    db: &Db,
    products: &[ProductId],
    now: Timestamp,
) -> Result<HashMap<ProductId, u64>, sqlx::Error> {
    let ids: Vec<Uuid> = products.iter().map(|p| p.0).collect();
    let rows = sqlx::query!(
        r#"select product_id as "product: ProductId", units, as_of from search.popularity where product_id = any($1)"#,
        &ids,
    )
    .fetch_all(db.pool())
    .await?;
    let units = rows.into_iter().map(|row| {
        let units = row.units * left(row.as_of, now);
        (row.product, units.round() as u64)
    });
    Ok(units.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range") + TimeDelta::days(days)
    }

    #[test]
    fn a_month_leaves_half_and_years_leave_nothing() {
        assert!((left(at(0), at(30)) - 0.5).abs() < 1e-9);
        assert!((left(at(0), at(90)) - 0.125).abs() < 1e-9);
        assert!((left(at(1), at(0)) - 1.0).abs() < 1e-9, "clocks differ a little");
        assert!(left(at(0), at(36_500)) < 1e-15);
    }

    #[test]
    fn steps_grow_with_doublings() {
        let steps: Vec<i32> = [0.0, 0.3, 1.0, 3.0, 7.0, 1e30].iter().map(|&u| step(u)).collect();
        assert_eq!(steps, [0, 0, 2, 4, 6, 120]);
    }
}
