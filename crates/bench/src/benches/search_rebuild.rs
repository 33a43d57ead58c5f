//! The index is built anew while buyers search in it: none of them may notice.

use super::Setting;
use super::search::{BUILT_WITHIN, P99, index_in_use};
use crate::client::ask;
use crate::comparison::{Comparison, Round};
use crate::load::{self, Requests, Until};
use crate::people;
use crate::program::{Launch, Program};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often it is looked whether the new index is in use.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Between two answers whose totals are held against what they were.
const CHECK_EVERY: Duration = Duration::from_millis(20);
const PAGE: &str = "/operator/system";
const ACTION: &str = "/operator/system/rebuild-index";

/// What the load saw until the new index was in use.
#[derive(Default)]
struct Seen {
    answered: u64,
    failed: u64,
    elapsed: Duration,
    /// Of the slowest turn.
    p99_ms: f64,
    first: Option<String>,
}

/// Totals that were looked at, and those that were wrong.
#[derive(Default)]
struct Checked {
    right: u64,
    wrong: u64,
    first: Option<String>,
}

/// An operator has the index built anew while 64 clients ask `questions` in turn and somebody else holds every total against
/// what it was before. Judged: answers other than 200, and wrong totals.
pub async fn beside_searches(
    setting: &Setting,
    program: &Program,
    questions: &[Vec<u8>],
) -> Result<Comparison> {
    let (address, data_dir) = (program.address, setting.data_dir());
    people::appoint_operator(&Launch::new(setting.program(), &data_dir)).await?;
    let session = people::session(address, people::OPERATOR).await?;
    let mut totals = Vec::with_capacity(questions.len());
    for question in questions {
        let known = total(address, question).await?;
        totals.push(known.map_err(|answer| anyhow::anyhow!("before the rebuild: {answer}"))?);
    }
    let before = index_in_use(&data_dir)?;
    let (over, began) = (AtomicBool::new(false), Instant::now());
    people::press(address, &session, PAGE, ACTION).await?;
    let built = async {
        while index_in_use(&data_dir)? == before {
            if began.elapsed() > BUILT_WITHIN {
                bail!("the index was not built anew within {BUILT_WITHIN:?}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let took = began.elapsed();
        over.store(true, Ordering::Relaxed);
        anyhow::Ok(took)
    };
    let (took, seen, mut checked) = futures::try_join!(
        built,
        searching(setting, address, questions, &over),
        checking(address, questions, &totals, &over),
    )?;
    // The new one alone, each question once.
    for (question, known) in questions.iter().zip(&totals) {
        checked.note(total(address, question).await?, *known);
    }
    setting.tell(format_args!(
        "built anew in {:.0} s beside {:.0} searches/s, p99 {:.0} ms in the slowest turn: {} answers, {} of them not 200; \
         {} totals looked at, {} of them wrong",
        took.as_secs_f64(),
        seen.answered as f64 / seen.elapsed.as_secs_f64().max(f64::MIN_POSITIVE),
        seen.p99_ms,
        seen.answered + seen.failed,
        seen.failed,
        checked.right + checked.wrong,
        checked.wrong,
    ));
    for first in [seen.first, checked.first].into_iter().flatten() {
        setting.tell(format_args!("the first: {first}"));
    }
    let failures = seen.failed + checked.wrong;
    let rounds = vec![Round::alone(failures as f64)];
    Ok(Comparison::at_most("search.rebuild", "failures", 0.0, rounds))
}

/// Turn after turn of all clients, until the new index is in use; the last turn goes on into that.
async fn searching(
    setting: &Setting,
    address: SocketAddr,
    questions: &[Vec<u8>],
    over: &AtomicBool,
) -> Result<Seen> {
    let mut requests = Requests::in_turn();
    questions.iter().for_each(|question| requests.push(question));
    let requests = Arc::new(requests);
    let mut seen = Seen::default();
    while !over.load(Ordering::Relaxed) {
        let turn = load::run(address, &requests, Until::Elapsed(setting.options.turn()), 200).await?;
        seen.answered += turn.count(200);
        seen.failed += turn.statuses.values().sum::<u64>() - turn.count(200);
        seen.elapsed += turn.elapsed;
        seen.p99_ms = seen.p99_ms.max(turn.latencies.percentile_ms(P99));
        let first = turn.unwanted.map(|(status, body)| format!("{status}: {body}"));
        seen.first = seen.first.or(first);
    }
    Ok(seen)
}

async fn checking(
    address: SocketAddr,
    questions: &[Vec<u8>],
    totals: &[u64],
    over: &AtomicBool,
) -> Result<Checked> {
    let mut checked = Checked::default();
    for (question, known) in questions.iter().zip(totals).cycle() {
        if over.load(Ordering::Relaxed) {
            break;
        }
        checked.note(total(address, question).await?, *known);
        tokio::time::sleep(CHECK_EVERY).await;
    }
    Ok(checked)
}

impl Checked {
    fn note(&mut self, found: Result<u64, String>, known: u64) {
        let wrong = match found {
            Ok(total) if total == known => {
                self.right += 1;
                return;
            }
            Ok(total) => format!("{total} are found where {known} were"),
            Err(answer) => answer,
        };
        self.wrong += 1;
        self.first.get_or_insert(wrong);
    }
}

/// How many a search finds, or what was answered instead.
async fn total(address: SocketAddr, question: &[u8]) -> Result<Result<u64, String>> {
    let (status, body) = ask(address, question).await?;
    if status != 200 {
        return Ok(Err(format!("{status}: {}", String::from_utf8_lossy(&body))));
    }
    let page: serde_json::Value = serde_json::from_slice(&body)?;
    Ok(Ok(page["total"].as_u64().context("a page says its total")?))
}
