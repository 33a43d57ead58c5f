//! Which files of a product its buyers download, as its seller says it.

use super::Refusal;
use contracts::digital::{
    DAYS_MAX, Digital, DigitalChoice, DigitalFile, FILES_MAX, TIMES_MAX, usual_days, usual_times,
};
use kernel::FileId;
use serde::Serialize;
use std::collections::HashMap;

/// A choice whose numbers are in order. That its files are the shop's is seen where they are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParsedChoice {
    pub files: Vec<FileId>,
    pub downloads_max: u16,
    pub days: u16,
}

pub fn parse(choice: DigitalChoice) -> Result<ParsedChoice, Refusal> {
    if choice.files.len() > FILES_MAX {
        return Err(Refusal::new(
            "digital/files",
            "too_many",
            format!(
                "There are {}; at most {FILES_MAX} are allowed.",
                choice.files.len()
            ),
        ));
    }
    for (i, file) in choice.files.iter().enumerate() {
        if choice.files[..i].contains(file) {
            return Err(Refusal::new(
                format!("digital/files/{i}"),
                "file_repeated",
                "This file is named twice. Name it once.",
            ));
        }
    }
    let within = |field: &str, value: u16, max: u16| match (1..=max).contains(&value) {
        true => Ok(value),
        false => Err(Refusal::new(
            format!("digital/{field}"),
            "terms_out_of_range",
            format!("Give 1 to {max}."),
        )),
    };
    let downloads_max = choice.downloads_max.unwrap_or_else(usual_times);
    Ok(ParsedChoice {
        files: choice.files,
        downloads_max: within("downloads_max", downloads_max, TIMES_MAX)?,
        days: within("days", choice.days.unwrap_or_else(usual_days), DAYS_MAX)?,
    })
}

impl ParsedChoice {
    /// With the shop's files as they are kept; none where nothing is downloaded.
    pub fn with(&self, known: &HashMap<FileId, DigitalFile>) -> Result<Option<Digital>, Refusal> {
        let files = self.files.iter().enumerate().map(|(i, id)| {
            known.get(id).cloned().ok_or_else(|| {
                Refusal::new(
                    format!("digital/files/{i}"),
                    "file_unknown",
                    "There is no such file in your shop. Upload it at /v1/seller/files first.",
                )
            })
        });
        let files: Vec<DigitalFile> = files.collect::<Result<_, _>>()?;
        Ok((!files.is_empty()).then_some(Digital {
            files,
            downloads_max: self.downloads_max,
            days: self.days,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, SystemClock};

    fn id() -> FileId {
        FileId::new(SystemClock.now())
    }

    fn choice(files: Vec<FileId>) -> DigitalChoice {
        DigitalChoice {
            files,
            ..DigitalChoice::default()
        }
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let parsed = parse(choice(vec![id()])).expect("good");
        assert_eq!((parsed.downloads_max, parsed.days), (usual_times(), usual_days()));
    }

    #[test]
    fn what_breaks_a_rule_is_refused_by_field() {
        let one = id();
        let cases = [
            ("digital/files", choice((0..=FILES_MAX).map(|_| id()).collect())),
            ("digital/files/1", choice(vec![one, one])),
            (
                "digital/downloads_max",
                DigitalChoice {
                    downloads_max: Some(0),
                    ..choice(vec![one])
                },
            ),
            (
                "digital/days",
                DigitalChoice {
                    days: Some(DAYS_MAX + 1),
                    ..choice(vec![one])
                },
            ),
        ];
        for (pointer, choice) in cases {
            assert_eq!(parse(choice).expect_err("refused").pointer, pointer);
        }
    }

    #[test]
    fn a_file_of_nobody_is_refused_and_none_is_nothing_to_download() {
        let parsed = parse(choice(vec![id()])).expect("good");
        assert_eq!(
            parsed.with(&HashMap::new()).expect_err("unknown").code,
            "file_unknown"
        );
        let none = parse(choice(Vec::new())).expect("good");
        assert_eq!(none.with(&HashMap::new()), Ok(None));
    }
}
