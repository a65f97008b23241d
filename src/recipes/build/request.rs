//! The options of a build in the words of BuildKit's own API. An option that cannot be said there is an error.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::IpAddr;

use serde_json::Value;

use super::super::ImageReference;
use super::context::OF_SESSION;
use crate::models::{BuildOutput, Ulimit};
use crate::operations::IMAGE_BUILD;
use crate::options::ImageBuildOptions;
use crate::solve::Solve;
use crate::{Error, Result};

/// The frontend for Dockerfiles.
const FRONTEND: &str = "dockerfile.v0";

/// The argument that puts the cache into the image.
const INLINE_CACHE: &str = "BUILDKIT_INLINE_CACHE";

/// The build that the options describe, but for its session.
pub(super) fn solve(mut options: ImageBuildOptions) -> Result<Solve> {
    let mut solve = Solve::new(FRONTEND);
    for (name, value) in [
        ("filename", options.dockerfile.take()),
        ("target", options.target.take()),
        ("platform", options.platform.take()),
        ("cgroup-parent", options.cgroupparent.take()),
        ("context", options.remote.take().filter(|remote| remote != OF_SESSION)),
        ("add-hosts", options.extrahosts.take().map(|hosts| joined(&hosts, |entry| host(entry))).transpose()?),
        ("ulimit", options.ulimits.take().map(|limits| joined(&limits, ulimit)).transpose()?),
        ("shm-size", options.shmsize.take().filter(|bytes| *bytes != 0).map(|bytes| bytes.to_string())),
        ("cache-from", options.cachefrom.take().map(|images| images.join(","))),
        ("no-cache", options.nocache.take().filter(|without| *without).map(|_| String::new())),
    ] {
        if let Some(value) = value.filter(|value| name == "no-cache" || !value.is_empty()) {
            solve = solve.attribute(name, value);
        }
    }
    let mode = if options.pull.take().unwrap_or(false) { "pull" } else { "default" };
    solve = solve.attribute("image-resolve-mode", mode);
    solve = arguments(solve, options.buildargs.take().unwrap_or_default());
    for (name, value) in options.labels.take().unwrap_or_default() {
        solve = solve.attribute(format!("label:{name}"), value);
    }
    solve = network(solve, options.networkmode.take().unwrap_or_default())?;
    solve = output(solve, options.outputs.take().unwrap_or_default(), &options.tags.take().unwrap_or_default())?;
    refuse_others(options)?;
    Ok(solve)
}

fn arguments(mut solve: Solve, arguments: BTreeMap<String, Option<String>>) -> Solve {
    for (name, value) in arguments {
        // One without a value is not set.
        let Some(value) = value else { continue };
        if name == INLINE_CACHE && matches!(&*value, "1" | "t" | "T" | "true" | "True" | "TRUE") {
            solve = solve.cache_export("inline", [("", ""); 0]);
        }
        solve = solve.attribute(format!("build-arg:{name}"), value);
    }
    solve
}

/// The network of `RUN`. The host's is forbidden unless the build asks for it.
fn network(solve: Solve, mode: String) -> Result<Solve> {
    match &*mode {
        "" | "default" => Ok(solve),
        "none" => Ok(solve.attribute("force-network-mode", mode)),
        "host" => Ok(solve.attribute("force-network-mode", mode).entitlement("network.host")),
        _ => Err(refused("networkmode", "`default`, `none` or `host`", mode)),
    }
}

/// The exporter: an image of the engine's store, or the output that was chosen.
fn output(solve: Solve, outputs: Vec<BuildOutput>, tags: &[String]) -> Result<Solve> {
    let names: Vec<_> = tags.iter().map(|tag| image_name(tag)).collect::<Result<_>>()?;
    let mut outputs = outputs.into_iter();
    let (kind, mut attributes) = match (outputs.next(), outputs.next()) {
        (Some(_), Some(_)) => return Err(refused("outputs", "one at most", "more".to_owned())),
        (Some(output), None) => (output.type_.unwrap_or_default(), output.attrs.unwrap_or_default()),
        (None, _) => ("moby".to_owned(), BTreeMap::new()),
    };
    if !names.is_empty() {
        if !matches!(&*kind, "moby" | "image" | "docker" | "oci") {
            return Err(refused("t", "no tags with an output that is not an image", names.join(", ")));
        }
        attributes.insert("name".to_owned(), names.join(","));
    }
    Ok(if kind == "cacheonly" { solve } else { solve.exporter(kind, attributes) })
}

/// A tag with its name in full. The exporter splits at commas, so one cannot be in it.
fn image_name(tag: &str) -> Result<String> {
    if tag.is_empty() || tag.contains([',', '@', ' ']) {
        return Err(refused("t", "a name with or without a tag", tag.to_owned()));
    }
    Ok(ImageReference::from(tag).to_string())
}

/// `host:address` as the frontend has it.
fn host(entry: &str) -> Result<String> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['=', ',', '"', ' ']);
    let host = entry.split_once(':').filter(|(name, _)| is_name(name));
    let host = host.and_then(|(name, address)| Some((name, address.parse::<IpAddr>().ok()?)));
    match host {
        Some((name, address)) => Ok(format!("{name}={address}")),
        None => Err(refused("extrahosts", "`name:address` with an IP address, and not `host-gateway`", entry)),
    }
}

/// `name=soft:hard`, as the frontend has it.
fn ulimit(limit: &Ulimit) -> Result<String> {
    match limit {
        Ulimit { name: Some(name), soft: Some(soft), hard: Some(hard), .. } if !name.is_empty() => {
            Ok(format!("{name}={soft}:{hard}"))
        }
        _ => Err(refused("ulimits", "a name, a soft and a hard limit", format!("{limit:?}"))),
    }
}

fn joined<T>(values: &[T], text: impl Fn(&T) -> Result<String>) -> Result<String> {
    Ok(values.iter().map(text).collect::<Result<Vec<_>>>()?.join(","))
}

/// Refuses the options that are left, unless they ask for what BuildKit does in any case. The build chooses the session
/// and the builder.
fn refuse_others(options: ImageBuildOptions) -> Result<()> {
    let options = ImageBuildOptions { session: None, version: None, forcerm: None, ..options };
    let options = serde_json::to_value(&options).unwrap_or_default();
    let is_default = |name: &str, value: &Value| match value {
        Value::Null | Value::Bool(false) => name != "rm" || value.is_null(),
        Value::Bool(true) => name == "rm",
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
    };
    match options.as_object().and_then(|options| options.iter().find(|(name, value)| !is_default(name, value))) {
        None => Ok(()),
        // The value may be a login.
        Some((name, _)) => Err(refused(name, "none in a build with named contexts", "one")),
    }
}

fn refused(argument: &str, expected: &'static str, got: impl Display) -> Error {
    let (argument, got) = (argument.to_owned(), got.to_string());
    Error::Argument { operation: IMAGE_BUILD.name, argument, expected: expected.into(), got }
}

#[cfg(test)]
mod tests;
