//! What a shop owes for a day on which one of its products is put forward in searches.

use super::{Account, Entry, Posting};
use kernel::{EntryId, Money, MoneyError, ProductId, TenantId, Timestamp};

/// The shop is owed less; the marketplace has earned the fee and owes the tax. What costs nothing is no entry.
pub fn promoted_fee(
    id: EntryId,
    shop: TenantId,
    product: ProductId,
    fee: Money,
    tax: Money,
    at: Timestamp,
) -> Result<Option<Entry>, MoneyError> {
    let zero = Money::zero(fee.currency);
    let posting = |account, amount| Posting {
        account,
        tenant: Some(shop),
        amount,
    };
    let mut postings = vec![
        posting(Account::SellerPayable, fee.add(tax)?),
        posting(Account::ListingRevenue, zero.sub(fee)?),
        posting(Account::TaxPayable, zero.sub(tax)?),
    ];
    postings.retain(|posting| posting.amount.amount != 0);
    let entry = Entry {
        id,
        kind: "promoted_fee",
        reference: product.0,
        at,
        postings,
    };
    Ok((!entry.postings.is_empty()).then_some(entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn a_day_is_owed_with_its_tax() {
        let at = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        let (shop, product) = (TenantId::new(at), ProductId::new(at));
        let eur = |amount| Money::new(amount, Currency::EUR);
        let fee =
            |fee, tax| promoted_fee(EntryId::new(at), shop, product, eur(fee), eur(tax), at).expect("sums");
        let entry = fee(200, 42).expect("an entry");
        let told: Vec<(Account, i64)> = entry
            .postings
            .iter()
            .map(|p| (p.account, p.amount.amount))
            .collect();
        assert_eq!(
            told,
            [
                (Account::SellerPayable, 242),
                (Account::ListingRevenue, -200),
                (Account::TaxPayable, -42)
            ]
        );
        assert_eq!((entry.kind, entry.reference), ("promoted_fee", product.0));
        assert_eq!(fee(200, 0).expect("an entry").postings.len(), 2);
        assert_eq!(fee(0, 0), None);
    }
}
