-- What was sold, summed up by the day (of UTC) on which it was ordered, as it stands now: money that went back and what was cancelled
-- later is taken off the day of its order. Written behind the log, so that the till waits for none of it; whoever reads adds the
-- days that are not summed up yet.

-- The day of an id.
create function orders.day_of(id uuid) returns date
language sql immutable parallel safe as $$
    select date '1970-01-01' + (('x' || encode(substr(uuid_send(id), 1, 6), 'hex'))::bit(48)::bigint / 86400000)::int
$$;

-- Sub-orders are written in the order of their ids, so that a day is found by the pages it may be on. Writing one costs nothing worth telling.
create index sub_order_in_time on orders.sub_order using brin (id) with (pages_per_range = 16);

-- What is sold of orders placed between two times, the first included. `market`: all of it; `place`: by where it was sent; `shop` and
-- `product`: by what they say; `goods`: all products together. What a kind does not tell apart is empty.
create function orders.sold_between(starts timestamptz, ends timestamptz)
returns table (day date, kind text, currency text, shop_id uuid, product_id uuid, country text, region text,
               orders bigint, units bigint, sold bigint, title text, last_id uuid)
language sql stable parallel safe as $$
    with sold as (
        select orders.day_of(s.id) as day, s.tenant_id, s.id, s.order_id, s.currency, s.total - s.refunded as paid,
               coalesce(s.address ->> 'country', '') as country,
               case when s.address ->> 'country' = 'ES' then coalesce(s.address ->> 'region', '') else '' end as region
          from orders.sub_order s
         where s.id >= store.uuid_floor(starts) and s.id < store.uuid_floor(ends) and s.confirmed_at is not null and s.status <> 'cancelled'
    ), piece as (
        select s.day, s.currency, s.tenant_id, s.id, l.product_id, l.title, l.quantity - l.cancelled as units,
               l.quantity * l.unit_price - l.refunded
                   -- Most lines have none, and nothing is taken apart for them.
                   - case when l.discounts is null then 0
                          else (select coalesce(sum((d ->> 'amount')::bigint), 0) from jsonb_array_elements(l.discounts) as d) end as paid
          from sold s
          join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
         where l.sub_order_id >= store.uuid_floor(starts) and l.sub_order_id < store.uuid_floor(ends) and l.quantity > l.cancelled
    ), nobody as (
        select '00000000-0000-0000-0000-000000000000'::uuid as id
    )
    select day, 'market', currency, nobody.id, nobody.id, '', '', count(distinct order_id), 0::bigint, sum(paid)::bigint, '', nobody.id
      from sold, nobody group by day, currency, nobody.id
    union all
    select day, 'place', currency, nobody.id, nobody.id, country, region, count(distinct order_id), 0::bigint, sum(paid)::bigint, '', nobody.id
      from sold, nobody group by day, currency, nobody.id, country, region
    union all
    select day, 'shop', currency, tenant_id, nobody.id, '', '', count(*), 0::bigint, sum(paid)::bigint, '', nobody.id
      from sold, nobody group by day, currency, nobody.id, tenant_id
    union all
    select day, 'product', currency, tenant_id, product_id, '', '', 0::bigint, sum(units)::bigint, sum(paid)::bigint,
           (array_agg(title order by piece.id desc))[1], (array_agg(piece.id order by piece.id desc))[1]
      from piece group by day, currency, tenant_id, product_id
    union all
    select day, 'goods', currency, nobody.id, nobody.id, '', '', 0::bigint, sum(units)::bigint, sum(paid)::bigint, '', nobody.id
      from piece, nobody group by day, currency, nobody.id
$$;

create table orders.sales_day (
    kind text not null,
    day date not null,
    currency text not null,
    shop_id uuid not null,
    product_id uuid not null,
    country text not null,
    region text not null,
    orders bigint not null,
    units bigint not null,
    sold bigint not null,
    constraint sales_day_pkey primary key (kind, day, currency, shop_id, product_id, country, region),
    constraint sales_day_kind_check check (kind in ('market', 'place', 'shop', 'product', 'goods'))
);
select store.close_to_shops('orders.sales_day');

