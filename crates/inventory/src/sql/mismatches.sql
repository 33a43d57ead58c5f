select coalesce(l.tenant_id, m.tenant_id, r.tenant_id, i.tenant_id) as tenant,
       coalesce(l.sku_id, m.sku_id, r.sku_id, i.sku_id) as sku,
       coalesce(l.warehouse_id, m.warehouse_id, r.warehouse_id, i.warehouse_id) as warehouse,
       coalesce(l.on_hand, 0) as on_hand,
       coalesce(m.on_hand, 0) as on_hand_moved,
       coalesce(l.reserved, 0) as reserved,
       coalesce(m.reserved, 0) as reserved_moved,
       coalesce(r.held, 0) as held,
       coalesce(l.incoming, 0) as incoming,
       coalesce(m.incoming, 0) as incoming_moved,
       coalesce(i.under_way, 0) as under_way
  from inventory.level l
  full join (select tenant_id, sku_id, warehouse_id,
                    sum(delta_on_hand)::bigint as on_hand, sum(delta_reserved)::bigint as reserved,
                    sum(delta_incoming)::bigint as incoming
               from inventory.movement
              group by tenant_id, sku_id, warehouse_id) m
         on m.tenant_id = l.tenant_id and m.sku_id = l.sku_id and m.warehouse_id = l.warehouse_id
  full join (select tenant_id, sku_id, warehouse_id, sum(quantity)::bigint as held
               from inventory.reservation
              where state = 'held'
              group by tenant_id, sku_id, warehouse_id) r
         on r.tenant_id = coalesce(l.tenant_id, m.tenant_id)
        and r.sku_id = coalesce(l.sku_id, m.sku_id)
        and r.warehouse_id = coalesce(l.warehouse_id, m.warehouse_id)
  full join (select b.tenant_id, n.sku_id, b.warehouse_id, sum(n.expected - n.received - n.missing)::bigint as under_way
               from inventory.inbound b
               join inventory.inbound_line n on n.tenant_id = b.tenant_id and n.inbound_id = b.id
              group by b.tenant_id, n.sku_id, b.warehouse_id) i
         on i.tenant_id = coalesce(l.tenant_id, m.tenant_id, r.tenant_id)
        and i.sku_id = coalesce(l.sku_id, m.sku_id, r.sku_id)
        and i.warehouse_id = coalesce(l.warehouse_id, m.warehouse_id, r.warehouse_id)
 where coalesce(l.on_hand, 0) <> coalesce(m.on_hand, 0)
    or coalesce(l.reserved, 0) <> coalesce(m.reserved, 0)
    or coalesce(l.reserved, 0) <> coalesce(r.held, 0)
    or coalesce(l.incoming, 0) <> coalesce(m.incoming, 0)
    or coalesce(l.incoming, 0) <> coalesce(i.under_way, 0)
 order by 1, 2, 3
 limit $1
