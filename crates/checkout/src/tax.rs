//! The taxes of a priced cart: asked for once, after discounts, and worked out line by line.

use crate::Error;
use crate::quote::{Priced, PricedGroup};
use contracts::Address;
use contracts::taxes::Tax;
use contracts::tenants::prices_include_tax;
use kernel::{Ctx, Currency, Fault, Money, MoneyError};
use taxes::domain::{Assessed, DELIVERY, Place, in_price, on_price};
use taxes::{Asked, Question, Taxes};

/// Puts tax into what is paid for each line and each delivery. While it is not known where the goods go, each shop's are
/// taxed as if they went where it is.
pub async fn tax(
    taxes: &Taxes,
    ctx: &Ctx,
    address: Option<&Address>,
    priced: &mut Priced,
) -> Result<(), Error> {
    let currency = priced.total.currency;
    let lines = priced
        .groups
        .iter()
        .filter_map(|group| Some((group, place(group, address)?)));
    let question = Question {
        at: ctx.now,
        currency,
        lines: lines.flat_map(|(group, to)| asked(group, to)).collect(),
    };
    priced.tax_estimated = address.is_none();
    priced.tax_owed_by = taxes.book(ctx.now).await.map_err(Fault::from)?.owner(ctx.now);
    if question.lines.is_empty() {
        return Ok(());
    }
    let mut assessed = taxes.assess(&question).await.map_err(Fault::from)?.into_iter();
    for group in &mut priced.groups {
        if place(group, address).is_none() {
            continue;
        }
        let included = includes_tax(group);
        for line in &mut group.lines {
            let price = line.total().amount;
            line.tax = assessed
                .next()
                .flatten()
                .map(|due| worked_out(due, price, included, currency))
                .transpose()?;
        }
        if let Some(chosen) = &group.chosen {
            let off: i64 = group.delivery_discounts.iter().map(|off| off.amount.amount).sum();
            let price = chosen.price.amount - off;
            let due = assessed.next().flatten();
            group.delivery_tax = due
                .map(|due| worked_out(due, price, included, currency))
                .transpose()?;
        }
    }
    let added: i64 = priced
        .groups
        .iter()
        .map(PricedGroup::tax_added)
        .try_fold(0i64, |sum, added| {
            sum.checked_add(added).ok_or(MoneyError::Overflow)
        })?;
    priced.total = priced.total.add(Money::new(added, currency))?;
    Ok(())
}

/// Where a shop's goods go, or are thought to go; nowhere where the shop is not there any more.
fn place<'a>(group: &'a PricedGroup, address: Option<&'a Address>) -> Option<Place<'a>> {
    match (address, &group.shop) {
        (Some(address), _) => Some(Place {
            country: &address.country,
            region: address.region.as_deref(),
            postcode: &address.postcode,
        }),
        (None, Some(shop)) => Some(Place {
            country: &shop.location.country,
            region: shop.location.region.as_deref(),
            postcode: &shop.location.postcode,
        }),
        (None, None) => None,
    }
}

fn includes_tax(group: &PricedGroup) -> bool {
    group
        .shop
        .as_ref()
        .map_or_else(prices_include_tax, |shop| shop.prices_include_tax)
}

/// Its lines, and its delivery after them.
fn asked<'a>(group: &'a PricedGroup, to: Place<'a>) -> impl Iterator<Item = Asked<'a>> {
    let included = includes_tax(group);
    let lines = group.lines.iter().map(move |line| Asked {
        to,
        category: &line.offer.tax_category,
        amount: line.total().amount,
        included,
    });
    let delivery = group.chosen.iter().map(move |chosen| Asked {
        to,
        category: DELIVERY,
        amount: chosen.price.amount,
        included,
    });
    lines.chain(delivery)
}

/// What a rate makes of a price, rounded half up at the minor unit.
fn worked_out(due: Assessed, price: i64, included: bool, currency: Currency) -> Result<Tax, MoneyError> {
    let amount = match included {
        true => in_price(price, due.rate_millionths),
        false => on_price(price, due.rate_millionths).ok_or(MoneyError::Overflow)?,
    };
    Ok(Tax {
        region: due.region,
        category: due.category,
        name: due.name,
        rate_millionths: due.rate_millionths,
        amount: Money::new(amount, currency),
        included,
    })
}
