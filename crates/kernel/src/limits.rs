//! The limits of everything that comes from outside, each named with its unit.

/// Items on one page of a list.
pub const PAGE_SIZE_MAX: u16 = 100;
/// Bytes of a JSON request body.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one uploaded image.
pub const IMAGE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Nesting of a JSON request body.
pub const JSON_DEPTH_MAX: usize = 32;
/// Lines of one cart.
pub const CART_LINES_MAX: usize = 50;
/// Units of one SKU on one cart line.
pub const LINE_QUANTITY_MAX: u32 = 999;
/// Seconds for which stock is held while the buyer pays.
pub const RESERVATION_TTL_S: u32 = 15 * 60;
/// Seconds for which the answer to an idempotent call is kept: 24 hours.
pub const IDEMPOTENCY_TTL_S: u32 = 24 * 60 * 60;
/// Days after which an untouched cart is dropped.
pub const CART_IDLE_DAYS: u32 = 7;
/// Bytes of an idempotency key.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Failed sign-ins in a row before an account is locked for a while.
pub const LOGIN_FAILURES_MAX: u32 = 3;
/// Characters of a search query; what lies beyond is refused, not cut.
pub const QUERY_CHARS_MAX: usize = 256;
/// Stock at or above zero but below this is "low".
pub const LOW_STOCK_BELOW: i64 = 5;
/// The largest amount that a person or a file may give, in minor units: sums of many of them stay far inside 64 bits.
pub const AMOUNT_MINOR_MAX: i64 = 100_000_000_000_000;
