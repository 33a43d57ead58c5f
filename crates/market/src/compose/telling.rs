//! Webhooks: the log becomes what shops' programs are told.

use super::Wiring;
use contracts::webhooks::{RemoteWebhooks, ServedWebhooks, Webhooks};
use runtime::{Loop, Service};
use std::sync::Arc;
use store::Db;
use store::seal::Keyring;
use webhooks::{Hooks, Parts};
use wire::Public;

/// The client, and the context itself.
pub fn add(w: &mut Wiring<'_>, db: Db, keyring: &Keyring) -> anyhow::Result<(Arc<dyn Webhooks>, Hooks)> {
    // In a trial, shops' programs run on this machine as well.
    let reaches_private = w.config.trial.is_some();
    let hooks = Hooks::new(Parts {
        db,
        keyring: keyring.clone(),
        public: Public::new(reaches_private).map_err(anyhow::Error::msg)?,
    });
    let (heard, heard_at) = (hooks.clone(), w.clock.clone());
    let (sent, sent_at) = (hooks.clone(), w.clock.clone());
    let (swept, swept_at) = (hooks.clone(), w.clock.clone());
    w.add(
        Service::new("webhooks")
            .api(webhooks::routes(hooks.clone()))
            .calls(ServedWebhooks(Arc::new(hooks.clone())))
            .run(Loop::new("webhooks of events", move |stop| {
                webhooks::listen(heard.clone(), heard_at.clone(), stop)
            }))
            .run(Loop::new("delivery of webhooks", move |stop| {
                webhooks::deliver(sent.clone(), sent_at.clone(), stop)
            }))
            .run(Loop::new("old webhooks", move |stop| {
                webhooks::sweep(swept.clone(), swept_at.clone(), stop)
            })),
    );
    let client = w.client::<dyn Webhooks>("webhooks", Arc::new(hooks.clone()), |p| {
        Arc::new(RemoteWebhooks(p))
    });
    Ok((client, hooks))
}
