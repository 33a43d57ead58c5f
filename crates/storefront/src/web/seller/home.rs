//! How the shop stands.

use super::month::month;
use super::{bar, orders, own_shop, settlement, shop};
use crate::i18n::{COUNTED_MAX, Locale};
use crate::views::page::Tone;
use crate::views::seller::{SellerHomePage, StepToOpen};
use crate::views::work::{Figure, Status};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::live;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use contracts::tenants::{CheckState, ShopDossier, ShopStatus};
use kernel::{Permission, TenantId};

const LATEST: u16 = 6;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadShop)?;
    let seller = own_shop(&shop, &visit, tenant).await?;
    let (mut page, (figures, has_goods), month, latest, dossier) = futures::join!(
        visit.keyed_page(&shop, "work.home"),
        figures(&shop, &visit, tenant),
        month(&shop, &visit, tenant),
        latest(&shop, &visit, tenant),
        shop.shop_desk.dossier(&visit.ctx, tenant),
    );
    page.live = live::address("/seller", &visit.ctx);
    let view = SellerHomePage {
        work: bar(&visit, &seller, "/seller"),
        figures,
        month,
        steps: steps(&visit, &dossier?, has_goods),
        rows: latest?,
        page,
    };
    Ok(visit.show(&shop, &view))
}

/// What the signed-in person's role lets them know, and whether anything is for sale. A figure that cannot be had is left out.
async fn figures(shop: &Shop, visit: &Visit, tenant: TenantId) -> (Vec<Figure>, bool) {
    let (sales, goods, stock, owed) = futures::join!(
        shop.order_desk.tally(&visit.ctx, tenant),
        shop.workbench.product_tally(&visit.ctx, tenant),
        shop.stock_room.tally(&visit.ctx, tenant),
        shop.settlement.standing(&visit.ctx, tenant),
    );
    let locale = visit.locale;
    let figure = |key: &str, value: String, href: &str| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value,
        href: Some(href.to_owned()),
    };
    let has_goods = goods.as_ref().is_ok_and(|goods| goods.active > 0);
    let mut figures = Vec::new();
    if let (true, Ok(sales)) = (visit.may(Permission::ReadSales), sales) {
        let to_pack = locale.number(sales.confirmed);
        figures.push(figure(
            "work.figure.to_pack",
            to_pack,
            "/seller/orders?state=confirmed",
        ));
        if let Ok(owed) = owed {
            // The same sum as where it is explained.
            let said: Vec<String> = owed
                .iter()
                .map(|one| locale.money(settlement::owed(one)))
                .collect();
            figures.push(Figure {
                key: "work.figure.owed".to_owned(),
                label: locale.t("work.figure.owed").to_string(),
                value: if said.is_empty() {
                    "—".to_owned()
                } else {
                    said.join(" + ")
                },
                href: Some("/seller/settlement".to_owned()),
            });
        }
    }
    if let Ok(goods) = goods {
        let for_sale = locale.counted(goods.active);
        figures.push(figure(
            "work.figure.for_sale",
            for_sale,
            "/seller/products?state=active",
        ));
    }
    if let Ok(stock) = stock {
        let low = locale.number(stock.low);
        let label = match stock.skus > COUNTED_MAX {
            true => "work.figure.low_of_first",
            false => "work.figure.low",
        };
        figures.push(figure(label, low, "/seller/stock?low=1"));
    }
    (figures, has_goods)
}

async fn latest(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
) -> Result<Vec<crate::views::seller::SellerOrderRow>, Failure> {
    if !visit.may(Permission::ReadSales) {
        return Ok(Vec::new());
    }
    let found = shop
        .orders
        .of_seller(&visit.ctx, tenant, None, None, LATEST)
        .await?;
    Ok(found.items.iter().map(|sub| orders::row(sub, visit)).collect())
}

/// What is left to do until buyers see the shop, and after that until there is something to buy.
fn steps(visit: &Visit, dossier: &ShopDossier, has_goods: bool) -> Vec<StepToOpen> {
    let steps = steps_of(dossier, has_goods, verified(visit), visit.locale);
    // Who has all behind them is not told of it for ever.
    match steps.iter().all(|step| step.done) {
        true => Vec::new(),
        false => steps,
    }
}

fn verified(visit: &Visit) -> bool {
    visit.principal.as_ref().is_some_and(|p| p.email_verified)
}

fn steps_of(dossier: &ShopDossier, has_goods: bool, verified: bool, locale: Locale) -> Vec<StepToOpen> {
    let approved = dossier.shop.status != ShopStatus::Applied;
    let stated = |state: CheckState| {
        matches!(
            state,
            CheckState::Submitted | CheckState::Accepted | CheckState::Waived
        )
    };
    let missing = dossier.checks.iter().filter(|line| !stated(line.state)).count();
    let done_or = |done: bool, waiting: &str, tone: Tone| {
        if done {
            Status {
                label: locale.t("step.done").to_string(),
                tone: Tone::Good,
            }
        } else {
            Status {
                label: locale.t(waiting).to_string(),
                tone,
            }
        }
    };
    let step = |key: &str, href: Option<&str>, done: bool, status: Status| StepToOpen {
        label: locale.t(&format!("step.{key}")).to_string(),
        text: locale.t(&format!("step.{key}_text")).to_string(),
        href: href.filter(|_| !done).map(str::to_owned),
        done,
        status,
    };
    let checked = approved || missing == 0;
    vec![
        step(
            "verify",
            Some("/account"),
            verified,
            done_or(verified, "step.open", Tone::Warn),
        ),
        step(
            "checks",
            Some(shop::CHECKS),
            checked,
            done_or(checked, "step.open", Tone::Warn),
        ),
        step(
            "approve",
            None,
            approved,
            done_or(approved, "step.waiting", Tone::Calm),
        ),
        step(
            "goods",
            Some("/seller/products/new"),
            has_goods,
            done_or(has_goods, "step.open", Tone::Warn),
        ),
    ]
}
