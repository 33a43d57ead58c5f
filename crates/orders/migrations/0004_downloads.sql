-- What was downloaded of orders, and how often. Who may is in the orders' histories; here is only what is counted.

create table orders.download (
    order_id uuid not null,
    line_id uuid not null,
    file_id uuid not null,
    times int not null,
    last_at timestamptz not null,
    constraint download_pkey primary key (order_id, line_id, file_id),
    constraint download_times_check check (times > 0)
);
select store.close_to_shops('orders.download');

-- A download that was granted and counted: whoever has its secret reads the file, whole or in parts, until then.
create table orders.download_ticket (
    hash bytea not null,
    order_id uuid not null,
    line_id uuid not null,
    file_id uuid not null,
    until timestamptz not null,
    constraint download_ticket_pkey primary key (hash)
);
create index download_ticket_of_order on orders.download_ticket (order_id);
create index download_ticket_until on orders.download_ticket (until);
select store.close_to_shops('orders.download_ticket');

-- The secret in the link of a mail, which stands for the order's buyer where it comes to downloads.
create table orders.download_pass (
    hash bytea not null,
    order_id uuid not null,
    made_at timestamptz not null,
    -- when nothing can be downloaded any more, and whoever comes with it has been told so for a while
    until timestamptz not null,
    constraint download_pass_pkey primary key (hash)
);
create index download_pass_until on orders.download_pass (until);
select store.close_to_shops('orders.download_pass');
