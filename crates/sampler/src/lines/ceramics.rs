//! Pots, tiles, and lamps with a thrown foot.

use super::{Choice, Class, Deco, Fact, Line, Noun, PLAIN, Painted, Shade, deco, dim, noun, shade};
use crate::art::{Decor, Finish, Subject};

const GLAZES: &[Shade] = &[
    shade("oat", 0xe6d9c1, "Cream"),
    shade("chalk", 0xf3ede2, "White"),
    shade("cobalt", 0x2c4f82, "Blue"),
    shade("sage", 0x97a587, "Green"),
    shade("olive green", 0x747b46, "Green"),
    shade("ochre", 0xd29c42, "Yellow"),
    shade("iron black", 0x33302f, "Black"),
    shade("sky blue", 0x8fb0c4, "Blue"),
    shade("rose clay", 0xcf9484, "Pink"),
    shade("rust", 0xa9522f, "Orange"),
    shade("celadon", 0xa9c2b0, "Green"),
    shade("honey", 0xbd7f38, "Brown"),
    shade("deep teal", 0x2f5d66, "Blue"),
    shade("bare terracotta", 0xbf714a, "Orange"),
];

const PIGMENTS: &[Shade] = &[
    shade("cobalt", 0x2a4a80, "Blue"),
    shade("cream", 0xf2e7d2, "Cream"),
    shade("manganese", 0x5a3340, "Purple"),
    shade("copper green", 0x45755c, "Green"),
    shade("iron red", 0x9c432a, "Red"),
    shade("saffron", 0xd9a13c, "Yellow"),
    shade("charcoal", 0x3a3533, "Black"),
    shade("turquoise", 0x3f8f96, "Blue"),
];

const PAINTED: &[Deco] = &[
    PLAIN,
    deco(Decor::Bands, "with {ink} bands", "bands"),
    deco(Decor::Drip, "with a(n) {ink} drip", "drip glaze"),
    deco(Decor::Dipped, "dipped in {ink}", "dipped"),
    deco(Decor::Speckled, "with {ink} speckle", "speckled"),
    deco(Decor::Sprigs, "with {ink} sprigs", "sprigs"),
    deco(Decor::Stars, "with {ink} stars", "stars"),
    deco(Decor::Blossoms, "with {ink} blossoms", "blossoms"),
    deco(Decor::Waves, "with {ink} waves", "waves"),
    deco(Decor::Carved, "with carved flutes", "carved"),
    deco(Decor::Dots, "with {ink} dots", "dots"),
    deco(Decor::Checks, "with {ink} checks", "checks"),
    deco(Decor::Kilim, "with {ink} diamonds", "diamonds"),
    deco(Decor::Scales, "with {ink} scales", "scales"),
];

const CLAYS: &[&str] = &["stoneware", "red earthenware", "white earthenware", "porcelain"];
const GLAZED: &[Finish] = &[Finish::Gloss, Finish::Satin, Finish::Satin, Finish::Matte];

const POTTERY: Class = Class {
    shade_key: "glaze",
    ink_key: Some("decoration_colour"),
    techniques: &["wheel-thrown", "thrown and trimmed", "wheel-thrown and turned"],
    making: &[
        "Each piece is thrown on the wheel, turned the next day when the clay is leather-hard, and fired twice: once for the clay and once for the glaze.",
        "We wedge the {material} by hand, throw it in one go, and let it dry for a week under cloth so that it does not warp.",
        "The glaze is our own recipe, ground from local minerals and poured rather than sprayed, which is why it gathers at the edges.",
        "It leaves the kiln at 1,240 degrees and takes a full day to cool; we open the door only when it no longer sings.",
        "Everything is done by the same two hands, from the lump of clay to the last brushstroke, so no two are quite alike.",
        "It is made in small batches of a dozen, all from the same bag of clay and the same bucket of glaze.",
        "The foot is left bare and sanded smooth, so that you can feel the clay and it does not mark the table.",
    ],
    details: &[
        "Small differences in tone and line come from the hand and the kiln, and are part of the piece.",
        "You will find our mark pressed into the foot.",
        "The {shade} glaze changes with the light: calmer in the morning, warmer at night.",
        "It stacks with its sisters and sits well with plates you already own.",
        "The rim is thin enough to be pleasant and thick enough to last.",
        "Inside it is glazed all over, so it does not take on tastes or stains.",
    ],
    care: &[
        "Dishwasher and microwave safe, though a wash by hand keeps the glaze bright for longer.",
        "Wash with warm water and a soft sponge; avoid sudden changes of temperature.",
        "Safe in the dishwasher. Not for the oven or an open flame.",
        "It goes in the dishwasher; stack it with a little room to breathe.",
    ],
    tags: &[
        "handmade",
        "ceramics",
        "pottery",
        "wheel-thrown",
        "tableware",
        "slow living",
        "gift",
    ],
};

