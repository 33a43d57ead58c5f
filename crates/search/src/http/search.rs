use super::likes::Likes;
use crate::Searches;
use axum::extract::{RawQuery, State};
use contracts::Language;
use contracts::search::{SearchPage, SearchQuery, Sort};
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use kernel::limits::PAGE_SIZE_MAX;
use kernel::{Currency, Cursor, Fault};
use std::collections::HashSet;

/// Bytes of a query string beyond which nobody reads it.
const QUERY_STRING_BYTES_MAX: usize = 32 * 1024;
const ATTRIBUTE: &str = "attr.";
const ATTRIBUTE_MIN: &str = "attr_min.";
const ATTRIBUTE_MAX: &str = "attr_max.";
const ATTRIBUTE_UNIT: &str = "attr_unit.";
const LIKES: &str = "likes.";
const STARS_MAX: f64 = 5.0;
/// Whose postcodes are those that come without a country.
const HOME: &str = "ES";
/// Half way around the Earth.
const KM_MAX: u32 = 20_100;
pub(super) const PARAMETERS: &str = "q, category, seller, region, price_min, price_max, currency, rating_min, in_stock, near, near_km, language, attr.<key>, attr_min.<key>, attr_max.<key>, attr_unit.<key>, likes.category, likes.seller, likes.price_min, likes.price_max, sort, after, limit, facets, promoted";

/// What the description of the API says; the query string is read by hand, since its keys repeat and are free.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
pub(super) struct Parameters {
    /// Words to find, at most 256 characters. The last one may be the beginning of a word. Without words all products
    /// are listed, the newest first.
    #[param(example = "blue bowl", max_length = 256)]
    q: Option<String>,
    /// Path of a category; what lies below it counts as well.
    #[param(example = "ceramics/bowls")]
    category: Option<String>,
    /// Slugs of shops; repeat for several.
    seller: Option<Vec<String>>,
    /// ISO 3166-2 codes of provinces, or ISO 3166-1 codes of countries; repeat for several.
    #[param(example = json!(["ES-M"]))]
    region: Option<Vec<String>>,
    /// Minor units of `currency`, inclusive. What is priced in another currency does not pass.
    #[param(minimum = 0)]
    price_min: Option<i64>,
    /// Minor units of `currency`, inclusive.
    #[param(minimum = 0)]
    price_max: Option<i64>,
    /// ISO 4217 code of the currency in which prices are filtered, ranged and sorted; EUR if absent. What is priced in
    /// another one comes last when sorted by price.
    #[param(example = "EUR", min_length = 3, max_length = 3)]
    currency: Option<String>,
    /// Stars that buyers gave, at least: 0 to 5.
    #[param(minimum = 0, maximum = 5, example = 4)]
    rating_min: Option<f64>,
    /// Only what can be bought now.
    in_stock: Option<bool>,
    /// Where the buyer is: a postcode with its country before it (`ES-28013`, `FR-75001`; one without is taken for a Spanish
    /// one), the ISO 3166-2 code of a region, or the ISO 3166-1 code of a country. Needed for `near_km` and for sorting by
    /// `distance`; distances are between the middles of regions.
    #[param(example = "ES-28013", max_length = 24)]
    near: Option<String>,
    /// Only what is sent from no further away, in kilometres.
    #[param(minimum = 0, maximum = 20_100)]
    near_km: Option<u32>,
    /// Language of the words: of synonyms and rules those of the other one are left out. Those of both hold if absent.
    #[param(inline)]
    language: Option<Language>,
    /// Path of a category of which whoever asks lately looked at something, kept or bought it; repeat it for each thing. Of about
    /// equally good answers what is like that comes first. At most 50 of these parameters together.
    #[param(rename = "likes.category", example = json!(["ceramics/bowls"]))]
    likes_category: Option<Vec<String>>,
    /// Slug of a shop of which they did; repeat it for each thing.
    #[param(rename = "likes.seller")]
    likes_seller: Option<Vec<String>>,
    /// Minor units of `currency`: about what such things cost, given with `likes.price_max`.
    #[param(rename = "likes.price_min", minimum = 0)]
    likes_price_min: Option<i64>,
    #[param(rename = "likes.price_max", minimum = 0)]
    likes_price_max: Option<i64>,
    #[param(inline)]
    sort: Option<Sort>,
    /// Where to read on: `next` of the page before, with all other parameters as they were.
    #[param(min_length = 1)]
    after: Option<String>,
    /// Products on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Whether facets are counted; true if absent.
    facets: Option<bool>,
    /// Whether up to two listings that shops pay for may be put forward on the first page, where they answer what is asked; they
    /// are marked `promoted`, and change no count. True if absent.
    promoted: Option<bool>,
}

