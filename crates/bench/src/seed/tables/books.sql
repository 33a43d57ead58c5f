-- Payments with their sagas, refunds, the ledger, what is held, what was paid out, and what the provider says of it.

insert into payments.payment (id, order_id, currency, amount, captured, refunded, status, attempt, provider, method, reference, updated_at)
select o.payment_id, o.id, 'EUR', o.total, case when o.status = 'confirmed' then o.total else 0 end, o.refunded,
       case when o.status <> 'confirmed' then 'due' when o.refunded = o.total then 'refunded' else 'captured' end, 1, 'sandbox', 'card',
       'ch_' || substr(md5(o.id::text), 1, 16), o.placed_at
  from orders.order o;
insert into payments.share (tenant_id, payment_id, amount, captured, refunded)
select tenant_id, payment_id, total, case when status in ('placed', 'cancelled') then 0 else total end,
       case when status in ('returned', 'refunded') then total else 0 end
  from bench.part;
-- One in ten thousand is stuck; what its next try finds is never seen here.
insert into checkout.saga (order_id, version, attempt, method, return_path, step, tries, due_at, history)
select id, 3, 1, 'card', '/', case when is_stuck then '"capture"' else '{"ended": {"end": "confirmed"}}'::jsonb end, case when is_stuck then 12 else 0 end,
       case when is_stuck then bench.now() + interval '2 days' end, '[]'
  from bench.sale cross join lateral (select n % 10000 = 9999 as is_stuck) s where status <> 'placed';
insert into checkout.refund (order_id, id, version, attempt, charge, parts, amount, status, asked_by, asked_at, step, tries, due_at, history, ended_at,
                             tenders, goes_to)
select order_id, bench.id(at + interval '19 days', 'r' || n || '-' || i), 2, 1, 'ch', '[]', total,
       case x when 0 then 'refused' when 1 then 'pending' else 'refunded' end, '{"kind": "anonymous"}', at + interval '19 days',
       case x when 0 then '{"ended": {"end": {"refused": {"reason": "closed"}}}}'::jsonb when 1 then '"ask"'
              else '{"ended": {"end": {"refunded": {"reference": "re"}}}}' end,
       0, case x when 1 then bench.now() + interval '2 days' end, '[]', case x when 1 then null else at + interval '20 days' end, '[]', 'origin'
  from bench.part cross join lateral (select bench.pick(n, 20, 200) as x) w where status in ('returned', 'refunded');

insert into ledger.entry (id, kind, reference, at)
select bench.id(at, 'e' || n), 'sale', id, at + interval '2 minutes' from bench.sale where status = 'confirmed'
union all
select bench.id(at + interval '20 days', 'er' || n || i), 'refund', order_id, at + interval '20 days' from bench.part where status in ('returned', 'refunded');
insert into ledger.posting (entry_id, line, account, tenant_id, currency, amount)
select bench.id(at, 'e' || n), 0, 'provider_clearing', null, 'EUR', sum(total) from bench.part where status not in ('placed', 'cancelled') group by n, at
union all
select bench.id(at, 'e' || n), 2 * i - 1, 'seller_payable', tenant_id, 'EUR', commission - total from bench.part where status not in ('placed', 'cancelled')
union all
select bench.id(at, 'e' || n), 2 * i, 'commission_revenue', tenant_id, 'EUR', -commission from bench.part where status not in ('placed', 'cancelled')
union all
select bench.id(at + interval '20 days', 'er' || n || i), line, account, case when line > 0 then tenant_id end, 'EUR', amount
  from bench.part
 cross join lateral (values (0, 'provider_clearing', -total), (1, 'seller_payable', total - commission), (2, 'commission_revenue', commission))
            as p (line, account, amount)
 where status in ('returned', 'refunded');

insert into ledger.hold (tenant_id, id, entry_id, reference, reason, currency, amount, remaining, released, state, release_at, placed_by, placed_at, ended_by,
                         ended_at, end_note)
select tenant_id, bench.id(at, 'h' || n || i), bench.id(at, 'e' || n), order_id, 'delivery', 'EUR', total - commission,
       case when over then 0 else total - commission end, case when over then total - commission else 0 end,
       case when over then 'released' else 'held' end, case when over then at + interval '12 days' else bench.now() + interval '3 days' end,
       '{"kind": "anonymous"}', at, case when over then '{"kind": "anonymous"}'::json end, case when over then at + interval '12 days' end,
       case when over then '' end
  from bench.part cross join lateral (select age > interval '12 days' as over) w where status not in ('placed', 'cancelled');

