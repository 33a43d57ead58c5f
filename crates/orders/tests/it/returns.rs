//! Returns between buyers and shops, and the numbers of credit notes, as the tables and the log have them.

use super::World;
use chrono::TimeDelta;
use contracts::cart::CartOwner;
use contracts::orders::{
    AsOf, NewParcel, NewReturn, Orders as _, ParcelLine, ReturnAnswer, ReturnReason, ReturnStatus,
    ReturnWish, SubOrderStatus,
};
use kernel::{Fault, FixedClock, Kind, OrderId, ParcelId, RefundId, ReturnId, SubOrderId, TenantId, secret};
use orders::domain::{Command, Order, Refund};
use std::sync::Arc;
use std::time::Duration;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

/// An order of two shops, two units each, the first of which has delivered.
struct Delivered {
    owner: CartOwner,
    order: OrderId,
    tenant: TenantId,
    part: SubOrderId,
    lines: Vec<ParcelLine>,
    other: (TenantId, SubOrderId),
}

async fn delivered(world: &World, owner: CartOwner) -> Delivered {
    let tenants = [world.shop(), world.shop()];
    let order = world.place(&owner, &tenants).await;
    let order = world.tell(order, Command::Confirm).await;
    let (ours, theirs) = (&order.placed.parts[0], &order.placed.parts[1]);
    let orders = &world.orders;
    orders.pack(&world.ctx, ours.tenant, ours.id).await.unwrap();
    let parcel = NewParcel {
        id: ParcelId::new(world.ctx.now),
        lines: None,
        carrier: String::new(),
        tracking: String::new(),
        exchange: None,
    };
    let sent = parcel.id;
    orders
        .ship(&world.ctx, ours.tenant, ours.id, parcel)
        .await
        .unwrap();
    let arrived = orders.deliver(&world.ctx, ours.tenant, ours.id, sent);
    assert_eq!(arrived.await.unwrap().status, SubOrderStatus::Delivered);
    Delivered {
        owner,
        order: order.id,
        tenant: ours.tenant,
        part: ours.id,
        lines: vec![ParcelLine {
            line: ours.lines[0].id,
            quantity: 1,
        }],
        other: (theirs.tenant, theirs.id),
    }
}

impl Delivered {
    fn request(&self, world: &World) -> NewReturn {
        NewReturn {
            id: ReturnId::new(world.ctx.now),
            sub_order: self.part,
            lines: self.lines.clone(),
            reason: ReturnReason::NotAsDescribed,
            note: " It is blue.\nI had ordered green. ".to_owned(),
            wish: ReturnWish::Refund,
        }
    }

    async fn ask(&self, world: &World, request: NewReturn) -> Result<contracts::orders::Order, Fault> {
        let (ctx, owner) = (&world.ctx, self.owner.clone());
        world.orders.request_return(ctx, owner, self.order, request).await
    }

    async fn answer(
        &self,
        world: &World,
        of: ReturnId,
        answer: ReturnAnswer,
    ) -> Result<contracts::orders::SubOrder, Fault> {
        let (ctx, orders) = (&world.ctx, &world.orders);
        orders
            .answer_return(ctx, self.tenant, self.part, of, answer)
            .await
    }
}

fn yes() -> ReturnAnswer {
    let note = "Wrap it well.".to_owned();
    ReturnAnswer::Authorise { note }
}

async fn assert_proven(world: &World) {
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
}

