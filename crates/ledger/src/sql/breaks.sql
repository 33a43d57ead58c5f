select b.*, x.note, x.actor as explained_by, x.at as explained_at
  from (
    select case when e.amount is null then 'missing_here' else 'amount_differs' end as kind,
           l.reference, l.kind as line_kind, l.entry_id, e.reference as order_id, l.currency, l.gross as theirs, e.amount as ours,
           l.day::timestamp at time zone 'UTC' as at,
           'l:' || l.provider || ':' || l.reference || ':' || l.kind as place
      from ledger.settlement_line l
      left join lateral (select sum(p.amount)::bigint as amount, min(p.currency) as currency,
                                (select o.reference from ledger.entry o where o.id = l.entry_id) as reference
                           from ledger.posting p
                          where p.entry_id = l.entry_id and p.account = 'provider_clearing') e on true
     where l.kind in ('charge', 'refund') and not l.agreed
       and (e.amount is null or e.amount <> l.gross or e.currency <> l.currency)
    union all
    select 'missing_there', '', case m.kind when 'sale' then 'charge' else 'refund' end, m.entry_id, m.order_id, m.currency, null, m.amount, m.at,
           'm:' || m.entry_id
      from (select entry_id, kind, order_id, currency, amount, at from ledger.unlisted
            union
            select entry_id, kind, reference, currency, amount, at
              from ledger.moved_between($6, $7)
             where kind in ('sale', 'refund') and account = 'provider_clearing') m
     where {missing}
  ) b
  left join lateral (select said.note, said.actor, said.at
                       from ledger.break_explained said
                      where said.place = b.place and (said.theirs, said.ours) is not distinct from (b.theirs, b.ours)
                      order by said.at desc
                      limit 1) x on true
 where ($1::text is null or b.kind = $1)
   and ($2::text is null or b.place > $2)
   and ($4::text is null or b.place = $4)
   and ($5::boolean is null or (x.at is not null) = $5)
 order by b.place
 limit $3
