//! Searches: which words mean the same, what comes first, and why it does.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::operator_search::{
    OperatorSearchPage, PlaceLine, PreviewLine, QueryLine, ReportFigures, RuleFields, RuleLine,
    SearchPreviewed, SynonymFields, SynonymLine,
};
use crate::web::Shop;
use crate::web::cards::product_href;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contracts::Language;
use contracts::search::SearchQuery;
use contracts::search::tuning::{
    Explained, Hidden, NewSearchRule, NewSynonym, QueryReport, RuleAction, RuleTarget, RuleWhen,
    SearchPreview, SearchReport, SearchRuleCard, SynonymCard,
};
use kernel::{Fault, Permission, ProductId, SearchRuleId, SynonymId, Timestamp};
use serde::Deserialize;

const PATH: &str = "/operator/search";
const SHOWN: u16 = 24;
/// Days that the report tells of.
const REPORT_DAYS: u16 = 7;
/// Queries and places of each list.
const LISTED: usize = 10;
const WHOLE: u64 = 10_000;
const UUID_CHARS: usize = 36;
/// Factors of a score so near to one change nothing that is worth telling.
const TELLING: f64 = 0.005;

#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// A form that was refused.
struct Left<'p> {
    form: Which,
    posted: &'p Posted,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Rule,
    Synonym,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&shop, &visit, &asked, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    asked: &Asked,
    left: Option<Left<'_>>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSearch)?;
    let locale = visit.locale;
    let q = asked.q.trim().to_owned();
    let preview = async {
        if q.is_empty() {
            return Ok(None);
        }
        let query = SearchQuery {
            q: q.clone(),
            limit: SHOWN,
            ..SearchQuery::default()
        };
        shop.search_desk.preview(&visit.ctx, query).await.map(Some)
    };
    let (page, rules, synonyms, preview, report) = futures::join!(
        visit.keyed_page(shop, "operator.search"),
        shop.search_desk.rules(&visit.ctx),
        shop.search_desk.synonyms(&visit.ctx),
        preview,
        shop.search_desk.report(&visit.ctx, REPORT_DAYS),
    );
    let rules = rules?;
    let preview = preview?.map(|preview| previewed(&preview, &rules, locale));
    let left = left.as_ref();
    let view = OperatorSearchPage {
        page,
        work: bar(visit, PATH),
        error: left.map(|left| visit.tell(&left.fault)),
        asked: q,
        preview,
        report: reported(&report?, locale),
        rules: rules
            .iter()
            .map(|card| rule_line(card, visit.ctx.now, locale))
            .collect(),
        synonyms: synonyms?.iter().map(|card| synonym_line(card, locale)).collect(),
        new_rule: rule_fields(left, visit),
        new_synonym: synonym_fields(left, visit),
    };
    Ok(visit.show(shop, &view))
}

fn reported(report: &SearchReport, locale: Locale) -> ReportFigures {
    let line = |one: &QueryReport| QueryLine {
        words: one.words.clone(),
        href: format!("{PATH}?q={}", encode(&one.words)),
        searches: one.searches,
        without_results: one.without_results,
        clicked: share(one.clicked, one.searches, locale),
        ordered: one.ordered,
    };
    let summary = locale
        .n("finding.report_of", report.searches)
        .arg("clicked", share(report.clicked, report.searches, locale))
        .arg("nothing", share(report.without_results, report.searches, locale));
    let shown = report.positions.iter().filter(|one| one.shown > 0).take(LISTED);
    ReportFigures {
        summary: summary.to_string(),
        top: report.top.iter().take(LISTED).map(line).collect(),
        unanswered: report.unanswered.iter().take(LISTED).map(line).collect(),
        places: shown
            .map(|one| PlaceLine {
                place: u64::from(one.position),
                share: share(one.clicks, one.shown, locale),
            })
            .collect(),
    }
}

/// So many of all, in percent.
fn share(part: u64, all: u64, locale: Locale) -> String {
    let of_whole = part
        .saturating_mul(WHOLE)
        .checked_div(all)
        .unwrap_or(0)
        .min(WHOLE);
    locale.percent_of(u32::try_from(of_whole).unwrap_or(0))
}

