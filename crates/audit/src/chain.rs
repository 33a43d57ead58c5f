//! The bytes that are hashed, and the chain that they make. `docs/audit.md` says the same for those who verify without us.

use crate::store::EntryRow;
use sha2::{Digest, Sha256};
use std::str::FromStr;
use uuid::Uuid;

/// What begins the bytes of every entry: another format gets another name.
const ENTRY: &[u8] = b"stoa audit entry v1";
const BATCH: &[u8] = b"stoa audit batch v1";
/// Before the first batch there is nothing.
pub const GENESIS: [u8; 32] = [0; 32];
/// Stands for a field that is absent, in the place of its length.
const ABSENT: [u8; 4] = [0xff; 4];

fn put(bytes: &mut Vec<u8>, field: Option<&str>) {
    match field {
        None => bytes.extend(ABSENT),
        Some(text) => {
            // No field comes near 4 GB: PostgreSQL keeps at most one.
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX - 1);
            bytes.extend(length.to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    }
}

/// An entry's canonical bytes, as if it stood at `seq`.
pub fn canonical(entry: &EntryRow, seq: i64) -> Vec<u8> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    let mut bytes = ENTRY.to_vec();
    put(&mut bytes, Some(&seq.to_string()));
    put(&mut bytes, Some(&entry.at.timestamp_micros().to_string()));
    put(&mut bytes, Some(&entry.event_id.to_string()));
    put(&mut bytes, Some(&entry.audience));
    put(&mut bytes, id(entry.user_id).as_deref());
    put(&mut bytes, entry.role.as_deref());
    put(&mut bytes, entry.actor_name.as_deref());
    put(&mut bytes, id(entry.tenant_id).as_deref());
    put(&mut bytes, Some(&entry.kind));
    put(&mut bytes, Some(&entry.about_kind));
    put(&mut bytes, Some(&entry.about_id));
    put(&mut bytes, Some(&entry.label));
    put(&mut bytes, entry.before.as_deref());
    put(&mut bytes, entry.after.as_deref());
    put(&mut bytes, Some(&entry.correlation_id.to_string()));
    bytes
}

/// An entry's own digest, by which it is found in a batch that is not as it was.
pub fn digest(entry: &EntryRow, seq: i64) -> Vec<u8> {
    Sha256::digest(canonical(entry, seq)).to_vec()
}

/// A batch's hash: over its number, the hash before it, and its entries in their order.
pub fn hash(seq: i64, previous: &[u8], entries: &[EntryRow]) -> Vec<u8> {
    let mut sha = Sha256::new();
    sha.update(BATCH);
    sha.update(seq.to_be_bytes());
    sha.update(previous);
    for entry in entries {
        let bytes = canonical(entry, entry.seq);
        sha.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        sha.update(&bytes);
    }
    sha.finalize().to_vec()
}

/// A batch and its hash as somebody wrote them down outside the database: `12:9f86d0...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub batch: i64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

impl FromStr for Known {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            "expected a batch and its hash as `stoa verify audit` prints them, such as 12:9f86d0..."
                .to_owned()
        };
        let (batch, hash) = text.split_once(':').ok_or_else(wrong)?;
        let batch = batch.parse().map_err(|_| wrong())?;
        if hash.len() != 64 || !hash.bytes().all(|sign| sign.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        Ok(Self {
            batch,
            hash: hash.to_ascii_lowercase(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, after: Option<&str>) -> EntryRow {
        EntryRow {
            seq: 1,
            at: kernel::Timestamp::from_timestamp_micros(1_700_000_000_000_001).expect("a moment"),
            event_id: Uuid::nil(),
            audience: "operator".to_owned(),
            user_id: None,
            role: None,
            actor_name: None,
            tenant_id: None,
            kind: "shop.status".to_owned(),
            about_kind: "shop".to_owned(),
            about_id: "1".to_owned(),
            label: label.to_owned(),
            before: None,
            after: after.map(str::to_owned),
            correlation_id: Uuid::nil(),
            digest: Vec::new(),
        }
    }

    /// Worked out by hand from docs/audit.md: whoever verifies without this program gets the same bytes.
    #[test]
    fn the_bytes_are_those_of_the_documentation() {
        let bytes = canonical(&entry("Ana", Some("{}")), 1);
        let mut expected = b"stoa audit entry v1".to_vec();
        expected.extend(b"\x00\x00\x00\x011\x00\x00\x00\x101700000000000001");
        expected.extend(b"\x00\x00\x00\x2400000000-0000-0000-0000-000000000000");
        expected.extend(b"\x00\x00\x00\x08operator");
        expected.extend([0xff; 16]);
        expected.extend(b"\x00\x00\x00\x0bshop.status\x00\x00\x00\x04shop\x00\x00\x00\x011");
        expected.extend(b"\x00\x00\x00\x03Ana\xff\xff\xff\xff\x00\x00\x00\x02{}");
        expected.extend(b"\x00\x00\x00\x2400000000-0000-0000-0000-000000000000");
        assert_eq!(bytes, expected);
    }

    #[test]
    fn what_is_absent_differs_from_what_is_empty() {
        assert_ne!(digest(&entry("Ana", None), 1), digest(&entry("Ana", Some("")), 1));
    }

    #[test]
    fn place_and_order_are_hashed() {
        let (one, two) = (entry("Ana", None), entry("Bo", None));
        assert_ne!(digest(&one, 1), digest(&one, 2));
        let there = hash(1, &GENESIS, &[one.clone(), two.clone()]);
        assert_ne!(there, hash(1, &GENESIS, &[two, one.clone()]));
        let alone = std::slice::from_ref(&one);
        assert_ne!(hash(1, &GENESIS, alone), hash(2, &GENESIS, alone));
    }

    #[test]
    fn a_known_hash_is_read_as_it_is_printed() {
        let hash = "ab".repeat(32);
        let known: Known = format!("12:{hash}").parse().expect("it is one");
        assert_eq!(known, Known { batch: 12, hash });
        for wrong in ["", "12", "12:ab", "x:00", ":"] {
            assert!(wrong.parse::<Known>().is_err(), "{wrong}");
        }
    }
}
