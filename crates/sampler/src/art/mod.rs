//! Drawings: a still life of every product, an emblem and a banner for every shop, as self-contained SVG.

mod apothecary;
mod bags;
mod brand;
mod canvas;
mod colour;
mod decor;
mod delicatessen;
mod flora;
mod frame;
mod furniture;
mod gem;
mod glass;
mod houseplant;
mod jewellery;
mod knives;
mod label;
mod lathe;
mod light;
mod pantry;
mod paper;
mod path;
mod pottery;
mod props;
mod spec;
mod stage;
mod style;
mod tableware;
mod textile;
mod tiles;
mod toys;
mod views;
mod wall;
mod weaving;
mod woodwork;
mod write;

pub use brand::{ShopArt, banner, logo};
pub use colour::Rgb;
pub use decor::Decor;
pub use lathe::Finish;
pub use spec::{ArtSpec, SUBJECTS, Subject};

use crate::dice::{Dice, mix};
use canvas::Canvas;

/// The drawing as an SVG document of 1000 by 1000 units, without scripts or references to anything outside it.
pub fn draw(spec: &ArtSpec) -> String {
    // Drawings of one product differ in view and colour: so must their ids, should they share a page.
    let colours = [spec.body, spec.ink, spec.trim]
        .iter()
        .fold(u64::from(spec.view), |sum, colour| {
            mix(
                sum,
                u64::from(colour.0) << 16 | u64::from(colour.1) << 8 | u64::from(colour.2),
            )
        });
    let mut canvas = Canvas::new(mix(spec.seed, colours));
    // Two dice: the thing keeps its shape in every view, the studio does not.
    let mut studio = Dice::new(mix(spec.seed, 0x57ad10 + u64::from(spec.view)));
    match spec.view {
        0 => views::main(&mut canvas, spec, &mut studio),
        1 => views::close_up(&mut canvas, spec, &mut studio),
        _ => views::at_home(&mut canvas, spec, &mut studio),
    }
    canvas.finish(1000, 1000, &spec.title)
}

/// The thing itself, around the origin.
fn subject(canvas: &mut Canvas, spec: &ArtSpec) {
    let dice = &mut Dice::new(spec.seed);
    use Subject::*;
    let drawing: fn(&mut Canvas, &ArtSpec, &mut Dice) = match spec.subject {
        Vase => pottery::vase,
        Bowl => tableware::bowl,
        Mug => tableware::mug,
        Plate => tableware::plate,
        Teapot => tableware::teapot,
        Jug => pottery::jug,
        Tile => tiles::tile,
        Planter => pottery::planter,
        Tumbler => tableware::tumbler,
        Casserole => pottery::casserole,
        Candle => light::candle,
        Candlestick => light::candlestick,
        Lamp => light::lamp,
        DrinkingGlass => glass::drinking_glass,
        Carafe => glass::carafe,
        GlassVase => glass::glass_vase,
        Scarf => textile::scarf,
        Blanket => textile::blanket,
        Cushion => textile::cushion,
        Rug => textile::rug,
        TeaTowel => textile::tea_towel,
        Tote => bags::tote,
        Handbag => bags::handbag,
        BasketBag => weaving::basket_bag,
        Belt => bags::belt,
        Wallet => bags::wallet,
        Notebook => paper::notebook,
        Espadrilles => bags::espadrilles,
        Ring => jewellery::ring,
        Earrings => jewellery::earrings,
        Necklace => jewellery::necklace,
        Bracelet => jewellery::bracelet,
        SoapBar => apothecary::soap_bar,
        CreamTin => apothecary::cream_tin,
        DropperBottle => apothecary::dropper_bottle,
        BathSalts => apothecary::bath_salts,
        HoneyJar => pantry::honey_jar,
        JamJar => pantry::jam_jar,
        OilBottle => pantry::oil_bottle,
        OliveJar => pantry::olive_jar,
        CheeseWheel => delicatessen::cheese,
        SweetsBox => delicatessen::sweets_box,
        TeaTin => delicatessen::tea_tin,
        Pouch => delicatessen::pouch,
        SyrupBottle => pantry::syrup_bottle,
        CuttingBoard => woodwork::cutting_board,
        SpoonSet => woodwork::spoon_set,
        WoodBowl => woodwork::wood_bowl,
        PepperMill => woodwork::pepper_mill,
        RollingPin => woodwork::rolling_pin,
        Knife => knives::knife,
        PocketKnife => knives::pocket_knife,
        Stool => furniture::stool,
        Chair => furniture::chair,
        SideTable => furniture::side_table,
        Basket => weaving::basket,
        EspartoTray => weaving::tray,
        Print => paper::print,
        Cards => paper::cards,
        ToyHorse => toys::horse,
        ToyTrain => toys::train,
        Blocks => toys::blocks,
        Rainbow => toys::rainbow,
        SpinningTop => toys::spinning_top,
        Rabbit => toys::rabbit,
    };
    drawing(canvas, spec, dice);
}
