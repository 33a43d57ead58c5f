//! What buyers of the demo search for before they order, and what they look at closer.

use super::Stage;
use super::diary::{Diary, chance};
use super::people::Registered;
use super::sales::Skus;
use contracts::search::{Click, SearchQuery};
use futures::{StreamExt, stream};
use kernel::{Actor, Ctx, Fault, ProductId};
use sampler::OrderPlan;
use std::time::Duration;

/// Before the last day, when searches begin: of those before nobody is told for long.
const DAYS: u32 = 45;
/// Buyers who search at once.
const AT_ONCE: usize = 8;
/// One search in so many is for what no shop has.
const MISSED_ONE_IN: u32 = 9;
/// Of a hundred who do not find what they order later, so many look closer at what was found first.
const CURIOUS: u32 = 40;
const PAGE: u16 = 24;
/// Of which nothing is sold.
const UNSOLD: [&str; 5] = [
    "fondue set",
    "left-handed scissors",
    "surfboard rack",
    "wedding dress",
    "zoetrope",
];
/// The index is ready some moments after the goods are published.
const PAUSE: Duration = Duration::from_millis(50);
const TRIES: usize = 60;

/// Those who order today searched for it. What cannot be searched is left out: the demo goes on.
pub async fn before_orders(
    stage: &Stage<'_>,
    diary: &Diary,
    plans: &[OrderPlan],
    skus: &Skus,
    buyers: &[Registered],
) {
    let first = diary.last.saturating_sub(DAYS);
    if diary.today < first || plans.is_empty() {
        return;
    }
    if diary.today == first {
        ready(stage).await;
    }
    let searches = stream::iter(plans).map(|plan| async move {
        if let Err(fault) = look(stage, plan, skus, buyers).await {
            tracing::debug!(order = plan.index, %fault, "not searched in the demo");
        }
    });
    searches
        .buffer_unordered(AT_ONCE)
        .for_each(std::future::ready)
        .await;
}

/// Waits until something is found.
async fn ready(stage: &Stage<'_>) {
    let any = SearchQuery {
        limit: 1,
        ..SearchQuery::default()
    };
    for _ in 0..TRIES {
        let found = stage.market.search.search(&stage.ctx(), any.clone()).await;
        if found.is_ok_and(|page| page.total > 0) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn look(stage: &Stage<'_>, plan: &OrderPlan, skus: &Skus, buyers: &[Registered]) -> Result<(), Fault> {
    let Some(buyer) = buyers.get(plan.buyer as usize) else {
        return Ok(());
    };
    let mut ctx = stage.ctx();
    ctx.actor = Actor::Buyer { user: buyer.user };
    if plan.index.is_multiple_of(MISSED_ONE_IN) {
        let words = UNSOLD[chance(plan.index, 0x4b) as usize % UNSOLD.len()];
        find(stage, &ctx, words.to_owned()).await?;
    }
    let first = plan.lines.first();
    let sku = first.and_then(|line| skus.get(&(line.seller, line.sku.clone())));
    let Some(&sku) = sku else {
        return Ok(());
    };
    let offers = stage.market.catalog.offers(&ctx, vec![sku]).await?;
    let Some(offer) = offers.first() else {
        return Ok(());
    };
    let page = find(stage, &ctx, words(&offer.title, plan.index)).await?;
    let wanted = page.hits.iter().position(|hit| hit.product == offer.product);
    let curious = chance(plan.index, 0x6d) < CURIOUS && !page.hits.is_empty();
    let (Some(search), Some(at)) = (page.search, wanted.or(curious.then_some(0))) else {
        return Ok(());
    };
    let click = Click {
        search,
        product: looked_at(&page.hits, at, offer.product),
        position: u32::try_from(at + 1).unwrap_or(1),
        cart: None,
    };
    stage.market.search.clicked(&ctx, click).await
}

fn looked_at(hits: &[contracts::search::SearchHit], at: usize, otherwise: ProductId) -> ProductId {
    hits.get(at).map_or(otherwise, |hit| hit.product)
}

async fn find(stage: &Stage<'_>, ctx: &Ctx, q: String) -> Result<contracts::search::SearchPage, Fault> {
    let query = SearchQuery {
        q,
        promoted: true,
        limit: PAGE,
        ..SearchQuery::default()
    };
    stage.market.search.search(ctx, query).await
}

/// What somebody types who wants it: some of its title.
fn words(title: &str, n: u32) -> String {
    let all: Vec<&str> = title
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let some = match chance(n, 0x2f) % 3 {
        0 => &all[all.len().saturating_sub(1)..],
        1 => &all[all.len().saturating_sub(2)..],
        _ => &all[..all.len().min(3)],
    };
    some.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_type_the_beginning_or_the_end_of_a_title() {
        let title = "Blue stoneware breakfast bowl, small";
        let said: std::collections::BTreeSet<String> = (0..40).map(|n| words(title, n)).collect();
        let expected = ["blue stoneware breakfast", "bowl small", "small"];
        assert_eq!(said.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(words("", 1), "");
        assert_eq!(words("Bowl", 3), "bowl");
    }
}
