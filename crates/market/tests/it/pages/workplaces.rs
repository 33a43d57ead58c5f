//! What sellers and the operator's staff do at their workplaces, by forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_makes_a_coupon_sees_what_it_cost_and_ends_it() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let (list, new) = ("/seller/promotions", "/seller/promotions/new");
    assert!(seller.get(&world, list).await.text().contains("No promotions"));

    let wrong = [
        ("name", ""),
        ("kind", "percent"),
        ("code", "no code"),
        ("ends", "2020-01-01"),
    ];
    let spanish = format!("{new}?lang=es");
    let back = seller.post(&world, &spanish, &wrong).await.expect(200).text();
    for said in [
        "Rellena este campo",
        "no es un cupón",
        "El último día es anterior",
    ] {
        assert!(back.contains(said), "{said} in {back}");
    }

    let good = [
        ("name", "Autumn"),
        ("kind", "percent"),
        ("code", "autumn-10"),
        ("share", "12,5"),
        ("budget", "200"),
    ];
    let made = seller.post(&world, new, &good).await;
    assert_eq!(location(&made), format!("{list}?done=promotion_made"));
    let shown = seller.get(&world, list).await.text();
    for said in ["Autumn", "AUTUMN-10", "12.5% off", "€0.00 of €200.00"] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    let end = after(&shown, "action=\"/seller/promotions/");
    let end = format!("/seller/promotions/{end}");
    let unsaid = seller.post(&world, &end, &[("note", "")]).await;
    assert_eq!(location(&unsaid), format!("{list}?refused=text_empty"));
    for done in ["done=promotion_ended", "refused=promotion_ended"] {
        let ended = seller.post(&world, &end, &[("note", "enough")]).await;
        assert_eq!(location(&ended), format!("{list}?{done}"));
    }
    assert!(!seller.get(&world, list).await.text().contains("AUTUMN-10"));
    let all = seller.get(&world, "/seller/promotions?show=all").await.text();
    assert!(all.contains("AUTUMN-10") && !all.contains("/end\""), "{all}");
    world.close().await;
}

