-- The newest orders from $1 and below $2, by the primary key.
select o.id, o.version, o.number, o.buyer_id, o.status, o.fulfilment, o.cancel_reason, o.currency, o.total, o.refunded,
       o.sellers, o.units, o.payment_id, o.placed_at, o.reserved_until,
       orders.standing(o.status, o.fulfilment) as standing, coalesce(e.payload -> 'placed' ->> 'email', '') as email
  from (select * from orders.order where id >= $1 and id < $2 order by id desc limit $3) o
  left join orders.event e on e.stream_id = o.id and e.version = 1
 order by o.id desc
