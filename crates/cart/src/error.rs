use contracts::checkout::Shortage;
use contracts::making::{self, Misfit};
use contracts::promotions::{CODE_CHARS, CODES_MAX};
use kernel::{Currency, Fault, Kind, SkuId};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such cart")]
    NotFound,
    #[error("an order was placed from this cart")]
    Ordered,
    #[error("there is no SKU {0}")]
    UnknownSku(SkuId),
    #[error("{0} is not for sale")]
    NotForSale(SkuId),
    #[error("{requested} of {sku} are wanted, {available} are left")]
    OutOfStock {
        sku: SkuId,
        requested: u32,
        available: i64,
    },
    #[error("the cart is in {cart}, this is sold in {offer}")]
    CurrencyMismatch { cart: Currency, offer: Currency },
    #[error("too many lines")]
    TooManyLines,
    #[error("too many of one thing")]
    QuantityTooLarge,
    /// What the buyer says of how it is to be made does not fit what the product asks.
    #[error("the answers do not fit")]
    Misfits(Vec<Misfit>),
    #[error("`{0}` is no coupon's code")]
    BadCode(String),
    #[error("too many coupons")]
    TooManyCodes,
    #[error("the cart changed meanwhile")]
    Changed,
    /// The caller named the version they saw, and it is another by now.
    #[error("the cart is at version {current}")]
    OtherVersion { current: i64 },
    #[error("a stored cart cannot be read: {0}")]
    Corrupt(String),
    #[error(transparent)]
    Upstream(#[from] Fault),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let conflict = |code, detail: String| Self::new(Kind::Conflict, code, detail);
        match error {
            Error::NotFound => Self::not_found("cart"),
            Error::Ordered => conflict(
                "cart_ordered",
                "An order was placed from this cart. Add something to begin a new one.".into(),
            ),
            Error::UnknownSku(sku) => Self::new(
                Kind::Unprocessable,
                "sku_unknown",
                format!("There is no SKU {sku}. Take the `sku` of one of a product's variants."),
            )
            .at("/sku"),
            Error::OtherVersion { current } => Self::new(
                Kind::PreconditionFailed,
                "version_conflict",
                format!("The cart is at version {current} by now. Read it again, then repeat the change."),
            )
            .at("If-Match")
            .with("version", current),
            Error::NotForSale(sku) => conflict(
                "not_for_sale",
                format!("{sku} is not for sale (any more). Take it out of the cart."),
            )
            .at("/sku"),
            Error::OutOfStock {
                sku,
                requested,
                available,
            } => conflict(
                "out_of_stock",
                format!("Only {available} left, {requested} wanted. Choose a smaller quantity."),
            )
            .at("/quantity")
            .with(
                "shortages",
                [Shortage {
                    sku,
                    requested: i64::from(requested),
                    available,
                }],
            ),
            Error::CurrencyMismatch { cart, offer } => conflict(
                "currency_mismatch",
                format!("The cart is in {cart}, this is sold in {offer}. Order what is in the cart first."),
            )
            .at("/sku"),
            Error::TooManyLines => conflict(
                "cart_full",
                format!(
                    "A cart holds at most {} different things.",
                    kernel::limits::CART_LINES_MAX
                ),
            ),
            Error::QuantityTooLarge => Self::field(
                "quantity_out_of_range",
                "/quantity",
                format!("At most {} of one thing.", kernel::limits::LINE_QUANTITY_MAX),
            ),
            Error::Misfits(misfits) => making::refusal(&misfits),
            Error::BadCode(text) => Self::field(
                "code_invalid",
                "/code",
                format!(
                    "`{}` is no coupon's code. It has {} to {} letters of A to Z, digits and dashes.",
                    text.chars().take(32).collect::<String>(),
                    CODE_CHARS.start(),
                    CODE_CHARS.end()
                ),
            ),
            Error::TooManyCodes => conflict(
                "too_many_codes",
                format!("A cart holds at most {CODES_MAX} coupons. Take one out first."),
            ),
            Error::Changed => conflict(
                "cart_changed",
                "The cart was changed on another device. Please look at it again.".into(),
            ),
            Error::Upstream(fault) => fault,
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Corrupt(_) | Error::Database(_) => {
                tracing::error!(%error, "carts failed");
                Self::internal()
            }
        }
    }
}
