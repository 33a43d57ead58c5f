//! The dotted map of Spain: one dot per province, at its middle.

use kernel::geo::{Subdivision, spanish_provinces};

use super::home::ProvinceCount;

/// Width and height of the map's own coordinates.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 900.0;
/// One degree of latitude.
const DEGREE: f64 = 100.0;
/// The map's upper left corner, in degrees.
const WEST: f64 = -9.75;
const NORTH: f64 = 44.0;
/// At 40 degrees north a degree of longitude is this much shorter than one of latitude.
const NARROWING: f64 = 0.77;

/// One dot of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dot {
    pub x: i32,
    pub y: i32,
    pub radius: i32,
    pub makers: u64,
    pub class: &'static str,
}

/// Every province, drawn the stronger the more makers work there.
pub fn dots(counts: &[ProvinceCount]) -> impl Iterator<Item = Dot> + '_ {
    spanish_provinces().iter().filter_map(|province| {
        let (x, y) = position(province)?;
        let makers = counts
            .iter()
            .find(|count| count.code == province.code)
            .map_or(0, |count| count.makers);
        let (radius, class) = match makers {
            0 => (11, "dot"),
            1 => (16, "dot dot-some"),
            2..=3 => (24, "dot dot-some"),
            _ => (30, "dot dot-some"),
        };
        Some(Dot {
            x,
            y,
            radius,
            makers,
            class,
        })
    })
}

fn position(province: &Subdivision) -> Option<(i32, i32)> {
    let (mut latitude, mut longitude) = (province.latitude?, province.longitude?);
    // The Canaries are drawn in a corner of the frame, as Spanish maps do.
    if matches!(province.code, "ES-GC" | "ES-TF") {
        latitude += 7.3;
        longitude += 7.2;
    }
    let x = (longitude - WEST) * NARROWING * DEGREE;
    let y = (NORTH - latitude) * DEGREE;
    let inside = (0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y);
    inside.then(|| (x.round() as i32, y.round() as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_a_dot_apart_from_the_others() {
        let dots: Vec<Dot> = dots(&[]).collect();
        assert_eq!(dots.len(), spanish_provinces().len());
        for (index, dot) in dots.iter().enumerate() {
            for other in &dots[index + 1..] {
                assert!(
                    (dot.x - other.x).abs().max((dot.y - other.y).abs()) >= 30,
                    "{dot:?} and {other:?}"
                );
            }
        }
    }

    #[test]
    fn more_makers_make_a_larger_dot() {
        let count = |makers| ProvinceCount {
            code: "ES-SE".into(),
            name: "Sevilla".into(),
            href: String::new(),
            makers,
        };
        let largest = |makers| dots(&[count(makers)]).map(|dot| dot.radius).max();
        assert!(largest(0) < largest(1) && largest(1) < largest(3) && largest(3) < largest(9));
    }
}
