//! From the command to the first answer, and what the program then holds.

use super::{Bench, Setting};
use crate::comparison::{Comparison, Round};
use crate::database::Cluster;
use crate::program::Program;
use crate::seed::Market;
use anyhow::Result;
use std::time::Duration;

pub const BENCH: Bench = Bench {
    name: "start",
    about: "`stoa serve` on an existing data directory: seconds until it is ready, megabytes it holds when idle",
    run: |setting| Box::pin(run(setting)),
};

const TARGET_S: f64 = 1.5;
const TARGET_MB: f64 = 150.0;
const GOODS: usize = 10_000;
const STOCK: i64 = 100;
/// For how long it is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(5);

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    setting.tell("making the data directory: the first start makes everything and does not count");
    let program = Program::start(setting.program(), &data_dir).await?;
    setting.tell(format_args!(
        "first start: {:.2} s",
        program.ready_after.as_secs_f64()
    ));
    {
        let cluster = Cluster::share(&data_dir).await?;
        let session = cluster.session(pg::STOA).await?;
        Market::open(&session, GOODS, |_| STOCK).await?;
    }
    program.stop().await?;

    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for number in 1..=setting.options.rounds {
        let program = Program::start(setting.program(), &data_dir).await?;
        let seconds = program.ready_after.as_secs_f64();
        tokio::time::sleep(IDLE).await;
        #[allow(clippy::cast_precision_loss)]
        let megabytes = program.resident_bytes()? as f64 / f64::from(1 << 20);
        program.stop().await?;
        setting.tell(format_args!(
            "round {number}: ready after {seconds:.2} s, {megabytes:.0} MB when idle"
        ));
        starts.push(Round::alone(seconds));
        memory.push(Round::alone(megabytes));
    }
    Ok(vec![
        Comparison::at_most("start", "s", TARGET_S, starts),
        Comparison::at_most("start.rss", "MB", TARGET_MB, memory),
    ])
}
