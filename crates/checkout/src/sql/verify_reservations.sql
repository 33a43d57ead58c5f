-- A line's goods are held while its part is placed, sold once it is paid, and back when it is cancelled. An order that
-- expired and was opened again has released reservations beside those that count now. What is sent again for a return was
-- sold once more.
select b.order_id, b.status, b.sku_id, b.bought, coalesce(r."right", 0) as "right", coalesce(r.wrong, 0) as wrong
  from (select o.id as order_id, s.status, l.tenant_id, l.sku_id, sum(l.quantity + coalesce(x.units, 0))::bigint as bought
          from orders.order o
          join orders.sub_order s on s.order_id = o.id
          join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
          left join lateral (select sum((u ->> 'quantity')::bigint) as units
                               from jsonb_array_elements(s.returns) as r
                              cross join lateral jsonb_array_elements(r -> 'exchange') as u
                              where (u ->> 'line')::uuid = l.id) x on s.returns <> '[]'
         group by o.id, s.status, l.tenant_id, l.sku_id) b
  left join (select r.tenant_id, r.order_id, r.sku_id,
                    sum(r.quantity) filter (where r.state = any(f.states))::bigint as "right",
                    sum(r.quantity) filter (where r.state <> all(f.states) and r.state <> 'released')::bigint as wrong
               from inventory.reservation r
               join orders.sub_order s on s.order_id = r.order_id and s.tenant_id = r.tenant_id
              cross join lateral (select case s.status
                                             when 'placed' then array['held']
                                             when 'cancelled' then array['released', 'returned']
                                             else array['sold']
                                         end as states) f
              group by r.tenant_id, r.order_id, r.sku_id) r
         on r.tenant_id = b.tenant_id and r.order_id = b.order_id and r.sku_id = b.sku_id
 where coalesce(r.wrong, 0) <> 0
    or (coalesce(r."right", 0) <> b.bought
        and not (b.status = 'cancelled' and r."right" > b.bought and r."right" % b.bought = 0))
 limit $1
