//! What can be done with shipments, one method per use case.

mod booking;
mod tracking;

pub use tracking::EVENTS_MAX;

use crate::carrier::{Carrier, Carriers};
use crate::domain::is_under_way;
use crate::error::Error;
use crate::store::{self, Row};
use ::store::{Db, Scope, Tx};
use contracts::orders::{NewParcel, Orders};
use contracts::shipping::{Shipment, ShipmentState};
use contracts::tenants::Tenants;
use contracts::{Document, Language};
use kernel::{Ctx, OrderId, ShipmentId, SubOrderId, TenantId};
use std::sync::Arc;

/// The shipping context.
#[derive(Clone)]
pub struct Shipments(Arc<Inner>);

struct Inner {
    db: Db,
    orders: Arc<dyn Orders>,
    shops: Arc<dyn Tenants>,
    carriers: Carriers,
}

impl Shipments {
    #[must_use]
    pub fn new(db: Db, orders: Arc<dyn Orders>, shops: Arc<dyn Tenants>, carriers: Carriers) -> Self {
        Self(Arc::new(Inner {
            db,
            orders,
            shops,
            carriers,
        }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn carriers(&self) -> &Carriers {
        &self.0.carriers
    }

    pub(crate) fn orders(&self) -> &dyn Orders {
        &*self.0.orders
    }

    fn carrier_of(&self, row: &Row) -> Result<&dyn Carrier, Error> {
        self.0.carriers.called(&row.carrier).ok_or(Error::Silent)
    }

    async fn shipment(&self, tenant: TenantId, id: ShipmentId) -> Result<Row, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::find(&mut *tx, tenant, id).await?;
        tx.commit().await?;
        row.ok_or(Error::NoSuchShipment)
    }

    /// A shop's shipments of a sub-order.
    pub async fn of_sub_order(&self, tenant: TenantId, id: SubOrderId) -> Result<Vec<Shipment>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows = store::of_sub_order(&mut *tx, tenant, id).await?;
        let shipments = with_events(&mut tx, rows).await?;
        tx.commit().await?;
        Ok(shipments)
    }

    /// All shipments of an order, whose ever it is.
    pub async fn of_order(&self, id: OrderId) -> Result<Vec<Shipment>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::of_order(&mut *tx, id).await?;
        let shipments = with_events(&mut tx, rows).await?;
        tx.commit().await?;
        Ok(shipments)
    }

    async fn whole(&self, tenant: TenantId, id: ShipmentId) -> Result<Shipment, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::find(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchShipment)?;
        let mut found = with_events(&mut tx, vec![row]).await?;
        tx.commit().await?;
        found.pop().ok_or(Error::NoSuchShipment)
    }

    /// The label of a shop's shipment, as its carrier prints it.
    pub async fn label_of(
        &self,
        tenant: TenantId,
        id: ShipmentId,
        language: Language,
    ) -> Result<Document, Error> {
        let row = self.shipment(tenant, id).await?;
        let tracking = row.tracking.as_ref().ok_or(Error::NotBooked(row.state))?;
        let pdf = self
            .carrier_of(&row)?
            .label(booking::key_of(&row), language)
            .await;
        Ok(Document {
            name: format!("{}-{tracking}.pdf", language.pick("label", "etiqueta")),
            pdf: pdf.ok_or(Error::Silent)?,
        })
    }

    /// The seller gives the parcel away: the sub-order ships it. Given away twice, it is shipped once.
    pub async fn hand_over(&self, ctx: &Ctx, tenant: TenantId, id: ShipmentId) -> Result<Shipment, Error> {
        let row = self.shipment(tenant, id).await?;
        let Some(tracking) = row.tracking.clone() else {
            return Err(Error::NotBooked(row.state));
        };
        // What its carrier has scanned, orders have heard of or will in a moment.
        if row.state == ShipmentState::Booked || is_under_way(row.state) {
            let parcel = NewParcel {
                id: row.parcel(),
                lines: Some(row.lines),
                carrier: row.carrier,
                tracking,
                exchange: row.exchange,
            };
            self.orders()
                .ship_booked(ctx, tenant, row.sub_order, parcel)
                .await?;
        }
        self.whole(tenant, id).await
    }
}

async fn with_events(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Shipment>, Error> {
    let mut events = store::events_of(&mut **tx, &rows).await?;
    let whole = |row: Row| {
        let own = events.remove(&(row.tenant, row.id)).unwrap_or_default();
        row.with(own)
    };
    Ok(rows.into_iter().map(whole).collect())
}
