//! How the system is: what it depends on, who lags behind, what waits for somebody.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::operator_overview::HealthLine;
use crate::views::operator_system::{DependencyRow, JobRow, OperatorSystemPage, ReaderRow, ServiceRow};
use crate::views::page::Tone;
use crate::views::work::{Figure, Section, Status};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chrono::TimeDelta;
use contracts::search::tuning::IndexState;
use contracts::system::{Dependency, JobQueue, LogReader, RunningService, SystemState};
use kernel::{Permission, Timestamp};
use serde::Deserialize;

const PATH: &str = "/operator/system";
/// What is younger than this is on its way, and not late.
const LATE_AFTER: TimeDelta = TimeDelta::seconds(30);
/// As the program's checks name it.
const SEARCH_INDEX: &str = "search index";
const OBJECT_STORE: &str = "object store";
/// Seconds after which the page may be read anew by itself.
const REFRESHES: [u16; 2] = [10, 60];

#[derive(Deserialize)]
pub struct Asked {
    every: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadSystem)?;
    let every = asked.every.and_then(|every| every.parse().ok());
    let every: Option<u16> = every.filter(|every| REFRESHES.contains(every));
    let (page, state, index) = futures::join!(
        visit.keyed_page(&shop, "operator.system"),
        shop.system.state(&visit.ctx),
        shop.search_desk.index(&visit.ctx),
    );
    let (state, locale) = (state?, visit.locale);
    let view = OperatorSystemPage {
        page,
        work: bar(&visit, PATH),
        at: locale.date_time(visit.ctx.now.naive_utc()),
        figures: figures(&state, locale),
        refresh: refreshes(every, locale),
        dependencies: dependencies(&state, index.ok(), locale),
        rebuild: visit
            .may(Permission::ManageSearch)
            .then(|| format!("{PATH}/rebuild-index")),
        readers: state
            .readers
            .as_ref()
            .map(|readers| readers.iter().map(|one| reader(one, &visit)).collect()),
        jobs: state
            .jobs
            .as_ref()
            .map(|jobs| jobs.iter().map(|one| job(one, &visit)).collect()),
        services: state.services.iter().map(|one| service(one, locale)).collect(),
    };
    let mut response = visit.show(&shop, &view);
    // Only for those who asked for it: a page that changes under its reader is in their way.
    if let Some(every) = every {
        response
            .headers_mut()
            .insert(header::REFRESH, HeaderValue::from(every));
    }
    Ok(response)
}

pub async fn rebuild_index(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSearch)?;
    shop.search_desk.rebuild_index(&visit.ctx).await?;
    Ok(redirect_done(PATH, "index_rebuilding"))
}

fn status(key: &str, tone: Tone, locale: Locale) -> Status {
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

fn figures(state: &SystemState, locale: Locale) -> Vec<Figure> {
    let figure = |key: &str, value: String| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value,
        href: None,
    };
    let known = |text: &str| {
        if text.is_empty() {
            "—".to_owned()
        } else {
            text.to_owned()
        }
    };
    vec![
        figure("system.program", format!("Stoa {}", state.version)),
        // What its packager adds, such as "15.20 (Debian 15.20-0+deb12u1)", tells an operator nothing.
        figure(
            "system.database",
            known(state.database.split(' ').next().unwrap_or_default()),
        ),
        figure("system.instance", known(&state.instance)),
    ]
}

fn refreshes(every: Option<u16>, locale: Locale) -> Vec<Section> {
    let off = Section {
        link: Link::new(locale.t("system.refresh_off").to_string(), PATH),
        current: every.is_none(),
    };
    let on = REFRESHES.map(|seconds| Section {
        link: Link::new(
            locale.n("system.refresh_every", u64::from(seconds)).to_string(),
            format!("{PATH}?every={seconds}"),
        ),
        current: every == Some(seconds),
    });
    std::iter::once(off).chain(on).collect()
}