/// What follows this text, up to a quotation mark.
fn after(text: &str, start: &str) -> String {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_invites_takes_back_and_lets_go() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let page = "/seller/staff";
    let invite = "/seller/staff/invitations";
    let wrong = [("email", "nobody"), ("role", "clerk")];
    let back = owner.post(&world, invite, &wrong).await.expect(200).text();
    assert!(back.contains("This is not an e-mail address"), "{back}");
    let right = [("email", "lola@market.test"), ("role", "analyst")];
    let sent = owner.post(&world, invite, &right).await;
    assert_eq!(location(&sent), format!("{page}?done=invited"));
    let again = owner.post(&world, invite, &right).await.expect(200).text();
    assert!(again.contains("invited already"), "{again}");

    let take_back = format!("{invite}/{}/take-back", world.a.invitation);
    assert_eq!(
        location(&owner.post(&world, &take_back, &[]).await),
        format!("{page}?done=taken_back")
    );
    let shown = owner.get(&world, page).await.text();
    assert!(
        shown.contains("lola@market.test") && shown.contains("Withdrawn"),
        "{shown}"
    );
    assert!(!shown.contains(&take_back), "{shown}");

    let dismiss = format!("{page}/{}/dismiss", world.a.staff);
    assert!(shown.contains(&dismiss));
    let gone = owner.post(&world, &dismiss, &[]).await;
    assert_eq!(location(&gone), format!("{page}?done=dismissed"));
    assert!(!owner.get(&world, page).await.text().contains(&dismiss));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_ordered_by_article_number_and_taken_in() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let product = world.call("get_own_product", &[&world.a.product]);
    let product = world.send_as(Who::OwnerA, &product).await.expect(200).json();
    let code = product["variants"][0]["code"].as_str().unwrap().to_owned();
    let new = "/seller/goods/new";
    let key = field(&seller.get(&world, new).await, "key");
    let order = async |seller: &mut Browser, lines: &str| {
        let fields = [
            ("key", key.as_str()),
            ("from", "supplier"),
            ("supplier", "Bailén"),
            ("to", world.a.id.as_str()),
            ("lines", lines),
        ];
        seller.post(&world, new, &fields).await
    };
    let wrong = order(&mut seller, "nobodys 3").await.expect(200).text();
    assert!(
        wrong.contains("None of your articles has the number nobodys"),
        "{wrong}"
    );
    let lines = format!("{code} 3");
    let begun = location(&order(&mut seller, &lines).await);
    // Sent twice, it is ordered once.
    assert_eq!(location(&order(&mut seller, &lines).await), begun);
    // With something else in it, it is told of, and can be sent once more for what it is.
    let other = order(&mut seller, &format!("{code} 4")).await.expect(200);
    assert!(
        other.text().contains("This form was sent before"),
        "{}",
        other.text()
    );
    assert_ne!(field(&other, "key"), key);
    let one = begun.split('?').next().unwrap().to_owned();
    assert!(
        one.starts_with("/seller/goods/") && begun.ends_with("?done=goods_begun"),
        "{begun}"
    );

    let shown = seller.get(&world, &one).await;
    let (key, units) = (field(&shown, "key"), format!("units.{}", world.a.sku));
    let receive = format!("{one}/receive");
    let came = [("key", key.as_str()), (units.as_str(), "2")];
    let received = seller.post(&world, &receive, &came).await;
    assert_eq!(location(&received), format!("{one}?done=goods_received"));
    let more = [("key", "another"), (units.as_str(), "2")];
    let refused = seller.post(&world, &receive, &more).await.expect(200);
    let text = refused.text();
    assert!(text.contains("That is more than was still to come"), "{text}");
    assert!(text.contains(&format!("name=\"{units}\" value=\"2\"")), "{text}");
    // Another language is asked for where there is a page.
    assert_eq!(field(&refused, "next"), one);
    let closed = seller.post(&world, &format!("{one}/close"), &[]).await;
    assert_eq!(location(&closed), format!("{one}?done=goods_closed"));
    let list = seller.get(&world, "/seller/goods?state=closed").await.text();
    assert!(list.contains("Bailén") && list.contains("2 of 3"), "{list}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_reads_what_it_is_owed_and_why_it_waits() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::AnalystA).await;
    let sale = world.call("get_seller_order", &[&world.a.sale]);
    let sale = world.send_as(Who::OwnerA, &sale).await.expect(200).json();
    let number = sale["number"].as_str().unwrap();
    let shown = seller.get(&world, "/seller/settlement").await.text();
    assert!(
        shown.contains(number) && shown.contains("only just delivered"),
        "{shown}"
    );
    // Analysts read; they neither pay out nor change the days.
    assert!(!shown.contains("Change the days"), "{shown}");
    let lines = seller
        .get(&world, "/seller/settlement/statement?format=csv")
        .await;
    assert!(lines.expect(200).text().starts_with("at,kind,reference,"));
    assert!(shown.contains("/seller/settlement/year?year="), "{shown}");
    let year = seller
        .get(&world, "/seller/settlement/year?year=2025")
        .await
        .expect(200);
    assert!(year.text().starts_with("year,quarter,currency,"));
    seller
        .get(&world, "/seller/settlement/year?year=1066")
        .await
        .expect(400);
    // In the sale's own month, whatever day it is by now.
    let month = &sale["placed_at"].as_str().unwrap()[.."2026-11".len()];
    let statement = format!("/seller/settlement/statement?month={month}");
    let page = seller.get(&world, &statement).await.expect(200).text();
    assert!(
        page.contains(number) && page.contains("data-label=\"Balance\""),
        "{page}"
    );
    assert!(page.contains("data-figure=\"statement.closing\""), "{page}");
    for wrong in ["after=xyz", "format=xls"] {
        let target = format!("{statement}&{wrong}");
        seller.get(&world, &target).await.expect(400);
    }
    // Without a month it is this one's.
    seller
        .get(&world, "/seller/settlement/statement")
        .await
        .expect(200);
    let paper = seller
        .get(&world, "/seller/settlement/statement?format=pdf")
        .await
        .expect(200);
    assert!(paper.body.starts_with(b"%PDF-"));
    seller
        .get(&world, "/seller/settlement/statement?month=soon")
        .await
        .expect(400);
    let order = seller
        .get(&world, &format!("/seller/orders/{}", world.a.sale))
        .await;
    assert!(
        order.text().contains("data-label=\"Commission\""),
        "{}",
        order.text()
    );

    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let schedule = [("schedule", "monthly-15")];
    let changed = owner.post(&world, "/seller/settlement/schedule", &schedule).await;
    assert_eq!(location(&changed), "/seller/settlement?done=saved");
    let shown = owner.get(&world, "/seller/settlement").await.text();
    assert!(shown.contains("On day 15 of each month; next on"), "{shown}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_the_books_as_they_stood_and_what_shops_were_paid() {
    let world = World::new().await;
    let mut finance = Browser::of(&world, Who::Finance).await;
    let now = finance.get(&world, "/operator/ledger").await.text();
    assert!(
        now.contains("Owed to sellers") && now.contains("Balanced"),
        "{now}"
    );
    let then = finance
        .get(&world, "/operator/ledger?at=2020-01-01T00:00")
        .await
        .text();
    assert!(then.contains("Nothing posted yet"), "{then}");
    let wrong = finance.get(&world, "/operator/ledger?at=yesterday").await.text();
    assert!(
        wrong.contains("This is not a moment") && wrong.contains("Owed to sellers"),
        "{wrong}"
    );
    let paid = finance.get(&world, "/operator/payouts").await.text();
    assert!(paid.contains("By day"), "{paid}");
    // They may not look at shops: names lead nowhere.
    assert!(!paid.contains("/operator/shops/"), "{paid}");
    let admin = Browser::of(&world, Who::Admin)
        .await
        .get(&world, "/operator/payouts")
        .await;
    assert!(admin.text().contains(&format!("/operator/shops/{}", world.a.id)));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_make_a_rate_that_takes_the_place_of_another() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let form = "/operator/taxes/rates";
    let rate = |rate: &'static str, replaces: &'static str| {
        [
            ("region", "ES"),
            ("category", "standard"),
            ("rate", rate),
            ("name", "IVA 22,5 %"),
            ("source", "BOE"),
            ("note", "raised"),
            ("replaces", replaces),
        ]
    };
    let wrong = admin
        .post(&world, form, &rate("much", ""))
        .await
        .expect(200)
        .text();
    assert!(wrong.contains("Write a share of 0 to 100 %"), "{wrong}");
    let taken = admin
        .post(&world, form, &rate("22,5", ""))
        .await
        .expect(200)
        .text();
    assert!(taken.contains("Another rate holds there"), "{taken}");
    let made = admin.post(&world, form, &rate("22,5", "yes")).await;
    assert_eq!(location(&made), "/operator/taxes?done=tax_made");
    let shown = admin.get(&world, "/operator/taxes?region=ES").await.text();
    assert!(shown.contains("22.5%") && shown.contains("IVA 22,5 %"), "{shown}");

    // Sellers choose among the kinds of goods.
    let product = format!("/seller/products/{}", world.a.product);
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let page = seller.get(&world, &product).await.text();
    assert!(
        page.contains("value=\"standard\" selected") && page.contains("Super-reduced rate"),
        "{page}"
    );
    world.close().await;
}

/// Nobody sends a form once for each of its fields.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_tells_all_that_is_wrong_in_the_visitors_language() {
    let world = World::new().await;
    let mut stranger = Browser::default();
    let wrong = [("name", "Ana"), ("email", "nobody"), ("password", "weak")];
    let page = stranger
        .post(&world, "/register?lang=es", &wrong)
        .await
        .expect(200)
        .text();
    assert!(page.contains("no es una dirección de correo"), "{page}");
    assert!(page.contains("Elige una contraseña más fuerte"), "{page}");
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    stranger.post(&world, "/cart/lines", &bowl).await.expect(303);
    for (postcode, province, said) in [
        ("99", "", "Este código postal no corresponde"),
        ("41010", "ES-M", "Este código postal es de Sevilla"),
    ] {
        let address = [
            ("email", "ana@market.test"),
            ("name", "Ana"),
            ("line1", "Calle Betis 1"),
            ("postcode", postcode),
            ("city", "Sevilla"),
            ("province", province),
            ("country", "ES"),
        ];
        let page = stranger.post(&world, "/checkout/address?lang=es", &address).await;
        let page = page.expect(200).text();
        assert!(page.contains(said), "{said} in {page}");
    }
    world.close().await;
}