fn previewed(preview: &SearchPreview, rules: &[SearchRuleCard], locale: Locale) -> SearchPreviewed {
    let line = |place: usize, one: &Explained| PreviewLine {
        place: place.to_string(),
        title: one.hit.title.clone(),
        href: product_href(&one.hit.slug, one.hit.product),
        shop: one.hit.shop_name.clone(),
        score: format!("{:.2}", one.score),
        why: why(one, rules, locale),
    };
    let hidden = |one: &Hidden| PreviewLine {
        place: String::new(),
        title: one.hit.title.clone(),
        href: product_href(&one.hit.slug, one.hit.product),
        shop: one.hit.shop_name.clone(),
        score: String::new(),
        why: name_of(one.rule, rules),
    };
    SearchPreviewed {
        found: locale.n("listing.count", preview.total).to_string(),
        words: preview.words.iter().map(|word| word.terms.join(" | ")).collect(),
        rows: (1..)
            .zip(&preview.hits)
            .map(|(place, one)| line(place, one))
            .collect(),
        hidden: preview.hidden.iter().map(hidden).collect(),
    }
}

fn name_of(id: SearchRuleId, rules: &[SearchRuleCard]) -> String {
    let rule = rules.iter().find(|rule| rule.id == id);
    rule.map_or_else(|| id.to_string(), |rule| rule.name.clone())
}

/// What the score is made of, and who had a hand in it.
fn why(one: &Explained, rules: &[SearchRuleCard], locale: Locale) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(rule) = one.pinned_by {
        let pinned = locale.t("finding.pinned_by").arg("rule", name_of(rule, rules));
        parts.push(pinned.to_string());
    }
    for &rule in &one.weighed_by {
        let weighed = locale.t("finding.weighed_by").arg("rule", name_of(rule, rules));
        parts.push(weighed.to_string());
    }
    let telling = one
        .factors
        .iter()
        .filter(|factor| factor.name == "text" || (factor.value - 1.0).abs() > TELLING);
    parts.extend(telling.map(|factor| {
        let name = locale.t(&format!("finding.factor.{}", factor.name));
        format!("{name} {:.2}", factor.value)
    }));
    parts.join(" · ")
}

fn language_name(language: Option<Language>, locale: Locale) -> String {
    let key = match language {
        None => "finding.language_all",
        Some(Language::En) => "finding.language_en",
        Some(Language::Es) => "finding.language_es",
    };
    locale.t(key).to_string()
}

fn rule_line(card: &SearchRuleCard, now: Timestamp, locale: Locale) -> RuleLine {
    let when = &card.when;
    let mut parts: Vec<String> = Vec::new();
    if let Some(q) = &when.q {
        let key = if when.exact { "finding.is" } else { "finding.has" };
        parts.push(locale.t(key).arg("words", q).to_string());
    }
    if let Some(path) = &when.category {
        parts.push(locale.t("finding.within").arg("category", path).to_string());
    }
    if when.language.is_some() {
        parts.push(language_name(when.language, locale));
    }
    RuleLine {
        id: format!("rule-{}", card.id),
        name: card.name.clone(),
        when: parts.join(", "),
        what: card
            .actions
            .iter()
            .map(|action| action_said(action, locale))
            .collect(),
        holds: holds(card.starts_at, card.ended_at.or(card.ends_at), now, locale),
        note: card.end_note.clone().unwrap_or_else(|| card.note.clone()),
        end: card
            .ended_at
            .is_none()
            .then(|| format!("{PATH}/rules/{}/end", card.id)),
    }
}

fn holds(from: Timestamp, until: Option<Timestamp>, now: Timestamp, locale: Locale) -> String {
    let day = |at: Timestamp| locale.date(at.date_naive());
    match until {
        Some(until) if until <= now => locale.t("finding.ended").arg("day", day(until)).to_string(),
        Some(until) => format!("{} – {}", day(from), day(until)),
        None => locale.t("promotion.since").arg("day", day(from)).to_string(),
    }
}

fn action_said(action: &RuleAction, locale: Locale) -> String {
    let of = |target: &RuleTarget| match target {
        RuleTarget::Product { product } => product.to_string(),
        RuleTarget::Seller { slug: text } | RuleTarget::Category { path: text } => text.clone(),
        RuleTarget::Attribute { key, value } => format!("{key}: {value}"),
    };
    match action {
        RuleAction::Pin { product, position } => locale
            .t("finding.act_pin")
            .arg("product", product)
            .arg("place", position)
            .to_string(),
        RuleAction::Weigh { target, percent } => locale
            .t("finding.act_weigh")
            .arg("what", of(target))
            .arg("percent", percent)
            .to_string(),
        RuleAction::Hide { target } => locale.t("finding.act_hide").arg("what", of(target)).to_string(),
    }
}

