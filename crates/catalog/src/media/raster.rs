//! PNG, JPEG and WebP: decoded within limits and encoded anew, which leaves behind everything that is not the
//! picture (places and dates, comments, and whatever a polyglot file hides).

use super::{File, Kind};
use crate::domain::Refusal;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::collections::HashSet;
use std::io::Cursor;
use webp::{Encoder, WebPConfig};

/// Of either side. A larger picture is a bomb or a mistake.
const SIDE_PX_MAX: u32 = 12_000;
const PIXELS_MAX: u64 = 40_000_000;
const DECODER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The widest size kept.
const WIDTH_PX_MAX: u32 = 1280;
/// A tall picture is bounded by this, in the widest size.
const HEIGHT_PX_MAX: u32 = 1920;
/// Half of a good JPEG's bytes at its likeness (docs/adr/0011-pictures-in-webp.md).
const QUALITY: f32 = 84.0;
/// libwebp's, 0 to 6. More takes twice as long for 3 % of the bytes.
const EFFORT: i32 = 4;
/// A picture of more colours is a photograph, which takes several times as much without loss.
const DRAWING_COLOURS_MAX: usize = 4096;

/// All sizes of a picture, the largest first: up to [`WIDTH_PX_MAX`] wide, and those of
/// [`contracts::catalog::Picture::SMALLER_WIDTHS`] that are narrower.
pub fn render(kind: Kind, bytes: &[u8], stem: &str) -> Result<Vec<File>, Refusal> {
    let picture = decode(kind, bytes)?;
    let is_drawing = kind != Kind::Jpeg && has_few_colours(&picture);
    let largest = if picture.width() > WIDTH_PX_MAX || picture.height() > HEIGHT_PX_MAX {
        picture.resize(WIDTH_PX_MAX, HEIGHT_PX_MAX, FilterType::CatmullRom)
    } else {
        picture
    };
    let mut files = vec![encode(&largest, is_drawing, stem, "")?];
    for width in contracts::catalog::Picture::SMALLER_WIDTHS {
        if width < largest.width() {
            let smaller = largest.resize(width, u32::MAX, FilterType::CatmullRom);
            files.push(encode(&smaller, is_drawing, stem, &format!("-{width}"))?);
        }
    }
    Ok(files)
}

fn decode(kind: Kind, bytes: &[u8]) -> Result<DynamicImage, Refusal> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::WebP | Kind::Svg => ImageFormat::WebP,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PX_MAX);
    limits.max_image_height = Some(SIDE_PX_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| refusal(&e))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || width == 0 || height == 0 {
        return Err(too_large());
    }
    // Cameras store the picture as the sensor lay and note how to turn it; the note does not survive.
    let orientation = decoder.orientation().map_err(|e| refusal(&e))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| refusal(&e))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether a picture was drawn, or shows a screen, rather than photographed.
fn has_few_colours(picture: &DynamicImage) -> bool {
    let mut colours = HashSet::with_capacity(DRAWING_COLOURS_MAX + 1);
    picture.to_rgba8().pixels().all(|pixel| {
        colours.insert(pixel.0);
        colours.len() <= DRAWING_COLOURS_MAX
    })
}

