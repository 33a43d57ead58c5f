//! Connection URLs that libpq, sqlx and tokio-postgres all understand.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::socket::PORT;

/// The port is stated because clients would else take it from `PGPORT`.
pub(crate) fn url(socket_dir: &Path, database: &str, user: &str) -> String {
    format!(
        "postgres:///{database}?host={}&port={PORT}&user={user}",
        encode(socket_dir)
    )
}

/// Percent-encoding (RFC 3986) of everything but unreserved characters and the slash.
fn encode(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => write!(text, "%{byte:02X}").expect("a String takes all that is written to it"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_any_path() {
        assert_eq!(
            url(Path::new("/srv/my shop&co/é/run"), "stoa", "stoa"),
            "postgres:///stoa?host=/srv/my%20shop%26co/%C3%A9/run&port=5432&user=stoa"
        );
        let config: tokio_postgres::Config = url(Path::new("/srv/my shop&co/é"), "stoa", "postgres")
            .parse()
            .expect("a URL");
        assert_eq!(
            config.get_hosts(),
            [tokio_postgres::config::Host::Unix("/srv/my shop&co/é".into())]
        );
        assert_eq!(
            (config.get_user(), config.get_dbname()),
            (Some("postgres"), Some("stoa"))
        );
    }
}
