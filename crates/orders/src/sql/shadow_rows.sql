-- Rows of which the live tables and their shadow say different things, at most $1 of each table. How sub-orders stand is noted behind the
-- log: of orders of which something was told that is not heard yet it says nothing, and neither where their placing was told to nobody.
with heard as materialized (
    select e.key
      from log.cursor c
      join log.event e on e.topic = 'orders.order_placed' and (e.xid, e.id) <= (c.xid, c.id)
     where c.consumer = 'orders.standing'
    except
    select e.key
      from log.cursor c
      join log.event e on e.topic = any (c.topics) and (e.xid, e.id) > (c.xid, c.id)
     where c.consumer = 'orders.standing'
    except
    select d.key from log.dead_letter d where d.consumer = 'orders.standing'
)
(select coalesce(l.id, s.id) as "order", 'orders.order' as "table", coalesce(l.id, s.id) as "row",
        case when l.id is null then 'is missing' when s.id is null then 'is in no history'
             else 'differs from what its history says' end as "what"
   from orders.order l
   full join shadow_order s on s.id = l.id
  where l is distinct from s
  order by 1 limit $1)
union all
(select coalesce(l.order_id, s.order_id), 'orders.sub_order', coalesce(l.id, s.id),
        case when l.id is null then 'is missing' when s.id is null then 'is in no history'
             else 'differs from what its history says' end
   from orders.sub_order l
   full join shadow_sub_order s on s.tenant_id = l.tenant_id and s.id = l.id
  where l is distinct from s
  order by 1 limit $1)
union all
(select coalesce(p.order_id, o.order_id, coalesce(l.sub_order_id, s.sub_order_id)), 'orders.line',
        coalesce(l.id, s.id),
        case when l.id is null then 'is missing' when s.id is null then 'is in no history'
             else 'differs from what its history says' end
   from orders.line l
   full join shadow_line s
          on s.tenant_id = l.tenant_id and s.sub_order_id = l.sub_order_id and s.id = l.id
   left join shadow_sub_order p on p.tenant_id = s.tenant_id and p.id = s.sub_order_id
   left join orders.sub_order o on o.tenant_id = l.tenant_id and o.id = l.sub_order_id
  where l is distinct from s
  order by 1 limit $1)
union all
(select coalesce(s.order_id, o.order_id, l.id), 'orders.sub_order_standing', coalesce(s.id, l.id),
        case when l.id is null then 'is missing' when o.id is null then 'is in no history'
             else 'differs from what its history says' end
   from orders.sub_order_standing l
   full join shadow_sub_order s on s.tenant_id = l.tenant_id and s.status = l.status and s.id = l.id
   left join shadow_sub_order o on o.tenant_id = l.tenant_id and o.id = l.id
  where (l.id is null or s.id is null)
    and (coalesce(s.order_id, o.order_id) is null or coalesce(s.order_id, o.order_id) in (select key from heard))
  order by 1 limit $1)
order by 1, 2 desc, 3
