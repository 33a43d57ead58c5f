-- A market that has lived for two years, written set-based. Asked for by the settings `bench.rows` (products, and orders),
-- `bench.big` and `bench.small` (two shops that were opened before), `bench.owner` (the first one's) and `bench.now`. What is worked out on the way is in a schema
-- that is dropped in the end. Chance is a hash of what it decides, so that two runs make the same market.

create schema bench;

create function bench.rows() returns bigint language sql immutable as 'select current_setting(''bench.rows'')::bigint';
create function bench.now() returns timestamptz language sql immutable as 'select current_setting(''bench.now'')::timestamptz';
-- A UUIDv7 of that moment.
create function bench.id(at timestamptz, salt text) returns uuid language sql immutable parallel safe as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3)
            || '8' || substr(md5(salt), 4, 15))::uuid
$$;
-- Who buys what: one order in a thousand is of whoever keeps the big shop.
create function bench.buyer(at timestamptz, n bigint) returns uuid language sql stable parallel safe as $$
    select case when n % 1000 = 7 then current_setting('bench.owner')::uuid
                else bench.id(at, 'buyer' || n % 200000) end
$$;
-- From 0, below `m`: always the same for n and k.
create function bench.pick(n bigint, k int, m int) returns int language sql immutable parallel safe as $$
    select ((hashint8extended(n, k) & 2147483647) % m)::int
$$;

-- The months that the market has lived through, as the program makes them ahead: each is a partition.
do $$
declare
    grown record;
    before text;
    first_month date := (date_trunc('month', now() at time zone 'UTC') - interval '25 months')::date;
begin
    for grown in select m.parent, m.key_type from store.month_partitioned m where m.parent <> 'log.event' loop
        before := (select format('%I.%I', n.nspname, c.relname || '_before')
                     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = grown.parent::regclass);
        execute format('drop table %s', before);
        for n in 0..24 loop
            perform store.make_month_partition(grown.parent::regclass, grown.key_type, (first_month + make_interval(months => n))::date);
        end loop;
        execute format('create table %s partition of %s for values from (minvalue) to (%L)', before, grown.parent,
            case grown.key_type when 'uuid' then store.uuid_floor(first_month::timestamp at time zone 'UTC')::text
                                else (first_month::timestamp at time zone 'UTC')::text end);
    end loop;
end $$;

-- They belong to whom their tables belong to.
do $$
declare
    part record;
begin
    for part in
        select c.oid::regclass as name, r.relowner::regrole as owner
          from pg_class c join pg_class r on r.oid = pg_partition_root(c.oid)
         where c.relispartition and c.relkind in ('r', 'p') and c.relowner <> r.relowner
    loop
        execute format('alter table %s owner to %s', part.name, part.owner);
    end loop;
end $$;

-- A thousand shops. The first has a fifth of everything; the others are alike.
create table bench.shop as
    select 1 as n, current_setting('bench.big')::uuid as id
    union all select 2, current_setting('bench.small')::uuid
    union all select n, bench.id(bench.now() - interval '2 years' + n * interval '10 hours', 'shop' || n) from generate_series(3, 1000) n;
alter table bench.shop add primary key (n);
insert into tenants.shop (tenant_id, slug, name, story, status, currency, country, region, postcode, town, return_policy, delivery,
                          owner_id, applied_at, updated_at)
select id, 'workshop-' || n, 'Workshop ' || n, 'Things made by hand.',
       case when n % 50 = 0 then 'applied' when n % 77 = 0 then 'suspended' else 'active' end, 'EUR', 'ES', 'ES-SE', '41010', 'Sevilla',
       'Thirty days.', '[]', bench.id(bench.now(), 'owner' || n), bench.now() - interval '2 years', bench.now() - interval '1 year'
  from bench.shop where n > 2;
insert into inventory.warehouse (tenant_id, id, code, name)
select id, id, 'main', 'Main warehouse' from bench.shop on conflict do nothing;

-- Which shop has product n, and the k-th product of a shop: the first has every fifth.
create function bench.shop_of(n bigint) returns int language sql immutable parallel safe as $$
    select case when n % 5 = 0 then 1 else 2 + ((n / 5 * 4 + n % 5 - 1) % 999)::int end
$$;
create function bench.product_of(shop int, k bigint) returns bigint language sql immutable parallel safe as $$
    select case when shop = 1 then 5 * k else ((shop - 2) + k * 999) / 4 * 5 + ((shop - 2) + k * 999) % 4 + 1 end
$$;
create function bench.made_at(n bigint) returns timestamptz language sql immutable parallel safe as $$
    select bench.now() - interval '760 days' + n * (interval '750 days' / bench.rows()::double precision)
$$;
