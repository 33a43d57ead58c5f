//! Keeping the index there up: one process of all that could.
//!
//! A document called `cursor` lies in each index. It says how far the log is in it, and who keeps it up until when; it is
//! only ever changed as it was last seen, so that two processes cannot both believe that it is them. Documents carry the place
//! in the log that had been reached before they were read, so that what was read earlier never takes the place of what was read
//! later, whoever sends it when.

use super::index::{self, CURSOR};
use super::{Cluster, Trouble, refusal};
use crate::port::{Checkpoint, Home, Index, KeepError, Keeper};
use crate::source::Documents;
use chrono::TimeDelta;
use futures::future::BoxFuture;
use kernel::{TenantId, Timestamp, uuid_at};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::log::Position;

type Step<'a, T = ()> = BoxFuture<'a, Result<T, KeepError>>;

/// For so long an index is kept up by who said so last.
const LEASE: TimeDelta = TimeDelta::seconds(15);
/// What is left of it when it is said again.
const RENEWED_AT: TimeDelta = TimeDelta::seconds(10);
/// How often somebody who waits for it looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Documents of one call.
const BULK: usize = 200;
/// Documents of a shop that are read at once.
const PAGE: usize = 1_000;
/// Times that documents are sent again that met one who had too much to do.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const TOO_MANY: u64 = 429;
const CONFLICT: u64 = 409;
const NOT_FOUND: u64 = 404;

/// What the document `cursor` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cursor {
    /// Absent while the index is being built.
    checkpoint: Option<Checkpoint>,
    holder: String,
    until: Timestamp,
}

/// As which version the cursor was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    seq_no: u64,
    primary_term: u64,
}

pub struct RemoteKeeper {
    cluster: Cluster,
    /// The index's own name.
    name: String,
    cursor: Cursor,
    seen: Seen,
}

impl Cluster {
    /// Names of what the alias stands for.
    async fn in_use(&self) -> Result<Vec<String>, Trouble> {
        match self.get(&format!("/_alias/{}", self.alias())).await {
            Ok(indexes) => Ok(keys(&indexes)),
            Err(trouble) if trouble.is(404) => Ok(Vec::new()),
            Err(trouble) => Err(trouble),
        }
    }

