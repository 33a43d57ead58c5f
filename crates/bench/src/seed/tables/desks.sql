-- What people wrote and were told, what was searched for and put into carts, and what failed.

insert into reviews.review (id, tenant_id, product_id, order_id, buyer_id, author, stars, title, text, photos, status, at, suspicions, score, waits_since)
select bench.id(at + interval '9 days', 'rev' || n), tenant_id, product_id, order_id, bench.buyer(at, n), 'Lucía R.', 1 + bench.pick(n, 30, 5)::smallint, 'As described',
       'It arrived well packed and looks as in the picture.', '{}', case when x then 'queued' else 'published' end, at + interval '9 days', '{}', 0,
       case when x then at + interval '9 days' end
  from bench.part cross join lateral (select n % 2000 = 5 as x) w
 where status = 'delivered' and i = 1 and n % 5 = 0 and age > interval '10 days';
insert into messages.thread (id, tenant_id, buyer_id, kind, order_id, sub_order_id, title, shop_name, buyer_name, started_at, last_id, last_by, last_at,
                             excerpt, messages, answered_at, buyer_unread, shop_unread, contact_shown, reports, waits_since)
select bench.id(at, 't' || n), tenant_id, bench.buyer(at, n), 'question', order_id, id, 'Order', 'Workshop ' || shop, 'Lucía R.', at,
       bench.id(at + interval '1 day', 'last' || n), case when unread then 'buyer' else 'shop' end, at + interval '1 day', 'When will it arrive?', 3,
       at + interval '5 hours', 0, case when unread then 1 else 0 end, true, case when n % 4000 = 0 then 1 else 0 end,
       case when n % 4000 = 0 then at + interval '1 day' end
  from bench.part cross join lateral (select bench.pick(n, 31, 40) = 0 as unread) w where i = 1 and n % 20 = 0;
insert into notifications.notice (recipient_id, tenant_id, id, kind, topic, subject, facts, at, read_at)
select tenant_id, tenant_id, bench.id(at, 'notice' || n), 'new_sale', 'orders', 'order/' || id,
       jsonb_build_object('order', order_id, 'sub_order', id, 'shop', tenant_id), at, case when age > interval '3 days' then at end
  from bench.part where age < interval '90 days' and i = 1;
insert into cart.cart (id, guest_hash, currency, version, lines, ordered, updated_at)
select bench.id(at, 'cart' || n), sha256(convert_to('cart' || n, 'UTF8')), 'EUR', 3, '[]', n % 3 = 0, at from bench.sale where n % 2 = 0;
insert into search.searched (id, at, words, filters, results, visitor)
select bench.id(at, 'find' || n || '-' || i), at, (array['bowl', 'linen apron', 'candle', 'olive', 'gift', 'blue vase', 'unicorn'])[1 + bench.pick(n + i, 32, 7)]
       || case when bench.pick(n, 33, 4) = 0 then ' ' || n % 5000 else '' end, '{}', bench.pick(n + i, 34, 90), null
  from bench.sale cross join generate_series(1, 3) i where age < interval '89 days';
-- Summed up by day, as the program does behind it.
analyze search.searched;
select search.sum_days(array(select starts::date + n from generate_series(0, 6) n where starts::date + n < upto))
  from (select (bench.now() at time zone 'UTC')::date as upto) c
 cross join lateral generate_series(upto - 91, upto - 1, interval '7 days') starts;
update search.days_summed set before = (bench.now() at time zone 'UTC')::date;
insert into store.job (id, queue, payload, state, run_at, attempts, attempts_max, error, created_at)
select bench.id(at, 'job' || n), 'mail', '{}', 'dead', at, 12, 12, 'the server refused it', at from bench.sale where n % 2000 = 0;
