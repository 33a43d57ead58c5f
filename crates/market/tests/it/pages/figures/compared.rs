//! What pages say, beside what follows from the orders.

use super::shown::{amount, amounts, balance, best, figure, rows, section};
use super::*;

/// What runs low, by the shop's own stock: fewer than this are left.
const LOW_BELOW: i64 = 5;

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn same<T: PartialEq + std::fmt::Debug + ?Sized>(&mut self, what: &str, shown: &T, right: &T) {
        if shown != right {
            self.0.push(format!("{what}: {shown:?}, and should be {right:?}"));
        }
    }
}

/// One shop: what it sold, and what its pages and its statement say.
struct Told {
    name: String,
    /// All its sub-orders, and those of the month that were sold.
    parts: Vec<Value>,
    month: Vec<Value>,
    moved: Moved,
    /// Lines of its statements, of the month and of those before.
    lines: Vec<Line>,
    closing: i64,
    reserved: i64,
    paid_out: i64,
    /// Title, pieces, amount.
    best: Vec<(String, i64, i64)>,
}

struct Line {
    is_of_month: bool,
    kind: String,
    order: String,
    commission: i64,
    tax: i64,
    net: i64,
}

impl Line {
    /// Of what buyers paid and got back.
    fn is_sale(&self) -> bool {
        ["sale", "refund"].contains(&self.kind.as_str())
    }
}

fn units(part: &Value) -> i64 {
    let lines = part["lines"].as_array().unwrap();
    let count = |line: &Value, field: &str| line[field].as_i64().unwrap_or(0);
    sum(lines, |line| count(line, "quantity") - count(line, "cancelled"))
}

/// Pieces by title.
fn pieces(parts: &[Value]) -> BTreeMap<String, i64> {
    let mut pieces = BTreeMap::new();
    for line in parts.iter().flat_map(|part| part["lines"].as_array().unwrap()) {
        let left = line["quantity"].as_i64().unwrap_or(0) - line["cancelled"].as_i64().unwrap_or(0);
        *pieces.entry(text(&line["title"]).to_owned()).or_insert(0) += left;
    }
    pieces.retain(|_, left| *left > 0);
    pieces
}

fn by_number(table: &[Vec<String>]) -> BTreeMap<String, i64> {
    let row = |cells: &Vec<String>| Some((cells.first()?.clone(), amount(cells.last()?)));
    table.iter().filter_map(row).collect()
}

fn last_column(table: &[Vec<String>]) -> i64 {
    table
        .iter()
        .filter_map(|row| row.last())
        .map(|cell| amount(cell))
        .sum()
}

pub(super) async fn differences(
    story: &Story,
    admin: &mut Browser,
    owners: &mut [Browser; 2],
) -> Vec<String> {
    let mut found = Differences::default();
    let moved = story.moved().await;
    let mut shops = Vec::new();
    for ((who, browser), moved) in OWNERS.into_iter().zip(owners).zip(moved) {
        let told = of_shop(story, who, browser, moved, &mut found).await;
        owed(story, who, browser, admin, &told, &mut found).await;
        shops.push(told);
    }
    overview(story, admin, &shops, &mut found).await;
    places_and_products(story, admin, &shops, &mut found).await;
    books(story, admin, &shops, &mut found).await;
    orders(story, admin, &shops, &mut found).await;
    found.0
}

