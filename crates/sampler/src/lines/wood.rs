//! Boards, spoons, turned wood, knives, furniture.

use super::{Choice, Class, Deco, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const WOODS: &[Shade] = &[
    shade("olive wood", 0xbd8a4e, "Brown"),
    shade("oak", 0xc9a06a, "Brown"),
    shade("walnut", 0x7a5238, "Brown"),
    shade("chestnut", 0xa87445, "Brown"),
    shade("beech", 0xdbb98c, "Natural"),
    shade("cherry", 0xb27048, "Brown"),
    shade("ash", 0xe0c9a3, "Natural"),
    shade("holm oak", 0x8d6443, "Brown"),
    shade("almond wood", 0xa56a3d, "Brown"),
    shade("boxwood", 0xe3cc8f, "Yellow"),
];

const PAINTS: &[Shade] = &[
    shade("sea blue", 0x4f7b92, "Blue"),
    shade("brick red", 0xa84c33, "Red"),
    shade("cream", 0xf0e5cf, "Cream"),
    shade("forest green", 0x43614f, "Green"),
    shade("ochre", 0xd09a3e, "Yellow"),
    shade("charcoal", 0x3b3735, "Black"),
];

const JOINERY: Class = Class {
    shade_key: "wood",
    ink_key: None,
    techniques: &["hand-carved", "cut from one piece", "sawn and scraped by hand"],
    making: &[
        "The wood was felled in winter, sawn locally, and left to dry under a roof for three years before we touched it.",
        "We shape it with a drawknife and finish it with a scraper, because sandpaper closes the grain.",
        "The outline is sawn, the rest is knife and rasp, and one can see which tool came last.",
        "Every piece gets three coats of linseed oil and beeswax, a day apart.",
    ],
    details: &[
        "The grain decides the shape, so no two are the same.",
        "Knots are kept where they are sound and beautiful.",
        "Our mark is burnt in, small, on the side you do not see.",
        "With the years the {shade} grows darker and smoother to the hand.",
        "The offcuts become spoons, and the shavings light our stove.",
    ],
    care: &[
        "Wash by hand, dry at once, and oil it when it looks thirsty.",
        "Not for the dishwasher. A little walnut oil every few months keeps it young.",
        "Wipe with a damp cloth and keep away from radiators.",
    ],
    tags: &[
        "wood",
        "handmade",
        "sustainable",
        "kitchen",
        "natural",
        "carved",
        "for life",
    ],
};

const TURNING: Class = Class {
    techniques: &["turned on the lathe", "turned green", "turned and carved"],
    making: &[
        "It is turned on the lathe from a single block and oiled while it is still warm from the tool.",
        "The wood was felled in winter, sawn locally, and left to dry under a roof for three years before we touched it.",
        "A gouge, a steady hand and about two hours; most of the wood ends up on the floor.",
        "The last cut is so fine that it needs no sanding, only oil and a cloth.",
    ],
    ..JOINERY
};

const OILED: &[Finish] = &[Finish::Satin, Finish::Matte];
const TITLES: &[&str] = &[
    "{series} {noun} in {shade} {deco}",
    "{noun} in {shade} {deco}",
    "{shade} {noun} {deco}",
];
const TRIMMED: &[Deco] = &[PLAIN, deco(Decor::Bands, "with {ink} bands", "painted bands")];

pub(crate) const BOARD: Line = Line {
    subject: Subject::CuttingBoard,
    category: "kitchen-and-wood/boards",
    class: &JOINERY,
    nouns: &[
        noun("chopping board", 1, 110),
        noun("round board", 2, 100),
        noun("serving board", 3, 90),
        noun("cheese board", 2, 85),
        noun("bread board", 1, 120),
    ],
    shades: WOODS,
    inks: PAINTS,
    decors: &[PLAIN, deco(Decor::Stripes, "with inlaid strips", "inlay")],
    finishes: OILED,
    materials: &["solid wood"],
    painted: Painted::Over,
    price: (2800, 5600),
    weight_g: (700, 1500),
    dims: &[
        dim("length_cm", "cm", "long", 32, 42),
        dim("width_cm", "cm", "wide", 19, 26),
        fixed("thickness_mm", "mm", "thick", 18, 26),
    ],
    choice: Choice::Options(
        "Size",
        &[("Small", 72, 60), ("Medium", 100, 100), ("Large", 140, 150)],
    ),
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {shade}, heavy enough not to slide and handsome enough to serve on.",
        "A(n) {phrase} cut from one plank, with a hole to hang it by and two good sides.",
        "This {phrase} is gentle on knives and grateful for oil.",
    ],
    facts: &[Fact::Flag("dishwasher_safe", 0), Fact::Flag("food_safe", 100)],
};

