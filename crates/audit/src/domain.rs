//! Which events are changes that an auditor asks for, and what they say.

use contracts::audit::{AuditAudience, Changed};
use contracts::catalog::ProductChanged;
use contracts::catalog::moderation::ModerationDecided;
use contracts::identity::AccountChanged;
use contracts::ledger::PayoutReturned;
use contracts::messages::ThreadDecided;
use contracts::orders::{
    OrderReaddressed, ReturnChanged, SubOrderCancelled, SubOrderPacked, SubOrderRefunded, SubOrderShipped,
    SubOrderUnitsCancelled,
};
use contracts::reviews::{ReviewAnswered, ReviewDecided};
use contracts::tenants::{FeatureChanged, InvitationChanged, ShopApplied, ShopChanged, StaffChanged};
use contracts::{Envelope, PublicEvent};
use kernel::{Actor, Role, TenantId, UserId};
use serde_json::{Map, Value, json};

/// What an event says of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub kind: String,
    pub about_kind: String,
    pub about_id: String,
    pub label: String,
    pub tenant: Option<TenantId>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// What it was before is what the entry before it says: every such change is in the trail, whoever made it.
    pub follows: bool,
}

/// Who did it, as the trail keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub audience: AuditAudience,
    pub user: Option<UserId>,
    pub role: Option<Role>,
    pub name: Option<String>,
}

/// An event that is told by its fields alone.
struct Plain {
    topic: &'static str,
    kind: &'static str,
    /// What it is about: its kind, and the field that names it.
    about: (&'static str, &'static str),
    /// Fields that say what is so now.
    after: &'static [&'static str],
    follows: bool,
}

const fn plain(
    topic: &'static str,
    kind: &'static str,
    about: (&'static str, &'static str),
    after: &'static [&'static str],
) -> Plain {
    Plain {
        topic,
        kind,
        about,
        after,
        follows: false,
    }
}

static PLAIN: [Plain; 16] = [
    plain(ShopApplied::TOPIC, "shop.applied", ("shop", "tenant"), &["name"]),
    Plain {
        follows: true,
        ..plain(ShopChanged::TOPIC, "shop.status", ("shop", "tenant"), &["status"])
    },
    Plain {
        follows: true,
        ..plain(StaffChanged::TOPIC, "staff.role", ("user", "user"), &["role"])
    },
    plain(
        InvitationChanged::TOPIC,
        "staff.invitation",
        ("invitation", "invitation"),
        &["change", "role"],
    ),
    plain(
        ProductChanged::TOPIC,
        "product.changed",
        ("product", "product"),
        &["version", "status"],
    ),
    plain(
        ModerationDecided::TOPIC,
        "product.decided",
        ("product", "product"),
        &["approved"],
    ),
    plain(
        ReviewDecided::TOPIC,
        "review.decided",
        ("product", "product"),
        &["published"],
    ),
    plain(
        ReviewAnswered::TOPIC,
        "review.answered",
        ("product", "product"),
        &[],
    ),
    plain(
        ThreadDecided::TOPIC,
        "messages.decided",
        ("thread", "thread"),
        &["verdict"],
    ),
    plain(
        OrderReaddressed::TOPIC,
        "order.readdressed",
        ("order", "order"),
        &[],
    ),
    plain(SubOrderPacked::TOPIC, "order.packed", ("order", "order"), &[]),
    plain(
        SubOrderShipped::TOPIC,
        "order.shipped",
        ("order", "order"),
        &["carrier", "tracking"],
    ),
    plain(
        SubOrderRefunded::TOPIC,
        "order.refunded",
        ("order", "order"),
        &["amount"],
    ),
    plain(
        ReturnChanged::TOPIC,
        "order.return",
        ("order", "order"),
        &["status"],
    ),
    plain(
        PayoutReturned::TOPIC,
        "payout.returned",
        ("payout", "payout"),
        &["amount", "reason"],
    ),
    Plain {
        follows: true,
        ..plain(
            FeatureChanged::TOPIC,
            "feature.changed",
            ("feature", "feature"),
            &["on"],
        )
    },
];

/// Parts of orders that will not come: told alike, but for how much of them.
static CANCELLED: [(&str, &str); 2] = [
    (SubOrderCancelled::TOPIC, "order.part_cancelled"),
    (SubOrderUnitsCancelled::TOPIC, "order.units_cancelled"),
];

/// What the trail hears of.
pub fn topics() -> Vec<&'static str> {
    let plain = PLAIN.iter().map(|event| event.topic);
    let cancelled = CANCELLED.iter().map(|(topic, _)| *topic);
    plain
        .chain(cancelled)
        .chain([AccountChanged::TOPIC, Changed::TOPIC])
        .collect()
}

fn fields(payload: &Value, names: &[&str]) -> Option<Value> {
    if names.is_empty() {
        return None;
    }
    let said: Map<String, Value> = names
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                payload.get(*name).cloned().unwrap_or(Value::Null),
            )
        })
        .collect();
    Some(Value::Object(said))
}

