//! Transfers between warehouses and orders to suppliers: begun, under way, received.

use super::{bar, own_shop, stock_parts};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::seller_goods_move::{
    GoodsLineRow, GoodsRow, SellerGoodsNewPage, SellerGoodsOnePage, SellerGoodsPage,
};
use crate::views::work::{Section, Status};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::left::{KEY_CHARS_MAX, KEY_REUSED, Left, Shown};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Offer;
use contracts::inventory::{
    GoodsFrom, GoodsState, GoodsUnderWay, GoodsUnits, NewGoods, StockPlace, WarehouseCard,
};
use kernel::{Cursor, Fault, InboundId, Permission, SkuId, TenantId, WarehouseId};
use serde::Deserialize;
use std::collections::HashMap;

const PATH: &str = "/seller/goods";
const PER_PAGE: u16 = 25;
/// Lines of one form, as many as the inventory takes.
const LINES_MAX: usize = 500;
/// In the place of a warehouse: whoever sells to the shop.
const SUPPLIER: &str = "supplier";

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<String>,
}

/// Names of a shop's warehouses, closed ones too.
struct Names(HashMap<WarehouseId, String>);

impl Names {
    fn of(warehouses: Vec<WarehouseCard>) -> Self {
        Self(warehouses.into_iter().map(|one| (one.id, one.name)).collect())
    }

    fn to(&self, id: WarehouseId) -> String {
        self.0.get(&id).cloned().unwrap_or_default()
    }

    fn from(&self, from: &GoodsFrom) -> String {
        match from {
            GoodsFrom::Warehouse(id) => self.to(*id),
            GoodsFrom::Supplier(name) => name.clone(),
        }
    }
}

fn status(state: GoodsState, locale: Locale) -> Status {
    let tone = match state {
        GoodsState::UnderWay => Tone::Warn,
        GoodsState::Received => Tone::Good,
        GoodsState::Closed => Tone::Calm,
    };
    Status {
        label: locale.t(&format!("goods.state.{}", state.name())).to_string(),
        tone,
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let locale = visit.locale;
    let wanted = filter.state.unwrap_or_default();
    let state = GoodsState::ALL.into_iter().find(|state| state.name() == wanted);
    let after = filter.after.map(Cursor);
    let (page, seller, found, book) = futures::join!(
        visit.keyed_page(&shop, "work.goods"),
        own_shop(&shop, &visit, tenant),
        shop.warehouse_desk
            .goods(&visit.ctx, tenant, state, after, PER_PAGE),
        shop.warehouse_desk.warehouses(&visit.ctx, tenant),
    );
    let (found, names) = (found?, Names::of(book?.warehouses));
    let all = Section {
        link: Link::new(locale.t("work.all").to_string(), PATH),
        current: state.is_none(),
    };
    let tab = |one: GoodsState| Section {
        link: Link::new(status(one, locale).label, format!("{PATH}?state={}", one.name())),
        current: state == Some(one),
    };
    let kept = state
        .map(|state| format!("state={}&", state.name()))
        .unwrap_or_default();
    let view = SellerGoodsPage {
        page,
        work: bar(&visit, &seller?, "/seller/stock"),
        parts: stock_parts(&visit, PATH),
        tabs: std::iter::once(all).chain(GoodsState::ALL.map(tab)).collect(),
        rows: found.items.iter().map(|one| row(one, &names, locale)).collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
        may_edit: visit.may(Permission::EditStock),
    };
    Ok(visit.show(&shop, &view))
}

fn row(one: &GoodsUnderWay, names: &Names, locale: Locale) -> GoodsRow {
    let sum = |part: fn(&contracts::inventory::GoodsLine) -> i64| -> u64 {
        u64::try_from(one.lines.iter().map(part).sum::<i64>()).unwrap_or(0)
    };
    let units = locale
        .t("promotion.of")
        .arg("n", locale.number(sum(|line| line.received)))
        .arg("most", locale.number(sum(|line| line.expected)));
    GoodsRow {
        href: format!("{PATH}/{}", one.id),
        made: locale.date_short(one.created_at.date_naive()),
        from: names.from(&one.from),
        to: names.to(one.to),
        expected: one
            .expected_on
            .map(|day| locale.date_short(day))
            .unwrap_or_default(),
        units: units.to_string(),
        status: status(one.state, locale),
    }
}

/// A form as it is shown: empty, or as it came back.
#[derive(Default)]
struct Form {
    error: Option<String>,
    key: Option<String>,
    from: Field,
    supplier: Field,
    to: Field,
    expected: Field,
    note: Field,
    lines: Field,
}

pub async fn new(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditStock)?;
    show(&shop, &visit, tenant, Form::default()).await
}

