//! Goods that come back: stock, money and books, once each.

use crate::provider::Cut;
use crate::world::{Instance, World};
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::{
    AfterReceipt, Checkout, OrderRefund, Receipt, ReceiptLine, RefundStatus, ReturnTerms,
};
use contracts::orders::{
    AsOf, Deduction, NewParcel, NewReturn, Order, Orders as _, ParcelLine, Return, ReturnAnswer,
    ReturnReason, ReturnStatus, ReturnWish, SubOrder, SubOrderStatus,
};
use futures::future::join_all;
use kernel::{Currency, Fault, LineId, Money, ParcelId, ReturnId, SubOrderId, TenantId};
use std::time::Duration;
use testkit::eventually;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// Two bowls at 10.00 and 5.00 of delivery, of which the marketplace keeps 2.00, delivered, and a return of some.
pub struct Sale<'w> {
    world: &'w World,
    owner: CartOwner,
    order: Order,
    tenant: TenantId,
    pub part: SubOrderId,
    line: LineId,
}

async fn sell<'w>(world: &'w World, instance: &Instance, offers: &[&Offer], method: &str) -> Sale<'w> {
    let lines: Vec<(&Offer, u32)> = offers.iter().map(|offer| (*offer, 2)).collect();
    let (owner, order) = instance.order(world, &lines).await;
    instance.pay(world, &owner, &order, method).await.unwrap();
    Sale::delivered(world, owner, order, offers[0].tenant).await
}

impl<'w> Sale<'w> {
    /// A shop's part of a paid order, sent and arrived.
    pub async fn delivered(world: &'w World, owner: CartOwner, order: Order, tenant: TenantId) -> Self {
        let own = order.sub_orders.iter().find(|part| part.tenant == tenant);
        let (part, line) = own.map(|own| (own.id, own.lines[0].id)).unwrap();
        let sale = Self {
            world,
            owner,
            order,
            tenant,
            part,
            line,
        };
        world.orders.pack(&world.ctx(), tenant, part).await.unwrap();
        sale.deliver(None).await;
        sale
    }
}

