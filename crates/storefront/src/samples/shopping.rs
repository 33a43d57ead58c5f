//! Home, lists, product, shop.

use super::goods::{ALPUJARRA, GUADALQUIVIR, Maker, ROMERO, UBRIQUE};
use super::{Sample, Scene, push};
use crate::markup::Markup;
use crate::views::common::{Choice, Link, Stock};
use crate::views::home::{CategoryTile, HomePage, ProvinceCount};
use crate::views::listing::{
    CategoryLink, FacetGroup, FacetOption, Facets, ListingPage, More, NearFields, PriceRange, RangeFields,
    RangePart, ZeroHelp,
};
use crate::views::page::Page;
use crate::views::product::{AlsoOffer, Attribute, Beside, Delivery, ProductPage, SellerBox, Variant};
use crate::views::shop::{ShopCategory, ShopPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "home", &scene.home());
    push(samples, "category", &scene.category());
    push(samples, "search", &scene.search());
    push(samples, "everything", &scene.everything());
    push(samples, "search-nothing", &scene.search_nothing());
    push(samples, "product", &scene.product());
    push(samples, "product-sold-out", &scene.product_sold_out());
    push(samples, "product-many-variants", &scene.product_many_variants());
    push(samples, "shop", &scene.shop());
    push(samples, "shop-empty", &scene.shop_empty());
}

impl Scene {
    fn home(&self) -> HomePage {
        let tiles = [
            ("vase-blue", "ceramics", "Ceramics", "Cerámica", 412),
            ("scarf", "textiles", "Textiles", "Textil", 385),
            ("soap", "soap-and-candles", "Soap & candles", "Jabón y velas", 298),
            ("bag", "leather", "Leather", "Cuero", 236),
            (
                "basket",
                "wood-and-baskets",
                "Wood & baskets",
                "Madera y cestería",
                271,
            ),
            ("ring", "jewellery", "Jewellery", "Joyería", 190),
            ("oil", "pantry", "Pantry", "Despensa", 344),
            (
                "print",
                "paper-and-prints",
                "Paper & prints",
                "Papel y estampas",
                158,
            ),
        ];
        let provinces = [
            ("ES-SE", "Sevilla", 5),
            ("ES-GR", "Granada", 4),
            ("ES-B", "Barcelona", 4),
            ("ES-V", "Valencia", 3),
            ("ES-CO", "Córdoba", 3),
            ("ES-TO", "Toledo", 3),
            ("ES-CA", "Cádiz", 2),
            ("ES-C", "A Coruña", 2),
            ("ES-TE", "Teruel", 2),
            ("ES-BI", "Bizkaia", 2),
            ("ES-PM", "Illes Balears", 1),
            ("ES-TF", "Santa Cruz de Tenerife", 1),
        ];
        HomePage {
            viewed: self.cards(6, 4),
            compare: None,
            page: Page {
                cart_count: 0,
                ..self.public_page(self.t("home.page_title"), "/")
            },
            makers_total: 43,
            products_total: 3_021,
            categories: tiles
                .map(|(key, slug, en, es, count)| CategoryTile {
                    name: self.say(en, es),
                    href: format!("/c/{slug}"),
                    count,
                    image: Some(self.image(key, String::new())),
                })
                .into(),
            fresh: self.cards(0, 8),
            makers: [GUADALQUIVIR, ALPUJARRA, ROMERO, UBRIQUE]
                .iter()
                .map(|maker| self.maker(maker))
                .collect(),
            provinces: provinces
                .map(|(code, name, makers)| ProvinceCount {
                    code: code.to_owned(),
                    name: self.text(name),
                    href: format!("/search?province={code}"),
                    makers,
                })
                .into(),
        }
    }

    fn option(&self, value: &str, label: String, count: u64, selected: bool) -> FacetOption {
        FacetOption {
            value: value.to_owned(),
            label,
            count,
            selected,
        }
    }

