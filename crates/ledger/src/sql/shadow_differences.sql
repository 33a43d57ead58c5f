-- Sums of closed days of which the live tables and their shadow say different things.
with off as (
    select 'ledger.day_sum' as "table", day, account, currency, kind, is_reversal, format(' of shop %s', tenant_id) as whose,
           l.amount, l.postings::bigint as postings, l.entries, s.amount as own_amount, s.postings::bigint as own_postings, s.entries as own_entries
      from ledger.day_sum l
      full join shadow_day_sum s using (tenant_id, account, currency, day, kind, is_reversal)
     where (l.amount, l.postings, l.entries) is distinct from (s.amount, s.postings, s.entries)
    union all
    select 'ledger.day_total', day, account, currency, kind, is_reversal, '', l.amount, l.postings, null, s.amount, s.postings, null
      from ledger.day_total l
      full join shadow_day_total s using (day, account, currency, kind, is_reversal)
     where (l.amount, l.postings) is distinct from (s.amount, s.postings)
)
select "table", day,
       format('%s of %s%s%s: %s; its postings %s', currency, account, whose, format(' (%s%s)', kind, case when is_reversal then ', reversed' else '' end),
              case when postings is null then 'nothing' else format('%s in %s postings%s', amount, postings, ' of ' || entries || ' entries') end,
              case when own_postings is null then 'none' else format('sum to %s in %s%s', own_amount, own_postings, ' of ' || own_entries || ' entries') end) as what
  from off
 order by 1, 2, 3
 limit $1
