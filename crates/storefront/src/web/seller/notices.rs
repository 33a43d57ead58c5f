//! What a shop is told: all of its staff read the same, and have it read for each other.

use super::{bar, own_shop};
use crate::views::notices::{NoticeForm, SellerNoticeSettingsPage, SellerNoticesPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::messages::language;
use crate::web::notice_settings::{keep, standing};
use crate::web::notices::{From, PER_PAGE, lead_on, listed, mark_all};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::notifications::{NoticeReader, NoticeTopic, Ways};
use kernel::{EventId, Fault, Permission, TenantId, UserId};

const PATH: &str = "/seller/notifications";
/// What concerns whoever works for a shop.
const TOPICS: &[NoticeTopic] = &[
    NoticeTopic::Orders,
    NoticeTopic::Deliveries,
    NoticeTopic::Refunds,
    NoticeTopic::Returns,
    NoticeTopic::Messages,
    NoticeTopic::Reviews,
    NoticeTopic::Stock,
    NoticeTopic::Payouts,
    NoticeTopic::Moderation,
    NoticeTopic::Programs,
];

fn staff(visit: &Visit) -> Result<(NoticeReader, TenantId), Failure> {
    let tenant = visit.seller(Permission::ReadShop)?;
    let principal = visit.principal.as_ref().ok_or_else(Fault::internal)?;
    let reader = NoticeReader::Staff {
        user: principal.user,
        tenant,
        role: principal.role,
    };
    Ok((reader, tenant))
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(from): Query<From>,
) -> Result<Response, Failure> {
    let (reader, tenant) = staff(&visit)?;
    let (page, found, seller) = futures::join!(
        visit.keyed_page(&shop, "work.notices"),
        shop.notifications.feed(
            &visit.ctx,
            reader,
            language(visit.locale),
            from.cursor(),
            PER_PAGE
        ),
        own_shop(&shop, &visit, tenant),
    );
    let listed = listed(found?, PATH, visit.locale);
    let view = SellerNoticesPage {
        page,
        work: bar(&visit, &seller?, PATH),
        days: listed.days,
        through: listed.through,
        kept: listed.kept,
        more: listed.more,
    };
    Ok(visit.show(&shop, &view))
}

/// Marks one as read and leads on to what it is about.
pub async fn open(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<EventId>,
) -> Result<Response, Failure> {
    let (reader, _) = staff(&visit)?;
    lead_on(&shop, &visit, reader, id).await
}

pub async fn read_all(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let (reader, _) = staff(&posted.visit)?;
    mark_all(&shop, &posted, reader, PATH).await
}

/// Whoever works for a shop says for themselves how they want to be told.
fn person(visit: &Visit) -> Result<(UserId, TenantId), Failure> {
    let tenant = visit.seller(Permission::ReadShop)?;
    Ok((visit.user()?, tenant))
}

pub async fn settings(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let (user, tenant) = person(&visit)?;
    // What a shop is told goes to telephones, and to no device.
    let ways = Ways {
        devices: Vec::new(),
        ..shop.reach.ways(&visit.ctx, user).await?
    };
    let form = standing(&shop, &visit, (user, Some(tenant)), PATH, TOPICS, &ways).await?;
    settings_page(&shop, &visit, tenant, form).await
}

async fn settings_page(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    form: NoticeForm,
) -> Result<Response, Failure> {
    let (page, seller) = futures::join!(
        visit.keyed_page(shop, "notices.settings"),
        own_shop(shop, visit, tenant)
    );
    let view = SellerNoticeSettingsPage {
        page,
        work: bar(visit, &seller?, PATH),
        form,
    };
    Ok(visit.show(shop, &view))
}

pub async fn change_settings(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let (user, tenant) = person(&posted.visit)?;
    match keep(&shop, &posted, (user, Some(tenant)), PATH, TOPICS).await? {
        Ok(kept) => Ok(kept),
        Err(form) => settings_page(&shop, &posted.visit, tenant, *form).await,
    }
}
