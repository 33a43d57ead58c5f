-- Products, what buyers read of them, and what lies on the shelves.

-- Ten departments of twenty categories each, beside those that are there.
insert into catalog.category (id, path, slug, name, position)
select bench.id(bench.now(), path), path::ltree, replace(regexp_replace(path, '.*[.]', ''), '_', '-'), name, 1
  from (select 'department_' || d as path, 'Department ' || d as name from generate_series(1, 10) d
        union all
        select 'department_' || d || '.kind_' || k, 'Kind ' || k from generate_series(1, 10) d, generate_series(1, 20) k) c
    on conflict do nothing;
create table bench.category as
    select row_number() over (order by path) - 1 as n, count(*) over () as of, id, path, name from catalog.category;
create index on bench.category (n);
create function bench.categories() returns int language sql stable as 'select count(*)::int from bench.category';

create unlogged table bench.product as
select m.n, s.id as tenant_id, at, bench.id(at, 'p' || m.n) as id, bench.id(at, 'v' || m.n) as sku, c.id as category_id,
       (array['Stoneware bowl', 'Linen apron', 'Olive wood board', 'Beeswax candle', 'Woven basket', 'Leather notebook', 'Glass carafe',
              'Wool blanket'])[1 + m.n % 8]
       || ' ' || (array['with a blue rim', 'in natural white', 'with brass fittings', 'dyed with indigo', 'left unglazed'])[1 + m.n % 5]
       || ', no. ' || m.n as title,
       (array['active', 'active', 'active', 'active', 'active', 'active', 'active', 'draft', 'inactive', 'archived'])[1 + bench.pick(m.n, 1, 10)] as status,
       500 + bench.pick(m.n, 2, 9500) as price,
       jsonb_build_object('material', (array['clay', 'linen', 'olive wood', 'wax', 'willow'])[1 + m.n % 5], 'height_mm', 40 + m.n % 200) as attributes
  from (select n, bench.made_at(n) as at, bench.shop_of(n) as shop from generate_series(0, bench.rows() - 1) n) m
  join bench.shop s on s.n = m.shop
  left join bench.category c on c.n = bench.pick(m.n, 3, (select bench.categories()));

analyze bench.product;

insert into catalog.product (tenant_id, id, key, slug, title, description, description_html, brand, category_id, attributes, tags, images,
                             image_addresses, status, version, created_at, updated_at)
select tenant_id, id, 'key-' || n, 'product-' || n, title, text, '<p>' || text || '</p>', 'Workshop', category_id, attributes,
       '["handmade", "gift"]', '[]', '[]', status, 1, at, at
  from bench.product
 cross join lateral (select title || '. Made in small batches, from material that comes from no farther than a day''s drive. Every piece is
       shaped, dried and finished by hand over two weeks, so that no two are quite alike.' as text) t;
-- By what they are found: as batches of five hundred products keep it. The number stands in the title and in the key.
insert into catalog.product_word (tenant_id, word, last_id, products)
select tenant_id, n::text, id, array[id] from bench.product;
insert into catalog.product_word (tenant_id, word, last_id, products)
select p.tenant_id, w.word, max(p.id::text)::uuid, array_agg(p.id)
  from (select tenant_id, id, title, (row_number() over (partition by tenant_id order by n) - 1) / 500 as batch from bench.product) p
 cross join lateral unnest(string_to_array(lower(split_part(title, ', no. ', 1)) || ' no key', ' ')) as w (word)
 group by p.tenant_id, p.batch, w.word;
insert into catalog.variant (tenant_id, sku, product_id, position, code, options, price_minor, currency, weight_g, stock_given)
select tenant_id, sku, id, 0, 'ART-' || n, '[]', price, 'EUR', 650, 20 from bench.product;
insert into catalog.listing (product_id, tenant_id, status, created_at, document)
select p.id, p.tenant_id, p.status, p.at, json_build_object(
           'id', p.id, 'tenant', p.tenant_id, 'version', 1, 'status', p.status, 'slug', 'product-' || n, 'title', p.title,
           'description_html', '<p>' || p.title || '. Made in small batches, from material that comes from no farther than a day''s drive.</p>',
           'brand', 'Workshop', 'category', case when c.id is null then null else json_build_object('id', c.id, 'path', replace(c.path::text, '.', '/'), 'name', c.name) end,
           'attributes', p.attributes, 'tags', json_build_array('handmade', 'gift'), 'tax_category', 'standard', 'images', '[]'::json,
           'variants', json_build_array(json_build_object('sku', p.sku, 'code', 'ART-' || n, 'options', '[]'::json,
               'price', json_build_object('amount', p.price, 'currency', 'EUR'), 'weight_g', 650)),
           'created_at', p.at, 'updated_at', p.at)
  from bench.product p
  left join catalog.category c on c.id = p.category_id;
insert into catalog.offer (sku, product_id, tenant_id, in_stock) select sku, id, tenant_id, bench.pick(n, 4, 20) > 0 from bench.product;
insert into inventory.level (tenant_id, sku_id, warehouse_id, product_id, on_hand, reserved)
select tenant_id, sku, tenant_id, id, case when bench.pick(n, 4, 20) = 0 then 0 else bench.pick(n, 5, 60) end, 0 from bench.product;

-- What waits to be looked at, or was.
insert into catalog.moderation (tenant_id, id, product_id, title, is_new, version, reasons, actor, at, state, decided_at)
select tenant_id, bench.id(at, 'm' || n), id, title, true, 1, '[]', '{"kind": "anonymous"}', at,
       case when n % 1000 = 0 then 'waiting' else 'approved' end, case when n % 1000 = 0 then null else at end
  from bench.product where n % 50 = 0;
