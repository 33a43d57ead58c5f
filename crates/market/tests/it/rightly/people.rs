//! What administrators do with accounts.

use crate::spec::Call;
use crate::world::{PASSWORD, Who, World};
use contracts::identity::UserCard;
use kernel::{Clock as _, UserId};
use serde_json::{Value, json};

/// Somebody new for whoever may do something with them; buyer B's account for all others, who do not get that far.
async fn somebody(world: &World, who: Option<Who>) -> UserId {
    if who != Some(Who::Admin) {
        return world.users[&Who::BuyerB];
    }
    let card = UserCard {
        id: UserId::new(world.clock.now()),
        email: format!("somebody{}@market.test", world.fresh()),
        name: "Somebody".to_owned(),
    };
    let identity = &world.running.market.identity;
    let made = identity
        .register_many(&world.ctx(), vec![card], PASSWORD.to_owned())
        .await
        .unwrap();
    made[0]
}

/// Somebody with a second factor. That it asks for codes is identity's own test.
pub async fn with_factor(world: &World, user: UserId) {
    sqlx::query(
        "insert into identity.second_factor (account_id, sealed_secret, started_at, confirmed_at, last_step)
         values ($1, $2, $3, $3, 0)",
    )
    .bind(user)
    .bind(vec![0_u8])
    .bind(world.clock.now())
    .execute(&mut world.db.owner().await)
    .await
    .expect("a factor is written");
}

fn invitation(world: &World) -> Value {
    json!({"email": format!("colleague{}@market.test", world.fresh()), "role": "support"})
}

/// Somebody who is invited to work for the marketplace itself.
pub async fn invited_operator(world: &World) -> String {
    let invite = world.call("invite_operator", &[]).json(&invitation(world));
    world.send_as(Who::Admin, &invite).await.expect(201).at("/id")
}

/// The secret that is mailed to somebody like that.
pub async fn secret_of_invited(world: &World) -> String {
    let id = invited_operator(world).await;
    let secret = format!("a secret of {id}");
    sqlx::query(
        "update identity.operator_invitation set hash = sha256(convert_to($2, 'UTF8')) where id = $1::text::uuid",
    )
    .bind(id)
    .bind(&secret)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    secret
}

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str, who: Option<Who>) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "list_people" | "list_operator_invitations" => return Some(to(&[])),
        "invite_operator" => return Some(to(&[]).json(&invitation(world))),
        "withdraw_operator_invitation" => return Some(to(&[&invited_operator(world).await])),
        _ => {}
    }
    if ![
        "set_person_role",
        "take_person_role",
        "end_person_sessions",
        "remove_person_second_factor",
    ]
    .contains(&operation)
    {
        return None;
    }
    let user = somebody(world, who).await;
    let call = to(&[&user.to_string()]);
    Some(match operation {
        "set_person_role" => call.json(&json!({"role": "support"})),
        "remove_person_second_factor" => {
            if who == Some(Who::Admin) {
                with_factor(world, user).await;
            }
            call.json(&json!({"reason": "Came by with a passport."}))
        }
        _ => call,
    })
}
