//! By what a browser or a program is known again.

/// What it calls itself, without the numbers of its versions: an update makes no other device of it.
#[must_use]
pub fn kind(device: &str) -> String {
    let is_version = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let unnumbered: String = device.chars().filter(|c| !is_version(*c)).collect();
    // Where a word was a number alone, nothing is left of it, the blanks beside it neither.
    let words: Vec<&str> = unnumbered.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_makes_no_other_device() {
        let firefox = |version: &str| {
            kind(&format!(
                "Mozilla/5.0 (X11; Linux x86_64; rv:{version}) Gecko/20100101 Firefox/{version}"
            ))
        };
        assert_eq!(firefox("140.0"), firefox("141.0.1"));
        assert_eq!(kind("Laptop 2.1"), kind("Laptop"));
        assert_ne!(
            firefox("140.0"),
            kind("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1")
        );
    }
}
