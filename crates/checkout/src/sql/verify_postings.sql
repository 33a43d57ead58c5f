-- Money that came for an order which had expired went back without a sale, so there is none to take back either.
select p.order_id as "order_id!", p.status as "status!", coalesce(e.sales, 0) as "sales!", coalesce(e.refunds, 0) as "refunds!"
  from payments.payment p
  left join (select reference,
                    count(*) filter (where kind = 'sale') as sales,
                    count(*) filter (where kind = 'refund') as refunds
               from ledger.entry
              group by reference) e on e.reference = p.order_id
 cross join lateral (select exists (select from orders.event h
                                     where h.stream_id = p.order_id and h.name = 'confirmed') as sold) s
 where p.amount > 0
   and (coalesce(e.sales, 0) <> (p.status = 'captured' or p.status = 'refunded' and s.sold)::int
     or coalesce(e.refunds, 0) <> (p.status = 'refunded' and s.sold)::int)
 limit $1
