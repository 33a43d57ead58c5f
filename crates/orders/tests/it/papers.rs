//! Invoices and packing slips: what they show, and how invoices are numbered.

use super::{World, address};
use contracts::cart::CartOwner;
use contracts::orders::{CancelReason, OrderPapers as _};
use contracts::tenants::{RemoteTenants, Shop};
use contracts::{Address, Document, Language, Reply, Transport};
use kernel::{Ctx, Fault, Kind, RefundId, TenantId};
use orders::domain::{Command, Deduction, Order, Refund, RefundLine};
use paper::read;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Stands for tenants. Its shops are called anew each time they are asked for.
#[derive(Default)]
struct Shops {
    asked: AtomicU32,
}

impl Transport for Shops {
    fn call<'a>(&'a self, _: &'static str, _: &'static str, _: &'a Ctx, body: Value) -> Reply<'a, Value> {
        let ids: Vec<TenantId> = serde_json::from_value(body[0].clone()).unwrap();
        let time = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let shops: Vec<Shop> = ids.into_iter().map(|id| shop(id, time)).collect();
        Box::pin(async move { Ok(json!(shops)) })
    }
}

fn shop(id: TenantId, time: u32) -> Shop {
    Shop {
        name: format!("Taller Ñ {time}"),
        ..testkit::shop(id)
    }
}

async fn world() -> World {
    let world = World::new().await;
    world
        .orders
        .know_shops(Arc::new(RemoteTenants(Arc::new(Shops::default()))));
    world
}

async fn paid(world: &World, owner: &CartOwner, shops: &[TenantId]) -> Order {
    let order = world.place(owner, shops).await;
    world.tell(order, Command::Confirm).await
}

async fn invoice(world: &World, order: &Order, part: usize) -> Result<Document, Fault> {
    let part = &order.placed.parts[part];
    world
        .orders
        .sale_invoice(&world.ctx, part.tenant, part.id, Language::Es)
        .await
}

#[tokio::test]
async fn an_invoice_says_what_was_sold_by_whom_to_whom() {
    let world = world().await;
    let (owner, tenant) = (world.buyer(), world.shop());
    let order = paid(&world, &owner, &[tenant]).await;
    let part = order.placed.parts[0].id;
    let ask = |language| {
        world
            .orders
            .invoice(&world.ctx, Some(owner.clone()), order.id, part, language)
    };
    let spanish = ask(Language::Es).await.unwrap();
    assert_eq!(spanish.name, "factura-000001.pdf");
    let text = read::text(&spanish.pdf);
    let number = format!("Pedido: {}-1", order.number());
    for line in [
        "Factura 000001",
        &number,
        "Taller Ñ 1",
        "41010 Sevilla",
        "Lucía Romero",
        "Calle Betis 12",
        "Stoneware bowl",
        "Glaze: moss",
        "10,00 EUR",
        "20,00 EUR",
        "5,00 EUR",
        "25,00 EUR",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in {text}");
    }
    // The same invoice, whoever asks and however the shop is called by then.
    let english = ask(Language::En).await.unwrap();
    let text = read::text(&english.pdf);
    assert!(
        text.contains("Invoice 000001") && text.contains("Taller Ñ 1"),
        "{text}"
    );
    let sellers = invoice(&world, &order, 0).await.unwrap();
    assert_eq!(sellers, spanish);
}

#[tokio::test]
async fn an_invoice_shows_the_address_at_its_numbering_whatever_the_clocks_say() {
    let world = world().await;
    let order = paid(&world, &world.buyer(), &[world.shop()]).await;
    let to = |line1: &str| Command::Readdress {
        address: Box::new(Address {
            line1: line1.into(),
            ..address()
        }),
    };
    // Whoever asks began before the change that came first, and says so.
    let order = world
        .tell_at(order, to("Calle Feria 3"), world.ctx.now + Duration::from_secs(5))
        .await;
    let shown = async |order: &Order| read::text(&invoice(&world, order, 0).await.unwrap().pdf);
    let first = shown(&order).await;
    assert!(first.contains("Calle Feria 3"), "{first}");
    let order = world
        .tell_at(order, to("Calle Sol 9"), world.ctx.now + Duration::from_secs(6))
        .await;
    assert_eq!(shown(&order).await, first, "and not that of later");
}

