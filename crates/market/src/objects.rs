//! Where pictures and files lie: a folder of this machine, or S3, which several hosts share.

use anyhow::{Context, anyhow, bail, ensure};
use axum::http::Uri;
use clap::Args;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Prefix;
use std::path::Path;
use std::sync::Arc;
use wire::Hidden;
use wire::objects::S3;

/// As the most permissive S3 takes them.
const BUCKET_CHARS: std::ops::RangeInclusive<usize> = 3..=63;

#[derive(Args, Clone, Debug, Default)]
pub struct Objects {
    /// Where pictures and files lie: s3://bucket or s3://bucket/prefix, which all hosts of a marketplace share. Without it,
    /// in the data directory.
    #[arg(long, env = "STOA_OBJECTS", value_name = "ADDRESS")]
    pub objects: Option<String>,
    /// An S3 that is not Amazon's: https://s3.example. Plain http:// is for this machine alone.
    #[arg(long, env = "STOA_S3_ENDPOINT", value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Takes plain http:// to other machines, where nobody listens in on the way.
    #[arg(long, env = "STOA_S3_PLAIN_HTTP")]
    pub s3_plain_http: bool,
    /// The region that requests are signed for; us-east-1 if absent and the S3 is not Amazon's.
    #[arg(long, env = "STOA_S3_REGION")]
    pub s3_region: Option<String>,
    #[arg(long, env = "STOA_S3_KEY_ID")]
    pub s3_key_id: Option<String>,
    #[arg(long, env = "STOA_S3_SECRET", hide_env_values = true)]
    pub s3_secret: Option<Hidden>,
}

impl Objects {
    /// Asks nobody: S3 may be away while the marketplace starts.
    pub fn open(&self, data_dir: &Path) -> anyhow::Result<Arc<dyn ObjectStore>> {
        let Some(address) = said(self.objects.as_ref()) else {
            self.refuse_forgotten()?;
            return folder(data_dir);
        };
        let place = self.s3(address)?;
        place.open().map_err(|why| anyhow!("--objects {address}: {why}"))
    }

    /// Whoever gave a key for S3 does not want pictures in a folder.
    fn refuse_forgotten(&self) -> anyhow::Result<()> {
        let given = [
            (said(self.s3_endpoint.as_ref()), "STOA_S3_ENDPOINT"),
            (said(self.s3_region.as_ref()), "STOA_S3_REGION"),
            (said(self.s3_key_id.as_ref()), "STOA_S3_KEY_ID"),
            (self.secret().map(Hidden::reveal), "STOA_S3_SECRET"),
        ];
        match given.iter().find(|(value, _)| value.is_some()) {
            Some((_, name)) => bail!(
                "--objects is missing, though {name} is set: pictures and files would lie in the data directory. Say where \
                 they belong with --objects s3://BUCKET (STOA_OBJECTS), or take {name} away"
            ),
            None => Ok(()),
        }
    }

    fn s3(&self, address: &str) -> anyhow::Result<S3> {
        let (bucket, prefix) = place(address)?;
        let endpoint = said(self.s3_endpoint.as_ref())
            .map(|endpoint| self.endpoint(endpoint))
            .transpose()?;
        let region = match (said(self.s3_region.as_ref()), &endpoint) {
            (Some(region), _) => region,
            (None, Some(_)) => "us-east-1",
            (None, None) => bail!(
                "--s3-region is missing: Amazon keeps each bucket in one region. Give the one of `{bucket}`, such as \
                 eu-west-1 (STOA_S3_REGION), or --s3-endpoint if it is with somebody else"
            ),
        };
        ensure!(
            region
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "--s3-region: `{region}` is no region: it has small letters, digits and hyphens, such as eu-west-1"
        );
        let key_id = said(self.s3_key_id.as_ref()).context(
            "--s3-key-id is missing, which --objects calls for: give the id of an access key, or set STOA_S3_KEY_ID",
        )?;
        let secret = self.secret().context(
            "--s3-secret is missing, which --objects calls for: set STOA_S3_SECRET to the access key's secret",
        )?;
        Ok(S3 {
            bucket: bucket.to_owned(),
            prefix,
            endpoint,
            region: region.to_owned(),
            key_id: key_id.to_owned(),
            secret: secret.clone(),
        })
    }

    fn secret(&self) -> Option<&Hidden> {
        self.s3_secret
            .as_ref()
            .filter(|secret| !secret.reveal().is_empty())
    }

