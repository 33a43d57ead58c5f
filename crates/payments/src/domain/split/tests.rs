use super::*;
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

const PARTS: Captures = Captures::Parts { at_most: 50 };

fn shop(number: u128) -> TenantId {
    TenantId(Uuid::from_u128(number))
}

/// Shops 1, 2 and so on, with these shares.
fn split(captures: Captures, amounts: &[i64]) -> Split {
    let shares = (1..).map(shop).zip(amounts.iter().copied());
    Split::new(captures, shares).expect("shares that fit")
}

fn take(number: u32, amount: i64, taken: i64, rest: Rest) -> Option<Ask> {
    Some(Ask::Take(Take {
        number,
        amount,
        taken,
        rest,
    }))
}

/// Captured, released, owed and refunded of each share.
fn stands(split: &Split) -> Vec<(i64, i64, i64, i64)> {
    let shares = split.shares().iter();
    shares
        .map(|share| (share.captured, share.released, share.owed, share.refunded))
        .collect()
}

#[test]
fn nothing_is_taken_before_goods_are_sent() {
    let (split, ask) = split(PARTS, &[700, 300]).ask();
    assert_eq!(ask, None);
    assert_eq!(split.open(), 1000);
}

#[test]
fn each_share_is_taken_when_its_goods_are_sent() {
    let (split, ask) = split(PARTS, &[700, 300]).sent(shop(2)).unwrap().ask();
    assert_eq!(ask, take(1, 300, 0, Rest::Kept));
    let split = split.came(Outcome::Took);
    assert_eq!(stands(&split), [(0, 0, 0, 0), (300, 0, 0, 0)]);
    let (split, ask) = split.sent(shop(1)).unwrap().ask();
    assert_eq!(ask, take(2, 700, 300, Rest::LetGo));
    let (split, ask) = split.came(Outcome::Took).ask();
    assert_eq!((split.captured(), split.has_ended(), ask), (1000, true, None));
    let takes: Vec<Option<u32>> = split.shares().iter().map(|share| share.taken_by).collect();
    assert_eq!(takes, [Some(2), Some(1)]);
}

#[test]
fn a_question_stays_the_same_until_it_is_answered() {
    let (split, ask) = split(PARTS, &[700, 300]).sent(shop(2)).unwrap().ask();
    let (split, again) = split.ask();
    assert_eq!(ask, again);
    // The other shop cancels meanwhile: what is asked stays as it was, and the rest is let go afterwards.
    let (split, again) = split.give_back(shop(1), 700).unwrap().ask();
    assert_eq!(ask, again);
    let (split, ask) = split.came(Outcome::Took).ask();
    assert_eq!(ask, Some(Ask::Release));
    let split = split.came(Outcome::LetGo);
    assert_eq!(stands(&split), [(0, 700, 0, 0), (300, 0, 0, 0)]);
    assert!(split.has_ended());
}

#[test]
fn what_is_cancelled_before_is_released_and_what_is_cancelled_later_is_owed() {
    let split = split(PARTS, &[700, 300]).give_back(shop(1), 200).unwrap();
    let (split, ask) = split.sent(shop(1)).unwrap().ask();
    assert_eq!(ask, take(1, 500, 0, Rest::Kept));
    let split = split.give_back(shop(1), 50).unwrap();
    let split = split.came(Outcome::Took).give_back(shop(1), 100).unwrap();
    assert_eq!(stands(&split), [(500, 200, 150, 0), (0, 0, 0, 0)]);
    let split = split.refunded(shop(1), 150).unwrap();
    assert_eq!(split.clone().refunded(shop(1), 1), Err(Refused::TooMuch));
    assert_eq!(split.clone().give_back(shop(1), 351), Err(Refused::TooMuch));
    assert_eq!(split.clone().give_back(shop(3), 1), Err(Refused::NoSuchShare));
    assert_eq!(stands(&split)[0], (500, 200, 0, 150));
}

#[test]
fn an_order_that_is_cancelled_as_a_whole_is_let_go() {
    let split = split(Captures::Whole, &[700, 300]);
    let split = split.give_back(shop(1), 700).unwrap();
    let (split, ask) = split.give_back(shop(2), 300).unwrap().ask();
    assert_eq!(ask, Some(Ask::Void));
    assert_eq!(
        stands(&split.came(Outcome::LetGo)),
        [(0, 700, 0, 0), (0, 300, 0, 0)]
    );
}

#[test]
fn where_all_or_nothing_is_taken_what_was_cancelled_goes_back() {
    let split = split(Captures::Whole, &[700, 300]);
    let split = split.give_back(shop(1), 200).unwrap().sent(shop(2)).unwrap();
    let (split, ask) = split.ask();
    assert_eq!(ask, take(1, 1000, 0, Rest::LetGo));
    let refused = split.clone().came(Outcome::Refused);
    assert_eq!(
        stands(&refused),
        [(0, 200, 0, 0), (0, 0, 0, 0)],
        "as if it had not been asked"
    );
    assert_eq!(
        stands(&split.came(Outcome::Took)),
        [(700, 0, 200, 0), (300, 0, 0, 0)]
    );
}

