//! The words in which people are told: written, seen with examples, and taken up again as they were.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::templates::{
    OperatorTemplatePage, OperatorTemplatesPage, TemplateGroup, TemplatePast, TemplateRow, TemplateShown,
};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::Language;
use contracts::notifications::{
    NoticeTemplate, NoticeTopic, TemplateCard, TemplateFlaw, TemplateFlawKind, TemplateKind, TemplatePreview,
    TemplateVersion,
};
use kernel::{Fault, Kind, Permission};
use serde::Deserialize;

const PATH: &str = "/operator/templates";
const LANGUAGES: [(Language, Locale); 2] = [(Language::En, Locale::En), (Language::Es, Locale::Es)];

fn language_of(code: &str) -> Option<Language> {
    let found = LANGUAGES.iter().find(|(language, _)| language.code() == code);
    found.map(|(language, _)| *language)
}

fn tabs(of: Language, href: impl Fn(Language) -> String) -> Vec<Choice> {
    let tab = |(language, locale): &(Language, Locale)| Choice {
        selected: *language == of,
        ..Choice::new(href(*language), locale.name())
    };
    LANGUAGES.iter().map(tab).collect()
}

#[derive(Default, Deserialize)]
pub struct Filter {
    #[serde(rename = "in")]
    language: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let usual = crate::web::messages::language(visit.locale);
    let language = filter.language.as_deref().and_then(language_of).unwrap_or(usual);
    let (page, cards) = futures::join!(
        visit.keyed_page(&shop, "operator.templates"),
        shop.templates.cards(&visit.ctx, language)
    );
    let (cards, locale) = (cards?, visit.locale);
    let row = |card: &TemplateCard| TemplateRow {
        href: format!("{PATH}/{}/{}", card.kind.name(), language.code()),
        title: card.title.clone(),
        status: match card.changed_at {
            Some(at) => Status {
                label: locale
                    .t("templates.changed")
                    .arg("at", locale.date_short(at.date_naive()))
                    .to_string(),
                tone: Tone::Good,
            },
            None => Status {
                label: locale.t("templates.built_in").to_string(),
                tone: Tone::Calm,
            },
        },
    };
    let rows = |topic: NoticeTopic, of_mails: bool| {
        let cards = cards.iter().filter(|card| card.topic == topic);
        let cards = cards.filter(|card| matches!(card.kind, TemplateKind::Mail(_)) == of_mails);
        cards.map(row).collect::<Vec<_>>()
    };
    let label = |topic: NoticeTopic| locale.t(&format!("notices.topic.{}", topic.name())).to_string();
    let notices = NoticeTopic::ALL.into_iter().map(|topic| TemplateGroup {
        label: label(topic),
        rows: rows(topic, false),
    });
    let mails = NoticeTopic::ALL.into_iter().map(|topic| TemplateGroup {
        label: locale
            .t("templates.mails_of")
            .arg("topic", label(topic))
            .to_string(),
        rows: rows(topic, true),
    });
    let view = OperatorTemplatesPage {
        page,
        work: bar(&visit, PATH),
        languages: tabs(language, |language| format!("{PATH}?in={}", language.code())),
        groups: notices
            .chain(mails)
            .filter(|group| !group.rows.is_empty())
            .collect(),
    };
    Ok(visit.show(&shop, &view))
}

/// For what words are, as the address names it.
fn named(kind: &str, language: &str) -> Result<(TemplateKind, Language), Failure> {
    let found = TemplateKind::named(kind).zip(language_of(language));
    Ok(found.ok_or_else(|| Fault::not_found("template"))?)
}

/// What was typed, and what came of it.
struct Typed {
    title: Field,
    text: Field,
    shown: Option<TemplateShown>,
    error: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path((kind, language)): Path<(String, String)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let (kind, language) = named(&kind, &language)?;
    let template = shop.templates.template(&visit.ctx, kind, language).await?;
    let shown = shop
        .templates
        .preview(
            &visit.ctx,
            kind,
            language,
            template.title.clone(),
            template.text.clone(),
        )
        .await?;
    let typed = Typed {
        title: Field::of(template.title.clone()),
        text: Field::of(template.text.clone()),
        shown: as_shown(shown),
        error: None,
    };
    show(&shop, &visit, template, typed).await
}

