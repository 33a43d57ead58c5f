//! The sandbox's parcels.

use crate::carrier::Booking;
use kernel::Timestamp;
use sqlx::PgConnection;
use sqlx::types::Json;

/// A parcel that was booked.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub booking: Booking,
    pub tracking: String,
    pub eta: Timestamp,
}

type Record = (Json<Booking>, i64, Timestamp);

fn parcel((booking, serial, eta): Record) -> Parcel {
    Parcel {
        booking: booking.0,
        // With the bars' digits in pairs, and none that looks like a letter.
        tracking: format!("SB{serial:012}"),
        eta,
    }
}

/// Books a parcel, or finds the one of this key; whether it was not there before.
pub async fn book(
    conn: &mut PgConnection,
    booking: &Booking,
    eta: Timestamp,
) -> Result<(Parcel, bool), sqlx::Error> {
    let made: Option<Record> = sqlx::query_as(
        "insert into shipping.sandbox_booking (key, booking, eta) values ($1, $2, $3)
         on conflict on constraint sandbox_booking_pkey do nothing
         returning booking, serial, eta",
    )
    .bind(&booking.key)
    .bind(Json(booking))
    .bind(eta)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(made) = made {
        return Ok((parcel(made), true));
    }
    let known = find(conn, &booking.key).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok((known, false))
}

pub async fn find(conn: &mut PgConnection, key: &str) -> Result<Option<Parcel>, sqlx::Error> {
    let found: Option<Record> =
        sqlx::query_as("select booking, serial, eta from shipping.sandbox_booking where key = $1")
            .bind(key)
            .fetch_optional(conn)
            .await?;
    Ok(found.map(parcel))
}
