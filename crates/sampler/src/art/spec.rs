//! What a drawing shows.

use super::colour::Rgb;
use super::decor::Decor;
use super::lathe::Finish;
use crate::dice::mix;
use serde::{Deserialize, Serialize};

/// The kind of thing drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Subject {
    Vase,
    Bowl,
    Mug,
    Plate,
    Teapot,
    Jug,
    Tile,
    Planter,
    Tumbler,
    Casserole,
    Candle,
    Candlestick,
    Lamp,
    DrinkingGlass,
    Carafe,
    GlassVase,
    Scarf,
    Blanket,
    Cushion,
    Rug,
    TeaTowel,
    Tote,
    Handbag,
    BasketBag,
    Belt,
    Wallet,
    Notebook,
    Espadrilles,
    Ring,
    Earrings,
    Necklace,
    Bracelet,
    SoapBar,
    CreamTin,
    DropperBottle,
    BathSalts,
    HoneyJar,
    JamJar,
    OilBottle,
    OliveJar,
    CheeseWheel,
    SweetsBox,
    TeaTin,
    Pouch,
    SyrupBottle,
    CuttingBoard,
    SpoonSet,
    WoodBowl,
    PepperMill,
    RollingPin,
    Knife,
    PocketKnife,
    Stool,
    Chair,
    SideTable,
    Basket,
    EspartoTray,
    Print,
    Cards,
    ToyHorse,
    ToyTrain,
    Blocks,
    Rainbow,
    SpinningTop,
    Rabbit,
}

/// Every subject, in the order of the enumeration.
pub const SUBJECTS: [Subject; 65] = {
    use Subject::*;
    [
        Vase,
        Bowl,
        Mug,
        Plate,
        Teapot,
        Jug,
        Tile,
        Planter,
        Tumbler,
        Casserole,
        Candle,
        Candlestick,
        Lamp,
        DrinkingGlass,
        Carafe,
        GlassVase,
        Scarf,
        Blanket,
        Cushion,
        Rug,
        TeaTowel,
        Tote,
        Handbag,
        BasketBag,
        Belt,
        Wallet,
        Notebook,
        Espadrilles,
        Ring,
        Earrings,
        Necklace,
        Bracelet,
        SoapBar,
        CreamTin,
        DropperBottle,
        BathSalts,
        HoneyJar,
        JamJar,
        OilBottle,
        OliveJar,
        CheeseWheel,
        SweetsBox,
        TeaTin,
        Pouch,
        SyrupBottle,
        CuttingBoard,
        SpoonSet,
        WoodBowl,
        PepperMill,
        RollingPin,
        Knife,
        PocketKnife,
        Stool,
        Chair,
        SideTable,
        Basket,
        EspartoTray,
        Print,
        Cards,
        ToyHorse,
        ToyTrain,
        Blocks,
        Rainbow,
        SpinningTop,
        Rabbit,
    ]
};

/// Where a subject is seen: this decides the studio around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pose {
    /// On a table; the origin is the middle of its foot.
    Table,
    /// On the floor of a room; the origin is the middle of its footprint.
    Floor,
    /// On a wall; the origin is its middle.
    Wall,
    /// From above; the origin is its middle.
    Flat,
}

impl Subject {
    pub(crate) fn pose(self) -> Pose {
        use Subject::*;
        match self {
            Stool | Chair | SideTable => Pose::Floor,
            Scarf | Tote | Print | TeaTowel | Earrings => Pose::Wall,
            Wallet | Notebook | Espadrilles | SpoonSet | Knife | PocketKnife | Rug | Cards | Tile
            | EspartoTray | Necklace | RollingPin => Pose::Flat,
            _ => Pose::Table,
        }
    }
}

/// Everything a drawing depends on: the same specification gives the same bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArtSpec {
    /// What is drawn.
    pub subject: Subject,
    /// Which of the subject's silhouettes: 0 lets the seed choose, 1 and up name one.
    pub form: u8,
    /// 0 the thing itself, 1 close up, 2 and up at home in a room.
    pub view: u8,
    /// Proportions, composition, props.
    pub seed: u64,
    /// The shop's own seed: its drawings share a handful of studio colours.
    pub house: u64,
    /// The main colour of the thing: glaze, cloth, leather, wood, wax.
    pub body: Rgb,
    /// The colour of its decoration.
    pub ink: Rgb,
    /// A third colour: fittings, lining, contents.
    pub trim: Rgb,
    /// How its surface answers light.
    pub finish: Finish,
    /// How it is decorated.
    pub decor: Decor,
    /// One to three letters for labels and stamps.
    pub monogram: String,
    /// What the label says, where there is one.
    pub label: String,
    /// The drawing's accessible title.
    pub title: String,
}

impl ArtSpec {
    /// The same thing from another side.
    pub fn with_view(&self, view: u8) -> ArtSpec {
        ArtSpec { view, ..self.clone() }
    }

    /// The same thing in somebody else's home.
    pub fn at_home_of(&self, somebody: u32) -> ArtSpec {
        ArtSpec {
            view: 3 + u8::try_from(somebody % 200).unwrap_or(0),
            house: mix(self.house, u64::from(somebody)),
            ..self.clone()
        }
    }
}
