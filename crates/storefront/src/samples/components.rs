//! The page of pieces.

use crate::views::common::{Choice, Field, Link};
use crate::views::dev_components::DevComponentsPage;
use crate::views::order::{Progress, TimelineStep};
use crate::views::page::{Notice, Page, Tone};
use crate::views::work::{Figure, Section, Status, Tab};
use kernel::{Currency, Money};

/// The pieces that pages are made of.
pub fn components(page: Page) -> DevComponentsPage {
    let locale = page.locale;
    let say = |key: &str| locale.t(key).to_string();
    let status = |key: &str, tone| Status {
        label: say(key),
        tone,
    };
    let money = |cents| locale.money(Money::new(cents, Currency::EUR));
    let notice = |tone, key: &str| Notice {
        tone,
        text: say(key),
        link: None,
    };
    let here = "/dev/components";
    let step = |key: &str, progress| TimelineStep {
        label: say(key),
        at: String::new(),
        progress,
    };
    DevComponentsPage {
        notices: vec![
            notice(Tone::Calm, "work.read_only"),
            notice(Tone::Good, "done.saved"),
            notice(Tone::Warn, "refusal.version_changed"),
            notice(Tone::Bad, "form.check"),
        ],
        tags: vec![
            status("product.state.active", Tone::Good),
            status("product.state.draft", Tone::Warn),
            status("shop.status.suspended", Tone::Bad),
            status("product.state.archived", Tone::Calm),
        ],
        figures: vec![
            Figure {
                key: "work.figure.to_pack".to_owned(),
                label: say("work.figure.to_pack"),
                value: locale.number(1_204),
                href: Some(here.to_owned()),
            },
            Figure {
                key: "work.figure.owed".to_owned(),
                label: say("work.figure.owed"),
                value: money(123_450),
                href: None,
            },
        ],
        tabs: [("work.all", 1_234, true), ("stock.low", 12, false)]
            .map(|(key, count, current)| Tab {
                link: Link::new(say(key), here),
                count,
                current,
            })
            .into(),
        parts: [("stock.levels", true), ("work.warehouses", false)]
            .map(|(key, current)| Section {
                link: Link::new(say(key), here),
                current,
            })
            .into(),
        choices: Choice::select(
            vec![
                Choice::new("1", say("warehouse.rule.nearest")),
                Choice::new("2", say("warehouse.rule.cheapest")),
            ],
            "1",
        ),
        right: Field::of("Lucía Romero"),
        wrong: Field::wrong("99", say("refusal.at.postcode")),
        timeline: vec![
            step("timeline.placed", Progress::Done),
            step("timeline.packed", Progress::Current),
            step("timeline.delivered", Progress::Ahead),
        ],
        rows: vec![
            (
                say("attribute.glaze"),
                status("product.state.active", Tone::Good),
                money(4_200),
            ),
            (
                say("attribute.wood"),
                status("product.state.draft", Tone::Warn),
                money(123_450),
            ),
        ],
        more: Some(Link::new(say("listing.more"), here)),
        page,
    }
}
