//! What buyers of the demo asked its shops, and what these answered.

use super::Stage;
use super::people::{Opened, Registered};
use chrono::{Duration, NaiveTime};
use contracts::Language;
use contracts::messages::{NewQuote, NewThread, PastMessage, PastThread, Side, Wish};
use kernel::{Ctx, Currency, Money, ProductId, Timestamp};

/// Of so many shops.
const SHOPS_MAX: usize = 8;
const THREADS_EACH: usize = 6;
const PRODUCTS_EACH: u16 = 6;
const NINE: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A question, an answer, and perhaps what followed; whether it was read; hours until the answer.
struct Script {
    english: &'static [&'static str],
    spanish: &'static [&'static str],
    hours: i64,
    days_ago: i64,
    custom: bool,
    about_shop: bool,
    read: bool,
}

const SCRIPTS: &[Script] = &[
    Script {
        english: &[
            "Good morning! Is this safe in the dishwasher? We use ours every day.",
            "It is: it is fired at 1,250 degrees. Leave a little room between the pieces and it will last for decades.",
            "Perfect, thank you. Then I will take two.",
        ],
        spanish: &[
            "¡Buenos días! ¿Se puede lavar en el lavavajillas? Nosotros lo usamos a diario.",
            "Sí: está cocido a 1.250 grados. Deje un poco de sitio entre las piezas y durará décadas.",
            "Perfecto, gracias. Entonces me llevo dos.",
        ],
        hours: 3,
        days_ago: 41,
        custom: false,
        about_shop: false,
        read: true,
    },
    Script {
        english: &[
            "Would you make this one for a table of 90 x 200 cm? With my grandmother's initials, if that is possible.",
            "With pleasure. For that size I need about four weeks; the initials are included.",
        ],
        spanish: &[
            "¿Haría este para una mesa de 90 x 200 cm? Con las iniciales de mi abuela, si es posible.",
            "Con mucho gusto. Para ese tamaño necesito unas cuatro semanas; las iniciales están incluidas.",
        ],
        hours: 5,
        days_ago: 9,
        custom: true,
        about_shop: false,
        read: false,
    },
    Script {
        english: &[
            "Hello, can I visit the workshop in December? We are in the area from the 12th to the 15th.",
            "You are welcome on weekdays between 10 and 14. Ring the bell at the blue door.",
        ],
        spanish: &[
            "Hola, ¿se puede visitar el taller en diciembre? Estamos por la zona del 12 al 15.",
            "Puede venir de lunes a viernes, entre las 10 y las 14. Llame al timbre de la puerta azul.",
        ],
        hours: 7,
        days_ago: 23,
        custom: false,
        about_shop: true,
        read: true,
    },
    Script {
        english: &[
            "Do you have it in a darker shade? You can call me at 612 345 678.",
            "Not at the moment, but the next batch comes out of the kiln in two weeks. I will write to you here.",
        ],
        spanish: &[
            "¿Lo tiene en un tono más oscuro? Puede llamarme al 612 345 678.",
            "Ahora mismo no, pero la próxima hornada sale en dos semanas. Le escribo por aquí.",
        ],
        hours: 2,
        days_ago: 15,
        custom: false,
        about_shop: false,
        read: true,
    },
    Script {
        english: &[
            "I would like twelve for a wedding in June. Is there a price for a dozen?",
            "From ten pieces on there is 10 % off. Tell me the date and I will set them aside.",
            "It is the 14th of June. That would be wonderful.",
        ],
        spanish: &[
            "Querría doce para una boda en junio. ¿Hay precio por docena?",
            "A partir de diez piezas hay un 10 % de descuento. Dígame la fecha y se las aparto.",
            "Es el 14 de junio. Sería estupendo.",
        ],
        hours: 12,
        days_ago: 4,
        custom: false,
        about_shop: false,
        read: false,
    },
    Script {
        english: &["How is it packed? It is a present, and it has a long way to go."],
        spanish: &["¿Cómo va embalado? Es un regalo y tiene un largo camino por delante."],
        hours: 0,
        days_ago: 1,
        custom: false,
        about_shop: false,
        read: false,
    },
];

/// Writes them, and answers how many threads there are.
pub async fn write(stage: &Stage<'_>, shops: &[Opened], buyers: &[Registered]) -> anyhow::Result<u32> {
    let (market, ctx) = (stage.market, stage.ctx());
    let mut threads = Vec::new();
    for (at, shop) in shops.iter().take(SHOPS_MAX).enumerate() {
        let goods: Vec<(ProductId, Money)> = market
            .catalog
            .newest(&ctx, Some(shop.tenant), PRODUCTS_EACH)
            .await?
            .into_iter()
            .filter_map(|listing| Some((listing.id, listing.variants.first()?.price)))
            .collect();
        for (turn, script) in SCRIPTS.iter().take(THREADS_EACH).enumerate() {
            // The first buyer, whom everybody signs in as, asks a few of them.
            let buyer = match (at + turn) % 5 {
                0 => 0,
                other => at * THREADS_EACH + turn + other,
            };
            let Some(buyer) = buyers.get(buyer % buyers.len().max(1)) else {
                continue;
            };
            let product = goods.get(turn % goods.len().max(1)).copied();
            threads.extend(thread(&ctx, script, shop, buyer, product, at));
        }
    }
    let written = market.messages.write_past(&ctx, threads).await?;
    Ok(written)
}

fn thread(
    ctx: &Ctx,
    script: &Script,
    shop: &Opened,
    buyer: &Registered,
    product: Option<(ProductId, Money)>,
    at: usize,
) -> Option<PastThread> {
    // Who lives where Spanish is spoken writes it.
    let spanish = buyer.buyer.address.country == "ES";
    let said = if spanish { script.spanish } else { script.english };
    let (first, rest) = said.split_first()?;
    let minutes = i64::try_from(at).unwrap_or(0) * 37;
    // By the day: written again on the same one, they are there already.
    let morning: Timestamp = ctx.now.date_naive().and_time(NINE).and_utc();
    let began = morning - Duration::days(script.days_ago) + Duration::minutes(minutes);
    let about = product.filter(|_| !script.about_shop);
    let new = NewThread {
        shop: shop.tenant,
        product: about.map(|(product, _)| product),
        order: None,
        custom: about.filter(|_| script.custom).map(|(_, price)| Wish {
            by: Some((ctx.now + Duration::days(40)).date_naive()),
            budget: Some(Money::new(price.amount.saturating_mul(2), Currency::EUR)),
        }),
        text: (*first).to_owned(),
        language: Some(if spanish { Language::Es } else { Language::En }),
    };
    let then = rest.iter().zip(1i64..).map(|(text, step)| {
        let by = if step % 2 == 1 { Side::Shop } else { Side::Buyer };
        let asked = new.custom.is_some() && by == Side::Shop;
        PastMessage {
            by,
            text: (*text).to_owned(),
            at: began + Duration::hours(script.hours * step) + Duration::minutes(minutes % 45),
            quote: about.filter(|_| asked).map(|(_, price)| NewQuote {
                price: Money::new(price.amount.saturating_mul(2), Currency::EUR),
                lead_days: 28,
                valid_until: (ctx.now + Duration::days(21)).date_naive(),
                text: (*text).to_owned(),
            }),
        }
    });
    Some(PastThread {
        buyer: buyer.user,
        at: began,
        then: then.collect(),
        read: script.read,
        new: new.clone(),
    })
}
