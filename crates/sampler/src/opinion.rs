//! What buyers say of what they received: stars, a few sentences, and sometimes the shop's reply.

use crate::buyer::Buyer;
use crate::dice::Dice;
use serde::Serialize;

/// A review, and what the shop says to it.
#[derive(Clone, Debug, Serialize)]
pub struct Opinion {
    pub stars: u8,
    /// May be empty.
    pub title: String,
    pub text: String,
    pub reply: Option<String>,
    /// Whether a picture of it is there, at the buyer's.
    pub is_pictured: bool,
}

/// Sentences of one language and one mood.
struct Voice {
    titles: &'static [&'static str],
    /// How the piece is.
    first: &'static [&'static str],
    /// How it came, and what it is used for.
    second: &'static [&'static str],
    /// What follows from it.
    last: &'static [&'static str],
    replies: &'static [&'static str],
}

const HAPPY_EN: Voice = Voice {
    titles: &[
        "Even nicer than in the pictures",
        "Exactly what I hoped for",
        "Beautiful work",
        "Worth every cent",
        "Made with care",
        "A joy to use",
        "You can see the hands behind it",
        "Our new favourite",
        "Lovely",
        "A very good present",
        "Better than expected",
        "Simple and well made",
    ],
    first: &[
        "The finish is careful, also where nobody looks.",
        "The colours are warmer than on the screen and I like them more.",
        "It feels solid and pleasant in the hand.",
        "Small irregularities show that somebody made it, and I love that.",
        "The quality is plain to see.",
        "It is heavier than I thought, in a good way.",
        "The size is exactly as described.",
        "Everything about it looks as if it will last.",
        "Pretty, and practical too.",
        "It smells of workshop in the best sense.",
        "The details are what makes it: nothing is careless.",
        "I had seen it at a friend's and mine is even nicer.",
    ],
    second: &[
        "It came well packed and earlier than I thought.",
        "It came wrapped in paper instead of plastic.",
        "I use it every day.",
        "It was a present for my sister, who did not want to give it back.",
        "It fits with everything we had.",
        "Our guests keep asking where it is from.",
        "A handwritten card was with it.",
        "It looks as if it would still be here in twenty years.",
        "My daughter has claimed it already.",
        "It stands in the kitchen where everybody sees it.",
        "The shop answered my question within an hour.",
        "Delivery was quick.",
    ],
    last: &[
        "I will order again.",
        "Recommended.",
        "The next one is for my mother.",
        "Thank you to the workshop.",
        "Very happy with it.",
        "Not cheap, and right so.",
        "I only wish I had bought two.",
        "",
    ],
    replies: &[
        "Thank you very much! It makes us happy to know where our pieces live.",
        "Thank you for taking the time to write. We will tell everybody in the workshop.",
        "How kind of you. Enjoy it for many years.",
    ],
};
const MIXED_EN: Voice = Voice {
    titles: &[
        "Pretty, but smaller than I thought",
        "All right",
        "Good, with one remark",
        "Nice piece, careless parcel",
        "Does what it should",
        "Not quite the colour",
        "Between good and so-so",
        "",
    ],
    first: &[
        "It is pretty, but measure before you order: it is smaller than it looks.",
        "The colour is darker than in the pictures.",
        "Well made on the whole, with one rough edge underneath.",
        "It does what it should, no more and no less.",
        "I expected a little more for this price.",
        "The shape is lovely, the surface scratches easily.",
        "One of them has a small mark that I only saw at home.",
        "Good material, and the finish could be better.",
    ],
    second: &[
        "The parcel was left with a neighbour.",
        "It was packed well.",
        "The shop was friendly when I asked.",
        "The box had a dent, the piece did not.",
        "I keep it all the same.",
        "For every day it is fine.",
        "I wrote to the shop and had an answer the next day.",
        "It needs more care than I thought.",
    ],
    last: &[
        "Perhaps another size next time.",
        "Three stars from me.",
        "With a note on the page about it I would be happier.",
        "",
        "I am not sure whether I would order it again.",
        "For the price it is all right.",
    ],
    replies: &[
        "Thank you for saying so openly. We have added the measures to the page.",
        "We are sorry that it is not quite what you expected. Write to us from your order and we will find a way.",
    ],
};
const SAD_EN: Voice = Voice {
    titles: &[
        "It came broken",
        "Disappointed",
        "Not as described",
        "It did not last",
        "I expected more",
        "",
    ],
    first: &[
        "It arrived with a crack right through it.",
        "It came apart the first time I used it.",
        "The colour has nothing to do with the picture.",
        "It is much thinner than I thought and feels cheap.",
        "One piece was missing from the parcel.",
        "The size is wrong.",
    ],
    second: &[
        "The box was far too big and there was hardly any paper in it.",
        "I had to write twice before anybody answered.",
        "The paper was torn and one corner stuck out.",
        "I wanted to give it away and had nothing to give.",
        "I have sent it back.",
        "The money was returned quickly, that much I must say.",
    ],
    last: &[
        "A pity, I liked the idea.",
        "I will not order it again.",
        "I hope I was only unlucky.",
        "",
    ],
    replies: &[
        "We are very sorry. A new one is on its way to you, packed by me this time.",
        "That should not have happened. Thank you for telling us: we have changed how we pack it.",
    ],
};
const HAPPY_ES: Voice = Voice {
    titles: &[
        "Aún más bonito que en las fotos",
        "Justo lo que esperaba",
        "Un trabajo precioso",
        "Vale lo que cuesta",
        "Hecho con cariño",
        "Da gusto usarlo",
        "Se nota que está hecho a mano",
        "Nuestro nuevo favorito",
        "Precioso",
        "Un regalo que acierta",
        "Mejor de lo que pensaba",
        "Sencillo y bien hecho",
    ],
    first: &[
        "El acabado es cuidado, también donde no se ve.",
        "Los colores son más cálidos que en la pantalla y me gustan más.",
        "Pesa lo justo y es agradable al tacto.",
        "Las pequeñas irregularidades dicen que lo ha hecho alguien, y eso me encanta.",
        "Se ve la calidad desde el primer día.",
        "Es más pesado de lo que pensaba, para bien.",
        "El tamaño es exactamente el que dice.",
        "Parece hecho para durar.",
        "Es bonito y además práctico.",
        "Huele a taller, en el mejor sentido.",
        "Los detalles son lo mejor: no hay nada descuidado.",
        "Se lo vi a una amiga y el mío es todavía más bonito.",
    ],
    second: &[
        "Llegó muy bien embalado y antes de lo que pensaba.",
        "Venía envuelto en papel, sin plásticos.",
        "Lo uso todos los días.",
        "Era un regalo para mi hermana, que ya no lo suelta.",
        "Pega con todo lo que teníamos en casa.",
        "Las visitas siempre preguntan de dónde es.",
        "Traía una tarjeta escrita a mano.",
        "Parece que dentro de veinte años seguirá aquí.",
        "Mi hija ya se lo ha quedado.",
        "Está en la cocina, donde lo ve todo el mundo.",
        "La tienda contestó a mi duda en una hora.",
        "El envío fue rápido.",
    ],
    last: &[
        "Repetiré.",
        "Muy recomendable.",
        "El próximo es para mi madre.",
        "Gracias al taller.",
        "Muy contenta con la compra.",
        "No es barato, y está bien que no lo sea.",
        "Solo me arrepiento de no haber comprado dos.",
        "",
    ],
    replies: &[
        "¡Muchas gracias! Nos alegra saber dónde viven nuestras piezas.",
        "Gracias por tomarte el tiempo de escribir. Lo leeremos en voz alta en el taller.",
        "Qué amable. Que lo disfrutes muchos años.",
    ],
};
const MIXED_ES: Voice = Voice {
    titles: &[
        "Bonito, pero más pequeño de lo que creía",
        "Correcto",
        "Bien, con una pega",
        "Bonita pieza, envío descuidado",
        "Cumple",
        "No es del todo el color",
        "Entre bien y regular",
        "",
    ],
    first: &[
        "Es bonito, pero mide antes de pedirlo: es más pequeño de lo que parece.",
        "El color es más oscuro que en las fotos.",
        "En general está bien hecho, con un borde áspero por debajo.",
        "Cumple, ni más ni menos.",
        "Por este precio esperaba un poco más.",
        "La forma es preciosa, pero se raya con facilidad.",
        "Una tiene una pequeña marca que solo vi en casa.",
        "Buen material, aunque el acabado podría ser mejor.",
    ],
    second: &[
        "El paquete lo dejaron en casa de un vecino.",
        "Venía bien embalado.",
        "La tienda fue amable cuando pregunté.",
        "La caja llegó con un golpe, la pieza no.",
        "Me lo quedo de todas formas.",
        "Para diario está bien.",
        "Escribí a la tienda y me contestaron al día siguiente.",
        "Necesita más cuidado de lo que pensaba.",
    ],
    last: &[
        "Quizá otro tamaño la próxima vez.",
        "Por mi parte, tres estrellas.",
        "Con una nota en la página estaría más contento.",
        "",
        "No sé si lo volvería a pedir.",
        "Por el precio está bien.",
    ],
    replies: &[
        "Gracias por decirlo con franqueza. Hemos puesto las medidas en la página.",
        "Sentimos que no sea del todo lo que esperabas. Escríbenos desde tu pedido y buscamos una solución.",
    ],
};
const SAD_ES: Voice = Voice {
    titles: &[
        "Llegó roto",
        "Una decepción",
        "No es como se describe",
        "No ha durado",
        "Esperaba más",
        "",
    ],
    first: &[
        "Llegó con una grieta de lado a lado.",
        "Se despegó la primera vez que lo usé.",
        "El color no tiene nada que ver con la foto.",
        "Es mucho más fino de lo que pensaba y parece barato.",
        "Faltaba una pieza en el paquete.",
        "La medida no es la que dice.",
    ],
    second: &[
        "La caja era enorme y apenas traía papel.",
        "Tuve que escribir dos veces hasta que me contestaron.",
        "El papel venía roto y asomaba una esquina.",
        "Quería regalarlo y me quedé sin regalo.",
        "Lo he devuelto.",
        "El dinero me lo devolvieron pronto, eso sí.",
    ],
    last: &[
        "Una pena, la idea me gustaba.",
        "No lo volveré a pedir.",
        "Espero que solo haya sido mala suerte.",
        "",
    ],
    replies: &[
        "Lo sentimos mucho. Te mandamos otra, esta vez embalada por mí.",
        "Esto no debería haber pasado. Gracias por avisar: hemos cambiado la forma de embalarlo.",
    ],
};

