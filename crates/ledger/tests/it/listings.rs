//! What shops pay for listed products: charged once for each period, on the statement, and undone by an operator.

use crate::world::{World, eur};
use contracts::catalog::ProductStatus::{Active, Draft, Inactive};
use contracts::catalog::{ProductChanged, ProductStatus};
use contracts::payments::RemotePayments;
use contracts::tenants::{RemoteTenants, Shop, ShopStatus};
use contracts::{Reply, Transport};
use kernel::{BasisPoints, Ctx, Currency, EntryId, FixedClock, Money, ProductId, TenantId};
use ledger::{Ledger, NewListingRule, Rules};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

/// Stands for tenants: every shop sells in euro, but for one.
struct Shops;

const SUSPENDED: TenantId = TenantId(uuid::Uuid::from_u128(7));

impl Transport for Shops {
    fn call<'a>(&'a self, _: &'static str, _: &'static str, _: &'a Ctx, body: Value) -> Reply<'a, Value> {
        let ids: Vec<TenantId> = serde_json::from_value(body[0].clone()).expect("ids");
        let status = |id| match id == SUSPENDED {
            true => ShopStatus::Suspended,
            false => ShopStatus::Active,
        };
        let shop = |id| Shop {
            status: status(id),
            ..testkit::shop(id)
        };
        let shops: Vec<Shop> = ids.into_iter().map(shop).collect();
        Box::pin(async move { Ok(json!(shops)) })
    }
}

fn asking(ledger: Ledger) -> Ledger {
    let shops = Arc::new(Shops);
    ledger.asking(
        Arc::new(RemoteTenants(shops.clone())),
        Arc::new(RemotePayments(shops)),
    )
}

struct Market {
    world: World,
    ledger: Ledger,
}

impl Market {
    async fn new() -> Self {
        let world = World::new().await;
        let ledger = asking(world.other());
        Self { world, ledger }
    }

    /// A tenth of a euro and a fifth of that as tax, for as many days.
    async fn rule(&self, period_days: Option<u16>, change: impl FnOnce(&mut NewListingRule)) {
        let mut rule = NewListingRule {
            shop: None,
            plan: None,
            fee: eur(10),
            tax: BasisPoints(2_000),
            period_days,
            valid_from: None,
            note: "Agreed by letter.".to_owned(),
        };
        change(&mut rule);
        self.ledger
            .make_listing_rule(&self.world.day(-1), rule)
            .await
            .expect("made");
    }

    /// The catalogue tells of products, one after the other, on a day; until the ledger has heard.
    async fn tell(&self, day: i64, told: &[(TenantId, ProductId, ProductStatus)]) {
        let db = self.world.db.db(ledger::CONTEXT);
        let mut tx = db.begin(Scope::System).await.expect("begin");
        let mut outbox = Outbox::new();
        for (tenant, product, status) in told {
            let changed = ProductChanged {
                product: *product,
                tenant: *tenant,
                version: 1,
                status: *status,
            };
            outbox.push(&self.world.day(day), &changed).expect("JSON");
        }
        outbox.append(&mut tx).await.expect("told");
        tx.commit().await.expect("commit");
        let stop = CancellationToken::new();
        let heard = eventually("the ledger hears of products", async || {
            // In one question: asked one after the other, the consumer could begin in between and seem to have heard.
            let heard: bool = sqlx::query_scalar(
                "select exists (
                   select from log.cursor c
                    where c.consumer = 'ledger.note_listings'
                      and not exists (
                        select from log.event e
                         where e.topic = 'catalog.product_changed' and (e.xid, e.id) > (c.xid, c.id)))",
            )
            .fetch_one(&mut self.world.db.owner().await)
            .await
            .expect("read");
            heard.then(|| stop.cancel())
        });
        let clock = Arc::new(FixedClock::at(self.world.day(day).now));
        futures::join!(ledger::note_listings(&self.ledger, clock, stop.clone()), heard);
    }

    async fn charge(&self, day: i64) -> usize {
        self.ledger
            .charge_listings(&self.world.day(day))
            .await
            .expect("charged")
    }

    async fn owed(&self, shop: TenantId) -> i64 {
        let standing = self.ledger.standing(shop).await.expect("read");
        standing.first().map_or(0, |(_, standing)| standing.payable)
    }
}

