-- The documents of refunds: one for each, counted by shop without gaps. What stands in one follows from the order's
-- history; that it was issued, and under which number, is known here alone.

create table orders.credit_note (
    tenant_id uuid not null,
    -- from 1
    number bigint not null,
    order_id uuid not null,
    sub_order_id uuid not null,
    refund_id uuid not null,
    issued_at timestamptz not null,
    constraint credit_note_pkey primary key (tenant_id, number),
    constraint credit_note_once unique (tenant_id, sub_order_id, refund_id),
    constraint credit_note_number_check check (number > 0)
) partition by list (tenant_id);
create table orders.credit_note_pool partition of orders.credit_note default;
select store.isolate('orders.credit_note');

-- The last number of each shop. Whoever takes the next one holds the row until its refund is committed or gone, so that no
-- number is left out.
create table orders.credit_note_count (
    tenant_id uuid not null,
    last bigint not null,
    constraint credit_note_count_pkey primary key (tenant_id)
) partition by list (tenant_id);
create table orders.credit_note_count_pool partition of orders.credit_note_count default;
select store.isolate('orders.credit_note_count');

create function orders.refuse_another_credit_note() returns trigger
language plpgsql as $$
begin
    raise exception 'a credit note is never changed or deleted'
        using errcode = 'restrict_violation', constraint = 'credit_note_append_only';
end $$;
create trigger credit_note_append_only before update or delete on orders.credit_note
    for each row execute function orders.refuse_another_credit_note();

create type orders.new_credit_note as (
    tenant_id uuid, order_id uuid, sub_order_id uuid, refund_id uuid, issued_at timestamptz
);
