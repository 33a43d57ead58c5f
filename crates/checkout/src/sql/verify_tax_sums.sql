-- The tax of a sub-order is that of its lines and its delivery; all of it has gone back when all that was paid has.
with told as (
    select s.tenant_id, s.id, sum((l.tax ->> 'amount')::bigint)::bigint as of_lines
      from orders.sub_order s
      join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
     group by s.tenant_id, s.id
)
select s.order_id, s.tenant_id, s.tax,
       (coalesce(t.of_lines, 0) + coalesce((s.delivery_tax ->> 'amount')::bigint, 0))::bigint as told, s.tax_refunded
  from orders.sub_order s
  join told t on t.tenant_id = s.tenant_id and t.id = s.id
 where s.tax <> coalesce(t.of_lines, 0) + coalesce((s.delivery_tax ->> 'amount')::bigint, 0)
    or s.refunded = s.total and s.total > 0 and s.tax_refunded <> s.tax
    or s.refunded = 0 and s.tax_refunded <> 0
 limit $1
