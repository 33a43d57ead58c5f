//! Whatever was posted and closed: what is read of the books is what all postings say.

use crate::days::{at, begin, day, moved};
use crate::world::{World, eur};
use chrono::{NaiveDate, TimeDelta};
use contracts::ledger::{Settlement, Statement};
use kernel::{Ctx, Currency, EntryId, Money, OrderId, RefundId, TenantId, Timestamp};
use ledger::Entry;
use ledger::domain::{SellerShare, Tendered, entry_id, reversal};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Something that is posted, at a time that is still open.
#[derive(Clone, Debug)]
enum Deed {
    Sale {
        shops: u8,
        amount: i64,
        dollars: bool,
        ordered_before_h: i64,
    },
    Refund {
        amount: i64,
        asked_before_h: i64,
    },
    Reserve {
        amount: i64,
        made_before_h: i64,
    },
    /// Of one of the entries that were made, by its number.
    Reverse(prop::sample::Index),
}

/// Hours since what an entry is about: mostly none, now and then many days, and by a clock that is ahead less than none.
fn before() -> impl Strategy<Value = i64> {
    prop_oneof![5 => Just(0i64), 2 => 1i64..4, 1 => 4i64..2_000, 1 => -30i64..0]
}

fn deed() -> impl Strategy<Value = Deed> {
    let amount = || prop_oneof![Just(10i64), 1i64..1_000_000];
    prop_oneof![
        4 => (0u8..4, amount(), any::<bool>(), before()).prop_map(|(shops, amount, dollars, ordered_before_h)| Deed::Sale {
            shops, amount, dollars, ordered_before_h
        }),
        2 => (amount(), before()).prop_map(|(amount, asked_before_h)| Deed::Refund { amount, asked_before_h }),
        1 => (amount(), before()).prop_map(|(amount, made_before_h)| Deed::Reserve { amount, made_before_h }),
        1 => any::<prop::sample::Index>().prop_map(Deed::Reverse),
    ]
}

/// What happens, by the minute of a fortnight, and how many of its days are closed thereafter.
fn lives() -> impl Strategy<Value = Vec<(Vec<(Deed, i64)>, u64)>> {
    let deeds = prop::collection::vec((deed(), 0i64..14 * 24 * 60), 1..25);
    prop::collection::vec((deeds, 0u64..14), 1..5)
}

struct Books {
    world: World,
    shops: [TenantId; 3],
    made: Vec<Entry>,
}

fn shared(tenant: TenantId, total: Money) -> SellerShare {
    let part = |n| Money::new(total.amount / n, total.currency);
    SellerShare {
        tenant,
        total,
        commission: part(7),
        tax: part(31),
        // Now and then the marketplace pays as much as it keeps, and nothing is left to be owed.
        funded: part(13),
        sales_tax: Money::zero(total.currency),
    }
}

impl Books {
    fn entry(&self, deed: &Deed, when: Timestamp) -> Option<Entry> {
        let ago = |hours: i64| when - TimeDelta::hours(hours);
        let none = Tendered::default();
        let made = match *deed {
            Deed::Sale {
                shops,
                amount,
                dollars,
                ordered_before_h,
            } => {
                let currency = if dollars { Currency::USD } else { Currency::EUR };
                let shares: Vec<_> = self.shops.iter().take(1 + usize::from(shops) % 3).collect();
                let shares: Vec<_> = shares
                    .into_iter()
                    .map(|shop| shared(*shop, Money::new(amount, currency)))
                    .collect();
                ledger::sale(OrderId::new(ago(ordered_before_h)), when, &shares, none)
            }
            Deed::Refund {
                amount,
                asked_before_h,
            } => {
                let id = RefundId::new(ago(asked_before_h));
                ledger::refund(
                    id,
                    OrderId::new(when),
                    when,
                    &[shared(self.shops[0], eur(amount))],
                    none,
                )
            }
            Deed::Reserve {
                amount,
                made_before_h,
            } => {
                let id = EntryId::new(ago(made_before_h));
                Ok(moved(id, when, self.shops[1], eur(amount)))
            }
            Deed::Reverse(which) => {
                let of = match self.made.is_empty() {
                    true => return None,
                    false => which.get(&self.made),
                };
                let id = entry_id("reversal", of.id.0);
                // The original is read from the books, so it is there first; once is enough.
                if of.kind == "reversal" || self.made.iter().any(|entry| entry.id == id) {
                    return None;
                }
                reversal(of.id, &of.postings, of.id.0, when.max(of.at))
            }
        };
        Some(made.expect("in range"))
    }

