//! The palette's promise: text contrasts with what it stands on, by day and by night (WCAG 2.2, level AA).
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

const TOKENS: &str = include_str!("../assets/css/tokens.css");

/// Text needs 4.5 to 1, edges of controls 3 to 1.
const TEXT: f64 = 4.5;
const EDGE: f64 = 3.0;

/// Each colour token as its light and its dark value.
type Palette = HashMap<String, [[u8; 3]; 2]>;

fn parse(block: &str) -> Palette {
    let declaration = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
        Some((name.to_owned(), [rgb(light), rgb(dark)]))
    };
    block.lines().filter_map(declaration).collect()
}

fn rgb(hex: &str) -> [u8; 3] {
    let [_, red, green, blue] = u32::from_str_radix(hex.trim_start_matches('#'), 16)
        .unwrap()
        .to_be_bytes();
    [red, green, blue]
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

fn check(palette: &Palette, ink: &str, ground: &str, least: f64, where_: &str) {
    for (theme, name) in ["light", "dark"].into_iter().enumerate() {
        let ratio = contrast(palette[ink][theme], palette[ground][theme]);
        assert!(
            ratio >= least,
            "{where_}: {ink} on {ground}, {name}: {ratio:.2} < {least}"
        );
    }
}

/// `:root` and each seller's accent, laid over it.
fn palettes() -> Vec<(String, Palette)> {
    let root = parse(
        TOKENS
            .split_once(":root {")
            .unwrap()
            .1
            .split_once("\n}")
            .unwrap()
            .0,
    );
    let mut all = vec![("cobalt".to_owned(), root.clone())];
    for part in TOKENS.split("[data-accent=\"").skip(1) {
        let (name, rest) = part.split_once('"').unwrap();
        let mut palette = root.clone();
        palette.extend(parse(rest.split_once('}').unwrap().0));
        all.push((name.to_owned(), palette));
    }
    all
}

#[test]
fn text_can_be_read_on_every_ground() {
    for (accent, palette) in palettes() {
        for ground in ["paper", "surface", "sunk", "accent-soft"] {
            for ink in ["ink", "ink-soft", "accent", "accent-deep"] {
                check(&palette, ink, ground, TEXT, &accent);
            }
        }
        check(&palette, "on-accent", "accent", TEXT, &accent);
        check(&palette, "on-accent", "accent-deep", TEXT, &accent);
        check(&palette, "paper", "ink", TEXT, &accent);
        check(&palette, "paper", "bad", TEXT, &accent);
    }
}

#[test]
fn states_can_be_read() {
    let (_, palette) = palettes().remove(0);
    for state in ["good", "warn", "bad"] {
        for ground in ["paper", "surface", "sunk", &format!("{state}-soft")] {
            check(&palette, state, ground, TEXT, "states");
        }
    }
}

#[test]
fn controls_have_edges_that_can_be_seen() {
    let (_, palette) = palettes().remove(0);
    for ground in ["paper", "surface"] {
        check(&palette, "line-strong", ground, EDGE, "edges");
    }
}

#[test]
fn every_accent_of_the_code_is_in_the_style_sheet() {
    use storefront::views::common::Accent;
    let names: Vec<String> = palettes().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, Accent::ALL.map(|accent| accent.code().to_owned()));
    for (name, palette) in palettes() {
        let [red, green, blue] = palette["accent"][0];
        assert_eq!(
            Accent::nearest(&format!("#{red:02x}{green:02x}{blue:02x}")).code(),
            name
        );
    }
}
