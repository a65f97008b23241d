//! A request in a text: as it is sent over HTTP, or method, target and JSON. Lines may end as editors end them.

/// A request as it would arrive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawRequest {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

/// The most headers of a request.
const MOST_HEADERS: usize = 100;

impl RawRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// Words about a text that is none.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let text = text.trim_ascii_start();
        let end = text.iter().position(|letter| *letter == b'\n').unwrap_or(text.len());
        let line = std::str::from_utf8(&text[..end]).map_err(|_| "the first line is not text".to_owned())?;
        match line.split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
            [method, target] if method.bytes().all(|letter| letter.is_ascii_alphabetic()) => {
                Ok(RawRequest::plain(method, target, text[end..].trim_ascii()))
            }
            _ => sent(text),
        }
    }

    /// A request with nothing said about its body, which is JSON.
    fn plain(method: &str, target: &str, body: &[u8]) -> Self {
        let mut headers = Vec::new();
        if !body.is_empty() {
            headers.push(("Content-Type".to_owned(), b"application/json".to_vec()));
            headers.push(("Content-Length".to_owned(), body.len().to_string().into_bytes()));
        }
        RawRequest { method: method.to_owned(), target: target.to_owned(), headers, body: body.to_vec() }
    }
}

/// Reads a request as it is sent over HTTP.
fn sent(text: &[u8]) -> Result<RawRequest, String> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut fields);
    // A text without a body may lack the empty line behind its headers.
    let whole = [text, b"\r\n\r\n"].concat();
    let parsed = request.parse(&whole).map_err(|error| format!("not a request of HTTP: {error}"))?;
    let httparse::Status::Complete(end) = parsed else {
        return Err("the request has no end of its headers".to_owned());
    };
    let headers: Vec<_> = request.headers.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect();
    let body = body(&headers, text.get(end..).unwrap_or_default())?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok(RawRequest { method: text(request.method), target: text(request.path), headers, body })
}

/// The body of a request: as long as its header says, in chunks, or all that is left.
fn body(headers: &[(String, Vec<u8>)], rest: &[u8]) -> Result<Vec<u8>, String> {
    let value = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    };
    if value("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return of_chunks(rest);
    }
    // A length that is no number is refused where requests are understood.
    let Some(length) = value("content-length").and_then(|text| text.trim().parse::<usize>().ok()) else {
        return Ok(rest.to_vec());
    };
    match rest.split_at_checked(length) {
        Some((body, behind)) if behind.trim_ascii().is_empty() => Ok(body.to_vec()),
        Some(_) => Err("more follows the request than its Content-Length says".to_owned()),
        None => Err(format!("the body has {} bytes, and its Content-Length is {length}", rest.len())),
    }
}

fn of_chunks(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let wrong = || "the body is not in chunks, as its Transfer-Encoding says".to_owned();
    let mut body = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(rest) else {
            return Err(wrong());
        };
        let size = usize::try_from(size).map_err(|_| wrong())?;
        if size == 0 {
            return Ok(body);
        }
        let (chunk, behind) = rest.get(start..).and_then(|rest| rest.split_at_checked(size)).ok_or_else(wrong)?;
        body.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").ok_or_else(wrong)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<[String; 3], String> {
        let raw = RawRequest::read(text.as_bytes())?;
        let header = |(name, value): &(String, Vec<u8>)| format!("{name}={}", String::from_utf8_lossy(value));
        let headers: Vec<_> = raw.headers.iter().map(header).collect();
        Ok([format!("{} {}", raw.method, raw.target), headers.join("|"), String::from_utf8(raw.body).unwrap()])
    }

    #[test]
    fn a_request_is_read_as_it_is_sent_and_as_its_first_line() {
        for (text, expected) in [
            ("GET /info", ["GET /info", "", ""]),
            ("\n GET /info\n", ["GET /info", "", ""]),
            ("GET /info HTTP/1.1", ["GET /info", "", ""]),
            ("GET /info HTTP/1.1\r\nA: b\r\n\r\n", ["GET /info", "A=b", ""]),
            ("POST /x\n{\"a\":1}\n", ["POST /x", "Content-Type=application/json|Content-Length=7", "{\"a\":1}"]),
            ("POST /x HTTP/1.1\nA: b\n\n{}\n", ["POST /x", "A=b", "{}\n"]),
            ("POST /x HTTP/1.1\nContent-Length: 2\n\n{}\n", ["POST /x", "Content-Length=2", "{}"]),
            ("POST /x HTTP/1.1\nContent-Length: x\n\n{}", ["POST /x", "Content-Length=x", "{}"]),
            (
                "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
                ["POST /x", "Transfer-Encoding=chunked", "{}"],
            ),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_request_is_refused_with_words() {
        for (text, expected) in [
            ("GET", "not a request of HTTP: "),
            ("{\"method\": 1}", "not a request of HTTP: "),
            ("GET /a b HTTP/1.1", "not a request of HTTP: "),
            ("GET /a HTTP/1.1\nbad", "not a request of HTTP: "),
            ("POST /x HTTP/1.1\nContent-Length: 9\n\n{}", "the body has 2 bytes, and its Content-Length is 9"),
            ("POST /x HTTP/1.1\nContent-Length: 1\n\n{}", "more follows the request"),
            ("POST /x HTTP/1.1\nTransfer-Encoding: chunked\n\n{}", "the body is not in chunks"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.starts_with(expected), "{text}\n{problem}");
        }
    }
}
