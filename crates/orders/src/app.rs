//! Reading orders, one method per question. An order is read by folding its history.

mod credit_notes;
mod downloads;
mod fulfil;
mod invoices;
mod returns;

pub(crate) use fulfil::{ship_booked, units_of};

use crate::domain::{
    Discount, Event, Order, Refusal, added, by_rate, discount, discounts, link, replay, timeline, units,
};
use crate::project::{
    LineRow, OrderRow, SubOrderRow, fulfilment_of, reason_of, status_of, sub_order_status_of,
};
use crate::store::Happened;
use crate::{Error, domain, project, store};
use ::store::{Db, Scope};
use contracts::cart::CartOwner;
use contracts::orders as api;
use contracts::orders::{
    AsOf, CreditNote, NewParcel, NewReturn, OrderEvent, OrderLine, OrderSummary, ReturnAnswer, SellerReturn,
    SubOrder, SubOrderStatus,
};
use contracts::taxes::{TaxOwner, TaxSum};
use contracts::tenants::Tenants;
use contracts::{Reply, reply};
use kernel::{
    Ctx, Currency, Cursor, Fault, Money, OrderId, Page, PageLimit, ParcelId, ReturnId, SubOrderId, TenantId,
    Timestamp, UserId,
};
use object_store::ObjectStore;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// The orders context.
#[derive(Clone)]
pub struct Orders(Arc<Inner>);

struct Inner {
    db: Db,
    /// Signs the links of mails.
    link_key: Vec<u8>,
    shops: OnceLock<Arc<dyn Tenants>>,
    /// Where files that buyers download are kept.
    files: OnceLock<Arc<dyn ObjectStore>>,
}

impl Orders {
    /// `link_key` is a secret that all processes of the marketplace have, and nobody else.
    #[must_use]
    pub fn new(db: Db, link_key: Vec<u8>) -> Self {
        Self(Arc::new(Inner {
            db,
            link_key,
            shops: OnceLock::new(),
            files: OnceLock::new(),
        }))
    }

    /// Whose names stand on documents; without it there are none.
    pub fn know_shops(&self, shops: Arc<dyn Tenants>) {
        // Set twice, the first stays: both are the same context.
        let _ = self.0.shops.set(shops);
    }

