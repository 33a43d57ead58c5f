-- What orders are found by.
insert into orders.desk_term (term, order_id)
select 'standing:' || orders.standing(status, fulfilment), id from orders.order
union all select 'number:' || number, id from orders.order
union all select 'email:' || encode(sha256(convert_to(email, 'UTF8')), 'hex'), id from bench.sale
union all select 'shop:' || tenant_id, order_id from bench.part;

-- And how a shop's parts stand.
insert into orders.sub_order_standing (tenant_id, status, id) select tenant_id, status, id from orders.sub_order;

insert into shipping.shipment (tenant_id, id, order_id, sub_order_id, number, lines, carrier, service, weight_g, sender, recipient, state, tracking,
                               created_at)
select tenant_id, bench.id(at, 'parcel' || n || i), order_id, id, 'S-' || n || '-' || i, '[]', 'sandbox', 'standard', 900, '{}', '{}',
       case when age < interval '5 days' then 'in_transit' else 'delivered' end, 'PK' || n || i, at + interval '1 day'
  from bench.part where status not in ('placed', 'cancelled', 'confirmed', 'packed');

-- What was sold is summed up by day, as the program does behind the log.
analyze orders.sub_order, orders.line;
select count(brin_summarize_new_values(c.oid::regclass))
  from pg_class c
  join pg_am a on a.oid = c.relam
 where a.amname = 'brin' and c.relkind = 'i' and c.relnamespace = 'orders'::regnamespace;
select orders.sum_sales(array(select starts::date + n from generate_series(0, 6) n where starts::date + n < upto))
  from (select (bench.now() at time zone 'UTC')::date as upto) c
 cross join lateral generate_series(upto - 735, upto - 1, interval '7 days') starts;
update orders.sales_summed set before = (bench.now() at time zone 'UTC')::date;
