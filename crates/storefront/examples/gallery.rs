//! Writes every sample page as static files, to be looked at: `cargo run -p storefront --example gallery -- FOLDER`.
//!
//! FOLDER/en/light/home.html and so on; serve FOLDER with any static file server and open it.

use std::path::Path;

use sampler::art::{ArtSpec, Decor, Finish, Rgb, Subject, draw};
use storefront::assets;
use storefront::i18n::Locale;
use storefront::samples::{Scene, all};
use storefront::views::page::Theme;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let root = Path::new(&folder);
    for locale in Locale::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            for sample in all(Scene {
                locale,
                theme,
                hostile: false,
            }) {
                let path = format!("{}/{}/{}.html", locale.code(), theme.code(), sample.name);
                write(root, &path, sample.html.as_bytes())?;
            }
        }
    }
    for picture in PICTURES {
        write(
            root,
            &format!("media/{}.svg", picture.0),
            drawing(&picture).as_bytes(),
        )?;
    }
    for asset in assets::all() {
        write(root, asset.url().trim_start_matches('/'), asset.bytes())?;
    }
    Ok(())
}

fn write(root: &Path, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let path = root.join(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// A picture of the samples: its key, what it shows, from where, and body, ink and trim.
struct Picture(&'static str, Subject, u8, [u32; 3], Finish, Decor);

const PICTURES: [Picture; 19] = [
    Picture(
        "vase-blue",
        Subject::Vase,
        0,
        [0xf4efe6, 0x27466b, 0xd8a24a],
        Finish::Gloss,
        Decor::Bands,
    ),
    Picture(
        "vase-blue-2",
        Subject::Vase,
        1,
        [0xf4efe6, 0x27466b, 0xd8a24a],
        Finish::Gloss,
        Decor::Bands,
    ),
    Picture(
        "vase-blue-3",
        Subject::Vase,
        2,
        [0xf4efe6, 0x27466b, 0xd8a24a],
        Finish::Gloss,
        Decor::Bands,
    ),
    Picture(
        "jug",
        Subject::Jug,
        0,
        [0xf4efe6, 0x27466b, 0xd8a24a],
        Finish::Gloss,
        Decor::Stars,
    ),
    Picture(
        "scarf",
        Subject::Scarf,
        0,
        [0xb5653f, 0xf1e6d0, 0x3c4a38],
        Finish::Matte,
        Decor::Stripes,
    ),
    Picture(
        "soap",
        Subject::SoapBar,
        0,
        [0xc9cfae, 0x3c4a38, 0xf1e6d0],
        Finish::Satin,
        Decor::Plain,
    ),
    Picture(
        "bag",
        Subject::Handbag,
        0,
        [0x8a4f2c, 0x3a2417, 0xd8a24a],
        Finish::Satin,
        Decor::Plain,
    ),
    Picture(
        "bowl",
        Subject::Bowl,
        0,
        [0x6f9a97, 0xf1e6d0, 0x27466b],
        Finish::Gloss,
        Decor::Dipped,
    ),
    Picture(
        "candle",
        Subject::Candle,
        0,
        [0xe3c77d, 0x7a3b26, 0x3c4a38],
        Finish::Matte,
        Decor::Plain,
    ),
    Picture(
        "basket",
        Subject::BasketBag,
        0,
        [0xd6b477, 0x7a3b26, 0x8a4f2c],
        Finish::Matte,
        Decor::Plain,
    ),
    Picture(
        "mug",
        Subject::Mug,
        0,
        [0xe9dfcc, 0xb4552f, 0x27466b],
        Finish::Matte,
        Decor::Speckled,
    ),
    Picture(
        "wallet",
        Subject::Wallet,
        0,
        [0x9a5a31, 0x3a2417, 0xf1e6d0],
        Finish::Satin,
        Decor::Plain,
    ),
    Picture(
        "teapot",
        Subject::Teapot,
        0,
        [0x2f5d73, 0xf1e6d0, 0xd8a24a],
        Finish::Gloss,
        Decor::Drip,
    ),
    Picture(
        "blanket",
        Subject::Blanket,
        0,
        [0xb9b3a7, 0xf4efe6, 0x33302f],
        Finish::Matte,
        Decor::Herringbone,
    ),
    Picture(
        "oil",
        Subject::DropperBottle,
        0,
        [0x7a5230, 0xf1e6d0, 0x33302f],
        Finish::Gloss,
        Decor::Plain,
    ),
    Picture(
        "ring",
        Subject::Ring,
        0,
        [0xc9ced3, 0x27466b, 0xd8a24a],
        Finish::Gloss,
        Decor::Plain,
    ),
    Picture(
        "print",
        Subject::Print,
        0,
        [0xf4efe6, 0xb4552f, 0x27466b],
        Finish::Matte,
        Decor::Blossoms,
    ),
    Picture(
        "espadrilles",
        Subject::Espadrilles,
        0,
        [0x27466b, 0xf1e6d0, 0xd6b477],
        Finish::Matte,
        Decor::Plain,
    ),
    Picture(
        "banner",
        Subject::Rug,
        1,
        [0xb5653f, 0xf1e6d0, 0x3c4a38],
        Finish::Matte,
        Decor::Kilim,
    ),
];

fn drawing(picture: &Picture) -> String {
    let Picture(key, subject, view, [body, ink, trim], finish, decor) = *picture;
    // The views of one piece share its seed.
    let piece = key.trim_end_matches(|end: char| end == '-' || end.is_ascii_digit());
    let seed = piece.bytes().fold(7, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    draw(&ArtSpec {
        subject,
        form: 0,
        view,
        seed,
        house: seed % 5,
        body: Rgb::hex(body),
        ink: Rgb::hex(ink),
        trim: Rgb::hex(trim),
        finish,
        decor,
        monogram: "ST".to_owned(),
        label: "Stoa".to_owned(),
        title: piece.to_owned(),
    })
}
