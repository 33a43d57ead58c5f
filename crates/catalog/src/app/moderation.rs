//! What is looked at before buyers see it. A product that is flagged is written as its seller wants it; what buyers read of it
//! stays what it was, or stays away, until the operator has decided.

use super::Products;
use super::history::who;
use super::prices;
use super::upsert::Written;
use crate::domain::flags::{difference, flags};
use crate::domain::{Refusal, optional_line, paragraphs};
use crate::error::Error;
use crate::publish;
use crate::store::moderation::{self, Entry, Held, Rules, Seen};
use crate::store::upsert;
use ::store::{Scope, Tx, log};
use chrono::TimeDelta;
use contracts::Reply;
use contracts::audit::{AuditSubject, Changed};
use contracts::catalog::moderation::{
    ModerationDecided, ModerationDesk, ModerationFilter, ModerationItem, ModerationKind, ModerationRules,
    ModerationState, Review, Verdict, VersionedRules,
};
use contracts::catalog::{Listing, ProductStatus};
use kernel::{Ctx, Cursor, Fault, Kind, ModerationId, Page, PageLimit, ProductId, TenantId};
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

const WORDS_MAX: usize = 500;
const WORD_CHARS_MAX: usize = 100;
const REASON_CHARS_MAX: usize = 500;
/// Entries that one transaction releases when a shop is trusted.
const RELEASED_MAX: i64 = 200;

/// Shows buyers the present face of products, save of those that have to be looked at first; in the transaction of the
/// change, which has locked the shop. Returns what buyers see anew.
pub async fn show(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    listings: Vec<&Listing>,
) -> Result<Vec<(ProductId, i64)>, Error> {
    let rules = moderation::rules_for(tx, tenant).await?;
    let mut shown: Vec<Cow<'_, Listing>> = if rules.are_idle() {
        listings.into_iter().map(Cow::Borrowed).collect()
    } else {
        sift(tx, ctx, tenant, &rules, listings).await?
    };
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    prices::record(tx, tenant, ctx.now, &mut shown).await?;
    upsert::put_listings(tx, tenant, shown.iter().map(AsRef::as_ref)).await?;
    publish::changes(ctx, shown.iter().map(AsRef::as_ref))?
        .append(tx)
        .await?;
    Ok(shown
        .iter()
        .map(|listing| (listing.id, listing.version))
        .collect())
}

/// Puts aside what has to be looked at; returns what is to be listed, which may be less than it wants to be.
async fn sift<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    rules: &Rules,
    listings: Vec<&'a Listing>,
) -> Result<Vec<Cow<'a, Listing>>, Error> {
    let ids: Vec<Uuid> = listings.iter().map(|listing| listing.id.0).collect();
    let mut seen: HashMap<ProductId, Seen> = moderation::seen(tx, tenant, &ids).await?;
    let shop_is_new = is_new(tx, tenant, rules).await?;
    let (mut shown, mut held) = (Vec::with_capacity(listings.len()), Vec::new());
    let (mut let_go, mut hidden, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for listing in listings {
        let seen = seen.remove(&listing.id).unwrap_or_default();
        let reasons = match listing.status {
            ProductStatus::Active => flags(&rules.rules, shop_is_new, seen.face.as_ref(), listing),
            // What nobody sees nobody looks at.
            ProductStatus::Draft | ProductStatus::Inactive | ProductStatus::Archived => Vec::new(),
        };
        if reasons.is_empty() {
            match listing.status {
                ProductStatus::Active if seen.is_kept => back.push(listing.id.0),
                ProductStatus::Active => {}
                _ if seen.is_listed => hidden.push(listing.id.0),
                _ => {}
            }
            if seen.is_held {
                let_go.push(listing.id.0);
            }
            shown.push(Cow::Borrowed(listing));
            continue;
        }
        held.push(Held {
            id: ModerationId::new(ctx.now),
            product: listing.id,
            title: listing.title.clone(),
            is_new: seen.face.is_none(),
            version: listing.version,
            reasons,
            document: serde_json::to_string(listing).map_err(|e| Error::Unreadable("listing", e))?,
        });
        // What buyers see stays as it is; what they do not see is there for its seller alone.
        if !seen.is_listed {
            shown.push(Cow::Owned(moderation::hidden(listing)));
        }
    }
    moderation::keep_shown(tx, tenant, &hidden).await?;
    moderation::forget_shown(tx, tenant, &back).await?;
    moderation::let_go(tx, tenant, &let_go, ctx.now).await?;
    moderation::hold(tx, tenant, &ctx.actor, ctx.now, &held).await?;
    metrics::counter!("catalog_held_total").increment(held.len() as u64);
    Ok(shown)
}

