//! The audit trail: who changed what, when, and how it was before.

use super::orders::{bound, slug_of};
use super::{audited, bar, dead_letters};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_audit::{AuditFields, AuditRow, OperatorAuditPage};
use crate::web::failure::Failure;
use crate::web::visit::{Visit, encode};
use crate::web::{Shop, cards};
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::audit::{AuditActor, AuditAudience, AuditEntry, AuditFilter, KINDS};
use contracts::catalog::Listing;
use contracts::identity::UserCard;
use contracts::tenants::Shop as Seller;
use kernel::{Cursor, Fault, Kind, OrderId, Page, Permission, ProductId, TenantId, UserId};
use serde::Deserialize;
use std::collections::BTreeMap;

const PATH: &str = "/operator/audit";
const PER_PAGE: u16 = 50;
const WORDS_CHARS_MAX: usize = 120;

#[derive(Default, Deserialize)]
pub struct Asked {
    /// An e-mail address.
    who: Option<String>,
    /// A shop's address or its name.
    shop: Option<String>,
    kind: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let locale = visit.locale;
    let who_words = words(asked.who.as_deref());
    let shop_words = words(asked.shop.as_deref());
    let kind = words(asked.kind.as_deref());
    let (person, seller) = futures::join!(
        person(&shop, &visit, &who_words),
        seller(&shop, &visit, &shop_words)
    );
    let ((who_field, who), (shop_field, tenant)) = (person?, seller?);
    let (from, since) = bound(asked.from.as_deref(), 0, &visit);
    // The whole of that day.
    let (until, before) = bound(asked.until.as_deref(), 1, &visit);
    // What is asked for and cannot be read shows nothing rather than everybody's.
    let is_wrong = [&who_field, &shop_field, &from, &until]
        .iter()
        .any(|field| field.error.is_some());
    let filter = AuditFilter {
        who,
        tenant,
        kind: KINDS.contains(&kind.as_str()).then(|| kind.clone()),
        about: None,
        from: since,
        to: before,
    };
    let found = match is_wrong {
        true => Page {
            items: Vec::new(),
            next: None,
        },
        false => entries(&shop, &visit, filter, asked.after).await?,
    };
    let names = Names::of(&shop, &visit, &found.items).await;
    let fields = AuditFields {
        who: who_field,
        shop: shop_field,
        kinds: kinds(&kind, locale),
        from,
        until,
    };
    let kept = kept(&fields, &shop_words, &kind);
    let view = OperatorAuditPage {
        page: visit.keyed_page(&shop, "operator.audit").await,
        work: bar(&visit, PATH),
        is_narrowed: !kept.is_empty(),
        filter: fields,
        rows: found
            .items
            .iter()
            .map(|entry| row(entry, &names, &visit))
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

/// A page of the trail. A cursor that is none shows the first.
async fn entries(
    shop: &Shop,
    visit: &Visit,
    filter: AuditFilter,
    after: Option<String>,
) -> Result<Page<AuditEntry>, Fault> {
    let after = after.filter(|text| !text.is_empty()).map(Cursor);
    let read = shop
        .audit
        .entries(&visit.ctx, filter.clone(), after.clone(), PER_PAGE)
        .await;
    match read {
        Err(fault) if fault.kind == Kind::Invalid && after.is_some() => {
            shop.audit.entries(&visit.ctx, filter, None, PER_PAGE).await
        }
        read => read,
    }
}

pub(super) fn words(asked: Option<&str>) -> String {
    let asked = asked.unwrap_or_default().trim();
    asked.chars().take(WORDS_CHARS_MAX).collect()
}

/// The field of an address, and whose it is.
async fn person(shop: &Shop, visit: &Visit, words: &str) -> Result<(Field, Option<UserId>), Fault> {
    if words.is_empty() {
        return Ok((Field::default(), None));
    }
    let found = shop.people.find(&visit.ctx, words.to_owned()).await?;
    Ok(match found {
        Some(card) => (Field::of(words), Some(card.person.user)),
        None => {
            let said = visit.locale.t("audit.no_person").to_string();
            (Field::wrong(words, said), None)
        }
    })
}

/// The field of a shop, and which it is. Links name it by its id, so that a shop that is closed is found as well.
pub(super) async fn seller(
    shop: &Shop,
    visit: &Visit,
    words: &str,
) -> Result<(Field, Option<TenantId>), Fault> {
    if words.is_empty() {
        return Ok((Field::default(), None));
    }
    let found = match words.parse::<TenantId>() {
        Ok(id) => shop.tenants.shops(&visit.ctx, vec![id]).await?.into_iter().next(),
        Err(_) => match slug_of(words) {
            none if none.is_empty() => None,
            slug => shop.tenants.shop_by_slug(&visit.ctx, slug).await?,
        },
    };
    Ok(match found {
        Some(found) => (Field::of(found.slug), Some(found.id)),
        None => {
            let said = visit.locale.t("holds.no_shop").to_string();
            (Field::wrong(words, said), None)
        }
    })
}

fn kinds(current: &str, locale: Locale) -> Vec<Choice> {
    let mut choices: Vec<Choice> = KINDS
        .iter()
        .map(|kind| Choice::new(*kind, audited::kind(kind, locale)))
        .collect();
    choices.sort_by(|one, other| one.label.cmp(&other.label));
    let all = Choice::new("", locale.t("audit.any_kind").to_string());
    Choice::select(std::iter::once(all).chain(choices).collect(), current)
}

/// What the address keeps from page to page.
fn kept(fields: &AuditFields, shop: &str, kind: &str) -> String {
    [
        ("who", fields.who.value.as_str()),
        ("shop", shop),
        ("kind", kind),
        ("from", &fields.from.value),
        ("until", &fields.until.value),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}&", encode(value)))
    .collect()
}

/// What the ids on a page are called.
#[derive(Default)]
struct Names {
    people: Vec<UserCard>,
    shops: Vec<Seller>,
    products: Vec<Listing>,
    orders: BTreeMap<OrderId, String>,
}

impl Names {
    /// Names are for reading: without them the list still says what happened.
    async fn of(shop: &Shop, visit: &Visit, entries: &[AuditEntry]) -> Self {
        let people = entries.iter().filter_map(|entry| entry.who.user);
        let people = distinct(people.chain(about(entries, "user")));
        let shops = entries.iter().filter_map(|entry| entry.tenant);
        let shops = distinct(shops.chain(about(entries, "shop")));
        let products: Vec<ProductId> = distinct(about(entries, "product"));
        let orders: Vec<OrderId> = distinct(about(entries, "order"));
        let (people, shops, products, numbers) = futures::join!(
            shop.identity.users(&visit.ctx, people),
            shop.tenants.shops(&visit.ctx, shops),
            shop.catalog.listings(&visit.ctx, products),
            shop.order_desk.numbers(&visit.ctx, orders.clone()),
        );
        Self {
            people: people.unwrap_or_default(),
            shops: shops.unwrap_or_default(),
            products: products.unwrap_or_default(),
            orders: orders.into_iter().zip(numbers.unwrap_or_default()).collect(),
        }
    }

    fn person(&self, id: UserId) -> Option<String> {
        let card = self.people.iter().find(|card| card.id == id)?;
        Some(match card.name.is_empty() {
            true => card.email.clone(),
            false => card.name.clone(),
        })
    }

    fn shop(&self, id: TenantId) -> Option<&Seller> {
        self.shops.iter().find(|seller| seller.id == id)
    }
}

/// The ids of what entries are about, of one kind.
fn about<'e, T: std::str::FromStr + 'e>(
    entries: &'e [AuditEntry],
    kind: &'e str,
) -> impl Iterator<Item = T> + 'e {
    entries
        .iter()
        .filter(move |entry| entry.about.kind == kind)
        .filter_map(|entry| entry.about.id.parse().ok())
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn row(entry: &AuditEntry, names: &Names, visit: &Visit) -> AuditRow {
    let locale = visit.locale;
    let (who, role) = who(&entry.who, names, locale);
    let of_shop = entry.tenant.filter(|_| entry.about.kind != "shop");
    AuditRow {
        at: locale.date_time_short(entry.at.naive_utc()),
        who,
        role,
        what: audited::kind(&entry.kind, locale),
        about: thing(entry, names, visit),
        shop: of_shop
            .and_then(|id| names.shop(id))
            .map(|seller| seller.name.clone())
            .unwrap_or_default(),
        changes: audited::changes(entry.before.as_ref(), entry.after.as_ref(), locale),
    }
}

fn who(actor: &AuditActor, names: &Names, locale: Locale) -> (String, String) {
    let Some(user) = actor.user else {
        return (locale.t("audit.by_itself").to_string(), String::new());
    };
    let name = names.person(user);
    let role = match actor.role {
        Some(role) => audited::role(role, locale),
        // Somebody who opens a shop or joins one.
        None if actor.audience == AuditAudience::Seller => locale.t("audit.newcomer").to_string(),
        None => String::new(),
    };
    let somebody = || locale.t("templates.somebody").to_string();
    (name.unwrap_or_else(somebody), role)
}

/// What it was done to, as people call it, and where it is looked at.
fn thing(entry: &AuditEntry, names: &Names, visit: &Visit) -> Link {
    let about = &entry.about;
    let locale = visit.locale;
    let (label, href) = match about.kind.as_str() {
        "shop" => {
            let id = about.id.parse().ok().or(entry.tenant);
            let seller = id.and_then(|id| names.shop(id));
            let href = seller.map(|seller| format!("/operator/shops/{}", seller.id));
            (seller.map(|seller| seller.name.clone()), href)
        }
        "user" => (about.id.parse().ok().and_then(|id| names.person(id)), None),
        "product" => {
            let id = about.id.parse().ok();
            let listing = id.and_then(|id: ProductId| names.products.iter().find(|known| known.id == id));
            let title = listing.map(|listing| listing.words_in(&[locale.code()]).0.to_owned());
            let href = listing.map(|listing| cards::product_href(&listing.slug, listing.id));
            (title, href)
        }
        "order" => {
            let id: Option<OrderId> = about.id.parse().ok();
            let number = id.and_then(|id| names.orders.get(&id));
            let href = number
                .filter(|_| visit.may(Permission::ReadAnyOrder))
                .map(|number| format!("/operator/orders/{number}"));
            (number.cloned(), href)
        }
        "feature" => {
            let key = format!("features.of.{}", about.id);
            (locale.messages().get(&key).map(str::to_owned), None)
        }
        // Its label is the program's name for it.
        "dead_letter" => (Some(dead_letters::what(&about.label, locale)), None),
        _ => (None, None),
    };
    let written = || match about.label.is_empty() {
        true => audited::thing(&about.kind, locale),
        false => about.label.clone(),
    };
    Link::new(label.unwrap_or_else(written), href.unwrap_or_default())
}
