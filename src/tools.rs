//! Data for tools beyond the rows of the operation table: titles, and schemas of arguments.

use crate::operation::Operation;

/// A tool for one operation.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Tool {
    /// The operation that it calls.
    pub operation: &'static Operation,
    /// Its title for people, `Container list`.
    pub title: &'static str,
    /// The JSON Schema of its arguments for a model: a self-contained object with every parameter and the first level
    /// of the body by name, and deeper levels where mistakes are likely.
    pub input_schema: &'static str,
    /// The complete JSON Schema of its arguments. `$ref` names an entry of [`DEFINITIONS`].
    pub full_schema: &'static str,
    /// Words that a search for the tool should find beside its name and summary, `docker ps`; mostly one command.
    pub search: &'static str,
    /// True for the tools that a session needs first.
    pub always_load: bool,
    /// Default arguments that keep an answer short, as a JSON object. They are sent unless a caller gives others.
    pub sends: &'static str,
    /// Parts that it adds to a caller's arguments, as the docker CLI does; mostly none.
    pub completes: &'static [Completion],
    /// Arguments of which a call needs one; mostly none.
    pub needs: &'static [&'static str],
    /// The time in seconds after which it answers with what has arrived; `None` if it ends by itself.
    pub answer_within: Option<u64>,
    /// The operation that reads the object which its work makes, and whose only argument is the object's name or id;
    /// mostly `None`.
    pub makes: Option<&'static Operation>,
    /// The fate of the work when the caller stops waiting; mostly empty.
    pub when_abandoned: &'static str,
    /// The reason why it cannot be called as a tool, and an alternative; mostly empty.
    pub refusal: &'static str,
    /// The way to sum up its answer for a reader who asks for nothing in particular; `None` where the projection of the
    /// operation does.
    pub view: Option<View>,
    /// The arguments that ask for the objects behind the sums.
    pub objects_if: &'static [&'static str],
    /// The statuses of errors that the description declares, in ascending order. Engines answer others too.
    pub errors: &'static [u16],
}

/// A way to sum up an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// A container: of its health checks the last, and no members without content.
    Container,
    /// Disk use: sums for each kind of object, and the largest that nobody uses.
    DiskUsage,
    /// Events: a table, in which health checks are only counted.
    Events,
    /// A sample of the resources that a container uses, in percent and in units.
    Usage,
}

/// A part that a tool adds to a caller's arguments, as the docker CLI does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completion {
    /// A tag, where an image is named without a tag and without a digest.
    Tag {
        /// The argument that names the image.
        names: &'static str,
        /// The argument for the tag.
        tag: &'static str,
        /// The value of the tag.
        value: &'static str,
        /// The argument of the tool that leaves the tag out, which means every tag.
        unless: &'static str,
    },
    /// The full name of a platform: `linux/arm64` for `arm64`.
    Platform {
        /// The argument for the platform.
        argument: &'static str,
    },
    /// Published ports, which must be exposed too.
    Ports {
        /// The path to the published ports in the body.
        published: &'static [&'static str],
        /// The path to the exposed ports in the body.
        exposed: &'static [&'static str],
    },
}

/// A word of the docker CLI, Compose or an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Word {
    /// The word, such as `mem_limit`.
    pub word: &'static str,
    /// The arguments that it may mean, as dotted paths: the first that a tool has. An operationId before a path limits
    /// it to that operation.
    pub arguments: &'static [&'static str],
}

/// The value to write for a property whose schema cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// The name of the property.
    pub property: &'static str,
    /// The form of a text, its parts and what separates them: `host:value:key`; `word` for one without spaces, empty
    /// for any.
    pub form: &'static str,
    /// A text of this form, for a value that has none; mostly empty.
    pub example: &'static str,
    /// The value as JSON, with `{key}` and other names for the parts; `{value}` is a text without parts.
    pub json: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/tools.rs"));
