//! The documents that an order leaves behind. The baseline writes those that the program itself wrote in its
//! warm-up, so that both sides write the same bytes.

use crate::database::Session;
use anyhow::{Context, Result};

/// JSON texts, one of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// Payload of the event that begins an order's stream.
    pub event: String,
    /// Payload of the public event in the log.
    pub log: String,
    /// Who did it.
    pub actor: String,
    /// The answer kept under the idempotency key, where one is.
    pub response: String,
}

impl Documents {
    /// Those of any one order of the program, with the blanks that jsonb puts between members.
    pub async fn of_an_order(session: &Session) -> Result<Self> {
        let row = session
            .query_one(
                "select e.payload::jsonb::text, l.payload::jsonb::text, e.actor::jsonb::text, coalesce(k.response::jsonb::text, '{}')
                   from (select stream_id, payload, actor from orders.event where name = 'placed' limit 1) e
                   join log.event l on l.key = e.stream_id and l.topic = 'orders.order_placed'
                   left join lateral (select response from store.idempotency_key where response is not null limit 1) k
                     on true",
                &[],
            )
            .await
            .context("looking at an order of the warm-up")?;
        Ok(Self {
            event: row.try_get(0)?,
            log: row.try_get(1)?,
            actor: row.try_get(2)?,
            response: row.try_get(3)?,
        })
    }

    /// What is used while there is no program to look at.
    #[cfg(test)]
    pub fn sample() -> Self {
        let part = r#"{"id": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa0", "lines": [{"id": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa1", "sku": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa2", "code": "BOWL-00001-L", "title": "Stoneware bowl with a blue rim, large", "product": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa3", "quantity": 1, "unit_price": 1990}], "tenant": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa4", "delivery": {"code": "standard", "name": "Standard delivery", "price": 490}, "commission": 199}"#;
        let event = format!(
            r#"{{"placed": {{"cart": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa5", "email": "l'acheteur@example.org", "guest": "{}", "parts": [{part}, {part}], "address": {{"city": "Sevilla", "name": "Lucía Romero", "line1": "Calle Betis 12", "region": "ES-SE", "country": "ES", "postcode": "41010"}}, "payment": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa6", "currency": "EUR", "reserved_until": "2026-01-01T10:52:07.123456Z"}}}}"#,
            "ab".repeat(32)
        );
        Self {
            log: r#"{"buyer": null, "order": "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa6", "total": {"amount": 4960, "currency": "EUR"}, "tenants": ["0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa4", "0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa5"], "reserved_until": "2026-01-01T10:52:07.123456Z"}"#.to_owned(),
            actor: r#""guest""#.to_owned(),
            response: event.clone(),
            event,
        }
    }
}

/// JSON within a string of SQL within a script of pgbench, where a colon before a letter or a digit names a variable.
/// Between members jsonb's text has a blank after it; within strings it can be written as an escape.
pub fn quote(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 16);
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => text.push_str("''"),
            ':' if rest.peek().is_some_and(|next| *next != ' ') => text.push_str("\\u003a"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_reads_the_same_and_names_no_variable() {
        let json = r#"{"at": "10:52:07", "who": "d'Or"}"#;
        let quoted = quote(json);
        assert_eq!(quoted, r#"{"at": "10\u003a52\u003a07", "who": "d''Or"}"#);
        let before: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let after: serde_json::Value = serde_json::from_str(&quoted.replace("''", "'")).expect("JSON");
        assert_eq!(before, after);
    }
}