/// Whether buyers have seen too little of a shop for it to be known.
async fn is_new(tx: &mut Tx, tenant: TenantId, rules: &Rules) -> Result<bool, Error> {
    if !rules.rules.hold_new_shops || rules.is_trusted {
        return Ok(false);
    }
    let enough = i64::from(rules.rules.approved_min);
    Ok(moderation::seen_of_shop(tx, tenant, enough).await? < enough)
}

/// How a product that buyers do not see as it is stands; none for others.
pub async fn review(tx: &mut Tx, tenant: TenantId, product: ProductId) -> Result<Option<Review>, Error> {
    let found = moderation::review(tx, tenant, product).await?;
    Ok(found.map(|(state, reasons, note, at)| Review {
        state: state_of(&state),
        reasons,
        note,
        at,
    }))
}

fn state_of(name: &str) -> ModerationState {
    match name {
        "approved" => ModerationState::Approved,
        "rejected" => ModerationState::Rejected,
        "withdrawn" => ModerationState::Withdrawn,
        _ => ModerationState::Waiting,
    }
}

impl Products {
    /// What waits, the oldest first.
    pub async fn moderation_queue(
        &self,
        ctx: &Ctx,
        filter: ModerationFilter,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<ModerationItem>, Error> {
        let after: Option<ModerationId> = after.map(|c| c.0.parse()).transpose().map_err(|_| {
            let detail = "`after` must be the `next` of an earlier page.";
            Fault::field("cursor_invalid", "after", detail)
        })?;
        let narrowed = moderation::Narrowed {
            tenant: filter.shop,
            is_new: filter.kind.map(|kind| kind == ModerationKind::New),
            until: filter
                .waited_hours
                .map(|hours| ctx.now - TimeDelta::hours(i64::from(hours))),
        };
        let mut tx = self.db.begin(Scope::System).await?;
        let mut entries = moderation::waiting(&mut tx, &narrowed, after, limit.plus_one()).await?;
        tx.commit().await?;
        let has_more = entries.len() > limit.get();
        entries.truncate(limit.get());
        let next = entries.last().filter(|_| has_more);
        let next = next.map(|entry| Cursor(entry.id.to_string()));
        Ok(Page {
            items: self.items(ctx, entries).await?,
            next,
        })
    }

    /// Decides about the version that was seen.
    pub async fn decide(
        &self,
        ctx: &Ctx,
        id: ModerationId,
        version: i64,
        verdict: Verdict,
    ) -> Result<ModerationItem, Error> {
        let verdict = checked(verdict)?;
        let shared_ctx = ctx.clone();
        let (entry, changed) = self
            .db
            .run_tx("catalog.moderate", Scope::System, move |tx| {
                let (ctx, verdict) = (shared_ctx.clone(), verdict.clone());
                Box::pin(async move {
                    let tenant = entry(tx, id).await?.tenant_id;
                    upsert::lock_shop(tx, tenant).await?;
                    let mut entry = entry(tx, id).await?;
                    if entry.state != "waiting" {
                        return Err(decided());
                    }
                    if entry.version != version {
                        return Err(Error::VersionChanged {
                            current: entry.version,
                        });
                    }
                    let changed = match &verdict {
                        Verdict::Approve => {
                            "approved".clone_into(&mut entry.state);
                            release(tx, &ctx, tenant, std::slice::from_ref(&entry)).await?
                        }
                        Verdict::Reject { reason } => {
                            let ids = [entry.id.0];
                            moderation::decide(tx, tenant, &ids, "rejected", reason, &ctx.actor, ctx.now)
                                .await?;
                            "rejected".clone_into(&mut entry.state);
                            entry.note.clone_from(reason);
                            Vec::new()
                        }
                    };
                    let event = ModerationDecided {
                        product: entry.product_id,
                        tenant,
                        approved: matches!(verdict, Verdict::Approve),
                    };
                    log::append(tx, &ctx, &event).await?;
                    Ok((entry, changed))
                })
            })
            .await?;
        self.announce(&Written {
            changed,
            ..Written::default()
        });
        let mut items = self.items(ctx, vec![entry]).await?;
        items.pop().ok_or(Error::NotFound("moderation"))
    }

    pub async fn moderation_rules(&self) -> Result<VersionedRules, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rules = moderation::rules(&mut tx).await?;
        tx.commit().await?;
        Ok(rules)
    }

