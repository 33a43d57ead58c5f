//! What both till benches share: a market, carts, and turns of orders and of pgbench.

use super::Setting;
use crate::baseline::documents::Documents;
use crate::baseline::shop::{Mix, Shop};
use crate::client::{ask, ask_json};
use crate::comparison::{Comparison, Round};
use crate::database::{Cluster, Session};
use crate::invariants;
use crate::load::{self, Outcome, Requests, Until};
use crate::program::{self, Program};
use crate::seed::carts::{self, Cart};
use crate::seed::{Good, Market};
use anyhow::{Context, Result, bail};
use kernel::Money;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::sync::Arc;
use std::time::Duration;

/// What the two differ in.
pub struct Till {
    pub name: &'static str,
    pub mix: Mix,
    pub goods: usize,
    /// Times the baseline.
    pub target: f64,
    pub p99_target_ms: Option<f64>,
    pub pick: fn(&[Good], &mut SmallRng) -> [Good; 2],
}

/// Units of each good: more than any bench can sell.
const STOCK: i64 = 100_000_000;
/// Orders a second that the warm-up is provided for.
const WARM_UP_RATE: f64 = 30_000.0;
/// Carts made for a turn, beyond what the fastest turn so far would have used.
const RESERVE: f64 = 1.3;
const SEED: u64 = 20;

pub async fn run(setting: &Setting, till: &Till) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let program = Program::start(setting.program(), &data_dir).await?;
    let cluster = Cluster::share(&data_dir).await?;
    let session = cluster.session(pg::STOA).await?;
    setting.tell("opening the market");
    let market = Market::open(&session, till.goods, |_| STOCK).await?;
    let mut buyers = Buyers::new(till, market, setting.options.turn()).await?;
    buyers.total = Some(buyers.ask_total(&program, &session).await?);

    setting.tell("warming up");
    buyers.shop(&program, &session).await?;
    let documents = Documents::of_an_order(&session).await?;
    let articles = u32::try_from(till.goods)? - u32::from(till.mix == Mix::Hot);
    let mut shop = Shop::open(&cluster, &setting.scratch, till.mix, articles, &documents).await?;
    for (whose, durability) in [
        ("stoa", session.durability().await?),
        ("the baseline", shop.durability().await?),
    ] {
        setting.tell(format_args!("{whose}: {durability}"));
        durability.require(whose)?;
    }
    shop.sell(&cluster, setting.options.turn()).await?;

    let (mut rounds, mut tails) = (Vec::new(), Vec::new());
    for number in 1..=setting.options.rounds {
        buyers.fill(&program, &session).await?;
        // Both sides begin a turn with nothing of the other's left to write.
        session.batch_execute("checkpoint").await?;
        let before = program.cpu_of_all();
        let ours = buyers.order(&program).await?;
        let cost = program.cpu_of_all().zip(before).map(|(now, before)| {
            let [program, database, load] = now.per_order_us(before, ours.count(201));
            format!("; an order took {program:.0} µs of the program, {database:.0} of PostgreSQL, {load:.0} of the buyers")
        });
        let left_over = !program.quiet().await;
        session.batch_execute("checkpoint").await?;
        let baseline = shop.sell(&cluster, setting.options.turn()).await?;
        let round = Round::pair(ours.rate(201), baseline.per_second);
        let (p50, p99) = (
            ours.latencies.percentile_ms(0.5),
            ours.latencies.percentile_ms(0.99),
        );
        setting.tell(format_args!(
            "round {number}: ours {:.0} orders/s (p50 {p50:.1} ms, p99 {p99:.1} ms), baseline {:.0} orders/s (mean {:.1} ms), {:.2}x{}{}",
            round.ours, baseline.per_second, baseline.latency_ms, round.ratio.unwrap_or(0.0), cost.unwrap_or_default(),
            if left_over { "; the program was still busy during the baseline's turn" } else { "" }
        ));
        rounds.push(round);
        tails.push(Round::alone(p99));
    }

    setting.tell(format_args!("checking {} orders", buyers.answered));
    invariants::check(&session, buyers.answered, 0).await?;
    shop.check().await?;
    drop((session, shop, cluster));
    program.stop().await?;
    program::verify(setting.program(), &data_dir).await?;

    let mut comparisons = vec![Comparison::ratio_at_least(
        till.name,
        "orders/s",
        till.target,
        rounds,
    )];
    if let Some(target) = till.p99_target_ms {
        comparisons.push(Comparison::at_most(
            format!("{}.p99", till.name),
            "ms",
            target,
            tails,
        ));
    }
    Ok(comparisons)
}

