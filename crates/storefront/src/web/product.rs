//! One product.

use super::failure::Failure;
use super::listing::crumbs;
use super::making::Typed;
use super::page_cache::{Key, Marks};
use super::posted::Posted;
use super::visit::{Visit, redirect};
use super::{Shop, cards, compare, downloads, facets, making, messages, prices, reviews, viewed};
use crate::i18n::Locale;
use crate::markup::Markup;
use crate::views::common::{Accent, Image, Price, Stock};
use crate::views::product::{AlsoOffer, Attribute, Delivery, ProductPage, SellerBox, Variant};
use askama::Template as _;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use contracts::catalog::{AttributeValue, CategoryAttribute, ItemOffer, Listing, ProductStatus};
use contracts::making::{Answers, LeadTime, settle};
use contracts::search::SearchQuery;
use contracts::tenants::{DeliveryRate, Shop as Seller, ShopStatus};
use kernel::limits::LINE_QUANTITY_MAX;
use kernel::{DateTime, Fault, ProductId, SkuId};
use std::collections::HashMap;

const MORE_CARDS: u16 = 5;
/// Days until a parcel leaves, where the shop says nothing else.
pub const DISPATCH_DAYS: u64 = 2;

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let id = id_in(&slug).ok_or_else(|| Fault::not_found("product"))?;
    let click = cards::click_in(query.as_deref().unwrap_or(""), id);
    let listing = shop
        .catalog
        .listings(&visit.ctx, vec![id])
        .await?
        .into_iter()
        .next();
    let listing = listing
        .filter(|l| l.status == ProductStatus::Active)
        .ok_or_else(|| Fault::not_found("product"))?;
    let href = cards::product_href(&listing.slug, listing.id);
    if !href.ends_with(&format!("/{slug}")) {
        return Ok(redirect(&href));
    }
    if query.is_none() && visit.is_blank() && shop.page_cache.takes(&visit.csrf) {
        return kept(&shop, &visit, &listing).await;
    }
    let told = Told {
        found: click.as_ref().map(cards::found).unwrap_or_default(),
        again: None,
    };
    let noted = async {
        if let Some(click) = click {
            // Whether it is noted is no matter of the page.
            shop.search.clicked(&visit.ctx, click).await.unwrap_or_default();
        }
    };
    let (shown, ()) = futures::join!(show(&shop, &visit, &listing, told), noted);
    shown
}

/// The page as strangers get it: written once for all that come within a moment.
async fn kept(shop: &Shop, visit: &Visit, listing: &Listing) -> Result<Response, Failure> {
    let skus = listing.variants.iter().map(|v| v.sku).collect();
    let stock = shop.inventory.availability(&visit.ctx, skus).await?;
    let key = Key::of(listing, &stock, visit);
    let write = async |marks: &Marks| {
        let view = view(shop, &visit.marked(marks), listing, Told::default()).await?;
        view.render().map_err(|error| {
            tracing::error!(%error, "a page could not be rendered");
            Failure(Fault::internal())
        })
    };
    let written = shop.page_cache.get(key, write).await?;
    let mut response = visit.answer_kept(shop, &written);
    viewed::note(shop, visit, listing.id, &mut response).await;
    Ok(response)
}

/// What is known of a visit beside the product.
#[derive(Default)]
struct Told {
    /// What led here; empty where it was no search.
    found: String,
    /// Of a form that comes back.
    again: Option<Chosen>,
}

/// What a form that comes back had chosen.
struct Chosen {
    sku: SkuId,
    quantity: u32,
    typed: Typed,
}

