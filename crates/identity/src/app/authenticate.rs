//! Recognising who comes with a credential, and ending sessions.

use super::sign_in::Capacity;
use super::tokens::current_capacity;
use super::{Accounts, note};
use crate::store::hash_of;
use crate::store::session::{self, Session, SessionLine};
use crate::{Error, token};
use ::store::{Scope, log};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use contracts::identity::{API_KEY_PREFIX, Audience, Credential, Principal};
use kernel::{Ctx, SessionId, Timestamp, UserId};
use sha2::{Digest, Sha256};

/// "Last seen" is kept to this precision, so that reading a page is not a write.
const SEEN_PRECISION: Duration = Duration::minutes(1);
/// Sessions listed.
const SESSIONS_MAX: i64 = 100;

impl Accounts {
    /// Who holds this credential.
    pub async fn authenticate(&self, ctx: &Ctx, credential: Credential) -> Result<Principal, Error> {
        match credential {
            Credential::Bearer(key) if key.starts_with(API_KEY_PREFIX) => self.by_api_key(ctx, &key).await,
            Credential::Bearer(token) => self.by_token(ctx, &token).await,
            Credential::Session(cookie) => self.by_cookie(ctx, &cookie).await,
        }
    }

    async fn by_token(&self, ctx: &Ctx, token: &str) -> Result<Principal, Error> {
        let claims = token::verify(&self.0.keys, token, ctx.now).await?;
        let session = session::living(self.db().pool(), claims.sid, ctx.now)
            .await?
            .filter(|s| s.account == claims.sub && s.audience == claims.aud)
            .ok_or(Error::SessionEnded)?;
        let capacity = match session.audience {
            Audience::Buyer => Capacity::BUYER,
            _ => {
                let mut tx = self.db().begin(Scope::System).await?;
                let capacity = current_capacity(&mut tx, &session).await?;
                tx.commit().await?;
                capacity.ok_or(Error::SessionEnded)?
            }
        };
        self.seen(ctx, &session).await?;
        let token_ends = Timestamp::from_timestamp(claims.exp, 0).ok_or(Error::BadToken)?;
        Ok(principal(session, capacity, Some(token_ends), None))
    }

    pub(super) async fn by_cookie(&self, ctx: &Ctx, cookie: &str) -> Result<Principal, Error> {
        let session = session::living_by_cookie(self.db().pool(), &hash_of(cookie), ctx.now)
            .await?
            .ok_or(Error::SessionEnded)?;
        let capacity = self.browser_capacity(session.account).await?;
        self.seen(ctx, &session).await?;
        Ok(principal(session, capacity, None, Some(csrf_of(cookie))))
    }

    async fn seen(&self, ctx: &Ctx, session: &Session) -> Result<(), Error> {
        if ctx.now - session.last_seen_at >= SEEN_PRECISION {
            session::touch(self.db().pool(), session.id, ctx.now).await?;
        }
        Ok(())
    }

    /// Ends a session. Ended twice, it changes nothing.
    pub async fn sign_out(&self, ctx: &Ctx, session: SessionId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        if let Some(user) = session::end(&mut *tx, session, ctx.now).await? {
            note(&mut tx, ctx, user, "signed_out", None).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// A person's living sessions.
    pub async fn sessions(&self, ctx: &Ctx, user: UserId) -> Result<Vec<SessionLine>, Error> {
        Ok(session::list(self.db().pool(), user, ctx.now, SESSIONS_MAX).await?)
    }

    /// Ends one of a person's own sessions.
    pub async fn end_session(&self, ctx: &Ctx, user: UserId, id: SessionId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        if !session::end_own(&mut *tx, user, id, ctx.now).await? {
            return Err(Error::NoSuchSession);
        }
        note(&mut tx, ctx, user, "session_revoked", None).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }
}

fn principal(
    session: Session,
    capacity: Capacity,
    token_ends: Option<Timestamp>,
    csrf: Option<String>,
) -> Principal {
    Principal {
        user: session.account,
        audience: capacity.audience,
        role: capacity.role,
        tenant: capacity.tenant,
        session: session.id,
        expires_at: token_ends.map_or(session.expires_at, |ends| ends.min(session.expires_at)),
        csrf,
        name: session.name,
        email: session.email,
        email_verified: session.email_verified,
        scopes: None,
    }
}

/// What the forms of a cookie's session carry back. It follows from the cookie, which no other site can read, and
/// does not lead back to it; so it needs no place of its own.
fn csrf_of(cookie: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"stoa csrf ");
    hash.update(cookie.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
