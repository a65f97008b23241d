//! A complete, typed, async client for the Docker Engine API, generated from its description.

#![doc = include_str!("../README.md")]

mod address;
mod body;
mod call;
mod canned;
mod engine;
mod error;
#[allow(dead_code, reason = "a description may have no use for it")]
mod filters;
#[cfg(feature = "ws")]
mod handshake;
#[allow(dead_code, reason = "a description may have no use for it")]
mod json;
mod limits;
mod negotiation;
mod newer;
mod object_set;
mod open_enum;
pub mod operation;
mod reply;
pub mod request;
mod sensitive;
pub mod stream;
#[cfg(feature = "tar")]
pub mod tar;
#[cfg(feature = "tools")]
pub mod tools;
mod transport;
mod version;

pub use body::Body;
pub use call::Call;
pub use engine::Engine;
pub use error::{Error, Phase, Result};
pub use json::JsonObject;
pub use limits::Limits;
pub use object_set::ObjectSet;
pub use operation::Operation;
pub use operations::{API_TITLE, API_VERSION, OLDEST_API_VERSION};
pub use reply::{Outcome, Reply, Text};
pub use sensitive::Sensitive;
pub use stream::{Archive, ByteStream, Duplex, JsonStream, LogLines, LogStream, Output, Source, Stdin};
pub use version::{InvalidVersion, Version};

#[doc(no_inline)]
pub use serde_json::Value;
#[doc(no_inline)]
pub use {bytes, http};

/// The types of bodies and answers. All properties are optional, because an engine may leave out any or send `null`; what
/// the description does not name is kept in `extra` and written back.
pub mod models {
    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}

/// The types of optional arguments, and of filters.
pub mod options {
    include!(concat!(env!("OUT_DIR"), "/options.rs"));
}

/// The operation table: what the methods of [`Engine`] are made of, as data.
pub mod operations {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

mod methods {
    include!(concat!(env!("OUT_DIR"), "/methods.rs"));
}
