//! Endpoints are made and changed, and what came of deliveries is looked up.

use crate::domain;
use crate::error::Error;
use crate::lanes::{LANES, Lanes};
use crate::store::{self, EndpointRow};
use ::store::jobs::{self, Queue};
use ::store::seal::Keyring;
use ::store::{Db, Scope, Tx, log};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contracts::audit::{AuditSubject, Changed};
use contracts::tenants::{Feature, FeatureGate, Features};
use contracts::webhooks::{
    ChangeEndpoint, Delivery, Endpoint, KEPT_DAYS, MadeEndpoint, MakeEndpoint, Pause, WebhookKind,
};
use httpkit::text;
use hyper::Uri;
use kernel::{Ctx, Cursor, EventId, Fault, Page, PageLimit, TenantId, Timestamp, WebhookEndpointId, secret};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wire::{Public, Unreached};

/// Endpoints of one shop.
const ENDPOINTS_MAX: i64 = 20;
const URL_CHARS_MAX: usize = 500;
const DESCRIPTION_CHARS_MAX: usize = 200;
/// Endpoints that one transaction seals anew.
const RESEALED_MAX: i64 = 500;
/// How long messages are signed with the secret of before as well.
const OLD_SECRET_FOR: TimeDelta = TimeDelta::days(1);
/// By what the type of a test is told from those of what happened.
pub const TEST: &str = "webhook.test";

/// One job for each endpoint that something waits for.
pub(crate) const DELIVER: Queue = Queue {
    concurrency: LANES,
    lease: Duration::from_secs(60),
    ..Queue::new("webhooks.deliver")
};

/// The endpoint that something waits for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub tenant: TenantId,
    pub endpoint: WebhookEndpointId,
}

/// What it takes to tell shops' programs.
pub struct Parts {
    pub db: Db,
    /// Seals secrets.
    pub keyring: Keyring,
    /// How the outside is reached.
    pub public: Public,
}

struct Inner {
    parts: Parts,
    lanes: Lanes,
    features: FeatureGate,
}

/// The webhooks context.
#[derive(Clone)]
pub struct Hooks(Arc<Inner>);

