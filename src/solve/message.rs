//! The messages of BuildKit's own API: a build to the bytes of its request, and the bytes of an answer to the id of the
//! image.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::protobuf::{Fields, Malformed, Message, Value};

/// The keys of the image's id in an answer; the first that is there has it. With the classic store the digest is that
/// of the configuration, with containerd's that of the manifest, as `image_inspect` has it.
const IMAGE_KEYS: [&str; 2] = ["containerimage.digest", "containerimage.config.digest"];

/// A build.
#[derive(Clone, Default)]
pub(super) struct Request {
    pub(super) frontend: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) exporter: Option<Exporter>,
    pub(super) cache_exports: Vec<Exporter>,
    pub(super) entitlements: Vec<String>,
    pub(super) session: String,
}

/// A place for a result, or for a cache.
#[derive(Clone)]
pub(super) struct Exporter {
    pub(super) kind: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl Request {
    /// The request for the build, by the reference under which its progress can be followed.
    pub(super) fn encode(&self, reference: &str) -> Bytes {
        let mut request = Message::default().bytes(1, reference.as_bytes());
        if let Some(Exporter { kind, attributes }) = &self.exporter {
            // The place of the exporter before BuildKit 0.13, which newer ones read if there is no other.
            request = entries(request.bytes(3, kind.as_bytes()), 4, attributes);
        }
        request = request.bytes(5, self.session.as_bytes()).bytes(6, self.frontend.as_bytes());
        request = entries(request, 7, &self.attributes);
        let caches =
            self.cache_exports.iter().fold(Message::default(), |caches, cache| caches.message(4, &cache.message()));
        request = request.message(8, &caches.finish());
        for entitlement in &self.entitlements {
            request = request.bytes(9, entitlement.as_bytes());
        }
        if let Some(exporter) = &self.exporter {
            request = request.message(13, &exporter.message());
        }
        request.finish()
    }
}

impl Exporter {
    fn message(&self) -> Bytes {
        entries(Message::default().bytes(1, self.kind.as_bytes()), 2, &self.attributes).finish()
    }
}

/// The request to follow a build.
pub(super) fn status_request(reference: &str) -> Bytes {
    Message::default().bytes(1, reference.as_bytes()).finish()
}

/// The id of the image in the answer to a build; `None` if it made none.
pub(super) fn image(answer: Bytes) -> Result<Option<String>, Malformed> {
    let mut found = BTreeMap::new();
    let mut fields = Fields::new(answer);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(bytes)) = field {
            let (key, value) = entry(bytes)?;
            found.insert(key, value);
        }
    }
    Ok(IMAGE_KEYS.into_iter().find_map(|key| found.remove(key)).filter(|id| !id.is_empty()))
}

/// Adds the entries of a map.
fn entries(message: Message, field: u64, map: &BTreeMap<String, String>) -> Message {
    map.iter().fold(message, |message, (key, value)| {
        let entry = Message::default().bytes(1, key.as_bytes()).bytes(2, value.as_bytes());
        message.message(field, &entry.finish())
    })
}

/// The key and the value of an entry of a map.
fn entry(bytes: Bytes) -> Result<(String, String), Malformed> {
    let (mut key, mut value) = (String::new(), String::new());
    let mut fields = Fields::new(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Value::Bytes(text)) => key = String::from_utf8_lossy(&text).into_owned(),
            (2, Value::Bytes(text)) => value = String::from_utf8_lossy(&text).into_owned(),
            _ => {}
        }
    }
    Ok((key, value))
}