const DECORATIVE: Class = Class {
    details: &[
        "Small differences in tone and line come from the hand and the kiln, and are part of the piece.",
        "You will find our mark pressed into the foot.",
        "The {shade} glaze changes with the light: calmer in the morning, warmer at night.",
        "A ring of felt under the foot protects your furniture.",
        "It looks well alone and better in threes.",
    ],
    care: &[
        "Wipe clean with a soft, damp cloth.",
        "Wash by hand with warm water; no scouring pads, no sudden cold.",
    ],
    tags: &[
        "handmade",
        "ceramics",
        "pottery",
        "wheel-thrown",
        "home decor",
        "interior",
        "gift",
    ],
    ..POTTERY
};

const LAMPMAKING: Class = Class {
    details: &[
        "The light comes out warm at the top and soft through the linen.",
        "The switch sits on the cable, where your hand finds it in the dark.",
        "The {shade} glaze changes with the light: calmer in the morning, warmer at night.",
        "A ring of felt under the foot protects your furniture.",
    ],
    care: &[
        "Dust with a dry, soft cloth.",
        "Unplug before changing the bulb; dust with a dry cloth.",
    ],
    tags: &[
        "handmade",
        "ceramics",
        "lighting",
        "home decor",
        "interior",
        "linen shade",
        "gift",
    ],
    ..POTTERY
};

const FIRECLAY: Class = Class {
    techniques: &["hand-built", "wheel-thrown"],
    making: &[
        "The clay is full of mica, which lets it take the flame without cracking.",
        "It is built from coils on a slow wheel, burnished with a river stone, and fired once, with wood.",
        "We glaze the inside only; outside, the clay shows what the fire did.",
    ],
    details: &[
        "It keeps the heat for an hour at the table.",
        "Rice, beans and fish all come out better, and we have tried.",
        "The mark of the fire makes each of them different.",
    ],
    care: &[
        "Soak it for a night before the first use; after that, heat it gently and never empty.",
        "Wash by hand when it has cooled.",
    ],
    tags: &[
        "handmade",
        "ceramics",
        "cookware",
        "oven",
        "slow cooking",
        "fire clay",
    ],
    ..POTTERY
};

const SETS: Choice = Choice::Options(
    "Set",
    &[
        ("Single", 100, 100),
        ("Pair", 192, 200),
        ("Set of four", 370, 400),
        ("Set of six", 535, 600),
    ],
);
const SIZES: Choice = Choice::Options(
    "Size",
    &[("Small", 78, 65), ("Medium", 100, 100), ("Large", 138, 150)],
);

const TITLES: &[&str] = &[
    "{series} {noun} in {shade} {deco}",
    "{noun} in {shade} {deco}",
    "{material} {noun}, {shade} {deco}",
    "{noun}, {shade} {deco}",
];

const DISHWASHER: &[Fact] = &[
    Fact::Flag("dishwasher_safe", 100),
    Fact::Flag("microwave_safe", 80),
    Fact::Flag("food_safe", 100),
];

pub(crate) const MUG: Line = Line {
    subject: Subject::Mug,
    category: "ceramics/tableware",
    class: &POTTERY,
    nouns: &[
        noun("mug", 1, 100),
        noun("belly mug", 2, 105),
        noun("tapered mug", 3, 95),
        noun("breakfast mug", 4, 125),
        noun("coffee cup", 5, 72),
    ],
    shades: GLAZES,
    inks: PIGMENTS,
    decors: PAINTED,
    finishes: GLAZED,
    materials: CLAYS,
    painted: Painted::Over,
    price: (1600, 2800),
    weight_g: (280, 380),
    dims: &[
        dim("height_cm", "cm", "tall", 8, 10),
        dim("diameter_cm", "cm", "across", 8, 9),
        dim("capacity_ml", "ml", "to the brim", 260, 340),
    ],
    choice: SETS,
    titles: TITLES,
    openings: &[
        "A(n) {phrase} for slow mornings, with a handle that takes three fingers and a rim that is kind to the lip.",
        "A(n) {phrase} in {material} with a(n) {shade} glaze, made for coffee, tea, and everything one drinks by the window.",
        "The {phrase} we use ourselves in the workshop: it keeps the heat, sits low on the table, and feels right in the hand.",
        "A generous {phrase} in {shade}, one of the first shapes we learned to throw and still the one we like best.",
    ],
    facts: DISHWASHER,
};