fn synonym_line(card: &SynonymCard, locale: Locale) -> SynonymLine {
    let day = |at: Timestamp| locale.date(at.date_naive());
    SynonymLine {
        id: format!("synonym-{}", card.id),
        words: card.words.join(", "),
        also: card.also.join(", "),
        language: language_name(card.language, locale),
        holds: match card.ended_at {
            Some(at) => locale.t("finding.ended").arg("day", day(at)).to_string(),
            None => locale
                .t("promotion.since")
                .arg("day", day(card.made_at))
                .to_string(),
        },
        note: card.end_note.clone().unwrap_or_else(|| card.note.clone()),
        end: card
            .ended_at
            .is_none()
            .then(|| format!("{PATH}/synonyms/{}/end", card.id)),
    }
}

/// A field of one of the forms, as it came back or empty.
fn field(left: Option<&Left<'_>>, form: Which, name: &str, pointer: &str, visit: &Visit) -> Field {
    match left.filter(|left| left.form == form) {
        Some(left) => Field {
            value: left.posted.get(name).to_owned(),
            error: visit.tell_field(&left.fault, pointer),
        },
        None => Field::default(),
    }
}

fn choices(
    left: Option<&Left<'_>>,
    form: Which,
    name: &str,
    all: &[(&str, &str)],
    visit: &Visit,
) -> Vec<Choice> {
    let chosen = left
        .filter(|left| left.form == form)
        .map_or("", |left| left.posted.get(name));
    let each = all.iter();
    let each = each.map(|(value, key)| Choice::new(*value, visit.locale.t(key).to_string()));
    Choice::select(each.collect(), chosen)
}

const LANGUAGES: [(&str, &str); 3] = [
    ("", "finding.language_all"),
    ("en", "finding.language_en"),
    ("es", "finding.language_es"),
];
const ACTS: [(&str, &str); 4] = [
    ("pin", "finding.do_pin"),
    ("raise", "finding.do_raise"),
    ("lower", "finding.do_lower"),
    ("hide", "finding.do_hide"),
];
const KINDS: [(&str, &str); 4] = [
    ("product", "finding.kind_product"),
    ("seller", "finding.kind_seller"),
    ("category", "finding.kind_category"),
    ("attribute", "finding.kind_attribute"),
];

fn rule_fields(left: Option<&Left<'_>>, visit: &Visit) -> RuleFields {
    let of = |name: &str, pointer: &str| field(left, Which::Rule, name, pointer, visit);
    let mine = left.filter(|left| left.form == Which::Rule);
    RuleFields {
        is_open: mine.is_some(),
        name: of("name", "/name"),
        words: of("words", "/q"),
        exact: mine.is_some_and(|left| left.posted.ticked("exact")),
        category: of("category", "/category"),
        languages: choices(left, Which::Rule, "language", &LANGUAGES, visit),
        acts: choices(left, Which::Rule, "act", &ACTS, visit),
        kinds: choices(left, Which::Rule, "kind", &KINDS, visit),
        targets: of("targets", "/actions"),
        number: of("number", "/number"),
        starts: of("starts", "/starts_at"),
        ends: of("ends", "/ends_at"),
        note: of("note", "/note"),
    }
}

fn synonym_fields(left: Option<&Left<'_>>, visit: &Visit) -> SynonymFields {
    let of = |name: &str, pointer: &str| field(left, Which::Synonym, name, pointer, visit);
    SynonymFields {
        is_open: left.is_some_and(|left| left.form == Which::Synonym),
        words: of("words", "/words"),
        also: of("also", "/also"),
        languages: choices(left, Which::Synonym, "language", &LANGUAGES, visit),
        note: of("note", "/note"),
    }
}

async fn after(
    shop: &Shop,
    posted: &Posted,
    form: Which,
    outcome: Result<(), Fault>,
) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done(PATH, "search_made")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let left = Left { form, posted, fault };
            show(shop, &posted.visit, &Asked::default(), Some(left)).await
        }
    }
}

fn language(posted: &Posted) -> Option<Language> {
    match posted.get("language") {
        "en" => Some(Language::En),
        "es" => Some(Language::Es),
        _ => None,
    }
}

fn listed(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

pub async fn make_synonym(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSearch)?;
    let new = NewSynonym {
        language: language(&posted),
        words: listed(posted.get("words")),
        also: listed(posted.get("also")),
        note: posted.get("note").to_owned(),
    };
    let made = shop.search_desk.make_synonym(&visit.ctx, new).await;
    after(&shop, &posted, Which::Synonym, made.map(drop)).await
}