fn new(world: &World) -> (TenantId, ProductId) {
    (TenantId::new(world.start), ProductId::new(world.start))
}

#[tokio::test]
async fn a_listed_product_is_charged_once_for_each_period_and_not_while_it_is_not_for_sale() {
    let market = Market::new().await;
    let (shop, bowl) = new(&market.world);
    let (_, draft) = new(&market.world);
    market.rule(Some(30), |_| {}).await;
    market
        .tell(
            0,
            &[(shop, bowl, Draft), (shop, bowl, Active), (shop, draft, Draft)],
        )
        .await;
    let other = asking(market.world.other());
    let ctx = market.world.day(0);
    let (once, again) = futures::join!(market.ledger.charge_listings(&ctx), other.charge_listings(&ctx));
    assert_eq!(once.expect("charged") + again.expect("charged"), 1);
    assert_eq!(market.owed(shop).await, -12);
    // A change of the product is no new listing.
    market.tell(1, &[(shop, bowl, Active)]).await;
    assert_eq!(market.charge(29).await, 0);
    assert_eq!(market.charge(30).await, 1);
    // It is for sale again on the 70th day: from then on it is paid, not from the 60th.
    market.tell(31, &[(shop, bowl, Inactive)]).await;
    assert_eq!(market.charge(61).await, 0);
    market.tell(70, &[(shop, bowl, Active)]).await;
    assert_eq!(market.charge(70).await, 1);
    assert_eq!(market.charge(99).await, 0);
    assert_eq!(market.owed(shop).await, -36);

    let days = [market.world.day(-1), market.world.day(99)].map(|ctx| ctx.now.date_naive());
    let statement = market
        .ledger
        .statement(shop, Currency::EUR, days)
        .await
        .expect("read");
    let first = &statement.movements[0];
    assert_eq!((first.kind.as_str(), first.reference), ("listing_fee", bowl.0));
    let figures = [first.gross, first.commission, first.tax, first.net].map(|money| money.amount);
    assert_eq!(figures, [-10, 0, 2, -12]);
    let accounts = market.world.accounts().await;
    let expected = [
        ("listing_revenue", -30),
        ("seller_payable", 36),
        ("tax_payable", -6),
    ];
    assert_eq!(accounts, crate::world::balances(expected));
}

#[tokio::test]
async fn what_is_paid_once_is_paid_for_ever_and_who_is_freed_pays_nothing() {
    let market = Market::new().await;
    let (shop, bowl) = new(&market.world);
    let (friend, vase) = new(&market.world);
    let (pro, plate) = new(&market.world);
    market.rule(None, |_| {}).await;
    market
        .rule(None, |rule| (rule.shop, rule.fee) = (Some(friend), eur(0)))
        .await;
    market
        .rule(Some(30), |rule| {
            (rule.plan, rule.fee) = (Some("pro".to_owned()), eur(5));
        })
        .await;
    let dollars = Money::new(99, Currency::USD);
    market
        .rule(None, |rule| (rule.shop, rule.fee) = (Some(shop), dollars))
        .await;
    let terms = Rules {
        plan: Some("pro".to_owned()),
        ..Rules::default()
    };
    market
        .ledger
        .set_rules(&market.world.day(0), pro, &terms)
        .await
        .expect("set");
    market
        .tell(
            0,
            &[(shop, bowl, Active), (friend, vase, Active), (pro, plate, Active)],
        )
        .await;
    assert_eq!(market.charge(0).await, 2);
    let owed = [
        market.owed(shop).await,
        market.owed(friend).await,
        market.owed(pro).await,
    ];
    assert_eq!(owed, [-12, 0, -6]);
    market
        .tell(1, &[(shop, bowl, Inactive), (shop, bowl, Active)])
        .await;
    market.tell(2, &[(shop, bowl, Inactive)]).await;
    market.tell(3, &[(shop, bowl, Active)]).await;
    for (day, charged) in [(29, 0), (30, 1), (60, 1), (80, 0)] {
        assert_eq!(
            market.charge(day).await,
            charged,
            "the plan's alone, on day {day}"
        );
    }
    assert_eq!(market.owed(shop).await, -12);
}

