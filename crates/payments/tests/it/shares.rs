//! What is stored of a payment whose shares are taken, released and given back one by one.

use crate::fallback::till_client;
use contracts::payments::{Payment, PaymentStatus};
use kernel::{Clock, Ctx, Currency, Money, OrderId, PaymentId, RefundId, TenantId, Timestamp};
use payments::domain::{CapturedShare, Event, RefundedShare, ReleasedShare};
use payments::till::{Moves, NewPayments, Prepared};
use payments::webhook::Secret;
use payments::{PaymentBook, Sandbox};
use testkit::TestDb;
use tokio_postgres::Client;
use uuid::Uuid;

const BOWLS: TenantId = TenantId(Uuid::from_u128(1));
const LAMPS: TenantId = TenantId(Uuid::from_u128(2));

/// 10.00 that are set aside: 7.00 for bowls, 3.00 for lamps.
struct Desk {
    _db: TestDb,
    client: Client,
    prepared: Prepared,
    book: PaymentBook,
    payment: PaymentId,
    now: Timestamp,
}

impl Desk {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let client = till_client(db.url()).await;
        let prepared = payments::till::prepare(&client).await.unwrap();
        let now = testkit::clock().now();
        let payment = PaymentId::new(now);
        let money = |amount| Money::new(amount, Currency::EUR);
        let mut new = NewPayments::default();
        let shares = [(BOWLS, money(700)), (LAMPS, money(300))];
        new.push(payment, OrderId::new(now), money(1000), now, shares.into_iter());
        let insert = store::rows::together(&payments::till::INSERTS);
        let insert = client.prepare(&insert).await.unwrap();
        let (rows, parts) = new.rows();
        client.execute(&insert, &[&rows, &parts]).await.unwrap();
        let sandbox = Sandbox::new(db.db(payments::CONTEXT), Secret::new(vec![7; 32]));
        let desk = Self {
            book: PaymentBook::new(db.db(payments::CONTEXT), sandbox),
            _db: db,
            client,
            prepared,
            payment,
            now,
        };
        let started = Event::Started {
            attempt: 1,
            provider: "sandbox".to_owned(),
            method: "tok_visa".to_owned(),
        };
        desk.moves(started).await;
        desk.moves(Event::Authorized { reference: r() }).await;
        desk
    }

    /// Whether the payment moved by it.
    async fn tried(&self, event: &Event) -> bool {
        let mut moves = Moves::default();
        let ctx = Ctx::system("test", self.now);
        moves.push(&ctx, self.payment, event).unwrap();
        let moved = payments::till::settle(&self.client, &self.prepared, &moves).await;
        !moved.unwrap().is_empty()
    }

    async fn moves(&self, event: Event) {
        assert!(self.tried(&event).await, "{event:?}");
        let findings = payments::verify(&self.book).await.unwrap();
        assert_eq!(findings, Vec::<String>::new(), "after {event:?}");
    }

    /// The status, and what is captured, released and given back of the payment, of bowls and of lamps.
    async fn stands(&self) -> (PaymentStatus, [[i64; 3]; 3]) {
        let Payment {
            status,
            captured,
            released,
            refunded,
            shares,
            ..
        } = self.book.find(self.payment).await.unwrap();
        let row = |captured: Money, released: Option<Money>, refunded: Money| {
            let released = released.map_or(0, |money| money.amount);
            [captured.amount, released, refunded.amount]
        };
        let of = |tenant| {
            let share = shares.iter().find(|share| share.tenant == tenant).unwrap();
            row(share.captured, share.released, share.refunded)
        };
        let all = row(captured, released, refunded);
        (status, [all, of(BOWLS), of(LAMPS)])
    }
}

fn r() -> String {
    "ch_1".to_owned()
}

/// What was taken of each shop's share, and of it what had been released.
fn captured(shares: &[(TenantId, i64, i64)]) -> Event {
    let share = |&(tenant, amount, unreleased)| CapturedShare {
        tenant,
        amount,
        unreleased,
    };
    Event::SharesCaptured {
        reference: r(),
        amount: shares.iter().map(|(_, amount, _)| amount).sum(),
        shares: shares.iter().map(share).collect(),
    }
}

fn released(tenant: TenantId, amount: i64) -> Event {
    Event::SharesReleased {
        amount,
        shares: vec![ReleasedShare { tenant, amount }],
    }
}

fn given_back(shares: &[(TenantId, i64)]) -> Event {
    Event::PartlyRefunded {
        refund: RefundId(Uuid::from_u128(9)),
        reference: r(),
        amount: shares.iter().map(|(_, amount)| amount).sum(),
        shares: refunded(shares),
    }
}

fn refunded(shares: &[(TenantId, i64)]) -> Vec<RefundedShare> {
    let share = |&(tenant, amount)| RefundedShare { tenant, amount };
    shares.iter().map(share).collect()
}

