//! A promotion as a form.

use super::bar;
use crate::views::common::{Choice, Field};
use crate::views::seller_promotions::SellerPromotionPage;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::numbers::share;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name};
use axum::response::Response;
use chrono::{Days, NaiveDate, NaiveTime};
use contracts::promotions::{NewOffer, Offer, code};
use contracts::tenants::Shop as Seller;
use kernel::{Currency, DateTime, Fault, Money};

const KINDS: [(&str, &str); 4] = [
    ("percent", "promotion.kind_percent"),
    ("fixed", "promotion.kind_fixed"),
    ("buy_get", "promotion.kind_buy_get"),
    ("free_delivery", "promotion.kind_delivery"),
];
/// All of it, in hundredths of a percent.
const WHOLE: u32 = 10_000;
/// What the promotions context takes.
const UNITS_MAX: u32 = 100;
const USES_MAX: i64 = 1_000_000_000;

/// As it is shown: empty, or as it came back.
#[derive(Default)]
pub struct Form {
    pub error: Option<String>,
    name: Field,
    code: Field,
    kind: Field,
    share: Field,
    amount: Field,
    buy: Field,
    get: Field,
    category: Field,
    least: Field,
    most: Field,
    starts: Field,
    ends: Field,
    budget: Field,
    uses: Field,
    uses_per_buyer: Field,
}

pub async fn show(shop: &Shop, visit: &Visit, seller: &Seller, form: Form) -> Result<Response, Failure> {
    let locale = visit.locale;
    let (page, tree) = futures::join!(
        super::page_of_features(shop, visit, seller.id, "promotion.new"),
        shop.catalog.categories(&visit.ctx),
    );
    let mut categories = vec![Choice::new("", locale.t("promotion.all_goods").to_string())];
    categories.extend(tree.unwrap_or_default().iter().map(|c| {
        let indent = "\u{2003}".repeat(c.path.matches('/').count());
        Choice::new(c.path.clone(), format!("{indent}{}", category_name(c, locale)))
    }));
    let kinds = KINDS.map(|(code, key)| Choice::new(code, locale.t(key).to_string()));
    let view = SellerPromotionPage {
        page,
        work: bar(visit, seller, "/seller/promotions"),
        error: form.error,
        currency: seller.currency.code().to_owned(),
        kinds: Choice::select(kinds.into(), &form.kind.value),
        categories: Choice::select(categories, &form.category.value),
        name: form.name,
        code: form.code,
        kind: form.kind,
        share: form.share,
        amount: form.amount,
        buy: form.buy,
        get: form.get,
        category: form.category,
        least: form.least,
        most: form.most,
        starts: form.starts,
        ends: form.ends,
        budget: form.budget,
        uses: form.uses,
        uses_per_buyer: form.uses_per_buyer,
    };
    Ok(visit.show(shop, &view))
}

/// Reads fields one by one, and marks those that cannot be read.
struct Reader<'a> {
    visit: &'a Visit,
    currency: Currency,
    is_good: bool,
}

impl Reader<'_> {
    fn wrong<T>(&mut self, field: &mut Field, key: &str) -> Option<T> {
        field.error = Some(self.visit.locale.t(key).to_string());
        self.is_good = false;
        None
    }

    /// Something that must be there.
    fn needed<T>(&mut self, field: &mut Field, read: Option<T>) -> Option<T> {
        match read {
            Some(read) => Some(read),
            None if field.error.is_some() => None,
            None => self.wrong(field, "form.required"),
        }
    }

    fn money(&mut self, field: &mut Field) -> Option<i64> {
        if field.value.is_empty() {
            return None;
        }
        match Money::parse(&field.value, self.currency) {
            Ok(money) if money.amount > 0 => Some(money.amount),
            _ => self.wrong(field, "refusal.price"),
        }
    }

    fn count<N>(&mut self, field: &mut Field, most: N) -> Option<N>
    where
        N: std::str::FromStr + From<u8> + PartialOrd + Copy,
    {
        if field.value.is_empty() {
            return None;
        }
        match field.value.parse() {
            Ok(number) if number >= N::from(1) && number <= most => Some(number),
            _ => self.wrong(field, "refusal.count"),
        }
    }

    fn share(&mut self, field: &mut Field) -> Option<u32> {
        if field.value.is_empty() {
            return None;
        }
        match share(&field.value, 2).filter(|share| *share > 0) {
            Some(share) => Some(share),
            None => self.wrong(field, "refusal.share"),
        }
    }

    /// The first moment of a day, or of the one behind it.
    fn day(&mut self, field: &mut Field, behind: u64) -> Option<DateTime> {
        if field.value.is_empty() {
            return None;
        }
        let day: Option<NaiveDate> = field.value.parse().ok();
        match day.and_then(|day| day.checked_add_days(Days::new(behind))) {
            Some(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
            None => self.wrong(field, "refusal.day"),
        }
    }

    fn offer(&mut self, form: &mut Form) -> Option<Offer> {
        match form.kind.value.as_str() {
            "percent" => {
                let basis_points = self.share(&mut form.share);
                let basis_points = self.needed(&mut form.share, basis_points)?;
                Some(Offer::Percent { basis_points })
            }
            "fixed" => {
                let amount = self.money(&mut form.amount);
                let amount = self.needed(&mut form.amount, amount)?;
                Some(Offer::Fixed { amount })
            }
            "buy_get" => {
                let buy = self.count(&mut form.buy, UNITS_MAX);
                let get = self.count(&mut form.get, UNITS_MAX);
                let buy = self.needed(&mut form.buy, buy);
                let get = self.needed(&mut form.get, get);
                let basis_points = self.share(&mut form.share).unwrap_or(WHOLE);
                Some(Offer::BuyGet {
                    buy: buy?,
                    get: get?,
                    basis_points,
                })
            }
            "free_delivery" => Some(Offer::FreeDelivery),
            _ => self.wrong(&mut form.kind, "form.required"),
        }
    }
}

