//! Turning the second factor on and off: an app that shows codes, and recovery codes for when it is lost.

use super::upkeep::PENDING_FACTOR_TTL;
use super::{Accounts, note};
use crate::Error;
use crate::domain::{TotpSecret, recovery, totp};
use crate::mail::FactorChange;
use crate::store::account::{self, Account};
use crate::store::second_factor::{self, FactorRow};
use crate::store::{challenge, guard, hash_of, recovery_code};
use ::store::{Scope, log};
use contracts::identity::{
    BrowserSession, FactorProof, FactorSecret, FactorStanding, FinishSignIn, SecondFactors, SignIn,
};
use contracts::notifications::MailFacts;
use contracts::{Reply, reply};
use kernel::{Ctx, UserId};
use sqlx::PgConnection;

/// Secrets that are sealed anew in one transaction.
const RESEALED_MAX: i64 = 500;

impl Accounts {
    /// Whether somebody has a second factor, or is about to.
    pub async fn factor_standing(&self, ctx: &Ctx, user: UserId) -> Result<FactorStanding, Error> {
        let Some(factor) = second_factor::get(self.db().pool(), user).await? else {
            return Ok(FactorStanding::default());
        };
        if let Some(since) = factor.confirmed_at {
            let left = recovery_code::left(self.db().pool(), user).await?;
            return Ok(FactorStanding {
                on_since: Some(since),
                recovery_codes_left: u16::try_from(left).unwrap_or(u16::MAX),
                pending: None,
            });
        }
        if factor.started_at <= ctx.now - PENDING_FACTOR_TTL {
            return Ok(FactorStanding::default());
        }
        let account = self.own(user).await?;
        let secret = self.opened(&factor)?;
        Ok(FactorStanding {
            pending: Some(FactorSecret {
                secret: secret.text(),
                uri: secret.uri(self.host(), &account.email),
            }),
            ..FactorStanding::default()
        })
    }

