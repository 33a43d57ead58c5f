-- Orders of two years, most of one shop, some of two; how each stands follows from its age.

create unlogged table bench.sale as
select n, at, bench.id(at, 'o' || n) as id, bench.id(at, 'pay' || n) as payment_id, bench.buyer(at, n) as buyer_id,
       'buyer' || n % 200000 || '@post.example' as email, age,
       case when age < interval '15 minutes' then 'placed' when bench.pick(n, 10, 100) < 6 then 'cancelled' else 'confirmed' end as status,
       case when bench.pick(n, 11, 5) = 0 then 2 else 1 end as sellers
  from generate_series(0, bench.rows() - 1) n
 cross join lateral (select (bench.rows() - n) * (interval '730 days' / bench.rows()::double precision) as age) a
 cross join lateral (select bench.now() - age as at) b;

create unlogged table bench.part as
select o.n, i, o.id as order_id, o.at, o.age, o.payment_id, s.n as shop, s.id as tenant_id, bench.id(o.at, 's' || o.n || '-' || i) as id, x.product,
       bench.id(bench.made_at(x.product), 'p' || x.product) as product_id, bench.id(bench.made_at(x.product), 'v' || x.product) as sku,
       quantity, price, 490 as delivery, price * quantity as subtotal, price * quantity + 490 as total, (price * quantity + 490) / 10 as commission,
       case when o.status <> 'confirmed' then o.status
            when o.age < interval '2 days' then case bench.pick(x.k, 12, 4) when 0 then 'packed' when 1 then 'partly_shipped' else 'confirmed' end
            when o.age < interval '5 days' then 'shipped'
            when bench.pick(x.k, 13, 100) >= 3 then 'delivered'
            when o.age < interval '30 days' then 'return_requested'
            else (array['delivered', 'returned', 'refunded'])[1 + bench.pick(x.k, 13, 3)] end as status
  from bench.sale o
 cross join lateral generate_series(1, o.sellers) i
 cross join lateral (select o.n * 2 + i as k) w
 cross join lateral (select case when bench.pick(w.k, 14, 5) = 0 then 1 else 2 + bench.pick(w.k, 15, 999) end as shop, w.k) y
 cross join lateral (select bench.product_of(y.shop, bench.pick(w.k, 16, greatest(1, (bench.rows() / case y.shop when 1 then 6 else 1300 end)::int))) as product, w.k) x
 cross join lateral (select 1 + bench.pick(w.k, 17, 3) as quantity, 500 + bench.pick(x.product, 2, 9500) as price) z
  join bench.shop s on s.n = y.shop
 where i = 1 or y.shop <> case when bench.pick(o.n * 2 + 1, 14, 5) = 0 then 1 else 2 + bench.pick(o.n * 2 + 1, 15, 999) end;

analyze bench.sale, bench.part;

insert into orders.order (id, version, number, buyer_id, status, fulfilment, cancel_reason, currency, total, refunded, sellers, units, payment_id,
                          placed_at, reserved_until)
select o.id, 1, upper(substr(md5(o.id::text), 1, 4) || '-' || substr(md5(o.id::text), 5, 4)), o.buyer_id, o.status,
       case when o.status <> 'confirmed' or o.age < interval '2 days' then 'pending' when o.age < interval '5 days' then 'shipped' else 'delivered' end,
       case when o.status = 'cancelled' then 'expired' end, 'EUR', p.total, p.refunded, p.sellers, p.units, o.payment_id, o.at,
       case when o.status = 'placed' then bench.now() + interval '2 days' else o.at + interval '30 minutes' end
  from bench.sale o
  join (select order_id, sum(total) as total, coalesce(sum(total) filter (where status in ('returned', 'refunded')), 0) as refunded, count(*) as sellers,
               sum(quantity) as units
          from bench.part group by order_id) p on p.order_id = o.id;

insert into orders.sub_order (tenant_id, id, order_id, number, status, currency, subtotal, delivery, total, commission, refunded, commission_refunded,
                              delivery_code, delivery_name, placed_at, confirmed_at, packed_at, delivered_at, cancelled_at, address, cancel_reason, parcels,
                              refunds, returns, open_returns, return_until)