#[test]
fn where_it_is_taken_once_it_is_all_that_was_not_cancelled() {
    let split = split(Captures::Once, &[700, 300]);
    let split = split.give_back(shop(1), 200).unwrap().sent(shop(2)).unwrap();
    let (split, ask) = split.ask();
    assert_eq!(ask, take(1, 800, 0, Rest::LetGo));
    assert_eq!(
        stands(&split.came(Outcome::Took)),
        [(500, 200, 0, 0), (300, 0, 0, 0)]
    );
}

#[test]
fn the_last_take_that_a_provider_allows_takes_everything() {
    let split = split(Captures::Parts { at_most: 2 }, &[100, 200, 300]);
    let (split, _) = split.sent(shop(1)).unwrap().ask();
    let (split, ask) = split.came(Outcome::Took).sent(shop(2)).unwrap().ask();
    assert_eq!(ask, take(2, 500, 100, Rest::LetGo));
    assert_eq!(split.came(Outcome::Took).captured(), 600);
}

#[test]
fn before_the_money_lapses_all_of_it_is_taken() {
    let (split, ask) = split(PARTS, &[700, 300]).lapsing().ask();
    assert_eq!(ask, take(1, 1000, 0, Rest::LetGo));
    let split = split.came(Outcome::Took);
    assert_eq!((split.captured(), split.has_ended()), (1000, true));
}

#[test]
fn a_refused_take_is_asked_for_anew_and_one_that_is_gone_is_not() {
    let (split, _) = split(PARTS, &[700, 300]).sent(shop(1)).unwrap().ask();
    let (split, ask) = split.came(Outcome::Refused).ask();
    assert_eq!(ask, take(2, 700, 0, Rest::Kept), "under another number");
    let (split, ask) = split.came(Outcome::Gone).ask();
    assert_eq!(ask, None);
    let lapsed: Vec<i64> = split.shares().iter().map(|share| share.lapsed).collect();
    assert_eq!((lapsed, split.open()), (vec![700, 300], 0));
}

#[test]
fn shares_that_do_not_fit_are_refused() {
    assert_eq!(Split::new(PARTS, [(shop(1), -1)]), Err(Refused::TooMuch));
    let much = [(shop(1), i64::MAX), (shop(2), 1)];
    assert_eq!(Split::new(PARTS, much), Err(Refused::TooMuch));
    assert!(split(PARTS, &[0, 0]).has_ended(), "nothing is set aside");
}

/// A provider that holds callers to its terms.
struct House {
    captures: Captures,
    set_aside: i64,
    authorized: i64,
    taken: i64,
    takes: u32,
}

impl House {
    fn asked(&mut self, ask: Ask, answer: u8) -> Outcome {
        assert!(self.set_aside > 0, "asked about nothing");
        let take = match ask {
            Ask::Take(take) => take,
            Ask::Release | Ask::Void => {
                assert_eq!(ask == Ask::Void, self.taken == 0);
                self.set_aside = 0;
                return Outcome::LetGo;
            }
        };
        match answer {
            0 => return Outcome::Refused,
            1 => {
                self.set_aside = 0;
                return Outcome::Gone;
            }
            _ => {}
        }
        assert!(take.amount > 0 && take.amount <= self.set_aside);
        assert_eq!(take.taken, self.taken);
        self.takes += 1;
        match self.captures {
            Captures::Whole => assert_eq!((take.amount, self.takes), (self.authorized, 1)),
            Captures::Once => assert_eq!((take.rest, self.takes), (Rest::LetGo, 1)),
            Captures::Parts { at_most } => assert!(self.takes <= at_most),
        }
        self.taken += take.amount;
        self.set_aside = match take.rest {
            Rest::Kept => self.set_aside - take.amount,
            Rest::LetGo => 0,
        };
        Outcome::Took
    }
}

/// What a payment's history tells of its shares, summed as it is stored: captured and released.
#[derive(Default)]
struct Stored {
    payment: (i64, i64),
    shares: HashMap<TenantId, (i64, i64)>,
}

impl Stored {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::SharesCaptured { amount, shares, .. } => {
                self.payment.0 += amount;
                for taken in shares {
                    assert!(taken.amount > 0 && taken.unreleased >= 0, "{event:?}");
                    self.payment.1 -= taken.unreleased;
                    let share = self.shares.entry(taken.tenant).or_default();
                    *share = (share.0 + taken.amount, share.1 - taken.unreleased);
                }
            }
            Event::SharesReleased { amount, shares } => {
                self.payment.1 += amount;
                for freed in shares {
                    assert!(freed.amount > 0, "{event:?}");
                    self.shares.entry(freed.tenant).or_default().1 += freed.amount;
                }
            }
            other => panic!("{other:?} is not about shares"),
        }
    }

    /// While a provider is asked, what it was asked for is stored as it was.
    fn check(&self, split: &Split) {
        for share in split.shares() {
            let (captured, released) = self.shares.get(&share.tenant).copied().unwrap_or_default();
            assert_eq!(captured, share.captured, "{share:?}");
            assert_eq!(released, share.released + share.unreleased, "{share:?}");
            assert!(captured + released <= share.authorized, "{share:?}");
        }
        let sum = |of: fn(&(i64, i64)) -> i64| self.shares.values().map(of).sum::<i64>();
        assert_eq!(self.payment, (sum(|share| share.0), sum(|share| share.1)));
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Sent(u128),
    GiveBack(u128, i64),
    Refund(u128),
    Ask,
    Answer(u8),
    Lapsing,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1..5_u128).prop_map(Act::Sent),
        4 => (1..5_u128, 0..400_i64).prop_map(|(shop, amount)| Act::GiveBack(shop, amount)),
        2 => (1..5_u128).prop_map(Act::Refund),
        3 => Just(Act::Ask),
        4 => (0..12_u8).prop_map(Act::Answer),
        1 => Just(Act::Lapsing),
    ]
}

