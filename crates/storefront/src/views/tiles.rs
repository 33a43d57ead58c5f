//! Spain as a map of tiles: every province one square, about where it lies, so that small ones are seen as well as large ones.

/// One square, from one to the next.
const STEP: u32 = 42;

/// Province, column and row. The islands and the two cities across the sea are below and beside, as on Spanish maps.
const PLACES: [(&str, u32, u32); 52] = [
    ("ES-C", 0, 0),
    ("ES-LU", 1, 0),
    ("ES-O", 2, 0),
    ("ES-S", 3, 0),
    ("ES-BI", 4, 0),
    ("ES-SS", 5, 0),
    ("ES-PO", 0, 1),
    ("ES-OR", 1, 1),
    ("ES-LE", 2, 1),
    ("ES-P", 3, 1),
    ("ES-BU", 4, 1),
    ("ES-VI", 5, 1),
    ("ES-NA", 6, 1),
    ("ES-HU", 7, 1),
    ("ES-L", 8, 1),
    ("ES-GI", 9, 1),
    ("ES-ZA", 2, 2),
    ("ES-VA", 3, 2),
    ("ES-LO", 4, 2),
    ("ES-SO", 5, 2),
    ("ES-Z", 6, 2),
    ("ES-T", 8, 2),
    ("ES-B", 9, 2),
    ("ES-SA", 2, 3),
    ("ES-AV", 3, 3),
    ("ES-SG", 4, 3),
    ("ES-GU", 5, 3),
    ("ES-TE", 6, 3),
    ("ES-CS", 7, 3),
    ("ES-CC", 2, 4),
    ("ES-TO", 3, 4),
    ("ES-M", 4, 4),
    ("ES-CU", 5, 4),
    ("ES-V", 6, 4),
    ("ES-PM", 9, 4),
    ("ES-BA", 2, 5),
    ("ES-CR", 3, 5),
    ("ES-AB", 4, 5),
    ("ES-MU", 5, 5),
    ("ES-A", 6, 5),
    ("ES-H", 1, 6),
    ("ES-SE", 2, 6),
    ("ES-CO", 3, 6),
    ("ES-J", 4, 6),
    ("ES-GR", 5, 6),
    ("ES-AL", 6, 6),
    ("ES-CA", 2, 7),
    ("ES-MA", 3, 7),
    ("ES-TF", 0, 8),
    ("ES-GC", 1, 8),
    ("ES-CE", 3, 8),
    ("ES-ML", 4, 8),
];

/// A square of the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub x: u32,
    pub y: u32,
    /// The province's letters, such as `SE`.
    pub letters: &'static str,
    /// `Sevilla: €1,204.00`
    pub title: String,
    /// How strong it is drawn: 0 for nothing, 5 for the most.
    pub shade: u8,
}

/// What is told of a province: its code, how much in any unit, and the same in words.
pub struct Share {
    pub code: String,
    pub amount: i64,
    pub said: String,
}

/// Every province, with what is told of it, or `none` where nothing is.
#[must_use]
pub fn tiles(shares: &[Share], none: &str) -> Vec<Tile> {
    let most = shares.iter().map(|share| share.amount).max().unwrap_or(0);
    let tile = |(code, column, row): (&'static str, u32, u32)| {
        let share = shares.iter().find(|share| share.code == code);
        let name = kernel::geo::subdivision(code).map_or(code, |known| known.name);
        Tile {
            x: column * STEP,
            y: row * STEP,
            letters: code.trim_start_matches("ES-"),
            title: format!("{name}: {}", share.map_or(none, |share| &share.said)),
            shade: share.map_or(0, |share| shade(share.amount, most)),
        }
    };
    PLACES.map(tile).into()
}

/// A few places sell much more than most: steps that grow tell the small ones apart.
fn shade(amount: i64, most: i64) -> u8 {
    if amount <= 0 {
        return 0;
    }
    match i128::from(amount) * 100 / i128::from(most.max(1)) {
        0..=4 => 1,
        5..=14 => 2,
        15..=34 => 3,
        35..=64 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_province_has_a_tile_of_its_own() {
        let tiles = tiles(&[], "—");
        let places: BTreeSet<(u32, u32)> = tiles.iter().map(|tile| (tile.x, tile.y)).collect();
        assert_eq!((places.len(), tiles.len()), (52, 52));
        let drawn: BTreeSet<&str> = PLACES.iter().map(|(code, ..)| *code).collect();
        let known: BTreeSet<&str> = kernel::geo::spanish_provinces()
            .iter()
            .map(|one| one.code)
            .collect();
        assert_eq!(drawn, known);
    }

    #[test]
    fn who_sold_more_is_drawn_stronger() {
        let share = |code: &str, amount| Share {
            code: code.to_owned(),
            amount,
            said: amount.to_string(),
        };
        let shares = [("ES-SE", 10_000), ("ES-M", 2_000), ("ES-TE", 1)].map(|(code, n)| share(code, n));
        let tiles = tiles(&shares, "—");
        let shade = |letters| {
            tiles
                .iter()
                .find(|tile| tile.letters == letters)
                .map(|tile| tile.shade)
        };
        assert_eq!(
            ["SE", "M", "TE", "AV"].map(shade),
            [Some(5), Some(3), Some(1), Some(0)]
        );
    }
}
