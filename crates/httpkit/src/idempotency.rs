use crate::Problem;
use crate::extract::{Said, header_once};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::Fault;
use kernel::limits::IDEMPOTENCY_KEY_BYTES_MAX;

/// The `Idempotency-Key` header, required where it stands in a signature: the same key with the same body gets the
/// same answer for 24 hours, however often it is sent.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    pub const HEADER: &str = "idempotency-key";
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read_key(parts)
    }
}

pub(crate) fn read_key(parts: &Parts) -> Result<IdempotencyKey, Problem> {
    let said = match header_once(parts, IdempotencyKey::HEADER) {
        Said::Once(key) => key.to_str().ok(),
        Said::Not | Said::Unclear => None,
    };
    said
        .filter(|k| {
            (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&k.len()) && k.bytes().all(|byte| byte.is_ascii_graphic())
        })
        .map(|k| IdempotencyKey(k.to_owned()))
        .ok_or_else(|| {
            Problem(Fault::field(
                "idempotency_key",
                "Idempotency-Key",
                format!("Send an `Idempotency-Key` header of 1 to {IDEMPOTENCY_KEY_BYTES_MAX} printable ASCII characters without blanks, such as a UUID, and repeat it when you retry."),
            ))
        })
}
