//! What every drawing keeps to.

use sampler::art::{self, Subject};
use sampler::{Product, Sampler};
use std::collections::HashSet;

const SEED: u64 = 7;
/// A picture that weighs more than a photograph would be no gain.
const SVG_BYTES_MAX: usize = 12 * 1024;

/// Balanced tags, quoted attributes, references that resolve, nothing from outside.
fn check(svg: &str) {
    assert!(svg.len() < SVG_BYTES_MAX, "{} bytes: {}", svg.len(), &svg[..200]);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    let mut open: Vec<&str> = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("every tag is closed");
        assert!(!text.contains('>'), "a stray angle in {text:?}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .expect("a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        assert!(!matches!(name, "script" | "image" | "foreignObject"), "{name}");
    }
    assert!(open.is_empty(), "{open:?} left open");
    let ids: HashSet<&str> = svg
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for reference in svg
        .split("url(#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        assert!(ids.contains(reference), "#{reference} is nowhere");
    }
    for reference in svg
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            reference.strip_prefix('#').is_some_and(|id| ids.contains(id)),
            "{reference} is nowhere"
        );
    }
    // What infinity and its like become when numbers are written.
    assert!(!svg.contains("2147483647") && !svg.contains("onload"), "{svg}");
    for ampersand in svg.split('&').skip(1) {
        assert!(
            ["amp;", "lt;", "gt;", "quot;", "#39;"]
                .iter()
                .any(|entity| ampersand.starts_with(entity))
        );
    }
}

fn products() -> Vec<Product> {
    let sampler = Sampler::new(SEED, 1);
    sampler
        .sellers()
        .flat_map(|seller| sampler.products_of(&seller).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_picture_is_well_formed_and_small() {
    let (mut bytes, mut count) = (0, 0);
    for product in products() {
        for spec in product.gallery() {
            let svg = art::draw(&spec);
            check(&svg);
            bytes += svg.len();
            count += 1;
        }
    }
    assert!(bytes / count < 7 * 1024, "{} bytes on average", bytes / count);
}

#[test]
fn emblems_and_banners_are_well_formed() {
    for seller in Sampler::new(SEED, 10).sellers() {
        check(&art::logo(&seller.art));
        check(&art::banner(&seller.art));
    }
}

#[test]
fn a_drawing_depends_on_nothing_but_its_specification() {
    let mut seen = HashSet::new();
    for product in products().iter().step_by(7) {
        let svg = art::draw(&product.art);
        assert_eq!(svg, art::draw(&product.art.clone()));
        assert!(seen.insert(svg), "{} looks like another", product.title);
        assert_ne!(art::draw(&product.art), art::draw(&product.art.with_view(1)));
    }
}

/// Sines may differ in their last bit on other machines, and with them a rounded coordinate here or there.
#[cfg(target_arch = "x86_64")]
#[test]
fn drawings_are_the_same_to_the_byte() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for product in products().iter().step_by(11) {
        for spec in product.gallery() {
            for byte in art::draw(&spec).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    assert_eq!(
        hash, GOLDEN,
        "the drawings changed; if that was meant, the new value is {hash:#x}"
    );
}

#[cfg(target_arch = "x86_64")]
const GOLDEN: u64 = 0x9496_d9e9_8faf_6970;

#[test]
fn the_whole_repertoire_is_on_sale() {
    let drawn: HashSet<Subject> = products().iter().map(|product| product.art.subject).collect();
    let missing: Vec<_> = art::SUBJECTS
        .iter()
        .filter(|subject| !drawn.contains(subject))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn hostile_words_stay_words() {
    let mut spec = products()[0].art.clone();
    for subject in [
        Subject::HoneyJar,
        Subject::SoapBar,
        Subject::Notebook,
        Subject::Wallet,
    ] {
        spec.subject = subject;
        spec.title = "</title><script>alert(1)</script>&\"'\u{0}\u{8}".to_owned();
        spec.label = "<b>&".to_owned();
        spec.monogram = "]]>".to_owned();
        let svg = art::draw(&spec);
        check(&svg);
        assert!(!svg.contains("<script") && !svg.contains('\u{0}'));
    }
}
