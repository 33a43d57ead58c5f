//! Links of mails that show a guest's order: a guest has no account, and reads mails in other browsers than they order in.
//! What a link opens and until when stands in it, signed, so that nothing of it is kept. It is of no use for anything but
//! looking.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use hmac::{Hmac, Mac};
use kernel::{OrderId, Timestamp};
use sha2::Sha256;

/// For how long a link is good; its mail says until when.
pub const GOOD_FOR: TimeDelta = TimeDelta::days(90);
/// Characters of a link: anything longer is none.
const CHARS_MAX: usize = 128;

fn signature(key: &[u8], order: OrderId, until_s: i64) -> Hmac<Sha256> {
    // A key of any length is one.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(format!("sight of order {order} until {until_s}").as_bytes());
    mac
}

pub fn seal(key: &[u8], order: OrderId, until: Timestamp) -> String {
    let until_s = until.timestamp();
    let signature = signature(key, order, until_s).finalize().into_bytes();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{until_s}.{signature}", order.0.simple())
}

/// The order, if it is a link of ours that is still good.
pub fn open(key: &[u8], link: &str, now: Timestamp) -> Option<OrderId> {
    if link.len() > CHARS_MAX {
        return None;
    }
    let mut parts = link.split('.');
    let (order, until_s, told) = (parts.next()?, parts.next()?, parts.next()?);
    let (order, until_s): (OrderId, i64) = (order.parse().ok()?, until_s.parse().ok()?);
    let told = URL_SAFE_NO_PAD.decode(told).ok()?;
    // In a time that tells nothing of where the two differ.
    signature(key, order, until_s).verify_slice(&told).ok()?;
    (parts.next().is_none() && now.timestamp() <= until_s).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_link_opens_its_order_until_it_ends_and_nothing_else() {
        let (key, order) = (b"a key", OrderId(Uuid::from_u128(7)));
        let until = Timestamp::from_timestamp(1_800_000_000, 0).expect("in range");
        let link = seal(key, order, until);
        assert_eq!(open(key, &link, until), Some(order));
        assert_eq!(open(key, &link, until + TimeDelta::seconds(1)), None);

        let longer = link.replace("1800000000", "1900000000");
        let other = OrderId(Uuid::from_u128(8)).0.simple().to_string();
        let of_other = link.replace(&order.0.simple().to_string(), &other);
        for forged in [
            longer.as_str(),
            of_other.as_str(),
            &link[..link.len() - 1],
            &format!("{link}.more"),
            &link.replace('.', ""),
            "é.0.A",
            "",
        ] {
            assert_ne!(forged, link);
            assert_eq!(open(key, forged, until), None, "{forged}");
        }
        assert_eq!(open(b"another", &link, until), None);
    }
}
