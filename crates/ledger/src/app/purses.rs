//! Gift cards and store credit: issued, granted, switched off and read. What orders do with them is in
//! [`crate::till::purses`].

use super::told;
use crate::domain::purse::{Code, card_issued, credit_granted, credit_of};
use crate::error::Error;
use crate::store::entries::post;
use crate::store::purses::{self as rows, CardRow, ChangeRow, CreditRow, Found, MovementRow};
use ::store::{Db, Scope};
use contracts::identity::Identity;
use contracts::purses::{NewCreditGrant, NewGiftCard};
use httpkit::{Guesses, text};
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{CreditGrantId, Ctx, Currency, Money, PurseId, PurseMovementId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Characters of a note, and of a reason.
const NOTE_CHARS_MAX: usize = 500;
/// Movements and changes of a gift card that are shown.
const HISTORY_MAX: i64 = 100;

/// Gift cards and store credit.
#[derive(Clone)]
pub struct Purses {
    db: Db,
    guesses: Guesses,
    users: Option<Arc<dyn Identity>>,
}

/// A gift card with what happened to it.
pub(crate) struct CardHistory {
    pub card: CardRow,
    pub movements: Vec<MovementRow>,
    pub changes: Vec<ChangeRow>,
}

impl Purses {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            guesses: Guesses::default(),
            users: None,
        }
    }

    /// Whom to ask whether a user exists whom an operator names.
    #[must_use]
    pub fn asking(mut self, users: Arc<dyn Identity>) -> Self {
        self.users = Some(users);
        self
    }

    /// Issues a gift card; its code is told here and nowhere else. The same key twice is one card: the second caller learns
    /// which, and not its code.
    pub(crate) async fn issued(&self, ctx: &Ctx, new: NewGiftCard) -> Result<(Code, CardRow), Error> {
        let amount = amount_of(new.amount)?;
        let note = text::line("/note", &new.note, NOTE_CHARS_MAX).map_err(Error::Elsewhere)?;
        if new.expires_at.is_some_and(|ends| ends <= ctx.now) {
            return Err(Error::Field {
                field: "/expires_at",
                detail: "The card would have expired already. Name a later time, or leave it out.".to_owned(),
            });
        }
        let (id, code) = (PurseId::new(ctx.now), Code::random());
        let card = rows::NewCard {
            id,
            code: &code,
            amount,
            funding: new.funding,
            expires_at: new.expires_at,
            note: &note,
            key: &new.idempotency_key,
        };
        let mut tx = self.db.begin(Scope::System).await?;
        if !rows::insert_card(&mut tx, ctx, &card).await? {
            let known = rows::card_of_key(&mut tx, &new.idempotency_key).await?;
            tx.commit().await?;
            return Err(known.map_or(Error::NotFound("gift card"), Error::CardIssued));
        }
        let entry = card_issued(id, ctx.now, amount, new.funding)?;
        let entry_id = entry.id;
        post(&mut tx, &[entry]).await?;
        let movement = rows::NewMovement {
            purse: id,
            id: PurseMovementId::new(ctx.now),
            kind: "issued",
            amount: amount.amount,
            entry: entry_id,
            note: None,
        };
        rows::put_on(&mut tx, ctx, &movement).await?;
        let row = rows::card(&mut tx, id)
            .await?
            .ok_or(Error::NotFound("gift card"))?;
        told::card_issued(&mut tx, ctx, &row).await?;
        tx.commit().await?;
        Ok((code, row))
    }

    /// Gift cards, newest first.
    pub(crate) async fn listed(&self, before: Option<PurseId>, limit: i64) -> Result<Vec<CardRow>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let cards = rows::cards(&mut tx, before, limit).await?;
        tx.commit().await?;
        Ok(cards)
    }

    pub(crate) async fn history(&self, id: PurseId) -> Result<CardHistory, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let card = rows::card(&mut tx, id)
            .await?
            .ok_or(Error::NotFound("gift card"))?;
        let movements = rows::movements(&mut tx, &[id], None, HISTORY_MAX).await?;
        let changes = rows::changes(&mut tx, id, HISTORY_MAX).await?;
        tx.commit().await?;
        Ok(CardHistory {
            card,
            movements,
            changes,
        })
    }

    /// Switches a gift card off: nothing more of it is set aside for orders. Asked twice, it is done once.
    pub(crate) async fn disabled(&self, ctx: &Ctx, id: PurseId, reason: &str) -> Result<CardRow, Error> {
        self.switch(ctx, id, Some(ctx.now), reason).await
    }

    /// Lets a gift card be spent again.
    pub(crate) async fn enabled(&self, ctx: &Ctx, id: PurseId, reason: &str) -> Result<CardRow, Error> {
        self.switch(ctx, id, None, reason).await
    }

    async fn switch(
        &self,
        ctx: &Ctx,
        id: PurseId,
        off_at: Option<Timestamp>,
        reason: &str,
    ) -> Result<CardRow, Error> {
        let reason = text::line("/reason", reason, NOTE_CHARS_MAX).map_err(Error::Elsewhere)?;
        let mut tx = self.db.begin(Scope::System).await?;
        let is_switched = rows::switch(&mut tx, ctx, id, off_at, &reason).await?;
        let row = rows::card(&mut tx, id)
            .await?
            .ok_or(Error::NotFound("gift card"))?;
        if is_switched {
            told::card_switched(&mut tx, ctx, &row, &reason).await?;
        }
        tx.commit().await?;
        Ok(row)
    }

    /// Gives a buyer store credit. The same key and request are the same grant.
    pub(crate) async fn granted(&self, ctx: &Ctx, new: NewCreditGrant) -> Result<MovementRow, Error> {
        let amount = amount_of(new.amount)?;
        let reason = text::line("/reason", &new.reason, NOTE_CHARS_MAX).map_err(Error::Elsewhere)?;
        self.require_user(ctx, new.user).await?;
        let request = (new.user, amount, &reason);
        let request_hash = Sha256::digest(serde_json::to_vec(&request)?).to_vec();
        let (purse, grant) = (credit_of(new.user, amount.currency), CreditGrantId::new(ctx.now));
        let entry = credit_granted(grant, ctx.now, amount)?;
        let movement = rows::NewMovement {
            purse,
            id: PurseMovementId::new(ctx.now),
            kind: "granted",
            amount: amount.amount,
            entry: entry.id,
            note: Some(&reason),
        };
        let mut tx = self.db.begin(Scope::System).await?;
        if !rows::claim_grant(&mut tx, &new.idempotency_key, &request_hash, &movement).await? {
            let known = rows::grant_of_key(&mut tx, &new.idempotency_key).await?;
            tx.commit().await?;
            return match known {
                Some((hash, movement)) if hash == request_hash => Ok(movement),
                _ => Err(Error::KeyReused),
            };
        }
        rows::open_credit(&mut tx, purse, new.user, amount.currency, ctx.now).await?;
        post(&mut tx, &[entry]).await?;
        rows::put_on(&mut tx, ctx, &movement).await?;
        let row = rows::movement(&mut tx, purse, movement.id).await?;
        told::credit_granted(&mut tx, ctx, new.user, amount, &reason).await?;
        tx.commit().await?;
        row.ok_or(Error::NotFound("store credit"))
    }

    async fn require_user(&self, ctx: &Ctx, user: UserId) -> Result<(), Error> {
        let Some(users) = &self.users else {
            return Ok(());
        };
        let known = users.users(ctx, vec![user]).await.map_err(Error::Elsewhere)?;
        match known.is_empty() {
            true => Err(Error::NotFound("user")),
            false => Ok(()),
        }
    }

    /// A buyer's store credit, by currency.
    pub(crate) async fn credit_of_buyer(&self, user: UserId) -> Result<Vec<CreditRow>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let credit = rows::credit(&mut tx, user).await?;
        tx.commit().await?;
        Ok(credit)
    }

    /// What became of a buyer's store credit, the latest first.
    pub(crate) async fn movements_of_buyer(
        &self,
        user: UserId,
        before: Option<PurseMovementId>,
        limit: i64,
    ) -> Result<Vec<MovementRow>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let purses: Vec<PurseId> = rows::credit(&mut tx, user)
            .await?
            .iter()
            .map(|row| row.id)
            .collect();
        let movements = rows::movements(&mut tx, &purses, before, limit).await?;
        tx.commit().await?;
        Ok(movements)
    }

    /// The gift card of a code, for a caller who may not guess.
    pub(crate) async fn found(&self, code: &str, client: &str, now: Timestamp) -> Result<Found, Error> {
        let found = self.find(&[code.to_owned()], None, client, now).await?;
        found.cards.into_iter().next().ok_or(Error::UnknownCode(0))
    }

    /// The gift cards of codes, in their order, and a buyer's store credit in a currency. The first code that is unknown is
    /// refused, and counted; whoever named too many is told nothing more for a while.
    pub async fn find(
        &self,
        codes: &[String],
        credit: Option<(UserId, Currency)>,
        client: &str,
        now: Timestamp,
    ) -> Result<Wanted, Error> {
        if !codes.is_empty() {
            self.guesses.check(client, now).map_err(Error::Elsewhere)?;
        }
        let read: Vec<Option<Code>> = codes.iter().map(|code| Code::read(code)).collect();
        let hashes: Vec<Vec<u8>> = read.iter().flatten().map(Code::hash).collect();
        let credit = credit.map(|(user, currency)| credit_of(user, currency));
        let mut tx = self.db.begin(Scope::System).await?;
        let found = rows::find(&mut tx, &hashes, credit).await?;
        tx.commit().await?;
        let mut cards = Vec::with_capacity(codes.len());
        for (index, code) in read.iter().enumerate() {
            let hash = code.as_ref().map(Code::hash);
            let known = found.iter().find(|row| hash.is_some() && row.code_hash == hash);
            let Some(known) = known else {
                self.guesses.unknown(client, &codes[index], now);
                return Err(Error::UnknownCode(index));
            };
            cards.push(known.clone());
        }
        let credit = found.iter().find(|row| Some(row.id) == credit);
        Ok(Wanted {
            cards,
            credit: credit.cloned(),
        })
    }
}

/// What a buyer wants to pay with.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub cards: Vec<Found>,
    pub credit: Option<Found>,
}

fn amount_of(amount: Money) -> Result<Money, Error> {
    match (1..=AMOUNT_MINOR_MAX).contains(&amount.amount) {
        true => Ok(amount),
        false => Err(Error::Field {
            field: "/amount/amount",
            detail: format!("The amount must be 1 to {AMOUNT_MINOR_MAX} minor units."),
        }),
    }
}
