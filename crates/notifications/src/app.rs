//! Notices are listed, counted and marked as read here.

mod failures;
mod reach;
mod templates;
mod wishes;

use crate::carry::{PushPort, SmsPort};
use crate::domain::facts::{Facts, href};
use crate::domain::words;
use crate::error::Error;
use crate::store::{self, NoticeRow};
use ::store::{Db, Scope};
use contracts::Language;
use contracts::catalog::Catalog;
use contracts::identity::Identity;
use contracts::notifications::{Notice, NoticeKind, NoticeReader, NoticeTopic, UNREAD_MAX};
use contracts::orders::OrderDesk;
use contracts::tenants::{StaffDesk, Tenants};
use kernel::{Ctx, Cursor, EventId, OrderId, Page, Permission, ProductId, SubOrderId, TenantId};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// What it takes to say in words what happened.
pub struct Parts {
    pub db: Db,
    pub identity: Arc<dyn Identity>,
    pub catalog: Arc<dyn Catalog>,
    pub tenants: Arc<dyn Tenants>,
    /// Who works for shops.
    pub staff: Arc<dyn StaffDesk>,
    pub orders: Arc<dyn OrderDesk>,
    pub sms: Arc<dyn SmsPort>,
    pub push: Arc<dyn PushPort>,
    /// Where links lead, without a slash at its end.
    pub public_url: String,
    /// By which links in mails are signed, and codes sealed.
    pub key: Vec<u8>,
}

/// The notifications context.
#[derive(Clone)]
pub struct Notices(Arc<Parts>);

/// What the other contexts call things.
#[derive(Default)]
struct Names {
    orders: HashMap<OrderId, String>,
    /// A shop's own part of an order.
    parts: HashMap<OrderId, SubOrderId>,
    shops: HashMap<TenantId, String>,
    products: HashMap<ProductId, String>,
}

/// Whose they are.
pub(crate) fn recipient(reader: NoticeReader) -> Uuid {
    match reader {
        NoticeReader::Person { user } => user.0,
        NoticeReader::Staff { tenant, .. } => tenant.0,
    }
}

pub(crate) fn scope(reader: NoticeReader) -> Scope {
    match reader {
        NoticeReader::Person { .. } => Scope::System,
        NoticeReader::Staff { tenant, .. } => Scope::Tenant(tenant),
    }
}

/// What of a shop is none of their work.
pub(crate) fn not_their_work(reader: NoticeReader) -> Vec<String> {
    let NoticeReader::Staff { role, .. } = reader else {
        return Vec::new();
    };
    let needs = |topic: NoticeTopic| match topic {
        NoticeTopic::Orders
        | NoticeTopic::Deliveries
        | NoticeTopic::Refunds
        | NoticeTopic::Returns
        | NoticeTopic::Payouts => Permission::ReadSales,
        NoticeTopic::Messages => Permission::FulfilSales,
        NoticeTopic::Stock => Permission::ReadStock,
        NoticeTopic::Reviews | NoticeTopic::Moderation | NoticeTopic::Security => Permission::ReadShop,
        NoticeTopic::Programs => Permission::ManageKeys,
    };
    let hidden = NoticeTopic::ALL
        .into_iter()
        .filter(|topic| !role.may(needs(*topic)));
    hidden.map(|topic| topic.name().to_owned()).collect()
}

fn distinct<T: Copy + Ord>(found: impl Iterator<Item = T>) -> Vec<T> {
    let mut found: Vec<T> = found.collect();
    found.sort_unstable();
    found.dedup();
    found
}

