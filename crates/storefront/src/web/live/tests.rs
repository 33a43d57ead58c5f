use super::*;
use kernel::{Actor, CorrelationId, EventId, FixedClock, Timestamp};
use serde_json::json;
use uuid::Uuid;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const OTHERS: TenantId = TenantId(Uuid::from_u128(2));
const ORDER: OrderId = OrderId(Uuid::from_u128(3));

fn live() -> Live {
    Live::new(Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH)))
}

fn event(topic: &str, tenant: Option<TenantId>, payload: serde_json::Value) -> Envelope {
    Envelope {
        id: EventId(Uuid::nil()),
        topic: topic.to_owned(),
        version: 1,
        key: Uuid::nil(),
        tenant,
        actor: Actor::Anonymous,
        correlation: CorrelationId(Uuid::nil()),
        at: Timestamp::UNIX_EPOCH,
        payload,
    }
}

fn packed(tenant: TenantId) -> Envelope {
    event(
        SubOrderPacked::TOPIC,
        Some(tenant),
        json!({"order": ORDER, "tenant": tenant}),
    )
}

fn enter(live: &Live, subject: Subject, key: &str) -> Result<Listener, Fault> {
    live.enter(
        subject,
        key.to_owned(),
        None,
        Box::new(|| Box::pin(async { true })),
    )
}

#[test]
fn an_event_is_for_its_order_its_shops_and_the_market() {
    let placed = json!({"order": ORDER, "tenants": [TENANT, OTHERS]});
    assert_eq!(
        subjects(&event(OrderPlaced::TOPIC, None, placed)),
        [
            Subject::Desk(TENANT),
            Subject::Sales(TENANT),
            Subject::Desk(OTHERS),
            Subject::Sales(OTHERS),
            Subject::Order(ORDER),
            Subject::Market,
        ]
    );
    let low = json!({"tenant": TENANT, "available": 1});
    assert_eq!(
        subjects(&event(LowStock::TOPIC, Some(TENANT), low)),
        [Subject::Desk(TENANT)]
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_their_own_and_no_more_often_than_is_good() {
    let live = live();
    let mut own = enter(&live, Subject::Sales(TENANT), "own").unwrap();
    let mut others = enter(&live, Subject::Sales(OTHERS), "others").unwrap();
    assert_eq!(own.next().await, Some(Said::Hello));
    assert_eq!(others.next().await, Some(Said::Hello));
    for _ in 0..3 {
        live.hear([&packed(TENANT)]);
    }
    let asked = Instant::now();
    assert_eq!(own.next().await, Some(Said::Changed));
    assert!((SETTLE..PACE).contains(&asked.elapsed()));
    live.hear([&packed(TENANT)]);
    assert_eq!(own.next().await, Some(Said::Changed));
    assert!((SETTLE + PACE..2 * PACE).contains(&asked.elapsed()));
    assert_eq!(own.next().await, Some(Said::Beat));
    assert_eq!(others.next().await, Some(Said::Beat));
}

#[tokio::test(start_paused = true)]
async fn what_was_told_between_a_page_and_its_connection_is_not_missed() {
    let live = live();
    live.hear([&packed(TENANT)]);
    let since = |ms: i64, subject: Subject| {
        let is_there: IsThere = Box::new(|| Box::pin(async { true }));
        let entered = live.enter(subject, "own".to_owned(), Some(ms), is_there);
        entered.unwrap().due.is_some()
    };
    assert!(since(0, Subject::Sales(TENANT)));
    assert!(!since(0, Subject::Sales(OTHERS)));
    assert!(!since(SLACK_MS + 1, Subject::Sales(TENANT)));
    // From before this process began.
    assert!(since(-1, Subject::Sales(OTHERS)));
}

#[tokio::test(start_paused = true)]
async fn who_comes_again_while_a_change_waits_says_when_all_was_told() {
    let live = live();
    let mut listener = enter(&live, Subject::Desk(TENANT), "own").unwrap();
    assert_eq!(listener.next().await, Some(Said::Hello));
    assert_eq!(listener.told_until(), Some(0));
    live.hear([&packed(TENANT)]);
    assert_eq!(listener.next().await, Some(Said::Changed));
    assert_eq!(listener.told_until(), Some(0));
    // Another waits, since one was told of just now, and a sign of life comes first.
    live.hear([&packed(TENANT)]);
    listener.beat = Instant::now() + SETTLE;
    assert_eq!(listener.next().await, Some(Said::Beat));
    assert_eq!(listener.told_until(), None);
    assert_eq!(listener.next().await, Some(Said::Changed));
    assert_eq!(listener.told_until(), Some(0));
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_told_before_a_connection_ends() {
    let live = live();
    let mut listener = enter(&live, Subject::Desk(TENANT), "own").unwrap();
    assert_eq!(listener.next().await, Some(Said::Hello));
    let soon = Instant::now() + Duration::from_millis(100);
    (listener.ends, listener.beat) = (soon, soon);
    listener.last = Some(Instant::now());
    live.hear([&packed(TENANT)]);
    assert_eq!(listener.next().await, Some(Said::Changed));
    assert_eq!(listener.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn sums_of_the_market_have_a_moment_to_catch_up() {
    let live = live();
    let mut listener = enter(&live, Subject::Market, "own").unwrap();
    assert_eq!(listener.next().await, Some(Said::Hello));
    live.hear([&packed(TENANT)]);
    let heard = Instant::now();
    assert_eq!(listener.next().await, Some(Said::Changed));
    assert!((MARKET_SETTLE..2 * MARKET_SETTLE).contains(&heard.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_hears_nothing_more() {
    let live = live();
    let ended: IsThere = Box::new(|| Box::pin(async { false }));
    let mut listener = live
        .enter(Subject::Market, "own".to_owned(), None, ended)
        .unwrap();
    assert_eq!(listener.next().await, Some(Said::Hello));
    live.hear([&packed(TENANT)]);
    assert_eq!(listener.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn places_are_few_and_given_back_and_all_end_with_the_process() {
    let live = live();
    let mut held: Vec<Listener> = (0..SESSION_CONNECTIONS_MAX)
        .map(|_| enter(&live, Subject::Market, "own").unwrap())
        .collect();
    assert_eq!(
        enter(&live, Subject::Market, "own").err().map(|fault| fault.kind),
        Some(Kind::Unavailable)
    );
    assert!(enter(&live, Subject::Market, "other").is_ok());
    held.pop();
    assert!(enter(&live, Subject::Market, "own").is_ok());
    let mut last = held.pop().unwrap();
    assert_eq!(last.next().await, Some(Said::Hello));
    live.close();
    assert_eq!(last.next().await, None);
    assert!(enter(&live, Subject::Market, "own").is_err());
    drop((held, last));
    let heard = live.heard();
    assert_eq!((heard.connections, heard.sessions.len()), (0, 0));
}
