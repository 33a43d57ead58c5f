//! How soon the first page of every table is there, in a market that has lived for two years.

use super::{Bench, Setting};
use crate::client::{Connection, request};
use crate::comparison::{Comparison, Round};
use crate::database::Cluster;
use crate::people;
use crate::program::Launch;
use crate::seed::tables;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpStream;

pub const BENCH: Bench = Bench {
    name: "tables",
    about: "the first page of every list and dashboard of sellers and operators among a million products and orders",
    run: |setting| Box::pin(run(setting)),
};

const TARGET_MS: f64 = 50.0;
/// Times that each page is asked for before it counts, and then. Statements get their lasting plans in the first of them.
const WARM_UP: usize = 12;
const TIMES: usize = 20;

const BIG: &str = "big@bench.example";
const SMALL: &str = "small@bench.example";

/// Pages of whoever works for a shop. A list that can be narrowed is asked for both ways, by what is rare above all.
const OF_SELLERS: [&str; 53] = [
    "/seller",
    "/seller/orders",
    "/seller/orders?state=confirmed",
    "/seller/orders?state=delivered",
    "/seller/orders?state=payment_pending",
    "/seller/orders?state=refunded",
    "/seller/returns",
    "/seller/returns?show=all",
    "/seller/messages",
    "/seller/messages?box=unread",
    "/seller/notifications",
    "/seller/reviews",
    "/seller/products",
    "/seller/products?state=active",
    "/seller/products?state=archived",
    "/seller/products?state=attention",
    "/seller/products?q=candle",
    "/seller/products?q=nothing+of+that+name",
    "/seller/stock",
    "/seller/stock?low=1",
    "/seller/settlement",
    "/seller/settlement/holds",
    "/seller/settlement/payouts",
    "/seller/settlement/statement",
    "/seller/settlement/year",
    "/seller/warehouses",
    "/seller/goods",
    "/seller/feeds",
    "/seller/uploads",
    "/seller/promotions",
    "/seller/promoted",
    "/seller/staff",
    "/seller/shop",
    "/v1/seller/balance",
    "/v1/seller/holds",
    "/v1/seller/inbound",
    "/v1/seller/messages",
    "/v1/seller/messages/unread",
    "/v1/seller/needy-products",
    "/v1/seller/notifications",
    "/v1/seller/notifications/unread",
    "/v1/seller/orders",
    "/v1/seller/orders?status=cancelled",
    "/v1/seller/payouts",
    "/v1/seller/products",
    "/v1/seller/promotions",
    "/v1/seller/reorder-proposals",
    "/v1/seller/returns",
    "/v1/seller/reviews",
    "/v1/seller/reviews?unanswered=true",
    "/v1/seller/stock",
    "/v1/seller/stock?low=true",
    "/v1/seller/stock-feeds",
];

const OF_OPERATORS: [&str; 57] = [
    "/operator",
    "/operator?by=month",
    "/operator/system",
    "/operator/orders",
    "/operator/orders?state=unpaid",
    "/operator/orders?state=delivered",
    "/operator/orders?q=nobody%40post.example",
    "/operator/holds",
    "/operator/commission",
    "/operator/partners",
    "/operator/shops",
    "/operator/shops?state=applied",
    "/operator/ledger",
    "/operator/payments",
    "/operator/payments?state=open",
    "/operator/payments?state=stuck",
    "/operator/payments?state=ended",
    "/operator/payments?state=refunds",
    "/operator/payouts",
    "/operator/payouts?state=failed",
    "/operator/reconciliation",
    "/operator/gift-cards",
    "/operator/taxes",
    "/operator/messages",
    "/operator/reviews",
    "/operator/moderation",
    "/operator/categories",
    "/operator/promoted",
    "/operator/items",
    "/operator/search",
    "/operator/templates",
    "/operator/dead-letters",
    "/v1/admin/dead-letters",
    "/v1/admin/gift-cards",
    "/v1/admin/item-proposals",
    "/v1/admin/ledger/breaks",
    "/v1/admin/ledger/commission-rules",
    "/v1/admin/ledger/holds",
    "/v1/admin/ledger/holds?state=refunded",
    "/v1/admin/ledger/listing-rules",
    "/v1/admin/ledger/payouts",
    "/v1/admin/ledger/payouts?state=created",
    "/v1/admin/ledger/trial-balance",
    "/v1/admin/messages",
    "/v1/admin/messages?waiting=true",
    "/v1/admin/moderation",
    "/v1/admin/payments",
    "/v1/admin/payments?state=stuck",
    "/v1/admin/promotions",
    "/v1/admin/refunds",
    "/v1/admin/refunds?state=came_back",
    "/v1/admin/refused-refunds",
    "/v1/admin/reviews",
    "/v1/admin/reviews?status=rejected",
    "/v1/admin/search/report",
    "/v1/admin/shops",
    "/v1/admin/tax/rates",
];

