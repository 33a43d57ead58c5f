//! Soap, creams, oils, salts, candles.

use super::{Choice, Class, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const SCENTS: &[Shade] = &[
    shade("green olive", 0xb9b27a, "Green"),
    shade("lavender", 0xb3a3c9, "Purple"),
    shade("rosemary and mint", 0x9fb392, "Green"),
    shade("goat milk", 0xf1e8d8, "White"),
    shade("orange blossom", 0xeec48f, "Orange"),
    shade("charcoal and cedar", 0x4b4847, "Black"),
    shade("rose clay", 0xd9a39a, "Pink"),
    shade("honey and oat", 0xd9ae68, "Yellow"),
    shade("sea salt", 0xb7c9cf, "Blue"),
    shade("fig leaf", 0x8f9c6e, "Green"),
    shade("calendula", 0xe0a64b, "Orange"),
    shade("almond", 0xe3cfb2, "Cream"),
    shade("thyme and lemon", 0xd8cf86, "Yellow"),
    shade("cinnamon", 0xa96a45, "Brown"),
];

const LABELS: &[Shade] = &[
    shade("forest", 0x3d5547, "Green"),
    shade("ink blue", 0x33475f, "Blue"),
    shade("terracotta", 0xb0603f, "Orange"),
    shade("aubergine", 0x5b3e52, "Purple"),
    shade("slate", 0x4d5357, "Grey"),
];

const SOAPMAKING: Class = Class {
    shade_key: "scent",
    ink_key: None,
    techniques: &["cold process", "hot process", "whipped by hand"],
    making: &[
        "It is made by the cold process with extra virgin olive oil, poured into wooden moulds, cut by hand and cured for eight weeks.",
        "We make it in batches of forty, with oils pressed nearby and herbs from the slope behind the workshop.",
        "The herbs are picked in June, dried in the attic, and steeped in warm oil for a month before anything else happens.",
        "Nothing in it has a name you cannot pronounce.",
        "The scent comes from essential oils alone; the colour from clays, petals and spices.",
    ],
    details: &[
        "It is suitable for sensitive skin and tested only on ourselves.",
        "The {shade} is gentle, and does not linger in the room after you have left it.",
        "It comes wrapped in paper without plastic, stamped with our seal.",
        "The recipe is our grandmother's; the only change is less lye and more patience.",
    ],
    care: &[
        "Keep it dry between uses and it will last for months.",
        "Store in a cool, dark place and use within twelve months of opening.",
        "For external use; avoid the eyes.",
    ],
    tags: &[
        "natural",
        "vegan",
        "plastic-free",
        "skin care",
        "essential oils",
        "handmade",
        "zero waste",
    ],
};

const BALMS: Class = Class {
    techniques: &["whipped by hand", "cold-pressed", "steeped in the sun"],
    making: &[
        "The herbs are picked in June, dried in the attic, and steeped in warm oil for a month before anything else happens.",
        "We melt, stir and fill in batches of sixty, and stop when the kettle is empty.",
        "Five ingredients, each of which you could eat, though we would rather you did not.",
    ],
    details: &[
        "It is suitable for sensitive skin and tested only on ourselves.",
        "The {shade} is gentle, and does not linger in the room after you have left it.",
        "A little goes a long way; most people use too much for the first week.",
        "Refills are half the price: send back the empty one.",
    ],
    care: &[
        "Store in a cool, dark place and use within twelve months of opening.",
        "For external use; avoid the eyes.",
    ],
    ..SOAPMAKING
};

const SATIN: &[Finish] = &[Finish::Satin];

pub(crate) const SOAP: Line = Line {
    subject: Subject::SoapBar,
    category: "bath-and-candles/soap",
    class: &SOAPMAKING,
    nouns: &[
        noun("soap bar", 0, 100),
        noun("shampoo bar", 0, 120),
        noun("kitchen soap", 0, 95),
        noun("shaving soap", 0, 115),
        noun("garden soap", 0, 105),
    ],
    shades: SCENTS,
    inks: LABELS,
    decors: &[
        PLAIN,
        deco(Decor::Speckled, "with poppy seeds", "with seeds"),
        deco(Decor::Waves, "with a clay swirl", "swirled"),
        deco(Decor::Bands, "in two layers", "layered"),
        deco(Decor::Dots, "with dried petals", "with petals"),
    ],
    finishes: SATIN,
    materials: &["olive oil", "olive and coconut oil", "olive oil and shea butter"],
    painted: Painted::Over,
    price: (550, 950),
    weight_g: (95, 120),
    dims: &[fixed("bar_g", "g", "when cut", 95, 120)],
    choice: Choice::Options(
        "Pack",
        &[
            ("Single bar", 100, 100),
            ("Three bars", 275, 300),
            ("Six bars", 520, 600),
        ],
    ),
    titles: &[
        "{shade} {noun} {deco}",
        "{series} {noun}, {shade} {deco}",
        "{noun} of {shade} {deco}",
    ],
    openings: &[
        "A(n) {phrase} scented with {shade} that lathers softly and leaves nothing behind but clean skin.",
        "A(n) {phrase} made with {material}, for people who like their soap to smell of something real.",
        "This {phrase} is hard enough to last a season and mild enough for a child.",
    ],
    facts: &[Fact::Flag("vegan", 80), Fact::Flag("palm_oil_free", 100)],
};

pub(crate) const CREAM: Line = Line {
    subject: Subject::CreamTin,
    category: "bath-and-candles/creams-and-oils",
    class: &BALMS,
    nouns: &[
        noun("hand cream", 0, 100),
        noun("body balm", 0, 120),
        noun("lip balm", 0, 45),
        noun("foot balm", 0, 105),
    ],
    decors: &[PLAIN],
    finishes: &[Finish::Metal, Finish::Satin],
    materials: &[
        "beeswax and almond oil",
        "shea butter and olive oil",
        "beeswax and calendula oil",
    ],
    price: (900, 1900),
    weight_g: (70, 140),
    dims: &[],
    choice: Choice::Options(
        "Size",
        &[("30 ml", 60, 55), ("60 ml", 100, 100), ("120 ml", 170, 190)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun} with {shade}",
        "{noun} of {material}, {shade}",
    ],
    openings: &[
        "A(n) {phrase} with {shade} for skin that has been out in the wind.",
        "A(n) {phrase} of {material}: a little is enough, and the tin lasts a winter.",
        "This {phrase} melts at body warmth and is gone before you have found your gloves.",
    ],
    ..SOAP
};

pub(crate) const FACE_OIL: Line = Line {
    subject: Subject::DropperBottle,
    category: "bath-and-candles/creams-and-oils",
    class: &BALMS,
    nouns: &[
        noun("face oil", 0, 120),
        noun("beard oil", 0, 95),
        noun("bath oil", 0, 110),
        noun("massage oil", 0, 105),
    ],
    decors: &[PLAIN],
    finishes: &[Finish::Glass],
    materials: &[
        "almond and rosehip oil",
        "jojoba oil",
        "argan oil",
        "olive squalane",
    ],
    price: (1400, 2900),
    weight_g: (110, 190),
    dims: &[],
    choice: Choice::Options(
        "Volume",
        &[("30 ml", 100, 100), ("50 ml", 145, 140), ("100 ml", 240, 230)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun} with {shade}",
        "{noun} of {material}, {shade}",
    ],
    openings: &[
        "A(n) {phrase} with {shade}: three drops, warm hands, one minute.",
        "A(n) {phrase} of cold-pressed {material}, bottled in amber glass to keep the light out.",
        "This {phrase} sinks in quickly and smells of a walk after rain.",
    ],
    ..SOAP
};

pub(crate) const BATH_SALTS: Line = Line {
    subject: Subject::BathSalts,
    category: "bath-and-candles/bath-salts",
    class: &BALMS,
    nouns: &[
        named("bath salts", "bath salt", 0, 100),
        noun("foot soak", 0, 85),
        noun("sea salt scrub", 0, 105),
    ],
    decors: &[PLAIN],
    finishes: &[Finish::Glass],
    materials: &["sea salt", "sea salt and dried herbs", "sea salt and clay"],
    price: (1100, 1900),
    weight_g: (380, 620),
    dims: &[],
    choice: Choice::Options(
        "Weight",
        &[("250 g", 70, 60), ("500 g", 100, 100), ("1 kg", 175, 190)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun} with {shade}",
        "{noun} with {shade}, {material}",
    ],
    openings: &[
        "Coarse salt from the pans of the coast with {shade}, for the kind of bath that ends the day.",
        "A jar of {phrase} with {shade}: two handfuls, hot water, closed door.",
        "We rake the salt by hand at the end of summer and blend this {phrase} with {shade} in the autumn.",
    ],
    ..SOAP
};

const CHANDLERY: Class = Class {
    shade_key: "scent",
    ink_key: Some("vessel"),
    techniques: &["made by hand", "hand-finished", "small batch"],
    making: &[
        "The wax is melted at seventy degrees, worked by hand, and left to rest for two weeks before it leaves.",
        "The wick is plain cotton, trimmed to burn evenly from edge to edge.",
        "The scent is blended by nose and written down afterwards.",
        "Made by hand in batches small enough to be done before lunch.",
    ],
    details: &[
        "The {shade} is present without taking over the room.",
        "It burns without smoke and leaves no soot on the wall.",
        "Send back what is left of the wax and we melt it into the next one.",
    ],
    care: &[
        "Let the whole surface melt the first time, and trim the wick to five millimetres.",
        "Never leave a burning candle alone; keep away from draughts and curtains.",
    ],
    tags: &[
        "candle",
        "natural wax",
        "home fragrance",
        "hand-poured",
        "gift",
        "cosy",
    ],
};

pub(crate) const CANDLE: Line = Line {
    subject: Subject::Candle,
    category: "bath-and-candles/candles",
    class: &CHANDLERY,
    nouns: &[
        noun("scented candle", 1, 110),
        noun("travel candle", 1, 75),
        named("pillar candles", "set of pillar candles", 2, 130),
        named("dipped tapers", "bundle of dipped tapers", 3, 80),
    ],
    inks: &[
        shade("amber glass", 0xa8622c, "Orange"),
        shade("smoked glass", 0x6f6f70, "Grey"),
        shade("sage stoneware", 0x8e9c80, "Green"),
        shade("white stoneware", 0xece5d8, "White"),
        shade("terracotta", 0xb5683f, "Orange"),
        shade("indigo stoneware", 0x3a4e73, "Blue"),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Carved, "with a ribbed finish", "ribbed"),
        deco(Decor::Bands, "with pressed bands", "bands"),
    ],
    finishes: &[Finish::Glass, Finish::Matte, Finish::Satin],
    materials: &["beeswax", "soy wax", "rapeseed wax", "olive wax"],
    painted: Painted::Poured,
    price: (1400, 2900),
    weight_g: (260, 480),
    dims: &[
        dim("height_cm", "cm", "tall", 8, 11),
        dim("burn_hours", "hours", "of light", 35, 50),
    ],
    choice: Choice::Options(
        "Size",
        &[("Small", 68, 55), ("Medium", 100, 100), ("Large", 150, 175)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun}, {shade}",
        "{material} {noun}, {shade} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {material} with {shade}, for the hour when the lamps are not yet needed.",
        "A(n) {phrase} that smells of {shade} when it is lit and hardly at all when it is not.",
        "This {phrase} is made in {town} and burns slowly, evenly and clean.",
    ],
    facts: &[Fact::Flag("vegan", 60)],
    ..SOAP
};
