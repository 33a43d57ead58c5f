-- Orders that have any of $1 and each of $2, from $3 and below $4: for every word the newest by the primary key of the terms.
select o.id, o.version, o.number, o.buyer_id, o.status, o.fulfilment, o.cancel_reason, o.currency, o.total, o.refunded,
       o.sellers, o.units, o.payment_id, o.placed_at, o.reserved_until,
       orders.standing(o.status, o.fulfilment) as standing, coalesce(e.payload #>> '{placed,email}', '') as email
  from (select distinct f.order_id
          from unnest($1::text[]) as w (term)
         cross join lateral (
               select t.order_id from orders.desk_term t
                where t.term = w.term and t.order_id >= $3 and t.order_id < $4
                  and not exists (select from unnest($2::text[]) as n (term)
                                   where not exists (select from orders.desk_term s
                                                      where s.term = n.term and s.order_id = t.order_id))
                order by t.order_id desc limit $5) f
         order by f.order_id desc limit $5) found
 cross join lateral (select m.* from orders.order m where m.id = found.order_id limit 1) o
  left join lateral (
       select b.payload from orders.event b where b.stream_id = o.id and b.version = 1 limit 1) e on true
 order by o.id desc
