//! One of a thousand buyers.

use super::{Market, chance};
use crate::{Guest, Lost, Quote, Sku};
use anyhow::{Context, Result, bail, ensure};
use contracts::orders::Order;
use kernel::Money;
use rand::Rng;
use rand::rngs::StdRng;
use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use testkit::Response;

/// Who wants the one that everybody wants, of a hundred.
const WANT_HOT: u32 = 60;
/// Who asks twice with the same key, of a hundred.
const ASK_TWICE: u32 = 10;
/// Thirty of a hundred cards are declined or do not answer; a third of the others' webhooks are troubled.
const METHODS: [(u32, &str); 6] = [
    (15, "tok_declined"),
    (8, "tok_timeout"),
    (4, "tok_timeout_declined"),
    (3, "tok_lost"),
    (25, "tok_webhooks"),
    (45, "tok_visa"),
];
const LINES_MAX: usize = 5;
const RETRY_PAUSE: Duration = Duration::from_millis(50);
/// Whoever was not answered by then never will be.
const PATIENCE: Duration = Duration::from_secs(300);

pub struct Buyer {
    guest: Guest,
    wanted: Vec<Sku>,
    total: Money,
    rng: StdRng,
}

/// What became of a buyer's cart.
pub struct Purchase {
    pub guest: Guest,
    pub order: Option<Order>,
    /// The last word about paying it.
    pub paid: String,
    pub asked_twice: bool,
    /// From asking to the answer.
    pub placing: Duration,
    /// Since the rush began.
    pub placed_at: Duration,
}

impl Purchase {
    pub fn is_paid(&self) -> bool {
        self.paid == "captured"
    }
}

impl Buyer {
    /// One to five lines, the hot one among them for most.
    pub async fn fill(market: &Market, n: usize, mut rng: StdRng) -> Result<Self> {
        let mut wanted = Vec::new();
        if chance(&mut rng, WANT_HOT) {
            wanted.push(market.hot.clone());
        }
        let lines = rng.random_range(1..=LINES_MAX).max(wanted.len());
        // Starting anywhere and going on from there: each once.
        let first = rng.random_range(0..market.others.len());
        let others = market
            .others
            .iter()
            .cycle()
            .skip(first)
            .take(lines - wanted.len());
        wanted.extend(others.cloned());
        let mut guest = match Guest::begin(&market.stranger, &wanted[0], 1).await? {
            Ok(guest) => guest,
            Err(refused) => bail!(
                "buyer {n} cannot begin a cart: {} {}",
                refused.status,
                refused.text()
            ),
        };
        for sku in &wanted[1..] {
            let added = guest.add(sku, 1).await?;
            ensure!(added.status == 200, "buyer {n}: {}", added.text());
        }
        let total = quoted(&guest).await?;
        Ok(Self {
            guest,
            wanted,
            total,
            rng,
        })
    }

    /// Orders, without what is gone if need be, and pays.
    pub async fn buy(mut self, market: &Market, began: Instant) -> Result<Purchase> {
        let asked_twice = chance(&mut self.rng, ASK_TWICE);
        let method = method(&mut self.rng);
        let asked = Instant::now();
        let mut order = None;
        while !self.wanted.is_empty() {
            let key = format!("key-{}", self.wanted.len());
            let answer = self.place(market, &key, asked_twice).await?;
            match answer.status {
                201 => {
                    order = Some(answer.read::<Order>());
                    break;
                }
                409 if answer.json()["code"] == "out_of_stock" => self.leave_out(market, &answer).await?,
                _ => bail!("placing was answered {}: {}", answer.status, answer.text()),
            }
        }
        let (placing, placed_at) = (asked.elapsed(), began.elapsed());
        let paid = match &order {
            Some(order) => pay(market, &self.guest, order, method).await?,
            None => "nothing left".to_owned(),
        };
        market.served.fetch_add(1, Ordering::SeqCst);
        Ok(Purchase {
            guest: self.guest,
            order,
            paid,
            asked_twice,
            placing,
            placed_at,
        })
    }

