//! Searches, for the operator.

use super::{Sample, Scene, push};
use crate::views::common::{Choice, Field};
use crate::views::listing::{RangePart, RatingChoices};
use crate::views::operator_search::{
    OperatorSearchPage, PlaceLine, PreviewLine, QueryLine, ReportFigures, RuleFields, RuleLine,
    SearchPreviewed, SynonymFields, SynonymLine,
};
use crate::views::promoted::{OperatorPromotedPage, TariffRow};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-promoted", &scene.tariffs());
    push(
        samples,
        "operator-promoted-none",
        &OperatorPromotedPage {
            rows: Vec::new(),
            ..scene.tariffs()
        },
    );
    push(samples, "operator-search", &scene.searching());
    push(
        samples,
        "operator-search-empty",
        &OperatorSearchPage {
            error: None,
            asked: String::new(),
            preview: None,
            report: ReportFigures {
                summary: scene.report_summary(0),
                ..ReportFigures::default()
            },
            rules: Vec::new(),
            synonyms: Vec::new(),
            ..scene.searching()
        },
    );
}

impl Scene {
    /// Beside a list of pieces.
    pub(super) fn rating_choices(&self) -> RatingChoices {
        let choices = [(4, 96), (3, 131), (2, 140), (1, 142)];
        let choices = choices.map(|(stars, count): (u64, u64)| RangePart {
            label: self
                .locale
                .t("facet.rating_least")
                .arg("stars", self.locale.n("count.stars", stars))
                .to_string(),
            href: format!("/c/ceramics?rating={stars}"),
            count,
            selected: stars == 4,
        });
        RatingChoices {
            chosen: "4".to_owned(),
            choices: choices.into(),
        }
    }

    fn tariffs(&self) -> OperatorPromotedPage {
        let row = |cents, bp, month| TariffRow {
            price: self.price(cents).text,
            tax: self.locale.percent_of(bp),
            since: self.date(month, 2),
            note: self.text("Prices of the season"),
        };
        OperatorPromotedPage {
            page: self.office_page(self.t("tariff.title"), "/operator/promoted"),
            work: self.office_bar("/operator/ledger"),
            rows: vec![row(250, 2_100, 10), row(300, 0, 11)],
            currency: Field::of("EUR"),
            price: Field::wrong("-1", self.t("tariff.wrong_price")),
            tax: Field::of("21"),
            note: Field::default(),
        }
    }

    fn report_summary(&self, searches: u64) -> String {
        self.locale
            .n("finding.report_of", searches)
            .arg("clicked", self.locale.percent_of(4_120))
            .arg("nothing", self.locale.percent_of(310))
            .to_string()
    }

    fn searching(&self) -> OperatorSearchPage {
        let path = "/operator/search";
        let languages = || vec![Choice::new("", self.t("finding.language_all"))];
        let since = |month, day| {
            let since = self.locale.t("promotion.since").arg("day", self.date(month, day));
            since.to_string()
        };
        let line = |place: &str, title: &str, why: String| PreviewLine {
            place: place.to_owned(),
            title: self.text(title),
            href: "/p/1".to_owned(),
            shop: self.text("Taller Guadalquivir"),
            score: "31.40".to_owned(),
            why,
        };
        let query = |words: &str, without_results| QueryLine {
            words: self.text(words),
            href: "/operator/search?q=bowl".to_owned(),
            searches: 84,
            without_results,
            clicked: self.locale.percent_of(4_400),
            ordered: 3,
        };
        let pinned = self
            .locale
            .t("finding.pinned_by")
            .arg("rule", self.text("Bowls of the season"))
            .to_string();
        OperatorSearchPage {
            page: self.office_page(self.t("operator.search"), path),
            work: self.office_bar(path),
            error: Some(self.t("finding.wrong_product")),
            asked: self.text("blue bowl"),
            preview: Some(SearchPreviewed {
                found: self.locale.n("listing.count", 2).to_string(),
                words: vec!["blue".to_owned(), "bowl | basin".to_owned()],
                rows: vec![
                    line("1", "Celadon bowl", pinned),
                    line(
                        "2",
                        "Blue bowl, large",
                        format!("{} 28.10", self.t("finding.factor.text")),
                    ),
                ],
                hidden: vec![line("", "Plastic bowl", self.text("Handmade only"))],
            }),
            report: ReportFigures {
                summary: self.report_summary(1_204),
                top: vec![query("blue bowl", 0)],
                unanswered: vec![query("zzyzx lamp", 9)],
                places: vec![PlaceLine {
                    place: 1,
                    share: self.locale.percent_of(2_150),
                }],
            },
            rules: vec![RuleLine {
                id: "rule-1".to_owned(),
                name: self.text("Bowls of the season"),
                when: self
                    .locale
                    .t("finding.has")
                    .arg("words", self.text("bowl"))
                    .to_string(),
                what: vec![
                    self.locale
                        .t("finding.act_weigh")
                        .arg("what", self.text("glaze: celadon"))
                        .arg("percent", 200)
                        .to_string(),
                ],
                holds: since(11, 2),
                note: self.text("The winter window"),
                end: Some("/operator/search/rules/1/end".to_owned()),
            }],
            synonyms: vec![
                SynonymLine {
                    id: "synonym-1".to_owned(),
                    words: self.text("couch, sofa"),
                    also: String::new(),
                    language: self.t("finding.language_en"),
                    holds: since(10, 5),
                    note: self.text("Both are said"),
                    end: Some("/operator/search/synonyms/1/end".to_owned()),
                },
                SynonymLine {
                    id: "synonym-2".to_owned(),
                    words: self.text("poodle"),
                    also: self.text("dog"),
                    language: self.t("finding.language_all"),
                    holds: self
                        .locale
                        .t("finding.ended")
                        .arg("day", self.date(10, 9))
                        .to_string(),
                    note: self.text("Too wide"),
                    end: None,
                },
            ],
            new_rule: RuleFields {
                is_open: true,
                name: Field::of(self.text("Winter")),
                targets: Field::wrong(self.text("blue-bowl"), self.t("finding.wrong_product")),
                languages: languages(),
                acts: vec![Choice::new("pin", self.t("finding.do_pin"))],
                kinds: vec![Choice::new("product", self.t("finding.kind_product"))],
                exact: true,
                ..RuleFields::default()
            },
            new_synonym: SynonymFields {
                languages: languages(),
                ..SynonymFields::default()
            },
        }
    }
}
