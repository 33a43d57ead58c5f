//! The life of a shop: applied, active, suspended, closed.

use crate::Error;
use contracts::tenants::ShopStatus;

/// What the operator may do with a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Approve,
    Suspend,
    Reinstate,
    Close,
}

impl Command {
    const ALL: [Self; 4] = [Self::Approve, Self::Suspend, Self::Reinstate, Self::Close];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Close => "close",
        }
    }

    /// Where the command leads from `status`, if it is legal there.
    fn leads_to(self, status: ShopStatus) -> Option<ShopStatus> {
        use ShopStatus as S;
        match (self, status) {
            (Self::Approve, S::Applied) => Some(S::Active),
            (Self::Suspend, S::Active) => Some(S::Suspended),
            (Self::Reinstate, S::Suspended) => Some(S::Active),
            (Self::Close, S::Applied | S::Active | S::Suspended) => Some(S::Closed),
            _ => None,
        }
    }
}

/// The status after `command`, or a refusal that names what is allowed instead.
pub fn decide(status: ShopStatus, command: Command) -> Result<ShopStatus, Error> {
    command.leads_to(status).ok_or_else(|| Error::IllegalTransition {
        status,
        command: command.name(),
        allowed: Command::ALL
            .into_iter()
            .filter(|c| c.leads_to(status).is_some())
            .map(Command::name)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_transitions() {
        use ShopStatus as S;
        let mut lines = Vec::new();
        for status in [S::Applied, S::Active, S::Suspended, S::Closed] {
            for command in Command::ALL {
                let outcome = match decide(status, command) {
                    Ok(next) => format!("{next:?}"),
                    Err(Error::IllegalTransition { allowed, .. }) => format!("refused, allowed {allowed:?}"),
                    Err(other) => other.to_string(),
                };
                lines.push(format!("{status:?} {}: {outcome}", command.name()));
            }
        }
        expect_test::expect![[r#"
            Applied approve: Active
            Applied suspend: refused, allowed ["approve", "close"]
            Applied reinstate: refused, allowed ["approve", "close"]
            Applied close: Closed
            Active approve: refused, allowed ["suspend", "close"]
            Active suspend: Suspended
            Active reinstate: refused, allowed ["suspend", "close"]
            Active close: Closed
            Suspended approve: refused, allowed ["reinstate", "close"]
            Suspended suspend: refused, allowed ["reinstate", "close"]
            Suspended reinstate: Active
            Suspended close: Closed
            Closed approve: refused, allowed []
            Closed suspend: refused, allowed []
            Closed reinstate: refused, allowed []
            Closed close: refused, allowed []"#]]
        .assert_eq(&lines.join("\n"));
    }
}
