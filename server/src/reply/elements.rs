//! Splits a list in JSON while it streams in: pieces of bytes come in, each element goes out as soon as it is whole,
//! and the text around the elements remains. Nothing is lost in silence: the caller parses each element, and the
//! remainder, which holds every byte outside of the elements.

/// The most bytes of one element, and of the text around the elements.
pub const PIECE_BYTES: usize = 32 * 1024 * 1024;

/// Splits one JSON document.
#[derive(Debug)]
pub struct Splitter {
    /// The member that holds the list if the document is an object.
    member: Option<&'static str>,
    state: SplitState,
    /// The place of the list, when it has begun.
    list: Option<ListPlace>,
    nesting: Nesting,
    /// The document without its elements.
    frame: Vec<u8>,
    /// The index in the frame at which the last string at the first level begins, quote included.
    string: usize,
    /// Tells whether the next value belongs to the member that holds the list.
    named: bool,
    /// The beginning of an element that is not whole yet.
    element: Vec<u8>,
}

/// The place of a list in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPlace {
    /// The document is the list.
    Document,
    /// A member of the document is the list.
    Member(&'static str),
}

/// The rest of a document without the elements.
#[derive(Debug)]
pub struct Remainder {
    /// The document with an empty list in place of the list; the whole document if it has none.
    pub frame: Vec<u8>,
    /// The place of the list.
    pub list: Option<ListPlace>,
}

/// The reason why a document cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The document is not JSON.
    #[error("the list is not JSON after its element {0}")]
    Malformed(usize),
    /// The document ends too early.
    #[error("it ends before its list ends")]
    Truncated,
    /// A part of the document is too large for memory.
    #[error("a single element is larger than {PIECE_BYTES} bytes")]
    TooLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SplitState {
    /// Nothing but white space has come.
    Start,
    /// Around the list.
    Around,
    /// Between the elements: an element may come, or, after the first bracket, the end.
    Between { elements: usize },
    /// Inside an element.
    Inside { elements: usize },
}

/// The depth of a byte, and whether it is inside of a string.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    string: bool,
    escaped: bool,
}

impl Splitter {
    /// Splits the list that a document is, or that its member of this name holds.
    #[must_use]
    pub fn new(member: Option<&'static str>) -> Self {
        Splitter {
            member,
            state: SplitState::Start,
            list: None,
            nesting: Nesting::default(),
            frame: Vec::new(),
            string: 0,
            named: false,
            element: Vec::new(),
        }
    }

    /// Takes the next piece, and hands on each element that it completes, with the place of its list.
    ///
    /// # Errors
    /// [`SplitError`], and the errors of `each`.
    pub fn push<E: From<SplitError>>(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(ListPlace, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        // The index at which the current element begins in this piece.
        let mut from = 0;
        for (at, &byte) in piece.iter().enumerate() {
            match self.state {
                SplitState::Inside { elements } => {
                    let ends = self.nesting.depth == 0 && !self.nesting.string && matches!(byte, b',' | b']');
                    if !ends {
                        self.nesting.step(byte).ok_or(SplitError::Malformed(elements))?;
                        continue;
                    }
                    self.finish_element(&piece[from..at], &mut each)?;
                    if byte == b']' {
                        self.end_list();
                    } else {
                        self.state = SplitState::Between { elements: elements + 1 };
                    }
                }
                SplitState::Between { .. } if byte.is_ascii_whitespace() => {}
                SplitState::Between { elements: 0 } if byte == b']' => self.end_list(),
                SplitState::Between { elements } => {
                    from = at;
                    self.state = SplitState::Inside { elements };
                    self.nesting = Nesting::default();
                    self.nesting.step(byte).filter(|()| byte != b',').ok_or(SplitError::Malformed(elements))?;
                }
                SplitState::Start if byte.is_ascii_whitespace() => {}
                SplitState::Start | SplitState::Around => self.around(byte)?,
            }
        }
        if let SplitState::Inside { .. } = self.state {
            self.hold(&piece[from..])?;
        }
        Ok(())
    }

    /// The remainder, when the last piece has come.
    ///
    /// # Errors
    /// [`SplitError::Truncated`] if the list has not ended. The parser of the frame finds out whether the rest is
    /// complete.
    pub fn finish(self) -> Result<Remainder, SplitError> {
        match self.state {
            SplitState::Start | SplitState::Around => Ok(Remainder { frame: self.frame, list: self.list }),
            SplitState::Between { .. } | SplitState::Inside { .. } => Err(SplitError::Truncated),
        }
    }

    fn around(&mut self, byte: u8) -> Result<(), SplitError> {
        let before = (self.nesting.depth, self.nesting.string);
        let place = match (self.state, byte, self.member) {
            (SplitState::Start, b'[', _) => Some(ListPlace::Document),
            (_, b'[', Some(member)) if self.named && before == (1, false) => Some(ListPlace::Member(member)),
            _ => None,
        };
        self.state = SplitState::Around;
        if self.frame.len() == PIECE_BYTES {
            return Err(SplitError::TooLarge);
        }
        self.frame.push(byte);
        // If the member comes twice, its second list stays in the frame.
        if let Some(place) = place.filter(|_| self.list.is_none()) {
            self.list = Some(place);
            self.state = SplitState::Between { elements: 0 };
            return Ok(());
        }
        self.nesting.step(byte).ok_or(SplitError::Malformed(0))?;
        match (before, byte) {
            ((1, false), b'"') => self.string = self.frame.len() - 1,
            ((1, false), b':') => self.named = self.last_string_is_the_member(),
            ((1, false), b',') => self.named = false,
            _ => {}
        }
        Ok(())
    }

    /// Tells whether the last string at the first level, which is a key, names the list.
    fn last_string_is_the_member(&self) -> bool {
        let key = self.frame[self.string..self.frame.len() - 1].trim_ascii_end();
        let key = key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\""));
        self.member.is_some_and(|member| key == Some(member.as_bytes()))
    }

    /// Puts the bracket into the frame, which continues at the depth at which the list began.
    fn end_list(&mut self) {
        self.frame.push(b']');
        self.state = SplitState::Around;
        self.named = false;
        self.nesting = Nesting { depth: usize::from(self.list != Some(ListPlace::Document)), ..Nesting::default() };
    }

    fn finish_element<E: From<SplitError>>(
        &mut self,
        rest: &[u8],
        each: &mut impl FnMut(ListPlace, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = self.list.unwrap_or(ListPlace::Document);
        if self.element.is_empty() {
            return if rest.len() > PIECE_BYTES { Err(SplitError::TooLarge.into()) } else { each(place, rest) };
        }
        self.hold(rest)?;
        let result = each(place, &self.element);
        // The memory of a large element is freed for the rest of the list.
        self.element.clear();
        self.element.shrink_to(64 * 1024);
        result
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), SplitError> {
        if self.element.len() + bytes.len() > PIECE_BYTES {
            return Err(SplitError::TooLarge);
        }
        self.element.extend_from_slice(bytes);
        Ok(())
    }
}