#[tokio::test]
async fn a_guest_asks_the_shop_agrees_and_the_goods_are_on_their_way() {
    let world = World::new().await;
    let sale = delivered(&world, CartOwner::Guest(secret::token())).await;
    let request = sale.request(&world);
    let asked = sale.ask(&world, request.clone()).await.unwrap();
    let seen = &asked.sub_orders[0];
    assert_eq!(seen.status, SubOrderStatus::ReturnRequested);
    assert_eq!(seen.returns[0].note, "It is blue.\nI had ordered green.");
    assert_eq!(seen.returnable[0].quantity, 1, "of two");
    assert_eq!(asked.sub_orders[1].status, SubOrderStatus::Confirmed);
    let again = sale.ask(&world, request.clone()).await.unwrap();
    assert_eq!(again.version, asked.version, "asked twice, it is one return");

    let open = world
        .orders
        .returns_of_seller(&world.ctx, sale.tenant, true, None, 10);
    let open = open.await.unwrap();
    assert_eq!(open.items.len(), 1);
    assert_eq!(open.items[0].titles, ["Stoneware bowl"]);
    assert_eq!(open.items[0].of.status, ReturnStatus::Requested);
    let (other, _) = sale.other;
    let none = world.orders.returns_of_seller(&world.ctx, other, false, None, 10);
    assert_eq!(none.await.unwrap().items, []);

    let allowed = sale.answer(&world, request.id, yes()).await.unwrap();
    assert_eq!(allowed.returns[0].status, ReturnStatus::Authorised);
    assert_eq!(allowed.returns[0].answer, "Wrap it well.");
    let sent = world.orders.send_back(
        &world.ctx,
        sale.owner.clone(),
        sale.order,
        request.id,
        "Correos".to_owned(),
        " RR1 ".to_owned(),
    );
    let sent = sent.await.unwrap();
    let back = &sent.sub_orders[0].returns[0];
    assert_eq!(
        (back.status, back.tracking.as_str()),
        (ReturnStatus::SentBack, "RR1")
    );

    // The seller's view, from the tables, is the same as the buyer's, from the history.
    let row = world
        .orders
        .sub_order(&world.ctx, sale.tenant, sale.part)
        .await
        .unwrap();
    assert_eq!(row.returns, sent.sub_orders[0].returns);
    assert_eq!(row.return_until, sent.sub_orders[0].return_until);
    let told = world.orders.history(&world.ctx, None, sale.order).await.unwrap();
    let names: Vec<_> = told
        .iter()
        .rev()
        .take(3)
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["return_sent_back", "return_authorised", "return_requested"]
    );
    let topics = "select count(*) from log.event where topic = 'orders.return_changed'";
    let published: i64 = world.client.query_one(topics, &[]).await.unwrap().get(0);
    assert_eq!(published, 3);
    assert_proven(&world).await;
}

#[tokio::test]
async fn nobody_returns_what_is_not_theirs_and_no_shop_answers_for_another() {
    let world = World::new().await;
    let sale = delivered(&world, world.buyer()).await;
    let request = sale.request(&world);
    let thief = Delivered {
        owner: world.buyer(),
        lines: sale.lines.clone(),
        ..sale
    };
    let refused = thief.ask(&world, request.clone()).await.unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
    let sale = Delivered {
        owner: sale.owner,
        ..thief
    };
    // Of the other shop's part nothing has arrived, and this part's line is none of it.
    let elsewhere = NewReturn {
        sub_order: sale.other.1,
        ..request.clone()
    };
    let refused = sale.ask(&world, elsewhere).await.unwrap_err();
    assert_eq!(refused.code, "transition_illegal");
    sale.ask(&world, request.clone()).await.unwrap();
    let (tenant, part) = sale.other;
    for (tenant, part) in [(tenant, part), (tenant, sale.part), (sale.tenant, part)] {
        let answer = world
            .orders
            .answer_return(&world.ctx, tenant, part, request.id, yes());
        assert_eq!(answer.await.unwrap_err().kind, Kind::NotFound);
    }
    assert_proven(&world).await;
}