async fn show(shop: &Shop, visit: &Visit, tenant: TenantId, form: Form) -> Result<Response, Failure> {
    let (page, seller, places) = futures::join!(
        visit.keyed_page(shop, "goods.new"),
        own_shop(shop, visit, tenant),
        shop.stock_room.places(&visit.ctx, tenant),
    );
    let places = places?;
    let choice = |place: &StockPlace| Choice::new(place.warehouse.to_string(), place.name.clone());
    let mut origins = vec![Choice::new(
        SUPPLIER,
        visit.locale.t("goods.a_supplier").to_string(),
    )];
    origins.extend(places.iter().map(choice));
    let view = SellerGoodsNewPage {
        page,
        work: bar(visit, &seller?, "/seller/stock"),
        error: form.error,
        key: form.key.unwrap_or_else(kernel::secret::token),
        origins: Choice::select(origins, &form.from.value),
        targets: Choice::select(places.iter().map(choice).collect(), &form.to.value),
        from: form.from,
        supplier: form.supplier,
        to: form.to,
        expected: form.expected,
        note: form.note,
        lines: form.lines,
    };
    Ok(visit.show(shop, &view))
}

/// Article numbers with their units, one a line, the units last.
fn read_lines(text: &str) -> Result<Vec<(String, i64)>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .take(LINES_MAX + 1)
        .map(|line| {
            let (code, units) = line
                .rsplit_once(char::is_whitespace)
                .ok_or_else(|| line.to_owned())?;
            let units = units.parse().ok().filter(|units| *units > 0);
            let units = units.ok_or_else(|| line.to_owned())?;
            Ok((code.trim_end().to_owned(), units))
        })
        .collect()
}

pub async fn begin(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let mut form = Form {
        error: None,
        key: Some(posted.get("key").chars().take(KEY_CHARS_MAX).collect()),
        from: Field::of(posted.get("from")),
        supplier: Field::of(posted.get("supplier")),
        to: Field::of(posted.get("to")),
        expected: Field::of(posted.get("expected")),
        note: Field::of(posted.get("note")),
        lines: Field::of(posted.get("lines")),
    };
    let Some(new) = read(&shop, visit, tenant, &mut form).await? else {
        form.error = Some(visit.locale.t("form.check").to_string());
        return show(&shop, visit, tenant, form).await;
    };
    let key = form.key.clone().unwrap_or_default();
    match shop
        .warehouse_desk
        .begin_goods(&visit.ctx, tenant, new, key)
        .await
    {
        Ok(begun) => Ok(redirect_done(&format!("{PATH}/{}", begun.id), "goods_begun")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            form.place(&fault, visit);
            // Sent before with something else in it: what stands here now is to be something of its own.
            if fault.code == KEY_REUSED {
                form.key = None;
            }
            show(&shop, visit, tenant, form).await
        }
    }
}

