//! Orders whose shops' shares are captured as they send: what is sent is captured once, what is cancelled before is never taken,
//! and what is not sent in time is let go by the bank.

use super::desk::ByHand;
use super::returns::done;
use super::story::{Buyer, Ends, Told, spot};
use contracts::orders::SubOrder;
use kernel::{Clock, ParcelId, SystemClock};
use serde_json::json;
use std::time::Duration;

/// For how long the bank sets money aside that is to lapse. Short, so that all stories together stay within the days of the others.
const SHORTLY: Duration = Duration::from_secs(20 * 60);
const SHORTLY_OVER: Duration = Duration::from_secs(21 * 60);
/// Staff are told of what lapses within a day: this is a moment more.
const DAY_AND_MORE: Duration = Duration::from_secs((24 * 60 + 10) * 60);
/// And then it is less.
const MORE_OVER: Duration = Duration::from_secs(11 * 60);

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shares {
    /// It is paid with this, and one shop sends in two parcels, then the other.
    Sent(&'static str),
    /// The same; what goes wrong does with the second share, which ends it.
    SentLast,
    /// One shop sends, and the provider's answer is lost: a webhook comes, then staff have it tried again. Then the other sends.
    Nudged,
    /// Both shops send at the same moment.
    SentAtOnce,
    /// Both send when staff have been told that the money lapses soon.
    SentLate,
    /// One shop sends, and the buyer cancels the part of the other then. What goes wrong does then as well.
    SentInPart(&'static str),
    /// The same, while the provider is being asked for the share of the one.
    CancelledWhileAsked,
    /// Before anything is sent.
    Cancelled,
    /// While the payment is under way.
    CancelledMeanwhile,
    /// One unit, before anything is sent.
    CancelledUnit,
    /// A shop gives some of its share back, of which nothing is captured yet.
    GivenBackOpen,
    /// And of which all is, while the other share is set aside.
    GivenBackCaptured,
    /// The buyer confirms with their bank when the hold has run out.
    TooLate,
    /// Staff undo it.
    Undone,
    /// One shop sends, the other one does not.
    Lapsed,
    /// Nobody does.
    NeverSent,
    /// The provider is being asked as the time runs out.
    AskedTooLate,
}

const PAID: &str = "
select o.status = 'confirmed'
   and not exists (select from checkout.saga s where s.order_id = o.id and not s.step ? 'ended')
  from orders.order o where o.id::text = $1";
const PAYMENT_ENDED: &str = "
select exists (select from checkout.saga where order_id::text = $1 and step ? 'ended')";
const CAPTURED_OF: &str = "
select exists (select from payments.payment p
   join payments.share s on s.payment_id = p.id
  where p.order_id::text = $1 and s.captured > 0)";
const ASKED_OF: &str = "
select exists (select from checkout.capture where order_id::text = $1 and tries > 0)
    or exists (select from payments.payment p
   join payments.share s on s.payment_id = p.id
  where p.order_id::text = $1 and s.captured > 0)";
const STAFF_TOLD: &str = "
select exists (select from checkout.capture where order_id::text = $1 and warned_at is not null)";

impl Shares {
    pub fn name(self) -> String {
        match self {
            Self::Sent("tok_visa") => "sent".to_owned(),
            Self::Sent(method) => format!("sent, {method}"),
            Self::SentLast => "the last one sent".to_owned(),
            Self::Nudged => "nudged".to_owned(),
            Self::SentAtOnce => "sent at once".to_owned(),
            Self::SentLate => "sent late".to_owned(),
            Self::SentInPart("tok_visa") => "sent in part".to_owned(),
            Self::SentInPart(method) => format!("sent in part, {method}"),
            Self::CancelledWhileAsked => "cancelled while asked".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::CancelledMeanwhile => "cancelled meanwhile".to_owned(),
            Self::CancelledUnit => "a unit cancelled".to_owned(),
            Self::GivenBackOpen => "given back before".to_owned(),
            Self::GivenBackCaptured => "given back after".to_owned(),
            Self::TooLate => "confirmed too late".to_owned(),
            Self::Undone => "undone by hand".to_owned(),
            Self::Lapsed => "lapsed in part".to_owned(),
            Self::NeverSent => "lapsed".to_owned(),
            Self::AskedTooLate => "lapsed while asked".to_owned(),
        }
    }

    /// Whether what goes wrong waits until the first share is captured.
    pub fn goes_wrong_later(self) -> bool {
        matches!(self, Self::SentLast | Self::SentInPart(_) | Self::Lapsed)
    }
}

impl Buyer<'_> {
    pub(super) async fn pays_by_shares(&self, shares: Shares) -> Told<Ends> {
        let [pair, single] = self.both();
        let cancel_order = format!("/v1/orders/{}/cancel", self.order.id);
        let cancel_single = format!("/v1/orders/{}/sub-orders/{}/cancel", self.order.id, single.id);
        match shares {
            Shares::Sent(method) => {
                self.sets_aside(method).await?;
                self.sends_in_two(pair).await?;
                self.first_captured().await?;
                self.sends(single).await?;
            }
            Shares::SentLast => {
                self.sets_aside("tok_visa").await?;
                self.sends(pair).await?;
                self.first_captured().await?;
                self.sends(single).await?;
            }
            Shares::Nudged => {
                self.sets_aside("tok_take_timeout").await?;
                self.sends(pair).await?;
                self.until(ASKED_OF).await?;
                self.stage.sender.insist(self.stage, &self.charge()).await;
                self.has_capture_retried().await?;
                self.sends(single).await?;
            }
            Shares::SentAtOnce => {
                self.sets_aside("tok_visa").await?;
                let (one, other) = tokio::join!(self.sends(pair), self.sends(single));
                one.and(other)?;
            }
            Shares::SentLate => {
                self.sets_aside_for(DAY_AND_MORE).await?;
                self.stage.wait(MORE_OVER).await;
                self.until(STAFF_TOLD).await?;
                self.sends(pair).await?;
                self.sends(single).await?;
            }
            Shares::SentInPart(method) => {
                self.sets_aside(method).await?;
                self.sends(pair).await?;
                self.first_captured().await?;
                self.cancel(&cancel_single).await?;
            }
            Shares::CancelledWhileAsked => {
                self.sets_aside("tok_visa").await?;
                self.sends_until_asked(pair, self.cancel(&cancel_single)).await?;
            }
            Shares::Cancelled => {
                self.sets_aside("tok_visa").await?;
                self.cancel(&cancel_order).await?;
                return Ok(Ends::Cancelled);
            }
            Shares::CancelledMeanwhile => {
                self.cancels_at("confirm_authorized").await?;
                return Ok(Ends::Cancelled);
            }
            Shares::CancelledUnit => {
                self.sets_aside("tok_visa").await?;
                self.cancel_unit_of(pair).await?;
                self.sends(pair).await?;
                self.sends(single).await?;
            }
            Shares::GivenBackOpen => {
                self.sets_aside("tok_visa").await?;
                self.give_back_of(pair).await?;
                self.sends(pair).await?;
                self.sends(single).await?;
            }
            Shares::GivenBackCaptured => {
                self.sets_aside("tok_visa").await?;
                self.sends(pair).await?;
                self.first_captured().await?;
                self.give_back_of(pair).await?;
                self.sends(single).await?;
            }
            Shares::TooLate => {
                self.confirms_too_late().await?;
                self.until(PAYMENT_ENDED).await?;
                if self.status().await? == "confirmed" {
                    self.sends(pair).await?;
                    self.sends(single).await?;
                }
                return Ok(Ends::AnyWay);
            }
            Shares::Undone => return self.seen_to(ByHand::Undone).await,
            Shares::Lapsed => {
                self.sets_aside_for(SHORTLY).await?;
                self.sends(pair).await?;
                self.first_captured().await?;
                self.lapses().await?;
            }
            Shares::NeverSent => {
                self.sets_aside_for(SHORTLY).await?;
                self.lapses().await?;
            }
            Shares::AskedTooLate => {
                self.sets_aside_for(SHORTLY).await?;
                self.sends_until_asked(pair, self.lapses()).await?;
            }
        }
        Ok(Ends::Confirmed)
    }

    /// The part with two units, and the one with one.
    fn both(&self) -> [&SubOrder; 2] {
        let [first, second] = [&self.order.sub_orders[0], &self.order.sub_orders[1]];
        match first.lines[0].quantity {
            2 => [first, second],
            _ => [second, first],
        }
    }

    /// Pays; the order is confirmed, whoever has its money.
    async fn sets_aside(&self, method: &str) -> Told<()> {
        self.pay(method).await?;
        self.until(PAID).await
    }

    /// The same with a bank that sets the money aside for so long.
    async fn sets_aside_for(&self, long: Duration) -> Told<()> {
        let gate = spot("terms");
        self.stage.faults.close_gate(gate);
        let shortened = async {
            self.stage.faults_reached(gate).await;
            let until = (self.stage.clock.now() + long).to_rfc3339();
            // The sandbox sets money aside for seven days from when it made the charge.
            let sql =
                "update payments.sandbox_charge set created_at = $2::text::timestamptz - interval '168 hours'
                        where key = $1 || '-1' and state = 'authorized'";
            let shortened = self.bank(sql, &until).await;
            self.stage.faults.open_gate(gate);
            shortened
        };
        let (paid, shortened) = tokio::join!(self.pay("tok_visa"), shortened);
        paid.and(shortened)?;
        self.until(PAID).await
    }

    /// The bank lets go of what was not taken in time.
    async fn lapses(&self) -> Told<()> {
        let sql = "update payments.sandbox_charge
                      set state = case when captured > 0 then 'captured' else 'voided' end
                    where key = $1 || '-1' and state = $2";
        self.bank(sql, "authorized").await?;
        self.stage.wait(SHORTLY_OVER).await;
        Ok(())
    }

    /// Something that the bank does by itself, and tells nobody.
    async fn bank(&self, sql: &str, told: &str) -> Told<()> {
        let payment = self.order.payment.to_string();
        let changed = self.stage.books.execute(sql, &[&payment, &told]).await;
        match changed.map_err(|error| error.to_string())? {
            1 => Ok(()),
            _ => Err("nothing is set aside at the bank".to_owned()),
        }
    }

    /// What the provider calls what is set aside.
    fn charge(&self) -> String {
        format!("{}-1", self.order.payment)
    }

    async fn first_captured(&self) -> Told<()> {
        self.until(CAPTURED_OF).await?;
        self.stage.may_go_wrong();
        Ok(())
    }

    /// A shop sends, and this happens before its share is taken.
    async fn sends_until_asked(
        &self,
        part: &SubOrder,
        meanwhile: impl Future<Output = Told<()>>,
    ) -> Told<()> {
        let gate = spot("capture_ask");
        self.stage.faults.close_gate(gate);
        self.sends(part).await?;
        self.stage.faults_reached(gate).await;
        let done = meanwhile.await;
        self.stage.faults.open_gate(gate);
        done
    }

    /// All that is left of a part, in one parcel.
    async fn sends(&self, part: &SubOrder) -> Told<()> {
        let seller = self.seller(part).await?;
        let sale = format!("/v1/seller/orders/{}", part.id);
        done(&seller, &format!("{sale}/pack"), &json!({})).await?;
        let parcel = json!({"parcel": parcel()});
        done(&seller, &format!("{sale}/ship"), &parcel).await
    }

    /// One unit after the other: its share is captured with the first one.
    async fn sends_in_two(&self, part: &SubOrder) -> Told<()> {
        let seller = self.seller(part).await?;
        let sale = format!("/v1/seller/orders/{}", part.id);
        done(&seller, &format!("{sale}/pack"), &json!({})).await?;
        let one = json!([{"line": part.lines[0].id, "quantity": 1}]);
        for _ in 0..2 {
            let parcel = json!({"parcel": parcel(), "lines": one});
            done(&seller, &format!("{sale}/ship"), &parcel).await?;
        }
        Ok(())
    }
}

fn parcel() -> ParcelId {
    ParcelId::new(SystemClock.now())
}