    async fn cursor(&self, name: &str) -> Result<Option<(Cursor, Seen)>, Trouble> {
        let found = match self.get(&format!("/{name}/_doc/{CURSOR}")).await {
            Ok(found) => found,
            Err(trouble) if trouble.is(404) => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        let cursor = serde_json::from_value(found["_source"]["checkpoint"].clone())
            .map_err(|error| Trouble::Odd(format!("the cursor of {name}: {error}")))?;
        let number = |key: &str| found[key].as_u64().unwrap_or_default();
        let seen = Seen {
            seq_no: number("_seq_no"),
            primary_term: number("_primary_term"),
        };
        Ok(Some((cursor, seen)))
    }

    /// Whether an index is called as [`Home::fresh`] calls ours. Another marketplace's name may begin as ours does.
    fn is_own(&self, name: &str) -> bool {
        let number = name
            .strip_prefix(self.alias())
            .and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(|number| number.len() == 32 && number.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    /// Removes what nobody uses and nobody builds.
    async fn sweep(&self) -> Result<(), Trouble> {
        let now = self.0.clock.now();
        let all = self.get(&format!("/{}-*/_alias", self.alias())).await?;
        for name in keys(&all) {
            let aliases = keys(&all[&name]["aliases"]);
            let is_in_use = aliases.iter().any(|alias| *alias != write_alias(&name));
            if is_in_use || !self.is_own(&name) {
                continue;
            }
            let cursor = self.cursor(&name).await?;
            if cursor.is_none_or(|(cursor, _)| cursor.until < now || cursor.holder == self.0.holder) {
                self.delete(&format!("/{name}")).await?;
            }
        }
        Ok(())
    }
}

impl Home for Cluster {
    fn open(&self) -> Step<'_, Option<(Box<dyn Keeper>, Checkpoint)>> {
        Box::pin(async {
            let Some(name) = self.in_use().await?.into_iter().next() else {
                return Ok(None);
            };
            let Some((cursor, seen)) = self.cursor(&name).await? else {
                return Ok(None);
            };
            let Some(checkpoint) = cursor.checkpoint else {
                return Ok(None);
            };
            let keeper = RemoteKeeper {
                cluster: self.clone(),
                name,
                cursor,
                seen,
            };
            keeper.count().await?;
            Ok(Some((Box::new(keeper) as Box<dyn Keeper>, checkpoint)))
        })
    }

    fn fresh(&self) -> Step<'_, Box<dyn Keeper>> {
        Box::pin(async {
            self.sweep().await?;
            let now = self.0.clock.now();
            let name = format!("{}-{}", self.alias(), uuid_at(now).simple());
            let body = index::body(&write_alias(&name));
            self.put(&format!("/{name}"), &body).await?;
            let cursor = Cursor {
                checkpoint: None,
                holder: self.0.holder.clone(),
                until: now + LEASE,
            };
            let mut keeper = RemoteKeeper {
                cluster: self.clone(),
                name,
                cursor: cursor.clone(),
                seen: Seen {
                    seq_no: 0,
                    primary_term: 0,
                },
            };
            keeper.write_cursor(cursor, None).await?;
            Ok(Box::new(keeper) as Box<dyn Keeper>)
        })
    }

    fn adopt<'a>(&'a self, keeper: &'a mut dyn Keeper) -> Step<'a> {
        Box::pin(async move {
            let name = keeper.name().ok_or(KeepError::Lost)?;
            let mut actions: Vec<Value> = Vec::new();
            for old in self.in_use().await? {
                if old == name {
                    return Ok(());
                }
                actions.push(json!({"remove_index": {"index": old}}));
            }
            actions.push(json!({"add": {"index": name, "alias": self.alias()}}));
            // All of it or nothing: at no moment is there no index.
            self.post("/_aliases", &json!({"actions": actions})).await?;
            Ok(())
        })
    }
}

impl RemoteKeeper {
    fn lease(&self) -> Timestamp {
        self.cluster.0.clock.now() + LEASE
    }

    /// Writes the cursor as it was last seen, or for the first time.
    async fn write_cursor(&mut self, cursor: Cursor, seen: Option<Seen>) -> Result<(), KeepError> {
        let mut action = json!({"_id": CURSOR});
        let kind = match seen {
            Some(seen) => {
                action["if_seq_no"] = json!(seen.seq_no);
                action["if_primary_term"] = json!(seen.primary_term);
                "index"
            }
            None => "create",
        };
        let source = json!({"kind": "cursor", "checkpoint": cursor});
        let lines = format!("{}\n{source}\n", json!({kind: action}));
        let answer = self.bulk(lines).await?;
        let item = &answer["items"][0][kind];
        match item["status"].as_u64() {
            Some(200 | 201) => {
                let number = |key: &str| item[key].as_u64().unwrap_or_default();
                self.seen = Seen {
                    seq_no: number("_seq_no"),
                    primary_term: number("_primary_term"),
                };
                self.cursor = cursor;
                Ok(())
            }
            Some(CONFLICT | NOT_FOUND) => Err(KeepError::Lost),
            Some(TOO_MANY) => Err(Trouble::Busy(429).into()),
            _ => Err(Trouble::Odd(format!("the cursor was not written: {item}")).into()),
        }
    }

