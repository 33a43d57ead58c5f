//! A shop says for how much it makes what was asked for; its buyer accepts, or not.

use super::Conversations;
use crate::domain::checked_quote;
use crate::error::Error;
use crate::store;
use ::store::{Scope, jobs, log};
use contracts::messages::{Message, MessageKind, NewQuote, Party, QuoteStatus};
use kernel::{Ctx, MessageId, TenantId, ThreadId, UserId};

impl Conversations {
    pub async fn quote(
        &self,
        ctx: &Ctx,
        shop: TenantId,
        id: ThreadId,
        quote: NewQuote,
    ) -> Result<Message, Error> {
        let quote = checked_quote(quote, ctx.now)?;
        let who = Party::Shop(shop);
        self.check_open(ctx, who).await?;
        let mut tx = self.db().begin(Scope::Tenant(shop)).await?;
        let thread = store::find(&mut tx, who, id).await?.ok_or(Error::NotFound)?;
        if thread.kind != "custom" {
            return Err(Error::NotAsked);
        }
        let (_, message) = self
            .put(&mut tx, ctx, who, id, MessageKind::Quote, &quote.text)
            .await?;
        store::insert_quote(&mut tx, shop, id, message.id, &quote, ctx.now).await?;
        let quoted = store::quote(&mut tx, id, message.id).await?;
        tx.commit().await?;
        log::wake();
        jobs::wake();
        quoted.ok_or(Error::NotFound)?.message(ctx.now)
    }

    /// Accepts or declines the open quote. What is accepted is a statement: the shop makes a product to order of it.
    pub async fn answer_quote(
        &self,
        ctx: &Ctx,
        buyer: UserId,
        id: ThreadId,
        message: MessageId,
        accept: bool,
    ) -> Result<Message, Error> {
        let (who, status, kind) = match accept {
            true => (
                Party::Buyer(buyer),
                QuoteStatus::Accepted,
                MessageKind::QuoteAccepted,
            ),
            false => (
                Party::Buyer(buyer),
                QuoteStatus::Declined,
                MessageKind::QuoteDeclined,
            ),
        };
        let mut tx = self.db().begin(Scope::System).await?;
        store::take_turn(&mut tx, buyer.0).await?;
        store::lock(&mut tx, who, id).await?.ok_or(Error::NotFound)?;
        let quoted = store::quote(&mut tx, id, message)
            .await?
            .ok_or(Error::NoSuch("quote"))?;
        let is_open = quoted
            .quote(ctx.now)?
            .is_some_and(|quote| quote.status == QuoteStatus::Open);
        if !is_open {
            return Err(Error::QuoteOver);
        }
        store::answer_quote(&mut tx, message, status, ctx.now).await?;
        self.put(&mut tx, ctx, who, id, kind, "").await?;
        let answered = store::quote(&mut tx, id, message).await?;
        tx.commit().await?;
        log::wake();
        jobs::wake();
        answered.ok_or(Error::NotFound)?.message(ctx.now)
    }
}