pub(crate) const BOWL: Line = Line {
    subject: Subject::Bowl,
    category: "ceramics/serving",
    nouns: &[
        noun("salad bowl", 1, 130),
        noun("pasta bowl", 2, 90),
        noun("deep bowl", 3, 85),
        noun("footed bowl", 4, 110),
        noun("fruit bowl", 1, 140),
    ],
    price: (2400, 4200),
    weight_g: (620, 900),
    dims: &[
        dim("diameter_cm", "cm", "across", 19, 24),
        dim("height_cm", "cm", "tall", 7, 10),
    ],
    choice: SIZES,
    openings: &[
        "A(n) {phrase} with an open, generous curve, made for the middle of the table.",
        "A(n) {phrase} in {material}, deep enough for a salad for the family and handsome enough to leave out with fruit.",
        "This {phrase} in {shade} is thrown from a single ball of clay and turned thin at the rim.",
        "A quiet {phrase} that makes tomatoes look redder and lemons look brighter.",
    ],
    ..MUG
};

pub(crate) const PLATE: Line = Line {
    subject: Subject::Plate,
    category: "ceramics/tableware",
    nouns: &[
        noun("dinner plate", 1, 115),
        noun("dessert plate", 1, 80),
        noun("wall plate", 1, 130),
        noun("serving plate", 1, 140),
    ],
    price: (1900, 3400),
    weight_g: (480, 720),
    dims: &[
        dim("diameter_cm", "cm", "across", 22, 25),
        dim("height_cm", "cm", "tall", 2, 3),
    ],
    openings: &[
        "A(n) {phrase} in {shade}, with a broad rim that frames whatever you serve.",
        "This {phrase} in {material} is flat enough to cut on and deep enough to keep the sauce where it belongs.",
        "A(n) {phrase} painted after the plates that have hung in our kitchens for three centuries.",
        "A(n) {phrase} for everyday, made to be stacked, mixed and used.",
    ],
    ..MUG
};

pub(crate) const TEAPOT: Line = Line {
    subject: Subject::Teapot,
    category: "ceramics/serving",
    nouns: &[
        noun("teapot", 1, 100),
        noun("small teapot", 1, 75),
        noun("family teapot", 1, 130),
    ],
    price: (5200, 8600),
    weight_g: (750, 1000),
    dims: &[
        dim("height_cm", "cm", "tall", 14, 17),
        dim("width_cm", "cm", "wide", 21, 25),
        dim("capacity_ml", "ml", "to the brim", 700, 950),
    ],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} that pours in a clean thread and does not drip.",
        "A(n) {phrase} in {shade}, with a built-in strainer and a lid that stays put when you pour.",
        "A round {phrase} in {material}; body, spout, lid and handle are made apart and joined the same afternoon.",
    ],
    ..MUG
};

pub(crate) const JUG: Line = Line {
    subject: Subject::Jug,
    category: "ceramics/serving",
    nouns: &[
        noun("water jug", 1, 110),
        noun("milk jug", 2, 60),
        noun("pitcher", 3, 120),
        noun("carafe jug", 4, 90),
    ],
    price: (3200, 5400),
    weight_g: (700, 1000),
    dims: &[
        dim("height_cm", "cm", "tall", 17, 22),
        dim("capacity_ml", "ml", "to the brim", 900, 1300),
    ],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} with a pulled lip that pours where you point it.",
        "A(n) {phrase} in {shade}, as good for water on the table as for flowers on the sill.",
        "This {phrase} follows the jugs that used to stand at every well in {region}.",
    ],
    ..MUG
};

