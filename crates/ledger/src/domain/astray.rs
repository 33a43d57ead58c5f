//! Refunds that did not reach their buyers: what the provider has again is the marketplace's debt to the buyer, no shop's.

use super::{Account, Entry, entry_id, moved};
use kernel::{Money, MoneyError, OrderId, RefundId, Timestamp};

/// What a refund gave back is the provider's again, and owed to the buyer. `attempt` is the one that came back: each does
/// so once.
pub fn refund_came_back(
    refund: RefundId,
    attempt: u32,
    order: OrderId,
    at: Timestamp,
    amount: Money,
) -> Result<Entry, MoneyError> {
    moved(
        entry_id(&format!("refund came back {attempt}"), refund.0),
        "refund_came_back",
        order.0,
        at,
        amount,
        [(Account::ProviderClearing, None), (Account::BuyerFunds, None)],
    )
}

/// It was given back after all, with this attempt.
pub fn refund_again(
    refund: RefundId,
    attempt: u32,
    order: OrderId,
    at: Timestamp,
    amount: Money,
) -> Result<Entry, MoneyError> {
    moved(
        entry_id(&format!("refund again {attempt}"), refund.0),
        "refund_again",
        order.0,
        at,
        amount,
        [(Account::BuyerFunds, None), (Account::ProviderClearing, None)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn what_came_back_is_owed_until_it_goes_again() {
        let at = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        let (refund, order) = (RefundId::new(at), OrderId::new(at));
        let amount = Money::new(700, Currency::EUR);
        let back = refund_came_back(refund, 1, order, at, amount).expect("balanced");
        let again = refund_again(refund, 2, order, at, amount).expect("balanced");
        let lines = |entry: &Entry| -> Vec<(Account, i64)> {
            let lines = entry.postings.iter();
            lines.map(|line| (line.account, line.amount.amount)).collect()
        };
        assert_eq!(
            lines(&back),
            [(Account::ProviderClearing, 700), (Account::BuyerFunds, -700)]
        );
        assert_eq!(
            lines(&again),
            [(Account::BuyerFunds, 700), (Account::ProviderClearing, -700)]
        );
        let twice = refund_came_back(refund, 2, order, at, amount).expect("balanced");
        assert_ne!(back.id, twice.id, "each attempt by itself");
    }
}
