//! Addresses that others named. One may name anything, so it is gone to only where anybody could go: never into the
//! network that this program runs in, whatever a name resolves to.

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const PRIVATE: &str = "it leads into a private network";

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// It is not gone to, now or later.
    Refused(String),
    /// Nobody answers; somebody may later.
    Silent(String),
}

/// An HTTP client for addresses of others. Redirects are the caller's matter: each is checked as the first address is.
#[derive(Clone)]
pub struct Public {
    client: Client<HttpsConnector<HttpConnector<PublicNames>>, Full<Bytes>>,
    reaches_private: bool,
}

impl Public {
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

    /// Whether what it is told may go over plain HTTP to this machine.
    #[must_use]
    pub fn reaches_private(&self) -> bool {
        self.reaches_private
    }

    /// Whether this address may be gone to as far as it says itself. Addresses of numbers are connected to as they are;
    /// names are looked at when they are resolved.
    pub fn check(&self, uri: &Uri) -> Result<(), Unreached> {
        let refused = |why: &str| Err(Unreached::Refused(why.to_owned()));
        let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return refused("only http:// and https:// are gone to");
        };
        if authority.as_str().contains('@') {
            return refused("an address with a name and password is not gone to");
        }
        if self.reaches_private {
            return Ok(());
        }
        if !matches!(authority.port_u16(), None | Some(80 | 443 | 8080 | 8443)) {
            return refused("this port is not one of the web's");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(address) if !is_public(address) => refused(PRIVATE),
            _ => Ok(()),
        }
    }

    /// Asks once, and follows nothing. How long it may take is the caller's matter.
    pub async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Unreached> {
        self.check(request.uri())?;
        self.client
            .request(request)
            .await
            .map_err(|error| silence(&error))
    }
}

fn silence(error: &hyper_util::client::legacy::Error) -> Unreached {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::PermissionDenied)
        {
            return Unreached::Refused(PRIVATE.to_owned());
        }
        said = cause.to_string();
        if said.contains(PRIVATE) {
            return Unreached::Refused(PRIVATE.to_owned());
        }
        source = cause.source();
    }
    Unreached::Silent(said)
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

    /// Why nothing is asked at an address.
    async fn refusal(url: &str) -> Unreached {
        let public = Public::new(false).expect("a client");
        let request = Request::get(url).body(Full::default()).expect("a request");
        public.ask(request).await.expect_err("refused")
    }

    #[tokio::test]
    async fn a_name_is_judged_by_where_it_leads_now() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8443").await;
        let private = Unreached::Refused(PRIVATE.to_owned());
        // Names, and numbers that only the resolver reads as addresses.
        for url in [
            "http://localhost:8443/",
            "http://2130706433:8443/",
            "http://127.1:8443/",
        ] {
            assert_eq!(refusal(url).await, private, "{url}");
        }
        // Where the port is taken by others there is nothing to look at.
        if let Ok(listener) = listener {
            let came = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
            assert!(came.is_err(), "somebody connected");
        }
    }
}
