//! Which of the two decisions about a feature counts.

/// Whether a shop may use a feature: what was decided for the shop, else for all; what nobody has decided is on.
#[must_use]
pub fn stands(own: Option<bool>, for_all: Option<bool>) -> bool {
    own.or(for_all).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::stands;

    #[test]
    fn a_shops_own_state_counts_before_that_for_all() {
        assert!(stands(None, None), "on unless somebody turns it off");
        assert!(!stands(None, Some(false)));
        assert!(stands(None, Some(true)));
        assert!(stands(Some(true), Some(false)), "the shop is the exception");
        assert!(!stands(Some(false), Some(true)));
        assert!(!stands(Some(false), None));
    }
}
