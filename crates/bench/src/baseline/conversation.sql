{{pick}}
begin;
insert into idempotency_key (scope, key, request_hash, status, response, expires_at) values ('orders', gen_random_uuid()::text, '\x5c1e7d3a9b2f4c6088e1d3a5f7092b4c6d8eaf0112334455667788990aabbccd', 201, '{{response}}', now() + interval '24 hours');
select sku, product, seller, on_hand, reserved from stock where sku in (:a, :b) order by sku for update;
update stock set reserved = reserved + 1 where sku in (:a, :b);
insert into purchase (version, number, buyer, status, currency, total, sellers, units, placed_at, reserved_until) values (1, 'K7F3-9QXA', null, 'placed', 'EUR', 4960, 2, 2, now(), now() + interval '15 minutes') returning id \gset
insert into sub_order (seller, id, order_id, number, status, currency, subtotal, delivery, total, commission, delivery_code, delivery_name, placed_at) values (:seller_a, :id, :id, 'K7F3-9QXA-1', 'placed', 'EUR', 1990, 490, 2480, 199, 'standard', 'Standard delivery', now()), (:seller_b, :id, :id, 'K7F3-9QXA-2', 'placed', 'EUR', 1990, 490, 2480, 199, 'standard', 'Standard delivery', now());
insert into line (seller, sub_order_id, id, sku, product, title, options, code, quantity, unit_price) values (:seller_a, :id, 1, :a, :a, 'Stoneware bowl with a blue rim, large', 'Size: L', 'BOWL-00001-L', 1, 1990), (:seller_b, :id, 2, :b, :b, 'Stoneware bowl with a blue rim, large', 'Size: L', 'BOWL-00002-L', 1, 1990);
insert into reservation (order_id, sku, seller, warehouse, quantity, expires_at) values (:id, :a, :seller_a, 1, 1, now() + interval '15 minutes'), (:id, :b, :seller_b, 1, 1, now() + interval '15 minutes');
insert into movement (sku, seller, warehouse, delta_on_hand, delta_reserved, reason, reference) values (:a, :seller_a, 1, 0, 1, 'hold', :id), (:b, :seller_b, 1, 0, 1, 'hold', :id);
insert into payment (order_id, currency, amount, updated_at) values (:id, 'EUR', 4960, now()) returning id as payment \gset
insert into share (seller, payment_id, amount) values (:seller_a, :payment, 2480), (:seller_b, :payment, 2480);
insert into stream_event (stream_id, version, name, payload, actor, correlation_id, at) values (:id, 1, 'placed', '{{event}}', '{{actor}}', '0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa0', now());
insert into outbox (topic, version, key, payload, actor, correlation_id) values ('orders.order_placed', 1, :id, '{{log}}', '{{actor}}', '0199f2a0-7c11-7d3e-9f00-5b6c7d8e9fa0');
commit;
