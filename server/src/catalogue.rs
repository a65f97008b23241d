//! All tools as data: name, words, schema and hints. Knows the operation table and the exposure, and calls nothing.

mod compose_config;
mod compose_diff;
mod compose_down;
mod compose_files;
mod compose_generate;
mod compose_list;
mod compose_ps;
mod compose_state;
mod compose_up;
pub mod composed;
mod container_edit;
pub mod container_recreate;
mod container_run;
pub mod container_table;
mod container_wait_for;
mod description;
mod entry;
mod exec_run;
pub mod exposure;
mod offer;
pub mod operations;
pub mod presentation;
mod project_logs;
mod work;

pub use composed::Composed;
pub use dockwright_policy::nearest;
pub use entry::{Entry, tags};
pub use offer::{Offer, most_cautious};
