-- Where shares are captured as shops send: of every share captured, released and open are what was authorized, as the till keeps
-- them and as the payment does; and the books hold the sale of what was captured of it, of nothing before. A sale's postings of a
-- shop are together what its buyer paid for it.
with kept as (
    select c.order_id, c.ended_at, (share ->> 'tenant')::uuid as tenant_id, (share ->> 'authorized')::bigint as authorized,
           (share ->> 'captured')::bigint as captured,
           -- what is being asked for counts as released until it is captured
           (share ->> 'released')::bigint + (share ->> 'unreleased')::bigint as released,
           (share ->> 'open')::bigint - (share ->> 'unreleased')::bigint as open
      from checkout.capture c
     cross join lateral jsonb_array_elements(c.taking -> 'split' -> 'shares') as share
), told as (
    select p.order_id, s.tenant_id, s.amount, s.captured, s.released
      from payments.payment p
      join payments.share s on s.payment_id = p.id
     where exists (select from checkout.capture c where c.order_id = p.order_id)
), posted as (
    select e.reference as order_id, p.tenant_id, -sum(p.amount)::bigint as amount
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
     where e.kind = 'sale' and p.tenant_id is not null
       and exists (select from checkout.capture c where c.order_id = e.reference)
     group by e.reference, p.tenant_id
), checked as (
    select order_id, tenant_id,
           case
               when k.order_id is null or t.order_id is null then 'is a share of the payment or of its captures, not of both'
               when k.captured + k.released + k.open <> k.authorized or k.open < 0
                   then format('captured %s, released %s and open %s are not the %s authorized', k.captured, k.released, k.open,
                               k.authorized)
               when (t.amount, t.captured, t.released) <> (k.authorized, k.captured, k.released)
                   then format('is kept as captured %s, released %s of %s, its payment says %s, %s of %s', k.captured, k.released,
                               k.authorized, t.captured, t.released, t.amount)
               when k.ended_at is not null and k.open <> 0 then format('%s of it are open, and nobody will capture them', k.open)
               when coalesce(p.amount, 0) <> k.captured
                   then format('%s of it were captured, the books hold sales of %s', k.captured, coalesce(p.amount, 0))
           end as problem
      from kept k
      full join told t using (order_id, tenant_id)
      full join posted p using (order_id, tenant_id)
), summed as (
    select c.order_id, null::uuid as tenant_id,
           format('%s are open and %s lapsed, its shares say %s and %s', c.open, c.lapsed, s.open, s.lapsed) as problem
      from checkout.capture c
     cross join lateral (
           select sum((share ->> 'open')::bigint)::bigint as open, sum((share ->> 'lapsed')::bigint)::bigint as lapsed
             from jsonb_array_elements(c.taking -> 'split' -> 'shares') as share) s
     where (c.open, c.lapsed) <> (s.open, s.lapsed)
)
select order_id, tenant_id, problem from checked where problem is not null
union all
select order_id, tenant_id, problem from summed
 limit $1
