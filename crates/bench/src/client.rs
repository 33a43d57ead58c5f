//! HTTP/1.1 as cheap as it gets: requests are bytes made ahead, of an answer only the status and the length are read.
//! What the client spends, the measured program does not get: both live on the same cores.

use anyhow::{Context, Result, bail};
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A head longer than this is no answer of ours.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const BUFFER_BYTES: usize = 16 * 1024;

/// One connection that is kept alive.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as it lies in the connection's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER_BYTES],
        }
    }

    /// Sends one request and reads its answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let (head, ends) = loop {
            filled += self.fill(filled).await?;
            if let Some((head, body_at)) = Head::parse(&self.buffer[..filled])? {
                break (head, body_at + head.length);
            }
            if filled > HEAD_BYTES_MAX {
                return Err(malformed("its head is too long"));
            }
        };
        while filled < ends {
            filled += self.fill(filled).await?;
        }
        if filled > ends {
            return Err(malformed("more came than its content-length says"));
        }
        Ok(Answer {
            status: head.status,
            body: &self.buffer[ends - head.length..ends],
        })
    }

    async fn fill(&mut self, filled: usize) -> io::Result<usize> {
        if filled == self.buffer.len() {
            self.buffer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the connection was closed before the answer was complete",
            )),
            read => Ok(read),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    length: usize,
}

impl Head {
    /// The head and where the body begins; `None` while the head is incomplete.
    fn parse(bytes: &[u8]) -> io::Result<Option<(Self, usize)>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let mut lines = bytes[..end].split(|&byte| byte == b'\n');
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix(b"HTTP/1.1 "))
            .and_then(|rest| number(rest.get(..3)?))
            .ok_or_else(|| malformed("it does not begin with a status line of HTTP/1.1"))?;
        let mut length = None;
        for line in lines {
            let Some(colon) = line.iter().position(|&byte| byte == b':') else {
                return Err(malformed("a header has no colon"));
            };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") {
                length = number(value);
            }
        }
        let status = u16::try_from(status).map_err(|_| malformed("its status is no status"))?;
        let length = match (status, length) {
            (204 | 304, _) => 0,
            (_, Some(length)) => length,
            (_, None) => return Err(malformed("it does not say its content-length")),
        };
        Ok(Some((Self { status, length }, end + 4)))
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a malformed answer: {what}"))
}

/// The bytes of a request. `headers` come in addition to those that every request has.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: stoa\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    match body {
        Some(body) => text.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )),
        None => text.push_str("\r\n"),
    }
    text.into_bytes()
}

/// One exchange on a connection of its own, for what is not timed.
pub async fn ask(address: SocketAddr, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let mut connection = Connection::new(TcpStream::connect(address).await?);
    let answer = connection.exchange(request).await?;
    Ok((answer.status, answer.body.to_vec()))
}

/// The JSON of one exchange that must end with `status`.
pub async fn ask_json(address: SocketAddr, request: &[u8], status: u16) -> Result<serde_json::Value> {
    let line =
        String::from_utf8_lossy(request.split(|&b| b == b'\r').next().unwrap_or_default()).into_owned();
    let (answered, body) = ask(address, request).await.with_context(|| line.clone())?;
    if answered != status {
        bail!(
            "{line}: {answered} instead of {status}: {}",
            String::from_utf8_lossy(&body)
        );
    }
    serde_json::from_slice(&body).with_context(|| format!("{line}: the answer is no JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(u16, usize, usize)> {
        let head = Head::parse(text.as_bytes()).expect("well-formed");
        head.map(|(head, at)| (head.status, head.length, at))
    }

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        assert_eq!(parse("HTTP/1.1 200 OK\r\ncontent-le"), None);
        assert_eq!(
            parse("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: y\r\n\r\nok"),
            Some((200, 2, 44))
        );
        assert_eq!(
            parse("HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n\r\n"),
            Some((304, 0, 40))
        );
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_and_no_hang() {
        for bad in [
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\ncontent-length: 0\r\n\r\n",
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        ] {
            assert!(Head::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let bytes = request(
            "POST",
            "/v1/orders",
            &[("x-cart-token", "secret")],
            Some("{\"é\":1}"),
        );
        let text = String::from_utf8(bytes).expect("text");
        assert_eq!(
            text,
            "POST /v1/orders HTTP/1.1\r\nhost: stoa\r\nx-cart-token: secret\r\ncontent-type: application/json\r\n\
             content-length: 8\r\n\r\n{\"é\":1}"
        );
    }
}
