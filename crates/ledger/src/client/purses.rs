//! Gift cards and store credit as other contexts and pages know them.

use crate::app::Purses;
use crate::error::Error;
use crate::http::view::{page, place};
use crate::store::entries::currency;
use crate::store::purses::{CardRow, ChangeRow, CreditRow, Found, MovementRow};
use contracts::Reply;
use contracts::purses::{self as api, *};
use kernel::{Ctx, Cursor, Fault, Money, Page, PurseId, Timestamp, UserId};

fn card(row: CardRow) -> Result<GiftCard, Fault> {
    let currency = currency(&row.currency)?;
    let money = |amount| Money::new(amount, currency);
    let funding = match row.funding == Funding::Sold.name() {
        true => Funding::Sold,
        false => Funding::Given,
    };
    Ok(GiftCard {
        id: row.id,
        hint: row.hint,
        issued: money(row.issued),
        balance: money(row.balance),
        held: money(row.held),
        funding,
        expires_at: row.expires_at,
        disabled_at: row.disabled_at,
        note: row.note,
        issued_at: row.made_at,
        issued_by: row.issued_by.0,
    })
}

fn movement(row: MovementRow) -> Result<PurseMovement, Fault> {
    Ok(PurseMovement {
        id: row.id,
        kind: row.kind,
        amount: Money::new(row.amount, currency(&row.currency)?),
        order: row.order_id,
        refund: row.refund_id,
        note: row.note,
        at: row.at,
    })
}

fn change(row: ChangeRow) -> GiftCardChange {
    GiftCardChange {
        at: row.at,
        what: row.what,
        reason: row.reason,
        by: row.by.0,
    }
}

fn credit(row: &CreditRow) -> Result<StoreCredit, Fault> {
    let currency = currency(&row.currency)?;
    Ok(StoreCredit {
        balance: Money::new(row.balance, currency),
        held: Money::new(row.held, currency),
    })
}

fn balance(found: &Found, now: Timestamp) -> Result<GiftCardBalance, Fault> {
    let standing = found.standing();
    let state = match standing {
        _ if standing.disabled => GiftCardState::Disabled,
        _ if standing.expires_at.is_some_and(|ends| ends <= now) => GiftCardState::Expired,
        _ => GiftCardState::Active,
    };
    Ok(GiftCardBalance {
        hint: found.hint().to_owned(),
        spendable: Money::new(standing.spendable(now), currency(&found.currency)?),
        expires_at: found.expires_at,
        state,
    })
}

impl api::Purses for Purses {
    fn balance<'a>(&'a self, ctx: &'a Ctx, code: String, client: String) -> Reply<'a, GiftCardBalance> {
        Box::pin(async move {
            match self.found(&code, &client, ctx.now).await {
                Ok(found) => balance(&found, ctx.now),
                Err(unknown @ Error::UnknownCode(_)) => Err(Fault::from(unknown).at("/code")),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn credit<'a>(&'a self, _ctx: &'a Ctx, user: UserId) -> Reply<'a, Vec<StoreCredit>> {
        Box::pin(async move {
            let rows = self.credit_of_buyer(user).await?;
            rows.iter().map(credit).collect()
        })
    }

    fn credit_movements<'a>(
        &'a self,
        _ctx: &'a Ctx,
        user: UserId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<PurseMovement>> {
        Box::pin(async move {
            let place = place(after, Some(limit))?;
            let rows = self
                .movements_of_buyer(user, place.before, place.limit.plus_one())
                .await?;
            page(rows, place.limit, |row| row.id.to_string(), movement)
        })
    }

    fn issue<'a>(&'a self, ctx: &'a Ctx, new: NewGiftCard) -> Reply<'a, IssuedGiftCard> {
        Box::pin(async move {
            let (code, row) = self.issued(ctx, new).await?;
            Ok(IssuedGiftCard {
                code: code.shown(),
                card: card(row)?,
            })
        })
    }

    fn cards<'a>(&'a self, _ctx: &'a Ctx, after: Option<Cursor>, limit: u16) -> Reply<'a, Page<GiftCard>> {
        Box::pin(async move {
            let place = place(after, Some(limit))?;
            let rows = self.listed(place.before, place.limit.plus_one()).await?;
            page(rows, place.limit, |row| row.id.to_string(), card)
        })
    }

    fn card<'a>(&'a self, _ctx: &'a Ctx, id: PurseId) -> Reply<'a, GiftCardHistory> {
        Box::pin(async move {
            let known = self.history(id).await?;
            let movements = known.movements.into_iter().map(movement);
            Ok(GiftCardHistory {
                card: card(known.card)?,
                movements: movements.collect::<Result<_, _>>()?,
                changes: known.changes.into_iter().map(change).collect(),
            })
        })
    }

    fn disable<'a>(&'a self, ctx: &'a Ctx, id: PurseId, reason: String) -> Reply<'a, GiftCard> {
        Box::pin(async move { card(self.disabled(ctx, id, &reason).await?) })
    }

    fn enable<'a>(&'a self, ctx: &'a Ctx, id: PurseId, reason: String) -> Reply<'a, GiftCard> {
        Box::pin(async move { card(self.enabled(ctx, id, &reason).await?) })
    }

    fn grant<'a>(&'a self, ctx: &'a Ctx, new: NewCreditGrant) -> Reply<'a, PurseMovement> {
        Box::pin(async move { movement(self.granted(ctx, new).await?) })
    }
}