    /// Holds from the next change on, if `seen` is the present version. What waits already waits on.
    pub async fn set_moderation_rules(
        &self,
        ctx: &Ctx,
        seen: i64,
        mut rules: ModerationRules,
    ) -> Result<VersionedRules, Error> {
        let refused =
            |pointer: &str, detail: String| Err(Refusal::new(pointer, "rules_out_of_range", detail).into());
        if !(1..=10_000).contains(&rules.approved_min) {
            return refused(
                "approved_min",
                "Say a number of products from 1 to 10,000.".to_owned(),
            );
        }
        if rules.price_percent.is_some_and(|p| !(1..=1_000).contains(&p)) {
            return refused("price_percent", "Say 1 to 1,000 percent, or nothing.".to_owned());
        }
        for word in &mut rules.words {
            *word = optional_line("words", word, WORD_CHARS_MAX)?;
        }
        rules.words.retain(|word| !word.is_empty());
        rules.words.sort_unstable();
        rules.words.dedup();
        if rules.words.len() > WORDS_MAX {
            return refused("words", format!("List at most {WORDS_MAX} words."));
        }
        let mut tx = self.db.begin(Scope::System).await?;
        let before = moderation::rules(&mut tx).await?;
        if before.version != seen {
            let current = before.version;
            return Err(Error::VersionChanged { current });
        }
        let Some(version) = moderation::set_rules(&mut tx, seen, &rules).await? else {
            let current = moderation::rules(&mut tx).await?.version;
            return Err(Error::VersionChanged { current });
        };
        let told = Changed::new(
            "moderation.rules_changed",
            AuditSubject::new("moderation_rules", "all", ""),
        )
        .before(json!(before.rules))
        .after(json!(rules));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        Ok(VersionedRules { version, rules })
    }

    /// Says whether a shop is taken for new no more. What waits only because it was new is seen at once.
    pub async fn trust_shop(&self, ctx: &Ctx, tenant: TenantId, trusted: bool) -> Result<(), Error> {
        let shops = self.tenants.shops(ctx, vec![tenant]).await?;
        let shop = shops.first().ok_or(Error::NotFound("shop"))?;
        let mut tx = self.db.begin(Scope::System).await?;
        if moderation::trust(&mut tx, tenant, trusted, &ctx.actor, ctx.now).await? {
            let about = AuditSubject::new("shop", tenant, shop.name.as_str());
            let told = Changed::new("moderation.shop_trusted", about)
                .of(Some(tenant))
                .before(json!({"trusted": !trusted}))
                .after(json!({"trusted": trusted}));
            log::append(&mut tx, ctx, &told).await?;
        }
        tx.commit().await?;
        log::wake();
        if !trusted {
            return Ok(());
        }
        loop {
            let shared_ctx = ctx.clone();
            let changed = self
                .db
                .run_tx("catalog.trust", Scope::System, move |tx| {
                    let ctx = shared_ctx.clone();
                    Box::pin(async move {
                        upsert::lock_shop(tx, tenant).await?;
                        let entries = moderation::waiting_for_trust(tx, tenant, RELEASED_MAX).await?;
                        release(tx, &ctx, tenant, &entries).await
                    })
                })
                .await?;
            if changed.is_empty() {
                return Ok(());
            }
            self.announce(&Written {
                changed,
                ..Written::default()
            });
        }
    }

