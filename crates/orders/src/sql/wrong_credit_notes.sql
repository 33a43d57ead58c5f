with told as (
    select (h.payload -> 'refunded' -> 'refund' ->> 'id')::uuid as refund_id,
           (h.payload -> 'refunded' -> 'refund' ->> 'part')::uuid as sub_order_id, h.stream_id as order_id
      from orders.event h
     where h.name = 'refunded'
)
(select format('order %s: refund %s of sub-order %s %s', coalesce(t.order_id, c.order_id),
               coalesce(t.refund_id, c.refund_id), coalesce(t.sub_order_id, c.sub_order_id),
               case when c.refund_id is null then 'has no credit note' else 'has a credit note and is in no history' end)
   from told t
   full join orders.credit_note c on c.refund_id = t.refund_id and c.sub_order_id = t.sub_order_id and c.order_id = t.order_id
  where c.refund_id is null or t.refund_id is null
  order by 1 limit $1)
union all
(select format('shop %s: its credit notes are %s, their numbers go from %s to %s, and the last taken is %s',
               coalesce(n.tenant_id, k.tenant_id), n.notes, n.least, n.greatest, k.last)
   from (select tenant_id, count(*) as notes, min(number) as least, max(number) as greatest
           from orders.credit_note group by tenant_id) n
   full join orders.credit_note_count k on k.tenant_id = n.tenant_id
  where (n.notes, n.least, n.greatest) is distinct from (k.last, 1::bigint, k.last)
  order by 1 limit $1)
