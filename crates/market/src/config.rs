//! The settings of a serving process, read once and checked at once.

use crate::cli::Serve;
use anyhow::{Context, bail};
use httpkit::TrustedProxies;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Every service there is, in the order in which they are set up: each may call those before it.
pub const SERVICES: [(&str, &str); 21] = [
    ("identity", "accounts, sign-in, tokens"),
    ("tenants", "shops, onboarding, staff"),
    ("inventory", "stock and its movements"),
    ("catalog", "products, categories, images, bulk upload"),
    ("reviews", "reviews, their moderation, stars"),
    ("wishlists", "wish lists, what was looked at"),
    ("search", "the search index"),
    ("cart", "carts"),
    ("orders", "orders and their history"),
    ("messages", "messages between buyers and shops"),
    ("notifications", "what people are told, and how"),
    ("webhooks", "what shops' programs are told"),
    ("audit", "who changed what"),
    ("payments", "payments and the sandbox provider"),
    ("ledger", "double-entry postings"),
    ("promotions", "coupons and discounts"),
    ("taxes", "tax regions, categories and rates"),
    ("shipping", "labels, carriers, the way of parcels"),
    ("checkout", "the till: placing, paying, cancelling"),
    ("storefront", "the pages"),
    ("docs", "the API's description and its page"),
];

#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub instance: String,
    pub services: HashSet<String>,
    pub peers: HashMap<String, String>,
    pub service_key: Option<String>,
    pub calls_per_second: NonZeroU32,
    pub trusted_proxies: TrustedProxies,
    pub hold_s: u32,
    pub sandbox_webhook_secret: Option<String>,
    pub providers: crate::providers::Providers,
    pub search: crate::searching::SearchEngine,
    pub taxes: crate::providers::TaxSource,
    pub answers_within: std::time::Duration,
    pub open_inbox: bool,
    /// A clock that is told the time begins there.
    pub clock: Option<kernel::Timestamp>,
    /// A folder of things that are to go wrong.
    pub trial: Option<PathBuf>,
}

impl Config {
    pub fn of(args: &Serve) -> anyhow::Result<Self> {
        let services = services(&args.services)?;
        let peers = peers(&args.peers)?;
        if args.public_url.is_none() && args.listen.ip().is_unspecified() {
            bail!(
                "--public-url is missing: {} stands for every address of this machine, so that links in mails and \
                 pages would lead nowhere. Say the address people use, such as --public-url https://shop.example",
                args.listen
            );
        }
        if args.clock.is_some() || args.trial.is_some() {
            allow_trials(args)?;
        }
        Ok(Self {
            listen: args.listen,
            public_url: args
                .public_url
                .clone()
                .unwrap_or_else(|| format!("http://{}", args.listen)),
            instance: args.instance.clone().unwrap_or_else(instance),
            services,
            peers,
            service_key: args.service_key.clone(),
            calls_per_second: args.rate,
            trusted_proxies: TrustedProxies::parse(&args.trusted_proxies)
                .map_err(|why| anyhow::anyhow!("--trusted-proxy: {why}"))?,
            hold_s: args.hold_s,
            sandbox_webhook_secret: args.sandbox_webhook_secret.clone(),
            providers: args.providers.clone(),
            search: args.search.clone(),
            taxes: args.taxes,
            answers_within: std::time::Duration::from_millis(args.answers_within_ms.into()),
            open_inbox: args.open_inbox,
            clock: args.clock,
            trial: args.trial.clone(),
        })
    }

    /// A process that runs everything and listens nowhere: for commands.
    pub fn for_command() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: "http://127.0.0.1:8080".to_owned(),
            instance: "command".to_owned(),
            services: SERVICES.iter().map(|(name, _)| (*name).to_owned()).collect(),
            peers: HashMap::new(),
            service_key: None,
            calls_per_second: NonZeroU32::MAX,
            trusted_proxies: TrustedProxies::default(),
            hold_s: kernel::limits::RESERVATION_TTL_S,
            sandbox_webhook_secret: None,
            providers: crate::providers::Providers::default(),
            search: crate::searching::SearchEngine::default(),
            taxes: crate::providers::TaxSource::default(),
            answers_within: std::time::Duration::from_secs(1),
            open_inbox: false,
            clock: None,
            trial: None,
        }
    }

    pub fn runs(&self, service: &str) -> bool {
        self.services.contains(service)
    }
}

