//! Who works for the shop: inviting them, what they may do, and letting them go.

use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_staff::{InvitationRow, MemberRow, SellerStaffPage};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::operator::role_said;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::identity::UserCard;
use contracts::tenants::{InvitationCard, InvitationState, StaffCard};
use kernel::{Fault, Permission, Role, UserId};
use uuid::Uuid;

const PATH: &str = "/seller/staff";
const ROLES: [(&str, Role); 4] = [
    ("owner", Role::Owner),
    ("manager", Role::Manager),
    ("clerk", Role::Clerk),
    ("analyst", Role::Analyst),
];
/// Invitations on the page; what became of older ones is of no use any more.
const INVITATIONS_SHOWN: usize = 50;

/// What an invitation that was refused leaves in its form.
#[derive(Default)]
struct Left {
    email: Field,
    role: String,
    error: Option<String>,
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, Left::default()).await
}

async fn show(shop: &Shop, visit: &Visit, left: Left) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ManageStaff)?;
    let locale = visit.locale;
    let (page, seller, staff, invitations) = futures::join!(
        visit.keyed_page(shop, "work.staff"),
        own_shop(shop, visit, tenant),
        shop.staff_desk.staff(&visit.ctx, tenant),
        shop.staff_desk.invitations(&visit.ctx, tenant),
    );
    let (staff, mut invitations) = (staff?, invitations?);
    let ids: Vec<UserId> = staff.iter().map(|member| member.user).collect();
    // Names are for reading: without them there are still addresses.
    let people = shop.identity.users(&visit.ctx, ids).await.unwrap_or_default();
    let is_open =
        |one: &InvitationCard| matches!(one.state, InvitationState::Pending | InvitationState::Expired);
    invitations.sort_by_key(|one| !is_open(one));
    let chosen = match left.role.as_str() {
        "" => "clerk",
        role => role,
    };
    let view = SellerStaffPage {
        page,
        work: bar(visit, &seller?, PATH),
        error: left.error,
        members: staff.iter().map(|one| member(one, &people, visit)).collect(),
        invitations: invitations
            .iter()
            .take(INVITATIONS_SHOWN)
            .map(|one| invitation(one, locale))
            .collect(),
        email: left.email,
        roles: Choice::select(roles(locale), chosen),
        powers: ROLES
            .map(|(code, role)| {
                let may = locale.t(&format!("staff.may.{code}")).to_string();
                (role_said(role, locale), may)
            })
            .into(),
    };
    Ok(visit.show(shop, &view))
}

fn roles(locale: Locale) -> Vec<Choice> {
    ROLES
        .map(|(code, role)| Choice::new(code, role_said(role, locale)))
        .into()
}

fn member(one: &StaffCard, people: &[UserCard], visit: &Visit) -> MemberRow {
    let locale = visit.locale;
    let name = people.iter().find(|card| card.id == one.user);
    let code = ROLES.iter().find(|(_, role)| *role == one.role);
    let joined = locale.date(one.joined_at.date_naive());
    MemberRow {
        id: one.id.to_string(),
        name: name.map(|card| card.name.clone()).unwrap_or_default(),
        email: one.email.clone(),
        joined: locale.t("staff.since").arg("day", joined).to_string(),
        is_self: visit.principal.as_ref().is_some_and(|p| p.user == one.user),
        roles: Choice::select(roles(locale), code.map_or("", |(code, _)| code)),
    }
}

fn invitation(one: &InvitationCard, locale: Locale) -> InvitationRow {
    use InvitationState as S;
    let (key, tone) = match one.state {
        S::Pending => ("staff.pending", Tone::Warn),
        S::Accepted => ("staff.accepted", Tone::Good),
        S::Revoked => ("staff.taken_back", Tone::Calm),
        S::Expired => ("staff.expired", Tone::Bad),
    };
    let (when, at) = match one.state {
        S::Pending => ("staff.good_until", one.expires_at),
        S::Accepted | S::Revoked | S::Expired => ("staff.sent_on", one.sent_at),
    };
    InvitationRow {
        id: one.id.to_string(),
        email: one.email.clone(),
        role: role_said(one.role, locale),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        when: locale
            .t(when)
            .arg("day", locale.date(at.date_naive()))
            .to_string(),
        may_resend: matches!(one.state, S::Pending | S::Expired),
        may_take_back: one.state == S::Pending,
    }
}

fn role(posted: &Posted) -> Result<Role, Fault> {
    let known = ROLES.iter().find(|(code, _)| *code == posted.get("role"));
    known
        .map(|(_, role)| *role)
        .ok_or_else(|| Fault::field("role_invalid", "role", "Choose a role."))
}

pub async fn invite(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageStaff)?;
    let (role, email) = (role(&posted)?, posted.get("email").to_owned());
    let sent = shop
        .staff_desk
        .invite(&visit.ctx, tenant, email.clone(), role)
        .await;
    match sent {
        Ok(_) => Ok(redirect_done(PATH, "invited")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let of_email = visit.tell_field(&fault, "email");
            let left = Left {
                error: of_email.is_none().then(|| visit.tell(&fault)),
                email: Field {
                    value: email,
                    error: of_email,
                },
                role: posted.get("role").to_owned(),
            };
            show(&shop, visit, left).await
        }
    }
}

pub async fn resend(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageStaff)?;
    let sent = shop.staff_desk.resend(&visit.ctx, tenant, id).await;
    after(sent.map(drop), "invited")
}

pub async fn take_back(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageStaff)?;
    after(
        shop.staff_desk.take_back(&visit.ctx, tenant, id).await,
        "taken_back",
    )
}

pub async fn set_role(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageStaff)?;
    let set = shop
        .staff_desk
        .set_role(&visit.ctx, tenant, id, role(&posted)?)
        .await;
    after(set.map(drop), "saved")
}

pub async fn dismiss(
    State(shop): State<Shop>,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageStaff)?;
    after(shop.staff_desk.dismiss(&visit.ctx, tenant, id).await, "dismissed")
}

fn after(outcome: Result<(), Fault>, done: &str) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done(PATH, done)),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