    pub async fn shop_is_trusted(&self, tenant: TenantId) -> Result<bool, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let is_trusted = moderation::is_trusted(&mut tx, tenant).await?;
        tx.commit().await?;
        Ok(is_trusted)
    }

    async fn items(&self, ctx: &Ctx, entries: Vec<Entry>) -> Result<Vec<ModerationItem>, Error> {
        let mut shops: Vec<TenantId> = entries.iter().map(|entry| entry.tenant_id).collect();
        shops.sort_unstable();
        shops.dedup();
        // A queue without the shops' names is still one.
        let shops = self.tenants.shops(ctx, shops).await.unwrap_or_default();
        let names = self.names(ctx, entries.iter().map(|entry| &entry.actor.0)).await;
        let item = |entry: Entry| {
            let face = entry.face.map(|json| json.0);
            let shop = shops.iter().find(|shop| shop.id == entry.tenant_id);
            ModerationItem {
                id: entry.id,
                product: entry.product_id,
                tenant: entry.tenant_id,
                shop: shop.map(|shop| shop.name.clone()).unwrap_or_default(),
                title: entry.title,
                new: entry.is_new,
                version: entry.version,
                reasons: entry.reasons.0,
                change: entry
                    .held
                    .map(|held| difference(face.as_ref(), &held.0))
                    .unwrap_or_default(),
                who: who(&entry.actor.0, &names),
                at: entry.at,
                state: state_of(&entry.state),
                note: entry.note,
            }
        };
        Ok(entries.into_iter().map(item).collect())
    }
}

async fn entry(tx: &mut Tx, id: ModerationId) -> Result<Entry, Error> {
    moderation::by_id(tx, id)
        .await?
        .ok_or(Error::NotFound("moderation"))
}

/// Shows buyers what is held. The shop must be locked.
async fn release(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    entries: &[Entry],
) -> Result<Vec<(ProductId, i64)>, Error> {
    let mut listings: Vec<Cow<'_, Listing>> = entries
        .iter()
        .filter_map(|e| e.held.as_ref().map(|h| Cow::Borrowed(&h.0)))
        .collect();
    if listings.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<Uuid> = listings.iter().map(|listing| listing.id.0).collect();
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id.0).collect();
    moderation::decide(tx, tenant, &ids, "approved", "", &ctx.actor, ctx.now).await?;
    moderation::release(tx, tenant, &products).await?;
    prices::record(tx, tenant, ctx.now, &mut listings).await?;
    upsert::put_listings(tx, tenant, listings.iter().map(AsRef::as_ref)).await?;
    publish::changes(ctx, listings.iter().map(AsRef::as_ref))?
        .append(tx)
        .await?;
    Ok(listings
        .iter()
        .map(|listing| (listing.id, listing.version))
        .collect())
}

fn checked(verdict: Verdict) -> Result<Verdict, Error> {
    let Verdict::Reject { reason } = verdict else {
        return Ok(verdict);
    };
    let reason = paragraphs("reason", &reason, REASON_CHARS_MAX)?;
    if reason.is_empty() {
        return Err(Refusal::new("reason", "text_empty", "Say why: the seller reads it.").into());
    }
    Ok(Verdict::Reject { reason })
}

fn decided() -> Error {
    let detail = "Somebody decided about it, or its seller took it back. Look at the queue again.";
    Fault::new(Kind::Conflict, "moderation_decided", detail)
        .allowing(&[])
        .into()
}

impl ModerationDesk for Products {
    fn queue<'a>(
        &'a self,
        ctx: &'a Ctx,
        filter: ModerationFilter,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ModerationItem>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        Box::pin(async move { Ok(self.moderation_queue(ctx, filter, after.as_ref(), limit).await?) })
    }

    fn decide<'a>(
        &'a self,
        ctx: &'a Ctx,
        id: ModerationId,
        version: i64,
        verdict: Verdict,
    ) -> Reply<'a, ModerationItem> {
        Box::pin(async move { Ok(Self::decide(self, ctx, id, version, verdict).await?) })
    }

    fn rules<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, VersionedRules> {
        Box::pin(async move { Ok(self.moderation_rules().await?) })
    }

    fn set_rules<'a>(
        &'a self,
        ctx: &'a Ctx,
        version: i64,
        rules: ModerationRules,
    ) -> Reply<'a, VersionedRules> {
        Box::pin(async move { Ok(self.set_moderation_rules(ctx, version, rules).await?) })
    }

    fn trust<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, trusted: bool) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.trust_shop(ctx, tenant, trusted).await?) })
    }

    fn is_trusted<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, bool> {
        Box::pin(async move { Ok(self.shop_is_trusted(tenant).await?) })
    }
}
