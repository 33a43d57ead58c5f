//! What was written before there was this marketplace: the demo's.

use super::{Conversations, Opening};
use crate::domain::{checked_quote, checked_wish, paragraph};
use crate::error::Error;
use crate::store::{self, Draft, DraftMessage};
use ::store::Scope;
use contracts::messages::{BATCH_MAX, MessageKind, PastMessage, PastThread, Side};
use kernel::{Ctx, MessageId};
use std::collections::HashSet;
use uuid::Uuid;

impl Conversations {
    /// Writes many threads, each as if its two had at its time. What nobody could have written, because there is no such shop,
    /// product or order of theirs, is left out. Nobody is mailed, and the log is not told: it is past.
    pub async fn write_past(&self, ctx: &Ctx, threads: Vec<PastThread>) -> Result<u32, Error> {
        if threads.len() > BATCH_MAX {
            return Err(Error::TooMany(BATCH_MAX));
        }
        let mut known = Vec::with_capacity(threads.len());
        for past in threads {
            match self.subject(ctx, past.buyer, &past.new).await {
                Ok(subject) => known.push((past, subject)),
                Err(Error::NoSuch(_)) => {}
                Err(Error::Asked(fault)) if fault.kind == kernel::Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let buyers: Vec<Uuid> = known.iter().map(|(past, _)| past.buyer.0).collect();
        let shops: Vec<Uuid> = known.iter().map(|(past, _)| past.new.shop.0).collect();
        let mut tx = self.db().begin(Scope::System).await?;
        let paid: HashSet<(Uuid, Uuid)> = store::paid(&mut tx, &buyers, &shops).await?.into_iter().collect();
        let mut drafts = Vec::with_capacity(known.len());
        for (past, subject) in known {
            let contact_shown = paid.contains(&(past.buyer.0, past.new.shop.0));
            let wish = past
                .new
                .custom
                .map(|wish| checked_wish(wish, past.at))
                .transpose()?;
            let (draft, language) = self.draft(Opening {
                buyer: past.buyer,
                text: paragraph(&past.new.text)?,
                wish,
                subject,
                contact_shown,
                at: past.at,
                new: past.new,
            });
            super::note_language(&mut tx, past.buyer.0, language).await?;
            drafts.push(self.followed(draft, past.then, past.read)?);
        }
        let rows = store::insert(&mut tx, &drafts, true).await?;
        tx.commit().await?;
        Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
    }

    fn followed(&self, mut draft: Draft, then: Vec<PastMessage>, read: bool) -> Result<Draft, Error> {
        for past in then {
            let quote = past
                .quote
                .map(|quote| checked_quote(quote, past.at))
                .transpose()?;
            let said = match &quote {
                Some(quote) => quote.text.clone(),
                None => paragraph(&past.text)?,
            };
            let (shown, hidden) = self.shown(&said, draft.contact_shown);
            draft.messages.push(DraftMessage {
                id: MessageId::new(past.at),
                by: past.by,
                author: (past.by == Side::Buyer).then_some(draft.buyer),
                kind: match quote {
                    Some(_) => MessageKind::Quote,
                    None => MessageKind::Text,
                },
                text: shown,
                hidden,
                original: said,
                at: past.at,
                quote,
            });
        }
        draft.read = read;
        Ok(draft)
    }
}
