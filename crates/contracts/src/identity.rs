//! People: who they are and how they prove it.

use crate::Language;
use crate::service::{public_event, service};
use kernel::{ApiKeyId, DateTime, PartnerKeyId, Permission, Role, SessionId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Whom an access token is meant for; a token of one audience opens no door of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Buyer,
    Seller,
    Admin,
    Partner,
}

/// A proof of identity, as it came in.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// An access token from the `Authorization` header.
    Bearer(String),
    /// The value of the session cookie.
    Session(String),
}

/// A person who proved who they are, and in which capacity they act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub user: UserId,
    pub audience: Audience,
    pub role: Role,
    /// The shop, for audience `seller`.
    pub tenant: Option<TenantId>,
    /// A session; of a program with a shop's API key, the key's id in its place.
    pub session: SessionId,
    pub expires_at: DateTime,
    /// What forms of a cookie session must carry back; absent for bearer tokens.
    pub csrf: Option<String>,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    /// What the API key opens that a program came with; absent for people themselves.
    #[serde(default)]
    pub scopes: Option<Vec<ApiScope>>,
}

impl Principal {
    /// Whether the role includes it, and the key as well, if one was used.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
            && self
                .scopes
                .as_ref()
                .is_none_or(|scopes| scopes.iter().any(|scope| scope.permission() == permission))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCard {
    pub id: UserId,
    pub email: String,
    pub name: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct RegisterUser {
    pub email: String,
    pub name: String,
    pub password: String,
    /// Address of the caller, for limits; empty for work of our own.
    #[serde(default)]
    pub address: String,
    /// In which they are mailed.
    #[serde(default)]
    pub language: Language,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub email: String,
    pub password: String,
    /// For lists of one's sessions: what browser or device this is.
    pub device: String,
    /// Address of the caller, for rate limits.
    pub address: String,
}

/// A fresh browser session: its cookie value is shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct BrowserSession {
    pub cookie: String,
    pub principal: Principal,
}

service! {
    /// The identity context.
    Identity as "identity", remote RemoteIdentity, served ServedIdentity {
        /// Who holds this credential; `unauthenticated` when nobody does any more.
        fn authenticate(credential: Credential) -> Principal;
        fn users(ids: Vec<UserId>) -> Vec<UserCard>;
        /// Creates a buyer and mails the verification link.
        fn register(request: RegisterUser) -> UserId;
        /// Opens a browser session. The role follows from the account: sellers' staff act for their shop, operators for the marketplace.
        fn sign_in(request: SignIn) -> BrowserSession;
        fn sign_out(session: SessionId) -> ();
        /// Mails a single-use link if the account exists; answers the same if not. `address` is the caller's, for limits.
        fn request_reset(email: String, address: String) -> ();
        fn reset_password(token: String, password: String, address: String) -> ();
        fn verify_email(token: String) -> ();
        /// Gives a user an operator's role. System work only.
        fn grant(user: UserId, role: Role) -> ();
        /// Takes a user's operator's role. System work only.
        fn revoke(user: UserId) -> ();
        /// Makes somebody's role in a shop what the shop's staff list said at `version`, none if they are not on it. What
        /// is not newer than the newest version seen of this user in this shop changes nothing, so that messages may come
        /// twice and in any order. For the tenants context only.
        fn set_shop_role(user: UserId, tenant: TenantId, role: Option<Role>, version: i64) -> ();
        /// Mails somebody on behalf of another context.
        fn send_mail(to: String, subject: String, body: String) -> ();
        /// The same, with headers of its own.
        fn send_mail_with(to: String, subject: String, body: String, headers: Vec<(String, String)>) -> ();
        /// Creates many users with one known password hash: the demo's buyers and sellers. Returns their ids in order; those that exist keep theirs.
        fn register_many(users: Vec<UserCard>, password: String) -> Vec<UserId>;
    }
}

/// One signed-in browser or client, as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub session: SessionId,
    /// A browser with a cookie, or a client of the API.
    pub browser: bool,
    /// What it calls itself.
    pub device: String,
    pub address: String,
    pub started_at: DateTime,
    /// To the minute.
    pub last_seen_at: DateTime,
}

service! {
    /// What people do with their own accounts.
    OwnAccount as "own_account", remote RemoteOwnAccount, served ServedOwnAccount {
        /// Where somebody is signed in, the latest used first; at most 100.
        fn devices(user: UserId) -> Vec<Device>;
        /// Signs one of somebody's own devices out.
        fn sign_out_device(user: UserId, session: SessionId) -> ();
        /// Mails the verification link anew, if the address is not verified yet.
        fn send_verification(user: UserId) -> ();
        /// Keeps in which language somebody is mailed.
        fn keep_language(user: UserId, language: Language) -> ();
    }
}

/// The code of the refusal of a right password that is not enough; it carries a `challenge`.
pub const SECOND_FACTOR_NEEDED: &str = "second_factor_needed";

