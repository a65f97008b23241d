//! Answers in JSON: read in pieces and projected, or read whole for `select`.

use dockwright::{Error, Operation, Reply, Result};
use serde_json::{Map, Value};

use super::elements::{ListPlace, PIECE_BYTES, SplitError, Splitter};
use super::list::{List, ListLimit};
use super::projection::Projection;
use super::select::{self, Turn};
use super::view::{self, ViewOptions, Viewed};
use super::{ReplyOptions, ToolReply, limits, notes, safe};
use crate::grep::Grep;
use crate::secrets::Safe;

/// The most bytes of a body that many calls may hold at once.
const SMALL_BYTES: usize = 512 * 1024;

/// Reads an answer piece by piece and shows it in the operation's projection.
#[derive(Debug)]
pub struct JsonReader<'a> {
    operation: &'a Operation,
    options: &'a ReplyOptions,
    projection: Projection,
    splitter: Splitter,
    list: Option<List<'a>>,
}

impl<'a> JsonReader<'a> {
    /// A reader for the answer of an operation.
    #[must_use]
    pub fn new(operation: &'a Operation, options: &'a ReplyOptions) -> Self {
        let projection = Projection::new(operation.projection);
        let splitter = Splitter::new(projection.first_branch().map(|(member, _)| member));
        JsonReader { operation, options, projection, splitter, list: None }
    }

    /// Takes the next piece of the answer.
    ///
    /// # Errors
    /// [`Error::Decode`] if it is not JSON, [`Error::TooLarge`] if an element has more than [`PIECE_BYTES`].
    pub fn push(&mut self, piece: &[u8]) -> Result<()> {
        let JsonReader { operation, options, projection, splitter, list } = self;
        let result = splitter.push(piece, |place, element| {
            let list = list.get_or_insert_with(|| list_at(place, projection, operation, options));
            list.add(element).map_err(|error| PieceError::Element(list.total, error))
        });
        result.map_err(|error| match error {
            PieceError::Split(reason) => split_failure(operation, reason),
            PieceError::Element(index, error) => unexpected(operation, format!("element {index} of the list: {error}")),
        })
    }

    /// Makes the reply, when the whole answer has come.
    ///
    /// # Errors
    /// [`Error::Decode`] if the answer is not JSON or not complete.
    pub fn finish(self) -> Result<ToolReply> {
        let JsonReader { operation, options, projection, splitter, list } = self;
        let remainder = splitter.finish().map_err(|reason| split_failure(operation, reason))?;
        let frame = safe(parse(&remainder.frame, operation)?, operation.tag, options);
        let Some(place) = remainder.list else { return Ok(value(frame, options, &projection, None)) };
        let mut list = list.unwrap_or_else(|| list_at(place, &projection, operation, options));
        let shown = match place {
            ListPlace::Document => projection.first(),
            ListPlace::Member(_) => projection.first_branch().and_then(|(_, below)| below.first()),
        };
        let (notes, data) = match place {
            ListPlace::Document => (list_notes(&list, "[]", shown, operation, options), list.take()),
            ListPlace::Member(member) => {
                let notes = list_notes(&list, &format!("{member}[]"), shown, operation, options);
                (notes, with_frame(&mut list, member, &projection, frame, options))
            }
        };
        Ok(ToolReply::data(data, notes, options))
    }
}

/// Shows the value of an expression over the whole answer.
///
/// # Errors
/// Errors of the reply; [`Error::Argument`] if the expression is wrong or costs too much, [`Error::TooLarge`].
pub async fn select_from_reply(
    reply: Reply,
    operation: &Operation,
    options: &ReplyOptions,
    expression: &str,
) -> Result<ToolReply> {
    let (turn, body) = read_in_turn(reply, operation).await?;
    let document = parse(&body, operation)?;
    drop(body);
    let document = safe(document, operation.tag, options);
    select_in_turn(turn, document, operation, options, expression, None).await
}

/// Shows the value of an expression over a document, with these notes.
///
/// # Errors
/// [`Error::Argument`] if the expression is wrong or costs too much.
pub async fn select_from(
    document: Safe<Value>,
    operation: &Operation,
    options: &ReplyOptions,
    expression: &str,
    notes: impl IntoIterator<Item = String>,
) -> Result<ToolReply> {
    select_in_turn(Turn::wait().await, document, operation, options, expression, notes).await
}

