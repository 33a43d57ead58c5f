//! What the audit trail says, in words of the reader: kinds, things, and what was before and after.

use crate::i18n::Locale;
use crate::views::changes::ChangeLine;
use crate::web::differences::clipped;
use chrono::NaiveDate;
use contracts::audit::KINDS;
use kernel::{DateTime, Money, Role};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What people do not look at: by what a thing is known to programs, and what counts its changes.
const HIDDEN: [&str; 5] = ["id", "version", "etag", "position", "schema"];
/// Fields whose values are words of the program's own.
const CODED: [&str; 15] = [
    "account", "answer", "capture", "change", "funder", "item", "kind", "owner", "reason", "rhythm",
    "schedule", "status", "step", "to", "verdict",
];

/// What was done.
pub fn kind(kind: &str, locale: Locale) -> String {
    let key = match KINDS.contains(&kind) {
        true => format!("audit.kind.{kind}"),
        false => "audit.kind_unknown".to_owned(),
    };
    locale.t(&key).to_string()
}

/// What something is, where nobody knows what it is called.
pub fn thing(kind: &str, locale: Locale) -> String {
    known(&format!("audit.thing.{kind}"), locale)
        .unwrap_or_else(|| locale.t("audit.thing_unknown").to_string())
}

pub fn role(role: Role, locale: Locale) -> String {
    let key = match role {
        Role::Owner => "role.owner",
        Role::Manager => "role.manager",
        Role::Clerk => "role.clerk",
        Role::Analyst => "role.analyst",
        Role::Support => "role.support",
        Role::Moderator => "role.moderator",
        Role::Finance => "role.finance",
        Role::Admin => "role.admin",
        Role::Buyer | Role::Carrier => "role.none",
    };
    locale.t(key).to_string()
}

fn known(key: &str, locale: Locale) -> Option<String> {
    let known = locale.messages().get(key);
    known.map(str::to_owned)
}

/// What differs, one line for each field; all of it where there is one side alone.
pub fn changes(before: Option<&Value>, after: Option<&Value>, locale: Locale) -> Vec<ChangeLine> {
    let (from, to) = (said(before, locale), said(after, locale));
    let find = |lines: &[(String, String)], label: &str| {
        let line = lines.iter().find(|(known, _)| known == label);
        line.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let gone = from
        .iter()
        .filter(|(label, _)| to.iter().all(|(known, _)| known != label));
    to.iter()
        .chain(gone)
        .map(|(label, _)| ChangeLine {
            label: label.clone(),
            from: find(&from, label),
            to: find(&to, label),
        })
        .filter(|line| line.from != line.to)
        .collect()
}

/// A label and a text for each value in it.
fn said(value: Option<&Value>, locale: Locale) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    if let Some(value) = value {
        walk("", "", value, locale, &mut lines);
    }
    lines
}

fn walk(path: &str, name: &str, value: &Value, locale: Locale, lines: &mut Vec<(String, String)>) {
    let mut say = |text: String| {
        let label = match path {
            "" => locale.t("audit.value_alone").to_string(),
            path => path.to_owned(),
        };
        lines.push((label, clipped(&text)));
    };
    match value {
        Value::Object(fields) => match money(fields) {
            Some(money) => say(locale.money(money)),
            None => {
                for (name, value) in fields.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str())) {
                    walk(&below(path, &label(name, locale)), name, value, locale, lines);
                }
            }
        },
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.iter().enumerate() {
                let path = format!("{path} {}", place + 1);
                walk(&path, name, item, locale, lines);
            }
        }
        Value::Array(items) => {
            let texts = items.iter().map(|item| text(name, item, locale));
            // Ids have none.
            let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
            say(texts.join(", "));
        }
        other => say(text(name, other, locale)),
    }
}

fn below(path: &str, label: &str) -> String {
    match path {
        "" => label.to_owned(),
        path => format!("{path} · {label}"),
    }
}

fn money(fields: &Map<String, Value>) -> Option<Money> {
    let is_money = fields.len() == 2 && fields.contains_key("amount") && fields.contains_key("currency");
    is_money
        .then(|| Money::deserialize(&Value::Object(fields.clone())).ok())
        .flatten()
}

/// What a field is called; one that has no words of its own by its name.
fn label(name: &str, locale: Locale) -> String {
    known(&format!("audit.field.{name}"), locale).unwrap_or_else(|| plain(name))
}