/// Whether somebody has a second factor: an app that shows codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorStanding {
    pub on_since: Option<DateTime>,
    pub recovery_codes_left: u16,
    /// What an app is to be told, until a code shows that it was; for an hour.
    pub pending: Option<FactorSecret>,
}

/// What an app makes its codes of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSecret {
    /// In base32, to be typed.
    pub secret: String,
    /// `otpauth://`, to be shown as a picture.
    pub uri: String,
}

/// What it takes to change a second factor.
#[derive(Clone, Serialize, Deserialize)]
pub struct FactorProof {
    pub password: String,
    /// Of the app, or a recovery code.
    pub code: String,
    /// Address of the caller, for rate limits.
    pub address: String,
}

/// The second step of a sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub struct FinishSignIn {
    pub challenge: String,
    /// Of the app, or a recovery code.
    pub code: String,
    pub device: String,
    pub address: String,
}

service! {
    /// Second factors of accounts. Sign-in refuses with [`SECOND_FACTOR_NEEDED`] where there is one.
    SecondFactors as "second_factors", remote RemoteSecondFactors, served ServedSecondFactors {
        fn standing(user: UserId) -> FactorStanding;
        /// Makes a secret for an app; `address` is the caller's, for limits.
        fn start(user: UserId, password: String, address: String) -> ();
        /// Turns it on by the app's first code. Answers with the recovery codes, which are in no other answer.
        fn confirm(user: UserId, code: String) -> Vec<String>;
        /// Recovery codes in the place of those before.
        fn renew_codes(user: UserId, proof: FactorProof) -> Vec<String>;
        fn turn_off(user: UserId, proof: FactorProof) -> ();
        /// Opens the browser session for which a password was right before.
        fn finish(request: FinishSignIn) -> BrowserSession;
    }
}

/// How every partner's key begins, so that it is told from a token, and found where it was lost.
pub const PARTNER_KEY_PREFIX: &str = "stoa_pk_";

/// What a partner's key opens.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PartnerScope {
    /// Read the carrier's shipments.
    ShipmentsRead,
    /// Tell what happened to them.
    ShipmentsPush,
}

impl PartnerScope {
    pub const ALL: [Self; 2] = [Self::ShipmentsRead, Self::ShipmentsPush];

    /// Stable, in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ShipmentsRead => "shipments_read",
            Self::ShipmentsPush => "shipments_push",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A partner's program that proved who it is by its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    pub key: PartnerKeyId,
    /// The carrier whose shipments it is about.
    pub carrier: String,
    pub scopes: Vec<PartnerScope>,
    pub expires_at: DateTime,
}

/// A key of a partner's program, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerKeyCard {
    pub id: PartnerKeyId,
    /// Its first characters, to tell it from others.
    pub prefix: String,
    pub name: String,
    pub carrier: String,
    pub scopes: Vec<PartnerScope>,
    pub expires_at: DateTime,
    /// To the minute.
    pub last_used_at: Option<DateTime>,
    pub revoked_at: Option<DateTime>,
    /// Another took its place, and it goes on for a while.
    pub is_replaced: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakePartnerKey {
    pub name: String,
    pub carrier: String,
    pub scopes: Vec<PartnerScope>,
    /// A year from now where it is absent.
    pub expires_at: Option<DateTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadePartnerKey {
    pub secret: String,
    pub key: PartnerKeyCard,
}

service! {
    /// The keys of partners' programs.
    PartnerKeys as "partner_keys", remote RemotePartnerKeys, served ServedPartnerKeys {
        /// Whose key this is; `unauthenticated` when it is nobody's any more.
        fn recognise(secret: String) -> Partner;
        /// For operators: the newest first, those that are over included; at most 200.
        fn keys() -> Vec<PartnerKeyCard>;
        /// Its secret is in this answer and nowhere else.
        fn make(by: UserId, new: MakePartnerKey) -> MadePartnerKey;
        fn revoke(by: UserId, id: PartnerKeyId) -> PartnerKeyCard;
    }
}

/// How every shop's API key begins, so that it is told from a token, and found where it was lost.
pub const API_KEY_PREFIX: &str = "stoa_sk_";

/// What a shop's API key opens: one permission each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[schema(as = ApiKeyScope)]
pub enum ApiScope {
    /// The shop itself and its reviews.
    #[serde(rename = "shop:read")]
    ShopRead,
    #[serde(rename = "products:read")]
    ProductsRead,
    /// Products as a whole, the stock that is said with them included.
    #[serde(rename = "products:write")]
    ProductsWrite,
    #[serde(rename = "inventory:read")]
    InventoryRead,
    #[serde(rename = "inventory:write")]
    InventoryWrite,
    /// Sub-orders with their parcels and documents, returns and promotions.
    #[serde(rename = "orders:read")]
    OrdersRead,
    /// Packing, sending, cancelling, taking returns in.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// Giving money back, and what is decided about returns.
    #[serde(rename = "refunds:write")]
    RefundsWrite,
    /// What buyers write, and answering them.
    #[serde(rename = "messages:write")]
    MessagesWrite,
    #[serde(rename = "promotions:write")]
    PromotionsWrite,
    /// Balance, statements and payouts.
    #[serde(rename = "payouts:read")]
    PayoutsRead,
}

impl ApiScope {
    pub const ALL: [Self; 11] = [
        Self::ShopRead,
        Self::ProductsRead,
        Self::ProductsWrite,
        Self::InventoryRead,
        Self::InventoryWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::RefundsWrite,
        Self::MessagesWrite,
        Self::PromotionsWrite,
        Self::PayoutsRead,
    ];

    /// As the API spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ShopRead => "shop:read",
            Self::ProductsRead => "products:read",
            Self::ProductsWrite => "products:write",
            Self::InventoryRead => "inventory:read",
            Self::InventoryWrite => "inventory:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::RefundsWrite => "refunds:write",
            Self::MessagesWrite => "messages:write",
            Self::PromotionsWrite => "promotions:write",
            Self::PayoutsRead => "payouts:read",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// What handlers ask for.
    #[must_use]
    pub fn permission(self) -> Permission {
        match self {
            Self::ShopRead => Permission::ReadShop,
            Self::ProductsRead => Permission::ReadCatalog,
            Self::ProductsWrite => Permission::EditCatalog,
            Self::InventoryRead => Permission::ReadStock,
            Self::InventoryWrite => Permission::EditStock,
            Self::OrdersRead => Permission::ReadSales,
            Self::OrdersWrite => Permission::FulfilSales,
            Self::RefundsWrite => Permission::RefundSales,
            Self::MessagesWrite => Permission::AnswerBuyers,
            Self::PromotionsWrite => Permission::RunPromotions,
            Self::PayoutsRead => Permission::ReadPayouts,
        }
    }

    /// The scope that opens this; none does where people have to come themselves: staff, keys, the shop's settings.
    #[must_use]
    pub fn opening(permission: Permission) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.permission() == permission)
    }
}