async fn select_in_turn(
    turn: Turn,
    document: Safe<Value>,
    operation: &Operation,
    options: &ReplyOptions,
    expression: &str,
    notes: impl IntoIterator<Item = String>,
) -> Result<ToolReply> {
    // A change was made, and must not look as if it were not.
    let kept = (!operation.annotations.read_only).then(|| document.clone());
    let selection = match (select::select(turn, document, expression.to_owned()).await, kept) {
        (Ok(selection), _) => selection,
        (Err(reason), Some(document)) => {
            let notes = [format!("done; select has no value: {reason}")].into_iter().chain(notes);
            let projection = Projection::new(operation.projection);
            return Ok(value_or_list(document, operation, options, projection, notes.collect()));
        }
        (Err(reason), None) => {
            let (argument, expected) = ("select".to_owned(), "an expression that has a value here".into());
            return Err(Error::Argument { operation: operation.name, argument, expected, got: reason.to_string() });
        }
    };
    let place = selection.misses_fields.then(|| notes::inspecting(operation)).flatten();
    let notes = selection.remarks.into_iter().chain(place).chain(notes).collect();
    Ok(value_or_list(selection.value, operation, options, Projection::default(), notes).selected())
}

/// Shows a value, with these notes.
fn value_or_list(
    document: Safe<Value>,
    operation: &Operation,
    options: &ReplyOptions,
    projection: Projection,
    notes: Vec<String>,
) -> ToolReply {
    if !document.is_array() {
        return value(document, options, &projection, notes);
    }
    let mut list = List::new(options, operation.tag, projection, options.room());
    for item in document.items() {
        list.add_safe(item);
    }
    let notes = list_notes(&list, "[]", None, operation, options).chain(notes);
    ToolReply::data(list.take(), notes, options)
}

/// Shows the whole answer in a view.
///
/// # Errors
/// Fails as the reply does, or with [`Error::TooLarge`].
pub async fn viewed(
    reply: Reply,
    operation: &Operation,
    options: &ReplyOptions,
    view: ViewOptions,
) -> Result<ToolReply> {
    let body = read_body(reply, operation).await?;
    let document = safe(parse(&body, operation)?, operation.tag, options);
    Ok(in_view(document, operation, options, view, None))
}

/// Shows a document in a view, with these notes.
#[must_use]
pub fn in_view(
    document: Safe<Value>,
    operation: &Operation,
    options: &ReplyOptions,
    view: ViewOptions,
    notes: impl IntoIterator<Item = String>,
) -> ToolReply {
    let Viewed { data, projected, notes: more } = view::value(view, document, options.limit_items);
    let projection = if projected { Projection::new(operation.projection) } else { Projection::default() };
    value(data, options, &projection, more.into_iter().chain(notes))
}

/// Shows a value that is not a list, with these notes.
#[must_use]
pub fn value(
    value: Safe<Value>,
    options: &ReplyOptions,
    projection: &Projection,
    more: impl IntoIterator<Item = String>,
) -> ToolReply {
    let mut left_out = Vec::new();
    projection.left_out(&value, &mut left_out);
    let (mut grepped, mut cuts) = (None, limits::Cuts::default());
    let shown = value.map(|value| {
        let mut value = projection.apply(value);
        grepped = options.grep.as_ref().and_then(|grep| keep_matching(&mut value, grep));
        let (value, cut) = limits::cut(value, options.room());
        cuts = cut;
        value
    });
    let notes = [
        grepped
            .zip(options.grep.as_ref())
            .map(|((matched, total), grep)| notes::matches(grep, matched, total, "members")),
        notes::cuts(&cuts, &options.limit()),
        notes::omissions(&left_out, "", projection.first()),
    ];
    ToolReply::data(shown, notes.into_iter().flatten().chain(more), options)
}

