//! Taxes over HTTP, as operators make, list and end them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use contracts::taxes::TaxOwner;
use kernel::{Clock, FixedClock, Role};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use taxes::Taxes;
use taxes::domain::Place;
use testkit::{Caller, Client, TestDb};

/// A token is an operator's role.
fn who(token: &str) -> Option<Caller> {
    match token {
        "finance" => Some(Caller::operator(Role::Finance)),
        "support" => Some(Caller::operator(Role::Support)),
        _ => None,
    }
}

struct World {
    clock: Arc<FixedClock>,
    taxes: Taxes,
    served: Client,
    db: TestDb,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new(&[taxes::schema()]).await;
        let clock = testkit::clock();
        let taxes = Taxes::new(db.db(taxes::CONTEXT));
        let (routes, _) = taxes::routes(taxes.clone()).split_for_parts();
        Self {
            served: testkit::serve(routes, clock.clone(), who).await,
            clock,
            taxes,
            db,
        }
    }

    fn client(&self, token: &str) -> Client {
        self.served.bearer(token)
    }

    /// The name of the rate at which goods of a category are taxed at a place.
    async fn named(
        &self,
        country: &str,
        region: Option<&str>,
        postcode: &str,
        category: &str,
    ) -> Option<String> {
        let now = self.clock.now();
        let book = self.taxes.book(now).await.unwrap();
        let place = Place {
            country,
            region,
            postcode,
        };
        book.assess(place, category, now).map(|due| due.name)
    }
}

const REGIONS: &str = "/v1/admin/tax/regions";
const CATEGORIES: &str = "/v1/admin/tax/categories";
const RATES: &str = "/v1/admin/tax/rates";
const LIABILITY: &str = "/v1/admin/tax/liability";

fn ipsi(millionths: u32) -> Value {
    json!({
        "region": "ES-CE", "category": "standard", "name": "IPSI", "rate_millionths": millionths,
        "source": "the city's tariff", "note": "agreed with the advisers",
    })
}

async fn refused(client: &Client, path: &str, body: &Value, status: u16) -> String {
    let problem: Value = client.post(path, body).await.expect(status).read();
    problem["code"].as_str().unwrap().to_owned()
}

/// Given what ships, when goods of a category go to a place, then this is the tax.
#[tokio::test]
async fn what_ships_is_chosen_by_place_and_category() {
    let world = World::new().await;
    let table = [
        ("ES", Some("ES-SE"), "41010", "standard", Some("IVA 21 %")),
        ("ES", Some("ES-SE"), "41010", "super_reduced", Some("IVA 4 %")),
        ("ES", Some("ES-SE"), "41010", "delivery", Some("IVA 21 %")),
        ("ES", Some("ES-GC"), "35001", "standard", Some("IGIC 7 %")),
        ("ES", Some("ES-TF"), "38001", "super_reduced", Some("IGIC 3 %")),
        ("ES", Some("ES-TF"), "38001", "zero", Some("IGIC 0 %")),
        ("ES", Some("ES-CE"), "51001", "standard", None),
        ("ES", Some("ES-ML"), "52001", "standard", None),
        ("FI", None, "00100", "intermediate", Some("ALV 13.5 %")),
        ("DE", None, "27498", "standard", None),
        ("DE", None, "10115", "super_reduced", Some("MwSt 7 %")),
        ("DK", None, "1000", "reduced", Some("moms 25 %")),
        ("GB", None, "SW1A 1AA", "zero", Some("VAT 0 %")),
        ("GB", None, "SW1A 1AA", "exempt", None),
        ("CH", None, "8001", "standard", Some("MWST 8.1 %")),
        ("US", Some("US-CA"), "94016", "standard", None),
    ];
    for (country, region, postcode, category, expected) in table {
        let name = world.named(country, region, postcode, category).await;
        assert_eq!(name.as_deref(), expected, "{category} in {country} {postcode}");
    }
    let none: [String; 0] = [];
    assert_eq!(taxes::verify(&world.taxes).await.unwrap(), none);
}

