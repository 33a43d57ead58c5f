//! Our side of the charges at providers: under which of their names each key is known there.

use crate::error::Error;
use crate::provider::{Answer, Authorize};
use ::store::Db;
use kernel::{Money, Timestamp};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// What a buyer is told whose means of payment nobody takes.
pub const NOT_TAKEN: &str = "The means of payment cannot be used here.";

#[derive(Clone)]
pub struct Charges {
    db: Db,
    /// Whose they must be; anybody's if none.
    provider: Option<&'static str>,
}

/// A charge that a provider was, or is about to be, asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub key: String,
    pub provider: String,
    /// The provider's name of it, once it said one.
    pub reference: Option<String>,
    pub amount: Money,
    pub return_path: String,
    /// Given up: not to be pursued any more.
    pub let_go: bool,
    pub decline_reason: Option<String>,
    /// When it was asked for first.
    pub asked_at: Timestamp,
}

/// A charge as our books and its provider have it.
pub enum Known {
    /// It is there, under this name.
    Here { id: String, charge: Charge },
    /// It is not, or the key is of another amount: the answer, whatever is asked of it.
    Not(Answer),
}

const COLUMNS: &str =
    "key, provider, reference, currency, amount, return_path, let_go, decline_reason, asked_at";

impl Charges {
    /// Everybody's.
    #[must_use]
    pub fn of_all(db: Db) -> Self {
        Self { db, provider: None }
    }

    /// One provider's own: of a charge that is at another one it cannot say anything.
    #[must_use]
    pub fn new(db: Db, provider: &'static str) -> Self {
        Self {
            db,
            provider: Some(provider),
        }
    }

    /// Notes that a provider is about to be asked; gives what was noted first. A charge stays with its provider.
    pub async fn asked(&self, provider: &str, request: &Authorize, now: Timestamp) -> Result<Charge, Error> {
        // Written again as it is where it was there: a row that nobody wrote is not returned.
        let sql = format!(
            "insert into payments.provider_charge as c (key, provider, currency, amount, method, return_path, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict on constraint provider_charge_pkey do update set asked_at = c.asked_at
             returning {COLUMNS}"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&request.key)
            .bind(provider)
            .bind(request.amount.currency.code())
            .bind(request.amount.amount)
            .bind(&request.method)
            .bind(&request.return_path)
            .bind(now)
            .fetch_one(self.db.pool())
            .await?;
        self.own(read(&row)?)
    }

    /// A charge, unless it is at another provider than ours.
    fn own(&self, charge: Charge) -> Result<Charge, Error> {
        match self.provider {
            Some(own) if charge.provider != own => Err(Error::Elsewhere(charge.provider)),
            _ => Ok(charge),
        }
    }

    /// Notes the provider's name of a charge, if none was noted; gives the one that stays.
    pub async fn named(&self, key: &str, reference: &str) -> Result<String, Error> {
        let named = sqlx::query_scalar(
            "update payments.provider_charge set reference = coalesce(reference, $2) where key = $1 returning reference",
        )
        .bind(key)
        .bind(reference)
        .fetch_optional(self.db.pool())
        .await?;
        Ok(named.unwrap_or_else(|| reference.to_owned()))
    }

    /// Notes a charge that was found at its provider, where our note of it was lost.
    pub async fn found(
        &self,
        provider: &str,
        key: &str,
        reference: &str,
        amount: Money,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "insert into payments.provider_charge (key, provider, reference, currency, amount, method, return_path, asked_at)
             values ($1, $2, $3, $4, $5, '', '/', $6)
             on conflict on constraint provider_charge_pkey do update
                set reference = coalesce(provider_charge.reference, excluded.reference)
              where provider_charge.provider = excluded.provider",
        )
        .bind(key)
        .bind(provider)
        .bind(reference)
        .bind(amount.currency.code())
        .bind(amount.amount)
        .bind(now)
        .execute(self.db.pool())
        .await?;
        Ok(())
    }

    /// Gives a charge up.
    pub async fn let_go(&self, key: &str) -> Result<(), Error> {
        sqlx::query("update payments.provider_charge set let_go = true where key = $1")
            .bind(key)
            .execute(self.db.pool())
            .await?;
        Ok(())
    }

    /// Gives a charge up that was refused.
    pub async fn declined(&self, key: &str, reason: &str) -> Result<(), Error> {
        sqlx::query(
            "update payments.provider_charge
                set let_go = true, decline_reason = coalesce(decline_reason, $2) where key = $1",
        )
        .bind(key)
        .bind(reason)
        .execute(self.db.pool())
        .await?;
        Ok(())
    }

    pub async fn of(&self, key: &str) -> Result<Option<Charge>, Error> {
        let sql = format!("select {COLUMNS} from payments.provider_charge where key = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(key)
            .fetch_optional(self.db.pool())
            .await?;
        row.map(|row| self.own(read(&row)?)).transpose()
    }

    /// The charge that a provider knows by this name.
    pub async fn by_reference(&self, provider: &str, reference: &str) -> Result<Option<Charge>, Error> {
        let sql =
            format!("select {COLUMNS} from payments.provider_charge where provider = $1 and reference = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(provider)
            .bind(reference)
            .fetch_optional(self.db.pool())
            .await?;
        row.map(|row| read(&row)).transpose()
    }
}

fn read(row: &PgRow) -> Result<Charge, Error> {
    let currency: String = row.try_get("currency")?;
    let currency = currency.parse().map_err(|e| Error::Corrupt(format!("{e}")))?;
    Ok(Charge {
        key: row.try_get("key")?,
        provider: row.try_get("provider")?,
        reference: row.try_get("reference")?,
        amount: Money::new(row.try_get("amount")?, currency),
        return_path: row.try_get("return_path")?,
        let_go: row.try_get("let_go")?,
        decline_reason: row.try_get("decline_reason")?,
        asked_at: row.try_get("asked_at")?,
    })
}

impl Charge {
    /// The answer to whoever says another amount under the same key.
    #[must_use]
    pub fn refuses(&self, amount: Money) -> Option<Answer> {
        (self.amount != amount).then(other_amount)
    }
}

/// A key is one charge over one amount: whoever says another one has lost count.
#[must_use]
pub fn other_amount() -> Answer {
    declined("The key was used for another amount.")
}

/// The answer to who wants money back that is not there.
#[must_use]
pub fn nothing_taken() -> Answer {
    declined("Nothing was taken that could go back.")
}

/// The answer to who wants more back than there is.
#[must_use]
pub fn too_much() -> Answer {
    declined("More cannot go back than was taken and did not go back before.")
}

#[must_use]
pub fn declined(reason: &str) -> Answer {
    Answer::Declined {
        reason: reason.to_owned(),
    }
}
