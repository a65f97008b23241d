//! Filters: narrowing lists, prunes and events on the engine's side.
//!
//! Each operation that takes `filters` has a type for them with a method for each key that the engine knows:
//! [`ContainerListFilters`](crate::options::ContainerListFilters),
//! [`ImageListFilters`](crate::options::ImageListFilters), [`SystemEventsFilters`](crate::options::SystemEventsFilters)
//! and so on. It is set on the options like any other argument.
//!
//! ```
//! use dockwright::options::{ContainerListFilters, ContainerListOptions};
//!
//! // Exited with 1 or 2, of the image `shop/api`. Ended containers are only listed with `all`.
//! let filters = ContainerListFilters::default().ancestor("shop/api").exited(1).exited(2);
//! let options = ContainerListOptions::default().all(true).filters(filters);
//! ```
//!
//! # Matching
//!
//! - All of **several keys** must match; one of **several values of a key** is enough.
//! - **Labels** are the exception: all of them must match. `label("tier")` matches the label with any value,
//!   `label("tier=web")` only with this one. Prunes have `label_not` for the opposite.
//! - An **id** or a **name** matches if it contains the text. Names of containers, networks and volumes are regular
//!   expressions, so `^web$` is exact.
//!
//! The documentation of a key names its exceptions.
//!
//! # Keys without a method
//!
//! A newer engine, or a plugin, may know more keys. `filter` takes any key. An engine that does not know it refuses the
//! call with a 400; only for events does it ignore unknown keys.
//!
//! ```
//! use dockwright::options::VolumeListFilters;
//!
//! let filters = VolumeListFilters::default().dangling(true).filter("novel", "value");
//! assert_eq!(serde_json::to_string(&filters)?, r#"{"dangling":["true"],"novel":["value"]}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Filters also decode from this JSON, so they can come from a configuration.
//!
//! # Prunes
//!
//! Filters narrow a prune, except for two that widen it:
//! [`ImagePruneFilters::dangling`](crate::options::ImagePruneFilters::dangling) set to `false` includes images with a
//! name, and [`VolumePruneFilters::all`](crate::options::VolumePruneFilters::all) includes volumes with one. Pruned
//! objects cannot be recovered; a list with the same filters shows most of them beforehand.
