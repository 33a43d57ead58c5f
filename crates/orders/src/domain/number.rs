//! Numbers for people to read out: 40 of the random bits of the order's id, without letters that are taken for digits.

use kernel::OrderId;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Such as `K7F3-9QXA`. Tells an order from a buyer's others; the key is the id.
#[must_use]
pub fn of_order(id: OrderId) -> String {
    let mut bits = id.0.as_u128();
    let mut text = [0u8; 9];
    for place in [8, 7, 6, 5, 3, 2, 1, 0] {
        text[place] = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    text[4] = b'-';
    text.iter().copied().map(char::from).collect()
}

/// The order's number and the seller's position in it, from 1: `K7F3-9QXA-2`.
#[must_use]
pub fn of_sub_order(order_number: &str, index: usize) -> String {
    format!("{order_number}-{}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn numbers_are_eight_unmistakable_characters() {
        assert_eq!(of_order(OrderId(Uuid::from_u128(0))), "0000-0000");
        assert_eq!(of_order(OrderId(Uuid::from_u128(31))), "0000-000Z");
        assert_eq!(of_order(OrderId(Uuid::from_u128((1 << 40) - 1))), "ZZZZ-ZZZZ");
        assert_eq!(of_sub_order("K7F3-9QXA", 1), "K7F3-9QXA-2");
    }
}
