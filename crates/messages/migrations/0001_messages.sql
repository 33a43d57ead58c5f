-- A thread belongs to one buyer and one shop. The shop sees its own; what spans shops (who bought where, what was hidden in a
-- text, reports, decisions) is closed to whoever acts for one.

create table messages.thread (
    id uuid not null,
    tenant_id uuid not null,
    buyer_id uuid not null,
    kind text not null,
    -- about the shop itself where all are null
    product_id uuid,
    order_id uuid,
    sub_order_id uuid,
    -- as they were when it began
    title text not null,
    shop_name text not null,
    buyer_name text not null,
    wished_by date,
    budget_amount bigint,
    budget_currency text,
    started_at timestamptz not null,
    -- the last message
    last_id uuid not null,
    last_by text not null,
    last_at timestamptz not null,
    excerpt text not null,
    messages int not null,
    -- when the shop answered first
    answered_at timestamptz,
    -- as many as there are behind what each has read last
    buyer_unread int not null,
    shop_unread int not null,
    buyer_read_id uuid,
    buyer_read_at timestamptz,
    shop_read_id uuid,
    shop_read_at timestamptz,
    buyer_archived_at timestamptz,
    shop_archived_at timestamptz,
    -- whether the buyer has paid something of the shop's: then nothing is hidden
    contact_shown boolean not null,
    closed_at timestamptz,
    closing text,
    -- reports that nobody has looked at, and since when they wait
    reports int not null default 0,
    waits_since timestamptz,
    constraint thread_pkey primary key (id),
    constraint thread_kind_check check (kind in ('question', 'custom')),
    constraint thread_about_check check (product_id is null or order_id is null),
    constraint thread_order_check check ((order_id is null) = (sub_order_id is null)),
    constraint thread_budget_check check ((budget_amount is null) = (budget_currency is null)),
    constraint thread_last_check check (last_by in ('buyer', 'shop')),
    constraint thread_counts_check check (least(messages, buyer_unread, shop_unread, reports) >= 0),
    constraint thread_closing_check check ((closed_at is null) = (closing is null))
);
create index thread_of_buyer on messages.thread (buyer_id, last_id desc);
create index thread_of_shop on messages.thread (tenant_id, last_id desc);
create index thread_unread_by_buyer on messages.thread (buyer_id) include (buyer_unread) where buyer_unread > 0;
create index thread_unread_by_shop on messages.thread (tenant_id) include (shop_unread) where shop_unread > 0;
create index thread_by_start on messages.thread (tenant_id, started_at);
create index thread_of_order on messages.thread (order_id) where order_id is not null;
create index thread_waiting on messages.thread (waits_since, id) where waits_since is not null;
select store.isolate('messages.thread');

create table messages.message (
    id uuid not null,
    tenant_id uuid not null,
    thread_id uuid not null,
    by text not null,
    author_id uuid,
    kind text not null,
    -- what both read: with dots in the place of what is hidden
    text text not null,
    hidden text[] not null,
    at timestamptz not null,
    removed_at timestamptz,
    removal text,
    constraint message_pkey primary key (id),
    constraint message_by_check check (by in ('buyer', 'shop')),
    constraint message_kind_check check (kind in ('text', 'quote', 'quote_accepted', 'quote_declined')),
    constraint message_removal_check check ((removed_at is null) = (removal is null))
);
create index message_of_thread on messages.message (thread_id, id desc);
create index message_of_author on messages.message (author_id, id) where by = 'buyer';
create index message_of_shop on messages.message (tenant_id, id) where by = 'shop';
select store.isolate('messages.message');

create table messages.quote (
    message_id uuid not null,
    tenant_id uuid not null,
    thread_id uuid not null,
    amount bigint not null,
    currency text not null,
    lead_days int not null,
    valid_until date not null,
    status text not null,
    answered_at timestamptz,
    constraint quote_pkey primary key (message_id),
    constraint quote_amount_check check (amount > 0),
    constraint quote_status_check check (status in ('open', 'accepted', 'declined', 'over'))
);
-- Of one thread, at most one is open.
create unique index quote_open on messages.quote (thread_id) where status = 'open';
select store.isolate('messages.quote');

-- What somebody wrote, where something of it is hidden.
create table messages.original (
    message_id uuid not null,
    text text not null,
    constraint original_pkey primary key (message_id)
);
select store.close_to_shops('messages.original');
-- A shop's own writing is kept as well; what is kept, it does not read.
create policy shops_write on messages.original for insert to stoa_messages
    with check (exists (select from messages.message m where m.id = message_id));

-- Who has paid something of whose, as orders tell.
create table messages.purchase (
    buyer_id uuid not null,
    shop_id uuid not null,
    order_id uuid not null,
    constraint purchase_pkey primary key (buyer_id, shop_id)
);
select store.close_to_shops('messages.purchase');

-- The language in which a buyer or a shop wrote last: mails are in it.
create table messages.reader (
    reader_id uuid not null,
    language text not null,
    constraint reader_pkey primary key (reader_id),
    constraint reader_language_check check (language in ('en', 'es'))
);
select store.close_to_shops('messages.reader');
create policy own_language on messages.reader to stoa_messages
    using (reader_id = (select nullif(current_setting('stoa.tenant', true), '')::uuid));

create table messages.report (
    thread_id uuid not null,
    by text not null,
    reporter_id uuid,
    reason text not null,
    note text not null,
    at timestamptz not null,
    -- when a moderator had looked
    settled_at timestamptz,
    constraint report_by_check check (by in ('buyer', 'shop')),
    constraint report_reason_check check (reason in ('advertising', 'offensive', 'threat', 'fraud', 'off_market', 'other'))
);
-- Until a moderator has looked, each side's report counts once.
create unique index report_once on messages.report (thread_id, by) where settled_at is null;
create index report_of_thread on messages.report (thread_id, at desc);
select store.close_to_shops('messages.report');

-- What moderators decided: who, when and why.
create table messages.decision (
    thread_id uuid not null,
    message_id uuid,
    verdict text not null,
    reason text not null,
    decided_by json not null,
    at timestamptz not null,
    constraint decision_verdict_check check (verdict in ('dismiss', 'hide', 'close'))
);
create index decision_of_thread on messages.decision (thread_id, at desc);
select store.close_to_shops('messages.decision');
