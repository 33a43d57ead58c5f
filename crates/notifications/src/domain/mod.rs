//! What events mean to whom, and the words for it. No IO.

pub mod facts;
pub mod letter;
pub mod link;
pub mod news;
pub mod phone;
pub mod words;

pub use contracts::template;