/// The buyers, with carts in their hands.
pub(super) struct Buyers {
    market: Market,
    pick: fn(&[Good], &mut SmallRng) -> [Good; 2],
    rng: SmallRng,
    turn: Duration,
    pub total: Option<Money>,
    orders: Arc<Requests>,
    /// Orders a second in the fastest turn so far.
    fastest: f64,
    /// Orders that they were told were placed.
    pub answered: u64,
}

impl Buyers {
    pub async fn new(till: &Till, market: Market, turn: Duration) -> Result<Self> {
        Ok(Self {
            market,
            pick: till.pick,
            rng: SmallRng::seed_from_u64(SEED),
            turn,
            total: None,
            orders: Arc::new(Requests::once()),
            fastest: WARM_UP_RATE / RESERVE,
            answered: 0,
        })
    }

    fn cart(&mut self) -> Cart {
        let lines = (self.pick)(&self.market.goods, &mut self.rng);
        Cart::new(lines, &mut self.rng)
    }

    /// What a cart costs: the same for all, because everything has one price.
    pub async fn ask_total(&mut self, program: &Program, session: &Session) -> Result<Money> {
        let cart = self.cart();
        carts::put(session, std::slice::from_ref(&cart)).await?;
        let quote = ask_json(program.address, &cart.quote(), 200).await?;
        serde_json::from_value(quote["total"].clone())
            .with_context(|| format!("a quote without a total: {quote}"))
    }

    /// Fills carts until there are enough for a turn, and has each quoted once: no shopper orders without having seen
    /// what it costs.
    pub async fn fill(&mut self, program: &Program, session: &Session) -> Result<()> {
        let total = self.total.context("the total is asked for first")?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wanted = (self.fastest * RESERVE * self.turn.as_secs_f64()) as usize;
        let mut orders = Requests::once();
        let carts: Vec<Cart> = (0..wanted).map(|_| self.cart()).collect();
        carts::put(session, &carts).await?;
        let mut quotes = Requests::once();
        for cart in &carts {
            quotes.push(&cart.quote());
            orders.push(&cart.order(total, &mut self.rng));
        }
        load::run(program.address, &Arc::new(quotes), Until::Sent, 200)
            .await?
            .all(200)
            .context("quoting carts")?;
        self.orders = Arc::new(orders);
        Ok(())
    }

    /// One turn of orders.
    pub async fn order(&mut self, program: &Program) -> Result<Outcome> {
        let outcome = load::run(program.address, &self.orders, Until::Elapsed(self.turn), 201)
            .await?
            .all(201)
            .context("placing orders")?;
        self.answered += outcome.count(201);
        let rate = outcome.rate(201);
        if self.orders.left() == 0 {
            // All carts were used up: the next turn gets more.
            self.fastest *= 2.0;
        } else if self.answered == outcome.count(201) {
            self.fastest = rate;
        } else {
            self.fastest = self.fastest.max(rate);
        }
        Ok(outcome)
    }

    /// The warm-up: a turn that does not count, and one order sent twice, which must be one order.
    pub async fn shop(&mut self, program: &Program, session: &Session) -> Result<()> {
        self.fill(program, session).await?;
        self.order(program).await?;
        let cart = self.cart();
        carts::put(session, std::slice::from_ref(&cart)).await?;
        let total = self.total.context("the total is asked for first")?;
        let order = cart.order(total, &mut self.rng);
        let (first, second) = (
            ask(program.address, &order).await?,
            ask(program.address, &order).await?,
        );
        if first.0 != 201 || first != second {
            bail!(
                "one order sent twice was answered {} and then {}",
                first.0,
                second.0
            );
        }
        self.answered += 1;
        Ok(())
    }
}