    async fn live(&mut self, deeds: &[(Deed, i64)], open_from: Timestamp) {
        for (deed, minute) in deeds {
            let when = (begin(0) + TimeDelta::minutes(*minute)).max(open_from);
            if let Some(entry) = self.entry(deed, when) {
                self.world.post(std::slice::from_ref(&entry)).await;
                self.made.push(entry);
            }
        }
    }

    /// Everything that is read of the books, beside the same read of all postings.
    async fn compare(&self, moments: &[Timestamp]) {
        let mut owner = self.world.db.owner().await;
        for until in moments {
            let ours: BTreeMap<(String, String), i64> =
                (self.world.ledger.trial_balance(*until).await.expect("read"))
                    .into_iter()
                    .map(|row| ((row.account, row.currency), row.balance))
                    .collect();
            assert_eq!(
                ours,
                trial_balance(&mut owner, *until).await,
                "trial balance at {until}"
            );
            for shop in self.shops {
                let rows = self
                    .world
                    .ledger
                    .shop_balances_at(shop, *until)
                    .await
                    .expect("read");
                let ours: Vec<_> = rows
                    .into_iter()
                    .map(|row| (row.account, row.currency, row.balance))
                    .collect();
                assert_eq!(
                    ours,
                    shop_balances(&mut owner, shop, *until).await,
                    "{shop} at {until}"
                );
            }
        }
        for shop in self.shops {
            let rows = self.world.ledger.shop_balances(shop).await.expect("read");
            let now: Vec<_> = rows
                .into_iter()
                .map(|row| (row.account, row.currency, row.balance))
                .collect();
            assert_eq!(now, shop_balances(&mut owner, shop, at(1_000, 0)).await);
            self.compare_standing(&mut owner, shop).await;
            self.compare_year(&mut owner, shop).await;
            for (first, last) in [(0, 13), (2, 2), (3, 9), (13, 20)] {
                self.compare_statement(&mut owner, shop, [first, last]).await;
            }
        }
        self.compare_turnover(&mut owner, moments).await;
        assert_eq!(
            ledger::verify(&self.world.ledger).await.expect("verify"),
            Vec::<String>::new()
        );
    }

    async fn compare_standing(&self, owner: &mut PgConnection, shop: TenantId) {
        let ours: Vec<(String, i64, i64)> = (self.world.ledger.standing(shop).await.expect("read"))
            .into_iter()
            .map(|(currency, standing)| (currency.code().to_owned(), standing.payable, standing.reserved))
            .collect();
        let theirs: Vec<(String, i64, i64)> = sqlx::query_as(
            "select currency::text, coalesce(-sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                    coalesce(-sum(amount) filter (where account = 'seller_reserve'), 0)::bigint
               from ledger.posting
              where tenant_id = $1 and account in ('seller_payable', 'seller_reserve')
              group by currency order by currency",
        )
        .bind(shop)
        .fetch_all(owner)
        .await
        .expect("read");
        assert_eq!(ours, theirs);
    }

