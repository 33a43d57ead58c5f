//! One shop, one buyer, and all that is another's: over the API, and in the tables, as PostgreSQL shows them to whoever
//! acts for a shop.

use crate::findings::Findings;
use crate::{Caller, Front, Guest, Quote, Shop, Site, Sku};
use anyhow::{Context, Result, ensure};
use bench::database::Session;
use contracts::orders::Order;
use hyper::Method;
use serde_json::{Value, json};

/// What a stranger may be told: who they are is not known, it is not theirs to do, there is nothing there, or what they name
/// is nothing that is known.
const TURNED_AWAY: [u16; 4] = [401, 403, 404, 422];
/// What buyers read across shops.
const PUBLIC: [&str; 2] = ["catalog.listing", "catalog.offer"];

/// Somebody tries something that is another's.
struct Attempt {
    who: &'static str,
    caller: Caller,
    method: Method,
    path: String,
    body: Value,
}

pub async fn run(site: &Site, told: impl Fn(&str)) -> Result<Findings> {
    let database = site.database().await?;
    let launch = database.behind(site.launch("all"));
    let program = launch.start().await?;
    let front = Front::of(&program);
    let shops = Shop::open(&launch, &front, &["Alfareria Romero", "Telar del Sur"]).await?;
    let mut goods = Vec::new();
    for shop in &shops {
        goods.push(shop.publish("Jarra", &[1_999], 100).await?.remove(0));
    }
    let stranger = Caller::new(&front);
    let (buyer, order) = buy(&stranger, &goods[0]).await?;
    let (neighbour, _) = buy(&stranger, &goods[1]).await?;

    let mut findings = Findings::default();
    told("a neighbour tries everything");
    let attempts = attempts(&shops, &goods, &order, &stranger, &neighbour);
    let mut through = Vec::new();
    for attempt in &attempts {
        let answer = attempt
            .caller
            .send(attempt.method.clone(), &attempt.path, Some(&attempt.body))
            .await?;
        if !TURNED_AWAY.contains(&answer.status) {
            through.push(format!(
                "{}: {} {} is answered {}",
                attempt.who, attempt.method, attempt.path, answer.status
            ));
        }
    }
    findings.figure("attempts over the API", attempts.len());
    findings.check(
        "whoever reaches for another's is turned away",
        through.is_empty(),
        || through.join("; "),
    );
    let own = buyer.order(&order.id.to_string()).await?;
    findings.check(
        "and whoever reaches for their own is not",
        own.status == 200,
        || own.text(),
    );
    lists(&mut findings, &shops, &order).await?;

    told("PostgreSQL is asked for another's rows");
    let books = database.session().await?;
    tables(&mut findings, &books, &shops).await?;
    program.stop().await?;
    let verified = launch.verify().await;
    findings.check("stoa verify is clean", verified.is_ok(), || {
        format!("{verified:?}")
    });
    drop(books);
    database.stop().await?;
    Ok(findings)
}

async fn buy(stranger: &Caller, sku: &Sku) -> Result<(Guest, Order)> {
    let begun = Guest::begin(stranger, sku, 2).await?;
    let guest = begun.map_err(|refused| anyhow::anyhow!("{}", refused.text()))?;
    let quote: Quote = guest.quote().await?.expect(200).read();
    let order: Order = guest.place("once", quote.total).await?.expect(201).read();
    let paid = guest.pay(&order.id.to_string(), "tok_visa").await?;
    ensure!(paid.json()["status"] == "captured", "{}", paid.text());
    Ok((guest, order))
}

