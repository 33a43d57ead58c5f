-- How each sub-order stands, for a shop's lists by state. The till changes a state in place, in no index (an index, or its condition, that
-- names it would have each change write the row anew in every other): this is written behind the log, and the newest sub-orders, which
-- change most, are read as they are.
create table orders.sub_order_standing (
    tenant_id uuid not null,
    -- compared byte by byte: nobody reads states in order
    status text collate "C" not null,
    id uuid not null,
    constraint sub_order_standing_pkey primary key (tenant_id, status, id)
) partition by list (tenant_id);
create table orders.sub_order_standing_pool partition of orders.sub_order_standing default;
select store.isolate('orders.sub_order_standing');

-- Notes how the parts stand that these orders have of these shops. The id of a part is of the time of its order: from `starts` on, below
-- `ends`. Statistics know nothing of the newest ones: each is looked up by itself, in the month of its order.
create function orders.note_standings(of_orders uuid[], of_shops uuid[], starts uuid[], ends uuid[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    with stands as materialized (
        select s.tenant_id, s.id, s.status
          from unnest(of_orders, of_shops, starts, ends) as heard (order_id, tenant_id, starts, ends)
         cross join lateral (
               select p.tenant_id, p.id, p.status from orders.sub_order p
                where p.tenant_id = heard.tenant_id and p.id >= heard.starts and p.id < heard.ends and p.order_id = heard.order_id
                order by p.id limit 1) s
    ), gone as (
        delete from orders.sub_order_standing k
         using stands s,
               unnest(array['placed', 'confirmed', 'packed', 'partly_shipped', 'shipped', 'delivered', 'return_requested', 'returned',
                            'cancelled', 'refunded']) as other (status)
         where k.tenant_id = s.tenant_id and k.status = other.status and k.id = s.id and other.status <> s.status
           -- What is placed is new, or was cancelled before.
           and (s.status <> 'placed' or other.status = 'cancelled')
    )
    insert into orders.sub_order_standing (tenant_id, status, id)
    select s.tenant_id, s.status, s.id from stands s
        on conflict on constraint sub_order_standing_pkey do nothing;
end $$;

-- A shop's newest sub-orders in a state below an id: among its newest `looked_at` as they stand, behind these by what was noted. What is noted of
-- one that stands otherwise by now is passed over.
create function orders.sub_orders_in_state(shop uuid, in_state text, below uuid, at_most bigint, looked_at bigint) returns setof uuid
language plpgsql stable rows 30
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    looked_until uuid;
    looked_from uuid;
    found_so_far bigint;
begin
    select s.id into looked_until
      from orders.sub_order s
     where s.tenant_id = shop and s.id < below
     order by s.id desc offset looked_at - 1 limit 1;
    -- Under row-level security an index is searched by plain values alone: with `coalesce` in the condition all of the shop's were read.
    looked_from := coalesce(looked_until, '00000000-0000-0000-0000-000000000000');
    return query
        select s.id
          from orders.sub_order s
         where s.tenant_id = shop and s.id < below and s.id >= looked_from
           and s.status = in_state
         order by s.id desc limit at_most;
    get diagnostics found_so_far = row_count;
    if looked_until is null or found_so_far >= at_most then
        return;
    end if;
    return query
        select k.id
          from orders.sub_order_standing k
         cross join lateral (
               select from orders.sub_order p where p.tenant_id = shop and p.id = k.id and p.status = in_state limit 1) s
         where k.tenant_id = shop and k.status = in_state and k.id < looked_until
         order by k.id desc limit at_most - found_so_far;
end $$;
