//! Events of a build, as plain data. They know no builder.

use std::ops::RangeInclusive;
use std::time::SystemTime;

use bytes::Bytes;

use crate::stream::Source;

/// An event of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildEvent {
    /// A step began, ended, failed, or was found in the cache.
    Step(Step),
    /// A step wrote something.
    Output(StepOutput),
    /// Something within a step advanced: a layer is fetched, an image is written.
    Progress(StepProgress),
    /// BuildKit found something to improve in the Dockerfile.
    Warning(BuildWarning),
    /// The build made an image, or the classic builder a stage of one.
    Image {
        /// The id of the image, `sha256:…`.
        id: String,
    },
}

/// A step of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The number of the step, from 1, in the order in which steps began.
    pub number: u32,
    /// BuildKit's digest of the step; empty with the classic builder.
    pub id: String,
    /// Its name: `[build 2/5] RUN make`, or `Step 2/5 : RUN make` with the classic builder.
    pub name: String,
    /// The digests of the steps that it builds on; empty with the classic builder.
    pub inputs: Vec<String>,
    /// Its state from now on. A step of BuildKit that ended may go on: a base image is resolved first and fetched
    /// later.
    pub state: StepState,
    /// The time at which it began, by the engine's clock; `None` with the classic builder.
    pub began: Option<SystemTime>,
    /// The time at which it ended, by the engine's clock; `None` while it runs, and with the classic builder.
    pub ended: Option<SystemTime>,
}

/// The state of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepState {
    /// It runs.
    Running,
    /// Its result was found in the cache, so it does not run.
    Cached,
    /// It is done.
    Done,
    /// It failed, with the engine's message. The build ends with an error soon.
    Failed(String),
    /// It was stopped because the build ends.
    Cancelled,
}

/// Output of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepOutput {
    /// The number of the step; `None` if the classic builder speaks of itself, such as `Successfully tagged …`.
    pub step: Option<u32>,
    /// The stream that it was written to; always stdout with the classic builder.
    pub source: Source,
    /// The time at which it was written, by the engine's clock; `None` with the classic builder.
    pub time: Option<SystemTime>,
    /// The bytes. They end anywhere, and may not be UTF-8.
    pub bytes: Bytes,
}

/// An advance within a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepProgress {
    /// The number of the step; `None` before the first step of the classic builder.
    pub step: Option<u32>,
    /// The layer or the deed that advances: `sha256:…`, `exporting layers`, `naming to docker.io/library/shop:1`.
    pub name: String,
    /// The action on a layer: `downloading`, `extracting`; may be empty.
    pub action: String,
    /// The bytes that are done, 0 if unknown.
    pub current: u64,
    /// The bytes in total, 0 if unknown.
    pub total: u64,
    /// True if it is complete.
    pub is_complete: bool,
}

/// A warning about the Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildWarning {
    /// The message, on one line as a rule.
    pub message: String,
    /// More about it, line by line.
    pub detail: Vec<String>,
    /// The address of a page about it; may be empty.
    pub url: String,
    /// The file that it is about, as a rule `Dockerfile`; may be empty.
    pub file: String,
    /// The lines of the file that it is about.
    pub lines: Vec<RangeInclusive<u32>>,
    /// BuildKit's level of the warning; 1 for all known ones.
    pub level: i64,
}
