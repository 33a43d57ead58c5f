//! Documents on paper, as PDF: headings, blocks of lines side by side, tables that go on over pages, bar codes.
//!
//! A document is written from top to bottom ([`Paper`]); whatever does not fit begins another page. The fonts are those
//! that every reader of PDF has (Helvetica), in the encoding of Western Europe; letters beyond it are spelt with those
//! within it. Equal input gives equal bytes: nothing of the time or of chance is in a document.
//!
//! All measures are points, 72 to the inch.
//!
//! What is absent: pictures, other fonts, scripts that Western Europe does not write.

mod code128;
mod font;
pub mod read;
mod table;
mod write;

pub use code128::Unprintable;
pub use font::{Face, Style};
pub use table::{Align, Column, Table};
pub use write::{Paper, Sheet};