pub(crate) const SPOONS: Line = Line {
    subject: Subject::SpoonSet,
    category: "kitchen-and-wood/utensils",
    nouns: &[
        named("cooking spoons", "set of cooking spoons", 0, 100),
        named("kitchen utensils", "set of kitchen utensils", 0, 115),
        named("salad servers", "set of salad servers", 0, 95),
    ],
    decors: TRIMMED,
    price: (1600, 3400),
    weight_g: (120, 260),
    dims: &[dim("length_cm", "cm", "long", 26, 32)],
    choice: Choice::Options(
        "Set",
        &[
            ("Three pieces", 100, 100),
            ("Four pieces", 128, 132),
            ("Six pieces", 185, 200),
        ],
    ),
    openings: &[
        "A(n) {phrase} carved from {shade}, with edges that reach into the corners of the pan.",
        "A(n) {phrase} for people who stir, taste, and stir again.",
        "This {phrase} is carved green, dried slowly and finished with a knife, never a belt sander.",
    ],
    ..BOARD
};

pub(crate) const WOOD_BOWL: Line = Line {
    subject: Subject::WoodBowl,
    category: "kitchen-and-wood/bowls-and-mills",
    class: &TURNING,
    nouns: &[
        noun("wooden bowl", 0, 100),
        noun("fruit bowl", 0, 120),
        noun("salad bowl", 0, 130),
        noun("turned dish", 0, 75),
    ],
    decors: TRIMMED,
    price: (3400, 7900),
    weight_g: (450, 1100),
    dims: &[
        dim("diameter_cm", "cm", "across", 22, 28),
        dim("height_cm", "cm", "tall", 8, 11),
    ],
    openings: &[
        "A(n) {phrase} turned from {shade}, thin at the rim and calm in the middle of the table.",
        "A(n) {phrase} in which lemons, bread or keys look equally at home.",
        "This {phrase} was a fallen tree in {region} not so long ago.",
    ],
    ..BOARD
};

pub(crate) const MILL: Line = Line {
    subject: Subject::PepperMill,
    category: "kitchen-and-wood/bowls-and-mills",
    class: &TURNING,
    nouns: &[
        noun("pepper mill", 0, 100),
        noun("salt and pepper set", 0, 170),
        noun("spice mill", 0, 95),
    ],
    decors: TRIMMED,
    price: (3600, 6400),
    weight_g: (250, 420),
    dims: &[dim("height_cm", "cm", "tall", 15, 22)],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} turned from {shade} around a ceramic grinder that will not wear out.",
        "A(n) {phrase} with a waist that fits the palm and a grind you can set with a turn of the knob.",
        "This {phrase} is the sort of thing one inherits.",
    ],
    facts: &[Fact::Text("grinder", &["ceramic", "stainless steel"])],
    ..BOARD
};

pub(crate) const ROLLING_PIN: Line = Line {
    subject: Subject::RollingPin,
    category: "kitchen-and-wood/utensils",
    class: &TURNING,
    nouns: &[
        noun("rolling pin", 0, 100),
        noun("biscuit roller", 0, 110),
        noun("pasta pin", 0, 95),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Waves, "engraved with waves", "engraved"),
        deco(Decor::Blossoms, "engraved with blossoms", "engraved"),
        deco(Decor::Stars, "engraved with stars", "engraved"),
    ],
    price: (1900, 3600),
    weight_g: (350, 600),
    dims: &[dim("length_cm", "cm", "long", 36, 44)],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} in {shade} with a little weight to it, so that the dough does the work.",
        "A(n) {phrase} for pastry, for biscuits, and for keeping on the wall between times.",
        "This {phrase} leaves its pattern on the dough, and the oven keeps it.",
    ],
    ..BOARD
};

const CUTLERY: Class = Class {
    shade_key: "handle",
    ink_key: None,
    techniques: &["forged by hand", "ground from bar stock", "forged and ground"],
    making: &[
        "The blade is forged from a single bar, hardened in oil, tempered overnight and ground wet so that it never overheats.",
        "Handles are shaped on the grinder by eye, then by hand, until nothing presses on the palm.",
        "We sharpen it last, on three stones, and test it on tomato skin.",
        "The same smith makes blade, bolster and handle, and signs the steel.",
    ],
    details: &[
        "The balance lies just ahead of the first rivet.",
        "Its edge can be brought back on any stone in five minutes.",
        "A leather sheath is included.",
        "The {shade} of the handle is stabilised, so it does not swell.",
        "Send it back once a year and we sharpen it free of charge.",
    ],
    care: &[
        "Wash by hand and dry at once; carbon steel grows a grey patina that protects it.",
        "Never in the dishwasher. A drop of oil keeps the joint smooth.",
    ],
    tags: &[
        "knife", "forged", "cutlery", "handmade", "kitchen", "steel", "gift",
    ],
};

