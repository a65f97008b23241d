//! Filters: what lists, prunes and events are narrowed by, on the engine's side.
//!
//! Each operation that takes `filters` has a type for them with a method for each key that the engine knows:
//! [`ContainerListFilters`](crate::options::ContainerListFilters), [`ImageListFilters`](crate::options::ImageListFilters),
//! [`SystemEventsFilters`](crate::options::SystemEventsFilters) and so on. It is set on the options like any other argument.
//!
//! ```
//! use dockwright::options::{ContainerListFilters, ContainerListOptions};
//!
//! // Exited with 1 or 2, of the image `shop/api`. Ended containers are only listed with `all`.
//! let filters = ContainerListFilters::default().ancestor("shop/api").exited(1).exited(2);
//! let options = ContainerListOptions::default().all(true).filters(filters);
//! ```
//!
//! # What matches
//!
//! - Of **several keys** all must match; of **several values of one key** one is enough.
//! - **Labels** are the exception: all that are given must be there. `label("tier")` wants the label with any value,
//!   `label("tier=web")` with this one. Prunes have `label_not` for the opposite.
//! - An **id** or a **name** matches if the text is in it. Names of containers, networks and volumes are regular
//!   expressions, so `^web$` is exact.
//!
//! The documentation of each key says where it differs.
//!
//! # Keys without a method
//!
//! A newer engine, or a plugin, may know more keys. `filter` takes any; an engine that does not know it refuses the call
//! with a 400. Events are not checked so: there, a key that is not known changes nothing.
//!
//! ```
//! use dockwright::options::VolumeListFilters;
//!
//! let filters = VolumeListFilters::default().dangling(true).filter("novel", "value");
//! assert_eq!(serde_json::to_string(&filters)?, r#"{"dangling":["true"],"novel":["value"]}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Filters are read from JSON as they are written, so they can come from a configuration.
//!
//! # What a prune deletes
//!
//! Filters narrow what a prune deletes, but for two that widen it:
//! [`ImagePruneFilters::dangling`](crate::options::ImagePruneFilters::dangling) set to `false` takes images with a name too,
//! and [`VolumePruneFilters::all`](crate::options::VolumePruneFilters::all) volumes with one. What the others leave is gone
//! for good; a list with the same filters shows much of it beforehand.
