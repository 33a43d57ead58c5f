//! Notifications: what somebody is told, by day.

use askama::Template;

use super::common::{Field, Link};
use super::page::Page;
use super::work::WorkBar;

/// What was told on one day.
#[derive(Clone, Debug)]
pub struct NoticeDay {
    pub label: String,
    pub rows: Vec<NoticeRow>,
}

#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// Where it is marked as read, and leads on from.
    pub href: String,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub time: String,
    pub read: bool,
}

/// A person's own.
#[derive(Clone, Debug, Template)]
#[template(path = "account_notices.html")]
pub struct AccountNoticesPage {
    pub page: Page,
    pub days: Vec<NoticeDay>,
    /// The latest one, where some are not read.
    pub through: Option<String>,
    /// Days after which they are forgotten.
    pub kept: u64,
    pub more: Option<Link>,
}

/// A shop's.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_notices.html")]
pub struct SellerNoticesPage {
    pub page: Page,
    pub work: WorkBar,
    pub days: Vec<NoticeDay>,
    pub through: Option<String>,
    pub kept: u64,
    pub more: Option<Link>,
}

/// In which ways somebody is told of a topic.
#[derive(Clone, Debug)]
pub struct TopicRow {
    pub name: &'static str,
    pub label: String,
    pub text: String,
    pub in_app: bool,
    pub email: bool,
    /// It cannot be turned off.
    pub required: bool,
    /// Mails of it are sent at all.
    pub mailed: bool,
    pub sms: bool,
    pub push: bool,
    /// It is told in all ways there are.
    pub alert: bool,
}

/// How somebody wants to be told, as it stands or was typed.
#[derive(Clone, Debug)]
pub struct NoticeForm {
    /// Where the form and the notifications are, without `/settings`.
    pub path: &'static str,
    pub topics: Vec<TopicRow>,
    /// Whether text messages can be chosen: there is a telephone.
    pub texts: bool,
    /// Whether pushes can be: there are devices.
    pub pushes: bool,
    pub time_zone: Field,
    /// Names to choose from; any other may be typed.
    pub zones: &'static [&'static str],
    pub quiet: bool,
    pub from: Field,
    pub until: Field,
    pub error: Option<String>,
}

/// Where text messages and pushes go.
#[derive(Clone, Debug)]
pub struct WaysPanel {
    pub phone: Option<String>,
    /// A number that waits for its code.
    pub waiting: Option<String>,
    pub number: Field,
    pub code: Field,
    pub devices: Vec<DeviceRow>,
}

#[derive(Clone, Debug)]
pub struct DeviceRow {
    pub id: String,
    pub name: String,
    pub platform: String,
    pub added: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "account_notice_settings.html")]
pub struct AccountNoticeSettingsPage {
    pub page: Page,
    pub form: NoticeForm,
    pub ways: WaysPanel,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_notice_settings.html")]
pub struct SellerNoticeSettingsPage {
    pub page: Page,
    pub work: WorkBar,
    pub form: NoticeForm,
}

/// Where the link at the end of a mail leads.
#[derive(Clone, Debug, Template)]
#[template(path = "unsubscribe.html")]
pub struct UnsubscribePage {
    pub page: Page,
    pub topic: String,
    /// Whether mails of it come.
    pub email: bool,
    pub required: bool,
    pub token: String,
}
