-- What went back for what was sold, shop by shop, as five tell it: the refunds that ended, the payment's shares, the orders'
-- histories, and the books' postings. What did not reach its buyer is told of all the same, save by the payment. A shop's share of a refund is its own part and the commission on it.
-- What was released of a share, because it was not captured, is told of by all but the books, which never held it.
with ended as (
    select r.order_id, s.tenant_id, sum((part ->> 'amount')::bigint)::bigint as amount
      from checkout.refund r
     cross join lateral jsonb_array_elements(r.parts) as part
      join orders.sub_order s on s.order_id = r.order_id and s.id = (part ->> 'part')::uuid
     where r.status = 'refunded' or r.came_back <> '[]'
     group by r.order_id, s.tenant_id
), told as (
    select h.stream_id as order_id, s.tenant_id, sum((h.payload -> 'refunded' -> 'refund' ->> 'amount')::bigint)::bigint as amount
      from orders.event h
      join orders.sub_order s on s.order_id = h.stream_id and s.id = (h.payload -> 'refunded' -> 'refund' ->> 'part')::uuid
     where h.name = 'refunded'
     group by h.stream_id, s.tenant_id
), posted as (
    select e.reference as order_id, p.tenant_id, sum(p.amount)::bigint as amount
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
     where e.kind = 'refund' and p.tenant_id is not null
     group by e.reference, p.tenant_id
), astray as (
    select r.order_id, (back ->> 'tenant')::uuid as tenant_id, sum((back ->> 'amount')::bigint)::bigint as amount
      from checkout.refund r
     cross join lateral jsonb_array_elements(r.came_back) as back
     where r.came_back <> '[]'
     group by 1, 2
), shared as (
    select p.order_id, s.tenant_id, s.refunded + s.released + coalesce(a.amount, 0) as amount, s.released
      from payments.payment p
      join payments.share s on s.payment_id = p.id
      left join astray a on a.order_id = p.order_id and a.tenant_id = s.tenant_id
     where (s.refunded > 0 or s.released > 0 or a.amount > 0)
       and exists (select from orders.event h where h.stream_id = p.order_id and h.name = 'confirmed')
)
select order_id, tenant_id, coalesce(ended.amount, 0) as ended, coalesce(told.amount, 0) as told,
       coalesce(posted.amount, 0) as posted, coalesce(shared.amount, 0) as shared
  from ended
  full join told using (order_id, tenant_id)
  full join posted using (order_id, tenant_id)
  full join shared using (order_id, tenant_id)
 where (coalesce(ended.amount, 0), coalesce(ended.amount, 0), coalesce(ended.amount, 0))
    <> (coalesce(told.amount, 0), coalesce(posted.amount, 0) + coalesce(shared.released, 0), coalesce(shared.amount, 0))
 limit $1
