//! What buyers say, and who answers and decides.

use super::{Sample, Scene, push};
use crate::markup::Markup;
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::reviews::{
    AccountReviewsPage, DoubtedReview, Histogram, OperatorReviewsPage, OwnReviewRow, ReplyText, ReviewActs,
    ReviewCard, ReviewFormPage, ReviewsPage, ReviewsPart, SellerReviewRow, SellerReviewsPage, Stars,
    ToReview,
};
use contracts::reviews::{Rating, STARS, Summary};

const VASE: &str = "/p/tall-vase-with-cobalt-bands-0192f3a47c117d2e";
const HISTOGRAM: [u32; 5] = [1, 0, 2, 9, 31];

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "reviews", &scene.reviews());
    push(
        samples,
        "reviews-none",
        &ReviewsPage {
            histogram: None,
            reviews: Vec::new(),
            more: None,
            stars: Some(2),
            ..scene.reviews()
        },
    );
    push(samples, "account-reviews", &scene.account_reviews());
    push(
        samples,
        "account-reviews-none",
        &AccountReviewsPage {
            waiting: Vec::new(),
            written: Vec::new(),
            more: None,
            ..scene.account_reviews()
        },
    );
    push(samples, "review-form", &scene.review_form());
    push(
        samples,
        "review-form-refused",
        &ReviewFormPage {
            stars_error: Some(scene.t("refusal.stars_out_of_range")),
            error: Some(scene.t("refusal.already_reviewed")),
            delete: Some("/account/reviews/1/delete".to_owned()),
            ..scene.review_form()
        },
    );
    push(samples, "seller-reviews", &scene.seller_reviews());
    push(
        samples,
        "seller-reviews-none",
        &SellerReviewsPage {
            histogram: None,
            rows: Vec::new(),
            more: None,
            ..scene.seller_reviews()
        },
    );
    push(samples, "operator-reviews", &scene.operator_reviews());
    push(
        samples,
        "operator-reviews-none",
        &OperatorReviewsPage {
            rows: Vec::new(),
            more: None,
            ..scene.operator_reviews()
        },
    );
}

impl Scene {
    /// What a card shows; none of what few have bought.
    pub(super) fn card_rating(&self, bought: u64) -> Option<Stars> {
        let count = u32::try_from(bought).unwrap_or(0) / 2;
        let rating = Rating {
            count,
            average_hundredths: 500 - count % 7 * 25,
        };
        Stars::of(rating, self.locale)
    }

    /// What a shop's head shows.
    pub(super) fn shop_rating(&self) -> Option<Stars> {
        Stars::of(Rating::of_histogram(HISTOGRAM), self.locale)
    }

    fn histogram(&self, list: &str) -> Option<Histogram> {
        Histogram::of(&Summary::of(HISTOGRAM), list, Some(4), self.locale)
    }

    pub(super) fn said(&self) -> ReviewsPart {
        let list = format!("{VASE}/reviews");
        ReviewsPart {
            histogram: self.histogram(&list),
            reviews: vec![self.happy(), self.sad()],
            all: Some(Link::new(self.locale.n("reviews.all", 43).to_string(), list)),
        }
    }

    fn happy(&self) -> ReviewCard {
        ReviewCard {
            id: "review-1".to_owned(),
            stars: Stars::given(5, self.locale),
            title: self.say("Even nicer than in the pictures", "Aún más bonito que en las fotos"),
            text: Markup::from_plain_text(&self.say(
                "The bands are painted by hand and you can see it. It stands firmly, also with tall branches.\n\nIt came in \
                 three layers of paper.",
                "Las franjas están pintadas a mano y se nota. No se cae, ni con ramas altas.\n\nLlegó envuelto en tres capas \
                 de papel.",
            )),
            author: self.text("Elena F."),
            date: self.date(11, 12),
            edited: String::new(),
            photos: vec![self.image("vase-blue", self.say("Photo by Elena F.", "Foto de Elena F."))],
            helpful: 7,
            reply: Some(ReplyText {
                shop: self.text("Taller Guadalquivir"),
                date: self.date(11, 14),
                text: Markup::from_plain_text(&self.say(
                    "Thank you, Elena. The bands are Rocío's.",
                    "Gracias, Elena. Las franjas son de Rocío.",
                )),
            }),
            product: None,
            acts: Some(self.review_acts(1, true)),
        }
    }

    fn sad(&self) -> ReviewCard {
        ReviewCard {
            id: "review-2".to_owned(),
            stars: Stars::given(3, self.locale),
            title: String::new(),
            text: Markup::from_plain_text(&self.say(
                "Smaller than I thought: 28 cm and not 32. Pretty all the same.",
                "Más pequeño de lo que creía: 28 cm y no 32. Bonito de todos modos.",
            )),
            author: self.text("Jon A."),
            date: self.date(10, 30),
            edited: self
                .locale
                .t("review.edited")
                .arg("date", self.date(11, 2))
                .to_string(),
            photos: Vec::new(),
            helpful: 0,
            reply: None,
            product: None,
            acts: Some(self.review_acts(2, false)),
        }
    }

    fn review_acts(&self, n: u32, voted: bool) -> ReviewActs {
        ReviewActs {
            vote: format!("{VASE}/reviews/{n}/vote"),
            voted,
            report: format!("{VASE}/reviews/{n}/report"),
            reasons: [("advertising", "report.advertising"), ("untrue", "report.untrue")]
                .map(|(value, key)| Choice::new(value, self.t(key)))
                .into(),
        }
    }