    async fn compare_statement(&self, owner: &mut PgConnection, shop: TenantId, [first, last]: [u64; 2]) {
        let days = [day(first), day(last)];
        let statement = self
            .world
            .ledger
            .statement(shop, Currency::EUR, days)
            .await
            .expect("read");
        let owed = "select coalesce(-sum(p.amount), 0)::bigint
                      from ledger.posting p join ledger.entry e on e.id = p.entry_id
                     where p.tenant_id = $1 and p.account = 'seller_payable' and p.currency = 'EUR' and e.at < $2";
        for (amount, until) in [
            (statement.opening, begin(first)),
            (statement.closing, begin(last + 1)),
        ] {
            let theirs: i64 = sqlx::query_scalar(owed)
                .bind(shop)
                .bind(until)
                .fetch_one(&mut *owner)
                .await
                .expect("read");
            assert_eq!(amount, eur(theirs), "{shop} before {until}");
        }
        let theirs: Vec<Uuid> = sqlx::query_scalar(
            "select e.id
               from ledger.posting p join ledger.entry e on e.id = p.entry_id
              where p.tenant_id = $1 and p.currency = 'EUR' and e.at >= $2 and e.at < $3
                and p.account in ('seller_payable', 'commission_revenue', 'tax_payable')
              group by e.id, e.at order by e.at, e.id",
        )
        .bind(shop)
        .bind(begin(first))
        .bind(begin(last + 1))
        .fetch_all(owner)
        .await
        .expect("read");
        let ours: Vec<Uuid> = statement
            .movements
            .iter()
            .map(|movement| movement.entry)
            .collect();
        assert_eq!(ours, theirs);
        for limit in [4, 100] {
            self.compare_pages(shop, days, limit, &statement).await;
        }
    }

    /// Page by page, a statement is what it is as a whole.
    async fn compare_pages(&self, shop: TenantId, days: [NaiveDate; 2], limit: u16, whole: &Statement) {
        let settlement: &dyn Settlement = &self.world.ledger;
        let ctx = Ctx::system("test", at(100, 0));
        let (mut movements, mut after) = (Vec::new(), None);
        loop {
            let page = settlement
                .statement(&ctx, shop, Currency::EUR, days, after, limit)
                .await
                .expect("read");
            let sums = |one: &Statement| [one.opening, one.commission, one.tax, one.payouts, one.closing];
            assert_eq!(sums(&page), sums(whole), "{shop}, {days:?}");
            let is_last = page.next.is_none();
            assert!(is_last || page.movements.len() == usize::from(limit));
            movements.extend(page.movements);
            after = page.next;
            if is_last {
                break;
            }
        }
        assert_eq!(movements, whole.movements, "{shop}, {days:?}, {limit} a page");
    }

    async fn compare_year(&self, owner: &mut PgConnection, shop: TenantId) {
        let ctx = Ctx::system("test", at(100, 0));
        let years = self.world.ledger.year(&ctx, shop, 2026).await.expect("read");
        let mut ours = Vec::new();
        for year in years {
            let whole = year.year;
            let amounts = [
                whole.sold,
                whole.refunded,
                whole.commission,
                whole.listing_fees,
                whole.tax,
                whole.paid_out,
            ];
            let counts = [whole.sales, whole.refunds].map(|n| i64::try_from(n).expect("few"));
            ours.push((
                year.currency.code().to_owned(),
                counts.to_vec(),
                amounts.map(|m| m.amount).to_vec(),
            ));
        }
        let theirs: Vec<(String, Vec<i64>, Vec<i64>)> = sqlx::query_as(YEAR)
            .bind(shop)
            .fetch_all(owner)
            .await
            .expect("read");
        assert_eq!(ours, theirs);
    }

    async fn compare_turnover(&self, owner: &mut PgConnection, moments: &[Timestamp]) {
        let ledger: &dyn contracts::ledger::Ledger = &self.world.ledger;
        let ctx = Ctx::system("test", at(100, 0));
        for from in [begin(0), begin(4), at(4, 5)] {
            for until in moments {
                let rows = ledger
                    .turnover(&ctx, from, *until, contracts::ledger::Grain::Day)
                    .await
                    .expect("read");
                let ours: Vec<_> = rows
                    .into_iter()
                    .map(|row| {
                        (
                            row.day,
                            row.sold.currency.code().to_owned(),
                            row.sold.amount,
                            row.refunded.amount,
                            row.commission.amount,
                        )
                    })
                    .collect();
                let theirs: Vec<(NaiveDate, String, i64, i64, i64)> = sqlx::query_as(TURNOVER)
                    .bind(from)
                    .bind(until)
                    .fetch_all(&mut *owner)
                    .await
                    .expect("read");
                assert_eq!(ours, theirs, "from {from} until {until}");
            }
        }
    }
}