/// The page again, after answers that do not fit: they stand where they were typed, with what is wrong beside them.
pub async fn again(
    shop: &Shop,
    posted: &Posted,
    sku: SkuId,
    quantity: u32,
    answers: Answers,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let gone = || Fault::not_found("product");
    let offers = shop.catalog.offers(&visit.ctx, vec![sku]).await?;
    let offer = offers.into_iter().next().ok_or_else(gone)?;
    let listings = shop.catalog.listings(&visit.ctx, vec![offer.product]).await?;
    let listing = listings.into_iter().next().ok_or_else(gone)?;
    let typed = Typed {
        misfits: settle(listing.making.as_deref(), &answers)
            .err()
            .unwrap_or_default(),
        answers,
    };
    let told = Told {
        found: posted.get("found").to_owned(),
        again: Some(Chosen { sku, quantity, typed }),
    };
    let mut response = show(shop, visit, &listing, told).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

async fn show(shop: &Shop, visit: &Visit, listing: &Listing, told: Told) -> Result<Response, Failure> {
    let view = view(shop, visit, listing, told).await?;
    let mut response = visit.show(shop, &view);
    viewed::note(shop, visit, listing.id, &mut response).await;
    Ok(response)
}

async fn view(shop: &Shop, visit: &Visit, listing: &Listing, told: Told) -> Result<ProductPage, Failure> {
    let again = told.again;
    let href = cards::product_href(&listing.slug, listing.id);
    let skus: Vec<SkuId> = listing.variants.iter().map(|v| v.sku).collect();
    let words = listing.words_in(&[visit.locale.code()]);
    let (title, description) = (words.0.to_owned(), words.1.to_owned());
    let summary = Markup::plain(&description, 155);
    let (page, sellers, stock, tree, found) = futures::join!(
        visit.public_page(shop, &title, &summary, &href),
        shop.tenants.shops(&visit.ctx, vec![listing.tenant]),
        shop.inventory.availability(&visit.ctx, skus),
        shop.catalog.categories(&visit.ctx),
        shop.reviews
            .of_product(&visit.ctx, listing.id, reviews::first_query()),
    );
    let seller = sellers?
        .into_iter()
        .next()
        .filter(|s| s.status == ShopStatus::Active);
    let seller = seller.ok_or_else(|| Fault::not_found("product"))?;
    let stock: HashMap<SkuId, i64> = stock?.into_iter().map(|a| (a.sku, a.available)).collect();
    let locale = visit.locale;
    let now = visit.ctx.now;
    let variants = variants(
        listing,
        &stock,
        again.as_ref().map(|again| again.sku),
        now,
        locale,
    );
    let chosen = variants.iter().position(|v| v.selected).unwrap_or(0);
    let shown = &listing.variants[chosen];
    let available = stock.get(&shown.sku).copied().unwrap_or(0);
    let mut page = page;
    // Where its form leads back to, also when the form is what came back.
    page.path.clone_from(&href);
    page.image = listing.images.first().map(|i| i.url.clone());
    let others = SearchQuery {
        language: Some(visit.locale.language()),
        sellers: vec![seller.slug.clone()],
        in_stock: true,
        limit: MORE_CARDS,
        ..SearchQuery::default()
    };
    let list = format!("{href}/reviews");
    let path = listing.category.as_ref().map_or("", |c| c.path.as_str());
    let (others, logo, said, offers, schema, seen) = futures::join!(
        shop.search.search(&visit.ctx, others),
        super::home::pictures(shop, visit, seller.logo.into_iter()),
        reviews::first(shop, visit, found, &list, &seller.name, &href),
        shop.catalog.item_offers(&visit.ctx, listing.id),
        shop.catalog.category_attributes(&visit.ctx, path.to_owned()),
        async {
            let latest = viewed::latest(shop, visit).await;
            (viewed::row(shop, visit, &latest, Some(listing.id)).await, latest)
        },
    );
    // So is what other shops ask for the same, and how the category calls its attributes.
    let (offers, schema) = (offers.unwrap_or_default(), schema.unwrap_or_default());
    // What else the maker has is an extra: without search the piece itself can still be bought.
    let others = others.ok();
    let logo = logo.into_values().next();
    let (seen, latest) = seen;
    let others_seen = latest.products.into_iter().filter(|other| *other != listing.id);
    Ok(ProductPage {
        product: listing.id.to_string(),
        beside: compare::href(std::iter::once(listing.id)),
        compare: (!seen.is_empty()).then(|| compare::href(std::iter::once(listing.id).chain(others_seen))),
        viewed: seen,
        crumbs: listing
            .category
            .as_ref()
            .map(|c| crumbs(&tree.unwrap_or_default(), &c.path, visit))
            .unwrap_or_default(),
        tax_on_top: !seller.prices_include_tax,
        title,
        brand: Some(listing.brand.clone()).filter(|b| !b.is_empty()),
        sku: shown.code.clone(),
        gallery: listing.images.iter().map(cards::image).collect(),
        price: Price::new(locale, shown.price),
        breaks: prices::breaks(listing, locale),
        stock: variants.get(chosen).map_or(Stock::SoldOut, |v| v.stock),
        variant_label: variant_label(listing, locale),
        quantity_max: u64::try_from(available.clamp(1, i64::from(LINE_QUANTITY_MAX.min(20)))).unwrap_or(1),
        found: told.found,
        quantity: again.as_ref().map_or(1, |again| u64::from(again.quantity)),
        asked: listing.making.as_ref().map(|making| {
            let typed = again.as_ref().map(|again| &again.typed);
            making::asked(making, shown.price.currency, typed, locale)
        }),
        download: listing.digital.as_deref().map(|digital| {
            let told = downloads::told(&digital.files, locale);
            (told, downloads::terms(digital, locale))
        }),
        delivery: delivery(
            &seller,
            visit.ctx.now.date_naive(),
            listing.making.as_ref().and_then(|making| making.lead_time),
            locale,
        ),
        description: Markup::sanitised(&description),
        attributes: with_dimensions(attributes(listing, &schema, locale), shown, locale),
        also: also(&offers, listing.id, locale),
        returns: seller.return_policy.clone(),
        said,
        more_from_seller: others
            .iter()
            .flat_map(|found| &found.hits)
            .filter(|hit| hit.product != listing.id)
            .take(usize::from(MORE_CARDS) - 1)
            .map(|hit| cards::of_hit(hit, locale))
            .collect(),
        ask: messages::ask_href(listing.id),
        seller: SellerBox {
            products: others.as_ref().map_or(0, |found| found.total),
            ..seller_box(&seller, logo, locale)
        },
        variants,
        page,
    })
}

/// The id at the end of `blue-bowl-0192…`.
pub fn id_in(slug: &str) -> Option<ProductId> {
    const UUID_CHARS: usize = 36;
    let start = slug.len().checked_sub(UUID_CHARS)?;
    slug.get(start..)?.parse().ok()
}

fn variants(
    listing: &Listing,
    stock: &HashMap<SkuId, i64>,
    chosen: Option<SkuId>,
    now: DateTime,
    locale: Locale,
) -> Vec<Variant> {
    let state = |sku: &SkuId| cards::stock(stock.get(sku).copied().unwrap_or(0));
    let mut variants = listing.variants.iter();
    let first = match chosen {
        Some(sku) => variants.position(|v| v.sku == sku),
        None => variants.position(|v| !state(&v.sku).is_sold_out()),
    };
    let first = first.unwrap_or(0);
    let variant = |(index, v): (usize, &contracts::catalog::Variant)| Variant {
        id: v.sku.to_string(),
        label: cards::options(&v.options),
        price: Price::new(locale, v.price),
        beside: prices::beside(v, now, locale),
        stock: state(&v.sku),
        selected: index == first,
    };
    listing.variants.iter().enumerate().map(variant).collect()
}

fn variant_label(listing: &Listing, locale: Locale) -> String {
    if listing.variants.len() < 2 {
        return String::new();
    }
    let names = listing.variants.first().map(|v| {
        v.options
            .iter()
            .map(|o| facets::attribute_name(&o.name, locale))
            .collect::<Vec<_>>()
    });
    names.unwrap_or_default().join(" · ")
}

fn also(offers: &[ItemOffer], own: ProductId, locale: Locale) -> Vec<AlsoOffer> {
    let told = |offer: &ItemOffer| {
        let price = locale.money(offer.price);
        AlsoOffer {
            shop: offer.shop_name.clone(),
            href: cards::product_href(&offer.slug, offer.product),
            price: match offer.price_from {
                true => locale.t("price.from").arg("price", price).to_string(),
                false => price,
            },
            delivery: match offer.delivery_from {
                Some(cost) if cost.amount > 0 => locale
                    .t("delivery.from")
                    .arg("price", locale.money(cost))
                    .to_string(),
                Some(_) => locale.t("delivery.free_long").to_string(),
                None => String::new(),
            },
            in_stock: offer.in_stock,
            wins: offer.wins,
            sku: offer.sku.filter(|_| offer.in_stock).map(|sku| sku.to_string()),
        }
    };
    offers
        .iter()
        .filter(|offer| offer.product != own)
        .map(told)
        .collect()
}

/// The size of what is shown stands behind what is said of it.
fn with_dimensions(
    mut attributes: Vec<Attribute>,
    shown: &contracts::catalog::Variant,
    locale: Locale,
) -> Vec<Attribute> {
    attributes.extend(shown.dimensions.map(|dimensions| Attribute {
        name: locale.t("product.dimensions").to_string(),
        value: format!("{dimensions}\u{a0}mm"),
    }));
    attributes
}

pub fn attributes(listing: &Listing, schema: &[CategoryAttribute], locale: Locale) -> Vec<Attribute> {
    let said = |key: &str| locale.t(key).to_string();
    let repeated = |key: &str, value: &AttributeValue| {
        key == "materials"
            && matches!(value, AttributeValue::Many(many) if many.len() == 1)
            && listing.attributes.contains_key("material")
    };
    listing
        .attributes
        .iter()
        .filter(|(key, value)| !repeated(key, value))
        .map(|(key, value)| {
            let known = schema.iter().find(|one| one.key == *key);
            Attribute {
                name: known.map_or_else(
                    || facets::attribute_name(key, locale),
                    |one| facets::attribute_label(one, locale).to_owned(),
                ),
                value: match value {
                    AttributeValue::Bool(true) => said("word.yes"),
                    AttributeValue::Bool(false) => said("word.no"),
                    AttributeValue::Number(n) => match known.and_then(|one| one.unit.as_deref()) {
                        Some(unit) => format!("{}\u{a0}{unit}", facets::written(*n, locale)),
                        None => facets::written(*n, locale),
                    },
                    AttributeValue::Text(text) => called(known, text, locale),
                    AttributeValue::Many(many) => {
                        let called = |text: &String| called(known, text, locale);
                        many.iter().map(called).collect::<Vec<_>>().join(", ")
                    }
                },
            }
        })
        .collect()
}

/// A value as the operator called it, where it is one of a choice.
fn called(known: Option<&CategoryAttribute>, text: &str, locale: Locale) -> String {
    let choice = known.and_then(|one| one.values.iter().find(|choice| choice.value == text));
    choice
        .map_or(text, |choice| facets::choice_label(choice, locale))
        .to_owned()
}

/// The nearest parcel: the first rate of the shop's first option.
fn delivery(seller: &Seller, today: NaiveDate, lead: Option<LeadTime>, locale: Locale) -> Delivery {
    let rate = seller.delivery.first().and_then(|option| option.rates.first());
    let leaves = |of: fn(LeadTime) -> u16| lead.map_or(DISPATCH_DAYS, |lead| making::calendar_days(of(lead)));
    let (soonest, latest) = (leaves(|lead| lead.days_min), leaves(|lead| lead.days_max));
    let day = |from: u64, on_its_way: u16| {
        today
            .checked_add_days(Days::new(from + u64::from(on_its_way)))
            .unwrap_or(today)
    };
    Delivery {
        window: rate
            .map(|r: &DeliveryRate| locale.day_range(day(soonest, r.days_min), day(latest, r.days_max)))
            .unwrap_or_default(),
        cost_from: rate
            .filter(|r| r.price.amount > 0)
            .map(|r| Price::new(locale, r.price)),
        free_above: rate.and_then(|r| r.free_from).map(|m| Price::new(locale, m)),
    }
}

fn seller_box(seller: &Seller, logo: Option<Image>, locale: Locale) -> SellerBox {
    SellerBox {
        name: seller.name.clone(),
        href: format!("/shop/{}", seller.slug),
        craft: seller.story.split(". ").next().unwrap_or("").to_owned(),
        place: cards::place(&seller.location, locale),
        logo,
        accent: seller.accent.as_deref().map(Accent::nearest).unwrap_or_default(),
        dispatch_days: DISPATCH_DAYS,
        since: kernel::uuid_time(seller.id.0)
            .map(|t| t.format("%Y").to_string())
            .unwrap_or_default(),
        products: 0,
    }
}
