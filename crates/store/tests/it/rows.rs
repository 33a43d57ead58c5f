//! Rows as one parameter.

use crate::shop::{database, new_id};
use serde_json::{Value, json};
use store::rows::{Column, Rows, write};
use testkit::TestDb;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

const SETUP: &str = "
create type pg_temp.thing as (id uuid, name text, count bigint, more json);
create temporary table things (n serial, id uuid, name text, count bigint, more json)";

/// A connection with somewhere to write to, and the statement that writes.
async fn with_things<T>(test: impl AsyncFnOnce(&Client, &Statement) -> T) -> T {
    let (test_db, _db): (TestDb, _) = database().await;
    let (client, connection) = tokio_postgres::connect(test_db.url(), NoTls).await.unwrap();
    let run = async {
        client.batch_execute(SETUP).await.unwrap();
        let insert = "insert into things (id, name, count, more) select * from unnest($1::pg_temp.thing[])";
        let insert = client.prepare(insert).await.unwrap();
        test(&client, &insert).await
    };
    tokio::select! {
        done = run => done,
        ended = connection => panic!("{ended:?}"),
    }
}

type Thing = (Uuid, Option<String>, i64, Option<Value>);

async fn things(client: &Client) -> Vec<Thing> {
    let rows = client
        .query("select id, name, count, more from things order by n", &[])
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

#[tokio::test]
async fn rows_arrive_as_they_were_with_their_nulls_and_in_order() {
    with_things(async |client, insert| {
        let wanted: Vec<Thing> = vec![
            (
                new_id(),
                Some("with, \"marks\" (and more) \u{1f3fa}".to_owned()),
                i64::MIN,
                None,
            ),
            (new_id(), None, 0, Some(json!({"a": [1, null]}))),
            (new_id(), Some(String::new()), i64::MAX, Some(json!("text"))),
        ];
        let ids: Vec<Uuid> = wanted.iter().map(|thing| thing.0).collect();
        let names: Vec<Option<&str>> = wanted.iter().map(|thing| thing.1.as_deref()).collect();
        let counts: Vec<i64> = wanted.iter().map(|thing| thing.2).collect();
        let more: Vec<&Option<Value>> = wanted.iter().map(|thing| &thing.3).collect();
        write(client, insert, Rows([&ids, &names, &counts, &more]))
            .await
            .unwrap();
        assert_eq!(things(client).await, wanted);
    })
    .await;
}

#[tokio::test]
async fn no_rows_are_written_without_asking_and_are_rows_all_the_same() {
    with_things(async |client, insert| {
        let (ids, names, counts, more) = (
            Vec::<Uuid>::new(),
            Vec::<&str>::new(),
            Vec::<i64>::new(),
            Vec::<Value>::new(),
        );
        let rows = Rows([&ids as &dyn Column, &names, &counts, &more]);
        assert!(rows.is_empty());
        assert_eq!(client.execute(insert, &[&rows]).await.unwrap(), 0);
        write(client, insert, rows).await.unwrap();
        assert!(things(client).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn columns_that_are_not_the_types_members_are_refused_and_nothing_is_sent() {
    with_things(async |client, insert| {
        let (ids, names, counts) = (vec![new_id()], vec!["bowl"], vec![1_i64]);
        let (more, two) = (vec![json!(1)], vec!["bowl", "vase"]);
        let refusals: [(Result<(), tokio_postgres::Error>, &str); 3] = [
            (
                write(client, insert, Rows([&ids, &names, &counts])).await,
                "has 4 members, there are 3 columns",
            ),
            (
                write(client, insert, Rows([&ids, &counts, &names, &more])).await,
                "member name of",
            ),
            (
                write(client, insert, Rows([&ids, &two, &counts, &more])).await,
                "has 2 rows, the first has 1",
            ),
        ];
        for (refused, why) in refusals {
            let refused = refused.unwrap_err();
            let cause = std::error::Error::source(&refused).map(ToString::to_string);
            assert!(
                cause.as_deref().is_some_and(|cause| cause.contains(why)),
                "{cause:?}: {why}"
            );
        }
        assert!(things(client).await.is_empty());
    })
    .await;
}
