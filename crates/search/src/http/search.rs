use crate::Searches;
use axum::extract::{RawQuery, State};
use contracts::search::{SearchPage, SearchQuery, Sort};
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use kernel::limits::PAGE_SIZE_MAX;
use kernel::{Currency, Cursor, Fault};
use std::collections::HashSet;

/// Bytes of a query string beyond which nobody reads it.
const QUERY_STRING_BYTES_MAX: usize = 32 * 1024;
const ATTRIBUTE: &str = "attr.";
const PARAMETERS: &str = "q, category, seller, region, price_min, price_max, currency, in_stock, attr.<key>, sort, after, limit, facets";

/// What the description of the API says; the query string is read by hand, since its keys repeat and are free.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
struct Parameters {
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
    /// Only what can be bought now.
    in_stock: Option<bool>,
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
}

/// Finds products. Filters are OR within a facet and AND across; counts are exact and each facet's counts ignore that
/// facet's own filter. Attributes are filtered by `attr.<key>=<value>`, repeated for several values; keys and values
/// are those that the facets show.
#[utoipa::path(
    get, path = "/v1/search", tag = "search", operation_id = "search", params(Parameters), security((), ("bearer" = [])),
    responses(
        (status = 200, body = SearchPage),
        (status = 400, body = ProblemDocument, description = "`parameter_unknown`, `parameter_invalid`, `parameter_repeated`, `text_too_long`, `text_control`, `too_many_filters`, `price_range`, `limit_out_of_range`, `cursor_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable` while the index is built, `search_busy`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(searches): State<Searches>,
    _caller: Anyone,
    RawQuery(query): RawQuery,
) -> Result<Json<SearchPage>, Problem> {
    let query = read(query.as_deref().unwrap_or(""))?;
    Ok(Json(searches.find(query).await?))
}

/// The query string as a query.
pub(super) fn read(text: &str) -> Result<SearchQuery, Fault> {
    let mut query = SearchQuery {
        facets: true,
        currency: Some(Currency::EUR),
        ..SearchQuery::default()
    };
    let mut seen = HashSet::new();
    for (name, value) in pairs(text)? {
        let repeats = matches!(name.as_str(), "seller" | "region") || name.starts_with(ATTRIBUTE);
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
            "facets" => query.facets = boolean(&name, &value)?,
            "sort" => query.sort = sort(&value)?,
            "after" => query.after = Some(Cursor(value)),
            "limit" => query.limit = limit(&value)?,
            _ => match name.strip_prefix(ATTRIBUTE) {
                Some(key) if !key.is_empty() => {
                    let values = query.attributes.entry(key.to_owned()).or_default();
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                _ => return Err(unknown(&name, PARAMETERS)),
            },
        }
    }
    Ok(query)
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

fn price(name: &str, value: &str) -> Result<i64, Fault> {
    let price = value.parse().ok().filter(|price| *price >= 0);
    price.ok_or_else(|| invalid(name, "a whole number of minor units such as cents, 0 or more"))
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
        _ => Err(invalid(
            "sort",
            "`relevance`, `price_asc`, `price_desc` or `newest`",
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
