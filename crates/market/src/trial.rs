//! A folder of things that are to go wrong (`stoa serve --trial DIR`, hidden): for the tests and proofs that start the
//! program as a child and want to see what it makes of a failure at one very moment. Without the option nothing here is
//! asked, and the option is refused where anybody else could call or real money moves. With it, webhooks go to addresses of
//! this machine and its network as well, by plain HTTP.
//!
//! A file `capture.after.kill` is a wish: the next process of the folder that has captured, and told nobody yet, takes the
//! file away and dies as by `kill -9`. `fail` lets the step fail or its answer get lost, `twice` lets it be done twice.
//! `capture.after.wait` holds whoever comes there until it is removed; meanwhile there is a `capture.after.waiting`.

use checkout::trial::{Fault, Moment, Trial};
use futures::future::BoxFuture;
use rustix::process::{Signal, getpid, kill_process};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// How often is looked whether a gate is open.
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    fn path(&self, step: &str, moment: Moment, what: &str) -> PathBuf {
        self.0.join(format!("{step}.{}.{what}", moment.name()))
    }

    /// Whether it was wished for; a wish is granted once.
    fn takes(&self, step: &str, moment: Moment, what: &str) -> bool {
        fs::remove_file(self.path(step, moment, what)).is_ok()
    }

    async fn wait_at(&self, step: &str, moment: Moment) {
        let gate = self.path(step, moment, "wait");
        if !gate.exists() {
            return;
        }
        let waiting = self.path(step, moment, "waiting");
        let told = fs::write(&waiting, []);
        while told.is_ok() && gate.exists() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        // Another one that waited here may have been quicker.
        let _ = fs::remove_file(&waiting);
    }
}

impl Trial for Folder {
    fn at(&self, step: &'static str, moment: Moment) -> BoxFuture<'_, Option<Fault>> {
        Box::pin(async move {
            self.wait_at(step, moment).await;
            if self.takes(step, moment, "kill") {
                // Nobody may say goodbye: no destructor, no last write, no answer.
                let _ = kill_process(getpid(), Signal::KILL);
                std::future::pending::<()>().await;
            }
            if self.takes(step, moment, "fail") {
                return Some(Fault::Fail);
            }
            self.takes(step, moment, "twice").then_some(Fault::Twice)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wish_is_granted_once_and_where_it_was_meant() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path().to_owned());
        fs::write(dir.path().join("capture.after.fail"), []).expect("written");
        assert_eq!(folder.at("capture", Moment::Before).await, None);
        assert_eq!(folder.at("confirm", Moment::After).await, None);
        assert_eq!(folder.at("capture", Moment::After).await, Some(Fault::Fail));
        assert_eq!(folder.at("capture", Moment::After).await, None);
    }

    #[tokio::test]
    async fn a_gate_holds_until_it_is_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path().to_owned());
        let gate = dir.path().join("void.before.wait");
        fs::write(&gate, []).expect("written");
        let opening = async {
            while !dir.path().join("void.before.waiting").exists() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            fs::remove_file(&gate).expect("it is there");
        };
        let (fault, ()) = tokio::join!(folder.at("void", Moment::Before), opening);
        assert_eq!(fault, None);
        assert!(!dir.path().join("void.before.waiting").exists());
    }
}
