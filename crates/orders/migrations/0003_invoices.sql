-- Invoices of sub-orders to their buyers. What they say of the goods was settled when the order was placed; kept is what is
-- settled when they are issued.

-- The last number of each shop. Its row is locked while one is drawn, and goes back with the transaction that fails: so
-- numbers have no gap.
create table orders.invoice_series (
    tenant_id uuid not null,
    last bigint not null,
    constraint invoice_series_pkey primary key (tenant_id),
    constraint invoice_series_last_check check (last > 0)
) partition by list (tenant_id);
create table orders.invoice_series_pool partition of orders.invoice_series default;
select store.isolate('orders.invoice_series');

create table orders.invoice (
    tenant_id uuid not null,
    sub_order_id uuid not null,
    number bigint not null,
    issued_at timestamptz not null,
    -- name and place of the shop as they were then
    issuer jsonb not null,
    -- where the order went then
    buyer jsonb not null,
    constraint invoice_pkey primary key (tenant_id, sub_order_id),
    constraint invoice_number_once unique (tenant_id, number),
    constraint invoice_number_check check (number > 0)
) partition by list (tenant_id);
create table orders.invoice_pool partition of orders.invoice default;
select store.isolate('orders.invoice');

-- An invoice that was issued is never another one.
create function orders.refuse_invoice_change() returns trigger
language plpgsql as $$
begin
    raise exception 'an invoice is never changed or deleted' using errcode = 'integrity_constraint_violation',
        constraint = 'invoice_final';
end $$;
create trigger invoice_final before update or delete on orders.invoice
    for each row execute function orders.refuse_invoice_change();
