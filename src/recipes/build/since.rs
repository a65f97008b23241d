//! Refusals of what an engine's BuildKit does not know, and would pass over in silence.

use http::HeaderMap;

use crate::operation::Lifetime;
use crate::operations::IMAGE_BUILD;
use crate::{Error, Result, Version};

/// Checks that the engine with these headers of a ping knows `what` of a build. An older version may be spoken with it.
pub(super) fn check(ping: &HeaderMap, what: &str, since: Version) -> Result<()> {
    let newest = ping.get("api-version").and_then(|version| version.to_str().ok()?.parse().ok());
    match newest {
        Some(spoken) if spoken < since => {
            let lifetime = Lifetime { since: Some(since), until: None };
            Err(Error::Unsupported { operation: IMAGE_BUILD.name, what: what.to_owned(), lifetime, spoken })
        }
        _ => Ok(()),
    }
}
