//! Signing in in two steps.

use super::{Sample, Scene, push};
use crate::qr::picture_of;
use crate::views::common::Field;
use crate::views::second_factor::{FactorSetup, SecondFactorPage, SecondStepPage};

pub(super) fn add(scene: Scene, samples: &mut Vec<Sample>) {
    push(samples, "second-factor-off", &scene.second_factor());
    let uri = "otpauth://totp/stoa.example:elena.ferrer%40mail.example\
               ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=stoa.example&algorithm=SHA1&digits=6&period=30";
    let setup = FactorSetup {
        picture: picture_of(uri),
        secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        uri: uri.to_owned(),
    };
    push(
        samples,
        "second-factor-setup",
        &SecondFactorPage {
            setup: Some(setup),
            ..scene.second_factor()
        },
    );
    push(
        samples,
        "second-factor-codes",
        &SecondFactorPage {
            codes: vec!["K7QW-3ZMA-P2XN-VT5D".to_owned(); 10],
            ..scene.second_factor()
        },
    );
    let since = scene.locale.t("second.on_since").arg("date", scene.date(3, 14));
    push(
        samples,
        "second-factor-on",
        &SecondFactorPage {
            on: Some(since.to_string()),
            codes_left: 7,
            code: Field {
                value: String::new(),
                error: Some(scene.t("second_step.wrong")),
            },
            ..scene.second_factor()
        },
    );
    for (name, error) in [
        ("second-step", None),
        ("second-step-wrong", Some(scene.t("second_step.wrong"))),
    ] {
        push(samples, name, &scene.second_step(error));
    }
}

impl Scene {
    fn second_factor(&self) -> SecondFactorPage {
        SecondFactorPage {
            page: self.buyer_page(self.t("second.title"), "/account/second-factor"),
            error: None,
            password: Field::default(),
            code: Field::default(),
            setup: None,
            on: None,
            codes_left: 0,
            codes: Vec::new(),
        }
    }

    fn second_step(&self, error: Option<String>) -> SecondStepPage {
        SecondStepPage {
            page: self.page(self.t("second_step.title"), "/sign-in"),
            error,
            challenge: self.text("w3xYh2"),
            next: self.text("/account"),
        }
    }
}
