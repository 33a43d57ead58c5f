//! Identity over HTTP, against a database of each test's own.

mod harness;
mod isolation;
mod lockout;
mod login;
mod register;
mod reset;
mod roles;
mod sessions;
mod tokens;
