//! Every operation of the API, called rightly by everybody: who may, and who may not.

use crate::rightly;
use crate::spec::Operation;
use crate::tokens;
use crate::world::{Who, World};
use expect_test::expect_file;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visitor {
    /// Without a token.
    Nobody,
    Known(Who),
    /// A carrier's program, with its key.
    Partner,
    /// With the token of somebody who may, as it was an hour ago.
    Expired,
    /// The same, signed by another key.
    Forged,
    Unsigned,
    Altered,
}

fn visitors() -> Vec<Visitor> {
    let mut all = vec![Visitor::Nobody];
    all.extend(Who::ALL.map(Visitor::Known));
    all.extend([
        Visitor::Partner,
        Visitor::Expired,
        Visitor::Forged,
        Visitor::Unsigned,
        Visitor::Altered,
    ]);
    all
}

impl Visitor {
    fn title(self) -> String {
        match self {
            Self::Known(who) => format!("{who:?}"),
            other => format!("{other:?}"),
        }
    }

    fn who(self) -> Option<Who> {
        match self {
            Self::Known(who) => Some(who),
            _ => None,
        }
    }

    fn is_no_token_of_ours(self) -> bool {
        matches!(
            self,
            Self::Expired | Self::Forged | Self::Unsigned | Self::Altered
        )
    }
}

/// For whom an operation is, by its path.
fn may(operation: &Operation) -> Who {
    if operation.path.starts_with("/v1/seller/") {
        Who::OwnerA
    } else if operation.path.starts_with("/v1/admin/") {
        Who::Admin
    } else {
        Who::BuyerA
    }
}

struct Bad {
    expired: String,
    forged: String,
    unsigned: String,
    altered: String,
}

fn bad_tokens(world: &World, like: Who) -> Bad {
    let good = &world.tokens[&like];
    Bad {
        expired: world.expired[like.audience()].clone(),
        forged: tokens::forged(good),
        unsigned: tokens::unsigned(good),
        altered: tokens::altered(good),
    }
}

/// `access.txt` is the table; the rules below hold whatever it says.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_opens_to_those_it_is_for_and_to_nobody_else() {
    let world = World::new().await;
    let mut bad = BTreeMap::new();
    for who in [Who::BuyerA, Who::OwnerA, Who::Admin] {
        bad.insert(who, bad_tokens(&world, who));
    }
    let (mut table, mut wrong) = (String::new(), Vec::new());
    let titles: Vec<String> = visitors().into_iter().map(Visitor::title).collect();
    writeln!(table, "{:56} {}", "operation", titles.join(" ")).unwrap();
    let mut operations: Vec<&Operation> = world.spec.operations.values().collect();
    operations.sort_by_key(|o| (o.path.clone(), o.method.to_string()));
    for operation in operations {
        let name = format!("{} {}", operation.method, operation.path);
        write!(table, "{name:56}").unwrap();
        let bad = &bad[&may(operation)];
        for visitor in visitors() {
            let status = knock(&world, operation, visitor, bad, &mut wrong).await;
            write!(table, " {status:<width$}", width = visitor.title().len()).unwrap();
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    world.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    expect_file!["access.txt"].assert_eq(&table);
}

async fn knock(
    world: &World,
    operation: &Operation,
    visitor: Visitor,
    bad: &Bad,
    wrong: &mut Vec<String>,
) -> u16 {
    let visit = rightly::visit(world, &operation.name, visitor.who()).await;
    let token = match visitor {
        Visitor::Nobody => None,
        Visitor::Known(who) => Some(visit.token.as_ref().unwrap_or(&world.tokens[&who])),
        Visitor::Partner => Some(&world.partner_key),
        Visitor::Expired => Some(&bad.expired),
        Visitor::Forged => Some(&bad.forged),
        Visitor::Unsigned => Some(&bad.unsigned),
        Visitor::Altered => Some(&bad.altered),
    };
    let answer = world.send(&visit.call.bearer(token.map(String::as_str))).await;
    let status = answer.status;
    let mut complain = |why: String| {
        let text = answer.text();
        wrong.push(format!(
            "{visitor:?} at {}: {why}: {status} {text:.300}",
            operation.name
        ));
    };
    if status >= 500 {
        complain("the server's fault".to_owned());
    }
    if !operation.statuses.contains(&status) {
        complain("this status is not described".to_owned());
    }
    if let Some(flaw) = answer.flaw() {
        complain(flaw);
    }
    if let Some(expected) = by_rule(operation, visitor).filter(|expected| *expected != status) {
        complain(format!("should be {expected}"));
    }
    status
}

/// What follows from the path and from what the operation says it needs.
fn by_rule(operation: &Operation, visitor: Visitor) -> Option<u16> {
    if visitor.is_no_token_of_ours() && operation.takes_token {
        return Some(401);
    }
    if visitor == Visitor::Nobody && operation.needs_token {
        return Some(401);
    }
    let is_partners = operation.path.starts_with("/v1/partner/");
    if is_partners || (visitor == Visitor::Partner && operation.takes_token) {
        let opens = is_partners && visitor == Visitor::Partner;
        return Some(if opens { 200 } else { 401 });
    }
    let audience = visitor.who()?.audience();
    let of_one_audience = ["/v1/seller/", "/v1/admin/"]
        .iter()
        .any(|part| operation.path.starts_with(part));
    (of_one_audience && audience != may(operation).audience()).then_some(403)
}
