use super::super::{NoticeKind, NoticeTopic};
use serde::{Deserialize, Serialize};

macro_rules! mails {
    ($($(#[$doc:meta])* $kind:ident $name:literal $topic:ident [$($place:ident)*] needs [$($needed:ident)*],)+) => {
        /// What a mail tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum MailKind {
            $( $(#[$doc])* $kind, )+
        }

        impl MailKind {
            pub const ALL: &[Self] = &[$( Self::$kind, )+];

            /// Stable, in snake case; no kind of notice has the same.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$kind => concat!("mail_", $name), )+
                }
            }

            /// What those say of whom it goes to, who do not want all of them.
            #[must_use]
            pub fn topic(self) -> NoticeTopic {
                match self {
                    $( Self::$kind => NoticeTopic::$topic, )+
                }
            }

            /// What may be filled in.
            #[must_use]
            pub fn places(self) -> &'static [&'static str] {
                match self {
                    $( Self::$kind => &[$( stringify!($place) ),*], )+
                }
            }

            /// Those of them without which the mail is good for nothing.
            #[must_use]
            pub fn needed(self) -> &'static [&'static str] {
                match self {
                    $( Self::$kind => &[$( stringify!($needed) ),*], )+
                }
            }
        }
    };
}

mails! {
    /// It is not paid: its goods are held until it is.
    OrderPlaced "order_placed" Orders [name order goods amount until link link_until] needs [],
    OrderConfirmed "order_confirmed" Orders [name order goods amount link link_until] needs [],
    /// What the law wants confirmed stands in it as well.
    DownloadsReady "downloads_ready" Orders [name order files link consent agreed_at] needs [link consent agreed_at],
    /// All of one shop's part.
    PartCancelled "part_cancelled" Orders [name order who goods note amount others] needs [],
    UnitsCancelled "units_cancelled" Orders [name order who goods note] needs [],
    /// The same of what was only set aside, and is not charged.
    PartNotCharged "part_not_charged" Orders [name order who goods note amount others] needs [],
    UnitsNotCharged "units_not_charged" Orders [name order who goods note] needs [],
    ParcelSent "parcel_sent" Deliveries [name order goods carrier tracking rest] needs [],
    ParcelArrived "parcel_arrived" Deliveries [name order goods carrier tracking] needs [],
    Refunded "refunded" Refunds [name order amount why kept kept_why] needs [],
    /// The buyer's bank sent it back.
    RefundCameBack "refund_came_back" Refunds [name order amount] needs [],
    ReturnAuthorised "return_authorised" Returns [name order goods note] needs [],
    ReturnRefused "return_refused" Returns [name order goods note] needs [],
    /// To the owner of a shop.
    ReturnWaits "return_waits" Returns [name order goods until] needs [],
    /// To staff of a shop: what became few, or none, in the last hour.
    LowStock "low_stock" Stock [name shop goods more link] needs [],
    UnreadMessage "unread_message" Messages [name sender subject excerpt link] needs [],
    ThreadClosed "thread_closed" Moderation [name subject why link] needs [],
    MessageRemoved "message_removed" Moderation [name subject why link] needs [],
    VerifyEmail "verify_email" Security [name link] needs [link],
    ResetPassword "reset_password" Security [name link] needs [link],
    PasswordChanged "password_changed" Security [name link] needs [],
    SecondFactorOn "second_factor_on" Security [name password_link link] needs [],
    SecondFactorOff "second_factor_off" Security [name password_link link] needs [],
    RecoveryCodesMade "recovery_codes_made" Security [name password_link link] needs [],
    RecoveryCodeUsed "recovery_code_used" Security [name password_link link] needs [],
    /// Somebody signed in with a device that was not seen with this account before.
    NewDevice "new_device" Security [name device address at password_link link] needs [],
    /// To somebody who is to work for a shop.
    Invitation "invitation" Security [shop role days link] needs [link],
    /// To somebody who is to work for the marketplace itself.
    OperatorInvitation "operator_invitation" Security [market role days link] needs [link],
}

impl MailKind {
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// What operators write words for. It travels by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TemplateKind {
    Notice(NoticeKind),
    Mail(MailKind),
}

impl TemplateKind {
    pub fn all() -> impl Iterator<Item = Self> {
        let notices = NoticeKind::ALL.iter().copied().map(Self::Notice);
        notices.chain(MailKind::ALL.iter().copied().map(Self::Mail))
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice(kind) => kind.name(),
            Self::Mail(kind) => kind.name(),
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let notice = NoticeKind::named(name).map(Self::Notice);
        notice.or_else(|| MailKind::named(name).map(Self::Mail))
    }

    #[must_use]
    pub fn topic(self) -> NoticeTopic {
        match self {
            Self::Notice(kind) => kind.topic(),
            Self::Mail(kind) => kind.topic(),
        }
    }
}

impl From<NoticeKind> for TemplateKind {
    fn from(kind: NoticeKind) -> Self {
        Self::Notice(kind)
    }
}

impl From<MailKind> for TemplateKind {
    fn from(kind: MailKind) -> Self {
        Self::Mail(kind)
    }
}

impl From<TemplateKind> for String {
    fn from(kind: TemplateKind) -> Self {
        kind.name().to_owned()
    }
}

impl TryFrom<String> for TemplateKind {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name).ok_or_else(|| format!("`{name}` is neither a notice nor a mail"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_of_notices_and_of_mails_travel_by_names_of_their_own() {
        let names: BTreeSet<&str> = TemplateKind::all().map(TemplateKind::name).collect();
        assert_eq!(names.len(), NoticeKind::ALL.len() + MailKind::ALL.len());
        for kind in TemplateKind::all() {
            let written = serde_json::to_value(kind).expect("JSON");
            assert_eq!(written, kind.name());
            let read: TemplateKind = serde_json::from_value(written).expect("known");
            assert_eq!(read, kind);
        }
    }

    #[test]
    fn what_is_needed_can_be_filled_in() {
        for kind in MailKind::ALL {
            let known = |needed: &&str| kind.places().contains(needed);
            assert!(kind.needed().iter().all(known), "{kind:?}");
        }
    }
}
