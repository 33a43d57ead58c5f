//! What every index must do, wherever it lies. Each test is run against the embedded engine and against an OpenSearch.

mod counting;
mod hidden;
mod offers;
mod personal;
pub mod promoted;
mod readers;

use crate::corpus::words;
use crate::world::{Running, World, listing, now_ctx, product_id, shop, test_db};
use contracts::catalog::{Listing, ProductStatus, TranslatedWords};
use contracts::search::tuning::{NewSearchRule, NewSynonym, RuleAction, RuleTarget, RuleWhen};
use contracts::search::{SearchPage, SearchQuery, Sort};
use contracts::tenants::ShopStatus;
use counting::totals_and_facets_are_what_is_counted_one_by_one;
use hidden::what_is_hidden_is_not_suggested;
use kernel::{Clock, Currency, ProductId, SystemClock};
use offers::offers_of_one_item_are_found_once;
use personal::what_is_liked_comes_a_little_earlier;
use promoted::what_shops_pay_for_stands_at_its_places;
use readers::{
    previewed_products_are_called_as_their_reader_calls_them,
    suggested_products_are_called_as_their_reader_calls_them,
};
use search::opensearch::{Cluster, Config};
use search::{Desk, Place};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Db;
use tempfile::TempDir;
use testkit::opensearch::OpenSearch;
use testkit::{TestDb, eventually};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Embedded,
    OpenSearch,
}

/// A marketplace with an index.
pub struct Stand {
    pub world: Arc<World>,
    pub db: Db,
    pub place: Place,
    pub server: Option<OpenSearch>,
    test_db: TestDb,
    _folder: TempDir,
}

/// For so long an answer is awaited: longer than a machine that is busy with other tests takes for any.
pub const PATIENCE: Duration = Duration::from_secs(15);

pub fn cluster(server: &OpenSearch, holder: &str) -> Cluster {
    hurried(server, holder, PATIENCE)
}

pub fn hurried(server: &OpenSearch, holder: &str, timeout: Duration) -> Cluster {
    let config = Config {
        url: server.url.clone(),
        index: "stoa-products".to_owned(),
        user: None,
        password: None,
        timeout,
        holder: holder.to_owned(),
    };
    Cluster::new(config, Arc::new(SystemClock)).unwrap()
}

impl Stand {
    pub async fn new(kind: Kind) -> Self {
        let (test_db, folder) = (test_db().await, tempfile::tempdir().unwrap());
        let server = match kind {
            Kind::Embedded => None,
            Kind::OpenSearch => Some(OpenSearch::start(None).await),
        };
        let place = match &server {
            None => Place::Folder(folder.path().to_owned()),
            Some(server) => Place::OpenSearch(cluster(server, "one")),
        };
        Self {
            world: World::new(),
            db: test_db.db("search"),
            place,
            server,
            test_db,
            _folder: folder,
        }
    }

    /// The database as its owner sees it.
    pub async fn owner(&self) -> sqlx::PgConnection {
        self.test_db.owner().await
    }

    pub fn run(&self) -> Running {
        let clock = Arc::new(SystemClock);
        Running::at(self.world.sources(), self.db.clone(), self.place.clone(), clock)
    }

    async fn with(kind: Kind, listings: Vec<Listing>) -> (Self, Running) {
        let stand = Self::new(kind).await;
        let count = listings.len() as u64;
        listings
            .into_iter()
            .for_each(|listing| stand.world.keep(listing, 3));
        let running = stand.run();
        running.holds(count).await;
        (stand, running)
    }
}

/// The same test for each kind.
macro_rules! each {
    ($($name:ident)+) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::Embedded).await; })+
        }
        mod with_opensearch {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::OpenSearch).await; })+
        }
    };
}

each! {
    words_are_found_whatever_their_endings
    slips_and_beginnings_are_read_generously
    operators_say_what_means_the_same_and_what_is_not_shown
    totals_and_facets_are_what_is_counted_one_by_one
    pages_hold_each_product_once_in_order
    what_is_gone_is_gone
    a_place_in_the_log_is_kept_with_the_index
    another_index_is_put_in_use_beside_searches_and_changes
    suggestions_go_on_as_typed
    without_results_it_is_told_what_would_help
    offers_of_one_item_are_found_once
    what_is_liked_comes_a_little_earlier
    what_is_hidden_is_not_suggested
    what_shops_pay_for_stands_at_its_places
    words_of_other_languages_are_found_whatever_their_endings
    suggested_products_are_called_as_their_reader_calls_them
    previewed_products_are_called_as_their_reader_calls_them
}

