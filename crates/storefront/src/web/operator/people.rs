//! The marketplace's own staff and their roles; and help for anybody with an account.

use super::{audited, bar};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::operator_people::{DeviceLine, FoundPerson, InvitedRow, OperatorPeoplePage, StaffRow};
use crate::web::Shop;
use crate::web::account::device_name;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::identity::Device;
use contracts::people::{OperatorInvitation, Person, PersonCard};
use contracts::tenants::InvitationState;
use httpkit::Auth;
use kernel::{Fault, Permission, Role, UserId};
use serde::Deserialize;
use uuid::Uuid;

const PATH: &str = "/operator/people";
const ROLES: [(&str, Role); 4] = [
    ("admin", Role::Admin),
    ("finance", Role::Finance),
    ("moderator", Role::Moderator),
    ("support", Role::Support),
];
/// Of somebody's devices: more nobody tells apart.
const DEVICES_SHOWN: usize = 12;

#[derive(Default, Deserialize)]
pub struct Asked {
    email: Option<String>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let email = asked.email.unwrap_or_default();
    show(&shop, &visit, email.trim(), Typed::default(), Typed::default()).await
}

/// A form with an address and a role, as it was typed.
struct Typed {
    email: Field,
    role: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            email: Field::default(),
            role: "support".to_owned(),
        }
    }
}

impl Typed {
    fn wrong(posted: &Posted, said: String) -> Self {
        Self {
            email: Field::wrong(posted.get("email").trim(), said),
            role: posted.get("role").to_owned(),
        }
    }
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    asked: &str,
    given: Typed,
    invited: Typed,
) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let locale = visit.locale;
    let find = async {
        match asked {
            "" => Ok(None),
            asked => shop.people.find(&visit.ctx, asked.to_owned()).await,
        }
    };
    let (page, staff, invitations, found) = futures::join!(
        visit.keyed_page(shop, "operator.people"),
        shop.people.staff(&visit.ctx),
        shop.people.invitations(&visit.ctx),
        find,
    );
    let found = found?;
    let view = OperatorPeoplePage {
        page,
        work: bar(visit, PATH),
        staff: staff?.iter().map(|person| member(person, visit)).collect(),
        asked: match found.is_none() && !asked.is_empty() {
            true => Field::wrong(asked, locale.t("audit.no_person").to_string()),
            false => Field::of(asked),
        },
        found: found.map(|card| found_person(&card, visit)),
        email: given.email,
        roles: Choice::select(roles(locale), &given.role),
        invited: waiting(&invitations?, locale),
        invite_email: invited.email,
        invite_roles: Choice::select(roles(locale), &invited.role),
        powers: ROLES
            .map(|(code, role)| {
                let may = locale.t(&format!("people.may.{code}")).to_string();
                (audited::role(role, locale), may)
            })
            .into(),
    };
    Ok(visit.show(shop, &view))
}

fn roles(locale: Locale) -> Vec<Choice> {
    ROLES
        .map(|(code, role)| Choice::new(code, audited::role(role, locale)))
        .into()
}

fn is_self(visit: &Visit, user: UserId) -> bool {
    visit.principal.as_ref().is_some_and(|p| p.user == user)
}

fn address_of(email: &str) -> String {
    match email {
        "" => PATH.to_owned(),
        email => format!("{PATH}?email={}", encode(email)),
    }
}

fn named(person: &Person) -> String {
    match person.name.is_empty() {
        true => person.email.clone(),
        false => person.name.clone(),
    }
}

fn member(person: &Person, visit: &Visit) -> StaffRow {
    let code = ROLES.iter().find(|(_, role)| Some(*role) == person.role);
    StaffRow {
        id: person.user.to_string(),
        name: named(person),
        email: person.email.clone(),
        href: address_of(&person.email),
        is_self: is_self(visit, person.user),
        has_second_factor: person.second_factor_since.is_some(),
        roles: Choice::select(roles(visit.locale), code.map_or("", |(code, _)| code)),
        action: format!("{PATH}/{}", person.user),
    }
}

