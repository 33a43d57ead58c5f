//! Taking shares through to their end: with every question cut off before and after the provider did what it asks.

use crate::house::{House, SandboxHouse, charge, request, word};
use contracts::payments::CaptureTime;
use kernel::TenantId;
use payments::domain::split::{Refused, Split};
use payments::taking::{Pause, Question, Taking};
use payments::{Answer, Captures, Refund};
use uuid::Uuid;

const fn tenant(number: u128) -> TenantId {
    TenantId(Uuid::from_u128(number))
}

/// 7.00, 3.34 and 2.00.
const SHARES: [(TenantId, i64); 3] = [(tenant(1), 700), (tenant(2), 334), (tenant(3), 200)];

/// Where a process dies: at its nth question, before or after the provider did it.
#[derive(Clone, Copy, Debug)]
struct Death {
    question: usize,
    after: bool,
}

/// A process at a time, over what was kept.
struct Shop {
    house: SandboxHouse,
    kept: String,
    death: Option<Death>,
    asked: Vec<Question>,
}

impl Shop {
    /// 12.34 that are set aside, by a new charge.
    async fn opens(house: SandboxHouse, attempt: u32, method: &str, death: Option<Death>) -> Self {
        let mut asked = request(attempt, method);
        asked.capture = CaptureTime::OnDispatch;
        assert_eq!(word(&house.provider().authorize(asked).await), "authorized");
        let terms = house.provider().terms(charge(attempt)).await.unwrap();
        let taking = Taking::begun(charge(attempt), terms.captures, SHARES).unwrap();
        Self {
            house,
            kept: serde_json::to_string(&taking).unwrap(),
            death,
            asked: Vec::new(),
        }
    }

    fn taking(&self) -> Taking {
        serde_json::from_str(&self.kept).unwrap()
    }

    fn keeps(&mut self, taking: &Taking) {
        self.kept = serde_json::to_string(taking).unwrap();
    }

    fn does(&mut self, step: impl FnOnce(Split) -> Result<Split, Refused>) {
        let taking = self.taking().changed(step).unwrap();
        self.keeps(&taking);
    }

    fn sent(&mut self, number: u128) {
        self.does(|split| split.sent(tenant(number)));
    }

    fn gives_back(&mut self, number: u128, amount: i64) {
        self.does(|split| split.give_back(tenant(number), amount));
    }

    /// Processes follow each other until there is nothing more to ask.
    async fn settles(&mut self) {
        for _ in 0..32 {
            let (kept, question) = self.taking().ask();
            self.keeps(&kept);
            let Some(question) = question else { return };
            let number = self.asked.len();
            self.asked.push(question.clone());
            let dies = self.death.filter(|death| death.question == number);
            if dies.is_some_and(|death| !death.after) {
                continue;
            }
            let answer = question.put(self.house.provider()).await;
            if dies.is_some() {
                continue;
            }
            let (kept, _) = kept.answered(&question, &answer);
            self.keeps(&kept);
        }
        panic!("it never settles: {:?}", self.asked);
    }
}

/// The first shop sends, some of its goods were cancelled; the second sends; the third cancels. Gives what was captured and
/// what is owed of it.
async fn an_evening(shop: &mut Shop) -> (i64, i64) {
    shop.gives_back(1, 100);
    shop.sent(1);
    shop.settles().await;
    shop.sent(2);
    shop.settles().await;
    shop.gives_back(3, 200);
    shop.settles().await;
    let taking = shop.taking();
    let split = taking.split();
    assert!(split.has_ended(), "{split:?}");
    let owed = split.shares().iter().map(|share| share.owed).sum();
    (split.captured(), owed)
}

#[tokio::test]
async fn whoever_dies_and_whenever_each_share_is_taken_once() {
    let mut house = SandboxHouse::open().await;
    let (mut attempt, mut taken) = (0, 0);
    for (method, captured, owed) in [
        ("tok_visa", 934, 0),
        ("tok_take_timeout", 934, 0),
        ("tok_capture_once", 1134, 200),
        ("tok_capture_whole", 1234, 300),
    ] {
        let deaths = (0..5).flat_map(|question| [false, true].map(|after| Some(Death { question, after })));
        for death in deaths.chain([None]) {
            attempt += 1;
            let mut shop = Shop::opens(house, attempt, method, death).await;
            assert_eq!(
                an_evening(&mut shop).await,
                (captured, owed),
                "{method} {death:?}: the buyer pays 9.34"
            );
            taken += captured;
            let (_, books, _) = shop.house.books().await;
            assert_eq!(books, taken, "{method} {death:?}: {:?}", shop.asked);
            house = shop.house;
        }
    }
}

