//! The trades: what each makes, and how a shop of the trade calls and describes itself.

use crate::lines::{self, Line};
use serde::Serialize;

/// A shop's trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Craft {
    Pottery,
    Tiles,
    Lamps,
    Weaving,
    Rugs,
    Leather,
    Espadrilles,
    Jewellery,
    Soap,
    Candles,
    Woodturning,
    Cutlery,
    Furniture,
    Basketry,
    Glass,
    Beekeeping,
    OliveOil,
    Preserves,
    Dairy,
    Confectionery,
    TeaAndCoffee,
    Printmaking,
    Toys,
    SoftToys,
}

/// Every trade.
pub(crate) const CRAFTS: [Craft; 24] = {
    use Craft::*;
    [
        Pottery,
        Tiles,
        Lamps,
        Weaving,
        Rugs,
        Leather,
        Espadrilles,
        Jewellery,
        Soap,
        Candles,
        Woodturning,
        Cutlery,
        Furniture,
        Basketry,
        Glass,
        Beekeeping,
        OliveOil,
        Preserves,
        Dairy,
        Confectionery,
        TeaAndCoffee,
        Printmaking,
        Toys,
        SoftToys,
    ]
};

impl Craft {
    /// What the trade sells; the first lines are its heart.
    pub(crate) fn lines(self) -> &'static [&'static Line] {
        use lines::*;
        match self {
            Craft::Pottery => &[
                &MUG,
                &BOWL,
                &VASE,
                &PLATE,
                &JUG,
                &TUMBLER,
                &TEAPOT,
                &PLANTER,
                &CASSEROLE,
                &CANDLESTICK,
            ],
            Craft::Tiles => &[&TILE, &PLATE, &TILE, &PLANTER, &BOWL, &VASE],
            Craft::Lamps => &[&CERAMIC_LAMP, &VASE, &CANDLESTICK, &CERAMIC_LAMP, &PLANTER],
            Craft::Weaving => &[&SCARF, &BLANKET, &CUSHION, &TEA_TOWEL, &TOTE],
            Craft::Rugs => &[&RUG, &CUSHION, &BLANKET, &RUG],
            Craft::Leather => &[&WALLET, &HANDBAG, &BELT, &LEATHER_NOTEBOOK],
            Craft::Espadrilles => &[&ESPADRILLES, &TOTE, &ESPADRILLES, &BASKET_BAG],
            Craft::Jewellery => &[&EARRINGS, &RING, &NECKLACE, &BRACELET],
            Craft::Soap => &[&SOAP, &CREAM, &FACE_OIL, &BATH_SALTS],
            Craft::Candles => &[&CANDLE, &CANDLESTICK, &CANDLE, &BATH_SALTS],
            Craft::Woodturning => &[&BOARD, &WOOD_BOWL, &SPOONS, &MILL, &ROLLING_PIN],
            Craft::Cutlery => &[&KNIFE, &POCKET_KNIFE, &BOARD],
            Craft::Furniture => &[&STOOL, &CHAIR, &SIDE_TABLE],
            Craft::Basketry => &[&BASKET, &BASKET_BAG, &TRAY],
            Craft::Glass => &[&GLASSES, &GLASS_VASE, &CARAFE],
            Craft::Beekeeping => &[&HONEY, &CANDLE, &HONEY, &CREAM],
            Craft::OliveOil => &[&OLIVE_OIL, &OLIVES, &SOAP],
            Craft::Preserves => &[&JAM, &CORDIAL, &JAM, &OLIVES],
            Craft::Dairy => &[&CHEESE, &CHEESE, &JAM],
            Craft::Confectionery => &[&SWEETS, &JAM, &SWEETS, &CORDIAL],
            Craft::TeaAndCoffee => &[&TEA, &COFFEE, &TEA, &TUMBLER],
            Craft::Printmaking => &[&PRINT, &NOTEBOOK, &CARDS, &PRINT],
            Craft::Toys => &[&RAINBOW, &HORSE, &TRAIN, &BLOCKS, &TOP],
            Craft::SoftToys => &[&RABBIT, &BLANKET, &RABBIT, &CUSHION],
        }
    }

    /// How wide a range a shop of the trade keeps, against others.
    pub(crate) fn breadth(self) -> u64 {
        match self {
            Craft::Pottery => 120,
            Craft::Weaving | Craft::Leather | Craft::Jewellery | Craft::Printmaking => 112,
            Craft::Tiles
            | Craft::Soap
            | Craft::Woodturning
            | Craft::Basketry
            | Craft::Glass
            | Craft::Toys => 100,
            Craft::Lamps | Craft::Rugs | Craft::Furniture | Craft::Candles | Craft::Espadrilles => 84,
            Craft::Cutlery
            | Craft::Preserves
            | Craft::Confectionery
            | Craft::SoftToys
            | Craft::TeaAndCoffee => 72,
            Craft::Beekeeping | Craft::OliveOil | Craft::Dairy => 56,
        }
    }

    pub(crate) fn sells_food(self) -> bool {
        matches!(
            self,
            Craft::Beekeeping
                | Craft::OliveOil
                | Craft::Preserves
                | Craft::Dairy
                | Craft::Confectionery
                | Craft::TeaAndCoffee
        )
    }

    /// Heavy or fragile goods cost more to send.
    pub(crate) fn is_bulky(self) -> bool {
        matches!(self, Craft::Furniture | Craft::Rugs | Craft::Tiles | Craft::Lamps)
    }

    /// What signs over such shops say in Spain and elsewhere.
    pub(crate) fn signs(self) -> &'static [&'static str] {
        match self {
            Craft::Pottery => &["Alfarería", "Cerámica", "Barros", "Taller de barro", "Torno"],
            Craft::Tiles => &["Azulejos", "Cerámica", "Losas"],
            Craft::Lamps => &["Luz de", "Lámparas", "Candiles"],
            Craft::Weaving => &["Telares", "Tejidos", "Hilos", "Lino y Lana"],
            Craft::Rugs => &["Alfombras", "Jarapas", "Telar"],
            Craft::Leather => &["Marroquinería", "Cueros", "Guarnicionería", "Piel"],
            Craft::Espadrilles => &["Alpargatas", "Esparteñas"],
            Craft::Jewellery => &["Orfebrería", "Plata de", "Joyas", "Taller"],
            Craft::Soap => &["Jabones", "Jabonería", "Botica"],
            Craft::Candles => &["Velas", "Cerería", "Candela"],
            Craft::Woodturning => &["Maderas", "Tornería", "Olivo y Encina", "Virutas"],
            Craft::Cutlery => &["Cuchillería", "Forja", "Navajas"],
            Craft::Furniture => &["Ebanistería", "Sillas", "Carpintería"],
            Craft::Basketry => &["Cestería", "Esparto", "Mimbres"],
            Craft::Glass => &["Vidrios", "Soplo", "Vidriería"],
            Craft::Beekeeping => &["Mieles", "Colmenar", "Apícola"],
            Craft::OliveOil => &["Almazara", "Aceites", "Olivar"],
            Craft::Preserves => &["Conservas", "Despensa", "Confituras"],
            Craft::Dairy => &["Quesería", "Quesos"],
            Craft::Confectionery => &["Obrador", "Dulces", "Turrones"],
            Craft::TeaAndCoffee => &["Infusiones", "Tostadero", "Herbolario"],
            Craft::Printmaking => &["Imprenta", "Estampa", "Papeles"],
            Craft::Toys => &["Juguetes", "Madera y Juego"],
            Craft::SoftToys => &["Trapos", "Muñecos"],
        }
    }

    /// The trade in a sentence: "a family of {people}".
    pub(crate) fn people(self) -> &'static str {
        match self {
            Craft::Pottery => "potters",
            Craft::Tiles => "tile painters",
            Craft::Lamps => "lamp makers",
            Craft::Weaving => "weavers",
            Craft::Rugs => "rug weavers",
            Craft::Leather => "saddlers",
            Craft::Espadrilles => "espadrille makers",
            Craft::Jewellery => "goldsmiths",
            Craft::Soap => "soap makers",
            Craft::Candles => "candle makers",
            Craft::Woodturning => "woodturners",
            Craft::Cutlery => "cutlers",
            Craft::Furniture => "chair makers",
            Craft::Basketry => "basket makers",
            Craft::Glass => "glassblowers",
            Craft::Beekeeping => "beekeepers",
            Craft::OliveOil => "olive growers",
            Craft::Preserves => "preserve cooks",
            Craft::Dairy => "cheesemakers",
            Craft::Confectionery => "confectioners",
            Craft::TeaAndCoffee => "herb growers and roasters",
            Craft::Printmaking => "printers",
            Craft::Toys => "toy makers",
            Craft::SoftToys => "doll makers",
        }
    }
}
