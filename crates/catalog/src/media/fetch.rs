//! Pictures by their addresses in files of others. An address may name anything, so it is followed only to where
//! anybody could go: never into the network that this program runs in, whatever a name resolves to or a redirect says.

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::header::{ACCEPT, LOCATION, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use kernel::limits::IMAGE_BYTES_MAX;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
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

#[derive(Clone)]
pub struct Fetcher {
    client: Client<HttpsConnector<HttpConnector<PublicNames>>, Empty<Bytes>>,
    reaches_private: bool,
}

impl Fetcher {
    /// `reaches_private` is for tests, whose servers run on this machine.
    pub fn new(reaches_private: bool) -> Result<Self, String> {
        let mut tcp = HttpConnector::new_with_resolver(PublicNames { reaches_private });
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(2)
                .build(tls),
            reaches_private,
        })
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
            self.check(&uri)?;
            let request = Request::get(uri.clone())
                .header(USER_AGENT, "Stoa")
                .header(ACCEPT, "image/webp,image/png,image/jpeg")
                .body(Empty::new())
                .map_err(|_| NoPicture::Refused("this is no address".to_owned()))?;
            let answer = self
                .client
                .request(request)
                .await
                .map_err(|error| silence(&error))?;
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

    /// Addresses of numbers are connected to as they are; names are looked at when they are resolved.
    fn check(&self, uri: &Uri) -> Result<(), NoPicture> {
        let refused = |why: &str| Err(NoPicture::Refused(why.to_owned()));
        let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return refused("only http:// and https:// are fetched");
        };
        if authority.as_str().contains('@') {
            return refused("an address with a name and password is not fetched");
        }
        if self.reaches_private {
            return Ok(());
        }
        if !matches!(authority.port_u16(), None | Some(80 | 443 | 8080 | 8443)) {
            return refused("this port is not one of pictures");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(address) if !is_public(address) => refused("it leads into a private network"),
            _ => Ok(()),
        }
    }
}

fn silence(error: &hyper_util::client::legacy::Error) -> NoPicture {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::PermissionDenied)
        {
            return NoPicture::Refused(PRIVATE.to_owned());
        }
        said = cause.to_string();
        if said.contains(PRIVATE) {
            return NoPicture::Refused(PRIVATE.to_owned());
        }
        source = cause.source();
    }
    NoPicture::Later(said)
}

const PRIVATE: &str = "it leads into a private network";

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

/// Resolves names to public addresses only. The connection goes to the very addresses that were looked at, so a name
/// that resolves differently the next time gains nothing.
#[derive(Clone)]
struct PublicNames {
    reaches_private: bool,
}

impl Service<Name> for PublicNames {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reaches_private = self.reaches_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| reaches_private || is_public(address.ip()))
                .collect();
            if public.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, PRIVATE));
            }
            Ok(public.into_iter())
        })
    }
}

/// Whether anybody could reach this address from anywhere.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        0 | 10 | 127 => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && matches!(c, 0 | 2)) || (b == 88 && c == 99),
        198 => matches!(b, 18 | 19) || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        // Multicast, reserved, broadcast.
        224.. => true,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Mapped and translated addresses are those of the other protocol.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Tunnels and documentation.
        [0x2001, 0 | 0xdb8, ..] => false,
        // What is given out lies here; loopback, unique local, link-local and multicast do not.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
            "192.0.2.1",
            "198.18.0.1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }

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
