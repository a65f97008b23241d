//! Refusals of what an engine's BuildKit does not know, and would pass over in silence.

use crate::operation::Lifetime;
use crate::operations::IMAGE_BUILD;
use crate::{Engine, Error, Result, Version};

/// Checks that the engine knows `what` of a build.
pub(super) async fn check(engine: &Engine, what: &str, since: Version) -> Result<()> {
    let spoken = engine.api_version().await?;
    // An older version may be spoken with a newer engine.
    let spoken = engine.newest_api_version().unwrap_or(spoken).max(spoken);
    if spoken >= since {
        return Ok(());
    }
    let lifetime = Lifetime { since: Some(since), until: None };
    Err(Error::Unsupported { operation: IMAGE_BUILD.name, what: what.to_owned(), lifetime, spoken })
}