const HANDLES: &[Shade] = &[
    shade("olive wood", 0xbd8a4e, "Brown"),
    shade("walnut", 0x6f4a32, "Brown"),
    shade("boxwood", 0xdfc27c, "Yellow"),
    shade("black horn", 0x35302e, "Black"),
    shade("stag horn", 0xb9a488, "Natural"),
    shade("red resin", 0x9c3530, "Red"),
    shade("holm oak", 0x8d6443, "Brown"),
    shade("blue micarta", 0x3d5672, "Blue"),
];

const FITTINGS: &[Shade] = &[
    shade("brass", 0xc79f52, "Gold"),
    shade("nickel silver", 0xb9bcbf, "Silver"),
    shade("copper", 0xb7704c, "Orange"),
];

pub(crate) const KNIFE: Line = Line {
    subject: Subject::Knife,
    category: "kitchen-and-wood/knives",
    class: &CUTLERY,
    nouns: &[
        noun("chef's knife", 3, 130),
        noun("utility knife", 1, 95),
        noun("boning knife", 2, 100),
        noun("bread knife", 2, 110),
    ],
    shades: HANDLES,
    inks: FITTINGS,
    decors: &[PLAIN, deco(Decor::Waves, "in damascus steel", "damascus")],
    finishes: OILED,
    materials: &["carbon steel", "stainless steel", "layered steel"],
    painted: Painted::Set,
    price: (6800, 13900),
    weight_g: (140, 240),
    dims: &[
        dim("blade_cm", "cm", "of blade", 14, 18),
        dim("length_cm", "cm", "over all", 27, 31),
    ],
    choice: Choice::One,
    titles: &[
        "{series} {noun}, {shade} handle {deco}",
        "{noun} with {shade} handle {deco}",
        "{material} {noun}, {shade} and {ink} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {material} with a handle of {shade}: light, quick and easy to keep sharp.",
        "A(n) {phrase} that goes through an onion as if it had been waiting for it.",
        "This {phrase} is made the way cutlers in {region} have made them for four hundred years, with better steel.",
    ],
    facts: &[
        Fact::Text("steel", &["14C28N", "C75", "1.4116", "Aogami"]),
        Fact::Flag("dishwasher_safe", 0),
    ],
};

pub(crate) const POCKET_KNIFE: Line = Line {
    subject: Subject::PocketKnife,
    nouns: &[
        noun("pocket knife", 0, 100),
        noun("shepherd's knife", 0, 115),
        noun("picnic knife", 0, 105),
        noun("pruning knife", 0, 95),
    ],
    price: (4900, 9800),
    weight_g: (70, 130),
    dims: &[
        dim("blade_cm", "cm", "of blade", 7, 9),
        dim("length_cm", "cm", "when closed", 9, 11),
    ],
    openings: &[
        "A(n) {phrase} that opens with a soft click and lives happily in a pocket with coins.",
        "A(n) {phrase} with a handle of {shade}, for cheese, string and apples.",
        "This {phrase} is what a grandfather gives; it asks for oil and returns decades.",
    ],
    ..KNIFE
};

const CHAIRMAKING: Class = Class {
    shade_key: "wood",
    ink_key: None,
    techniques: &["mortise and tenon", "turned and wedged", "steam-bent"],
    making: &[
        "Legs and rungs are turned from dry wood and driven into wood that is still a little green, so the joints tighten as it dries.",
        "There is not a screw in it: mortise, tenon, and a wedge of darker wood that you can see if you look.",
        "The boards were sawn by the mill down the road and have dried for as many years as they are centimetres thick.",
        "It takes two days to make and is rubbed with oil and wax for two more.",
    ],
    details: &[
        "It weighs little, and you may stand on it.",
        "Feet come with felt pads; the wood beneath them is rounded against splinters.",
        "It can be painted to order from our card of six colours.",
        "If it ever wobbles, send us a photograph: we mend what we make.",
    ],
    care: &[
        "Dust with a dry cloth; wax once a year.",
        "For indoor use. Keep out of direct sun and away from radiators.",
    ],
    tags: &[
        "furniture",
        "solid wood",
        "handmade",
        "living room",
        "rustic",
        "made to last",
    ],
};