/// A shop's home beside its orders, its stock and its statement.
async fn of_shop(
    story: &Story,
    who: Who,
    browser: &mut Browser,
    moved: Moved,
    found: &mut Differences,
) -> Told {
    let world = &story.world;
    let parts = story.parts(who).await;
    let is_of_month = |part: &&Value| is_sold(part) && at(&part["placed_at"]) >= story.begin;
    let month: Vec<Value> = parts.iter().filter(is_of_month).cloned().collect();
    let (lines, closing) = statements(story, browser).await;
    let home = browser.get(world, "/seller").await.expect(200).text();

    let mut same = |what: &str, shown: i64, right: i64| {
        found.same(&format!("{who:?}'s {what}"), &shown, &right);
    };
    let sold = sum(&month, |part| money(&part["total"]) - money(&part["refunded"]));
    same("sold", figure(&home, "work.month.sold"), sold);
    let yours = sum(&month, share);
    same("share", figure(&home, "work.month.share"), yours);
    let of_month: BTreeSet<&str> = month.iter().map(|part| text(&part["order"])).collect();
    let posted = lines
        .iter()
        .filter(|line| line.is_sale() && of_month.contains(line.order.as_str()));
    same("statement", posted.map(|line| line.net).sum(), yours);
    let count = |number: usize| i64::try_from(number).unwrap();
    same(
        "orders paid",
        figure(&home, "work.month.orders"),
        count(month.len()),
    );
    same("pieces", figure(&home, "work.month.units"), sum(&month, units));

    let to_pack = parts.iter().filter(|part| part["status"] == "confirmed").count();
    same(
        "orders to pack",
        figure(&home, "work.figure.to_pack"),
        count(to_pack),
    );
    let list = browser.get(world, "/seller/orders?state=confirmed").await;
    same(
        "list of orders to pack",
        count(rows(&list.expect(200).text()).len()),
        count(to_pack),
    );
    let low = low(story, who).await;
    same("articles running low", figure(&home, "work.figure.low"), low);
    let list = browser.get(world, "/seller/stock?low=1").await.expect(200);
    same("list of what runs low", count(rows(&list.text()).len()), low);

    let list = browser.get(world, "/seller/orders").await.expect(200).text();
    let right = parts
        .iter()
        .map(|part| (text(&part["number"]).to_owned(), money(&part["total"])));
    found.same(
        &format!("{who:?}'s orders"),
        &by_number(&rows(&list)),
        &right.collect(),
    );
    let best = best(section(&home, "month"));
    let titles = best.iter().map(|(title, units, _)| (title.clone(), *units));
    found.same(
        &format!("{who:?}'s best"),
        &titles.collect::<BTreeMap<_, _>>(),
        &pieces(&month),
    );
    let shop = if who == Who::OwnerB { &world.b } else { &world.a };
    Told {
        name: format!("Shop {}", shop.slug),
        parts,
        month,
        moved,
        lines,
        closing,
        reserved: 0,
        paid_out: 0,
        best,
    }
    .with_payouts(story, who, browser, found)
    .await
}

impl Told {
    /// Its payouts as their page lists them are those of its statement.
    async fn with_payouts(
        mut self,
        story: &Story,
        who: Who,
        browser: &mut Browser,
        found: &mut Differences,
    ) -> Self {
        let world = &story.world;
        let settlement = browser.get(world, "/seller/settlement").await.expect(200).text();
        self.reserved = figure(&settlement, "settlement.reserved");
        let page = browser.get(world, "/seller/settlement/payouts").await.expect(200);
        let before = if who == Who::OwnerA { PAID_OUT_BEFORE } else { 0 };
        self.paid_out = last_column(&rows(&page.text()));
        let posted = self.lines.iter().filter(|line| line.kind == "payout");
        let posted: i64 = posted.map(|line| -line.net).sum();
        found.same(&format!("{who:?}'s payouts"), &(self.paid_out - before), &posted);
        self
    }

    /// Its sub-orders of orders that were paid in the month.
    fn paid<'a>(&'a self, story: &'a Story) -> impl Iterator<Item = &'a Value> {
        let parts = self.parts.iter();
        parts.filter(move |part| story.paid.contains(text(&part["order"])))
    }
}