/// What it depends on; of a search index that answers, how far it is as well.
fn dependencies(state: &SystemState, index: Option<IndexState>, locale: Locale) -> Vec<DependencyRow> {
    let said = index_line(index, locale);
    let is_index = |one: &&Dependency| one.name == SEARCH_INDEX;
    let row = |one: &Dependency| match is_index(&one) && one.is_up {
        true => DependencyRow {
            status: said.status.clone(),
            why: said.text.clone(),
            ..dependency(one, locale)
        },
        false => dependency(one, locale),
    };
    let mut rows: Vec<DependencyRow> = state.dependencies.iter().map(row).collect();
    // Where it runs in another process, only it itself can be asked.
    if !state.dependencies.iter().any(|one| is_index(&one)) {
        rows.push(DependencyRow {
            name: said.label.clone(),
            status: said.status.clone(),
            took: String::new(),
            why: said.text.clone(),
        });
    }
    rows
}

fn dependency(one: &Dependency, locale: Locale) -> DependencyRow {
    let (key, tone) = match (one.is_up, one.vital) {
        (true, _) => ("system.up", Tone::Good),
        (false, true) => ("system.down", Tone::Bad),
        (false, false) => ("system.down", Tone::Warn),
    };
    let name = match one.name.as_str() {
        "database" => locale.t("system.database").to_string(),
        SEARCH_INDEX => locale.t("system.index").to_string(),
        OBJECT_STORE => locale.t("system.objects").to_string(),
        other => other.to_owned(),
    };
    DependencyRow {
        name,
        status: status(key, tone, locale),
        took: locale.t("system.took").arg("ms", one.took_ms).to_string(),
        why: one.reason.clone().unwrap_or_default(),
    }
}

fn index_line(index: Option<IndexState>, locale: Locale) -> HealthLine {
    let (text, key, tone) = match index {
        Some(IndexState {
            documents: Some(documents),
            lag_ms,
        }) => {
            let late = i64::try_from(lag_ms).is_ok_and(|ms| TimeDelta::milliseconds(ms) > LATE_AFTER);
            let text = locale
                .t("system.index_text")
                .arg("products", locale.number(documents))
                .arg("lag", seconds(lag_ms, locale))
                .to_string();
            match late {
                true => (text, "system.behind", Tone::Warn),
                false => (text, "system.up_to_date", Tone::Good),
            }
        }
        Some(_) => (
            locale.t("system.index_building").to_string(),
            "system.building",
            Tone::Warn,
        ),
        None => (
            locale.t("system.unknown_text").to_string(),
            "system.unknown",
            Tone::Bad,
        ),
    };
    HealthLine {
        label: locale.t("system.index").to_string(),
        text,
        status: status(key, tone, locale),
    }
}

fn seconds(ms: u64, locale: Locale) -> String {
    locale.n("system.seconds", ms.div_ceil(1_000)).to_string()
}

fn is_late(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| now - since > LATE_AFTER)
}

fn ago(since: Option<Timestamp>, visit: &Visit) -> String {
    since
        .map(|since| visit.locale.date_time_short(since.naive_utc()))
        .unwrap_or_default()
}

fn counted(count: u64, locale: Locale) -> String {
    match count {
        0 => String::new(),
        count => locale.number(count),
    }
}

fn reader(one: &LogReader, visit: &Visit) -> ReaderRow {
    let locale = visit.locale;
    let (key, tone) = match one {
        one if one.dead > 0 => ("system.stopped", Tone::Bad),
        one if is_late(one.waiting_since, visit.ctx.now) => ("system.behind", Tone::Warn),
        one if one.retrying > 0 => ("system.retrying", Tone::Warn),
        _ => ("system.up_to_date", Tone::Good),
    };
    ReaderRow {
        name: one.name.clone(),
        status: status(key, tone, locale),
        waiting: ago(one.waiting_since, visit),
        moved: locale.date_time_short(one.moved_at.naive_utc()),
        retrying: counted(one.retrying, locale),
        dead: counted(one.dead, locale),
    }
}

