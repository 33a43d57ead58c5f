//! What happens to the demo's orders after they are paid: they are sent, arrive, are reviewed, and some of them go back.
//! Through the doors that sellers and buyers use.

use super::Stage;
use super::diary::{Bought, Deed, Diary, chance};
use super::opinions::{self, Written};
use super::people::Registered;
use contracts::cart::CartOwner;
use contracts::checkout::{
    AfterReceipt, Receipt, ReceiptLine, RefundOrder, RefundTo, RefundWish, ReturnTerms,
};
use contracts::orders::{
    AsOf, NewParcel, NewReturn, Order, OrderStatus, Orders, ParcelLine, Return, ReturnAnswer, ReturnReason,
    ReturnWish, SubOrder, SubOrderStatus,
};
use futures::{StreamExt, stream};
use kernel::{Fault, Kind, Money, ParcelId, ReturnId};
use sampler::Sampler;
use std::time::Duration;

/// Orders to which something happens at once.
const AT_ONCE: usize = 16;
/// What was just paid is confirmed a moment later.
const PAUSE: Duration = Duration::from_millis(20);
const TRIES: usize = 500;
/// Where everything happens on one day, one order in so many is sent: the others are there to be packed.
const SENT_EVERY: u32 = 5;
const CARRIERS: [&str; 4] = ["Correos", "SEUR", "MRW", "DHL"];
const REASONS: [(ReturnReason, &str); 4] = [
    (
        ReturnReason::ChangedMind,
        "It is beautiful, but too big for our shelf.",
    ),
    (
        ReturnReason::NotAsDescribed,
        "The blue is much darker than on the picture.",
    ),
    (ReturnReason::Damaged, "One edge was chipped when I unpacked it."),
    (ReturnReason::Defective, "It wobbles on a flat table."),
];

/// Writes down what will come of an order that was just paid.
pub fn plan(diary: &mut Diary, bought: Bought) {
    if diary.is_one_day() && !bought.index.is_multiple_of(SENT_EVERY) {
        return;
    }
    if bought.index % 50 == 7 {
        diary.plan(0, bought, Deed::Cancel);
        return;
    }
    // Most shops send within three days, and some are late.
    let late = if bought.index % 37 == 11 { 8 } else { 0 };
    diary.plan(1 + chance(bought.index, 0x5e) % 3 + late, bought, Deed::Send);
}

/// How much came of the deeds of a day.
#[derive(Default)]
pub struct Done {
    pub arrived: usize,
    pub reviews: Vec<Written>,
}

impl Done {
    pub fn add(&mut self, more: Self) {
        self.arrived += more.arrived;
        self.reviews.extend(more.reviews);
    }
}

/// Does what is due today. What is refused is told and left out: the demo goes on.
pub async fn due(stage: &Stage<'_>, sampler: &Sampler, buyers: &[Registered], diary: &mut Diary) -> Done {
    let mut done = Done::default();
    loop {
        let due = diary.due();
        if due.is_empty() {
            return done;
        }
        let outcomes = stream::iter(due).map(|(bought, deed)| async move {
            let outcome = act(stage, sampler, buyers, bought, deed).await;
            (bought, deed, outcome)
        });
        let outcomes: Vec<_> = outcomes.buffer_unordered(AT_ONCE).collect().await;
        for (bought, deed, outcome) in outcomes {
            match outcome {
                Ok(came) => {
                    done.arrived += came.arrived;
                    done.reviews.extend(came.reviews);
                    for (days, next) in came.next {
                        diary.plan(days, bought, next);
                    }
                }
                // Done before it was broken off, or not for what is made to order or downloaded.
                Err(fault) if matches!(fault.kind, Kind::Conflict | Kind::Invalid) => {
                    tracing::debug!(order = bought.index, ?deed, %fault, "not done in the demo");
                }
                Err(fault) => tracing::warn!(order = bought.index, ?deed, %fault, "not done in the demo"),
            }
        }
    }
}