/// The shop's statements of three months, line by line, and what it was owed after the last.
async fn statements(story: &Story, browser: &mut Browser) -> (Vec<Line>, i64) {
    let (mut lines, mut closing) = (Vec::new(), 0);
    for ago in [2, 1, 0] {
        let month = story.begin.date_naive() - Months::new(ago);
        let target = format!(
            "/seller/settlement/statement?format=csv&currency=EUR&month={}",
            month.format("%Y-%m")
        );
        let csv = browser.get(&story.world, &target).await.expect(200).text();
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [_, kind, reference, _, commission, tax, net, balance, ..] = cells.as_slice() else {
                panic!("{line}");
            };
            match *kind {
                "opening" if ago == 2 => assert_eq!(amount(balance), 0, "{csv}"),
                "opening" => assert_eq!(amount(balance), closing, "statements join up: {csv}"),
                "closing" => closing = amount(balance),
                kind => lines.push(Line {
                    is_of_month: ago == 0,
                    kind: kind.to_owned(),
                    order: (*reference).to_owned(),
                    commission: amount(commission),
                    tax: amount(tax),
                    net: amount(net),
                }),
            }
        }
    }
    (lines, closing)
}

/// Articles of which fewer are left than should be, in all warehouses together.
async fn low(story: &Story, who: Who) -> i64 {
    let call = story.world.call("list_stock", &[]).query("limit=100");
    let stock = story.world.send_as(who, &call).await.expect(200).json();
    let mut left: BTreeMap<&str, i64> = BTreeMap::new();
    for level in stock["items"].as_array().unwrap() {
        *left.entry(text(&level["sku"])).or_default() += level["available"].as_i64().unwrap();
    }
    let low = left.values().filter(|left| **left < LOW_BELOW).count();
    i64::try_from(low).unwrap()
}

/// What a shop is owed is one sum, wherever it stands.
async fn owed(
    story: &Story,
    who: Who,
    browser: &mut Browser,
    admin: &mut Browser,
    told: &Told,
    found: &mut Differences,
) {
    let world = &story.world;
    let right = told.closing + told.reserved;
    let home = browser.get(world, "/seller").await.expect(200).text();
    let settlement = browser.get(world, "/seller/settlement").await.expect(200).text();
    let shop = if who == Who::OwnerB { &world.b } else { &world.a };
    let target = format!("/operator/shops/{}", shop.id);
    let shop = admin.get(world, &target).await.expect(200).text();
    for (what, shown) in [
        ("home", vec![figure(&home, "work.figure.owed")]),
        ("settlement", vec![figure(&settlement, "settlement.payable")]),
        ("page for the operator", amounts(&shop, "operator.owed")),
    ] {
        found.same(
            &format!("owed on {who:?}'s {what}"),
            shown.as_slice(),
            [right].as_slice(),
        );
    }
}

/// The month's figures beside what was paid, given back and kept of it.
async fn overview(story: &Story, admin: &mut Browser, shops: &[Told], found: &mut Differences) {
    let world = &story.world;
    let page = admin.get(world, "/operator").await.expect(200).text();
    let paid = shops.iter().flat_map(move |shop| shop.paid(story));
    let sold = sum(paid, |part| money(&part["total"]));
    let zipped = || shops.iter().zip(&story.before);
    let refunded: i64 = zipped()
        .map(|(shop, before)| shop.moved.refunded - before.refunded)
        .sum();
    let lines = || {
        let lines = shops.iter().flat_map(|shop| &shop.lines);
        lines.filter(|line| line.is_of_month && line.is_sale())
    };
    let commission: i64 = lines().map(|line| line.commission).sum();
    // Statements tell of the tax on it apart; orders have it in one.
    let with_tax: i64 = lines().map(|line| line.commission + line.tax).sum();
    let paid = shops.iter().flat_map(move |shop| shop.paid(story));
    let returned: i64 = zipped()
        .map(|(shop, before)| shop.moved.returned - before.returned)
        .sum();
    found.same(
        "commission and taxes of statements",
        &with_tax,
        &(sum(paid, |part| kept(part)[0]) - returned),
    );
    let orders: BTreeSet<&str> = shops
        .iter()
        .flat_map(|shop| &shop.month)
        .map(|part| text(&part["order"]))
        .collect();
    let selling = shops.iter().filter(|shop| !shop.month.is_empty()).count();
    for (key, right) in [
        ("overview.sales", sold),
        ("overview.refunds", refunded),
        ("overview.commission", commission),
        ("overview.orders", i64::try_from(orders.len()).unwrap()),
        ("overview.selling", i64::try_from(selling).unwrap()),
    ] {
        found.same(key, &figure(&page, key), &right);
    }
    let right = [sold, refunded, commission];
    let column = |table: &[Vec<String>], n: usize| -> i64 { table.iter().map(|row| amount(&row[n])).sum() };
    let days = rows(section(&page, "periods"));
    let shown = [1, 2, 3].map(|n| column(days.as_slice(), n));
    found.same("the overview's days", &shown, &right);
    let page = admin.get(world, "/operator?by=month").await.expect(200).text();
    let months = rows(section(&page, "periods"));
    let shown = [1, 2, 3].map(|n| column(&months[..1], n));
    found.same("the overview's latest month", &shown, &right);
}

