-- Ids are made in order of time, so that the month's partition is all that is read, of sub-orders and of lines.
with sold as materialized (
    select id, currency, (placed_at at time zone 'UTC')::date as day, total - refunded as paid,
           total - refunded + funded - funded_refunded - (commission - commission_refunded)
               - case when tax_by_marketplace then tax - tax_refunded else 0 end as share
      from orders.sub_order
     where tenant_id = $1 and id >= $2 and confirmed_at is not null and status <> 'cancelled'
), piece as (
    select s.id as sub_order_id, s.currency, l.id, l.product_id, l.title, l.quantity - l.cancelled as units,
           l.quantity * l.unit_price - l.refunded
               - case when l.discounts is null then 0
                      else (select coalesce(sum((d ->> 'amount')::bigint), 0) from jsonb_array_elements(l.discounts) as d) end as paid
      from sold s
      join orders.line l on l.tenant_id = $1 and l.sub_order_id = s.id
     where l.sub_order_id >= $2
)
select coalesce((
           select jsonb_agg(jsonb_build_object('currency', t.currency, 'orders', t.orders, 'units', t.units, 'paid', t.paid,
                                               'share', t.share) order by t.orders desc, t.currency)
             from (select currency, count(*) as orders, sum(paid) as paid, sum(share) as share,
                          (select coalesce(sum(p.units), 0) from piece p where p.currency = sold.currency) as units
                     from sold group by currency) as t), '[]') as totals,
       coalesce((
           select jsonb_agg(jsonb_build_object('day', t.day, 'currency', t.currency, 'paid', t.paid) order by t.day, t.currency)
             from (select day, currency, sum(paid) as paid from sold group by day, currency) as t), '[]') as days,
       coalesce((
           select jsonb_agg(jsonb_build_object('product', t.product_id, 'title', t.title, 'units', t.units,
                                               'currency', t.currency, 'paid', t.paid) order by t.paid desc, t.product_id)
             from (select best.product_id, best.currency, best.units, best.paid, latest.title
                     from (select product_id, currency, sum(units) as units, sum(paid) as paid
                             from piece where units > 0 group by product_id, currency
                            order by sum(paid) desc, product_id limit $3) as best
                    -- Titles of these alone: to sort each product's sales takes longer than to add them up.
                    cross join lateral (select p.title from piece p
                                         where p.product_id = best.product_id and p.currency = best.currency and p.units > 0
                                         order by p.sub_order_id desc, p.id desc limit 1) as latest) as t), '[]') as top
