-- $1: findings at most. Counts that differ from what they count: (what, id, kept, counted).
with published as (
    select product_id, tenant_id, stars from reviews.review where status = 'published' and deleted_at is null
), by_product as (
    select product_id as id, count(*) filter (where stars = 1) as one, count(*) filter (where stars = 2) as two,
           count(*) filter (where stars = 3) as three, count(*) filter (where stars = 4) as four,
           count(*) filter (where stars = 5) as five
      from published group by product_id
), by_shop as (
    select tenant_id as id, count(*) filter (where stars = 1) as one, count(*) filter (where stars = 2) as two,
           count(*) filter (where stars = 3) as three, count(*) filter (where stars = 4) as four,
           count(*) filter (where stars = 5) as five
      from published group by tenant_id
), products as (
    select id, concat_ws(' ', coalesce(k.one, 0), coalesce(k.two, 0), coalesce(k.three, 0), coalesce(k.four, 0), coalesce(k.five, 0)) as kept,
           concat_ws(' ', coalesce(c.one, 0), coalesce(c.two, 0), coalesce(c.three, 0), coalesce(c.four, 0), coalesce(c.five, 0)) as counted
      from (select product_id as id, one, two, three, four, five from reviews.product_rating) k full join by_product c using (id)
), shops as (
    select id, concat_ws(' ', coalesce(k.one, 0), coalesce(k.two, 0), coalesce(k.three, 0), coalesce(k.four, 0), coalesce(k.five, 0)) as kept,
           concat_ws(' ', coalesce(c.one, 0), coalesce(c.two, 0), coalesce(c.three, 0), coalesce(c.four, 0), coalesce(c.five, 0)) as counted
      from (select shop_id as id, one, two, three, four, five from reviews.shop_rating) k full join by_shop c using (id)
), voted as (
    select r.id, r.helpful::text as kept, (select count(*) from reviews.vote v where v.review_id = r.id)::text as counted
      from reviews.review r
), reported as (
    select r.id, r.reports::text as kept,
           (select count(*) from reviews.report p where p.review_id = r.id and p.settled_at is null)::text as counted
      from reviews.review r
)
select 'the stars of product', id, kept, counted from products where kept <> counted
union all
select 'the stars of shop', id, kept, counted from shops where kept <> counted
union all
select 'the votes for review', id, kept, counted from voted where kept <> counted
union all
select 'the reports of review', id, kept, counted from reported where kept <> counted
limit $1