-- Each week what was released.
create unlogged table bench.week as
select tenant_id, date_trunc('week', at + interval '19 days') as at, sum(total - commission) filter (where status = 'delivered') as amount
  from bench.part where status not in ('placed', 'cancelled') and age > interval '26 days' group by 1, 2;
insert into ledger.payout (tenant_id, id, currency, amount, period, state, destination, provider, provider_reference, reason, attempt, created_at, paid_at)
select tenant_id, bench.id(at, 'po' || tenant_id || at), 'EUR', amount, at::date::text,
       case when x = 0 then 'returned' when x = 1 then 'failed' else 'paid' end, 'sandbox:bank', 'sandbox', 'tr_' || substr(md5(tenant_id::text || at), 1, 12),
       case when x < 2 then 'account_closed' end, 1, at, case when x > 1 then at + interval '1 day' end
  from bench.week cross join lateral (select bench.pick(extract(epoch from at)::bigint + hashtext(tenant_id::text), 21, 500) as x) w where amount > 0;
insert into ledger.entry (id, kind, reference, at)
select bench.id(created_at, 'ep' || id), 'payout', id, created_at from ledger.payout where state = 'paid';
insert into ledger.posting (entry_id, line, account, tenant_id, currency, amount)
select bench.id(created_at, 'ep' || id), line, account, tenant_id, 'EUR', moved
  from ledger.payout cross join lateral (values (0, 'seller_payable', amount), (1, 'payout_clearing', -amount)) as p (line, account, moved)
 where state = 'paid';

-- Days that are over are closed, as the program closes them.
analyze ledger.entry, ledger.posting;
select ledger.sum_days(first, least((first + interval '1 month')::date, upto))
  from (select (bench.now() at time zone 'UTC' - interval '6 hours')::date as upto) c
 cross join lateral (select month::date as first from generate_series(upto - 800, upto - 1, interval '1 month') month) m;
update ledger.closed set closing_before = upto, closed_before = upto
  from (select (bench.now() at time zone 'UTC' - interval '6 hours')::date as upto) c;

insert into ledger.charge (payment_id, order_id, provider, reference)
select id, order_id, provider, reference from payments.payment where captured > 0;
-- The provider's files of the last two months; one charge in two thousand is missing.
insert into ledger.settlement_file (id, provider, sha256, lines, first_day, last_day, imported_by, imported_at)
select bench.id(day, 'file'), 'sandbox', sha256(convert_to(day::text, 'UTF8')), 1, day::date, day::date, '{"kind": "anonymous"}', day + interval '1 day'
  from generate_series(date_trunc('day', bench.now()) - interval '60 days', bench.now() - interval '2 days', '1 day') day;
insert into ledger.settlement_line (provider, reference, kind, file_id, line, currency, gross, fee, net, day, entry_id)
select 'sandbox', 'ch_' || substr(md5(o.id::text), 1, 16), 'charge', bench.id(date_trunc('day', o.placed_at), 'file'), 1, 'EUR', o.total, 30, o.total - 30,
       o.placed_at::date, bench.id(s.at, 'e' || s.n)
  from orders.order o
  join bench.sale s on s.id = o.id
 where o.status = 'confirmed' and s.age < interval '60 days' and s.age > interval '2 days' and s.n % 2000 > 0;

-- What agrees is known to, and so is what no file names.
update ledger.settlement_line l set agreed = true
  from ledger.posting p
 where p.entry_id = l.entry_id and p.account = 'provider_clearing' and (p.amount, p.currency) = (l.gross, l.currency);
analyze ledger.charge, ledger.settlement_file, ledger.settlement_line;
insert into ledger.unlisted (entry_id, kind, order_id, currency, amount, at)
select e.id, e.kind, e.reference, p.currency, p.amount, e.at
  from ledger.entry e
  join ledger.posting p on p.entry_id = e.id and p.account = 'provider_clearing'
 where e.kind in ('sale', 'refund') and e.at >= bench.now() - interval '62 days'
   and e.at < (select closed_before::timestamp at time zone 'UTC' from ledger.closed)
   and exists (select from ledger.charge c
                 join ledger.settlement_file f on f.provider = c.provider
                where c.order_id = e.reference and (e.at at time zone 'UTC')::date between f.first_day and f.last_day)
   and not exists (select from ledger.settlement_line l where l.entry_id = e.id);

insert into ledger.purse (id, kind, currency, balance, made_at, code_hash, hint, issued, funding, note, issued_by, issue_key)
select bench.id(at, 'card' || n), 'gift_card', 'EUR', 2500, at, sha256(convert_to('card' || n, 'UTF8')), 'AB12', 5000, 'sold', '', '{"kind": "anonymous"}', 'card' || n
  from bench.sale where n % 50 = 0;