const YEAR: &str = "
    select m.currency::text,
           array[count(distinct m.entry) filter (where m.kind = 'sale'), count(distinct m.entry) filter (where m.kind = 'refund')],
           array[coalesce(sum(m.credit) filter (where m.kind = 'sale' and m.account <> 'listing_revenue'), 0)::bigint,
                 coalesce(-sum(m.credit) filter (where m.kind = 'refund' and m.account <> 'listing_revenue'), 0)::bigint,
                 coalesce(sum(m.credit) filter (where m.account = 'commission_revenue'), 0)::bigint,
                 coalesce(sum(m.credit) filter (where m.account = 'listing_revenue'), 0)::bigint,
                 coalesce(sum(m.credit) filter (where m.account = 'tax_payable'), 0)::bigint,
                 coalesce(-sum(m.credit) filter (where m.kind = 'payout' and m.account = 'seller_payable'), 0)::bigint]
      from (select e.id as entry, p.account, p.currency, -p.amount as credit, coalesce(o.kind, e.kind) as kind
              from ledger.posting p
              join ledger.entry e on e.id = p.entry_id
              left join ledger.entry o on e.kind = 'reversal' and o.id = e.reference
             where p.tenant_id = $1 and e.at >= '2026-01-01Z' and e.at < '2027-01-01Z'
               and p.account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable')) m
     group by m.currency
    having bool_or(m.kind in ('sale', 'refund', 'payout', 'listing_fee', 'promoted_fee'))
     order by m.currency";

const TURNOVER: &str = "
    select date_trunc('day', e.at at time zone 'UTC')::date, p.currency::text,
           coalesce(sum(p.amount) filter (where e.kind = 'sale' and p.account = 'provider_clearing'), 0)::bigint,
           coalesce(-sum(p.amount) filter (where e.kind = 'refund' and p.account = 'provider_clearing'), 0)::bigint,
           coalesce(-sum(p.amount) filter (where p.account = 'commission_revenue'), 0)::bigint
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
     where e.at >= $1 and e.at < $2 and e.kind in ('sale', 'refund')
     group by 1, 2
     order by 1, 2";

async fn trial_balance(owner: &mut PgConnection, until: Timestamp) -> BTreeMap<(String, String), i64> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "select p.account, p.currency::text, sum(p.amount)::bigint
           from ledger.posting p join ledger.entry e on e.id = p.entry_id
          where e.at <= $1 group by 1, 2",
    )
    .bind(until)
    .fetch_all(owner)
    .await
    .expect("read");
    rows.into_iter()
        .map(|(account, currency, balance)| ((account, currency), balance))
        .collect()
}

async fn shop_balances(
    owner: &mut PgConnection,
    shop: TenantId,
    until: Timestamp,
) -> Vec<(String, String, i64)> {
    sqlx::query_as(
        "select p.account, p.currency::text, sum(p.amount)::bigint
           from ledger.posting p join ledger.entry e on e.id = p.entry_id
          where p.tenant_id = $1 and e.at <= $2
          group by p.account, p.currency order by p.account, p.currency",
    )
    .bind(shop)
    .bind(until)
    .fetch_all(owner)
    .await
    .expect("read")
}

#[tokio::test]
async fn whatever_was_posted_and_closed_balances_are_what_all_postings_say() {
    let mut runner = TestRunner::default();
    for _ in 0..5 {
        let life = lives().new_tree(&mut runner).expect("a life").current();
        // Told when it fails: the next run has others.
        println!("{life:?}");
        let shops = [
            TenantId::new(begin(0)),
            TenantId::new(begin(0)),
            TenantId::new(begin(0)),
        ];
        let mut books = Books {
            world: World::new().await,
            shops,
            made: Vec::new(),
        };
        let mut closed = 0;
        for (deeds, close) in &life {
            books.live(deeds, begin(closed)).await;
            closed = closed.max(*close);
            books.world.ledger.close_days(day(closed)).await.expect("closed");
            let moments = [
                begin(0),
                at(1, 11),
                begin(closed),
                at(closed, 3),
                at(closed.saturating_sub(2), 17),
                at(13, 23),
                at(60, 0),
            ];
            books.compare(&moments).await;
        }
    }
}