/// What came of one deed.
#[derive(Default)]
struct Came {
    arrived: usize,
    reviews: Vec<Written>,
    /// And what follows, so many days later.
    next: Vec<(u32, Deed)>,
}

impl Came {
    fn then(days: u32, deed: Deed) -> Self {
        Self {
            next: vec![(days, deed)],
            ..Self::default()
        }
    }
}

async fn act(
    stage: &Stage<'_>,
    sampler: &Sampler,
    buyers: &[Registered],
    bought: Bought,
    deed: Deed,
) -> Result<Came, Fault> {
    let Some(buyer) = buyers.get(bought.buyer as usize) else {
        return Ok(Came::default());
    };
    let owner = CartOwner::User(buyer.user);
    let days = |salt, least: u32, most: u32| least + chance(bought.index, salt) % (most - least + 1);
    match deed {
        Deed::Cancel => {
            stage
                .market
                .checkout
                .cancel(&stage.ctx(), owner, bought.order)
                .await?;
            Ok(Came::default())
        }
        Deed::Send => {
            for part in open_parts(&confirmed(stage, bought).await?) {
                send(stage, part, bought.index).await?;
            }
            Ok(Came::then(days(0xa1, 2, 5), Deed::Arrive))
        }
        Deed::Arrive => {
            let mut came = arrive(stage, bought).await?;
            came.next.push((days(0x3e, 1, 9), Deed::Review));
            if bought.index % 23 == 5 {
                let of = ReturnId::new(stage.now());
                came.next.push((days(0x7b, 2, 6), Deed::AskBack(of)));
            }
            if bought.index % 61 == 9 {
                came.next.push((days(0x11, 1, 4), Deed::Appease));
            }
            Ok(came)
        }
        Deed::Review => {
            let order = order(stage, bought).await?;
            Ok(Came {
                reviews: opinions::of(sampler, buyer, bought, &order, stage.now()),
                ..Came::default()
            })
        }
        Deed::Appease => appease(stage, bought).await,
        Deed::AskBack(of) => ask_back(stage, bought, owner, of).await,
        Deed::Agree(of) => {
            let (part, _) = returned(stage, bought, of).await?;
            let note = "Of course. Wrap it as it came, and send it to the address on the slip.".to_owned();
            let agreed = ReturnAnswer::Authorise { note };
            Orders::answer_return(
                &stage.market.books.orders,
                &stage.ctx(),
                part.tenant,
                part.id,
                of,
                agreed,
            )
            .await?;
            Ok(Came::then(days(0x21, 1, 3), Deed::SendBack(of)))
        }
        Deed::SendBack(of) => {
            let tracking = format!("RT{:07}ES", bought.index);
            let orders = &stage.market.books.orders;
            Orders::send_back(
                orders,
                &stage.ctx(),
                owner,
                bought.order,
                of,
                "Correos".to_owned(),
                tracking,
            )
            .await?;
            Ok(Came::then(days(0x44, 2, 5), Deed::TakeBack(of)))
        }
        Deed::TakeBack(of) => {
            let (part, returned) = returned(stage, bought, of).await?;
            let is_whole = !matches!(returned.reason, ReturnReason::Damaged | ReturnReason::Defective);
            let lines = returned.lines.iter().map(|line| ReceiptLine {
                line: line.line,
                restocked: if is_whole { line.quantity } else { 0 },
                written_off: if is_whole { 0 } else { line.quantity },
            });
            let receipt = Receipt {
                lines: lines.collect(),
                then: AfterReceipt::Refund(ReturnTerms::default()),
            };
            let till = &stage.market.checkout;
            till.receive_return(&stage.ctx(), part.tenant, part.id, of, receipt)
                .await?;
            Ok(Came::default())
        }
    }
}

async fn order(stage: &Stage<'_>, bought: Bought) -> Result<Order, Fault> {
    Orders::order(
        &stage.market.books.orders,
        &stage.ctx(),
        None,
        bought.order,
        AsOf::default(),
    )
    .await
}

