//! A form that was refused, on its way back to the page that it stands on: what was typed stays.

use super::posted::Posted;
use crate::views::common::{Choice, Field};
use crate::views::page::{Notice, Tone};
use kernel::{Fault, Kind};

/// A form was sent before, with something else in it.
pub const KEY_REUSED: &str = "idempotency_key_reused";
/// Characters of what tells a form from the same one sent again.
pub const KEY_CHARS_MAX: usize = 64;

/// What came back, and why.
pub struct Left<'p> {
    /// Where the form was sent: there may be several of a kind on its page.
    pub action: String,
    pub posted: &'p Posted,
    pub fault: Fault,
}

impl Left<'_> {
    /// Whether whoever sent the form can put it right and send it again. What is not possible any more is not.
    pub fn can_be_mended(fault: &Fault) -> bool {
        matches!(fault.kind, Kind::Invalid | Kind::Unprocessable | Kind::Conflict)
            && fault.code != "transition_illegal"
    }

    /// For a page that does not offer the form any more.
    pub fn notice(&self) -> Notice {
        Notice {
            tone: Tone::Warn,
            text: self.posted.visit.tell(&self.fault),
            link: None,
        }
    }
}

/// What one form of a page shows: what came back of it, or what it shows otherwise.
#[derive(Clone, Copy)]
pub struct Shown<'l>(Option<&'l Left<'l>>);

impl<'l> Shown<'l> {
    pub fn of(left: Option<&'l Left<'l>>, action: &str) -> Self {
        Self(left.filter(|left| left.action == action))
    }

    /// The same where a field tells forms of one action apart.
    pub fn only(self, name: &str, value: &str) -> Self {
        Self(self.0.filter(|left| left.posted.get(name) == value))
    }

    /// Why it came back. A form with a reason is shown open.
    pub fn refused(self) -> Option<String> {
        self.0.map(|left| left.posted.visit.tell(&left.fault))
    }

    pub fn value(self, name: &str, usual: &str) -> String {
        self.0.map_or(usual, |left| left.posted.get(name)).to_owned()
    }

    /// Whether a box was ticked; none is in a form that did not come back.
    pub fn ticked(self, name: &str) -> bool {
        self.0.is_some_and(|left| left.posted.ticked(name))
    }

    /// By which the form sent twice is done once: its own, unless it was sent before with something else in it.
    pub fn key(self, name: &str, fresh: String) -> String {
        let kept = self.0.filter(|left| left.fault.code != KEY_REUSED);
        kept.map_or(fresh, |left| {
            left.posted.get(name).chars().take(KEY_CHARS_MAX).collect()
        })
    }

    /// A field with what is wrong with it, by the end of its pointer.
    pub fn field(self, name: &str, pointer: &str, usual: &str) -> Field {
        Field {
            value: self.value(name, usual),
            error: self
                .0
                .and_then(|left| left.posted.visit.tell_field(&left.fault, pointer)),
        }
    }

    pub fn choices(self, name: &str, choices: Vec<Choice>) -> Vec<Choice> {
        match self.0 {
            Some(left) => Choice::select(choices, left.posted.get(name)),
            None => choices,
        }
    }
}
