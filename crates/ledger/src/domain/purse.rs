//! Gift cards and store credit: codes, and the entries that put money on them. How orders set it aside and spend it is in
//! [`crate::till::purses`].

use super::{Account, Entry, entry_id, moved};
pub use contracts::purses::{Funding, PurseKind};
use kernel::{CreditGrantId, Currency, Money, MoneyError, PurseId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Crockford's alphabet: no letter that is read as another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 100 random bits, of which operators see the last 20: the other 80 are not found by trying, were the hashes ever stolen.
const CODE_LETTERS: usize = 20;
const HINT_LETTERS: usize = 4;
/// Letters between two hyphens.
const GROUP: usize = 4;

/// The secret by which a gift card is spent.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    #[must_use]
    pub fn random() -> Self {
        let random = Sha256::digest(kernel::secret::token());
        let letter = |byte: &u8| char::from(LETTERS[usize::from(byte & 31)]);
        Self(random.iter().take(CODE_LETTERS).map(letter).collect())
    }

    /// As a person writes it: in small letters, with or without hyphens and blanks, `O` for zero.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(CODE_LETTERS);
        for letter in text.chars().filter(|c| *c != '-' && !c.is_whitespace()) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            let known = u8::try_from(letter).is_ok_and(|letter| LETTERS.contains(&letter));
            if !known || code.len() == CODE_LETTERS {
                return None;
            }
            code.push(letter);
        }
        (code.len() == CODE_LETTERS).then_some(Self(code))
    }

    /// `ABCD-EFGH-JKMN-PQRS-TVWX`
    #[must_use]
    pub fn shown(&self) -> String {
        let groups: Vec<&str> = (0..CODE_LETTERS)
            .step_by(GROUP)
            .map(|at| &self.0[at..at + GROUP])
            .collect();
        groups.join("-")
    }

    /// What is kept of it. The code is random enough that a plain hash does not give it away.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.0).to_vec()
    }

    /// By which people tell cards apart.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0[CODE_LETTERS - HINT_LETTERS..]
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code(…{})", self.hint())
    }
}

/// The account that a kind of purse is a part of.
#[must_use]
pub fn account(kind: PurseKind) -> Account {
    match kind {
        PurseKind::GiftCard => Account::GiftCardsOutstanding,
        PurseKind::StoreCredit => Account::StoreCreditOutstanding,
    }
}

/// The purse of a buyer's store credit: it follows from whose it is, so that whoever puts something on it need not look
/// for it first.
#[must_use]
pub fn credit_of(user: UserId, currency: Currency) -> PurseId {
    let hash = Sha256::new()
        .chain_update("store credit")
        .chain_update(user.0.as_bytes())
        .chain_update(currency.code())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    PurseId(Uuid::from_bytes(bytes))
}

/// A gift card was issued: sold for money that came to the bank, or given away.
pub fn card_issued(
    card: PurseId,
    at: Timestamp,
    amount: Money,
    funding: Funding,
) -> Result<Entry, MoneyError> {
    let from = match funding {
        Funding::Sold => Account::Bank,
        Funding::Given => Account::GoodwillExpense,
    };
    let accounts = [(from, None), (Account::GiftCardsOutstanding, None)];
    moved(
        entry_id("gift_card", card.0),
        "gift_card",
        card.0,
        at,
        amount,
        accounts,
    )
}

/// A buyer was given store credit.
pub fn credit_granted(grant: CreditGrantId, at: Timestamp, amount: Money) -> Result<Entry, MoneyError> {
    let accounts = [
        (Account::GoodwillExpense, None),
        (Account::StoreCreditOutstanding, None),
    ];
    let id = entry_id("store_credit", grant.0);
    moved(id, "store_credit", grant.0, at, amount, accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = Code::random();
        let shown = code.shown();
        assert_eq!(shown.len(), 24);
        for written in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            format!(" {} ", shown.replace('0', "o").replace('1', "l")),
        ] {
            assert_eq!(Code::read(&written), Some(code.clone()), "{written}");
        }
        assert!(shown.ends_with(code.hint()));
        assert_ne!(Code::random(), code);
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "ABCD",
            "ABCD-EFGH-JKMN-PQR",
            "ABCD-EFGH-JKMN-PQRST",
            "ABCD-EFGH-JKMN-PQRU",
            "ábcd-efgh-jkmn-pqrs",
        ] {
            assert_eq!(Code::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_buyers_credit_is_one_purse_per_currency() {
        let now = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        let (ana, eva) = (UserId::new(now), UserId::new(now));
        assert_eq!(credit_of(ana, Currency::EUR), credit_of(ana, Currency::EUR));
        assert_ne!(credit_of(ana, Currency::EUR), credit_of(eva, Currency::EUR));
        assert_ne!(credit_of(ana, Currency::EUR), credit_of(ana, Currency::USD));
    }

    #[test]
    fn issuing_owes_what_is_on_the_card() {
        let now = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        let card = PurseId::new(now);
        let of = |funding| {
            let entry = card_issued(card, now, Money::new(2_500, Currency::EUR), funding).expect("in range");
            entry
                .postings
                .iter()
                .map(|p| (p.account, p.amount.amount))
                .collect::<Vec<_>>()
        };
        let owed = (Account::GiftCardsOutstanding, -2_500);
        assert_eq!(of(Funding::Sold), [(Account::Bank, 2_500), owed]);
        assert_eq!(of(Funding::Given), [(Account::GoodwillExpense, 2_500), owed]);
    }
}
