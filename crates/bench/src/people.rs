//! Those who ask: the marketplace's operator and owners of shops, made through the program's own doors.

use crate::client::{ask_json, request};
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
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: stoa\r\nconnection: close\r\ncookie: stoa_csrf={FORM_TOKEN}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let text = String::from_utf8_lossy(&answer);
    let secret = text
        .lines()
        .find_map(|line| line.strip_prefix(SESSION))
        .and_then(|line| line.split(';').next())
        .with_context(|| {
            format!(
                "{email} was not signed in: {}",
                text.lines().next().unwrap_or_default()
            )
        })?;
    Ok(format!("stoa_session={secret}; stoa_csrf={FORM_TOKEN}"))
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