#[tokio::test]
async fn a_return_ends_with_a_refusal_or_when_its_time_is_over() {
    let mut world = World::new().await;
    let sale = delivered(&world, world.buyer()).await;
    let request = sale.request(&world);
    sale.ask(&world, request.clone()).await.unwrap();
    let note = String::new();
    let silent = sale
        .answer(&world, request.id, ReturnAnswer::Refuse { note })
        .await;
    assert_eq!(silent.unwrap_err().code, "note_missing");
    let note = "It was made to your measure.".to_owned();
    let refused = sale
        .answer(&world, request.id, ReturnAnswer::Refuse { note })
        .await;
    let refused = refused.unwrap();
    assert_eq!(refused.status, SubOrderStatus::Delivered);
    assert_eq!(refused.returns[0].status, ReturnStatus::Refused);
    let late = sale.answer(&world, request.id, yes()).await.unwrap_err();
    assert_eq!(late.code, "transition_illegal");
    assert_eq!(late.extra["from"], "refused");
    let open = world
        .orders
        .returns_of_seller(&world.ctx, sale.tenant, true, None, 10);
    assert_eq!(open.await.unwrap().items, []);
    let all = world
        .orders
        .returns_of_seller(&world.ctx, sale.tenant, false, None, 10);
    assert_eq!(all.await.unwrap().items.len(), 1);

    // The last of its fourteen days is over, whenever in it the goods came.
    world.ctx.now += Duration::from_secs(15 * 24 * 60 * 60);
    let late = sale.ask(&world, sale.request(&world)).await.unwrap_err();
    assert_eq!(
        (late.kind, late.code.as_str()),
        (Kind::Conflict, "return_too_late")
    );
    assert_proven(&world).await;
}

fn refund(world: &World, order: &Order, part: usize, amount: i64) -> Command {
    Command::Refund(Refund {
        id: RefundId::new(world.ctx.now),
        part: order.placed.parts[part].id,
        lines: Vec::new(),
        delivery: 0,
        amount,
        reason: "late".into(),
        of_return: None,
        released: false,
        deduction: None,
    })
}

#[tokio::test]
async fn credit_notes_are_numbered_by_shop_without_gaps() {
    let world = World::new().await;
    let (ours, theirs) = (world.shop(), world.shop());
    let owner = world.buyer();
    let mut last = None;
    for _ in 0..3 {
        let order = world.place(&owner, &[ours, theirs]).await;
        let order = world.tell(order, Command::Confirm).await;
        let back = refund(&world, &order, 0, 500);
        let order = world.tell(order, back).await;
        last = Some(order);
    }
    let order = last.unwrap();
    let back = refund(&world, &order, 1, 1250);
    let order = world.tell(order, back).await;
    // One that is not committed takes no number with it.
    let back = refund(&world, &order, 0, 100);
    let events = orders::domain::decide(Some(&order), &back, world.ctx.now).unwrap();
    let change = orders::till::Change::new(&world.ctx, order.clone(), events).unwrap();
    let mut writes = orders::till::Writes::default();
    writes.change(&change).unwrap();
    world.client.batch_execute("begin").await.unwrap();
    world.statements.write(&world.client, &writes).await.unwrap();
    world.client.batch_execute("rollback").await.unwrap();
    let order = world.tell(order, back).await;

    let seen = world
        .orders
        .credit_notes(&world.ctx, Some(owner), order.id)
        .await
        .unwrap();
    let mut seen: Vec<_> = seen
        .iter()
        .map(|note| {
            (
                note.tenant,
                note.number.as_str(),
                note.total.amount,
                note.commission,
            )
        })
        .collect();
    seen.sort_by_key(|note| note.1);
    assert_eq!(
        seen,
        [
            (theirs, "CN-000001", 1250, None),
            (ours, "CN-000003", 500, None),
            (ours, "CN-000004", 100, None)
        ]
    );
    let id = order.placed.parts[1].id;
    let own = world
        .orders
        .credit_notes_of_sale(&world.ctx, theirs, id)
        .await
        .unwrap();
    // Half of 25.00, and with it half of the commission of 2.00.
    assert_eq!(own[0].commission.unwrap().amount, 100);
    let foreign = world.orders.credit_notes_of_sale(&world.ctx, ours, id).await;
    assert_eq!(foreign.unwrap_err().kind, Kind::NotFound);
    let stranger = world
        .orders
        .credit_notes(&world.ctx, Some(world.buyer()), order.id);
    assert_eq!(stranger.await.unwrap_err().kind, Kind::NotFound);
    assert_proven(&world).await;

    // What is missing is found.
    let mut owner = world.db.owner().await;
    sqlx::raw_sql(
        "alter table orders.credit_note disable trigger credit_note_append_only;
         delete from orders.credit_note where number = 2",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let findings = orders::verify(&world.orders).await.unwrap();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(
        findings
            .iter()
            .any(|finding| finding.ends_with("has no credit note"))
    );
    assert!(
        findings
            .iter()
            .any(|finding| finding.contains("its credit notes are 3"))
    );
}

