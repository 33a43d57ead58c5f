-- What somebody was told: a person of what is theirs, or a shop, whose staff read the same and have it read for each other.

create table notifications.notice (
    -- the person, or the shop
    recipient_id uuid not null,
    -- the shop; null for a person's own
    tenant_id uuid,
    -- of the event that tells of it
    id uuid not null,
    kind text not null,
    topic text not null,
    -- what it is about: what is told later of the same takes its place
    subject text not null,
    -- what the words are made of, when somebody reads them
    facts jsonb not null,
    at timestamptz not null,
    read_at timestamptz,
    constraint notice_pkey primary key (recipient_id, id),
    constraint notice_once unique (recipient_id, subject),
    constraint notice_shop_check check (tenant_id is null or tenant_id = recipient_id)
);
create index notice_unread on notifications.notice (recipient_id, id) include (topic) where read_at is null;
-- for what is forgotten in the end
create index notice_by_age on notifications.notice using brin (at);
select store.isolate('notifications.notice');
