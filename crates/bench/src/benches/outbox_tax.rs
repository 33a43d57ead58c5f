//! What it costs that others learn of orders.

use super::till::Buyers;
use super::{Bench, Setting, till_spread};
use crate::comparison::{Comparison, Round};
use crate::database::{Cluster, Session};
use crate::invariants;
use crate::program::{self, Program};
use crate::seed::Market;
use anyhow::{Result, ensure};

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
/// Whoever appends appends nothing: no row is written, and so nobody has anything to read. The program asks as before. `do
/// instead nothing` would leave plans that no longer know the table, and so do not learn that the rule is gone.
const DEAF: &str =
    "create rule nobody_listens as on insert to log.event do instead delete from log.event where false";
const LISTENING: &str = "drop rule nobody_listens on log.event";

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let program = Program::start(setting.program(), &data_dir).await?;
    let session = Cluster::share(&data_dir).await?.session(pg::STOA).await?;
    setting.tell("opening the market");
    let till = &till_spread::TILL;
    let market = Market::open(&session, till.goods, |_| STOCK).await?;
    let mut buyers = Buyers::new(till, market, setting.options.turn()).await?;
    buyers.total = Some(buyers.ask_total(&program, &session).await?);
    setting.tell("warming up");
    buyers.shop(&program, &session).await?;

    let (mut rounds, mut never_told) = (Vec::new(), 0);
    for number in 1..=setting.options.rounds {
        let heard = turn(&mut buyers, &program, &session).await?;
        ensure!(
            heard.told > 0,
            "the log was told nothing of {} orders",
            heard.placed
        );
        session.batch_execute(DEAF).await?;
        let unheard = turn(&mut buyers, &program, &session).await;
        session.batch_execute(LISTENING).await?;
        let unheard = unheard?;
        ensure!(
            unheard.told == 0,
            "{} events of orders that nobody should hear of",
            unheard.told
        );
        never_told += unheard.placed;
        let round = Round::pair(heard.rate, unheard.rate);
        setting.tell(format_args!(
            "round {number}: with {:.0} orders/s, without {:.0}, {:.2}x",
            heard.rate,
            unheard.rate,
            round.ratio.unwrap_or(0.0)
        ));
        rounds.push(round);
    }

    setting.tell(format_args!("checking {} orders", buyers.answered));
    invariants::check(&session, buyers.answered, never_told).await?;
    drop(session);
    program.stop().await?;
    program::verify(setting.program(), &data_dir).await?;
    Ok(vec![Comparison::ratio_at_least(NAME, "orders/s", TARGET, rounds)])
}

struct Turn {
    placed: u64,
    /// Orders a second.
    rate: f64,
    /// Events that the log has more than before.
    told: i64,
}

async fn turn(buyers: &mut Buyers, program: &Program, session: &Session) -> Result<Turn> {
    const EVENTS: &str = "select count(*) from log.event where topic = 'orders.order_placed'";
    buyers.fill(program, session).await?;
    session.batch_execute("checkpoint").await?;
    let before = session.number(EVENTS).await?;
    let outcome = buyers.order(program).await?;
    program.quiet().await;
    Ok(Turn {
        placed: outcome.count(201),
        rate: outcome.rate(201),
        told: session.number(EVENTS).await? - before,
    })
}
