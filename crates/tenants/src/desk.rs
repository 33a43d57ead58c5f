//! What sellers do with their shop and operators with all of them, as the pages know it.

use crate::app::ShopChange;
use crate::domain::{Command, Item, ItemState, Statement};
use crate::http::{REASON_CHARS_MAX, masked};
use crate::store::onboarding::ItemLine;
use crate::store::shop::ShopRecord;
use crate::{Error, Shops, store};
use ::store::Scope;
use contracts::Reply;
use contracts::tenants::{
    CheckItem, CheckLine, CheckState, Invitee, Joining, Shop, ShopCommand, ShopDesk, ShopDossier, ShopEntry,
    ShopSettings, ShopStatus, ShopStep, ShopTally,
};
use futures::{FutureExt, TryFutureExt};
use httpkit::text;
use kernel::{Ctx, Fault, Page, PageLimit, TenantId};

fn item_of(item: CheckItem) -> Item {
    match item {
        CheckItem::Identity => Item::Identity,
        CheckItem::BankAccount => Item::BankAccount,
        CheckItem::LegalDocuments => Item::LegalDocuments,
    }
}

fn item_told(item: Item) -> CheckItem {
    match item {
        Item::Identity => CheckItem::Identity,
        Item::BankAccount => CheckItem::BankAccount,
        Item::LegalDocuments => CheckItem::LegalDocuments,
    }
}

fn state_of(state: CheckState) -> ItemState {
    match state {
        CheckState::Missing => ItemState::Missing,
        CheckState::Submitted => ItemState::Submitted,
        CheckState::Accepted => ItemState::Accepted,
        CheckState::Rejected => ItemState::Rejected,
        CheckState::Waived => ItemState::Waived,
    }
}

fn state_told(state: ItemState) -> CheckState {
    match state {
        ItemState::Missing => CheckState::Missing,
        ItemState::Submitted => CheckState::Submitted,
        ItemState::Accepted => CheckState::Accepted,
        ItemState::Rejected => CheckState::Rejected,
        ItemState::Waived => CheckState::Waived,
    }
}

fn command_of(command: ShopCommand) -> Command {
    match command {
        ShopCommand::Approve => Command::Approve,
        ShopCommand::Suspend => Command::Suspend,
        ShopCommand::Reinstate => Command::Reinstate,
        ShopCommand::Close => Command::Close,
    }
}

fn line_told(line: ItemLine) -> CheckLine {
    CheckLine {
        item: item_told(line.item),
        state: state_told(line.state),
        holder: line.holder,
        reference: masked(&line.reference),
        remark: line.remark,
    }
}

fn entry(record: ShopRecord) -> ShopEntry {
    ShopEntry {
        owner: record.owner,
        applied_at: record.applied_at,
        shop: record.shop,
    }
}

impl Shops {
    async fn told(&self, tenant: TenantId) -> Result<ShopDossier, Error> {
        let dossier = self.dossier(tenant).await?;
        Ok(ShopDossier {
            owner: dossier.record.owner,
            version: dossier.record.version,
            applied_at: dossier.record.applied_at,
            shop: dossier.record.shop,
            checks: dossier.onboarding.into_iter().map(line_told).collect(),
            history: dossier
                .history
                .into_iter()
                .map(|step| ShopStep {
                    from: step.from,
                    to: step.to,
                    reason: step.reason,
                    at: step.at,
                })
                .collect(),
        })
    }

    async fn set_up(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        seen: i64,
        settings: ShopSettings,
    ) -> Result<Shop, Error> {
        let change = ShopChange {
            name: Some(settings.name),
            slug: None,
            story: Some(settings.story),
            accent: Some(settings.accent),
            location: Some(settings.location),
            return_policy: Some(settings.return_policy),
            return_days: Some(settings.return_days),
            prices_include_tax: Some(settings.prices_include_tax),
            delivery: None,
        };
        Ok(self.configure(ctx, tenant, seen, change).await?.shop)
    }

    async fn tallied(&self) -> Result<ShopTally, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::shop::tally(&mut *tx).await?;
        tx.commit().await?;
        let count = |status: &str| rows.iter().find(|(s, _)| s == status).map_or(0, |(_, n)| *n);
        Ok(ShopTally {
            applied: count("applied"),
            active: count("active"),
            suspended: count("suspended"),
            closed: count("closed"),
        })
    }
}

/// Answers with a fault what a use case refuses.
fn reply<'a, T>(work: impl Future<Output = Result<T, Error>> + Send + 'a) -> Reply<'a, T> {
    work.map_err(Fault::from).boxed()
}

impl ShopDesk for Shops {
    fn dossier<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, ShopDossier> {
        reply(self.told(tenant))
    }

    fn configure<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        seen: i64,
        settings: ShopSettings,
    ) -> Reply<'a, Shop> {
        reply(self.set_up(ctx, tenant, seen, settings))
    }

    fn state_item<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        item: CheckItem,
        holder: String,
        reference: String,
    ) -> Reply<'a, ()> {
        reply(async move {
            let item = item_of(item);
            let statement = Statement::parse(item, true, &holder, &reference)?;
            self.submit_item(ctx, tenant, item, &statement).await?;
            Ok(())
        })
    }

    fn judge_item<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        item: CheckItem,
        state: CheckState,
        remark: String,
    ) -> Reply<'a, ()> {
        reply(async move {
            let remark = match state {
                CheckState::Rejected => text::line("/remark", &remark, REASON_CHARS_MAX)?,
                _ => text::optional_line("/remark", &remark, REASON_CHARS_MAX)?,
            };
            self.judge_item(ctx, tenant, item_of(item), state_of(state), &remark)
                .await?;
            Ok(())
        })
    }

    fn command<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        command: ShopCommand,
        reason: String,
    ) -> Reply<'a, Shop> {
        reply(async move {
            let reason = text::line("/reason", &reason, REASON_CHARS_MAX)?;
            let record = self.command(ctx, tenant, command_of(command), &reason).await?;
            Ok(record.shop)
        })
    }

    fn entries<'a>(
        &'a self,
        _ctx: &'a Ctx,
        status: Option<ShopStatus>,
        before: Option<TenantId>,
        limit: u16,
    ) -> Reply<'a, Page<ShopEntry>> {
        reply(async move {
            let limit = PageLimit::new(limit).unwrap_or_default();
            Ok(self.all(before, status, limit).await?.map(entry))
        })
    }

    fn shop_tally<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, ShopTally> {
        reply(self.tallied())
    }

    fn invitation<'a>(&'a self, ctx: &'a Ctx, token: String) -> Reply<'a, Joining> {
        reply(async move { self.invitation(ctx, &token).await })
    }

    fn accept_invitation<'a>(&'a self, ctx: &'a Ctx, invitee: Invitee, token: String) -> Reply<'a, Joining> {
        reply(async move { self.accept_invitation(ctx, &invitee, &token).await })
    }
}