const TIMBERS: &[Shade] = &[
    shade("oak", 0xc49a63, "Brown"),
    shade("chestnut", 0xa06c40, "Brown"),
    shade("walnut", 0x75503a, "Brown"),
    shade("ash", 0xdcc49c, "Natural"),
    shade("beech", 0xd6b485, "Natural"),
    shade("blue-painted pine", 0x5b8299, "Blue"),
    shade("green-painted pine", 0x64805f, "Green"),
    shade("black-stained ash", 0x3a3635, "Black"),
    shade("white-washed pine", 0xe9e0d0, "White"),
    shade("red-painted pine", 0xa6503a, "Red"),
];

const SEATS: &[Shade] = &[
    shade("rush", 0xcdaa66, "Natural"),
    shade("sea grass", 0xb9a06f, "Natural"),
    shade("paper cord", 0xd9c39a, "Cream"),
    shade("rust cord", 0xb4633f, "Orange"),
    shade("green cord", 0x7f9270, "Green"),
    shade("indigo cord", 0x3e5577, "Blue"),
];

pub(crate) const STOOL: Line = Line {
    subject: Subject::Stool,
    category: "furniture-and-light/stools-and-chairs",
    class: &CHAIRMAKING,
    nouns: &[
        noun("round stool", 1, 90),
        noun("woven stool", 2, 100),
        noun("upholstered stool", 3, 120),
        noun("milking stool", 1, 75),
    ],
    shades: TIMBERS,
    inks: SEATS,
    decors: &[PLAIN],
    finishes: &[Finish::Matte, Finish::Satin],
    materials: &["solid wood"],
    painted: Painted::Set,
    price: (7800, 15500),
    weight_g: (2600, 4200),
    dims: &[
        dim("height_cm", "cm", "tall", 42, 52),
        fixed("width_cm", "cm", "wide", 32, 38),
    ],
    choice: Choice::Options(
        "Height",
        &[("Low", 90, 85), ("Standard", 100, 100), ("Bar", 130, 135)],
    ),
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade}",
        "{shade} {noun}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} for the kitchen, the bedside, and the unexpected guest.",
        "A(n) {phrase} on honest, splayed legs that never wobble, even on old floors.",
        "This {phrase} is small enough to carry in one hand and strong enough to dance on.",
    ],
    facts: &[Fact::Flag("assembly_required", 0)],
};

pub(crate) const CHAIR: Line = Line {
    subject: Subject::Chair,
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} and {ink}",
        "{shade} {noun} with {ink} seat",
    ],
    nouns: &[
        noun("ladder-back chair", 1, 110),
        noun("spindle-back chair", 2, 115),
        noun("cane-back chair", 3, 130),
    ],
    price: (16500, 29500),
    weight_g: (4200, 6200),
    dims: &[
        fixed("height_cm", "cm", "tall", 84, 96),
        fixed("seat_cm", "cm", "to the seat", 43, 46),
        fixed("width_cm", "cm", "wide", 42, 48),
    ],
    choice: Choice::Options(
        "Set",
        &[
            ("Single", 100, 100),
            ("Pair", 190, 200),
            ("Set of four", 370, 400),
        ],
    ),
    openings: &[
        "A(n) {phrase} in {shade} with a seat of {ink}, drawn after the chairs outside every door in {town}.",
        "A(n) {phrase} whose seat we twist from {ink} by hand, cord by cord.",
        "This {phrase} is light enough to carry to the shade and back again.",
    ],
    ..STOOL
};

pub(crate) const SIDE_TABLE: Line = Line {
    subject: Subject::SideTable,
    category: "furniture-and-light/tables",
    nouns: &[
        noun("side table", 1, 100),
        noun("pedestal table", 2, 125),
        noun("bedside table", 1, 90),
    ],
    inks: PAINTS,
    decors: &[PLAIN, deco(Decor::Kilim, "with inlay", "inlay")],
    painted: Painted::Over,
    price: (14500, 28500),
    weight_g: (5200, 8800),
    dims: &[
        fixed("height_cm", "cm", "tall", 48, 62),
        dim("diameter_cm", "cm", "across", 38, 50),
    ],
    choice: Choice::One,
    titles: &[
        "{series} {noun} in {shade} {deco}",
        "{noun} in {shade} {deco}",
        "{shade} {noun} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {shade}, just wide enough for a lamp, a book and a cup.",
        "A(n) {phrase} whose top is cut from two boards, matched like the pages of a book.",
        "This {phrase} goes wherever the good light goes.",
    ],
    ..STOOL
};