/// Somebody whose pages are asked for.
struct Asker {
    name: &'static str,
    email: &'static str,
    audience: &'static str,
    pages: &'static [&'static str],
}

const ASKERS: [Asker; 3] = [
    Asker {
        name: "small",
        email: SMALL,
        audience: "seller",
        pages: &OF_SELLERS,
    },
    Asker {
        name: "big",
        email: BIG,
        audience: "seller",
        pages: &OF_SELLERS,
    },
    Asker {
        name: "operator",
        email: people::OPERATOR,
        audience: "admin",
        pages: &OF_OPERATORS,
    },
];

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let launch = Launch::new(setting.program(), &data_dir);
    let program = launch.start().await?;
    setting.tell("opening two shops");
    people::appoint_operator(&launch).await?;
    let big = people::open_shop(program.address, BIG, "The big one").await?;
    let small = people::open_shop(program.address, SMALL, "The small one").await?;
    setting.tell("asking while nothing is there");
    let empty = all(program.address).await?;
    setting.tell(format_args!(
        "writing {} products and as many orders",
        setting.options.rows
    ));
    let cluster = Cluster::share(&data_dir).await?;
    {
        let session = cluster.session(pg::STOA).await?;
        tables::fill(&session, setting.options.rows, &big, &small).await?;
    }
    program.quiet().await;
    setting.tell("asking again");
    let full = all(program.address).await?;
    program.stop().await?;
    let compared = full.into_iter().zip(empty).map(|((name, ours), (_, baseline))| {
        let rounds = ours.into_iter().zip(baseline);
        let rounds = rounds.map(|(ours, baseline)| Round::pair(ours, baseline));
        Comparison::at_most(name, "ms", TARGET_MS, rounds.collect())
    });
    Ok(compared.collect())
}

/// Milliseconds of every page, each time it was asked for.
async fn all(address: SocketAddr) -> Result<Vec<(String, Vec<f64>)>> {
    let mut found = Vec::new();
    for asker in &ASKERS {
        let bearer = people::bearer(address, asker.email, asker.audience).await?;
        let cookie = people::session(address, asker.email).await?;
        for page in asker.pages {
            let known = match page.starts_with("/v1/") {
                true => ("authorization", bearer.as_str()),
                false => ("cookie", cookie.as_str()),
            };
            let asked = request("GET", page, &[known], None);
            let times = timed(address, &asked)
                .await
                .with_context(|| format!("{} as {}", page, asker.name))?;
            found.push((format!("tables.{} {page}", asker.name), times));
        }
    }
    Ok(found)
}

async fn timed(address: SocketAddr, asked: &[u8]) -> Result<Vec<f64>> {
    let mut connection = Connection::new(TcpStream::connect(address).await?);
    let mut times = Vec::with_capacity(TIMES);
    for turn in 0..WARM_UP + TIMES {
        let began = Instant::now();
        let answer = connection.exchange(asked).await?;
        let took = began.elapsed();
        ensure!(
            answer.status == 200,
            "it was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(400)])
        );
        if turn >= WARM_UP {
            times.push(took.as_secs_f64() * 1_000.0);
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists take a limit; a new one is asked for here, or this fails.
    #[test]
    fn every_list_of_the_api_is_asked_for() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let text = std::fs::read_to_string(path).expect("the description of the API");
        let api: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let is_list = |operation: &serde_json::Value| {
            let parameters = operation["get"]["parameters"].as_array().into_iter().flatten();
            let names: Vec<&str> = parameters.filter_map(|one| one["name"].as_str()).collect();
            names.contains(&"limit") && names.contains(&"after")
        };
        let paths = api["paths"].as_object().expect("paths");
        let lists: Vec<&String> = paths
            .iter()
            .filter(|(path, operation)| {
                let is_theirs = path.starts_with("/v1/seller/") || path.starts_with("/v1/admin/");
                is_theirs && !path.contains('{') && is_list(operation)
            })
            .map(|(path, _)| path)
            .collect();
        assert!(lists.len() > 20, "{lists:?}");
        for list in lists {
            let asked = OF_SELLERS.iter().chain(&OF_OPERATORS);
            // What is searched for comes from the index, which has a bench of its own.
            let is_asked = asked.clone().any(|page| page == list) || list == "/v1/admin/search/preview";
            assert!(is_asked, "nobody asks for {list}");
        }
    }
}
