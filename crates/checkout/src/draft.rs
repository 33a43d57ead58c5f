//! From a priced cart to the order that the till is asked for.

use crate::Error;
use crate::quote::{Priced, PricedGroup, PricedLine};
use crate::tender::agreed;
use chrono::TimeDelta;
use contracts::Address;
use contracts::cart::CartOwner;
use contracts::catalog::OptionValue;
use contracts::checkout::{PlaceOrder, Unserved};
use contracts::digital::SoldDigital;
use contracts::promotions::Funder;
use contracts::taxes::{Tax as TaxDue, TaxOwner};
use contracts::tenants::return_days;
use kernel::{
    Ctx, Fault, FieldError, Kind, LineId, Money, PaymentId, SubOrderId, TenantId, Timestamp, UserId, geo,
};
use ledger::domain::{Charged, Rulebook, Sold};
use orders::domain::{Delivery, Discount, Line, Part, Placed, Tax, Tender};

/// Bytes of an e-mail address, by RFC 5321.
const EMAIL_BYTES_MAX: usize = 254;
/// Characters of one line of an address.
const ADDRESS_LINE_CHARS_MAX: usize = 120;

/// Who owns the cart that is ordered: a guest is known by the hash of their secret, which is made here and once for each request.
#[derive(Debug)]
pub enum Owner {
    User(UserId),
    Guest(String),
}

impl Owner {
    pub fn of(owner: &CartOwner) -> Self {
        match owner {
            CartOwner::User(user) => Self::User(*user),
            CartOwner::Guest(secret) => Self::Guest(orders::guest_hash(secret)),
        }
    }
}

/// The order of a priced cart: everything in it can be bought and delivered, at the total the buyer agreed to.
pub fn placed(
    ctx: &Ctx,
    request: &PlaceOrder,
    owner: &Owner,
    priced: Priced,
    rules: &Rulebook,
    tenders: Vec<Tender>,
    reserved_until: Timestamp,
) -> Result<Placed, Error> {
    refuse_unsaleable(&priced)?;
    refuse_undelivered(&priced)?;
    refuse_without_consent(request, &priced)?;
    if priced.total != request.expected_total {
        return Err(Error::TotalChanged { now: priced.total });
    }
    let tendered: i64 = tenders.iter().map(|tender| tender.amount).sum();
    let due = Money::new(priced.total.amount - tendered, priced.total.currency);
    agreed(&request.tender, request.expected_due, due)?;
    let (buyer, guest) = buyer(request, owner);
    Ok(Placed {
        buyer,
        guest,
        cart: request.cart,
        email: request.email.clone(),
        address: request.address.clone(),
        currency: priced.total.currency,
        payment: PaymentId::new(ctx.now),
        reserved_until,
        tenders,
        language: request.language,
        parts: parts(ctx, priced.groups, rules, priced.tax_owed_by)?,
    })
}

/// Whose order it is: a user's, or a guest's by the hash of their secret.
pub fn buyer(request: &PlaceOrder, owner: &Owner) -> (Option<UserId>, Option<String>) {
    match (request.buyer, owner) {
        (Some(user), _) | (None, &Owner::User(user)) => (Some(user), None),
        (None, Owner::Guest(hash)) => (None, Some(hash.clone())),
    }
}

fn refuse_unsaleable(priced: &Priced) -> Result<(), Error> {
    let mut lines = priced.groups.iter().flat_map(|group| &group.lines);
    match lines.find(|line| !line.offer.for_sale) {
        Some(line) if line.is_outdated => Err(Error::AnswersOutdated {
            title: line.offer.title.clone(),
            line: line.line,
        }),
        Some(line) => Err(Error::NotForSale {
            title: line.offer.title.clone(),
            sku: line.offer.sku,
        }),
        None => Ok(()),
    }
}

