//! Which payment providers this marketplace uses, and what they know it by.

use anyhow::{Context, bail};
use axum::Router;
use clap::Args;
use kernel::SharedClock;
use payments::{Fallback, Hidden, PayPal, Provider, Razorpay, Sandbox, Stripe, paypal, razorpay, stripe};
use std::sync::Arc;
use store::Db;

/// Who says at which rate things are taxed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TaxSource {
    /// The marketplace's own table.
    #[default]
    Table,
    /// A pretended tax service, and the table where it does not answer.
    Sandbox,
}

impl TaxSource {
    pub fn book(self, db: Db) -> taxes::Taxes {
        match self {
            Self::Table => taxes::Taxes::new(db),
            Self::Sandbox => taxes::Taxes::asking(db, Arc::new(taxes::Sandbox::new())),
        }
    }
}

#[derive(Args, Clone, Debug)]
pub struct Providers {
    /// Payment providers: sandbox, stripe, razorpay, paypal. Of several with commas the first is asked, and the next where
    /// it does not take the means of payment or has not been answering.
    #[arg(long, env = "STOA_PAYMENTS", value_delimiter = ',', default_value = "sandbox")]
    pub payments: Vec<String>,
    /// Stripe's secret key, sk_... or rk_...
    #[arg(long, env = "STOA_STRIPE_KEY", hide_env_values = true)]
    pub stripe_key: Option<Hidden>,
    /// The signing secret of Stripe's webhooks to /v1/webhooks/payments/stripe, whsec_...
    #[arg(long, env = "STOA_STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    pub stripe_webhook_secret: Option<Hidden>,
    #[arg(long, env = "STOA_STRIPE_URL", default_value = stripe::BASE, hide = true)]
    pub stripe_url: String,
    /// Razorpay's key id, rzp_...
    #[arg(long, env = "STOA_RAZORPAY_KEY_ID")]
    pub razorpay_key_id: Option<String>,
    /// Razorpay's key secret.
    #[arg(long, env = "STOA_RAZORPAY_KEY_SECRET", hide_env_values = true)]
    pub razorpay_key_secret: Option<Hidden>,
    /// The secret of Razorpay's webhooks to /v1/webhooks/payments/razorpay.
    #[arg(long, env = "STOA_RAZORPAY_WEBHOOK_SECRET", hide_env_values = true)]
    pub razorpay_webhook_secret: Option<Hidden>,
    #[arg(long, env = "STOA_RAZORPAY_URL", default_value = razorpay::BASE, hide = true)]
    pub razorpay_url: String,
    /// PayPal's client id.
    #[arg(long, env = "STOA_PAYPAL_CLIENT_ID")]
    pub paypal_client_id: Option<String>,
    /// PayPal's client secret.
    #[arg(long, env = "STOA_PAYPAL_CLIENT_SECRET", hide_env_values = true)]
    pub paypal_client_secret: Option<Hidden>,
    /// PayPal's id of the webhook to /v1/webhooks/payments/paypal.
    #[arg(long, env = "STOA_PAYPAL_WEBHOOK_ID")]
    pub paypal_webhook_id: Option<String>,
    /// PayPal's address; https://api-m.sandbox.paypal.com for trying it out.
    #[arg(long, env = "STOA_PAYPAL_URL", default_value = paypal::BASE)]
    pub paypal_url: String,
    #[command(flatten)]
    pub texting: crate::texting::Texting,
}

impl Default for Providers {
    /// The sandbox alone.
    fn default() -> Self {
        Self {
            payments: vec!["sandbox".to_owned()],
            stripe_key: None,
            stripe_webhook_secret: None,
            stripe_url: stripe::BASE.to_owned(),
            razorpay_key_id: None,
            razorpay_key_secret: None,
            razorpay_webhook_secret: None,
            razorpay_url: razorpay::BASE.to_owned(),
            paypal_client_id: None,
            paypal_client_secret: None,
            paypal_webhook_id: None,
            paypal_url: paypal::BASE.to_owned(),
            texting: crate::texting::Texting::default(),
        }
    }
}

/// The providers, set up.
pub struct Desk {
    pub provider: Arc<dyn Provider>,
    /// The names of all of them.
    pub names: Vec<&'static str>,
    /// Pages of theirs that buyers see on the way.
    pub pages: Router,
}

