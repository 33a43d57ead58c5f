//! What goes wrong with an OpenSearch, and what is done about it.

use crate::contract::{Kind, PATIENCE, Stand, cluster, hurried};
use crate::corpus::words;
use crate::world::{Running, listing, product_id};
use contracts::catalog::AttributeValue;
use kernel::{Clock, Fault, Kind as FaultKind, SystemClock};
use search::Place;
use search::opensearch::{Cluster, Config};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::eventually;
use testkit::opensearch::{Mishap, OpenSearch};
use wire::Hidden;
use wire::breaker::Phase;

async fn with_bowls(count: u32) -> (Stand, Running, OpenSearch) {
    bowls_at(Stand::new(Kind::OpenSearch).await, count).await
}

async fn bowls_at(stand: Stand, count: u32) -> (Stand, Running, OpenSearch) {
    (0..count).for_each(|n| stand.world.keep(listing(n, &format!("Bowl x{n}")), 1));
    let running = stand.run();
    running.holds(u64::from(count)).await;
    let server = stand.server.clone().unwrap();
    (stand, running, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_too_much_to_do_is_asked_again() {
    let (stand, running, server) = with_bowls(3).await;
    server.disturb("_search", Mishap::Busy);
    server.disturb("_search", Mishap::Busy);
    assert_eq!(running.titles("bowl").await.len(), 3, "after two refusals");
    server.disturb("_bulk", Mishap::Busy);
    stand.world.publish(&stand.db, listing(3, "Bowl x3")).await;
    running.holds(4).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_of_many_was_not_taken_is_sent_again() {
    let stand = Stand::new(Kind::OpenSearch).await;
    let server = stand.server.clone().unwrap();
    (0..50).for_each(|n| stand.world.keep(listing(n, "Bowl"), 1));
    // The first bulk is the cursor's.
    server.disturb("_bulk", Mishap::Partly(1));
    server.disturb("_bulk", Mishap::Partly(20));
    server.disturb("_bulk", Mishap::Partly(0));
    let running = stand.run();
    running.holds(50).await;
    let before = server.calls("_bulk");
    // An answer that was lost: whether it took effect is not known, and to send it again changes nothing.
    server.disturb("_bulk", Mishap::Lost);
    stand.world.publish(&stand.db, listing(50, "Cup")).await;
    running.holds(51).await;
    assert_eq!(running.titles("cup").await, ["Cup"]);
    assert!(server.calls("_bulk") > before + 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_it_is_said_so_and_left_alone_until_it_is_back() {
    let (stand, running, server) = with_bowls(2).await;
    let Place::OpenSearch(cluster) = &stand.place else {
        panic!("with an OpenSearch")
    };
    server.is_down(true);
    let mut slowest = Duration::ZERO;
    for _ in 0..12 {
        let started = Instant::now();
        let refused = running.searches.find(words("bowl"), SystemClock.now()).await;
        slowest = slowest.max(started.elapsed());
        let fault = Fault::from(refused.map(|page| page.total).unwrap_err());
        assert_eq!(
            (fault.kind, fault.code.as_ref()),
            (FaultKind::Unavailable, "search_unavailable")
        );
        assert!(fault.retry_after_s.is_some());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    assert_eq!(cluster.circuit().phase(), Phase::Open, "it is not asked any more");
    let asked = server.calls("_search");
    assert!(
        running
            .searches
            .find(words("bowl"), SystemClock.now())
            .await
            .is_err()
    );
    assert_eq!(server.calls("_search"), asked);
    running.stop().await;

    // Another process, whose breaker knows nothing of it, and a product of the meantime.
    server.is_down(false);
    stand
        .world
        .publish(&stand.db, listing(2, "Bowl of the meantime"))
        .await;
    let place = Place::OpenSearch(crate::contract::cluster(&server, "one"));
    let clock = Arc::new(SystemClock);
    let running = Running::at(stand.world.sources(), stand.db.clone(), place, clock);
    running.holds(3).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_or_is_broken_is_no_answer() {
    let mut stand = Stand::new(Kind::OpenSearch).await;
    let short = Duration::from_secs(1);
    stand.place = Place::OpenSearch(hurried(stand.server.as_ref().unwrap(), "one", short));
    let (_stand, running, server) = bowls_at(stand, 1).await;
    for mishap in [Mishap::Slow, Mishap::Broken] {
        server.disturb("_search", mishap);
        let started = Instant::now();
        let refused = running.searches.find(words("bowl"), SystemClock.now()).await;
        let fault = Fault::from(refused.map(|page| page.total).unwrap_err());
        assert_eq!(fault.kind, FaultKind::Unavailable, "{mishap:?}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
    assert_eq!(running.titles("bowl").await.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_processes_keeps_it_up_and_all_answer_from_it() {
    let (stand, first, server) = with_bowls(3).await;
    let clock = testkit::clock();
    let other = Cluster::new(
        Config {
            url: server.url.clone(),
            index: "stoa-products".to_owned(),
            user: None,
            password: None,
            timeout: PATIENCE,
            holder: "two".to_owned(),
        },
        clock.clone(),
    );
    let place = Place::OpenSearch(other.unwrap());
    let read = stand.world.read.load(std::sync::atomic::Ordering::SeqCst);
    let second = Running::at(stand.world.sources(), stand.db.clone(), place, clock.clone());
    second.holds(3).await;
    stand.world.publish(&stand.db, listing(3, "Cup")).await;
    eventually("both find it", async || {
        let both = (first.titles("cup").await, second.titles("cup").await);
        (both.0.len() == 1 && both.1.len() == 1).then_some(())
    })
    .await;
    let reads = stand.world.read.load(std::sync::atomic::Ordering::SeqCst) - read;
    assert_eq!(reads, 1, "one of them read it");
    // The first ends; when its time is over, however long all this took, the other goes on.
    first.stop().await;
    clock.advance(Duration::from_secs(3_600));
    stand.world.publish(&stand.db, listing(4, "Jug")).await;
    eventually("the other keeps it up", async || {
        (second.titles("jug").await.len() == 1).then_some(())
    })
    .await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_keys_are_no_fields() {
    let stand = Stand::new(Kind::OpenSearch).await;
    for n in 0..40 {
        let mut screw = listing(n, "Screw");
        screw.attributes = (0..60)
            .map(|k| {
                (
                    format!("spec {}", n * 60 + k),
                    AttributeValue::Text("1".to_owned()),
                )
            })
            .collect();
        stand.world.keep(screw, 1);
    }
    let running = stand.run();
    running.holds(40).await;
    let server = stand.server.as_ref().unwrap();
    let fields = server.fields("stoa-products");
    assert!(fields < 300, "{fields} fields for 2,400 keys");
    let mut query = words("screw");
    query.attributes.insert("spec 7".to_owned(), vec!["1".to_owned()]);
    let page = running.searches.find(query, SystemClock.now()).await.unwrap();
    assert_eq!(page.total, 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_keys_are_counted_in_several_questions() {
    let stand = Stand::new(Kind::OpenSearch).await;
    for n in 0..2 {
        let mut screw = listing(n, "Screw");
        let value = AttributeValue::Text(format!("value {n}"));
        screw.attributes = (0..20).map(|k| (format!("spec {k}"), value.clone())).collect();
        stand.world.keep(screw, 1);
    }
    let running = stand.run();
    running.holds(2).await;
    let mut query = words("screw");
    query.facets = true;
    let page = running.searches.find(query, SystemClock.now()).await.unwrap();
    let specs = page
        .facets
        .iter()
        .filter(|facet| facet.key.starts_with("attr.spec "));
    assert!(specs.count() > 6, "{:?}", page.facets);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_marketplace_keeps_in_the_same_cluster_is_not_swept_away() {
    let stand = Stand::new(Kind::OpenSearch).await;
    let server = stand.server.clone().unwrap();
    let theirs = "stoa-products-eu-0198c0a5b7ec7a3e8f6d2c1b0a998877";
    let client = testkit::Client::new(&server.url).header("content-type", "application/json");
    let path = format!("/{theirs}");
    let body = r#"{"settings": {"index": {"number_of_shards": 1}}, "mappings": {"dynamic": "strict", "properties": {}}}"#;
    let _ = client
        .send(hyper::Method::PUT, &path, body.to_owned())
        .await
        .expect(200);
    let running = stand.run();
    stand.world.publish(&stand.db, listing(0, "Bowl")).await;
    running.holds(1).await;
    running.searches.rebuild();
    eventually(
        "the index is built anew, and the one before is gone",
        async || (server.indexes().len() == 2).then_some(()),
    )
    .await;
    assert!(
        server.indexes().contains(&theirs.to_owned()),
        "{:?}",
        server.indexes()
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_carries_when_it_was_read() {
    let (_stand, running, server) = with_bowls(1).await;
    let id = product_id(0).0.to_string();
    let kept = server.document("stoa-products", &id).unwrap();
    assert_eq!(kept["title"], "bowl x0");
    // What was read earlier does not take the place of what was read later.
    let client = testkit::Client::new(&server.url).header("content-type", "application/x-ndjson");
    let mut late = kept;
    late["title"] = "old".into();
    let about = format!("{{\"index\":{{\"_id\":\"{id}\",\"version\":1,\"version_type\":\"external_gte\"}}}}");
    let lines = format!("{about}\n{late}\n");
    let path = "/stoa-products/_bulk";
    let answer = client
        .send(hyper::Method::POST, path, lines)
        .await
        .expect(200)
        .json();
    assert_eq!(answer["items"][0]["index"]["status"], 409);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_given_and_never_told() {
    let server = OpenSearch::start(Some("Basic c3RvYTpzd29yZGZpc2g=")).await;
    let stand = Stand::new(Kind::Embedded).await;
    let config = Config {
        url: server.url.clone(),
        index: "stoa-products".to_owned(),
        user: Some("stoa".to_owned()),
        password: Some(Hidden::new("swordfish")),
        timeout: PATIENCE,
        holder: "one".to_owned(),
    };
    assert!(!format!("{config:?}").contains("swordfish"));
    let known = Place::OpenSearch(Cluster::new(config, Arc::new(SystemClock)).unwrap());
    let clock = Arc::new(SystemClock);
    let running = Running::at(stand.world.sources(), stand.db.clone(), known, clock.clone());
    running.holds(0).await;
    running.stop().await;
    let stranger = Place::OpenSearch(cluster(&server, "stranger"));
    let running = Running::at(stand.world.sources(), stand.db.clone(), stranger, clock);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = running.searches.find(words("bowl"), SystemClock.now()).await;
    assert!(matches!(refused, Err(search::Error::NotReady)));
    running.stop().await;
}