    fn facets(&self) -> Facets {
        let category = |slug: &str, en, es, count, depth, current| CategoryLink {
            label: self.say(en, es),
            href: format!("/c/{slug}"),
            count,
            depth,
            current,
        };
        let sellers = [
            ("taller-guadalquivir", "Taller Guadalquivir", 64),
            ("alfar-el-puente", "Alfar del Puente", 51),
            ("barro-y-sal", "Barro y Sal", 47),
            ("ceramica-muel", "Cerámica de Muel", 40),
            ("la-rueda", "La Rueda", 33),
            ("torno-lento", "Torno Lento", 29),
            ("casa-del-horno", "Casa del Horno", 21),
            ("manises-9", "Manises 9", 14),
        ];
        let provinces = [
            ("ES-SE", "Sevilla", 98),
            ("ES-TO", "Toledo", 77),
            ("ES-V", "Valencia", 61),
            ("ES-Z", "Zaragoza", 40),
        ];
        let glazes = [
            ("sea", "Sea", "Mar", 44),
            ("cobalt", "Cobalt", "Cobalto", 38),
            ("white", "White", "Blanco", 37),
            ("honey", "Honey", "Miel", 25),
            ("none", "Unglazed", "Sin esmalte", 12),
        ];
        let group = |name: &str, label: String, open, options| FacetGroup {
            name: name.to_owned(),
            label,
            open,
            options,
            range: None,
        };
        Facets {
            near: NearFields {
                place: "41010".to_owned(),
                only: false,
                error: None,
            },
            categories: vec![
                category("ceramics", "Ceramics", "Cerámica", 412, 0, true),
                category("bowls", "Bowls & plates", "Cuencos y platos", 148, 1, false),
                category("vases", "Vases", "Jarrones", 96, 1, false),
                category("cups", "Cups & mugs", "Tazas y vasos", 88, 1, false),
                category("tiles", "Tiles", "Azulejos", 44, 1, false),
            ],
            price: Some(PriceRange {
                min: "20".to_owned(),
                max: String::new(),
                lowest: "6".to_owned(),
                highest: "240".to_owned(),
                symbol: "€".to_owned(),
                currencies: Choice::select(vec![Choice::new("EUR", "EUR"), Choice::new("GBP", "GBP")], "EUR"),
            }),
            rating: self.rating_choices(),
            groups: vec![
                FacetGroup {
                    range: Some(RangeFields {
                        id: "range-0".to_owned(),
                        from: "from.ml.Capacity".to_owned(),
                        to: "to.ml.Capacity".to_owned(),
                        min: "100".to_owned(),
                        max: "250".to_owned(),
                        lowest: "60".to_owned(),
                        highest: "1800".to_owned(),
                        unit: "ml".to_owned(),
                        parts: vec![RangePart {
                            label: "100 – 250 ml".to_owned(),
                            href: "/c/ceramics".to_owned(),
                            count: 61,
                            selected: true,
                        }],
                    }),
                    ..group(
                        "attr.Capacity",
                        self.say("Capacity", "Capacidad"),
                        true,
                        Vec::new(),
                    )
                },
                group(
                    "available",
                    self.t("facet.available"),
                    true,
                    vec![self.option("now", self.t("facet.available_now"), 388, false)],
                ),
                group(
                    "seller",
                    self.t("facet.seller"),
                    true,
                    sellers
                        .map(|(value, label, count)| self.option(value, self.text(label), count, false))
                        .into(),
                ),
                group(
                    "province",
                    self.t("facet.province"),
                    true,
                    provinces
                        .map(|(value, label, count)| {
                            self.option(value, self.text(label), count, value == "ES-SE")
                        })
                        .into(),
                ),
                group(
                    "attr.glaze",
                    self.say("Glaze", "Esmalte"),
                    false,
                    glazes
                        .map(|(value, en, es, count)| self.option(value, self.say(en, es), count, false))
                        .into(),
                ),
            ],
        }
    }

    fn sort(&self, selected: &str) -> Vec<Choice> {
        let choices = ["relevance", "newest", "price_up", "price_down"]
            .map(|value| Choice::new(value, self.t(&format!("sort.{value}"))));
        Choice::select(choices.into(), selected)
    }

