//! The shop's discounts and coupons: which there are, what each cost, and making and ending them.

use super::promotion_form::{self, Form};
use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::page::Tone;
use crate::views::seller_promotions::{PromotionRow, SellerPromotionsPage};
use crate::views::work::{Section, Status};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::promotions::{Offer, PromotionCard};
use kernel::{Currency, Cursor, Money, Permission, PromotionId, Timestamp};
use serde::Deserialize;

const PER_PAGE: u16 = 25;
const PATH: &str = "/seller/promotions";

#[derive(Deserialize)]
pub struct Filter {
    show: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let (locale, all) = (visit.locale, filter.show.as_deref() == Some("all"));
    let after = filter.after.map(Cursor);
    let (page, seller, found, tree) = futures::join!(
        super::page_of_features(&shop, &visit, tenant, "work.promotions"),
        own_shop(&shop, &visit, tenant),
        shop.promotion_desk
            .promotions(&visit.ctx, Some(tenant), !all, after, PER_PAGE),
        shop.catalog.categories(&visit.ctx),
    );
    let (seller, found) = (seller?, found?);
    let tree = tree.unwrap_or_default();
    let may_edit = visit.may(Permission::RunPromotions);
    let tab = |key: &str, href: String, current| Section {
        link: Link::new(locale.t(key).to_string(), href),
        current,
    };
    let view = SellerPromotionsPage {
        page,
        work: bar(&visit, &seller, PATH),
        tabs: vec![
            tab("promotion.live", PATH.to_owned(), !all),
            tab("work.all", format!("{PATH}?show=all"), all),
            super::promoted::tab(locale, false),
        ],
        rows: found
            .items
            .iter()
            .map(|card| {
                let teller = Teller {
                    locale,
                    currency: card.currency.unwrap_or(seller.currency),
                    tree: &tree,
                };
                teller.row(card, visit.ctx.now, may_edit)
            })
            .collect(),
        more: found.next.map(|next| {
            let show = if all { "show=all&" } else { "" };
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{show}after={}", encode(&next.0)),
            )
        }),
        may_edit,
    };
    Ok(visit.show(&shop, &view))
}

/// Says what a promotion is, in a language and a currency.
struct Teller<'a> {
    locale: Locale,
    currency: Currency,
    tree: &'a [Category],
}

impl Teller<'_> {
    fn row(&self, card: &PromotionCard, now: Timestamp, may_edit: bool) -> PromotionRow {
        let status = self.status(card, now);
        let is_over = has_ended(card, now);
        let out_of = |of: String, most: Option<String>| match most {
            Some(most) => self
                .locale
                .t("promotion.of")
                .arg("n", of)
                .arg("most", most)
                .to_string(),
            None => of,
        };
        let most_uses = card.uses_max.and_then(|n| u64::try_from(n).ok());
        PromotionRow {
            id: format!("end-{}", card.id),
            name: card.name.clone(),
            code: card.code.clone().unwrap_or_default(),
            gives: self.gives(card),
            when: self.when(card),
            uses: out_of(
                self.locale.number(card.uses),
                most_uses.map(|n| self.locale.number(n)),
            ),
            cost: out_of(self.money(card.spent), card.budget.map(|most| self.money(most))),
            status,
            end: (may_edit && !is_over).then(|| format!("{PATH}/{}/end", card.id)),
        }
    }

    fn money(&self, amount: i64) -> String {
        self.locale.money(Money::new(amount, self.currency))
    }

    fn status(&self, card: &PromotionCard, now: Timestamp) -> Status {
        let spent = card.budget.is_some_and(|budget| card.spent >= budget);
        let used = card
            .uses_max
            .is_some_and(|most| i64::try_from(card.uses).unwrap_or(i64::MAX) >= most);
        let (key, tone) = if has_ended(card, now) {
            ("promotion.ended", Tone::Calm)
        } else if card.starts_at > now {
            ("promotion.ahead", Tone::Warn)
        } else if spent || used {
            ("promotion.used_up", Tone::Bad)
        } else {
            ("promotion.holds", Tone::Good)
        };
        Status {
            label: self.locale.t(key).to_string(),
            tone,
        }
    }

    fn gives(&self, card: &PromotionCard) -> String {
        let locale = self.locale;
        let off = match card.offer {
            Offer::Percent { basis_points } => locale
                .t("promotion.gives_share")
                .arg("share", locale.percent_of(basis_points)),
            Offer::Fixed { amount } => locale
                .t("promotion.gives_amount")
                .arg("amount", self.money(amount)),
            Offer::BuyGet {
                buy,
                get,
                basis_points,
            } => {
                let key = match basis_points {
                    10_000 => "promotion.gives_free",
                    _ => "promotion.gives_less",
                };
                locale
                    .t(key)
                    .arg("buy", buy)
                    .arg("get", get)
                    .arg("share", locale.percent_of(basis_points))
            }
            Offer::FreeDelivery => locale.t("promotion.gives_delivery"),
        };
        let mut parts = vec![off.to_string()];
        if let Some(path) = &card.category {
            let known = self.tree.iter().find(|c| c.path == *path);
            let name = known.map_or(path.as_str(), |c| category_name(c, locale));
            parts.push(
                locale
                    .t("promotion.in_category")
                    .arg("category", name)
                    .to_string(),
            );
        }
        if card.products > 0 {
            parts.push(locale.n("promotion.on_products", card.products).to_string());
        }
        if let Some(least) = card.least {
            parts.push(
                locale
                    .t("promotion.from")
                    .arg("amount", self.money(least))
                    .to_string(),
            );
        }
        parts.join(", ")
    }

    fn when(&self, card: &PromotionCard) -> String {
        let locale = self.locale;
        let starts = locale.date_short(card.starts_at.date_naive());
        match card.ended_at.or(card.ends_at) {
            // The end is the first moment at which it does not hold any more.
            Some(end) => {
                let last = (end - chrono::TimeDelta::seconds(1)).date_naive();
                format!("{starts} – {}", locale.date_short(last))
            }
            None => locale.t("promotion.since").arg("day", starts).to_string(),
        }
    }
}

fn has_ended(card: &PromotionCard, now: Timestamp) -> bool {
    card.ended_at.is_some() || card.ends_at.is_some_and(|end| end <= now)
}

pub async fn new(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::RunPromotions)?;
    let seller = own_shop(&shop, &visit, tenant).await?;
    promotion_form::show(&shop, &visit, &seller, Form::default()).await
}

pub async fn make(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RunPromotions)?;
    let seller = own_shop(&shop, visit, tenant).await?;
    let (mut form, read) = promotion_form::read(&posted, seller.currency);
    let Some(new) = read else {
        form.error = Some(visit.locale.t("form.check").to_string());
        return promotion_form::show(&shop, visit, &seller, form).await;
    };
    match shop.promotion_desk.make(&visit.ctx, Some(tenant), new).await {
        Ok(_) => Ok(redirect_done(PATH, "promotion_made")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            form.place(&fault, visit);
            promotion_form::show(&shop, visit, &seller, form).await
        }
    }
}

pub async fn end(
    State(shop): State<Shop>,
    Path(id): Path<PromotionId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RunPromotions)?;
    let note = posted.get("note").to_owned();
    match shop.promotion_desk.end(&visit.ctx, Some(tenant), id, note).await {
        Ok(_) => Ok(redirect_done(PATH, "promotion_ended")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
