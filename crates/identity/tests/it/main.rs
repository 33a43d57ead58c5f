//! Identity over HTTP, against a database of each test's own.

mod api_keys;
mod harness;
mod isolation;
mod lockout;
mod login;
mod partner_keys;
mod register;
mod resend;
mod reset;
mod roles;
mod sealed_keys;
mod sessions;
mod tokens;
mod transport;