impl Sale<'_> {
    /// All that is left to be sent, or the goods that are sent again for a return.
    async fn deliver(&self, exchange: Option<ReturnId>) -> SubOrder {
        let (ctx, orders) = (self.world.ctx(), &self.world.orders);
        let parcel = NewParcel {
            id: ParcelId::new(ctx.now),
            lines: None,
            carrier: String::new(),
            tracking: String::new(),
            exchange,
        };
        let id = parcel.id;
        orders.ship(&ctx, self.tenant, self.part, parcel).await.unwrap();
        orders.deliver(&ctx, self.tenant, self.part, id).await.unwrap()
    }

    /// A return of so many units, to which the shop has agreed.
    pub async fn authorised(&self, quantity: u32) -> ReturnId {
        let (ctx, orders) = (self.world.ctx(), &self.world.orders);
        let request = NewReturn {
            id: ReturnId::new(ctx.now),
            sub_order: self.part,
            lines: vec![ParcelLine {
                line: self.line,
                quantity,
            }],
            reason: ReturnReason::Defective,
            note: String::new(),
            wish: ReturnWish::Refund,
        };
        let id = request.id;
        let asked = orders.request_return(&ctx, self.owner.clone(), self.order.id, request);
        asked.await.unwrap();
        let note = String::new();
        let answer = ReturnAnswer::Authorise { note };
        let answered = orders.answer_return(&ctx, self.tenant, self.part, id, answer);
        answered.await.unwrap();
        id
    }

    pub async fn receive(
        &self,
        instance: &Instance,
        of: ReturnId,
        (restocked, written_off): (u32, u32),
        then: AfterReceipt,
    ) -> Result<SubOrder, Fault> {
        let receipt = Receipt {
            lines: vec![ReceiptLine {
                line: self.line,
                restocked,
                written_off,
            }],
            then,
        };
        let (ctx, till) = (self.world.ctx(), &instance.checkouts);
        till.receive_return(&ctx, self.tenant, self.part, of, receipt)
            .await
    }

    async fn refund(
        &self,
        instance: &Instance,
        of: ReturnId,
        terms: ReturnTerms,
    ) -> Result<OrderRefund, Fault> {
        let (ctx, till) = (self.world.ctx(), &instance.checkouts);
        till.refund_return(&ctx, self.tenant, self.part, of, terms).await
    }

    async fn now(&self) -> SubOrder {
        let (ctx, id) = (self.world.ctx(), self.order.id);
        let order = self
            .world
            .orders
            .order(&ctx, None, id, AsOf::default())
            .await
            .unwrap();
        let mut parts = order.sub_orders.into_iter();
        parts.find(|part| part.id == self.part).unwrap()
    }

    async fn found(&self, of: ReturnId) -> Return {
        let mut returns = self.now().await.returns.into_iter();
        returns.find(|found| found.id == of).unwrap()
    }

    /// What the shop is owed, and what the marketplace earned with it.
    async fn owed(&self) -> (i64, i64) {
        sqlx::query_as(
            "select -coalesce(sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                    -coalesce(sum(amount) filter (where account = 'commission_revenue'), 0)::bigint
               from ledger.posting where tenant_id = $1",
        )
        .bind(self.tenant)
        .fetch_one(&mut self.world.system().await)
        .await
        .unwrap()
    }

    /// Movements with which goods came back, and their units.
    async fn came_back(&self, of: ReturnId) -> (i64, i64) {
        sqlx::query_as(
            "select count(*), coalesce(sum(delta_on_hand), 0)::bigint
               from inventory.movement where reason = 'return' and reference = $1",
        )
        .bind(of)
        .fetch_one(&mut self.world.system().await)
        .await
        .unwrap()
    }

    /// Refunds that the provider made, and what they gave back.
    async fn at_the_provider(&self) -> (i64, i64) {
        sqlx::query_as(
            "select count(*), coalesce(sum(amount), 0)::bigint
               from payments.sandbox_refund where charge like $1 || '-%' and state = 'succeeded'",
        )
        .bind(self.order.payment.to_string())
        .fetch_one(&mut self.world.db.owner().await)
        .await
        .unwrap()
    }
}

pub fn in_full() -> AfterReceipt {
    AfterReceipt::Refund(ReturnTerms::default())
}

