//! Rings, earrings, necklaces, bracelets.

use super::{Choice, Class, Deco, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const METALS: &[Shade] = &[
    shade("sterling silver", 0xbfc2c6, "Silver"),
    shade("gold-plated silver", 0xd2a552, "Gold"),
    shade("recycled brass", 0xc19a4b, "Gold"),
    shade("rose gold vermeil", 0xcf9678, "Pink"),
    shade("oxidised silver", 0x6d6e72, "Grey"),
    shade("recycled copper", 0xb97350, "Orange"),
];

const STONES: &[Shade] = &[
    shade("turquoise", 0x4fa3a5, "Blue"),
    shade("garnet", 0x8a2738, "Red"),
    shade("lapis lazuli", 0x2f4a8f, "Blue"),
    shade("amber", 0xd28a2c, "Orange"),
    shade("green agate", 0x3f7a5c, "Green"),
    shade("moonstone", 0xd9dde0, "White"),
    shade("coral glass", 0xd0604c, "Red"),
    shade("onyx", 0x2b2b2e, "Black"),
    shade("rose quartz", 0xdba7a6, "Pink"),
    shade("amethyst", 0x77589a, "Purple"),
    shade("mother-of-pearl", 0xe9e2d8, "White"),
    shade("jet", 0x222024, "Black"),
];

const GOLDSMITHING: Class = Class {
    shade_key: "metal",
    ink_key: Some("stone"),
    techniques: &[
        "hand-forged",
        "lost-wax cast",
        "filigree",
        "granulation",
        "hand-engraved",
    ],
    making: &[
        "It is sawn, soldered and filed at the bench, one at a time, in recycled metal.",
        "We draw the wire ourselves, twist two threads into one, and bend it into shape with tweezers and a steady breath.",
        "The model is carved in wax and cast by a foundry in the next street; everything after that is done by hand.",
        "The stone is set last, under a lens, with a burnished edge that never catches.",
        "Polishing takes as long as making: first with paper, then with felt, then with a thumb.",
    ],
    details: &[
        "The {ink} is chosen by eye, so its tone varies a little from piece to piece.",
        "Nickel-free, and hallmarked where the law asks for it.",
        "It arrives in a small linen pouch with a card that says who made it.",
        "Worn every day it takes on a softer shine than any polish can give.",
        "If it ever breaks, we mend it; ask for the workshop and say whose hands it came from.",
    ],
    care: &[
        "Take it off to swim or to garden; polish with a dry cotton cloth.",
        "Keep it in its pouch: metal darkens in the air and brightens in the dark.",
        "Clean with lukewarm water and a drop of neutral soap.",
    ],
    tags: &[
        "jewellery",
        "handmade",
        "recycled metal",
        "gift",
        "minimal",
        "artisan",
        "gemstone",
    ],
};

const WORKED: &[Deco] = &[
    PLAIN,
    deco(Decor::Dots, "with a(n) {ink} cabochon", "cabochon"),
    deco(Decor::Carved, "with engraving and {ink}", "engraved"),
    deco(Decor::Blossoms, "with petals and {ink}", "petals"),
    deco(Decor::Herringbone, "with twisted wire and {ink}", "twisted wire"),
];

const POLISHED: &[Finish] = &[Finish::Metal];

pub(crate) const RING: Line = Line {
    subject: Subject::Ring,
    category: "jewellery/rings",
    class: &GOLDSMITHING,
    nouns: &[
        noun("solitaire ring", 1, 115),
        noun("cabochon ring", 2, 105),
        noun("trilogy ring", 3, 120),
        noun("signet ring", 4, 95),
    ],
    shades: METALS,
    inks: STONES,
    decors: WORKED,
    finishes: POLISHED,
    materials: &["recycled metal"],
    painted: Painted::Set,
    price: (4900, 11800),
    weight_g: (5, 12),
    dims: &[fixed("band_mm", "mm", "wide at the band", 2, 6)],
    choice: Choice::Options(
        "Ring size",
        &[
            ("50", 100, 95),
            ("52", 100, 97),
            ("54", 100, 100),
            ("56", 100, 103),
            ("58", 100, 106),
            ("60", 104, 110),
        ],
    ),
    titles: &[
        "{series} {noun} in {shade} with {ink}",
        "{noun} with {ink}, {shade}",
        "{ink} {noun} in {shade}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} that sits low on the finger and does not catch on gloves.",
        "A(n) {phrase} with {ink}, small enough for every day and bright enough to be noticed.",
        "This {phrase} takes its line from a window grille in the old quarter of {town}.",
    ],
    facts: &[],
};

pub(crate) const EARRINGS: Line = Line {
    subject: Subject::Earrings,
    category: "jewellery/earrings",
    nouns: &[
        named("hoop earrings", "pair of hoop earrings", 1, 100),
        named("drop earrings", "pair of drop earrings", 2, 110),
        named("stud earrings", "pair of stud earrings", 3, 70),
        named("filigree earrings", "pair of filigree earrings", 4, 130),
        named("fan earrings", "pair of fan earrings", 5, 115),
    ],
    price: (3400, 8600),
    weight_g: (4, 14),
    dims: &[dim("length_mm", "mm", "long", 18, 52)],
    choice: Choice::One,
    titles: &[
        "{series} {noun} in {shade} with {ink}",
        "{noun} with {ink}, {shade}",
        "{noun} in {shade} and {ink}",
    ],
    openings: &[
        "A(n) {phrase} in {shade}, so light that you forget them until someone asks.",
        "A(n) {phrase} with {ink} that moves a little when you laugh.",
        "This {phrase} follows the earrings of the regional dress, pared down to a single line.",
    ],
    facts: &[Fact::Flag("nickel_free", 100)],
    ..RING
};

pub(crate) const NECKLACE: Line = Line {
    subject: Subject::Necklace,
    category: "jewellery/necklaces",
    nouns: &[
        noun("beaded necklace", 1, 120),
        noun("pendant necklace", 2, 100),
        noun("medallion necklace", 2, 110),
    ],
    price: (4200, 9800),
    weight_g: (8, 40),
    dims: &[fixed("pendant_mm", "mm", "high at the pendant", 12, 34)],
    choice: Choice::Options(
        "Length",
        &[
            ("40 cm", 98, 95),
            ("45 cm", 100, 100),
            ("50 cm", 104, 106),
            ("60 cm", 110, 115),
        ],
    ),
    titles: &[
        "{series} {noun} in {shade} with {ink}",
        "{noun} with {ink}, {shade}",
        "{ink} {noun} in {shade}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} with {ink}, to wear alone or over a jumper.",
        "A(n) {phrase} whose pendant turns to catch the light and always turns back.",
        "This {phrase} is strung and knotted by hand, so that nothing scatters if it breaks.",
    ],
    ..RING
};

pub(crate) const BRACELET: Line = Line {
    subject: Subject::Bracelet,
    category: "jewellery/bracelets",
    nouns: &[
        noun("beaded bracelet", 1, 70),
        noun("cuff", 2, 115),
        noun("open bangle", 2, 100),
    ],
    price: (2900, 7900),
    weight_g: (12, 45),
    dims: &[fixed("width_mm", "mm", "wide", 6, 26)],
    choice: Choice::Options(
        "Size",
        &[("Small", 98, 94), ("Medium", 100, 100), ("Large", 104, 108)],
    ),
    titles: &[
        "{series} {noun} in {shade} with {ink}",
        "{noun} with {ink}, {shade}",
        "{ink} {noun} in {shade}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} that slips over the hand and settles at the wrist.",
        "A(n) {phrase} with {ink}, made to be stacked or worn quite alone.",
        "This {phrase} is easy to put on with one hand, which took us three attempts.",
    ],
    ..RING
};
