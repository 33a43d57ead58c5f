//! Actions and targets as they are written: all members of all kinds, so that what is wrong in one is told where it stands.
//! Readers that go by a tag look at the rest only afterwards, and do not know any more where it stood.

use super::{RuleAction, RuleTarget};
use kernel::ProductId;
use serde::Deserialize;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionKind {
    Pin,
    Weigh,
    Hide,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    kind: ActionKind,
    product: Option<ProductId>,
    position: Option<u16>,
    target: Option<RuleTarget>,
    percent: Option<u16>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TargetKind {
    Product,
    Seller,
    Category,
    Attribute,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    kind: TargetKind,
    product: Option<ProductId>,
    slug: Option<String>,
    path: Option<String>,
    key: Option<String>,
    value: Option<String>,
}

/// A member that this kind has.
fn due<T>(member: Option<T>, name: &str) -> Result<T, String> {
    member.ok_or_else(|| format!("missing field `{name}`"))
}

/// Members that this kind has not.
fn none(members: &[(&str, bool)]) -> Result<(), String> {
    match members.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(format!("unknown field `{name}`")),
        None => Ok(()),
    }
}

impl TryFrom<Action> for RuleAction {
    type Error = String;

    fn try_from(written: Action) -> Result<Self, String> {
        let pins = [
            ("product", written.product.is_some()),
            ("position", written.position.is_some()),
        ];
        let percent = ("percent", written.percent.is_some());
        match written.kind {
            ActionKind::Pin => {
                none(&[("target", written.target.is_some()), percent])?;
                Ok(Self::Pin {
                    product: due(written.product, "product")?,
                    position: due(written.position, "position")?,
                })
            }
            ActionKind::Weigh => {
                none(&pins)?;
                Ok(Self::Weigh {
                    target: due(written.target, "target")?,
                    percent: due(written.percent, "percent")?,
                })
            }
            ActionKind::Hide => {
                none(&pins)?;
                none(&[percent])?;
                Ok(Self::Hide {
                    target: due(written.target, "target")?,
                })
            }
        }
    }
}

impl TryFrom<Target> for RuleTarget {
    type Error = String;

    fn try_from(written: Target) -> Result<Self, String> {
        let product = ("product", written.product.is_some());
        let slug = ("slug", written.slug.is_some());
        let path = ("path", written.path.is_some());
        let attribute = [("key", written.key.is_some()), ("value", written.value.is_some())];
        if !matches!(written.kind, TargetKind::Attribute) {
            none(&attribute)?;
        }
        Ok(match written.kind {
            TargetKind::Product => {
                none(&[slug, path])?;
                Self::Product {
                    product: due(written.product, "product")?,
                }
            }
            TargetKind::Seller => {
                none(&[product, path])?;
                Self::Seller {
                    slug: due(written.slug, "slug")?,
                }
            }
            TargetKind::Category => {
                none(&[product, slug])?;
                Self::Category {
                    path: due(written.path, "path")?,
                }
            }
            TargetKind::Attribute => {
                none(&[product, slug, path])?;
                Self::Attribute {
                    key: due(written.key, "key")?,
                    value: due(written.value, "value")?,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RuleAction, RuleTarget};
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let hide = RuleAction::Hide {
            target: RuleTarget::Attribute {
                key: "glaze".to_owned(),
                value: "blue".to_owned(),
            },
        };
        let written = serde_json::to_value(&hide).unwrap();
        let expected =
            json!({"kind": "hide", "target": {"kind": "attribute", "key": "glaze", "value": "blue"}});
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<RuleAction>(written).unwrap(), hide);
    }

    #[test]
    fn a_kind_has_its_own_members_and_no_others() {
        let refused = |written| {
            serde_json::from_value::<RuleAction>(written)
                .unwrap_err()
                .to_string()
        };
        let seller = json!({"kind": "seller", "slug": "ana"});
        assert_eq!(
            refused(json!({"kind": "weigh", "target": seller})),
            "missing field `percent`"
        );
        assert_eq!(
            refused(json!({"kind": "hide", "target": seller, "percent": 50})),
            "unknown field `percent`"
        );
        assert_eq!(
            refused(json!({"kind": "hide", "target": {"kind": "seller", "path": "home"}})),
            "unknown field `path`"
        );
    }
}
