//! The program under trial, with all that the stories need, and somebody who starts it again when it dies.

use super::check;
use super::story::{Played, Story, Told, persist, words};
use super::webhooks::{Manner, Sender};
use crate::site::Database;
use crate::{Caller, Front, Shop, Site, Sku};
use anyhow::{Context, Result};
use bench::database::Session;
use bench::program::{Launch, Program, free_address};
use contracts::payments::CaptureTime;
use kernel::{Clock, DateTime, SystemClock};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use testkit::{Fault, Faults, Spot};
use tokio_postgres::Statement;

/// Units of everything: more than all stories want.
const STOCK: i64 = 1_000_000;
/// A story that has no end by then has none: far longer than any takes.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Whoever died had a payment for a second, and a job for half a minute: both are told to be over, instead of waited for.
const LEASES_OVER: Duration = Duration::from_secs(31);
/// A program that died is back long before anybody has tried to sign in so often.
const SIGN_INS_MAX: usize = 100;
const SIGN_IN_PAUSE: Duration = Duration::from_millis(100);

pub struct Stage {
    pub faults: Faults,
    pub front: Arc<Front>,
    pub shops: Vec<Shop>,
    pub goods: Vec<Sku>,
    pub books: Session,
    /// What must not be so of an order, by what is broken then.
    pub checks: Vec<(&'static str, Statement)>,
    pub clock: TrialClock,
    pub sender: Sender,
    /// A wish that waits until its story comes to what is meant.
    held: Mutex<Option<(Spot, Fault)>>,
    /// When the marketplace captures, as it was set last.
    captures: Mutex<CaptureTime>,
    launch: Launch,
    program: Option<Program>,
    database: Option<Database>,
}

/// What the program under trial takes for the time.
#[derive(Debug, Default)]
pub struct TrialClock {
    ahead_us: AtomicI64,
}

impl TrialClock {
    pub fn now(&self) -> DateTime {
        let ahead = u64::try_from(self.ahead_us.load(Ordering::SeqCst)).unwrap_or(0);
        SystemClock.now() + Duration::from_micros(ahead)
    }

    fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(0);
        self.ahead_us.fetch_add(by, Ordering::SeqCst);
    }
}

impl Stage {
    pub async fn set(site: &Site) -> Result<Self> {
        let database = site.database().await?;
        let faults = site.faults();
        let sender = Sender::new();
        let launch = database
            .behind(site.launch("trial"))
            .listen(free_address()?)
            .env("STOA_SANDBOX_WEBHOOK_SECRET", sender.secret())
            .arg("--trial")
            .arg(faults.folder());
        let clock = TrialClock::default();
        let program = started(&launch, &clock).await?;
        let front = Front::of(&program);
        let shops = Shop::open(&launch, &front, &["Alfareria Romero", "Telar del Sur"]).await?;
        let mut goods = Vec::new();
        for shop in &shops {
            goods.push(shop.publish("Jarra", &[1_999], STOCK).await?.remove(0));
        }
        let books = database.session().await?;
        let checks = check::prepared(&books).await?;
        Ok(Self {
            faults,
            front,
            shops,
            goods,
            books,
            checks,
            clock,
            sender,
            held: Mutex::default(),
            captures: Mutex::default(),
            launch,
            program: Some(program),
            database: Some(database),
        })
    }

    pub async fn strike(mut self) -> Result<()> {
        if let Some(program) = self.program.take() {
            program.stop().await?;
        }
        self.launch.verify().await?;
        match self.database.take() {
            Some(database) => database.stop().await,
            None => Ok(()),
        }
    }

    pub fn stranger(&self) -> Caller {
        Caller::new(&self.front)
    }

    /// Wishes for something to go wrong in a story.
    pub fn wish(&self, story: Story, spot: Spot, fault: Fault) {
        match story.goes_wrong_later() {
            true => *lock(&self.held) = Some((spot, fault)),
            false => self.faults.wish(spot, fault),
        }
    }

    /// What waits to go wrong may from now on.
    pub fn may_go_wrong(&self) {
        if let Some((spot, fault)) = lock(&self.held).take() {
            self.faults.wish(spot, fault);
        }
    }

    /// Whether nothing is wished for that did not happen.
    pub fn all_happened(&self) -> bool {
        lock(&self.held).is_none() && self.faults.all_happened()
    }

    /// Takes every wish back and opens every gate.
    pub fn forget(&self) {
        *lock(&self.held) = None;
        self.faults.forget();
    }

    /// Sets when the marketplace captures what is paid from now on, unless it is set so already.
    pub async fn captures(&self, when: CaptureTime) -> Told<()> {
        if *lock(&self.captures) == when {
            return Ok(());
        }
        let stranger = self.stranger();
        let operator = signed_in(|| Shop::operator_again(&stranger)).await?;
        let setting = json!({"capture": when, "note": "a trial"});
        let set = persist(|| operator.put("/v1/admin/capture-time", &setting)).await?;
        if set.status != 200 {
            return Err(words(&set));
        }
        *lock(&self.captures) = when;
        Ok(())
    }

    /// Moves the program's clock on.
    pub async fn wait(&self, by: Duration) {
        self.clock.advance(by);
        self.tell_time().await;
    }

    async fn tell_time(&self) {
        let told = self.stranger().with("stoa-clock", self.clock.now().to_rfc3339());
        // A program that just died is told when it starts.
        let _ = told.get("/health/live").await;
    }

    /// Plays a story until its order has its end, whatever dies meanwhile. `Err` says what broke it.
    pub async fn play(&mut self, story: Story, manner: Option<Manner>) -> Result<Result<Played, String>> {
        let mut program = self.program.take().context("it runs between stories")?;
        let over = AtomicBool::new(false);
        let key = Mutex::new(None);
        let stage: &Self = self;
        let playing = async {
            let played = tokio::time::timeout(PATIENCE, story.play(stage, &key)).await;
            over.store(true, Ordering::SeqCst);
            played.unwrap_or_else(|_| Err(format!("no end after {PATIENCE:?}")))
        };
        let keeping = async {
            while !over.load(Ordering::SeqCst) {
                if program.has_ended()? {
                    stage.clock.advance(LEASES_OVER);
                    program = started(&stage.launch, &stage.clock).await?;
                    // What a story waited for meanwhile, nobody was there to hear.
                    stage.tell_time().await;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            anyhow::Ok(program)
        };
        let telling = stage.sender.tell(stage, &key, manner, &over);
        let (played, program, ()) = tokio::join!(playing, keeping, telling);
        self.program = Some(program?);
        Ok(played)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signs somebody in, again where the program has just died.
pub async fn signed_in<F: Future<Output = Result<Caller>>>(sign_in: impl Fn() -> F) -> Told<Caller> {
    let mut tries = 1;
    loop {
        match sign_in().await {
            Ok(caller) => return Ok(caller),
            Err(_) if tries < SIGN_INS_MAX => tokio::time::sleep(SIGN_IN_PAUSE).await,
            Err(error) => return Err(error.to_string()),
        }
        tries += 1;
    }
}

async fn started(launch: &Launch, clock: &TrialClock) -> Result<Program> {
    let launch = launch.clone().arg("--clock").arg(clock.now().to_rfc3339());
    launch.start().await
}
