//! Which pages are asked for.

/// Pages of somebody who buys much.
pub const OF_BUYERS: [&str; 6] = [
    "/orders",
    "/account",
    "/account/messages",
    "/account/notifications",
    "/account/notifications/settings",
    "/account/reviews",
];

/// Pages of whoever works for a shop. A list that can be narrowed is asked for both ways, by what is rare above all.
pub const OF_SELLERS: [&str; 56] = [
    "/seller",
    "/seller/orders",
    "/seller/orders?state=confirmed",
    "/seller/orders?state=delivered",
    "/seller/orders?state=payment_pending",
    "/seller/orders?state=refunded",
    "/seller/returns",
    "/seller/returns?show=all",
    "/seller/messages",
    "/seller/messages?box=unread",
    "/seller/notifications",
    "/seller/notifications/settings",
    "/seller/reviews",
    "/seller/products",
    "/seller/products?state=active",
    "/seller/products?state=archived",
    "/seller/products?state=attention",
    "/seller/products?q=candle",
    "/seller/products?q=nothing+of+that+name",
    "/seller/stock",
    "/seller/stock?low=1",
    "/seller/settlement",
    "/seller/settlement/holds",
    "/seller/settlement/payouts",
    "/seller/settlement/statement",
    "/seller/settlement/year",
    "/seller/warehouses",
    "/seller/goods",
    "/seller/feeds",
    "/seller/uploads",
    "/seller/promotions",
    "/seller/promoted",
    "/seller/staff",
    "/seller/webhooks",
    "/seller/api-keys",
    "/seller/shop",
    "/v1/seller/balance",
    "/v1/seller/holds",
    "/v1/seller/inbound",
    "/v1/seller/messages",
    "/v1/seller/messages/unread",
    "/v1/seller/needy-products",
    "/v1/seller/notifications",
    "/v1/seller/notifications/unread",
    "/v1/seller/orders",
    "/v1/seller/orders?status=cancelled",
    "/v1/seller/payouts",
    "/v1/seller/products",
    "/v1/seller/promotions",
    "/v1/seller/reorder-proposals",
    "/v1/seller/returns",
    "/v1/seller/reviews",
    "/v1/seller/reviews?unanswered=true",
    "/v1/seller/stock",
    "/v1/seller/stock?low=true",
    "/v1/seller/stock-feeds",
];

