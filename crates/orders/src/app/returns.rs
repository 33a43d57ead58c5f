//! Returns as far as neither stock nor money moves: what buyers ask for and send, and what shops answer. The rest is the
//! till's.

use super::fulfil::{PARCEL_TEXT_CHARS_MAX, units_of};
use super::{page, read_cursor};
use crate::app::owns;
use crate::domain::{Command, Order, Refusal, ReturnRequest, ReturnStep, is_return_open, units};
use crate::project::SubOrderRow;
use crate::{Error, Orders, store};
use ::store::{Scope, log};
use contracts::Address;
use contracts::cart::CartOwner;
use contracts::orders as api;
use contracts::orders::{NewReturn, ReturnAnswer, SellerReturn};
use httpkit::text;
use kernel::{Ctx, Cursor, OrderId, Page, PageLimit, ReturnId, SubOrderId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Characters of what a buyer or a shop says about a return.
const NOTE_CHARS_MAX: usize = 500;

impl Orders {
    pub(crate) async fn requested(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        new: NewReturn,
    ) -> Result<api::Order, Error> {
        let request = ReturnRequest {
            lines: new.lines.iter().map(units_of).collect(),
            reason: new.reason,
            note: text::paragraphs("/note", &new.note, NOTE_CHARS_MAX)?,
            wish: new.wish,
        };
        self.as_buyer(ctx, owner, order, |_| {
            Ok(Command::Return {
                part: new.sub_order,
                id: new.id,
                step: ReturnStep::Requested(request),
            })
        })
        .await
    }

    pub(crate) async fn sent_back(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        of: ReturnId,
        carrier: &str,
        tracking: &str,
    ) -> Result<api::Order, Error> {
        let step = ReturnStep::SentBack {
            carrier: text::optional_line("/carrier", carrier, PARCEL_TEXT_CHARS_MAX)?,
            tracking: text::optional_line("/tracking", tracking, PARCEL_TEXT_CHARS_MAX)?,
        };
        self.as_buyer(ctx, owner, order, |order| {
            let part = order.part_of_return(of).ok_or(Refusal::NoSuchReturn)?;
            Ok(Command::Return { part, id: of, step })
        })
        .await
    }

    pub(crate) async fn answered(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        of: ReturnId,
        answer: ReturnAnswer,
    ) -> Result<api::SubOrder, Error> {
        let note = |note: &str| text::paragraphs("/note", note, NOTE_CHARS_MAX);
        let step = match &answer {
            ReturnAnswer::Authorise { note: said } => ReturnStep::Authorised { note: note(said)? },
            ReturnAnswer::Refuse { note: said } => ReturnStep::Refused { note: note(said)? },
        };
        self.fulfil(ctx, tenant, part, |_| Ok(Command::Return { part, id: of, step }))
            .await
    }

    /// Sends an order elsewhere, if nothing of it is packed. That it costs the same there, the caller has made sure of.
    pub async fn readdress(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        address: Address,
    ) -> Result<api::Order, Error> {
        let address = Box::new(address);
        self.as_buyer(ctx, owner, order, |_| Ok(Command::Readdress { address }))
            .await
    }

    /// Decides on what an order's owner asks, and writes what follows or nothing.
    async fn as_buyer<F>(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        id: OrderId,
        ask: F,
    ) -> Result<api::Order, Error>
    where
        F: FnOnce(&Order) -> Result<Command, Refusal>,
    {
        let mut tx = self.db().begin_by_key(Scope::System).await?;
        let order = self.lock_order(&mut tx, id).await?;
        if !owns(owner, &order) {
            return Err(Refusal::NoSuchOrder.into());
        }
        let command = ask(&order)?;
        let version = order.version;
        let order = self.happen(&mut tx, ctx, order, &command).await?;
        tx.commit().await?;
        if order.version > version {
            log::wake();
        }
        Ok(order.view())
    }

    pub(crate) async fn returned_to(
        &self,
        tenant: TenantId,
        open: bool,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<SellerReturn>, Error> {
        let before = after.as_ref().map(read_cursor).transpose()?.map(SubOrderId);
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows = store::returns_of_shop(&mut tx, tenant, open, before, limit).await?;
        let page = page(rows, limit, |row| row.id.0);
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.id.0).collect();
        let lines = store::lines(&mut tx, tenant, &ids).await?;
        tx.commit().await?;
        let title = |of: &api::ReturnLine| {
            let line = lines.iter().find(|line| line.id == of.line);
            line.map(|line| line.title.clone()).unwrap_or_default()
        };
        let items = page.items.into_iter().flat_map(|row| returns_of(row, open));
        Ok(Page {
            items: items
                .map(|found| SellerReturn {
                    titles: found.of.lines.iter().map(title).collect(),
                    ..found
                })
                .collect(),
            next: page.next,
        })
    }
}

/// A sub-order's returns, the newest first; with `open`, those of which more is expected.
fn returns_of(row: SubOrderRow, open: bool) -> impl Iterator<Item = SellerReturn> {
    let (sub_order, number) = (row.id, row.number);
    let wanted = move |of: &api::Return| !open || is_return_open(of.status);
    let returns = row.returns.into_iter().rev().filter(wanted);
    returns.map(move |of| SellerReturn {
        sub_order,
        number: number.clone(),
        titles: Vec::new(),
        of,
    })
}

/// A step of a return as the buyer's history tells it.
pub(super) fn told(part: SubOrderId, id: ReturnId, step: &ReturnStep) -> Value {
    let mut told = match step {
        ReturnStep::Requested(request) => json!({
            "lines": request.lines.iter().map(units).collect::<Vec<_>>(),
            "reason": request.reason,
            "note": request.note,
            "wish": request.wish,
        }),
        ReturnStep::Authorised { note } | ReturnStep::Refused { note } | ReturnStep::Closed { note } => {
            json!({ "note": note })
        }
        ReturnStep::SentBack { carrier, tracking } => json!({ "carrier": carrier, "tracking": tracking }),
        ReturnStep::Received { lines } => json!({ "lines": lines }),
        ReturnStep::Withdrawn | ReturnStep::Exchanged => json!({}),
    };
    told["sub_order"] = json!(part);
    told["return"] = json!(id);
    told
}
