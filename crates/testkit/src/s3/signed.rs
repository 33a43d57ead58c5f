//! Whether a request is signed, by whom it says it is and as it came: AWS Signature Version 4, computed anew.

use super::{KEY_ID, REGION, Refusal, SECRET};
use axum::http::request::Parts;
use hmac::{Hmac, Mac};
use kernel::hex;
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

pub(super) fn check(head: &Parts, body: &[u8]) -> Result<(), Refusal> {
    let authorization = header(head, "authorization");
    let fields = authorization
        .strip_prefix(ALGORITHM)
        .ok_or_else(|| Refusal::new(403, "AccessDenied", "Access Denied"))?;
    let field = |name: &str| {
        let mut fields = fields.split(',').map(str::trim);
        let field = fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        field.unwrap_or_default()
    };
    let (key_id, scope) = field("Credential").split_once('/').unwrap_or_default();
    if key_id != KEY_ID {
        let why = "The AWS Access Key Id you provided does not exist in our records.";
        return Err(Refusal::new(403, "InvalidAccessKeyId", why));
    }
    let date = header(head, "x-amz-date");
    let day = date.get(..8).unwrap_or_default();
    if scope != format!("{day}/{REGION}/s3/aws4_request") {
        let why = format!("the scope {scope} is wrong; expecting {REGION} and the day of {date}");
        return Err(Refusal::new(400, "AuthorizationHeaderMalformed", why));
    }
    let digest = header(head, "x-amz-content-sha256");
    if digest != hex(&Sha256::digest(body)) {
        let why = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        return Err(Refusal::new(400, "XAmzContentSHA256Mismatch", why));
    }
    let signed: Vec<&str> = field("SignedHeaders").split(';').collect();
    let must = |name: &str| name == "host" || name.starts_with("x-amz-");
    if let Some(name) = head
        .headers
        .keys()
        .find(|name| must(name.as_str()) && !signed.contains(&name.as_str()))
    {
        let why = format!("There were headers present in the request which were not signed: {name}");
        return Err(Refusal::new(403, "AccessDenied", why));
    }
    let request = canonical(head, &signed, &digest);
    let to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{}", hex(&Sha256::digest(request)));
    if field("Signature") != hex(&hmac(&signing_key(day), &to_sign)) {
        let why = "The request signature we calculated does not match the signature you provided.";
        return Err(Refusal::new(403, "SignatureDoesNotMatch", why));
    }
    Ok(())
}

/// A header's values as they are signed.
fn header(head: &Parts, name: &str) -> String {
    let values = head.headers.get_all(name).iter();
    let values: Vec<String> = values
        .filter_map(|value| value.to_str().ok())
        .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    values.join(",")
}

fn canonical(head: &Parts, signed: &[&str], digest: &str) -> String {
    let pairs = head.uri.query().unwrap_or_default().split('&');
    let mut query: Vec<String> = pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.contains('=') {
            true => pair.to_owned(),
            false => format!("{pair}="),
        })
        .collect();
    query.sort_unstable();
    let mut request = format!("{}\n{}\n{}\n", head.method, head.uri.path(), query.join("&"));
    for name in signed {
        request += &format!("{name}:{}\n", header(head, name));
    }
    request + &format!("\n{}\n{digest}", signed.join(";"))
}

fn signing_key(day: &str) -> Vec<u8> {
    let key = format!("AWS4{SECRET}").into_bytes();
    [day, REGION, "s3", "aws4_request"]
        .iter()
        .fold(key, |key, part| hmac(&key, part))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_what_the_standard_says() {
        // RFC 4231, test case 2.
        assert_eq!(
            hex(&hmac(b"Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
