//! Payment providers' settlement files against the ledger.

use super::{Ledger, told};
use crate::domain::{
    Entry, FileLine, LineKind, entry_id, provider_fee, provider_transfer, read_file, take_entry_id,
};
use crate::error::Error;
use crate::store::entries::post;
use crate::store::settlements::{self, BreakRow, LineKey, NewFile, Wanted};
use crate::store::{charges, entries, unlisted};
use ::store::Scope;
use chrono::NaiveDate;
use contracts::payments::{PaymentCaptured, PaymentRefunded};
use kernel::{Ctx, Money, MoneyError, uuid_at};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Lines that are looked at anew in one go.
const MATCH_MAX: i64 = 1_000;
/// Payments that are asked about in one go.
const ASK_MAX: i64 = 500;

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
        let named: Vec<Named<'_>> = lines
            .iter()
            .map(|line| Named {
                provider,
                kind: line.kind,
                reference: &line.reference,
            })
            .collect();
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
        let known: Vec<Uuid> = entries.iter().copied().flatten().collect();
        // Before anything noted is touched, as all others do.
        unlisted::hold_boundary(&mut tx).await?;
        unlisted::forget(&mut tx, &known).await?;
        if let Some(days) = covered(&lines) {
            unlisted::note_of_file(&mut tx, days).await?;
        }
        let mut made = Vec::new();
        for line in &lines {
            if i32::try_from(line.line).is_ok_and(|n| new.contains(&n)) {
                made.extend(consequences(ctx, provider, line)?);
            }
        }
        post(&mut tx, &made).await?;
        let imported = Imported {
            lines: lines.len(),
            new: new.len(),
            posted: made.len(),
        };
        told::settlement_imported(&mut tx, ctx, (file.id, &hash[..]), provider, &imported).await?;
        tx.commit().await?;
        Ok(imported)
    }

    /// Where files and ledger disagree, in order of their place; `explained` picks those that somebody has explained, or
    /// the others.
    pub async fn breaks(
        &self,
        kind: Option<&str>,
        explained: Option<bool>,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<BreakRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let wanted = Wanted {
            kind,
            explained,
            after,
            place: None,
        };
        let rows = settlements::breaks(&mut tx, wanted, limit).await?;
        tx.commit().await?;
        for row in &rows {
            entries::currency(&row.currency)?;
        }
        Ok(rows)
    }

    /// Somebody found out why files and ledger disagree there. That counts for as long as the amounts stay what they are.
    pub async fn explain_break(&self, ctx: &Ctx, place: &str, note: &str) -> Result<BreakRow, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let there = Wanted {
            place: Some(place),
            ..Wanted::default()
        };
        let found = settlements::breaks(&mut tx, there, 1).await?.pop();
        let found = found.ok_or(Error::NotFound("break"))?;
        if settlements::explain(&mut tx, ctx, &found, note).await? {
            told::break_explained(&mut tx, ctx, &found, note).await?;
        }
        let explained = settlements::breaks(&mut tx, there, 1).await?.pop();
        tx.commit().await?;
        explained.ok_or(Error::NotFound("break"))
    }

    /// Asks payments who has the charges of which that is not known; how many that were. A provider's files are about its
    /// own charges.
    pub async fn learn_providers(&self, ctx: &Ctx) -> Result<usize, Error> {
        let Some(payments) = &self.payments else {
            return Ok(0);
        };
        let (mut after, mut learnt) = (Uuid::nil(), 0);
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let wanted = charges::of_nobody(&mut tx, after, ASK_MAX).await?;
            tx.commit().await?;
            let Some(last) = wanted.last() else {
                return Ok(learnt);
            };
            after = last.0;
            // With nothing locked.
            let known = payments.providers(ctx, wanted).await.map_err(Error::Elsewhere)?;
            let (ids, names): (Vec<Uuid>, Vec<String>) =
                known.into_iter().map(|of| (of.payment.0, of.provider)).unzip();
            let mut tx = self.db().begin(Scope::System).await?;
            let orders = charges::set_providers(&mut tx, &ids, &names).await?;
            unlisted::note_of_orders(&mut tx, &orders).await?;
            tx.commit().await?;
            learnt += ids.len();
        }
    }

    /// Looks again at a page of lines whose order was not known, above `after`: it may be by now. Gives where the next page
    /// begins; none after the last.
    pub async fn match_lines(&self, after: Option<&LineKey>) -> Result<Option<LineKey>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let waiting = settlements::unmatched(&mut tx, after, MATCH_MAX).await?;
        let named: Vec<Named<'_>> = waiting
            .iter()
            .map(|(provider, reference, kind)| Named {
                provider,
                kind: match kind == LineKind::Charge.name() {
                    true => LineKind::Charge,
                    false => LineKind::Refund,
                },
                reference,
            })
            .collect();
        let entries = entries_of(&mut tx, &named).await?;
        let (keys, ids): (Vec<LineKey>, Vec<Uuid>) = waiting
            .iter()
            .zip(entries)
            .filter_map(|(key, entry)| Some((key.clone(), entry?)))
            .unzip();
        settlements::set_entries(&mut tx, &keys, &ids).await?;
        tx.commit().await?;
        let full = i64::try_from(waiting.len()).unwrap_or(i64::MAX) >= MATCH_MAX;
        Ok(waiting.into_iter().last().filter(|_| full))
    }

    /// Remembers which orders payments are for, as their captures tell.
    pub(crate) async fn note_charges(
        conn: &mut PgConnection,
        captured: &[PaymentCaptured],
    ) -> Result<(), sqlx::Error> {
        if captured.is_empty() {
            return Ok(());
        }
        let payments: Vec<Uuid> = captured.iter().map(|told| told.payment.0).collect();
        let orders: Vec<Uuid> = captured.iter().map(|told| told.order.0).collect();
        let references: Vec<Option<&str>> = captured.iter().map(|told| told.reference.as_deref()).collect();
        charges::note(conn, &payments, &orders, &references).await
    }

    /// And what the provider calls refunds.
    pub(crate) async fn note_refunds(
        conn: &mut PgConnection,
        refunded: &[PaymentRefunded],
    ) -> Result<(), sqlx::Error> {
        let (mut refunds, mut payments, mut references) = (Vec::new(), Vec::new(), Vec::new());
        for told in refunded {
            if let (Some(refund), Some(reference)) = (told.refund, &told.reference) {
                refunds.push(refund.0);
                payments.push(told.payment.0);
                references.push(reference.as_str());
            }
        }
        if refunds.is_empty() {
            return Ok(());
        }
        charges::note_refunds(conn, &refunds, &payments, &references).await
    }
}