#[tokio::test]
async fn each_shop_numbers_its_invoices_without_a_gap() {
    let world = world().await;
    let (owner, ours, theirs) = (world.buyer(), world.shop(), world.shop());
    let mut orders = Vec::new();
    for _ in 0..6 {
        orders.push(paid(&world, &owner, &[ours, theirs]).await);
    }
    // Twice each, all at once.
    let asked = orders
        .iter()
        .chain(&orders)
        .map(|order| invoice(&world, order, 0));
    let mut names: Vec<String> = futures::future::join_all(asked)
        .await
        .into_iter()
        .map(|document| document.unwrap().name)
        .collect();
    names.sort();
    let expected: Vec<String> = (1..=6)
        .flat_map(|n| [format!("factura-{n:06}.pdf"), format!("factura-{n:06}.pdf")])
        .collect();
    assert_eq!(names, expected);
    assert_eq!(
        invoice(&world, &orders[3], 1).await.unwrap().name,
        "factura-000001.pdf"
    );
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
}

#[tokio::test]
async fn an_invoice_is_final() {
    let world = world().await;
    let order = paid(&world, &world.buyer(), &[world.shop()]).await;
    invoice(&world, &order, 0).await.unwrap();
    for change in [
        "update orders.invoice set number = 7",
        "delete from orders.invoice",
    ] {
        let refused = world.client.execute(change, &[]).await.unwrap_err();
        let refused = refused
            .as_db_error()
            .and_then(|error| error.constraint().map(str::to_owned));
        assert_eq!(refused.as_deref(), Some("invoice_final"));
    }
    // A number that was drawn and not used is found.
    world
        .client
        .execute("update orders.invoice_series set last = last + 1", &[])
        .await
        .unwrap();
    let found = orders::verify(&world.orders).await.unwrap();
    assert!(found[0].contains("without a gap"), "{found:?}");
}

#[tokio::test]
async fn documents_are_there_from_payment_until_cancellation() {
    let world = world().await;
    let tenant = world.shop();
    let placed = world.place(&world.buyer(), &[tenant]).await;
    let id = placed.placed.parts[0].id;
    let slip = async || {
        world
            .orders
            .packing_slip(&world.ctx, tenant, id, Language::En)
            .await
    };
    for refused in [invoice(&world, &placed, 0).await, slip().await] {
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code.as_str(), &refused.extra["from"]),
            ("document_not_due", &json!("placed"))
        );
    }
    let order = world.tell(placed, Command::Confirm).await;
    let text = read::text(&slip().await.unwrap().pdf);
    assert!(
        text.contains("Packing slip") && text.contains(&address().name),
        "{text}"
    );
    assert!(!text.contains("EUR"), "it may be a present: {text}");
    let issued = invoice(&world, &order, 0).await.unwrap();
    let reason = CancelReason::Buyer;
    let order = world.tell(order, Command::Cancel { reason }).await;
    assert_eq!(
        invoice(&world, &order, 0).await.unwrap(),
        issued,
        "what was issued stays"
    );
    assert_eq!(slip().await.unwrap_err().code, "document_not_due");
    // No number is lost on what is not issued.
    let cancelled = paid(&world, &world.buyer(), &[tenant]).await;
    let cancelled = world.tell(cancelled, Command::Cancel { reason }).await;
    assert_eq!(
        invoice(&world, &cancelled, 0).await.unwrap_err().code,
        "document_not_due"
    );
    let next = paid(&world, &world.buyer(), &[tenant]).await;
    assert_eq!(
        invoice(&world, &next, 0).await.unwrap().name,
        "factura-000002.pdf"
    );
}

