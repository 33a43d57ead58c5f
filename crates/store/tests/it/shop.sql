-- A context as small as the tests need: a shop's counters, and histories.

create table shop.counter (
    tenant_id uuid not null,
    id uuid not null,
    value bigint not null,
    constraint counter_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table shop.counter_pool partition of shop.counter default;
select store.isolate('shop.counter');

-- What a consumer has seen, in the order in which it saw it.
create table shop.seen (
    place bigint generated always as identity primary key,
    event_id uuid not null,
    key uuid not null,
    number bigint not null
);

select store.make_stream('shop');
