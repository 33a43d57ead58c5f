//! What becomes of each shop's share of a charge that is set aside at once and taken as goods are sent. Pure.
//!
//! ```text
//! open --> asked --> captured --> owed --> refunded
//!  |         +-- refused, or gone --> open again, or released
//!  +-- cancelled --> released
//! ```
//!
//! What is cancelled while it is open is never taken. What is cancelled later, or while the provider is being asked
//! for it, is taken and then owed to the buyer. How much is taken at a time is the provider's to say ([`Captures`]):
//! where it takes all or nothing, what was released before is taken with the rest and owed.
//!
//! Of every share, and so of their sum: authorized = captured + released + open, and what is owed or was refunded is never
//! more than what is captured or being asked for. Providers let go of nothing in parts: what is released here is left to the
//! buyer at the end, when the last of the rest is taken or all of it let go.

use super::{CapturedShare, Event, ReleasedShare};
use crate::provider::{Captures, Rest};
use kernel::TenantId;
use serde::{Deserialize, Serialize};

/// One shop's share, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub tenant: TenantId,
    pub authorized: i64,
    pub captured: i64,
    /// Set aside, and not to be taken.
    pub released: i64,
    /// Set aside, and neither taken nor released.
    pub open: i64,
    /// Of what is open, what the provider is being asked for.
    pub asked: i64,
    /// Of what is asked for, what had been released, and is again if it is not taken.
    pub unreleased: i64,
    /// Promised to the buyer, and not given back yet.
    pub owed: i64,
    pub refunded: i64,
    /// Of what is released, what nobody cancelled: the provider could not take it any more.
    pub lapsed: i64,
    /// Whether what is open of it is to be taken now.
    pub due: bool,
    /// The number of the take that took it: what a refund of it goes back of.
    pub taken_by: Option<u32>,
}

/// A charge that is set aside, by shops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    shares: Vec<Share>,
    captures: Captures,
    /// Questions to take that were answered for good; the next one's key is made of it.
    asks: u32,
    /// Of them, those that took.
    takes: u32,
    /// What becomes of the rest with the take that is being asked for.
    asking: Option<Rest>,
    /// Nothing is set aside any more.
    ended: bool,
}

/// What the provider is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Take(Take),
    /// Some was taken, and no more will be.
    Release,
    /// Nothing was taken, and nothing will be.
    Void,
}

/// Minor units to be taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// From one; the same number is the same question.
    pub number: u32,
    pub amount: i64,
    /// What was taken before.
    pub taken: i64,
    pub rest: Rest,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Took,
    /// Not under this number, nor ever again under it. The money is still set aside.
    Refused,
    /// Nothing is set aside any more, though nobody let it go.
    Gone,
    /// The rest was let go, as it was asked for.
    LetGo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the shop has no share of it")]
    NoSuchShare,
    #[error("more than there is of the share")]
    TooMuch,
}

impl Share {
    fn new(tenant: TenantId, authorized: i64) -> Self {
        Self {
            tenant,
            authorized,
            captured: 0,
            released: 0,
            open: authorized,
            asked: 0,
            unreleased: 0,
            owed: 0,
            refunded: 0,
            lapsed: 0,
            due: false,
            taken_by: None,
        }
    }

    /// What can still be promised to the buyer of what is taken, or about to be.
    fn keepable(&self) -> i64 {
        self.captured + self.asked - self.owed - self.refunded
    }

    fn release(&mut self, amount: i64) {
        self.open -= amount;
        self.released += amount;
    }

    /// What was asked for was not taken. What was cancelled meanwhile is released after all.
    fn untaken(&mut self) {
        // A share is asked for in one piece, so that nothing of one that is asked for was taken before.
        let cancelled = self.owed.min(self.asked);
        self.owed -= cancelled;
        self.asked = 0;
        self.unreleased = 0;
        self.release(cancelled);
    }
}

impl Split {
    /// All of it open. Shares are not negative, and sum to what fits.
    pub fn new(
        captures: Captures,
        shares: impl IntoIterator<Item = (TenantId, i64)>,
    ) -> Result<Self, Refused> {
        let mut sum = 0_i64;
        let mut split = Self {
            shares: Vec::new(),
            captures,
            asks: 0,
            takes: 0,
            asking: None,
            ended: false,
        };
        for (tenant, amount) in shares {
            if amount < 0 {
                return Err(Refused::TooMuch);
            }
            sum = sum.checked_add(amount).ok_or(Refused::TooMuch)?;
            split.shares.push(Share::new(tenant, amount));
        }
        split.ended = sum == 0;
        Ok(split)
    }

    #[must_use]
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// Whether the provider has nothing more to be asked about what was set aside.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether a take is being asked for.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// A shop's share, if it has one.
    #[must_use]
    pub fn share_of(&self, tenant: TenantId) -> Option<&Share> {
        self.shares.iter().find(|share| share.tenant == tenant)
    }

    #[must_use]
    pub fn captured(&self) -> i64 {
        self.sum(|share| share.captured)
    }

    #[must_use]
    pub fn open(&self) -> i64 {
        self.sum(|share| share.open)
    }

    fn sum(&self, of: impl Fn(&Share) -> i64) -> i64 {
        self.shares.iter().map(of).sum()
    }

    fn share(&mut self, tenant: TenantId) -> Result<&mut Share, Refused> {
        let mut shares = self.shares.iter_mut();
        shares
            .find(|share| share.tenant == tenant)
            .ok_or(Refused::NoSuchShare)
    }

    /// The shop has sent its goods: its share is to be taken. Said twice, it is so once.
    pub fn sent(mut self, tenant: TenantId) -> Result<Self, Refused> {
        self.share(tenant)?.due = true;
        Ok(self)
    }