#[tokio::test]
async fn a_return_is_part_of_the_order_as_of_any_version() {
    let world = World::new().await;
    let sale = delivered(&world, world.buyer()).await;
    let before = world.orders.order(&world.ctx, None, sale.order, AsOf::default());
    let before = before.await.unwrap();
    sale.ask(&world, sale.request(&world)).await.unwrap();
    let then = AsOf {
        version: Some(before.version),
        at: None,
    };
    let seen = world
        .orders
        .order(&world.ctx, None, sale.order, then)
        .await
        .unwrap();
    assert_eq!(seen, before);
}

#[tokio::test]
async fn what_a_shop_does_not_answer_in_three_days_is_authorised_after_a_reminder() {
    let mut world = World::new().await;
    let sale = delivered(&world, CartOwner::Guest(secret::token())).await;
    // The marketplace's clock is ahead of the database's by more than those days.
    world.ctx.now += TimeDelta::days(5);
    let (waiting, refused) = (sale.request(&world), sale.request(&world));
    sale.ask(&world, waiting.clone()).await.unwrap();
    sale.ask(&world, refused.clone()).await.unwrap();
    let note = "It was worn.".to_owned();
    sale.answer(&world, refused.id, ReturnAnswer::Refuse { note })
        .await
        .unwrap();
    let statuses = async || {
        let seen = world
            .orders
            .sub_order(&world.ctx, sale.tenant, sale.part)
            .await
            .unwrap();
        [0, 1].map(|n| (seen.returns[n].status, seen.returns[n].answer_by))
    };
    let count = async |sql: &'static str| -> i64 {
        let mut conn = world.db.owner().await;
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
    };
    let three_days = Duration::from_secs(3 * 24 * 60 * 60);
    let by = Some(world.ctx.now + three_days);
    let (clock, stop) = (Arc::new(FixedClock::at(world.ctx.now)), CancellationToken::new());
    let days = async {
        eventually("all are noted", async || {
            let noted =
                count("select count(*) from store.job where queue = 'orders.unanswered_returns'").await;
            (noted == 4).then_some(())
        })
        .await;
        clock.advance(Duration::from_secs(2 * 24 * 60 * 60 - 60));
        let reminders = "select count(*) from log.event where topic = 'orders.return_unanswered'";
        assert_eq!(count(reminders).await, 0);
        clock.advance(Duration::from_secs(60));
        eventually("the shop is reminded of the one that waits", async || {
            (count(reminders).await == 1).then_some(())
        })
        .await;
        let asked = statuses().await;
        assert_eq!(
            asked,
            [(ReturnStatus::Requested, by), (ReturnStatus::Refused, None)]
        );
        clock.advance(Duration::from_secs(24 * 60 * 60));
        eventually("it is authorised", async || {
            let [(first, _), (second, _)] = statuses().await;
            assert_eq!(second, ReturnStatus::Refused);
            (first == ReturnStatus::Authorised).then_some(())
        })
        .await;
        stop.cancel();
    };
    futures::join!(
        orders::work(world.orders.clone(), clock.clone(), stop.clone()),
        days
    );
    let note = "Too late.".to_owned();
    let tally = contracts::orders::OrderDesk::tally_returns(&world.orders, &world.ctx, sale.tenant);
    let tally = tally.await.unwrap();
    assert_eq!((tally.open, tally.all), (1, 2), "each return by itself");
    let late = sale
        .answer(&world, waiting.id, ReturnAnswer::Refuse { note })
        .await
        .unwrap_err();
    assert_eq!(
        (late.code.as_str(), &late.extra["from"]),
        ("transition_illegal", &"authorised".into())
    );
    assert_proven(&world).await;
}