pub(crate) const TUMBLER: Line = Line {
    subject: Subject::Tumbler,
    category: "ceramics/tableware",
    nouns: &[
        noun("tumbler", 1, 100),
        noun("espresso cup", 1, 60),
        noun("tea bowl", 1, 90),
    ],
    price: (1200, 2100),
    weight_g: (150, 220),
    dims: &[
        dim("height_cm", "cm", "tall", 8, 10),
        dim("capacity_ml", "ml", "to the brim", 160, 230),
    ],
    openings: &[
        "A(n) {phrase} without a handle, for cortado, for water, or for a pencil or two.",
        "A small {phrase} in {shade} that warms both hands.",
        "A(n) {phrase} in {material} with a slight waist, so that it never slips.",
    ],
    ..MUG
};

pub(crate) const CASSEROLE: Line = Line {
    subject: Subject::Casserole,
    category: "ceramics/serving",
    class: &FIRECLAY,
    nouns: &[
        noun("casserole", 1, 120),
        noun("lidded baker", 1, 100),
        noun("stew pot", 1, 140),
    ],
    price: (3800, 6400),
    weight_g: (1500, 2300),
    dims: &[
        dim("diameter_cm", "cm", "across", 21, 26),
        dim("height_cm", "cm", "tall", 12, 15),
        dim("capacity_ml", "ml", "to the brim", 1800, 2600),
    ],
    choice: SIZES,
    openings: &[
        "A(n) {phrase} in refractory clay, at home in the oven, on gas, and on the table.",
        "A(n) {phrase} that cooks chickpeas slowly, keeps the heat for an hour, and forgives a distracted cook.",
        "This {phrase} in {shade} comes from a clay that has been dug near {town} for longer than anyone remembers.",
    ],
    materials: &["refractory clay", "micaceous earthenware"],
    facts: &[
        Fact::Flag("oven_safe", 100),
        Fact::Flag("dishwasher_safe", 0),
        Fact::Flag("food_safe", 100),
    ],
    ..MUG
};

pub(crate) const VASE: Line = Line {
    subject: Subject::Vase,
    category: "ceramics/vases-and-planters",
    class: &DECORATIVE,
    nouns: &[
        noun("bottle vase", 1, 110),
        noun("urn vase", 2, 115),
        noun("cylinder vase", 3, 95),
        noun("moon vase", 4, 125),
        noun("trumpet vase", 5, 105),
        noun("gourd vase", 6, 100),
        noun("bud vase", 7, 60),
    ],
    price: (3400, 7800),
    weight_g: (700, 1400),
    dims: &[
        dim("height_cm", "cm", "tall", 20, 28),
        dim("diameter_cm", "cm", "across", 12, 17),
    ],
    choice: SIZES,
    openings: &[
        "A(n) {phrase} that is enough by itself and better with a branch from the garden.",
        "A(n) {phrase} in {shade}, with a narrow mouth that holds three stems just so.",
        "This {phrase} in {material} began as a study of the oil jars of {region}.",
        "A tall, calm {phrase} for the sideboard, the hearth, or the end of a long corridor.",
    ],
    facts: &[Fact::Flag("watertight", 92)],
    ..MUG
};

pub(crate) const PLANTER: Line = Line {
    subject: Subject::Planter,
    category: "ceramics/vases-and-planters",
    class: &DECORATIVE,
    nouns: &[
        noun("planter", 1, 100),
        noun("flower pot", 1, 85),
        noun("herb pot", 1, 70),
        noun("cachepot", 1, 110),
    ],
    price: (2200, 4600),
    weight_g: (900, 1700),
    dims: &[
        dim("height_cm", "cm", "tall", 14, 19),
        dim("diameter_cm", "cm", "across", 15, 20),
    ],
    choice: SIZES,
    openings: &[
        "A(n) {phrase} in {shade} for succulents, geraniums, or the basil that never lasts in plastic.",
        "A(n) {phrase} in {material} with a drainage hole and a matching saucer.",
        "This {phrase} breathes, so roots stay healthy even if you water a little too much.",
    ],
    facts: &[Fact::Flag("frost_proof", 55), Fact::Flag("drainage_hole", 75)],
    ..MUG
};

