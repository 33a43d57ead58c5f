//! Identity as other contexts know it.

use crate::app::{NewApiKey, NewPartnerKey, ShownApiKey};
use crate::store::api_key::ApiKey;
use crate::store::partner_key::PartnerKey;
use crate::{Accounts, Error};
use contracts::Reply;
use contracts::identity::{
    ApiKeyCard, ApiKeys, BrowserSession, Credential, Identity, MadeApiKey, MadePartnerKey, MakeApiKey,
    MakePartnerKey, Partner, PartnerKeyCard, PartnerKeys, Principal, RegisterUser, SignIn, UserCard,
};
use futures::FutureExt;
use futures::TryFutureExt;
use kernel::{ApiKeyId, Ctx, Fault, PartnerKeyId, Role, SessionId, TenantId, UserId};

/// Answers with a fault what a use case refuses.
fn reply<'a, T>(work: impl Future<Output = Result<T, Error>> + Send + 'a) -> Reply<'a, T> {
    work.map_err(Fault::from).boxed()
}

impl Identity for Accounts {
    fn authenticate<'a>(&'a self, ctx: &'a Ctx, credential: Credential) -> Reply<'a, Principal> {
        reply(self.authenticate(ctx, credential))
    }

    fn users<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<UserId>) -> Reply<'a, Vec<UserCard>> {
        reply(async move { self.users(&ids).await })
    }

    fn register<'a>(&'a self, ctx: &'a Ctx, request: RegisterUser) -> Reply<'a, UserId> {
        reply(self.register(ctx, request))
    }

    fn sign_in<'a>(&'a self, ctx: &'a Ctx, request: SignIn) -> Reply<'a, BrowserSession> {
        reply(self.sign_in(ctx, request))
    }

    fn sign_out<'a>(&'a self, ctx: &'a Ctx, session: SessionId) -> Reply<'a, ()> {
        reply(self.sign_out(ctx, session))
    }

    fn request_reset<'a>(&'a self, ctx: &'a Ctx, email: String, address: String) -> Reply<'a, ()> {
        reply(async move { self.request_reset(ctx, &email, &address).await })
    }

    fn reset_password<'a>(
        &'a self,
        ctx: &'a Ctx,
        token: String,
        password: String,
        address: String,
    ) -> Reply<'a, ()> {
        reply(async move { self.reset_password(ctx, &token, password, &address).await })
    }

    fn verify_email<'a>(&'a self, ctx: &'a Ctx, token: String) -> Reply<'a, ()> {
        reply(async move { self.verify_email(ctx, &token).await })
    }

    fn grant<'a>(&'a self, ctx: &'a Ctx, user: UserId, role: Role) -> Reply<'a, ()> {
        reply(self.grant(ctx, user, role))
    }

    fn revoke<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, ()> {
        reply(self.revoke(ctx, user))
    }

    fn set_shop_role<'a>(
        &'a self,
        ctx: &'a Ctx,
        user: UserId,
        tenant: TenantId,
        role: Option<Role>,
        version: i64,
    ) -> Reply<'a, ()> {
        reply(self.set_shop_role(ctx, user, tenant, role, version))
    }

    fn send_mail<'a>(&'a self, ctx: &'a Ctx, to: String, subject: String, body: String) -> Reply<'a, ()> {
        reply(async move { self.send_mail(ctx, &to, subject, body).await })
    }

    fn send_mail_with<'a>(
        &'a self,
        ctx: &'a Ctx,
        to: String,
        subject: String,
        body: String,
        headers: Vec<(String, String)>,
    ) -> Reply<'a, ()> {
        reply(async move { self.send_mail_with(ctx, &to, subject, body, headers).await })
    }

    fn register_many<'a>(
        &'a self,
        ctx: &'a Ctx,
        users: Vec<UserCard>,
        password: String,
    ) -> Reply<'a, Vec<UserId>> {
        reply(self.register_many(ctx, users, password))
    }
}

fn card(key: PartnerKey) -> PartnerKeyCard {
    PartnerKeyCard {
        id: key.id,
        prefix: key.prefix,
        name: key.name,
        carrier: key.carrier,
        scopes: key.scopes,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
        is_replaced: key.replaced_by.is_some(),
    }
}

impl PartnerKeys for Accounts {
    fn recognise<'a>(&'a self, ctx: &'a Ctx, secret: String) -> Reply<'a, Partner> {
        reply(async move { self.recognise(ctx, &secret).await })
    }

    fn keys<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<PartnerKeyCard>> {
        reply(async move {
            let keys = self.partner_keys().await?;
            Ok::<_, Error>(keys.into_iter().map(card).collect())
        })
    }

    fn make<'a>(&'a self, ctx: &'a Ctx, by: UserId, new: MakePartnerKey) -> Reply<'a, MadePartnerKey> {
        Box::pin(async move {
            let expires_at = new
                .expires_at
                .map(|at| httpkit::moment("/expires_at", at))
                .transpose()?;
            let wanted = NewPartnerKey {
                name: new.name,
                carrier: new.carrier,
                scopes: new.scopes,
                expires_at,
            };
            let shown = self.make_partner_key(ctx, by, wanted).await?;
            Ok(MadePartnerKey {
                secret: shown.secret,
                key: card(shown.key),
            })
        })
    }

    fn revoke<'a>(&'a self, ctx: &'a Ctx, by: UserId, id: PartnerKeyId) -> Reply<'a, PartnerKeyCard> {
        reply(async move { Ok::<_, Error>(card(self.revoke_partner_key(ctx, by, id).await?)) })
    }
}

fn api_card(key: ApiKey) -> ApiKeyCard {
    ApiKeyCard {
        id: key.id,
        prefix: key.prefix,
        name: key.name,
        scopes: key.scopes,
        made_by: key.made_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
        is_replaced: key.replaced_by.is_some(),
    }
}

fn made(shown: ShownApiKey) -> MadeApiKey {
    MadeApiKey {
        secret: shown.secret,
        key: api_card(shown.key),
    }
}

impl ApiKeys for Accounts {
    fn keys<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<ApiKeyCard>> {
        reply(async move {
            let keys = self.api_keys(tenant).await?;
            Ok::<_, Error>(keys.into_iter().map(api_card).collect())
        })
    }

    fn make<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        by: UserId,
        new: MakeApiKey,
    ) -> Reply<'a, MadeApiKey> {
        Box::pin(async move {
            let expires_at = new
                .expires_at
                .map(|at| httpkit::moment("/expires_at", at))
                .transpose()?;
            let wanted = NewApiKey {
                name: new.name,
                scopes: new.scopes,
                expires_at,
            };
            Ok(made(self.make_api_key(ctx, tenant, by, wanted).await?))
        })
    }

    fn rotate<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        by: UserId,
        id: ApiKeyId,
        overlap_hours: u16,
    ) -> Reply<'a, MadeApiKey> {
        reply(async move {
            let shown = self.rotate_api_key(ctx, tenant, by, id, overlap_hours).await?;
            Ok::<_, Error>(made(shown))
        })
    }

    fn revoke<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        by: UserId,
        id: ApiKeyId,
    ) -> Reply<'a, ApiKeyCard> {
        reply(async move { Ok::<_, Error>(api_card(self.revoke_api_key(ctx, tenant, by, id).await?)) })
    }
}