    fn category(&self) -> ListingPage {
        let heading = self.say("Ceramics", "Cerámica");
        let from_20 = self
            .locale
            .t("price.from")
            .arg("price", self.price(2_000).text)
            .to_string();
        ListingPage {
            page: self.public_page(heading.clone(), "/c/ceramics"),
            crumbs: vec![Link::new("Stoa", "/"), Link::new(heading.clone(), "/c/ceramics")],
            heading,
            intro: self.say(
                "Stoneware, earthenware and porcelain from workshops that mix their own clay and glazes.",
                "Gres, loza y porcelana de talleres que preparan su propia pasta y sus esmaltes.",
            ),
            action: "/c/ceramics".to_owned(),
            query: String::new(),
            approximate: false,
            did_you_mean: Some(Link::new(
                self.say("celadon bowl", "cuenco celadón"),
                "/search?q=celadon+bowl",
            )),
            total: 128,
            cards: self.cards(0, 12),
            facets: self.facets(),
            chips: vec![
                Link::new(self.text("Sevilla"), "/c/ceramics?price_min=20"),
                Link::new(from_20, "/c/ceramics?province=ES-SE"),
            ],
            clear_href: "/c/ceramics".to_owned(),
            sort: self.sort("relevance"),
            more: Some(More {
                href: "/c/ceramics?cursor=eyJhIjoxMn0".to_owned(),
                seen: 12,
            }),
            help: None,
        }
    }

    fn search(&self) -> ListingPage {
        let query = self.say("blue bowl", "cuenco azul");
        let heading = self
            .locale
            .t("listing.search_title")
            .arg("query", &query)
            .to_string();
        ListingPage {
            page: Page {
                query: query.clone(),
                ..self.page(heading.clone(), "/search?q=blue+bowl")
            },
            crumbs: Vec::new(),
            heading,
            intro: String::new(),
            action: "/search".to_owned(),
            query,
            approximate: true,
            did_you_mean: None,
            total: 9,
            cards: self.cards(4, 9),
            chips: Vec::new(),
            clear_href: "/search?q=blue+bowl".to_owned(),
            more: None,
            ..self.category()
        }
    }

    fn everything(&self) -> ListingPage {
        let heading = self.t("nav.everything");
        ListingPage {
            page: self.public_page(heading.clone(), "/search"),
            crumbs: Vec::new(),
            heading,
            intro: self.t("listing.everything_text"),
            action: "/search".to_owned(),
            chips: Vec::new(),
            ..self.category()
        }
    }

    fn search_nothing(&self) -> ListingPage {
        let query = self.say("cermic teapto", "tetrea cerámca");
        let heading = self
            .locale
            .t("listing.search_title")
            .arg("query", &query)
            .to_string();
        ListingPage {
            page: Page {
                query: query.clone(),
                ..self.page(heading.clone(), "/search?q=cermic+teapto")
            },
            heading,
            query,
            total: 0,
            cards: Vec::new(),
            facets: Facets::default(),
            help: Some(ZeroHelp {
                relaxed: vec![Link::new(
                    self.locale
                        .n("zero.without", 3)
                        .arg("filter", self.t("facet.price"))
                        .to_string(),
                    "/search?q=teapot",
                )],
                did_you_mean: Some(Link::new(
                    self.say("ceramic teapot", "tetera cerámica"),
                    "/search?q=ceramic+teapot",
                )),
                categories: [
                    ("ceramics", "Ceramics", "Cerámica"),
                    ("textiles", "Textiles", "Textil"),
                ]
                .map(|(slug, en, es)| Link::new(self.say(en, es), format!("/c/{slug}")))
                .into(),
                suggestions: self.cards(0, 3),
            }),
            more: None,
            ..self.search()
        }
    }

    pub(super) fn variant(&self, id: &str, label: String, cents: i64, left: u64, selected: bool) -> Variant {
        Variant {
            id: id.to_owned(),
            label,
            price: self.price(cents),
            beside: Beside::default(),
            stock: Stock::of(left, 5),
            selected,
        }
    }

    fn seller_box(&self, maker: &Maker) -> SellerBox {
        SellerBox {
            name: self.text(maker.name),
            href: self.maker_href(maker),
            craft: self.say(maker.craft.0, maker.craft.1),
            place: self.text(maker.place),
            logo: Some(self.image(maker.image, String::new())),
            accent: maker.accent,
            dispatch_days: maker.dispatch_days,
            since: "2021".to_owned(),
            products: maker.products,
        }
    }