    /// Writes only to what is there: an index that was removed is not made again by it.
    async fn bulk(&self, lines: String) -> Result<Value, KeepError> {
        let path = format!("/{}/_bulk?require_alias=true", write_alias(&self.name));
        match self.cluster.post_lines(&path, lines).await {
            Ok(answer) => Ok(answer),
            Err(trouble) if trouble.is(404) => Err(KeepError::Lost),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn renew(&mut self) -> Result<(), KeepError> {
        if self.cursor.until - self.cluster.0.clock.now() > RENEWED_AT {
            return Ok(());
        }
        let cursor = Cursor {
            until: self.lease(),
            ..self.cursor.clone()
        };
        self.write_cursor(cursor, Some(self.seen)).await
    }

    /// Sends lines of one document each, and again those that met one who had too much to do.
    async fn send(&mut self, mut actions: Vec<Action>) -> Result<(), KeepError> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..TRIES {
            let lines = actions.iter().fold(String::new(), |mut lines, action| {
                // Writing into a string does not fail.
                let _ = action.write(&mut lines);
                lines
            });
            let answer = self.bulk(lines).await?;
            let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            if items.len() != actions.len() {
                return Err(Trouble::Odd(format!("{} of {} items", items.len(), actions.len())).into());
            }
            let mut again = Vec::new();
            for (item, action) in items.iter().zip(actions) {
                match action.outcome(item)? {
                    Outcome::Done => {}
                    Outcome::Again => again.push(action),
                }
            }
            if again.is_empty() {
                return Ok(());
            }
            metrics::counter!("search_opensearch_retries_total").increment(1);
            tokio::time::sleep(pause).await;
            pause *= 2;
            actions = again;
        }
        Err(Trouble::Busy(429).into())
    }

    async fn write(&mut self, actions: Vec<Action>) -> Result<(), KeepError> {
        let mut rest = actions.into_iter().peekable();
        while rest.peek().is_some() {
            self.renew().await?;
            let part = rest.by_ref().take(BULK).collect();
            self.send(part).await?;
        }
        Ok(())
    }

    async fn refresh(&self) -> Result<(), KeepError> {
        match self.cluster.do_post(&format!("/{}/_refresh", self.name)).await {
            Ok(_) => Ok(()),
            Err(trouble) if trouble.is(404) => Err(KeepError::Lost),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Takes note of how many products there are.
    async fn count(&self) -> Result<(), KeepError> {
        let query = json!({"query": {"term": {"kind": "product"}}});
        let counted = self
            .cluster
            .post(&format!("/{}/_count", self.name), &query)
            .await?;
        let counted = counted["count"].as_u64().unwrap_or_default();
        self.cluster.0.documents.store(counted, Ordering::Relaxed);
        Ok(())
    }

    /// Ids of a shop's products above one.
    async fn products_of(&self, shop: TenantId, after: Option<&str>) -> Result<Vec<String>, KeepError> {
        let mut search = json!({
            "size": PAGE, "_source": false, "sort": [{"product": "asc"}],
            "query": {"term": {"tenant": shop.0.to_string()}},
        });
        if let Some(after) = after {
            search["search_after"] = json!([after]);
        }
        let found = self
            .cluster
            .post(&format!("/{}/_search", self.name), &search)
            .await?;
        let hits = found["hits"]["hits"].as_array().cloned().unwrap_or_default();
        let ids = hits.iter().filter_map(|hit| hit["_id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }
}

impl Keeper for RemoteKeeper {
    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn index(&self) -> Arc<dyn Index> {
        Arc::new(self.cluster.clone())
    }

    fn lead(&mut self) -> Step<'_, Checkpoint> {
        Box::pin(async {
            loop {
                let now = self.cluster.0.clock.now();
                if self.cursor.holder == self.cluster.0.holder || self.cursor.until < now {
                    let cursor = Cursor {
                        checkpoint: self.cursor.checkpoint,
                        holder: self.cluster.0.holder.clone(),
                        until: self.lease(),
                    };
                    match self.write_cursor(cursor, Some(self.seen)).await {
                        // Somebody was quicker, or the index is another one.
                        Err(KeepError::Lost) => {}
                        written => {
                            written?;
                            return self.cursor.checkpoint.ok_or(KeepError::Lost);
                        }
                    }
                }
                tokio::time::sleep(LOOK_EVERY).await;
                let (cursor, seen) = self.cluster.cursor(&self.name).await?.ok_or(KeepError::Lost)?;
                (self.cursor, self.seen) = (cursor, seen);
                self.count().await?;
            }
        })
    }

    fn put(&mut self, documents: Documents, seen: Position) -> Step<'_> {
        Box::pin(async move {
            let removed = documents.removed.iter().map(|product| Action {
                id: product.0.to_string(),
                version: seen.xid,
                source: None,
            });
            let put = documents.put.iter().map(|document| Action {
                id: document.product.0.to_string(),
                version: seen.xid,
                source: Some(index::document(document).to_string()),
            });
            self.write(removed.chain(put).collect()).await
        })
    }

    fn remove_shop(&mut self, shop: TenantId, seen: Position) -> Step<'_> {
        Box::pin(async move {
            // What was just put is found as well.
            self.refresh().await?;
            let mut after: Option<String> = None;
            loop {
                let ids = self.products_of(shop, after.as_deref()).await?;
                let Some(last) = ids.last().cloned() else {
                    return Ok(());
                };
                after = Some(last);
                let gone = ids.into_iter().map(|id| Action {
                    id,
                    version: seen.xid,
                    source: None,
                });
                self.write(gone.collect()).await?;
            }
        })
    }

    fn commit(&mut self, checkpoint: Checkpoint) -> Step<'_> {
        Box::pin(async move {
            let cursor = Cursor {
                checkpoint: Some(checkpoint),
                holder: self.cluster.0.holder.clone(),
                until: self.lease(),
            };
            self.write_cursor(cursor, Some(self.seen)).await?;
            self.refresh().await?;
            self.count().await
        })
    }

    fn go_back(&mut self) {
        // What was sent stays: to send it again changes nothing.
    }

    fn rest(&mut self, checkpoint: Checkpoint) -> Step<'_> {
        self.commit(checkpoint)
    }

    fn stay(&mut self) -> Step<'_> {
        Box::pin(self.renew())
    }
}

/// A document to be written, or to be gone.
struct Action {
    id: String,
    version: u64,
    source: Option<String>,
}

enum Outcome {
    Done,
    Again,
}

impl Action {
    fn kind(&self) -> &'static str {
        if self.source.is_some() { "index" } else { "delete" }
    }

