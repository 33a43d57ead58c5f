-- The newest orders from $1 and below $2, by the primary key.
select o.id, o.version, o.number, o.buyer_id, o.status, o.fulfilment, o.cancel_reason, o.currency, o.total, o.refunded,
       o.sellers, o.units, o.payment_id, o.placed_at, o.reserved_until,
       orders.standing(o.status, o.fulfilment) as standing, coalesce(e.payload #>> '{placed,email}', '') as email
  from (select * from orders.order where id >= $1 and id < $2 order by id desc limit $3) o
  left join lateral (
       select b.payload from orders.event b where b.stream_id = o.id and b.version = 1 limit 1) e on true
 order by o.id desc
