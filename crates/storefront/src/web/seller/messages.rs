//! What buyers write to the shop, and what the shop answers and quotes.

use super::{bar, own_shop};
use crate::views::common::Field;
use crate::views::messages::{QuoteForm, SellerMessagesPage, SellerThreadPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::messages::talk::{Shown, talk};
use crate::web::messages::{Filter, PER_PAGE, Place, language, put_away, rows, tell_moderators};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::messages::{NewQuote, Party, Side, ThreadKind, ThreadQuery};
use contracts::tenants::Shop as Seller;
use kernel::{Fault, Money, Permission, ThreadId};

const PATH: &str = "/seller/messages";

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::FulfilSales)?;
    let query = ThreadQuery {
        which: filter.which(),
        order: None,
    };
    let (page, found, seller) = futures::join!(
        visit.keyed_page(&shop, "work.messages"),
        shop.messages
            .threads(&visit.ctx, Party::Shop(tenant), query, filter.after(), PER_PAGE),
        own_shop(&shop, &visit, tenant),
    );
    let (found, seller, locale) = (found?, seller?, visit.locale);
    let view = SellerMessagesPage {
        page,
        work: bar(&visit, &seller, PATH),
        tabs: filter.tabs(PATH, locale),
        rows: rows(&found, PATH, Side::Shop, locale),
        more: filter.more(PATH, found.next, locale),
    };
    Ok(visit.show(&shop, &view))
}

/// A form that was refused.
enum Refused<'p> {
    Message(&'p Posted, &'p Fault),
    Quote(&'p Posted, &'p Fault),
}

pub async fn thread(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ThreadId>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, place.after, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    id: ThreadId,
    after: Option<String>,
    refused: Option<Refused<'_>>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::FulfilSales)?;
    let shown = Shown {
        who: Party::Shop(tenant),
        path: PATH,
        id,
        after,
        refused: match &refused {
            Some(Refused::Message(posted, fault)) => Some((posted, fault)),
            _ => None,
        },
    };
    let (talk, thread) = talk(shop, visit, shown).await?;
    let (mut page, seller) = futures::join!(
        visit.keyed_page(shop, "work.messages"),
        own_shop(shop, visit, tenant)
    );
    let seller = seller?;
    page.title = format!("{} · {}", talk.with, talk.title);
    let asked = thread.kind == ThreadKind::Custom && thread.closed.is_none();
    let quote = asked.then(|| match &refused {
        Some(Refused::Quote(posted, fault)) => form(visit, &seller, Some((posted, fault))),
        _ => form(visit, &seller, None),
    });
    let view = SellerThreadPage {
        page,
        work: bar(visit, &seller, PATH),
        talk,
        quote,
    };
    Ok(visit.show(shop, &view))
}

fn form(visit: &Visit, seller: &Seller, refused: Option<(&Posted, &Fault)>) -> QuoteForm {
    let field = |name: &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, &format!("/{name}")),
        },
        None => Field::default(),
    };
    let (price, lead_days, valid_until) = (field("price"), field("lead_days"), field("valid_until"));
    let is_placed = [&price, &lead_days, &valid_until]
        .iter()
        .any(|field| field.error.is_some());
    QuoteForm {
        price,
        lead_days,
        valid_until,
        text: field("text"),
        currency: seller.currency.code().to_owned(),
        error: refused.filter(|_| !is_placed).map(|(_, fault)| visit.tell(fault)),
        open: refused.is_some(),
    }
}

pub async fn send(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let who = Party::Shop(visit.seller(Permission::FulfilSales)?);
    let text = posted.get("text").to_owned();
    let language = Some(language(visit.locale));
    match shop.messages.send(&visit.ctx, who, id, text, language).await {
        Ok(sent) => Ok(redirect(&format!("{PATH}/{id}#message-{}", sent.id))),
        Err(fault) => show(&shop, visit, id, None, Some(Refused::Message(&posted, &fault))).await,
    }
}

pub async fn archive(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let who = Party::Shop(posted.visit.seller(Permission::FulfilSales)?);
    put_away(&shop, &posted, who, PATH, id).await
}

pub async fn report(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let who = Party::Shop(posted.visit.seller(Permission::FulfilSales)?);
    tell_moderators(&shop, &posted, who, PATH, id).await
}

/// A quote as it was typed.
fn quoted(posted: &Posted, seller: &Seller) -> Result<NewQuote, Fault> {
    let price = Money::parse(posted.get("price"), seller.currency)
        .map_err(|why| Fault::field("amount_out_of_range", "/price", why.to_string()))?;
    let lead_days = posted.get("lead_days").parse().map_err(|_| {
        Fault::field(
            "days_out_of_range",
            "/lead_days",
            "Write a whole number of days, such as 14.",
        )
    })?;
    let valid_until = posted
        .get("valid_until")
        .parse()
        .map_err(|_| Fault::field("date_out_of_range", "/valid_until", "Choose a day from today on."))?;
    Ok(NewQuote {
        price,
        lead_days,
        valid_until,
        text: posted.get("text").to_owned(),
    })
}

pub async fn quote(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let seller = own_shop(&shop, visit, tenant).await?;
    let sent = match quoted(&posted, &seller) {
        Ok(quote) => shop.messages.quote(&visit.ctx, tenant, id, quote).await,
        Err(fault) => Err(fault),
    };
    match sent {
        Ok(sent) => Ok(redirect(&format!("{PATH}/{id}#message-{}", sent.id))),
        Err(fault) => show(&shop, visit, id, None, Some(Refused::Quote(&posted, &fault))).await,
    }
}