/// Waits until it is.
pub async fn confirmed(stage: &Stage<'_>, bought: Bought) -> Result<Order, Fault> {
    let mut found = order(stage, bought).await?;
    for _ in 0..TRIES {
        if found.status != OrderStatus::Placed {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        found = order(stage, bought).await?;
    }
    Ok(found)
}

fn open_parts(order: &Order) -> impl Iterator<Item = &SubOrder> {
    let is_open = |part: &&SubOrder| part.status == SubOrderStatus::Confirmed;
    order.sub_orders.iter().filter(is_open)
}

async fn send(stage: &Stage<'_>, part: &SubOrder, index: u32) -> Result<(), Fault> {
    // What is only downloaded is there already.
    if part.lines.iter().all(|line| line.digital.is_some()) {
        return Ok(());
    }
    let orders = &stage.market.books.orders;
    Orders::pack(orders, &stage.ctx(), part.tenant, part.id).await?;
    let parcel = NewParcel {
        id: ParcelId::new(stage.now()),
        lines: None,
        carrier: CARRIERS[index as usize % CARRIERS.len()].to_owned(),
        tracking: format!("PQ{index:07}ES"),
        exchange: None,
    };
    Orders::ship(orders, &stage.ctx(), part.tenant, part.id, parcel).await?;
    Ok(())
}

async fn arrive(stage: &Stage<'_>, bought: Bought) -> Result<Came, Fault> {
    let mut came = Came::default();
    for part in &order(stage, bought).await?.sub_orders {
        for parcel in part.parcels.iter().filter(|parcel| parcel.delivered_at.is_none()) {
            Orders::deliver(
                &stage.market.books.orders,
                &stage.ctx(),
                part.tenant,
                part.id,
                parcel.id,
            )
            .await?;
            came.arrived += 1;
        }
    }
    Ok(came)
}

/// A tenth of what a part cost, for a piece that came with a scratch.
async fn appease(stage: &Stage<'_>, bought: Bought) -> Result<Came, Fault> {
    let order = order(stage, bought).await?;
    let delivered = |part: &&SubOrder| part.status == SubOrderStatus::Delivered;
    let Some(part) = order.sub_orders.iter().find(delivered) else {
        return Ok(Came::default());
    };
    let tenth = Money::new((part.subtotal.amount / 10).max(1), part.subtotal.currency);
    let request = RefundOrder {
        sub_order: part.id,
        wish: RefundWish::Amount(tenth),
        reason: "For the scratch under the foot, with our apologies.".to_owned(),
        to: RefundTo::Origin,
        idempotency_key: format!("demo-appease-{}", bought.index),
    };
    let till = &stage.market.checkout;
    till.refund_sale(&stage.ctx(), part.tenant, request).await?;
    Ok(Came::default())
}

async fn ask_back(stage: &Stage<'_>, bought: Bought, owner: CartOwner, id: ReturnId) -> Result<Came, Fault> {
    let order = order(stage, bought).await?;
    let mut parts = order.sub_orders.iter();
    let Some((part, line)) = parts.find_map(|part| Some((part, part.returnable.first()?.line))) else {
        return Ok(Came::default());
    };
    let (reason, note) = REASONS[chance(bought.index, 0x93) as usize % REASONS.len()];
    let request = NewReturn {
        id,
        sub_order: part.id,
        lines: vec![ParcelLine { line, quantity: 1 }],
        reason,
        note: note.to_owned(),
        wish: ReturnWish::Refund,
    };
    let orders = &stage.market.books.orders;
    Orders::request_return(orders, &stage.ctx(), owner, bought.order, request).await?;
    Ok(Came::then(1, Deed::Agree(id)))
}

/// A return, and the part that it is of.
async fn returned(stage: &Stage<'_>, bought: Bought, id: ReturnId) -> Result<(SubOrder, Return), Fault> {
    let order = order(stage, bought).await?;
    let of = |part: SubOrder| {
        let found = part.returns.iter().find(|one| one.id == id)?.clone();
        Some((part, found))
    };
    order
        .sub_orders
        .into_iter()
        .find_map(of)
        .ok_or_else(|| Fault::not_found("return"))
}
