//! Over what a request came, and from whom. What headers say about either is believed from trusted proxies alone.

use crate::{Problem, RequestInfo};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use kernel::{Fault, Kind};
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// Over what a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A trusted proxy says that it took the request over TLS.
    Tls,
    /// From this very machine.
    Loopback,
    /// Readable on its way.
    Plain,
}

/// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses (`10.0.0.7`) and networks (`10.0.0.0/8`, `fd00::/8`).
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, String> {
        let nets = texts.iter().map(|text| {
            let text = text.as_ref().trim();
            let net = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from));
            net.map_err(|_| {
                format!("`{text}` is neither an address nor a network; write 10.0.0.7 or 10.0.0.0/8")
            })
        });
        nets.collect::<Result<_, _>>().map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// From whom a request came that `peer` delivered, and over what.
    #[must_use]
    pub fn read(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> (IpAddr, Transport) {
        let Some(peer) = peer.map(|p| p.to_canonical()) else {
            return (IpAddr::V4(Ipv4Addr::UNSPECIFIED), Transport::Plain);
        };
        let forwarded = forwarded_for(headers);
        if self.trusts(peer) {
            return self.through_proxy(peer, &forwarded, headers);
        }
        // Somebody on this machine passed on what came from elsewhere, and nobody said that they may vouch for it.
        let passed_on = forwarded
            .iter()
            .any(|address| address.is_none_or(|a| !a.is_loopback()));
        let transport = match peer.is_loopback() && !passed_on {
            true => Transport::Loopback,
            false => Transport::Plain,
        };
        (peer, transport)
    }

    fn through_proxy(
        &self,
        peer: IpAddr,
        forwarded: &[Option<IpAddr>],
        headers: &HeaderMap,
    ) -> (IpAddr, Transport) {
        // Each proxy writes behind what it was told: from the end, the first that is no proxy of ours is the caller.
        // What stands before is their claim.
        let mut client = peer;
        for address in forwarded.iter().rev() {
            let Some(address) = address else { break };
            client = *address;
            if !self.trusts(client) {
                break;
            }
        }
        let proto = headers
            .get_all("x-forwarded-proto")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .next_back()
            .map(str::trim);
        let transport = match proto {
            Some(proto) if proto.eq_ignore_ascii_case("https") => Transport::Tls,
            // A proxy on this machine that passes nothing on is somebody on this machine.
            None if peer.is_loopback() && forwarded.is_empty() => Transport::Loopback,
            _ => Transport::Plain,
        };
        (client, transport)
    }
}

/// The addresses of `X-Forwarded-For`, in their order; `None` for what is no address.
fn forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|address| address.trim().parse().ok().map(|a: IpAddr| a.to_canonical()))
        .collect()
}

/// A handler that takes or gives secrets (passwords, tokens) has this in its signature: it is not called for a request
/// that others could read on its way.
#[derive(Clone, Copy, Debug)]
pub struct Confidential;

impl<S: Send + Sync> FromRequestParts<S> for Confidential {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let info = parts
            .extensions
            .get::<RequestInfo>()
            .ok_or_else(|| Problem(Fault::internal()))?;
        match info.transport {
            Transport::Tls | Transport::Loopback => Ok(Self),
            Transport::Plain => Err(Problem(insecure_transport())),
        }
    }
}

