-- Of each place: how many searches from $1 on found as many, and how often somebody clicked there. Days from $2 on and before $3 are read as
-- they were summed up.
with told as materialized (
    select place, sum(reached)::bigint as reached, sum(clicks)::bigint as clicks
      from (select p.place, p.reached, p.clicks
              from search.places_day p
             where p.day >= $2 and p.day < $3 and p.day not in (select d.day from search.days_stale d)
            union all
            select f.place, f.reached, f.clicks
              from search.open_spans($1, $2, $3) o
             cross join lateral search.places_between(o.begins, o.ends) f) t
     group by place
)
select p.place, coalesce((select sum(t.reached) from told t where t.place >= p.place), 0)::bigint as shown,
       coalesce((select t.clicks from told t where t.place = p.place), 0) as clicks
  from generate_series(1, search.places_told()) as p (place)
 order by p.place