fn refuse_undelivered(priced: &Priced) -> Result<(), Error> {
    match priced.groups.iter().find(|group| group.chosen.is_none()) {
        Some(group) => Err(not_delivered(group)),
        None => Ok(()),
    }
}

/// The law gives fourteen days to withdraw, and lets a buyer give them up for what is downloaded: only outright.
fn refuse_without_consent(request: &PlaceOrder, priced: &Priced) -> Result<(), Error> {
    let mut lines = priced.groups.iter().flat_map(|group| &group.lines);
    match lines.any(|line| line.offer.digital.is_some()) && !request.consents_to_downloads {
        true => Err(Error::ConsentMissing),
        false => Ok(()),
    }
}

fn not_delivered(group: &PricedGroup) -> Error {
    Error::NotDelivered {
        tenant: group.tenant,
        why: group.unserved.unwrap_or(Unserved::NotCovered),
    }
}

/// Each part and each line gets an id of its own microsecond, so that ids keep the order in which the buyer saw them.
fn parts(
    ctx: &Ctx,
    groups: Vec<PricedGroup>,
    rules: &Rulebook,
    tax_owed_by: TaxOwner,
) -> Result<Vec<Part>, Error> {
    let mut moments = (0..).map(|n| ctx.now + TimeDelta::microseconds(n));
    let mut moment = move || moments.next().unwrap_or(ctx.now);
    groups
        .into_iter()
        .map(|group| part(ctx, &mut moment, group, rules, tax_owed_by))
        .collect()
}

fn part(
    ctx: &Ctx,
    moment: &mut impl FnMut() -> Timestamp,
    group: PricedGroup,
    rules: &Rulebook,
    tax_owed_by: TaxOwner,
) -> Result<Part, Error> {
    let paid_for_delivery = group.delivery();
    let (Some(delivery), Some(price)) = (group.chosen, paid_for_delivery) else {
        return Err(Error::NotDelivered {
            tenant: group.tenant,
            why: group.unserved.unwrap_or(Unserved::NotCovered),
        });
    };
    let discounts = kept(group.delivery_discounts);
    let id = SubOrderId::new(moment());
    let lines: Vec<Line> = group
        .lines
        .into_iter()
        .map(|priced| {
            // Of the goods alone: what a seller asks for delivery is the seller's, whole.
            let charged = rules.charge(&sold(group.tenant, &priced)?, ctx.now)?;
            Ok(line(LineId::new(moment()), priced, charged, ctx.now))
        })
        .collect::<Result<_, Error>>()?;
    let sum = |of: fn(&Line) -> i64| {
        Money::sum(
            delivery.price.currency,
            lines.iter().map(|l| Money::new(of(l), delivery.price.currency)),
        )
    };
    Ok(Part {
        id,
        tenant: group.tenant,
        commission: sum(|line| line.commission)?.amount,
        commission_tax: sum(|line| line.commission_tax)?.amount,
        return_days: group.shop.map_or_else(return_days, |shop| shop.return_days),
        lines,
        delivery: Delivery {
            code: delivery.code,
            name: delivery.name,
            price: price.amount,
            discounts,
            tax: group.delivery_tax.map(frozen),
        },
        tax_owed_by,
    })
}

/// A tax as the order keeps it.
fn frozen(tax: TaxDue) -> Tax {
    Tax {
        region: tax.region,
        category: tax.category,
        name: tax.name,
        rate: tax.rate_millionths,
        amount: tax.amount.amount,
        included: tax.included,
    }
}

/// What the marketplace's share of a line is reckoned from: what its shop gets for it, from the buyer or, for discounts
/// that the marketplace pays for, from the marketplace. Tax that is in its price counts; tax on top of it does not.
fn sold(shop: TenantId, line: &PricedLine) -> Result<Sold<'_>, Error> {
    let own = line
        .discounts
        .iter()
        .filter(|discount| discount.funder == Funder::Seller);
    let off = Money::sum(line.list_total.currency, own.map(|discount| discount.amount))?;
    Ok(Sold {
        product: line.offer.product,
        shop,
        category: line.offer.category.as_deref(),
        quantity: line.quantity,
        total: line.list_total.sub(off)?,
    })
}

