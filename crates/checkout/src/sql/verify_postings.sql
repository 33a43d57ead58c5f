-- What was sold for has its sale in the books. Money that came for an order which had expired went back without a sale, so
-- there is none to take back either.
select p.order_id, p.status, coalesce(e.sales, 0) as sales
  from payments.payment p
  left join (select reference, count(*) as sales
               from ledger.entry
              where kind = 'sale'
              group by reference) e on e.reference = p.order_id
 cross join lateral (select exists (select from orders.event h
                                     where h.stream_id = p.order_id and h.name = 'confirmed') as sold) s
 where p.amount > 0
   and (coalesce(e.sales, 0) <> s.sold::int or s.sold and p.status not in ('captured', 'refunded'))
 limit $1
