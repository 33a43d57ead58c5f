//! Proof that stock is what its history says.

use crate::Stock;
use kernel::{SkuId, TenantId, WarehouseId};

/// A level that its history does not explain.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Mismatch {
    pub tenant: Option<TenantId>,
    pub sku: Option<SkuId>,
    pub warehouse: Option<WarehouseId>,
    pub on_hand: i64,
    /// Sum of the movements.
    pub on_hand_moved: i64,
    pub reserved: i64,
    /// Sum of the movements.
    pub reserved_moved: i64,
    /// Sum of the reservations that are held.
    pub held: i64,
    pub incoming: i64,
    /// Sum of the movements.
    pub incoming_moved: i64,
    /// What transfers and purchases still expect.
    pub under_way: i64,
}

/// Mismatches told at once; where there are more, the first ones tell enough.
const MISMATCHES_MAX: i64 = 100;

/// Compares every level with the sum of its movements, of its held reservations and of what is under way to it, in one
/// snapshot.
pub async fn verify(stock: &Stock) -> Result<Vec<Mismatch>, crate::Error> {
    let mut tx = stock.db().begin(::store::Scope::System).await?;
    let mismatches = crate::store::mismatches(&mut tx, MISMATCHES_MAX).await?;
    tx.commit().await?;
    Ok(mismatches)
}