impl Hooks {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            lanes: Lanes::default(),
            features: FeatureGate::default(),
        }))
    }

    /// Whom to ask which shops may have endpoints; without, all may.
    pub fn know_features(&self, features: Arc<dyn Features>) {
        self.0.features.know(features);
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.parts.db
    }

    pub(crate) fn public(&self) -> &Public {
        &self.0.parts.public
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }

    pub async fn endpoints(&self, ctx: &Ctx, tenant: TenantId) -> Result<Vec<Endpoint>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows = store::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(rows.iter().map(|row| row.card(ctx.now)).collect())
    }

    pub async fn endpoint(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
    ) -> Result<Endpoint, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::find(&mut *tx, tenant, id).await?;
        tx.commit().await?;
        Ok(row.ok_or(Error::NoEndpoint)?.card(ctx.now))
    }

    /// Makes an endpoint, with a secret that is shown this once.
    pub async fn make(&self, ctx: &Ctx, tenant: TenantId, new: MakeEndpoint) -> Result<MadeEndpoint, Error> {
        self.0.features.check(ctx, tenant, Feature::Webhooks).await?;
        let id = WebhookEndpointId::new(ctx.now);
        let (shown, sealed) = self.secret(id)?;
        let row = EndpointRow {
            tenant_id: tenant,
            id,
            url: self.url(&new.url)?,
            description: description(&new.description)?,
            events: names(new.events),
            paused: None,
            failing_since: None,
            rests_until: None,
            sealed_secret: sealed,
            old_sealed_secret: None,
            old_secret_until: None,
            created_at: ctx.now,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        store::make_alone(&mut *tx, tenant).await?;
        if !store::insert(&mut *tx, &row, ENDPOINTS_MAX).await? {
            return Err(Error::TooMany(ENDPOINTS_MAX));
        }
        log::append(&mut tx, ctx, &told("webhook.made", &row).after(as_told(&row))).await?;
        tx.commit().await?;
        Ok(MadeEndpoint {
            secret: shown,
            endpoint: row.card(ctx.now),
        })
    }

    /// Changes what is named. Turned on again, an endpoint gets what waited when it was turned off.
    pub async fn change(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        change: ChangeEndpoint,
    ) -> Result<Endpoint, Error> {
        let url = change.url.map(|url| self.url(&url)).transpose()?;
        let said = change.description.map(|said| description(&said)).transpose()?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut row = locked(&mut tx, tenant, id).await?;
        let before = as_told(&row);
        row.url = url.unwrap_or(row.url);
        row.description = said.unwrap_or(row.description);
        row.events = change.events.map_or(row.events, names);
        match change.enabled {
            Some(true) if row.paused.is_some() => row.paused = None,
            Some(false) if row.paused.is_none() => row.paused = Some(pause_name(Pause::Shop).to_owned()),
            _ => {}
        }
        // Somebody has seen to it: what failed before tells nothing of what comes.
        row.failing_since = None;
        row.rests_until = None;
        store::update(&mut *tx, &row).await?;
        let changed = told("webhook.changed", &row).before(before).after(as_told(&row));
        log::append(&mut tx, ctx, &changed).await?;
        if row.paused.is_none() {
            wake_for(&mut tx, tenant, id, ctx.now).await?;
        }
        tx.commit().await?;
        jobs::wake();
        Ok(row.card(ctx.now))
    }

    pub async fn delete(&self, ctx: &Ctx, tenant: TenantId, id: WebhookEndpointId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = locked(&mut tx, tenant, id).await?;
        if !store::delete(&mut *tx, tenant, id).await? {
            return Err(Error::NoEndpoint);
        }
        log::append(&mut tx, ctx, &told("webhook.deleted", &row).before(as_told(&row))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives an endpoint a new secret. The one of before signs as well for a day; the one before that no more.
    pub async fn rotate(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
    ) -> Result<MadeEndpoint, Error> {
        let (shown, sealed) = self.secret(id)?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut row = locked(&mut tx, tenant, id).await?;
        row.old_sealed_secret = Some(std::mem::replace(&mut row.sealed_secret, sealed));
        row.old_secret_until = Some(ctx.now + OLD_SECRET_FOR);
        store::update(&mut *tx, &row).await?;
        log::append(&mut tx, ctx, &told("webhook.rotated", &row)).await?;
        tx.commit().await?;
        Ok(MadeEndpoint {
            secret: shown,
            endpoint: row.card(ctx.now),
        })
    }

    /// Sends a message that tells of nothing.
    pub async fn test(&self, ctx: &Ctx, tenant: TenantId, id: WebhookEndpointId) -> Result<EventId, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        open(&mut tx, tenant, id).await?;
        let message = EventId::new(ctx.now);
        let data = json!({"endpoint_id": id});
        store::note_for_one(&mut tx, (tenant, id), (message, TEST, data), ctx.now).await?;
        wake_for(&mut tx, tenant, id, ctx.now).await?;
        tx.commit().await?;
        jobs::wake();
        Ok(message)
    }

    /// Sends again what the endpoint is told of and happened since then; how many messages that are. Some of them wait to be
    /// sent from now on, the others follow as these are gone.
    pub async fn replay(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        since: Timestamp,
    ) -> Result<u64, Error> {
        if since > ctx.now || since < ctx.now - TimeDelta::days(KEPT_DAYS) {
            return Err(Error::TooLongAgo);
        }
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = open(&mut tx, tenant, id).await?;
        let messages = store::replay::begin(&mut tx, &row, since).await?;
        store::replay::go_on(&mut tx, &row, ctx.now).await?;
        wake_for(&mut tx, tenant, id, ctx.now).await?;
        tx.commit().await?;
        jobs::wake();
        Ok(u64::try_from(messages).unwrap_or_default())
    }

    /// Sends one message again, from the first attempt on.
    pub async fn retry(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        message: EventId,
    ) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        open(&mut tx, tenant, id).await?;
        if !store::retry(&mut *tx, tenant, id, message, ctx.now).await? {
            return Err(Error::NoMessage);
        }
        wake_for(&mut tx, tenant, id, ctx.now).await?;
        tx.commit().await?;
        jobs::wake();
        Ok(())
    }

    /// What is or was on its way to an endpoint, the latest first.
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        id: WebhookEndpointId,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<Delivery>, Error> {
        let after = after
            .map(|Cursor(after)| after.parse().map(EventId).map_err(|_| cursor()))
            .transpose()?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::find(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoEndpoint)?;
        let mut items = store::deliveries(&mut *tx, tenant, id, after, limit.plus_one()).await?;
        tx.commit().await?;
        let is_more = items.len() > limit.get();
        items.truncate(limit.get());
        if row.paused.is_some() {
            items.iter_mut().for_each(|item| item.next_at = None);
        }
        let last = items.last().map(|item| Cursor(item.message.to_string()));
        Ok(Page {
            next: last.filter(|_| is_more),
            items,
        })
    }

    /// The secrets by which messages are signed now, the newest first.
    pub(crate) fn secrets(&self, row: &EndpointRow, now: Timestamp) -> Result<Vec<Vec<u8>>, Error> {
        let old = row
            .old_sealed_secret
            .as_ref()
            .filter(|_| row.old_secret_until.is_some_and(|until| until > now));
        let sealed = std::iter::once(&row.sealed_secret).chain(old);
        let keyring = &self.0.parts.keyring;
        let opened = sealed.map(|sealed| keyring.unseal(&owner(row.id), sealed));
        Ok(opened.collect::<Result<_, _>>()?)
    }

    /// Seals with the present data key what is sealed with an older one, and says how many secrets that were.
    pub async fn reseal(&self) -> Result<usize, Error> {
        let (mut resealed, mut after) = (0, None);
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let rows = store::sealed(&mut *tx, after, RESEALED_MAX).await?;
            let Some(last) = rows.last() else {
                return Ok(resealed);
            };
            after = Some(last.id);
            for mut row in rows {
                let anew = self.sealed_anew(&mut row)?;
                if anew > 0 {
                    store::update(&mut *tx, &row).await?;
                    resealed += anew;
                }
            }
            tx.commit().await?;
        }
    }

    fn sealed_anew(&self, row: &mut EndpointRow) -> Result<usize, Error> {
        let keyring = &self.0.parts.keyring;
        let (mut anew, owner) = (0, owner(row.id));
        for sealed in [Some(&mut row.sealed_secret), row.old_sealed_secret.as_mut()] {
            // What only others can open is theirs to seal anew.
            if let Some(sealed) = sealed.filter(|sealed| !keyring.is_present(sealed))
                && let Ok(secret) = keyring.unseal(&owner, sealed)
            {
                *sealed = keyring.seal(&owner, &secret)?;
                anew += 1;
            }
        }
        Ok(anew)
    }

    /// A secret as it is shown, and as it is kept.
    fn secret(&self, id: WebhookEndpointId) -> Result<(String, Vec<u8>), Error> {
        let token = secret::token();
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let sealed = self.0.parts.keyring.seal(&owner(id), &bytes)?;
        Ok((format!("whsec_{}", STANDARD.encode(bytes)), sealed))
    }

    fn url(&self, said: &str) -> Result<String, Error> {
        let url = text::line("/url", said, URL_CHARS_MAX)?;
        let uri: Uri = url
            .parse()
            .map_err(|_| Error::Url("it is no address".to_owned()))?;
        // Messages say which orders there are, and whoever is on the way could change the answers.
        if uri.scheme_str() == Some("http") && !self.public().reaches_private() {
            return Err(Error::Url("it begins with http://, not https://".to_owned()));
        }
        self.public().check(&uri).map_err(|why| match why {
            Unreached::Refused(why) | Unreached::Silent(why) => Error::Url(why),
        })?;
        Ok(url)
    }
}