/// What the form says, if it can be read; else its fields say why not.
async fn read(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    form: &mut Form,
) -> Result<Option<NewGoods>, Failure> {
    let said = |key: &str| visit.locale.t(key).to_string();
    let to: Option<WarehouseId> = form.to.value.parse().ok();
    if to.is_none() {
        form.to.error = Some(said("form.required"));
    }
    let from = match form.from.value.as_str() {
        SUPPLIER if form.supplier.value.is_empty() => {
            form.supplier.error = Some(said("form.required"));
            None
        }
        SUPPLIER => Some(GoodsFrom::Supplier(form.supplier.value.clone())),
        id => id.parse().ok().map(GoodsFrom::Warehouse),
    };
    let expected_on = match form.expected.value.as_str() {
        "" => None,
        day => {
            let day = day.parse().ok();
            if day.is_none() {
                form.expected.error = Some(said("refusal.day"));
            }
            day
        }
    };
    let lines = match read_lines(&form.lines.value) {
        Ok(lines) if lines.is_empty() => Err(said("form.required")),
        Ok(lines) => units(shop, visit, tenant, lines).await?,
        Err(line) => Err(visit.locale.t("goods.line_wrong").arg("line", line).to_string()),
    };
    let lines = lines.map_err(|why| form.lines.error = Some(why)).ok();
    let is_good = form.expected.error.is_none();
    let new = to.zip(from).zip(lines).filter(|_| is_good);
    Ok(new.map(|((to, from), lines)| NewGoods {
        from,
        to,
        expected_on,
        note: form.note.value.clone(),
        lines,
    }))
}

/// The shop's SKUs of these article numbers, or which of them is none.
async fn units(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    lines: Vec<(String, i64)>,
) -> Result<Result<Vec<GoodsUnits>, String>, Failure> {
    let codes = lines.iter().map(|(code, _)| code.clone()).collect();
    let known = shop.catalog.skus_by_code(&visit.ctx, tenant, codes).await?;
    let known: HashMap<String, SkuId> = known.into_iter().map(|one| (one.code, one.sku)).collect();
    let unknown = |code: &str| visit.locale.t("goods.code_unknown").arg("code", code).to_string();
    Ok(lines
        .into_iter()
        .map(|(code, quantity)| {
            let sku = known.get(&code).copied().ok_or_else(|| unknown(&code))?;
            Ok(GoodsUnits { sku, quantity })
        })
        .collect())
}

impl Form {
    /// Puts a refusal beside its field; what belongs to none stands over the form.
    fn place(&mut self, fault: &Fault, visit: &Visit) {
        let said = visit.tell(fault);
        let pointer = fault.fields.first().map_or("", |field| field.pointer.as_str());
        let line = pointer
            .strip_prefix("/lines/")
            .and_then(|rest| rest.split('/').next());
        let line = line.and_then(|at| at.parse().ok());
        match (pointer, line) {
            _ if fault.code == KEY_REUSED => {
                self.error = Some(visit.locale.t("goods.sent_before").to_string());
            }
            ("/supplier", _) => self.supplier.error = Some(said),
            ("/to" | "/warehouse", _) => self.to.error = Some(said),
            ("/note", _) => self.note.error = Some(said),
            (_, Some(at)) => {
                let mut all = self.lines.value.lines().filter(|line| !line.trim().is_empty());
                let line: &str = all.nth(at).unwrap_or_default();
                self.lines.error = Some(format!("{}: {said}", line.trim()));
            }
            _ => self.error = Some(said),
        }
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<InboundId>,
) -> Result<Response, Failure> {
    show_one(&shop, &visit, id, None).await
}

async fn show_one(
    shop: &Shop,
    visit: &Visit,
    id: InboundId,
    left: Option<&Left<'_>>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let locale = visit.locale;
    let (page, seller, one, book) = futures::join!(
        visit.keyed_page(shop, "work.goods"),
        own_shop(shop, visit, tenant),
        shop.warehouse_desk.goods_of(&visit.ctx, tenant, id),
        shop.warehouse_desk.warehouses(&visit.ctx, tenant),
    );
    let (mut page, one, names) = (page, one?, Names::of(book?.warehouses));
    let skus: Vec<SkuId> = one.lines.iter().map(|line| line.sku).collect();
    // Numbers without titles are still numbers.
    let offers = shop.catalog.offers(&visit.ctx, skus).await.unwrap_or_default();
    let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|offer| (offer.sku, offer)).collect();
    let heading = format!("{} → {}", names.from(&one.from), names.to(one.to));
    page.title.clone_from(&heading);
    let may = visit.may(Permission::EditStock) && one.state == GoodsState::UnderWay;
    let said = |key: &str, day| locale.t(key).arg("day", locale.date(day)).to_string();
    let shown = Shown::of(left, &format!("{PATH}/{id}/receive"));
    let mut view = SellerGoodsOnePage {
        page,
        work: bar(visit, &seller?, "/seller/stock"),
        heading,
        status: status(one.state, locale),
        made: said("goods.begun_on", one.created_at.date_naive()),
        expected: one
            .expected_on
            .map(|day| said("goods.expected_on", day))
            .unwrap_or_default(),
        note: one.note.clone().unwrap_or_default(),
        lines: one
            .lines
            .iter()
            .map(|line| {
                let offer = offers.get(&line.sku);
                GoodsLineRow {
                    sku: line.sku.to_string(),
                    title: offer.map_or_else(
                        || locale.t("stock.forgotten").to_string(),
                        |offer| offer.title.clone(),
                    ),
                    code: offer.map(|offer| offer.code.clone()).unwrap_or_default(),
                    expected: line.expected,
                    received: line.received,
                    missing: line.missing,
                    to_come: line.to_come(),
                    came: shown.value(&format!("units.{}", line.sku), &line.to_come().to_string()),
                }
            })
            .collect(),
        receive: may.then(|| format!("{PATH}/{id}/receive")),
        key: shown.key("key", kernel::secret::token()),
        refused: shown.refused(),
        close: may.then(|| format!("{PATH}/{id}/close")),
    };
    if let Some(left) = left.filter(|_| view.receive.is_none()) {
        view.page.notice = Some(left.notice());
    }
    Ok(visit.show(shop, &view))
}

