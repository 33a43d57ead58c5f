//! What the till does to promotions, inside its own transactions, over tokio-postgres, which pipelines. Where no order of
//! a batch uses one, nothing is sent.

pub use crate::domain::{Buyer, Claim, Gone, Tallies, Why};

use crate::domain::{Limits, Tally};
use kernel::{OrderId, PromotionId, Timestamp};
use std::collections::HashMap;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

/// Locks tallies in one order for everybody. Parameter: promotions.
const LOCK: &str = "
select t.promotion_id, t.uses, t.spent, p.budget, p.uses_max, p.uses_per_buyer, p.ends_at
  from promotions.tally t
  join promotions.promotion p on p.id = t.promotion_id
 where t.promotion_id = any($1)
 order by t.promotion_id
   for update of t";

/// Sees what was committed before the lock was had, because it is a statement of its own. Parameters: promotions, buyers.
const USES_OF_BUYERS: &str = "
select r.promotion_id, r.buyer, count(*)
  from (select distinct promotion_id, buyer from unnest($1::uuid[], $2::text[]) as w (promotion_id, buyer)) wanted
  join promotions.redemption r using (promotion_id, buyer)
 where r.released_at is null
 group by r.promotion_id, r.buyer";

/// Parameters: promotions, uses, spent.
const COUNT: &str = "
update promotions.tally t
   set uses = d.uses, spent = d.spent
  from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as d (promotion_id, uses, spent)
 where t.promotion_id = d.promotion_id";

/// An order that was opened again claims anew what it had given back. Parameters: as the columns.
const REDEEM: &str = "
insert into promotions.redemption (promotion_id, order_id, buyer, amount, at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[])
on conflict on constraint redemption_pkey do update set released_at = null, at = excluded.at";

/// Parameters: promotions, orders, times.
const RELEASE: &str = "
update promotions.redemption r
   set released_at = d.at
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as d (promotion_id, order_id, at)
 where r.promotion_id = d.promotion_id and r.order_id = d.order_id and r.released_at is null";

type Param<'a> = &'a (dyn ToSql + Sync);

/// The till's statements on promotions, prepared on one connection.
#[derive(Clone)]
pub struct Statements {
    lock: Statement,
    uses_of_buyers: Statement,
    count: Statement,
    redeem: Statement,
    release: Statement,
}

/// What a batch does to promotions beside their tallies.
#[derive(Debug, Default)]
pub struct Writes {
    taken: Columns,
    released: Columns,
}

#[derive(Debug, Default)]
struct Columns {
    promotions: Vec<PromotionId>,
    orders: Vec<OrderId>,
    buyers: Vec<String>,
    amounts: Vec<i64>,
    ats: Vec<Timestamp>,
}

impl Columns {
    fn push(&mut self, claim: &Claim, at: Timestamp) {
        self.promotions.push(claim.promotion);
        self.orders.push(claim.order);
        self.buyers.push(claim.buyer.as_str().to_owned());
        self.amounts.push(claim.amount);
        self.ats.push(at);
    }
}

impl Writes {
    /// Takes what was [checked](Tallies::check).
    pub fn take(&mut self, tallies: &mut Tallies, claims: &[Claim]) {
        tallies.take(claims);
        claims.iter().for_each(|claim| self.taken.push(claim, claim.at));
    }

    /// Gives back what an order had claimed.
    pub fn put_back(&mut self, tallies: &mut Tallies, claims: &[Claim], at: Timestamp) {
        tallies.put_back(claims);
        claims.iter().for_each(|claim| self.released.push(claim, at));
    }
}

impl Statements {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let (lock, uses_of_buyers, count, redeem, release) = tokio::try_join!(
            client.prepare(LOCK),
            client.prepare(USES_OF_BUYERS),
            client.prepare(COUNT),
            client.prepare(REDEEM),
            client.prepare(RELEASE),
        )?;
        Ok(Self {
            lock,
            uses_of_buyers,
            count,
            redeem,
            release,
        })
    }

    /// Locks the tallies of all that is claimed until the transaction ends, and reads them as they then are.
    pub async fn lock(&self, client: &Client, claims: &[Claim]) -> Result<Tallies, Error> {
        if claims.is_empty() {
            return Ok(Tallies::default());
        }
        let promotions: Vec<Uuid> = claims.iter().map(|claim| claim.promotion.0).collect();
        let buyers: Vec<&str> = claims.iter().map(|claim| claim.buyer.as_str()).collect();
        let claimed: [Param<'_>; 1] = [&promotions];
        let by_whom: [Param<'_>; 2] = [&promotions, &buyers];
        let (tallies, uses) = tokio::try_join!(
            biased;
            client.query(&self.lock, &claimed),
            client.query(&self.uses_of_buyers, &by_whom),
        )?;
        let of: Result<HashMap<_, _>, Error> = tallies.iter().map(tally).collect();
        let known: HashMap<&str, &Buyer> = claims.iter().map(|c| (c.buyer.as_str(), &c.buyer)).collect();
        let mut of_buyers = HashMap::new();
        for row in &uses {
            let (promotion, buyer, uses): (Uuid, String, i64) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            if let Some(buyer) = known.get(buyer.as_str()) {
                of_buyers.insert((PromotionId(promotion), (*buyer).clone()), uses);
            }
        }
        Ok(Tallies::new(of?, of_buyers))
    }

    /// Writes what was decided, all in one go.
    pub async fn write(&self, client: &Client, tallies: &Tallies, writes: &Writes) -> Result<(), Error> {
        let (mut promotions, mut uses, mut spent) = (Vec::new(), Vec::new(), Vec::new());
        for (promotion, tally) in tallies.changed() {
            promotions.push(promotion);
            uses.push(tally.uses);
            spent.push(tally.spent);
        }
        if promotions.is_empty() {
            return Ok(());
        }
        let Writes { taken, released } = writes;
        let redeem = async {
            if taken.promotions.is_empty() {
                return Ok(0);
            }
            let Columns {
                promotions,
                orders,
                buyers,
                amounts,
                ats,
            } = taken;
            client
                .execute(&self.redeem, &[promotions, orders, buyers, amounts, ats])
                .await
        };
        let release = async {
            if released.promotions.is_empty() {
                return Ok(0);
            }
            let Columns {
                promotions,
                orders,
                ats,
                ..
            } = released;
            client.execute(&self.release, &[promotions, orders, ats]).await
        };
        let counts: [Param<'_>; 3] = [&promotions, &uses, &spent];
        tokio::try_join!(
            biased;
            client.execute(&self.count, &counts),
            redeem,
            release,
        )
        .map(drop)
    }
}

fn tally(row: &Row) -> Result<(PromotionId, Tally), Error> {
    let promotion: Uuid = row.try_get(0)?;
    let tally = Tally {
        uses: row.try_get(1)?,
        spent: row.try_get(2)?,
        limits: Limits {
            budget: row.try_get(3)?,
            uses: row.try_get(4)?,
            uses_per_buyer: row.try_get(5)?,
        },
        ends_at: row.try_get(6)?,
    };
    Ok((PromotionId(promotion), tally))
}
