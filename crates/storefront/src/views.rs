//! One plain struct per page, beside its template. Everything in them is ready to show: text, addresses, states.
//! No page knows where its content came from.

pub mod account;
pub mod auth;
pub mod cart;
pub mod changes;
pub mod checkout;
pub mod common;
pub mod dev_components;
pub mod dev_mail;
pub mod errors;
pub mod home;
pub mod info;
pub mod listing;
pub mod map;
pub mod operator;
pub mod operator_gift_cards;
pub mod operator_moderation;
pub mod operator_search;
pub mod operator_taxes;
pub mod order;
pub mod page;
pub mod parcel;
pub mod product;
pub mod returns;
pub mod reviews;
pub mod seller;
pub mod seller_goods;
pub mod seller_goods_move;
pub mod seller_history;
pub mod seller_promotions;
pub mod seller_shop;
pub mod seller_staff;
pub mod seller_stock;
pub mod settlement;
pub mod shop;
pub mod work;
