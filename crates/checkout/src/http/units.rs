//! Units of lines that somebody names.

use kernel::Fault;
use kernel::limits::CART_LINES_MAX;

/// Refuses more lines than an order has.
pub fn at_most(lines: usize) -> Result<(), Fault> {
    if lines > CART_LINES_MAX {
        let detail = format!("At most {CART_LINES_MAX} lines; an order has no more.");
        return Err(Fault::field("field_invalid", "/lines", detail));
    }
    Ok(())
}
