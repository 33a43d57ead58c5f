//! The sandbox provider with a hand in the wire: a call that never comes back, before or after it took effect.

use futures::future::{BoxFuture, FutureExt, pending};
use kernel::Timestamp;
use payments::webhook::{Notice, Refusal, Webhook};
use payments::{Answer, Authorize, Provider, ProviderCharge, Refund, Sandbox, Take, Terms};
use std::sync::Mutex;

/// Where the wire is cut: at the nth call from now, before or after the provider did it.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub call: usize,
    pub after: bool,
}

pub struct Wire {
    sandbox: Sandbox,
    cut: Mutex<Option<Cut>>,
    calls: Mutex<Vec<&'static str>>,
}

impl Wire {
    pub fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            cut: Mutex::default(),
            calls: Mutex::default(),
        }
    }

    pub fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }

    pub fn mend(&self) {
        *self.cut.lock().unwrap() = None;
    }

    pub fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    /// Passes a call on, unless the wire is cut here.
    fn pass<'a>(&'a self, name: &'static str, call: BoxFuture<'a, Answer>) -> BoxFuture<'a, Answer> {
        self.calls.lock().unwrap().push(name);
        let mut cut = self.cut.lock().unwrap();
        match *cut {
            Some(Cut {
                call: 0,
                after: false,
            }) => pending().boxed(),
            Some(Cut { call: 0, after: true }) => call.then(|_| pending()).boxed(),
            Some(at) => {
                *cut = Some(Cut {
                    call: at.call - 1,
                    ..at
                });
                call
            }
            None => call,
        }
    }
}

impl Provider for Wire {
    fn name(&self) -> &'static str {
        "sandbox"
    }
    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer> {
        self.pass("authorize", self.sandbox.authorize(request))
    }
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.pass("capture", self.sandbox.capture(charge))
    }
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.pass("void", self.sandbox.void(charge))
    }
    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>> {
        self.sandbox.terms(charge)
    }
    fn take(&self, take: Take) -> BoxFuture<'_, Answer> {
        self.pass("take", self.sandbox.take(take))
    }
    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer> {
        self.pass("inquire_take", self.sandbox.inquire_take(take))
    }
    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.pass("release", self.sandbox.release(charge))
    }
    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        self.pass("refund", self.sandbox.refund(refund))
    }
    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        self.pass("inquire_refund", self.sandbox.inquire_refund(refund))
    }
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        self.pass("inquire", self.sandbox.inquire(key))
    }
    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>> {
        self.sandbox.read_webhook(webhook, now)
    }
    fn called(&self, name: &str) -> Option<&dyn Provider> {
        (name == self.name()).then_some(self)
    }
}
