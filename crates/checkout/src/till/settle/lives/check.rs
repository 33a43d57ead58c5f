//! What holds after every step.

use super::market::{Life, Market};
use contracts::orders::{OrderStatus, SubOrderStatus};
use inventory::till::ReservationState;
use kernel::{SkuId, TenantId};
use ledger::domain::Account;
use orders::domain::{SubOrder, Undone};
use payments::provider::charge_key;

impl Market {
    /// Of the order that something happened to, and of the goods and shops in it. The ledger checks itself with every
    /// entry.
    pub fn check(&self, n: usize) {
        let life = &self.lives[n];
        life.payment.check();
        sums(life);
        check_unsent(life);
        self.check_provider(life);
        self.check_offers(life);
        check_books(life);
        for part in &life.case.order.placed.parts {
            self.check_shop(part.tenant);
            for line in &part.lines {
                self.check_stock(part.tenant, line.sku);
            }
        }
    }

    /// The provider has one charge at most with the buyer's money, and gave back no more than came.
    fn check_provider(&self, life: &Life) {
        let order = &life.case.order;
        let attempts = life.case.saga.as_ref().map_or(0, |saga| saga.attempt);
        let keys = (1..=attempts).map(|attempt| charge_key(order.placed.payment, attempt));
        let charges: Vec<_> = keys.filter_map(|key| self.bank.charge(&key)).collect();
        let paid = charges
            .iter()
            .filter(|charge| charge.captured > charge.refunded)
            .count();
        assert!(paid <= 1, "one order is charged once");
        for charge in charges {
            assert!(charge.refunded <= charge.captured, "more went back than came");
        }
    }

    /// Orders that stand use promotions; those that ended gave back what they had.
    fn check_offers(&self, life: &Life) {
        if life.claims.is_empty() {
            return;
        }
        let standing = self
            .lives
            .iter()
            .filter(|life| life.case.order.status != OrderStatus::Cancelled);
        let standing: Vec<_> = standing.map(|life| life.claims.as_slice()).collect();
        self.offers.check(&life.claims, &standing);
    }

    /// What a shop earned is owed to it or was paid to it, and nowhere else.
    fn check_shop(&self, tenant: TenantId) {
        let earned: i64 = self
            .lives
            .iter()
            .filter_map(|life| life.posted.get(&(Account::SellerPayable, Some(tenant))))
            .sum();
        let shop = self
            .shops
            .iter()
            .find(|shop| shop.tenant == tenant)
            .expect("it trades");
        let owed = self.books.payable(tenant, shop.currency);
        assert_eq!(-earned, owed + self.books.paid_out(tenant), "owed and paid out");
        assert_eq!(
            -self.books.balance(Account::Bank, None, shop.currency),
            self.books.at_the_bank(shop.currency),
            "the bank paid what was paid, once each"
        );
    }

    /// Stock is the sum of its movements, and what is reserved is held by somebody.
    fn check_stock(&self, tenant: TenantId, sku: SkuId) {
        let (mut on_hand, mut reserved) = (0, 0);
        for level in self.shelves.of(tenant, sku) {
            assert!(
                level.reserved >= 0 && level.reserved <= level.on_hand,
                "{level:?}"
            );
            on_hand += level.on_hand;
            reserved += level.reserved;
        }
        let moved = self.moved[&sku];
        assert_eq!(
            (on_hand, reserved),
            (moved.on_hand, moved.reserved),
            "the sum of the movements"
        );
        let held = self.lives.iter().flat_map(|life| &life.reservations);
        let held = held.filter(|held| held.sku == sku && held.state == ReservationState::Held);
        assert_eq!(
            held.map(|held| held.quantity).sum::<i64>(),
            reserved,
            "held by somebody"
        );
    }
}

/// What went back and did not reach the buyer; of one shop, or of all.
fn astray(life: &Life, of: Option<TenantId>) -> i64 {
    let back = life.case.refunds.iter().flat_map(|refund| &refund.came_back);
    back.filter(|back| of.is_none_or(|of| of == back.tenant))
        .map(|back| back.amount)
        .sum()
}

/// The sub-orders are the order: what they cost, what went back, what became of them.
fn sums(life: &Life) {
    let order = &life.case.order;
    let (mut total, mut refunded, mut live) = (0, 0, 0);
    for sub_order in order.sub_orders() {
        let (id, own) = (sub_order.part.id, sub_order.part.total());
        total += own;
        refunded += sub_order.refunded();
        live += usize::from(sub_order.status() != SubOrderStatus::Cancelled);
        let under_way: i64 = life
            .case
            .refunds
            .iter()
            .filter(|refund| !refund.step.has_ended() && refund.came_back.is_empty())
            .flat_map(|refund| &refund.parts)
            .filter(|part| part.part == id)
            .map(|part| part.amount)
            .sum();
        assert!(
            sub_order.refunded() + under_way <= own,
            "{under_way} of {own} are promised"
        );
        for line in &sub_order.part.lines {
            let (amount, units) = sub_order.line_refunded(line.id);
            assert!(
                amount <= line.total() && units <= line.quantity,
                "of each line as well"
            );
        }
        let share = life
            .payment
            .shares
            .iter()
            .find(|share| share.tenant == sub_order.part.tenant);
        let share = share.expect("every shop has its share");
        assert_eq!(share.amount, own);
        if order.paid {
            assert_eq!(
                share.refunded,
                sub_order.refunded() - astray(life, Some(share.tenant)),
                "payment and history tell the same"
            );
        }
    }
    assert_eq!(total, order.total().amount, "sub-orders sum to their order");
    assert_eq!(total, life.payment.amount);
    assert_eq!(refunded, order.refunded());
    assert!(
        order.paid || refunded == 0,
        "nothing goes back for what was not sold"
    );
    assert_eq!(
        live == 0,
        order.status == OrderStatus::Cancelled,
        "{:?}",
        order.status
    );
    if order.paid {
        let reached = refunded - astray(life, None);
        assert_eq!((life.payment.captured, life.payment.refunded), (total, reached));
    }
}

