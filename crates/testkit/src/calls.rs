use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The calls that a server got, and what is to go wrong with those to come; a clone is the same.
#[derive(Clone)]
pub(crate) struct Calls<Mishap> {
    got: Arc<Mutex<Vec<String>>>,
    mishaps: Arc<Mutex<Vec<(String, Mishap)>>>,
    down: Arc<AtomicBool>,
}

impl<Mishap> Calls<Mishap> {
    pub(crate) fn new() -> Self {
        Self {
            got: Arc::default(),
            mishaps: Arc::new(Mutex::new(Vec::new())),
            down: Arc::default(),
        }
    }

    /// The next call that holds `part` meets a mishap.
    pub(crate) fn disturb(&self, part: &str, mishap: Mishap) {
        self.mishaps.lock().unwrap().push((part.to_owned(), mishap));
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    /// How many calls so far hold `part`.
    pub(crate) fn count(&self, part: &str) -> usize {
        let got = self.got.lock().unwrap();
        got.iter().filter(|call| call.contains(part)).count()
    }

    /// Notes a call, and says what is to go wrong with it.
    pub(crate) fn note(&self, call: &str) -> Option<Mishap> {
        self.got.lock().unwrap().push(call.to_owned());
        let mut mishaps = self.mishaps.lock().unwrap();
        let at = mishaps
            .iter()
            .position(|(part, _)| call.contains(part.as_str()))?;
        Some(mishaps.remove(at).1)
    }
}
