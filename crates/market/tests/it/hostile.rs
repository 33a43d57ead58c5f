//! Everything wrong that can be sent to each operation: refused with a problem document that names what is wrong.

mod bodies;
mod requests;
mod sample;

use crate::rightly;
use crate::spec::{Answer, Call, Operation, try_send};
use crate::world::{Who, World};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// One thing wrong with a call.
pub struct Case {
    pub what: String,
    pub expect: Expect,
    /// Makes the call when it is its turn: many of them are large.
    call: Box<dyn Fn() -> Call + Send + Sync>,
}

/// What the wrong thing must meet with. Never a 5xx, and every refusal is a whole problem document.
#[derive(Clone, Debug)]
pub enum Expect {
    /// 400 that names this field, or what it is part of.
    Field(String),
    /// This status.
    Status(u16),
    /// Any 4xx.
    Refused,
    /// The value can be read; whether it is refused depends on what it is for. `taken.txt` lists what is not.
    Taken,
    /// Not looked at: whatever the good call would get.
    Ignored,
    /// A report that lists what is wrong, or a refusal.
    Report,
}

impl Expect {
    pub fn field(pointer: impl Into<String>) -> Self {
        Self::Field(pointer.into())
    }
}

impl Case {
    pub fn new(what: &str, call: Call, expect: Expect) -> Self {
        Self::made(what, expect, move || call.clone())
    }

    pub fn made(what: &str, expect: Expect, call: impl Fn() -> Call + Send + Sync + 'static) -> Self {
        Self {
            what: what.to_owned(),
            expect,
            call: Box::new(call),
        }
    }
}

/// Who means well at this operation.
fn caller(operation: &Operation) -> Who {
    match operation.path.as_str() {
        path if path.starts_with("/v1/seller/") => Who::OwnerA,
        path if path.starts_with("/v1/admin/") => Who::Admin,
        _ => Who::BuyerA,
    }
}

/// What of a case is left to say: nothing, that it was taken, or what is wrong with the answer.
enum Verdict {
    Fine,
    Taken,
    Wrong(String),
}

fn judge(operation: &Operation, case: &Case, answer: &Answer) -> Verdict {
    let wrong = |why: String| Verdict::Wrong(format!("{why}: {} {:.300}", answer.status, answer.text()));
    let status = answer.status;
    if status >= 500 {
        return wrong("the server's fault".to_owned());
    }
    if let Some(flaw) = answer.flaw() {
        return wrong(flaw);
    }
    let pointers = pointers(answer);
    if status == 400 && pointers.is_empty() {
        return wrong("names no field".to_owned());
    }
    // A path that is spoilt may be no path of ours.
    let elsewhere = matches!(status, 404 | 405) && operation.path.contains('{');
    if !operation.statuses.contains(&status) && !elsewhere {
        return wrong("this status is not described".to_owned());
    }
    let taken = status < 400;
    match &case.expect {
        Expect::Field(field) if status != 400 || !pointers.iter().any(|p| names(p, field)) => {
            wrong(format!("should name {field:?} with 400"))
        }
        Expect::Status(expected) if status != *expected => wrong(format!("should be {expected}")),
        Expect::Refused if taken => wrong("should be refused".to_owned()),
        Expect::Taken if taken => Verdict::Taken,
        Expect::Report if taken => report(answer).map_or_else(wrong, |()| Verdict::Fine),
        _ => Verdict::Fine,
    }
}

fn pointers(answer: &Answer) -> Vec<String> {
    let Ok(problem) = serde_json::from_slice::<Value>(&answer.body) else {
        return Vec::new();
    };
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .filter_map(|e| e["pointer"].as_str().map(str::to_owned))
        .collect()
}

/// Whether the pointer is the field's, or that of a part of it, or of what it is a part of.
fn names(pointer: &str, field: &str) -> bool {
    pointer == field
        || pointer.starts_with(&format!("{field}/"))
        || (!pointer.is_empty() && field.starts_with(&format!("{pointer}/")))
        || field.is_empty()
}

/// An upload is read row by row: what is wrong is in its report.
fn report(answer: &Answer) -> Result<(), String> {
    let report = answer.json();
    // A file that is only looked at tells of its first rows, and counts none.
    let Some(failed) = report["rows_failed"].as_i64() else {
        return Ok(());
    };
    let told = report["errors"].as_array().map_or(0, Vec::len);
    if (failed > 0) == (told > 0) {
        Ok(())
    } else {
        Err("failed rows are not told".to_owned())
    }
}

