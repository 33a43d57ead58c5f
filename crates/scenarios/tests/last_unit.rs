//! Ten buyers want at once what is left, again and again: one gets it, nine are told that it is gone.

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::Result;
use bench::program::Launch;
use contracts::orders::{Order, SubOrderStatus};
use futures::future::{join_all, try_join_all};
use scenarios::{Caller, Front, Guest, Level, Lost, Quote, Shop, Site, Sku};
use std::sync::Arc;
use std::time::Instant;
use testkit::{Response, eventually};

const ROUNDS: usize = 200;
const BUYERS: usize = 10;
/// Rounds take turns among so many SKUs: pages remember availability for a moment, so what came in just now is not
/// found at once. Even, so that every other round meets the same SKUs.
const SHELVES: usize = 8;
/// Units of what there is enough of.
const PLENTY: i64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn one_instance() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let program = launch.start().await?;
    play(&launch, &Front::of(&program), |_| Wish::TheLast).await?;
    program.stop().await?;
    launch.verify().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances() -> Result<()> {
    on_two_instances(|_| Wish::TheLast).await
}

/// Lines of one cart count together: those of one SKU, and those of several.
#[tokio::test(flavor = "multi_thread")]
async fn two_lines_in_each_cart() -> Result<()> {
    on_two_instances(|round| match round % 2 {
        0 => Wish::TwoOfThree,
        _ => Wish::TheLastAndMore,
    })
    .await
}

async fn on_two_instances(wish: impl Fn(usize) -> Wish) -> Result<()> {
    let site = Site::new()?;
    let database = site.database().await?;
    let first = database.behind(site.launch("first"));
    let second = database.behind(site.launch("second"));
    let programs = [first.start().await?, second.start().await?];
    play(&first, &Front::around(&programs.each_ref()), wish).await?;
    for program in programs {
        program.stop().await?;
    }
    first.verify().await?;
    database.stop().await
}

/// What every buyer of a round has in their cart.
#[derive(Clone, Copy)]
enum Wish {
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

async fn play(launch: &Launch, front: &Arc<Front>, wish: impl Fn(usize) -> Wish) -> Result<()> {
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

    let began = Instant::now();
    for round in 0..ROUNDS {
        story.round(round, wish(round)).await?;
    }
    println!(
        "{ROUNDS} rounds of {BUYERS} buyers in {:.1} s",
        began.elapsed().as_secs_f64()
    );

    let sold = story.shop.sub_orders().await?;
    assert_eq!(sold.len(), ROUNDS, "as many orders as rounds");
    assert!(sold.iter().all(|part| part.status == SubOrderStatus::Confirmed));
    for (number, shelf) in story.shelves.iter().enumerate() {
        let on_hand = wish(number).left();
        assert_eq!(
            story.shop.level(shelf).await?,
            Level { on_hand, reserved: 0 },
            "shelf {number}"
        );
    }
    let more = (0..ROUNDS)
        .filter(|&round| matches!(wish(round), Wish::TheLastAndMore))
        .count();
    let on_hand = PLENTY - i64::try_from(more)?;
    assert_eq!(
        story.shop.level(&story.plenty).await?,
        Level { on_hand, reserved: 0 }
    );
    Ok(())
}

impl Story {
    async fn round(&self, round: usize, wish: Wish) -> Result<()> {
        let shelf = &self.shelves[round % SHELVES];
        let left = if round < SHELVES { 0 } else { wish.left() };
        let delivery = format!("delivery {round}");
        self.shop.restock(&delivery, shelf, wish.stock() - left).await?;
        let guests: Vec<Guest> = join_all((0..BUYERS).map(|_| self.guest(shelf, wish))).await;
        let quotes: Vec<Response> = try_join_all(guests.iter().map(Guest::quote)).await?;
        let totals = quotes
            .into_iter()
            .map(|quote| quote.expect(200).read::<Quote>().total);

        let placing = guests
            .iter()
            .zip(totals)
            .map(|(guest, total)| guest.place("once", total));
        let answers: Vec<Response> = join_all(placing).await.into_iter().collect::<Result<_, Lost>>()?;

        let (got, missed): (Vec<_>, Vec<_>) = guests
            .iter()
            .zip(&answers)
            .partition(|(_, answer)| answer.status == 201);
        assert_eq!(got.len(), 1, "round {round}: {:?}", told(&answers));
        for (_, answer) in missed {
            let refusal = answer.json();
            assert_eq!(
                refusal["code"],
                "out_of_stock",
                "round {round}: {:?}",
                told(&answers)
            );
            assert_eq!(refusal["shortages"][0]["sku"], shelf.id.as_str());
            assert_eq!(refusal["shortages"][0]["available"], wish.left());
        }
        let (winner, answer) = got[0];
        let order: Order = answer.read();
        let paid = winner
            .pay(&order.id.to_string(), "tok_visa")
            .await?
            .expect(200)
            .json();
        assert_eq!(paid["status"], "captured", "round {round}");
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
    answers
        .iter()
        .map(|answer| format!("{} {}", answer.status, answer.text()))
        .collect()
}
