//! Words for those whose client turns to BuildKit. It finds the engine's channels to that closed, and starts a builder
//! of its own in a container; the refusal of that is all that a person sees.

use crate::facets::Search;
use crate::image::ImageName;
use crate::objects::IMAGES;
use crate::refusal::Refusal;

/// The image of the builder.
const BUILDER: &str = "docker.io/moby/buildkit";
const REMEDY: &str = "no policy can judge BuildKit, so build with DOCKER_BUILDKIT=0, and with docker build in place of \
                      docker buildx";

/// Adds the remedy to the refusal of a request that names the builder's image.
pub(super) fn explain(search: &Search<'_>, refusal: Refusal) -> Refusal {
    let mut images = search.names.iter().filter(|named| named.collection == IMAGES);
    let is_builder = |name: &str| ImageName::of(name).is_some_and(|name| name.repository == BUILDER);
    if refusal.absent.is_some() || !images.any(|named| is_builder(named.name)) {
        return refusal;
    }
    Refusal { words: format!("{}; {REMEDY}", refusal.words), ..refusal }
}
