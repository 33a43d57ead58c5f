-- Each closed day's sums beside its postings, read without the function by which they were summed up: what is said of a day
-- for which nothing was posted, and what is posted on a day whose sums do not say so, are both wrong. So is an entry that no read
-- of a span of time would come by.
with posted as (
    select (e.at at time zone 'UTC')::date as day, p.tenant_id, p.account, p.currency, coalesce(o.kind, e.kind) as kind,
           e.kind = 'reversal' as is_reversal, sum(p.amount)::bigint as amount, count(*) as postings
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
      left join ledger.entry o on e.kind = 'reversal' and o.id = e.reference
     where e.at < (select closed_before::timestamp at time zone 'UTC' from ledger.closed)
     group by 1, 2, 3, 4, 5, 6
), taken as (
    select day, tenant_id, account, currency, kind, is_reversal, amount, postings from posted where tenant_id is not null
    union all
    select day, null, account, currency, kind, is_reversal, sum(amount)::bigint, sum(postings)::bigint
      from posted group by day, account, currency, kind, is_reversal
), said as (
    select day, tenant_id, account, currency, kind, is_reversal, amount, postings::bigint from ledger.day_sum
    union all
    select day, null, account, currency, kind, is_reversal, amount, postings from ledger.day_total
), off as (
    select day, tenant_id, account, currency, kind, is_reversal, sum(taken) as taken, sum(said) as said
      from (select day, tenant_id, account, currency, kind, is_reversal, amount as taken, postings as taken_of, null::bigint as said, 0::bigint as said_of
              from taken
            union all
            select day, tenant_id, account, currency, kind, is_reversal, null, 0, amount, postings from said) b
     group by day, tenant_id, account, currency, kind, is_reversal
    having sum(taken) is distinct from sum(said) or sum(taken_of) <> sum(said_of)
)
select format('the closed day %s says %s %s of %s (%s%s) for %s, its postings sum to %s', day, coalesce(said::text, 'nothing of'), currency, account,
              kind, case when is_reversal then ', reversed' else '' end, coalesce('shop ' || tenant_id, 'all shops'), coalesce(taken::text, 'nothing'))
  from off
union all
select format('entry %s of %s is not found by its time', e.id, e.at)
  from ledger.entry e
 where ledger.is_apart(e.id, e.at) and not exists (select from ledger.entry_apart a where a.id = e.id and a.at = e.at)
 order by 1
 limit $1
