//! Access tokens: JWTs signed with EdDSA, for one audience, for minutes.

use crate::Error;
use crate::keys::Keys;
use crate::store::session::audience_name;
use chrono::Duration;
use contracts::identity::Audience;
use jsonwebtoken::{Algorithm, Header, Validation};
use kernel::{Role, SessionId, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How long an access token is good.
pub const ACCESS_TTL: Duration = Duration::minutes(15);
const ISSUER: &str = "stoa";

/// What a token states (RFC 7519 names, then ours).
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: UserId,
    pub aud: Audience,
    pub iat: i64,
    pub exp: i64,
    pub sid: SessionId,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
}

impl Claims {
    #[must_use]
    pub fn new(
        user: UserId,
        audience: Audience,
        role: Role,
        tenant: Option<TenantId>,
        session: SessionId,
        now: Timestamp,
    ) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            sub: user,
            aud: audience,
            iat: now.timestamp(),
            exp: (now + ACCESS_TTL).timestamp(),
            sid: session,
            role,
            tenant,
        }
    }
}

pub async fn sign(keys: &Keys, claims: &Claims, now: Timestamp) -> Result<String, Error> {
    let key = keys.signing(now).await?;
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key.kid);
    let encoding = key
        .encoding
        .as_ref()
        .ok_or_else(|| Error::Internal("a key that cannot sign was chosen to".to_owned()))?;
    jsonwebtoken::encode(&header, claims, encoding)
        .map_err(|e| Error::Internal(format!("signing a token: {e}")))
}

/// Reads a token that is ours, unaltered, and not yet expired at `now`.
pub async fn verify(keys: &Keys, token: &str, now: Timestamp) -> Result<Claims, Error> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Error::BadToken)?;
    let kid = header.kid.ok_or(Error::BadToken)?;
    let key = keys.verifying(&kid, now).await?.ok_or(Error::BadToken)?;
    // One algorithm alone: a token cannot choose a weaker one, nor "none".
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[
        audience_name(Audience::Buyer),
        audience_name(Audience::Seller),
        audience_name(Audience::Admin),
        audience_name(Audience::Partner),
    ]);
    // Time is the caller's, not the library's.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)
        .map_err(|_| Error::BadToken)?
        .claims;
    if claims.exp <= now.timestamp() || claims.iat > now.timestamp() + 60 {
        return Err(Error::BadToken);
    }
    Ok(claims)
}
