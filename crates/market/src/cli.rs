//! What can be said on the command line. The texts here are the manual.

use crate::config::Config;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Stoa: an open, self-hosted marketplace. Many sellers, one storefront, one cart, one payment.
///
/// Without settings it keeps everything in one data directory: a private PostgreSQL, the search index, images.
/// With DATABASE_URL it uses a PostgreSQL of yours.
#[derive(Parser)]
#[command(name = "stoa", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Runs the marketplace and, on the first run, fills it with the demo. Prints addresses and logins.
    Up(Serve),
    /// Runs the marketplace, or a part of it with --services.
    Serve(Serve),
    /// Brings the database to this version's schemas, then ends.
    Migrate(Place),
    /// Fills a marketplace with generated shops, products, buyers and orders.
    Demo(Demo),
    /// Makes somebody an operator, who approves sellers and sees to the whole marketplace.
    Operator(Operator),
    /// Imports a product file (CSV, XLSX, NDJSON or a JSON array, also gzipped) for one shop.
    Import(Import),
    /// Lists the services that --services takes.
    Services,
    /// Prints the OpenAPI description of the API.
    Openapi,
    /// Checks the books: stock against movements, reservations, ledger, read tables against event streams, the audit trail
    /// against its chain.
    Verify(Verify),
    /// Builds the read tables of orders anew from their histories, beside the live ones, and the sums by day of sales from these and
    /// of the ledger from its postings, and proves them equal. Names what differs, by order and by day, and fails if anything
    /// does. Changes nothing; works beside a running server.
    Replay(Place),
    /// Measures Stoa beside a baseline on this very machine, and fails where a target is missed.
    Bench(Bench),
    /// Judges how good the answers are, on queries whose right answers are known.
    #[command(subcommand)]
    Evaluate(Evaluate),
    /// Proves on this very machine that Stoa does not oversell, overcharge or leak: buyers in crowds, killed processes, curious
    /// neighbours, on throwaway data directories. Writes one page of HTML, and fails if any invariant is broken.
    Prove(Prove),
    /// The bare server that benches hold the program against.
    #[command(hide = true)]
    BenchBaseline(bench::ServerOptions),
    /// Says what this machine has and lacks for running Stoa.
    Doctor(Place),
    /// Makes a new data key and seals the database's secrets with it. Works beside a running server.
    RotateKey(Place),
}

/// A book that is checked alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Book {
    /// The trail of who changed what: its chain is recomputed, and the first entry that was changed, deleted or reordered
    /// is named.
    Audit,
}

#[derive(Args, Clone)]
pub struct Verify {
    #[command(flatten)]
    pub place: Place,
    /// Only this book.
    pub book: Option<Book>,
    /// A batch of the audit trail and its hash, as `stoa verify audit` printed them before: proves that nothing was cut off
    /// or written anew since.
    #[arg(long, value_name = "BATCH:HASH", requires = "book")]
    pub known: Option<audit::Known>,
}

/// Where the marketplace lives.
#[derive(Args, Clone)]
pub struct Place {
    /// Everything the marketplace keeps on this machine.
    #[arg(long, env = "STOA_DATA_DIR", default_value = ".stoa")]
    pub data_dir: PathBuf,
    /// A PostgreSQL of yours, instead of the managed one: postgres://user:password@host/database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The key that seals secrets in the database, 32 random bytes in base64url; several with commas, the present one
    /// first. Without it, the file data.key in the data directory, made on first start.
    #[arg(long, env = "STOA_DATA_KEY", hide_env_values = true)]
    pub data_key: Option<String>,
    #[command(flatten)]
    pub objects: crate::objects::Objects,
    /// What is logged, such as `info` or `info,checkout=debug`.
    #[arg(long, env = "STOA_LOG", default_value = "info,sqlx=warn,tantivy=warn")]
    pub log: String,
    /// Log lines as JSON, for machines.
    #[arg(long, env = "STOA_LOG_JSON")]
    pub log_json: bool,
}

