-- What people searched for and what came of it, summed up by day (of UTC), behind what writes the notes: whoever looks at weeks reads
-- sums, and in full only what is not summed up. A search counts on the day on which it was made, whenever it is clicked or ordered from.

-- Places of what was found that operators are told of.
create function search.places_told() returns int
language sql immutable parallel safe as $$ select 24 $$;

-- What came of the searches between two times, the first included, by their words.
create function search.told_between(starts timestamptz, ends timestamptz)
returns table (words text, searches bigint, without_results bigint, clicked bigint, ordered bigint)
language sql stable parallel safe as $$
    select s.words, count(*), count(*) filter (where s.results = 0),
           count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)),
           count(*) filter (where exists (select from search.ordered o where o.search_id = s.id))
      from search.searched s
     where s.at >= starts and s.at < ends
     group by s.words
$$;

-- How many searches of that time found as many as to this place and no further, and how often somebody clicked there then.
create function search.places_between(starts timestamptz, ends timestamptz)
returns table (place int, reached bigint, clicks bigint)
language sql stable parallel safe as $$
    select p.place, sum(p.reached)::bigint, sum(p.clicks)::bigint
      from (select least(s.results, search.places_told())::int as place, count(*) as reached, 0::bigint as clicks
              from search.searched s
             where s.at >= starts and s.at < ends and s.results > 0
             group by 1
            union all
            select c."position", 0, count(*)
              from search.clicked c
             where c.at >= starts and c.at < ends and c."position" <= search.places_told()
             group by 1) p
     group by p.place
$$;

create table search.words_day (
    day date not null,
    words text not null,
    searches bigint not null,
    without_results bigint not null,
    clicked bigint not null,
    ordered bigint not null,
    constraint words_day_pkey primary key (day, words)
);
select store.close_to_shops('search.words_day');

create table search.places_day (
    day date not null,
    place int not null,
    reached bigint not null,
    clicks bigint not null,
    constraint places_day_pkey primary key (day, place)
);
select store.close_to_shops('search.places_day');

-- Days from `since` on and before `before` are summed up. The one row; whoever moves either holds it.
create table search.days_summed (
    the_only boolean not null default true,
    since date not null,
    before date not null,
    constraint days_summed_pkey primary key (the_only),
    constraint days_summed_one_row check (the_only)
);
insert into search.days_summed (since, before) values ('2000-01-01', '2000-01-01');
select store.close_to_shops('search.days_summed');

-- Days of which something was written since they were summed up. It commits with what was written, so that a day which is not here is
-- what its sums say.
create table search.days_stale (
    day date not null,
    constraint days_stale_pkey primary key (day)
);
select store.close_to_shops('search.days_stale');

-- The parts of the time from `starts` on that are added up as they are read: what lies before the days from `first` on and before `behind`,
-- what lies after them, and those of these days that are stale.
create function search.open_spans(starts timestamptz, first date, behind date)
returns table (begins timestamptz, ends timestamptz)
language sql stable parallel safe as $$
    select starts, first::timestamp at time zone 'UTC'
    union all
    select behind::timestamp at time zone 'UTC', timestamptz 'infinity'
    union all
    select d.day::timestamp at time zone 'UTC', (d.day + 1)::timestamp at time zone 'UTC'
      from search.days_stale d
     where d.day >= first and d.day < behind
$$;

-- Sums up days, once more or for the first time; only what differs is written. Called with `search.days_summed` locked, once those are
-- through who wrote notes and did not mark their days (`store/sums.rs`).
create function search.sum_days(of_days date[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
    with fresh as materialized (
        select d.starts as day, f.*
          from unnest(of_days) as d (starts)
         cross join lateral search.told_between(d.starts::timestamp at time zone 'UTC', (d.starts + 1)::timestamp at time zone 'UTC') f
    ), had as materialized (
        select * from search.words_day h where h.day = any (of_days)
    ), gone as (
        delete from search.words_day k
         using had h
         where k.day = h.day and k.words = h.words
           and not exists (select from fresh f where f.day = h.day and f.words = h.words)
    )
    insert into search.words_day as k (day, words, searches, without_results, clicked, ordered)
    select f.day, f.words, f.searches, f.without_results, f.clicked, f.ordered
      from fresh f
      left join had h on h.day = f.day and h.words = f.words
     where (f.searches, f.without_results, f.clicked, f.ordered) is distinct from (h.searches, h.without_results, h.clicked, h.ordered)
        on conflict on constraint words_day_pkey
        do update set searches = excluded.searches, without_results = excluded.without_results,
                      clicked = excluded.clicked, ordered = excluded.ordered;

    with fresh as materialized (
        select d.starts as day, f.*
          from unnest(of_days) as d (starts)
         cross join lateral search.places_between(d.starts::timestamp at time zone 'UTC', (d.starts + 1)::timestamp at time zone 'UTC') f
    ), had as materialized (
        select * from search.places_day h where h.day = any (of_days)
    ), gone as (
        delete from search.places_day k
         using had h
         where k.day = h.day and k.place = h.place
           and not exists (select from fresh f where f.day = h.day and f.place = h.place)
    )
    insert into search.places_day as k (day, place, reached, clicks)
    select f.day, f.place, f.reached, f.clicks
      from fresh f
      left join had h on h.day = f.day and h.place = f.place
     where (f.reached, f.clicks) is distinct from (h.reached, h.clicks)
        on conflict on constraint places_day_pkey
        do update set reached = excluded.reached, clicks = excluded.clicks;
end $$;
