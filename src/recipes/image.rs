//! Images by their references: pulled, pushed, and pulled only if they are missing.

use std::fmt;

use crate::models::{CreateImageInfo, PushImageInfo};
use crate::operations::{IMAGE_CREATE, IMAGE_INSPECT, IMAGE_PUSH};
use crate::{Engine, JsonStream, Result, Value};

/// An image in a registry, or all tags of one.
///
/// Engines take a name without a tag for all of its tags, which can be hundreds. A text that becomes a reference means
/// `latest` then, as with the docker CLI, and all tags are asked for by name.
///
/// ```
/// use dockwright::recipes::ImageReference;
///
/// assert_eq!(ImageReference::from("localhost:5000/shop").to_string(), "localhost:5000/shop:latest");
/// assert_eq!(ImageReference::from("nginx:1.27").to_string(), "nginx:1.27");
/// assert_eq!(ImageReference::all_tags("nginx").to_string(), "nginx (all tags)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    name: String,
    tag: Tag,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tag {
    Named(String),
    /// `sha256:…`
    Digest(String),
    All,
}

impl ImageReference {
    /// All tags of a name, without a tag or a digest of its own.
    #[must_use]
    pub fn all_tags(name: impl Into<String>) -> Self {
        ImageReference { name: ImageReference::from(&*name.into()).name, tag: Tag::All }
    }

    /// The tag or the digest, as the engine takes it; `None` for all tags.
    fn tag(&self) -> Option<&str> {
        match &self.tag {
            Tag::Named(text) | Tag::Digest(text) => Some(text),
            Tag::All => None,
        }
    }
}

impl From<&str> for ImageReference {
    fn from(text: &str) -> Self {
        // An empty tag or digest stays in the name. Engines refuse it there, or take `latest` for an empty tag; without
        // the two they would take all tags.
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) if !digest.is_empty() => (name, Some(digest)),
            _ => (text, None),
        };
        // A colon before a slash is that of a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.is_empty() && !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        let tag = match (digest, tag) {
            // An engine takes one of them, and the digest names the image exactly.
            (Some(digest), _) => Tag::Digest(digest.to_owned()),
            (None, tag) => Tag::Named(tag.unwrap_or("latest").to_owned()),
        };
        ImageReference { name: name.to_owned(), tag }
    }
}

impl From<&String> for ImageReference {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for ImageReference {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImageReference { name, tag } = self;
        match tag {
            Tag::Named(tag) => write!(f, "{name}:{tag}"),
            Tag::Digest(digest) => write!(f, "{name}@{digest}"),
            Tag::All => write!(f, "{name} (all tags)"),
        }
    }
}

/// The outcome of [`pull_if_missing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// The engine had the image, perhaps not the newest of its tag.
    Present,
    /// The image was pulled.
    Now,
}

/// Begins to pull an image, or all tags of one. Read the stream to its end: dropping it ends the pull, and a failure is
/// an item of it.
///
/// Calls `POST /images/create`. A login comes from [`Engine::with_credentials`].
///
/// # Errors
/// Fails as [`image_create`](Engine::image_create) does.
pub async fn pull(engine: &Engine, image: impl Into<ImageReference>) -> Result<JsonStream<CreateImageInfo>> {
    let image = image.into();
    let call = engine.call(&IMAGE_CREATE).argument("fromImage", &image.name).argument("tag", &image.tag());
    call.json_stream().await
}

/// Begins to push an image, or all tags of one, to the registry in its name. Read the stream to its end.
///
/// Calls `POST /images/{name}/push`. A login comes from [`Engine::with_credentials`].
///
/// # Errors
/// Fails as [`image_push`](Engine::image_push) does.
pub async fn push(engine: &Engine, image: impl Into<ImageReference>) -> Result<JsonStream<PushImageInfo>> {
    let image = image.into();
    engine.call(&IMAGE_PUSH).argument("name", &image.name).argument("tag", &image.tag()).json_stream().await
}

/// Pulls an image to its end if the engine does not have it. An image that is there is also found by its id
/// or the begin of one, as `docker run` finds it.
///
/// Calls `GET /images/{name}/json` and `POST /images/create`.
///
/// ```no_run
/// # use dockwright::{Engine, Result, recipes};
/// # async fn example(engine: &Engine) -> Result<()> {
/// recipes::pull_if_missing(engine, "postgres:17").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Failed`](crate::Error::Failed) if the registry does not have it, [`Error::Login`](crate::Error::Login) if
/// it wants a login; otherwise fails as every call does.
pub async fn pull_if_missing(engine: &Engine, image: &str) -> Result<Pulled> {
    // Engines add `latest` themselves, and know an id only as it is.
    let inspected = engine.call(&IMAGE_INSPECT).argument("name", image).json::<Value>().await;
    match inspected {
        Ok(_) => Ok(Pulled::Present),
        Err(error) if error.is_not_found() => {
            pull(engine, image).await?.last().await?;
            Ok(Pulled::Now)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_one_image_and_never_all_tags() {
        for (text, name, tag) in [
            ("nginx", "nginx", "latest"),
            ("nginx:1.27", "nginx", "1.27"),
            ("localhost:5000/a/b", "localhost:5000/a/b", "latest"),
            ("localhost:5000/a/b:c", "localhost:5000/a/b", "c"),
            ("a@sha256:0123", "a", "sha256:0123"),
            ("a:b@sha256:0123", "a", "sha256:0123"),
            ("nginx:", "nginx:", "latest"),
            ("nginx@", "nginx@", "latest"),
            ("nginx:@sha256:0123", "nginx:", "sha256:0123"),
            ("localhost:5000/a:", "localhost:5000/a:", "latest"),
        ] {
            let reference = ImageReference::from(text);
            assert_eq!((&*reference.name, reference.tag()), (name, Some(tag)), "{text}");
        }
        let all = ImageReference::all_tags("localhost:5000/a:b");
        assert_eq!((&*all.name, all.tag()), ("localhost:5000/a", None));
    }

    #[tokio::test]
    async fn only_a_missing_image_is_pulled() {
        let engine = Engine::canned(|request| {
            let (status, body) = match (request.uri().path(), request.uri().query()) {
                ("/images/here/json" | "/images/0a1b2c3d4e5f/json", _) => (200, "{}"),
                ("/images/gone:1/json", _) => (404, r#"{"message":"no such image"}"#),
                ("/images/create", Some("fromImage=gone&tag=1")) => (200, r#"{"status":"Pulling"}"#),
                (path, query) => unreachable!("{path}?{query:?}"),
            };
            http::Response::builder().status(status).body(body.into()).unwrap()
        });
        assert_eq!(pull_if_missing(&engine, "here").await.unwrap(), Pulled::Present);
        assert_eq!(pull_if_missing(&engine, "0a1b2c3d4e5f").await.unwrap(), Pulled::Present);
        assert_eq!(pull_if_missing(&engine, "gone:1").await.unwrap(), Pulled::Now);
    }

    #[tokio::test]
    async fn all_tags_are_pushed_only_by_name() {
        let engine = Engine::canned(|request| {
            let uri = request.uri().to_string();
            http::Response::new(format!(r#"{{"status":"{uri}"}}"#).into())
        });
        let sent = async |image: ImageReference| {
            push(&engine, image).await.unwrap().last().await.unwrap().and_then(|told| told.status)
        };
        assert_eq!(sent("a".into()).await.as_deref(), Some("/images/a/push?tag=latest"));
        assert_eq!(sent(ImageReference::all_tags("a")).await.as_deref(), Some("/images/a/push"));
    }
}