/// A clock that callers move, and faults on demand, are for this machine alone and for pretended money.
fn allow_trials(args: &Serve) -> anyhow::Result<()> {
    if !args.listen.ip().is_loopback() || args.public_url.is_some() || !args.trusted_proxies.is_empty() {
        bail!(
            "--clock and --trial are for trials on this machine alone: listen on 127.0.0.1, without --public-url and \
             without --trusted-proxy"
        );
    }
    if args.providers.payments.iter().any(|name| name != "sandbox") {
        bail!("--clock and --trial are for trials with pretended money: --payments sandbox, and nobody else");
    }
    if args.providers.texting.sms != crate::texting::SmsCarrier::Sandbox {
        bail!("--clock and --trial are for trials that text nobody: --sms sandbox");
    }
    Ok(())
}

/// The machine and the process: in a container every process is the first.
fn instance() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine: String = machine.trim().chars().filter(char::is_ascii_graphic).collect();
    let machine = if machine.is_empty() { "stoa" } else { &machine };
    format!("{machine}-{}", std::process::id())
}

fn services(named: &[String]) -> anyhow::Result<HashSet<String>> {
    let known: Vec<&str> = SERVICES.iter().map(|(name, _)| *name).collect();
    if named.iter().any(|n| n == "all") {
        return Ok(known.iter().map(|&n| n.to_owned()).collect());
    }
    for name in named {
        if !known.contains(&name.as_str()) {
            bail!(
                "--services: there is no service `{name}`; choose from {}",
                known.join(", ")
            );
        }
    }
    Ok(named.iter().cloned().collect())
}

fn peers(named: &[String]) -> anyhow::Result<HashMap<String, String>> {
    named
        .iter()
        .map(|peer| {
            let (name, url) = peer
                .split_once('=')
                .with_context(|| format!("--peers: `{peer}` should read SERVICE=http://HOST:PORT"))?;
            if !SERVICES.iter().any(|(service, _)| *service == name) {
                bail!("--peers: there is no service `{name}`; `stoa services` lists them");
            }
            if !url.starts_with("http://") {
                bail!("--peers: `{url}` should begin with http://");
            }
            Ok((name.to_owned(), url.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_services_are_refused_with_the_known_ones() {
        let error = services(&["catalogue".to_owned()])
            .expect_err("refused")
            .to_string();
        assert!(
            error.contains("catalogue") && error.contains("catalog, reviews"),
            "{error}"
        );
    }

    #[test]
    fn trials_stay_on_this_machine_and_with_pretended_money() {
        let here = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut args = Serve::for_command(place(), here);
        args.trial = Some(PathBuf::from("faults"));
        assert!(args.config().is_ok());
        let mut everywhere = args.clone();
        everywhere.listen = SocketAddr::from(([0, 0, 0, 0], 8080));
        everywhere.public_url = Some("https://shop.example".to_owned());
        assert!(everywhere.config().is_err());
        let mut proxied = args.clone();
        proxied.trusted_proxies = vec!["127.0.0.1".to_owned()];
        assert!(proxied.config().is_err());
        args.providers.payments.push("stripe".to_owned());
        assert!(args.config().is_err());
    }

    fn place() -> crate::cli::Place {
        crate::cli::Place {
            data_dir: PathBuf::from("."),
            database_url: None,
            data_key: None,
            objects: crate::objects::Objects::default(),
            log: String::new(),
            log_json: false,
        }
    }

    #[test]
    fn peers_name_a_service_and_an_address() {
        assert!(peers(&["search".to_owned()]).is_err());
        assert!(peers(&["search=ftp://x".to_owned()]).is_err());
        assert!(peers(&["catalogue=http://x:1".to_owned()]).is_err());
        assert_eq!(
            peers(&["search=http://x:1".to_owned()]).expect("read")["search"],
            "http://x:1"
        );
    }
}
