select p.order_id as "order_id!", p.status as "status!", coalesce(e.sales, 0) as "sales!", coalesce(e.refunds, 0) as "refunds!"
  from payments.payment p
  left join (select reference,
                    count(*) filter (where kind = 'sale') as sales,
                    count(*) filter (where kind = 'refund') as refunds
               from ledger.entry
              group by reference) e on e.reference = p.order_id
 where p.amount > 0
   and (coalesce(e.sales, 0) <> (p.status in ('captured', 'refunded'))::int
     or coalesce(e.refunds, 0) <> (p.status = 'refunded')::int)
 limit $1
