select coalesce(l.tenant_id, m.tenant_id, r.tenant_id) as "tenant: TenantId",
       coalesce(l.sku_id, m.sku_id, r.sku_id) as "sku: SkuId",
       coalesce(l.warehouse_id, m.warehouse_id, r.warehouse_id) as "warehouse: WarehouseId",
       coalesce(l.on_hand, 0) as "on_hand!",
       coalesce(m.on_hand, 0) as "on_hand_moved!",
       coalesce(l.reserved, 0) as "reserved!",
       coalesce(m.reserved, 0) as "reserved_moved!",
       coalesce(r.held, 0) as "held!"
  from inventory.level l
  full join (select tenant_id, sku_id, warehouse_id,
                    sum(delta_on_hand)::bigint as on_hand, sum(delta_reserved)::bigint as reserved
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
 where coalesce(l.on_hand, 0) <> coalesce(m.on_hand, 0)
    or coalesce(l.reserved, 0) <> coalesce(m.reserved, 0)
    or coalesce(l.reserved, 0) <> coalesce(r.held, 0)
 order by 1, 2, 3
 limit $1
