-- What the list of disagreements takes for granted: lines that agree with their entries, and entries of closed days that
-- some file names.
select format('line %s %s of %s is taken to agree with its entry, and does not', l.reference, l.kind, l.provider)
  from ledger.settlement_line l
 where l.agreed
   and not coalesce((select sum(p.amount) = l.gross and min(p.currency) = l.currency
                       from ledger.posting p
                      where p.entry_id = l.entry_id and p.account = 'provider_clearing'), false)
union all
select format('no file names entry %s of %s, and nobody noted it', m.entry_id, m.at)
  from (select e.id as entry_id, e.reference as order_id, e.at
          from ledger.entry e
          join ledger.posting p on p.entry_id = e.id and p.account = 'provider_clearing'
         where e.kind in ('sale', 'refund')
           and e.at < (select closed_before::timestamp at time zone 'UTC' from ledger.closed)) m
 where not exists (select from ledger.unlisted u where u.entry_id = m.entry_id)
   and {missing}
limit $1
