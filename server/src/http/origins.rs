//! Pages of the web that may send requests, by the header `Origin`, which every browser sends with them.

use http::StatusCode;
use http::header::{HeaderMap, ORIGIN};

use super::answer::{Answer, refusal};
use super::authority::host_and_port;

/// Allowed origins.
#[derive(Debug, Clone)]
pub struct Origins(Vec<Origin>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origins {
    /// Allows these origins, such as `https://app.example`.
    ///
    /// # Errors
    /// A text about the first that is no origin.
    pub fn new(allowed: &[String]) -> Result<Self, String> {
        let origin = |text: &String| {
            parse(text)
                .ok_or_else(|| format!("`{text}`: give an origin such as https://app.example or http://localhost:6274"))
        };
        allowed.iter().map(origin).collect::<Result<_, _>>().map(Origins)
    }

    /// Refuses the requests of other pages. Programs that are no browsers send no origin, and pass.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Box<Answer>> {
        let mut values = headers.get_all(ORIGIN).iter();
        let is_allowed = match (values.next(), values.next()) {
            (None, _) => true,
            (Some(value), None) => value.to_str().ok().and_then(parse).is_some_and(|origin| self.0.contains(&origin)),
            (Some(_), Some(_)) => false,
        };
        match is_allowed {
            true => Ok(()),
            false => Err(Box::new(refusal(StatusCode::FORBIDDEN, "this origin is not allowed"))),
        }
    }
}

fn parse(text: &str) -> Option<Origin> {
    let (scheme, authority) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (host, port) = host_and_port(authority)?;
    Some(Origin { scheme, host, port: port.unwrap_or(default) })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn is_allowed(origins: &Origins, values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ORIGIN, HeaderValue::from_str(value).unwrap());
        }
        origins.check(&headers).is_ok()
    }

    #[test]
    fn requests_without_an_origin_and_of_allowed_ones_pass() {
        let origins = Origins::new(&["https://App.example".to_owned(), "http://[::1]:6274".to_owned()]).unwrap();
        for values in [&[][..], &["https://app.example"], &["https://app.example:443"], &["http://[::1]:6274"]] {
            assert!(is_allowed(&origins, values), "{values:?}");
        }
        for values in [
            &["null"][..],
            &[""],
            &["http://app.example"],
            &["https://app.example:444"],
            &["https://app.example.evil.example"],
            &["https://app.example/"],
            &["https://app.example?"],
            &["https://app.example:"],
            &["https://app.example:x"],
            &["https://app.example:443:443"],
            &["https://evil@app.example"],
            &["https://app.example", "https://app.example"],
            &["file://app.example"],
            &["https://app.example, https://evil.example"],
        ] {
            assert!(!is_allowed(&origins, values), "{values:?}");
        }
    }

    #[test]
    fn loopback_is_no_allowed_origin_and_null_cannot_be() {
        assert!(!is_allowed(&Origins::new(&[]).unwrap(), &["http://localhost"]));
        for wrong in ["null", "*", "app.example", "https://app.example/path", "ftp://app.example"] {
            assert!(Origins::new(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
