//! Towns where shops and buyers live. Postcodes are of the town; coordinates are of its centre, in degrees (WGS 84).

use serde::Serialize;

/// A town with its ISO 3166-2 subdivision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The town's own name.
    pub town: &'static str,
    /// ISO 3166-2, such as `ES-SE`.
    pub region: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// A postcode of the town, in the country's own shape.
    pub postcode: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

const fn place(
    town: &'static str,
    region: &'static str,
    country: &'static str,
    postcode: &'static str,
    latitude: f64,
    longitude: f64,
) -> Place {
    Place {
        town,
        region,
        country,
        postcode,
        latitude,
        longitude,
    }
}

/// Spanish towns: every province and both autonomous cities at least once.
pub(crate) const SPAIN: &[Place] = &[
    place("Úbeda", "ES-J", "ES", "23400", 38.0138, -3.3705),
    place("Talavera de la Reina", "ES-TO", "ES", "45600", 39.9635, -4.8308),
    place("Ubrique", "ES-CA", "ES", "11600", 36.6776, -5.4460),
    place("Cervo", "ES-LU", "ES", "27888", 43.6702, -7.4101),
    place("Granada", "ES-GR", "ES", "18001", 37.1773, -3.5986),
    place("Albacete", "ES-AB", "ES", "02001", 38.9943, -1.8585),
    place("Toledo", "ES-TO", "ES", "45001", 39.8628, -4.0273),
    place("Camariñas", "ES-C", "ES", "15121", 43.1311, -9.1816),
    place("La Bisbal d'Empordà", "ES-GI", "ES", "17100", 41.9603, 3.0380),
    place("Manises", "ES-V", "ES", "46940", 39.4911, -0.4631),
    place("Níjar", "ES-AL", "ES", "04100", 36.9664, -2.2061),
    place("Grazalema", "ES-CA", "ES", "11610", 36.7580, -5.3660),
    place("Pollença", "ES-PM", "ES", "07460", 39.8771, 3.0164),
    place(
        "Real Sitio de San Ildefonso",
        "ES-SG",
        "ES",
        "40100",
        40.9016,
        -4.0044,
    ),
    place("Brihuega", "ES-GU", "ES", "19400", 40.7606, -2.8694),
    place("Idiazabal", "ES-SS", "ES", "20213", 43.0119, -2.2342),
    place("Gata de Gorgos", "ES-A", "ES", "03740", 38.7743, 0.0864),
    place("Blanca", "ES-MU", "ES", "30540", 38.1789, -1.3747),
    place("Soria", "ES-SO", "ES", "42001", 41.7640, -2.4688),
    place("Salamanca", "ES-SA", "ES", "37001", 40.9701, -5.6635),
    place("Córdoba", "ES-CO", "ES", "14001", 37.8882, -4.7794),
    place("Cáceres", "ES-CC", "ES", "10001", 39.4753, -6.3723),
    place("Pamplona", "ES-NA", "ES", "31001", 42.8125, -1.6458),
    place("Vitoria-Gasteiz", "ES-VI", "ES", "01001", 42.8467, -2.6716),
    place("Bilbao", "ES-BI", "ES", "48001", 43.2630, -2.9350),
    place("Madrid", "ES-M", "ES", "28001", 40.4168, -3.7038),
    place("Barcelona", "ES-B", "ES", "08001", 41.3874, 2.1686),
    place("Lleida", "ES-L", "ES", "25001", 41.6176, 0.6200),
    place("Taramundi", "ES-O", "ES", "33775", 43.3610, -7.1080),
    place("Santoña", "ES-S", "ES", "39740", 43.4436, -3.4575),
    place("Val de San Lorenzo", "ES-LE", "ES", "24717", 42.4204, -6.1180),
    place("Pereruela", "ES-ZA", "ES", "49171", 41.4383, -5.8789),
    place("Palencia", "ES-P", "ES", "34001", 42.0096, -4.5288),
    place(
        "Las Palmas de Gran Canaria",
        "ES-GC",
        "ES",
        "35001",
        28.1235,
        -15.4363,
    ),
    place("La Orotava", "ES-TF", "ES", "38300", 28.3908, -16.5231),
    place("Aracena", "ES-H", "ES", "21200", 37.8941, -6.5611),
    place("Ibi", "ES-A", "ES", "03440", 38.6253, -0.5722),
    place("Valencia", "ES-V", "ES", "46001", 39.4699, -0.3763),
    place("Teruel", "ES-TE", "ES", "44001", 40.3457, -1.1065),
    place("Muel", "ES-Z", "ES", "50450", 41.4639, -1.0836),
    place("Huesca", "ES-HU", "ES", "22001", 42.1401, -0.4089),
    place("Ezcaray", "ES-LO", "ES", "26280", 42.3259, -3.0130),
    place("Pontevedra", "ES-PO", "ES", "36001", 42.4310, -8.6444),
    place("Allariz", "ES-OR", "ES", "32660", 42.1909, -7.8014),
    place("Santiago de Compostela", "ES-C", "ES", "15701", 42.8782, -8.5448),
    place("Valladolid", "ES-VA", "ES", "47001", 41.6523, -4.7245),
    place("Ávila", "ES-AV", "ES", "05001", 40.6565, -4.6818),
    place("Covarrubias", "ES-BU", "ES", "09346", 42.0588, -3.5195),
    place("Tarragona", "ES-T", "ES", "43001", 41.1189, 1.2445),
    place("Málaga", "ES-MA", "ES", "29001", 36.7213, -4.4214),
    place("Sevilla", "ES-SE", "ES", "41001", 37.3891, -5.9845),
    place("Badajoz", "ES-BA", "ES", "06001", 38.8794, -6.9707),
    place("Almagro", "ES-CR", "ES", "13270", 38.8878, -3.7118),
    place("Cuenca", "ES-CU", "ES", "16001", 40.0704, -2.1374),
    place("Morella", "ES-CS", "ES", "12300", 40.6188, -0.0988),
    place("Melilla", "ES-ML", "ES", "52001", 35.2923, -2.9381),
    place("Ceuta", "ES-CE", "ES", "51001", 35.8894, -5.3213),
];

