//! What carriers tell of parcels, and what becomes of the orders.

use super::World;
use contracts::orders::{CancelReason, NewParcel, Orders as _, ParcelLine, SubOrder, SubOrderStatus};
use contracts::shipping::ShipmentState::{Accepted, Delivered, InTransit, Returned};
use contracts::shipping::{ShipmentProgressed, ShipmentState};
use kernel::{ParcelId, ShipmentId, SubOrderId, TenantId};
use orders::domain::Command;
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

struct Sale<'w> {
    world: &'w World,
    tenant: TenantId,
    progressed: ShipmentProgressed,
}

impl<'w> Sale<'w> {
    /// A packed sub-order of two units, and a label for both.
    async fn packed(world: &'w World) -> Self {
        let tenant = world.shop();
        let order = world.place(&world.buyer(), &[tenant]).await;
        let order = world.tell(order, Command::Confirm).await;
        let part = &order.placed.parts[0];
        world.orders.pack(&world.ctx, tenant, part.id).await.unwrap();
        let shipment = ShipmentId::new(world.ctx.now);
        Self {
            world,
            tenant,
            progressed: ShipmentProgressed {
                shipment,
                order: order.id,
                sub_order: part.id,
                tenant,
                parcel: ParcelId(shipment.0),
                lines: vec![ParcelLine {
                    line: part.lines[0].id,
                    quantity: 2,
                }],
                carrier: "sandbox".into(),
                tracking: "SB17".into(),
                state: Accepted,
                at: world.ctx.now,
                exchange: None,
            },
        }
    }

    fn id(&self) -> SubOrderId {
        self.progressed.sub_order
    }

    /// What the carrier's news say, one after the other.
    async fn tell(&self, states: &[ShipmentState]) {
        let mut tx = self
            .world
            .db
            .db(orders::CONTEXT)
            .begin(Scope::System)
            .await
            .unwrap();
        let mut outbox = Outbox::new();
        for state in states {
            let progressed = ShipmentProgressed {
                state: *state,
                ..self.progressed.clone()
            };
            outbox.push(&self.world.ctx, &progressed).unwrap();
        }
        outbox.append(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn seen(&self) -> SubOrder {
        self.world
            .orders
            .sub_order(&self.world.ctx, self.tenant, self.id())
            .await
            .unwrap()
    }

    /// Until all that was told is heard.
    async fn heard(&self) {
        let all: i64 = sqlx::query_scalar("select max(id) from log.event where topic like 'shipping%'")
            .fetch_one(&mut self.world.db.owner().await)
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let heard = eventually("orders hear of parcels", async || {
            let at: Option<i64> =
                sqlx::query_scalar("select id from log.cursor where consumer = 'orders.parcels'")
                    .fetch_optional(&mut self.world.db.owner().await)
                    .await
                    .unwrap();
            at.filter(|at| *at >= all).map(|_| stop.cancel())
        });
        futures::join!(
            orders::work(self.world.orders.clone(), testkit::clock(), stop.clone()),
            heard
        );
        let letters: i64 = sqlx::query_scalar("select count(*) from log.dead_letter")
            .fetch_one(&mut self.world.db.owner().await)
            .await
            .unwrap();
        assert_eq!(letters, 0);
        let none: [String; 0] = [];
        assert_eq!(orders::verify(&self.world.orders).await.unwrap(), none);
    }

    async fn topics(&self) -> Vec<String> {
        let sql = "select topic from log.event where topic like 'orders.sub%' order by id";
        let rows = self.world.client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn a_parcel_that_its_carrier_scanned_was_sent_and_one_it_delivered_has_arrived_once() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    sale.tell(&[Accepted]).await;
    sale.heard().await;
    let sent = sale.seen().await;
    assert_eq!(sent.status, SubOrderStatus::Shipped);
    assert_eq!(
        (
            sent.parcels[0].carrier.as_str(),
            sent.parcels[0].tracking.as_str()
        ),
        ("sandbox", "SB17")
    );
    // Twice over, and the same news again after it.
    sale.tell(&[InTransit, Delivered, Delivered, Accepted, Delivered])
        .await;
    sale.heard().await;
    let arrived = sale.seen().await;
    assert_eq!(
        (arrived.status, arrived.parcels.len()),
        (SubOrderStatus::Delivered, 1)
    );
    assert_eq!(
        sale.topics().await,
        [
            "orders.sub_order_packed",
            "orders.sub_order_shipped",
            "orders.sub_order_delivered"
        ]
    );
}

#[tokio::test]
async fn delivered_is_heard_without_anything_before_it() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    sale.tell(&[Delivered]).await;
    sale.heard().await;
    assert_eq!(sale.seen().await.status, SubOrderStatus::Delivered);
}

#[tokio::test]
async fn what_the_seller_said_before_stays() {
    let world = World::new().await;
    let sale = Sale::packed(&world).await;
    let parcel = NewParcel {
        id: sale.progressed.parcel,
        lines: None,
        carrier: "By hand".into(),
        tracking: String::new(),
        exchange: None,
    };
    world
        .orders
        .ship(&world.ctx, sale.tenant, sale.id(), parcel)
        .await
        .unwrap();
    world
        .orders
        .deliver(&world.ctx, sale.tenant, sale.id(), sale.progressed.parcel)
        .await
        .unwrap();
    sale.tell(&[Accepted, Delivered]).await;
    sale.heard().await;
    let seen = sale.seen().await;
    assert_eq!(
        (seen.status, seen.parcels[0].carrier.as_str()),
        (SubOrderStatus::Delivered, "By hand")
    );
}

#[tokio::test]
async fn a_label_on_what_was_cancelled_or_sent_otherwise_changes_nothing() {
    let world = World::new().await;
    let cancelled = Sale::packed(&world).await;
    let order = world
        .orders
        .load(cancelled.progressed.order, Default::default())
        .await
        .unwrap();
    world
        .tell(
            order,
            Command::CancelPart {
                part: cancelled.id(),
                reason: CancelReason::Seller,
                note: "broken".into(),
            },
        )
        .await;
    let sent = Sale::packed(&world).await;
    let other = NewParcel {
        id: ParcelId::new(world.ctx.now),
        lines: None,
        carrier: "SEUR".into(),
        tracking: "S1".into(),
        exchange: None,
    };
    world
        .orders
        .ship(&world.ctx, sent.tenant, sent.id(), other)
        .await
        .unwrap();
    cancelled.tell(&[Accepted, Delivered]).await;
    sent.tell(&[Accepted, Returned, Delivered]).await;
    sent.heard().await;
    assert_eq!(cancelled.seen().await.status, SubOrderStatus::Cancelled);
    let seen = sent.seen().await;
    assert_eq!((seen.status, seen.parcels.len()), (SubOrderStatus::Shipped, 1));
}