    /// Where the catalogue keeps the files that buyers download; without it there is nothing to download.
    pub fn know_files(&self, files: Arc<dyn ObjectStore>) {
        let _ = self.0.files.set(files);
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    fn shops(&self) -> Option<&Arc<dyn Tenants>> {
        self.0.shops.get()
    }

    /// The order as it stood at `as_of`, whoever owns it.
    pub async fn load(&self, id: OrderId, as_of: AsOf) -> Result<Order, Error> {
        let history = self.history_of(id, as_of).await?;
        Ok(replay(id, history).ok_or(Refusal::NoSuchOrder)?)
    }

    async fn history_of(&self, id: OrderId, as_of: AsOf) -> Result<Vec<Happened>, Error> {
        let history = store::history_until(self.0.db.reads(), id, as_of).await?;
        // Whoever waited for the order may have begun before the event that came first: as of a time, the history goes as
        // far as nothing is missing in it.
        let whole = history.into_iter().zip(1..);
        Ok(whole
            .take_while(|((version, ..), expected)| version == expected)
            .map(|(happened, _)| happened)
            .collect())
    }

    /// The end of a link that shows a guest's order to whoever has it, and until when; none where its buyer has an account, and
    /// signs in.
    #[must_use]
    pub fn link(&self, order: &Order, now: Timestamp) -> Option<(String, Timestamp)> {
        let until = now + link::GOOD_FOR;
        let is_guests = order.placed.buyer.is_none();
        is_guests.then(|| (link::seal(&self.0.link_key, order.id, until), until))
    }

    async fn linked(&self, link: &str, now: Timestamp) -> Result<Order, Error> {
        let id = link::open(&self.0.link_key, link, now).ok_or(Refusal::NoSuchOrder)?;
        self.load(id, AsOf::default()).await
    }

    /// The order as it stood, if it is `owner`'s; without an owner, whose ever it is.
    async fn owned(&self, owner: Option<&CartOwner>, id: OrderId, as_of: AsOf) -> Result<Order, Error> {
        let order = self.load(id, as_of).await?;
        match owner {
            Some(owner) if !owns(owner, &order) => Err(Refusal::NoSuchOrder.into()),
            _ => Ok(order),
        }
    }

    async fn timeline(&self, owner: Option<&CartOwner>, id: OrderId) -> Result<Vec<OrderEvent>, Error> {
        let history = self.history_of(id, AsOf::default()).await?;
        let order = replay(id, history.iter().cloned()).ok_or(Refusal::NoSuchOrder)?;
        if owner.is_some_and(|owner| !owns(owner, &order)) {
            return Err(Refusal::NoSuchOrder.into());
        }
        Ok(history.iter().map(|happened| told(&order, happened)).collect())
    }

    async fn summaries(
        &self,
        buyer: UserId,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<OrderSummary>, Error> {
        let before = after.as_ref().map(read_cursor).transpose()?.map(OrderId);
        let rows = store::orders_of_buyer(self.0.db.pool(), buyer, before, limit).await?;
        Ok(page(rows, limit, |row| row.id.0).map(summary))
    }

    async fn sales(
        &self,
        tenant: TenantId,
        status: Option<SubOrderStatus>,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<SubOrder>, Error> {
        let before = after.as_ref().map(read_cursor).transpose()?.map(SubOrderId);
        let mut tx = self.0.db.begin(Scope::Tenant(tenant)).await?;
        let rows = match status {
            None => store::sub_orders_of_shop(&mut tx, tenant, before, limit).await?,
            Some(status) => store::sub_orders_in_state(&mut tx, tenant, status, before, limit).await?,
        };
        let page = page(rows, limit, |row| row.id.0);
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.id.0).collect();
        let lines = store::lines(&mut tx, tenant, &ids).await?;
        tx.commit().await?;
        Ok(page.map(|row| sale(row, &lines)))
    }

    pub(crate) async fn sale(&self, tenant: TenantId, id: SubOrderId) -> Result<SubOrder, Error> {
        let mut tx = self.0.db.begin_by_key(Scope::Tenant(tenant)).await?;
        let row = store::sub_order(&mut tx, tenant, id).await?;
        let lines = store::lines(&mut tx, tenant, &[id.0]).await?;
        tx.commit().await?;
        let row = row.ok_or(Refusal::NoSuchOrder)?;
        Ok(sale(row, &lines))
    }
}

/// By what a guest's order knows its owner: the secret itself is kept nowhere.
#[must_use]
pub fn guest_hash(secret: &str) -> String {
    kernel::hex(&Sha256::digest(secret.as_bytes()))
}

/// Whether the order was placed by `owner`.
#[must_use]
pub fn owns(owner: &CartOwner, order: &Order) -> bool {
    match owner {
        CartOwner::User(user) => order.placed.buyer == Some(*user),
        CartOwner::Guest(secret) => order.placed.guest.as_deref() == Some(guest_hash(secret).as_str()),
    }
}

pub(crate) fn read_cursor(cursor: &Cursor) -> Result<Uuid, Error> {
    Uuid::parse_str(&cursor.0).map_err(|_| Error::BadCursor)
}

/// Cuts the row that was read beyond the limit, whose presence says that there is a next page.
pub(crate) fn page<T>(mut items: Vec<T>, limit: PageLimit, id: impl Fn(&T) -> Uuid) -> Page<T> {
    let more = items.len() > limit.get();
    items.truncate(limit.get());
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| Cursor(id(last).simple().to_string()));
    Page { items, next }
}

/// The tables take no currency that the kernel does not know.
pub(crate) fn currency(code: &str) -> Currency {
    code.parse().unwrap_or(Currency::EUR)
}

pub(crate) fn summary(row: OrderRow) -> OrderSummary {
    OrderSummary {
        id: row.id,
        status: status_of(&row.status),
        fulfilment: fulfilment_of(&row.fulfilment),
        total: Money::new(row.total, currency(&row.currency)),
        sellers: u32::try_from(row.sellers).unwrap_or(0),
        units: u32::try_from(row.units).unwrap_or(u32::MAX),
        number: row.number,
        placed_at: row.placed_at,
    }
}

/// A part as its seller sees it. As [`sale`] of its rows, which an order that was just written need not be asked for.
fn sold_by(part: &domain::SubOrder<'_>) -> SubOrder {
    let row = project::sub_order(&part.order.number(), part);
    let mut lines: Vec<LineRow> = project::lines(*part).collect();
    lines.sort_unstable_by_key(|line| line.id);
    sale(row, &lines)
}

fn sale(row: SubOrderRow, lines: &[LineRow]) -> SubOrder {
    let currency = currency(&row.currency);
    let money = |amount| Money::new(amount, currency);
    let taxes = taxes(&row, lines, currency);
    let is_downloaded = |line: &LineRow| line.sub_order_id == row.id && line.digital.is_some();
    // Provided with its payment.
    let provided = row.dates.confirmed.filter(|_| lines.iter().any(is_downloaded));
    SubOrder {
        lines: lines
            .iter()
            .filter(|line| line.sub_order_id == row.id)
            .map(|line| sold(line, currency))
            .collect(),
        id: row.id,
        order: row.order_id,
        tenant: row.tenant_id,
        number: row.number,
        status: sub_order_status_of(&row.status),
        delivery_code: row.delivery_code,
        delivery_name: row.delivery_name,
        subtotal: money(row.subtotal),
        delivery: money(row.delivery),
        discount: money(lines_discount(lines, row.id) + discount(kept(row.delivery_discounts.as_ref()))),
        delivery_discounts: discounts(kept(row.delivery_discounts.as_ref()), currency),
        delivery_tax: row.delivery_tax.as_ref().map(|tax| tax.0.view(currency)),
        total: money(row.total),
        tax: money(row.tax),
        taxes,
        tax_owed_by: match row.tax_by_marketplace {
            true => TaxOwner::Marketplace,
            false => TaxOwner::Seller,
        },
        tax_refunded: money(row.tax_refunded),
        funded: money(row.funded),
        funded_refunded: money(row.funded_refunded),
        commission: Some(money(row.commission)),
        refunded: money(row.refunded),
        commission_refunded: Some(money(row.commission_refunded)),
        placed_at: row.dates.placed,
        address: row.address,
        timeline: timeline(row.dates, provided, &row.parcels, &row.refunds),
        cancellations: row.cancellations,
        parcels: row.parcels,
        refunds: row.refunds,
        returns: row.returns,
        return_until: row.return_until,
        returnable: Vec::new(),
        cancel_reason: row.cancel_reason.as_deref().map(reason_of),
        cancel_note: row.cancel_note,
    }
}

fn sold(line: &LineRow, currency: Currency) -> OrderLine {
    OrderLine {
        id: line.id,
        sku: line.sku_id,
        product: line.product_id,
        title: line.title.clone(),
        options: line.options.clone(),
        code: line.code.clone(),
        quantity: u32::try_from(line.quantity).unwrap_or(u32::MAX),
        shipped: u32::try_from(line.shipped).unwrap_or(u32::MAX),
        cancelled: u32::try_from(line.cancelled).unwrap_or(u32::MAX),
        unit_price: Money::new(line.unit_price, currency),
        list_total: Money::new(line.unit_price * line.quantity, currency),
        discounts: discounts(kept(line.discounts.as_ref()), currency),
        total: Money::new(paid(line), currency),
        tax: line.tax.as_ref().map(|tax| tax.0.view(currency)),
        made: line.made.as_ref().map(|made| Box::new(made.0.clone())),
        digital: line.digital.as_ref().map(|digital| Box::new(digital.0.clone())),
    }
}

/// What is paid for a line: after discounts, with tax.
fn paid(line: &LineRow) -> i64 {
    let tax = line.tax.as_ref().map(|tax| &tax.0);
    line.unit_price * line.quantity - discount(kept(line.discounts.as_ref())) + added(tax)
}

/// The taxes of a sub-order by rate.
fn taxes(row: &SubOrderRow, lines: &[LineRow], currency: Currency) -> Vec<TaxSum> {
    let own = lines.iter().filter(|line| line.sub_order_id == row.id);
    let of_lines = own.map(|line| (line.tax.as_ref().map(|tax| &tax.0), paid(line)));
    let of_delivery = (row.delivery_tax.as_ref().map(|tax| &tax.0), row.delivery);
    by_rate(currency, of_lines.chain([of_delivery]))
}

fn kept(discounts: Option<&Json<Vec<Discount>>>) -> &[Discount] {
    discounts.map_or(&[], |discounts| discounts.0.as_slice())
}

fn lines_discount(lines: &[LineRow], sub_order: SubOrderId) -> i64 {
    let own = lines.iter().filter(|line| line.sub_order_id == sub_order);
    own.map(|line| discount(kept(line.discounts.as_ref()))).sum()
}

/// An event as the buyer's timeline tells it; what the history keeps is ours.
fn told(order: &Order, (version, at, event): &Happened) -> OrderEvent {
    let payload = match event {
        Event::Placed(placed) => json!({
            "total": order.total(),
            "sellers": placed.parts.len(),
            "reserved_until": placed.reserved_until,
        }),
        Event::PaymentDeclined { reason } => json!({ "reason": reason }),
        Event::Confirmed => json!({}),
        Event::Cancelled { reason } => json!({ "reason": reason }),
        Event::Reopened { reserved_until } => json!({ "reserved_until": reserved_until }),
        Event::Readdressed { address } => json!({ "address": address }),
        Event::Provided { part } => json!({ "sub_order": part }),
        Event::Packed { part } => json!({ "sub_order": part }),
        Event::Shipped { part, parcel } => json!({
            "sub_order": part,
            "parcel": parcel.id,
            "lines": parcel.lines.iter().map(units).collect::<Vec<_>>(),
            "carrier": parcel.carrier,
            "tracking": parcel.tracking,
        }),
        Event::Delivered { part, parcel } => json!({ "sub_order": part, "parcel": parcel }),
        Event::PartCancelled { part, reason, note } => {
            json!({ "sub_order": part, "reason": reason, "note": note })
        }
        Event::UnitsCancelled {
            part,
            units: cancelled,
            reason,
            note,
            ..
        } => json!({
            "sub_order": part,
            "lines": cancelled.iter().map(units).collect::<Vec<_>>(),
            "reason": reason,
            "note": note,
        }),
        Event::Refunded { refund } => json!({
            "sub_order": refund.part,
            "refund": refund.id,
            "amount": order.money(refund.amount),
            "reason": refund.reason,
        }),
        Event::Return { part, id, step } => returns::told(*part, *id, step),
    };
    OrderEvent {
        version: *version,
        name: event.name().to_owned(),
        at: *at,
        payload,
    }
}

fn page_limit(limit: u16) -> PageLimit {
    PageLimit::new(limit).unwrap_or_default()
}

impl api::Orders for Orders {
    fn order<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: Option<CartOwner>,
        id: OrderId,
        as_of: AsOf,
    ) -> Reply<'a, api::Order> {
        Box::pin(async move {
            let order = self.owned(owner.as_ref(), id, as_of).await.map_err(Fault::from)?;
            Ok(order.view())
        })
    }

    fn by_link<'a>(&'a self, ctx: &'a Ctx, link: String) -> Reply<'a, api::Order> {
        reply(async move { self.linked(&link, ctx.now).await.map(|order| order.view()) })
    }

    fn history<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: Option<CartOwner>,
        id: OrderId,
    ) -> Reply<'a, Vec<OrderEvent>> {
        reply(async move { self.timeline(owner.as_ref(), id).await })
    }

    fn of_buyer<'a>(
        &'a self,
        _ctx: &'a Ctx,
        buyer: UserId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<OrderSummary>> {
        reply(self.summaries(buyer, after, page_limit(limit)))
    }

    fn of_seller<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        status: Option<SubOrderStatus>,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<SubOrder>> {
        reply(self.sales(tenant, status, after, page_limit(limit)))
    }

    fn sub_order<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: SubOrderId) -> Reply<'a, SubOrder> {
        reply(self.sale(tenant, id))
    }

    fn pack<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: SubOrderId) -> Reply<'a, SubOrder> {
        reply(self.packed(ctx, tenant, id))
    }

    fn ship<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        parcel: NewParcel,
    ) -> Reply<'a, SubOrder> {
        reply(self.shipped(ctx, tenant, id, parcel))
    }

    fn ship_booked<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        parcel: NewParcel,
    ) -> Reply<'a, SubOrder> {
        reply(self.shipped_as_booked(ctx, tenant, id, parcel))
    }

    fn deliver<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        parcel: ParcelId,
    ) -> Reply<'a, SubOrder> {
        reply(self.delivered(ctx, tenant, id, parcel))
    }

    fn request_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        request: NewReturn,
    ) -> Reply<'a, api::Order> {
        reply(async move { self.requested(ctx, &owner, order, request).await })
    }

    fn send_back<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        of: ReturnId,
        carrier: String,
        tracking: String,
    ) -> Reply<'a, api::Order> {
        reply(async move { self.sent_back(ctx, &owner, order, of, &carrier, &tracking).await })
    }

    fn answer_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        of: ReturnId,
        answer: ReturnAnswer,
    ) -> Reply<'a, SubOrder> {
        reply(self.answered(ctx, tenant, id, of, answer))
    }

    fn returns_of_seller<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        open: bool,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<SellerReturn>> {
        reply(self.returned_to(tenant, open, after, page_limit(limit)))
    }

    fn credit_notes<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: Option<CartOwner>,
        order: OrderId,
    ) -> Reply<'a, Vec<CreditNote>> {
        reply(async move { self.credit_notes_of(owner.as_ref(), order).await })
    }

    fn credit_notes_of_sale<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
    ) -> Reply<'a, Vec<CreditNote>> {
        reply(self.credit_notes_to(tenant, id))
    }
}
