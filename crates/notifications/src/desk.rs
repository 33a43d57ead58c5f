//! Notifications as others know them.

use crate::app::Notices;
use contracts::notifications::{Notice, NoticeReader, Notifications};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, Cursor, EventId, Page};

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
}
