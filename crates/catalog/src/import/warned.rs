//! What a file says that may not be meant as it will be read.

use super::looked::Look;
use super::platform::Platform;
use crate::domain::slug::snake_case;
use contracts::catalog::uploads::FileWarning;

/// PrestaShop writes prices without tax, with tax, or both. They are taken as they stand, since only the shop's own tax setting
/// says which of both its prices are: where the file has the other kind alone, its owner is told before anything is read.
pub fn warnings(look: &Look, prices_include_tax: bool) -> Vec<FileWarning> {
    if look.platform != Some(Platform::PrestaShop.name()) {
        return Vec::new();
    }
    let column = |kind: &str| {
        let is_of = |name: &str| snake_case(name, 200).starts_with(kind);
        let mut names = look.columns.iter().map(|(name, _)| name.to_string());
        names.find(|name| is_of(name))
    };
    let (net, gross) = (column("price_tax_excl"), column("price_tax_incl"));
    let warning = |code: &str, column: String, message: &str| {
        vec![FileWarning {
            code: code.to_owned(),
            column,
            message: message.to_owned(),
        }]
    };
    match (net, gross) {
        (Some(net), None) if prices_include_tax => warning(
            "price_without_tax",
            net,
            "These prices are without tax, and your shop's prices include it: they would be charged as they stand. Export the prices with tax, or say in your shop's settings that its prices are without tax.",
        ),
        (_, Some(gross)) if !prices_include_tax => warning(
            "price_with_tax",
            gross,
            "These prices include tax, and your shop's are without it: tax would be charged on top of them. Leave this column out, or say in your shop's settings that its prices include tax.",
        ),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Format;
    use std::sync::Arc;

    fn codes(platform: Option<&'static str>, columns: &[&str], include: bool) -> Vec<String> {
        let look = Look {
            format: Format::Csv,
            delimiter: Some(';'),
            encoding: "utf-8",
            platform,
            header: None,
            columns: columns.iter().map(|name| (Arc::from(*name), vec![])).collect(),
        };
        warnings(&look, include).into_iter().map(|w| w.code).collect()
    }

    #[test]
    fn prices_of_the_other_kind_are_told() {
        let of = |columns, include| codes(Some("prestashop"), columns, include);
        let (net, gross) = (["Price tax excl."].as_slice(), ["Price tax incl."].as_slice());
        let both = ["Price tax excl.", "Price tax incl."].as_slice();
        assert_eq!(of(net, true), ["price_without_tax"]);
        assert_eq!(of(net, false), [""; 0]);
        assert_eq!(of(gross, true), [""; 0]);
        assert_eq!(of(gross, false), ["price_with_tax"]);
        assert_eq!(of(both, true), [""; 0]);
        assert_eq!(of(both, false), ["price_with_tax"]);
        assert_eq!(codes(Some("shopify"), net, true), [""; 0]);
    }
}
