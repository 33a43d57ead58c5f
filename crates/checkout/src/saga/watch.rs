//! Payments that were left lying: waiting for a provider or a bank, or cut off by a crash.

use super::drive::Driver;
use crate::Error;
use crate::till::settle::{Ask, LEASE};
use crate::watch::{AT_ONCE, Lying};
use kernel::{Ctx, OrderId, Timestamp};
use uuid::Uuid;

impl Lying for Driver {
    type Id = OrderId;

    const WHAT: &'static str = "payment";

    async fn renew(&self) -> Result<(), sqlx::Error> {
        let running: Vec<Uuid> = self.running.list().into_iter().map(|order| order.0).collect();
        if running.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "with held as materialized (
             select order_id
               from checkout.saga
              where order_id = any($1) and lease_until is not null
              order by order_id
                for update skip locked)
         update checkout.saga s set lease_until = $2 from held where s.order_id = held.order_id",
            &running,
            self.means.clock.now() + LEASE,
        )
        .execute(&self.means.pool)
        .await?;
        Ok(())
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<OrderId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"select order_id as "order_id: OrderId"
             from checkout.saga
            where due_at <= $1 and (lease_until is null or lease_until <= $1)
            order by due_at
            limit $2"#,
            now,
            AT_ONCE as i64,
        )
        .fetch_all(&self.means.pool)
        .await
    }

    async fn go_on(&self, order: OrderId) -> Result<(), Error> {
        let ctx = Ctx::system("till.payments", self.means.clock.now());
        let taken = self.means.settle(&ctx, order, Ask::Take).await?;
        if taken.leased {
            self.drive(&ctx, taken.case).await?;
        }
        Ok(())
    }
}
