//! Tenants over HTTP, against a database of each test's own.

mod apply;
mod configure;
mod features;
mod harness;
mod instances;
mod invitations;
mod isolation;
mod lifecycle;
mod listing;
mod onboarding;
mod people;
mod staff;
