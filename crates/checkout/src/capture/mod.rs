//! Shares of a payment that are captured as shops send their goods, instead of all of it at once.

mod setting;
