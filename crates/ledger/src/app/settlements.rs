//! Payment providers' settlement files against the ledger.

use super::Ledger;
use crate::domain::{Entry, FileLine, LineKind, entry_id, provider_fee, provider_transfer, read_file};
use crate::error::Error;
use crate::store::entries::post;
use crate::store::settlements::{self, BreakRow, NewFile};
use crate::store::{charges, entries};
use ::store::Scope;
use kernel::{Ctx, Money, MoneyError, OrderId, PaymentId, uuid_at};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Lines that are looked at anew in one go.
const MATCH_MAX: i64 = 1_000;

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    pub lines: usize,
    /// Lines that no earlier file had.
    pub new: usize,
    /// Entries posted: fees, and transfers to the bank.
    pub posted: usize,
}

impl Ledger {
    /// Imports a file as a whole, or refuses it as a whole. Bytes and lines that came before change nothing.
    pub async fn import_settlement(
        &self,
        ctx: &Ctx,
        provider: &str,
        bytes: &[u8],
    ) -> Result<Imported, Error> {
        let lines = read_file(bytes)?;
        let hash = Sha256::digest(bytes);
        let mut tx = self.db().begin(Scope::System).await?;
        let named: Vec<(LineKind, &str)> = lines.iter().map(|l| (l.kind, l.reference.as_str())).collect();
        let entries = entries_of(&mut tx, &named).await?;
        let file = NewFile {
            id: uuid_at(ctx.now),
            provider,
            sha256: &hash,
            lines: &lines,
            entries: &entries,
        };
        if !settlements::begin(&mut tx, ctx, &file).await? {
            return Ok(Imported {
                lines: lines.len(),
                new: 0,
                posted: 0,
            });
        }
        let new: HashSet<i32> = settlements::insert(&mut tx, &file).await?.into_iter().collect();
        if let Some((line, reference)) = settlements::contradiction(&mut tx, &file).await? {
            let line = u32::try_from(line).unwrap_or(0);
            return Err(Error::LineChanged { line, reference });
        }
        let mut made = Vec::new();
        for line in &lines {
            if i32::try_from(line.line).is_ok_and(|n| new.contains(&n)) {
                made.extend(consequences(ctx, provider, line)?);
            }
        }
        post(&mut tx, &made).await?;
        tx.commit().await?;
        Ok(Imported {
            lines: lines.len(),
            new: new.len(),
            posted: made.len(),
        })
    }

    /// Where files and ledger disagree, in order of their place.
    pub async fn breaks(
        &self,
        kind: Option<&str>,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<BreakRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        match_again(&mut tx).await?;
        let rows = settlements::breaks(&mut tx, kind, after, limit).await?;
        tx.commit().await?;
        for row in &rows {
            entries::currency(&row.currency)?;
        }
        Ok(rows)
    }

    /// Remembers which order a payment is for, as its capture tells.
    pub(crate) async fn note_charge(
        conn: &mut PgConnection,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<(), sqlx::Error> {
        charges::note(conn, payment, order).await
    }
}

/// Lines whose order was not known may have one by now.
async fn match_again(conn: &mut PgConnection) -> Result<(), Error> {
    let waiting = settlements::unmatched(conn, MATCH_MAX).await?;
    let kind = |name: &str| match name == LineKind::Charge.name() {
        true => LineKind::Charge,
        false => LineKind::Refund,
    };
    let named: Vec<(LineKind, &str)> = waiting.iter().map(|(_, r, k)| (kind(k), r.as_str())).collect();
    let entries = entries_of(conn, &named).await?;
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for (key, entry) in waiting.iter().zip(entries) {
        if let Some(entry) = entry {
            keys.push(key.clone());
            ids.push(entry);
        }
    }
    settlements::set_entries(conn, &keys, &ids).await?;
    Ok(())
}

/// The entry that each line speaks of, where it is known. A refund is named by its id or by the key of an attempt at it,
/// or as a charge is, if its order had no other.
async fn entries_of(
    conn: &mut PgConnection,
    lines: &[(LineKind, &str)],
) -> Result<Vec<Option<Uuid>>, sqlx::Error> {
    let references: Vec<&str> = lines.iter().map(|(_, reference)| *reference).collect();
    let orders = orders_of(conn, &references).await?;
    let refund = |text: &str| read_id(text).map(|id| entry_id("refund", id).0);
    let named: Vec<Uuid> = lines
        .iter()
        .filter(|(kind, _)| *kind == LineKind::Refund)
        .filter_map(|(_, reference)| refund(reference))
        .collect();
    let (named, only) = match named.is_empty() {
        true => Default::default(),
        false => {
            let of: Vec<Uuid> = orders.values().copied().collect();
            (
                settlements::existing(conn, &named).await?,
                settlements::only_refunds(conn, &of).await?,
            )
        }
    };
    let entry = |&(kind, reference): &(LineKind, &str)| {
        let order = orders.get(reference).copied();
        match kind {
            LineKind::Charge => order.map(|order| entry_id("sale", order).0),
            LineKind::Refund => refund(reference)
                .filter(|id| named.contains(id))
                .or_else(|| only.get(&order?).copied()),
            LineKind::Fee | LineKind::Transfer => None,
        }
    };
    Ok(lines.iter().map(entry).collect())
}

/// The id that a reference begins with.
fn read_id(reference: &str) -> Option<Uuid> {
    Uuid::parse_str(reference.get(..36).unwrap_or(reference)).ok()
}

/// The orders that references stand for. A reference is a payment's id or the key of an attempt at it, which is the
/// payment's id with a number; or an order's id.
async fn orders_of<'a>(
    conn: &mut PgConnection,
    references: &[&'a str],
) -> Result<HashMap<&'a str, Uuid>, sqlx::Error> {
    let ids: Vec<(&str, Uuid)> = references
        .iter()
        .filter_map(|text| Some((*text, read_id(text)?)))
        .collect();
    let payments: Vec<Uuid> = ids.iter().map(|(_, id)| *id).collect();
    let known: HashMap<Uuid, Uuid> = charges::orders(conn, &payments).await?.into_iter().collect();
    // What is no payment's id may be an order's: then its entry exists.
    let mut orders = HashMap::new();
    let others: Vec<Uuid> = payments
        .iter()
        .filter(|id| !known.contains_key(id))
        .copied()
        .collect();
    let sold = settlements::existing(
        conn,
        &others
            .iter()
            .map(|id| entry_id("sale", *id).0)
            .collect::<Vec<_>>(),
    )
    .await?;
    for (text, id) in ids {
        if let Some(order) = known.get(&id) {
            orders.insert(text, *order);
        } else if sold.contains(&entry_id("sale", id).0) {
            orders.insert(text, id);
        }
    }
    Ok(orders)
}

/// The entries that a line makes: its fee, and what went to the bank.
fn consequences(ctx: &Ctx, provider: &str, line: &FileLine) -> Result<Vec<Entry>, MoneyError> {
    let id = line_id(ctx, provider, line);
    let mut made = Vec::new();
    if line.fee.amount != 0 {
        made.push(provider_fee(id, ctx.now, line.fee)?);
    }
    if line.kind == LineKind::Transfer {
        let sent = Money::zero(line.gross.currency).sub(line.gross)?;
        made.push(provider_transfer(id, ctx.now, sent)?);
    }
    Ok(made)
}

/// A line's id: of the time of its import, and otherwise of what it is.
fn line_id(ctx: &Ctx, provider: &str, line: &FileLine) -> Uuid {
    let kind = format!("{provider}/{}/{}", line.kind.name(), line.reference);
    entry_id(&kind, uuid_at(ctx.now)).0
}