async fn ask(running: &Running, query: &SearchQuery) -> SearchPage {
    running
        .searches
        .find(query.clone(), SystemClock.now())
        .await
        .unwrap()
}

fn titled(titles: &[&str]) -> Vec<Listing> {
    (0..).zip(titles).map(|(n, title)| listing(n, title)).collect()
}

fn set(titles: &[String]) -> BTreeSet<&str> {
    titles.iter().map(String::as_str).collect()
}

async fn words_are_found_whatever_their_endings(kind: Kind) {
    let titles = [
        "Glazed bowls",
        "Oak bowl",
        "Cuencos azules",
        "Jarra de cerámica",
        "Doll house",
        "Lamp",
    ];
    let (_stand, running) = Stand::with(kind, titled(&titles)).await;
    for (q, found) in [
        ("bowl", &["Glazed bowls", "Oak bowl"][..]),
        ("bowls", &["Glazed bowls", "Oak bowl"]),
        ("cuenco azul", &["Cuencos azules"]),
        ("CERAMICA", &["Jarra de cerámica"]),
        ("jarras de ceramica", &["Jarra de cerámica"]),
        ("doll house", &["Doll house"]),
    ] {
        assert_eq!(
            set(&running.titles(q).await),
            found.iter().copied().collect(),
            "{q}"
        );
    }
    // Two of the words are in every description.
    assert_eq!(running.titles("thrown glazed lamp").await[0], "Lamp");
    let best = running.titles("glazed bowl").await;
    assert_eq!(best[0], "Glazed bowls", "what has it in its title comes first");
    running.stop().await;
}

async fn words_of_other_languages_are_found_whatever_their_endings(kind: Kind) {
    let mut listings = titled(&["Kaffeetassen", "Coffee cups", "Кружками"]);
    listings[0].language = Some("de".to_owned());
    listings[2].language = Some("ru-RU".to_owned());
    let mut french = listing(3, "Enamel jug");
    let words = TranslatedWords {
        title: "Cruches émaillées".to_owned(),
        description_html: String::new(),
    };
    french.translations.insert("fr".to_owned(), words);
    listings.push(french);
    let (_stand, running) = Stand::with(kind, listings).await;
    for (q, found) in [
        ("kaffeetasse", "Kaffeetassen"),
        // Neither a beginning of it nor a slip away.
        ("кружки", "Кружками"),
        ("cruche emaillee", "Enamel jug"),
        ("cup", "Coffee cups"),
    ] {
        assert_eq!(running.titles(q).await, [found], "{q}");
    }
    running.stop().await;
}

async fn slips_and_beginnings_are_read_generously(kind: Kind) {
    let titles = [
        "Blue ceramic bowl",
        "Cotton blanket",
        "Steel lamp 4004",
        "Oak chair",
    ];
    let (_stand, running) = Stand::with(kind, titled(&titles)).await;
    for (q, found) in [
        ("cerramic", "Blue ceramic bowl"),
        ("blankte", "Cotton blanket"),
        ("ceramic bol", "Blue ceramic bowl"),
        ("cott", "Cotton blanket"),
        ("blue ceramic zzzz", "Blue ceramic bowl"),
    ] {
        let page = ask(&running, &words(q)).await;
        let titles: Vec<&str> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
        assert_eq!(titles.first(), Some(&found), "{q}: {titles:?}");
    }
    let page = ask(&running, &words("cerramic")).await;
    assert!(page.approximate, "a word was taken for another");
    assert_eq!(page.did_you_mean.as_deref(), Some("ceramic"));
    assert!(!ask(&running, &words("ceramic")).await.approximate);
    // A number that is nearly right is another number, and three letters are too few.
    assert!(running.titles("4005").await.is_empty());
    assert!(running.titles("oaf").await.is_empty());
    running.stop().await;
}