/// A name of the program's as people would write it: `return_days` is `Return days`.
fn plain(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

fn text(name: &str, value: &Value, locale: Locale) -> String {
    match value {
        Value::Null | Value::Object(_) | Value::Array(_) => String::new(),
        Value::Bool(yes) => {
            let key = if *yes { "word.yes" } else { "word.no" };
            locale.t(key).to_string()
        }
        Value::Number(number) => match number.as_u64() {
            Some(part) if name.ends_with("_bp") || name == "basis_points" => {
                locale.percent_of(u32::try_from(part).unwrap_or(u32::MAX))
            }
            Some(part) if name.ends_with("_millionths") => {
                locale.percent_of_millionths(u32::try_from(part).unwrap_or(u32::MAX))
            }
            Some(number) => locale.number(number),
            None => number.to_string(),
        },
        Value::String(words) => written(name, words, locale),
    }
}

fn written(name: &str, words: &str, locale: Locale) -> String {
    if name == "role" {
        let known = Role::deserialize(&Value::String(words.to_owned()));
        return known.map(|known| role(known, locale)).unwrap_or_default();
    }
    let is_code = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    if CODED.contains(&name) && words.chars().all(is_code) {
        return coded(name, words, locale);
    }
    // Nobody reads ids.
    if words.parse::<Uuid>().is_ok() {
        return String::new();
    }
    if let Ok(at) = words.parse::<DateTime>() {
        return locale.date_time(at.naive_utc());
    }
    match words.parse::<NaiveDate>() {
        Ok(day) => locale.date(day),
        Err(_) => words.to_owned(),
    }
}

/// A word of the program's own. What other pages have words for is called here as it is there: one word of the program's may
/// be a step of a payment and something else of another thing.
fn coded(name: &str, words: &str, locale: Locale) -> String {
    let elsewhere = match name {
        "account" => known(&format!("ledger.account.{words}"), locale),
        "answer" => known(&format!("payments.answer.{words}"), locale),
        "capture" => known(&format!("payments.capture.{words}"), locale),
        "step" => known(&format!("payments.step.{words}"), locale),
        _ => None,
    };
    elsewhere
        .or_else(|| known(&format!("audit.value.{words}"), locale))
        .unwrap_or_else(|| plain(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(label: &str, from: &str, to: &str) -> ChangeLine {
        ChangeLine {
            label: label.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    #[test]
    fn only_what_differs_is_shown_in_words() {
        let before = json!({"name": "Romero", "return_days": 14, "version": 3, "status": "active"});
        let after = json!({"name": "Romero e hijas", "return_days": 14, "version": 4, "status": "suspended"});
        let lines = changes(Some(&before), Some(&after), Locale::En);
        assert_eq!(
            lines,
            [
                line("Name", "Romero", "Romero e hijas"),
                line("State", "Active", "Suspended"),
            ]
        );
    }

    #[test]
    fn money_days_and_roles_are_read_and_ids_are_not() {
        let after = json!({
            "amount": {"amount": 1250, "currency": "EUR"},
            "owner": "0193b5a0-0000-7000-8000-000000000001",
            "role": "support",
        });
        let lines = changes(None, Some(&after), Locale::En);
        assert_eq!(
            lines,
            [line("Amount", "", "€12.50"), line("Role", "", "customer support")]
        );
    }

    #[test]
    fn what_stands_in_a_list_has_its_place() {
        let before = json!({"delivery": [{"name": "Standard"}], "tags": ["a"]});
        let after = json!({"delivery": [{"name": "Standard"}, {"name": "Express"}], "tags": ["a", "b"]});
        let lines = changes(Some(&before), Some(&after), Locale::En);
        assert_eq!(
            lines,
            [
                line("Delivery 2 · Name", "", "Express"),
                line("Tags", "a", "a, b")
            ]
        );
    }

    #[test]
    fn steps_accounts_and_answers_are_called_as_on_their_own_pages() {
        let after = json!({"step": "close", "answer": "came_back", "account": "seller_payable"});
        let lines = changes(None, Some(&after), Locale::En);
        let texts: Vec<&str> = lines.iter().map(|line| line.to.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Owed to sellers",
                "The buyer's bank sent it back",
                "Write down how it ended"
            ]
        );
    }

    #[test]
    fn every_kind_has_words_in_every_language() {
        for locale in Locale::ALL {
            for known in KINDS {
                let said = kind(known, locale);
                assert!(!said.starts_with("audit."), "{known} in {}", locale.code());
            }
        }
    }
}