#[tokio::test]
async fn a_payment_is_authorized_until_nothing_of_it_is_open() {
    use PaymentStatus as S;
    let desk = Desk::open().await;
    desk.moves(released(BOWLS, 200)).await;
    assert_eq!(
        desk.stands().await,
        (S::Authorized, [[0, 200, 0], [0, 200, 0], [0, 0, 0]])
    );
    desk.moves(captured(&[(LAMPS, 300, 0)])).await;
    assert_eq!(
        desk.stands().await,
        (S::Authorized, [[300, 200, 0], [0, 200, 0], [300, 0, 0]])
    );
    desk.moves(given_back(&[(LAMPS, 300)])).await;
    assert_eq!(
        desk.stands().await,
        (S::Authorized, [[300, 200, 300], [0, 200, 0], [300, 0, 300]]),
        "all that was taken went back, and there is a rest"
    );
    desk.moves(captured(&[(BOWLS, 500, 0)])).await;
    assert_eq!(
        desk.stands().await,
        (S::Captured, [[800, 200, 300], [500, 200, 0], [300, 0, 300]])
    );
    desk.moves(given_back(&[(BOWLS, 500)])).await;
    assert_eq!(
        desk.stands().await,
        (S::Refunded, [[800, 200, 800], [500, 200, 500], [300, 0, 300]])
    );
    desk.moves(Event::RefundCameBack {
        refund: RefundId(Uuid::from_u128(9)),
        amount: 500,
        shares: refunded(&[(BOWLS, 500)]),
    })
    .await;
    assert_eq!(
        desk.stands().await,
        (S::Captured, [[800, 200, 300], [500, 200, 0], [300, 0, 300]])
    );
}

#[tokio::test]
async fn what_was_released_is_captured_where_all_is_taken_or_nothing() {
    let desk = Desk::open().await;
    desk.moves(released(BOWLS, 200)).await;
    desk.moves(captured(&[(BOWLS, 700, 200), (LAMPS, 300, 0)])).await;
    assert_eq!(
        desk.stands().await,
        (PaymentStatus::Captured, [[1000, 0, 0], [700, 0, 0], [300, 0, 0]])
    );
}

#[tokio::test]
async fn what_was_released_in_full_is_voided() {
    let desk = Desk::open().await;
    desk.moves(released(BOWLS, 700)).await;
    desk.moves(released(LAMPS, 300)).await;
    let (status, [all, ..]) = desk.stands().await;
    assert_eq!((status, all), (PaymentStatus::Authorized, [0, 1000, 0]));
    desk.moves(Event::Voided).await;
    assert_eq!(desk.stands().await.0, PaymentStatus::Voided);
}

#[tokio::test]
async fn what_was_taken_in_parts_is_neither_captured_as_a_whole_nor_let_go() {
    let desk = Desk::open().await;
    desk.moves(captured(&[(LAMPS, 300, 0)])).await;
    let before = desk.stands().await;
    for event in [
        Event::Captured { reference: r() },
        Event::Declined {
            reason: "The card has expired.".to_owned(),
        },
        Event::Voided,
        Event::Refunded { reference: r() },
    ] {
        assert!(!desk.tried(&event).await, "{event:?}");
    }
    assert_eq!(desk.stands().await, before);
    desk.moves(captured(&[(BOWLS, 700, 0)])).await;
    assert!(!desk.tried(&released(BOWLS, 1)).await, "it is taken");
}

#[tokio::test]
async fn more_than_a_share_is_neither_captured_nor_released() {
    for event in [
        captured(&[(BOWLS, 701, 0)]),
        released(LAMPS, 301),
        captured(&[(BOWLS, 700, 1)]),
    ] {
        let desk = Desk::open().await;
        let mut moves = Moves::default();
        let ctx = Ctx::system("test", desk.now);
        moves.push(&ctx, desk.payment, &event).unwrap();
        let refused = payments::till::settle(&desk.client, &desk.prepared, &moves).await;
        let error = refused.unwrap_err();
        let constraint = error.as_db_error().and_then(|error| error.constraint());
        assert!(
            constraint.is_some_and(|name| name.starts_with("share_") || name.starts_with("payment_")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn shares_that_their_events_do_not_tell_of_are_found() {
    for wrong in [
        "update payments.share set released = 1 where tenant_id = '00000000-0000-0000-0000-000000000001'",
        "update payments.share set captured = captured - 1 where captured > 0",
        "update payments.payment set released = 1",
        "update payments.payment set status = 'captured'",
    ] {
        let desk = Desk::open().await;
        desk.moves(captured(&[(LAMPS, 300, 0)])).await;
        desk.client.batch_execute(wrong).await.unwrap();
        let findings = payments::verify(&desk.book).await.unwrap();
        assert_eq!(findings.len(), 1, "{wrong}: {findings:?}");
    }
}
