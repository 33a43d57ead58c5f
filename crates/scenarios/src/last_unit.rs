//! Ten buyers want at once what is left, again and again: one gets it, nine are told that it is gone.

use crate::findings::{Findings, Plot, PlotKind, histogram, quantile};
use crate::{Caller, Front, Guest, Level, Lost, Quote, Shop, Sku};
use anyhow::{Result, ensure};
use bench::program::Launch;
use contracts::orders::{Order, SubOrderStatus};
use futures::future::{join_all, try_join_all};
use std::sync::Arc;
use std::time::Instant;
use testkit::{Response, eventually};

const BUYERS: usize = 10;
/// Rounds take turns among so many SKUs: pages remember availability for a moment, so what came in just now is not
/// found at once. Even, so that every other round meets the same SKUs.
const SHELVES: usize = 8;
/// Units of what there is enough of.
const PLENTY: i64 = 1_000_000;
const LATENCY_SPAN_MS: f64 = 10.0;

/// What every buyer of a round has in their cart.
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    /// One of what there is one of.
    TheLast,
    /// One and another one of what there are three of: a second buyer could have one of the two.
    TwoOfThree,
    /// One of what there is one of, and one of what there is plenty of.
    TheLastAndMore,
}

impl Wish {
    /// Units on the shelf.
    fn stock(self) -> i64 {
        match self {
            Self::TheLast | Self::TheLastAndMore => 1,
            Self::TwoOfThree => 3,
        }
    }

    fn left(self) -> i64 {
        match self {
            Self::TheLast | Self::TheLastAndMore => 0,
            Self::TwoOfThree => 1,
        }
    }
}

struct Story {
    shop: Shop,
    shelves: Vec<Sku>,
    plenty: Sku,
    stranger: Caller,
}

/// Plays so many rounds at whatever stands behind `front`.
pub async fn play(
    launch: &Launch,
    front: &Arc<Front>,
    rounds: usize,
    wish: impl Fn(usize) -> Wish,
) -> Result<Findings> {
    let shop = Shop::open(launch, front, &["Alfareria Romero"]).await?.remove(0);
    let shelves = shop.publish("Jarra", &[1_500; SHELVES], 0).await?;
    let plenty = shop.publish("Barro", &[300], PLENTY).await?.remove(0);
    let stranger = Caller::new(front);
    let story = Story {
        shop,
        shelves,
        plenty,
        stranger,
    };

    let mut findings = Findings::default();
    let mut waited = Vec::new();
    let began = Instant::now();
    let mut wrong = Vec::new();
    for round in 0..rounds {
        if let Err(error) = story.round(round, wish(round), &mut waited).await {
            wrong.push(format!("round {round}: {error:#}"));
        }
    }
    findings.figure("rounds", rounds);
    findings.figure("buyers in each", BUYERS);
    findings.figure("seconds", format!("{:.1}", began.elapsed().as_secs_f64()));
    findings.figure(
        "an answer took, median",
        format!("{:.0} ms", quantile(&waited, 0.5)),
    );
    findings.figure(
        "an answer took, 99 of 100",
        format!("{:.0} ms", quantile(&waited, 0.99)),
    );
    findings.plots.push(Plot {
        title: "How long buyers waited to hear whether they got it".to_owned(),
        across: "milliseconds".to_owned(),
        up: "buyers".to_owned(),
        kind: PlotKind::Bars,
        points: histogram(&waited, LATENCY_SPAN_MS),
    });
    let what = "in every round one buyer gets it, and nine are told what is left";
    findings.check(what, wrong.is_empty(), || wrong.join("; "));
    story.check(&mut findings, rounds, wish).await?;
    Ok(findings)
}

