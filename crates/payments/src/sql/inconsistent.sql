-- A capture or a refund of everything (the latter of money that was never sold for) counts for all; what is about shares is
-- summed, refunds less what came back, for the payment and for each share.
select p.id, p.status, coalesce(e.last, '') as last, p.amount, coalesce(s.amount, 0) as shared, p.refunded,
       case when e.all_back then p.amount else coalesce(e.back, 0) end as told
  from payments.payment p
  left join lateral (
       select (array_agg(h.name order by h.version desc))[1] as last,
              bool_or(h.name = 'refunded') as all_back,
              bool_or(h.name in ('captured', 'refunded')) as all_taken,
              (coalesce(sum((h.payload ->> 'amount')::bigint) filter (where h.name = 'partly_refunded'), 0)
               - coalesce(sum((h.payload ->> 'amount')::bigint) filter (where h.name = 'refund_came_back'), 0))::bigint as back
         from payments.event h
        where h.stream_id = p.id) e on true
  left join lateral (
       select sum(s.amount)::bigint as amount, sum(s.captured)::bigint as captured, sum(s.released)::bigint as released,
              sum(s.refunded)::bigint as refunded
         from payments.share s
        where s.payment_id = p.id) s on true
 where p.status <> case
                       when e.last is null then 'due'
                       when e.last = 'started' then 'processing'
                       when e.last = 'action_required' then 'requires_action'
                       when e.last not in ('shares_captured', 'shares_released', 'partly_refunded', 'refund_came_back') then e.last
                       when p.captured = 0 or p.captured + p.released < p.amount then 'authorized'
                       when p.refunded = p.captured then 'refunded'
                       else 'captured'
                   end
    or p.amount <> coalesce(s.amount, 0)
    or p.captured <> coalesce(s.captured, 0)
    or p.released <> coalesce(s.released, 0)
    or p.refunded <> coalesce(s.refunded, 0)
    or p.refunded <> case when e.all_back then p.amount else coalesce(e.back, 0) end
    or exists (
       select from payments.share s
         left join lateral (
              select sum((part ->> 'amount')::bigint) filter (where h.name = 'shares_captured') as took,
                     coalesce(sum((part ->> 'amount')::bigint) filter (where h.name = 'shares_released'), 0)
                     - coalesce(sum((part ->> 'unreleased')::bigint) filter (where h.name = 'shares_captured'), 0) as freed,
                     coalesce(sum((part ->> 'amount')::bigint) filter (where h.name = 'partly_refunded'), 0)
                     - coalesce(sum((part ->> 'amount')::bigint) filter (where h.name = 'refund_came_back'), 0) as back
                from payments.event h
               cross join lateral json_array_elements(h.payload -> 'shares') as part
               where h.stream_id = p.id
                 and h.name in ('shares_captured', 'shares_released', 'partly_refunded', 'refund_came_back')
                 and (part ->> 'tenant')::uuid = s.tenant_id) told on true
        where s.payment_id = p.id
          and (s.captured <> case when e.all_taken then s.amount else coalesce(told.took, 0) end
               or s.released <> coalesce(told.freed, 0)
               or s.refunded <> case when e.all_back then s.amount else coalesce(told.back, 0) end))
 limit $1
