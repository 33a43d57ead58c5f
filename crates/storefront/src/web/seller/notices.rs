//! What a shop is told: all of its staff read the same, and have it read for each other.

use super::{bar, own_shop};
use crate::views::notices::SellerNoticesPage;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::messages::language;
use crate::web::notices::{From, PER_PAGE, lead_on, listed, mark_all};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::notifications::NoticeReader;
use kernel::{EventId, Fault, Permission, TenantId};

const PATH: &str = "/seller/notifications";

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
