//! A small text classifier: naive Bayes over hashed words and pairs of words, in English and Spanish.
//!
//! It is trained when it is first used, within milliseconds, from `training.txt`, whose sentences were written for it. Each
//! feature says by how much likelier it is among texts that should not stand; what both kinds have never seen says nothing.
//! Features of a text are not independent, as the method pretends, so that its sum is divided by the root of their number:
//! else a long text would always be certain.

use super::rules::words;
use std::sync::LazyLock;

/// Two texts collide in one of so many buckets too seldom to matter: the training text has some 2,500 features.
const BUCKETS: usize = 1 << 14;
/// What an event never seen counts as.
const SMOOTHING: f64 = 0.5;
/// The most that one feature says, as a logarithm.
const SAYS_MOST: f64 = 2.5;

/// A line is `+` for what is honest or `-` for what should not stand, a space, and the text in small letters.
const TRAINING: &str = include_str!("training.txt");

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::trained(TRAINING));

struct Model {
    /// By how much likelier each feature is in texts that should not stand, as a logarithm.
    weights: Vec<f64>,
}

impl Model {
    fn trained(text: &str) -> Self {
        let mut seen = [vec![0u32; BUCKETS], vec![0u32; BUCKETS]];
        let mut totals = [0u32; 2];
        for line in text.lines() {
            let (kind, said) = match line.split_at_checked(2) {
                Some(("+ ", said)) => (0, said),
                Some(("- ", said)) => (1, said),
                _ => continue,
            };
            for feature in features(said) {
                seen[kind][feature] += 1;
                totals[kind] += 1;
            }
        }
        let [honest, foul] = &seen;
        let share = |count: u32, total: u32| (f64::from(count) + SMOOTHING) / f64::from(total.max(1));
        let weights = honest.iter().zip(foul).map(|(&honest, &foul)| {
            if honest + foul == 0 {
                return 0.0;
            }
            let ratio = share(foul, totals[1]) / share(honest, totals[0]);
            ratio.ln().clamp(-SAYS_MOST, SAYS_MOST)
        });
        Self {
            weights: weights.collect(),
        }
    }

    fn score(&self, folded: &str) -> u16 {
        let (mut sum, mut known) = (0.0, 0u32);
        for feature in features(folded) {
            let weight = self.weights[feature];
            sum += weight;
            known += u32::from(weight != 0.0);
        }
        let logit = sum / f64::from(known.max(1)).sqrt();
        let share = 1.0 / (1.0 + (-logit).exp());
        // Between 0 and 1,000: nothing is lost.
        (share * 1_000.0).round() as u16
    }
}

/// The buckets of a folded text's words and pairs of words.
fn features(folded: &str) -> Vec<usize> {
    let words: Vec<&str> = words(folded).collect();
    let single = words.iter().map(|word| bucket(word, ""));
    let pairs = words.windows(2).map(|pair| bucket(pair[0], pair[1]));
    single.chain(pairs).collect()
}

/// FNV-1a: the same on every machine, so that a text is always judged alike.
fn bucket(first: &str, second: &str) -> usize {
    let bytes = first.bytes().chain([0]).chain(second.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash % BUCKETS as u64) as usize
}

/// How sure it is that a folded text should not stand, in thousandths: 500 where it knows nothing.
#[must_use]
pub fn score(folded: &str) -> u16 {
    MODEL.score(folded)
}

#[cfg(test)]
mod tests {
    use super::super::rules::folded;
    use super::*;

    /// None of these is in the training text.
    const HONEST: [&str; 24] = [
        "The teapot is heavier than I thought but it pours without dripping.",
        "My daughter loves the wooden train. The wheels turn well and the paint does not come off.",
        "Two of the six glasses were chipped. The shop sent new ones within a week.",
        "Not worth the price. The leather is thin and it smells of glue.",
        "Arrived ten days late, and nobody answered my messages.",
        "Smaller than in the picture, so measure before you order.",
        "Good soap, but the lavender is hardly noticeable.",
        "I have washed the towel five times and the colour is still the same.",
        "Beautiful ring, a little loose. I had it made smaller.",
        "The oil is peppery and green, exactly as described. I will order again.",
        "The notebook lies flat and the paper takes ink well.",
        "Terrible. The handle came off on the first day.",
        "El cuenco es precioso y aguanta bien el lavavajillas.",
        "Llegó roto y tuve que reclamar dos veces. No repetiré.",
        "Muy buen queso, curado en su punto. El envío llegó frío.",
        "La manta es suave pero suelta bastante pelo.",
        "Los pendientes pesan poco y el cierre es seguro.",
        "El color no es el de la foto, es mucho más oscuro.",
        "Regalo para mi madre. Le ha encantado.",
        "La mesa cojea un poco, pero la madera es muy bonita.",
        "Cumple, sin más. Esperaba algo mejor acabado por este precio.",
        "El vendedor respondió enseguida y me cambió la talla.",
        "Tardó tres semanas en llegar.",
        "Las velas huelen bien y duran mucho.",
    ];
    const FOUL: [&str; 12] = [
        "Earn money from home every week, write to us on whatsapp now",
        "Buy cheap followers and watches on our channel, best price guaranteed",
        "Click the link in my profile for free bitcoin and big discounts",
        "Use my promo code for a discount in our online casino",
        "The seller is a stupid pig, I hope you die",
        "You people are disgusting trash and should be beaten",
        "Gana dinero desde casa, escríbeme por whatsapp",
        "Visita nuestra página y compra más barato con mi código de descuento",
        "Préstamos rápidos sin aval, contacta con nosotros por telegram",
        "Eres un estúpido asqueroso, ojalá te mueras",
        "Esta gentuza da asco, sois basura y unos sinvergüenzas asquerosos",
        "Invierte en bitcoin con nosotros y gana mucho dinero fácil",
    ];

    #[test]
    fn honest_text_is_left_alone_and_most_of_the_rest_is_not() {
        let held: Vec<(&str, u16)> = HONEST.iter().map(|&text| (text, score(&folded(text)))).collect();
        let wrongly: Vec<_> = held.iter().filter(|(_, score)| *score >= 850).collect();
        assert!(wrongly.is_empty(), "{wrongly:?}");
        let passed: Vec<(&str, u16)> = FOUL
            .iter()
            .map(|&text| (text, score(&folded(text))))
            .filter(|(_, score)| *score < 850)
            .collect();
        assert!(passed.len() <= 2, "{passed:?}");
    }

    #[test]
    fn what_it_does_not_know_says_nothing() {
        assert_eq!(score(""), 500);
        assert_eq!(score("qwxz"), 500);
    }

    #[test]
    fn every_line_of_the_training_text_has_a_label() {
        for line in TRAINING.lines() {
            assert!(
                line.starts_with("+ ") || line.starts_with("- "),
                "no label: {line}"
            );
            assert_eq!(line, folded(line), "not folded");
        }
    }
}
