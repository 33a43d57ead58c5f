//! The catalogue against a real PostgreSQL, with its neighbours played by [`scene::Neighbours`].

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test has nobody to report to but its runner"
)]

mod api;
mod follow;
mod history;
mod import;
mod isolation;
mod items;
mod languages;
mod moderation;
mod partial;
mod pictures;
mod place;
mod platforms;
mod prices;
mod real_files;
mod sale_files;
mod scene;
mod schedule;
mod schema;
mod spare_files;
mod trail;
mod undo;
mod undo_categories;
mod uploads;
mod upsert;
mod words;