/// The form as it was sent, and what it says if it can be read.
pub fn read(posted: &Posted, currency: Currency) -> (Form, Option<NewOffer>) {
    let field = |name: &str| Field::of(posted.get(name));
    let mut form = Form {
        error: None,
        name: field("name"),
        code: field("code"),
        kind: field("kind"),
        share: field("share"),
        amount: field("amount"),
        buy: field("buy"),
        get: field("get"),
        category: field("category"),
        least: field("least"),
        most: field("most"),
        starts: field("starts"),
        ends: field("ends"),
        budget: field("budget"),
        uses: field("uses"),
        uses_per_buyer: field("uses_per_buyer"),
    };
    let mut reader = Reader {
        visit: &posted.visit,
        currency,
        is_good: true,
    };
    if form.name.value.is_empty() {
        reader.wrong::<()>(&mut form.name, "form.required");
    }
    if !form.code.value.is_empty() && code(&form.code.value).is_none() {
        reader.wrong::<()>(&mut form.code, "refusal.code_invalid");
    }
    let offer = reader.offer(&mut form);
    let (least, most) = (reader.money(&mut form.least), reader.money(&mut form.most));
    let budget = reader.money(&mut form.budget);
    let uses_max = reader.count(&mut form.uses, USES_MAX);
    let uses_per_buyer = reader.count(&mut form.uses_per_buyer, USES_MAX);
    let starts_at = reader.day(&mut form.starts, 0);
    let ends_at = reader.day(&mut form.ends, 1);
    let first = starts_at.unwrap_or(posted.visit.ctx.now);
    if ends_at.is_some_and(|end| end <= first || end <= posted.visit.ctx.now) {
        reader.wrong::<()>(&mut form.ends, "refusal.ends_too_soon");
    }
    let some = |field: &Field| Some(field.value.clone()).filter(|text| !text.is_empty());
    let is_good = reader.is_good;
    let new = offer.filter(|_| is_good).map(|offer| {
        let amounts = [least, most, budget].iter().any(Option::is_some);
        NewOffer {
            name: form.name.value.clone(),
            code: some(&form.code),
            // One that names a currency holds for baskets in that one alone.
            currency: (amounts || matches!(offer, Offer::Fixed { .. })).then_some(currency),
            offer,
            category: some(&form.category),
            least,
            most,
            budget,
            uses_max,
            uses_per_buyer,
            starts_at,
            ends_at,
            note: String::new(),
        }
    });
    (form, new)
}

impl Form {
    /// Puts each refusal beside its field; what belongs to none stands over the form.
    pub fn place(&mut self, fault: &Fault, visit: &Visit) {
        for error in &fault.fields {
            let said = visit.tell_of(fault, error);
            let field = match error.pointer.as_str() {
                "/name" => &mut self.name,
                "/code" => &mut self.code,
                "/benefit/rate_basis_points" => &mut self.share,
                "/benefit/amount" => &mut self.amount,
                "/benefit/buy" => &mut self.buy,
                "/category" => &mut self.category,
                "/least" => &mut self.least,
                "/most" => &mut self.most,
                "/budget" => &mut self.budget,
                "/uses_max" => &mut self.uses,
                "/uses_per_buyer" => &mut self.uses_per_buyer,
                "/starts_at" => &mut self.starts,
                "/ends_at" => &mut self.ends,
                _ => {
                    self.error = Some(said);
                    continue;
                }
            };
            field.error = Some(said);
        }
        if self.error.is_none() {
            self.error = Some(match fault.fields.is_empty() {
                true => visit.tell(fault),
                false => visit.locale.t("form.check").to_string(),
            });
        }
    }
}