fn providers() -> impl Strategy<Value = Captures> {
    prop_oneof![
        Just(Captures::Whole),
        Just(Captures::Once),
        (1..5_u32).prop_map(|at_most| Captures::Parts { at_most }),
    ]
}

fn check(split: &Split, house: &House) {
    for share in split.shares() {
        assert_eq!(
            share.authorized,
            share.captured + share.released + share.open,
            "{share:?}"
        );
        assert!(share.refunded <= share.captured, "{share:?}");
        assert!(
            share.owed + share.refunded <= share.captured + share.asked,
            "{share:?}"
        );
        assert!(
            share.asked <= share.open && share.unreleased <= share.asked && share.lapsed <= share.released,
            "{share:?}"
        );
        let amounts = [
            share.captured,
            share.released,
            share.open,
            share.asked,
            share.unreleased,
            share.owed,
            share.refunded,
            share.lapsed,
        ];
        assert!(amounts.iter().all(|&amount| amount >= 0), "{share:?}");
    }
    assert_eq!(split.captured(), house.taken);
    assert!(split.open() <= house.set_aside, "{split:?}");
    assert_eq!(split.has_ended(), house.set_aside == 0);
}

proptest! {
    /// Whatever is sent, cancelled, refused and lost in whatever order: the buyer pays exactly what was not given back to
    /// them, shop by shop, and the provider is asked for nothing that it does not do.
    #[test]
    fn the_buyer_pays_what_was_not_given_back(
        captures in providers(),
        amounts in prop::collection::vec(0..400_i64, 1..5),
        acts in prop::collection::vec(acts(), 0..60),
    ) {
        let authorized: i64 = amounts.iter().sum();
        let mut house = House { captures, set_aside: authorized, authorized, taken: 0, takes: 0 };
        let mut split = split(captures, &amounts);
        let mut given_back = vec![0; amounts.len()];
        let mut stored = Stored::default();
        let settle = |split: Split, house: &mut House, answer: u8| {
            let (split, ask) = split.ask();
            // Whoever takes over reads what was kept.
            let kept = serde_json::to_string(&split).expect("a split is told");
            let split: Split = serde_json::from_str(&kept).expect("and read again");
            match ask {
                Some(ask) => split.came(house.asked(ask, answer)),
                None => split,
            }
        };
        for act in acts {
            let before = split.clone();
            split = match act {
                Act::Sent(number) => split.clone().sent(shop(number)).unwrap_or(split),
                Act::GiveBack(number, amount) => match split.clone().give_back(shop(number), amount) {
                    Ok(after) => {
                        given_back[usize::try_from(number - 1).expect("a few shops")] += amount;
                        after
                    }
                    Err(_) => split,
                },
                Act::Refund(number) => {
                    let share = split.shares().iter().find(|share| share.tenant == shop(number));
                    let owed = share.map_or(0, |share| share.owed.min(share.captured - share.refunded));
                    split.clone().refunded(shop(number), owed).unwrap_or(split)
                }
                Act::Ask => split.ask().0,
                Act::Answer(answer) => settle(split, &mut house, answer),
                Act::Lapsing => split.lapsing(),
            };
            check(&split, &house);
            if let Some(event) = split.told_since(&before, "r") {
                stored.tell(&event);
            }
            stored.check(&split);
        }
        // The evening: everything that is left is taken, let go and given back.
        split = split.lapsing();
        for _ in 0..4 {
            let before = split.clone();
            split = settle(split, &mut house, 2);
            if let Some(event) = split.told_since(&before, "r") {
                stored.tell(&event);
            }
            stored.check(&split);
        }
        prop_assert!(split.has_ended() && split.open() == 0);
        for share in split.shares().to_vec() {
            split = split.refunded(share.tenant, share.owed).expect("owed is there to be given");
        }
        check(&split, &house);
        for (share, given_back) in split.shares().iter().zip(given_back) {
            // What lapsed was taken from nobody: of it nothing need be given back.
            let paid = share.captured - share.refunded;
            prop_assert_eq!(paid + share.lapsed, share.authorized - given_back, "{:?}", share);
            prop_assert_eq!(share.owed, 0);
        }
    }
}
