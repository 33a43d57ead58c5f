//! The shapes of the icons, drawn for a square of 24.

use askama::filters::HtmlSafeOutput;

/// What stands within an icon's `svg`. A name that is none's has the sign of a note.
pub fn shapes(name: &str) -> HtmlSafeOutput<&'static str> {
    HtmlSafeOutput(match name {
        "search" => r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>"#,
        "cart" => {
            r#"<path d="M4 8.5h16l-1.3 11a1 1 0 0 1-1 .9H6.3a1 1 0 0 1-1-.9z"/><path d="M8.5 8.5V7a3.5 3.5 0 0 1 7 0v1.5"/>"#
        }
        "person" => {
            r#"<circle cx="12" cy="8" r="3.75"/><path d="M4.5 20.5c.6-4 3.6-6.2 7.5-6.2s6.9 2.2 7.5 6.2"/>"#
        }
        "shop" => {
            r#"<path d="M4 20.5V10M20 20.5V10M9 20.5v-7h6v7M3 20.5h18M4.5 3.5h15L21 8.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0z"/>"#
        }
        "theme" => {
            r#"<circle cx="12" cy="12" r="8.25"/><path d="M12 3.75v16.5a8.25 8.25 0 0 0 0-16.5z" fill="currentColor" stroke="none"/>"#
        }
        "filter" => {
            r#"<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>"#
        }
        "menu" => r#"<path d="M4 7h16M4 12h16M4 17h16"/>"#,
        "close" => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
        "down" => r#"<path d="m6 9.5 6 6 6-6"/>"#,
        "download" => r#"<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15"/>"#,
        "truck" => {
            r#"<path d="M2.5 6.5h11v10h-11zM13.5 10h4l4 3.5v3h-8z"/><circle cx="7" cy="17.5" r="1.75" fill="var(--paper)"/><circle cx="17" cy="17.5" r="1.75" fill="var(--paper)"/>"#
        }
        "place" => {
            r#"<path d="M12 21c4.3-4.6 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2.2 6.4 6.5 11z"/><circle cx="12" cy="10" r="2.25"/>"#
        }
        "clock" => r#"<circle cx="12" cy="12" r="8.25"/><path d="M12 7.5V12l3 2"/>"#,
        "return" => r#"<path d="M8.5 5 4.5 9l4 4"/><path d="M4.5 9h9a5.5 5.5 0 0 1 0 11H9"/>"#,
        "lock" => {
            r#"<rect x="5" y="10.5" width="14" height="9.5" rx="1"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>"#
        }
        "tick" => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
        "alert" => r#"<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.2"/>"#,
        "home" => r#"<path d="M4 11 12 4l8 7v8.5h-5.5v-5h-5v5H4z"/>"#,
        "box" => r#"<path d="m4 8 8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5"/>"#,
        "tag" => r#"<path d="M4 4.5h8l8 8-7.5 7.5L4 11.5z"/><circle cx="8.5" cy="9" r="1.25"/>"#,
        "layers" => {
            r#"<path d="m12 4 8.5 4.5L12 13 3.5 8.5zM3.5 12.5 12 17l8.5-4.5M3.5 16.5 12 21l8.5-4.5"/>"#
        }
        "percent" => {
            r#"<path d="M6 18 18 6"/><circle cx="7.5" cy="7.5" r="2.25"/><circle cx="16.5" cy="16.5" r="2.25"/>"#
        }
        "coins" => {
            r#"<ellipse cx="12" cy="6.5" rx="7.5" ry="3"/><path d="M4.5 6.5V12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V6.5M4.5 12v5.5c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V12"/>"#
        }
        "people" => {
            r#"<circle cx="9" cy="8.5" r="3.25"/><path d="M3 19.5c.5-3.4 2.8-5.2 6-5.2s5.5 1.8 6 5.2M15.5 5.6a3.25 3.25 0 0 1 0 5.8M17.5 14.8c2 .7 3.2 2.3 3.5 4.7"/>"#
        }
        "card" => r#"<rect x="3.5" y="5.5" width="17" height="13" rx="1"/><path d="M3.5 10h17M7 15h4"/>"#,
        "scale" => r#"<path d="M12 4v16M7 20h10M5 7h14M5 7l-2.5 6.5h5zM19 7l-2.5 6.5h5z"/>"#,
        "book" => {
            r#"<path d="M5 17.5V7a2.5 2.5 0 0 1 2.5-2.5H19v15.5H7.5A2.5 2.5 0 0 1 5 17.5 2.5 2.5 0 0 1 7.5 15H19"/>"#
        }
        "receipt" => r#"<path d="M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6"/>"#,
        "heart" => r#"<path d="M12 20.3 4.9 13.2a4.7 4.7 0 0 1 6.7-6.7l.4.5.4-.5a4.7 4.7 0 0 1 6.7 6.7z"/>"#,
        "star" => r#"<path d="m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z"/>"#,
        "bell" => r#"<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 18.5a2 2 0 0 0 4 0M12 3v2"/>"#,
        "mail" => r#"<rect x="3.5" y="5.5" width="17" height="13" rx="1"/><path d="m4 7 8 6 8-6"/>"#,
        _ => r#"<circle cx="12" cy="12" r="8.25"/><path d="M12 11v5M12 8v.2"/>"#,
    })
}
