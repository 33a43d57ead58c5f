//! Says what this machine has and lacks.

use crate::cli::Place;
use std::process::ExitCode;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(place: Place) -> anyhow::Result<ExitCode> {
    let mut well = true;
    let mut say = |fine: bool, what: String| {
        println!("{} {what}", if fine { "ok  " } else { "FAIL" });
        well &= fine;
    };
    match pg::locate() {
        Ok(install) => say(
            true,
            format!("PostgreSQL {} in {}", install.major, install.bin_dir.display()),
        ),
        Err(error) => say(false, error.to_string()),
    }
    let folder = &place.data_dir;
    match std::fs::create_dir_all(folder) {
        Ok(()) => say(
            true,
            format!("the data directory {} can be written", folder.display()),
        ),
        Err(error) => say(
            false,
            format!(
                "the data directory {} cannot be written: {error}",
                folder.display()
            ),
        ),
    }
    match crate::home::keyring(&place, folder) {
        Ok(keyring) => match keyring.concern() {
            None => say(true, format!("the data key is {}", keyring.place())),
            Some(concern) => say(false, format!("the data key: {concern}")),
        },
        Err(error) => say(false, format!("the data key: {error:#}")),
    }
    match place.objects.open(folder) {
        Ok(objects) => {
            let check = crate::compose::objects_check(objects);
            for one in runtime::Health::new(vec![check]).examine().await {
                match one.reason {
                    None => say(true, "pictures and files can be reached".to_owned()),
                    Some(why) => say(false, format!("pictures and files: {why}")),
                }
            }
        }
        Err(error) => say(false, format!("{error:#}")),
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    say(true, format!("{cores} cores"));
    if let Some(url) = &place.database_url {
        match store::migrate::verify_isolation(url, &crate::compose::schemas()).await {
            Ok(open) if open.is_empty() => say(true, "every tenant-owned table is isolated".to_owned()),
            Ok(open) => say(false, format!("tables without row-level security: {open:?}")),
            Err(error) => say(false, format!("the database at DATABASE_URL: {error}")),
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
