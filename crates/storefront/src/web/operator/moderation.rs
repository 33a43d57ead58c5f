//! Products and changes that wait before buyers see them: looked at, let through or refused; and the rules by which they wait.

use super::audit::{seller, words};
use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_moderation::{ModerationFields, OperatorModerationPage, RulesForm, WaitingRow};
use crate::views::page::Tone;
use crate::web::Shop;
use crate::web::differences::in_words;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::saved_views::address;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::catalog::moderation::{
    FlagReason, ModerationFilter, ModerationItem, ModerationKind, ModerationRules, ModerationState, Review,
    Verdict, VersionedRules,
};
use contracts::saved_views::filters;
use kernel::{Cursor, Fault, Kind, ModerationId, Page, Permission, TenantId};
use serde::Deserialize;

const PATH: &str = "/operator/moderation";
const PER_PAGE: u16 = 20;

/// By the names that addresses have.
const KINDS: [(&str, ModerationKind, &str); 2] = [
    ("new", ModerationKind::New, "moderation.kind.new"),
    ("change", ModerationKind::Change, "moderation.kind.change"),
];
/// Hours for which something has waited at least.
const WAITED: [(&str, u16, &str); 3] = [
    ("24", 24, "moderation.waited.day"),
    ("72", 72, "moderation.waited.days"),
    ("168", 168, "moderation.waited.week"),
];

#[derive(Default, Deserialize)]
pub struct Asked {
    /// A shop's address or its name.
    shop: Option<String>,
    kind: Option<String>,
    waited: Option<String>,
    after: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&shop, &visit, asked, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    asked: Asked,
    left: Option<(RulesForm, Fault)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ModerateCatalog)?;
    let named = |name: &Option<String>| words(name.as_deref());
    let (kind, waited) = (named(&asked.kind), named(&asked.waited));
    let kind = KINDS.into_iter().find(|(name, ..)| *name == kind);
    let waited = WAITED.into_iter().find(|(name, ..)| *name == waited);
    let (shop_field, tenant) = seller(shop, visit, &named(&asked.shop)).await?;
    let filter = ModerationFilter {
        shop: tenant,
        kind: kind.map(|(_, kind, _)| kind),
        waited_hours: waited.map(|(_, hours, _)| hours),
    };
    // A name that is none narrows nothing.
    let (kind, waited) = (
        kind.map_or("", |(name, ..)| name),
        waited.map_or("", |(name, ..)| name),
    );
    // Of a shop that nobody knows nothing waits.
    let is_wrong = shop_field.error.is_some();
    let (page, found, rules, tree) = futures::join!(
        visit.keyed_page(shop, "operator.moderation"),
        async {
            match is_wrong {
                true => Ok(Page {
                    items: Vec::new(),
                    next: None,
                }),
                false => {
                    let after = asked.after.map(Cursor);
                    shop.moderation.queue(&visit.ctx, filter, after, PER_PAGE).await
                }
            }
        },
        shop.moderation.rules(&visit.ctx),
        shop.catalog.categories(&visit.ctx),
    );
    let (found, tree) = (found?, tree.unwrap_or_default());
    let (rules, fault) = match left {
        Some((form, fault)) => (form, Some(fault)),
        None => (filled(&rules?), None),
    };
    let query = kept(&shop_field.value, kind, waited);
    let view = OperatorModerationPage {
        page,
        work: bar(visit, PATH),
        is_narrowed: !query.is_empty(),
        filter: ModerationFields {
            shop: shop_field,
            kinds: choices(
                "moderation.any_kind",
                KINDS.map(|(name, _, key)| (name, key)),
                kind,
                visit.locale,
            ),
            waited: choices(
                "moderation.any_age",
                WAITED.map(|(name, _, key)| (name, key)),
                waited,
                visit.locale,
            ),
        },
        error: fault.map(|fault| visit.tell(&fault)),
        rows: found
            .items
            .iter()
            .map(|item| row(item, &tree, visit.locale))
            .collect(),
        more: found.next.map(|next| {
            let href = match query.as_str() {
                "" => format!("{PATH}?after={}", encode(&next.0)),
                query => format!("{PATH}?{query}&after={}", encode(&next.0)),
            };
            Link::new(visit.locale.t("moderation.more").to_string(), href)
        }),
        query,
        rules,
    };
    Ok(visit.show(shop, &view))
}

/// What the address keeps of the filters.
fn kept(shop: &str, kind: &str, waited: &str) -> String {
    filters(&format!(
        "shop={}&kind={}&waited={}",
        encode(shop),
        encode(kind),
        encode(waited)
    ))
}

/// Any, or one of those that have names.
fn choices<const N: usize>(
    any: &str,
    named: [(&str, &str); N],
    current: &str,
    locale: Locale,
) -> Vec<Choice> {
    let any = Choice::new("", locale.t(any).to_string());
    let named = named.map(|(name, key)| Choice::new(name, locale.t(key).to_string()));
    Choice::select(std::iter::once(any).chain(named).collect(), current)
}

fn filled(found: &VersionedRules) -> RulesForm {
    let rules = &found.rules;
    RulesForm {
        version: found.version,
        hold_new_shops: rules.hold_new_shops,
        approved_min: Field::of(rules.approved_min.to_string()),
        price_percent: Field::of(rules.price_percent.map(|p| p.to_string()).unwrap_or_default()),
        words: Field::of(rules.words.join("\n")),
    }
}

