//! A row of the operation table, as plain data: everything needed to send a request and to read its answer. The
//! generator writes the rows; [`crate::request`] and the readers of replies follow them.

mod facets;
mod login;
mod loss;
mod preview;
mod terminal;
mod unit;
mod waits;

use std::fmt;

use http::Method;

pub use facets::{Facet, FacetRule, Facets, NameForm, NameRule, NamedObject, Setting, SettingRule, Usage, When};
pub use login::{LoginException, LoginHeader, LoginRegistry};
pub use loss::{Loss, LossItem};
pub use preview::{Condition, Exception, Preview, Test, Users};
pub use terminal::{Prepared, Running, Terminal};
pub use unit::Unit;
pub use waits::Waits;

use crate::version::Version;

/// An operation of the Engine API: one method on one path.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// The operationId of the description, `ContainerList`.
    pub id: &'static str,
    /// The name of its method and of its tool, `container_list`.
    pub name: &'static str,
    /// Its tag, `Container`.
    pub tag: &'static str,
    /// A summary in one sentence.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The segments of the path below the version prefix.
    pub path: &'static [Segment],
    /// The parameters of path, query and header, in the order of the description.
    pub parameters: &'static [Parameter],
    /// The request body, if it takes one.
    pub body: Option<RequestBody>,
    /// The form of a successful answer.
    pub answer: Answer,
    /// The statuses that the description declares as success (2xx, 304 and 101), in ascending order.
    pub statuses: &'static [u16],
    /// The declared headers of a success.
    pub headers: &'static [Header],
    /// The media types of a success.
    pub produces: &'static [&'static str],
    /// The protocol that the connection is to be upgraded to: `tcp`, `h2c`, `websocket`.
    pub protocol: Option<&'static str>,
    /// The part of its answer that may arrive arbitrarily late.
    pub waits: Waits,
    /// Hints on the effects of calling it.
    pub annotations: Annotations,
    /// The paths of the answer that summarise it, relative to one element of a list. Empty means all of it.
    pub projection: &'static [&'static str],
    /// The place of the flag for a TTY: output with one is raw, output without one comes in frames. `None` for
    /// operations without output of processes, for output without frames, and if the operation to ask is not built in.
    pub terminal: Option<Terminal>,
    /// The place of the flag that tells whether the process behind the output still runs. `None` where the output does
    /// not end with a process, and where the operation to ask is not built in.
    pub running: Option<Running>,
    /// The header that takes a login for a registry; `None` if it has none.
    pub login: Option<LoginHeader>,
    /// The operation that reads the object whose spec this update replaces, called with the path arguments of the
    /// update. `None` where nothing is replaced, and where that operation is not built in.
    pub reads: Option<&'static Operation>,
    /// The operation that lists objects of the kind that the first path argument names. `None` where there is no such
    /// list, and where it is not built in.
    pub list: Option<&'static Operation>,
    /// The object of the engine that it shows; `None` where it does something else.
    pub resource: Option<Resource>,
    /// Facts for showing beforehand what it would delete; `None` where it is no prune, and where an operation that this
    /// needs is not built in.
    pub preview: Option<Preview>,
    /// Facts for showing beforehand what it would lose of the object that it acts on; `None` where it changes nothing
    /// or acts on no such object, and where the operation that reads it is not built in.
    pub loss: Option<Loss>,
    /// The facets of its requests.
    pub facets: Facets,
    /// The API versions that have it.
    pub lifetime: Lifetime,
    /// The parts of its request that not all of these versions know.
    pub versioned: &'static [Versioned],
}

impl Operation {
    /// Returns true if an API version knows this argument, which may be `body`.
    #[must_use]
    pub fn knows(&self, argument: &str, version: Version) -> bool {
        self.versioned
            .iter()
            .all(|part| part.path != [argument] || part.member.is_some() || part.lifetime.contains(version))
    }

    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Returns true if it has a parameter of this name.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        self.parameter(name).is_some()
    }

    /// The parameters of its path, in the order of the description.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().filter(|parameter| parameter.place == Place::Path)
    }

    /// The parameter that names the object it acts on: the first of its path.
    #[must_use]
    pub fn target(&self) -> Option<&'static Parameter> {
        self.path_parameters().next()
    }

    /// Its method and path, for messages: `GET /containers/{id}/json`.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint { method: self.method.clone(), path: self.path }
    }
}

/// The method and the path of an operation; displayed as `GET /containers/{id}/json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    method: Method,
    path: &'static [Segment],
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.method)?;
        self.path.iter().try_for_each(|segment| match segment {
            Segment::Literal(literal) => write!(f, "/{literal}"),
            Segment::Argument(name) => write!(f, "/{{{name}}}"),
        })
    }
}

/// The API versions that have an operation or a part of its request, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// The first; `None` if [`OLDEST_API_VERSION`](crate::OLDEST_API_VERSION) has it.
    pub since: Option<Version>,
    /// The last; `None` if the newest that was known at build time has it.
    pub until: Option<Version>,
}

impl Lifetime {
    /// Every version.
    pub const ALWAYS: Self = Self { since: None, until: None };

