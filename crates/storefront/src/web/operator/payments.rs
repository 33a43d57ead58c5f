//! Payments on their way, and one of them with all that was done about it: to see where it stands and to step in.

use super::{bar, refunds};
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::operator::{
    AnswerChoice, OperatorPaymentPage, OperatorPaymentsPage, PaidOrder, PaidPart, PaidShare, PaymentRow,
    PaymentStep, UncapturedRow,
};
use crate::views::page::Tone;
use crate::views::work::{Section, Status};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use crate::web::{Shop, saved_views, sub_orders};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::checkout::{Intervention, PaymentSaga, SagaAnswer, SagaEntry, SagaState, UncapturedPayment};
use contracts::identity::UserCard;
use contracts::orders::{AsOf, SubOrder};
use contracts::payments::CaptureTime;
use contracts::saved_views::ViewTable;
use kernel::{Cursor, Fault, Kind, OrderId, Page, Permission, TenantId, UserId};
use serde::Deserialize;

const PAYMENTS_PER_PAGE: u16 = 50;
const NOTE_CHARS_MAX: usize = 500;
const STATES: [(&str, SagaState); 4] = [
    ("stuck", SagaState::Stuck),
    ("open", SagaState::Open),
    ("waiting", SagaState::Waiting),
    ("ended", SagaState::Ended),
];
const ANSWERS: [SagaAnswer; 4] = [
    SagaAnswer::Captured,
    SagaAnswer::Declined,
    SagaAnswer::Voided,
    SagaAnswer::Refunded,
];

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<String>,
    /// Of the list above it, which has pages of its own.
    uncaptured_after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadAnyOrder)?;
    let wanted = filter.state.unwrap_or_default();
    let state = STATES.iter().find(|(code, _)| *code == wanted).map(|(_, s)| *s);
    // A cursor that is none shows the first page.
    let after = filter
        .after
        .filter(|id| id.parse::<OrderId>().is_ok())
        .map(Cursor);
    let locale = visit.locale;
    let of_refunds = refunds::TABS.iter().find(|(code, ..)| *code == wanted);
    let (page, setting, overdue, found) = futures::join!(
        saved_views::page(&shop, &visit, "operator.payments", ViewTable::Payments),
        shop.payment_desk.capture_setting(&visit.ctx),
        uncaptured(&shop, &visit, filter.uncaptured_after),
        async {
            match of_refunds {
                Some((_, _, state)) => {
                    let found = shop
                        .payment_desk
                        .refunds(&visit.ctx, *state, after, PAYMENTS_PER_PAGE);
                    let found = found.await?;
                    let rows: Vec<PaymentRow> = found
                        .items
                        .iter()
                        .map(|refund| refunds::row(refund, locale))
                        .collect();
                    Ok::<_, Fault>((rows, found.next))
                }
                None => {
                    let found = shop
                        .payment_desk
                        .sagas(&visit.ctx, state, after, PAYMENTS_PER_PAGE);
                    let found = found.await?;
                    Ok((
                        found.items.iter().map(|saga| row(saga, locale)).collect(),
                        found.next,
                    ))
                }
            }
        }
    );
    let (rows, next) = found?;
    let kept = match state.is_some() || of_refunds.is_some() {
        true => format!("state={}&", encode(&wanted)),
        false => String::new(),
    };
    // The list does without them.
    let overdue = overdue.unwrap_or(Page {
        items: Vec::new(),
        next: None,
    });
    let capture = setting.ok().map(|setting| setting.capture);
    let view = OperatorPaymentsPage {
        page,
        work: bar(&visit, "/operator/payments"),
        capture: capture.map(|capture| locale.t(said_of(capture)).to_string()),
        captures: match capture {
            Some(capture) if visit.may(Permission::ManagePayments) => captures(capture, locale),
            _ => Vec::new(),
        },
        uncaptured: overdue
            .items
            .iter()
            .map(|payment| uncaptured_row(payment, &visit))
            .collect(),
        uncaptured_more: overdue.next.map(|cursor| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("/operator/payments?{kept}uncaptured_after={}", encode(&cursor.0)),
            )
        }),
        tabs: tabs(state, of_refunds.map(|(code, ..)| *code), locale),
        rows,
        more: next.map(|cursor| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("/operator/payments?{kept}after={}", encode(&cursor.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

/// A page of what is not captured in time. A cursor that is none shows the first: nothing of it is hidden.
async fn uncaptured(
    shop: &Shop,
    visit: &Visit,
    after: Option<String>,
) -> Result<Page<UncapturedPayment>, Fault> {
    let after = after.map(Cursor);
    let (desk, ctx) = (&shop.payment_desk, &visit.ctx);
    match desk.uncaptured(ctx, after.clone(), PAYMENTS_PER_PAGE).await {
        Err(fault) if fault.kind == Kind::Invalid && after.is_some() => {
            desk.uncaptured(ctx, None, PAYMENTS_PER_PAGE).await
        }
        read => read,
    }
}

/// When payments are captured, as a sentence says it.
fn said_of(capture: CaptureTime) -> &'static str {
    match capture {
        CaptureTime::AtOnce => "payments.capture_said.at_once",
        CaptureTime::OnDispatch => "payments.capture_said.on_dispatch",
    }
}

fn captures(now: CaptureTime, locale: Locale) -> Vec<Choice> {
    let choice = |time: CaptureTime| {
        let key = match time {
            CaptureTime::AtOnce => "payments.capture.at_once",
            CaptureTime::OnDispatch => "payments.capture.on_dispatch",
        };
        Choice::new(time.name(), locale.t(key).to_string())
    };
    Choice::select(CaptureTime::ALL.map(choice).into(), now.name())
}

fn uncaptured_row(payment: &UncapturedPayment, visit: &Visit) -> UncapturedRow {
    let locale = visit.locale;
    let href = format!("/operator/payments/{}", payment.order);
    let may = visit.may(Permission::ManagePayments) && payment.due_at.is_some();
    UncapturedRow {
        id: payment.order.to_string(),
        number: payment.number.clone(),
        tries: locale.number(u64::from(payment.tries)),
        retry: may.then(|| format!("{href}/retry-capture")),
        href,
        open: locale.money(payment.open),
        lapsed: locale.money(payment.lapsed),
        lapses: locale.date_time_short(payment.lapses_at.naive_utc()),
    }
}

/// Sets when payments are captured.
pub async fn set_capture(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    const PATH: &str = "/operator/payments";
    let visit = &posted.visit;
    visit.operator(Permission::ManagePayments)?;
    let Some(capture) = CaptureTime::named(posted.get("capture")) else {
        return Err(Failure(Fault::field("capture", "capture", "Choose when.")));
    };
    let note = posted.get("note").to_owned();
    match shop.payment_desk.set_capture(&visit.ctx, capture, note).await {
        Ok(_) => Ok(redirect_done(PATH, "saved")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

fn tabs(current: Option<SagaState>, of_refunds: Option<&str>, locale: Locale) -> Vec<Section> {
    let all = Section {
        link: Link::new(locale.t("work.all").to_string(), "/operator/payments"),
        current: current.is_none() && of_refunds.is_none(),
    };
    let refunds = refunds::TABS.map(|(code, key, _)| Section {
        link: Link::new(
            locale.t(key).to_string(),
            format!("/operator/payments?state={code}"),
        ),
        current: of_refunds == Some(code),
    });
    let of = |(code, state): (&str, SagaState)| Section {
        link: Link::new(
            status(state, locale).label,
            format!("/operator/payments?state={code}"),
        ),
        current: current == Some(state),
    };
    std::iter::once(all)
        .chain(STATES.map(of))
        .chain(refunds)
        .collect()
}

pub(super) fn status(state: SagaState, locale: Locale) -> Status {
    let (key, tone) = match state {
        SagaState::Open => ("payments.open", Tone::Calm),
        SagaState::Waiting => ("payments.waiting", Tone::Warn),
        SagaState::Stuck => ("payments.stuck", Tone::Bad),
        SagaState::Ended => ("payments.ended", Tone::Good),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

fn row(saga: &PaymentSaga, locale: Locale) -> PaymentRow {
    let last = saga.timeline.last();
    PaymentRow {
        number: saga.number.clone(),
        href: format!("/operator/payments/{}", saga.order),
        status: status(saga.state, locale),
        step: locale.t(&format!("payments.step.{}", saga.step)).to_string(),
        tries: locale.number(u64::from(saga.tries)),
        last: last
            .map(|told| locale.date_time_short(told.at.naive_utc()))
            .unwrap_or_default(),
        due: due(saga, locale),
    }
}

fn due(saga: &PaymentSaga, locale: Locale) -> String {
    saga.due_at
        .map(|at| locale.date_time_short(at.naive_utc()))
        .unwrap_or_default()
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(order): Path<OrderId>,
) -> Result<Response, Failure> {
    show(&shop, &visit, order, None).await
}

pub(super) async fn show(
    shop: &Shop,
    visit: &Visit,
    order: OrderId,
    error: Option<String>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadAnyOrder)?;
    let (page, saga, back, paid) = futures::join!(
        visit.keyed_page(shop, "operator.payments"),
        shop.payment_desk.saga(&visit.ctx, order),
        shop.payment_desk.refunds_of(&visit.ctx, order),
        paid(shop, visit, order),
    );
    let (mut page, saga, back, locale) = (page, saga?, back?, visit.locale);
    let told = saga
        .timeline
        .iter()
        .chain(back.iter().flat_map(|refund| &refund.timeline));
    let mut people: Vec<UserId> = told.filter_map(|told| told.by).collect();
    people.sort_unstable();
    people.dedup();
    // Names are for reading: without them the timeline still says what was done.
    let people = match people.is_empty() {
        true => Vec::new(),
        false => shop.identity.users(&visit.ctx, people).await.unwrap_or_default(),
    };
    page.title.clone_from(&saga.number);
    let may = visit.may(Permission::ManagePayments);
    let view = OperatorPaymentPage {
        page,
        work: bar(visit, "/operator/payments"),
        number: saga.number.clone(),
        status: status(saga.state, locale),
        step: locale.t(&format!("payments.step.{}", saga.step)).to_string(),
        attempt: locale.number(u64::from(saga.attempt)),
        tries: locale.number(u64::from(saga.tries)),
        due: due(&saga, locale),
        error,
        action: format!("/operator/payments/{order}"),
        may_retry: may && saga.state != SagaState::Ended,
        may_undo: may && !matches!(saga.step.as_str(), "voided" | "refunded"),
        answers: match may {
            true => saga
                .answers
                .iter()
                .map(|answer| choice(*answer, locale))
                .collect(),
            false => Vec::new(),
        },
        timeline: saga
            .timeline
            .iter()
            .rev()
            .map(|told| step(told, &people, locale))
            .collect(),
        order: paid,
        refunds: back
            .iter()
            .map(|refund| refunds::panel(refund, &people, may, locale))
            .collect(),
    };
    Ok(visit.show(shop, &view))
}

/// What the payment is for. Whoever sees to a payment can do without.
async fn paid(shop: &Shop, visit: &Visit, id: OrderId) -> Option<PaidOrder> {
    let order = shop
        .orders
        .order(&visit.ctx, None, id, AsOf::default())
        .await
        .ok()?;
    let tenants = order.sub_orders.iter().map(|part| part.tenant).collect();
    let (sellers, payment) = futures::join!(
        shop.tenants.shops(&visit.ctx, tenants),
        shop.payments.payment(&visit.ctx, order.payment),
    );
    let (sellers, locale) = (sellers.unwrap_or_default(), visit.locale);
    let payment = payment.ok();
    let split = |tenant: TenantId| {
        let mut shares = payment.iter().flat_map(|payment| &payment.shares);
        let share = shares.find(|share| share.tenant == tenant)?;
        Some(PaidShare {
            authorized: locale.money(share.authorized),
            captured: locale.money(share.captured),
            released: share
                .released
                .map(|amount| locale.money(amount))
                .unwrap_or_default(),
            refunded: locale.money(share.refunded),
        })
    };
    let part = |sub: &SubOrder| PaidPart {
        shop: sellers
            .iter()
            .find(|seller| seller.id == sub.tenant)
            .map(|seller| seller.name.clone())
            .unwrap_or_default(),
        href: visit
            .may(Permission::ApproveSellers)
            .then(|| format!("/operator/shops/{}", sub.tenant)),
        number: sub.number.clone(),
        state: sub_orders::state(sub.status),
        total: locale.money(sub.total),
        split: split(sub.tenant),
        contents: sub
            .lines
            .iter()
            .map(|line| format!("{} × {}", line.quantity, line.title))
            .collect(),
        changes: sub_orders::changes(sub, locale),
    };
    Some(PaidOrder {
        email: order.email.clone(),
        placed: locale.date_time_short(order.placed_at.naive_utc()),
        total: locale.money(order.total),
        refunded: payment
            .as_ref()
            .map(|payment| payment.refunded)
            .filter(|back| back.amount > 0)
            .map(|back| locale.money(back))
            .unwrap_or_default(),
        parts: order.sub_orders.iter().map(part).collect(),
    })
}

pub(super) fn choice(answer: SagaAnswer, locale: Locale) -> AnswerChoice {
    AnswerChoice {
        code: answer.name(),
        label: locale
            .t(&format!("payments.answer.{}", answer.name()))
            .to_string(),
    }
}

pub(super) fn step(told: &SagaEntry, people: &[UserCard], locale: Locale) -> PaymentStep {
    let name = |id: UserId| {
        people
            .iter()
            .find(|card| card.id == id)
            .map(|card| card.name.clone())
    };
    PaymentStep {
        at: locale.date_time_short(told.at.naive_utc()),
        step: locale.t(&format!("payments.step.{}", told.step)).to_string(),
        outcome: locale
            .t(&format!("payments.outcome.{}", told.outcome))
            .to_string(),
        by: told
            .by
            .map(|id| name(id).unwrap_or_else(|| locale.t("payments.somebody").to_string())),
        note: told.note.clone().unwrap_or_default(),
    }
}

/// What a person does.
enum Act {
    Intervene(Intervention),
    /// Has what is open of the shops' shares tried again.
    RetryCapture,
}

pub async fn act(
    State(shop): State<Shop>,
    Path((order, act)): Path<(OrderId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManagePayments)?;
    let by = visit
        .principal
        .as_ref()
        .map(|p| p.user)
        .ok_or_else(|| Fault::not_found("page"))?;
    let reference = posted.get("reference").trim().to_owned();
    let (act, done) = match act.as_str() {
        "retry" => (Act::Intervene(Intervention::Retry), "payment_retried"),
        "retry-capture" => (Act::RetryCapture, "payment_retried"),
        "compensate" => (Act::Intervene(Intervention::Compensate), "payment_undone"),
        "skip" => {
            let answer = ANSWERS
                .into_iter()
                .find(|answer| answer.name() == posted.get("answer"));
            let answer = answer.ok_or_else(|| Fault::field("answer", "answer", "Choose an answer."))?;
            let reference = (!reference.is_empty()).then_some(reference);
            let skip = Intervention::Skip { answer, reference };
            (Act::Intervene(skip), "payment_said")
        }
        _ => return Err(Failure(Fault::not_found("page"))),
    };
    let (desk, ctx) = (&shop.payment_desk, &visit.ctx);
    let note = httpkit::text::line("/note", posted.get("note"), NOTE_CHARS_MAX);
    let outcome = match (note, act) {
        (Ok(note), Act::Intervene(intervention)) => desk.intervene(ctx, order, by, note, intervention).await,
        (Ok(note), Act::RetryCapture) => desk.retry_capture(ctx, order, by, note).await,
        (Err(fault), _) => Err(fault),
    };
    match outcome {
        Ok(_) => Ok(redirect_done(&format!("/operator/payments/{order}"), done)),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable | Kind::NotFound) => {
            Err(Failure(fault))
        }
        Err(fault) => {
            let said = visit.tell(&fault);
            let of_note = fault.fields.iter().any(|field| field.pointer == "/note");
            let said = match of_note {
                true => format!("{}: {said}", visit.locale.t("work.reason")),
                false => said,
            };
            show(&shop, visit, order, Some(said)).await
        }
    }
}
