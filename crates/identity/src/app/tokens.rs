//! Access tokens and the family of refresh tokens behind them.

use super::sign_in::{Capacity, TokenPair};
use super::{Accounts, note};
use crate::Error;
use crate::store::session::{self, Session};
use crate::store::{hash_of, role};
use crate::token::{self, ACCESS_TTL, Claims};
use ::store::{Scope, Tx, log};
use chrono::Duration;
use contracts::identity::Audience;
use kernel::{Ctx, Role, SessionId, TenantId, UserId, secret};

/// How long a refresh token waits for its use.
const REFRESH_TTL: Duration = Duration::days(30);
/// How long a family may go on before its person has to prove themselves again.
pub(super) const FAMILY_TTL: Duration = Duration::days(90);

impl Accounts {
    pub(super) async fn first_tokens(
        &self,
        ctx: &Ctx,
        user: UserId,
        capacity: Capacity,
        session: SessionId,
    ) -> Result<TokenPair, Error> {
        let refresh_token = secret::token();
        let expires_at = ctx.now + REFRESH_TTL;
        session::insert_refresh(self.db().pool(), &hash_of(&refresh_token), session, expires_at).await?;
        self.pair(ctx, user, capacity, session, refresh_token).await
    }

    /// Exchanges a refresh token for a new pair. A token that comes a second time was stolen, by now or before: the
    /// whole family ends.
    pub async fn refresh(&self, ctx: &Ctx, refresh_token: &str) -> Result<TokenPair, Error> {
        let old_hash = hash_of(refresh_token);
        let mut tx = self.db().begin(Scope::System).await?;
        let old = session::lock_refresh(&mut *tx, &old_hash)
            .await?
            .ok_or(Error::BadRefreshToken)?;
        if old.used_at.is_some() {
            self.end_stolen(ctx, tx, old.session).await?;
            return Err(Error::BadRefreshToken);
        }
        if old.expires_at <= ctx.now {
            return Err(Error::BadRefreshToken);
        }
        let session = session::living(&mut *tx, old.session, ctx.now)
            .await?
            .ok_or(Error::BadRefreshToken)?;
        let capacity = current_capacity(&mut tx, &session)
            .await?
            .ok_or(Error::SessionEnded)?;
        let new_token = secret::token();
        session::use_refresh(&mut *tx, &old_hash, ctx.now).await?;
        let expires_at = ctx.now + REFRESH_TTL;
        session::insert_refresh(&mut *tx, &hash_of(&new_token), session.id, expires_at).await?;
        session::touch(&mut *tx, session.id, ctx.now).await?;
        tx.commit().await?;
        self.pair(ctx, session.account, capacity, session.id, new_token)
            .await
    }

    async fn end_stolen(&self, ctx: &Ctx, mut tx: Tx, session: SessionId) -> Result<(), Error> {
        if let Some(user) = session::end(&mut *tx, session, ctx.now).await? {
            note(&mut tx, ctx, user, "refresh_token_reused", None).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    async fn pair(
        &self,
        ctx: &Ctx,
        user: UserId,
        capacity: Capacity,
        session: SessionId,
        refresh_token: String,
    ) -> Result<TokenPair, Error> {
        let Capacity {
            audience,
            role,
            tenant,
        } = capacity;
        let claims = Claims::new(user, audience, role, tenant, session, ctx.now);
        Ok(TokenPair {
            access_token: token::sign(&self.0.keys, &claims, ctx.now).await?,
            refresh_token,
            token_type: "Bearer",
            expires_in: ACCESS_TTL.num_seconds(),
        })
    }
}

/// What a session of the API may do now: its audience stays, its role is read anew. None when the role was taken.
pub(super) async fn current_capacity(tx: &mut Tx, session: &Session) -> Result<Option<Capacity>, Error> {
    capacity_now(tx, session.account, session.audience, session.acts_for).await
}

/// What an account may do now, for an audience that it signed in for before.
pub(super) async fn capacity_now(
    tx: &mut Tx,
    account: UserId,
    audience: Audience,
    acts_for: Option<TenantId>,
) -> Result<Option<Capacity>, Error> {
    let role = match (audience, acts_for) {
        (Audience::Buyer, _) => Some(Role::Buyer),
        (Audience::Seller, Some(tenant)) => role::in_shop(&mut **tx, account, tenant).await?,
        (Audience::Admin, _) => role::operators(&mut **tx, account).await?,
        (Audience::Seller | Audience::Partner, _) => None,
    };
    Ok(role.map(|role| Capacity {
        audience,
        role,
        tenant: acts_for,
    }))
}
