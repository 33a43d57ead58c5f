-- Sums by day and by month of which the live tables and their shadow say different things. Days of which something was told that is not
-- heard or not summed up yet ($1) are left out, and so are their months. A sum of nothing is as good as none.
with day as (
    select kind, day as starts, currency, shop_id, product_id, country, region,
           coalesce(l.orders, 0) as orders, coalesce(l.units, 0) as units, coalesce(l.sold, 0) as sold,
           coalesce(s.orders, 0) as own_orders, coalesce(s.units, 0) as own_units, coalesce(s.sold, 0) as own_sold
      from orders.sales_day l
      full join shadow_sales_day s using (kind, day, currency, shop_id, product_id, country, region)
     where day <> all ($1)
), own_month as (
    select kind, date_trunc('month', day::timestamp)::date as month, currency, shop_id, product_id, country, region,
           sum(orders)::bigint as orders, sum(units)::bigint as units, sum(sold)::bigint as sold
      from shadow_sales_day
     group by 1, 2, 3, 4, 5, 6, 7
), month as (
    select kind, month as starts, currency, shop_id, product_id, country, region,
           coalesce(l.orders, 0) as orders, coalesce(l.units, 0) as units, coalesce(l.sold, 0) as sold,
           coalesce(s.orders, 0) as own_orders, coalesce(s.units, 0) as own_units, coalesce(s.sold, 0) as own_sold
      from orders.sales_month l
      full join own_month s using (kind, month, currency, shop_id, product_id, country, region)
     where month <> all (select date_trunc('month', d::timestamp)::date from unnest($1::date[]) as d)
), both_kinds as (
    select 'orders.sales_day' as "table", * from day
    union all
    select 'orders.sales_month', * from month
)
select "table", starts as day,
       format('%s in %s%s: %s orders, %s units, %s sold; by their histories %s, %s, %s', kind, currency,
              case when kind in ('shop', 'product') then format(' of shop %s', shop_id) else '' end
              || case kind when 'product' then format(', product %s', product_id) else '' end
              || case when country <> '' then format(' to %s %s', country, region) else '' end,
              orders, units, sold, own_orders, own_units, own_sold) as what
  from both_kinds
 where (orders, units, sold) <> (own_orders, own_units, own_sold)
 order by 1, 2, 3
 limit $2