fn as_shown(preview: TemplatePreview) -> Option<TemplateShown> {
    preview.flaws.is_empty().then_some(TemplateShown {
        title: preview.title,
        text: preview.text,
    })
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    template: NoticeTemplate,
    typed: Typed,
) -> Result<Response, Failure> {
    let (kind, language, locale) = (template.kind, template.language, visit.locale);
    let places = template.places.iter().map(|place| {
        let meaning = locale.t(&format!("templates.place.{place}")).to_string();
        let is_needed = template.needed.contains(place);
        let meaning = match is_needed {
            true => locale.t("templates.needed").arg("meaning", meaning).to_string(),
            false => meaning,
        };
        (format!("{{{place}}}"), meaning)
    });
    let past = |version: &TemplateVersion| TemplatePast {
        version: version.version,
        title: version.title.clone(),
        text: version.text.clone(),
        who: match (&version.by, version.version) {
            (Some(by), _) => by.clone(),
            (None, 0) => locale.t("templates.built_in").to_string(),
            (None, _) => locale.t("templates.somebody").to_string(),
        },
        at: version
            .at
            .map(|at| locale.date_time(at.naive_utc()))
            .unwrap_or_default(),
        current: version.version == template.version,
        restored: version.restored.map(|restored| {
            locale
                .t("templates.restored")
                .arg("version", restored)
                .to_string()
        }),
    };
    let page = visit.keyed_page(shop, "operator.templates").await;
    let is_mail = matches!(kind, TemplateKind::Mail(_));
    let view = OperatorTemplatePage {
        page,
        is_mail,
        work: bar(visit, PATH),
        path: format!("{PATH}/{}/{}", kind.name(), language.code()),
        heading: template.title.clone(),
        languages: tabs(language, |language| {
            format!("{PATH}/{}/{}", kind.name(), language.code())
        }),
        version: template.version,
        title: typed.title,
        text: typed.text,
        places: places.collect(),
        shown: typed.shown,
        versions: template.versions.iter().map(past).collect(),
        error: typed.error,
    };
    Ok(visit.show(shop, &view))
}

/// What is wrong with words, and where.
fn told(flaw: &TemplateFlaw, locale: Locale) -> String {
    let key = match flaw.kind {
        TemplateFlawKind::Empty => "templates.flaw.empty",
        TemplateFlawKind::TooLong => "templates.flaw.too_long",
        TemplateFlawKind::Unclosed => "templates.flaw.unclosed",
        TemplateFlawKind::Unopened => "templates.flaw.unopened",
        TemplateFlawKind::NoName => "templates.flaw.no_name",
        TemplateFlawKind::UnknownName => "templates.flaw.unknown",
        TemplateFlawKind::Missing => "templates.flaw.missing",
    };
    let name = flaw.name.clone().unwrap_or_default();
    let said = locale.t(key).arg("at", flaw.at).arg("name", name);
    said.to_string()
}

pub async fn write(
    State(shop): State<Shop>,
    Path((kind, language)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let (kind, language) = named(&kind, &language)?;
    let (title, text) = (posted.get("title").to_owned(), posted.get("text").to_owned());
    let preview = shop
        .templates
        .preview(&visit.ctx, kind, language, title.clone(), text.clone())
        .await?;
    let mut error = None;
    if posted.get("act") == "save" && preview.flaws.is_empty() {
        let written = shop
            .templates
            .write(
                &visit.ctx,
                kind,
                language,
                seen(&posted),
                title.clone(),
                text.clone(),
            )
            .await;
        match written {
            Ok(_) => {
                let to = format!("{PATH}/{}/{}", kind.name(), language.code());
                return Ok(redirect_done(&to, "saved"));
            }
            // What was typed stays; what somebody else wrote stands below.
            Err(fault) if fault.kind == Kind::PreconditionFailed => {
                error = Some(visit.locale.t("templates.changed_meanwhile").to_string());
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    let field = |name: &str, value: String| Field {
        value,
        error: preview
            .flaws
            .iter()
            .find(|flaw| flaw.field == name)
            .map(|flaw| told(flaw, visit.locale)),
    };
    let typed = Typed {
        title: field("title", title),
        text: field("text", text),
        shown: as_shown(preview.clone()),
        error,
    };
    let template = shop.templates.template(&visit.ctx, kind, language).await?;
    show(&shop, visit, template, typed).await
}

/// The version that the page showed.
fn seen(posted: &Posted) -> i64 {
    posted.get("version").parse().unwrap_or(-1)
}

pub async fn restore(
    State(shop): State<Shop>,
    Path((kind, language)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let (kind, language) = named(&kind, &language)?;
    let version = posted.get("to").parse().unwrap_or(-1);
    shop.templates
        .restore(&visit.ctx, kind, language, seen(&posted), version)
        .await?;
    let to = format!("{PATH}/{}/{}", kind.name(), language.code());
    Ok(redirect_done(&to, "restored"))
}