    /// Makes a secret for an app. Nothing changes until a code has shown that the app has it.
    pub async fn start_factor(
        &self,
        ctx: &Ctx,
        user: UserId,
        password: String,
        address: String,
    ) -> Result<(), Error> {
        let account = self.prove_own(ctx, user, password, address).await?;
        let secret = TotpSecret::random()?;
        let sealed = self.0.keyring.seal(&FactorRow::owner(user), secret.expose())?;
        let mut tx = self.db().begin(Scope::System).await?;
        if !second_factor::start(&mut *tx, account.id, &sealed, ctx.now).await? {
            return Err(Error::SecondFactorOn);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Turns the second factor on by a first code of the app, and gives the recovery codes.
    pub async fn confirm_factor(&self, ctx: &Ctx, user: UserId, code: &str) -> Result<Vec<String>, Error> {
        let account = self.own(user).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        let factor = second_factor::lock(&mut *tx, user)
            .await?
            .ok_or(Error::SecondFactorOff)?;
        if factor.confirmed_at.is_some() {
            return Err(Error::SecondFactorOn);
        }
        if factor.started_at <= ctx.now - PENDING_FACTOR_TTL {
            return Err(Error::SecondFactorOff);
        }
        // Nothing is to be guessed here: whoever confirms was shown the secret.
        let digits = totp::digits(code).ok_or(Error::WrongCode)?;
        let step = self
            .opened(&factor)?
            .step_of(&digits, ctx.now, factor.last_step)
            .ok_or(Error::WrongCode)?;
        second_factor::take_step(&mut *tx, user, step, ctx.now).await?;
        let codes = codes_for(&mut tx, user).await?;
        note(&mut tx, ctx, user, "second_factor_on", None).await?;
        tx.commit().await?;
        log::wake();
        self.tell_change(ctx, &account, FactorChange::On).await;
        Ok(codes)
    }

    /// New recovery codes in the place of those that somebody has.
    pub async fn renew_recovery_codes(
        &self,
        ctx: &Ctx,
        user: UserId,
        proof: FactorProof,
    ) -> Result<Vec<String>, Error> {
        let account = self.prove_own(ctx, user, proof.password, proof.address).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        if !self.judge(&mut tx, ctx, &account, &proof.code).await? {
            tx.commit().await?;
            log::wake();
            return Err(Error::WrongCode);
        }
        guard::clear(&mut *tx, &hash_of(&account.email)).await?;
        let codes = codes_for(&mut tx, user).await?;
        note(&mut tx, ctx, user, "recovery_codes_made", None).await?;
        tx.commit().await?;
        log::wake();
        self.tell_code_used(ctx, &account, &proof.code).await;
        self.tell_change(ctx, &account, FactorChange::CodesMade).await;
        Ok(codes)
    }

    /// Turns the second factor off: from then on the password is enough.
    pub async fn turn_factor_off(&self, ctx: &Ctx, user: UserId, proof: FactorProof) -> Result<(), Error> {
        let account = self.prove_own(ctx, user, proof.password, proof.address).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        if !self.judge(&mut tx, ctx, &account, &proof.code).await? {
            tx.commit().await?;
            log::wake();
            return Err(Error::WrongCode);
        }
        guard::clear(&mut *tx, &hash_of(&account.email)).await?;
        second_factor::delete(&mut *tx, user).await?;
        recovery_code::delete(&mut *tx, user).await?;
        challenge::drop_of(&mut *tx, user).await?;
        note(&mut tx, ctx, user, "second_factor_off", None).await?;
        tx.commit().await?;
        log::wake();
        self.tell_code_used(ctx, &account, &proof.code).await;
        self.tell_change(ctx, &account, FactorChange::Off).await;
        Ok(())
    }

    /// Seals with the present data key what is sealed with an older one, and says how many secrets that were.
    pub async fn reseal_factors(&self) -> Result<usize, Error> {
        let (mut resealed, mut after) = (0, None);
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let rows = second_factor::sealed(&mut *tx, after, RESEALED_MAX).await?;
            let Some(last) = rows.last() else {
                return Ok(resealed);
            };
            after = Some(last.account_id);
            for row in &rows {
                if self.0.keyring.is_present(&row.sealed_secret) {
                    continue;
                }
                let owner = FactorRow::owner(row.account_id);
                // What only others can open is theirs to seal anew.
                let Ok(secret) = self.0.keyring.unseal(&owner, &row.sealed_secret) else {
                    continue;
                };
                let sealed = self.0.keyring.seal(&owner, &secret)?;
                second_factor::reseal(&mut *tx, row.account_id, &sealed).await?;
                resealed += 1;
            }
            tx.commit().await?;
        }
    }

    pub(super) fn opened(&self, factor: &FactorRow) -> Result<TotpSecret, Error> {
        let owner = FactorRow::owner(factor.account_id);
        let secret = self.0.keyring.unseal(&owner, &factor.sealed_secret)?;
        Ok(TotpSecret::new(secret))
    }

    /// Mails the account's holder, whatever they want to be told otherwise.
    pub(super) async fn tell_change(&self, ctx: &Ctx, account: &Account, change: FactorChange) {
        let url = &self.0.public_url;
        let facts = MailFacts::default()
            .text("password_link", format!("{url}/forgot-password"))
            .text("link", format!("{url}/account/second-factor"));
        self.tell(ctx, account, change.kind(), facts).await;
    }

    async fn own(&self, user: UserId) -> Result<Account, Error> {
        account::by_id(self.db().pool(), user)
            .await?
            .ok_or(Error::NoSuchAccount)
    }

    /// The account of somebody who is signed in, and who gives its password once more: a device left open is not enough.
    async fn prove_own(
        &self,
        ctx: &Ctx,
        user: UserId,
        password: String,
        address: String,
    ) -> Result<Account, Error> {
        let account = self.own(user).await?;
        let request = SignIn {
            email: account.email.clone(),
            password,
            device: String::new(),
            address,
        };
        match self.prove(ctx, &request).await {
            Ok(_) => Ok(account),
            Err(Error::BadCredentials) => Err(Error::WrongPassword),
            Err(error) => Err(error),
        }
    }
}

/// Makes codes, and keeps their hashes in the place of those before.
async fn codes_for(conn: &mut PgConnection, user: UserId) -> Result<Vec<String>, Error> {
    let codes = recovery::new_codes()?;
    let hashes: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| hash_of(&recovery::hashed_text(user, code)))
        .collect();
    recovery_code::replace(conn, user, &hashes).await?;
    Ok(codes)
}

impl SecondFactors for Accounts {
    fn standing<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, FactorStanding> {
        reply(self.factor_standing(ctx, user))
    }

    fn start<'a>(&'a self, ctx: &'a Ctx, user: UserId, password: String, address: String) -> Reply<'a, ()> {
        reply(self.start_factor(ctx, user, password, address))
    }

    fn confirm<'a>(&'a self, ctx: &'a Ctx, user: UserId, code: String) -> Reply<'a, Vec<String>> {
        reply(async move { self.confirm_factor(ctx, user, &code).await })
    }

    fn renew_codes<'a>(&'a self, ctx: &'a Ctx, user: UserId, proof: FactorProof) -> Reply<'a, Vec<String>> {
        reply(self.renew_recovery_codes(ctx, user, proof))
    }

    fn turn_off<'a>(&'a self, ctx: &'a Ctx, user: UserId, proof: FactorProof) -> Reply<'a, ()> {
        reply(self.turn_factor_off(ctx, user, proof))
    }

    fn finish<'a>(&'a self, ctx: &'a Ctx, request: FinishSignIn) -> Reply<'a, BrowserSession> {
        reply(self.finish_sign_in(ctx, request))
    }
}
