-- A month until now: its sums, and what was ordered since the last day that is summed up.
with live as materialized (
    select * from orders.sold_between($2, $3) where currency = $4
), kept as (
    select kind, shop_id, country, region, orders, sold
      from orders.sales_month
     where kind = any (array['market', 'place', 'shop', 'goods']) and month = $1 and currency = $4
    union all
    select kind, shop_id, country, region, orders, sold from live where kind <> 'product'
), best as (
    -- Whatever was not sold since is among the month's best, or of no interest.
    (select shop_id, product_id, units, sold, title, last_id
       from orders.sales_month
      where kind = 'product' and month = $1 and currency = $4
      order by sold desc limit $6)
    union
    select m.shop_id, m.product_id, m.units, m.sold, m.title, m.last_id
      from live l
      join orders.sales_month m on m.kind = 'product' and m.month = $1 and m.currency = $4 and m.shop_id = l.shop_id
                               and m.product_id = l.product_id and m.country = '' and m.region = ''
     where l.kind = 'product'
), product as (
    select shop_id, product_id, sum(units)::bigint as units, sum(sold)::bigint as sold,
           (array_agg(title order by last_id desc))[1] as title
      from (select * from best
            union all
            select shop_id, product_id, units, sold, title, last_id from live where kind = 'product') as p
     group by shop_id, product_id
    having sum(units) > 0
)
select coalesce((
           select jsonb_agg(jsonb_build_object('country', t.country, 'region', nullif(t.region, ''), 'orders', t.orders, 'paid', t.sold)
                            order by t.sold desc, t.country, t.region)
             from (select country, region, sum(orders)::bigint as orders, sum(sold)::bigint as sold
                     from kept where kind = 'place' group by country, region having sum(orders) > 0) as t), '[]') as places,
       coalesce((
           select jsonb_agg(jsonb_build_object('tenant', t.shop_id, 'orders', t.orders, 'paid', t.sold) order by t.sold desc, t.shop_id)
             from (select shop_id, sum(orders)::bigint as orders, sum(sold)::bigint as sold
                     from kept where kind = 'shop' group by shop_id having sum(orders) > 0
                    order by sum(sold) desc, shop_id limit $5) as t), '[]') as shops,
       coalesce((
           select jsonb_agg(jsonb_build_object('tenant', t.shop_id, 'product', t.product_id, 'title', t.title, 'units', t.units,
                                               'paid', t.sold) order by t.sold desc, t.product_id)
             from (select * from product order by sold desc, product_id limit $6) as t), '[]') as products,
       (select sum(sold)::bigint from kept where kind = 'market' having sum(orders) > 0) as sold,
       (select sum(sold)::bigint from kept where kind = 'goods' having count(*) > 0) as goods
