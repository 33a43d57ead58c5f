//! Oil, honey, preserves, cheese, sweets, tea, coffee, cordials.

use super::{Choice, Class, Fact, Line, PLAIN, Painted, Shade, named, noun, shade};
use crate::art::{Finish, Subject};

/// Colours of a shop's labels and lids.
const LABELS: &[Shade] = &[
    shade("forest", 0x3f5a48, "Green"),
    shade("brick", 0x9d4a31, "Red"),
    shade("ink", 0x2f435c, "Blue"),
    shade("ochre", 0xb98433, "Yellow"),
    shade("aubergine", 0x593b4c, "Purple"),
    shade("black", 0x363230, "Black"),
];

const JARRED: &[Finish] = &[Finish::Glass];

const BEEKEEPING: Class = Class {
    shade_key: "flower",
    ink_key: None,
    techniques: &["raw", "cold-extracted", "creamed"],
    making: &[
        "The hives stand at nine hundred metres, far from fields, and are moved at night to follow the flowering.",
        "We spin the combs cold, let the honey settle for a month, and fill the jars by hand.",
        "Nothing is added and nothing is taken away: it is not heated, and only filtered through cloth.",
        "One family has kept these bees for three generations; the youngest is the one not afraid of them.",
    ],
    details: &[
        "It sets in winter, as real honey does; stand the jar in warm water and it runs again.",
        "Try it with fresh cheese, on toast, or from the spoon.",
        "Every jar carries the number of its hive and the month of its harvest.",
        "The taste of {shade} comes at the end and stays.",
    ],
    care: &[
        "Keep at room temperature, away from the sun.",
        "Not suitable for children under one year.",
    ],
    tags: &[
        "honey",
        "raw",
        "single origin",
        "local",
        "gift",
        "breakfast",
        "bees",
    ],
};

