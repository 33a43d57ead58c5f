-- Days that are summed up and are not the sum of their sub-orders, but for those of which something was told that is not heard or not
-- summed up yet; and months that are not the sum of their days.
with told as (
    select day from orders.sales_stale
    union
    select orders.day_of(e.key) + later
      from log.cursor c
      join log.event e on e.topic = any (c.topics) and (e.xid, e.id) > (c.xid, c.id)
     cross join generate_series(0, 1) as later
     where c.consumer = 'orders.sales'
), fresh as (
    select f.*
      from orders.sales_summed s
     cross join lateral orders.sold_between('2000-01-01 00:00:00+00', s.before::timestamp at time zone 'UTC') f
), day as (
    select distinct day
      from fresh f
      full join orders.sales_day h using (kind, day, currency, shop_id, product_id, country, region)
     where (coalesce(f.orders, 0), coalesce(f.units, 0), coalesce(f.sold, 0)) <> (coalesce(h.orders, 0), coalesce(h.units, 0), coalesce(h.sold, 0))
), summed as (
    select kind, date_trunc('month', day::timestamp)::date as month, currency, shop_id, product_id, country, region,
           sum(orders) as orders, sum(units) as units, sum(sold) as sold
      from orders.sales_day
     group by 1, 2, 3, 4, 5, 6, 7
), month as (
    select distinct month
      from summed s
      full join orders.sales_month m using (kind, month, currency, shop_id, product_id, country, region)
     where (coalesce(s.orders, 0), coalesce(s.units, 0), coalesce(s.sold, 0)) <> (coalesce(m.orders, 0), coalesce(m.units, 0), coalesce(m.sold, 0))
)
select said
  from (select format('orders of %s: what was sold is summed up as something else', d.day) as said
          from day d where d.day not in (select t.day from told t)
        union all
        select format('month of %s: what was sold is not the sum of its days', m.month) from month m) as w
 order by said
 limit $1
