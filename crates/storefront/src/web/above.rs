//! The page above an address. A form that is refused is shown at an address that only takes forms: what leads back to it,
//! such as another language, has to name a page.

use axum::http::Method;
use std::sync::LazyLock;

/// The pages of the table, with their parameters in braces.
static PAGES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let addresses = super::addresses().into_iter();
    let pages = addresses.filter(|(method, _)| *method == Method::GET);
    pages.map(|(_, path)| path).collect()
});

/// `path` itself if a page is there, else the nearest one above it.
pub fn page_above(path: &str) -> &str {
    let mut rest = path;
    while let Some(at) = rest.rfind('/') {
        if rest.len() > 1 && PAGES.iter().any(|page| fits(page, rest)) {
            return rest;
        }
        rest = &rest[..at];
    }
    "/"
}

fn fits(page: &str, path: &str) -> bool {
    let (mut names, mut parts) = (page.split('/'), path.split('/'));
    loop {
        match (names.next(), parts.next()) {
            (None, None) => return true,
            (Some(name), Some(_)) if name.starts_with("{*") => return true,
            (Some(name), Some(part)) if name.starts_with('{') || name == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_stands_below_a_page() {
        let at_home = ["/sign-out", "/preferences"];
        for (method, address) in crate::web::addresses() {
            if method != Method::POST {
                continue;
            }
            let path = address.replace(['{', '}'], "");
            let page = page_above(&path);
            assert!(PAGES.iter().any(|known| fits(known, page)), "{address}: {page}");
            assert_eq!(page == "/", at_home.contains(&address), "{address}");
        }
    }

    #[test]
    fn the_page_above_is_the_one_that_the_form_stands_on() {
        for (form, page) in [
            ("/cart/lines/018f/remove", "/cart"),
            ("/orders/018f/parts/0190/cancel-units", "/orders/018f"),
            ("/seller/goods/new", "/seller/goods/new"),
            ("/seller/warehouses/rule", "/seller/warehouses"),
            ("/seller/orders/018f/returns/0190/refuse", "/seller/orders/018f"),
            ("/operator/taxes/rates/018f/end", "/operator/taxes"),
            ("/operator/shops/018f/checks/identity", "/operator/shops/018f"),
            ("/c/ceramics/bowls", "/c/ceramics/bowls"),
            ("/nowhere/at/all", "/"),
            ("/", "/"),
        ] {
            assert_eq!(page_above(form), page, "{form}");
        }
    }
}