    fn reviews(&self) -> ReviewsPage {
        let about = Link::new(
            self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            VASE,
        );
        let href = format!("{VASE}/reviews");
        let title = self.locale.t("reviews.of").arg("what", &about.label).to_string();
        let sorts = [
            ("helpful", "reviews.sort_helpful"),
            ("newest", "reviews.sort_newest"),
        ]
        .map(|(value, key)| Choice::new(value, self.t(key)));
        ReviewsPage {
            page: self.public_page(title, &href),
            crumbs: vec![Link::new("Stoa", "/"), about.clone()],
            histogram: self.histogram(&href),
            reviews: vec![self.happy(), self.sad()],
            sort: sorts.into(),
            stars: None,
            more: Some(Link::new(self.t("reviews.more"), format!("{href}?after=1"))),
            about,
            href,
        }
    }

    fn account_reviews(&self) -> AccountReviewsPage {
        let quiet = |card: ReviewCard| ReviewCard { acts: None, ..card };
        let row = |review, status, rejection| OwnReviewRow {
            title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            product_href: VASE.to_owned(),
            image: Some(self.image("vase-blue", String::new())),
            review: quiet(review),
            status,
            rejection,
            href: "/account/reviews/1".to_owned(),
        };
        AccountReviewsPage {
            page: self.buyer_page(self.t("account.reviews"), "/account/reviews"),
            waiting: vec![ToReview {
                title: self.say("Rosemary and olive oil soap", "Jabón de romero y aceite de oliva"),
                product_href: "/p/soap-0192f3a47c117d2e".to_owned(),
                image: Some(self.image("soap", String::new())),
                arrived: self.date(11, 18),
                href: "/account/reviews/new?order=1&product=2".to_owned(),
            }],
            written: vec![
                row(self.happy(), None, None),
                row(
                    self.sad(),
                    Some(self.status("review.state_rejected", Tone::Bad)),
                    Some(self.say(
                        "Please leave out the telephone number.",
                        "Quita el número de teléfono, por favor.",
                    )),
                ),
            ],
            more: Some(Link::new(self.t("reviews.more"), "/account/reviews?after=1")),
        }
    }

    fn review_form(&self) -> ReviewFormPage {
        ReviewFormPage {
            page: self.buyer_page(self.t("review.write_title"), "/account/reviews/new"),
            title: self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            product_href: VASE.to_owned(),
            image: Some(self.image("vase-blue", String::new())),
            error: None,
            action: "/account/reviews/new".to_owned(),
            order: "1".to_owned(),
            product: "2".to_owned(),
            stars: STARS
                .rev()
                .map(|count| Choice::new(count.to_string(), self.t(&format!("stars.word_{count}"))))
                .collect(),
            stars_error: None,
            headline: Field::of(self.say("Firm and pretty", "Firme y bonito")),
            text: Field::default(),
            photos: vec![self.image("vase-blue", String::new())],
            delete: None,
        }
    }

    fn review_tabs(&self, keys: &[&str]) -> Vec<Choice> {
        let tab = |(at, key): (usize, &&str)| Choice {
            selected: at == 0,
            ..Choice::new(format!("?show={at}"), self.t(key))
        };
        keys.iter().enumerate().map(tab).collect()
    }

    fn seller_reviews(&self) -> SellerReviewsPage {
        let path = "/seller/reviews";
        let about = Link::new(
            self.say("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto"),
            VASE,
        );
        let row = |card: ReviewCard, said: String| SellerReviewRow {
            review: ReviewCard {
                acts: None,
                product: Some(about.clone()),
                ..card
            },
            answer: Some("/seller/reviews/1/reply".to_owned()),
            said,
        };
        SellerReviewsPage {
            page: self.seller_page(self.t("work.reviews"), path),
            work: self.work_bar(path),
            histogram: self.histogram("/shop/taller-guadalquivir/reviews"),
            tabs: self.review_tabs(&["work.reviews_unanswered", "work.reviews_all"]),
            rows: vec![
                row(self.sad(), String::new()),
                row(self.happy(), self.say("Thank you, Elena.", "Gracias, Elena.")),
            ],
            more: None,
        }
    }

    fn operator_reviews(&self) -> OperatorReviewsPage {
        let path = "/operator/reviews";
        let quiet = |card: ReviewCard| ReviewCard { acts: None, ..card };
        OperatorReviewsPage {
            page: self.office_page(self.t("operator.reviews"), path),
            work: self.office_bar(path),
            tabs: self.review_tabs(&[
                "operator.reviews_waiting",
                "operator.reviews_rejected",
                "operator.reviews_standing",
            ]),
            rows: vec![
                DoubtedReview {
                    review: quiet(self.sad()),
                    status: self.status("operator.review_waits", Tone::Warn),
                    doubts: vec![
                        self.t("doubt.phone"),
                        self.locale
                            .t("doubt.classifier")
                            .arg("share", self.locale.percent(91))
                            .to_string(),
                    ],
                    reports: Vec::new(),
                    earlier: vec![self.say("30 October · 5 ★ · Pretty.", "30 de octubre · 5 ★ · Bonito.")],
                    rejection: None,
                    version: 2,
                    approve: Some("/operator/reviews/2/approve".to_owned()),
                    reject: Some("/operator/reviews/2/reject".to_owned()),
                },
                DoubtedReview {
                    review: quiet(self.happy()),
                    status: self.status("operator.review_rejected", Tone::Bad),
                    doubts: vec![self.t("doubt.reported")],
                    reports: vec![self.say("14 November · It is not true", "14 de noviembre · No es verdad")],
                    earlier: Vec::new(),
                    rejection: Some(self.say("About another shop.", "Trata de otra tienda.")),
                    version: 1,
                    approve: Some("/operator/reviews/1/approve".to_owned()),
                    reject: None,
                },
            ],
            more: None,
        }
    }
}
