//! What goods are called where no judged set is given: words as often as they are in a real catalogue.
//!
//! In real text the word of rank r comes about as often as 1 / (r + some ranks) (Zipf 1949, Mandelbrot 1953). Some hundreds of
//! words are written down here in the order of their ranks; behind them come thousands of names, made of syllables, as makers
//! and models are called. With titles of nine words and descriptions of fifty-five, shares of products that have a word come
//! out about as in the judged set CrowdFlower (9,913 products): of the word of rank 1 / 10 / 100 / 1,000 there
//! 64 / 37 / 5.4 / 0.9 % have it in either, and here 59 / 38 / 8.6 / 1.0 %.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::collections::HashSet;

/// From the commonest. The first are what the search passes over, as in any text.
const WORDS: &str = "and the with for of in set to black white your small handmade steel large blue wood natural cotton \
    leather red design glass green size grey wooden light home made classic silver pack brown table kitchen case ceramic \
    gift style wall garden bag linen oak bowl hand gold mini box wool metal soft storage water vintage lamp travel \
    stainless round cover chair cup modern coffee bottle silk long free shelf pillow led paper tea plate mug pink kit book \
    board bed night door plastic outdoor brass print square basket tray shirt ring holder double stand jar blanket art \
    yellow vase candle knife rug watch desk clock heavy towel stoneware frame bamboo floor pot cream mat hook mirror \
    copper battery dress kids strap hat toy dark portable women men oil bath cushion rope card bracelet pen brush iron \
    marble curtain bench shoes stone wire necklace folding wash key purple spoon pan porcelain notebook wide apron slim \
    orange coat powder earrings belt fan hanging cable pocket cloth flower tool jacket lid organic scarf beige wallet \
    office sofa fabric living summer winter stool pattern walnut charger kettle serving ball navy umbrella sleeve jug \
    tall handle napkin waterproof puzzle soap cotta terracotta ivory bike game rack velvet cabinet glazed teapot pine \
    camera hair tablecloth canvas tape dinner carafe seat sheet olive striped planter bathroom screen speaker guitar mount \
    drawer hammer wine baby recycled beech lantern tumbler plain dog cat beeswax tent safety salt pepper grinder quilt \
    ash woven rustic crystal denim hood socks gloves pendant chain ladder bookend headphones adjustable felt enamel boots \
    jewellery teak lavender wax willow scissors whisk saucer pitcher platter ladle sieve colander skillet oven casserole \
    roasting baking cake rolling pin cutter grater peeler chopping cutlery fork engraved hammered carved turned thrown \
    knitted crocheted embroidered quilted dyed indigo ochre turquoise emerald burgundy charcoal mustard mint coral amber \
    pearl jade opal onyx quartz granite slate concrete cork rattan jute hemp flax cashmere merino alpaca mohair suede \
    corduroy flannel satin lace tulle fringe tassel button zip buckle clasp hinge knob lever bracket screw nail drill \
    saw plane chisel file rasp clamp vice anvil torch compass whistle backpack satchel purse clutch tote suitcase trunk \
    hamper crate barrel bucket tub sink tap shower sponge comb razor mitten beanie beret bonnet tie bow vest cardigan \
    jumper blouse skirt trousers shorts pyjamas robe slipper sandal moccasin loafer brogue laces insole parasol \
    doormat hallway nursery cradle cot highchair rocking puppet doll kite marbles domino chess backgammon dice playing \
    easel palette pastel crayon ink quill envelope stamp sealing calligraphy album scrapbook diary planner calendar globe \
    atlas telescope microscope binoculars barometer thermometer hourglass metronome violin cello flute clarinet trumpet \
    drum cymbal banjo ukulele mandolin harmonica accordion capo rosin bird feeder nest beehive hive trellis spade trowel \
    rake hoe shears watering hose sprinkler seed bulb fern moss bonsai cactus terrarium sundial weathervane birdbath \
    firewood bellows poker andiron grill skewer smoker griddle wok steamer dumpling ramen sushi sake matcha chai espresso";

/// Made besides, for the long end that every catalogue has.
const NAMES: usize = 5_000;
const BEGINNINGS: [&str; 24] = [
    "bra", "cal", "dor", "el", "fen", "gri", "hal", "il", "jor", "kel", "lun", "mar", "nor", "os", "pel",
    "quin", "ros", "sten", "tor", "ul", "ver", "wil", "yar", "zan",
];
const MIDDLES: [&str; 16] = [
    "a", "be", "co", "da", "e", "fi", "go", "i", "la", "mo", "ne", "o", "ri", "sa", "tu", "vi",
];
const ENDINGS: [&str; 16] = [
    "ck", "dale", "ford", "gren", "ham", "ka", "lin", "mont", "nex", "quist", "ra", "ssen", "ton", "vik",
    "wald", "zo",
];

/// Ranks that are added to each, so that the commonest words do not outweigh all others.
const SHIFT: f64 = 10.0;
/// Ranks of words that are asked for: what is commoner says nothing, what is rarer nobody remembers.
const ASKED: std::ops::Range<usize> = 60..3_000;
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 6..=12;
const DESCRIPTION_WORDS: std::ops::RangeInclusive<usize> = 20..=90;
const SEED: u64 = 1949;