/// Reads the whole body.
///
/// # Errors
/// Errors of the connection, and [`Error::TooLarge`] if it is larger than [`PIECE_BYTES`].
pub async fn read_body(mut reply: Reply, operation: &Operation) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = reply.chunk().await? {
        if body.len() + piece.len() > PIECE_BYTES {
            return Err(too_large(operation));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Reads the whole body. A large one waits for its turn before it is held, so that many calls at once take no more
/// memory than two.
async fn read_in_turn(mut reply: Reply, operation: &Operation) -> Result<(Turn, Vec<u8>)> {
    let (mut turn, mut body) = (None, Vec::new());
    while let Some(piece) = reply.chunk().await? {
        match body.len() + piece.len() {
            length if length > PIECE_BYTES => return Err(too_large(operation)),
            length if length > SMALL_BYTES && turn.is_none() => turn = Some(Turn::wait().await),
            _ => {}
        }
        body.extend_from_slice(&piece);
    }
    let turn = match turn {
        Some(turn) => turn,
        None => Turn::wait().await,
    };
    Ok((turn, body))
}

/// The reason why a piece could not be taken.
enum PieceError {
    Split(SplitError),
    Element(usize, serde_json::Error),
}

impl From<SplitError> for PieceError {
    fn from(reason: SplitError) -> Self {
        PieceError::Split(reason)
    }
}

fn list_at<'a>(
    place: ListPlace,
    projection: &Projection,
    operation: &Operation,
    options: &'a ReplyOptions,
) -> List<'a> {
    let of_elements = match place {
        ListPlace::Document => projection.clone(),
        ListPlace::Member(_) => projection.first_branch().map(|(_, below)| below.clone()).unwrap_or_default(),
    };
    List::new(options, operation.tag, of_elements, options.room())
}

/// Puts the list back into its document: the list comes first, then as much of the rest as fits.
fn with_frame(
    list: &mut List<'_>,
    member: &str,
    projection: &Projection,
    frame: Safe<Value>,
    options: &ReplyOptions,
) -> Safe<Value> {
    let room = options.room().saturating_sub(list.bytes + member.len());
    let elements = list.take().into_inner();
    frame.map(|frame| {
        let rest = if projection.reaches(&frame) { projection.apply(frame) } else { Value::Null };
        let mut members = Map::from_iter([(member.to_owned(), elements)]);
        if let Value::Object(rest) = limits::cut(rest, room).0 {
            members.extend(rest.into_iter().filter(|(name, _)| name != member));
        }
        members.into()
    })
}

fn list_notes(
    list: &List<'_>,
    at: &str,
    shown: Option<&str>,
    operation: &Operation,
    options: &ReplyOptions,
) -> impl Iterator<Item = String> + use<> {
    let limit = match list.reached {
        Some(ListLimit::Items) => options.limit_items.map(|limit| format!("limit_items {limit}")),
        Some(ListLimit::Bytes) => Some(options.limit()),
        None => None,
    };
    let shortened = limit.as_ref().filter(|_| list.shown() < list.matched);
    let notes = [
        options.grep.as_ref().map(|grep| notes::matches(grep, list.matched, list.total, "elements")),
        list.matched_hidden.as_ref().map(|(count, member)| notes::hidden_matches(*count, member)),
        shortened.map(|limit| notes::shown_count(list.shown(), list.matched, limit, operation)),
        limit.as_ref().and_then(|limit| notes::cuts(&list.cuts, limit)),
        notes::omissions(&list.left_out, at, shown),
    ];
    notes.into_iter().flatten()
}

/// Keeps the members of an object that contain the text, and counts these and all.
fn keep_matching(value: &mut Value, grep: &Grep) -> Option<(usize, usize)> {
    let members = value.as_object_mut()?;
    let total = members.len();
    members.retain(|key, value| grep.is_match(key) || grep.is_match(&value.to_string()));
    Some((members.len(), total))
}

fn parse(body: &[u8], operation: &Operation) -> Result<Value> {
    if body.trim_ascii().is_empty() {
        return Err(unexpected(operation, "expected JSON, got an empty body"));
    }
    serde_json::from_slice(body).map_err(|error| unexpected(operation, error))
}

/// The answer has another shape than the operation's. The error quotes nothing of it, because it may hold secrets.
fn unexpected(operation: &Operation, reason: impl ToString) -> Error {
    Error::Decode { operation: operation.name, reason: reason.to_string(), excerpt: String::new(), source: None }
}

fn split_failure(operation: &Operation, reason: SplitError) -> Error {
    match reason {
        SplitError::TooLarge => too_large(operation),
        SplitError::Malformed(_) | SplitError::Truncated => unexpected(operation, reason),
    }
}

fn too_large(operation: &Operation) -> Error {
    Error::TooLarge { operation: operation.name, limit: PIECE_BYTES as u64 }
}