    pub(super) fn product(&self) -> ProductPage {
        let title = self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto");
        let picture = |key: &str, en, es| self.image(key, self.say(en, es));
        let attribute = |name: (&str, &str), value: (&str, &str)| Attribute {
            name: self.say(name.0, name.1),
            value: self.say(value.0, value.1),
        };
        let path = "/p/tall-vase-with-cobalt-bands-0192f3a47c117d2e";
        ProductPage {
            ask: "/account/messages/new?product=0192f3a4-7c11-7d2e-8000-000000000001".to_owned(),
            page: self.public_page(title.clone(), path),
            product: "vase-blue".to_owned(),
            beside: "/compare?ids=1".to_owned(),
            viewed: self.cards(4, 4),
            compare: Some("/compare?ids=1,2".to_owned()),
            said: self.said(),
            tax_on_top: false,
            crumbs: vec![
                Link::new("Stoa", "/"),
                Link::new(self.say("Ceramics", "Cerámica"), "/c/ceramics"),
                Link::new(self.say("Vases", "Jarrones"), "/c/vases"),
                Link::new(title.clone(), path),
            ],
            title,
            brand: Some(self.text("Taller Guadalquivir")),
            sku: self.text("TG-JAR-031"),
            gallery: vec![
                picture("vase-blue", "Tall white vase with two cobalt bands", "Jarrón alto blanco con dos franjas cobalto"),
                picture("vase-blue-2", "The glaze from close by", "El esmalte de cerca"),
                picture("vase-blue-3", "The vase on a table with a branch of olive", "El jarrón en una mesa con una rama de olivo"),
                picture("jug", "A jug of the same series", "Una jarra de la misma serie"),
            ],
            price: self.price(8_400),
            breaks: self.break_tables(),
            stock: Stock::Few(3),
            variant_label: self.say("Height", "Altura"),
            variants: vec![
                self.variant("v1", self.text("22 cm"), 5_600, 8, false),
                Variant {
                    beside: self.beside(),
                    ..self.variant("v2", self.text("31 cm"), 8_400, 3, true)
                },
                self.variant("v3", self.text("40 cm"), 11_900, 0, false),
            ],
            found: String::new(),
            quantity: 1,
            quantity_max: 3,
            asked: None,
            download: None,
            delivery: Delivery {
                window: self.window(24, 27),
                cost_from: Some(self.price(490)),
                free_above: Some(self.price(12_000)),
            },
            seller: self.seller_box(&GUADALQUIVIR),
            description: Markup::sanitised(&self.say(
                "<p>Thrown in one piece on a kick wheel, dried for a week and fired twice. The white is a tin glaze after \
                 the old Triana recipe; the two bands are painted with cobalt oxide while the piece turns, so no two \
                 run quite alike.</p><p>Made for branches rather than bouquets: the neck holds a single olive or almond \
                 twig upright.</p><ul><li>Watertight</li><li>Wash by hand</li><li>Signed and dated on the foot</li></ul>",
                "<p>Torneado en una sola pieza en torno de pie, secado durante una semana y cocido dos veces. El blanco \
                 es un esmalte de estaño según la antigua receta de Triana; las dos franjas se pintan con óxido de \
                 cobalto mientras la pieza gira, así que no hay dos iguales.</p><p>Pensado para ramas más que para \
                 ramos: el cuello sostiene una sola rama de olivo o almendro.</p><ul><li>Estanco</li><li>Lavar a \
                 mano</li><li>Firmado y fechado en la base</li></ul>",
            )),
            attributes: vec![
                attribute(("Material", "Material"), ("Stoneware, tin glaze", "Gres, esmalte de estaño")),
                attribute(("Height", "Altura"), ("31 cm", "31 cm")),
                attribute(("Diameter", "Diámetro"), ("14 cm", "14 cm")),
                attribute(("Weight", "Peso"), ("1.4 kg", "1,4 kg")),
                attribute(("Firing", "Cocción"), ("1,240 °C, electric kiln", "1.240 °C, horno eléctrico")),
                attribute(("Made in", "Hecho en"), ("Sevilla, Spain", "Sevilla, España")),
            ],
            returns: self.say("30 days to send it back, unused", "30 días para devolverlo, sin usar"),
            also: vec![
                AlsoOffer {
                    shop: self.text("Alfarería Tres Hornos"),
                    href: "/p/vase-0192f3a47c117d2f".to_owned(),
                    price: self.price(8_450).text,
                    delivery: self.t("delivery.free_long"),
                    in_stock: true,
                    wins: true,
                    sku: Some("2".to_owned()),
                },
                AlsoOffer {
                    shop: self.text("Oficina Azul"),
                    href: "/p/vase-0192f3a47c117d30".to_owned(),
                    price: self.price(9_900).text,
                    delivery: String::new(),
                    in_stock: false,
                    wins: false,
                    sku: None,
                },
            ],
            more_from_seller: self.cards_of(&GUADALQUIVIR),
        }
    }

