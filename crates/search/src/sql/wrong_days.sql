-- Days that are summed up as something else than their searches and clicks say, but for those of which something was written since; and
-- sums of days that have none. Written apart from what makes the sums: that it is wrong is to show.
with summed as (
    select since, before, since::timestamp at time zone 'UTC' as starts, before::timestamp at time zone 'UTC' as ends from search.days_summed
), told as materialized (
    select (s.at at time zone 'UTC')::date as day, s.id, s.words, s.results
      from summed u
      join search.searched s on s.at >= u.starts and s.at < u.ends
), clicks as materialized (
    select (c.at at time zone 'UTC')::date as day, c.search_id, c."position" as place
      from search.clicked c
), words as (
    select t.day, t.words, count(*) as searches, sum((t.results = 0)::int) as without_results,
           count(c.search_id) as clicked, count(o.search_id) as ordered
      from told t
      left join (select distinct search_id from clicks) c on c.search_id = t.id
      left join (select distinct search_id from search.ordered) o on o.search_id = t.id
     group by t.day, t.words
), places as (
    select day, place, sum(reached) as reached, sum(clicks) as clicks
      from (select day, least(results, search.places_told()) as place, 1 as reached, 0 as clicks from told where results > 0
            union all
            select c.day, c.place, 0, 1 from summed u join clicks c on c.day >= u.since and c.day < u.before where c.place <= search.places_told()) p
     group by day, place
), wrong as (
    select day, 'searches' as what
      from words w
      full join search.words_day h using (day, words)
     where (w.searches, w.without_results, w.clicked, w.ordered) is distinct from (h.searches, h.without_results, h.clicked, h.ordered)
    union
    select day, 'places'
      from places p
      full join search.places_day h using (day, place)
     where (p.reached, p.clicks) is distinct from (h.reached, h.clicks)
)
select format('%s of %s: what became of them is summed up as something else', what, day)
  from wrong
 where day not in (select d.day from search.days_stale d)
 order by day, what
 limit $1