impl Nesting {
    /// Steps over one byte; `None` if it closes a bracket that was not opened.
    fn step(&mut self, byte: u8) -> Option<()> {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.string => self.escaped = true,
            b'"' => self.string = !self.string,
            _ if self.string => {}
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.checked_sub(1)?,
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Splits a document that comes in pieces of this size into its elements and its frame.
    fn split(document: &str, size: usize) -> Result<(Vec<String>, String), SplitError> {
        let mut elements = Vec::new();
        let mut splitter = Splitter::new(Some("Volumes"));
        for piece in document.as_bytes().chunks(size) {
            splitter.push(piece, |_, element| {
                elements.push(String::from_utf8(element.to_vec()).unwrap().trim().to_owned());
                Ok::<_, SplitError>(())
            })?;
        }
        Ok((elements, String::from_utf8(splitter.finish()?.frame).unwrap()))
    }

    #[test]
    fn a_list_is_split_into_its_elements_however_it_is_cut_into_pieces() {
        let document = r#" [ {"a":"]},[\"\\"}, [1,[2]] ,"x,\"]", 5 , null,{} ] "#;
        for size in 1..=document.len() {
            let (elements, frame) = split(document, size).unwrap();
            assert_eq!(elements, [r#"{"a":"]},[\"\\"}"#, "[1,[2]]", r#""x,\"]""#, "5", "null", "{}"], "{size}");
            assert_eq!(frame, "[] ");
        }
    }

    #[test]
    fn the_list_of_a_member_is_split_and_the_rest_remains() {
        let document =
            r#"{"x":["Volumes",{"Volumes":[1]}],"Volumes" : [ {"Name":"a"},{"Name":"b"} ] ,"Warnings":["w"]}"#;
        for size in 1..=document.len() {
            let (elements, frame) = split(document, size).unwrap();
            assert_eq!(elements, [r#"{"Name":"a"}"#, r#"{"Name":"b"}"#]);
            assert_eq!(frame, r#"{"x":["Volumes",{"Volumes":[1]}],"Volumes" : [] ,"Warnings":["w"]}"#);
        }
    }

    #[test]
    fn a_document_without_a_list_remains_whole() {
        for document in [r#"{"Volumes":null,"y":[1]}"#, r#"{"Volumes":{"Volumes":[1]}}"#, "null", r#""[1]""#, "[]", ""]
        {
            assert_eq!(split(document, 3).unwrap(), (vec![], document.to_owned()), "{document}");
        }
    }

    #[test]
    fn malformed_lists_are_refused() {
        for document in ["[1", "[", "[{\"a\":1}", "[1,", "[\"a]", r#"{"Volumes":[{}"#] {
            assert_eq!(split(document, 2).unwrap_err(), SplitError::Truncated, "{document}");
        }
        for document in ["[1,,2]", "[,1]", "[1,]", "[}]", "}"] {
            assert!(matches!(split(document, 2), Err(SplitError::Malformed(_))), "{document}");
        }
    }

    #[test]
    fn the_parser_refuses_malformed_parts_that_the_splitter_accepts() {
        for document in
            ["[1] [2]", "[1 2]", "[{]", "[tru]", r#"{"Volumes":[1]"#, r#"{"Volumes":[1]]"#, r#"{"Volumes":[1]}}"#]
        {
            let refused = split(document, 4).map_or(true, |(elements, frame)| {
                let parses = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
                !elements.iter().chain([&frame]).all(parses)
            });
            assert!(refused, "{document}");
        }
    }

    #[test]
    fn an_element_that_is_too_large_is_refused_before_it_is_whole() {
        let mut splitter = Splitter::new(None);
        let mut push = |piece: &[u8]| splitter.push(piece, |_, _| Ok::<_, SplitError>(()));
        push(b"[\"").unwrap();
        let piece = vec![b'x'; PIECE_BYTES / 4];
        let refused = (0..5).find_map(|_| push(&piece).err());
        assert_eq!(refused, Some(SplitError::TooLarge));
    }
}