-- The sums of a month's days, so that its best are found without adding them up.
create table orders.sales_month (
    kind text not null,
    month date not null,
    currency text not null,
    shop_id uuid not null,
    product_id uuid not null,
    country text not null,
    region text not null,
    orders bigint not null,
    units bigint not null,
    sold bigint not null,
    -- of a product, as it read in the sub-order
    title text not null,
    last_id uuid not null,
    constraint sales_month_pkey primary key (kind, month, currency, shop_id, product_id, country, region)
);
create index sales_month_best on orders.sales_month (kind, month, currency, sold desc);
select store.close_to_shops('orders.sales_month');

-- Days before this one are summed up. The one row; whoever sums holds it.
create table orders.sales_summed (
    the_only boolean not null default true,
    before date not null,
    constraint sales_summed_pkey primary key (the_only),
    constraint sales_summed_one_row check (the_only)
);
insert into orders.sales_summed (before) values ('2000-01-01');
select store.close_to_shops('orders.sales_summed');

-- Days of whose orders something was told since they were summed up.
create table orders.sales_stale (
    day date not null,
    constraint sales_stale_pkey primary key (day)
);
select store.close_to_shops('orders.sales_stale');

-- Sums up days, once more or for the first time: only what differs is written, and by as much as it differs the month is moved. Called with
-- `orders.sales_summed` locked, since it writes beside what it reads.
create function orders.sum_sales(of_days date[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
    with fresh as materialized (
        select f.*
          from unnest(of_days) as d (starts)
         cross join lateral orders.sold_between(d.starts::timestamp at time zone 'UTC', (d.starts + 1)::timestamp at time zone 'UTC') f
    ), had as materialized (
        select * from orders.sales_day h
         where h.kind = any (array['market', 'place', 'shop', 'product', 'goods']) and h.day = any (of_days)
    ), changed as materialized (
        select kind, day, currency, shop_id, product_id, country, region,
               coalesce(f.orders, 0) as orders, coalesce(f.units, 0) as units, coalesce(f.sold, 0) as sold,
               coalesce(f.orders, 0) - coalesce(h.orders, 0) as more_orders, coalesce(f.units, 0) - coalesce(h.units, 0) as more_units,
               coalesce(f.sold, 0) - coalesce(h.sold, 0) as more_sold,
               coalesce(f.title, '') as title, coalesce(f.last_id, '00000000-0000-0000-0000-000000000000') as last_id
          from fresh f
          full join had h using (kind, day, currency, shop_id, product_id, country, region)
         where (coalesce(f.orders, 0), coalesce(f.units, 0), coalesce(f.sold, 0))
            <> (coalesce(h.orders, 0), coalesce(h.units, 0), coalesce(h.sold, 0))
    ), kept as (
        insert into orders.sales_day as k (kind, day, currency, shop_id, product_id, country, region, orders, units, sold)
        select c.kind, c.day, c.currency, c.shop_id, c.product_id, c.country, c.region, c.orders, c.units, c.sold from changed c
            on conflict on constraint sales_day_pkey
            do update set orders = excluded.orders, units = excluded.units, sold = excluded.sold
    )
    insert into orders.sales_month as m (kind, month, currency, shop_id, product_id, country, region, orders, units, sold, title, last_id)
    select c.kind, date_trunc('month', c.day::timestamp)::date, c.currency, c.shop_id, c.product_id, c.country, c.region,
           sum(c.more_orders)::bigint, sum(c.more_units)::bigint, sum(c.more_sold)::bigint,
           (array_agg(c.title order by c.last_id desc))[1], (array_agg(c.last_id order by c.last_id desc))[1]
      from changed c
     group by 1, 2, 3, 4, 5, 6, 7
        on conflict on constraint sales_month_pkey
        do update set orders = m.orders + excluded.orders, units = m.units + excluded.units, sold = m.sold + excluded.sold,
                      title = case when excluded.last_id >= m.last_id then excluded.title else m.title end,
                      last_id = greatest(m.last_id, excluded.last_id);
end $$;