fn kept(discounts: Vec<contracts::promotions::Discount>) -> Vec<Discount> {
    let kept = |discount: contracts::promotions::Discount| Discount {
        promotion: discount.promotion,
        name: discount.name,
        funder: discount.funder,
        amount: discount.amount.amount,
    };
    discounts.into_iter().map(kept).collect()
}

fn line(id: LineId, line: PricedLine, charged: Charged, now: Timestamp) -> Line {
    let offer = line.offer;
    let digital = offer
        .digital
        .as_deref()
        .map(|digital| Box::new(SoldDigital::of(digital, now)));
    Line {
        id,
        sku: offer.sku,
        product: offer.product,
        title: offer.title,
        options: in_words(&offer.options),
        code: offer.code,
        quantity: line.quantity,
        unit_price: offer.price.amount,
        commission: charged.commission,
        commission_tax: charged.tax,
        rule: charged.rule,
        discounts: kept(line.discounts),
        tax: line.tax.map(frozen),
        made: line.made,
        digital,
    }
}

/// `Size: M, Colour: blue`
fn in_words(options: &[OptionValue]) -> String {
    let words: Vec<String> = options
        .iter()
        .map(|option| format!("{}: {}", option.name, option.value))
        .collect();
    words.join(", ")
}

/// A request whose texts are in order and whose address exists. Says every field that is not.
pub fn check(mut request: PlaceOrder) -> Result<PlaceOrder, Error> {
    request.email = email(&request.email)?;
    request.address = address(request.address)?;
    if request.expected_total.amount < 0 {
        return Err(Error::from(Fault::field(
            "amount_negative",
            "/expected_total/amount",
            "A total is not negative.",
        )));
    }
    Ok(request)
}

/// One `@` with something on both sides; whether mail arrives there only mail can tell.
pub fn email(text: &str) -> Result<String, Error> {
    let text = httpkit::text::line("/email", text, EMAIL_BYTES_MAX)?;
    let sound = text
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'))
        && text.len() <= EMAIL_BYTES_MAX
        && !text.contains(char::is_whitespace);
    if sound {
        return Ok(text);
    }
    Err(Error::from(Fault::field(
        "email_invalid",
        "/email",
        "This is not an e-mail address. Write it as name@example.org.",
    )))
}

/// The address, with its region where the postcode tells it.
pub fn address(address: Address) -> Result<Address, Error> {
    let line = |pointer, text: &str| httpkit::text::line(pointer, text, ADDRESS_LINE_CHARS_MAX);
    let optional = |pointer, text: Option<String>| {
        let text = text.map(|text| httpkit::text::optional_line(pointer, &text, ADDRESS_LINE_CHARS_MAX));
        text.transpose().map(|text| text.filter(|t| !t.is_empty()))
    };
    let place = geo::validate_location(&address.country, address.region.as_deref(), &address.postcode)
        .map_err(not_a_place)?;
    Ok(Address {
        name: line("/address/name", &address.name)?,
        line1: line("/address/line1", &address.line1)?,
        line2: optional("/address/line2", address.line2)?,
        city: line("/address/city", &address.city)?,
        phone: optional("/address/phone", address.phone)?,
        country: place.country.code.to_owned(),
        region: place.region.map(|region| region.code.to_owned()),
        postcode: place.postcode,
    })
}

fn not_a_place(mut errors: Vec<FieldError>) -> Fault {
    for error in &mut errors {
        error.pointer.insert_str(0, "/address");
    }
    let detail = errors.first().map(|e| e.detail.clone()).unwrap_or_default();
    let mut fault = Fault::new(Kind::Invalid, "address_invalid", detail);
    fault.fields = errors;
    fault
}
