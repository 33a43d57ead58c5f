//! What of a product is downloaded, as a part of its form.

use crate::i18n::Locale;
use crate::views::common::Field;
use crate::views::downloads::{DigitalForm, FormFile};
use crate::web::Shop;
use crate::web::downloads::kind;
use crate::web::posted::Posted;
use contracts::digital::{
    DAYS_MAX, Digital, DigitalChoice, DigitalFile, TIMES_MAX, is_unlimited, usual_days, usual_times,
};
use contracts::inventory::ShelfLevel;
use kernel::{Fault, FileId, TenantId};

/// The part as it is shown, and what it says.
#[derive(Default)]
pub struct Given {
    pub form: DigitalForm,
    /// How often and for how many days; none where that cannot be read.
    terms: Option<(u16, u16)>,
    files: Vec<DigitalFile>,
}

pub fn filled(digital: Option<&Digital>, locale: Locale) -> Given {
    let (times, days) = digital.map_or((usual_times(), usual_days()), |d| (d.downloads_max, d.days));
    let mut given = Given {
        form: DigitalForm {
            downloads_max: Field::of(times.to_string()),
            days: Field::of(days.to_string()),
            ..DigitalForm::default()
        },
        terms: Some((times, days)),
        files: digital.map(|digital| digital.files.clone()).unwrap_or_default(),
    };
    given.show_files(locale);
    given
}

/// Units that a seller has counted; none of what does not run out.
pub fn counted(level: &ShelfLevel) -> Option<i64> {
    Some(level.on_hand).filter(|on_hand| !is_unlimited(*on_hand))
}

/// The part as it was sent, without its files.
pub fn read(posted: &Posted) -> Given {
    let mut form = DigitalForm {
        downloads_max: Field::of(posted.get("downloads_max")),
        days: Field::of(posted.get("download_days")),
        ..DigitalForm::default()
    };
    let within = |field: &mut Field, usual: u16, max: u16| match field.value.as_str() {
        "" => Some(usual),
        text => {
            let number = text.parse().ok().filter(|n| (1..=max).contains(n));
            if number.is_none() {
                let said = posted.visit.locale.t("work.out_of_range");
                field.error = Some(said.arg("max", max).to_string());
            }
            number
        }
    };
    let times = within(&mut form.downloads_max, usual_times(), TIMES_MAX);
    let days = within(&mut form.days, usual_days(), DAYS_MAX);
    form.is_open = times.is_none() || days.is_none();
    Given {
        form,
        terms: times.zip(days),
        files: Vec::new(),
    }
}

impl Given {
    pub fn is_good(&self) -> bool {
        self.terms.is_some()
    }

    /// The product's files after the form: those that stay, and behind them those chosen anew, which are kept at once.
    pub async fn take_files(&mut self, shop: &Shop, posted: &Posted, tenant: TenantId) -> Result<(), Fault> {
        // The form names every file that it shows; one that was taken out of it before stays out.
        self.files = Vec::new();
        for (id, kept) in posted.with_prefix("file_kept.") {
            let (Ok(id), Some((bytes, name))) = (id.parse(), kept.split_once(' ')) else {
                continue;
            };
            self.add(DigitalFile {
                id,
                name: name.to_owned(),
                bytes: bytes.parse().unwrap_or(0),
            });
        }
        let is_removed = |id: FileId| !posted.get(&format!("file.{id}.remove")).is_empty();
        self.files.retain(|file| !is_removed(file.id));
        for chosen in posted.files("files") {
            let (name, bytes) = (chosen.name.clone(), chosen.bytes.to_vec().into());
            let keep = shop
                .workbench
                .keep_product_file(&posted.visit.ctx, tenant, name, bytes);
            match keep.await {
                Ok(file) => self.add(file),
                Err(fault) => {
                    self.show_files(posted.visit.locale);
                    return Err(fault);
                }
            }
        }
        self.show_files(posted.visit.locale);
        Ok(())
    }

    fn add(&mut self, file: DigitalFile) {
        if self.files.iter().all(|known| known.id != file.id) {
            self.files.push(file);
        }
    }

    fn show_files(&mut self, locale: Locale) {
        let row = |file: &DigitalFile| FormFile {
            id: file.id.to_string(),
            name: file.name.clone(),
            kind: kind(file, locale),
            kept: format!("{} {}", file.bytes, file.name),
        };
        self.form.files = self.files.iter().map(row).collect();
        self.form.is_open |= !self.files.is_empty();
    }

    pub fn choice(&self) -> Option<Box<DigitalChoice>> {
        let (downloads_max, days) = self.terms?;
        Some(Box::new(DigitalChoice {
            files: self.files.iter().map(|file| file.id).collect(),
            downloads_max: Some(downloads_max),
            days: Some(days),
        }))
    }
}
