//! The row of a payment and those of its shares, moved as payments' statement moves them.

use contracts::payments::PaymentStatus;
use kernel::TenantId;
use orders::domain::Order;
use payments::domain::Event;

pub struct Payment {
    pub status: PaymentStatus,
    pub amount: i64,
    pub captured: i64,
    pub refunded: i64,
    pub shares: Vec<Share>,
}

pub struct Share {
    pub tenant: TenantId,
    pub amount: i64,
    pub captured: i64,
    pub refunded: i64,
}

impl Payment {
    pub fn of(order: &Order) -> Self {
        let share = |part: &orders::domain::Part| Share {
            tenant: part.tenant,
            amount: part.total(),
            captured: 0,
            refunded: 0,
        };
        Self {
            status: PaymentStatus::Due,
            amount: order.total().amount,
            captured: 0,
            refunded: 0,
            shares: order.placed.parts.iter().map(share).collect(),
        }
    }

    /// The till fails a batch whose payment does not move: here the test does.
    pub fn moved(&mut self, event: &Event) {
        assert!(
            event.allowed_from().contains(&self.status),
            "a payment that is {:?} cannot move by {event:?}",
            self.status
        );
        self.status = event.status();
        match event {
            Event::PartlyRefunded { amount, shares, .. } => {
                self.refunded += amount;
                for back in shares {
                    let own = self.shares.iter_mut().find(|share| share.tenant == back.tenant);
                    own.expect("a share of the payment").refunded += back.amount;
                }
                if self.refunded == self.captured {
                    self.status = PaymentStatus::Refunded;
                }
            }
            Event::RefundCameBack { amount, shares, .. } => {
                self.refunded -= amount;
                for back in shares {
                    let own = self.shares.iter_mut().find(|share| share.tenant == back.tenant);
                    own.expect("a share of the payment").refunded -= back.amount;
                }
            }
            Event::Captured { .. } => self.take_all(),
            Event::Refunded { .. } => {
                self.take_all();
                self.refunded = self.amount;
                self.shares
                    .iter_mut()
                    .for_each(|share| share.refunded = share.amount);
            }
            _ => {}
        }
    }

    fn take_all(&mut self) {
        self.captured = self.amount;
        self.shares
            .iter_mut()
            .for_each(|share| share.captured = share.amount);
    }

    pub fn check(&self) {
        let sum = |of: fn(&Share) -> i64| self.shares.iter().map(of).sum::<i64>();
        assert_eq!(
            sum(|share| share.amount),
            self.amount,
            "shares sum to their payment"
        );
        assert_eq!(sum(|share| share.captured), self.captured);
        assert_eq!(sum(|share| share.refunded), self.refunded);
        assert!(self.refunded <= self.captured, "more went back than came");
        for share in &self.shares {
            assert!(share.refunded <= share.captured, "of one shop as well");
        }
    }
}
