-- Whether no file says what became of an entry `m`, which one should: only the files of who has the charge do.
exists (select from ledger.charge c
          join ledger.settlement_file f on f.provider = c.provider
         where c.order_id = m.order_id
           and m.at >= f.first_day::timestamp at time zone 'UTC'
           and m.at < (f.last_day + 1)::timestamp at time zone 'UTC')
and not exists (select from ledger.settlement_line l where l.entry_id = m.entry_id)