/// One size as WebP. A drawing is kept without loss where that is no larger.
fn encode(picture: &DynamicImage, is_drawing: bool, stem: &str, suffix: &str) -> Result<File, Refusal> {
    let mut bytes = webp(picture, Loss::Some)?;
    if is_drawing {
        let exact = webp(picture, Loss::None)?;
        if exact.len() <= bytes.len() {
            bytes = exact;
        }
    }
    Ok(File {
        name: format!("{stem}{suffix}.webp"),
        width: picture.width(),
        height: picture.height(),
        bytes,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Loss {
    None,
    Some,
}

fn webp(picture: &DynamicImage, loss: Loss) -> Result<Vec<u8>, Refusal> {
    let mut config = WebPConfig::new().map_err(|()| unwritable())?;
    config.lossless = i32::from(loss == Loss::None);
    config.quality = QUALITY;
    config.method = EFFORT;
    let (width, height) = (picture.width(), picture.height());
    let written = if picture.color().has_alpha() {
        Encoder::from_rgba(&picture.to_rgba8(), width, height).encode_advanced(&config)
    } else {
        Encoder::from_rgb(&picture.to_rgb8(), width, height).encode_advanced(&config)
    };
    let written = written.map_err(|error| {
        tracing::error!(?error, width, height, "a picture cannot be encoded");
        unwritable()
    })?;
    Ok(written.to_vec())
}

fn unwritable() -> Refusal {
    let detail = "The picture cannot be encoded. Try again, or save it as another kind.";
    Refusal::new("", "image_unreadable", detail)
}

fn refusal(error: &image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => too_large(),
        _ => Refusal::new(
            "",
            "image_unreadable",
            "The picture cannot be decoded. Save it again as PNG or JPEG.",
        ),
    }
}

fn too_large() -> Refusal {
    Refusal::new(
        "",
        "image_too_many_pixels",
        format!("A picture may have at most {PIXELS_MAX} pixels and {SIDE_PX_MAX} on a side."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).expect("encodes");
        bytes.into_inner()
    }

    fn sizes(bytes: &[u8]) -> Vec<(String, u32, u32)> {
        let files = render(Kind::Png, bytes, "s").expect("a picture");
        files.into_iter().map(|f| (f.name, f.width, f.height)).collect()
    }

    fn noise(x: u32, y: u32) -> u8 {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).to_be_bytes()[1]
    }

    /// More colours than a drawing has.
    fn photograph(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x / 4) as u8, (y / 4) as u8, noise(x, y) / 8])
        })
    }

    fn decoded(file: &File) -> DynamicImage {
        image::load_from_memory_with_format(&file.bytes, ImageFormat::WebP).expect("decodes")
    }

    fn is_lossless(file: &File) -> bool {
        file.bytes.windows(4).any(|chunk| chunk == b"VP8L")
    }

    #[test]
    fn a_wide_picture_is_kept_in_three_sizes() {
        let sizes = sizes(&png(&DynamicImage::new_rgb8(2000, 1000)));
        let expected = [
            ("s.webp", 1280, 640),
            ("s-640.webp", 640, 320),
            ("s-320.webp", 320, 160),
        ];
        assert_eq!(sizes, expected.map(|(n, w, h)| (n.to_owned(), w, h)));
    }

    #[test]
    fn a_photograph_is_kept_with_loss_and_looks_the_same() {
        let original = photograph(640, 480);
        let files = render(Kind::Png, &png(&original.clone().into()), "s").expect("a picture");
        let [large, small] = &files[..] else {
            panic!("{} sizes", files.len())
        };
        assert!(!is_lossless(large) && !is_lossless(small));
        let kept = decoded(large).to_rgb8();
        let off: u64 = original
            .iter()
            .zip(kept.iter())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let mean = off as f64 / (640.0 * 480.0 * 3.0);
        assert!(mean < 8.0, "{mean} of 255 on average");
    }

    #[test]
    fn a_drawing_is_kept_without_loss() {
        let stripes = RgbImage::from_fn(200, 200, |x, y| match (x / 20 + y / 20) % 2 {
            0 => Rgb([200, 30, 30]),
            _ => Rgb([255, 255, 255]),
        });
        let files = render(Kind::Png, &png(&stripes.clone().into()), "s").expect("a picture");
        assert!(is_lossless(&files[0]));
        assert_eq!(decoded(&files[0]).to_rgb8(), stripes);
    }

    #[test]
    fn a_small_picture_is_not_blown_up_and_transparency_stays() {
        let mut cut_out = DynamicImage::from(photograph(200, 100)).to_rgba8();
        for (x, _, pixel) in cut_out.enumerate_pixels_mut() {
            pixel.0[3] = if x < 100 { 0 } else { 255 };
        }
        let files = render(Kind::Png, &png(&cut_out.into()), "s").expect("a picture");
        assert_eq!((files.len(), files[0].width, files[0].height), (1, 200, 100));
        let kept = decoded(&files[0]).to_rgba8();
        assert_eq!(
            (kept.get_pixel(20, 50).0[3], kept.get_pixel(150, 50).0[3]),
            (0, 255)
        );
    }

    #[test]
    fn a_picture_is_turned_as_its_camera_noted() {
        let mut jpeg = Cursor::new(Vec::new());
        let sky_above = RgbImage::from_fn(
            64,
            32,
            |_, y| if y < 16 { Rgb([0, 0, 250]) } else { Rgb([0, 90, 0]) },
        );
        sky_above.write_to(&mut jpeg, ImageFormat::Jpeg).expect("encodes");
        // Orientation 6: to be turned by 90 degrees clockwise.
        let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\x00\x2a\x00\x00\x00\x08\x00\x01".to_vec();
        exif.extend(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00");
        let mut bytes = jpeg.into_inner();
        bytes.splice(2..2, exif);
        let files = render(Kind::Jpeg, &bytes, "s").expect("a picture");
        assert_eq!((files[0].width, files[0].height), (32, 64));
        let kept = decoded(&files[0]).to_rgb8();
        let [left, right] = [2, 29].map(|x| kept.get_pixel(x, 32).0);
        assert!(
            right[2] > 200 && left[2] < 60,
            "the sky lies right: {left:?} {right:?}"
        );
        assert!(!files[0].bytes.windows(4).any(|part| part == b"Exif"));
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        // A PNG header that claims 60,000 by 60,000 pixels.
        let mut bytes = png(&DynamicImage::new_rgb8(1, 1));
        bytes[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(
            render(Kind::Png, &bytes, "s").map_err(|r| r.code).err(),
            Some("image_too_many_pixels")
        );
    }

    #[test]
    fn a_truncated_picture_is_refused() {
        let bytes = png(&DynamicImage::new_rgb8(64, 64));
        let refused = render(Kind::Png, &bytes[..bytes.len() / 2], "s").map_err(|r| r.code);
        assert_eq!(refused.err(), Some("image_unreadable"));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                }
            })
        })
    }
}
