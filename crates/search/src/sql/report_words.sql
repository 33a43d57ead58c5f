-- What people searched for from $1 on: all of it, the commonest words, and those that found nothing, $4 of each. Days from $2 on and before $3
-- are read as they were summed up.
with told as materialized (
    select words, sum(searches)::bigint as searches, sum(without_results)::bigint as without_results,
           sum(clicked)::bigint as clicked, sum(ordered)::bigint as ordered
      from (select w.words, w.searches, w.without_results, w.clicked, w.ordered
              from search.words_day w
             where w.day >= $2 and w.day < $3 and w.day not in (select d.day from search.days_stale d)
            union all
            select f.words, f.searches, f.without_results, f.clicked, f.ordered
              from search.open_spans($1, $2, $3) o
             cross join lateral search.told_between(o.begins, o.ends) f) t
     group by words
), listed as (
    select 'all' as list, 0::bigint as place, '' as words, coalesce(sum(searches), 0)::bigint as searches,
           coalesce(sum(without_results), 0)::bigint as without_results, coalesce(sum(clicked), 0)::bigint as clicked,
           coalesce(sum(ordered), 0)::bigint as ordered
      from told
    union all
    select 'top', row_number() over (order by searches desc, words), words, searches, without_results, clicked, ordered
      from (select * from told order by searches desc, words limit $4) t
    union all
    select 'unanswered', row_number() over (order by without_results desc, words), words, searches, without_results, clicked, ordered
      from (select * from told where without_results > 0 order by without_results desc, words limit $4) u
)
select list, words, searches, without_results, clicked, ordered
  from listed
 order by list, place
