-- What was sold for has its sale in the books. Money that came for an order which had expired went back without a sale, so
-- there is none to take back either. Where shares are captured as shops send, each has its own (verify_captures).
select p.order_id, p.status, coalesce(e.sales, 0) as sales
  from payments.payment p
  left join (select reference, count(*) as sales
               from ledger.entry
              where kind = 'sale'
              group by reference) e on e.reference = p.order_id
 cross join lateral (select exists (select from orders.event h
                                     where h.stream_id = p.order_id and h.name = 'confirmed') as sold) s
 where p.amount > 0
   and not exists (select from checkout.capture c where c.order_id = p.order_id)
   and (coalesce(e.sales, 0) <> s.sold::int or s.sold and p.status not in ('captured', 'refunded'))
 limit $1
