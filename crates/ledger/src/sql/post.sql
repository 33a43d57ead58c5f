with made as (
    insert into ledger.entry (id, kind, reference, at)
    select * from unnest({entries})
    on conflict do nothing
    returning id, kind, reference, at
), line as (
    select p.*, made.kind, made.reference, made.at
      from unnest({postings})
           as p (entry_id, line, account, tenant_id, currency, amount, hold_id, delivered_at)
      join made on made.id = p.entry_id
), held as (
    insert into ledger.hold (tenant_id, id, entry_id, reference, reason, currency, amount, remaining, release_at, placed_by, placed_at)
    select l.tenant_id, l.hold_id, l.entry_id, l.reference, 'delivery', l.currency, -l.amount, -l.amount,
           coalesce(l.delivered_at, l.at + make_interval(days => $1::int)) + make_interval(days => coalesce(t.hold_days, 7)),
           '{"kind":"system","name":"till"}', l.at
      from line l
      left join ledger.terms t on t.tenant_id = l.tenant_id
     where l.hold_id is not null
), freed as (
    update ledger.hold h
       set remaining = greatest(h.remaining - l.amount, 0),
           state = case when h.remaining > l.amount then 'held' else 'refunded' end,
           ended_at = case when h.remaining > l.amount then null else l.at end,
           ended_by = case when h.remaining > l.amount then null else '{"kind":"system","name":"till"}'::json end
      from line l
     where l.kind = 'refund' and l.account = 'seller_payable' and l.amount > 0
       and h.reference = l.reference and h.tenant_id = l.tenant_id and h.currency = l.currency
       and h.reason = 'delivery' and h.state = 'held'
)
insert into ledger.posting (entry_id, line, account, tenant_id, currency, amount)
select entry_id, line, account, tenant_id, currency, amount from line
