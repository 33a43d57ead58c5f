-- Units that were cancelled by themselves, as the orders' read tables tell it and as the stock's reservations do: what was
-- sold of them is back. Of what is cancelled as a whole, everything is.
with told as (
    select s.order_id, l.tenant_id, l.sku_id, sum(l.cancelled)::bigint as units
      from orders.line l
      join orders.sub_order s on s.tenant_id = l.tenant_id and s.id = l.sub_order_id
     where l.cancelled > 0 and s.status <> 'cancelled'
     group by s.order_id, l.tenant_id, l.sku_id
), back as (
    select r.order_id, r.tenant_id, r.sku_id, sum(r.returned)::bigint as units
      from inventory.reservation r
     where r.returned > 0 and r.state = 'sold'
     group by r.order_id, r.tenant_id, r.sku_id
)
select order_id, sku_id, coalesce(told.units, 0) as told, coalesce(back.units, 0) as back
  from told
  full join back using (order_id, tenant_id, sku_id)
 where told.units is distinct from back.units
 limit $1
