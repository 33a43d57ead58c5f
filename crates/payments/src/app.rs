use crate::error::Error;
use crate::sandbox::{Challenge, Sandbox};
use crate::store;
use ::store::{Db, Scope};
use contracts::payments::{Payment, Payments, ProviderOf, SandboxChallenge};
use contracts::{Reply, reply};
use kernel::{Ctx, PaymentId};

/// Payments as they stand.
#[derive(Clone)]
pub struct PaymentBook {
    db: Db,
    sandbox: Sandbox,
    /// Names of the providers in use.
    providers: Vec<&'static str>,
}

impl PaymentBook {
    #[must_use]
    pub fn new(db: Db, sandbox: Sandbox) -> Self {
        Self {
            db,
            sandbox,
            providers: vec!["sandbox"],
        }
    }

    /// With other providers than the sandbox.
    #[must_use]
    pub fn paid_by(mut self, providers: Vec<&'static str>) -> Self {
        self.providers = providers;
        self
    }

    pub(crate) fn providers(&self) -> &[&'static str] {
        &self.providers
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub async fn find(&self, id: PaymentId) -> Result<Payment, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let payment = store::payment(&mut tx, id).await?;
        tx.commit().await?;
        Ok(payment)
    }

    async fn providers_of(&self, payments: Vec<PaymentId>) -> Result<Vec<ProviderOf>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let found = store::providers(&mut tx, &payments).await?;
        tx.commit().await?;
        let of = |(payment, provider)| ProviderOf { payment, provider };
        Ok(found.into_iter().map(of).collect())
    }
}

impl Payments for PaymentBook {
    fn payment<'a>(&'a self, _ctx: &'a Ctx, id: PaymentId) -> Reply<'a, Payment> {
        Box::pin(async move { Ok(self.find(id).await?) })
    }

    fn providers<'a>(&'a self, _ctx: &'a Ctx, payments: Vec<PaymentId>) -> Reply<'a, Vec<ProviderOf>> {
        reply(self.providers_of(payments))
    }

    fn sandbox_challenge<'a>(&'a self, _ctx: &'a Ctx, reference: String) -> Reply<'a, SandboxChallenge> {
        Box::pin(async move {
            let Challenge {
                amount,
                return_path,
                open,
            } = self.sandbox.challenge(&reference).await?;
            Ok(SandboxChallenge {
                amount,
                return_path,
                open,
            })
        })
    }

    fn sandbox_answer<'a>(&'a self, _ctx: &'a Ctx, reference: String, approve: bool) -> Reply<'a, String> {
        Box::pin(async move { Ok(self.sandbox.answer(&reference, approve).await?) })
    }
}