/// Words in the order of their ranks, each with the share of all text that it and those before it have.
pub struct Vocabulary {
    words: Vec<String>,
    up_to: Vec<f64>,
}

impl Vocabulary {
    pub fn new() -> Self {
        let mut words: Vec<String> = WORDS.split_whitespace().map(str::to_owned).collect();
        let mut known: HashSet<String> = words.iter().cloned().collect();
        let mut rng = SmallRng::seed_from_u64(SEED);
        let end = words.len() + NAMES;
        while words.len() < end {
            let name = name(&mut rng);
            if known.insert(name.clone()) {
                words.push(name);
            }
        }
        let mut sum = 0.0;
        let mut up_to: Vec<f64> = (1..=words.len())
            .map(|rank| {
                sum += 1.0 / (rank as f64 + SHIFT);
                sum
            })
            .collect();
        up_to.iter_mut().for_each(|share| *share /= sum);
        Self { words, up_to }
    }

    /// So many titles with their descriptions, and so many searches of two or three words, each out of one of the titles.
    pub fn goods(&self, products: usize, queries: usize) -> (Vec<(String, String)>, Vec<String>) {
        let mut rng = SmallRng::seed_from_u64(SEED);
        let titles: Vec<Vec<usize>> = (0..products).map(|_| self.title(&mut rng)).collect();
        let asked: Vec<String> = titles
            .iter()
            .filter_map(|title| self.query(title, &mut rng))
            .take(queries)
            .collect();
        let goods = titles.iter().map(|title| {
            let length = rng.random_range(DESCRIPTION_WORDS);
            let description: Vec<usize> = (0..length).map(|_| self.draw(&mut rng)).collect();
            (self.spelt(title), self.spelt(&description))
        });
        (goods.collect(), asked)
    }

    /// A word, by how often it is said.
    fn draw(&self, rng: &mut SmallRng) -> usize {
        let at: f64 = rng.random_range(0.0..1.0);
        let found = self.up_to.partition_point(|&share| share <= at);
        found.min(self.words.len() - 1)
    }

    /// Different words.
    fn title(&self, rng: &mut SmallRng) -> Vec<usize> {
        let length = rng.random_range(TITLE_WORDS);
        let mut title = Vec::with_capacity(length);
        while title.len() < length {
            let word = self.draw(rng);
            if !title.contains(&word) {
                title.push(word);
            }
        }
        title
    }

    /// What somebody asks for who has this title in mind, if it has two words to ask for.
    fn query(&self, title: &[usize], rng: &mut SmallRng) -> Option<String> {
        let mut words: Vec<usize> = title
            .iter()
            .copied()
            .filter(|rank| ASKED.contains(rank))
            .collect();
        words.truncate(rng.random_range(2..=3));
        (words.len() > 1).then(|| self.spelt(&words))
    }

    fn spelt(&self, words: &[usize]) -> String {
        let words: Vec<&str> = words.iter().map(|&word| self.words[word].as_str()).collect();
        words.join(" ")
    }
}

fn name(rng: &mut SmallRng) -> String {
    let mut name = one(&BEGINNINGS, rng).to_owned();
    for _ in 0..rng.random_range(0..3) {
        name.push_str(one(&MIDDLES, rng));
    }
    name.push_str(one(&ENDINGS, rng));
    name
}

fn one(of: &[&'static str], rng: &mut SmallRng) -> &'static str {
    of[rng.random_range(0..of.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_once() {
        let written = WORDS.split_whitespace().count();
        let vocabulary = Vocabulary::new();
        assert!(written > 400, "{written}");
        assert_eq!(vocabulary.words.len(), written + NAMES);
        let different: HashSet<&String> = vocabulary.words.iter().collect();
        assert_eq!(different.len(), vocabulary.words.len());
        assert!((vocabulary.up_to.last().copied().unwrap_or(0.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn words_are_as_common_as_in_a_real_catalogue() {
        let vocabulary = Vocabulary::new();
        let (goods, queries) = vocabulary.goods(2_000, 100);
        assert_eq!((goods.len(), queries.len()), (2_000, 100));
        assert_eq!(vocabulary.goods(2_000, 100), (goods.clone(), queries.clone()));
        let texts: Vec<HashSet<&str>> = goods
            .iter()
            .map(|(title, description)| title.split(' ').chain(description.split(' ')).collect())
            .collect();
        let share = |word: &str| {
            let having = texts.iter().filter(|text| text.contains(word)).count();
            having as f64 / texts.len() as f64
        };
        for (rank, least, most) in [
            (1, 0.45, 0.68),
            (10, 0.28, 0.45),
            (100, 0.05, 0.11),
            (1_000, 0.002, 0.02),
        ] {
            let share = share(&vocabulary.words[rank - 1]);
            assert!((least..most).contains(&share), "rank {rank}: {share}");
        }
        for query in &queries {
            let mut words = query.split(' ');
            assert!((2..=3).contains(&words.clone().count()), "{query}");
            assert!(words.all(|word| share(word) < 0.2), "{query}");
        }
    }
}
