-- Ids are made in order of time, so that the time's partitions are all that is read.
with sold as materialized (
    select tenant_id, id, order_id, total - refunded as paid, coalesce(address ->> 'country', '') as country,
           case when address ->> 'country' = 'ES' then address ->> 'region' end as region
      from orders.sub_order
     where id >= $1 and id < $2 and confirmed_at is not null and status <> 'cancelled' and currency = $3
), piece as (
    select s.tenant_id, s.id as sub_order_id, l.id, l.product_id, l.title, l.quantity - l.cancelled as units,
           l.quantity * l.unit_price - l.refunded
               - case when l.discounts is null then 0
                      else (select coalesce(sum((d ->> 'amount')::bigint), 0) from jsonb_array_elements(l.discounts) as d) end as paid
      from sold s
      join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
     where l.sub_order_id >= $1 and l.sub_order_id < $2
), product as materialized (
    select tenant_id, product_id, sum(units)::bigint as units, sum(paid)::bigint as paid,
           (array_agg(title order by sub_order_id desc, id desc))[1] as title
      from piece where units > 0 group by tenant_id, product_id
)
select coalesce((
           select jsonb_agg(jsonb_build_object('country', t.country, 'region', t.region, 'orders', t.orders, 'paid', t.paid)
                            order by t.paid desc, t.country, t.region)
             from (select country, region, count(distinct order_id) as orders, sum(paid)::bigint as paid
                     from sold group by country, region) as t), '[]') as places,
       coalesce((
           select jsonb_agg(jsonb_build_object('tenant', t.tenant_id, 'orders', t.orders, 'paid', t.paid)
                            order by t.paid desc, t.tenant_id)
             from (select tenant_id, count(*) as orders, sum(paid)::bigint as paid
                     from sold group by tenant_id order by sum(paid) desc, tenant_id limit $4) as t), '[]') as shops,
       coalesce((
           select jsonb_agg(jsonb_build_object('tenant', t.tenant_id, 'product', t.product_id, 'title', t.title, 'units', t.units,
                                               'paid', t.paid) order by t.paid desc, t.product_id)
             from (select * from product order by paid desc, product_id limit $5) as t), '[]') as products,
       (select sum(paid)::bigint from sold) as sold,
       (select sum(paid)::bigint from product) as goods