/// Towns of other countries.
pub(crate) const ABROAD: &[Place] = &[
    place("Barcelos", "PT-03", "PT", "4750-282", 41.5388, -8.6151),
    place("Porto", "PT-13", "PT", "4050-290", 41.1579, -8.6291),
    place("Évora", "PT-07", "PT", "7000-508", 38.5714, -7.9135),
    place("Marseille", "FR-13", "FR", "13002", 43.2965, 5.3698),
    place("Limoges", "FR-87", "FR", "87000", 45.8336, 1.2611),
    place("Laguiole", "FR-12", "FR", "12210", 44.6842, 2.8470),
    place("Murano", "IT-VE", "IT", "30141", 45.4586, 12.3522),
    place("Firenze", "IT-FI", "IT", "50125", 43.7696, 11.2558),
    place("Deruta", "IT-PG", "IT", "06053", 42.9833, 12.4186),
    place("Seiffen", "DE-SN", "DE", "09548", 50.6474, 13.4519),
    place("Freiburg im Breisgau", "DE-BW", "DE", "79098", 47.9990, 7.8421),
    place("Fès", "MA-FES", "MA", "30000", 34.0331, -5.0003),
    place("Safi", "MA-SAF", "MA", "46000", 32.2994, -9.2372),
    place("Marrakech", "MA-MAR", "MA", "40000", 31.6295, -7.9811),
    place("Oaxaca de Juárez", "MX-OAX", "MX", "68000", 17.0732, -96.7266),
    place("Puebla", "MX-PUE", "MX", "72000", 19.0414, -98.2063),
    place("Kyoto", "JP-26", "JP", "600-8001", 35.0116, 135.7681),
    place("Mashiko", "JP-09", "JP", "321-4217", 36.4669, 140.0933),
    place("Sakai", "JP-27", "JP", "590-0078", 34.5733, 135.4830),
    place("Ardara", "IE-DL", "IE", "F94 D7N5", 54.7622, -8.4142),
    place("Paris", "FR-75C", "FR", "75011", 48.8566, 2.3522),
    place("Lisboa", "PT-11", "PT", "1200-109", 38.7223, -9.1393),
    place("Berlin", "DE-BE", "DE", "10437", 52.5200, 13.4050),
    place("Milano", "IT-MI", "IT", "20121", 45.4642, 9.1900),
    place("Amsterdam", "NL-NH", "NL", "1012 WP", 52.3676, 4.9041),
    place("Wien", "AT-9", "AT", "1070", 48.2082, 16.3738),
    place("Stockholm", "SE-AB", "SE", "118 26", 59.3293, 18.0686),
    place("Dublin", "IE-D", "IE", "D08 X2A4", 53.3498, -6.2603),
];

/// How many of `ABROAD`, from the front, have workshops; buyers live in all of them.
pub(crate) const ABROAD_WITH_SHOPS: usize = 20;

/// The town by its own name; shops are written down with towns that exist here.
pub(crate) fn named(town: &str) -> Place {
    SPAIN
        .iter()
        .chain(ABROAD)
        .find(|place| place.town == town)
        .copied()
        .unwrap_or(SPAIN[0])
}

pub(crate) fn country_name(code: &str) -> &'static str {
    match code {
        "ES" => "Spain",
        "PT" => "Portugal",
        "FR" => "France",
        "IT" => "Italy",
        "DE" => "Germany",
        "MA" => "Morocco",
        "MX" => "Mexico",
        "JP" => "Japan",
        "IE" => "Ireland",
        "NL" => "the Netherlands",
        "AT" => "Austria",
        _ => "Sweden",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INE's province numbers, which begin every Spanish postcode.
    const PROVINCES: &str = "ES-VI ES-AB ES-A ES-AL ES-AV ES-BA ES-PM ES-B ES-BU ES-CC ES-CA ES-CS ES-CR ES-CO ES-C ES-CU \
        ES-GI ES-GR ES-GU ES-SS ES-H ES-HU ES-J ES-LE ES-L ES-LO ES-LU ES-M ES-MA ES-MU ES-NA ES-OR ES-O ES-P ES-GC ES-PO \
        ES-SA ES-TF ES-S ES-SG ES-SE ES-SO ES-T ES-TE ES-TO ES-V ES-VA ES-BI ES-ZA ES-Z ES-CE ES-ML";

    #[test]
    fn spanish_postcodes_begin_with_their_province() {
        let numbers: Vec<&str> = PROVINCES.split_whitespace().collect();
        for place in SPAIN {
            let number = numbers
                .iter()
                .position(|code| *code == place.region)
                .map(|at| format!("{:02}", at + 1));
            assert_eq!(number.as_deref(), Some(&place.postcode[..2]), "{}", place.town);
        }
        for province in numbers {
            assert!(
                SPAIN.iter().any(|place| place.region == province),
                "no town in {province}"
            );
        }
    }
}