fn row(item: &ModerationItem, tree: &[Category], locale: Locale) -> WaitingRow {
    let href = |act: &str| format!("{PATH}/{}/{act}", item.id);
    let kind = if item.new {
        "moderation.kind.new"
    } else {
        "moderation.kind.change"
    };
    WaitingRow {
        id: format!("item-{}", item.id),
        title: item.title.clone(),
        shop: item.shop.clone(),
        shop_href: format!("/operator/shops/{}", item.tenant),
        kind: locale.t(kind).to_string(),
        asked: locale.date_time(item.at.naive_utc()),
        reasons: item
            .reasons
            .iter()
            .map(|reason| in_short(reason, locale))
            .collect(),
        changes: in_words(&item.change, tree, locale),
        version: item.version,
        approve: href("approve"),
        reject: href("reject"),
        trust: item
            .reasons
            .contains(&FlagReason::NewShop)
            .then(|| format!("{PATH}/shops/{}/trust", item.tenant)),
    }
}

/// Why something waits.
pub fn in_short(reason: &FlagReason, locale: Locale) -> String {
    let said = match reason {
        FlagReason::NewShop => locale.t("moderation.because.new_shop"),
        FlagReason::Word { word } => locale.t("moderation.because.word").arg("word", word),
        FlagReason::Price { code, from, to } => locale
            .t("moderation.because.price")
            .arg("code", code)
            .arg("from", locale.money(*from))
            .arg("to", locale.money(*to)),
    };
    said.to_string()
}

/// Why buyers do not see a product as it is.
pub fn review_said(review: &Review, locale: Locale) -> (Tone, String) {
    let reasons: Vec<String> = review
        .reasons
        .iter()
        .map(|reason| in_short(reason, locale))
        .collect();
    match review.state {
        ModerationState::Rejected => {
            let said = locale.t("review.rejected").arg("reason", &review.note);
            (Tone::Bad, said.to_string())
        }
        _ => {
            let said = locale.t("review.waiting").arg("reasons", reasons.join(", "));
            (Tone::Warn, said.to_string())
        }
    }
}

pub async fn approve(
    State(shop): State<Shop>,
    Path(id): Path<ModerationId>,
    posted: Posted,
) -> Result<Response, Failure> {
    decide(&shop, id, &posted, Verdict::Approve, "moderation_approved").await
}

pub async fn reject(
    State(shop): State<Shop>,
    Path(id): Path<ModerationId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let reason = posted.get("reason").to_owned();
    decide(
        &shop,
        id,
        &posted,
        Verdict::Reject { reason },
        "moderation_rejected",
    )
    .await
}

async fn decide(
    shop: &Shop,
    id: ModerationId,
    posted: &Posted,
    verdict: Verdict,
    done: &str,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateCatalog)?;
    let seen = posted.get("version").parse().unwrap_or_default();
    let back = back(posted);
    match shop.moderation.decide(&visit.ctx, id, seen, verdict).await {
        Ok(_) => Ok(redirect_done(&back, done)),
        Err(fault) => redirect_refused(&back, fault),
    }
}

pub async fn trust(
    State(shop): State<Shop>,
    Path(id): Path<TenantId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateCatalog)?;
    let back = back(&posted);
    match shop.moderation.trust(&visit.ctx, id, true).await {
        Ok(()) => Ok(redirect_done(&back, "shop_trusted")),
        Err(fault) => redirect_refused(&back, fault),
    }
}

/// The queue as it was narrowed when somebody decided.
fn back(posted: &Posted) -> String {
    address(PATH, &filters(posted.get("query")))
}

pub async fn set_rules(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateCatalog)?;
    let (form, read) = read(&posted, visit.locale);
    let said = match read {
        Some(rules) => shop.moderation.set_rules(&visit.ctx, form.version, rules).await,
        None => Err(Fault::field(
            "form",
            "rules",
            visit.locale.t("form.check").to_string(),
        )),
    };
    match said {
        Ok(_) => Ok(redirect_done(PATH, "saved")),
        // What somebody else set meanwhile is shown, and not what was typed over what it was before.
        Err(fault) if fault.kind == Kind::PreconditionFailed => redirect_refused(PATH, fault),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, Asked::default(), Some((form, fault))).await,
    }
}

/// The form as it came, and the rules it says, if it can be read.
fn read(posted: &Posted, locale: Locale) -> (RulesForm, Option<ModerationRules>) {
    let number = |name: &str, may_be_empty: bool| {
        let text = posted.get(name).trim();
        match text.parse::<u16>() {
            Ok(number) if number > 0 => (Field::of(text), Some(Some(number))),
            _ if text.is_empty() && may_be_empty => (Field::of(text), Some(None)),
            _ => (
                Field::wrong(text, locale.t("refusal.whole_number").to_string()),
                None,
            ),
        }
    };
    let (approved_min, least) = number("approved_min", false);
    let (price_percent, percent) = number("price_percent", true);
    let words = posted.get("words").to_owned();
    let hold_new_shops = posted.ticked("hold_new_shops");
    let rules = least
        .flatten()
        .zip(percent)
        .map(|(approved_min, price_percent)| ModerationRules {
            hold_new_shops,
            approved_min,
            price_percent,
            words: words
                .lines()
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    let form = RulesForm {
        version: posted.get("version").parse().unwrap_or_default(),
        hold_new_shops,
        approved_min,
        price_percent,
        words: Field::of(words),
    };
    (form, rules)
}
