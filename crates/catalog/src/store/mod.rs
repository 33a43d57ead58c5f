//! All SQL of the catalogue, by table.

pub mod aside;
pub mod category;
pub mod category_removal;
pub mod file;
pub mod history;
pub mod image;
pub mod import;
pub mod items;
pub mod kept_file;
pub mod listing;
pub mod moderation;
pub mod needy;
pub mod picture_address;
pub mod place;
pub mod placing;
pub mod price;
pub mod product;
pub mod rows;
pub mod schedule;
pub mod stock;
pub mod translations;
pub mod undo;
pub mod upsert;
pub mod word;
