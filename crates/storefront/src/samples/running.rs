//! Running a shop: its promotions and its staff.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::promoted::{PromotedRow, SellerPromotedPage};
use crate::views::seller_promotions::{PromotionRow, SellerPromotionPage, SellerPromotionsPage};
use crate::views::seller_staff::{InvitationRow, MemberRow, SellerStaffPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "seller-promotions", &scene.promotions());
    push(
        samples,
        "seller-promotions-empty",
        &SellerPromotionsPage {
            rows: Vec::new(),
            more: None,
            ..scene.promotions()
        },
    );
    push(samples, "seller-promoted", &scene.promoted());
    push(
        samples,
        "seller-promoted-none",
        &SellerPromotedPage {
            price: None,
            products: Vec::new(),
            rows: Vec::new(),
            ..scene.promoted()
        },
    );
    push(samples, "seller-promotion", &scene.promotion());
    push(samples, "seller-staff", &scene.staff());
    push(
        samples,
        "seller-staff-alone",
        &SellerStaffPage {
            invitations: Vec::new(),
            error: Some(scene.t("refusal.rate_limited")),
            ..scene.staff()
        },
    );
}

impl Scene {
    fn promotions(&self) -> SellerPromotionsPage {
        let path = "/seller/promotions";
        let half = self.locale.t("promotion.gives_share");
        let free = self.locale.t("promotion.gives_free");
        let of = self.locale.t("promotion.of");
        let since = self.locale.t("promotion.since");
        SellerPromotionsPage {
            page: self.seller_page(self.t("work.promotions"), path),
            work: self.work_bar(path),
            tabs: self.filters(path, &["promotion.live", "work.all"]),
            rows: vec![
                PromotionRow {
                    id: "end-1".to_owned(),
                    name: self.say("Autumn in Triana", "Otoño en Triana"),
                    code: self.text("TRIANA-10"),
                    gives: half.arg("share", self.locale.percent_of(1_000)).to_string(),
                    when: since.arg("day", self.date(11, 1)).to_string(),
                    uses: of.arg("n", "31").arg("most", "100").to_string(),
                    cost: self.price(12_640).text,
                    status: self.status("promotion.holds", Tone::Good),
                    end: Some("/seller/promotions/1/end".to_owned()),
                },
                PromotionRow {
                    id: "end-2".to_owned(),
                    name: self.say("Three bowls", "Tres cuencos"),
                    code: String::new(),
                    gives: free.arg("buy", 2).arg("get", 1).to_string(),
                    when: self.window(1, 15),
                    uses: "4".to_owned(),
                    cost: self.price(7_200).text,
                    status: self.status("promotion.ended", Tone::Calm),
                    end: None,
                },
            ],
            more: Some(Link::new(self.t("listing.more"), "/seller/promotions?after=1")),
            may_edit: true,
        }
    }

    fn promoted(&self) -> SellerPromotedPage {
        let path = "/seller/promoted";
        let said = self
            .locale
            .t("promoted.price_taxed")
            .arg("price", self.price(250).text);
        let row = |title: String, key: &str, tone, stop| PromotedRow {
            title,
            href: "/p/1".to_owned(),
            status: self.status(key, tone),
            when: self.window(3, 17),
            days: "6".to_owned(),
            cost: self.price(1_500).text,
            stop,
        };
        let bowl = self.say("Celadon bowl", "Cuenco celadón");
        SellerPromotedPage {
            page: self.seller_page(self.t("promoted.title"), path),
            work: self.work_bar("/seller/promotions"),
            tabs: self.filters(path, &["promoted.title", "work.promotions"]),
            price: Some(said.arg("tax", self.locale.percent_of(2_100)).to_string()),
            products: vec![Choice::new("1", bowl.clone())],
            days: vec![Choice::new(
                "7",
                self.locale.n("promoted.for_days", 7).to_string(),
            )],
            rows: vec![
                row(
                    bowl,
                    "promotion.holds",
                    Tone::Good,
                    Some("/seller/promoted/1/stop".to_owned()),
                ),
                row(self.say("Jug", "Jarra"), "promotion.ended", Tone::Calm, None),
            ],
            may_edit: true,
        }
    }

    fn promotion(&self) -> SellerPromotionPage {
        let path = "/seller/promotions/new";
        let kinds = [
            ("percent", "promotion.kind_percent"),
            ("fixed", "promotion.kind_fixed"),
        ];
        SellerPromotionPage {
            page: self.seller_page(self.t("promotion.new"), path),
            work: self.work_bar("/seller/promotions"),
            error: Some(self.t("form.check")),
            currency: "EUR".to_owned(),
            name: Field::of(self.say("Autumn in Triana", "Otoño en Triana")),
            code: Field::wrong(self.text("TRIANA 10"), self.t("refusal.code_invalid")),
            kind: Field::default(),
            kinds: kinds.map(|(code, key)| Choice::new(code, self.t(key))).into(),
            share: Field::of(self.text("10")),
            amount: Field::default(),
            buy: Field::default(),
            get: Field::default(),
            category: Field::default(),
            categories: vec![Choice::new("", self.t("promotion.all_goods"))],
            least: Field::default(),
            most: Field::default(),
            starts: Field::default(),
            ends: Field::of(self.text("2026-11-30")),
            budget: Field::of(self.text("200")),
            uses: Field::default(),
            uses_per_buyer: Field::of(self.text("1")),
        }
    }

    fn staff(&self) -> SellerStaffPage {
        let path = "/seller/staff";
        let roles = |selected: &str| {
            let all = [("owner", "role.owner"), ("clerk", "role.clerk")];
            let choices = all.map(|(code, key)| Choice::new(code, self.t(key)));
            Choice::select(choices.into(), selected)
        };
        let since = |day| {
            let said = self.locale.t("staff.since").arg("day", self.date(11, day));
            said.to_string()
        };
        SellerStaffPage {
            page: self.seller_page(self.t("work.staff"), path),
            work: self.work_bar(path),
            error: None,
            members: vec![
                MemberRow {
                    id: "1".to_owned(),
                    name: self.text("Rocío Vega"),
                    email: self.text("rocio@guadalquivir.example"),
                    joined: since(2),
                    is_self: true,
                    roles: roles("owner"),
                },
                MemberRow {
                    id: "2".to_owned(),
                    name: String::new(),
                    email: self.text("mateo@guadalquivir.example"),
                    joined: since(9),
                    is_self: false,
                    roles: roles("clerk"),
                },
            ],
            invitations: vec![InvitationRow {
                id: "3".to_owned(),
                email: self.text("lola@mail.example"),
                role: self.t("role.analyst"),
                status: self.status("staff.pending", Tone::Warn),
                when: self
                    .locale
                    .t("staff.good_until")
                    .arg("day", self.date(11, 27))
                    .to_string(),
                may_resend: true,
                may_take_back: true,
            }],
            email: Field::wrong(self.text("nobody"), self.t("refusal.email_invalid")),
            roles: roles("clerk"),
            powers: vec![(self.t("role.owner"), self.t("staff.may.owner"))],
        }
    }
}
