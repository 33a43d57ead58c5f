//! PNG, JPEG and WebP: decoded within limits and encoded anew, which leaves behind everything that is not the
//! picture (places and dates, comments, and whatever a polyglot file hides).

use super::{File, Kind};
use crate::domain::Refusal;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Of either side. A larger picture is a bomb or a mistake.
const SIDE_PX_MAX: u32 = 12_000;
const PIXELS_MAX: u64 = 40_000_000;
const DECODER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The widest size kept.
const WIDTH_PX_MAX: u32 = 1280;
/// A tall picture is bounded by this, in the widest size.
const HEIGHT_PX_MAX: u32 = 1920;
const JPEG_QUALITY: u8 = 82;

/// All sizes of a picture, the largest first: up to [`WIDTH_PX_MAX`] wide, and those of
/// [`contracts::catalog::Picture::SMALLER_WIDTHS`] that are narrower.
pub fn render(kind: Kind, bytes: &[u8], stem: &str) -> Result<Vec<File>, Refusal> {
    let picture = decode(kind, bytes)?;
    // JPEG knows no transparency, and WebP without loss is large for photographs.
    let is_opaque = !picture.color().has_alpha() || picture.to_rgba8().pixels().all(|p| p.0[3] == 255);
    let largest = if picture.width() > WIDTH_PX_MAX || picture.height() > HEIGHT_PX_MAX {
        picture.resize(WIDTH_PX_MAX, HEIGHT_PX_MAX, FilterType::CatmullRom)
    } else {
        picture
    };
    let mut files = vec![encode(&largest, is_opaque, stem, "")?];
    for width in contracts::catalog::Picture::SMALLER_WIDTHS {
        if width < largest.width() {
            let smaller = largest.resize(width, u32::MAX, FilterType::CatmullRom);
            files.push(encode(&smaller, is_opaque, stem, &format!("-{width}"))?);
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

fn encode(picture: &DynamicImage, is_opaque: bool, stem: &str, suffix: &str) -> Result<File, Refusal> {
    let mut bytes = Vec::new();
    let extension = if is_opaque {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        picture
            .to_rgb8()
            .write_with_encoder(encoder)
            .map_err(|e| refusal(&e))?;
        "jpg"
    } else {
        let encoder = WebPEncoder::new_lossless(&mut bytes);
        picture
            .to_rgba8()
            .write_with_encoder(encoder)
            .map_err(|e| refusal(&e))?;
        "webp"
    };
    Ok(File {
        name: format!("{stem}{suffix}.{extension}"),
        width: picture.width(),
        height: picture.height(),
        bytes,
    })
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

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).expect("encodes");
        bytes.into_inner()
    }

    fn sizes(bytes: &[u8]) -> Vec<(String, u32, u32)> {
        let files = render(Kind::Png, bytes, "s").expect("a picture");
        files.into_iter().map(|f| (f.name, f.width, f.height)).collect()
    }

    #[test]
    fn a_wide_picture_is_kept_in_three_sizes() {
        let sizes = sizes(&png(&DynamicImage::new_rgb8(2000, 1000)));
        let expected = [
            ("s.jpg", 1280, 640),
            ("s-640.jpg", 640, 320),
            ("s-320.jpg", 320, 160),
        ];
        assert_eq!(sizes, expected.map(|(n, w, h)| (n.to_owned(), w, h)));
    }

    #[test]
    fn a_small_picture_is_not_blown_up_and_transparency_stays() {
        let sizes = sizes(&png(&DynamicImage::new_rgba8(200, 100)));
        assert_eq!(sizes, [("s.webp".to_owned(), 200, 100)]);
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
