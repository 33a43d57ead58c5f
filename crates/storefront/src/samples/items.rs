//! Products of several shops that are the same thing.

use super::{Sample, Scene, push};
use crate::views::common::Link;
use crate::views::items::{AlikeSide, OfferLine, OperatorItemsPage, ProposalRow, SellerItemPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-item", &scene.seller_item());
    push(
        samples,
        "seller-item-none",
        &SellerItemPage {
            proposed: None,
            withdraw: None,
            offers: Vec::new(),
            found: Vec::new(),
            action: None,
            ..scene.seller_item()
        },
    );
    push(samples, "operator-items", &scene.operator_items());
    push(
        samples,
        "operator-items-none",
        &OperatorItemsPage {
            rows: Vec::new(),
            ..scene.operator_items()
        },
    );
}

impl Scene {
    fn seller_item(&self) -> SellerItemPage {
        let title = self.say("Moka pot, six cups", "Cafetera italiana, seis tazas");
        let path = "/seller/products/1/same-as";
        let proposed = self.locale.t("items.proposed").arg("title", &title);
        SellerItemPage {
            page: self.seller_page(self.t("items.title"), path),
            work: self.work_bar("/seller/products"),
            product: Link::new(title.clone(), "/seller/products/1"),
            proposed: Some(proposed.to_string()),
            withdraw: Some(format!("{path}/withdraw")),
            offers: vec![OfferLine {
                shop: Link::new(self.text("Ferretería Moya"), "/p/moka-1"),
                price: self.price(2_450).text,
                wins: true,
            }],
            query: title,
            found: self.cards(0, 3),
            action: Some(path.to_owned()),
            search: path.to_owned(),
        }
    }

    fn operator_items(&self) -> OperatorItemsPage {
        let path = "/operator/items";
        let side = |key: &str, shop: &str, gtin: &str| AlikeSide {
            product: key.to_owned(),
            title: Link::new(
                self.say("Moka pot, six cups", "Cafetera italiana, seis tazas"),
                format!("/p/{key}"),
            ),
            shop: self.text(shop),
            image: Some(self.image("vase-blue", self.say("A moka pot", "Una cafetera"))),
            price: self.price(2_450).text,
            gtin: gtin.to_owned(),
        };
        OperatorItemsPage {
            page: self.office_page(self.t("operator.items"), path),
            work: self.office_bar(path),
            rows: vec![ProposalRow {
                asked: format!("{} · {}", self.text("Ferretería Moya"), self.date(11, 20)),
                own: side("moka-1", "Ferretería Moya", ""),
                other: side("moka-2", "Café del Puerto", "4012345678901"),
                accept: format!("{path}/moka-1/match"),
                refuse: format!("{path}/moka-1/refuse"),
            }],
        }
    }
}
