//! Cheese, sweets, tea, coffee.

use super::pantry::HONEY;
use super::{Choice, Class, Fact, Line, PLAIN, deco, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const DAIRY: Class = Class {
    shade_key: "milk",
    ink_key: None,
    techniques: &["raw milk", "pressed and cured", "smoked", "washed rind"],
    making: &[
        "It is made from the morning milk of our own flock, set with thistle or rennet and pressed in moulds that print the rind.",
        "The wheels are turned and brushed every other day for months in a cellar that smells of stone and walnuts.",
        "We make eleven cheeses a day, no more, because that is what the flock gives.",
        "The rind is rubbed with olive oil, never with plastic.",
    ],
    details: &[
        "Firm, a little grainy, with a taste of nuts and dry grass.",
        "Take it out of the fridge an hour before: cold cheese keeps its secrets.",
        "It goes with quince, with walnuts, and with silence.",
        "Sold whole or cut to order and wrapped in paper.",
    ],
    care: &[
        "Keep in the vegetable drawer, wrapped in paper, and eat within six weeks.",
        "Contains milk. Travels well for up to three days.",
    ],
    tags: &["cheese", "raw milk", "farmhouse", "cured", "gourmet", "tapas"],
};

pub(crate) const CHEESE: Line = Line {
    subject: Subject::CheeseWheel,
    category: "pantry/cheese",
    class: &DAIRY,
    nouns: &[
        noun("cured cheese", 0, 110),
        noun("semi-cured cheese", 0, 95),
        noun("aged farmhouse cheese", 0, 125),
        noun("smoked cheese", 0, 112),
        noun("cheese in rosemary", 0, 118),
    ],
    shades: &[
        shade("sheep's milk", 0xc9a465, "Cream"),
        shade("goat's milk", 0xd9c9a6, "White"),
        shade("cow's milk", 0xd6a94f, "Yellow"),
        shade("mixed milk", 0xb08a56, "Brown"),
        shade("raw sheep's milk", 0x9a7448, "Brown"),
    ],
    finishes: &[Finish::Matte],
    materials: &["milk, rennet and salt"],
    price: (1400, 2600),
    weight_g: (480, 560),
    choice: Choice::Options(
        "Cut",
        &[
            ("Wedge, 250 g", 55, 50),
            ("Half, 500 g", 100, 100),
            ("Whole, 1 kg", 186, 200),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {shade} {noun}",
        "{shade} {noun} from {town}",
    ],
    openings: &[
        "A(n) {phrase} of {shade} from a small dairy near {town}, made every day except Sunday.",
        "A(n) {phrase} of {shade} with a dark rind and an ivory heart.",
        "This {phrase} of {shade} is what shepherds here carry in their pockets.",
    ],
    facts: &[Fact::Text("cured_months", &["2", "4", "6", "9", "12"])],
    ..HONEY
};

const CONFECTIONERY: Class = Class {
    shade_key: "flavour",
    ink_key: None,
    techniques: &["hand-dipped", "pulled by hand", "baked in a wood oven"],
    making: &[
        "Almonds are roasted in the morning, ground on stone, and worked with honey in a copper pan for forty minutes.",
        "Each piece is cut and dipped by hand, which you can see from the little foot of chocolate it stands on.",
        "The recipe came from a convent kitchen and has lost nothing but the measurements in handfuls.",
        "We bake and box on the same day, and send on the next.",
    ],
    details: &[
        "No preservatives, no palm oil, and much less sugar than our grandparents used.",
        "It melts first and crunches later.",
        "Boxes are tied with cotton ribbon and can carry a card in your words.",
        "Good with coffee, better with a view.",
    ],
    care: &[
        "Keep cool and dry and eat within eight weeks, if you can wait.",
        "Contains nuts. May contain traces of milk and egg.",
    ],
    tags: &[
        "sweets",
        "almonds",
        "turrón",
        "gift box",
        "traditional recipe",
        "gourmet",
    ],
};

pub(crate) const SWEETS: Line = Line {
    subject: Subject::SweetsBox,
    category: "pantry/sweets",
    class: &CONFECTIONERY,
    nouns: &[
        named("praline box", "box of pralines", 0, 130),
        named("marzipan box", "box of marzipan", 0, 110),
        named("turrón assortment", "assortment of turrón", 0, 120),
        named("butter biscuits", "box of butter biscuits", 0, 85),
    ],
    shades: &[
        shade("almond", 0xb5734a, "Brown"),
        shade("orange and cinnamon", 0xc8763a, "Orange"),
        shade("dark chocolate", 0x4e3129, "Brown"),
        shade("pistachio", 0x8b9a5f, "Green"),
        shade("rose", 0xc98a88, "Pink"),
        shade("hazelnut", 0x8f6038, "Brown"),
        shade("fig and walnut", 0x5f3f4c, "Purple"),
        shade("lemon", 0xd9ba57, "Yellow"),
    ],
    decors: &[
        deco(Decor::Stars, "", "stars"),
        deco(Decor::Stripes, "", "stripes"),
        deco(Decor::Waves, "", "waves"),
        deco(Decor::Blossoms, "", "blossoms"),
    ],
    finishes: &[Finish::Matte],
    materials: &["almonds, sugar and honey", "almonds, cocoa and sugar"],
    price: (1100, 2300),
    weight_g: (260, 420),
    choice: Choice::Options(
        "Box",
        &[
            ("Small, 9 pieces", 62, 60),
            ("Medium, 15 pieces", 100, 100),
            ("Large, 28 pieces", 175, 185),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun}, {shade}",
        "{noun} with {shade}",
    ],
    openings: &[
        "A(n) {phrase} with {shade}, made for sharing and rarely shared.",
        "A(n) {phrase} with {shade} as they are made in {town} at Christmas, and by us all year.",
        "This {phrase} with {shade} is what we take along when we are asked to dinner.",
    ],
    facts: &[Fact::Flag("vegan", 30), Fact::Flag("gluten_free", 60)],
    ..HONEY
};

const HERBS: Class = Class {
    shade_key: "blend",
    ink_key: None,
    techniques: &["shade-dried", "hand-blended", "hand-picked"],
    making: &[
        "Leaves and flowers are picked by hand in the cool of the morning and dried in the shade, in thin layers.",
        "We blend it in small bowls, taste it, and blend it again; then we write down what we did.",
        "Everything grows within sight of the drying loft, except what has to come from far, and that is fairly paid.",
    ],
    details: &[
        "It makes about forty cups.",
        "Caffeine-free unless it says otherwise on the tin.",
        "The second infusion is, some say, the better one.",
        "The tin is painted by hand, and too good to throw away.",
    ],
    care: &[
        "Keep closed, dry and away from strong smells.",
        "One spoon per cup, water just off the boil, four minutes.",
    ],
    tags: &["tea", "herbal", "infusion", "loose leaf", "organic", "calm"],
};

pub(crate) const TEA: Line = Line {
    subject: Subject::TeaTin,
    category: "pantry/tea-and-coffee",
    class: &HERBS,
    nouns: &[
        noun("herbal tea", 0, 100),
        noun("infusion", 0, 95),
        noun("green tea", 0, 130),
        noun("evening tea", 0, 105),
    ],
    shades: &[
        shade("lemon verbena", 0x8a9a55, "Green"),
        shade("mountain thyme", 0x7c7f5e, "Green"),
        shade("chamomile", 0xd5ae4a, "Yellow"),
        shade("mint", 0x5f8f6d, "Green"),
        shade("orange peel", 0xc5742f, "Orange"),
        shade("hibiscus", 0x8d2f45, "Red"),
        shade("pennyroyal", 0x6d7d76, "Green"),
        shade("jasmine", 0x4f6f7b, "Blue"),
        shade("roasted twig", 0x7a5638, "Brown"),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Bands, "", "bands"),
        deco(Decor::Dots, "", "dots"),
        deco(Decor::Sprigs, "", "sprigs"),
        deco(Decor::Waves, "", "waves"),
    ],
    finishes: &[Finish::Satin],
    materials: &["dried herbs", "leaves and flowers"],
    price: (780, 1500),
    weight_g: (120, 180),
    choice: Choice::Options(
        "Weight",
        &[
            ("50 g", 62, 60),
            ("100 g", 100, 100),
            ("Refill bag, 250 g", 190, 180),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun}, {shade}",
        "{noun} with {shade}",
    ],
    openings: &[
        "A(n) {phrase} with {shade}, clear in the cup and long on the tongue.",
        "A tin of {phrase} with {shade} for the end of the afternoon.",
        "Our {phrase} with {shade} began as what we drank ourselves while the kettle was on anyway.",
    ],
    facts: &[Fact::Flag("organic", 60), Fact::Flag("caffeine_free", 75)],
    ..HONEY
};

const ROASTING: Class = Class {
    shade_key: "roast",
    ink_key: None,
    techniques: &["drum-roasted", "wood-roasted"],
    making: &[
        "We roast twelve kilos at a time in a drum from 1958, by ear and by nose, on Tuesdays and Fridays.",
        "The beans come from two cooperatives that we have visited and hope to visit again.",
        "It rests for three days after roasting, so that the cup is calm when it reaches you.",
    ],
    details: &[
        "In the cup: cocoa, toasted almond, and a little orange at the end.",
        "Good as espresso, patient in a moka pot.",
        "The date of roasting is stamped on every bag.",
        "Tell us how you brew and we grind it to match.",
    ],
    care: &[
        "Keep the bag closed and out of the fridge.",
        "At its best between one and eight weeks after roasting.",
    ],
    tags: &[
        "coffee",
        "freshly roasted",
        "fair trade",
        "breakfast",
        "small batch",
    ],
};

pub(crate) const COFFEE: Line = Line {
    subject: Subject::Pouch,
    category: "pantry/tea-and-coffee",
    class: &ROASTING,
    nouns: &[
        noun("coffee", 0, 100),
        noun("espresso coffee", 0, 105),
        noun("house blend coffee", 0, 95),
    ],
    shades: &[
        shade("light roast", 0xd2b48a, "Natural"),
        shade("medium roast", 0xb98f62, "Brown"),
        shade("dark roast", 0x4a3a33, "Black"),
        shade("decaffeinated", 0xc9c1b0, "Cream"),
        shade("wood roast", 0x8d5c3c, "Brown"),
    ],
    materials: &["arabica coffee"],
    finishes: &[Finish::Matte],
    price: (850, 1450),
    weight_g: (270, 290),
    choice: Choice::Options(
        "Grind",
        &[
            ("Whole beans", 100, 100),
            ("For moka pot", 100, 100),
            ("For filter", 100, 100),
            ("For espresso", 100, 100),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun}, {shade}",
        "{noun} from {town}, {shade}",
    ],
    openings: &[
        "A bag of {phrase}, {shade}, roasted in {town} and sent the day after.",
        "Our {phrase}, {shade}, is round, low in acid and made for milk if you take it.",
        "{phrase}, {shade}: the smell that wakes our street twice a week.",
    ],
    facts: &[Fact::Flag("organic", 50)],
    ..HONEY
};