pub async fn receive(
    State(shop): State<Shop>,
    Path(id): Path<InboundId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let back = format!("{PATH}/{id}");
    let unreadable = || Fault::field("units_invalid", "units", "Write how many units came.");
    let read = |(sku, units): (&str, &str)| {
        let sku: SkuId = sku.parse().map_err(|_| unreadable())?;
        let quantity: i64 = units.parse().map_err(|_| unreadable())?;
        Ok::<_, Fault>(GoodsUnits { sku, quantity })
    };
    let lines: Result<Vec<GoodsUnits>, Fault> = posted.with_prefix("units.").map(read).collect();
    let key = posted.get("key").chars().take(KEY_CHARS_MAX).collect();
    let received = match lines {
        Ok(lines) => {
            let came = lines.into_iter().filter(|line| line.quantity != 0).collect();
            shop.warehouse_desk
                .receive_goods(&visit.ctx, tenant, id, came, key)
                .await
        }
        Err(fault) => Err(fault),
    };
    match received {
        Ok(_) => Ok(redirect_done(&back, "goods_received")),
        Err(fault) if Left::can_be_mended(&fault) && fault.code != "inbound_ended" => {
            let left = Left {
                action: format!("{back}/receive"),
                posted: &posted,
                fault,
            };
            show_one(&shop, visit, id, Some(&left)).await
        }
        Err(fault) => redirect_refused(&back, fault),
    }
}

pub async fn close(
    State(shop): State<Shop>,
    Path(id): Path<InboundId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let back = format!("{PATH}/{id}");
    match shop.warehouse_desk.close_goods(&visit.ctx, tenant, id).await {
        Ok(_) => Ok(redirect_done(&back, "goods_closed")),
        Err(fault) => redirect_refused(&back, fault),
    }
}

#[cfg(test)]
mod tests {
    use super::read_lines;

    #[test]
    fn units_stand_last_in_a_line() {
        let read = read_lines("TG-JAR 5\n\n  TG BOWL\t12 \n").unwrap();
        assert_eq!(read, [("TG-JAR".to_owned(), 5), ("TG BOWL".to_owned(), 12)]);
        for wrong in ["TG-JAR", "TG-JAR five", "TG-JAR 0", "TG-JAR -1"] {
            assert_eq!(read_lines(wrong), Err(wrong.to_owned()));
        }
    }
}
