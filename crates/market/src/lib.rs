//! The marketplace as a whole: a table of services ([`compose`]), the commands, nothing else. The program `stoa` is
//! this and a `main`; tests over all routes are built on it as well.

mod answers;
pub mod cli;
pub mod commands;
pub mod compose;
pub mod config;
mod description;
mod docs;
mod home;
pub mod objects;
pub mod providers;
pub mod searching;
mod system;
pub mod texting;
mod told_clock;
mod trial;