#[tokio::test]
async fn rates_are_made_replaced_and_ended_and_hold_ten_seconds_later() {
    let world = World::new().await;
    let finance = world.client("finance");
    let ceuta = async || world.named("ES", Some("ES-CE"), "51001", "standard").await;
    let made: Value = finance.post(RATES, &ipsi(100_000)).await.expect(201).read();
    assert_eq!(made["made_by"]["kind"], "operator");
    assert_eq!(ceuta().await, None);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(ceuta().await.as_deref(), Some("IPSI"));
    assert_eq!(refused(&finance, RATES, &ipsi(80_000), 409).await, "rate_holds");
    let mut other = ipsi(80_000);
    other["name"] = json!("IPSI 8 %");
    other["replaces"] = made["id"].clone();
    let next: Value = finance.post(RATES, &other).await.expect(201).read();
    world.clock.advance(Duration::from_secs(9));
    assert_eq!(ceuta().await.as_deref(), Some("IPSI"));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(ceuta().await.as_deref(), Some("IPSI 8 %"));
    let end = |id: &Value| format!("{RATES}/{}/end", id.as_str().unwrap());
    let over = json!({"note": "over"});
    assert_eq!(
        refused(&finance, &end(&made["id"]), &over, 409).await,
        "rate_ended"
    );
    let ended: Value = finance.post(&end(&next["id"]), &over).await.expect(200).read();
    assert_eq!(
        (&ended["end_note"], &ended["ended_by"]["kind"]),
        (&json!("over"), &json!("operator"))
    );
    let told = world.db.changed().await;
    let of = |kind: &str| told.iter().filter(|one| one["kind"] == kind).count();
    assert_eq!((of("tax.rate_made"), of("tax.rate_ended")), (2, 2), "{told:?}");
    let over = told.iter().find(|one| one["after"]["note"] == "over");
    assert_eq!(over.expect("told")["before"]["name"], "IPSI 8 %");
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(ceuta().await, None);
    // All of it is there to be read, page by page.
    let list = format!("{RATES}?region=ES-CE&limit=1");
    let first: Value = finance.get(&list).await.expect(200).read();
    let next = first["next"].as_str().unwrap();
    let second: Value = finance
        .get(&format!("{list}&after={next}"))
        .await
        .expect(200)
        .read();
    assert_eq!(
        (&second["items"][0]["name"], &second["next"]),
        (&json!("IPSI 8 %"), &Value::Null)
    );
    let none: [String; 0] = [];
    assert_eq!(taxes::verify(&world.taxes).await.unwrap(), none);
}

#[tokio::test]
async fn regions_and_categories_are_made_and_no_place_is_in_two() {
    let world = World::new().await;
    let finance = world.client("finance");
    let madeira = json!({
        "code": "PT-30", "name": "Madeira", "country": "PT", "provinces": ["PT-30"], "postcodes": ["90"], "note": "islands",
    });
    let _ = finance.post(REGIONS, &madeira).await.expect(201);
    assert_eq!(refused(&finance, REGIONS, &madeira, 409).await, "code_taken");
    let mut twin = madeira.clone();
    twin["code"] = json!("PT-31");
    assert_eq!(refused(&finance, REGIONS, &twin, 409).await, "place_taken");
    let mut whole = madeira.clone();
    (whole["code"], whole["provinces"], whole["postcodes"]) = (json!("PT-ALL"), json!([]), json!([]));
    assert_eq!(refused(&finance, REGIONS, &whole, 409).await, "place_taken");
    let mut abroad = madeira;
    (abroad["code"], abroad["provinces"]) = (json!("PT-32"), json!(["ES-SE"]));
    assert_eq!(refused(&finance, REGIONS, &abroad, 400).await, "field_invalid");
    // Mainland rates do not hold there; those that are made do, for categories of one's own as well.
    assert_eq!(world.named("PT", None, "9000-001", "standard").await, None);
    let books = json!({"code": "books", "name": "Books", "otherwise": "super_reduced", "note": "read"});
    let _ = finance.post(CATEGORIES, &books).await.expect(201);
    assert_eq!(refused(&finance, CATEGORIES, &books, 409).await, "code_taken");
    assert_eq!(
        world.named("PT", None, "1000-001", "books").await.as_deref(),
        Some("IVA 6 %")
    );
    let all: Value = finance.get(CATEGORIES).await.expect(200).read();
    assert_eq!(all["items"].as_array().unwrap().len(), 8);
    let nowhere = json!({
        "region": "XX", "category": "standard", "name": "x", "rate_millionths": 1, "source": "x", "note": "x",
    });
    assert_eq!(refused(&finance, RATES, &nowhere, 404).await, "not_found");
    let mut much = ipsi(1_000_001);
    assert_eq!(refused(&finance, RATES, &much, 400).await, "field_invalid");
    much = ipsi(1);
    much["valid_from"] = json!(world.clock.now());
    assert_eq!(refused(&finance, RATES, &much, 400).await, "field_invalid");
}

#[tokio::test]
async fn who_owes_the_tax_is_said_ahead_and_kept() {
    let world = World::new().await;
    let finance = world.client("finance");
    let owner = async || {
        let now = world.clock.now();
        world.taxes.book(now).await.unwrap().owner(now)
    };
    let said = json!({"owner": "marketplace", "note": "a facilitator from now on"});
    let _ = finance.post(LIABILITY, &said).await.expect(201);
    assert_eq!(owner().await, TaxOwner::Seller);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(owner().await, TaxOwner::Marketplace);
    let all: Value = finance.get(LIABILITY).await.expect(200).read();
    assert_eq!(all["items"][0]["made_by"]["kind"], "operator");
    // Others do not even read it.
    let support = world.client("support");
    for path in [REGIONS, CATEGORIES, RATES, LIABILITY] {
        let _ = support.get(path).await.expect(403);
    }
    let _ = support.post(LIABILITY, &said).await.expect(403);
}
