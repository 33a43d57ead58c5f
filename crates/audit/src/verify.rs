//! Whether the trail is as it was written.

use crate::app::Trail;
use crate::chain::{self, Known};
use crate::error::Error;
use crate::store::{self, BatchRow, EntryRow};
use ::store::Scope;

/// Batches that are looked at together. Each has at most as many entries as a reader of the log takes at a time.
const BATCHES_AT_A_TIME: i64 = 50;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub entries: i64,
    pub batches: i64,
    /// The last hash, in hexadecimal digits: written down elsewhere, it proves later that nothing was cut off. Empty where
    /// there is nothing yet.
    pub head: String,
    /// The first thing that is not as it was written; what comes after it is not told, since it hangs on it.
    pub finding: Option<String>,
}

/// Recomputes the chain from its beginning. `known` is a batch and its hash as they were written down outside the database.
pub async fn verify(trail: &Trail, known: Option<&Known>) -> Result<Standing, Error> {
    let mut tx = trail.db().begin(Scope::System).await?;
    // Batches and entries of one moment: what is written meanwhile would look as if it had been put there.
    store::look_once(&mut tx).await?;
    let places = store::count(&mut tx).await?;
    let mut standing = Standing::default();
    let mut previous = chain::GENESIS.to_vec();
    let mut is_known = false;
    loop {
        let batches = store::batches(&mut tx, standing.batches, BATCHES_AT_A_TIME).await?;
        if batches.is_empty() {
            break;
        }
        for batch in batches {
            if let Some(finding) = misplaced(&batch, &standing, &previous) {
                return Ok(found(standing, finding));
            }
            let entries = store::between(&mut tx, batch.first_entry, batch.last_entry).await?;
            if let Some(finding) = spoilt(&batch, &entries, places) {
                return Ok(found(standing, finding));
            }
            standing.batches = batch.seq;
            standing.entries = batch.last_entry;
            standing.head = kernel::hex(&batch.hash);
            if let Some(known) = known.filter(|known| known.batch == batch.seq) {
                is_known = true;
                if known.hash != standing.head {
                    let finding = format!(
                        "batch {} has another hash than the one that was written down: it or something before it was written anew",
                        batch.seq
                    );
                    return Ok(found(standing, finding));
                }
            }
            previous = batch.hash;
        }
    }
    let stray = store::stray(&mut tx, standing.entries).await?;
    tx.commit().await?;
    if let Some(seq) = stray {
        return Ok(found(
            standing,
            format!("entry {seq} belongs to no batch: its batch was deleted, or it was put there"),
        ));
    }
    if let Some(known) = known.filter(|_| !is_known) {
        let finding = format!(
            "batch {} is missing: the end of the trail was deleted",
            known.batch
        );
        return Ok(found(standing, finding));
    }
    Ok(standing)
}

fn found(standing: Standing, finding: String) -> Standing {
    Standing {
        finding: Some(finding),
        ..standing
    }
}

/// Whether a batch does not follow the one before it.
fn misplaced(batch: &BatchRow, standing: &Standing, previous: &[u8]) -> Option<String> {
    let seq = standing.batches + 1;
    if batch.seq != seq {
        let first = standing.entries + 1;
        return Some(format!(
            "batch {seq}, which begins with entry {first}, is missing: it was deleted"
        ));
    }
    if batch.first_entry != standing.entries + 1 || batch.last_entry < batch.first_entry {
        return Some(format!(
            "batch {seq} was changed: it is to begin with entry {} and says {} to {}",
            standing.entries + 1,
            batch.first_entry,
            batch.last_entry
        ));
    }
    (batch.previous != previous).then(|| {
        format!("batch {seq} does not hold the hash of the batch before it: one of the two was changed")
    })
}

/// Whether a batch is not what it was, in a trail of so many places.
fn spoilt(batch: &BatchRow, entries: &[EntryRow], places: i64) -> Option<String> {
    let mut rows = entries.iter();
    for seq in batch.first_entry..=batch.last_entry {
        let at_its_place = rows.next().filter(|row| row.seq == seq);
        let Some(entry) = at_its_place else {
            return Some(format!(
                "entry {seq} of batch {} is missing: it was deleted",
                batch.seq
            ));
        };
        if chain::digest(entry, seq) == entry.digest {
            continue;
        }
        let mut elsewhere = 1..=places;
        return Some(
            match elsewhere.find(|place| chain::digest(entry, *place) == entry.digest) {
                Some(place) => format!(
                    "entry {seq} of batch {} is the one that was written as entry {place}: they were reordered",
                    batch.seq
                ),
                None => format!(
                    "entry {seq} of batch {} is not as it was written: it was changed",
                    batch.seq
                ),
            },
        );
    }
    (chain::hash(batch.seq, &batch.previous, entries) != batch.hash).then(|| {
        format!(
            "batch {}, entries {} to {}, is not as it was written: an entry was changed together with its digest, or the \
             batch's hash was",
            batch.seq, batch.first_entry, batch.last_entry
        )
    })
}