impl Notices {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let public_url = parts.public_url.trim_end_matches('/').to_owned();
        Self(Arc::new(Parts { public_url, ..parts }))
    }

    pub(crate) fn identity(&self) -> &dyn Identity {
        &*self.0.identity
    }

    pub(crate) fn staff(&self) -> &dyn StaffDesk {
        &*self.0.staff
    }

    pub(crate) fn tenants(&self) -> &dyn Tenants {
        &*self.0.tenants
    }

    pub(crate) fn catalog(&self) -> &dyn Catalog {
        &*self.0.catalog
    }

    pub(crate) fn sms(&self) -> &dyn SmsPort {
        &*self.0.sms
    }

    pub(crate) fn push(&self) -> &dyn PushPort {
        &*self.0.push
    }

    pub(crate) fn public_url(&self) -> &str {
        &self.0.public_url
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.0.key
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Of what a reader is told nothing: what is none of their work, and what they do not want to be told.
    async fn without(&self, reader: NoticeReader) -> Result<Vec<String>, Error> {
        let (NoticeReader::Person { user } | NoticeReader::Staff { user, .. }) = reader;
        let mut without = store::wishes::declined(self.db().pool(), user, "in_app").await?;
        without.extend(not_their_work(reader));
        Ok(without)
    }

    pub async fn feed(
        &self,
        ctx: &Ctx,
        reader: NoticeReader,
        language: Language,
        after: Option<Cursor>,
        limit: u16,
    ) -> Result<Page<Notice>, Error> {
        let before = after
            .map(|Cursor(after)| after.parse().map(EventId).map_err(|_| Error::cursor()))
            .transpose()?;
        let (size, without) = (usize::from(limit), self.without(reader).await?);
        let mut tx = self.db().begin(scope(reader)).await?;
        let mut rows =
            store::feed(&mut tx, recipient(reader), &without, before, i64::from(limit) + 1).await?;
        tx.commit().await?;
        let is_more = rows.len() > size;
        rows.truncate(size);
        let next = rows
            .last()
            .filter(|_| is_more)
            .map(|row| Cursor(row.id.to_string()));
        let items = self.told(ctx, reader, language, rows).await?;
        Ok(Page { items, next })
    }

    pub async fn unread(&self, reader: NoticeReader) -> Result<u32, Error> {
        let without = self.without(reader).await?;
        let mut tx = self.db().begin(scope(reader)).await?;
        let most = i64::from(UNREAD_MAX) + 1;
        let count = store::unread(&mut tx, recipient(reader), &without, most).await?;
        tx.commit().await?;
        Ok(u32::try_from(count).unwrap_or(UNREAD_MAX))
    }

    pub async fn mark_read(
        &self,
        ctx: &Ctx,
        reader: NoticeReader,
        id: EventId,
        language: Language,
    ) -> Result<Notice, Error> {
        let without = self.without(reader).await?;
        let mut tx = self.db().begin(scope(reader)).await?;
        let row = store::mark_read(&mut tx, recipient(reader), &without, id, ctx.now)
            .await?
            .ok_or(Error::NotFound)?;
        tx.commit().await?;
        let told = self.told(ctx, reader, language, vec![row]).await?.pop();
        told.ok_or(Error::NotFound)
    }

    pub async fn mark_all_read(
        &self,
        ctx: &Ctx,
        reader: NoticeReader,
        through: EventId,
    ) -> Result<u32, Error> {
        let without = self.without(reader).await?;
        let mut tx = self.db().begin(scope(reader)).await?;
        let marked = store::mark_all_read(&mut tx, recipient(reader), &without, through, ctx.now).await?;
        tx.commit().await?;
        Ok(u32::try_from(marked).unwrap_or(u32::MAX))
    }

    /// Says what is kept, in words.
    pub(crate) async fn told(
        &self,
        ctx: &Ctx,
        reader: NoticeReader,
        language: Language,
        rows: Vec<NoticeRow>,
    ) -> Result<Vec<Notice>, Error> {
        let (names, wording) = futures::join!(self.names(ctx, reader, &rows), self.wording(language));
        let wording = wording?;
        rows.into_iter()
            .map(|row| {
                let kind: NoticeKind = serde_json::from_value(row.kind.clone().into())
                    .map_err(|_| Error::Broken(format!("`{}` is no kind", row.kind)))?;
                let facts = row.facts.0;
                let value = |place: &str| {
                    let known = names.value(language, place, &facts);
                    known.unwrap_or_else(|| words::missing(language, place).to_owned())
                };
                let part = facts.order.and_then(|order| names.parts.get(&order).copied());
                Ok(Notice {
                    id: row.id,
                    kind,
                    topic: kind.topic(),
                    title: words::fill(wording.title(kind), value),
                    text: words::fill(wording.text(kind), value),
                    href: href(kind, &facts, reader, part),
                    at: row.at,
                    read: row.read_at.is_some(),
                })
            })
            .collect()
    }

    /// Asks for all of them at once. What nobody answers has no name, and is told all the same.
    async fn names(&self, ctx: &Ctx, reader: NoticeReader, rows: &[NoticeRow]) -> Names {
        let facts = || rows.iter().map(|row| &row.facts.0);
        let orders = distinct(facts().filter_map(|facts| facts.order));
        let shops = distinct(facts().filter_map(|facts| facts.shop));
        let products = distinct(facts().filter_map(|facts| facts.product));
        let mut names = Names::default();
        let ((numbers, parts), found, listings) = futures::join!(
            self.orders(ctx, reader, orders),
            async {
                match shops.is_empty() {
                    true => Vec::new(),
                    false => self.0.tenants.shops(ctx, shops).await.unwrap_or_default(),
                }
            },
            async {
                match products.is_empty() {
                    true => Vec::new(),
                    false => self.0.catalog.listings(ctx, products).await.unwrap_or_default(),
                }
            },
        );
        names.orders = numbers;
        names.parts = parts;
        names.shops = found.into_iter().map(|shop| (shop.id, shop.name)).collect();
        names.products = listings
            .into_iter()
            .map(|listing| (listing.id, listing.title))
            .collect();
        names
    }

    /// What their buyer calls orders; for a shop, its own parts of them, and what it calls those.
    async fn orders(
        &self,
        ctx: &Ctx,
        reader: NoticeReader,
        orders: Vec<OrderId>,
    ) -> (HashMap<OrderId, String>, HashMap<OrderId, SubOrderId>) {
        if orders.is_empty() {
            return Default::default();
        }
        match reader {
            NoticeReader::Person { .. } => {
                let numbers = self.0.orders.numbers(ctx, orders.clone()).await;
                let numbers = orders.into_iter().zip(numbers.unwrap_or_default());
                (numbers.collect(), HashMap::new())
            }
            NoticeReader::Staff { tenant, .. } => {
                let sales = self.0.orders.sales(ctx, tenant, orders).await;
                let sales = sales.unwrap_or_default();
                (
                    sales
                        .iter()
                        .map(|sale| (sale.order, sale.number.clone()))
                        .collect(),
                    sales.iter().map(|sale| (sale.order, sale.id)).collect(),
                )
            }
        }
    }
}

impl Names {
    fn value(&self, language: Language, place: &str, facts: &Facts) -> Option<String> {
        match place {
            "order" => self.orders.get(&facts.order?).cloned(),
            "shop" => self.shops.get(&facts.shop?).cloned(),
            "product" => self.products.get(&facts.product?).cloned(),
            "amount" => Some(language.price(facts.amount?)),
            "until" => Some(language.moment(facts.until?)),
            "count" => facts.count.map(|count| count.to_string()),
            "limit" => facts.limit.map(|limit| limit.to_string()),
            "reason" => facts.reason.clone(),
            "host" => facts.host.clone(),
            _ => None,
        }
    }
}
