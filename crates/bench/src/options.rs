use std::path::PathBuf;
use std::time::Duration;

/// Fewer rounds show something and prove nothing.
pub const ROUNDS_MIN: usize = 5;

/// What a large marketplace has.
const PRODUCTS: usize = 1_000_000;
const ROWS: usize = 1_000_000;

/// How a bench is run.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Turns of each side after the warm-up; with fewer than five nothing is proved
    #[arg(long, default_value_t = ROUNDS_MIN, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    pub rounds: usize,
    /// Seconds of one turn of one side
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// Print one JSON object a line for each comparison, instead of a table
    #[arg(long)]
    pub json: bool,
    /// Measure another build of stoa than this one
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// Products that `search` searches among
    #[arg(long, default_value_t = PRODUCTS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1_000..=10_000_000))]
    pub products: usize,
    /// Products, and as many orders, of the market whose first pages `tables` asks for
    #[arg(long, default_value_t = ROWS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(10_000..=10_000_000))]
    pub rows: usize,
    /// Write the plans of pages that `tables` finds slow below this one; the worst statement of each is told anyway
    #[arg(long, value_name = "DIR")]
    pub plans: Option<PathBuf>,
    /// Folder of a judged set, around whose products and queries `search` makes its own [default: words of its own]
    #[arg(long, env = "STOA_CORPUS", value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Make the data directory below this one, to measure its disk [default: the directory for temporary files]
    #[arg(long, value_name = "DIR")]
    pub scratch: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: ROUNDS_MIN,
            seconds: 4,
            json: false,
            program: None,
            products: PRODUCTS,
            rows: ROWS,
            plans: None,
            corpus: None,
            scratch: None,
        }
    }
}

impl Options {
    pub(crate) fn turn(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