async fn good(world: &World, operation: &Operation) -> Call {
    let who = caller(operation);
    let visit = rightly::visit(world, &operation.name, Some(who)).await;
    let token = match operation.path.starts_with("/v1/partner/") {
        true => &world.partner_key,
        false => visit.token.as_ref().unwrap_or(&world.tokens[&who]),
    };
    // Sign-in is spoilt for somebody else: who is tried too often is locked.
    let call = if operation.name == "login" {
        let body = serde_json::json!({"email": "nobody@market.test", "password": "None-At-All-1"});
        visit.call.json(&body)
    } else {
        visit.call
    };
    world.elsewhere(call.bearer(Some(token)))
}

fn cases(world: &World, operation: &Operation, call: &Call) -> Vec<Case> {
    let mut cases = bodies::cases(&world.spec, operation, call);
    cases.extend(requests::cases(&world.spec, operation, call));
    cases
}

#[derive(Default)]
struct Findings {
    sent: usize,
    taken: Vec<String>,
    wrong: Vec<String>,
}

impl Findings {
    fn add(&mut self, more: Self) {
        self.sent += more.sent;
        self.taken.extend(more.taken);
        self.wrong.extend(more.wrong);
    }
}

async fn spoil(world: &World, operation: &Operation) -> Findings {
    let mut findings = Findings::default();
    let call = good(world, operation).await;
    let mut key = key_of(&call);
    let mut cases_left = cases(world, operation, &call);
    let (mut at, began) = (0, Instant::now());
    while let Some(case) = cases_left.get(at) {
        at += 1;
        let call = keyed_anew(world, (case.call)(), &key);
        let Some(answer) = try_send(&world.router, &call).await else {
            continue;
        };
        findings.sent += 1;
        let line = format!("{}: {}", operation.name, case.what);
        match judge(operation, case, &answer) {
            Verdict::Fine => {}
            // One line for a text that may be anything.
            Verdict::Taken => findings.taken.push(match line.split_once(" is \"") {
                Some((field, _)) => format!("{field} is text of any kind"),
                None => line,
            }),
            Verdict::Wrong(why) => findings.wrong.push(format!("{line}: {why}")),
        }
        // What was taken has changed something: the rest is spoilt from a call that is good now.
        let changes = operation.method != axum::http::Method::GET;
        if answer.status < 400 && changes && matches!(case.expect, Expect::Taken) {
            let call = good(world, operation).await;
            key = key_of(&call);
            cases_left = cases(world, operation, &call);
        }
    }
    println!("{:?} {} {}", began.elapsed(), findings.sent, operation.name);
    findings
}

fn key_of(call: &Call) -> Option<Vec<u8>> {
    let mut headers = call.headers.iter();
    let found = headers.find(|(name, _)| *name == "idempotency-key");
    found.map(|(_, value)| value.clone())
}

/// Each case is a request of its own: a key that is not what is spoilt is used once.
fn keyed_anew(world: &World, call: Call, good: &Option<Vec<u8>>) -> Call {
    let keys = call.headers.iter().filter(|(name, _)| *name == "idempotency-key");
    if good.is_none() || keys.count() != 1 || key_of(&call) != *good {
        return call;
    }
    call.instead("idempotency-key", format!("case-{}", world.fresh()))
}

/// Collects what is logged as an error.
#[derive(Clone, Default)]
struct Errors(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Errors {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
    }
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_is_refused_in_words() {
    let errors = Errors::default();
    let subscriber = tracing_subscriber::registry().with(errors.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        told(panic);
    }));

    let world = World::new().await;
    // One after the other: two at a time would meet in one cart, and over one shelf.
    let mut all = Findings::default();
    // What sellers change of their goods comes last, since it changes what others find: what they do with a sale needs one.
    let mut operations: Vec<&Operation> = world.spec.operations.values().collect();
    operations.sort_by_key(|operation| {
        let of_a_sale = ["/v1/seller/orders/", "/v1/seller/reviews/"];
        let is_of_a_sale = of_a_sale.iter().any(|path| operation.path.starts_with(path));
        caller(operation) == Who::OwnerA && !is_of_a_sale
    });
    for operation in operations {
        all.add(spoil(&world, operation).await);
    }
    let sent = all.sent;
    println!("{sent} requests to {} operations", world.spec.operations.len());
    world.close().await;
    let mut wrong = all.wrong;
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} of {sent}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "somebody panicked");
    let logged = errors.0.lock().unwrap();
    assert!(logged.is_empty(), "errors were logged: {logged:#?}");
    let mut taken = all.taken;
    taken.sort();
    taken.dedup();
    expect_test::expect_file!["taken.txt"].assert_eq(&format!("{}\n", taken.join("\n")));
}
