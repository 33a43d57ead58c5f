//! Signing in where the password is not enough: a challenge, and a code that meets it.

use super::sign_in::{Capacity, record_failure, still_stands};
use super::tokens::capacity_now;
use super::{Accounts, TokenPair, note};
use crate::Error;
use crate::attempts::Attempt;
use crate::domain::{recovery, totp};
use crate::mail::FactorChange;
use crate::store::account::{self, Account, Secret};
use crate::store::challenge::{self, Challenge};
use crate::store::{guard, hash_of, recovery_code, second_factor};
use ::store::{Scope, log};
use chrono::Duration;
use contracts::identity::{BrowserSession, FinishSignIn, SignIn};
use kernel::{Ctx, secret};
use sqlx::PgConnection;

/// How long a code is awaited.
const CHALLENGE_TTL: Duration = Duration::minutes(10);
/// Wrong codes for one challenge. Three in a row lock the address before that, as wrong passwords do.
const FAILURES_MAX: i32 = 5;

/// Whoever met a challenge.
struct Met {
    account: Account,
    /// What was proved in the first step.
    secret: Secret,
    challenge: Challenge,
}

impl Accounts {
    /// Refuses whoever has a second factor, with a challenge that a code meets.
    pub(super) async fn ask_second(
        &self,
        ctx: &Ctx,
        proved: &Secret,
        capacity: Option<Capacity>,
    ) -> Result<(), Error> {
        if !second_factor::is_on(self.db().pool(), proved.id).await? {
            return Ok(());
        }
        let challenge = secret::token();
        let expires_at = ctx.now + CHALLENGE_TTL;
        let kept = Challenge {
            account: proved.id,
            audience: capacity.map(|capacity| capacity.audience),
            acts_for: capacity.and_then(|capacity| capacity.tenant),
        };
        let mut tx = self.db().begin(Scope::System).await?;
        still_stands(&mut tx, proved).await?;
        challenge::insert(&mut *tx, &hash_of(&challenge), &kept, expires_at).await?;
        tx.commit().await?;
        Err(Error::SecondFactorNeeded {
            challenge,
            expires_at,
        })
    }

    /// Signs a client of the API in, whose password was right before.
    pub async fn finish_login(&self, ctx: &Ctx, request: FinishSignIn) -> Result<TokenPair, Error> {
        let Met {
            account,
            secret,
            challenge,
        } = self.meet(ctx, &request, false).await?;
        let audience = challenge.audience.ok_or(Error::BadChallenge)?;
        let mut tx = self.db().begin(Scope::System).await?;
        let capacity = capacity_now(&mut tx, account.id, audience, challenge.acts_for).await?;
        tx.commit().await?;
        // The role was taken between the two steps.
        let capacity = capacity.ok_or(Error::BadChallenge)?;
        let sign_in = proved(&account, request);
        let session = self
            .open(ctx, &secret, capacity, &sign_in, None)
            .await
            .map_err(outlived)?;
        self.first_tokens(ctx, account.id, capacity, session).await
    }

    /// Opens a browser session for somebody whose password was right before.
    pub async fn finish_sign_in(&self, ctx: &Ctx, request: FinishSignIn) -> Result<BrowserSession, Error> {
        let Met { account, secret, .. } = self.meet(ctx, &request, true).await?;
        let sign_in = proved(&account, request);
        self.open_browser(ctx, &secret, &sign_in).await.map_err(outlived)
    }

    /// Uses a challenge up, if the code is right. One made for a browser opens nothing of the API, nor the other way.
    async fn meet(&self, ctx: &Ctx, request: &FinishSignIn, by_browser: bool) -> Result<Met, Error> {
        self.0.attempts.count(Attempt::Code, &request.address)?;
        let hash = hash_of(&request.challenge);
        let mut tx = self.db().begin(Scope::System).await?;
        let challenge = challenge::find(&mut *tx, &hash, ctx.now, FAILURES_MAX)
            .await?
            .filter(|challenge| challenge.audience.is_none() == by_browser)
            .ok_or(Error::BadChallenge)?;
        let account = account::by_id(&mut *tx, challenge.account)
            .await?
            .ok_or(Error::BadChallenge)?;
        // Held before the challenge is used up: a new password drops the challenges of the one before, so that one which
        // is there still was made with this.
        let password_hash = account::hold_password_hash(&mut *tx, account.id)
            .await?
            .ok_or(Error::BadChallenge)?;
        let is_right = match self.judge(&mut tx, ctx, &account, &request.code).await {
            // Turned off meanwhile: the challenge is none any more.
            Err(Error::SecondFactorOff) => return Err(Error::BadChallenge),
            judged => judged?,
        };
        if !is_right {
            challenge::count_failure(&mut *tx, &hash).await?;
            tx.commit().await?;
            log::wake();
            return Err(Error::BadCode);
        }
        if !challenge::take(&mut *tx, &hash, ctx.now, FAILURES_MAX).await? {
            return Err(Error::BadChallenge);
        }
        tx.commit().await?;
        log::wake();
        self.tell_code_used(ctx, &account, &request.code).await;
        Ok(Met {
            secret: Secret {
                id: account.id,
                password_hash,
            },
            account,
            challenge,
        })
    }

    /// Mails the account's holder, if what was taken was a recovery code.
    pub(super) async fn tell_code_used(&self, ctx: &Ctx, account: &Account, taken: &str) {
        if totp::digits(taken).is_none() {
            self.tell_change(ctx, account, FactorChange::CodeUsed).await;
        }
    }

    /// Whether a code is the app's present one, or a recovery code that is left; it is used up then. A wrong one is
    /// counted as a wrong password is, so the caller commits either way. The factor is held until then: of many guesses
    /// sent at once, each sees the failures before it.
    pub(super) async fn judge(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        account: &Account,
        code: &str,
    ) -> Result<bool, Error> {
        let factor = second_factor::lock(&mut *conn, account.id)
            .await?
            .filter(|factor| factor.confirmed_at.is_some())
            .ok_or(Error::SecondFactorOff)?;
        let email_hash = hash_of(&account.email);
        if let Some(until) = guard::locked_until(&mut *conn, &email_hash, ctx.now).await? {
            return Err(Error::Locked { until, now: ctx.now });
        }
        let is_right = match totp::digits(code) {
            Some(digits) => {
                let step = self.opened(&factor)?.step_of(&digits, ctx.now, factor.last_step);
                if let Some(step) = step {
                    second_factor::take_step(&mut *conn, account.id, step, ctx.now).await?;
                }
                step.is_some()
            }
            None => {
                let hash = hash_of(&recovery::hashed_text(account.id, code));
                let is_left = recovery_code::take(&mut *conn, account.id, &hash, ctx.now).await?;
                if is_left {
                    note(&mut *conn, ctx, account.id, "recovery_code_used", None).await?;
                }
                is_left
            }
        };
        if !is_right {
            record_failure(conn, ctx, &email_hash, Some(account.id)).await?;
        }
        Ok(is_right)
    }
}

/// The password was replaced between the two steps: the challenge went with it.
fn outlived(error: Error) -> Error {
    match error {
        Error::BadCredentials => Error::BadChallenge,
        error => error,
    }
}

/// The sign-in as it would have been without the second step.
fn proved(account: &Account, request: FinishSignIn) -> SignIn {
    SignIn {
        email: account.email.clone(),
        password: String::new(),
        device: request.device,
        address: request.address,
    }
}
