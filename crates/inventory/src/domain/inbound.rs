//! Goods on their way to a warehouse: a transfer from another one of the shop's, or a purchase from a supplier.

use kernel::{InboundId, ProductId, SkuId, Timestamp, WarehouseId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum InboundKind {
    /// From another warehouse of the shop's, which it has left.
    Transfer,
    /// From a supplier.
    Purchase,
}

/// `under_way` until all of it arrived (`received`) or the rest was given up (`closed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum InboundState {
    /// Sent or ordered; some of it may have arrived.
    UnderWay,
    /// All of it arrived.
    Received,
    /// Ended with units that never came.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    pub id: InboundId,
    pub kind: InboundKind,
    /// Where it goes.
    pub warehouse: WarehouseId,
    /// Where a transfer comes from.
    pub source: Option<WarehouseId>,
    /// Who a purchase comes from.
    pub supplier: Option<String>,
    pub expected_on: Option<chrono::NaiveDate>,
    pub note: Option<String>,
    pub state: InboundState,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// By SKU.
    pub lines: Vec<InboundLine>,
}

/// Units of one SKU that were sent or ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboundLine {
    pub sku: SkuId,
    pub product: ProductId,
    pub expected: i64,
    pub received: i64,
    /// Known not to come.
    pub missing: i64,
}

/// Units that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub sku: SkuId,
    pub quantity: i64,
}

/// Why units cannot be received or written off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundRefusal {
    Ended(InboundState),
    /// The receipt of this index names a SKU that is not in it.
    NotInIt(usize),
    /// The receipt of this index has more than is still to come.
    TooMany {
        index: usize,
        to_come: i64,
    },
}

impl InboundLine {
    #[must_use]
    pub fn to_come(&self) -> i64 {
        self.expected - self.received - self.missing
    }
}

impl Inbound {
    /// Takes in what arrived: all of it, or nothing. When nothing more is to come it is received.
    pub fn receive(&mut self, receipts: &[Receipt], at: Timestamp) -> Result<(), InboundRefusal> {
        self.check_under_way()?;
        let mut lines = self.lines.clone();
        for (index, receipt) in receipts.iter().enumerate() {
            let line = lines
                .iter_mut()
                .find(|line| line.sku == receipt.sku)
                .ok_or(InboundRefusal::NotInIt(index))?;
            let to_come = line.to_come();
            if receipt.quantity > to_come {
                return Err(InboundRefusal::TooMany { index, to_come });
            }
            line.received += receipt.quantity;
        }
        self.lines = lines;
        if self.lines.iter().all(|line| line.to_come() == 0) {
            self.state = InboundState::Received;
            self.ended_at = Some(at);
        }
        Ok(())
    }

    /// Ends it: what has not come is missing. Closing it twice is closing it once. Says what was written off.
    pub fn close(&mut self, at: Timestamp) -> Result<Vec<(SkuId, i64)>, InboundRefusal> {
        if self.state == InboundState::Closed {
            return Ok(Vec::new());
        }
        self.check_under_way()?;
        let mut missing = Vec::new();
        for line in self.lines.iter_mut().filter(|line| line.to_come() > 0) {
            let to_come = line.to_come();
            line.missing += to_come;
            missing.push((line.sku, to_come));
        }
        self.state = InboundState::Closed;
        self.ended_at = Some(at);
        Ok(missing)
    }

    fn check_under_way(&self) -> Result<(), InboundRefusal> {
        match self.state {
            InboundState::UnderWay => Ok(()),
            ended => Err(InboundRefusal::Ended(ended)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn sku(n: u128) -> SkuId {
        SkuId(Uuid::from_u128(n))
    }

    fn inbound() -> Inbound {
        let line = |n, expected| InboundLine {
            sku: sku(n),
            product: ProductId(Uuid::from_u128(7)),
            expected,
            received: 0,
            missing: 0,
        };
        Inbound {
            id: InboundId(Uuid::from_u128(9)),
            kind: InboundKind::Transfer,
            warehouse: WarehouseId(Uuid::from_u128(1)),
            source: Some(WarehouseId(Uuid::from_u128(2))),
            supplier: None,
            expected_on: None,
            note: None,
            state: InboundState::UnderWay,
            created_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            lines: vec![line(1, 10), line(2, 4)],
        }
    }

    /// Given what arrived before, when this arrives, then this is the outcome: to come of both lines, and the state.
    #[test]
    fn receipts_add_up_until_nothing_is_to_come() {
        type Arrived = &'static [(u128, i64)];
        type Outcome = Result<([i64; 2], InboundState), InboundRefusal>;
        let cases: [(&[Arrived], Outcome); 7] = [
            (&[&[(1, 3)]], Ok(([7, 4], InboundState::UnderWay))),
            (
                &[&[(1, 3)], &[(1, 7), (2, 4)]],
                Ok(([0, 0], InboundState::Received)),
            ),
            (&[&[(1, 3), (1, 7)]], Ok(([0, 4], InboundState::UnderWay))),
            (
                &[&[(1, 3)], &[(1, 8)]],
                Err(InboundRefusal::TooMany { index: 0, to_come: 7 }),
            ),
            (
                &[&[(2, 4), (2, 1)]],
                Err(InboundRefusal::TooMany { index: 1, to_come: 0 }),
            ),
            (&[&[(2, 1), (3, 1)]], Err(InboundRefusal::NotInIt(1))),
            (
                &[&[(1, 10), (2, 4)], &[(1, 1)]],
                Err(InboundRefusal::Ended(InboundState::Received)),
            ),
        ];
        for (arrivals, expected) in cases {
            let mut inbound = inbound();
            let mut outcome = Ok(());
            for arrived in arrivals {
                let before = inbound.clone();
                let receipts: Vec<Receipt> = arrived
                    .iter()
                    .map(|&(n, quantity)| Receipt {
                        sku: sku(n),
                        quantity,
                    })
                    .collect();
                outcome = inbound.receive(&receipts, Timestamp::UNIX_EPOCH);
                if outcome.is_err() {
                    assert_eq!(inbound, before, "{arrivals:?}: a refusal changes nothing");
                }
            }
            let left = [inbound.lines[0].to_come(), inbound.lines[1].to_come()];
            assert_eq!(outcome.map(|()| (left, inbound.state)), expected, "{arrivals:?}");
        }
    }

    #[test]
    fn closing_writes_off_what_never_came_once() {
        let mut inbound = inbound();
        let three = Receipt {
            sku: sku(1),
            quantity: 3,
        };
        inbound
            .receive(&[three], Timestamp::UNIX_EPOCH)
            .expect("under way");
        assert_eq!(
            inbound.close(Timestamp::UNIX_EPOCH),
            Ok(vec![(sku(1), 7), (sku(2), 4)])
        );
        assert_eq!(inbound.close(Timestamp::UNIX_EPOCH), Ok(vec![]));
        assert_eq!(inbound.state, InboundState::Closed);
        assert_eq!(
            inbound.receive(&[three], Timestamp::UNIX_EPOCH),
            Err(InboundRefusal::Ended(InboundState::Closed))
        );
    }

    #[test]
    fn what_was_received_is_not_closed() {
        let mut inbound = inbound();
        let all: Vec<Receipt> = inbound
            .lines
            .iter()
            .map(|line| Receipt {
                sku: line.sku,
                quantity: line.expected,
            })
            .collect();
        inbound.receive(&all, Timestamp::UNIX_EPOCH).expect("under way");
        assert_eq!(
            inbound.close(Timestamp::UNIX_EPOCH),
            Err(InboundRefusal::Ended(InboundState::Received))
        );
    }
}
