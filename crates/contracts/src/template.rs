//! Text with places that are filled in: `{name}`. A brace that is meant is written twice.

use std::fmt::Write as _;

/// What is wrong with a text, and where: the first character is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub at: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A brace that opens and does not close.
    Unclosed,
    /// A brace that closes and never opened.
    Unopened,
    /// Nothing, or no name, stands between the braces.
    NoName,
    /// Nobody knows what to fill in there.
    Unknown(String),
    /// What it is written for is not in it.
    Missing(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A name, and where its brace opens.
    Place(String, usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

impl Template {
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().enumerate().peekable();
        while let Some((index, char)) = chars.next() {
            let at = index + 1;
            match char {
                '{' | '}' if chars.next_if(|(_, next)| *next == char).is_some() => plain.push(char),
                '}' => {
                    return Err(Flaw {
                        at,
                        what: What::Unopened,
                    });
                }
                '{' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some((_, '}')) => break,
                            Some((_, '{')) | None => {
                                return Err(Flaw {
                                    at,
                                    what: What::Unclosed,
                                });
                            }
                            Some((_, char)) => name.push(char),
                        }
                    }
                    let is_name =
                        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                    if !is_name {
                        return Err(Flaw {
                            at,
                            what: What::NoName,
                        });
                    }
                    pieces.push(Piece::Place(name, at));
                }
                char => plain.push(char),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// Refuses a place that nobody knows how to fill.
    pub fn check(&self, known: &[&str]) -> Result<(), Flaw> {
        let mut places = self.0.iter().filter_map(|piece| match piece {
            Piece::Place(name, at) => Some((name, *at)),
            Piece::Text(_) => None,
        });
        match places.find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, at)) => Err(Flaw {
                at,
                what: What::Unknown(name.clone()),
            }),
            None => Ok(()),
        }
    }

    /// Refuses a text without what it is written for.
    pub fn needs(&self, needed: &[&str]) -> Result<(), Flaw> {
        match needed
            .iter()
            .find(|needed| !self.names().any(|name| name == **needed))
        {
            Some(missing) => Err(Flaw {
                at: 1,
                what: What::Missing((*missing).to_owned()),
            }),
            None => Ok(()),
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Place(name, _) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    pub fn render(&self, value: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Place(name, _) => {
                    // Strings take everything.
                    let _ = text.write_str(&value(name));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> (usize, What) {
        let flaw = Template::parse(text)
            .and_then(|template| template.check(&["order"]))
            .expect_err("flawed");
        (flaw.at, flaw.what)
    }

    #[test]
    fn places_are_filled_and_doubled_braces_stay() {
        let template = Template::parse("Order {order}: {{thanks}}").expect("sound");
        assert_eq!(template.check(&["order"]), Ok(()));
        assert_eq!(
            template.render(|name| format!("<{name}>")),
            "Order <order>: {thanks}"
        );
        assert_eq!(template.names().collect::<Vec<_>>(), ["order"]);
        assert_eq!(template.needs(&["order"]), Ok(()));
        let missing = template.needs(&["order", "link"]).expect_err("flawed");
        assert_eq!(missing.what, What::Missing("link".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(flaw("Año {order"), (5, What::Unclosed));
        assert_eq!(flaw("{or{der}"), (1, What::Unclosed));
        assert_eq!(flaw("Order }"), (7, What::Unopened));
        assert_eq!(flaw("{} and {order}"), (1, What::NoName));
        assert_eq!(flaw("{Order number}"), (1, What::NoName));
        assert_eq!(flaw("To {buyer}"), (4, What::Unknown("buyer".to_owned())));
    }
}
