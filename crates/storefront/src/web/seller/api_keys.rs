//! Keys of the shop's own programs: made and shown once, replaced, ended.

use super::{bar, own_shop, page_of_features, program_parts};
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_keys::{ApiKeyFields, ApiKeyRow, ScopeBox, SellerApiKeysPage};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{NaiveDate, NaiveTime};
use contracts::identity::{ApiKeyCard, ApiScope, MakeApiKey};
use httpkit::Auth;
use kernel::{ApiKeyId, Fault, Kind, Permission};

const PATH: &str = "/seller/api-keys";
/// Hours for which a key goes on beside its successor, as the page offers them, the usual first.
const OVERLAPS: [(&str, &str); 4] = [
    ("24", "api_keys.overlap_day"),
    ("0", "api_keys.overlap_none"),
    ("72", "api_keys.overlap_days"),
    ("168", "api_keys.overlap_week"),
];

/// What came of a form.
enum Sent<'p> {
    Nothing,
    Made(String),
    Refused(&'p Posted, Fault),
    /// There is no key in the place of another.
    NotRotated(Fault),
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, Sent::Nothing).await
}

async fn show(shop: &Shop, visit: &Visit, sent: Sent<'_>) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ManageKeys)?;
    let (page, seller, keys) = futures::join!(
        page_of_features(shop, visit, tenant, "work.api_keys"),
        own_shop(shop, visit, tenant),
        shop.api_keys.keys(&visit.ctx, tenant),
    );
    let view = SellerApiKeysPage {
        page,
        work: bar(visit, &seller?, PATH),
        parts: program_parts(visit, PATH),
        rows: keys?.iter().map(|key| row(key, visit)).collect(),
        overlaps: OVERLAPS
            .map(|(hours, key)| Choice::new(hours, visit.locale.t(key).to_string()))
            .into(),
        form: fields(&sent, visit),
        error: match &sent {
            Sent::NotRotated(fault) => Some(visit.tell(fault)),
            _ => None,
        },
        secret: match sent {
            Sent::Made(secret) => Some(secret),
            _ => None,
        },
    };
    Ok(match view.secret {
        Some(_) => visit.show_once(shop, &view),
        None => visit.show(shop, &view),
    })
}

fn scope_key(scope: ApiScope) -> &'static str {
    match scope {
        ApiScope::ShopRead => "api_keys.shop_read",
        ApiScope::ProductsRead => "api_keys.products_read",
        ApiScope::ProductsWrite => "api_keys.products_write",
        ApiScope::InventoryRead => "api_keys.inventory_read",
        ApiScope::InventoryWrite => "api_keys.inventory_write",
        ApiScope::OrdersRead => "api_keys.orders_read",
        ApiScope::OrdersWrite => "api_keys.orders_write",
        ApiScope::RefundsWrite => "api_keys.refunds_write",
        ApiScope::MessagesWrite => "api_keys.messages_write",
        ApiScope::PromotionsWrite => "api_keys.promotions_write",
        ApiScope::PayoutsRead => "api_keys.payouts_read",
    }
}

fn label(scope: ApiScope, visit: &Visit) -> String {
    visit.locale.t(scope_key(scope)).to_string()
}

fn row(key: &ApiKeyCard, visit: &Visit) -> ApiKeyRow {
    let (locale, now) = (visit.locale, visit.ctx.now);
    let (state, tone) = match key {
        key if key.revoked_at.is_some() => ("partners.revoked", Tone::Bad),
        key if key.expires_at <= now => ("partners.expired", Tone::Calm),
        key if key.is_replaced => ("partners.replaced", Tone::Warn),
        _ => ("partners.open", Tone::Good),
    };
    let is_open = key.revoked_at.is_none() && key.expires_at > now;
    let on = |said: &str, day: String| locale.t(said).arg("day", day).to_string();
    let expires = match is_open {
        true => "api_keys.good_until",
        false => "api_keys.was_good_until",
    };
    ApiKeyRow {
        id: format!("key-{}", key.id),
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        scopes: key.scopes.iter().map(|scope| label(*scope, visit)).collect(),
        made: on("api_keys.made_on", locale.date_short(key.created_at.date_naive())),
        expires: on(expires, locale.date_short(key.expires_at.date_naive())),
        used: key.last_used_at.map_or_else(
            || locale.t("api_keys.unused").to_string(),
            |at| on("api_keys.used_on", locale.date_time_short(at.naive_utc())),
        ),
        status: Status {
            label: locale.t(state).to_string(),
            tone,
        },
        rotate: (is_open && !key.is_replaced).then(|| format!("{PATH}/{}/rotate", key.id)),
        revoke: is_open.then(|| format!("{PATH}/{}/revoke", key.id)),
    }
}

