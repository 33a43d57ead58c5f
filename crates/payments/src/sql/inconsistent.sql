-- A refund of everything (money that was never sold for) counts for all; refunds in part are summed, less what came back,
-- for the payment and for each share.
select p.id, p.status, coalesce(e.last, '') as last, p.amount, coalesce(s.amount, 0) as shared, p.refunded,
       case when e.all_back then p.amount else coalesce(e.back, 0) end as told
  from payments.payment p
  left join lateral (
       select (array_agg(h.name order by h.version desc))[1] as last,
              bool_or(h.name = 'refunded') as all_back,
              (coalesce(sum((h.payload ->> 'amount')::bigint) filter (where h.name = 'partly_refunded'), 0)
               - coalesce(sum((h.payload ->> 'amount')::bigint) filter (where h.name = 'refund_came_back'), 0))::bigint as back
         from payments.event h
        where h.stream_id = p.id) e on true
  left join lateral (
       select sum(s.amount)::bigint as amount, sum(s.captured)::bigint as captured, sum(s.refunded)::bigint as refunded
         from payments.share s
        where s.payment_id = p.id) s on true
 where p.status <> case coalesce(e.last, '')
                       when '' then 'due'
                       when 'started' then 'processing'
                       when 'action_required' then 'requires_action'
                       when 'partly_refunded' then case when p.refunded = p.captured then 'refunded' else 'captured' end
                       when 'refund_came_back' then 'captured'
                       else e.last
                   end
    or p.amount <> coalesce(s.amount, 0)
    or p.captured <> coalesce(s.captured, 0)
    or p.refunded <> coalesce(s.refunded, 0)
    or p.refunded <> case when e.all_back then p.amount else coalesce(e.back, 0) end
    or exists (
       select from payments.share s
         left join lateral (
              select sum((part ->> 'amount')::bigint * case h.name when 'refund_came_back' then -1 else 1 end)::bigint as amount
                from payments.event h
               cross join lateral json_array_elements(h.payload -> 'shares') as part
               where h.stream_id = p.id and h.name in ('partly_refunded', 'refund_came_back')
                 and (part ->> 'tenant')::uuid = s.tenant_id) back on true
        where s.payment_id = p.id
          and s.refunded <> case when e.all_back then s.amount else coalesce(back.amount, 0) end)
 limit $1
