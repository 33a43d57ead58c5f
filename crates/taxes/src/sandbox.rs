//! A tax service that is not there: one rate for all the world, and troubles on demand.

use crate::domain::Assessed;
use crate::provider::{Answer, Provider, Question, Silent};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What it asks for everything but what is exempt: 10 %.
const RATE_MILLIONTHS: u32 = 100_000;

const WELL: u8 = 0;
const DOWN: u8 = 1;
const MUTE: u8 = 2;

/// For trying things out, and for tests.
#[derive(Clone, Debug, Default)]
pub struct Sandbox(Arc<State>);

#[derive(Debug, Default)]
struct State {
    mood: AtomicU8,
    asked: AtomicU64,
}

impl Sandbox {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on it refuses to answer.
    pub fn fail(&self) {
        self.0.mood.store(DOWN, Ordering::Relaxed);
    }

    /// From now on it says nothing at all.
    pub fn fall_silent(&self) {
        self.0.mood.store(MUTE, Ordering::Relaxed);
    }

    pub fn recover(&self) {
        self.0.mood.store(WELL, Ordering::Relaxed);
    }

    /// How often it was asked.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::Relaxed)
    }
}

impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn assess<'a>(&'a self, question: &'a Question<'a>) -> Answer<'a> {
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            match self.0.mood.load(Ordering::Relaxed) {
                DOWN => return Err(Silent("it says that it is down".to_owned())),
                MUTE => std::future::pending::<()>().await,
                _ => {}
            }
            let lines = question.lines.iter().map(|line| {
                (line.category != "exempt").then(|| Assessed {
                    region: line.to.country.to_owned(),
                    category: line.category.to_owned(),
                    name: "Sandbox tax 10 %".to_owned(),
                    rate_millionths: RATE_MILLIONTHS,
                })
            });
            Ok(lines.collect())
        })
    }
}
