with taken as (
    select o.id as order_id, d.promotion_id, sum(d.amount)::bigint as amount
      from (select s.order_id, (off ->> 'promotion')::uuid as promotion_id, (off ->> 'amount')::bigint as amount
              from orders.line l
              join orders.sub_order s on s.tenant_id = l.tenant_id and s.id = l.sub_order_id
             cross join lateral jsonb_array_elements(l.discounts) as off
             where l.discounts is not null
            union all
            select s.order_id, (off ->> 'promotion')::uuid, (off ->> 'amount')::bigint
              from orders.sub_order s
             cross join lateral jsonb_array_elements(s.delivery_discounts) as off
             where s.delivery_discounts is not null) d
      join orders.order o on o.id = d.order_id
     where o.status <> 'cancelled'
     group by o.id, d.promotion_id
), claimed as (
    select order_id, promotion_id, amount from promotions.redemption where released_at is null
)
select order_id, promotion_id, coalesce(taken.amount, 0) as taken, coalesce(claimed.amount, 0) as claimed
  from taken
  full join claimed using (order_id, promotion_id)
 where taken.amount is distinct from claimed.amount
 limit $1
