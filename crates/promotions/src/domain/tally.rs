//! Uses and budgets: what is left of a promotion, and what an order takes of it.

use super::{Buyer, Limits};
use kernel::{OrderId, PromotionId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// How much of a promotion is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub limits: Limits,
    /// Orders.
    pub uses: i64,
    /// Minor units of what was taken off.
    pub spent: i64,
    pub ends_at: Option<Timestamp>,
}

/// What one order takes of one promotion: one use, and this much of its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub promotion: PromotionId,
    pub order: OrderId,
    pub buyer: Buyer,
    /// Minor units; above zero.
    pub amount: i64,
    pub at: Timestamp,
}

/// Why there is not enough of a promotion left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Ended,
    UsedUp,
    BudgetGone,
    UsedByBuyer,
}

/// A promotion of which there is not enough left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    pub promotion: PromotionId,
    pub why: Why,
}

impl Tally {
    /// Whether one more use of `amount` fits, by a buyer who has had `of_buyer` uses.
    pub fn has_room(&self, amount: i64, of_buyer: i64, at: Timestamp) -> Result<(), Why> {
        let Limits {
            budget,
            uses,
            uses_per_buyer,
        } = self.limits;
        if self.ends_at.is_some_and(|end| at >= end) {
            return Err(Why::Ended);
        }
        if uses.is_some_and(|uses| self.uses >= uses) {
            return Err(Why::UsedUp);
        }
        if uses_per_buyer.is_some_and(|uses| of_buyer >= uses) {
            return Err(Why::UsedByBuyer);
        }
        // An overflow is beyond every budget.
        let spent = self.spent.checked_add(amount);
        if budget.is_some_and(|budget| spent.is_none_or(|spent| spent > budget)) {
            return Err(Why::BudgetGone);
        }
        Ok(())
    }
}

/// The tallies that a batch has locked, as the orders before in the batch leave them.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    of: HashMap<PromotionId, Tally>,
    of_buyers: HashMap<(PromotionId, Buyer), i64>,
    changed: BTreeSet<PromotionId>,
}

impl Tallies {
    #[must_use]
    pub fn new(of: HashMap<PromotionId, Tally>, of_buyers: HashMap<(PromotionId, Buyer), i64>) -> Self {
        Self {
            of,
            of_buyers,
            changed: BTreeSet::new(),
        }
    }

    /// Whether all that an order claims is there. An order claims a promotion once.
    pub fn check(&self, claims: &[Claim]) -> Result<(), Gone> {
        for claim in claims {
            let room = match self.of.get(&claim.promotion) {
                Some(tally) => tally.has_room(claim.amount, self.of_buyer(claim), claim.at),
                None => Err(Why::Ended),
            };
            room.map_err(|why| Gone {
                promotion: claim.promotion,
                why,
            })?;
        }
        Ok(())
    }

    /// Takes what was [checked](Self::check).
    pub fn take(&mut self, claims: &[Claim]) {
        for claim in claims {
            self.add(claim, 1);
        }
    }

    /// Gives back what an order had claimed.
    pub fn put_back(&mut self, claims: &[Claim]) {
        for claim in claims {
            self.add(claim, -1);
        }
    }

    fn add(&mut self, claim: &Claim, sign: i64) {
        if let Some(tally) = self.of.get_mut(&claim.promotion) {
            tally.uses += sign;
            tally.spent += sign * claim.amount;
            self.changed.insert(claim.promotion);
        }
        let of_buyer = (claim.promotion, claim.buyer.clone());
        *self.of_buyers.entry(of_buyer).or_default() += sign;
    }

    fn of_buyer(&self, claim: &Claim) -> i64 {
        let key = (claim.promotion, claim.buyer.clone());
        self.of_buyers.get(&key).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn get(&self, promotion: PromotionId) -> Option<&Tally> {
        self.of.get(&promotion)
    }

    /// Uses of a promotion by one buyer.
    #[must_use]
    pub fn uses_of(&self, promotion: PromotionId, buyer: &Buyer) -> i64 {
        let key = (promotion, buyer.clone());
        self.of_buyers.get(&key).copied().unwrap_or(0)
    }

    /// Those that were changed, in order of their ids.
    pub fn changed(&self) -> impl Iterator<Item = (PromotionId, &Tally)> {
        self.changed.iter().filter_map(|id| Some((*id, self.of.get(id)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + second, 0).expect("in range")
    }

    fn claim(promotion: PromotionId, email: &str, amount: i64) -> Claim {
        Claim {
            promotion,
            order: OrderId::new(at(0)),
            buyer: Buyer::of(None, email),
            amount,
            at: at(0),
        }
    }

    fn tallies(promotion: PromotionId, limits: Limits) -> Tallies {
        let tally = Tally {
            limits,
            ends_at: Some(at(10)),
            ..Tally::default()
        };
        Tallies::new([(promotion, tally)].into(), HashMap::new())
    }

    #[test]
    fn a_batch_takes_no_more_than_there_is_and_what_is_put_back_can_be_taken_again() {
        let promotion = PromotionId::new(at(0));
        let limits = Limits {
            budget: Some(1_000),
            uses: Some(3),
            uses_per_buyer: Some(1),
        };
        let mut tallies = tallies(promotion, limits);
        let why =
            |tallies: &Tallies, claim: &Claim| tallies.check(std::slice::from_ref(claim)).map_err(|g| g.why);
        let (ana, eva, leo) = (
            claim(promotion, "ana@example.org", 400),
            claim(promotion, "Eva@example.org ", 600),
            claim(promotion, "leo@example.org", 1),
        );
        tallies.take(std::slice::from_ref(&ana));
        assert_eq!(why(&tallies, &ana), Err(Why::UsedByBuyer));
        assert_eq!(
            why(&tallies, &claim(promotion, "eva@example.org", 601)),
            Err(Why::BudgetGone)
        );
        assert_eq!(why(&tallies, &eva), Ok(()));
        tallies.take(std::slice::from_ref(&eva));
        assert_eq!(why(&tallies, &leo), Err(Why::BudgetGone));
        tallies.put_back(std::slice::from_ref(&ana));
        assert_eq!(why(&tallies, &leo), Ok(()));
        assert_eq!(
            why(&tallies, &claim(promotion, "EVA@example.org", 1)),
            Err(Why::UsedByBuyer)
        );
        tallies.take(std::slice::from_ref(&leo));
        tallies.take(&[claim(promotion, "mia@example.org", 1)]);
        assert_eq!(
            why(&tallies, &claim(promotion, "zoe@example.org", 1)),
            Err(Why::UsedUp)
        );
        let (_, tally) = tallies.changed().next().expect("one was changed");
        assert_eq!((tally.uses, tally.spent), (3, 602));
    }

    #[test]
    fn nothing_is_left_of_what_has_ended_or_was_never_there() {
        let promotion = PromotionId::new(at(0));
        let known = tallies(promotion, Limits::default());
        let late = Claim {
            at: at(10),
            ..claim(promotion, "a@example.org", 1)
        };
        assert_eq!(known.check(&[late]).map_err(|g| g.why), Err(Why::Ended));
        let stranger = claim(PromotionId::new(at(1)), "a@example.org", 1);
        assert_eq!(known.check(&[stranger]).map_err(|g| g.why), Err(Why::Ended));
    }
}