    fn product_many_variants(&self) -> ProductPage {
        let sizes = [35, 36, 37, 38, 39, 40, 41, 42, 43, 44];
        let title = self.say("Espadrilles with jute sole", "Alpargatas con suela de yute");
        ProductPage {
            crumbs: vec![
                Link::new("Stoa", "/"),
                Link::new(title.clone(), "/p/espadrilles-0192f3a47c117d2e"),
            ],
            title,
            price: self.price(4_500),
            more_from_seller: self.cards_of(&UBRIQUE),
            gallery: vec![self.image(
                "espadrilles",
                self.say("A pair of espadrilles", "Un par de alpargatas"),
            )],
            stock: Stock::Plenty,
            breaks: Vec::new(),
            variant_label: self.say("Size", "Talla"),
            variants: sizes
                .map(|size| {
                    self.variant(
                        &format!("s{size}"),
                        self.text(&size.to_string()),
                        4_500,
                        u64::from(size != 38) * 9,
                        size == 39,
                    )
                })
                .into(),
            seller: self.seller_box(&UBRIQUE),
            ..self.product()
        }
    }

    fn shop(&self) -> ShopPage {
        let maker = &ALPUJARRA;
        let href = self.maker_href(maker);
        let category = |en, es, slug: &str, current| ShopCategory {
            link: Link::new(self.say(en, es), format!("{href}?category={slug}")),
            value: slug.to_owned(),
            current,
        };
        ShopPage {
            page: self.public_page(self.text(maker.name), &href),
            name: self.text(maker.name),
            place: self.text(maker.place),
            since: "2019".to_owned(),
            accent: maker.accent,
            banner: Some(crate::views::common::Image {
                width: 1600,
                height: 700,
                ..self.image("banner", self.say("Rolls of wool in the workshop", "Madejas de lana en el taller"))
            }),
            logo: Some(self.image("scarf", self.say("A scarf on the loom", "Una bufanda en el telar"))),
            story: Markup::from_markdown(&self.say(
                "The loom stands where the mule used to. **Carmen** warps it every Monday; by Friday there are six \
                 scarves, or one rug.\n\nThe wool comes from two flocks above Capileira and is dyed with madder, \
                 walnut and weld.",
                "El telar está donde antes estaba la mula. **Carmen** lo urde cada lunes; el viernes hay seis bufandas, \
                 o una jarapa.\n\nLa lana viene de dos rebaños de más arriba de Capileira y se tiñe con rubia, nogal y \
                 gualda.",
            )),
            rating: self.shop_rating(),
            answers: Some(self.locale.n("messages.answers_hours", 5).to_string()),
            ask: "/account/messages/new?shop=telar-de-la-alpujarra".to_owned(),
            dispatch_days: maker.dispatch_days,
            returns: self.say("14 days to send it back", "14 días para devolverlo"),
            holiday: Some(self.say(
                "The workshop rests from 22 to 29 December. Orders leave on 30 December.",
                "El taller descansa del 22 al 29 de diciembre. Los pedidos salen el 30 de diciembre.",
            )),
            total: 38,
            cards: self.cards_of(maker),
            categories: vec![
                ShopCategory {
                    link: Link::new(self.t("shop.all"), href.clone()),
                    value: String::new(),
                    current: false,
                },
                category("Scarves", "Bufandas", "scarves", true),
                category("Blankets", "Mantas", "blankets", false),
                category("Rugs", "Jarapas", "rugs", false),
            ],
            sort: self.sort("newest"),
            more: Some(More { href: format!("{href}?cursor=eyJhIjo2fQ"), seen: 3 }),
            href,
        }
    }

    fn shop_empty(&self) -> ShopPage {
        ShopPage {
            name: self.text("Nueva Forja"),
            accent: crate::views::common::Accent::Slate,
            banner: None,
            logo: None,
            story: Markup::default(),
            holiday: None,
            rating: None,
            answers: None,
            total: 0,
            cards: Vec::new(),
            categories: Vec::new(),
            more: None,
            ..self.shop()
        }
    }
}