fn fields(sent: &Sent<'_>, visit: &Visit) -> ApiKeyFields {
    let refused = match sent {
        Sent::Refused(posted, fault) => Some((*posted, fault)),
        _ => None,
    };
    let field = |name: &str, pointer: &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let placed = ["/name", "/expires_at"];
    let is_placed = |fault: &Fault| {
        let mut pointers = fault.fields.iter().map(|field| field.pointer.as_str());
        pointers.any(|pointer| placed.contains(&pointer))
    };
    ApiKeyFields {
        refused: refused
            .filter(|(_, fault)| !is_placed(fault))
            .map(|(_, fault)| visit.tell(fault)),
        name: field("name", "/name"),
        scopes: ApiScope::ALL
            .map(|scope| ScopeBox {
                name: scope.name().to_owned(),
                label: label(scope, visit),
                ticked: refused.is_some_and(|(posted, _)| posted.ticked(scope.name())),
            })
            .into(),
        expires: field("expires", "/expires_at"),
    }
}

fn read(posted: &Posted) -> Result<MakeApiKey, Fault> {
    let expires_at = match posted.get("expires") {
        "" => None,
        day => {
            let day: Option<NaiveDate> = day.parse().ok();
            let said = posted.visit.locale.t("refusal.day_invalid").to_string();
            let day = day.ok_or_else(|| Fault::field("day_invalid", "/expires_at", said))?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        }
    };
    Ok(MakeApiKey {
        name: posted.get("name").to_owned(),
        scopes: ApiScope::ALL
            .into_iter()
            .filter(|scope| posted.ticked(scope.name()))
            .collect(),
        expires_at,
    })
}

pub async fn make(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (tenant, by) = (visit.seller(Permission::ManageKeys)?, visit.user()?);
    let made = match read(&posted) {
        Ok(new) => shop.api_keys.make(&visit.ctx, tenant, by, new).await,
        Err(fault) => Err(fault),
    };
    let sent = match made {
        Ok(made) => Sent::Made(made.secret),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(fault) => Sent::Refused(&posted, fault),
    };
    show(&shop, visit, sent).await
}

pub async fn rotate(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    Path(id): Path<ApiKeyId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (tenant, by) = (visit.seller(Permission::ManageKeys)?, visit.user()?);
    let known = OVERLAPS.iter().find(|(hours, _)| *hours == posted.get("overlap"));
    let hours = known.and_then(|(hours, _)| hours.parse().ok()).unwrap_or(24);
    let sent = match shop.api_keys.rotate(&visit.ctx, tenant, by, id, hours).await {
        Ok(made) => {
            if hours == 0 {
                auth.forget_key(id);
            }
            Sent::Made(made.secret)
        }
        Err(fault) if fault.kind == Kind::Conflict => Sent::NotRotated(fault),
        Err(fault) => return Err(Failure(fault)),
    };
    show(&shop, visit, sent).await
}

pub async fn revoke(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    Path(id): Path<ApiKeyId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (tenant, by) = (visit.seller(Permission::ManageKeys)?, visit.user()?);
    match shop.api_keys.revoke(&visit.ctx, tenant, by, id).await {
        Ok(_) => {
            auth.forget_key(id);
            Ok(redirect_done(PATH, "key_revoked"))
        }
        Err(fault) => redirect_refused(PATH, fault),
    }
}