fn attempts(
    shops: &[Shop],
    goods: &[Sku],
    order: &Order,
    stranger: &Caller,
    neighbour: &Guest,
) -> Vec<Attempt> {
    let (id, part) = (order.id, order.sub_orders[0].id);
    let other_shop = &shops[1].owner;
    let sku = &goods[0];
    let keyed = |caller: &Caller, key: &str| caller.with("idempotency-key", key);
    let amount = json!({"amount": {"amount": 1, "currency": "EUR"}, "reason": "because"});
    let count = json!({"reason": "mine", "adjustments": [{"sku": sku.id, "delta": 1}]});
    let mut attempts = Vec::new();
    let mut add = |who, caller: &Caller, method: Method, path: String, body: &Value| {
        attempts.push(Attempt {
            who,
            caller: caller.clone(),
            method,
            path,
            body: body.clone(),
        });
    };
    let none = json!({});
    for (who, caller) in [("a stranger", stranger), ("another buyer", &neighbour.caller)] {
        add(who, caller, Method::GET, format!("/v1/orders/{id}"), &none);
        add(who, caller, Method::GET, format!("/v1/orders/{id}/events"), &none);
        add(
            who,
            caller,
            Method::GET,
            format!("/v1/orders/{id}/refunds"),
            &none,
        );
        add(
            who,
            caller,
            Method::POST,
            format!("/v1/orders/{id}/pay"),
            &json!({"method": "tok_visa"}),
        );
        add(
            who,
            caller,
            Method::POST,
            format!("/v1/orders/{id}/cancel"),
            &none,
        );
        add(
            who,
            caller,
            Method::POST,
            format!("/v1/orders/{id}/sub-orders/{part}/cancel"),
            &none,
        );
    }
    let sale = format!("/v1/seller/orders/{part}");
    for (who, caller) in [
        ("another seller", other_shop),
        ("a buyer", &neighbour.caller),
        ("a stranger", stranger),
    ] {
        add(who, caller, Method::GET, sale.clone(), &none);
        add(who, caller, Method::POST, format!("{sale}/pack"), &none);
        add(who, caller, Method::POST, format!("{sale}/ship"), &none);
        add(
            who,
            caller,
            Method::POST,
            format!("{sale}/cancel"),
            &json!({"note": "mine now"}),
        );
        add(who, caller, Method::GET, format!("{sale}/refunds"), &none);
        add(
            who,
            &keyed(caller, "back"),
            Method::POST,
            format!("{sale}/refunds"),
            &amount,
        );
        add(
            who,
            &keyed(caller, "count"),
            Method::PATCH,
            "/v1/seller/stock".to_owned(),
            &count,
        );
        let product = format!("/v1/seller/products/{}", sku.product);
        add(who, caller, Method::GET, product, &none);
        let refunds = format!("/v1/admin/orders/{id}/refunds");
        let wish =
            json!({"sub_order": part, "amount": {"amount": 1, "currency": "EUR"}, "reason": "because"});
        add(who, &keyed(caller, "all"), Method::POST, refunds, &wish);
        add(who, caller, Method::GET, "/v1/admin/payments".to_owned(), &none);
        add(
            who,
            caller,
            Method::GET,
            "/v1/admin/ledger/trial-balance".to_owned(),
            &none,
        );
    }
    attempts
}

/// What a seller is shown of everybody's is their own.
async fn lists(findings: &mut Findings, shops: &[Shop], order: &Order) -> Result<()> {
    let theirs = shops[1].sub_orders().await?;
    let stray = theirs
        .iter()
        .filter(|part| part.order == order.id || part.tenant.to_string() != shops[1].id);
    let stray = stray.count();
    findings.check(
        "a seller's list of orders is their own",
        theirs.len() == 1 && stray == 0,
        || format!("{theirs:?}"),
    );
    let (first, second) = (shops[0].payable().await?, shops[1].payable().await?);
    let alike = first != second && first.len() == 1 && second.len() == 1;
    findings.check("and so is what they are owed", alike || first == second, || {
        format!("{first:?} {second:?}")
    });
    Ok(())
}

/// Every table with rows of shops, seen as each context's role sees it that acts for one of them.
async fn tables(findings: &mut Findings, books: &Session, shops: &[Shop]) -> Result<()> {
    let tables = books
        .query(
            "select n.nspname::text, c.relname::text, c.relrowsecurity and c.relforcerowsecurity
               from pg_class c
               join pg_namespace n on n.oid = c.relnamespace
               join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
              where c.relkind in ('r', 'p') and not c.relispartition
                and n.nspname in (select rolname::text from (select substr(rolname, 6) as rolname from pg_roles
                                                              where rolname like 'stoa\\_%') roles)
              order by 1, 2",
            &[],
        )
        .await?;
    ensure!(!tables.is_empty(), "there are no tables of shops");
    let (mut seen, mut open, mut stray, mut own) = (0, Vec::new(), Vec::new(), 0i64);
    for row in &tables {
        let (schema, table, forced): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
        let name = format!("{schema}.{table}");
        if !forced || PUBLIC.contains(&name.as_str()) {
            open.push(name.clone());
            continue;
        }
        let sql = format!(
            "select (select count(*) from {name} where tenant_id::text <> '{0}')::bigint,
                    (select count(*) from {name} where tenant_id::text = '{0}')::bigint",
            shops[1].id
        );
        match rows_as(books, &schema, &shops[1].id, &sql).await {
            Ok((others, mine)) => {
                seen += 1;
                own += mine;
                if others > 0 {
                    stray.push(format!("{name} shows {others} rows of others"));
                }
            }
            // Closed to whoever acts for a shop.
            Err(error) if error.code().is_some_and(|code| code.code() == "42501") => seen += 1,
            Err(error) => return Err(error).with_context(|| name),
        }
    }
    findings.figure("tables asked as a shop", seen);
    findings.figure("rows of its own that it saw", own);
    findings.figure(
        "tables with rows of shops that have rules of their own",
        format!("{open:?}"),
    );
    findings.check("no table shows a shop another's rows", stray.is_empty(), || {
        stray.join("; ")
    });
    findings.check("a shop does see its own rows", own > 0, || "none".to_owned());
    Ok(())
}

/// Asks in a transaction of a context's role that acts for a shop, as requests of sellers do.
async fn rows_as(
    books: &Session,
    context: &str,
    shop: &str,
    sql: &str,
) -> Result<(i64, i64), tokio_postgres::Error> {
    books
        .batch_execute(&format!(
            "begin; set local role stoa_{context}; set local stoa.tenant = '{shop}'"
        ))
        .await?;
    let row = books.query_one(sql, &[]).await;
    books.batch_execute("rollback").await?;
    let row = row?;
    Ok((row.get(0), row.get(1)))
}
