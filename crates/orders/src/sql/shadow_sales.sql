-- Sums by day of what the shadow's sub-orders and lines say is sold, for the days that are summed up. Written apart from
-- `orders.sold_between`, by which the live ones come to be: that one of them is wrong is to show.
with summed as (
    select before from orders.sales_summed
), sold as materialized (
    select orders.day_of(s.id) as day, s.tenant_id, s.id, s.order_id, s.currency, s.total - s.refunded as paid,
           coalesce(s.address ->> 'country', '') as country, coalesce(s.address ->> 'region', '') as region
      from shadow_sub_order s
      join summed on orders.day_of(s.id) < summed.before
     where s.confirmed_at is not null and s.status <> 'cancelled'
), taken_off as (
    select l.tenant_id, l.sub_order_id, l.id, sum((d ->> 'amount')::bigint) as amount
      from shadow_line l
     cross join lateral jsonb_array_elements(l.discounts) as d
     group by l.tenant_id, l.sub_order_id, l.id
), piece as materialized (
    select s.day, s.currency, s.tenant_id, l.product_id, l.quantity - l.cancelled as units,
           l.quantity * l.unit_price - l.refunded - coalesce(t.amount, 0) as paid
      from sold s
      join shadow_line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
      left join taken_off t on t.tenant_id = l.tenant_id and t.sub_order_id = l.sub_order_id and t.id = l.id
     where l.quantity > l.cancelled
), nobody as (
    select '00000000-0000-0000-0000-000000000000'::uuid as id
)
insert into shadow_sales_day (kind, day, currency, shop_id, product_id, country, region, orders, units, sold)
select 'market', day, currency, nobody.id, nobody.id, '', '', count(distinct order_id), 0, sum(paid)
  from sold, nobody group by day, currency, nobody.id
union all
-- Provinces are told apart in one country alone.
select 'place', day, currency, nobody.id, nobody.id, country, case country when 'ES' then region else '' end, count(distinct order_id), 0, sum(paid)
  from sold, nobody group by day, currency, nobody.id, country, case country when 'ES' then region else '' end
union all
select 'shop', day, currency, tenant_id, nobody.id, '', '', count(*), 0, sum(paid)
  from sold, nobody group by day, currency, tenant_id, nobody.id
union all
select 'product', day, currency, tenant_id, product_id, '', '', 0, sum(units), sum(paid)
  from piece group by day, currency, tenant_id, product_id
union all
select 'goods', day, currency, nobody.id, nobody.id, '', '', 0, sum(units), sum(paid)
  from piece, nobody group by day, currency, nobody.id
