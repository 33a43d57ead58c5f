-- Where a shop's programs are told of what happens.

create table webhooks.endpoint (
    tenant_id uuid not null,
    id uuid not null,
    url text not null,
    description text not null,
    -- of what it is told; of everything where it is empty
    events text[] not null,
    paused text constraint endpoint_paused_known check (paused in ('shop', 'failing')),
    -- nothing has reached it since then
    failing_since timestamptz,
    -- nothing is sent to it before then, since it failed
    rests_until timestamptz,
    sealed_secret bytea not null,
    -- signs as well until then
    old_sealed_secret bytea,
    old_secret_until timestamptz,
    created_at timestamptz not null,
    constraint endpoint_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table webhooks.endpoint_pool partition of webhooks.endpoint default;
select store.isolate('webhooks.endpoint');

-- What happened, in the words of the API: the same for all endpoints of a shop, however often it is sent.
create table webhooks.message (
    tenant_id uuid not null,
    -- of the event that tells of it
    id uuid not null,
    kind text not null,
    data jsonb not null,
    at timestamptz not null,
    constraint message_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table webhooks.message_pool partition of webhooks.message default;
create index message_by_age on webhooks.message (at);
select store.isolate('webhooks.message');

-- A message on its way to an endpoint.
create table webhooks.delivery (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    message_id uuid not null,
    state text not null constraint delivery_state_known check (state in ('pending', 'delivered', 'failed')),
    -- how often it was tried since it was asked for
    tries smallint not null,
    -- when it is tried next; while somebody is at it, when another may take it
    next_at timestamptz not null,
    constraint delivery_pkey primary key (tenant_id, endpoint_id, message_id),
    constraint delivery_endpoint foreign key (tenant_id, endpoint_id) references webhooks.endpoint on delete cascade,
    constraint delivery_message foreign key (tenant_id, message_id) references webhooks.message on delete cascade
) partition by list (tenant_id);
create table webhooks.delivery_pool partition of webhooks.delivery default;
create index delivery_due on webhooks.delivery (tenant_id, endpoint_id, next_at) where state = 'pending';
create index delivery_message_index on webhooks.delivery (tenant_id, message_id);
select store.isolate('webhooks.delivery');

-- How far an endpoint is with what it is sent again: messages behind the first id, up to the second and with it.
create table webhooks.replay (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    after_id uuid not null,
    until_id uuid not null,
    constraint replay_pkey primary key (tenant_id, endpoint_id),
    constraint replay_endpoint foreign key (tenant_id, endpoint_id) references webhooks.endpoint on delete cascade
) partition by list (tenant_id);
create table webhooks.replay_pool partition of webhooks.replay default;
select store.isolate('webhooks.replay');

-- What came of each attempt.
create table webhooks.attempt (
    tenant_id uuid not null,
    endpoint_id uuid not null,
    message_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    -- null where nobody answered
    status smallint,
    duration_ms int not null,
    -- the beginning of the answer, or why there is none
    said text not null,
    constraint attempt_pkey primary key (tenant_id, endpoint_id, message_id, id),
    constraint attempt_delivery foreign key (tenant_id, endpoint_id, message_id) references webhooks.delivery on delete cascade
) partition by list (tenant_id);
create table webhooks.attempt_pool partition of webhooks.attempt default;
select store.isolate('webhooks.attempt');