impl Providers {
    /// Whether buyers pay with pretended money.
    pub fn pretend(&self) -> bool {
        self.payments.iter().any(|name| name == "sandbox")
    }

    pub fn desk(
        &self,
        sandbox: &Sandbox,
        public_url: &str,
        db: &Db,
        clock: &SharedClock,
    ) -> anyhow::Result<Desk> {
        let public_url = public_url.trim_end_matches('/');
        let mut all: Vec<Arc<dyn Provider>> = Vec::new();
        let mut pages = Router::new();
        for name in &self.payments {
            if all.iter().any(|provider| provider.name() == name) {
                bail!("--payments: `{name}` is named twice");
            }
            match name.as_str() {
                "sandbox" => all.push(Arc::new(sandbox.clone())),
                stripe::NAME => all.push(Arc::new(self.stripe(public_url, db, clock)?)),
                razorpay::NAME => {
                    let razorpay = self.razorpay(public_url, db, clock)?;
                    pages = pages.merge(razorpay::pages(razorpay.clone()));
                    all.push(Arc::new(razorpay));
                }
                paypal::NAME => all.push(Arc::new(self.paypal(public_url, db, clock)?)),
                _ => bail!(
                    "--payments: there is no provider `{name}`; choose from sandbox, stripe, razorpay, paypal"
                ),
            }
        }
        let names = all.iter().map(|provider| provider.name()).collect();
        // One alone too: what another one has of an earlier run must not be asked of it.
        let fallback = Fallback::new(all, db.clone(), clock.clone())
            .context("--payments names no provider; leave it out for the sandbox")?;
        Ok(Desk {
            provider: Arc::new(fallback),
            names,
            pages,
        })
    }

    fn stripe(&self, public_url: &str, db: &Db, clock: &SharedClock) -> anyhow::Result<Stripe> {
        let config = stripe::Config {
            base: self.stripe_url.clone(),
            key: given(&self.stripe_key, "stripe-key")?,
            webhook_secret: given(&self.stripe_webhook_secret, "stripe-webhook-secret")?,
            public_url: public_url.to_owned(),
            timeout: payments::TIMEOUT,
        };
        Stripe::new(config, db.clone(), clock.clone()).map_err(anyhow::Error::msg)
    }

    fn razorpay(&self, public_url: &str, db: &Db, clock: &SharedClock) -> anyhow::Result<Razorpay> {
        let config = razorpay::Config {
            base: self.razorpay_url.clone(),
            key_id: given(&self.razorpay_key_id, "razorpay-key-id")?,
            key_secret: given(&self.razorpay_key_secret, "razorpay-key-secret")?,
            webhook_secret: given(&self.razorpay_webhook_secret, "razorpay-webhook-secret")?,
            public_url: public_url.to_owned(),
            timeout: payments::TIMEOUT,
        };
        Razorpay::new(config, db.clone(), clock.clone()).map_err(anyhow::Error::msg)
    }

    fn paypal(&self, public_url: &str, db: &Db, clock: &SharedClock) -> anyhow::Result<PayPal> {
        let config = paypal::Config {
            base: self.paypal_url.clone(),
            client_id: given(&self.paypal_client_id, "paypal-client-id")?,
            client_secret: given(&self.paypal_client_secret, "paypal-client-secret")?,
            webhook_id: given(&self.paypal_webhook_id, "paypal-webhook-id")?,
            public_url: public_url.to_owned(),
            // What every account may.
            captures_max: 1,
            timeout: payments::TIMEOUT,
        };
        PayPal::new(config, db.clone(), clock.clone()).map_err(anyhow::Error::msg)
    }
}

pub fn given<T: Clone>(value: &Option<T>, flag: &str) -> anyhow::Result<T> {
    let env = flag.to_ascii_uppercase().replace('-', "_");
    value.clone().with_context(|| {
        format!("--{flag} is missing, which the chosen provider calls for: give it, or set STOA_{env}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_its_remedy() {
        let error = given::<Hidden>(&None, "stripe-key").expect_err("missing");
        let text = error.to_string();
        assert!(
            text.contains("--stripe-key") && text.contains("STOA_STRIPE_KEY"),
            "{text}"
        );
    }

    #[test]
    fn credentials_are_not_printed() {
        let providers = Providers {
            stripe_key: Some(Hidden::new("sk_live_1")),
            ..Providers::default()
        };
        assert!(!format!("{providers:?}").contains("sk_live"));
    }
}