impl Story {
    async fn check(
        &self,
        findings: &mut Findings,
        rounds: usize,
        wish: impl Fn(usize) -> Wish,
    ) -> Result<()> {
        let sold = self.shop.sub_orders().await?;
        let confirmed = sold
            .iter()
            .filter(|part| part.status == SubOrderStatus::Confirmed)
            .count();
        findings.check(
            "as many orders as rounds, all of them paid",
            (sold.len(), confirmed) == (rounds, rounds),
            || format!("{} orders, {confirmed} confirmed", sold.len()),
        );
        let mut wrong = Vec::new();
        for (number, shelf) in self.shelves.iter().enumerate() {
            let used = number < rounds;
            let left = if used { wish(number).left() } else { 0 };
            let level = self.shop.level(shelf).await?;
            if level
                != (Level {
                    on_hand: left,
                    reserved: 0,
                })
            {
                wrong.push(format!("shelf {number}: {level:?}"));
            }
        }
        let more = (0..rounds)
            .filter(|&round| matches!(wish(round), Wish::TheLastAndMore))
            .count();
        let on_hand = PLENTY - i64::try_from(more)?;
        let level = self.shop.level(&self.plenty).await?;
        if level != (Level { on_hand, reserved: 0 }) {
            wrong.push(format!("of the plenty: {level:?}"));
        }
        findings.check(
            "stock is what was not sold, and nothing is held",
            wrong.is_empty(),
            || wrong.join("; "),
        );
        Ok(())
    }

    async fn round(&self, round: usize, wish: Wish, waited: &mut Vec<f64>) -> Result<()> {
        let shelf = &self.shelves[round % SHELVES];
        let left = if round < SHELVES { 0 } else { wish.left() };
        let delivery = format!("delivery {round}");
        self.shop.restock(&delivery, shelf, wish.stock() - left).await?;
        let guests: Vec<Guest> = join_all((0..BUYERS).map(|_| self.guest(shelf, wish))).await;
        let quotes: Vec<Response> = try_join_all(guests.iter().map(Guest::quote)).await?;
        let totals = quotes
            .into_iter()
            .map(|quote| quote.expect(200).read::<Quote>().total);

        let asked = Instant::now();
        let placing = guests.iter().zip(totals).map(async |(guest, total)| {
            let answer = guest.place("once", total).await;
            (answer, asked.elapsed())
        });
        let mut answers = Vec::new();
        for (answer, took) in join_all(placing).await {
            waited.push(took.as_secs_f64() * 1_000.0);
            answers.push(answer?);
        }

        let (got, missed): (Vec<_>, Vec<_>) = guests
            .iter()
            .zip(&answers)
            .partition(|(_, answer)| answer.status == 201);
        ensure!(got.len() == 1, "{} got it: {:?}", got.len(), told(&answers));
        for (_, answer) in missed {
            let refusal = answer.json();
            let shortage = &refusal["shortages"][0];
            ensure!(
                refusal["code"] == "out_of_stock"
                    && shortage["sku"] == shelf.id.as_str()
                    && shortage["available"] == wish.left(),
                "{:?}",
                told(&answers)
            );
        }
        let (winner, answer) = got[0];
        let order: Order = answer.read();
        let paid = winner.pay(&order.id.to_string(), "tok_visa").await?;
        ensure!(
            paid.status == 200 && paid.json()["status"] == "captured",
            "{}",
            paid.text()
        );
        Ok(())
    }

    /// A buyer with the wish of the round in their cart, as soon as pages see what came in.
    async fn guest(&self, shelf: &Sku, wish: Wish) -> Guest {
        eventually("there is something to put into a cart", || async {
            self.try_guest(shelf, wish).await.expect("it answers")
        })
        .await
    }

    async fn try_guest(&self, shelf: &Sku, wish: Wish) -> Result<Option<Guest>, Lost> {
        let Ok(mut guest) = Guest::begin(&self.stranger, shelf, 1).await? else {
            return Ok(None);
        };
        let added = match wish {
            Wish::TheLast => return Ok(Some(guest)),
            Wish::TwoOfThree => guest.add(shelf, 1).await?,
            Wish::TheLastAndMore => guest.add(&self.plenty, 1).await?,
        };
        if added.status != 200 {
            assert_eq!(added.json()["code"], "out_of_stock");
            return Ok(None);
        }
        let lines = added.json()["lines"].as_array().map(Vec::len);
        let of_one_sku = matches!(wish, Wish::TwoOfThree);
        assert_eq!(lines, Some(if of_one_sku { 1 } else { 2 }), "a line for each SKU");
        Ok(Some(guest))
    }
}

fn told(answers: &[Response]) -> Vec<String> {
    let words = answers
        .iter()
        .map(|answer| format!("{} {}", answer.status, answer.text()));
    words.collect()
}