    /// The money will not be set aside for much longer: whatever is open is to be taken.
    #[must_use]
    pub fn lapsing(mut self) -> Self {
        for share in &mut self.shares {
            share.due = true;
        }
        self
    }

    /// The buyer shall have this much of a share: what is open of it is not taken, and what is not open any more is owed.
    pub fn give_back(mut self, tenant: TenantId, amount: i64) -> Result<Self, Refused> {
        let share = self.share(tenant)?;
        let free = share.open - share.asked;
        if amount < 0 || amount.saturating_sub(free) > share.keepable() {
            return Err(Refused::TooMuch);
        }
        let released = amount.min(free);
        share.release(released);
        share.owed += amount - released;
        Ok(self)
    }

    /// The provider gave back what was owed.
    pub fn refunded(mut self, tenant: TenantId, amount: i64) -> Result<Self, Refused> {
        let share = self.share(tenant)?;
        if amount < 0 || amount > share.owed.min(share.captured - share.refunded) {
            return Err(Refused::TooMuch);
        }
        share.owed -= amount;
        share.refunded += amount;
        Ok(self)
    }

    /// The provider will not give it back: it is owed no longer.
    pub fn refund_refused(mut self, tenant: TenantId, amount: i64) -> Result<Self, Refused> {
        let share = self.share(tenant)?;
        if amount < 0 || amount > share.owed {
            return Err(Refused::TooMuch);
        }
        share.owed -= amount;
        Ok(self)
    }

    /// What was given back did not reach the buyer.
    pub fn refund_came_back(mut self, tenant: TenantId, amount: i64) -> Result<Self, Refused> {
        let share = self.share(tenant)?;
        if amount < 0 || amount > share.refunded {
            return Err(Refused::TooMuch);
        }
        share.refunded -= amount;
        Ok(self)
    }

    /// What the provider is to be asked now. The state that comes with it is to be kept before it is asked, so that whoever
    /// takes over asks the same.
    #[must_use]
    pub fn ask(mut self) -> (Self, Option<Ask>) {
        if self.ended {
            return (self, None);
        }
        if self.asking.is_none() && self.shares.iter().any(|share| share.due && share.open > 0) {
            self.asking = Some(self.begin());
        }
        let ask = match self.asking {
            Some(rest) => Some(Ask::Take(Take {
                number: self.asks + 1,
                amount: self.sum(|share| share.asked),
                taken: self.captured(),
                rest,
            })),
            None if self.open() > 0 => None,
            None if self.takes > 0 => Some(Ask::Release),
            None => Some(Ask::Void),
        };
        (self, ask)
    }

    /// Marks what is asked for together, and says what becomes of the rest.
    fn begin(&mut self) -> Rest {
        let everything = match self.captures {
            Captures::Whole | Captures::Once => true,
            Captures::Parts { at_most } => self.takes.saturating_add(1) >= at_most,
        };
        for share in &mut self.shares {
            if self.captures == Captures::Whole {
                share.owed += share.released;
                share.open += share.released;
                share.unreleased = share.released;
                share.released = 0;
            }
            if everything || share.due {
                share.asked = share.open;
            }
        }
        match self.shares.iter().all(|share| share.asked == share.open) {
            true => Rest::LetGo,
            false => Rest::Kept,
        }
    }

    /// What the payment's history is to tell of it, where it stood as it did `before` one of the steps above; none, if nothing was
    /// taken or released by it. `reference` is the provider's name of the charge.
    #[must_use]
    pub fn told_since(&self, before: &Self, reference: &str) -> Option<Event> {
        // What is being asked for counts as released until it is taken.
        let released = |share: &Share| share.released + share.unreleased;
        let both = || before.shares.iter().zip(&self.shares);
        let taken: Vec<CapturedShare> = both()
            .filter(|(before, after)| after.captured != before.captured)
            .map(|(before, after)| CapturedShare {
                tenant: after.tenant,
                amount: after.captured - before.captured,
                unreleased: released(before) - released(after),
            })
            .collect();
        if !taken.is_empty() {
            return Some(Event::SharesCaptured {
                reference: reference.to_owned(),
                amount: taken.iter().map(|share| share.amount).sum(),
                shares: taken,
            });
        }
        let freed: Vec<ReleasedShare> = both()
            .filter(|(before, after)| released(after) != released(before))
            .map(|(before, after)| ReleasedShare {
                tenant: after.tenant,
                amount: released(after) - released(before),
            })
            .collect();
        (!freed.is_empty()).then(|| Event::SharesReleased {
            amount: freed.iter().map(|share| share.amount).sum(),
            shares: freed,
        })
    }

    /// What came of the question that [`Self::ask`] gave.
    #[must_use]
    pub fn came(mut self, outcome: Outcome) -> Self {
        let asking = self.asking.take();
        self.asks += u32::from(asking.is_some());
        match outcome {
            Outcome::Took => {
                self.takes += u32::from(asking.is_some());
                self.ended |= asking == Some(Rest::LetGo);
                for share in self.shares.iter_mut().filter(|share| share.asked > 0) {
                    share.taken_by = Some(self.asks);
                    share.open -= share.asked;
                    share.captured += share.asked;
                    share.asked = 0;
                    share.unreleased = 0;
                }
            }
            Outcome::Refused => self.shares.iter_mut().for_each(Share::untaken),
            Outcome::Gone | Outcome::LetGo => {
                self.ended = true;
                for share in &mut self.shares {
                    share.untaken();
                    let lost = share.open;
                    share.lapsed += lost;
                    share.release(lost);
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;