    fn write(&self, lines: &mut String) -> std::fmt::Result {
        let about = json!({"_id": self.id, "version": self.version, "version_type": "external_gte"});
        writeln!(lines, "{}", json!({self.kind(): about}))?;
        match &self.source {
            Some(source) => writeln!(lines, "{source}"),
            None => Ok(()),
        }
    }

    fn outcome(&self, item: &Value) -> Result<Outcome, KeepError> {
        let item = &item[self.kind()];
        let (kind, reason) = refusal(&item["error"]);
        match item["status"].as_u64() {
            Some(200..300) => Ok(Outcome::Done),
            // What is there was read later.
            Some(CONFLICT) => Ok(Outcome::Done),
            Some(NOT_FOUND) if kind == "index_not_found_exception" => Err(KeepError::Lost),
            Some(NOT_FOUND) if self.source.is_none() => Ok(Outcome::Done),
            Some(TOO_MANY | 503) => Ok(Outcome::Again),
            // It would be refused for ever, and nothing else would be taken in.
            Some(400) => {
                tracing::error!(
                    product = self.id,
                    kind,
                    reason,
                    "OpenSearch does not take a product"
                );
                metrics::counter!("search_opensearch_refused_total").increment(1);
                Ok(Outcome::Done)
            }
            _ => Err(Trouble::Odd(format!("{} of {}: {item}", self.kind(), self.id)).into()),
        }
    }
}

fn write_alias(name: &str) -> String {
    format!("{name}-write")
}

fn keys(object: &Value) -> Vec<String> {
    object
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys().cloned())
        .collect()
}