async fn operators_say_what_means_the_same_and_what_is_not_shown(kind: Kind) {
    let titles: Vec<String> = (0..14).map(|n| format!("Sofa x{n}")).collect();
    let mut listings = titled(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    listings.push(listing(14, "Garden hose"));
    let (stand, running) = Stand::with(kind, listings).await;
    let desk = Desk::new(stand.db.clone(), running.searches.clone());
    let synonym = NewSynonym {
        language: None,
        words: vec!["couch".to_owned(), "sofa".to_owned()],
        also: Vec::new(),
        note: "as buyers say".to_owned(),
    };
    assert!(running.titles("couch").await.is_empty());
    desk.new_synonym(&now_ctx(), synonym).await.unwrap();
    assert_eq!(ask(&running, &words("couch")).await.total, 14);

    let target = |n| RuleTarget::Product {
        product: product_id(n),
    };
    let rule = NewSearchRule {
        name: "Sofas".to_owned(),
        when: RuleWhen {
            q: Some("sofa".to_owned()),
            ..RuleWhen::default()
        },
        actions: vec![
            RuleAction::Pin {
                product: product_id(14),
                position: 2,
            },
            RuleAction::Hide { target: target(3) },
            RuleAction::Weigh {
                target: target(7),
                percent: 1_000,
            },
        ],
        starts_at: None,
        ends_at: None,
        note: "a campaign".to_owned(),
    };
    desk.new_rule(&now_ctx(), rule).await.unwrap();
    let query = SearchQuery {
        limit: 5,
        ..words("sofa")
    };
    let page = ask(&running, &query).await;
    assert_eq!(
        page.total, 14,
        "one is hidden, and one is pinned that has none of the words"
    );
    let slug = |page: &SearchPage, at: usize| page.hits[at].slug.clone();
    assert_eq!(
        (slug(&page, 0), slug(&page, 1)),
        ("product-7".to_owned(), "product-14".to_owned())
    );
    let mut seen: Vec<ProductId> = page.hits.iter().map(|hit| hit.product).collect();
    let mut next = page.next;
    while let Some(after) = next {
        let page = ask(
            &running,
            &SearchQuery {
                after: Some(after),
                ..query.clone()
            },
        )
        .await;
        seen.extend(page.hits.iter().map(|hit| hit.product));
        next = page.next;
    }
    let once: BTreeSet<&ProductId> = seen.iter().collect();
    assert_eq!((seen.len(), once.len()), (14, 14), "each once");
    assert!(!once.contains(&product_id(3)));
    let preview = running.searches.preview(query, SystemClock.now()).await.unwrap();
    assert_eq!(
        (preview.total, preview.rules.len(), preview.hidden.len()),
        (14, 1, 1)
    );
    assert!(preview.hits[1].pinned_by.is_some() && preview.hits[0].weighed_by.len() == 1);
    running.stop().await;
}

async fn pages_hold_each_product_once_in_order(kind: Kind) {
    let listings: Vec<Listing> = (0..23)
        .map(|n| {
            let mut listing = listing(n, "Bowl");
            listing.variants[0].price.amount = i64::from((n * 7) % 11) * 100 + 100;
            listing.created_at -= Duration::from_secs(u64::from(n) * 3_600);
            listing
        })
        .collect();
    let (_stand, running) = Stand::with(kind, listings).await;
    for (q, sort) in [
        ("bowl", Sort::Relevance),
        ("", Sort::Relevance),
        ("bowl", Sort::PriceAsc),
        ("", Sort::PriceDesc),
        ("bowl", Sort::Newest),
    ] {
        let query = SearchQuery {
            sort,
            limit: 5,
            currency: Some(Currency::EUR),
            ..words(q)
        };
        let (mut hits, mut after) = (Vec::new(), None);
        loop {
            let page = ask(
                &running,
                &SearchQuery {
                    after,
                    ..query.clone()
                },
            )
            .await;
            assert_eq!(page.total, 23);
            hits.extend(page.hits);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let once: BTreeSet<ProductId> = hits.iter().map(|hit| hit.product).collect();
        assert_eq!((hits.len(), once.len()), (23, 23), "{sort:?}");
        let prices: Vec<i64> = hits.iter().map(|hit| hit.price.amount).collect();
        let slugs: Vec<&str> = hits.iter().map(|hit| hit.slug.as_str()).collect();
        match sort {
            Sort::PriceAsc => assert!(prices.is_sorted()),
            Sort::PriceDesc => assert!(prices.iter().rev().is_sorted()),
            Sort::Newest => assert_eq!((slugs[0], slugs[22]), ("product-0", "product-22")),
            _ => {}
        }
        let foreign = SearchQuery {
            after: ask(&running, &query).await.next,
            ..words("another")
        };
        let refused = running.searches.find(foreign, SystemClock.now()).await;
        assert!(matches!(refused, Err(search::Error::Cursor(_))), "{sort:?}");
    }
    running.stop().await;
}

async fn what_is_gone_is_gone(kind: Kind) {
    let stand = Stand::new(kind).await;
    let running = stand.run();
    stand.world.publish(&stand.db, listing(1, "Blue bowl")).await;
    stand.world.publish(&stand.db, listing(2, "Red cup")).await;
    running.holds(2).await;
    stand.world.publish(&stand.db, listing(1, "Green bowl")).await;
    eventually("its new title", async || {
        (running.titles("bowl").await == ["Green bowl"]).then_some(())
    })
    .await;
    let mut inactive = listing(1, "Green bowl");
    inactive.status = ProductStatus::Inactive;
    stand.world.publish(&stand.db, inactive).await;
    running.holds(1).await;
    assert!(running.titles("bowl").await.is_empty());
    stand
        .world
        .change_shop(&stand.db, shop(ShopStatus::Suspended))
        .await;
    running.holds(0).await;
    stand.world.change_shop(&stand.db, shop(ShopStatus::Active)).await;
    running.holds(1).await;
    assert_eq!(running.titles("cup").await, ["Red cup"]);
    stand.world.restock(&stand.db, 2, 0).await;
    eventually("sold out", async || {
        let page = ask(&running, &words("cup")).await;
        (!page.hits[0].in_stock).then_some(())
    })
    .await;
    running.stop().await;
}

async fn a_place_in_the_log_is_kept_with_the_index(kind: Kind) {
    let (stand, running) = Stand::with(kind, (0..40).map(|n| listing(n, "Bowl")).collect()).await;
    running.stop().await;
    stand
        .world
        .publish(&stand.db, listing(40, "Cup while nobody looked"))
        .await;
    let before = stand.world.read.load(Ordering::SeqCst);
    let running = stand.run();
    running.holds(41).await;
    assert_eq!(running.titles("cup").await, ["Cup while nobody looked"]);
    let read = stand.world.read.load(Ordering::SeqCst) - before;
    assert_eq!(read, 1, "it goes on where it stood");
    running.stop().await;
}

async fn another_index_is_put_in_use_beside_searches_and_changes(kind: Kind) {
    let (stand, running) = Stand::with(kind, (0..30).map(|n| listing(n, "Bowl")).collect()).await;
    let over = AtomicBool::new(false);
    let searching = async {
        let mut answered = 0;
        while !over.load(Ordering::Relaxed) {
            assert_eq!(ask(&running, &words("bowl")).await.total, 30, "at every moment");
            answered += 1;
        }
        answered
    };
    let rebuilding = async {
        for n in 30..33 {
            let before = stand.world.read.load(Ordering::SeqCst);
            running.searches.rebuild();
            stand.world.publish(&stand.db, listing(n, "Cup")).await;
            running.holds(u64::from(n) + 1).await;
            eventually("everything was read anew", async || {
                (stand.world.read.load(Ordering::SeqCst) >= before + 30).then_some(())
            })
            .await;
            running.holds(u64::from(n) + 1).await;
        }
        over.store(true, Ordering::Relaxed);
    };
    let (answered, ()) = futures::join!(searching, rebuilding);
    assert!(answered > 3);
    if let Some(server) = &stand.server {
        eventually("one index is left", async || {
            (server.indexes().len() == 1).then_some(())
        })
        .await;
    }
    running.stop().await;
}

async fn suggestions_go_on_as_typed(kind: Kind) {
    let titles = ["Blue ceramic bowl", "Ceramic jug", "Cedar chest"];
    let (_stand, running) = Stand::with(kind, titled(&titles)).await;
    let found = running.suggest("cer").await;
    assert_eq!(found.queries, ["ceramic"]);
    let products: BTreeSet<&str> = found.products.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(products, BTreeSet::from(["Blue ceramic bowl", "Ceramic jug"]));
    let found = running.suggest("blue ce").await;
    assert_eq!(found.queries, ["blue ceramic"], "what goes with the word before");
    let found = running.suggest("clay ho").await;
    let shops: Vec<&str> = found.sellers.iter().map(|shop| shop.value.as_str()).collect();
    assert_eq!(shops, ["clay-house"]);
    running.stop().await;
}

async fn without_results_it_is_told_what_would_help(kind: Kind) {
    let (_stand, running) = Stand::with(kind, titled(&["Bowl", "Bowl", "Cup"])).await;
    let query = SearchQuery {
        price_min: Some(1_000_000),
        in_stock: true,
        currency: Some(Currency::EUR),
        ..words("bowl")
    };
    let page = ask(&running, &query).await;
    assert_eq!(page.total, 0);
    let relaxed: Vec<(&str, u64)> = page
        .relaxed
        .iter()
        .map(|way| (way.facet.as_str(), way.count))
        .collect();
    assert_eq!(relaxed, [("price", 2)]);
    running.stop().await;
}
