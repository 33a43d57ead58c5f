//! All SQL of tenants, one file per noun. Statements of a shop's own staff run under that shop's scope; those of the
//! operator, of buyers' pages and of consumers as system work.

pub mod feature;
pub mod invitation;
pub mod onboarding;
pub mod place;
pub mod shop;
pub mod staff;
pub mod transition;
