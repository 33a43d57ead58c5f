//! What events mean to whom, and the words for it. No IO.

pub mod facts;
pub mod news;
pub mod template;
pub mod words;