#[tokio::test]
async fn nobody_pays_for_the_time_in_which_no_rule_was_about_them() {
    let market = Market::new().await;
    let (shop, bowl) = new(&market.world);
    market
        .rule(Some(30), |rule| rule.plan = Some("pro".to_owned()))
        .await;
    market.tell(0, &[(shop, bowl, Active)]).await;
    assert_eq!(market.charge(1).await, 0);
    let terms = Rules {
        plan: Some("pro".to_owned()),
        ..Rules::default()
    };
    let day = market.world.day(50);
    market.ledger.set_rules(&day, shop, &terms).await.expect("set");
    assert_eq!(market.charge(50).await, 1, "not for the month before as well");
    assert_eq!((market.charge(78).await, market.charge(79).await), (0, 1));
    assert_eq!(market.owed(shop).await, -24);
}

#[tokio::test]
async fn a_shop_that_does_not_sell_pays_nothing() {
    let market = Market::new().await;
    let (_, bowl) = new(&market.world);
    market.rule(Some(30), |_| {}).await;
    market.tell(0, &[(SUSPENDED, bowl, Active)]).await;
    assert_eq!(market.charge(1).await, 0);
    assert_eq!(market.owed(SUSPENDED).await, 0);
}

#[tokio::test]
async fn what_was_free_costs_something_once_another_rule_holds() {
    let market = Market::new().await;
    let (shop, bowl) = new(&market.world);
    market.rule(None, |_| {}).await;
    market
        .rule(None, |rule| {
            (rule.plan, rule.fee) = (Some("new".to_owned()), eur(0));
        })
        .await;
    let plan = async |day, plan: &str| {
        let terms = Rules {
            plan: Some(plan.to_owned()),
            ..Rules::default()
        };
        let day = market.world.day(day);
        market.ledger.set_rules(&day, shop, &terms).await.expect("set");
    };
    plan(0, "new").await;
    market.tell(0, &[(shop, bowl, Active)]).await;
    assert_eq!((market.charge(0).await, market.charge(50).await), (0, 0));
    plan(51, "free").await;
    assert_eq!((market.charge(52).await, market.charge(53).await), (1, 0));
    assert_eq!(market.owed(shop).await, -12);
}

#[tokio::test]
async fn an_operator_undoes_a_fee_once_and_says_why() {
    let market = Market::new().await;
    let (shop, bowl) = new(&market.world);
    market.rule(Some(30), |_| {}).await;
    market.tell(0, &[(shop, bowl, Active)]).await;
    assert_eq!(market.charge(0).await, 1);
    let charges = market.ledger.listing_charges(shop, None, 10).await.expect("read");
    let entry = EntryId(charges[0].entry_id);
    let reverse = async || {
        let ctx = market.world.day(1);
        market.ledger.reverse(&ctx, entry, "Listed by our mistake.").await
    };
    let by = reverse().await.expect("reversed");
    assert!(matches!(reverse().await, Err(ledger::Error::AlreadyReversed)));
    assert_eq!(market.owed(shop).await, 0);
    let charges = market.ledger.listing_charges(shop, None, 10).await.expect("read");
    let told = (charges[0].reversed_by, charges[0].reason.as_deref());
    assert_eq!(told, (Some(by.0), Some("Listed by our mistake.")));
    assert_eq!(market.charge(2).await, 0, "its time is paid, if not by the shop");
    let days = [market.world.day(-1), market.world.day(3)].map(|ctx| ctx.now.date_naive());
    let statement = market
        .ledger
        .statement(shop, Currency::EUR, days)
        .await
        .expect("read");
    let kinds: Vec<_> = statement
        .movements
        .iter()
        .map(|m| (m.kind.as_str(), m.reversal))
        .collect();
    assert_eq!(kinds, [("listing_fee", false), ("listing_fee", true)]);
    assert!(market.world.accounts().await.is_empty());
    for change in [
        "update ledger.listing_rule set fee = 0",
        "delete from ledger.listing_charge",
    ] {
        assert!(market.world.run(change).await.is_err(), "{change}");
    }
}
