//! Messages as others know them.

use crate::app::Conversations;
use contracts::messages::{
    AbuseReason, Conversation, Message, Messages, ModeratedThread, NewQuote, NewThread, Party, PastThread,
    ReportedThread, ResponseTime, Thread, ThreadQuery, Verdict,
};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, Cursor, MessageId, OrderId, Page, TenantId, ThreadId, UserId};

impl Messages for Conversations {
    fn start<'a>(&'a self, ctx: &'a Ctx, buyer: UserId, new: NewThread) -> Reply<'a, Conversation> {
        reply(self.start(ctx, buyer, new))
    }

    fn threads<'a>(
        &'a self,
        _ctx: &'a Ctx,
        who: Party,
        query: ThreadQuery,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<Thread>> {
        reply(self.threads(who, query, after, limit))
    }

    fn conversation<'a>(
        &'a self,
        ctx: &'a Ctx,
        who: Party,
        id: ThreadId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Conversation> {
        reply(self.conversation(ctx, who, id, after, limit))
    }

    fn send<'a>(
        &'a self,
        ctx: &'a Ctx,
        who: Party,
        id: ThreadId,
        text: String,
        language: Option<Language>,
    ) -> Reply<'a, Message> {
        reply(async move { self.send(ctx, who, id, &text, language).await })
    }

    fn mark_read<'a>(
        &'a self,
        ctx: &'a Ctx,
        who: Party,
        id: ThreadId,
        through: MessageId,
    ) -> Reply<'a, Thread> {
        reply(self.mark_read(ctx, who, id, through))
    }

    fn archive<'a>(&'a self, ctx: &'a Ctx, who: Party, id: ThreadId, archived: bool) -> Reply<'a, Thread> {
        reply(self.archive(ctx, who, id, archived))
    }

    fn count_of_order<'a>(&'a self, _ctx: &'a Ctx, order: OrderId) -> Reply<'a, u64> {
        reply(self.count_of_order(order))
    }

    fn unread<'a>(&'a self, _ctx: &'a Ctx, who: Party) -> Reply<'a, u32> {
        reply(self.unread(who))
    }

    fn report<'a>(
        &'a self,
        ctx: &'a Ctx,
        who: Party,
        id: ThreadId,
        reason: AbuseReason,
        note: String,
    ) -> Reply<'a, ()> {
        reply(async move { self.report(ctx, who, id, reason, &note).await })
    }

    fn quote<'a>(
        &'a self,
        ctx: &'a Ctx,
        shop: TenantId,
        id: ThreadId,
        quote: NewQuote,
    ) -> Reply<'a, Message> {
        reply(self.quote(ctx, shop, id, quote))
    }

    fn answer_quote<'a>(
        &'a self,
        ctx: &'a Ctx,
        buyer: UserId,
        id: ThreadId,
        message: MessageId,
        accept: bool,
    ) -> Reply<'a, Message> {
        reply(self.answer_quote(ctx, buyer, id, message, accept))
    }

    fn response_times<'a>(&'a self, ctx: &'a Ctx, shops: Vec<TenantId>) -> Reply<'a, Vec<ResponseTime>> {
        reply(self.response_times(ctx, shops))
    }

    fn reported<'a>(
        &'a self,
        _ctx: &'a Ctx,
        waiting: bool,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ReportedThread>> {
        reply(self.reported(waiting, after, limit))
    }

    fn moderated<'a>(&'a self, ctx: &'a Ctx, id: ThreadId) -> Reply<'a, ModeratedThread> {
        reply(self.moderated(ctx, id))
    }

    fn decide<'a>(&'a self, ctx: &'a Ctx, id: ThreadId, verdict: Verdict) -> Reply<'a, ModeratedThread> {
        reply(self.decide(ctx, id, verdict))
    }

    fn write_past<'a>(&'a self, ctx: &'a Ctx, threads: Vec<PastThread>) -> Reply<'a, u32> {
        reply(self.write_past(ctx, threads))
    }
}