#[derive(Args, Clone)]
pub struct Serve {
    #[command(flatten)]
    pub place: Place,
    /// Address and port to listen on.
    #[arg(long, env = "STOA_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address people use, for links in mails; http://LISTEN if absent.
    #[arg(long, env = "STOA_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Services to run here, separated by commas; `stoa services` lists them.
    #[arg(long, env = "STOA_SERVICES", value_delimiter = ',', default_value = "all")]
    pub services: Vec<String>,
    /// Where services that do not run here are found: catalog=http://10.0.0.7:8080,search=...
    #[arg(long, env = "STOA_PEERS", value_delimiter = ',')]
    pub peers: Vec<String>,
    /// A secret that all processes of one marketplace share; made in the data directory if absent.
    #[arg(long, env = "STOA_SERVICE_KEY", hide_env_values = true)]
    pub service_key: Option<String>,
    /// The name by which answers say which process served them.
    #[arg(long, env = "STOA_INSTANCE")]
    pub instance: Option<String>,
    /// Calls per second and caller that the API takes, in bursts of up to ten times that.
    #[arg(long, env = "STOA_RATE", default_value = "100")]
    pub rate: NonZeroU32,
    /// Address or network of a proxy of yours, or several with commas: what it says in X-Forwarded-For and
    /// X-Forwarded-Proto is believed. Sign-in from other machines needs one that takes TLS.
    #[arg(
        long = "trusted-proxy",
        env = "STOA_TRUSTED_PROXY",
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub trusted_proxies: Vec<String>,
    /// Seconds for which the stock of an unpaid order is held.
    #[arg(long, env = "STOA_HOLD_S", default_value_t = kernel::limits::RESERVATION_TTL_S)]
    pub hold_s: u32,
    /// What the sandbox provider signs its webhooks with (whsec_...), to send some by hand; a secret one if absent.
    #[arg(long, env = "STOA_SANDBOX_WEBHOOK_SECRET", hide_env_values = true)]
    pub sandbox_webhook_secret: Option<String>,
    #[command(flatten)]
    pub providers: crate::providers::Providers,
    #[command(flatten)]
    pub search: crate::searching::SearchEngine,
    /// Who says at which rate things are taxed: the table that operators keep, or a pretended tax service.
    #[arg(long, env = "STOA_TAXES", value_enum, default_value = "table")]
    pub taxes: crate::providers::TaxSource,
    /// Milliseconds within which pages are there although the search or a payment's provider is silent.
    #[arg(long, env = "STOA_ANSWERS_WITHIN_MS", default_value = "1000")]
    pub answers_within_ms: u32,
    /// Shows /dev/mail and /dev/messages, with all that was sent, to whoever calls from this machine; otherwise to operators only.
    /// Behind a proxy on this machine that would be everybody.
    #[arg(long, env = "STOA_OPEN_INBOX")]
    pub open_inbox: bool,
    /// Begins at this time (RFC 3339), which requests may move on: for replays and proofs. See `told_clock`.
    #[arg(long, hide = true, value_name = "TIME")]
    pub clock: Option<kernel::Timestamp>,
    /// A folder of things that are to go wrong, for tests and proofs; webhooks reach programs on this machine. See `trial`.
    #[arg(long, hide = true, value_name = "DIR")]
    pub trial: Option<PathBuf>,
}

#[derive(Args, Clone)]
pub struct Demo {
    #[command(flatten)]
    pub place: Place,
    /// 1 is about 3,000 products; 10 is ten times that.
    #[arg(long, default_value_t = 1)]
    pub scale: u32,
    /// The same seed gives the same marketplace.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args, Clone)]
pub struct Operator {
    #[command(flatten)]
    pub place: Place,
    /// Who. An account is made if there is none; one that exists keeps its password.
    pub email: String,
    /// Of a new account; the first line of standard input if absent.
    #[arg(long, env = "STOA_OPERATOR_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
}

#[derive(Args, Clone)]
pub struct Import {
    #[command(flatten)]
    pub place: Place,
    /// The file; .gz is unpacked on the way.
    pub file: PathBuf,
    /// Slug of the shop that gets the products.
    #[arg(long)]
    pub shop: String,
    /// ISO 4217 code of prices that name no currency; the shop's own if absent.
    #[arg(long)]
    pub currency: Option<String>,
    /// Units on hand for rows that name no stock.
    #[arg(long, default_value_t = 25)]
    pub default_stock: i64,
}

#[derive(Args, Clone)]
pub struct Bench {
    /// till-hot, till-spread, checkout-full, outbox-tax, read-pdp, html-pdp, search, search-engine, import, tables, start or
    /// all; crates/bench/README.md explains each.
    pub name: String,
    #[command(flatten)]
    pub options: bench::Options,
}

#[derive(Subcommand, Clone)]
pub enum Evaluate {
    /// Judges the search with its defaults on sets of products, queries and judgments, beside plain BM25; docs/search.md
    /// says in which shapes. Fails where a target is missed. Needs no marketplace and changes none.
    Search(evaluate::Options),
}

#[derive(Args, Clone)]
pub struct Prove {
    /// last-unit, flood, kill, history, isolation, money; all of them if none is named. They take some minutes.
    pub suites: Vec<String>,
    /// Where the page is written.
    #[arg(long, default_value = "stoa-proof.html", value_name = "FILE")]
    pub out: PathBuf,
    /// Of the buyers' choices; the same seed chooses the same.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder of the real marketplace's files that `history` lives again: Olist's, as they were published.
    #[arg(long, env = "STOA_OLIST", value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// Prove another build of stoa than this one.
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// Make data directories below this one [default: the directory for temporary files]
    #[arg(long, value_name = "DIR")]
    pub scratch: Option<PathBuf>,
}

impl Serve {
    /// Everything in this process, at an address nobody asks for.
    pub fn for_command(place: Place, listen: SocketAddr) -> Self {
        Self {
            place,
            listen,
            public_url: None,
            services: vec!["all".to_owned()],
            peers: Vec::new(),
            service_key: None,
            instance: None,
            rate: NonZeroU32::MAX,
            trusted_proxies: Vec::new(),
            hold_s: kernel::limits::RESERVATION_TTL_S,
            sandbox_webhook_secret: None,
            providers: crate::providers::Providers::default(),
            search: crate::searching::SearchEngine::default(),
            taxes: crate::providers::TaxSource::default(),
            answers_within_ms: 1_000,
            open_inbox: false,
            clock: None,
            trial: None,
        }
    }

    pub fn config(&self) -> anyhow::Result<Config> {
        Config::of(self)
    }
}