#[tokio::test]
async fn an_order_that_is_cancelled_as_a_whole_is_let_go() {
    let mut house = SandboxHouse::open().await;
    for (attempt, after) in [(1, false), (2, true)] {
        let death = Some(Death { question: 0, after });
        let mut shop = Shop::opens(house, attempt, "tok_visa", death).await;
        for (number, (_, amount)) in (1..).zip(SHARES) {
            shop.gives_back(number, amount);
        }
        shop.settles().await;
        let stands = shop.house.provider().inquire(charge(attempt).key).await;
        assert_eq!(word(&stands), "voided");
        assert_eq!(
            shop.asked,
            [Question::Void(charge(attempt)), Question::Void(charge(attempt))]
        );
        house = shop.house;
    }
}

#[tokio::test]
async fn a_share_goes_back_of_the_take_that_took_it() {
    let mut shop = Shop::opens(SandboxHouse::open().await, 1, "tok_visa", None).await;
    an_evening(&mut shop).await;
    shop.gives_back(2, 134);
    let taking = shop.taking();
    assert_eq!(taking.take_of(tenant(9)), None);
    assert_eq!(taking.take_of(tenant(3)), None, "it was released");
    let refund = Refund {
        key: "refund-of-a-lamp".to_owned(),
        charge: charge(1),
        of: taking.take_of(tenant(2)),
        amount: kernel::Money::new(134, kernel::Currency::EUR),
        reason: "A lamp was broken.".to_owned(),
    };
    let answer = shop.house.provider().refund(refund).await;
    assert_eq!(word(&answer), "refunded");
    assert_eq!(shop.house.books().await, (1, 934, 134));
}

#[tokio::test]
async fn what_is_not_known_is_inquired_about_and_what_is_refused_is_asked_for_anew() {
    let begun = Taking::begun(charge(1), Captures::Parts { at_most: 9 }, SHARES).unwrap();
    let taking = begun.changed(|split| split.sent(tenant(1))).unwrap();
    let key = |question: &Question| match question {
        Question::Take(take) => ("take", take.key.clone()),
        Question::InquireTake(take) => ("inquire", take.key.clone()),
        other => panic!("{other:?}"),
    };
    let numbered = |number: u32| payments::provider::take_key(&charge(1).key, number);
    let reference = || "ch_1".to_owned();
    let answers = [
        (Answer::Unknown, Pause::Backoff, ("inquire", numbered(1))),
        (Answer::Unknown, Pause::Backoff, ("inquire", numbered(1))),
        (
            Answer::Authorized {
                reference: reference(),
            },
            Pause::None,
            ("take", numbered(1)),
        ),
        (
            Answer::Declined {
                reason: "Not now.".to_owned(),
            },
            Pause::Backoff,
            ("take", numbered(2)),
        ),
        (Answer::NotFound, Pause::Backoff, ("inquire", numbered(2))),
    ];
    let (mut taking, question) = taking.ask();
    let mut question = question.unwrap();
    assert_eq!(key(&question), ("take", numbered(1)));
    for (answer, pause, next) in answers {
        let (answered, waits) = taking.answered(&question, &answer);
        assert_eq!(waits, pause, "{answer:?}");
        let (kept, asked) = answered.ask();
        question = asked.unwrap();
        assert_eq!(key(&question), next, "after {answer:?}");
        taking = kept;
    }
    let (taking, _) = taking.answered(
        &question,
        &Answer::Voided {
            reference: reference(),
        },
    );
    assert!(taking.split().has_ended(), "its time ran out");
    assert_eq!(taking.ask().1, None);
}

#[test]
fn what_was_not_taken_in_time_is_open_no_more() {
    let begun = Taking::begun(charge(1), Captures::Parts { at_most: 9 }, SHARES).unwrap();
    let (asking, question) = begun
        .clone()
        .changed(|split| split.sent(tenant(1)))
        .unwrap()
        .ask();
    assert!(question.is_some());
    assert_eq!(
        asking.clone().lapsed(),
        asking,
        "what is asked for is answered first"
    );
    let over = begun.lapsed();
    assert_eq!((over.split().open(), over.split().captured()), (0, 0));
    assert!(
        over.split()
            .shares()
            .iter()
            .all(|share| share.lapsed == share.authorized)
    );
    assert_eq!(over.ask().1, None);
}

#[test]
fn shares_sum_to_their_charge() {
    let few = Taking::begun(charge(1), Captures::Once, [(tenant(1), 1233)]);
    assert!(few.is_err());
}