    fn endpoint(&self, endpoint: &str) -> anyhow::Result<String> {
        let uri: Uri = endpoint
            .parse()
            .map_err(|why| anyhow!("--s3-endpoint: `{endpoint}` is no address ({why}); say https://HOST"))?;
        let is_web = matches!(uri.scheme_str(), Some("https" | "http"));
        ensure!(
            is_web && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none(),
            "--s3-endpoint: `{endpoint}` is no address of an S3; say https://HOST, without the bucket"
        );
        ensure!(
            uri.authority().is_some_and(|who| !who.as_str().contains('@')),
            "--s3-endpoint names a user: it is an address alone; credentials go into STOA_S3_KEY_ID and STOA_S3_SECRET"
        );
        ensure!(
            uri.scheme_str() == Some("https") || wire::is_this_machine(&uri) || self.s3_plain_http,
            "--s3-endpoint: `{endpoint}` should begin with https://: files that were sold travel there. Where nobody listens in \
             on the way, say --s3-plain-http (STOA_S3_PLAIN_HTTP=true)"
        );
        Ok(endpoint.trim_end_matches('/').to_owned())
    }
}

/// What is set to nothing is not set.
fn said(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

/// The bucket and the prefix of an address.
fn place(address: &str) -> anyhow::Result<(&str, Prefix)> {
    let path = address.strip_prefix("s3://").with_context(|| {
        format!(
            "--objects: `{address}` is no place for pictures and files: say s3://BUCKET or s3://BUCKET/PREFIX, or leave it out \
             and they lie in the data directory"
        )
    })?;
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    let is_usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
    ensure!(
        BUCKET_CHARS.contains(&bucket.len())
            && bucket.chars().all(is_usual)
            && bucket.starts_with(|c: char| c.is_ascii_alphanumeric()),
        "--objects: `{bucket}` is no bucket: its name has {} to {} small letters, digits, hyphens and dots",
        BUCKET_CHARS.start(),
        BUCKET_CHARS.end()
    );
    let prefix = Prefix::parse(prefix).map_err(|why| {
        anyhow!("--objects: `{prefix}` is no prefix ({why}); say names with / between them")
    })?;
    Ok((bucket, prefix))
}

fn folder(data_dir: &Path) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let folder = data_dir.join("media");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Objects {
        Objects {
            objects: Some("s3://pictures/stoa".to_owned()),
            s3_endpoint: Some("https://s3.example".to_owned()),
            s3_key_id: Some("AKIA".to_owned()),
            s3_secret: Some(Hidden::new("swordfish")),
            ..Objects::default()
        }
    }

    fn refusal(change: impl FnOnce(&mut Objects)) -> String {
        let mut objects = set();
        change(&mut objects);
        let nowhere = Path::new("/nowhere");
        let refused = objects.open(nowhere).err().map(|error| format!("{error:#}"));
        let refused = refused.unwrap_or_default();
        assert!(!refused.contains("swordfish"), "{refused}");
        refused
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_bucket_and_a_prefix_are_read_from_one_address() {
        let place = set().s3("s3://pictures/stoa/one/").expect("read");
        assert_eq!(
            (place.bucket.as_str(), place.prefix.as_ref()),
            ("pictures", "stoa/one")
        );
        assert_eq!(place.region, "us-east-1");
        assert_eq!(set().s3("s3://pictures").expect("read").prefix.as_ref(), "");
        assert_eq!(refusal(|_| ()), "");
        for wrong in [
            "pictures",
            "file:///srv/pictures",
            "s3://",
            "s3://Pictures",
            "s3://a",
            "s3://pictures/a//x",
        ] {
            let refused = refusal(|o| o.objects = text(wrong));
            assert!(refused.starts_with("--objects"), "{wrong}: {refused}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_remedy_and_no_secret_is_printed() {
        assert!(refusal(|o| o.s3_key_id = None).contains("STOA_S3_KEY_ID"));
        assert!(refusal(|o| o.s3_key_id = text("")).contains("STOA_S3_KEY_ID"));
        assert!(refusal(|o| o.s3_secret = None).contains("STOA_S3_SECRET"));
        assert!(refusal(|o| o.s3_endpoint = None).contains("STOA_S3_REGION"));
        assert!(refusal(|o| o.objects = None).contains("STOA_OBJECTS"));
        let amazons = refusal(|o| {
            o.s3_endpoint = None;
            o.s3_region = text("eu-south-2");
        });
        assert_eq!(amazons, "");
        assert!(!format!("{:?}", set()).contains("swordfish"));
    }

    #[test]
    fn files_leave_this_machine_encrypted_unless_somebody_says_otherwise() {
        let at = |endpoint: &str| refusal(|o| o.s3_endpoint = text(endpoint));
        assert!(at("http://s3.example").contains("--s3-plain-http"));
        assert_eq!(at("http://127.0.0.1:9000/"), "");
        let allowed = refusal(|o| {
            o.s3_endpoint = text("http://10.0.0.7:9000");
            o.s3_plain_http = true;
        });
        assert_eq!(allowed, "");
        assert!(at("s3.example").contains("https://"));
        assert!(at("ftp://s3.example").contains("https://"));
        let named = at("https://who:swordfisher@s3.example");
        assert!(named.contains("STOA_S3_KEY_ID"), "{named}");
    }

    #[test]
    fn without_an_address_it_is_a_folder_of_the_data_directory() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(Objects::default().open(dir.path()).is_ok());
        assert!(dir.path().join("media").is_dir());
    }
}
