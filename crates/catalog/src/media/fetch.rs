//! Pictures by their addresses in files of others: gone to only where anybody could go ([`wire::Public`]), whatever a name
//! resolves to or a redirect says.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::header::{ACCEPT, LOCATION, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use kernel::limits::IMAGE_BYTES_MAX;
use std::time::Duration;
use wire::{Public, Unreached};

/// Of one picture, redirects included.
const TIMEOUT: Duration = Duration::from_secs(20);
const REDIRECTS_MAX: usize = 5;

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPicture {
    /// Asking again would be in vain.
    Refused(String),
    /// It may be there later.
    Later(String),
}

impl From<Unreached> for NoPicture {
    fn from(why: Unreached) -> Self {
        match why {
            Unreached::Refused(why) => Self::Refused(why),
            Unreached::Silent(why) => Self::Later(why),
        }
    }
}

#[derive(Clone)]
pub struct Fetcher {
    public: Public,
}

impl Fetcher {
    /// `reaches_private` is for tests, whose servers run on this machine.
    pub fn new(reaches_private: bool) -> Result<Self, String> {
        let public = Public::new(reaches_private)?;
        Ok(Self { public })
    }

    /// The bytes at an address. What they are is for others to find out.
    pub async fn fetch(&self, url: &str) -> Result<Vec<u8>, NoPicture> {
        match tokio::time::timeout(TIMEOUT, self.follow(url)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(NoPicture::Later(format!(
                "no answer within {} s",
                TIMEOUT.as_secs()
            ))),
        }
    }

    async fn follow(&self, url: &str) -> Result<Vec<u8>, NoPicture> {
        let mut uri: Uri = url
            .parse()
            .map_err(|_| NoPicture::Refused("this is no address".to_owned()))?;
        for _ in 0..=REDIRECTS_MAX {
            let request = Request::get(uri.clone())
                .header(USER_AGENT, "Stoa")
                .header(ACCEPT, "image/webp,image/png,image/jpeg")
                .body(Full::<Bytes>::default())
                .map_err(|_| NoPicture::Refused("this is no address".to_owned()))?;
            let answer = self.public.ask(request).await?;
            let status = answer.status();
            if status.is_redirection() {
                let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                uri = to
                    .and_then(|to| resolved(&uri, to))
                    .ok_or_else(|| NoPicture::Refused("it leads to an address that is none".to_owned()))?;
                continue;
            }
            if status != StatusCode::OK {
                let said = format!("it answered {status}");
                let is_passing = status.is_server_error()
                    || matches!(
                        status,
                        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
                    );
                return Err(if is_passing {
                    NoPicture::Later(said)
                } else {
                    NoPicture::Refused(said)
                });
            }
            let body = Limited::new(answer.into_body(), IMAGE_BYTES_MAX).collect().await;
            return match body {
                Ok(body) => Ok(body.to_bytes().into()),
                Err(error) if error.is::<LengthLimitError>() => Err(NoPicture::Refused(format!(
                    "a picture may have at most {IMAGE_BYTES_MAX} bytes"
                ))),
                Err(error) => Err(NoPicture::Later(format!("it broke off: {error}"))),
            };
        }
        Err(NoPicture::Refused(format!(
            "it redirects more than {REDIRECTS_MAX} times"
        )))
    }
}

/// Where a redirect leads.
fn resolved(from: &Uri, to: &str) -> Option<Uri> {
    if to.contains("://") {
        return to.parse().ok();
    }
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    if let Some(rest) = to.strip_prefix("//") {
        return format!("{scheme}://{rest}").parse().ok();
    }
    let path = if to.starts_with('/') {
        to.to_owned()
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{to}")
    };
    format!("{scheme}://{authority}{path}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_public_is_refused_before_anything_is_sent() {
        let fetcher = Fetcher::new(false).expect("a fetcher");
        for url in [
            "http://127.0.0.1/a.png",
            "http://[::1]/a.png",
            "http://localhost/a.png",
            "http://169.254.169.254/latest/meta-data",
            "http://user:secret@example.com/a.png",
            "http://example.com:22/a.png",
            "ftp://example.com/a.png",
            "file:///etc/passwd",
            "no address",
        ] {
            let refused = fetcher.fetch(url).await;
            assert!(
                matches!(refused, Err(NoPicture::Refused(_))),
                "{url}: {refused:?}"
            );
        }
    }

    #[test]
    fn redirects_are_resolved_as_browsers_do() {
        let from: Uri = "https://a.example/x/y.png".parse().expect("an address");
        let to = |to: &str| resolved(&from, to).map(|uri| uri.to_string());
        assert_eq!(to("z.png").as_deref(), Some("https://a.example/x/z.png"));
        assert_eq!(to("/z.png").as_deref(), Some("https://a.example/z.png"));
        assert_eq!(to("//b.example/z").as_deref(), Some("https://b.example/z"));
        assert_eq!(to("http://c.example/").as_deref(), Some("http://c.example/"));
    }
}
