//! What a shop is told reaches its staff beside the list: by text message, and what runs low by mail.

use crate::app::Notices;
use crate::domain::words;
use crate::error::Error;
use crate::store::{self, Drafts, NoticeRow, reach, wishes};
use crate::{mails, messages};
use ::store::jobs::{Job, Queue};
use ::store::{Scope, jobs};
use chrono::TimeDelta;
use contracts::Language;
use contracts::identity::UserCard;
use contracts::notifications::{Letter, MailFact, MailFacts, MailKind, MailUnits, NoticeTopic};
use contracts::tenants::Shop;
use kernel::{Ctx, Permission, ProductId, SharedClock, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Until somebody takes the letters, and names are known.
const STOCK: Queue = Queue {
    attempts_max: 30,
    ..Queue::new("notifications.stock")
};
/// From the first that runs low: what follows within it goes into the same mail.
const TOGETHER: TimeDelta = TimeDelta::hours(1);
/// Lines of one mail; of the rest it says how many they are.
const LINES_MAX: usize = 50;

/// A shop to be mailed of what became few.
#[derive(Debug, Serialize, Deserialize)]
struct Short {
    shop: TenantId,
}

/// Keeps texts for those of the shops' staff who want them, and has the shops mailed that something became few of.
pub async fn enqueue(
    conn: &mut PgConnection,
    drafts: &Drafts,
    noted: &HashSet<Uuid>,
    now: Timestamp,
) -> Result<(), Error> {
    let shops = drafts.shops(noted);
    if shops.is_empty() {
        return Ok(());
    }
    let texted = reach::staff_texted(conn, &shops).await?;
    messages::enqueue_for_staff(conn, drafts.of_staff(noted, &texted)?, now).await?;
    let short = drafts.mailed_shops(noted).into_iter();
    let short: Vec<(String, Short, Timestamp)> = short
        .map(|shop| (shop.to_string(), Short { shop }, now + TOGETHER))
        .collect();
    if !short.is_empty() {
        STOCK.enqueue_each_once(conn, &short).await?;
    }
    Ok(())
}

/// Has shops mailed of what became few, until `stop`.
pub async fn send_stock_mails(notices: Notices, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    STOCK
        .work(notices.db(), stop, clock, |job: &Job| {
            let (notices, ctx) = (notices.clone(), Ctx::system(STOCK.name, now.now()));
            Box::pin(async move {
                let short: Short = job.read()?;
                notices.mail_stock(&ctx, short.shop).await
            })
        })
        .await;
}

impl Notices {
    /// Writes the mail to each of the shop's staff. That it is written and that nothing of it is due any more is one
    /// transaction; whoever is asked for names is asked before.
    async fn mail_stock(&self, ctx: &Ctx, shop: TenantId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let due = store::mail_due(&mut tx, shop).await?;
        tx.commit().await?;
        if due.is_empty() {
            return Ok(());
        }
        // One that is no more has nobody to be told.
        let Some(known) = self.tenants().shops(ctx, vec![shop]).await?.pop() else {
            return Ok(());
        };
        let readers = self.stock_readers(ctx, shop).await?;
        let titles = self.titles(ctx, &due).await?;
        let ids: Vec<Uuid> = due.iter().map(|row| row.id.0).collect();
        let mut tx = self.db().begin(Scope::System).await?;
        let taken = store::take_mail_due(&mut tx, shop, &ids).await?;
        // What somebody has read is no news to the others either.
        let news: Vec<&NoticeRow> = due
            .iter()
            .filter(|row| row.read_at.is_none() && taken.contains(&row.id.0))
            .collect();
        if let Some(last) = news.last() {
            let facts = self.stock_facts(&known, &news, &titles);
            let letters = readers.into_iter().map(|(reader, due)| {
                let letter = Letter {
                    key: format!("stock {} {}", last.id, reader.id),
                    kind: MailKind::LowStock,
                    facts: facts.clone().text("name", reader.name),
                    user: Some(reader.id),
                    to: reader.email,
                    language: language(&known),
                    urgent: false,
                };
                (letter, due)
            });
            mails::keep(&mut tx, letters.collect()).await?;
        }
        tx.commit().await?;
        jobs::wake();
        Ok(())
    }

    /// Who of its staff fills up what is low and wants to be mailed of it, and from when on.
    async fn stock_readers(&self, ctx: &Ctx, shop: TenantId) -> Result<Vec<(UserCard, Timestamp)>, Error> {
        let staff = self.staff().staff(ctx, shop).await?;
        let fill_up = staff
            .iter()
            .filter(|member| member.role.may(Permission::EditStock));
        let users: Vec<UserId> = fill_up.map(|member| member.user).collect();
        let mut readers = Vec::new();
        for user in self.identity().users(ctx, users).await? {
            let wish = wishes::wish(self.db().pool(), user.id, NoticeTopic::Stock, ctx.now).await?;
            if !wish.declined {
                readers.push((user, wish.quiet_until.unwrap_or(ctx.now)));
            }
        }
        Ok(readers)
    }

    async fn titles(&self, ctx: &Ctx, due: &[NoticeRow]) -> Result<HashMap<ProductId, String>, Error> {
        let mut products: Vec<ProductId> = due.iter().filter_map(|row| row.facts.0.product).collect();
        products.sort_unstable();
        products.dedup();
        let listings = self.catalog().listings(ctx, products).await?;
        let titled = listings.into_iter().map(|listing| (listing.id, listing.title));
        Ok(titled.collect())
    }

    fn stock_facts(
        &self,
        shop: &Shop,
        news: &[&NoticeRow],
        titles: &HashMap<ProductId, String>,
    ) -> MailFacts {
        let line = |row: &&NoticeRow| {
            let facts = &row.facts.0;
            let title = facts.product.and_then(|product| titles.get(&product).cloned());
            MailUnits {
                // What ran out says no number.
                quantity: u32::try_from(facts.count.unwrap_or_default()).unwrap_or_default(),
                title: title.unwrap_or_else(|| words::missing(language(shop), "product").to_owned()),
            }
        };
        let facts = MailFacts::default()
            .text("shop", shop.name.as_str())
            .text("link", format!("{}/seller/stock", self.public_url()))
            .units("goods", news.iter().take(LINES_MAX).map(line).collect());
        match news.len().saturating_sub(LINES_MAX) {
            0 => facts,
            more => facts.with("more", MailFact::Count(i64::try_from(more).unwrap_or(i64::MAX))),
        }
    }
}

/// Nobody says in which language a shop's staff read: that of its country.
fn language(shop: &Shop) -> Language {
    Language::of_country(&shop.location.country)
}
