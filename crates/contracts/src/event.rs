use kernel::{Actor, CorrelationId, DateTime, EventId, TenantId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event that other contexts and partners may rely on.
pub trait PublicEvent: Serialize + DeserializeOwned + Send + Sync {
    /// `context.what_happened`
    const TOPIC: &'static str;
    const VERSION: i16 = 1;

    /// Events of one key are handled in order; a key that fails waits, others go on.
    fn key(&self) -> Uuid;

    /// The shop it concerns, if it concerns just one.
    fn tenant(&self) -> Option<TenantId>;
}

/// A public event as it lies in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub id: EventId,
    pub topic: String,
    pub version: i16,
    pub key: Uuid,
    pub tenant: Option<TenantId>,
    pub actor: Actor,
    pub correlation: CorrelationId,
    pub at: DateTime,
    pub payload: serde_json::Value,
}

impl Envelope {
    /// The payload as `E`, if this is an `E` of a version it can read.
    pub fn read<E: PublicEvent>(&self) -> Option<Result<E, serde_json::Error>> {
        (self.topic == E::TOPIC && self.version == E::VERSION).then(|| E::deserialize(&self.payload))
    }
}