pub async fn end_synonym(
    State(shop): State<Shop>,
    Path(id): Path<SynonymId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSearch)?;
    let note = posted.get("note").to_owned();
    match shop.search_desk.end_synonym(&visit.ctx, id, note).await {
        Ok(_) => Ok(redirect_done(PATH, "search_ended")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn make_rule(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSearch)?;
    let made = match rule(&posted) {
        Ok(new) => shop.search_desk.make_rule(&visit.ctx, new).await.map(drop),
        Err(fault) => Err(fault),
    };
    after(&shop, &posted, Which::Rule, made).await
}

pub async fn end_rule(
    State(shop): State<Shop>,
    Path(id): Path<SearchRuleId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSearch)?;
    let note = posted.get("note").to_owned();
    match shop.search_desk.end_rule(&visit.ctx, id, note).await {
        Ok(_) => Ok(redirect_done(PATH, "search_ended")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

/// The rule that a form asks for.
fn rule(posted: &Posted) -> Result<NewSearchRule, Fault> {
    let some = |name: &str| Some(posted.get(name).to_owned()).filter(|text| !text.is_empty());
    Ok(NewSearchRule {
        name: posted.get("name").to_owned(),
        when: RuleWhen {
            q: some("words"),
            exact: posted.ticked("exact"),
            category: some("category"),
            language: language(posted),
        },
        actions: actions(posted)?,
        starts_at: day(posted, "starts", 0)?,
        ends_at: day(posted, "ends", 1)?,
        note: posted.get("note").to_owned(),
    })
}

/// The same for each of the things that are named.
fn actions(posted: &Posted) -> Result<Vec<RuleAction>, Fault> {
    let number = match posted.get("number") {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| wrong(posted, "/number", "finding.wrong_number"))?,
        ),
    };
    let targets = listed(posted.get("targets"));
    let each = (0u16..).zip(&targets).map(|(n, named)| {
        let act = posted.get("act");
        if act == "pin" {
            let product = product(named).ok_or_else(|| wrong(posted, "/actions", "finding.wrong_product"))?;
            let position = number.unwrap_or(1u16).saturating_add(n);
            return Ok(RuleAction::Pin { product, position });
        }
        let target = target(posted, named)?;
        Ok(match act {
            "raise" => RuleAction::Weigh {
                target,
                percent: number.unwrap_or(200),
            },
            "lower" => RuleAction::Weigh {
                target,
                percent: number.unwrap_or(50),
            },
            _ => RuleAction::Hide { target },
        })
    });
    each.collect()
}

fn target(posted: &Posted, named: &str) -> Result<RuleTarget, Fault> {
    Ok(match posted.get("kind") {
        "seller" => RuleTarget::Seller {
            slug: named.to_owned(),
        },
        "category" => RuleTarget::Category {
            path: named.to_owned(),
        },
        "attribute" => {
            let pair = named.split_once(':');
            let (key, value) = pair.ok_or_else(|| wrong(posted, "/actions", "finding.wrong_attribute"))?;
            RuleTarget::Attribute {
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
            }
        }
        _ => {
            let product = product(named).ok_or_else(|| wrong(posted, "/actions", "finding.wrong_product"))?;
            RuleTarget::Product { product }
        }
    })
}

/// A product by its id, or by the address of its page, which ends in it.
fn product(named: &str) -> Option<ProductId> {
    let start = named.len().checked_sub(UUID_CHARS)?;
    named.get(start..)?.parse().ok()
}

/// The beginning of a day in UTC, some days later.
fn day(posted: &Posted, name: &str, later: i64) -> Result<Option<Timestamp>, Fault> {
    let text = posted.get(name);
    if text.is_empty() {
        return Ok(None);
    }
    let pointer = if name == "starts" {
        "/starts_at"
    } else {
        "/ends_at"
    };
    let refusal = || wrong(posted, pointer, "finding.wrong_day");
    let day: NaiveDate = text.parse().map_err(|_| refusal())?;
    let day = day
        .checked_add_signed(TimeDelta::days(later))
        .ok_or_else(refusal)?;
    Ok(Some(day.and_time(NaiveTime::MIN).and_utc()))
}

fn wrong(posted: &Posted, pointer: &'static str, key: &str) -> Fault {
    Fault::field(
        "search_rule_invalid",
        pointer,
        posted.visit.locale.t(key).to_string(),
    )
}
