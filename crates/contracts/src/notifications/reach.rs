//! Where people are reached beside the list and mails: a telephone by text messages, devices by pushes.

use crate::Language;
use crate::service::service;
use kernel::{DateTime, DeviceId, UserId};
use serde::{Deserialize, Serialize};

/// Somebody's telephone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NotificationPhone)]
pub struct Phone {
    /// To which messages go: whoever has it sent back the code that it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+34600000000")]
    pub number: Option<String>,
    /// To which a code was sent that may still be sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// A telephone that somebody names as theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPhone {
    pub number: String,
    /// Of the text messages.
    pub language: Language,
    /// Whether the address of their account is confirmed: codes cost, and anybody may open accounts.
    pub email_verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DevicePlatform {
    Android,
    Ios,
    Web,
}

impl DevicePlatform {
    pub const ALL: [Self; 3] = [Self::Android, Self::Ios, Self::Web];

    /// Stable, in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Web => "web",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == name)
    }
}

/// One of somebody's devices that takes pushes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NotificationDevice)]
pub struct Device {
    pub id: DeviceId,
    pub platform: DevicePlatform,
    /// What its owner calls it.
    #[schema(example = "Elena's telephone")]
    pub name: String,
    pub added_at: DateTime,
}

/// A device as its program registers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegisterNotificationDeviceRequest)]
pub struct NewDevice {
    pub platform: DevicePlatform,
    /// The push service's token for the program on this device.
    #[schema(min_length = 1, max_length = 2000)]
    pub token: String,
    #[schema(min_length = 1, max_length = 80, example = "Elena's telephone")]
    pub name: String,
    #[serde(default)]
    pub language: Language,
}

/// Where somebody is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub phone: Phone,
    /// The one that was added last comes first.
    pub devices: Vec<Device>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageChannel {
    Sms,
    Push,
}

/// A message that a sandbox kept instead of sending it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMessage {
    pub channel: MessageChannel,
    /// A number, or a device's token.
    pub to: String,
    /// Text messages have none.
    pub title: String,
    pub text: String,
    /// Where a push leads.
    pub href: String,
    pub at: DateTime,
}

service! {
    /// Where people are reached by text messages and pushes.
    Reach as "reach", remote RemoteReach, served ServedReach {
        fn ways(user: UserId) -> Ways;
        /// Sends a code to a number; until it is sent back, the number before stays in its place.
        fn give_phone(user: UserId, phone: NewPhone) -> Phone;
        /// Takes the code, once.
        fn verify_phone(user: UserId, code: String) -> Phone;
        /// No more messages, and no code that waits.
        fn drop_phone(user: UserId) -> ();
        /// A token that is known stays one device, of whoever registered it last.
        fn add_device(user: UserId, device: NewDevice) -> Device;
        fn drop_device(user: UserId, device: DeviceId) -> ();
        /// What the sandboxes kept, the latest first; to one address where one is named.
        fn kept_messages(to: Option<String>, limit: u16) -> Vec<KeptMessage>;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_travel_by_their_names() {
        for platform in DevicePlatform::ALL {
            assert_eq!(serde_json::to_value(platform).expect("JSON"), platform.name());
            assert_eq!(DevicePlatform::named(platform.name()), Some(platform));
        }
    }
}