/// What a buyer says of the `line`-th thing of an order; most of what arrives is not reviewed.
pub(crate) fn opinion(seed: u64, buyer: &Buyer, order: u32, line: u32) -> Option<Opinion> {
    let mut dice = Dice::keyed(seed, 0x0_5a1d, u64::from(order) << 8 | u64::from(line));
    if !dice.chance(70) {
        return None;
    }
    // Who buys what somebody made by hand is mostly happy with it.
    let stars: u8 = match dice.below(100) {
        0..=57 => 5,
        58..=79 => 4,
        80..=89 => 3,
        90..=95 => 2,
        _ => 1,
    };
    let spanish = matches!(buyer.address.country, "ES" | "MX");
    let voice = match (stars, spanish) {
        (4.., false) => &HAPPY_EN,
        (3, false) => &MIXED_EN,
        (_, false) => &SAD_EN,
        (4.., true) => &HAPPY_ES,
        (3, true) => &MIXED_ES,
        (_, true) => &SAD_ES,
    };
    let mut said = vec![dice.word(voice.first)];
    if dice.chance(75) {
        said.push(dice.word(voice.second));
    }
    if dice.chance(60) {
        said.push(dice.word(voice.last));
    }
    said.retain(|sentence| !sentence.is_empty());
    let title = if dice.chance(70) {
        dice.word(voice.titles)
    } else {
        ""
    };
    // Whoever is unhappy is answered more often.
    let is_answered = dice.chance(if stars < 4 { 60 } else { 25 });
    Some(Opinion {
        stars,
        title: title.to_owned(),
        text: said.join(" "),
        reply: is_answered.then(|| dice.word(voice.replies).to_owned()),
        // What came broken is not drawn: the drawings know no cracks.
        is_pictured: stars >= 3 && dice.chance(12),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buyer;
    use std::collections::HashSet;

    #[test]
    fn opinions_differ_and_are_the_same_again() {
        let of = |order| opinion(1, &buyer::buyer(1, order % 40), order, 0);
        let said: Vec<Opinion> = (0..400).filter_map(of).collect();
        let again: Vec<Opinion> = (0..400).filter_map(of).collect();
        assert_eq!(
            said.iter().map(|one| &one.text).collect::<Vec<_>>(),
            again.iter().map(|one| &one.text).collect::<Vec<_>>()
        );
        let texts: HashSet<&str> = said.iter().map(|one| one.text.as_str()).collect();
        assert!(
            texts.len() * 10 > said.len() * 8,
            "{} of {}",
            texts.len(),
            said.len()
        );
        let stars: HashSet<u8> = said.iter().map(|one| one.stars).collect();
        assert_eq!(stars.len(), 5);
        assert!(said.iter().any(|one| one.reply.is_some()));
    }
}