/// Finds products. Filters are OR within a facet and AND across; counts are exact and each facet's counts ignore that
/// facet's own filter. Attributes are filtered by `attr.<key>=<value>`, repeated for several values; keys and values
/// are those that the facets show. Attributes that are numbers are also filtered by `attr_min.<key>` and `attr_max.<key>`, both
/// inclusive, in the unit that the facet names, which is then given as `attr_unit.<key>`. A range is one more accepted value.
#[utoipa::path(
    get, path = "/v1/search", tag = "search", operation_id = "search", params(Parameters), security((), ("bearer" = [])),
    responses(
        (status = 200, body = SearchPage),
        (status = 400, body = ProblemDocument, description = "`parameter_unknown`, `parameter_invalid`, `parameter_repeated`, `text_too_long`, `text_control`, `too_many_filters`, `price_range`, `attribute_range`, `unit_unknown`, `near_missing`, `place_unknown`, `too_many_likes`, `limit_out_of_range`, `cursor_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable` while the index is built, `search_busy`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(searches): State<Searches>,
    caller: Anyone,
    RawQuery(query): RawQuery,
) -> Result<Json<SearchPage>, Problem> {
    let query = read(query.as_deref().unwrap_or(""))?;
    Ok(Json(searches.find_for(&caller.ctx, query).await?))
}

/// The query string as a query.
pub(super) fn read(text: &str) -> Result<SearchQuery, Fault> {
    let mut query = SearchQuery {
        facets: true,
        promoted: true,
        currency: Some(Currency::EUR),
        ..SearchQuery::default()
    };
    let mut seen = HashSet::new();
    let mut likes = Likes::default();
    for (name, value) in pairs(text)? {
        let repeats = matches!(
            name.as_str(),
            "seller" | "region" | "likes.category" | "likes.seller"
        ) || name.starts_with(ATTRIBUTE);
        if !repeats && !seen.insert(name.clone()) {
            let detail = format!("`{name}` may be given once.");
            return Err(Fault::field("parameter_repeated", name, detail));
        }
        match name.as_str() {
            "q" => query.q = value,
            "category" => query.category = Some(value.trim_matches('/').to_owned()).filter(|v| !v.is_empty()),
            "seller" => query.sellers.push(value),
            "region" => query.regions.push(value),
            "price_min" => query.price_min = Some(price(&name, &value)?),
            "price_max" => query.price_max = Some(price(&name, &value)?),
            "currency" => query.currency = Some(currency(&name, &value)?),
            "in_stock" => query.in_stock = boolean(&name, &value)?,
            "promoted" => query.promoted = boolean(&name, &value)?,
            "facets" => query.facets = boolean(&name, &value)?,
            "sort" => query.sort = sort(&value)?,
            "after" => query.after = Some(Cursor(value)),
            "limit" => query.limit = limit(&value)?,
            "near" => query.near = Some(place(&value)?),
            "near_km" => query.near_km = Some(kilometres(&name, &value)?),
            "language" => query.language = Some(language(&value)?),
            "rating_min" => query.rating_min = Some(stars(&name, &value)?),
            likes_of if likes_of.starts_with(LIKES) => likes.take(likes_of, value)?,
            _ => attribute(&mut query, &name, value)?,
        }
    }
    query.taste = likes.into_taste(query.currency)?;
    Ok(query)
}

/// Takes a filter by an attribute, whose key is part of the parameter's name.
fn attribute(query: &mut SearchQuery, name: &str, value: String) -> Result<(), Fault> {
    let key = |start: &str| name.strip_prefix(start).filter(|key| !key.is_empty());
    if let Some(key) = key(ATTRIBUTE) {
        let values = query.attributes.entry(key.to_owned()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    } else if let Some(key) = key(ATTRIBUTE_MIN) {
        query.ranges.entry(key.to_owned()).or_default().min = Some(number(name, &value)?);
    } else if let Some(key) = key(ATTRIBUTE_MAX) {
        query.ranges.entry(key.to_owned()).or_default().max = Some(number(name, &value)?);
    } else if let Some(key) = key(ATTRIBUTE_UNIT) {
        query.ranges.entry(key.to_owned()).or_default().unit = value;
    } else {
        return Err(unknown(name, PARAMETERS));
    }
    Ok(())
}

/// Names and values, decoded.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, Fault> {
    if text.len() > QUERY_STRING_BYTES_MAX {
        let detail = format!("The query string may have at most {QUERY_STRING_BYTES_MAX} bytes.");
        return Err(Fault::field("query_too_long", "query", detail));
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    for (name, value) in &pairs {
        // Broken sequences are decoded to this character, which nobody types.
        if name.contains(char::REPLACEMENT_CHARACTER) || value.contains(char::REPLACEMENT_CHARACTER) {
            let detail = "This is not UTF-8; percent-encode the UTF-8 bytes of the text.";
            return Err(Fault::field("parameter_invalid", name.clone(), detail));
        }
    }
    Ok(pairs)
}

pub(super) fn unknown(name: &str, known: &str) -> Fault {
    let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    let detail = format!("There is no parameter `{name}`; there are {known}.");
    Fault::field("parameter_unknown", name, detail)
}

fn invalid(name: &str, detail: &str) -> Fault {
    Fault::field("parameter_invalid", name, format!("`{name}` must be {detail}."))
}

fn currency(name: &str, value: &str) -> Result<Currency, Fault> {
    let code = value.to_ascii_uppercase().parse();
    code.map_err(|_| invalid(name, "the ISO 4217 code of a currency, such as EUR"))
}

pub(super) fn price(name: &str, value: &str) -> Result<i64, Fault> {
    let price = value.parse().ok().filter(|price| *price >= 0);
    price.ok_or_else(|| invalid(name, "a whole number of minor units such as cents, 0 or more"))
}

fn number(name: &str, value: &str) -> Result<f64, Fault> {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| invalid(name, "a number such as 2.5"))
}

fn stars(name: &str, value: &str) -> Result<f64, Fault> {
    let stars = value
        .parse()
        .ok()
        .filter(|stars| (0.0..=STARS_MAX).contains(stars));
    stars.ok_or_else(|| invalid(name, "a number of stars from 0 to 5"))
}

/// Where the buyer is, as far as what they say tells: a region, or else a country.
fn place(value: &str) -> Result<String, Fault> {
    let found = kernel::geo::whereabouts(value, HOME);
    found
        .map(str::to_owned)
        .map_err(|astray| Fault::field("place_unknown", "near", astray.detail(value)))
}

fn kilometres(name: &str, value: &str) -> Result<u32, Fault> {
    let km = value.parse().ok().filter(|km| *km <= KM_MAX);
    km.ok_or_else(|| invalid(name, "a whole number of kilometres from 0 to 20100"))
}

pub(super) fn language(value: &str) -> Result<Language, Fault> {
    match value {
        "en" => Ok(Language::En),
        "es" => Ok(Language::Es),
        _ => Err(invalid("language", "`en` or `es`")),
    }
}

fn boolean(name: &str, value: &str) -> Result<bool, Fault> {
    value.parse().map_err(|_| invalid(name, "`true` or `false`"))
}

fn limit(value: &str) -> Result<u16, Fault> {
    let limit = value
        .parse()
        .ok()
        .filter(|limit| (1..=PAGE_SIZE_MAX).contains(limit));
    limit.ok_or_else(|| {
        Fault::field(
            "limit_out_of_range",
            "limit",
            format!("`limit` must be 1 to {PAGE_SIZE_MAX}."),
        )
    })
}

fn sort(value: &str) -> Result<Sort, Fault> {
    match value {
        "relevance" => Ok(Sort::Relevance),
        "price_asc" => Ok(Sort::PriceAsc),
        "price_desc" => Ok(Sort::PriceDesc),
        "newest" => Ok(Sort::Newest),
        "distance" => Ok(Sort::Distance),
        _ => Err(invalid(
            "sort",
            "`relevance`, `price_asc`, `price_desc`, `newest` or `distance`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (String, String) {
        let fault = read(text).expect_err("refused");
        (fault.code, fault.fields[0].pointer.clone())
    }

    #[test]
    fn repeated_and_free_keys_are_read() {
        let query = read("q=blue+bowl&seller=a&seller=b&attr.Material=Clay&attr.Material=Glass&attr.a%3Db=1&in_stock=true&facets=false&limit=5&sort=price_asc")
            .expect("a query");
        assert_eq!(query.q, "blue bowl");
        assert_eq!(query.sellers, ["a", "b"]);
        assert_eq!(query.attributes["Material"], ["Clay", "Glass"]);
        assert_eq!(query.attributes["a=b"], ["1"]);
        let ranged =
            read("attr_min.Width=2.5&attr_max.Width=10&attr_unit.Width=cm&attr_min.Load=-1&rating_min=4")
                .expect("a query");
        let width = &ranged.ranges["Width"];
        assert_eq!(
            (width.min, width.max, width.unit.as_str()),
            (Some(2.5), Some(10.0), "cm")
        );
        let load = &ranged.ranges["Load"];
        assert_eq!((load.min, load.max, load.unit.as_str()), (Some(-1.0), None, ""));
        assert_eq!(ranged.rating_min, Some(4.0));
        let place = |text: &str| read(text).expect("a query").near;
        assert_eq!(place("near=41010").as_deref(), Some("ES-SE"));
        assert_eq!(place("near=es-m").as_deref(), Some("ES-M"));
        assert_eq!(place("near=ES-28013").as_deref(), Some("ES-M"));
        assert_eq!(place("near=FR-75001").as_deref(), Some("FR-75C"));
        assert_eq!(place("near=GB").as_deref(), Some("GB"));
        assert!(query.in_stock && !query.facets);
        assert_eq!((query.limit, query.sort), (5, Sort::PriceAsc));
        let all = read("").expect("all products");
        assert!(all.facets);
        // Prices are never compared over currencies, whoever forgets to name one.
        assert_eq!(all.currency, Some(Currency::EUR));
        assert_eq!(
            read("currency=jpy").expect("a query").currency,
            Some(Currency::JPY)
        );
    }

    #[test]
    fn the_parameter_at_fault_is_named() {
        for (text, code, pointer) in [
            ("colour=red", "parameter_unknown", "colour"),
            ("attr.=red", "parameter_unknown", "attr."),
            ("q=a&q=b", "parameter_repeated", "q"),
            ("price_min=1.5", "parameter_invalid", "price_min"),
            ("price_max=-1", "parameter_invalid", "price_max"),
            ("attr_min.Width=wide", "parameter_invalid", "attr_min.Width"),
            ("attr_max.Width=NaN", "parameter_invalid", "attr_max.Width"),
            ("attr_max.=1", "parameter_unknown", "attr_max."),
            ("attr_min.a=1&attr_min.a=2", "parameter_repeated", "attr_min.a"),
            ("near=2801", "place_unknown", "near"),
            ("near_km=-1", "parameter_invalid", "near_km"),
            ("language=fr", "parameter_invalid", "language"),
            ("rating_min=6", "parameter_invalid", "rating_min"),
            ("in_stock=1", "parameter_invalid", "in_stock"),
            ("currency=euro", "parameter_invalid", "currency"),
            ("currency=XYZ", "parameter_invalid", "currency"),
            ("sort=cheap", "parameter_invalid", "sort"),
            ("limit=0", "limit_out_of_range", "limit"),
            ("limit=101", "limit_out_of_range", "limit"),
            ("q=%ff%fe", "parameter_invalid", "q"),
        ] {
            assert_eq!(refusal(text), (code.to_owned(), pointer.to_owned()), "{text}");
        }
        assert_eq!(
            refusal(&"x".repeat(QUERY_STRING_BYTES_MAX + 1)).0,
            "query_too_long"
        );
    }
}
