//! Drawings, from within only. They are served with a policy under which nothing in them may act or load; the
//! check here is the second lock.

use super::File;
use crate::domain::Refusal;

const SVG_BYTES_MAX: usize = 512 * 1024;
const SIDE_PX_MAX: f64 = 10_000.0;

/// Whether the bytes look like an SVG document.
pub fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.trim_start();
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()),
        None => text,
    };
    text.starts_with("<svg") && text.trim_end().ends_with('>')
}

/// The drawing as it is kept.
pub fn check(stem: &str, bytes: Vec<u8>) -> Result<File, Refusal> {
    let refuse = |code, message: &str| Err(Refusal::new("", code, message));
    if bytes.len() > SVG_BYTES_MAX {
        return refuse("image_too_large", "A drawing may have at most 512 KiB.");
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return refuse("image_unreadable", "A drawing must be UTF-8.");
    };
    let lower = text.to_ascii_lowercase();
    if ["<script", "<foreignobject", "<!entity", "javascript:", "<iframe"]
        .iter()
        .any(|t| lower.contains(t))
    {
        return refuse(
            "image_active",
            "A drawing must not carry scripts, entities or foreign content.",
        );
    }
    let Some((width, height)) = size(text) else {
        return refuse(
            "image_unreadable",
            "A drawing needs a width and height, or a viewBox, of 1 to 10,000.",
        );
    };
    Ok(File {
        name: format!("{stem}.svg"),
        width,
        height,
        bytes,
    })
}

/// Pixels by `width` and `height`, else by the view box.
fn size(text: &str) -> Option<(u32, u32)> {
    let tag = text.get(text.find("<svg")?..)?;
    let tag = tag.get(..tag.find('>')?)?;
    let pixels = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        (1.0..=SIDE_PX_MAX)
            .contains(&number)
            .then(|| number.round() as u32)
    };
    let stated = || {
        Some((
            pixels(attribute(tag, "width")?)?,
            pixels(attribute(tag, "height")?)?,
        ))
    };
    let viewed = || {
        let mut numbers = attribute(tag, "viewBox")?
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|n| !n.is_empty())
            .skip(2);
        Some((pixels(numbers.next()?)?, pixels(numbers.next()?)?))
    };
    stated().or_else(viewed)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let is_word = rest[..at].ends_with(|c: char| c.is_whitespace());
        rest = &rest[at + name.len()..];
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        if let (true, Some(value)) = (is_word, value) {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split(quote).next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_either_place() {
        let cases = [
            (
                "<svg width='30' height=\"20.4px\" viewBox='0 0 9 9'>",
                Some((30, 20)),
            ),
            (
                "<svg xmlns=\"x\" viewBox=\"0 0 600 450\" stroke-width='2'>",
                Some((600, 450)),
            ),
            ("<svg width='100%' height='100%'>", None),
            ("<svg viewBox='0 0 0 0'>", None),
        ];
        for (text, expected) in cases {
            assert_eq!(size(text), expected, "{text}");
        }
    }

    #[test]
    fn active_drawings_are_refused() {
        let drawing = |inner: &str| format!("<svg viewBox='0 0 9 9'>{inner}</svg>").into_bytes();
        assert!(check("s", drawing("<rect/>")).is_ok());
        for inner in [
            "<SCRIPT>x()</SCRIPT>",
            "<foreignObject/>",
            "<a href='javascript:x()'/>",
        ] {
            assert_eq!(
                check("s", drawing(inner)).map_err(|r| r.code).err(),
                Some("image_active")
            );
        }
    }
}