pub const OF_OPERATORS: [&str; 62] = [
    "/operator",
    "/operator?by=month",
    "/operator/system",
    "/operator/orders",
    "/operator/orders?state=unpaid",
    "/operator/orders?state=delivered",
    "/operator/orders?q=nobody%40post.example",
    "/operator/holds",
    "/operator/commission",
    "/operator/partners",
    "/operator/shops",
    "/operator/shops?state=applied",
    "/operator/ledger",
    "/operator/payments",
    "/operator/payments?state=open",
    "/operator/payments?state=stuck",
    "/operator/payments?state=ended",
    "/operator/payments?state=refunds",
    "/operator/payouts",
    "/operator/payouts?state=failed",
    "/operator/reconciliation",
    "/operator/gift-cards",
    "/operator/taxes",
    "/operator/messages",
    "/operator/reviews",
    "/operator/moderation",
    "/operator/categories",
    "/operator/promoted",
    "/operator/items",
    "/operator/search",
    "/operator/audit",
    "/operator/people",
    "/operator/features",
    "/operator/templates",
    "/operator/dead-letters",
    "/v1/admin/audit",
    "/v1/admin/dead-letters",
    "/v1/admin/gift-cards",
    "/v1/admin/item-proposals",
    "/v1/admin/ledger/breaks",
    "/v1/admin/ledger/commission-rules",
    "/v1/admin/ledger/holds",
    "/v1/admin/ledger/holds?state=refunded",
    "/v1/admin/ledger/listing-rules",
    "/v1/admin/ledger/payouts",
    "/v1/admin/ledger/payouts?state=created",
    "/v1/admin/ledger/trial-balance",
    "/v1/admin/messages",
    "/v1/admin/messages?waiting=true",
    "/v1/admin/moderation",
    "/v1/admin/payments",
    "/v1/admin/payments?state=stuck",
    "/v1/admin/promotions",
    "/v1/admin/refunds",
    "/v1/admin/refunds?state=came_back",
    "/v1/admin/refused-refunds",
    "/v1/admin/reviews",
    "/v1/admin/reviews?status=rejected",
    "/v1/admin/search/report",
    "/v1/admin/shops",
    "/v1/admin/tax/rates",
    "/v1/admin/uncaptured-payments",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of buyers in which nothing is listed, or what the search finds, which has a bench of its own; and forms of things that
    /// are yet to be made.
    const NO_TABLES: [&str; 30] = [
        "/",
        "/search",
        "/wishlist",
        "/viewed",
        "/compare",
        "/cart",
        "/checkout",
        "/checkout/address",
        "/checkout/delivery",
        "/checkout/payment",
        "/checkout/review",
        "/unsubscribe",
        "/sign-in",
        "/register",
        "/open-a-shop",
        "/forgot-password",
        "/reset-password",
        "/invitation",
        "/join",
        "/verify-email",
        "/dev/components",
        "/dev/mail",
        "/help",
        "/about",
        "/robots.txt",
        "/sitemap.xml",
        "/account/messages/new",
        "/account/reviews/new",
        "/account/second-factor",
        "/dev/messages",
    ];

    /// Addresses of pages without parameters, as the storefront's table of them has them.
    fn routed() -> Vec<&'static str> {
        const ROUTES: [&str; 3] = [
            include_str!("../../../../storefront/src/web/mod.rs"),
            include_str!("../../../../storefront/src/web/seller/addresses.rs"),
            include_str!("../../../../storefront/src/web/operator/addresses.rs"),
        ];
        let calls = ROUTES
            .into_iter()
            .flat_map(|routes| routes.split(".get(").skip(1));
        let paths = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
        paths
            .filter(|path| path.starts_with('/') && !path.contains('{'))
            .collect()
    }

    /// A new page is asked for, or said to have no table.
    #[test]
    fn every_page_with_a_table_is_asked_for() {
        let routed = routed();
        assert!(routed.len() > 70, "{routed:?}");
        let is_asked = |path: &str| {
            let mut asked = OF_BUYERS.iter().chain(&OF_SELLERS).chain(&OF_OPERATORS);
            asked.any(|page| *page == path)
        };
        for path in routed {
            let is_form = path.starts_with("/seller/") && path.ends_with("/new");
            // What only tells that something changed.
            let is_stream = path.ends_with("/events");
            let has_none = NO_TABLES.contains(&path) || is_form || is_stream;
            assert!(is_asked(path) || has_none, "nobody asks for {path}");
        }
    }

    /// Lists take a limit; a new one is asked for here, or this fails.
    #[test]
    fn every_list_of_the_api_is_asked_for() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let text = std::fs::read_to_string(path).expect("the description of the API");
        let api: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let is_list = |operation: &serde_json::Value| {
            let parameters = operation["get"]["parameters"].as_array().into_iter().flatten();
            let names: Vec<&str> = parameters.filter_map(|one| one["name"].as_str()).collect();
            names.contains(&"limit") && names.contains(&"after")
        };
        let paths = api["paths"].as_object().expect("paths");
        let lists: Vec<&String> = paths
            .iter()
            .filter(|(path, operation)| {
                let is_theirs = path.starts_with("/v1/seller/") || path.starts_with("/v1/admin/");
                is_theirs && !path.contains('{') && is_list(operation)
            })
            .map(|(path, _)| path)
            .collect();
        assert!(lists.len() > 20, "{lists:?}");
        // What is searched for comes from the index, which has a bench of its own. A statement is of days that have to be named: the page
        // of this month's reads the same.
        let otherwise = ["/v1/admin/search/preview", "/v1/seller/statement"];
        for list in lists {
            let mut asked = OF_SELLERS.iter().chain(&OF_OPERATORS).chain(&otherwise);
            assert!(asked.any(|page| page == list), "nobody asks for {list}");
        }
    }
}
