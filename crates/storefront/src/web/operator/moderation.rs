//! Products and changes that wait before buyers see them: looked at, let through or refused; and the rules by which they wait.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Field, Link};
use crate::views::operator_moderation::{OperatorModerationPage, RulesForm, WaitingRow};
use crate::views::page::Tone;
use crate::web::Shop;
use crate::web::differences::in_words;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::catalog::moderation::{
    FlagReason, ModerationItem, ModerationRules, ModerationState, Review, Verdict, VersionedRules,
};
use kernel::{Cursor, Fault, Kind, ModerationId, Permission, TenantId};
use serde::Deserialize;

const PATH: &str = "/operator/moderation";
const PER_PAGE: u16 = 20;

#[derive(Default, Deserialize)]
pub struct Place {
    after: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    show(&shop, &visit, place.after, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    after: Option<String>,
    left: Option<(RulesForm, Fault)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ModerateCatalog)?;
    let (page, found, rules, tree) = futures::join!(
        visit.keyed_page(shop, "operator.moderation"),
        shop.moderation.queue(&visit.ctx, after.map(Cursor), PER_PAGE),
        shop.moderation.rules(&visit.ctx),
        shop.catalog.categories(&visit.ctx),
    );
    let (found, tree) = (found?, tree.unwrap_or_default());
    let (rules, fault) = match left {
        Some((form, fault)) => (form, Some(fault)),
        None => (filled(&rules?), None),
    };
    let view = OperatorModerationPage {
        page,
        work: bar(visit, PATH),
        error: fault.map(|fault| visit.tell(&fault)),
        rows: found
            .items
            .iter()
            .map(|item| row(item, &tree, visit.locale))
            .collect(),
        more: found.next.map(|next| {
            let href = format!("{PATH}?after={}", encode(&next.0));
            Link::new(visit.locale.t("moderation.more").to_string(), href)
        }),
        rules,
    };
    Ok(visit.show(shop, &view))
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
    match shop.moderation.decide(&visit.ctx, id, seen, verdict).await {
        Ok(_) => Ok(redirect_done(PATH, done)),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn trust(
    State(shop): State<Shop>,
    Path(id): Path<TenantId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateCatalog)?;
    match shop.moderation.trust(&visit.ctx, id, true).await {
        Ok(()) => Ok(redirect_done(PATH, "shop_trusted")),
        Err(fault) => redirect_refused(PATH, fault),
    }
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
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, None, Some((form, fault))).await,
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
