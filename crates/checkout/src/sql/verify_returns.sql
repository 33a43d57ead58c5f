-- Units that returns put on the shelf again, as the orders' read tables tell it and as the stock's movements do: those that
-- came back, and those that were to be sent again and were not. What came back with a cancelled order is told of by the
-- order's own id; buyers choose a return's id, and may choose that of an order of theirs, or one twice.
with told as (
    select (r ->> 'id')::uuid as return_id, l.sku_id,
           sum((u ->> 'restocked')::bigint + coalesce((u ->> 'put_back')::bigint, 0))::bigint as units
      from orders.sub_order s
     cross join lateral jsonb_array_elements(s.returns) as r
     cross join lateral jsonb_array_elements(r -> 'lines') as u
      join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id and l.id = (u ->> 'line')::uuid
     where s.returns <> '[]'
       and not exists (select from orders.order o where o.id = (r ->> 'id')::uuid)
     group by 1, 2
), moved as (
    select m.reference as return_id, m.sku_id, sum(m.delta_on_hand)::bigint as units
      from inventory.movement m
     where m.reason = 'return'
       and not exists (select from orders.order o where o.id = m.reference)
     group by m.reference, m.sku_id
)
select return_id, sku_id, coalesce(told.units, 0) as told, coalesce(moved.units, 0) as moved
  from told
  full join moved using (return_id, sku_id)
 where coalesce(told.units, 0) <> coalesce(moved.units, 0)
 limit $1
