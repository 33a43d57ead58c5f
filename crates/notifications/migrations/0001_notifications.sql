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
    -- a mail of it is yet to be written: a shop gets one for all that ran low within an hour
    mail_due boolean not null default false,
    constraint notice_pkey primary key (recipient_id, id),
    constraint notice_once unique (recipient_id, subject),
    constraint notice_shop_check check (tenant_id is null or tenant_id = recipient_id)
);
create index notice_unread on notifications.notice (recipient_id, id) include (topic) where read_at is null;
create index notice_mail_due on notifications.notice (recipient_id, id) where mail_due;
-- for what is forgotten in the end
create index notice_by_age on notifications.notice using brin (at);
select store.isolate('notifications.notice');

-- What somebody does not want to be told of, and in which way. Whoever has said nothing is told of all.
create table notifications.declined (
    user_id uuid not null,
    topic text not null,
    channel text not null,
    constraint declined_pkey primary key (user_id, topic, channel),
    constraint declined_channel_check check (channel in ('in_app', 'email', 'push'))
);
select store.close_to_shops('notifications.declined');

-- Of what somebody wants to be told by text message. Whoever has said nothing gets those alone that keep their account theirs.
create table notifications.texted (
    user_id uuid not null,
    topic text not null,
    constraint texted_pkey primary key (user_id, topic)
);
select store.close_to_shops('notifications.texted');

-- Of what their shop is told somebody of its staff wants to be texted. It is a person's own, apart for each shop.
create table notifications.staff_texted (
    shop_id uuid not null,
    topic text not null,
    user_id uuid not null,
    constraint staff_texted_pkey primary key (shop_id, topic, user_id)
);
create index staff_texted_user on notifications.staff_texted (user_id, shop_id);
select store.close_to_shops('notifications.staff_texted');

-- The telephone to which somebody's text messages go: they had it, and sent back the code that it was sent.
create table notifications.phone (
    user_id uuid not null,
    number text not null,
    language text not null,
    verified_at timestamptz not null,
    constraint phone_pkey primary key (user_id)
);
select store.close_to_shops('notifications.phone');

-- Codes that were sent to numbers. They stay when a number is taken back, so that they are counted.
create table notifications.phone_code (
    id uuid not null,
    user_id uuid not null,
    number text not null,
    language text not null,
    -- what the code looks like under our key
    sealed bytea not null,
    tries smallint not null default 0,
    at timestamptz not null,
    until timestamptz not null,
    -- it was sent back, or gave way to a later one
    ended_at timestamptz,
    constraint phone_code_pkey primary key (id),
    constraint phone_code_tries_check check (tries >= 0)
);
create unique index phone_code_open on notifications.phone_code (user_id) where ended_at is null;
create index phone_code_user on notifications.phone_code (user_id, at);
create index phone_code_number on notifications.phone_code (number, at);
create index phone_code_age on notifications.phone_code using brin (at);
select store.close_to_shops('notifications.phone_code');

-- Devices that take pushes. A token is one device, of whoever registered it last.
create table notifications.device (
    id uuid not null,
    user_id uuid not null,
    platform text not null,
    token text not null,
    name text not null,
    language text not null,
    added_at timestamptz not null,
    constraint device_pkey primary key (id),
    constraint device_token unique (token),
    constraint device_platform_check check (platform in ('android', 'ios', 'web'))
);
create index device_user on notifications.device (user_id);
select store.close_to_shops('notifications.device');

-- What the sandboxes of carriers were given. Nothing but the development pages reads it.
create table notifications.sandbox_message (
    key text not null,
    channel text not null,
    address text not null,
    title text not null,
    text text not null,
    href text not null,
    at timestamptz not null,
    constraint sandbox_message_pkey primary key (key)
);
create index sandbox_message_at on notifications.sandbox_message (at desc);
select store.close_to_shops('notifications.sandbox_message');

-- When somebody is not to be mailed: minutes of the day in their time zone, which may go over midnight.
create table notifications.rhythm (
    user_id uuid not null,
    -- a name of the IANA's database
    time_zone text not null,
    quiet_from smallint,
    quiet_until smallint,
    constraint rhythm_pkey primary key (user_id),
    constraint rhythm_quiet_check check ((quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until),
    constraint rhythm_day_check check (quiet_from between 0 and 1439 and quiet_until between 0 and 1439)
);
select store.close_to_shops('notifications.rhythm');

-- The words in which people are told, where an operator has written others than come with the program, which are version 0.
create table notifications.template (
    kind text not null,
    language text not null,
    version bigint not null,
    title text not null,
    text text not null,
    author_id uuid,
    at timestamptz not null,
    -- the version whose words these are
    restored bigint,
    constraint template_pkey primary key (kind, language, version),
    constraint template_version_check check (version > 0)
);
select store.close_to_shops('notifications.template');

-- What operators did with what failed for good, of all contexts.
create table notifications.decision (
    id uuid not null,
    -- which it was: a job or an event
    failed text not null,
    name text not null,
    topic text,
    error text not null,
    act text not null,
    by_id uuid,
    at timestamptz not null,
    constraint decision_pkey primary key (id),
    constraint decision_act_check check (act in ('retry', 'dismiss'))
);
select store.close_to_shops('notifications.decision');
