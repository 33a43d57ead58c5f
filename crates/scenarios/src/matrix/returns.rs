//! What becomes of goods that a buyer sends back.

use super::story::{Buyer, Told, persist, words};
use crate::Caller;
use contracts::orders::{Return, ReturnStatus, SubOrder};
use kernel::{ParcelId, ReturnId};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug)]
pub enum Back {
    /// The goods come, and their money goes back.
    Received,
    /// The other way round.
    RefundedFirst,
    /// The same is sent again.
    Exchanged,
    /// The same was to be sent again, and is not.
    NotExchanged,
    /// The buyer keeps them.
    Withdrawn,
}

/// A return of one unit of a delivered sub-order, to which the shop has agreed.
struct Sent {
    seller: Caller,
    /// Where the shop finds its sub-order, and the return.
    sale: String,
    path: String,
    id: ReturnId,
    receipt: Value,
}

impl Buyer<'_> {
    pub(super) async fn sends_back(&self, back: Back) -> Told<()> {
        let sent = self.sent().await?;
        match back {
            Back::Received => sent.receive("refund").await?,
            Back::RefundedFirst => {
                sent.step("refund", &json!({})).await?;
                sent.receive("refund").await?;
            }
            Back::Exchanged => {
                sent.receive("nothing").await?;
                sent.step("exchange", &json!({})).await?;
                ship(&sent.seller, &sent.sale, Some(sent.id)).await?;
            }
            Back::NotExchanged => {
                sent.receive("exchange").await?;
                sent.step("close", &json!({"note": "The last one broke."}))
                    .await?;
            }
            Back::Withdrawn => {
                let path = format!("/v1/orders/{}/returns/{}/withdraw", self.order.id, sent.id);
                done(&self.guest.caller, &path, &json!({})).await?;
            }
        }
        let expected = match back {
            Back::Withdrawn => ReturnStatus::Withdrawn,
            _ => ReturnStatus::Closed,
        };
        // A refund that was lost on its way is found again by the program, not by the shop.
        self.settled().await?;
        let seen = self.seen(&sent).await?;
        match seen.status == expected {
            true => Ok(()),
            false => Err(format!("the return is {:?}", seen.status)),
        }
    }

    async fn sent(&self) -> Told<Sent> {
        let part = &self.order.sub_orders[0];
        let seller = self.seller(part).await?;
        let sale = format!("/v1/seller/orders/{}", part.id);
        done(&seller, &format!("{sale}/pack"), &json!({})).await?;
        ship(&seller, &sale, None).await?;
        let id = ReturnId::new(self.stage.clock.now());
        let line = part.lines[0].id;
        let request = json!({
            "id": id, "sub_order": part.id, "reason": "changed_mind", "lines": [{"line": line, "quantity": 1}],
        });
        let path = format!("/v1/orders/{}/returns", self.order.id);
        let asked = persist(|| self.guest.caller.post(&path, &request)).await?;
        if asked.status != 201 {
            return Err(words(&asked));
        }
        let path = format!("{sale}/returns/{id}");
        done(&seller, &format!("{path}/authorise"), &json!({})).await?;
        Ok(Sent {
            seller,
            sale,
            path,
            id,
            receipt: json!({"line": line, "restocked": 1}),
        })
    }

    async fn seen(&self, sent: &Sent) -> Told<Return> {
        let read = persist(|| sent.seller.get(&sent.sale)).await?;
        let returns = read.read::<SubOrder>().returns.into_iter();
        let mut own = returns.filter(|of| of.id == sent.id);
        own.next().ok_or_else(|| "the return is gone".to_owned())
    }
}

impl Sent {
    async fn receive(&self, then: &str) -> Told<()> {
        let receipt = json!({"lines": [self.receipt], "then": then});
        self.step("receive", &receipt).await
    }

    async fn step(&self, step: &str, body: &Value) -> Told<()> {
        done(&self.seller, &format!("{}/{step}", self.path), body).await
    }
}

/// Sends all that is left, or the goods of an exchange, and sees them arrive.
async fn ship(seller: &Caller, sale: &str, exchange: Option<ReturnId>) -> Told<()> {
    let parcel = ParcelId::new(kernel::Clock::now(&kernel::SystemClock));
    let body = json!({"parcel": parcel, "exchange": exchange});
    done(seller, &format!("{sale}/ship"), &body).await?;
    done(seller, &format!("{sale}/parcels/{parcel}/deliver"), &json!({})).await
}

pub(super) async fn done(caller: &Caller, path: &str, body: &Value) -> Told<()> {
    let answer = persist(|| caller.post(path, body)).await?;
    match answer.status {
        200 => Ok(()),
        _ => Err(words(&answer)),
    }
}
