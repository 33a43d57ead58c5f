//! The log is heard: changes become entries, chained.

use crate::chain;
use crate::domain::{self, Told};
use crate::error::Error;
use crate::store::{self, BatchRow, EntryRow};
use ::store::consumer::Consumer;
use ::store::{Db, Tx};
use contracts::Envelope;
use kernel::uuid_time;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Of what something is said: kind, id and shop.
type Subject = (String, String, Option<Uuid>);

/// Writes the trail, until `stop`. Whoever reads the log holds its cursor, so that no two batches are begun at a time.
pub async fn listen(db: Db, stop: CancellationToken) {
    let consumer = Consumer {
        concerns: domain::concerns,
        ..Consumer::new("audit.trail", domain::topics())
    };
    consumer
        .run_batches(&db, stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note(tx, events))
        })
        .await;
}

async fn note(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let ids: Vec<Uuid> = events.iter().map(|event| event.id.0).collect();
    let known: HashSet<Uuid> = store::known(tx, &ids).await?.into_iter().collect();
    let mut changes = Vec::new();
    for event in events.iter().filter(|event| !known.contains(&event.id.0)) {
        if let Some(told) = domain::told(event)?
            && let Some(who) = domain::who(&event.actor, told.follows)
        {
            changes.push((event, told, who));
        }
    }
    let told: Vec<&Told> = changes
        .iter()
        .map(|(_, told, _)| told)
        .filter(|told| told.follows)
        .collect();
    let mut last = last_said(tx, &told).await?;
    let (seq, mut place, previous) = match store::last_batch(tx).await? {
        Some(batch) => (batch.seq + 1, batch.last_entry, batch.hash),
        None => (1, 0, chain::GENESIS.to_vec()),
    };
    let first_entry = place + 1;
    let mut entries = Vec::with_capacity(changes.len());
    let mut told_again = Vec::new();
    for (event, told, who) in changes {
        let after = text(told.after.as_ref())?;
        let mut before = text(told.before.as_ref())?;
        if told.follows {
            let said = last.insert(subject(&told), after.clone());
            // Told again without a change: the event says that something else is to be read anew.
            if said.as_ref() == Some(&after) {
                // Remembered by its id: heard once more, when something else was said since, it would pass for a change. Its
                // time does not tell, since clocks differ and the log has its own order.
                told_again.push(event.id.0);
                continue;
            }
            before = said.flatten();
        }
        place += 1;
        let mut entry = EntryRow {
            seq: place,
            // By the marketplace's own clock, which made its id; the log keeps the database's.
            at: uuid_time(event.id.0).unwrap_or(event.at),
            event_id: event.id.0,
            audience: who.audience.name().to_owned(),
            user_id: who.user.map(|user| user.0),
            role: match who.role {
                Some(role) => serde_json::to_value(role)?.as_str().map(str::to_owned),
                None => None,
            },
            actor_name: who.name,
            tenant_id: told.tenant.map(|tenant| tenant.0),
            kind: told.kind,
            about_kind: told.about_kind,
            about_id: told.about_id,
            label: told.label,
            before,
            after,
            correlation_id: event.correlation.0,
            digest: Vec::new(),
        };
        entry.digest = chain::digest(&entry, place);
        entries.push(entry);
    }
    if !told_again.is_empty() {
        store::keep_told_again(tx, &told_again).await?;
    }
    if entries.is_empty() {
        return Ok(());
    }
    let batch = BatchRow {
        seq,
        first_entry,
        last_entry: place,
        hash: chain::hash(seq, &previous, &entries),
        previous,
    };
    Ok(store::append(tx, &batch, &entries).await?)
}

fn subject(told: &Told) -> Subject {
    let tenant = told.tenant.map(|tenant| tenant.0);
    (told.kind.clone(), told.about_id.clone(), tenant)
}

fn text(value: Option<&Value>) -> Result<Option<String>, serde_json::Error> {
    value.map(serde_json::to_string).transpose()
}

/// What the trail said last of each of these.
async fn last_said(tx: &mut Tx, told: &[&Told]) -> Result<HashMap<Subject, Option<String>>, Error> {
    if told.is_empty() {
        return Ok(HashMap::new());
    }
    let kinds: Vec<&str> = told.iter().map(|told| told.kind.as_str()).collect();
    let ids: Vec<&str> = told.iter().map(|told| told.about_id.as_str()).collect();
    let tenants: Vec<Option<Uuid>> = told
        .iter()
        .map(|told| told.tenant.map(|tenant| tenant.0))
        .collect();
    let said = store::last_said(tx, &kinds, &ids, &tenants).await?;
    let of = |(place, after): (i64, Option<String>)| {
        let index = usize::try_from(place - 1).ok()?;
        told.get(index).map(|told| (subject(told), after))
    };
    Ok(said.into_iter().filter_map(of).collect())
}