/// The first and the last day of a file.
fn covered(lines: &[FileLine]) -> Option<[NaiveDate; 2]> {
    let days = || lines.iter().map(|line| line.day);
    Some([days().min()?, days().max()?])
}

/// What a line is known by.
#[derive(Clone, Copy)]
struct Named<'a> {
    provider: &'a str,
    kind: LineKind,
    reference: &'a str,
}

/// The entry that each line speaks of, where it is known. A charge is named as [`orders_of`] reads it. A refund is named by
/// its id or by the key of an attempt at it, or by what its provider calls it, or as a charge is, if its order had no other.
async fn entries_of(conn: &mut PgConnection, lines: &[Named<'_>]) -> Result<Vec<Option<Uuid>>, sqlx::Error> {
    let orders = orders_of(conn, lines).await?;
    let back: Vec<&Named<'_>> = lines
        .iter()
        .filter(|line| line.kind == LineKind::Refund)
        .collect();
    let refund_entry = |id: Uuid| entry_id("refund", id).0;
    let (named, only, called) = match back.is_empty() {
        true => Default::default(),
        false => {
            let references: Vec<&str> = back.iter().map(|line| line.reference).collect();
            let called: HashMap<(String, String), Uuid> = charges::refunds_named(conn, &references)
                .await?
                .into_iter()
                .map(|(provider, reference, refund)| ((provider, reference), refund))
                .collect();
            let ids = references
                .iter()
                .filter_map(|text| read_id(text))
                .chain(called.values().copied());
            let entries: Vec<Uuid> = ids.map(refund_entry).collect();
            let of: Vec<Uuid> = orders.values().copied().collect();
            (
                settlements::existing(conn, &entries).await?,
                settlements::only_refunds(conn, &of).await?,
                called,
            )
        }
    };
    let entry = |line: &Named<'_>| {
        let order = orders.get(&(line.provider, line.reference)).copied();
        let key = || (line.provider.to_owned(), line.reference.to_owned());
        match line.kind {
            LineKind::Charge => order.map(|order| sale_named(line.reference, order)),
            LineKind::Refund => read_id(line.reference)
                .or_else(|| called.get(&key()).copied())
                .map(refund_entry)
                .filter(|id| named.contains(id))
                .or_else(|| only.get(&order?).copied()),
            LineKind::Fee | LineKind::Transfer => None,
        }
    };
    Ok(lines.iter().map(entry).collect())
}

/// The entry of a charge, or of the take of it whose key the reference is.
fn sale_named(reference: &str, order: Uuid) -> Uuid {
    let take = reference.rsplit_once("-take-");
    match take.and_then(|(_, number)| number.parse().ok()) {
        Some(number) => take_entry_id(order, number).0,
        None => entry_id("sale", order).0,
    }
}

/// The id that a reference begins with.
fn read_id(reference: &str) -> Option<Uuid> {
    Uuid::parse_str(reference.get(..36).unwrap_or(reference)).ok()
}

/// The orders that lines are about, by provider and reference. A reference is what the provider itself calls the charge, or a
/// payment's id, or the key of an attempt at it, which is the payment's id with a number; or an order's id.
async fn orders_of<'a>(
    conn: &mut PgConnection,
    lines: &[Named<'a>],
) -> Result<HashMap<(&'a str, &'a str), Uuid>, sqlx::Error> {
    let references: Vec<&str> = lines.iter().map(|line| line.reference).collect();
    let called: HashMap<(String, String), Uuid> = charges::named(conn, &references)
        .await?
        .into_iter()
        .map(|(provider, reference, order)| ((provider, reference), order))
        .collect();
    let payments: Vec<Uuid> = references.iter().filter_map(|text| read_id(text)).collect();
    let known: HashMap<Uuid, Uuid> = charges::orders(conn, &payments).await?.into_iter().collect();
    // What is no payment's id may be an order's: then its entry exists.
    let others = payments.iter().filter(|id| !known.contains_key(id));
    let sales: Vec<Uuid> = others.map(|id| entry_id("sale", *id).0).collect();
    let sold = settlements::existing(conn, &sales).await?;
    let order = |line: &Named<'a>| {
        let key = (line.provider.to_owned(), line.reference.to_owned());
        let by_id = || {
            let id = read_id(line.reference)?;
            let sold = || sold.contains(&entry_id("sale", id).0).then_some(id);
            known.get(&id).copied().or_else(sold)
        };
        called.get(&key).copied().or_else(by_id)
    };
    Ok(lines
        .iter()
        .filter_map(|line| Some(((line.provider, line.reference), order(line)?)))
        .collect())
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