    /// Once, or twice at once with the same key: then both answers are the same.
    async fn place(&self, market: &Market, key: &str, twice: bool) -> Result<Response> {
        let ask = || persist(market, || self.guest.place(key, self.total));
        if !twice {
            return ask().await;
        }
        let (first, second) = tokio::join!(ask(), ask());
        let (first, second) = (first?, second?);
        let alike = |answer: &Response| match answer.status {
            201 => answer.json(),
            _ => answer.json()["code"].clone(),
        };
        ensure!(
            (first.status, alike(&first)) == (second.status, alike(&second)),
            "the same key, two answers: {} and {}",
            first.text(),
            second.text()
        );
        Ok(first)
    }

    /// Takes out of the cart what is gone.
    async fn leave_out(&mut self, market: &Market, refused: &Response) -> Result<()> {
        let shortages = refused.json()["shortages"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        ensure!(!shortages.is_empty(), "refused for nothing: {}", refused.text());
        for shortage in shortages {
            let gone = shortage["sku"].as_str().unwrap_or_default().to_owned();
            self.wanted.retain(|sku| sku.id != gone);
            let path = format!("/v1/cart/lines/{gone}");
            let answer = persist(market, || self.guest.caller.delete(&path)).await?;
            if answer.status == 200 {
                self.guest.version = answer.json()["version"].as_i64().unwrap_or(self.guest.version);
            }
        }
        if !self.wanted.is_empty() {
            let cart = persist(market, || self.guest.caller.get("/v1/cart")).await?;
            self.guest.version = cart.json()["version"].as_i64().unwrap_or(self.guest.version);
            let quote = persist(market, || self.guest.quote()).await?;
            ensure!(quote.status == 200, "{}", quote.text());
            self.total = quote.read::<Quote>().total;
        }
        Ok(())
    }
}

fn method(rng: &mut StdRng) -> &'static str {
    let mut roll = rng.random_range(0..100);
    for (share, method) in METHODS {
        if roll < share {
            return method;
        }
        roll -= share;
    }
    "tok_visa"
}

async fn quoted(guest: &Guest) -> Result<Money> {
    let quote = guest.quote().await?;
    ensure!(quote.status == 200, "{}", quote.text());
    Ok(quote.read::<Quote>().total)
}

/// Pays until it is known what became of it; what a provider never hears of is left to run out.
async fn pay(market: &Market, guest: &Guest, order: &Order, method: &str) -> Result<String> {
    let id = order.id.to_string();
    let began = Instant::now();
    loop {
        let answer = persist(market, || guest.pay(&id, method)).await?;
        ensure!(
            answer.status == 200,
            "paying was answered {}: {}",
            answer.status,
            answer.text()
        );
        let told = answer.json();
        match told["status"].as_str() {
            Some("processing") if method == "tok_lost" => return Ok("processing".to_owned()),
            Some("processing" | "due") if began.elapsed() < PATIENCE => tokio::time::sleep(RETRY_PAUSE).await,
            word => return Ok(word.unwrap_or("nothing").to_owned()),
        }
    }
}

/// Asks again until there is an answer that will not change. A failure of the program is noted, and asked again as well.
async fn persist<F>(market: &Market, ask: impl Fn() -> F) -> Result<Response>
where
    F: Future<Output = Result<Response, Lost>>,
{
    let began = Instant::now();
    loop {
        let mut pause = RETRY_PAUSE;
        match ask().await {
            Ok(answer) if answer.status >= 500 => {
                if let Ok(mut failures) = market.failures.lock() {
                    failures.push(format!("{}: {}", answer.status, answer.text()));
                }
            }
            Ok(answer) if answer.status == 429 => {
                market.put_off.fetch_add(1, Ordering::SeqCst);
                pause = told_pause(&answer)?;
            }
            Ok(answer) => return Ok(answer),
            Err(_) => {
                market.broken_off.fetch_add(1, Ordering::SeqCst);
            }
        }
        if began.elapsed() > PATIENCE {
            bail!("no answer within {PATIENCE:?}");
        }
        tokio::time::sleep(pause).await;
    }
}

/// For how long whoever was put off is asked to wait.
fn told_pause(answer: &Response) -> Result<Duration> {
    let told = answer
        .headers
        .get("retry-after")
        .and_then(|value| value.to_str().ok());
    let seconds = told.with_context(|| format!("429 without Retry-After: {}", answer.text()))?;
    Ok(Duration::from_secs(seconds.parse()?))
}
