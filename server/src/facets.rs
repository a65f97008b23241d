//! Facets of requests under the server's settings: the refusals that name them, and those of a whole call.

mod refusal;
mod seen;

pub use dockwright_policy::facets::{Cause, Question, facets};
pub use refusal::{reaches_host, refusal};
pub use seen::SeenFacets;
