//! Identity over HTTP, against a database of each test's own.

mod api_keys;
mod harness;
mod isolation;
mod lockout;
mod login;
mod mails;
mod operator_invitations;
mod outlived;
mod partner_keys;
mod people;
mod register;
mod resend;
mod reset;
mod roles;
mod saved_views;
mod sealed_keys;
mod second_factor;
mod sessions;
mod tokens;
mod transport;