#[tokio::test]
async fn one_unit_comes_back_to_the_shelf_one_is_written_off_and_the_money_goes_back() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let sale = sell(&world, &instance, &[&bowl, &vase], "tok_visa").await;
    let of = sale.authorised(2).await;
    let received = sale.receive(&instance, of, (1, 1), in_full()).await.unwrap();
    assert_eq!(received.status, SubOrderStatus::Returned);
    assert_eq!(received.refunded, eur(2_000));
    let back = &received.returns[0];
    assert_eq!(
        (back.status, back.refunded),
        (ReturnStatus::Closed, Some(eur(2_000)))
    );
    assert_eq!((back.lines[0].restocked, back.lines[0].written_off), (1, 1));
    assert_eq!(world.level(&bowl).await, (4, 0), "three were left, one came back");
    assert_eq!(sale.came_back(of).await, (1, 1));
    assert_eq!(world.level(&vase).await, (3, 0), "the other shop does not notice");
    // All of the commission, which was on the goods; the delivery stays the shop's.
    assert_eq!(sale.owed().await, (500, 0));
    assert_eq!(sale.at_the_provider().await, (1, 2_000));

    // Told again, it came once.
    let again = sale.receive(&instance, of, (1, 1), in_full()).await.unwrap();
    assert_eq!(again.refunded, eur(2_000));
    let otherwise = sale.receive(&instance, of, (2, 0), in_full()).await.unwrap_err();
    assert_eq!(otherwise.code, "transition_illegal");
    assert_eq!(world.level(&bowl).await, (4, 0));
    assert_eq!(sale.at_the_provider().await, (1, 2_000));

    let ctx = world.ctx();
    let notes = world
        .orders
        .credit_notes(&ctx, Some(sale.owner.clone()), sale.order.id);
    let notes = notes.await.unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(
        (notes[0].number.as_str(), notes[0].total),
        ("CN-000001", eur(2_000))
    );
    assert_eq!((notes[0].of_return, notes[0].lines[0].quantity), (Some(of), 2));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_shop_keeps_something_for_a_reason() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(1).await;
    let keep = |amount| {
        let deduction = Deduction {
            amount,
            reason: "The rim is chipped.".to_owned(),
        };
        AfterReceipt::Refund(ReturnTerms {
            delivery: false,
            deduction: Some(deduction),
        })
    };
    let all = sale
        .receive(&instance, of, (1, 0), keep(eur(1_000)))
        .await
        .unwrap_err();
    assert_eq!(
        (all.code.as_str(), &all.extra["goods"]),
        ("deduction_invalid", &1_000.into())
    );
    let dollars = Money::new(1, "USD".parse().unwrap());
    let foreign = sale
        .receive(&instance, of, (1, 0), keep(dollars))
        .await
        .unwrap_err();
    assert_eq!(foreign.code, "currency_differs");
    assert_eq!(world.level(&bowl).await, (3, 0), "nothing is half done");
    assert_eq!(sale.found(of).await.status, ReturnStatus::Authorised);

    sale.receive(&instance, of, (1, 0), keep(eur(300))).await.unwrap();
    let found = sale.found(of).await;
    assert_eq!(found.refunded, Some(eur(700)));
    assert_eq!(found.deduction.unwrap().reason, "The rim is chipped.");
    assert_eq!(world.level(&bowl).await, (4, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn money_that_goes_first_does_not_go_again_when_the_goods_come() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(2).await;
    let terms = || ReturnTerms {
        delivery: true,
        deduction: None,
    };
    let back = sale.refund(&instance, of, terms()).await.unwrap();
    assert_eq!((back.status, back.amount), (RefundStatus::Refunded, eur(2_500)));
    assert_eq!(back.parts[0].of_return, Some(of));
    assert_eq!(sale.found(of).await.status, ReturnStatus::Refunded);
    assert_eq!(sale.now().await.status, SubOrderStatus::ReturnRequested);
    let again = sale.refund(&instance, of, terms()).await.unwrap();
    assert_eq!((again.id, again.status), (back.id, RefundStatus::Refunded));

    sale.receive(&instance, of, (2, 0), in_full()).await.unwrap();
    assert_eq!(sale.found(of).await.status, ReturnStatus::Closed);
    assert_eq!(sale.now().await.status, SubOrderStatus::Refunded);
    assert_eq!(world.level(&bowl).await, (5, 0));
    assert_eq!(sale.at_the_provider().await, (1, 2_500));
    assert_eq!(sale.owed().await, (0, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_buyer_cannot_keep_the_goods_while_their_money_is_on_its_way() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_refund_slow").await;
    let of = sale.authorised(1).await;
    let withdraw = async || {
        let (ctx, till) = (world.ctx(), &instance.checkouts);
        till.withdraw_return(&ctx, sale.owner.clone(), sale.order.id, of)
            .await
    };
    let slow = sale.refund(&instance, of, ReturnTerms::default()).await.unwrap();
    assert_eq!(slow.status, RefundStatus::Pending);
    assert_eq!(
        sale.found(of).await.status,
        ReturnStatus::Authorised,
        "not there yet"
    );
    let refused = withdraw().await.unwrap_err();
    assert_eq!(refused.code, "transition_illegal");
    assert_eq!(refused.extra["from"], "refunded");
    // A second one may be withdrawn: nothing of it is under way.
    let other = sale.authorised(1).await;
    let (ctx, till) = (world.ctx(), &instance.checkouts);
    let withdrawn = till.withdraw_return(&ctx, sale.owner.clone(), sale.order.id, other);
    withdrawn.await.unwrap();
    assert_eq!(sale.found(other).await.status, ReturnStatus::Withdrawn);
    let stranger = till.withdraw_return(&ctx, world.guest(), sale.order.id, of).await;
    assert_eq!(stranger.unwrap_err().code, "not_found");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_same_goods_are_sent_again_from_stock() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(3).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(1).await;
    let received = sale
        .receive(&instance, of, (0, 1), AfterReceipt::Exchange)
        .await
        .unwrap();
    assert_eq!(received.returns[0].status, ReturnStatus::Exchanged);
    assert_eq!(world.level(&bowl).await, (0, 0), "the last one is taken for it");
    let arrived = sale.deliver(Some(of)).await;
    assert_eq!(arrived.status, SubOrderStatus::Delivered);
    assert_eq!(arrived.returns[0].status, ReturnStatus::Closed);
    assert_eq!(arrived.refunded, eur(0));
    assert_eq!(sale.at_the_provider().await, (0, 0));
    assert_eq!(sale.owed().await, (2_300, 200));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_is_out_of_stock_is_not_exchanged_and_can_be_refunded() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(2).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(2).await;
    // One of the two that came is good, but two are to be sent.
    let short = sale
        .receive(&instance, of, (1, 1), AfterReceipt::Exchange)
        .await
        .unwrap_err();
    assert_eq!(short.code, "exchange_out_of_stock");
    assert_eq!(short.extra["shortages"][0]["available"], 1);
    assert_eq!(short.extra["allowed"][0], "refunded");
    assert_eq!(sale.found(of).await.status, ReturnStatus::Authorised);
    assert_eq!(world.level(&bowl).await, (0, 0), "nothing is half done");

    let nothing = AfterReceipt::Nothing;
    sale.receive(&instance, of, (1, 1), nothing).await.unwrap();
    assert_eq!(world.level(&bowl).await, (1, 0));
    let ctx = world.ctx();
    let exchange = || {
        instance
            .checkouts
            .exchange_return(&ctx, sale.tenant, sale.part, of)
    };
    assert_eq!(exchange().await.unwrap_err().code, "exchange_out_of_stock");
    world.count(&bowl, 2).await;
    exchange().await.unwrap();
    exchange().await.unwrap();
    assert_eq!(world.level(&bowl).await, (0, 0), "asked twice, taken once");
    let late = sale
        .refund(&instance, of, ReturnTerms::default())
        .await
        .unwrap_err();
    assert_eq!(
        (late.code.as_str(), &late.extra["from"]),
        ("transition_illegal", &"exchanged".into())
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_was_to_be_sent_again_and_was_not_is_back_on_the_shelf() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(4).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(2).await;
    let close = || {
        let note = "The new ones are cracked as well.".to_owned();
        let (ctx, till) = (world.ctx(), &instance.checkouts);
        async move { till.close_return(&ctx, sale.tenant, sale.part, of, note).await }
    };
    for _ in 0..2 {
        let exchange = AfterReceipt::Exchange;
        sale.receive(&instance, of, (0, 2), exchange).await.unwrap();
        assert_eq!(world.level(&bowl).await, (0, 0), "said twice, taken once");
    }
    for _ in 0..2 {
        let closed = close().await.unwrap();
        assert_eq!(closed.returns[0].status, ReturnStatus::Closed);
        assert_eq!(closed.returns[0].lines[0].put_back, 2);
        assert_eq!(world.level(&bowl).await, (2, 0), "said twice, put back once");
    }
    assert_eq!(sale.came_back(of).await, (1, 2));
    assert_eq!(sale.now().await.returnable, [], "the buyer has none of them");
    let (ctx, note) = (world.ctx(), "mine".to_owned());
    let stranger = instance
        .checkouts
        .close_return(&ctx, TenantId::new(ctx.now), sale.part, of, note);
    assert_eq!(stranger.await.unwrap_err().code, "not_found");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_refund_that_failed_is_not_tried_again_once_other_goods_are_on_their_way() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_refund_fails").await;
    let of = sale.authorised(1).await;
    let nothing = AfterReceipt::Nothing;
    sale.receive(&instance, of, (1, 0), nothing).await.unwrap();
    let begun = sale.refund(&instance, of, ReturnTerms::default()).await.unwrap();
    assert_eq!(begun.status, RefundStatus::Pending);
    sqlx::query("update payments.sandbox_refund set settles_at = now() where state = 'pending'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let (ctx, till) = (world.ctx(), &instance.checkouts);
    let failed = eventually("it is refused", async || {
        world.clock.advance(Duration::from_secs(60));
        let refused = till.refused_refunds(&ctx, None, 10).await.unwrap();
        refused.items.into_iter().next()
    })
    .await;
    assert_eq!(failed.id, begun.id);
    till.exchange_return(&ctx, sale.tenant, sale.part, of)
        .await
        .unwrap();
    let both = till
        .retry_refund(&ctx, sale.order.id, failed.id)
        .await
        .unwrap_err();
    assert_eq!(
        (both.code.as_str(), &both.extra["from"]),
        ("transition_illegal", &"exchanged".into())
    );
    assert_eq!(sale.at_the_provider().await, (0, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn many_hands_receive_it_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instances[0], &[&bowl], "tok_visa").await;
    let of = sale.authorised(2).await;
    let receiving = (0..8).map(|n| sale.receive(&instances[n % 2], of, (2, 0), in_full()));
    for outcome in join_all(receiving).await {
        outcome.unwrap();
    }
    eventually("the money is back", async || {
        (sale.at_the_provider().await == (1, 2_000)).then_some(())
    })
    .await;
    assert_eq!(world.level(&bowl).await, (5, 0));
    assert_eq!(sale.came_back(of).await, (1, 2));
    eventually("it is told", async || {
        (sale.found(of).await.status == ReturnStatus::Closed).then_some(())
    })
    .await;
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn a_process_that_dies_after_the_goods_came_leaves_one_refund() {
    for after in [false, true] {
        let world = World::new().await;
        let bowl = world.offer(5).await;
        let doomed = world.instance();
        let sale = sell(&world, &doomed, &[&bowl], "tok_visa").await;
        let of = sale.authorised(1).await;
        world.wire.cut(Cut { call: 0, after });
        let receiving = sale.receive(&doomed, of, (1, 0), in_full());
        let died = tokio::time::timeout(Duration::from_millis(800), receiving).await;
        assert!(died.is_err());
        doomed.stop().await;
        world.wire.mend();
        let next = world.instance();
        // The dead process's lease runs out.
        world.clock.advance(Duration::from_secs(2));
        eventually("the money is back", async || {
            world.clock.advance(Duration::from_secs(1));
            (world.payment(&sale.order).await.refunded == eur(1_000)).then_some(())
        })
        .await;
        assert_eq!(sale.at_the_provider().await, (1, 1_000), "after: {after}");
        assert_eq!(world.level(&bowl).await, (4, 0));
        assert_eq!(sale.found(of).await.status, ReturnStatus::Closed);
        world.assert_clean(&next).await;
    }
}

#[tokio::test]
async fn units_on_the_shelf_that_no_return_tells_of_are_found() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let sale = sell(&world, &instance, &[&bowl], "tok_visa").await;
    let of = sale.authorised(2).await;
    sale.receive(&instance, of, (2, 0), in_full()).await.unwrap();
    sqlx::raw_sql(
        "alter table inventory.movement disable trigger movement_append_only;
         update inventory.movement set delta_on_hand = 1 where reason = 'return'",
    )
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    let findings = checkout::verify(&instance.checkouts).await.unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0].starts_with(&format!("return {of}: 2 units")),
        "{findings:?}"
    );
}