fn found_person(card: &PersonCard, visit: &Visit) -> FoundPerson {
    let (person, locale) = (&card.person, visit.locale);
    let key = match person.email_verified {
        true => "people.since",
        false => "people.since_unconfirmed",
    };
    FoundPerson {
        name: named(person),
        email: person.email.clone(),
        role: person
            .role
            .map(|role| audited::role(role, locale))
            .unwrap_or_default(),
        since: locale
            .t(key)
            .arg("date", locale.date(person.registered_at.date_naive()))
            .to_string(),
        second_factor: person.second_factor_since.map(|since| {
            let date = locale.date(since.date_naive());
            locale.t("second.on_since").arg("date", date).to_string()
        }),
        is_self: is_self(visit, person.user),
        devices: card
            .devices
            .iter()
            .take(DEVICES_SHOWN)
            .map(|one| device(one, locale))
            .collect(),
        action: format!("{PATH}/{}", person.user),
    }
}

fn device(device: &Device, locale: Locale) -> DeviceLine {
    DeviceLine {
        device: device_name(device, locale),
        last_seen: locale
            .t("account.last_seen")
            .arg("date", locale.date_time(device.last_seen_at.naive_utc()))
            .arg("address", &device.address)
            .to_string(),
    }
}

/// The role that a form names; `none` takes it.
fn role(posted: &Posted) -> Result<Option<Role>, Fault> {
    let said = posted.get("role");
    if said == "none" {
        return Ok(None);
    }
    let known = ROLES.iter().find(|(code, _)| *code == said);
    known
        .map(|(_, role)| Some(*role))
        .ok_or_else(|| Fault::field("role_invalid", "/role", "Choose a role."))
}

/// Gives a role to whoever has an address.
pub async fn give_role(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let (role, email) = (role(&posted)?, posted.get("email").trim());
    let found = shop.people.find(&visit.ctx, email.to_owned()).await?;
    let Some(found) = found else {
        let said = visit.locale.t("people.no_account").to_string();
        let given = Typed::wrong(&posted, said);
        return show(&shop, visit, "", given, Typed::default()).await;
    };
    let set = shop.people.set_role(&visit.ctx, found.person.user, role).await;
    after(set, PATH, "saved")
}

/// Those that can be accepted.
fn waiting(invitations: &[OperatorInvitation], locale: Locale) -> Vec<InvitedRow> {
    let waiting = invitations
        .iter()
        .filter(|invited| invited.state == InvitationState::Pending);
    let row = |invited: &OperatorInvitation| InvitedRow {
        email: invited.email.clone(),
        role: audited::role(invited.role, locale),
        said: locale
            .t("people.invited_by")
            .arg("name", &invited.by)
            .arg("date", locale.date(invited.expires_at.date_naive()))
            .to_string(),
        take_back: format!("{PATH}/invitations/{}/take-back", invited.id),
    };
    waiting.map(row).collect()
}

/// Invites an address. The page is the same whether it has an account or none.
pub async fn invite(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let email = posted.get("email").trim().to_owned();
    let role = role(&posted)?.ok_or_else(|| Fault::field("role_invalid", "/role", "Choose a role."))?;
    match shop.people.invite(&visit.ctx, email, role).await {
        Ok(_) => Ok(redirect_done(PATH, "invited")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let invited = Typed::wrong(&posted, visit.tell(&fault));
            show(&shop, visit, "", Typed::default(), invited).await
        }
    }
}

pub async fn take_back(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    match shop.people.withdraw(&visit.ctx, id).await {
        Ok(()) => Ok(redirect_done(PATH, "taken_back")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

/// Changes or takes somebody's role.
pub async fn set_role(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    Path(id): Path<UserId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let set = shop.people.set_role(&visit.ctx, id, role(&posted)?).await;
    if is_self(visit, id) {
        visit.forget(&auth);
    }
    after(set, PATH, "saved")
}

pub async fn end_sessions(
    State(shop): State<Shop>,
    Path(id): Path<UserId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let ended = shop.people.end_sessions(&visit.ctx, id).await;
    after(ended, &address_of(posted.get("back")), "sessions_ended")
}

pub async fn remove_second_factor(
    State(shop): State<Shop>,
    Path(id): Path<UserId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let reason = posted.get("reason").to_owned();
    let removed = shop.people.remove_second_factor(&visit.ctx, id, reason).await;
    after(removed, &address_of(posted.get("back")), "factor_removed")
}

fn after(outcome: Result<PersonCard, Fault>, to: &str, done: &str) -> Result<Response, Failure> {
    match outcome {
        Ok(_) => Ok(redirect_done(to, done)),
        Err(fault) => redirect_refused(to, fault),
    }
}