/// Where and what was sold, and how far orders came.
async fn places_and_products(story: &Story, admin: &mut Browser, shops: &[Told], found: &mut Differences) {
    let page = admin.get(&story.world, "/operator").await.expect(200).text();
    let left = |part: &Value| money(&part["total"]) - money(&part["refunded"]);
    let named = |table: &[Vec<String>]| -> BTreeMap<String, i64> {
        let row = |cells: &Vec<String>| (cells[0].clone(), amount(&cells[1]));
        table.iter().map(row).collect()
    };
    let right = shops
        .iter()
        .map(|shop| (shop.name.clone(), sum(&shop.month, left)));
    let shown = named(&rows(section(&page, "sellers")));
    found.same("sales by shop", &shown, &right.collect());

    let mut regions: BTreeMap<&str, i64> = BTreeMap::new();
    for part in shops.iter().flat_map(|shop| &shop.month) {
        *regions.entry(text(&part["address"]["region"])).or_default() += left(part);
    }
    let places = section(&page, "places");
    let mut tables = places.split("<table").skip(1).map(rows);
    let (provinces, countries) = (tables.next().unwrap(), tables.next().unwrap());
    let mut shown: Vec<i64> = named(&provinces).into_values().collect();
    let mut right: Vec<i64> = regions.into_values().collect();
    shown.sort_unstable();
    right.sort_unstable();
    found.same("sales by province", &shown, &right);
    let all: i64 = right.iter().sum();
    let shown: Vec<i64> = named(&countries).into_values().collect();
    found.same("sales by country", shown.as_slice(), [all].as_slice());

    let mut shown = best(section(&page, "products"));
    let mut right: Vec<_> = shops.iter().flat_map(|shop| shop.best.clone()).collect();
    shown.sort();
    right.sort();
    found.same("what sold best", &shown, &right);
    let goods: i64 = right.iter().map(|(_, _, sold)| sold).sum();
    let shown: i64 = named(&rows(section(&page, "categories"))).into_values().sum();
    found.same("goods by category", &shown, &goods);

    let orders = of_month(story, shops).await;
    let is_paid = |order: &&Value| order["status"] == "confirmed" || money(&order["refunded"]) > 0;
    let has_arrived = |order: &&Value| order["status"] == "confirmed" && order["fulfilment"] == "delivered";
    let right = [
        orders.len(),
        orders.iter().filter(is_paid).count(),
        orders.iter().filter(has_arrived).count(),
    ];
    let funnel = rows(section(&page, "funnel"));
    let steps: Vec<i64> = funnel.iter().map(|row| amount(&row[1])).collect();
    let right: Vec<i64> = right.iter().map(|n| i64::try_from(*n).unwrap()).collect();
    found.same(
        "the funnel",
        &steps[steps.len() - right.len()..],
        right.as_slice(),
    );
}

