//! Those who ask: the marketplace's operator and owners of shops, made through the program's own doors.

use crate::client::{ask, ask_json, request};
use crate::program::{Launch, words};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const OPERATOR: &str = "operator@stoa.example";
const PASSWORD: &str = "Peristyle-1907";
/// Carried by form and cookie alike; guests may choose it.
const FORM_TOKEN: &str = "bench-form-token";
const SESSION: &str = "set-cookie: stoa_session=";
/// What precedes it in a page.
const FORM_FIELD: &str = "name=\"csrf\" value=\"";

/// Gives the marketplace its operator.
pub async fn appoint_operator(launch: &Launch) -> Result<()> {
    let beside = launch.clone().env("STOA_OPERATOR_PASSWORD", PASSWORD);
    let made = beside.run("operator", &[OPERATOR]).await?;
    ensure!(made.status.success(), "stoa operator: {}", words(&made));
    Ok(())
}

/// Signs in at the API; the header by which one is known there.
pub async fn bearer(address: SocketAddr, email: &str, audience: &str) -> Result<String> {
    let card = json!({"email": email, "password": PASSWORD, "audience": audience}).to_string();
    let pair = ask_json(address, &request("POST", "/v1/auth/login", &[], Some(&card)), 200).await?;
    Ok(format!(
        "Bearer {}",
        pair["access_token"].as_str().context("a token")?
    ))
}

/// Signs in as a browser does; the cookie by which one is known then.
pub async fn session(address: SocketAddr, email: &str) -> Result<String> {
    let form = format!(
        "csrf={FORM_TOKEN}&email={}&password={PASSWORD}&next=",
        email.replace('@', "%40")
    );
    let cookie = format!("stoa_csrf={FORM_TOKEN}");
    let text = send_form(address, "/sign-in", &cookie, &form).await?;
    let secret = text
        .lines()
        .find_map(|line| line.strip_prefix(SESSION))
        .and_then(|line| line.split(';').next())
        .with_context(|| format!("{email} was not signed in: {}", first_line(&text)))?;
    Ok(format!("stoa_session={secret}; stoa_csrf={FORM_TOKEN}"))
}

/// Presses a button of `page` that sends a form without fields to `action`; `cookie` is of [`session`].
pub async fn press(address: SocketAddr, cookie: &str, page: &str, action: &str) -> Result<()> {
    let (status, body) = ask(address, &request("GET", page, &[("cookie", cookie)], None)).await?;
    ensure!(status == 200, "{page}: {status}");
    let text = String::from_utf8_lossy(&body);
    // All forms of a page carry the same: what whoever signed in was given.
    let token = text
        .split_once(FORM_FIELD)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(token, _)| token)
        .with_context(|| format!("{page} has no form"))?;
    let answer = send_form(address, action, cookie, &format!("csrf={token}")).await?;
    ensure!(
        answer.starts_with("HTTP/1.1 303 "),
        "{action}: {}",
        first_line(&answer)
    );
    Ok(())
}

/// Head and body of the answer.
async fn send_form(address: SocketAddr, path: &str, cookie: &str, form: &str) -> Result<String> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: stoa\r\nconnection: close\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// An approved shop of somebody new; its id.
pub async fn open_shop(address: SocketAddr, email: &str, name: &str) -> Result<String> {
    let post = async |path: &str, bearer: &str, body: Value, status: u16| {
        let request = request(
            "POST",
            path,
            &[("authorization", bearer)],
            Some(&body.to_string()),
        );
        ask_json(address, &request, status).await
    };
    let card = json!({"email": email, "name": "Owner", "password": PASSWORD}).to_string();
    ask_json(
        address,
        &request("POST", "/v1/auth/register", &[], Some(&card)),
        201,
    )
    .await?;
    let buyer = bearer(address, email, "buyer").await?;
    let application = json!({"name": name, "currency": "EUR",
        "location": {"country": "ES", "region": "ES-SE", "postcode": "41010", "town": "Sevilla"}});
    let shop = post("/v1/shops", &buyer, application, 201).await?;
    let owner = bearer(address, email, "seller").await?;
    for (item, reference) in [
        ("identity", "12345678Z"),
        ("bank_account", "ES91 2100 0418 4502 0005 1332"),
        ("legal_documents", "SE-20931"),
    ] {
        let path = format!("/v1/seller/onboarding/{item}");
        let statement = json!({"attested": true, "holder": "Owner", "reference": reference}).to_string();
        ask_json(
            address,
            &request("PUT", &path, &[("authorization", &owner)], Some(&statement)),
            200,
        )
        .await?;
    }
    let operator = bearer(address, OPERATOR, "admin").await?;
    let id = shop["id"].as_str().context("an id")?;
    let path = format!("/v1/admin/shops/{id}/approve");
    post(&path, &operator, json!({"reason": "everything stated"}), 200).await?;
    Ok(id.to_owned())
}
