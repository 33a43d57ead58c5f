//! All shops, and one of them with all that is known of it.

use super::{bar, features};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::operator::{
    CommandForm, HistoryRow, JudgedCheck, OperatorShopPage, OperatorShopsPage, ShopRow,
};
use crate::views::work::{Figure, Tab};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::seller::shop::{check_status, item_code, item_of};
use crate::web::seller::{settlement, shop_status};
use crate::web::visit::{Visit, encode, redirect_done};
use crate::web::{Shop, cards, saved_views};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::identity::UserCard;
use contracts::saved_views::ViewTable;
use contracts::tenants::{CheckLine, CheckState, ShopCommand, ShopDossier, ShopEntry, ShopStatus, ShopTally};
use kernel::{Fault, Kind, Permission, TenantId};
use serde::Deserialize;

const SHOPS_PER_PAGE: u16 = 50;
const STATES: [(&str, ShopStatus); 4] = [
    ("applied", ShopStatus::Applied),
    ("active", ShopStatus::Active),
    ("suspended", ShopStatus::Suspended),
    ("closed", ShopStatus::Closed),
];
const COMMANDS: [(&str, ShopCommand); 4] = [
    ("approve", ShopCommand::Approve),
    ("suspend", ShopCommand::Suspend),
    ("reinstate", ShopCommand::Reinstate),
    ("close", ShopCommand::Close),
];

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    before: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ApproveSellers)?;
    let state = filter.state.unwrap_or_default();
    let status = STATES
        .iter()
        .find(|(code, _)| *code == state)
        .map(|(_, status)| *status);
    let before: Option<TenantId> = filter.before.and_then(|id| id.parse().ok());
    let (page, found, tally) = futures::join!(
        saved_views::page(&shop, &visit, "operator.shops", ViewTable::Shops),
        shop.shop_desk.entries(&visit.ctx, status, before, SHOPS_PER_PAGE),
        shop.shop_desk.shop_tally(&visit.ctx),
    );
    let (found, tally) = (found?, tally?);
    let owners = found.items.iter().map(|entry| entry.owner).collect();
    // Names are for reading: without them the list still shows what waits.
    let owners = shop.identity.users(&visit.ctx, owners).await.unwrap_or_default();
    let view = OperatorShopsPage {
        page,
        work: bar(&visit, "/operator/shops"),
        figures: figures(tally, visit.locale),
        tabs: tabs(tally, &state, visit.locale),
        rows: found
            .items
            .iter()
            .map(|entry| row(entry, &owners, visit.locale))
            .collect(),
        more: found.next.map(|cursor| {
            let kept = match state.as_str() {
                "" => String::new(),
                state => format!("state={}&", encode(state)),
            };
            Link::new(
                visit.locale.t("listing.more").to_string(),
                format!("/operator/shops?{kept}before={}", encode(&cursor.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

fn count(tally: ShopTally, status: ShopStatus) -> u64 {
    match status {
        ShopStatus::Applied => tally.applied,
        ShopStatus::Active => tally.active,
        ShopStatus::Suspended => tally.suspended,
        ShopStatus::Closed => tally.closed,
    }
}

fn figures(tally: ShopTally, locale: Locale) -> Vec<Figure> {
    let figure = |key: &str, code: &str, number: u64| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value: locale.number(number),
        href: Some(format!("/operator/shops?state={code}")),
    };
    vec![
        figure("operator.figure.waiting", "applied", tally.applied),
        figure("operator.figure.open", "active", tally.active),
        figure("operator.figure.suspended", "suspended", tally.suspended),
    ]
}

fn tabs(tally: ShopTally, current: &str, locale: Locale) -> Vec<Tab> {
    let all = Tab {
        link: Link::new(locale.t("work.all").to_string(), "/operator/shops"),
        count: tally.applied + tally.active + tally.suspended + tally.closed,
        current: current.is_empty(),
    };
    let of = |(code, status): (&str, ShopStatus)| Tab {
        link: Link::new(
            shop_status(status, locale).label,
            format!("/operator/shops?state={code}"),
        ),
        count: count(tally, status),
        current: current == code,
    };
    std::iter::once(all).chain(STATES.map(of)).collect()
}

fn row(entry: &ShopEntry, owners: &[UserCard], locale: Locale) -> ShopRow {
    ShopRow {
        name: entry.shop.name.clone(),
        href: format!("/operator/shops/{}", entry.shop.id),
        slug: entry.shop.slug.clone(),
        place: cards::place(&entry.shop.location, locale),
        owner: owners
            .iter()
            .find(|o| o.id == entry.owner)
            .map(|o| o.name.clone())
            .unwrap_or_default(),
        applied: locale.date_short(entry.applied_at.date_naive()),
        status: shop_status(entry.shop.status, locale),
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<TenantId>,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, None).await
}

async fn show(shop: &Shop, visit: &Visit, id: TenantId, error: Option<String>) -> Result<Response, Failure> {
    visit.operator(Permission::ApproveSellers)?;
    let (page, dossier, goods, owed, features) = futures::join!(
        visit.keyed_page(shop, "operator.shops"),
        shop.shop_desk.dossier(&visit.ctx, id),
        shop.workbench.product_tally(&visit.ctx, id),
        shop.settlement.standing(&visit.ctx, id),
        features::of_shop(shop, visit, id),
    );
    let dossier = dossier?;
    let owner = shop.identity.users(&visit.ctx, vec![dossier.owner]).await;
    let owner = owner.unwrap_or_default().into_iter().next();
    let (seller, locale) = (&dossier.shop, visit.locale);
    let mut page = page;
    page.title.clone_from(&seller.name);
    let goods = goods.unwrap_or_default();
    let view = OperatorShopPage {
        page,
        work: bar(visit, "/operator/shops"),
        name: seller.name.clone(),
        slug: seller.slug.clone(),
        public_href: (seller.status == ShopStatus::Active).then(|| format!("/shop/{}", seller.slug)),
        status: shop_status(seller.status, locale),
        applied: locale.date_time(dossier.applied_at.naive_utc()),
        owner: owner.as_ref().map(|o| o.name.clone()).unwrap_or_default(),
        owner_email: owner.map(|o| o.email).unwrap_or_default(),
        place: cards::place(&seller.location, locale),
        story: seller.story.clone(),
        returns: seller.return_policy.clone(),
        products: locale
            .t("operator.products")
            .arg("active", locale.number(goods.active))
            .arg("draft", locale.number(goods.draft))
            .to_string(),
        owed: owed
            .unwrap_or_default()
            .iter()
            // The same sum as the shop reads.
            .map(|one| locale.money(settlement::owed(one)))
            .collect(),
        error,
        action: format!("/operator/shops/{id}"),
        checks: dossier
            .checks
            .iter()
            .map(|line| judged(line, &dossier, locale))
            .collect(),
        commands: commands(&dossier, locale),
        history: dossier
            .history
            .iter()
            .map(|step| HistoryRow {
                at: locale.date_time(step.at.naive_utc()),
                status: shop_status(step.to, locale),
                reason: step.reason.clone(),
            })
            .collect(),
        features,
    };
    Ok(visit.show(shop, &view))
}

fn judged(line: &CheckLine, dossier: &ShopDossier, locale: Locale) -> JudgedCheck {
    let code = item_code(line.item);
    JudgedCheck {
        code,
        label: locale.t(&format!("check.{code}")).to_string(),
        holder: line.holder.clone(),
        reference: line.reference.clone(),
        remark: line.remark.clone(),
        status: check_status(line.state, locale),
        is_stated: !line.holder.is_empty(),
        is_open: dossier.shop.status == ShopStatus::Applied,
    }
}

/// What may be done with a shop in its state. The rule is tenants'; this only spares the operator a refusal.
fn commands(dossier: &ShopDossier, locale: Locale) -> Vec<CommandForm> {
    let possible: &[&str] = match dossier.shop.status {
        ShopStatus::Applied => &["approve", "close"],
        ShopStatus::Active => &["suspend", "close"],
        ShopStatus::Suspended => &["reinstate", "close"],
        ShopStatus::Closed => &[],
    };
    let undone = |line: &&CheckLine| matches!(line.state, CheckState::Missing | CheckState::Rejected);
    let missing: Vec<String> = dossier
        .checks
        .iter()
        .filter(undone)
        .map(|line| locale.t(&format!("check.{}", item_code(line.item))).to_string())
        .collect();
    let form = |(code, _): (&'static str, ShopCommand)| CommandForm {
        code,
        label: locale.t(&format!("command.{code}")).to_string(),
        text: locale.t(&format!("command.{code}_text")).to_string(),
        is_main: matches!(code, "approve" | "reinstate"),
        is_danger: code == "close",
        blocked: if code == "approve" && !missing.is_empty() {
            let said = locale.t("operator.blocked").arg("items", missing.join(", "));
            said.to_string()
        } else {
            String::new()
        },
    };
    COMMANDS
        .into_iter()
        .filter(|(code, _)| possible.contains(code))
        .map(form)
        .collect()
}

pub async fn judge(
    State(shop): State<Shop>,
    Path((id, code)): Path<(TenantId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ApproveSellers)?;
    let item = item_of(&code)?;
    let verdict = match posted.get("verdict") {
        "accepted" => CheckState::Accepted,
        "rejected" => CheckState::Rejected,
        "waived" => CheckState::Waived,
        _ => return Err(Failure(Fault::field("verdict", "verdict", "Choose a verdict."))),
    };
    let remark = posted.get("remark").to_owned();
    let judged = shop
        .shop_desk
        .judge_item(&visit.ctx, id, item, verdict, remark)
        .await;
    after(&shop, visit, id, judged, "judged").await
}

pub async fn command(
    State(shop): State<Shop>,
    Path((id, code)): Path<(TenantId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ApproveSellers)?;
    let known = COMMANDS.into_iter().find(|(known, _)| *known == code);
    let (code, command) = known.ok_or_else(|| Fault::not_found("page"))?;
    let reason = posted.get("reason").to_owned();
    let done = shop.shop_desk.command(&visit.ctx, id, command, reason).await;
    after(&shop, visit, id, done.map(drop), code).await
}

async fn after(
    shop: &Shop,
    visit: &Visit,
    id: TenantId,
    outcome: Result<(), Fault>,
    code: &str,
) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done(&format!("/operator/shops/{id}"), code)),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable | Kind::NotFound) => {
            Err(Failure(fault))
        }
        Err(fault) => {
            // The page has several such fields: the words over it name the one that is meant.
            let said = visit.tell(&fault);
            let of_reason = fault.fields.iter().any(|f| f.pointer.ends_with("/reason"));
            let said = if of_reason {
                format!("{}: {said}", visit.locale.t("work.reason"))
            } else {
                said
            };
            show(shop, visit, id, Some(said)).await
        }
    }
}