/// A shop's API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyCard {
    pub id: ApiKeyId,
    /// Its first characters, to tell it from others.
    pub prefix: String,
    pub name: String,
    pub scopes: Vec<ApiScope>,
    /// In whose name it acts.
    pub made_by: UserId,
    pub created_at: DateTime,
    pub expires_at: DateTime,
    /// To the minute.
    pub last_used_at: Option<DateTime>,
    pub revoked_at: Option<DateTime>,
    /// Another took its place, and it goes on for a while.
    pub is_replaced: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeApiKey {
    pub name: String,
    pub scopes: Vec<ApiScope>,
    /// A year from now where it is absent.
    pub expires_at: Option<DateTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeApiKey {
    pub secret: String,
    pub key: ApiKeyCard,
}

service! {
    /// The API keys of shops.
    ApiKeys as "api_keys", remote RemoteApiKeys, served ServedApiKeys {
        /// The newest first, those that are over included; at most 200.
        fn keys(tenant: TenantId) -> Vec<ApiKeyCard>;
        /// Its secret is in this answer and nowhere else. It acts in the name of `by`, and never does more than they may.
        fn make(tenant: TenantId, by: UserId, new: MakeApiKey) -> MadeApiKey;
        /// A key in the place of another, which goes on for some hours, 168 at most.
        fn rotate(tenant: TenantId, by: UserId, id: ApiKeyId, overlap_hours: u16) -> MadeApiKey;
        fn revoke(tenant: TenantId, by: UserId, id: ApiKeyId) -> ApiKeyCard;
    }
}

/// A message of the development inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Mail {
    pub id: uuid::Uuid,
    pub to: String,
    pub from: String,
    pub subject: String,
    /// Plain text.
    pub body: String,
    pub at: DateTime,
    /// Those beside the usual ones, such as `List-Unsubscribe`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

service! {
    /// The development inbox: the mails that would have been sent.
    Mailbox as "mailbox", remote RemoteMailbox, served ServedMailbox {
        /// Newest first, to one recipient or to all; at most 100.
        fn mails(to: Option<String>, limit: u16) -> Vec<Mail>;
        fn mail(id: uuid::Uuid) -> Option<Mail>;
    }
}

public_event! {
    "identity.user_registered" UserRegistered { user: UserId, name: String } key user, tenant |_| None
}
public_event! {
    /// Three failed sign-ins in a row; sign-in is refused until `until`.
    "identity.account_locked" AccountLocked { user: UserId, until: DateTime } key user, tenant |_| None
}
public_event! {
    /// Anything else about an account that an auditor wants to see: signed in, signed out, token reuse, password changed, role granted.
    "identity.account_changed" AccountChanged { user: UserId, change: String, tenant: Option<TenantId> } key user, tenant |e| e.tenant
}