fn insecure_transport() -> Fault {
    Fault::new(
        Kind::Forbidden,
        "insecure_transport",
        "Passwords and tokens are not taken over plain HTTP, where others can read them. Use the https:// address. \
         (For the operator: put a proxy with TLS before Stoa, name its address with --trusted-proxy, and let it send \
         `X-Forwarded-Proto: https`. On the same machine, http://127.0.0.1 will do.)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn check(trusted: &[&str], peer: &str, headers: &[(&str, &str)], client: &str, expected: Transport) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                name.parse::<HeaderName>().expect("a name"),
                value.parse().expect("a value"),
            );
        }
        let proxies = TrustedProxies::parse(trusted).expect("addresses");
        let (from, transport) = proxies.read(Some(peer.parse().expect("an address")), &map);
        assert_eq!(
            (from.to_string().as_str(), transport),
            (client, expected),
            "{trusted:?} {peer} {headers:?}"
        );
    }

    const FOR: &str = "x-forwarded-for";
    const PROTO: &str = "x-forwarded-proto";

    #[test]
    fn this_machine_is_safe_and_others_are_not() {
        check(&[], "127.0.0.1", &[], "127.0.0.1", Transport::Loopback);
        check(&[], "::1", &[], "::1", Transport::Loopback);
        check(&[], "::ffff:127.0.0.1", &[], "127.0.0.1", Transport::Loopback);
        check(&[], "192.0.2.7", &[], "192.0.2.7", Transport::Plain);
        assert_eq!(
            TrustedProxies::default().read(None, &HeaderMap::new()).1,
            Transport::Plain
        );
    }

    #[test]
    fn strangers_vouch_for_nothing() {
        let https = [(PROTO, "https"), (FOR, "127.0.0.1")];
        check(&[], "192.0.2.7", &https, "192.0.2.7", Transport::Plain);
        check(&["10.0.0.1"], "192.0.2.7", &https, "192.0.2.7", Transport::Plain);
        // A proxy on this machine that nobody named: what it passes on did not come from this machine.
        let passed_on = [(PROTO, "https"), (FOR, "198.51.100.9")];
        check(&[], "127.0.0.1", &passed_on, "127.0.0.1", Transport::Plain);
        check(
            &[],
            "127.0.0.1",
            &[(FOR, "unknown")],
            "127.0.0.1",
            Transport::Plain,
        );
        check(
            &[],
            "127.0.0.1",
            &[(PROTO, "https")],
            "127.0.0.1",
            Transport::Loopback,
        );
    }

    #[test]
    fn a_trusted_proxy_says_how_it_took_the_request() {
        let trusted = ["10.0.0.0/8"];
        let from = (FOR, "198.51.100.9");
        check(
            &trusted,
            "10.1.2.3",
            &[from, (PROTO, "https")],
            "198.51.100.9",
            Transport::Tls,
        );
        check(
            &trusted,
            "10.1.2.3",
            &[from, (PROTO, "HTTPS")],
            "198.51.100.9",
            Transport::Tls,
        );
        check(
            &trusted,
            "10.1.2.3",
            &[from, (PROTO, "http")],
            "198.51.100.9",
            Transport::Plain,
        );
        check(&trusted, "10.1.2.3", &[from], "198.51.100.9", Transport::Plain);
        check(&trusted, "10.1.2.3", &[], "10.1.2.3", Transport::Plain);
        let local = ["127.0.0.1"];
        check(
            &local,
            "127.0.0.1",
            &[from, (PROTO, "http")],
            "198.51.100.9",
            Transport::Plain,
        );
        check(&local, "127.0.0.1", &[from], "198.51.100.9", Transport::Plain);
        check(&local, "127.0.0.1", &[], "127.0.0.1", Transport::Loopback);
    }

    #[test]
    fn of_several_the_last_word_counts() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        let claims = [
            (FOR, "127.0.0.1, 203.0.113.5"),
            (FOR, "198.51.100.9, 10.0.0.2"),
            (PROTO, "https"),
            (PROTO, "https, http"),
        ];
        check(&trusted, "10.0.0.1", &claims, "198.51.100.9", Transport::Plain);
        let odd = [(FOR, "198.51.100.9, ?, 10.0.0.2"), (PROTO, "https")];
        check(&trusted, "10.0.0.1", &odd, "10.0.0.2", Transport::Tls);
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        assert!(TrustedProxies::parse(&["10.0.0.0/8", "::1"]).is_ok());
        let refused = TrustedProxies::parse(&["localhost"]).expect_err("a name");
        assert!(refused.contains("localhost"), "{refused}");
    }
}
