//! What it costs that others learn of orders.

use super::till::Buyers;
use super::{Bench, Setting, till_spread};
use crate::comparison::{Comparison, Round};
use crate::database::{Cluster, Session};
use crate::invariants;
use crate::program::{self, Program};
use crate::seed::Market;
use anyhow::Result;
use std::path::PathBuf;

const NAME: &str = "outbox-tax";

pub const BENCH: Bench = Bench {
    name: NAME,
    about: "64 buyers order over HTTP among 10,000 SKUs; beside it the same, with all that is said to the log thrown away",
    run: |setting| Box::pin(run(setting)),
};

/// Of the rate without: events may cost 15 of a hundred.
const TARGET: f64 = 0.85;
/// Units of each good: more than any bench can sell.
const STOCK: i64 = 100_000_000;
/// Whoever appends appends nothing: no row is written, and so nobody has anything to read. It is said before the program
/// has made a plan, because plans that were made under a rule may outlive it.
const DEAF: &str = "create rule nobody_listens as on insert to log.event do instead nothing";

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    setting.tell("opening two markets");
    let mut heard = Side::open(setting, "heard").await?;
    let mut unheard = Side::open(setting, "unheard").await?;
    unheard.session.batch_execute(DEAF).await?;
    setting.tell("warming up");
    let mut rounds = Vec::new();
    for side in [&mut heard, &mut unheard] {
        side.buyers.shop(&side.program, &side.session).await?;
        side.program.quiet().await;
    }
    for number in 1..=setting.options.rounds {
        let round = Round::pair(heard.turn().await?, unheard.turn().await?);
        setting.tell(format_args!(
            "round {number}: with {:.0} orders/s, without {:.0}, {:.2}x",
            round.ours,
            round.baseline.unwrap_or(0.0),
            round.ratio.unwrap_or(0.0)
        ));
        rounds.push(round);
    }
    heard.close(setting, 0).await?;
    let never_told = unheard.buyers.answered;
    unheard.close(setting, never_told).await?;
    Ok(vec![Comparison::ratio_at_least(NAME, "orders/s", TARGET, rounds)])
}

/// A market of its own, with its buyers.
struct Side {
    data_dir: PathBuf,
    program: Program,
    session: Session,
    buyers: Buyers,
}

impl Side {
    async fn open(setting: &Setting, name: &str) -> Result<Self> {
        let data_dir = setting.scratch.join(name);
        let program = Program::start(setting.program(), &data_dir).await?;
        let session = Cluster::share(&data_dir).await?.session(pg::STOA).await?;
        let till = &till_spread::TILL;
        let market = Market::open(&session, till.goods, |_| STOCK).await?;
        let mut buyers = Buyers::new(till, market, setting.options.turn()).await?;
        buyers.total = Some(buyers.ask_total(&program, &session).await?);
        Ok(Self {
            data_dir,
            program,
            session,
            buyers,
        })
    }

    /// Orders a second, while the other side has nothing to do.
    async fn turn(&mut self) -> Result<f64> {
        self.buyers.fill(&self.program, &self.session).await?;
        self.session.batch_execute("checkpoint").await?;
        let outcome = self.buyers.order(&self.program).await?;
        self.program.quiet().await;
        Ok(outcome.rate(201))
    }

    async fn close(self, setting: &Setting, never_told: u64) -> Result<()> {
        setting.tell(format_args!("checking {} orders", self.buyers.answered));
        invariants::check(&self.session, self.buyers.answered, never_told).await?;
        drop(self.session);
        self.program.stop().await?;
        program::verify(setting.program(), &self.data_dir).await
    }
}