fn owner(id: WebhookEndpointId) -> String {
    format!("webhooks.endpoint/{id}")
}

fn description(said: &str) -> Result<String, Error> {
    match said.trim() {
        "" => Ok(String::new()),
        said => Ok(text::line("/description", said, DESCRIPTION_CHARS_MAX)?),
    }
}

fn cursor() -> Fault {
    let said = "`after` must be `next` of the page before, as it was given.";
    Fault::field("cursor_invalid", "after", said)
}

fn names(mut events: Vec<WebhookKind>) -> Vec<String> {
    events.sort_unstable();
    events.dedup();
    events.into_iter().map(|kind| kind.name().to_owned()).collect()
}

/// What happened to an endpoint, for the audit trail. It is called by its address, without what may be a secret in it.
fn told(kind: &str, row: &EndpointRow) -> Changed {
    let about = AuditSubject::new("webhook", row.id, address(&row.url));
    Changed::new(kind, about).of(Some(row.tenant_id))
}

fn address(url: &str) -> &str {
    url.split_once('?').map_or(url, |(address, _)| address)
}

fn as_told(row: &EndpointRow) -> Value {
    json!({
        "url": address(&row.url),
        "description": row.description,
        "events": row.events,
        "on": row.paused.is_none(),
    })
}

async fn locked(tx: &mut Tx, tenant: TenantId, id: WebhookEndpointId) -> Result<EndpointRow, Error> {
    store::lock(&mut **tx, tenant, id).await?.ok_or(Error::NoEndpoint)
}

/// An endpoint that may be told of something, which somebody waits for: its rest is over.
async fn open(tx: &mut Tx, tenant: TenantId, id: WebhookEndpointId) -> Result<EndpointRow, Error> {
    let mut row = locked(tx, tenant, id).await?;
    if row.paused.is_some() {
        return Err(Error::Paused);
    }
    if row.rests_until.take().is_some() {
        store::update(&mut **tx, &row).await?;
    }
    Ok(row)
}

async fn wake_for(
    tx: &mut Tx,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    at: Timestamp,
) -> Result<(), Error> {
    let waiting = Waiting { tenant, endpoint };
    DELIVER
        .enqueue_once(tx, &endpoint.to_string(), &waiting, at)
        .await?;
    Ok(())
}

/// Notes on an endpoint what came of an attempt: none where it was taken, else what was answered. True when it is given
/// up by this.
pub(crate) fn mark(row: &mut EndpointRow, failure: Option<Option<u16>>, now: Timestamp) -> bool {
    let Some(status) = failure else {
        row.failing_since = None;
        row.rests_until = None;
        return false;
    };
    // Where nothing was tried for longer than any message waits, nobody knows how it was meanwhile.
    if row
        .rests_until
        .is_some_and(|until| now - until > domain::PAUSE_MAX)
    {
        row.failing_since = None;
    }
    let since = *row.failing_since.get_or_insert(now);
    row.rests_until = Some(now + domain::rest_after(now - since, domain::chance((row.id.0, since))));
    let is_over = status == Some(domain::GONE) || now - since >= domain::GIVEN_UP_AFTER;
    if is_over && row.paused.is_none() {
        row.paused = Some(pause_name(Pause::Failing).to_owned());
        return true;
    }
    false
}

fn pause_name(pause: Pause) -> &'static str {
    match pause {
        Pause::Shop => "shop",
        Pause::Failing => "failing",
    }
}