fn text(payload: &Value, name: &str) -> String {
    payload
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// What the event tells, if it is a change.
pub fn told(event: &Envelope) -> Result<Option<Told>, serde_json::Error> {
    if let Some(changed) = event.read::<Changed>() {
        let changed = changed?;
        return Ok(Some(Told {
            kind: changed.kind,
            about_kind: changed.about.kind,
            about_id: changed.about.id,
            label: changed.about.label,
            tenant: changed.tenant,
            before: changed.before,
            after: changed.after,
            follows: false,
        }));
    }
    if let Some(changed) = event.read::<AccountChanged>() {
        return Ok(of_account(&changed?));
    }
    let payload = &event.payload;
    let known = PLAIN.iter().find(|plain| plain.topic == event.topic);
    let cancelled = CANCELLED.iter().find(|(topic, _)| *topic == event.topic);
    let (kind, about, after, follows) = match (known, cancelled) {
        (Some(known), _) => (known.kind, known.about, known.after, known.follows),
        (None, Some((_, kind))) => (*kind, ("order", "order"), &["reason", "note"][..], false),
        (None, None) => return Ok(None),
    };
    Ok(Some(Told {
        kind: kind.to_owned(),
        about_kind: about.0.to_owned(),
        about_id: text(payload, about.1),
        label: text(payload, "name"),
        tenant: event.tenant,
        before: None,
        after: fields(payload, after),
        follows,
    }))
}

/// Whether an entry may come of an event; of one that cannot be read nobody knows.
pub fn concerns(event: &Envelope) -> bool {
    match told(event) {
        Ok(told) => told.is_some_and(|told| who(&event.actor, told.follows).is_some()),
        Err(_) => true,
    }
}

/// Signing in and out is no change, and neither is what people do to their own account without a role.
fn of_account(changed: &AccountChanged) -> Option<Told> {
    let (what, detail) = changed
        .change
        .split_once(':')
        .unwrap_or((changed.change.as_str(), ""));
    let after = match what {
        "role_granted" => Some(json!({"role": detail})),
        "role_revoked" => Some(json!({"role": null})),
        "password_changed"
        | "recovery_codes_made"
        | "second_factor_off"
        | "second_factor_on"
        | "session_revoked"
        | "sessions_ended" => None,
        _ if what.starts_with("api_key_") || what.starts_with("partner_key_") => Some(json!({"key": detail})),
        _ => return None,
    };
    // Of a shop's staff, the shop's own list tells it, and who did it.
    let is_role = what.starts_with("role_");
    if is_role && changed.tenant.is_some() {
        return None;
    }
    Some(Told {
        kind: match is_role {
            true => "account.role".to_owned(),
            false => format!("account.{what}"),
        },
        about_kind: "user".to_owned(),
        about_id: changed.user.to_string(),
        label: String::new(),
        tenant: changed.tenant,
        before: None,
        after,
        follows: is_role,
    })
}

/// Who is behind an event, where an auditor asks for it: the marketplace's staff and sellers always, the program itself where
/// what follows would otherwise not know what was before.
pub fn who(actor: &Actor, follows: bool) -> Option<Who> {
    match actor {
        Actor::Operator { user, role } => Some(Who {
            audience: AuditAudience::Operator,
            user: Some(*user),
            role: Some(*role),
            name: None,
        }),
        Actor::Seller { user, role, .. } => Some(Who {
            audience: AuditAudience::Seller,
            user: Some(*user),
            role: Some(*role),
            name: None,
        }),
        Actor::System { name } if follows => Some(Who {
            audience: AuditAudience::System,
            user: None,
            role: None,
            name: Some(name.clone()),
        }),
        // Somebody who opens a shop or accepts an invitation is still a buyer while they do.
        Actor::Buyer { user } if follows => Some(Who {
            audience: AuditAudience::Seller,
            user: Some(*user),
            role: None,
            name: None,
        }),
        Actor::Anonymous | Actor::Buyer { .. } | Actor::Partner { .. } | Actor::System { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, CorrelationId, EventId, FixedClock, Timestamp};
    use uuid::Uuid;

    fn clock() -> FixedClock {
        FixedClock::at(Timestamp::from_timestamp(1_700_000_000, 0).expect("a moment"))
    }

    fn event<E: PublicEvent>(event: &E) -> Envelope {
        let now = clock().now();
        Envelope {
            id: EventId::new(now),
            topic: E::TOPIC.to_owned(),
            version: E::VERSION,
            key: event.key(),
            tenant: event.tenant(),
            actor: Actor::Anonymous,
            correlation: CorrelationId(Uuid::nil()),
            at: now,
            payload: serde_json::to_value(event).expect("JSON"),
        }
    }

    fn account(change: &str, tenant: Option<TenantId>) -> Option<Told> {
        let user = UserId::new(clock().now());
        let change = change.to_owned();
        told(&event(&AccountChanged { user, change, tenant })).expect("it is read")
    }

    #[test]
    fn a_shops_status_follows_the_one_before() {
        let tenant = TenantId::new(clock().now());
        let status = contracts::tenants::ShopStatus::Suspended;
        let told = told(&event(&ShopChanged { tenant, status }))
            .expect("it is read")
            .expect("a change");
        assert_eq!(
            (told.kind.as_str(), told.about_id),
            ("shop.status", tenant.to_string())
        );
        assert_eq!(told.after, Some(json!({"status": "suspended"})));
        assert!(told.follows);
    }

    #[test]
    fn who_leaves_a_staff_has_no_role_any_more() {
        let (tenant, user) = (TenantId::new(clock().now()), UserId::new(clock().now()));
        let left = StaffChanged {
            tenant,
            user,
            role: None,
        };
        let told = told(&event(&left)).expect("it is read").expect("a change");
        assert_eq!(
            (told.about_id, told.after),
            (user.to_string(), Some(json!({"role": null})))
        );
    }

    #[test]
    fn of_accounts_only_changes_with_a_right_in_them_are_told() {
        let shop = Some(TenantId::new(clock().now()));
        let granted = account("role_granted:support", None).expect("a change");
        assert_eq!(granted.kind, "account.role");
        assert_eq!(granted.after, Some(json!({"role": "support"})));
        assert_eq!(account("role_granted:clerk", shop), None, "its shop tells it");
        assert_eq!(account("signed_in:admin", None), None);
        for what in ["second_factor_on", "second_factor_off", "recovery_codes_made"] {
            let told = account(what, None).expect("a change");
            assert_eq!((told.kind, told.after), (format!("account.{what}"), None));
        }
        let key = account("api_key_made:sk_live_ab", shop).expect("a change");
        assert_eq!(key.kind, "account.api_key_made");
        assert_eq!(key.after, Some(json!({"key": "sk_live_ab"})));
    }

    #[test]
    fn buyers_are_nobody_to_audit() {
        let user = UserId::new(clock().now());
        assert_eq!(who(&Actor::Buyer { user }, false), None);
        let role = Role::Support;
        let support = who(&Actor::Operator { user, role }, false).expect("audited");
        assert_eq!(
            (support.audience, support.role),
            (AuditAudience::Operator, Some(role))
        );
    }

    #[test]
    fn what_buyers_do_and_who_signs_in_is_passed_over() {
        let user = UserId::new(clock().now());
        let role = Role::Support;
        let by = |actor: Actor, change: &str| {
            let change = change.to_owned();
            let tenant = None;
            concerns(&Envelope {
                actor,
                ..event(&AccountChanged { user, change, tenant })
            })
        };
        assert!(by(Actor::Operator { user, role }, "password_changed"));
        assert!(!by(Actor::Operator { user, role }, "signed_in:support"));
        assert!(!by(Actor::Buyer { user }, "password_changed"));
        assert!(
            by(Actor::Buyer { user }, "role_granted:support"),
            "it follows what was before"
        );
        let unreadable = Envelope {
            payload: json!("?"),
            ..event(&AccountChanged {
                user,
                change: String::new(),
                tenant: None,
            })
        };
        assert!(concerns(&unreadable), "it is to be set aside");
    }

    #[test]
    fn a_feature_is_told_by_its_name() {
        use contracts::tenants::Feature;
        let tenant = Some(TenantId::new(clock().now()));
        let feature = Feature::Webhooks;
        let off = FeatureChanged {
            feature,
            tenant,
            on: Some(false),
        };
        let told = told(&event(&off)).expect("it is read").expect("a change");
        assert_eq!(
            (told.kind.as_str(), told.about_id.as_str()),
            ("feature.changed", feature.name())
        );
        assert_eq!((told.tenant, told.after), (tenant, Some(json!({"on": false}))));
        assert!(told.follows);
    }

    #[test]
    fn every_kind_is_a_known_one() {
        let kinds = PLAIN.iter().map(|plain| plain.kind);
        for kind in kinds.chain(CANCELLED.iter().map(|(_, kind)| *kind)) {
            assert!(contracts::audit::KINDS.contains(&kind), "{kind}");
        }
        for change in [
            "role_granted:support",
            "password_changed",
            "recovery_codes_made",
            "second_factor_off",
            "second_factor_on",
            "session_revoked",
            "sessions_ended",
            "api_key_made:sk",
            "api_key_revoked:sk",
            "partner_key_made:pk",
            "partner_key_revoked:pk",
        ] {
            let told = account(change, None).expect("a change");
            assert!(
                contracts::audit::KINDS.contains(&told.kind.as_str()),
                "{}",
                told.kind
            );
        }
    }

    #[test]
    fn every_topic_is_heard_once() {
        let mut topics = topics();
        let all = topics.len();
        topics.sort_unstable();
        topics.dedup();
        assert_eq!(topics.len(), all);
    }
}
