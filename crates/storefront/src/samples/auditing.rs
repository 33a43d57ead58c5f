//! Who changed what, as administrators read it; and the people whose roles they give.

use super::{Sample, Scene, push};
use crate::views::changes::ChangeLine;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_audit::{AuditFields, AuditRow, OperatorAuditPage};
use crate::views::operator_people::{DeviceLine, FoundPerson, InvitedRow, OperatorPeoplePage, StaffRow};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "operator-audit", &scene.audit());
    push(
        samples,
        "operator-audit-none",
        &OperatorAuditPage {
            filter: AuditFields {
                who: Field::wrong(scene.text("nobody@stoa.example"), scene.t("audit.no_person")),
                ..scene.audit_fields()
            },
            is_narrowed: true,
            rows: Vec::new(),
            more: None,
            ..scene.audit()
        },
    );
    push(samples, "operator-people", &scene.people());
    push(
        samples,
        "operator-people-found",
        &OperatorPeoplePage {
            asked: Field::of(scene.text("elena.ferrer@mail.example")),
            found: Some(scene.found_person()),
            ..scene.people()
        },
    );
    push(
        samples,
        "operator-people-nobody",
        &OperatorPeoplePage {
            asked: Field::wrong(scene.text("nobody@mail.example"), scene.t("audit.no_person")),
            email: Field::wrong(scene.text("nobody@mail.example"), scene.t("people.no_account")),
            invited: Vec::new(),
            invite_email: Field::wrong(
                scene.text("pablo@stoa.example"),
                scene.t("refusal.already_operator"),
            ),
            ..scene.people()
        },
    );
}

impl Scene {
    fn audit_fields(&self) -> AuditFields {
        let kind = |kind: &str| Choice::new(kind, self.t(&format!("audit.kind.{kind}")));
        AuditFields {
            who: Field::default(),
            shop: Field::default(),
            kinds: vec![
                Choice::new("", self.t("audit.any_kind")),
                kind("shop.settings"),
                kind("shop.status"),
                kind("order.refunded"),
            ],
            from: Field::of("2026-11-01"),
            until: Field::default(),
        }
    }

    fn audit(&self) -> OperatorAuditPage {
        let path = "/operator/audit";
        let line = |key: &str, from: String, to: String| ChangeLine {
            label: self.t(&format!("audit.field.{key}")),
            from,
            to,
        };
        OperatorAuditPage {
            page: self.office_page(self.t("operator.audit"), path),
            work: self.office_bar(path),
            filter: self.audit_fields(),
            is_narrowed: true,
            rows: vec![
                AuditRow {
                    at: format!("{} 10:42", self.day_short(11, 20)),
                    who: self.text("Rocío Heredia"),
                    role: self.t("role.owner"),
                    what: self.t("audit.kind.shop.settings"),
                    about: Link::new(self.text("Taller Guadalquivir"), "/operator/shops/1"),
                    shop: String::new(),
                    changes: vec![
                        line("return_days", "14".to_owned(), "30".to_owned()),
                        line(
                            "return_policy",
                            String::new(),
                            self.say("We pay the way back.", "Pagamos la vuelta."),
                        ),
                    ],
                },
                AuditRow {
                    at: format!("{} 09:15", self.day_short(11, 20)),
                    who: self.text("Olga"),
                    role: self.t("role.admin"),
                    what: self.t("audit.kind.order.refunded"),
                    about: Link::new(self.text("K7F3-9QXA"), "/operator/orders/K7F3-9QXA"),
                    shop: self.text("Taller Guadalquivir"),
                    changes: vec![line("amount", String::new(), self.price(3_600).text)],
                },
                AuditRow {
                    at: format!("{} 18:03", self.day_short(11, 19)),
                    who: self.t("audit.by_itself"),
                    role: String::new(),
                    what: self.t("audit.kind.order.readdressed"),
                    about: Link::new(self.t("audit.thing.order"), ""),
                    shop: String::new(),
                    changes: Vec::new(),
                },
            ],
            more: Some(Link::new(self.t("listing.more"), format!("{path}?after=1.1"))),
        }
    }

    fn market_roles(&self, chosen: &str) -> Vec<Choice> {
        let role = |code: &str| Choice::new(code, self.t(&format!("role.{code}")));
        let roles = ["admin", "finance", "moderator", "support"].map(role);
        Choice::select(roles.into(), chosen)
    }

    fn people(&self) -> OperatorPeoplePage {
        let path = "/operator/people";
        let member = |id: &str, name: &str, email: &str, role: &str, is_self: bool| StaffRow {
            id: id.to_owned(),
            name: self.text(name),
            email: self.text(email),
            href: format!("{path}?email={id}"),
            is_self,
            has_second_factor: is_self,
            roles: self.market_roles(role),
            action: format!("{path}/{id}"),
        };
        OperatorPeoplePage {
            page: self.office_page(self.t("operator.people"), path),
            work: self.office_bar(path),
            staff: vec![
                member("1", "Olga", "operator@stoa.example", "admin", true),
                member("2", "Pablo Ibarra", "pablo@stoa.example", "support", false),
            ],
            asked: Field::default(),
            found: None,
            email: Field::default(),
            roles: self.market_roles("support"),
            invited: vec![InvitedRow {
                email: self.text("irene@mail.example"),
                role: self.t("role.moderator"),
                said: self
                    .locale
                    .t("people.invited_by")
                    .arg("name", "Olga")
                    .arg("date", self.date(11, 27))
                    .to_string(),
                take_back: format!("{path}/invitations/1/take-back"),
            }],
            invite_email: Field::default(),
            invite_roles: self.market_roles("support"),
            powers: ["admin", "finance", "moderator", "support"]
                .map(|code| {
                    (
                        self.t(&format!("role.{code}")),
                        self.t(&format!("people.may.{code}")),
                    )
                })
                .into(),
        }
    }

    fn found_person(&self) -> FoundPerson {
        let on = self.locale.t("second.on_since").arg("date", self.date(3, 4));
        let since = self.locale.t("people.since").arg("date", self.date(2, 11));
        let seen = self.locale.t("account.last_seen").arg("date", self.date(11, 20));
        FoundPerson {
            name: self.text("Elena Ferrer"),
            email: self.text("elena.ferrer@mail.example"),
            role: String::new(),
            since: since.to_string(),
            second_factor: Some(on.to_string()),
            is_self: false,
            devices: vec![DeviceLine {
                device: self.text("Firefox, Linux"),
                last_seen: seen.arg("address", "203.0.113.7").to_string(),
            }],
            action: "/operator/people/3".to_owned(),
        }
    }

    fn day_short(&self, month: u32, day: u32) -> String {
        self.locale.date_short(self.day(month, day))
    }
}
