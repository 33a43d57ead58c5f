//! What facets and their values are called: as operators label the attributes of categories.

use crate::app::Searches;
use contracts::Language;
use contracts::catalog::{Catalog, CategoryAttribute, CategorySchema};
use contracts::search::Facet;
use kernel::{Ctx, SharedClock};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often labels are read anew.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Before the key of an attribute's facet.
const ATTRIBUTE: &str = "attr.";

/// The attributes of all categories.
#[derive(Debug, Default)]
pub struct Titles {
    /// By key, with the path of the category that they hold in; parents first.
    by_key: HashMap<String, Vec<(String, CategoryAttribute)>>,
}

impl Titles {
    #[must_use]
    pub fn new(schemas: Vec<CategorySchema>) -> Self {
        let mut by_key: HashMap<String, Vec<(String, CategoryAttribute)>> = HashMap::new();
        for schema in schemas {
            for attribute in schema.attributes {
                let known = by_key.entry(attribute.key.clone()).or_default();
                known.push((schema.path.clone(), attribute));
            }
        }
        Self { by_key }
    }

    /// The attribute as the category has it, or what lies below it; elsewhere as it is called nearest to the root.
    fn attribute(&self, key: &str, category: Option<&str>) -> Option<&CategoryAttribute> {
        let known = self.by_key.get(key)?;
        let within = |path: &str| {
            category.is_some_and(|category| {
                path.strip_prefix(category)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let own = known.iter().find(|(path, _)| within(path));
        own.or(known.first()).map(|(_, attribute)| attribute)
    }

    /// Names the facets of attributes, and the values of choices, for who reads `language`.
    pub fn tell(&self, facets: &mut [Facet], category: Option<&str>, language: Option<Language>) {
        let language = language.unwrap_or_default();
        for facet in facets {
            let key = facet.key.strip_prefix(ATTRIBUTE);
            let Some(attribute) = key.and_then(|key| self.attribute(key, category)) else {
                continue;
            };
            facet.label = Some(said(&attribute.label, &attribute.label_es, language).to_owned());
            facet.counted_in.clone_from(&attribute.unit);
            for value in &mut facet.values {
                let choice = attribute.values.iter().find(|choice| choice.value == value.value);
                let label = choice.map(|choice| said(&choice.label, &choice.label_es, language));
                if let Some(label) = label.filter(|label| !label.is_empty()) {
                    label.clone_into(&mut value.label);
                }
            }
        }
    }
}

/// In Spanish where it is known in Spanish.
fn said<'a>(en: &'a str, es: &'a str, language: Language) -> &'a str {
    match language.pick(en, es) {
        "" => en,
        label => label,
    }
}

/// Keeps the labels of attributes as operators have them, until `stop`.
pub async fn keep_titles(
    searches: Searches,
    catalog: Arc<dyn Catalog>,
    clock: SharedClock,
    stop: CancellationToken,
) {
    loop {
        match catalog.schemas(&Ctx::system("search", clock.now())).await {
            Ok(schemas) => searches.call(Titles::new(schemas)),
            Err(error) => {
                tracing::warn!(%error, "labels of attributes could not be read; the known ones hold");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::{AttributeChoice, AttributeKind};
    use contracts::search::FacetValue;

    fn attribute(label: &str, label_es: &str) -> CategoryAttribute {
        CategoryAttribute {
            key: "height_cm".to_owned(),
            label: label.to_owned(),
            label_es: label_es.to_owned(),
            kind: AttributeKind::Number,
            unit: Some("cm".to_owned()),
            required: false,
            facetable: true,
            values: vec![AttributeChoice {
                value: "12".to_owned(),
                label: "Twelve".to_owned(),
                label_es: String::new(),
            }],
            inherited_from: None,
        }
    }

    fn told(category: Option<&str>, language: Option<Language>) -> (String, String, String) {
        let schema = |path: &str, label: &str, es: &str| CategorySchema {
            path: path.to_owned(),
            attributes: vec![attribute(label, es)],
        };
        let titles = Titles::new(vec![
            schema("ceramics", "Height", "Alto"),
            schema("lamps/tall", "Size", ""),
        ]);
        let value = FacetValue {
            value: "12".to_owned(),
            label: "12".to_owned(),
            count: 1,
            selected: false,
        };
        let mut facet = Facet {
            values: vec![value],
            ..Facet::bare("attr.height_cm")
        };
        titles.tell(std::slice::from_mut(&mut facet), category, language);
        (
            facet.label.unwrap_or_default(),
            facet.counted_in.unwrap_or_default(),
            facet.values[0].label.clone(),
        )
    }

    #[test]
    fn an_attribute_is_called_as_its_category_calls_it() {
        let of = |label: &str| (label.to_owned(), "cm".to_owned(), "Twelve".to_owned());
        assert_eq!(told(None, None), of("Height"));
        assert_eq!(told(Some("ceramics"), Some(Language::Es)), of("Alto"));
        assert_eq!(told(Some("lamps"), Some(Language::Es)), of("Size"));
        assert_eq!(told(Some("lamp"), Some(Language::En)), of("Height"));
    }

    #[test]
    fn what_no_category_defines_keeps_its_name() {
        let mut facets = [Facet::bare("attr.glaze"), Facet::bare("seller")];
        Titles::default().tell(&mut facets, None, None);
        assert!(facets.iter().all(|facet| facet.label.is_none()));
    }
}