/// What went back of taxes is never more than there was, and all of it once all that was paid went back.
fn check_taxes(sub_order: &SubOrder<'_>, money: i64) {
    let (all, back) = (sub_order.part.tax(), sub_order.tax_refunded());
    assert!(0 <= back && back <= all, "{back} of {all} went back");
    let refunds = sub_order.progress.refunds.len();
    let noted = (0..refunds).flat_map(|n| sub_order.taxes_of_refund(n));
    assert_eq!(
        noted.map(|sum| sum.amount.amount).sum::<i64>(),
        back,
        "credit notes tell of all of it"
    );
    assert!(
        money > 0 || back == all,
        "nothing is left of it with nothing left"
    );
    assert!(
        sub_order.refunded() > 0 || back == 0,
        "nothing went back with nothing given back"
    );
}

/// With a line goes its commission: of one whose money is all back, none is left.
fn check_commission(sub_order: &SubOrder<'_>) {
    let lines = sub_order.part.lines.iter();
    let back = lines.filter(|line| line.total() > 0 && sub_order.line_refunded(line.id).0 == line.total());
    let owned: i64 = back.map(orders::domain::Line::kept).sum();
    let kept = sub_order.undone().kept();
    assert!(kept >= owned, "{kept} of the {owned} of lines that are back");
}

/// Units that are not sent are on the shelf again, and no others.
fn check_unsent(life: &Life) {
    for sub_order in life.case.order.sub_orders() {
        let cancelled: u32 = sub_order
            .part
            .lines
            .iter()
            .map(|line| sub_order.cancelled(line.id))
            .sum();
        let sold = life
            .reservations
            .iter()
            .filter(|held| held.tenant == sub_order.part.tenant && held.state == ReservationState::Sold);
        let back: i64 = sold.map(|held| held.returned).sum();
        let whole = sub_order.status() == SubOrderStatus::Cancelled;
        assert!(
            whole || back == i64::from(cancelled),
            "{back} of {cancelled} units are back"
        );
    }
}

/// What is in the books for an order is what was sold less what went back, and the commission, the discounts and the taxes
/// on just that.
fn check_books(life: &Life) {
    let order = &life.case.order;
    let posted = |account, tenant| life.posted.get(&(account, tenant)).copied().unwrap_or(0);
    let sold = if order.paid { order.total().amount } else { 0 };
    let astray = astray(life, None);
    assert_eq!(
        posted(Account::ProviderClearing, None),
        sold - order.refunded() + astray
    );
    assert_eq!(
        -posted(Account::BuyerFunds, None),
        astray,
        "what came back is owed to the buyer"
    );
    for sub_order in order.sub_orders() {
        let (part, tenant) = (sub_order.part, Some(sub_order.part.tenant));
        let sales_tax = match order.paid {
            true => part.tax_kept() - sub_order.tax_kept_refunded(),
            false => 0,
        };
        let owed = -posted(Account::SellerPayable, tenant);
        let left = Undone {
            commission: -posted(Account::CommissionRevenue, tenant),
            tax: -posted(Account::TaxPayable, tenant) - sales_tax,
            funded: posted(Account::PromotionExpense, tenant),
        };
        if !order.paid {
            assert_eq!((left, owed), (Undone::default(), 0));
            continue;
        }
        assert_eq!(
            left,
            part.sold().since(sub_order.undone()),
            "history and books tell the same"
        );
        let money = part.total() - sub_order.refunded();
        assert_eq!(
            left.kept() + sales_tax + owed,
            money + left.funded,
            "whatever is left is somebody's"
        );
        assert!(
            left.commission >= 0 && left.tax >= 0 && left.funded >= 0 && owed + sales_tax >= 0,
            "nobody pays for having sold something"
        );
        check_taxes(&sub_order, money);
        check_commission(&sub_order);
        let is_over = match part.total() {
            0 => sub_order.ends_unpaid_for(),
            _ => money == 0,
        };
        if is_over {
            assert_eq!(
                (left, owed),
                (Undone::default(), 0),
                "the commission went back with its goods"
            );
        } else if sub_order.refunded() == 0 && part.lines.iter().all(|line| line.total() > 0) {
            assert_eq!(left, part.sold());
        }
    }
}
