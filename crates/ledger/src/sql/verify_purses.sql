-- What is on a purse is the sum of its movements, what of it is set aside the sum of its holds, what is spent of it what its
-- holds tell, and what the books owe to purses what entry by entry their movements say.
with wrong as (
    select format('%s %s holds %s, its movements sum to %s', p.kind, p.id, p.balance, coalesce(m.amount, 0)) as problem
      from ledger.purse p
      left join (select purse_id, sum(amount)::bigint as amount from ledger.purse_movement group by purse_id) m on m.purse_id = p.id
     where p.balance <> coalesce(m.amount, 0)
    union all
    select format('%s %s has %s set aside, its orders %s', p.kind, p.id, p.held, coalesce(h.amount, 0))
      from ledger.purse p
      left join (select purse_id, sum(amount)::bigint as amount from ledger.purse_hold where state = 'held' group by purse_id) h
             on h.purse_id = p.id
     where p.held <> coalesce(h.amount, 0)
    union all
    select format('order %s spent %s of purse %s, its hold tells of %s', order_id, coalesce(m.amount, 0), purse_id, coalesce(h.amount, 0))
      from (select order_id, purse_id, -sum(amount)::bigint as amount
              from ledger.purse_movement where kind = 'spent' group by order_id, purse_id) m
      full join (select order_id, purse_id, amount from ledger.purse_hold where state = 'spent') h using (order_id, purse_id)
     where m.amount is distinct from h.amount
    union all
    select format('entry %s owes %s %s more, the movements of purses %s', entry_id, coalesce(b.owed, 0), account, coalesce(m.amount, 0))
      from (select entry_id, account, currency::text, -sum(amount)::bigint as owed
              from ledger.posting
             where account in ('gift_cards_outstanding', 'store_credit_outstanding')
             group by entry_id, account, currency) b
      full join (select m.entry_id, case p.kind when 'gift_card' then 'gift_cards_outstanding' else 'store_credit_outstanding' end as account,
                        p.currency::text, sum(m.amount)::bigint as amount
                   from ledger.purse_movement m
                   join ledger.purse p on p.id = m.purse_id
                  group by 1, 2, 3) m using (entry_id, account, currency)
     where b.owed is distinct from m.amount
)
select problem from wrong limit $1
