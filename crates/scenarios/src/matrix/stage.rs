//! The program under trial, with all that the stories need, and somebody who starts it again when it dies.

use super::story::{Played, Story};
use super::webhooks::{Manner, Sender};
use crate::site::Database;
use crate::{Caller, Front, Shop, Site, Sku};
use anyhow::{Context, Result};
use bench::database::Session;
use bench::program::{Launch, Program, free_address};
use kernel::{Clock, DateTime, SystemClock};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use testkit::Faults;

/// Units of everything: more than all stories want.
const STOCK: i64 = 1_000_000;
/// A story that has no end by then has none: far longer than any takes.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Whoever died had a payment for so long; it is told to be over, instead of waited for.
const LEASE: Duration = Duration::from_secs(2);

pub struct Stage {
    pub faults: Faults,
    pub front: Arc<Front>,
    pub shops: Vec<Shop>,
    pub goods: Vec<Sku>,
    pub books: Session,
    pub clock: TrialClock,
    pub sender: Sender,
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
        Ok(Self {
            faults,
            front,
            shops,
            goods,
            books: database.session().await?,
            clock,
            sender,
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
                    program = started(&stage.launch, &stage.clock).await?;
                    stage.wait(LEASE).await;
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

async fn started(launch: &Launch, clock: &TrialClock) -> Result<Program> {
    let launch = launch.clone().arg("--clock").arg(clock.now().to_rfc3339());
    launch.start().await
}