pub(crate) const HONEY: Line = Line {
    subject: Subject::HoneyJar,
    category: "pantry/honey",
    class: &BEEKEEPING,
    nouns: &[
        noun("honey", 0, 100),
        noun("creamed honey", 0, 108),
        noun("mountain honey", 0, 112),
        noun("honey with comb", 0, 150),
    ],
    shades: &[
        shade("rosemary", 0xe3b45a, "Yellow"),
        shade("thyme", 0xcf8f38, "Orange"),
        shade("heather", 0xa85f27, "Brown"),
        shade("orange blossom", 0xe9c06c, "Yellow"),
        shade("chestnut", 0x7a431f, "Brown"),
        shade("lavender", 0xe6c98a, "Yellow"),
        shade("holm oak", 0x5f351d, "Brown"),
        shade("eucalyptus", 0xb8792f, "Orange"),
        shade("wildflower", 0xd79c3f, "Yellow"),
        shade("lime blossom", 0xe2cf83, "Yellow"),
    ],
    inks: LABELS,
    decors: &[PLAIN],
    finishes: JARRED,
    materials: &["honey"],
    painted: Painted::Filled,
    price: (750, 1250),
    weight_g: (680, 820),
    dims: &[],
    choice: Choice::Options(
        "Weight",
        &[("250 g", 62, 55), ("500 g", 100, 100), ("1 kg", 180, 190)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {shade} {noun}",
        "{shade} {noun} from {town}",
    ],
    openings: &[
        "Raw {shade} {phrase} from the hills around {town}, thick, fragrant and never heated.",
        "A jar of {shade} {phrase} that tastes of one valley and one summer.",
        "Our {shade} {phrase} is gathered once a year, when the whole slope hums.",
    ],
    facts: &[Fact::Flag("organic", 45), Fact::Flag("raw", 90)],
};

const PRESERVING: Class = Class {
    shade_key: "variety",
    ink_key: None,
    techniques: &["slow-cooked", "cooked in copper", "preserved in brine"],
    making: &[
        "We cook it in copper pans, twenty jars at a time, with two parts of fruit to one of sugar.",
        "The fruit is picked ripe in the morning and is in the jar by evening.",
        "No pectin, no colouring: only fruit, sugar, a little lemon, and someone who keeps stirring.",
        "Everything is cut by hand, which is why there are still pieces to find.",
    ],
    details: &[
        "It won us a ribbon at the village fair, which we value more than a medal.",
        "Try it with cured cheese, with duck, or straight onto bread.",
        "Less sweet than you expect, and more {shade}.",
        "The batch and the date are written on the label by hand.",
    ],
    care: &[
        "Once open, keep it in the fridge and finish it within a month.",
        "Keeps for two years unopened, in the dark.",
    ],
    tags: &[
        "preserves",
        "small batch",
        "gourmet",
        "natural",
        "breakfast",
        "gift",
        "local",
    ],
};

pub(crate) const JAM: Line = Line {
    subject: Subject::JamJar,
    category: "pantry/preserves",
    class: &PRESERVING,
    nouns: &[
        noun("jam", 0, 100),
        noun("marmalade", 0, 105),
        noun("chutney", 0, 115),
        noun("compote", 0, 98),
    ],
    shades: &[
        shade("strawberry", 0xb02f35, "Red"),
        shade("bitter orange", 0xd9802b, "Orange"),
        shade("fig", 0x6b3b4d, "Purple"),
        shade("apricot", 0xe0963f, "Orange"),
        shade("blackberry", 0x45233f, "Purple"),
        shade("quince", 0xc9742f, "Orange"),
        shade("tomato", 0xb8402a, "Red"),
        shade("green plum", 0x9a9a44, "Green"),
        shade("cherry", 0x7f1f2c, "Red"),
        shade("lemon", 0xe3c14d, "Yellow"),
        shade("red pepper", 0xa9321f, "Red"),
        shade("pumpkin", 0xd68a34, "Orange"),
    ],
    weight_g: (380, 460),
    price: (520, 890),
    materials: &["fruit and cane sugar", "fruit, sugar and lemon"],
    choice: Choice::Options(
        "Pack",
        &[
            ("Single jar", 100, 100),
            ("Three jars", 280, 300),
            ("Six jars", 540, 600),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {shade} {noun}",
        "{shade} {noun} from {town}",
    ],
    openings: &[
        "A jar of {shade} {phrase} that tastes of the fruit and not of the factory.",
        "{shade} {phrase} cooked slowly in copper in our kitchen in {town}.",
        "A dark, glossy {shade} {phrase} for toast, yoghurt and midnight.",
    ],
    facts: &[
        Fact::Flag("organic", 40),
        Fact::Flag("vegan", 100),
        Fact::Flag("gluten_free", 100),
    ],
    ..HONEY
};

const MILLING: Class = Class {
    shade_key: "variety",
    ink_key: None,
    techniques: &["cold-pressed", "first pressing", "unfiltered"],
    making: &[
        "The olives are picked green in the last week of October and pressed within four hours, at less than twenty-two degrees.",
        "Our trees are terraced, some of them older than the village church, and harvested with nets and poles.",
        "The mill is at the end of the lane; we hear it all November.",
        "It rests in steel without light or air and is bottled only when you order.",
    ],
    details: &[
        "On the nose: cut grass, tomato leaf and green almond. At the end: a clean, peppery sting.",
        "Acidity below 0.2 degrees.",
        "For raw dishes, toast and good tomatoes; it would be a pity to fry with it.",
        "It was among the winners of the provincial prize last year.",
    ],
    care: &[
        "Keep closed, cool and dark, and enjoy it within a year of harvest.",
        "It may cloud in the cold, and clears at room temperature.",
    ],
    tags: &[
        "olive oil",
        "extra virgin",
        "early harvest",
        "single estate",
        "gourmet",
        "mediterranean",
        "gift",
    ],
};

pub(crate) const OLIVE_OIL: Line = Line {
    subject: Subject::OilBottle,
    category: "pantry/olive-oil",
    class: &MILLING,
    nouns: &[
        noun("extra virgin olive oil", 0, 100),
        noun("early harvest olive oil", 0, 130),
        noun("unfiltered olive oil", 0, 110),
    ],
    shades: &[
        shade("picual", 0x6f7a34, "Green"),
        shade("arbequina", 0xa9a046, "Green"),
        shade("hojiblanca", 0x8c9142, "Green"),
        shade("cornicabra", 0x7d8138, "Green"),
        shade("empeltre", 0xb7a24a, "Yellow"),
        shade("royal", 0x667338, "Green"),
        shade("farga", 0x9a9a50, "Green"),
    ],
    finishes: &[Finish::Glass, Finish::Gloss],
    materials: &["olives"],
    price: (1200, 2200),
    weight_g: (880, 1000),
    choice: Choice::Options(
        "Volume",
        &[
            ("250 ml", 62, 58),
            ("500 ml", 100, 100),
            ("1 litre", 178, 190),
            ("3 litres", 460, 520),
        ],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {noun}, {shade}",
        "{noun} from {town}, {shade}",
    ],
    openings: &[
        "{phrase} from a single estate near {town}, pressed from {shade} olives and nothing else.",
        "A bright, green {phrase} of the {shade} variety, with the bite that tells you it is fresh.",
        "Our {phrase} of {shade} olives is the reason the bread basket empties first.",
    ],
    facts: &[Fact::Flag("organic", 55)],
    ..HONEY
};

const CURING: Class = Class {
    shade_key: "variety",
    ink_key: None,
    techniques: &["preserved in brine", "cracked and cured", "dry-cured"],
    making: &[
        "They are picked by hand, sorted on a table in the shade, and cured in brine for five months with nothing to speed them along.",
        "Thyme, fennel, garlic and orange peel go in whole, from the garden behind the shed.",
        "The water comes from our own spring, the salt from the pans on the coast.",
    ],
    details: &[
        "Serve at room temperature with a thread of the same valley's oil.",
        "The brine makes a fine dressing for tomatoes.",
        "Firm to the bite, and clean at the stone.",
        "The batch and the date are written on the label by hand.",
    ],
    care: &[
        "Once open, keep in the fridge, covered by the brine, and finish within a month.",
        "Keeps for two years unopened, in the dark.",
    ],
    tags: &[
        "olives",
        "aperitif",
        "tapas",
        "gourmet",
        "natural",
        "mediterranean",
    ],
};

pub(crate) const OLIVES: Line = Line {
    subject: Subject::OliveJar,
    category: "pantry/preserves",
    class: &CURING,
    nouns: &[
        noun("olives", 0, 100),
        named("olives with herbs", "olives with herbs", 0, 108),
        noun("cracked olives", 0, 104),
    ],
    shades: &[
        shade("manzanilla", 0x87914a, "Green"),
        shade("gordal", 0x9fa658, "Green"),
        shade("black aragón", 0x46323a, "Purple"),
        shade("arbequina", 0x8a7a4a, "Brown"),
        shade("cornezuelo", 0x7b8a45, "Green"),
    ],
    materials: &["olives, water, salt and herbs"],
    price: (480, 860),
    weight_g: (560, 680),
    choice: Choice::Options("Pack", &[("Single jar", 100, 100), ("Three jars", 280, 300)]),
    titles: &[
        "{shade} {noun}",
        "{series} {shade} {noun}",
        "{shade} {noun} from {town}",
    ],
    openings: &[
        "A jar of {shade} {phrase}, firm and fruity, cured for months in water, salt and thyme.",
        "{shade} {phrase} as they are served in the bars of {region}, in a bowl that never stays full.",
        "Our {shade} {phrase} are cured the slow way, with nothing to hurry them.",
    ],
    facts: &[Fact::Flag("vegan", 100), Fact::Flag("gluten_free", 100)],
    ..HONEY
};

const STEEPING: Class = Class {
    shade_key: "flavour",
    ink_key: None,
    techniques: &["cold-steeped", "pressed by hand", "slow-simmered"],
    making: &[
        "Fruit and flowers steep overnight in syrup, are pressed by hand in the morning, and bottled hot the same day.",
        "We pick along the lane and in two friends' orchards, and stop when the baskets are full.",
        "There is no colouring in it and no flavouring: shake the bottle and you will see the fruit.",
    ],
    details: &[
        "One part to six of water, more in August.",
        "It is good over ice, over yoghurt, and over a sponge cake still warm.",
        "Children ask for it by name.",
        "The bottle is returnable: send back six and the seventh is on us.",
    ],
    care: &[
        "Shake well. Once open, keep in the fridge and finish within six weeks.",
        "Keeps for a year unopened, cool and dark.",
    ],
    tags: &[
        "cordial",
        "alcohol-free",
        "small batch",
        "summer",
        "natural",
        "aperitif",
    ],
};

pub(crate) const CORDIAL: Line = Line {
    subject: Subject::SyrupBottle,
    category: "pantry/cordials",
    class: &STEEPING,
    nouns: &[
        noun("cordial", 0, 100),
        noun("syrup", 0, 95),
        noun("shrub", 0, 115),
    ],
    shades: &[
        shade("elderflower", 0xd9cf86, "Yellow"),
        shade("lemon and mint", 0xc9cc6a, "Green"),
        shade("raspberry", 0xa82f4c, "Red"),
        shade("pomegranate", 0x93263a, "Red"),
        shade("ginger", 0xd6a857, "Yellow"),
        shade("tiger nut", 0xe2d2b0, "Cream"),
        shade("sour cherry", 0x74202d, "Red"),
        shade("rose", 0xd08a92, "Pink"),
    ],
    materials: &["fruit, sugar and spring water", "flowers, sugar and lemon"],
    price: (780, 1450),
    weight_g: (820, 980),
    choice: Choice::Options(
        "Volume",
        &[("250 ml", 64, 58), ("500 ml", 100, 100), ("750 ml", 138, 145)],
    ),
    titles: &[
        "{shade} {noun}",
        "{series} {shade} {noun}",
        "{shade} {noun} from {town}",
    ],
    openings: &[
        "{shade} {phrase} without alcohol, to stretch with sparkling water and a leaf of something green.",
        "A bottle of {shade} {phrase} that keeps a little of June for January.",
        "Our {shade} {phrase} is sharp first, sweet afterwards, and gone too soon.",
    ],
    facts: &[Fact::Flag("vegan", 100), Fact::Flag("alcohol_free", 100)],
    ..HONEY
};
