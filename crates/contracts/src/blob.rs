//! Bytes as they travel between processes: as base64, which takes a third more than they do. As a list of numbers they took
//! over three times as many, and JSON keeps each number apart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The content of a file as an argument of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, out)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        deserialize(from).map(Self)
    }
}

/// For `#[serde(with = "crate::blob")]` of a field.
pub fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&STANDARD.encode(bytes))
}

/// The other way.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_travel_as_text() {
        let sent = serde_json::to_string(&Blob(vec![0, 255, 7])).expect("JSON");
        assert_eq!(sent, r#""AP8H""#);
        assert_eq!(
            serde_json::from_str::<Blob>(&sent).expect("read"),
            Blob(vec![0, 255, 7])
        );
        assert!(serde_json::from_str::<Blob>(r#""no base64""#).is_err());
    }
}