fn job(one: &JobQueue, visit: &Visit) -> JobRow {
    let locale = visit.locale;
    let (key, tone) = match one {
        one if one.dead > 0 => ("system.stopped", Tone::Bad),
        one if is_late(one.due_since, visit.ctx.now) => ("system.behind", Tone::Warn),
        _ => ("system.up_to_date", Tone::Good),
    };
    JobRow {
        name: one.name.clone(),
        status: status(key, tone, locale),
        due: counted(one.due, locale),
        later: counted(one.later, locale),
        running: counted(one.running, locale),
        dead: counted(one.dead, locale),
        error: one.error.clone(),
    }
}

fn service(one: &RunningService, locale: Locale) -> ServiceRow {
    let key = match one.is_here {
        true => "system.here",
        false => "system.elsewhere",
    };
    // One that runs several times over is named once.
    let mut loops = one.loops.clone();
    loops.dedup();
    ServiceRow {
        name: one.name.clone(),
        place: locale.t(key).to_string(),
        loops: loops.join(", "),
    }
}

/// The same in a few lines, for the overview.
pub(super) fn health(
    state: Option<&SystemState>,
    index: Option<IndexState>,
    visit: &Visit,
) -> Vec<HealthLine> {
    let locale = visit.locale;
    let line = |key: &str, text: String, of: (&str, Tone)| HealthLine {
        label: locale.t(key).to_string(),
        text,
        status: status(of.0, of.1, locale),
    };
    let unknown = |key: &str| {
        let text = locale.t("system.unknown_text").to_string();
        line(key, text, ("system.unknown", Tone::Bad))
    };
    let Some(state) = state else {
        return vec![unknown("system.dependencies"), index_line(index, locale)];
    };
    let down: Vec<&str> = state
        .dependencies
        .iter()
        .filter(|one| !one.is_up)
        .map(|one| one.name.as_str())
        .collect();
    let dependencies = match down.is_empty() {
        true => line(
            "system.dependencies",
            locale.t("system.all_up").to_string(),
            ("system.up", Tone::Good),
        ),
        false => line("system.dependencies", down.join(", "), ("system.down", Tone::Bad)),
    };
    let readers = state.readers.as_ref().map(|readers| {
        let dead: u64 = readers.iter().map(|one| one.dead).sum();
        let oldest = readers.iter().filter_map(|one| one.waiting_since).min();
        let events = match oldest {
            None => line(
                "system.events",
                locale.t("system.events_none").to_string(),
                ("system.up_to_date", Tone::Good),
            ),
            Some(since) => line(
                "system.events",
                locale
                    .t("system.events_since")
                    .arg("at", ago(Some(since), visit))
                    .to_string(),
                match is_late(Some(since), visit.ctx.now) {
                    true => ("system.behind", Tone::Warn),
                    false => ("system.up_to_date", Tone::Good),
                },
            ),
        };
        let letters = line(
            "system.dead_letters",
            locale.n("system.dead_count", dead).to_string(),
            match dead {
                0 => ("system.none", Tone::Good),
                _ => ("system.stopped", Tone::Bad),
            },
        );
        [events, letters]
    });
    let jobs = state.jobs.as_ref().map(|jobs| {
        let due: u64 = jobs.iter().map(|one| one.due + one.running).sum();
        let dead: u64 = jobs.iter().map(|one| one.dead).sum();
        let late = jobs.iter().any(|one| is_late(one.due_since, visit.ctx.now));
        let text = locale
            .t("system.jobs_text")
            .arg("due", locale.number(due))
            .arg("dead", locale.number(dead))
            .to_string();
        line(
            "system.jobs",
            text,
            match (dead, late) {
                (0, false) => ("system.up_to_date", Tone::Good),
                (0, true) => ("system.behind", Tone::Warn),
                _ => ("system.stopped", Tone::Bad),
            },
        )
    });
    let mut lines = vec![dependencies, index_line(index, locale)];
    lines.extend(readers.map_or_else(|| vec![unknown("system.events")], Vec::from));
    lines.push(jobs.unwrap_or_else(|| unknown("system.jobs")));
    lines
}
