-- How a shop finds its own products, whatever statistics say of its rows: most shops have few, and some hundreds of thousands.

-- By which words of title and key products are found (domain/words.rs). Written with products that are new or named anew, a row for each
-- word of a batch: one for each product would be four times as many. Nothing is taken away. What a product is called now is compared
-- by whoever found it here, so that a word of a former title finds nothing.
create table catalog.product_word (
    tenant_id uuid not null,
    -- compared byte by byte: those that begin alike lie together
    word text collate "C" not null,
    -- the newest of them
    last_id uuid not null,
    products uuid[] not null,
    constraint product_word_pkey primary key (tenant_id, word, last_id)
) partition by list (tenant_id);
create table catalog.product_word_pool partition of catalog.product_word default;
select store.isolate('catalog.product_word');

-- The newest products of a shop below an id, of one status or of any but deleted.
create function catalog.newest_of_shop(shop uuid, of_status text, below uuid, at_most bigint)
returns table (id uuid, title text, key text)
language plpgsql stable rows 100 set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
    if of_status is null then
        return query
            select p.id, p.title, p.key from catalog.product p
             where p.tenant_id = shop and p.id < below and p.deleted_at is null
             order by p.id desc limit at_most;
    else
        return query
            select p.id, p.title, p.key from catalog.product p
             where p.tenant_id = shop and p.status = of_status and p.id < below and p.deleted_at is null
             order by p.id desc limit at_most;
    end if;
end $$;

-- The newest products below an id that have, or had, a word from each of `words` up to what is behind all that begin with it. The ends are
-- told, not worked out here: row-level security lets only what gives nothing away near an index.
create function catalog.products_of_words(shop uuid, words text[], behind text[], below uuid, at_most bigint) returns setof uuid
language plpgsql stable rows 100
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    -- A word that nothing has is known at once, however common the others are. `offset 0` keeps the rows of one word a look of their
    -- own: joined, all words of the shop may be read to find those that are looked for.
    if exists (select from unnest(words, behind) as s (word, behind)
                where not exists (select from catalog.product_word w
                                   where w.tenant_id = shop and w.word >= s.word and w.word < s.behind offset 0)) then
        return;
    end if;
    return query
        select f.id
          from unnest(words, behind) with ordinality as s (word, behind, n)
         cross join lateral (select w.products from catalog.product_word w
                              where w.tenant_id = shop and w.word >= s.word and w.word < s.behind offset 0) w
         cross join unnest(w.products) as f (id)
         where f.id < below
         group by f.id
        having bit_or(1 << (s.n::int - 1)) = (1 << cardinality(words)) - 1
         order by f.id desc limit at_most;
end $$;

-- What the newest products on sale below an id say of themselves: whoever looks for those that lack something reads no more than so many.
create function catalog.newest_on_sale(shop uuid, below uuid, at_most bigint)
returns table (id uuid, category_id uuid, attributes jsonb)
language plpgsql stable rows 1000 set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
    return query
        select p.id, p.category_id, p.attributes from catalog.product p
         where p.tenant_id = shop and p.status = 'active' and p.id < below and p.deleted_at is null
         order by p.id desc limit at_most;
end $$;
