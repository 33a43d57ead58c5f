//! Messages between buyers and shops.

use super::Wiring;
use contracts::messages::{Messages, RemoteMessages, ServedMessages};
use messages::Conversations;
use runtime::{Loop, Service};
use std::sync::Arc;

pub fn client(w: &Wiring<'_>, conversations: &Conversations) -> Arc<dyn Messages> {
    w.client("messages", Arc::new(conversations.clone()), |p| {
        Arc::new(RemoteMessages(p))
    })
}

/// Lets others call them, hears who has paid what, and mails what is not read.
pub fn serve(w: &mut Wiring<'_>, conversations: Conversations) {
    let (paid, mailed, clock) = (conversations.clone(), conversations.clone(), w.clock.clone());
    w.add(
        Service::new("messages")
            .api(messages::routes(conversations.clone()))
            .calls(ServedMessages(Arc::new(conversations)))
            .run(Loop::new("messages and orders", move |stop| {
                messages::note_purchases(paid.clone(), stop)
            }))
            .run(Loop::new("messages' mails", move |stop| {
                messages::send_mails(mailed.clone(), clock.clone(), stop)
            })),
    );
}