const TILE_MAKING: Class = Class {
    techniques: &["hand-painted", "cuerda seca", "screen-printed and hand-finished"],
    making: &[
        "The tile is pressed from local clay, fired, covered in white tin glaze and painted by hand before the second firing.",
        "We draw the pattern with a greasy line that keeps the colours apart, a method called cuerda seca that came here in the tenth century.",
        "Each one is painted over a pricked paper pattern, so the lines meet at the joints but the brush still shows.",
    ],
    details: &[
        "Turned against each other the tiles make a pattern that never quite ends.",
        "Tones vary a little from one firing to the next: order all you need at once.",
        "They are calibrated to half a millimetre, so narrow joints are possible.",
        "The back is ribbed, so that any tile adhesive holds.",
    ],
    care: &[
        "Clean with water and neutral soap; avoid acids and scouring pads.",
        "For walls and splashbacks, indoors or under cover.",
    ],
    tags: &[
        "tiles",
        "hand-painted",
        "kitchen",
        "bathroom",
        "azulejo",
        "renovation",
    ],
    ..POTTERY
};

pub(crate) const TILE: Line = Line {
    subject: Subject::Tile,
    category: "ceramics/tiles",
    class: &TILE_MAKING,
    nouns: &[
        named_tiles("wall tiles", "set of wall tiles"),
        named_tiles("azulejo panel", "azulejo panel"),
        named_tiles("courtyard tiles", "set of courtyard tiles"),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Stars, "with {ink} stars", "stars"),
        deco(Decor::Sprigs, "with {ink} leaves", "leaves"),
        deco(Decor::Waves, "with {ink} arcs", "arcs"),
    ],
    finishes: &[Finish::Gloss, Finish::Satin],
    materials: &["red earthenware", "white earthenware"],
    price: (1400, 3600),
    weight_g: (900, 1600),
    dims: &[dim("side_cm", "cm", "to a side", 13, 20)],
    choice: Choice::Options(
        "Pack",
        &[
            ("Sample", 35, 25),
            ("4 tiles", 100, 100),
            ("9 tiles", 210, 225),
            ("25 tiles", 540, 625),
        ],
    ),
    openings: &[
        "A(n) {phrase} in {shade} and {ink}, for a splashback, a stair riser, or a frame on the wall.",
        "A(n) {phrase} after a pattern from an old patio in {region}.",
        "Four make a rose, nine make a carpet: this {phrase} is meant to be turned and tried before you fix it.",
    ],
    facts: &[Fact::Flag("outdoor", 30)],
    ..MUG
};

const fn named_tiles(title: &'static str, phrase: &'static str) -> Noun {
    super::named(title, phrase, 0, 100)
}

pub(crate) const CERAMIC_LAMP: Line = Line {
    subject: Subject::Lamp,
    category: "furniture-and-light/lamps",
    class: &LAMPMAKING,
    nouns: &[
        noun("table lamp", 0, 100),
        noun("bedside lamp", 0, 80),
        noun("reading lamp", 0, 110),
    ],
    price: (8900, 16500),
    weight_g: (1400, 2200),
    dims: &[
        dim("height_cm", "cm", "tall", 38, 50),
        dim("diameter_cm", "cm", "across", 24, 32),
    ],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} with a thrown foot in {shade} and a pleated linen shade that turns any bulb into evening.",
        "A(n) {phrase} for the corner where you read: warm, steady, and good company when it is off.",
        "The foot of this {phrase} is thrown in {material}; the shade is sewn two streets away.",
    ],
    facts: &[
        Fact::Text("bulb", &["E27, up to 40 W", "E14, up to 25 W"]),
        Fact::Text("cable", &["2 m, cotton-covered", "1.8 m, linen-covered"]),
    ],
    ..MUG
};

pub(crate) const CANDLESTICK: Line = Line {
    subject: Subject::Candlestick,
    category: "bath-and-candles/candle-holders",
    class: &DECORATIVE,
    nouns: &[
        super::named("candlesticks", "pair of candlesticks", 0, 100),
        super::named("taper holders", "pair of taper holders", 0, 85),
    ],
    decors: &[PLAIN],
    price: (3600, 6200),
    weight_g: (600, 900),
    dims: &[dim("height_cm", "cm", "tall", 18, 26)],
    choice: Choice::One,
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} {material}",
        "{noun}, {shade}",
    ],
    openings: &[
        "A(n) {phrase} in {shade}, one taller than the other, as they should be.",
        "A(n) {phrase} turned like the balusters of an old staircase.",
        "A(n) {phrase} in {material} for long dinners; standard tapers fit without wax or fuss.",
    ],
    facts: &[],
    ..MUG
};