    /// Returns true if `version` is among them.
    pub fn contains(self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version <= until)
    }
}

/// A part of a request that not every API version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versioned {
    /// The API's name of the parameter, or `body`, and of the properties below it. `*` is any key of a map. Lists add
    /// no element, except `[1]` for a second item.
    pub path: &'static [&'static str],
    /// The member of an enumeration, if the part is one.
    pub member: Option<&'static str>,
    /// The versions that know it.
    pub lifetime: Lifetime,
}

impl fmt::Display for Versioned {
    /// Writes `body.HostConfig.Mounts.Type: image`, in backticks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path, self.member) {
            ([path @ .., "[1]"], _) => write!(f, "`{}` more than once", path.join(".")),
            (path, Some(member)) => write!(f, "`{}: {member}`", path.join(".")),
            (path, None) => write!(f, "`{}`", path.join(".")),
        }
    }
}

/// A segment of an operation's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// A fixed text.
    Literal(&'static str),
    /// Replaced by the path argument of this name.
    Argument(&'static str),
}

/// A parameter: its name, its place in the request and the encoding of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The API's name for it.
    pub name: &'static str,
    /// Its place in the request.
    pub place: Place,
    /// The encoding of its value.
    pub encoding: Encoding,
    /// The JSON type of its value.
    pub kind: Kind,
    /// The unit of its value; `None` if that is neither a number nor a time.
    pub unit: Option<Unit>,
    /// The values that the description enumerates. Empty means any value.
    pub members: &'static [&'static str],
    /// The engine's default, as JSON.
    pub default: Option<&'static str>,
    /// The value that is sent when none is given, as JSON. Some engines refuse the request without it.
    pub absent: Option<&'static str>,
    /// True if a caller must give it.
    pub required: bool,
}

/// The place of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A request header.
    Header,
}

/// The encoding of an argument's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Text: a string as it is, a number in digits, `true` or `false`.
    Plain,
    /// Text in a path whose slashes are part of the value (an image's name).
    Slashes,
    /// A list: the parameter or header is repeated for each item. Objects are written as JSON.
    Repeated,
    /// A list, joined by commas.
    Commas,
    /// JSON in a string.
    Json,
    /// JSON in base64url, padded (RFC 4648 section 5), as the engine wants credentials in a header.
    Base64Json,
}

/// The JSON type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JSON string.
    String,
    /// A JSON number without a fraction.
    Integer,
    /// Any JSON number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A JSON array.
    Array,
    /// A JSON object.
    Object,
}

/// A request body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestBody {
    /// Its name in the description. Callers name it `body`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// True if it is JSON; otherwise it is sent as bytes.
    pub json: bool,
    /// True if the engine refuses the request without it.
    pub required: bool,
}

/// A header of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Its name as the description writes it.
    pub name: &'static str,
    /// The JSON type of its value. An object is JSON in base64 (RFC 4648 section 4, padded).
    pub kind: Kind,
}

/// The form of a successful answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// One JSON value.
    Json,
    /// Nothing.
    Empty,
    /// Nothing, or 304 if nothing had to change.
    Outcome,
    /// Text.
    Text,
    /// The headers alone.
    Headers,
    /// A stream of JSON values.
    JsonStream,
    /// Output of processes, multiplexed or raw.
    LogStream,
    /// A tar archive.
    Tar,
    /// A connection that both sides write to.
    Upgrade,
    /// A websocket.
    Websocket,
}

/// An object of the engine, or a part of one, that an operation shows: `GET /containers/{id}/json`,
/// `GET /containers/{id}/logs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The collection, `containers`.
    pub collection: &'static str,
    /// The path argument that names the object in it.
    pub argument: &'static str,
    /// The part of the object, `logs`; `None` for the object itself.
    pub part: Option<&'static str>,
    /// True if the object's name may hold slashes.
    pub slashes: bool,
}

/// Hints on the effects of an operation, in the terms of the Model Context Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annotations {
    /// It changes nothing.
    pub read_only: bool,
    /// It may destroy data, state or work.
    pub destructive: bool,
    /// A second call like the first changes nothing more.
    pub idempotent: bool,
    /// It reaches beyond the engine: a registry, another node, the code of an image.
    pub open_world: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::tests::{parameter, row};

    #[test]
    fn a_row_knows_its_parameters_its_target_and_its_endpoint() {
        const PARAMETERS: &[Parameter] = &[
            parameter("force", Place::Query, Encoding::Plain, Kind::Boolean),
            parameter("id", Place::Path, Encoding::Plain, Kind::String),
        ];
        const PATH: &[Segment] = &[Segment::Literal("things"), Segment::Argument("id"), Segment::Literal("json")];
        let operation = Operation { parameters: PARAMETERS, path: PATH, ..row() };
        assert!(operation.takes("force") && !operation.takes("all"));
        assert_eq!(operation.parameter("id"), operation.target());
        assert_eq!(operation.target().map(|parameter| parameter.name), Some("id"));
        assert_eq!(operation.endpoint().to_string(), "GET /things/{id}/json");
        assert_eq!(row().target(), None);
    }
}