#[tokio::test]
async fn a_credit_note_says_what_went_back_of_what() {
    let world = world().await;
    let (owner, tenant) = (world.buyer(), world.shop());
    let order = paid(&world, &owner, &[tenant]).await;
    let part = &order.placed.parts[0];
    let refund = Refund {
        id: RefundId::new(world.ctx.now),
        part: part.id,
        lines: vec![RefundLine {
            line: part.lines[0].id,
            quantity: 1,
            amount: 1_000,
        }],
        delivery: 500,
        amount: 1_500,
        reason: "One bowl broke.".into(),
        of_return: None,
        released: false,
        deduction: None,
    };
    let (id, part) = (refund.id, part.id);
    let order = world.tell(order, Command::Refund(refund)).await;
    let (papers, ctx) = (&world.orders, &world.ctx);
    let note = papers
        .credit_note(ctx, Some(owner), order.id, id, Language::Es)
        .await
        .unwrap();
    assert_eq!(note.name, "nota-de-abono-CN-000001.pdf");
    let text = read::text(&note.pdf);
    for line in [
        "Nota de abono CN-000001",
        "Motivo: One bowl broke.",
        "Taller Ñ 1",
        "Lucía Romero",
        "Stoneware bowl",
        "10,00 EUR",
        "5,00 EUR",
        "15,00 EUR",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in {text}");
    }
    let sellers = papers
        .sale_credit_note(ctx, tenant, part, id, Language::Es)
        .await
        .unwrap();
    assert_eq!(sellers.name, note.name);
    let stranger = papers
        .credit_note(ctx, Some(world.buyer()), order.id, id, Language::En)
        .await;
    let other = papers
        .sale_credit_note(ctx, world.shop(), part, id, Language::En)
        .await;
    let unknown = RefundId::new(world.ctx.now);
    let none = papers
        .credit_note(ctx, None, order.id, unknown, Language::En)
        .await;
    for refused in [stranger, other, none] {
        assert_eq!(refused.unwrap_err().kind, Kind::NotFound);
    }
}

#[tokio::test]
async fn what_a_credit_note_shows_adds_up_though_something_was_kept() {
    let world = world().await;
    let owner = world.buyer();
    let order = paid(&world, &owner, &[world.shop()]).await;
    let part = &order.placed.parts[0];
    let refund = Refund {
        id: RefundId::new(world.ctx.now),
        part: part.id,
        lines: vec![RefundLine {
            line: part.lines[0].id,
            quantity: 1,
            amount: 700,
        }],
        delivery: 500,
        amount: 1_200,
        reason: "It came back.".into(),
        of_return: None,
        released: false,
        deduction: Some(Deduction {
            amount: 300,
            reason: "scratched".into(),
        }),
    };
    let id = refund.id;
    let order = world.tell(order, Command::Refund(refund)).await;
    let note = world
        .orders
        .credit_note(&world.ctx, Some(owner), order.id, id, Language::Es)
        .await
        .unwrap();
    let text = read::text(&note.pdf);
    let amounts: Vec<&str> = text.lines().filter(|line| line.ends_with(" EUR")).collect();
    assert_eq!(amounts, ["7,00 EUR", "5,00 EUR", "12,00 EUR"]);
    let kept = "Retenido de lo pagado por estos artículos: 3,00 EUR (scratched)";
    assert!(text.lines().any(|line| line == kept), "{text}");
}

#[tokio::test]
async fn strangers_get_no_documents() {
    let world = world().await;
    let (owner, tenant) = (world.buyer(), world.shop());
    let order = paid(&world, &owner, &[tenant]).await;
    let part = order.placed.parts[0].id;
    let (papers, ctx) = (&world.orders, &world.ctx);
    let buyer = papers
        .invoice(ctx, Some(world.buyer()), order.id, part, Language::En)
        .await;
    let seller = papers.sale_invoice(ctx, world.shop(), part, Language::En).await;
    let slip = papers.packing_slip(ctx, world.shop(), part, Language::En).await;
    for refused in [buyer, seller, slip] {
        assert_eq!(refused.unwrap_err().kind, Kind::NotFound);
    }
}
