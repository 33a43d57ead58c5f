//! Notifications as others know them.

use crate::app::Notices;
use contracts::notifications::{
    DeadLetters, Device, FailedWork, FailureAct, FailureDecision, KeptMessage, NewDevice, NewPhone, Notice,
    NoticeReader, NoticeSettings, NoticeTemplate, NoticeTemplates, Notifications, Phone, Reach, Subscription,
    TemplateCard, TemplateKind, TemplatePreview, Ways,
};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, Cursor, DeviceId, EventId, Page, TenantId, UserId};

impl Notifications for Notices {
    fn feed<'a>(
        &'a self,
        ctx: &'a Ctx,
        reader: NoticeReader,
        language: Language,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<Notice>> {
        reply(self.feed(ctx, reader, language, after, limit))
    }

    fn unread<'a>(&'a self, _ctx: &'a Ctx, reader: NoticeReader) -> Reply<'a, u32> {
        reply(self.unread(reader))
    }

    fn mark_read<'a>(
        &'a self,
        ctx: &'a Ctx,
        reader: NoticeReader,
        id: EventId,
        language: Language,
    ) -> Reply<'a, Notice> {
        reply(self.mark_read(ctx, reader, id, language))
    }

    fn mark_all_read<'a>(&'a self, ctx: &'a Ctx, reader: NoticeReader, through: EventId) -> Reply<'a, u32> {
        reply(self.mark_all_read(ctx, reader, through))
    }

    fn settings<'a>(
        &'a self,
        _ctx: &'a Ctx,
        user: UserId,
        shop: Option<TenantId>,
    ) -> Reply<'a, NoticeSettings> {
        reply(self.settings(user, shop))
    }

    fn change_settings<'a>(
        &'a self,
        _ctx: &'a Ctx,
        user: UserId,
        shop: Option<TenantId>,
        change: NoticeSettings,
    ) -> Reply<'a, NoticeSettings> {
        reply(self.change_settings(user, shop, change))
    }

    fn subscription<'a>(&'a self, _ctx: &'a Ctx, token: String) -> Reply<'a, Subscription> {
        reply(async move { self.subscription(&token).await })
    }

    fn subscribe<'a>(&'a self, _ctx: &'a Ctx, token: String, email: bool) -> Reply<'a, Subscription> {
        reply(async move { self.subscribe(&token, email).await })
    }
}

impl NoticeTemplates for Notices {
    fn cards<'a>(&'a self, _ctx: &'a Ctx, language: Language) -> Reply<'a, Vec<TemplateCard>> {
        reply(self.templates(language))
    }

    fn template<'a>(
        &'a self,
        ctx: &'a Ctx,
        kind: TemplateKind,
        language: Language,
    ) -> Reply<'a, NoticeTemplate> {
        reply(self.template(ctx, kind, language))
    }

    fn preview<'a>(
        &'a self,
        _ctx: &'a Ctx,
        kind: TemplateKind,
        language: Language,
        title: String,
        text: String,
    ) -> Reply<'a, TemplatePreview> {
        Box::pin(async move { Ok(Self::preview(kind, language, &title, &text)) })
    }

    fn write<'a>(
        &'a self,
        ctx: &'a Ctx,
        kind: TemplateKind,
        language: Language,
        seen: i64,
        title: String,
        text: String,
    ) -> Reply<'a, NoticeTemplate> {
        reply(async move {
            self.write_template(ctx, (kind, language), seen, &title, &text)
                .await
        })
    }

    fn restore<'a>(
        &'a self,
        ctx: &'a Ctx,
        kind: TemplateKind,
        language: Language,
        seen: i64,
        version: i64,
    ) -> Reply<'a, NoticeTemplate> {
        reply(self.restore_template(ctx, (kind, language), seen, version))
    }
}

impl DeadLetters for Notices {
    fn failures<'a>(
        &'a self,
        _ctx: &'a Ctx,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<FailedWork>> {
        reply(self.failures(after, limit))
    }

    fn decide<'a>(&'a self, ctx: &'a Ctx, id: String, act: FailureAct) -> Reply<'a, ()> {
        reply(async move { self.decide(ctx, &id, act).await })
    }

    fn decisions<'a>(&'a self, ctx: &'a Ctx, limit: u16) -> Reply<'a, Vec<FailureDecision>> {
        reply(self.decisions(ctx, limit))
    }
}

impl Reach for Notices {
    fn ways<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, Ways> {
        reply(self.ways(ctx, user))
    }

    fn give_phone<'a>(&'a self, ctx: &'a Ctx, user: UserId, phone: NewPhone) -> Reply<'a, Phone> {
        reply(async move { self.give_phone(ctx, user, &phone).await })
    }

    fn verify_phone<'a>(&'a self, ctx: &'a Ctx, user: UserId, code: String) -> Reply<'a, Phone> {
        reply(async move { self.verify_phone(ctx, user, &code).await })
    }

    fn drop_phone<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, ()> {
        reply(self.drop_phone(ctx, user))
    }

    fn add_device<'a>(&'a self, ctx: &'a Ctx, user: UserId, device: NewDevice) -> Reply<'a, Device> {
        reply(self.add_device(ctx, user, device))
    }

    fn drop_device<'a>(&'a self, _ctx: &'a Ctx, user: UserId, device: DeviceId) -> Reply<'a, ()> {
        reply(self.drop_device(user, device))
    }

    fn kept_messages<'a>(
        &'a self,
        _ctx: &'a Ctx,
        to: Option<String>,
        limit: u16,
    ) -> Reply<'a, Vec<KeptMessage>> {
        reply(self.kept_messages(to, limit))
    }
}