select tenant_id, p.id, order_id, upper(substr(md5(order_id::text), 1, 4) || '-' || substr(md5(order_id::text), 5, 4)) || '-' || i, p.status, 'EUR',
       subtotal, delivery, total, commission, case when gone then total else 0 end, case when gone then commission else 0 end, 'standard',
       'Standard delivery', at, case when paid then at + interval '2 minutes' end,
       case when paid and p.status <> 'confirmed' then at + interval '1 day' end, case when arrived then at + interval '5 days' end,
       case when p.status = 'cancelled' then at + interval '30 minutes' end,
       case when paid then jsonb_build_object('name', 'Lucía Romero', 'line1', 'Calle Betis 12', 'postcode', '41010', 'city', 'Sevilla',
           'region', (array['ES-SE', 'ES-M', 'ES-B', 'ES-V', 'ES-MA', 'ES-Z', 'ES-GR', 'ES-CO'])[1 + bench.pick(n, 18, 8)], 'country', 'ES') end,
       case when p.status = 'cancelled' then 'expired' end,
       case when sent then jsonb_build_array(jsonb_build_object('id', bench.id(at, 'parcel' || n || i), 'lines',
           jsonb_build_array(jsonb_build_object('line', bench.id(at, 'l' || n || '-' || i), 'quantity', quantity)), 'carrier', 'Correos',
           'tracking', 'PK' || n || i, 'shipped_at', to_jsonb(at + interval '2 days'), 'delivered_at', case when arrived then to_jsonb(at + interval '5 days') end))
           else '[]' end,
       case when gone then jsonb_build_array(jsonb_build_object('id', bench.id(at, 'r' || n || '-' || i), 'lines', '[]'::jsonb,
           'delivery', jsonb_build_object('amount', delivery, 'currency', 'EUR'), 'amount', jsonb_build_object('amount', total, 'currency', 'EUR'),
           'reason', 'It came back.', 'at', to_jsonb(at + interval '20 days'))) else '[]' end,
       case when p.status in ('return_requested', 'returned') then jsonb_build_array(jsonb_build_object('id', bench.id(at, 'ret' || n || i),
           'status', case p.status when 'returned' then 'closed' else 'authorised' end, 'lines', jsonb_build_array(jsonb_build_object('line',
           bench.id(at, 'l' || n || '-' || i), 'quantity', 1, 'restocked', 0, 'written_off', 0)), 'reason', 'changed_mind', 'note', 'Too large.',
           'wish', 'refund', 'answer', '', 'carrier', '', 'tracking', '', 'exchange', '[]'::jsonb,
           'timeline', jsonb_build_array(jsonb_build_object('name', 'requested', 'at', to_jsonb(at + interval '9 days'))))) else '[]' end,
       case when p.status = 'return_requested' then 1 else 0 end, case when arrived then at + interval '35 days' end
  from bench.part p
 cross join lateral (select p.status not in ('placed', 'cancelled') as paid, p.status in ('returned', 'refunded') as gone,
                            p.status not in ('placed', 'cancelled', 'confirmed', 'packed') as sent,
                            p.status in ('delivered', 'return_requested', 'returned', 'refunded') as arrived) s;

insert into orders.line (tenant_id, sub_order_id, id, sku_id, product_id, title, options, code, quantity, unit_price, shipped, refunded)
select tenant_id, id, bench.id(at, 'l' || n || '-' || i), sku, product_id, 'Stoneware bowl, no. ' || product, '', 'ART-' || product, quantity, price,
       case when status in ('placed', 'cancelled', 'confirmed', 'packed', 'partly_shipped') then 0 else quantity end,
       case when status in ('returned', 'refunded') then subtotal else 0 end
  from bench.part;

insert into orders.credit_note (tenant_id, number, order_id, sub_order_id, refund_id, issued_at)
select tenant_id, row_number() over (partition by tenant_id order by at, id), order_id, id, bench.id(at, 'r' || n || '-' || i), at + interval '20 days'
  from bench.part where status in ('returned', 'refunded');
