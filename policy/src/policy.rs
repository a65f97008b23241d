//! A policy: what may pass. It is read from TOML over one of four presets, and says nothing about engines or callers.

mod chosen;
mod label;
mod memory;
mod ports;
mod preset;
mod read;
mod rules;
mod sections;
mod table;

pub use chosen::Chosen;
pub use label::OwnerLabel;
pub use ports::Ports;
pub use preset::Preset;
pub use read::Problem;
pub use rules::{Egress, Images, Policy, Publish, Settings};