/// Orders that were placed in the month, as their buyer reads them.
async fn of_month(story: &Story, shops: &[Told]) -> Vec<Value> {
    let parts = shops.iter().flat_map(|shop| &shop.parts);
    let ids: BTreeSet<&str> = parts
        .filter(|part| at(&part["placed_at"]) >= story.begin)
        .map(|part| text(&part["order"]))
        .collect();
    let mut orders = Vec::new();
    for id in ids {
        let call = story.world.call("get_order", &[id]);
        orders.push(story.world.send_as(Who::BuyerB, &call).await.expect(200).json());
    }
    orders
}

/// Accounts and payouts of all shops together.
async fn books(story: &Story, admin: &mut Browser, shops: &[Told], found: &mut Differences) {
    let world = &story.world;
    let page = admin.get(world, "/operator/ledger").await.expect(200).text();
    let sum_of = |of: fn(&Told) -> i64| shops.iter().map(of).sum::<i64>();
    let kept = |shop: &Told| {
        let lines = shop.lines.iter().filter(|line| line.is_sale());
        lines.map(|line| line.commission).sum::<i64>()
    };
    for (account, right) in [
        ("seller_payable", sum_of(|shop| shop.closing)),
        ("seller_reserve", sum_of(|shop| shop.reserved)),
        ("commission_revenue", sum_of(kept)),
    ] {
        found.same(account, &balance(&page, account), &right);
    }
    let page = admin.get(world, "/operator/payouts").await.expect(200).text();
    let (days, each) = page.split_once("aria-labelledby=\"each\"").unwrap();
    let each = rows(each);
    for shop in shops {
        let of_shop = each.iter().filter(|row| row[0].starts_with(&shop.name));
        let shown = of_shop
            .filter_map(|row| row.last())
            .map(|cell| amount(cell))
            .sum();
        found.same(&format!("payouts to {}", shop.name), &shop.paid_out, &shown);
    }
    found.same("payouts by day", &last_column(&rows(days)), &last_column(&each));
}

/// The operator's list of orders, and each order's own page.
async fn orders(story: &Story, admin: &mut Browser, shops: &[Told], found: &mut Differences) {
    let world = &story.world;
    let parts = || shops.iter().flat_map(|shop| &shop.parts);
    // The number of a part is its order's, and its place in it.
    let number = |part: &Value| text(&part["number"]).rsplit_once('-').unwrap().0.to_owned();
    let mut right: BTreeMap<String, i64> = BTreeMap::new();
    for part in parts() {
        *right.entry(number(part)).or_default() += money(&part["total"]);
    }
    let list = admin.get(world, "/operator/orders").await.expect(200).text();
    found.same("the list of orders", &by_number(&rows(&list)), &right);
    let unpaid = parts().filter(|part| part["status"] == "placed").map(number);
    let list = admin
        .get(world, "/operator/orders?state=unpaid")
        .await
        .expect(200);
    let shown = by_number(&rows(&list.text())).into_keys();
    found.same(
        "the list of unpaid orders",
        &shown.collect::<BTreeSet<_>>(),
        &unpaid.collect(),
    );
    for (number, total) in &right {
        let page = admin.get(world, &format!("/operator/orders/{number}")).await;
        if page.status != 200 {
            found.0.push(format!("order {number}: {}", page.status));
            continue;
        }
        let page = page.text();
        let parts: i64 = amounts(&page, "part.total").iter().sum();
        let (_, paid) = section(&page, "paid")
            .split_once("<dd class=\"figures\">")
            .unwrap();
        let shown = [parts, amount(paid.split_once('<').unwrap().0)];
        found.same(&format!("order {number}"), &shown, &[*total, *total]);
    }
    for order in of_month(story, shops).await {
        let number = text(&order["number"]);
        let page = admin
            .get(world, &format!("/operator/orders/{number}"))
            .await
            .text();
        let captured: i64 = amounts(&page, "payments.captured").iter().sum();
        let is_paid = story.paid.contains(text(&order["id"]));
        // A shop's share is of the whole price: what gift cards paid of it is captured with the rest.
        let right = if is_paid { money(&order["total"]) } else { 0 };
        found.same(&format!("payment of order {number}"), &captured, &right);
    }
}
